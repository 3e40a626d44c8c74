//! What the arguments of `q`, or its query, ask for, and what is wrong with them: both are read by the same words.

use std::sync::Arc;

use super::rows;
use super::search;
use crate::action::{Args, Problem};
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{Fault, Severity, is_slip};
use crate::facts::Needs;
use crate::facts::needs::{self, Case, Code, EntityKind, Lang, Planes, Scope, Strictness, Target};
use crate::query::ir::{self, Body, Filter, Flaw, Name, Side, Value as Text};
use crate::query::{self, Query};
use crate::scan::pattern::{self, Part, Piece};

/// What is asked for.
pub(super) enum Asked {
    /// A text.
    Search(search::Asked),
    /// Matches of a pattern.
    Pattern(Matches),
    /// Entities.
    Entities(Entities),
}

/// Matches of a pattern.
pub(super) struct Matches {
    pub(super) need: needs::Pattern,
    pub(super) filters: Vec<Filter>,
    pub(super) limit: Option<i64>,
}

/// Entities.
pub(super) struct Entities {
    /// `function`, `method`, `class`, `callsite`, `import`.
    pub(super) word: &'static str,
    pub(super) name: Option<Name>,
    pub(super) facts: needs::Facts,
    /// The nodes that stand as the relations want.
    pub(super) related: Option<needs::Pattern>,
    pub(super) relations: Vec<ir::Relation>,
    pub(super) filters: Vec<Filter>,
    pub(super) limit: Option<i64>,
}

impl Asked {
    /// What the scan must find.
    pub(super) fn needs(self) -> Needs {
        match self {
            Self::Search(search) => search.needs(),
            Self::Pattern(matches) => Needs::pattern(matches.need),
            Self::Entities(entities) => {
                let mut needs = super::workspace::Workspace::project_needs();
                needs.merge(Needs::facts(entities.facts));
                if let Some(related) = entities.related {
                    needs.merge(Needs::pattern(related));
                }
                needs
            }
        }
    }
}

/// Reads the arguments.
pub(super) fn asked(args: &Args) -> Result<Asked, Fault> {
    let given: Vec<(&str, &str)> = query::KEYS
        .iter()
        .filter(|key| !COMMON.contains(key))
        .filter_map(|&key| Some((key, args.maybe_text(key)?)))
        .collect();
    match (args.maybe_text("query"), given.first()) {
        (Some(_), Some((key, _))) => {
            let message = format!("`query` and `{key}` are two questions");
            Err(rows::argument(codes::TWO_WAYS, message)
                .help(format!("put `{key}` into the query, or leave the query out")))
        }
        (Some(text), None) => of_query(args, query::parse(text).map_err(first_fault)?),
        (None, Some(_)) => {
            of_query(args, query::of_arguments(given.into_iter()).map_err(first_fault)?)
        }
        (None, None) => Err(rows::argument(codes::QUERY_EMPTY, "`q` asks for nothing")
            .help("give it a query, an `entity` or a `pattern`")),
    }
}

/// Keys that arguments of every action have too.
const COMMON: &[&str] = &["in", "exclude", "globs", "lang", "limit"];

fn of_query(args: &Args, query: Query) -> Result<Asked, Fault> {
    let scope = both_scopes(rows::scope(args), args, &query)?;
    let limit = rows::once("limit", args.int("limit"), query.limit)?;
    let wrong = body_flaws(&query.body, scope.lang);
    if let Some((_, flaw)) = wrong.into_iter().find(|(_, flaw)| flaw.severity == Severity::Error) {
        return Err(flaw.fault());
    }
    Ok(match query.body {
        Body::Search(text) => {
            Asked::Search(search::Asked::new(&text, None, Case::Exact, scope, limit))
        }
        Body::Pattern(asked) => Asked::Pattern(Matches {
            need: pattern_need(&asked, scope),
            filters: asked.filters,
            limit,
        }),
        Body::Entity(asked) => Asked::Entities(Entities {
            related: entity_need(&asked, &scope),
            facts: needs::Facts { scope, planes: Planes::Body },
            word: asked.word,
            name: asked.name,
            relations: asked.relations,
            filters: asked.filters,
            limit,
        }),
    })
}

/// Excludes unite; whatever else is given, is given once.
fn both_scopes(mut scope: Scope, args: &Args, query: &Query) -> Result<Scope, Fault> {
    let written = &query.scope;
    scope.within = rows::once("in", scope.within, written.within.clone())?;
    scope.exclude.extend(written.exclude.iter().cloned());
    let globs = |list: &Vec<String>| (!list.is_empty()).then(|| list.clone());
    scope.globs =
        rows::once("globs", globs(&scope.globs), globs(&written.globs))?.unwrap_or_default();
    let lang = rows::once("lang", args.maybe_text("lang"), written.lang.as_deref())?;
    scope.lang = lang.and_then(Lang::parse).unwrap_or_default();
    Ok(scope)
}

