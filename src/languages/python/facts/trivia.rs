//! Comments and texts of literals, from ruff's tokens.

use ruff_python_ast::token::TokenKind as Kind;
use ruff_text_size::Ranged;

use super::reader::{Reader, place};
use crate::facts::trivia::{Token, TokenKind};

/// Reads all of them.
pub(super) fn read(reader: &mut Reader<'_>) {
    let docs = std::mem::take(&mut reader.docs);
    let mut docs = docs.iter().peekable();
    for token in reader.tokens {
        let place = place(token.range());
        let kind = match token.kind() {
            Kind::Comment => TokenKind::Comment,
            Kind::FStringMiddle | Kind::TStringMiddle => TokenKind::FStringText,
            Kind::String => {
                while docs.next_if(|doc| doc.end() <= place.at).is_some() {}
                let is_doc = docs.peek().is_some_and(|doc| doc.covers(place));
                if is_doc { TokenKind::Docstring } else { TokenKind::String }
            }
            _ => continue,
        };
        reader.builder.facts.trivia.tokens.push(Token { kind, place });
    }
}
