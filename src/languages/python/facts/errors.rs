//! What ruff says is wrong, in the words of this program.

use ruff_python_ast::Mod;
use ruff_python_parser::Parsed;

use super::deep;
use super::depth::Cut;
use super::reader::{Reader, place};
use crate::facts::head::{Error, ErrorKind};

/// Reads errors of the syntax, and says what was cut. What only some versions of Python allow is no error, so that facts
/// depend on none. What is wrong only beside a cut is the cut's doing.
pub(super) fn read(reader: &mut Reader<'_>, parsed: &Parsed<Mod>, cuts: &[Cut]) {
    for cut in cuts {
        let text = reader.intern(&deep::message(cut));
        let error = Error { place: cut.place, text, kind: ErrorKind::Unread };
        reader.facts().head.errors.push(error);
    }
    let beside = cuts.iter().map(|cut| around(reader, cut)).collect::<Vec<_>>();
    for error in parsed.errors() {
        let at = error.location.start().to_u32();
        let next = beside.partition_point(|(_, end)| *end < at);
        if beside.get(next).is_some_and(|(start, _)| *start <= at) {
            continue;
        }
        let text = reader.intern(&lowered(&error.error.to_string()));
        let place = place(error.location);
        reader.facts().head.errors.push(Error { place, text, kind: ErrorKind::Syntax });
    }
    reader.facts().head.errors.sort_by_key(|error| error.place);
}

/// A cut with the blanks around it and the byte before.
fn around(reader: &Reader<'_>, cut: &Cut) -> (u32, u32) {
    let before = reader.text.get(..cut.place.at as usize).unwrap_or_default();
    let start = before.trim_end().len().saturating_sub(1);
    (start as u32, reader.next_code(cut.place.end()))
}

/// A message with a small first letter and no full stop.
fn lowered(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut letters = message.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            let rest = message.get(first.len_utf8()..).unwrap_or_default();
            format!("{}{rest}", first.to_lowercase())
        }
        _ => message.to_owned(),
    }
}
