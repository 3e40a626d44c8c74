//! The third pass: what a word, a bracket or a colon is, from the tokens around it (rules W1 to W10 of the grammar).
//! `layout` holds the newlines and the closing of brackets, `habit` the forms of other languages.

use std::sync::Arc;

use super::layout::{Frame, Shape, Statement};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::token::{
    Kind, OPERAND_WORDS, OPERATOR_WORDS, Payload, STATEMENT_WORDS, Token, lookup,
};

/// The state of the third pass.
pub(super) struct Classifier<'t> {
    pub(super) text: &'t str,
    /// What is still to be read, the next token last.
    pub(super) raw: Vec<Token>,
    pub(super) eof: Token,
    pub(super) out: Vec<Token>,
    /// What is open, innermost last; the file itself first.
    pub(super) frames: Vec<Frame>,
    /// The statement at hand in each open block, innermost last; that of the file first.
    pub(super) statements: Vec<Statement>,
    pub(super) diagnostics: &'t mut Vec<Diagnostic>,
    /// The name that takes the value of the action that begins next, and the text before it.
    pub(super) pending: Option<(Token, Span)>,
    /// The column of the statement that is rewritten.
    pub(super) col: u32,
    /// The fault of the last `try`.
    pub(super) tried: Option<usize>,
    /// Words that were left out with their statement.
    pub(super) lost: Vec<Arc<str>>,
    /// Places that a rewritten head has left behind.
    pub(super) extra: Vec<Span>,
}

/// Gives every token its kind; with the words that were left out.
pub(super) fn classify(
    text: &str,
    mut raw: Vec<Token>,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Vec<Token>, Vec<Arc<str>>) {
    let Some(eof) = raw.pop() else { return (raw, Vec::new()) };
    raw.reverse();
    let mut pass = Classifier {
        text,
        out: Vec::with_capacity(raw.len() + 1),
        frames: vec![Frame::file(eof.span)],
        statements: vec![Statement::none()],
        raw,
        eof,
        diagnostics,
        pending: None,
        col: 0,
        tried: None,
        lost: Vec::new(),
        extra: Vec::new(),
    };
    while let Some(next) = pass.raw.last() {
        let kind = next.kind;
        pass.token(kind);
    }
    pass.close_all();
    pass.out.push(pass.eof);
    (pass.out, pass.lost)
}

