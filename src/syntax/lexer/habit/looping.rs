//! Loops of other languages: `for x in xs`, `for (const x of xs)`, `foreach (xs as x)`, `each a, b in xs`.

use super::super::classify::Classifier;
use super::FAR;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::parsing;
use crate::source::Span;
use crate::syntax::token::{Kind, Payload, Token};

/// The head of a loop up to what is iterated.
struct Head {
    /// Raw tokens up to there.
    len: usize,
    first: Token,
    second: Option<Token>,
    /// A parenthesis is open around the whole head.
    paren: bool,
}

impl Classifier<'_> {
    pub(super) fn for_loop(&mut self) -> bool {
        if !matches!(self.peek(1).kind, Kind::Word | Kind::ParenOpen) || self.key_len(1).is_some() {
            return false;
        }
        let Some(head) = self.loop_head() else { return self.counting_loop() };
        let word = self.peek(0).span;
        let name = self.word_of(self.peek(0)).to_owned();
        let fault = Diagnostic::error(parsing::FOREIGN_STATEMENT, word, format!("there is no `{name}` here"));
        let fault = fault.help("loops are `each x in xs { }`, `each (x, i) in xs { }` and `while c { }`");
        self.each_instead(head, fault);
        true
    }

    /// `each a, b in xs` without the parentheses; `each x of xs`.
    pub(super) fn each_pair(&mut self) -> bool {
        let pair = self.peek(1).kind == Kind::Word && self.peek(2).kind == Kind::Comma;
        let of = self.peek(1).kind == Kind::Word && self.peek_word(2) == Some("of");
        let Some(head) = (pair || of).then(|| self.loop_head()).flatten() else { return false };
        let span = self.peek(1).span.to(self.peek(head.len - 1).span);
        let fault = Diagnostic::error(parsing::FOREIGN_STATEMENT, span, "this is no head of a loop");
        self.each_instead(head, fault.help("write `each x in xs { }` or `each (x, i) in xs { }`"));
        true
    }

    /// Puts `each x in` in the head's place.
    fn each_instead(&mut self, mut head: Head, mut fault: Diagnostic) {
        let inside = self.strip_call(&mut head);
        let mut fixes = self.strip_tail(&head);
        let span = self.take_span(head.len);
        let first = self.word_of(&head.first).to_owned();
        let mut tokens = vec![self.made_word("each", span)];
        let names = match &head.second {
            None => first,
            Some(second) => format!("({first}, {})", self.word_of(second)),
        };
        let pair = head.second.is_some();
        let sign = |kind| Token { kind, payload: Payload::None, glued: false, ..head.first.clone() };
        tokens.extend(pair.then(|| sign(Kind::ParenOpen)));
        tokens.push(head.first.clone());
        tokens.extend(head.second.into_iter().flat_map(|second| [sign(Kind::Comma), second]));
        tokens.extend(pair.then(|| sign(Kind::ParenClose)));
        tokens.push(self.made_word("in", span));
        self.put_back(tokens.into_iter());
        let hi = inside.map_or(span.hi, |inside| inside.hi);
        let gap = if inside.is_some() { " " } else { "" };
        fault = fault.fix(Span { hi, ..span }, format!("each {names} in{gap}"));
        for extra in fixes.drain(..) {
            fault = fault.fix(extra, "");
        }
        self.report(fault);
    }

    /// Reads `for [(] [let] x [, y] in|of|:` and `foreach [(] xs as x`.
    fn loop_head(&self) -> Option<Head> {
        let mut at = 1;
        let mut paren = self.peek(at).kind == Kind::ParenOpen;
        at += usize::from(paren);
        let declares = matches!(self.peek_word(at), Some("let" | "var" | "const" | "auto" | "each"));
        at += usize::from(declares && self.peek(at + 1).kind == Kind::Word);
        let inner = self.peek(at).kind == Kind::ListOpen;
        at += usize::from(inner);
        let first = (self.peek(at).kind == Kind::Word).then(|| self.peek(at).clone())?;
        at += 1;
        let mut second = None;
        if self.peek(at).kind == Kind::Comma && self.peek(at + 1).kind == Kind::Word {
            second = Some(self.peek(at + 1).clone());
            at += 2;
            if paren && self.peek(at).kind == Kind::ParenClose || inner && self.peek(at).kind == Kind::ListClose {
                paren &= inner;
                at += 1;
            }
        }
        let separates = matches!(self.peek_word(at), Some("in" | "of" | "IN")) || self.peek(at).kind == Kind::Colon && paren;
        (separates && !self.ends_at(at + 1)).then_some(Head { len: at + 1, first, second, paren })
    }

    /// `enumerate(xs)` is `xs` with the names the other way round; its span up to what is inside.
    fn strip_call(&mut self, head: &mut Head) -> Option<Span> {
        let call = self.peek_word(head.len) == Some("enumerate") && self.peek(head.len + 1).kind == Kind::ParenOpen;
        let close = self.closed_at(head.len + 1).filter(|_| call)?;
        let second = head.second.take()?;
        head.second = Some(std::mem::replace(&mut head.first, second));
        let open = self.peek(head.len + 1).span;
        if let Some(close) = self.take_ahead(close) {
            self.extra.push(close);
        }
        self.take_ahead(head.len + 1);
        self.take_ahead(head.len);
        Some(open)
    }

    /// Takes out the `)` of the head and `.items()` before the block; their spans.
    fn strip_tail(&mut self, head: &Head) -> Vec<Span> {
        let mut taken = std::mem::take(&mut self.extra);
        let open = (head.len..head.len + FAR).find(|&i| self.peek(i).kind == Kind::ObjectOpen || self.ends_at(i));
        let Some(mut end) = open else { return taken };
        if self.peek(end - 1).kind == Kind::Colon {
            end -= 1;
        }
        if head.paren && self.peek(end - 1).kind == Kind::ParenClose {
            taken.extend(self.take_ahead(end - 1));
            end -= 1;
        }
        let items = end > head.len + 4
            && self.peek(end - 1).kind == Kind::ParenClose
            && self.peek(end - 2).kind == Kind::ParenOpen
            && matches!(self.peek_word(end - 3), Some("items" | "entries"))
            && self.peek(end - 4).kind == Kind::Dot;
        if items {
            let span = self.peek(end - 4).span.to(self.peek(end - 1).span);
            for _ in 0..4 {
                self.take_ahead(end - 4);
            }
            taken.push(span);
        }
        taken
    }

    /// `for (i = 0; i < n; i++)`: named, and its body read for what is wrong in it.
    fn counting_loop(&mut self) -> bool {
        let word = self.take().span;
        if self.peek(0).kind == Kind::ParenOpen
            && let Some(close) = self.closed_at(0)
        {
            self.take_span(close + 1);
        }
        while !self.ends_at(0) && !matches!(self.peek(0).kind, Kind::ObjectOpen | Kind::Colon) {
            self.raw.pop();
        }
        let tokens = [self.made_word("while", word), self.made_word("false", word)];
        self.put_back(tokens.into_iter());
        let fault = Diagnostic::error(parsing::FOREIGN_STATEMENT, word, "there is no counting loop here");
        self.report(fault.help("write `each x in xs { }`, or `var i = 0` and `while i < n { … set i = i + 1 }`"));
        true
    }
}
