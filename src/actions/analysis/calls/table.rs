//! Sites to rows.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Found;
use super::arguments::Shape;
use crate::actions::analysis::rows::{self, Place, Rows};
use crate::actions::analysis::workspace::Workspace;
use crate::diagnostic::Fault;
use crate::facts::head::DefKind;
use crate::facts::{ExprId, Facts, Shape as Parts};
use crate::project::{DefRef, Evidence, FileId, Project, Site, SiteKind, Target};
use crate::scan::session::Source;
use crate::system::control::Cancel;
use crate::value::table::Cells;
use crate::value::{Column, Value};

/// Most characters that are shown of a line or a call.
const LONGEST: usize = 1_000;

/// Texts of files, read when asked for.
pub(super) struct Sources<'w> {
    workspace: &'w Workspace,
    cancel: &'w Cancel,
    known: HashMap<FileId, Arc<Source>>,
}

impl<'w> Sources<'w> {
    pub(super) fn new(workspace: &'w Workspace, cancel: &'w Cancel) -> Self {
        Self { workspace, cancel, known: HashMap::new() }
    }

    /// The text of a file.
    pub(super) fn of(&mut self, project: &Project, file: FileId) -> Result<Arc<Source>, Fault> {
        if let Some(known) = self.known.get(&file) {
            return Ok(Arc::clone(known));
        }
        let source = Arc::new(self.workspace.source(&project.file(file).path, self.cancel)?);
        let _ = self.known.insert(file, Arc::clone(&source));
        Ok(source)
    }
}

/// Columns beside those that every row has.
#[derive(Default)]
struct Own {
    name: Vec<Value>,
    caller: Vec<Value>,
    callee: Vec<Value>,
    receiver: Vec<Value>,
    target: Vec<Value>,
    args: Vec<Value>,
    note: Vec<Value>,
    in_closure: Vec<Value>,
    in_test: Vec<Value>,
    snippet: Vec<Value>,
    candidates: Vec<Value>,
    evidence: Vec<Value>,
    confidence: Vec<Value>,
}

/// The rows, and the bounds that were hit.
pub(super) fn rows(
    found: &Found<'_>,
    sources: &mut Sources<'_>,
    limit: Option<i64>,
) -> Result<(Vec<Column>, Vec<&'static str>), Fault> {
    let mut rows = Rows::new(limit);
    let mut own = Own::default();
    let mut marks: Option<Marks> = None;
    let kinds: [Arc<str>; 2] = ["call".into(), "reference".into()];
    for site in &found.uses.sites {
        sources.cancel.check()?;
        let view = View::of(found.project, site);
        let source = sources.of(found.project, site.file)?;
        let text = cut(source.slice(view.whole.0, view.whole.1));
        let snippet = line(&source, view.name_at);
        if !rows.has_room(text.len() * 2 + snippet.len()) {
            break;
        }
        let kind = &kinds[usize::from(site.kind == SiteKind::Reference)];
        let place = Place { source: &source, lo: view.name_at, hi: view.whole.1 };
        rows.push(place, Arc::clone(kind), text.into());
        let marks = match &mut marks {
            Some(known) if known.file == site.file => known,
            slot => slot.insert(Marks::of(found.project, site.file)),
        };
        let note = marks.note(found.project, site);
        own.push(found, &view, &source, snippet, note);
    }
    Ok(own.finish(rows))
}

/// A site with its places.
pub(super) struct View<'s> {
    pub(super) site: &'s Site,
    /// The bytes of the call.
    whole: (u32, u32),
    /// The bytes of what is called.
    named: (u32, u32),
    /// Where the last segment begins.
    pub(super) name_at: u32,
    pub(super) caller: Option<DefRef>,
}

impl<'s> View<'s> {
    pub(super) fn of(project: &Project, site: &'s Site) -> Self {
        let facts = project.facts(site.file);
        let bytes = |id: ExprId| {
            let place = facts.expr(id).map(|expr| expr.place).unwrap_or_default();
            (place.at, place.end())
        };
        let named = bytes(site.named);
        let name_at = facts.last_segment(site.named).map_or(named.0, |(_, place)| place.at);
        let caller = project.enclosing(site.file, name_at);
        Self { site, whole: bytes(site.whole), named, name_at, caller }
    }

    /// The qualified name of the innermost definition around it, else of the module.
    pub(super) fn caller_name(&self, project: &Project) -> String {
        match self.caller {
            Some(caller) => project.qualname(caller),
            None => project.module_name(self.site.file).to_string(),
        }
    }

    /// The shape of its arguments, if it is a call with brackets.
    pub(super) fn shape(&self, facts: &Facts) -> Option<Shape> {
        facts.as_call(self.site.whole).map(|call| Shape::of(facts, call.args))
    }
}

