//! Forms of other languages: each is named with one fault and read as what it means, so that nothing follows from it.
//! A form is rewritten before it is read: its raw tokens are taken and those of the right form put in their place.

mod assign;
mod call;
mod keyword;
mod looping;
mod sign;
mod unit;
mod word;

use super::classify::Classifier;
use crate::source::{OffsetMap, Span};
use crate::syntax::ast::Text;
use crate::syntax::token::{Kind, Payload, STATEMENT_WORDS, Token};

/// How far ahead a form is looked for, in tokens; so that parsing stays linear.
const FAR: usize = 256;

impl Classifier<'_> {
    /// A form that begins a statement; true if it was rewritten.
    pub(super) fn statement_habit(&mut self) -> bool {
        if self.key_may_begin() && self.key_len(0).is_some() || self.dashed() > 1 {
            return false;
        }
        self.col = self.peek(0).col;
        self.keyword_habit() || self.action_as_value() || self.assignment_habit()
    }

    /// Takes the next `n` raw tokens; the span of all of them.
    fn take_span(&mut self, n: usize) -> Span {
        let first = self.peek(0).span;
        let last = (0..n).map(|_| self.take().span).last();
        last.map_or(first.start(), |last| first.to(last))
    }

    /// Puts raw tokens before the next one.
    fn put_back(&mut self, tokens: impl DoubleEndedIterator<Item = Token>) {
        self.raw.extend(tokens.rev());
    }

    /// Puts a raw token in `n` places ahead.
    fn put_ahead(&mut self, n: usize, token: Token) {
        let at = self.raw.len().saturating_sub(n);
        self.raw.insert(at, token);
    }

    /// Takes out the raw token `n` places ahead.
    fn take_ahead(&mut self, n: usize) -> Option<Span> {
        let at = self.raw.len().checked_sub(n + 1)?;
        Some(self.raw.remove(at).span)
    }

    /// A raw sign, keyword or value that is not written, in the column of the statement at hand.
    fn made(&self, kind: Kind, at: Span, payload: Payload) -> Token {
        Token { kind, span: at, col: self.col, glued: false, payload }
    }

    /// A raw word that is not written.
    fn made_word(&self, word: &str, at: Span) -> Token {
        self.made(Kind::Word, at, Payload::Word(word.into()))
    }

    /// A raw string that is not written.
    fn made_string(&self, text: &str, at: Span) -> Token {
        let text = Text {
            raw: format!("\"{text}\"").into(),
            value: text.into(),
            map: OffsetMap::at(at.lo),
        };
        self.made(Kind::String, at, Payload::Text(Box::new(text)))
    }

    /// Whether the statement ends `n` raw tokens ahead.
    pub(super) fn ends_at(&self, n: usize) -> bool {
        matches!(self.peek(n).kind, Kind::Newline | Kind::Semicolon | Kind::ObjectClose | Kind::Eof)
    }

    /// How many raw tokens ahead, from `n` on, the statement's line ends, brackets skipped.
    fn line_ends(&self, n: usize) -> Option<usize> {
        let mut open = Nesting::default();
        for i in n..n + FAR {
            if open.is_closed() && self.ends_at(i) {
                return Some(i);
            }
            if !open.read(self.peek(i).kind) {
                return None;
            }
        }
        None
    }

    /// Where the bracket `n` raw tokens ahead is closed.
    fn closed_at(&self, n: usize) -> Option<usize> {
        let mut open = Nesting::default();
        for i in n..n + FAR {
            if !open.read(self.peek(i).kind) {
                return None;
            }
            if open.is_closed() {
                return (i > n).then_some(i);
            }
        }
        None
    }

    /// How many raw tokens ahead, from `n` on, a block's `{` stands on this line, brackets skipped.
    fn block_ahead(&self, n: usize) -> Option<usize> {
        let mut i = n;
        while i < n + FAR {
            match self.peek(i).kind {
                Kind::ObjectOpen => return Some(i),
                Kind::ParenOpen | Kind::ListOpen | Kind::TemplateOpen => i = self.closed_at(i)?,
                _ if self.ends_at(i) => return None,
                _ => {}
            }
            i += 1;
        }
        None
    }

    /// The number of raw tokens of the path `a.b[0]` that begins `n` ahead, written without blanks.
    fn path_len(&self, n: usize) -> Option<usize> {
        if self.peek(n).kind != Kind::Word {
            return None;
        }
        let mut len = 1;
        while self.peek(n + len).glued && len < FAR {
            match self.peek(n + len).kind {
                Kind::Dot if self.peek(n + len + 1).kind == Kind::Word => len += 2,
                Kind::ListOpen => len = self.closed_at(n + len)? + 1 - n,
                _ => break,
            }
        }
        Some(len)
    }

    /// The text of the next `n` raw tokens, as written.
    fn written(&self, n: usize) -> String {
        let span = self.peek(0).span.to(self.peek(n.saturating_sub(1)).span);
        self.text.get(span.range()).unwrap_or("").to_owned()
    }

    /// Copies of the raw tokens `from..to` ahead.
    fn copies(&self, from: usize, to: usize) -> Vec<Token> {
        (from..to).map(|i| self.peek(i).clone()).collect()
    }

    /// Skips what stands before the block of the statement at hand, whole brackets, or up to its end; what it spans.
    fn skip_head(&mut self) -> Span {
        let mut span = self.peek(0).span.start();
        let mut open = Nesting::default();
        while !self.raw.is_empty() {
            if open.is_closed()
                && (self.ends_at(0) || matches!(self.peek(0).kind, Kind::ObjectOpen | Kind::Colon))
            {
                break;
            }
            if !open.read(self.peek(0).kind) {
                break;
            }
            let token = self.leave_out();
            span = span.to(token.span);
        }
        span
    }

    /// Takes the next raw token for good; a word of it may have been meant to declare something.
    fn leave_out(&mut self) -> Token {
        let token = self.take();
        if token.kind == Kind::Word {
            let word = self.word_of(&token).into();
            self.lost.push(word);
        }
        token
    }

    /// Skips the statement at hand, with the block behind it on the same line.
    fn skip_statement(&mut self) -> Span {
        let mut span = self.peek(0).span;
        let mut open = Nesting::default();
        while !(self.raw.is_empty() || open.is_closed() && self.ends_at(0)) {
            if !open.read(self.peek(0).kind) {
                break;
            }
            let token = self.leave_out();
            span = span.to(token.span);
            if open.is_closed() && token.kind == Kind::ObjectClose {
                break;
            }
        }
        span
    }
}