fn pattern_need(asked: &ir::Pattern, scope: Scope) -> needs::Pattern {
    let code = Code {
        text: Arc::clone(&asked.code.text),
        selector: asked.selector.as_ref().map(|selector| Arc::clone(&selector.text)),
        strictness: asked.strictness.as_deref().and_then(Strictness::parse).unwrap_or_default(),
    };
    let relations = asked.relations.iter().map(|relation| relation_need(relation, false));
    needs::Pattern { target: Target::Code(code), relations: relations.collect(), scope }
}

/// Only relations need a tree.
fn entity_need(asked: &ir::Entity, scope: &Scope) -> Option<needs::Pattern> {
    let kind = match asked.word {
        "class" => EntityKind::Class,
        "callsite" => EntityKind::Callsite,
        "import" => EntityKind::Import,
        _ => EntityKind::Function,
    };
    let word = match &asked.name {
        Some(Name::Exact(name)) => name
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .max_by_key(|part| part.len())
            .filter(|part| !part.is_empty())
            .map(Arc::from),
        _ => None,
    };
    let relations = asked.relations.iter();
    let relations: Vec<_> = relations.map(|r| relation_need(r, widens(r))).collect();
    let target = Target::Entity(needs::Entity { kind, word });
    (!relations.is_empty()).then(|| needs::Pattern { target, relations, scope: scope.clone() })
}

/// Whether a relation of an entity looks to the end unless it says otherwise: between a declaration and what it holds
/// there is always a block, so that as a neighbor it would never be found.
pub(super) fn widens(relation: &ir::Relation) -> bool {
    relation.stop == ir::Stop::Unsaid
        && !relation.side.is_sibling()
        && pattern::is_declaration(&relation.code.text)
}

fn relation_need(relation: &ir::Relation, widens: bool) -> needs::Relation {
    needs::Relation {
        side: match relation.side {
            Side::Inside => needs::Side::Inside,
            Side::Has => needs::Side::Has,
            Side::Precedes => needs::Side::Precedes,
            Side::Follows => needs::Side::Follows,
        },
        pattern: Arc::clone(&relation.code.text),
        stop: match &relation.stop {
            ir::Stop::Unsaid if widens => needs::Stop::End,
            ir::Stop::Unsaid | ir::Stop::Neighbor => needs::Stop::Neighbor,
            ir::Stop::End => needs::Stop::End,
            ir::Stop::At(code) => needs::Stop::At(Arc::clone(&code.text)),
        },
        field: relation.field.as_ref().map(|field| Arc::clone(&field.text)),
    }
}

/// What is wrong with what is asked, each flaw at its place in the query, with the text it is in.
fn body_flaws(body: &Body, lang: Lang) -> Vec<(Part, Flaw)> {
    let scope = Scope { lang, ..Scope::default() };
    let (need, filters) = match body {
        Body::Search(text) => {
            let flaw = search::Asked::new(text, None, Case::Exact, scope, None).flaw();
            return flaw.map(|flaw| (Part::Base, flaw)).into_iter().collect();
        }
        Body::Pattern(asked) => (Some(pattern_need(asked, scope)), &asked.filters),
        Body::Entity(asked) => (entity_need(asked, &scope), &asked.filters),
    };
    let compiled = need.map(|need| pattern::compile(&need, lang));
    let mut flaws: Vec<(Part, Flaw)> = compiled
        .iter()
        .flat_map(pattern::Compiled::flaws)
        .map(|(part, flaw)| (part, placed(flaw, part, body)))
        .collect();
    let rules = compiled.as_ref().map_or(&[][..], |compiled| &compiled.rules);
    let known =
        |name: &str| rules.iter().any(|rule| rule.variables.iter().any(|v| &*v.name == name));
    if !rules.is_empty() || compiled.is_none() {
        let strange = filters.iter().filter(|filter| !known(&filter.variable));
        flaws.extend(strange.map(|filter| (Part::Base, strange_filter(filter, body))));
    }
    let relations = body.relations().iter().enumerate();
    flaws.extend(relations.filter_map(|(index, relation)| {
        Some((Part::Relation(index, Piece::Stop), strange_stop(relation)?))
    }));
    flaws
}

/// A pattern to stop at that is a word of its own, but for a slip.
fn strange_stop(relation: &ir::Relation) -> Option<Flaw> {
    let ir::Stop::At(code) = &relation.stop else { return None };
    let word = ["neighbor", "end"].into_iter().find(|word| is_slip(&code.text, word))?;
    let message = format!("`{}` is taken for a pattern to stop at", code.text);
    let flaw = Flaw::warning(codes::QUERY_VALUE, code.range.clone(), message);
    Some(flaw.help(format!("did you mean `{word}`?")))
}