impl Own {
    fn push(
        &mut self,
        found: &Found<'_>,
        view: &View<'_>,
        source: &Source,
        snippet: String,
        note: Option<&'static str>,
    ) {
        let (project, site) = (found.project, view.site);
        let facts = project.facts(site.file);
        let names = |targets: &[Target]| {
            targets.iter().map(|t| Value::str(project.describe(t))).collect::<Vec<_>>()
        };
        let hit = site.hits.first();
        self.name.push(hit.map_or(Value::Null, |hit| Value::str(project.last_name(hit))));
        self.caller.push(Value::str(view.caller_name(project)));
        self.callee.push(Value::str(cut(source.slice(view.named.0, view.named.1))));
        self.receiver.push(
            receiver(facts, site.named)
                .map_or(Value::Null, |(lo, hi)| Value::str(cut(source.slice(lo, hi)))),
        );
        self.target.push(hit.map_or(Value::Null, |hit| Value::str(project.describe(hit))));
        self.args.push(view.shape(facts).map_or(Value::Null, |shape| shape.value()));
        self.note.push(note.map_or(Value::Null, Value::str));
        self.in_closure.push(Value::Bool(is_closure(project, view.caller)));
        self.in_test.push(Value::Bool(project.in_test(site.file, view.name_at)));
        self.snippet.push(Value::str(snippet));
        let several = site.resolution.evidence == Evidence::Candidates;
        let candidates = || Value::list(names(&site.resolution.targets));
        self.candidates.push(if several { candidates() } else { Value::Null });
        let evidence = site.resolution.evidence;
        self.evidence.push(Value::str(evidence.name()));
        self.confidence.push(Value::Float(evidence.confidence()));
    }

    fn finish(self, rows: Rows) -> (Vec<Column>, Vec<&'static str>) {
        let any = |name, cells| rows::column(name, Cells::Any(cells));
        rows.columns(
            vec![any("name", self.name)],
            vec![
                any("caller", self.caller),
                any("callee", self.callee),
                any("receiver", self.receiver),
                any("target", self.target),
                any("args", self.args),
                any("note", self.note),
                any("in_closure", self.in_closure),
                any("in_test", self.in_test),
                any("snippet", self.snippet),
                any("candidates", self.candidates),
                any("evidence", self.evidence),
                any("confidence", self.confidence),
            ],
        )
    }
}

/// What stands before the last `.` or `::`.
fn receiver(facts: &Facts, named: ExprId) -> Option<(u32, u32)> {
    let base = match facts.shape(named) {
        Parts::Attr(base, _) | Parts::Path(base, _) => base,
        _ => return None,
    };
    facts.expr(base).map(|base| (base.place.at, base.place.end()))
}

/// Expressions of a file that stand in particular places.
struct Marks {
    file: FileId,
    bases: HashSet<ExprId>,
    partials: HashSet<ExprId>,
}

impl Marks {
    fn of(project: &Project, file: FileId) -> Self {
        let facts = project.facts(file);
        let bases = facts.head.defs.iter().flat_map(|def| def.bases.of(&facts.body.args));
        let is_partial = |callee: ExprId| {
            facts.last_segment(callee).is_some_and(|(name, _)| facts.text(name) == "partial")
        };
        let partials = facts.call_sites().filter(|call| is_partial(call.callee));
        Self {
            file,
            bases: bases.map(|base| base.value).collect(),
            partials: partials.filter_map(|call| Some(call.args.first()?.value)).collect(),
        }
    }

    /// What is particular to a site of the file.
    fn note(&self, project: &Project, site: &Site) -> Option<&'static str> {
        let means = |holds: &dyn Fn(DefRef) -> bool| {
            let targets = site.resolution.targets.iter();
            targets.filter_map(Target::def).any(holds)
        };
        let is_class = |def| project.def(def).is_some_and(|def| def.kind == DefKind::Class);
        match site.kind {
            SiteKind::Decorator => Some("decorator"),
            SiteKind::Call => means(&is_class).then_some("constructor"),
            SiteKind::Reference if self.bases.contains(&site.named) => Some("base"),
            SiteKind::Reference if self.partials.contains(&site.named) => Some("partial"),
            SiteKind::Reference => means(&|def| project.is_property(def)).then_some("property"),
        }
    }
}

/// Whether it is a lambda, a closure or a function inside another.
fn is_closure(project: &Project, caller: Option<DefRef>) -> bool {
    let Some(caller) = caller else { return false };
    let facts = project.facts(caller.file);
    let Some(def) = facts.def(caller.def) else { return false };
    let around = facts.scope(def.scope).and_then(|scope| facts.def(scope.def));
    match def.kind {
        DefKind::Lambda | DefKind::Closure => true,
        DefKind::Function => around.is_some_and(|around| {
            matches!(around.kind, DefKind::Function | DefKind::Lambda | DefKind::Closure)
        }),
        _ => false,
    }
}

/// The line that holds a byte, without blanks around it.
pub(super) fn line(source: &Source, at: u32) -> String {
    let (lo, hi) = source.line_at(at);
    cut(source.slice(lo, hi).trim())
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