/// What is open among raw tokens, in which braces and strings are balanced, and parentheses and lists need not be.
#[derive(Default)]
struct Nesting {
    /// Each with the parentheses and lists that are open up to it since the last brace or string.
    open: Vec<(Kind, usize, usize)>,
    /// The braces and strings among them.
    hard: usize,
}

impl Nesting {
    fn is_closed(&self) -> bool {
        self.open.is_empty()
    }

    /// Reads one more; false if it closes a brace or string that was not opened here.
    fn read(&mut self, kind: Kind) -> bool {
        let (parens, lists) =
            self.open.last().map_or((0, 0), |&(_, parens, lists)| (parens, lists));
        match kind {
            Kind::ParenOpen => self.open.push((kind, parens + 1, lists)),
            Kind::ListOpen => self.open.push((kind, parens, lists + 1)),
            Kind::ParenClose if parens == 0 => {}
            Kind::ListClose if lists == 0 => {}
            Kind::ParenClose => self.close(|open| open == Kind::ParenOpen),
            Kind::ListClose => self.close(|open| open == Kind::ListOpen),
            kind if kind.opens() => {
                self.open.push((kind, 0, 0));
                self.hard += 1;
            }
            kind if kind.closes() && self.hard == 0 => return false,
            kind if kind.closes() => {
                self.close(|open| !matches!(open, Kind::ParenOpen | Kind::ListOpen));
                self.hard -= 1;
            }
            _ => {}
        }
        true
    }

    /// Closes the innermost that fits, and all inside it.
    fn close(&mut self, fits: impl Fn(Kind) -> bool) {
        while let Some((open, ..)) = self.open.pop() {
            if fits(open) {
                return;
            }
        }
    }
}

/// Whether the word is one that begins a statement in lower case.
fn is_statement_word(word: &str) -> bool {
    STATEMENT_WORDS.iter().any(|(name, _)| *name == word)
}
