//! Everything that can be wrong with a plan before it runs: places, names, ways, actions and what they are given.
//! Looks at the tree alone; runs nothing.

mod arguments;
mod branches;
mod call;
mod constant;
mod embedded;
mod fields;
mod foreign;
mod names;
mod place;
mod reach;
mod scope;
mod suggest;
mod walk;

pub use scope::{Held, Outer};

use crate::action::{COMMON, Kind, Registry, convert::not_a_member};
use crate::diagnostic::{Diagnostic, code::arguments::UNKNOWN_LANG};
use crate::step::Resolved;
use crate::step::meta::Meta;
use crate::syntax::ast::{Expr, ExprKind, File};
use crate::value::duration::Certainty;

/// Everything wrong with a plan, by place. `resolve` and `meta::collect` have said what is wrong with heads and meta.
#[must_use]
pub fn check(
    file: &File,
    resolved: &Resolved,
    meta: &Meta,
    registry: &Registry,
) -> Vec<Diagnostic> {
    check_within(file, resolved, meta, registry, &[])
}

/// The same of a plan that begins with the names of those that ran before it in its session.
#[must_use]
pub fn check_within(
    file: &File,
    resolved: &Resolved,
    meta: &Meta,
    registry: &Registry,
    outer: &[Outer],
) -> Vec<Diagnostic> {
    let mut found = place::check(file);
    let ways = reach::check(file, resolved, &mut found);
    let scope = scope::Scope::of(file, resolved, meta, ways, outer);
    let walked = walk::walk(file, &scope, registry);
    found.extend(walked.diagnostics);
    names::check(&scope, &walked.log, &mut found);
    branches::check(file, resolved, &walked.log, &mut found);
    found.extend(meta.lang.as_ref().and_then(unknown_lang));
    found.extend(meta.within.iter().chain(&meta.exclude).flat_map(embedded::globs));
    found.sort_by_key(|diagnostic| diagnostic.span);
    found
}

fn unknown_lang(value: &Expr) -> Option<Diagnostic> {
    let ExprKind::Text(text) = &value.kind else { return None };
    let lang = &*text.value;
    let quote = if text.raw.starts_with(['"', '\'']) { "\"" } else { "" };
    let words = COMMON.iter().find_map(|param| match (param.name, param.kind) {
        ("lang", Kind::Enum(words)) => Some(words),
        _ => None,
    })?;
    if words.contains(&lang) {
        return None;
    }
    let mismatch = not_a_member(lang, words);
    let diagnostic =
        Diagnostic::error(UNKNOWN_LANG, value.span, format!("unknown language `{lang}`"));
    let diagnostic =
        diagnostic.help(mismatch.help.unwrap_or_else(|| format!("write {}", mismatch.expected)));
    Some(match mismatch.fix {
        Some(fix) if fix.certainty == Certainty::Certain => {
            diagnostic.fix(value.span, format!("{quote}{}{quote}", fix.text))
        }
        Some(fix) => diagnostic.propose(value.span, format!("{quote}{}{quote}", fix.text)),
        None => diagnostic,
    })
}
