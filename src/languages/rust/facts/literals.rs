//! Literals: their values, and their places as trivia.

use std::borrow::Cow;

use super::kinds::{Field, Rule};
use super::reader::{Reader, Value};
use crate::facts::body::{ConstKind, ExprKind};
use crate::facts::{ExprId, Place, Str};

/// The longest text that is kept as it is.
const LONGEST: usize = 256;

impl Reader<'_> {
    pub(super) fn literal(&mut self, mut value: Value) {
        if value.field == Field::Name {
            return self.field_name(value);
        }
        let place = value.place();
        value.expr = self.constant(value.rule, place);
        self.values.push(value);
    }

    /// Adds a literal.
    pub(super) fn constant(&mut self, rule: Rule, place: Place) -> ExprId {
        let text = self.slice(place.at, place.end());
        let (kind, shown) = match rule {
            Rule::Int => (ConstKind::Int, Cow::Borrowed(text)),
            Rule::Float => (ConstKind::Float, Cow::Borrowed(text)),
            Rule::Bool if text == "true" => (ConstKind::True, Cow::Borrowed(text)),
            Rule::Bool => (ConstKind::False, Cow::Borrowed(text)),
            rule => {
                self.piece(rule, place);
                quoted(text)
            }
        };
        let (name, kind) = self.shortened(&shown, kind);
        self.push(ExprKind::Const, name.0, kind as u32, place)
    }

    fn shortened(&mut self, text: &str, kind: ConstKind) -> (Str, ConstKind) {
        if text.len() <= LONGEST {
            return (self.builder.intern(text), kind);
        }
        let hash = blake3::hash(text.as_bytes()).to_hex();
        (self.builder.intern(hash.as_str()), ConstKind::Long)
    }
}

/// Kind and value of a string or character.
fn quoted(text: &str) -> (ConstKind, Cow<'_, str>) {
    let sign = text.find(['"', '\'', '#']).unwrap_or(text.len());
    let (prefix, rest) = text.split_at(sign);
    let kind = match rest.as_bytes().first() {
        Some(b'\'') => ConstKind::Char,
        _ if prefix.starts_with('b') => ConstKind::Bytes,
        _ => ConstKind::Str,
    };
    let inside = rest.trim_matches('#');
    let mut inside = inside.strip_prefix(['"', '\'']).unwrap_or(inside);
    inside = inside.strip_suffix(['"', '\'']).unwrap_or(inside);
    if prefix.ends_with('r') || !inside.contains('\\') {
        return (kind, Cow::Borrowed(inside));
    }
    (kind, Cow::Owned(unescaped(inside, prefix.starts_with('b'))))
}

/// The value of a text with escapes; of bytes, those over 127 stay escaped.
fn unescaped(text: &str, is_bytes: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        rest = escape(after, is_bytes, &mut out);
    }
    out.push_str(rest);
    out
}

/// Reads what follows a backslash; gives what is left.
fn escape<'a>(text: &'a str, is_bytes: bool, out: &mut String) -> &'a str {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return "" };
    let rest = chars.as_str();
    match first {
        'n' => out.push('\n'),
        't' => out.push('\t'),
        'r' => out.push('\r'),
        '0' => out.push('\0'),
        '\n' => return rest.trim_start(),
        '\r' => return rest.trim_start(),
        'x' => {
            let Some(digits) = rest.get(..2) else { return rest };
            match u8::from_str_radix(digits, 16) {
                Ok(byte) if byte < 128 => out.push(char::from(byte)),
                Ok(_) if is_bytes => out.extend(["\\x", &digits.to_ascii_lowercase()]),
                Ok(_) | Err(_) => {}
            }
            return &rest[2..];
        }
        'u' => {
            let Some((digits, after)) = rest.strip_prefix('{').and_then(|r| r.split_once('}'))
            else {
                return rest;
            };
            let code = u32::from_str_radix(&digits.replace('_', ""), 16).ok();
            out.extend(code.and_then(char::from_u32));
            return after;
        }
        other => out.push(other),
    }
    rest
}
