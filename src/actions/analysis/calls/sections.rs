//! What the answer tells beside its rows: shapes of arguments, keywords, contexts, hazards, what the target itself calls,
//! and calls that only have the name.

use std::collections::BTreeMap;

use super::Found;
use super::table::{Sources, View, line};
use crate::diagnostic::Fault;
use crate::facts::{ExprId, Shape as Parts};
use crate::project::{DefRef, FileId, Project, SiteKind, Target};
use crate::value::Value;

/// Most rows of a section that lists the most frequent.
const MOST: usize = 10;
/// Most rows of keywords.
const MOST_KEYWORDS: usize = 15;
/// Most calls that only have the name which are listed.
const MOST_BY_NAME: usize = 50;
/// Most calls inside a target that are resolved.
const MOST_INSIDE: usize = 500;

/// The sections that have rows.
pub(super) fn all(found: &Found<'_>, sources: &mut Sources<'_>) -> Result<Value, Fault> {
    let (mut shapes, mut keywords, mut contexts) =
        (Tally::default(), Tally::default(), Tally::default());
    let mut forwarding = Tally::default();
    for site in found.uses.sites.iter().filter(|site| site.kind != SiteKind::Reference) {
        let view = View::of(found.project, site);
        contexts.add(view.caller_name(found.project));
        let Some(shape) = view.shape(found.project.facts(site.file)) else { continue };
        for name in &shape.keywords {
            keywords.add(name.clone());
        }
        if shape.star {
            forwarding.add("arguments passed on by `*`".to_owned());
        }
        if shape.star_star {
            forwarding.add("arguments passed on by `**`".to_owned());
        }
        shapes.add(shape.words());
    }
    let mut hazards = forwarding.rows(MOST);
    hazards.extend(self::hazards(found, sources)?);
    let hazards = hazards.into_iter().map(|row| with(row, "severity", "warning")).collect();
    let sections = [
        ("Argument shapes", shapes.rows(MOST)),
        ("Keyword arguments", keywords.rows(MOST_KEYWORDS)),
        ("Calling contexts", contexts.rows(MOST)),
        ("Hazards", hazards),
        ("Target callees", callees(found).rows(MOST)),
        ("Name only", by_name(found, sources)?),
    ];
    let shown = sections.into_iter().filter(|(_, rows)| !rows.is_empty());
    Ok(Value::list(shown.map(|(title, rows)| {
        Value::object([("title", Value::str(title)), ("rows", Value::list(rows))])
    })))
}

/// How often each was met.
#[derive(Default)]
struct Tally(BTreeMap<String, usize>);

impl Tally {
    fn add(&mut self, text: String) {
        *self.0.entry(text).or_default() += 1;
    }

    /// The most frequent first, ties by text.
    fn rows(self, most: usize) -> Vec<Value> {
        let mut counts: Vec<(String, usize)> = self.0.into_iter().collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let row = |(text, count)| {
            Value::object([("text", Value::str(text)), ("count", Value::count(count))])
        };
        counts.into_iter().take(most).map(row).collect()
    }
}

/// A row with a further field.
fn with(row: Value, name: &'static str, text: &'static str) -> Value {
    match row {
        Value::Object(object) => {
            let fields = object.iter().map(|(name, value)| (name.clone(), value.clone()));
            Value::object(fields.chain([(name.into(), Value::str(text))]))
        }
        row => row,
    }
}

/// What makes the answer less sure than its rows look.
fn hazards(found: &Found<'_>, sources: &mut Sources<'_>) -> Result<Vec<Value>, Fault> {
    let project = found.project;
    let mut rows = Vec::new();
    for target in &found.targets.all {
        let Target::Def(def) = target else { continue };
        for overrider in project.overriders(*def).into_iter().take(MOST) {
            let text = format!("`{}` may run instead: it overrides", project.qualname(overrider));
            rows.push(at_def(project, overrider, text, sources)?);
        }
        for (name, decorator) in decorators(project, *def) {
            let text = format!("`{}` is wrapped by `{name}`", project.qualname(*def));
            rows.push(at_def(project, decorator, text, sources)?);
        }
    }
    for &(file, expr) in found.uses.fetched.iter().take(MOST) {
        let at = project.facts(file).expr(expr).map_or(0, |expr| expr.place.at);
        let text =
            format!("taken by its name as a text: `{}`", line(&*sources.of(project, file)?, at));
        rows.push(placed(project, file, at, text, sources)?);
    }
    Ok(rows)
}

/// Decorators of a definition that are functions of the project: what they give may be something else.
fn decorators(project: &Project, id: DefRef) -> Vec<(String, DefRef)> {
    let facts = project.facts(id.file);
    let Some(def) = project.def(id) else { return Vec::new() };
    let decorators = def.decorators.of(&facts.body.kids).iter().filter_map(|&decorator| {
        let named = match facts.shape(decorator) {
            Parts::Call(callee, _) => callee,
            _ => decorator,
        };
        match project.resolve(id.file, named).single() {
            Some(Target::Def(def)) => Some((project.qualname(*def), *def)),
            _ => None,
        }
    });
    decorators.collect()
}

fn at_def(
    project: &Project,
    def: DefRef,
    text: String,
    sources: &mut Sources<'_>,
) -> Result<Value, Fault> {
    let at = project.def(def).map_or(0, |def| def.name_at.at);
    placed(project, def.file, at, text, sources)
}

fn placed(
    project: &Project,
    file: FileId,
    at: u32,
    text: String,
    sources: &mut Sources<'_>,
) -> Result<Value, Fault> {
    let source = sources.of(project, file)?;
    let position = source.position(at);
    Ok(Value::object([
        ("text", Value::str(text)),
        ("file", Value::Str(source.path.clone())),
        ("line", Value::Int(i64::from(position.line))),
        ("col", Value::Int(i64::from(position.col))),
    ]))
}

/// What the targets themselves call.
fn callees(found: &Found<'_>) -> Tally {
    let mut tally = Tally::default();
    for target in &found.targets.all {
        let Target::Def(id) = target else { continue };
        let facts = found.project.facts(id.file);
        let Some(place) =
            facts.def(id.def).and_then(|def| facts.scope(def.own)).map(|own| own.place)
        else {
            continue;
        };
        let inside = |id: ExprId| facts.expr(id).is_some_and(|expr| place.covers(expr.place));
        let calls = facts.call_sites().filter(|call| inside(call.expr));
        for call in calls.take(MOST_INSIDE) {
            let resolution = found.project.resolve(id.file, call.callee);
            match (resolution.single(), facts.last_segment(call.callee)) {
                (Some(target), _) => tally.add(found.project.describe(target)),
                (None, Some((name, _))) => tally.add(facts.text(name).to_owned()),
                (None, None) => {}
            }
        }
    }
    tally
}

/// Calls of which only the name is known.
fn by_name(found: &Found<'_>, sources: &mut Sources<'_>) -> Result<Vec<Value>, Fault> {
    let mut rows = Vec::new();
    for site in found.uses.unknown.iter().take(MOST_BY_NAME) {
        let view = View::of(found.project, site);
        let text = line(&*sources.of(found.project, site.file)?, view.name_at);
        let row = placed(found.project, site.file, view.name_at, text, sources)?;
        rows.push(with(row, "kind", "name_only"));
    }
    Ok(rows)
}
