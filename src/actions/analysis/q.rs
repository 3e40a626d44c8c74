//! `q`: ast-grep patterns over the sources of the scope, one row a match; a plain text is searched.

use std::sync::Arc;

use super::cover::{self, Answer};
use super::finding;
use super::matches::Shaper;
use super::rows::{self, field};
use super::search::{self, Asker};
use super::workspace::Workspace;
use crate::action::{
    Action, Args, Cx, Example, Field, Form, Forms, Group, Kind, Param, Presence, Problem,
};
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{Fault, Severity};
use crate::facts::Needs;
use crate::facts::needs::{Case, Code, Lang, Pattern, Scope, Strictness};
use crate::query::ir::{Body, Filter, Flaw, Value as Text};
use crate::query::{self, Query};
use crate::scan::pattern;
use crate::scan::session::PatternAnswer;
use crate::system::control::Cancel;
use crate::value::Value;

/// The action.
pub static ACTION: Action = Action {
    name: "q",
    group: Group::Analysis,
    summary: "finds code by an ast-grep pattern",
    forms: Forms::One(Form { params: PARAMS, open: false, needs, run }),
    fields: cover::FIELDS,
    rows: ROWS,
    examples: &[Example {
        title: "calls of one shape",
        plan: "q pattern=\"getattr($X, $Y, $Z)\" -> found\nprint found.count",
    }],
    counts: true,
    finding: Some(finding::of_query),
};

const fn param(name: &'static str, kind: Kind, doc: &'static str) -> Param {
    Param { name, kind, presence: Presence::Optional, primary: false, doc, validate: None }
}

static PARAMS: &[Param] = &[
    Param {
        primary: true,
        validate: Some(validate_query),
        ..param(
            "query",
            Kind::Query,
            "a query such as `pattern='f($X)' in=src`, or a text to search for",
        )
    },
    Param {
        validate: Some(validate_pattern),
        ..param("pattern", Kind::Pattern, "an ast-grep pattern")
    },
    Param {
        validate: Some(validate_pattern),
        ..param("pattern.context", Kind::Pattern, "code that the pattern is a part of")
    },
    param(
        "pattern.selector",
        Kind::Symbol,
        "the kind of node to pick out of the pattern or its context",
    ),
    param(
        "pattern.strictness",
        Kind::Enum(Strictness::WORDS),
        "what a match may overlook; `smart` if not given",
    ),
    param("globs", Kind::Globs, "gitignore globs of the only files that count"),
];

static ROWS: &[Field] = &[
    field("name", "text", "the matching node's own name, where it has one"),
    field("kind", "text", "the node kind in the language's grammar"),
    field("file", "text", "relative to the root"),
    field("line", "integer", "from 1"),
    field("col", "integer", "from 1, in characters"),
    field("end_line", "integer", "from 1"),
    field("end_col", "integer", "behind the last character"),
    field("language", "text", "`python` or `rust`"),
    field("text", "text", "the matching code; of a searched text its line"),
    field(
        "captures",
        "object",
        "texts by metavariable: of `$X` one, of `$$$X` a list with the separators",
    ),
    field("match", "text", "the hit itself, where a text was searched"),
    field("evidence", "text", "`exact`; `text` where a text was searched"),
    field("confidence", "number", "from 0 to 1"),
];

/// What the arguments ask for.
enum Asked {
    Search(search::Asked),
    Pattern { need: Pattern, filters: Vec<Filter>, limit: Option<i64> },
}

fn asked(args: &Args) -> Result<Asked, Fault> {
    let code = ["pattern", "pattern.context"].map(|name| args.maybe_text(name));
    match (args.maybe_text("query"), code) {
        (Some(_), [Some(_), _] | [_, Some(_)]) => Err(rows::argument(codes::TWO_WAYS, "`query` and `pattern` are two questions")
            .help("put the pattern into the query, or leave the query out")),
        (_, [Some(_), Some(_)]) => Err(rows::argument(
            codes::TWO_WAYS,
            "`pattern.context` takes the place of `pattern`: the selector picks the pattern out of it",
        )
        .help("give one of them")),
        (Some(text), _) => of_query(args, query::parse(text).map_err(first_fault)?),
        (None, [Some(code), _] | [_, Some(code)]) => {
            let need = Pattern { code: code_of(code, args.maybe_text("pattern.selector"), args), scope: rows::scope(args) };
            of_pattern(need, Vec::new(), args.int("limit"))
        }
        (None, [None, None]) => {
            Err(rows::argument(codes::QUERY_EMPTY, "`q` asks for nothing").help("give it a query or a `pattern`"))
        }
    }
}

