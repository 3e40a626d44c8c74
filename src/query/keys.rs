//! The keys a query may have: those that are answered, those of a later version, and what an unknown one may be meant as.

use super::ir::{Flaw, Side};
use super::lexer::Word;
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{either, is_slip, near};

/// Keys a query may have beside metavariables.
pub const KEYS: &[&str] = &[
    "entity",
    "name",
    "pattern",
    "pattern.context",
    "pattern.selector",
    "pattern.strictness",
    "pattern.tolerant",
    "all",
    "any",
    "not",
    "nthChild",
    "nthChild.reverse",
    "nthChild.ofRule",
    "inside",
    "inside.stopBy",
    "inside.field",
    "has",
    "has.stopBy",
    "has.field",
    "precedes",
    "precedes.stopBy",
    "follows",
    "follows.stopBy",
    "scope",
    "captures",
    "has_cells",
    "decorated_by",
    "decorator_count_min",
    "decorator_count_max",
    "defines",
    "exports",
    "expand",
    "fields",
    "in",
    "exclude",
    "globs",
    "lang",
    "limit",
    "why",
];
/// Keys of the language that this version does not answer: they ask what calls and raises mean.
const LATER: &[&str] = &["used_by", "raises"];
/// Names a key had, or short forms that say too little of what they belong to.
const RENAMED: &[(&str, &str)] = &[
    ("context", "pattern.context"),
    ("selector", "pattern.selector"),
    ("strictness", "pattern.strictness"),
    ("tolerant", "pattern.tolerant"),
    ("reverse", "nthChild.reverse"),
    ("ofRule", "nthChild.ofRule"),
    ("explain", "why"),
];
/// What `entity` takes.
pub const ENTITIES: &[&str] = &[
    "function",
    "method",
    "class",
    "module",
    "callsite",
    "import",
    "decorator",
    "variable",
    "parameter",
    "impl",
    "macro",
    "type",
    "constant",
];

/// What `exports` takes: entities that a module may hold under a name.
pub(super) const EXPORTED: &[&str] =
    &["function", "class", "module", "variable", "macro", "type", "constant", "decorator"];

/// Whether a key belongs to the language, answered or not.
pub(super) fn is_of_language(key: &str) -> bool {
    KEYS.contains(&key) || LATER.contains(&key)
}

/// What is wrong with a key.
pub(super) fn flaw(word: &Word) -> Option<Flaw> {
    let key = word.key.as_str();
    if KEYS.contains(&key) {
        return None;
    }
    let error = |code, message| Flaw::error(code, word.range.clone(), message);
    Some(match key.rsplit_once('.').unwrap_or(("", key)) {
        _ if LATER.contains(&key) => not_yet(word, &format!("`{key}`")),
        ("", "stopBy" | "field") => {
            let example = if key == "field" { "inside.field=body" } else { "inside.stopBy=end" };
            error(codes::QUERY_KEY, format!("`{key}` does not say which relation it belongs to"))
                .help(format!("write it behind its relation: `{example}`"))
        }
        ("precedes" | "follows", "field") => {
            error(codes::SIBLING_FIELD, format!("`{key}`: siblings are no field of each other"))
                .help("`inside.field` and `has.field` name the field of the outer node")
        }
        (_, name) => match RENAMED.iter().find(|(old, _)| *old == key) {
            Some((_, now)) => error(codes::QUERY_KEY, format!("unknown key `{name}`"))
                .help(format!("it is called `{now}`"))
                .fix(*now),
            None => unknown(word),
        },
    })
}

/// What a later version answers, because it needs what calls and raises mean.
pub(super) fn not_yet(word: &Word, what: &str) -> Flaw {
    let message = format!("{what} is not available yet in this version");
    Flaw::error(codes::NOT_YET, word.range.clone(), message)
        .help("it needs to know what every call means; `calls` answers who calls one function")
}

fn unknown(word: &Word) -> Flaw {
    let flaw =
        Flaw::error(codes::QUERY_KEY, word.range.clone(), format!("unknown key `{}`", word.key));
    match near(&word.key, KEYS.iter().chain(LATER).copied()).as_slice() {
        [] => flaw.help(format!("the keys are {}", either(KEYS))),
        [one] if is_slip(&word.key, one) => flaw.help(format!("did you mean `{one}`?")).fix(*one),
        names => flaw.help(format!("did you mean {}?", either(names))),
    }
}

/// The relation a key belongs to, and which part of it the key gives.
pub(super) fn part(key: &str) -> Option<(Side, &str)> {
    let (side, part) = key.split_once('.').unwrap_or((key, ""));
    Side::of(side).map(|side| (side, part))
}