impl Classifier<'_> {
    fn token(&mut self, kind: Kind) {
        match kind {
            Kind::Newline | Kind::Semicolon => self.newline(),
            Kind::Word => self.word(),
            Kind::Meta => self.meta(),
            Kind::ObjectOpen => self.open_brace(),
            Kind::ObjectClose => self.close_brace(),
            Kind::ParenOpen | Kind::ListOpen => self.open_bracket(),
            Kind::ParenClose | Kind::ListClose => self.close_bracket(kind),
            Kind::HoleOpen => {
                self.keep();
                self.open_frame(Shape::Hole);
            }
            Kind::HoleClose => self.close_hole(),
            Kind::Colon => self.colon(),
            Kind::Foreign => self.foreign(),
            Kind::Dot if self.method_call() => {}
            Kind::String if self.quoted_output() => {}
            Kind::Arrow => {
                self.close_before_output();
                self.keep();
            }
            Kind::Equal if self.equal_for_assign() => {}
            Kind::Less if self.angle_placeholder() => {}
            _ => self.keep(),
        }
    }

    /// The raw token `n` places ahead.
    pub(super) fn peek(&self, n: usize) -> &Token {
        self.raw.len().checked_sub(n + 1).and_then(|i| self.raw.get(i)).unwrap_or(&self.eof)
    }

    /// Takes the next raw token.
    pub(super) fn take(&mut self) -> Token {
        self.raw.pop().unwrap_or_else(|| self.eof.clone())
    }

    /// The kind of the last token put out.
    pub(super) fn prev(&self) -> Option<Kind> {
        self.out.last().map(|token| token.kind)
    }

    /// Whether the last token put out ends an operand.
    pub(super) fn after_operand(&self) -> bool {
        self.prev().is_some_and(Kind::ends_operand)
    }

    /// The characters of a raw token.
    pub(super) fn word_of<'a>(&'a self, token: &'a Token) -> &'a str {
        match &token.payload {
            Payload::Word(word) => word,
            _ => self.text.get(token.span.range()).unwrap_or(""),
        }
    }

    /// The characters of the raw token `n` places ahead, if it is a word.
    pub(super) fn peek_word(&self, n: usize) -> Option<&str> {
        let token = self.peek(n);
        (token.kind == Kind::Word).then(|| self.word_of(token))
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Puts the next raw token out as it is.
    pub(super) fn keep(&mut self) {
        let kind = self.peek(0).kind;
        self.emit(kind);
    }

    /// Puts the next raw token out as `kind`, beginning a statement where one begins.
    pub(super) fn emit(&mut self, kind: Kind) {
        if self.at_start() {
            self.begin(kind);
        }
        let mut token = self.take();
        if matches!(kind, Kind::Word | Kind::Action | Kind::Option)
            && !matches!(token.payload, Payload::Word(_))
        {
            token.payload = Payload::Word(self.text.get(token.span.range()).unwrap_or("").into());
        }
        token.kind = kind;
        self.out.push(token);
    }

    /// Puts a token out that is not written.
    pub(super) fn emit_new(&mut self, kind: Kind, at: Span, payload: Payload) {
        self.out.push(Token { kind, span: at, col: 0, glued: false, payload });
    }

    /// Whether a block is being read, not the inside of a bracket.
    pub(super) fn in_block(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.shape.is_block())
    }

    /// Whether a statement begins here.
    pub(super) fn at_start(&self) -> bool {
        self.in_block()
            && matches!(
                self.prev(),
                None | Some(
                    Kind::Newline
                        | Kind::BlockOpen
                        | Kind::BlockClose
                        | Kind::BlockColon
                        | Kind::Else
                        | Kind::Future
                )
            )
    }

    /// The statement at hand.
    pub(super) fn statement(&mut self) -> &mut Statement {
        let last = self.statements.len() - 1;
        &mut self.statements[last]
    }

    /// The first word of the statement at hand.
    pub(super) fn head(&self) -> Kind {
        self.statements.last().map_or(Kind::Newline, |statement| statement.head)
    }

    /// The next raw token begins a statement of the kind.
    pub(super) fn begin(&mut self, head: Kind) {
        let col = self.peek(0).col;
        let goes_on = matches!(self.prev(), Some(Kind::Else | Kind::Future));
        let first = self.out.len();
        let pending = if goes_on { None } else { self.pending.take() };
        let statement = self.statement();
        statement.head = head;
        statement.awaits_block = head.takes_block();
        if !goes_on {
            statement.col = col;
            statement.first = first;
            statement.output = pending;
        }
    }

    fn word(&mut self) {
        let start = self.at_start();
        if self.prev() == Some(Kind::Dot) {
            return self.emit(Kind::Word);
        }
        if start && self.statement_habit() {
            return;
        }
        if start && self.dashed() > 1 {
            return self.action_name();
        }
        let word = self.peek_word(0).unwrap_or("");
        if start
            && self.peek(1).kind == Kind::Assign
            && lookup(STATEMENT_WORDS, word) == Some(Kind::Return)
        {
            return self.emit(Kind::Return);
        }
        if let Some(len) = self.key_len(0).filter(|_| self.head() != Kind::Set || start) {
            if !self.in_condition() {
                return self.key(len);
            }
            self.assign_in_condition(len);
        }
        let word = self.peek_word(0).unwrap_or("");
        if start {
            return match lookup(STATEMENT_WORDS, word) {
                Some(Kind::End) => self.end(),
                kind => self.emit(kind.unwrap_or(Kind::Action)),
            };
        }
        let kind = self.word_kind(word);
        if self.word_habit(kind) {
            return;
        }
        if kind == Kind::NotIn {
            let mut token = self.take();
            token.span = token.span.to(self.peek(0).span);
            self.raw.pop();
            token.kind = kind;
            return self.out.push(token);
        }
        self.emit(kind);
    }

    /// Rules W7 to W10.
    fn word_kind(&self, word: &str) -> Kind {
        // Behind an option a value begins.
        if self.after_operand() && self.prev() != Some(Kind::Option) {
            if self.not_in(0) {
                return Kind::NotIn;
            }
            return lookup(OPERATOR_WORDS, word).unwrap_or(Kind::Word);
        }
        let object_key = self.frames.last().is_some_and(|frame| frame.shape == Shape::Object)
            && matches!(self.prev(), Some(Kind::ObjectOpen | Kind::Comma))
            && self.peek(1).kind == Kind::Colon;
        if object_key {
            return Kind::Word;
        }
        if let Some(kind) = lookup(OPERAND_WORDS, word) {
            return kind;
        }
        if self.prev() == Some(Kind::Action) && self.option_ends() {
            Kind::Option
        } else {
            Kind::Word
        }
    }

    /// Whether the raw words `n` and `n + 1` are `not in`.
    pub(super) fn not_in(&self, n: usize) -> bool {
        let is = |n, wanted: &str| {
            self.peek_word(n).is_some_and(|word| word == wanted || word == wanted.to_uppercase())
        };
        is(n, "not") && is(n + 1, "in") && self.key_len(n + 1).is_none()
    }

    /// Whether the raw token `n` places ahead is a word that is an operator behind an operand.
    pub(super) fn operator_word(&self, n: usize) -> bool {
        self.peek_word(n).is_some_and(|word| lookup(OPERATOR_WORDS, word).is_some())
            && self.key_len(n).is_none()
            || self.not_in(n)
    }

    /// W9: behind the word at hand an argument, a key, `->` or the end follows on its line.
    fn option_ends(&self) -> bool {
        let next = self.peek(1);
        match next.kind {
            Kind::String | Kind::TemplateOpen | Kind::Number | Kind::Duration | Kind::Arrow => true,
            Kind::Newline | Kind::Semicolon | Kind::ObjectClose | Kind::Eof => true,
            Kind::ListOpen | Kind::ParenOpen | Kind::ObjectOpen => !next.glued,
            Kind::Word => !self.operator_word(1),
            Kind::Foreign => matches!(self.word_of(next), "$" | "\u{2192}" | "=>"),
            _ => false,
        }
    }

    /// The number of words of the dashed name that begins here.
    pub(super) fn dashed(&self) -> usize {
        let mut words = 1;
        while self.peek(words * 2 - 1).kind == Kind::Minus
            && self.peek(words * 2 - 1).glued
            && self.peek(words * 2).kind == Kind::Word
            && self.peek(words * 2).glued
        {
            words += 1;
        }
        words
    }

    fn action_name(&mut self) {
        let rest = self.dashed() * 2 - 2;
        self.begin(Kind::Action);
        let mut token = self.take();
        for _ in 0..rest {
            token.span = token.span.to(self.take().span);
        }
        token.kind = Kind::Action;
        token.payload = Payload::Word(self.text.get(token.span.range()).unwrap_or("").into());
        self.out.push(token);
    }

    /// W4: the number of raw tokens of the key that begins `n` places ahead, if one does.
    pub(super) fn key_len(&self, n: usize) -> Option<usize> {
        if self.peek(n).kind != Kind::Word {
            return None;
        }
        let mut len = 1;
        while self.peek(n + len).kind == Kind::Dot
            && self.peek(n + len).glued
            && self.peek(n + len + 1).kind == Kind::Word
            && self.peek(n + len + 1).glued
        {
            len += 2;
        }
        (self.peek(n + len).kind == Kind::Assign).then_some(len)
    }

    /// Whether the condition of `if` or `while` is being read.
    fn in_condition(&self) -> bool {
        let statement = self.statements.last();
        let frame = self.frames.last().map(|frame| frame.shape);
        statement.is_some_and(|statement| {
            statement.awaits_block && matches!(statement.head, Kind::If | Kind::While)
        }) && !matches!(frame, Some(Shape::Object | Shape::Hole))
    }

    /// Puts the key out that takes `len` raw tokens.
    fn key(&mut self, len: usize) {
        let mut token = self.take();
        for _ in 1..len {
            token.span = token.span.to(self.take().span);
        }
        token.kind = Kind::Key;
        if !matches!(token.payload, Payload::Word(_)) {
            token.payload = Payload::Word(self.text.get(token.span.range()).unwrap_or("").into());
        }
        self.out.push(token);
    }

    /// Behind `future`, and behind the block of `parallel`.
    pub(super) fn key_may_begin(&self) -> bool {
        let statement = self.statements.last();
        match self.prev() {
            Some(Kind::Future) => true,
            Some(Kind::BlockClose) => {
                statement.is_some_and(|statement| statement.head == Kind::Parallel)
            }
            _ => false,
        }
    }

    /// `@key`, which ends the statement before it on the same line.
    fn meta(&mut self) {
        if self.in_block() && !self.at_start() {
            let at = self.out.last().map_or(self.eof.span, |last| last.span).end();
            self.drop_trailing_comma();
            self.end_statement();
            self.emit_new(Kind::Newline, at, Payload::None);
        }
        self.keep();
        self.meta_sign();
    }
}
