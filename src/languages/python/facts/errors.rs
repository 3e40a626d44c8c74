//! What ruff says is wrong, in the words of this program.

use ruff_python_ast::Mod;
use ruff_python_parser::Parsed;
use ruff_text_size::Ranged;

use super::reader::{Reader, place};
use crate::facts::head::{Error, ErrorKind};

/// Reads errors of the syntax and of versions.
pub(super) fn read(reader: &mut Reader<'_>, parsed: &Parsed<Mod>) {
    for error in parsed.errors() {
        let text = reader.intern(&lowered(&error.error.to_string()));
        let place = place(error.location);
        reader.facts().head.errors.push(Error { place, text, kind: ErrorKind::Syntax });
    }
    for error in parsed.unsupported_syntax_errors() {
        let text = reader.intern(&lowered(&error.to_string()));
        let place = place(error.range());
        reader.facts().head.errors.push(Error { place, text, kind: ErrorKind::Version });
    }
    reader.facts().head.errors.sort_by_key(|error| error.place);
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
