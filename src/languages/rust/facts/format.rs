//! Names that a format string takes from where it stands: `{name}`.

use super::kinds::Rule;
use super::reader::Reader;
use crate::facts::body::{ExprKind, expr};
use crate::facts::{ExprId, Place, Run};

/// From which argument on a macro's first string is a format.
pub(super) fn position(name: &str) -> Option<usize> {
    Some(match name {
        "format" | "print" | "println" | "eprint" | "eprintln" | "panic" | "todo"
        | "unimplemented" | "unreachable" | "format_args" | "error" | "warn" | "info" | "debug"
        | "trace" | "bail" | "anyhow" => 0,
        "write" | "writeln" | "assert" | "debug_assert" | "ensure" => 1,
        "assert_eq" | "assert_ne" | "debug_assert_eq" | "debug_assert_ne" => 2,
        _ => return None,
    })
}

impl Reader<'_> {
    /// A format that takes names; none if it takes no name.
    pub(super) fn format_string(&mut self, rule: Rule, place: Place) -> ExprId {
        let holes = holes(self.slice(place.at, place.end()), rule == Rule::RawStr);
        if holes.is_empty() {
            return ExprId::NONE;
        }
        let mut names = Vec::with_capacity(holes.len());
        for (lo, hi) in holes {
            let at = Place::between(place.at + lo, place.at + hi);
            let name = self.intern(at.at, at.end());
            self.note_read(name, at.at);
            names.push(self.push(ExprKind::Name, name.0, 0, at));
        }
        self.piece(rule, place);
        let kids = &mut self.body().kids;
        let lo = kids.len();
        kids.extend(names);
        let kids = Run::between(lo, kids.len());
        let id = self.push(ExprKind::FString, kids.lo, kids.n, place);
        self.flag(id, expr::MACRO);
        id
    }
}

/// Where the names of a format stand in its text.
fn holes(text: &str, is_raw: bool) -> Vec<(u32, u32)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied();
        at += match (byte, next) {
            (b'\\', Some(b'u')) if !is_raw => escape_length(text, at),
            (b'\\', _) if !is_raw => 2,
            (b'{', Some(b'{')) => 2,
            (b'{', _) => {
                let length = name_length(text, at + 1);
                if length > 0 {
                    found.push(((at + 1) as u32, (at + 1 + length) as u32));
                }
                1 + length
            }
            _ => 1,
        };
    }
    found
}

fn escape_length(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('}')).map_or(2, |end| end + 1)
}

/// The length of the name at an offset, if `:` or `}` ends it.
fn name_length(text: &str, at: usize) -> usize {
    let Some(rest) = text.get(at..) else { return 0 };
    let is_part = |c: char| c == '_' || unicode_ident::is_xid_continue(c);
    let length = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
    let starts = rest.chars().next().is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c));
    let ends = rest.get(length..).unwrap_or("").trim_start().starts_with([':', '}']);
    if starts && ends { length } else { 0 }
}