fn code_of(text: &str, selector: Option<&str>, args: &Args) -> Code {
    let strictness =
        args.maybe_text("pattern.strictness").and_then(Strictness::parse).unwrap_or_default();
    Code { text: text.into(), selector: selector.map(Arc::from), strictness }
}

fn of_query(args: &Args, query: Query) -> Result<Asked, Fault> {
    let scope = both_scopes(rows::scope(args), args, &query)?;
    let limit = rows::once("limit", args.int("limit"), query.limit)?;
    match query.body {
        Body::Search(text) => {
            let search = search::Asked::new(&text, None, Case::Exact, scope, limit);
            search.flaw().map_or(Ok(Asked::Search(search)), |flaw| Err(flaw.fault()))
        }
        Body::Pattern(asked) => {
            of_pattern(Pattern { code: spec(&asked), scope }, asked.filters, limit)
        }
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

fn spec(asked: &query::ir::Pattern) -> Code {
    Code {
        text: Arc::clone(&asked.code.text),
        selector: asked.selector.as_ref().map(|selector| Arc::clone(&selector.text)),
        strictness: asked.strictness.as_deref().and_then(Strictness::parse).unwrap_or_default(),
    }
}

fn of_pattern(need: Pattern, filters: Vec<Filter>, limit: Option<i64>) -> Result<Asked, Fault> {
    match pattern_flaws(&need, &filters).into_iter().find(|flaw| flaw.severity == Severity::Error) {
        Some(flaw) => Err(flaw.fault()),
        None => Ok(Asked::Pattern { need, filters, limit }),
    }
}

/// What is wrong with a pattern; places are in the pattern's text, a filter's in the query's.
fn pattern_flaws(need: &Pattern, filters: &[Filter]) -> Vec<Flaw> {
    let compiled = pattern::compile(&need.code, need.scope.lang);
    let mut flaws = compiled.flaws(&need.code);
    let known = |name: &str| {
        compiled.rules.iter().any(|rule| rule.variables.iter().any(|v| &*v.name == name))
    };
    if !compiled.rules.is_empty() {
        let strange = filters.iter().filter(|filter| !known(&filter.variable));
        flaws.extend(strange.map(|filter| {
            let message = format!("the pattern has no metavariable `${}`", filter.variable);
            Flaw::error(codes::FILTER_VARIABLE, filter.range.clone(), message)
        }));
    }
    flaws
}

fn validate_query(text: &str, args: &Args) -> Vec<Problem> {
    let query = match query::parse(text) {
        Ok(query) => query,
        Err(flaws) => return flaws.into_iter().map(problem).collect(),
    };
    let lang = query
        .scope
        .lang
        .as_deref()
        .or(args.maybe_text("lang"))
        .and_then(Lang::parse)
        .unwrap_or_default();
    let scope = Scope { lang, ..Scope::default() };
    match query.body {
        Body::Search(text) => {
            let asked = search::Asked::new(&text, None, Case::Exact, scope, None);
            asked.flaw().map(problem).into_iter().collect()
        }
        Body::Pattern(asked) => {
            let flaws = pattern_flaws(&Pattern { code: spec(&asked), scope }, &asked.filters);
            flaws.into_iter().map(|flaw| problem(placed(flaw, &asked))).collect()
        }
    }
}

/// Moves a flaw of the pattern's text, or of its selector, to its place in the query.
fn placed(flaw: Flaw, asked: &query::ir::Pattern) -> Flaw {
    let is_selector = flaw.code == codes::SELECTOR_UNKNOWN || flaw.code == codes::SELECTOR_ABSENT;
    match &asked.selector {
        _ if flaw.code == codes::FILTER_VARIABLE => flaw,
        Some(selector) if is_selector => Flaw { range: selector.range.clone(), ..flaw },
        _ => flaw.inside(&asked.code),
    }
}

fn validate_pattern(text: &str, args: &Args) -> Vec<Problem> {
    let lang = args.maybe_text("lang").and_then(Lang::parse).unwrap_or_default();
    let code = code_of(text, args.maybe_text("pattern.selector"), args);
    let need = Pattern { code, scope: Scope { lang, ..Scope::default() } };
    let whole = Text::plain(text);
    pattern_flaws(&need, &[]).into_iter().map(|flaw| problem(flaw.inside(&whole))).collect()
}

/// A flaw as the contract of actions has it.
pub(super) fn problem(flaw: Flaw) -> Problem {
    let Flaw { range, severity, code, message, help, fix } = flaw;
    Problem { range, severity, code, message, help, fix }
}

fn first_fault(flaws: Vec<Flaw>) -> Fault {
    let first = flaws.into_iter().next();
    first.map_or_else(|| rows::argument(codes::QUERY_EMPTY, "the query is empty"), Flaw::fault)
}

fn needs(args: &Args) -> Result<Needs, Fault> {
    Ok(match asked(args)? {
        Asked::Search(search) => search.needs(),
        Asked::Pattern { need, .. } => Needs::pattern(need),
    })
}

fn run(cx: &Cx<'_>, args: &Args) -> Result<Value, Fault> {
    match asked(args)? {
        Asked::Search(search) => search.answer(cx, Asker::Query),
        Asked::Pattern { need, filters, limit } => {
            let workspace = Workspace::of(cx)?;
            let found = workspace.matches(&need, cx.cancel)?;
            table(&found, &need, &filters, limit, workspace, cx.cancel)
        }
    }
}

/// A scope in words, for warnings.
pub(super) fn scope_text(scope: &Scope, workspace: &Workspace) -> String {
    let place =
        scope.within.as_ref().map_or_else(|| workspace.scope_text(), |path| format!("`{path}`"));
    let globs = |name: &str, list: &[String]| {
        if list.is_empty() { String::new() } else { format!(", {name} `{}`", list.join(", ")) }
    };
    format!("{place}{}{}", globs("globs", &scope.globs), globs("exclude", &scope.exclude))
}

fn table(
    found: &PatternAnswer,
    need: &Pattern,
    filters: &[Filter],
    limit: Option<i64>,
    workspace: &Workspace,
    cancel: &Cancel,
) -> Result<Value, Fault> {
    let mut shaper = Shaper::new(found, filters, limit);
    for file in &found.files {
        cancel.check()?;
        shaper.file(file);
    }
    let mut text = cover::tally(shaper.count, "match", "matches", shaper.files);
    if let [language] = found.refused.as_slice() {
        text += &format!("; the pattern does not parse as {language}");
    }
    let counts = found.rules.iter().zip(&shaper.counts).filter(|(_, count)| **count > 0);
    let languages =
        Value::object(counts.map(|(rule, &count)| (rule.language(), Value::count(count))));
    let mut warnings: Vec<String> = found.flaws.iter().map(|flaw| flaw.message.clone()).collect();
    if shaper.is_partial && !filters.is_empty() {
        warnings.push("the filters saw only some of the matches: there may be more".to_owned());
    }
    if shaper.count == 0 && found.cover.scanned > 0 && warnings.is_empty() && filters.is_empty() {
        warnings.push(format!("the pattern matches nothing in {}; `$X` stands for one node, `$$$X` for any number of them", cover::files(found.cover.scanned)));
    }
    let answer = Answer {
        cover: &found.cover,
        count: shaper.count,
        broken: &found.broken,
        refused: found
            .files
            .iter()
            .filter_map(|f| Some((Arc::clone(&f.source.path), f.matches.refused?)))
            .collect(),
        scope: scope_text(&need.scope, workspace),
        summary: vec![
            ("mode", "pattern".into()),
            ("files", Value::count(shaper.files)),
            ("languages", languages),
            ("parses_in", Value::list(found.rules.iter().map(|rule| rule.language().into()))),
        ],
        warnings,
        more: Vec::new(),
    };
    let (columns, limits) = shaper.finish();
    Ok(answer.table(&text, columns, &limits))
}
