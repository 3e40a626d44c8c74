//! From text to tokens, in three passes: `scan` cuts the text, `brace` pairs the braces and puts in what is missing,
//! `classify` gives words, brackets and newlines their meaning. What leaves here is balanced, whatever came in.

mod brace;
mod classify;
mod comment;
mod decode;
mod habit;
mod layout;
mod number;
mod path;
mod scan;
mod string;

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
    /// What is wrong.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Cuts a text into tokens; its length must fit 32 bits.
pub(crate) fn lex(source: SourceId, text: &str) -> Lexed {
    let mut scanned = scan::scan(source, text);
    let tokens = brace::balance(text, scanned.tokens, &mut scanned.diagnostics);
    let tokens = classify::classify(text, tokens, &mut scanned.diagnostics);
    comment::warn_of_division(&tokens, &scanned.comments, &mut scanned.diagnostics);
    Lexed { tokens, comments: scanned.comments, diagnostics: scanned.diagnostics }
}
