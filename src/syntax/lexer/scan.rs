//! The first pass: from characters to words, numbers, strings, signs, newlines and comments. Knows no statement.

use unicode_ident::{is_xid_continue, is_xid_start};

use super::string::Mode;
use crate::diagnostic::code::lexing;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span};
use crate::syntax::ast::Comment;
use crate::syntax::token::{Kind, Payload, Token};

/// The tokens as cut, with their comments and faults.
pub(super) struct Scanned {
    pub(super) tokens: Vec<Token>,
    pub(super) comments: Vec<Comment>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// The state of the first pass.
pub(super) struct Scanner<'t> {
    pub(super) text: &'t str,
    pub(super) source: SourceId,
    /// The next byte.
    pub(super) at: usize,
    pub(super) line_start: usize,
    pub(super) out: Scanned,
    /// The strings whose holes are being read, outermost first.
    pub(super) modes: Vec<Mode>,
    /// Up to here a hole that does not end has been reported: holes and strings are cut short, silently.
    pub(super) broken_to: usize,
    /// The closed comments behind the first one that is not, once there is one.
    pub(super) closed_comments: Option<super::comment::Closed>,
    /// Where the run of unknown characters ends that was reported last.
    unknown_to: usize,
}

/// Cuts a text.
pub(super) fn scan(source: SourceId, text: &str) -> Scanned {
    let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut scanner = Scanner {
        text,
        source,
        at,
        line_start: at,
        out: Scanned {
            tokens: Vec::with_capacity(text.len() / 4),
            comments: Vec::new(),
            diagnostics: Vec::new(),
        },
        modes: Vec::new(),
        broken_to: 0,
        closed_comments: None,
        unknown_to: 0,
    };
    while scanner.step() {}
    scanner.push(Kind::Eof, scanner.at);
    scanner.out
}

/// The signs, longest first where one begins another.
const SIGNS: &[(&str, Kind)] = &[
    ("===", Kind::Foreign),
    ("!==", Kind::Foreign),
    ("...", Kind::Foreign),
    ("**=", Kind::Foreign),
    ("??=", Kind::Foreign),
    ("==", Kind::Equal),
    ("=>", Kind::Foreign),
    ("=~", Kind::Foreign),
    ("!~", Kind::Foreign),
    ("!=", Kind::NotEqual),
    ("<=", Kind::LessEqual),
    ("<>", Kind::Foreign),
    (">=", Kind::GreaterEqual),
    ("->", Kind::Arrow),
    (":=", Kind::Foreign),
    ("&&", Kind::Foreign),
    ("||", Kind::Foreign),
    ("??", Kind::Foreign),
    ("?.", Kind::Foreign),
    ("::", Kind::Foreign),
    ("+=", Kind::Foreign),
    ("-=", Kind::Foreign),
    ("*=", Kind::Foreign),
    ("/=", Kind::Foreign),
    ("%=", Kind::Foreign),
    ("++", Kind::Foreign),
    ("**", Kind::Foreign),
    ("=", Kind::Assign),
    ("<", Kind::Less),
    (">", Kind::Greater),
    ("+", Kind::Plus),
    ("-", Kind::Minus),
    ("*", Kind::Star),
    ("/", Kind::Slash),
    ("%", Kind::Percent),
    (".", Kind::Dot),
    (",", Kind::Comma),
    (":", Kind::Colon),
    (";", Kind::Semicolon),
    ("(", Kind::ParenOpen),
    (")", Kind::ParenClose),
    ("[", Kind::ListOpen),
    ("]", Kind::ListClose),
    ("{", Kind::ObjectOpen),
    ("}", Kind::ObjectClose),
    ("!", Kind::Foreign),
    ("?", Kind::Foreign),
    ("&", Kind::Foreign),
    ("|", Kind::Foreign),
    ("$", Kind::Foreign),
    ("\u{2192}", Kind::Foreign),
    ("\u{21d2}", Kind::Foreign),
    ("\u{2264}", Kind::Foreign),
    ("\u{2265}", Kind::Foreign),
    ("\u{2260}", Kind::Foreign),
    ("\u{2212}", Kind::Foreign),
    ("\u{2026}", Kind::Foreign),
];

impl<'t> Scanner<'t> {
    /// Reads one thing; false at the end.
    fn step(&mut self) -> bool {
        let Some(next) = self.peek() else {
            return self.break_hole();
        };
        match next {
            '\n' => self.newline(),
            ' ' | '\t' | '\r' | '\u{c}' => self.at += 1,
            '"' | '\'' | '`' | '\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}' => {
                self.string(self.at)
            }
            '0'..='9' => self.number(),
            '@' => self.meta(),
            c if c == '_' || is_xid_start(c) => self.word(),
            _ if self.comment() => {}
            _ if self.path_from_sign() => {}
            '}' if self.closes_hole() => self.close_hole(),
            _ => self.sign(),
        }
        true
    }

