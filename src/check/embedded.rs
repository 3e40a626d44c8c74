//! Other languages inside strings: their problems at the bytes of the plan, through escapes and around holes.

use std::ops::Range;

use crate::action::bare::Quoting;
use crate::action::{Args, COMMON, Kind, Param, Problem, embedded};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{OffsetMap, Span};
use crate::syntax::ast::{Expr, ExprKind, Part, Template};
use crate::value::function::path::Path;

/// What stands for the value of a hole.
const HOLE: &str = "x";

/// What is wrong with a text argument; silent where only the run can know.
pub(super) fn problems(param: &Param, value: &Expr, args: &Args) -> Vec<Diagnostic> {
    match &value.kind {
        ExprKind::Paren(inner) => problems(param, inner, args),
        ExprKind::Text(text) => {
            let found = embedded::problems(param, &text.value, args);
            found.into_iter().map(|problem| diagnostic(problem, value.span, &text.map)).collect()
        }
        ExprKind::Template(template) if param.kind == Kind::Query => {
            let (text, map, holes) = filled(template, value.span);
            let found = embedded::problems(param, &text, args);
            let clear = |range: &Range<usize>| {
                !holes.iter().any(|hole| range.start < hole.end && hole.start < range.end)
            };
            let found = found.into_iter().filter(|problem| clear(&problem.range));
            found.map(|problem| diagnostic(problem, value.span, &map)).collect()
        }
        _ => Vec::new(),
    }
}

/// What is wrong with a text that is written as a bare word. Where something stands between its parts, a blank or what
/// could not be read, no place inside it is known.
pub(super) fn word(param: &Param, text: &str, span: Span, args: &Args) -> Vec<Diagnostic> {
    let map = OffsetMap::at(span.lo);
    let is_whole = span.range().len() == text.len();
    let mut problems = embedded::problems(param, text, args);
    if !is_whole {
        problems.iter_mut().for_each(|problem| problem.range = 0..span.range().len());
    }
    problems.into_iter().map(|problem| diagnostic(problem, span, &map)).collect()
}

/// What a function takes in another language.
static REGEX: Param = Param::required("regex", Kind::Regex, "a regular expression");
static GLOB: Param = Param::required("pattern", Kind::Globs, "a glob");

/// What is wrong with a regular expression, a glob or the path of a field that a function is given.
pub(super) fn of_call(function: &str, arguments: &[Expr]) -> Vec<Diagnostic> {
    match (function, arguments) {
        ("matches", [_, text]) => problems(&REGEX, text, &Args::default()),
        ("glob", [_, text]) => problems(&GLOB, text, &Args::default()),
        ("map" | "filter" | "group" | "sort" | "sum", [_, path, ..]) => {
            field_path(path).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn field_path(path: &Expr) -> Option<Diagnostic> {
    let ExprKind::Text(text) = &path.kind else { return None };
    let fault = Path::parse(&text.value).err()?;
    let diagnostic = Diagnostic::error(fault.code, path.span, fault.message.clone());
    Some(match &fault.help {
        Some(help) => diagnostic.help(help.clone()),
        None => diagnostic,
    })
}

/// What is wrong with globs of `@in` and `@exclude`.
pub(super) fn globs(value: &Expr) -> Vec<Diagnostic> {
    let exclude = COMMON.iter().find(|param| param.kind == Kind::Globs);
    exclude.map_or_else(Vec::new, |param| problems(param, value, &Args::default()))
}

/// The text of a template with a quoted word for each hole, its map, and the ranges of the holes.
fn filled(template: &Template, span: Span) -> (String, OffsetMap, Vec<Range<usize>>) {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let mut text = Quoting::default();
    let mut map = OffsetMap::at(span.lo);
    let mut holes = Vec::new();
    for part in &template.parts {
        let from = text.len();
        match part {
            Part::Text(written) => {
                push_map(&mut map, offset(from), written);
                text.push_text(&written.value);
            }
            Part::Hole(hole) => {
                map.push(offset(from), hole.span.lo);
                text.push_value(HOLE);
                holes.push(from..text.len());
            }
        }
    }
    (text.finish(), map, holes)
}

/// Appends the map of a piece of text; a piece with escapes maps each of its bytes.
fn push_map(map: &mut OffsetMap, from: u32, written: &crate::syntax::ast::Text) {
    let mut expected = None;
    for at in 0..u32::try_from(written.value.len()).unwrap_or(u32::MAX) {
        let source = written.map.locate(at);
        if expected != Some(source) {
            map.push(from + at, source);
        }
        expected = Some(source + 1);
    }
}

fn diagnostic(problem: Problem, span: Span, map: &OffsetMap) -> Diagnostic {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let place = map.span(span.source, offset(problem.range.start)..offset(problem.range.end));
    let place = Span {
        lo: place.lo.clamp(span.lo, span.hi),
        hi: place.hi.clamp(span.lo, span.hi),
        ..place
    };
    let diagnostic = match problem.severity {
        Severity::Error => Diagnostic::error(problem.code, place, problem.message),
        Severity::Warning => Diagnostic::warning(problem.code, place, problem.message),
    };
    let diagnostic = match problem.help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    };
    match problem.fix {
        Some(fix) if !fix.contains(['"', '\\', '\n']) => diagnostic.fix(place, fix),
        _ => diagnostic,
    }
}
