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
    "in",
    "exclude",
    "globs",
    "lang",
    "limit",
];
/// Keys of the language that this version does not answer.
const LATER: &[&str] = &[
    "all",
    "any",
    "not",
    "nthChild",
    "nthChild.reverse",
    "nthChild.ofRule",
    "scope",
    "captures",
    "has_cells",
    "decorated_by",
    "decorator_count_min",
    "decorator_count_max",
    "used_by",
    "defines",
    "raises",
    "exports",
    "expand",
    "fields",
    "why",
    "explain",
    "pattern.tolerant",
];
/// Short forms that say too little of what they belong to.
const RENAMED: &[(&str, &str)] = &[
    ("context", "pattern.context"),
    ("selector", "pattern.selector"),
    ("strictness", "pattern.strictness"),
];
/// What `entity` takes.
pub const ENTITIES: &[&str] = &["function", "method", "class", "callsite", "import"];
/// Entities of the language that this version does not answer.
const LATER_ENTITIES: &[&str] =
    &["module", "decorator", "variable", "parameter", "impl", "macro", "type", "constant"];

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
        _ if LATER.contains(&key) => {
            error(codes::NOT_YET, format!("`{key}` is not available yet in this version"))
                .help("this version answers `entity` and `name`, `pattern`, the relations `inside`, `has`, `precedes` and `follows`, and plain texts by searching")
        }
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

fn unknown(word: &Word) -> Flaw {
    let flaw =
        Flaw::error(codes::QUERY_KEY, word.range.clone(), format!("unknown key `{}`", word.key));
    match near(&word.key, KEYS.iter().chain(LATER).copied()).as_slice() {
        [] => flaw.help(format!("the keys are {}", either(KEYS))),
        [one] if is_slip(&word.key, one) => flaw.help(format!("did you mean `{one}`?")).fix(*one),
        names => flaw.help(format!("did you mean {}?", either(names))),
    }
}

/// The entity a value names.
pub(super) fn entity(word: &Word) -> Result<&'static str, Flaw> {
    let given = &*word.value.text;
    if let Some(known) = ENTITIES.iter().find(|known| **known == given) {
        return Ok(known);
    }
    let at = word.value.range.clone();
    if LATER_ENTITIES.contains(&given) {
        let message = format!("`entity={given}` is not available yet in this version");
        let help = format!("this version knows {}", either(ENTITIES));
        return Err(Flaw::error(codes::NOT_YET, at, message).help(help));
    }
    let message = format!("`entity` takes {}, found `{given}`", either(ENTITIES));
    let flaw = Flaw::error(codes::QUERY_VALUE, at, message);
    Err(match near(given, ENTITIES.iter().chain(LATER_ENTITIES).copied()).as_slice() {
        [] => flaw,
        [one, ..] if is_slip(given, one) => flaw.help(format!("did you mean `{one}`?")).fix(*one),
        [one, ..] => flaw.help(format!("did you mean `{one}`?")),
    })
}

/// The relation a key belongs to, and which part of it the key gives.
pub(super) fn part(key: &str) -> Option<(Side, &str)> {
    let (side, part) = key.split_once('.').unwrap_or((key, ""));
    Side::of(side).map(|side| (side, part))
}
