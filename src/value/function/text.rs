//! Functions over strings. Compiled expressions are kept a while, since loops ask for the same one again and again.

use std::cell::RefCell;
use std::collections::HashMap;

use globset::GlobMatcher;
use regex::Regex;

use super::{argument, expected, select};
use crate::diagnostic::{Fault, code::execution as codes};
use crate::value::ops::{refuse, room_for};
use crate::value::{STR_WEIGHT, Value, embedded, show};

/// Compiled expressions a thread keeps.
const KEPT: usize = 64;

/// The text of a value.
///
/// # Errors
/// A value that is no string.
pub fn text_of<'v>(name: &str, value: &'v Value) -> Result<&'v str, Fault> {
    value.as_str().ok_or_else(|| expected(name, "a string", value))
}

pub(super) fn starts_with(args: &[Value]) -> Result<Value, Fault> {
    let (text, part) = two("starts_with", args)?;
    Ok(Value::Bool(text.starts_with(part)))
}

pub(super) fn ends_with(args: &[Value]) -> Result<Value, Fault> {
    let (text, part) = two("ends_with", args)?;
    Ok(Value::Bool(text.ends_with(part)))
}

pub(super) fn lines(args: &[Value]) -> Result<Value, Fault> {
    let text = text_of("lines", argument(args, 0))?;
    room_for_pieces(memchr::memchr_iter(b'\n', text.as_bytes()).count() + 1, text.len())?;
    Ok(Value::list(text.lines().map(Value::from)))
}

pub(super) fn split(args: &[Value]) -> Result<Value, Fault> {
    let (text, separator) = two("split", args)?;
    split_at(text, separator)
}

/// The parts of `text` between separators; its characters if the separator is empty.
///
/// # Errors
/// More parts than a value may hold.
pub fn split_at(text: &str, separator: &str) -> Result<Value, Fault> {
    if separator.is_empty() {
        room_for_pieces(text.chars().count(), text.len())?;
        return Ok(Value::list(
            text.chars().map(|c| Value::str(c.encode_utf8(&mut [0; 4]) as &str)),
        ));
    }
    let found = memchr::memmem::find_iter(text.as_bytes(), separator.as_bytes()).count();
    room_for_pieces(found + 1, text.len())?;
    Ok(Value::list(text.split(separator).map(Value::from)))
}

/// Asks, before it is built, for a list of so many strings with so many bytes in all.
fn room_for_pieces(pieces: usize, bytes: usize) -> Result<(), Fault> {
    room_for((pieces as u64).saturating_mul(STR_WEIGHT).saturating_add(bytes as u64))
}

pub(super) fn join_text(args: &[Value]) -> Result<Value, Fault> {
    let separator = args.get(1).map_or(Ok(""), |value| text_of("join_text", value))?;
    join(argument(args, 0), separator)
}

/// The items as text with a separator between them.
///
/// # Errors
/// A value without rows, a result that is too big.
pub fn join(list: &Value, separator: &str) -> Result<Value, Fault> {
    let rows = select::rows_of("join_text", list)?;
    let between = (rows.len() as u64).saturating_mul(separator.len() as u64);
    room_for(list.size().weight.saturating_add(between))?;
    let mut text = String::new();
    for (at, row) in rows.enumerate() {
        if at > 0 {
            text.push_str(separator);
        }
        show::push_plain(&mut text, &row);
    }
    Ok(Value::str(text))
}

pub(super) fn matches(args: &[Value]) -> Result<Value, Fault> {
    let (text, pattern) = two("matches", args)?;
    Ok(Value::Bool(regex(pattern)?.is_match(text)))
}

pub(super) fn glob(args: &[Value]) -> Result<Value, Fault> {
    let (text, pattern) = two("glob", args)?;
    Ok(Value::Bool(globber(pattern)?.is_match(text)))
}

fn two<'v>(name: &str, args: &'v [Value]) -> Result<(&'v str, &'v str), Fault> {
    Ok((text_of(name, argument(args, 0))?, text_of(name, argument(args, 1))?))
}

/// A compiled regular expression.
///
/// # Errors
/// Text that is none, or one that compiles to more than it may.
pub fn regex(pattern: &str) -> Result<Regex, Fault> {
    thread_local!(static CACHE: RefCell<HashMap<String, Regex>> = RefCell::default());
    kept(&CACHE, pattern, || embedded::regex(pattern).map_err(|error| bad_regex(pattern, &error)))
}

fn bad_regex(pattern: &str, error: &regex::Error) -> Fault {
    let reason = error.to_string();
    let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ");
    refuse(codes::BAD_REGEX, format!("`{pattern}` is no regular expression: {reason}"))
        .help("the syntax is that of the crate `regex`: no look-around, no back-references")
}

/// A compiled glob; without `/` it matches the last part of a path.
///
/// # Errors
/// Text that is no glob.
pub fn globber(pattern: &str) -> Result<GlobMatcher, Fault> {
    thread_local!(static CACHE: RefCell<HashMap<String, GlobMatcher>> = RefCell::default());
    kept(&CACHE, pattern, || {
        let anchored = pattern.trim_end_matches('/').contains('/');
        let inner = pattern.strip_prefix('/').unwrap_or(pattern);
        let whole = if anchored { inner.to_owned() } else { format!("**/{inner}") };
        embedded::glob(&whole).map(|glob| glob.compile_matcher()).map_err(|reason| {
            refuse(codes::BAD_GLOB, format!("`{pattern}` is no glob: {reason}"))
                .help("`*` `?` `**` `[ab]` `{a,b}` have a meaning; a backslash takes it away")
        })
    })
}

fn kept<T: Clone>(
    cache: &'static std::thread::LocalKey<RefCell<HashMap<String, T>>>,
    pattern: &str,
    build: impl FnOnce() -> Result<T, Fault>,
) -> Result<T, Fault> {
    if let Some(found) = cache.with_borrow(|cache| cache.get(pattern).cloned()) {
        return Ok(found);
    }
    let built = build()?;
    cache.with_borrow_mut(|cache| {
        if cache.len() >= KEPT {
            cache.clear();
        }
        cache.insert(pattern.to_owned(), built.clone());
    });
    Ok(built)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Kind;

    #[test]
    fn more_pieces_than_memory_holds_are_refused_before_they_are_built() {
        let text = "\n".repeat(12 << 20);
        assert_eq!(lines(&[text.as_str().into()]).map_err(|f| f.kind), Err(Kind::Limit));
        for separator in ["\n", ""] {
            assert_eq!(split_at(&text, separator).map_err(|f| f.kind), Err(Kind::Limit));
        }
        let few = split_at("a,b", ",").unwrap();
        assert!(few.size().weight >= 2 * STR_WEIGHT);
    }
}