    /// The character at hand.
    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The text from here.
    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The range of bytes as a span.
    pub(super) fn span(&self, lo: usize, hi: usize) -> Span {
        // `parse` refuses texts whose length does not fit.
        Span::new(
            self.source,
            u32::try_from(lo).unwrap_or(u32::MAX),
            u32::try_from(hi).unwrap_or(u32::MAX),
        )
    }

    /// Adds a token from `lo` to here.
    pub(super) fn push(&mut self, kind: Kind, lo: usize) {
        self.push_with(kind, lo, Payload::None);
    }

    /// Adds a token that carries something.
    pub(super) fn push_with(&mut self, kind: Kind, lo: usize, payload: Payload) {
        let span = self.span(lo, self.at);
        let glued = self
            .out
            .tokens
            .last()
            .is_some_and(|last| last.span.hi == span.lo && last.kind != Kind::Newline);
        let col = u32::try_from(lo.saturating_sub(self.line_start)).unwrap_or(u32::MAX);
        self.out.tokens.push(Token { kind, span, col, glued, payload });
    }

    /// Reports a fault.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.out.diagnostics.push(diagnostic);
    }

    /// A fault from `lo` to `hi`.
    pub(super) fn fault(
        &self,
        code: Code,
        lo: usize,
        hi: usize,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::error(code, self.span(lo, hi), message)
    }

    /// The offset where the line of `from` ends, before its LF or CRLF.
    pub(super) fn line_end(&self, from: usize) -> usize {
        let rest = &self.text.as_bytes()[from..];
        let Some(length) = memchr::memchr(b'\n', rest) else { return self.text.len() };
        // A CR alone, at the end of the text too, ends no line.
        from + length - usize::from(rest[..length].ends_with(b"\r"))
    }

    fn newline(&mut self) {
        if self.hole_in_line() && self.break_hole() {
            return;
        }
        self.at += 1;
        self.push(Kind::Newline, self.at - 1);
        self.line_start = self.at;
    }

    /// The length of the word at `from`.
    pub(super) fn word_len(&self, from: usize) -> usize {
        let rest = &self.text[from..];
        let starts = rest.chars().next().is_some_and(|c| c == '_' || is_xid_start(c));
        if !starts {
            return 0;
        }
        rest.find(|c| !is_xid_continue(c)).unwrap_or(rest.len())
    }

    fn word(&mut self) {
        let lo = self.at;
        let end = lo + self.word_len(lo);
        if self.text[end..].starts_with(['"', '\'']) && self.prefixed(lo, end) {
            return;
        }
        if self.bare_pattern(lo) || self.path_from_word(lo, end) {
            return;
        }
        self.at = end;
        self.push(Kind::Word, lo);
    }

    fn meta(&mut self) {
        let lo = self.at;
        let len = self.word_len(lo + 1);
        self.at = lo + 1 + len;
        if len == 0 {
            let fault = self.fault(lexing::UNKNOWN_CHARACTER, lo, self.at, "`@` without a key");
            self.report(
                fault.help("write a key behind it: `@title \"…\"`, `@in \"src\"`, `@params name`"),
            );
            return;
        }
        let key = self.text[lo + 1..self.at].into();
        self.push_with(Kind::Meta, lo, Payload::Word(key));
    }

    fn sign(&mut self) {
        let lo = self.at;
        let rest = self.rest();
        let first = rest.as_bytes().first();
        let mut signs = SIGNS.iter().filter(|(sign, _)| sign.as_bytes().first() == first);
        let Some(&(sign, kind)) = signs.find(|(sign, _)| rest.starts_with(sign)) else {
            return self.unknown();
        };
        self.at += sign.len();
        if let Some(mode) = self.modes.last_mut() {
            match kind {
                Kind::ObjectOpen => mode.braces += 1,
                Kind::ObjectClose => mode.braces = mode.braces.saturating_sub(1),
                _ => {}
            }
        }
        self.push(kind, lo);
    }

    /// One fault for a run of characters that mean nothing here.
    fn unknown(&mut self) {
        let lo = self.at;
        let Some(c) = self.peek() else { return };
        self.at += c.len_utf8();
        if self.unknown_to == lo && lo > 0 {
            if let Some(last) = self.out.diagnostics.last_mut() {
                last.span.hi = u32::try_from(self.at).unwrap_or(u32::MAX);
            }
        } else {
            let fault = self.fault(
                lexing::UNKNOWN_CHARACTER,
                lo,
                self.at,
                format!("unexpected character {}", shown(c)),
            );
            self.report(if c.is_whitespace() || is_invisible(c) {
                let span = fault.span;
                fault.help("replace it with a plain blank").fix(span, " ")
            } else {
                fault.help(
                    "characters that are no part of the language stand in strings or comments only",
                )
            });
        }
        self.unknown_to = self.at;
    }
}

/// Whether a character shows nothing although it is no blank.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// A character for a message.
fn shown(c: char) -> String {
    if c.is_control() || c.is_whitespace() || is_invisible(c) {
        format!("U+{:04X}", u32::from(c))
    } else {
        format!("`{c}`")
    }
}
