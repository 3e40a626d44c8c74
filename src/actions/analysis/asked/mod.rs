//! What the arguments of `q`, or its query, ask for: both are read by the same words.

mod flaws;

use super::rows;
use super::search;
use crate::action::Args;
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{Fault, Severity};
use crate::facts::Needs;
use crate::facts::needs::{self, Case, EntityKind, Lang, Planes, Scope};
use crate::query::ir::{Body, Filter, Flaw};
use crate::query::{self, Query, ir, list};
use crate::scan::pattern::need;
use crate::value::Value;

pub(super) use flaws::{
    composite_problems, pattern_problems, problem, query_problems, relation_problems,
    value_problems,
};

/// What is asked for.
pub(super) enum Asked {
    /// A text, which is answered the same whether `why` is asked or not.
    Search(search::Asked, Why),
    /// Matches of a pattern.
    Pattern(Matches),
    /// Entities.
    Entities(Box<Entities>),
}

/// Whether an answer says how it came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    Told,
    Untold,
}

/// Matches of a pattern.
pub(super) struct Matches {
    pub(super) need: needs::Pattern,
    pub(super) filters: Vec<Filter>,
    pub(super) limit: Option<i64>,
    pub(super) why: Why,
}

/// Entities.
pub(super) struct Entities {
    /// What is asked of them; the conditions of nodes are in `related` too.
    pub(super) entity: ir::Entity,
    pub(super) facts: needs::Facts,
    /// The nodes that are as the conditions want.
    pub(super) related: Option<needs::Pattern>,
    pub(super) limit: Option<i64>,
    pub(super) why: Why,
}

impl Entities {
    /// `function`, `class`, `callsite`…
    pub(super) const fn word(&self) -> &'static str {
        self.entity.word
    }

    /// Whether closures count as functions: where it is asked what they take from around them.
    pub(super) fn counts_closures(&self) -> bool {
        let asked = &self.entity.facts;
        self.word() == "function"
            && (asked.scope == Some(ir::ScopeIs::Closure) || asked.captures.is_some())
    }
}

impl Asked {
    /// What the scan must find.
    pub(super) fn needs(self) -> Needs {
        match self {
            Self::Search(search, _) => search.needs(),
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
    let given: Vec<(&str, String)> = query::KEYS
        .iter()
        .filter(|key| !COMMON.contains(key))
        .filter_map(|&key| Some((key, text_of(args, key)?)))
        .collect();
    match (args.maybe_text("query"), given.first()) {
        (Some(_), Some((key, _))) => {
            let message = format!("`query` and `{key}` are two questions");
            Err(rows::argument(codes::TWO_WAYS, message)
                .help(format!("put `{key}` into the query, or leave the query out")))
        }
        (Some(text), None) => of_query(args, query::parse(text).map_err(first_fault)?),
        (None, Some(_)) => {
            let given = given.iter().map(|(key, text)| (*key, text.as_str()));
            of_query(args, query::of_arguments(given).map_err(first_fault)?)
        }
        (None, None) => Err(rows::argument(codes::QUERY_EMPTY, "`q` asks for nothing")
            .help("give it a query, an `entity` or a `pattern`")),
    }
}

/// Keys that arguments of every action have too, and the one that goes with a query.
const COMMON: &[&str] = &["in", "exclude", "globs", "lang", "limit", "why"];

/// An argument as a query would say it; a list as one text.
fn text_of(args: &Args, key: &str) -> Option<String> {
    match args.value(key)? {
        Value::Null => None,
        Value::Str(text) => Some(text.to_string()),
        Value::List(items) => {
            let texts: Vec<&str> = items.items().iter().filter_map(Value::as_str).collect();
            Some(list::join(texts.into_iter()))
        }
        Value::Int(number) => Some(number.to_string()),
        Value::Bool(is_true) => Some(is_true.to_string()),
        _ => None,
    }
}

fn of_query(args: &Args, query: Query) -> Result<Asked, Fault> {
    let scope = both_scopes(rows::scope(args), args, &query)?;
    let limit = rows::once("limit", args.int("limit"), query.limit)?;
    let why = if query.why || args.flag("why") { Why::Told } else { Why::Untold };
    let wrong = flaws::of_body(&query.body, scope.lang);
    if let Some((_, flaw)) = wrong.into_iter().find(|(_, flaw)| flaw.severity == Severity::Error) {
        return Err(flaw.fault());
    }
    Ok(match query.body {
        Body::Search(text) => {
            Asked::Search(search::Asked::new(&text, None, Case::Exact, scope, limit), why)
        }
        Body::Pattern(asked) => Asked::Pattern(Matches {
            need: need::of_pattern(&asked, scope),
            filters: asked.conditions.filters,
            limit,
            why,
        }),
        Body::Entity(entity) => {
            let mut asked = Entities {
                related: None,
                facts: needs::Facts { scope: scope.clone(), planes: Planes::Body },
                entity,
                limit,
                why,
            };
            let kind = node_kind(asked.word(), asked.counts_closures());
            asked.related = need::of_entity(&asked.entity, kind, &scope);
            Asked::Entities(Box::new(asked))
        }
    })
}

/// What an entity is in trees.
fn node_kind(word: &str, counts_closures: bool) -> EntityKind {
    match word {
        "function" if counts_closures => EntityKind::Closure,
        "class" => EntityKind::Class,
        "module" => EntityKind::Module,
        "callsite" => EntityKind::Callsite,
        "import" => EntityKind::Import,
        "decorator" => EntityKind::Decorated,
        "variable" => EntityKind::Variable,
        "parameter" => EntityKind::Parameter,
        "impl" => EntityKind::Impl,
        "macro" => EntityKind::Macro,
        "type" => EntityKind::Type,
        "constant" => EntityKind::Constant,
        _ => EntityKind::Function,
    }
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

fn first_fault(flaws: Vec<Flaw>) -> Fault {
    let first = flaws.into_iter().next();
    first.map_or_else(|| rows::argument(codes::QUERY_EMPTY, "the query is empty"), Flaw::fault)
}