fn strange_filter(filter: &Filter, body: &Body) -> Flaw {
    let whose = match body {
        Body::Entity(asked) if asked.relations.is_empty() => "an entity without relations",
        Body::Entity(_) => "none of the relations",
        _ if body.relations().is_empty() => "the pattern",
        _ => "neither the pattern nor a relation",
    };
    let verb = if whose == "the pattern" || whose.starts_with("an ") { "has no" } else { "has a" };
    let message = format!("{whose} {verb} metavariable `${}`", filter.variable);
    Flaw::error(codes::FILTER_VARIABLE, filter.range.clone(), message)
}

/// Moves a flaw of one text to its place in the query.
fn placed(flaw: Flaw, part: Part, body: &Body) -> Flaw {
    let base = |asked: &ir::Pattern| match &asked.selector {
        Some(selector)
            if flaw.code == codes::SELECTOR_UNKNOWN || flaw.code == codes::SELECTOR_ABSENT =>
        {
            Flaw { range: selector.range.clone(), ..flaw.clone() }
        }
        _ if flaw.code == codes::MATCHES_NOTHING => {
            Flaw { range: asked.code.range.clone(), ..flaw.clone() }
        }
        _ => flaw.clone().inside(&asked.code),
    };
    match (part, body) {
        (Part::Base, Body::Pattern(asked)) => base(asked),
        (Part::Base, _) => flaw,
        (Part::Relation(index, piece), _) => {
            let text = body.relations().get(index).and_then(|relation| text_of(relation, piece));
            match text {
                Some(text) => flaw.inside(text),
                None => flaw,
            }
        }
    }
}

fn text_of(relation: &ir::Relation, piece: Piece) -> Option<&Text> {
    match (piece, &relation.stop) {
        (Piece::Pattern, _) => Some(&relation.code),
        (Piece::Stop, ir::Stop::At(code)) => Some(code),
        (Piece::Stop, _) => None,
        (Piece::Field, _) => relation.field.as_ref(),
    }
}

fn first_fault(flaws: Vec<Flaw>) -> Fault {
    let first = flaws.into_iter().next();
    first.map_or_else(|| rows::argument(codes::QUERY_EMPTY, "the query is empty"), Flaw::fault)
}

fn lang(query: Option<&str>, args: &Args) -> Lang {
    query.or(args.maybe_text("lang")).and_then(Lang::parse).unwrap_or_default()
}

/// What is wrong with a query.
pub(super) fn query_problems(text: &str, args: &Args) -> Vec<Problem> {
    match query::parse(text) {
        Err(flaws) => flaws.into_iter().map(problem).collect(),
        Ok(query) => body_flaws(&query.body, lang(query.scope.lang.as_deref(), args))
            .into_iter()
            .map(|(_, flaw)| problem(flaw))
            .collect(),
    }
}

/// What is wrong with the value of a key, as far as it can be said without those that stand beside it.
pub(super) fn value_problems(key: &str, text: &str, _: &Args) -> Vec<Problem> {
    query::flaws_of(key, text).into_iter().map(problem).collect()
}

/// What is wrong with a pattern, whose selector and strictness are other arguments.
pub(super) fn pattern_problems(key: &str, text: &str, args: &Args) -> Vec<Problem> {
    let beside = ["pattern.selector", "pattern.strictness"];
    part_problems(beside.into_iter(), key, text, args, &|part| part == Part::Base)
}

/// What is wrong with a text of a relation; heads of declarations are taken beside an entity only.
pub(super) fn relation_problems(key: &str, text: &str, args: &Args) -> Vec<Problem> {
    let (side, piece) = key.split_once('.').unwrap_or((key, ""));
    let piece = match piece {
        "stopBy" => Piece::Stop,
        "field" => Piece::Field,
        _ => Piece::Pattern,
    };
    let beside = ["entity", "pattern", "pattern.context", "pattern.selector"];
    let beside = beside.into_iter().chain((piece != Piece::Pattern).then_some(side));
    part_problems(
        beside,
        key,
        text,
        args,
        &|part| matches!(part, Part::Relation(_, of) if of == piece),
    )
}

fn part_problems<'k>(
    beside: impl Iterator<Item = &'k str>,
    key: &'k str,
    text: &str,
    args: &Args,
    is_meant: &dyn Fn(Part) -> bool,
) -> Vec<Problem> {
    let wrong = value_problems(key, text, args);
    if !wrong.is_empty() {
        return wrong;
    }
    let others = beside.filter_map(|other| Some((other, args.maybe_text(other)?)));
    // What is wrong beside it is said there; and what is computed is not known yet.
    let Ok(query) = query::of_arguments(others.chain([(key, text)])) else { return Vec::new() };
    let found = body_flaws(&query.body, lang(None, args)).into_iter();
    found.filter(|(part, _)| is_meant(*part)).map(|(_, flaw)| problem(flaw)).collect()
}

/// A flaw as the contract of actions has it.
pub(super) fn problem(flaw: Flaw) -> Problem {
    let Flaw { range, severity, code, message, help, fix } = flaw;
    Problem { range, severity, code, message, help, fix }
}
