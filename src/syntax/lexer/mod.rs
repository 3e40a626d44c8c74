//! From text to tokens, in three passes: `scan` cuts the text, `brace` pairs the braces and puts in what is missing,
//! `classify` gives words, brackets and newlines their meaning. What leaves here is balanced, whatever came in.

mod brace;
mod classify;
mod comment;
mod decode;
mod habit;
mod layout;
mod newline;
mod number;
mod path;
mod quote;
mod scan;
mod string;
mod unterminated;

use std::sync::Arc;

use super::ast::Comment;
use super::token::Token;
use crate::diagnostic::Diagnostic;
use crate::source::SourceId;

/// What the grammar and the printer need of a text.
pub(crate) struct Lexed {
    /// Balanced tokens; the last one is `Eof`.
    pub(crate) tokens: Vec<Token>,
    /// All comments in order.
    pub(crate) comments: Vec<Comment>,
    /// Words of text that could not be said and was left out.
    pub(crate) lost: Vec<Arc<str>>,
    /// What is wrong.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Cuts a text into tokens; its length must fit 32 bits.
pub(crate) fn lex(source: SourceId, text: &str) -> Lexed {
    let mut scanned = scan::scan(source, text);
    let tokens = brace::balance(text, scanned.tokens, &mut scanned.diagnostics);
    let (tokens, lost) = classify::classify(text, tokens, &mut scanned.diagnostics);
    comment::warn_of_division(&tokens, &scanned.comments, &mut scanned.diagnostics);
    Lexed { tokens, comments: scanned.comments, lost, diagnostics: scanned.diagnostics }
}

/// The tokens as they are cut, brackets as written, with what is wrong so far; its length must fit 32 bits.
pub(crate) fn cut(source: SourceId, text: &str) -> (Vec<Token>, Vec<Diagnostic>) {
    let scanned = scan::scan(source, text);
    (scanned.tokens, scanned.diagnostics)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::syntax::token::Kind;

    /// What is open at the end, and whether everything closed what it should.
    fn unbalanced(tokens: &[Token]) -> Option<String> {
        let mut open = Vec::new();
        for token in tokens {
            let opener: &[Kind] = match token.kind {
                Kind::BlockClose => &[Kind::BlockOpen],
                Kind::ObjectClose => &[Kind::ObjectOpen],
                Kind::ParenClose => &[Kind::ParenOpen, Kind::Call],
                Kind::ListClose => &[Kind::ListOpen, Kind::Index],
                Kind::TemplateClose => &[Kind::TemplateOpen],
                Kind::HoleClose => &[Kind::HoleOpen],
                Kind::End => &[Kind::BlockColon],
                kind => {
                    if kind.opens() || kind == Kind::BlockColon {
                        open.push(kind);
                    }
                    continue;
                }
            };
            match open.pop() {
                Some(kind) if opener.contains(&kind) => {}
                other => {
                    return Some(format!(
                        "{other:?} closed by {:?} at {:?}",
                        token.kind, token.span
                    ));
                }
            }
        }
        (!open.is_empty()).then(|| format!("{open:?}"))
    }

    const WORDS: &[&str] = &[
        "plan", "step", "if", "else", "elif", "while", "each", "for", "in", "parallel", "end",
        "future", "print", "set", "var", "let", "return", "jump", "break", "stop", "and", "or",
        "exists", "not", "true", "null", "{", "}", "(", ")", "[", "]", ",", ".", ":", ";", "=",
        "==", "->", "+", "-", "*", "/", "\"a\"", "'b'", "12", "3s", "x", "y", "${", "\"", "\"\"\"",
        "\n", "\n  ", "@title", "//", "/*", "*/", "=>", "+=", "&&", "!", "...", "$", "f\"{", "`",
        "?", "'''", ".lower(", ".append(", "x[0]", "until", "try", "catch", "def", "#", "\\",
        "\"${", "}\"", "%", "\r\n", "é", "\0",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]
        #[test]
        fn whatever_comes_in_what_leaves_is_balanced(
            words in prop::collection::vec((prop::sample::select(WORDS), prop::bool::ANY), 0..40),
        ) {
            let text: String = words.iter().map(|(w, glued)| format!("{w}{}", if *glued { "" } else { " " })).collect();
            let lexed = lex(SourceId(0), &text);
            prop_assert_eq!(unbalanced(&lexed.tokens), None, "{}", text);
        }
    }
}
