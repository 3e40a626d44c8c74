//! Newlines and brackets: which newline ends a statement, which `{` is a block's, and what closes what. Brackets that are
//! never closed are closed where the text says so, so that the fault stays in its statement.

use super::classify::Classifier;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{lexing, parsing};
use crate::source::Span;
use crate::syntax::token::{Kind, Payload, Token};

/// What is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    File,
    Block,
    /// The body of `parallel:`, up to `end`.
    Colon,
    /// A body that began with `:` and a deeper line.
    Indented,
    Paren,
    List,
    Object,
    Hole,
    /// Parentheses that are left out: `print("a", b)`.
    Dropped,
}

impl Shape {
    /// Whether statements stand in it.
    pub(super) const fn is_block(self) -> bool {
        matches!(self, Self::File | Self::Block | Self::Colon | Self::Indented)
    }

    const fn close(self) -> (Kind, &'static str, &'static str) {
        match self {
            Self::List => (Kind::ListClose, "[", "]"),
            Self::Object => (Kind::ObjectClose, "{", "}"),
            _ => (Kind::ParenClose, "(", ")"),
        }
    }
}

/// One thing that is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) shape: Shape,
    pub(super) open: Span,
    /// Parentheses and lists that are open up to here since the last brace.
    pub(super) parens: u32,
    pub(super) lists: u32,
}

impl Frame {
    pub(super) const fn file(open: Span) -> Self {
        Self { shape: Shape::File, open, parens: 0, lists: 0 }
    }
}

/// The statement at hand.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    /// Its first word.
    pub(super) head: Kind,
    /// The column of its first token.
    pub(super) col: u32,
    /// The index of its first token among those put out.
    pub(super) first: usize,
    /// A block is still to come.
    pub(super) awaits_block: bool,
    /// `-> name` to be put in at its end, with the text before the action that it replaces.
    pub(super) output: Option<(Token, Span)>,
}

impl Statement {
    pub(super) const fn none() -> Self {
        Self { head: Kind::Newline, col: 0, first: 0, awaits_block: false, output: None }
    }
}

impl Classifier<'_> {
    pub(super) fn open_frame(&mut self, shape: Shape) {
        let open = self.out.last().map_or(self.eof.span, |token| token.span);
        let bracket = |shape| matches!(shape, Shape::Paren | Shape::List | Shape::Dropped);
        let below = self.frames.last().filter(|frame| bracket(frame.shape) && bracket(shape));
        let (parens, lists) = below.map_or((0, 0), |frame| (frame.parens, frame.lists));
        let paren = u32::from(matches!(shape, Shape::Paren | Shape::Dropped));
        let list = u32::from(shape == Shape::List);
        self.frames.push(Frame { shape, open, parens: parens + paren, lists: lists + list });
        if shape.is_block() {
            self.statements.push(Statement::none());
        }
    }

    pub(super) fn open_brace(&mut self) {
        let awaited = self.awaits_block();
        let object = self.looks_like_object();
        if !self.in_block()
            && awaited
            && (self.after_operand() || !object)
            && self.brackets_in_block()
        {
            self.close_brackets();
        }
        let prev = self.prev();
        let condition = matches!(prev, Some(Kind::If | Kind::While)) && self.has_entries();
        let block = self.in_block()
            && (awaited
                && (!object
                    || prev.is_some_and(|prev| {
                        prev.ends_operand() || prev.takes_block() && !condition
                    }))
                || self.at_start()
                || self.after_operand() && prev != Some(Kind::Option)
                || matches!(prev, Some(Kind::Action | Kind::Option)) && !object);
        if block {
            self.emit(Kind::BlockOpen);
            self.statement().awaits_block = false;
            self.open_frame(Shape::Block);
        } else {
            self.keep();
            self.open_frame(Shape::Object);
        }
    }

    fn awaits_block(&self) -> bool {
        self.statements.last().is_some_and(|statement| statement.awaits_block)
    }

    /// Whether `{` is followed by `}` or by a key and `:`.
    fn looks_like_object(&self) -> bool {
        self.peek(self.behind_newlines()).kind == Kind::ObjectClose || self.has_entries()
    }

    /// The place of what follows the `{` at hand and the newlines behind it.
    fn behind_newlines(&self) -> usize {
        let mut n = 1;
        while self.peek(n).kind == Kind::Newline {
            n += 1;
        }
        n
    }

    /// Whether `{` is followed by a key and `:`.
    fn has_entries(&self) -> bool {
        let n = self.behind_newlines();
        matches!(self.peek(n).kind, Kind::Word | Kind::String | Kind::TemplateOpen)
            && self.peek(n + 1).kind == Kind::Colon
    }

    /// `}`: closes what was left open up to its brace.
    pub(super) fn close_brace(&mut self) {
        self.close_brackets();
        while let Some(shape) = self.frames.last().map(|frame| frame.shape) {
            match shape {
                Shape::Colon => self.close_colon(),
                Shape::Indented => self.close_indented(),
                _ => break,
            }
        }
        match self.frames.last().map(|frame| frame.shape) {
            Some(Shape::Object) => self.keep(),
            Some(Shape::Block) => {
                self.drop_trailing_comma();
                self.end_statement();
                self.statements.pop();
                let token = self.take();
                self.out.push(Token { kind: Kind::BlockClose, ..token });
            }
            _ => {
                self.raw.pop();
                return;
            }
        }
        self.frames.pop();
    }

    /// Closes every parenthesis and list that is open up to the next brace, with a fault each.
    pub(super) fn close_brackets(&mut self) {
        while let Some(&frame) = self.frames.last() {
            match frame.shape {
                Shape::Paren | Shape::List => self.close_one(frame),
                Shape::Dropped => {
                    self.frames.pop();
                }
                _ => return,
            }
        }
    }

    /// Brackets that are open before the `-> name` that ends a statement.
    pub(super) fn close_before_output(&mut self) {
        let output = self.peek(1).kind == Kind::Word && self.ends_at(2);
        if output && !self.in_block() && self.brackets_in_block() {
            self.close_brackets();
        }
    }

    fn close_one(&mut self, frame: Frame) {
        let (kind, open, close) = frame.shape.close();
        let at = self.out.last().map_or(frame.open, |token| token.span).end();
        self.emit_new(kind, at, Payload::None);
        self.frames.pop();
        let fault = Diagnostic::error(
            lexing::OPEN_BRACKET,
            frame.open,
            format!("`{open}` is never closed"),
        );
        self.report(
            fault
                .related(at, format!("a `{close}` is missing here"))
                .help(format!("close it with `{close}`"))
                .fix(at, close),
        );
    }

    pub(super) fn open_bracket(&mut self) {
        if self.call_syntax() {
            return;
        }
        self.call_behind_a_blank();
        let next = self.peek(0);
        let list = next.kind == Kind::ListOpen;
        let kind = match (list, next.glued && self.after_operand()) {
            (false, true) => Kind::Call,
            (false, false) => Kind::ParenOpen,
            (true, true) => Kind::Index,
            (true, false) => Kind::ListOpen,
        };
        self.emit(kind);
        self.open_frame(if list { Shape::List } else { Shape::Paren });
    }

    /// `)` or `]`: closes its bracket and what was left open inside it; one that closes nothing is left out.
    pub(super) fn close_bracket(&mut self, kind: Kind) {
        let open = self
            .frames
            .last()
            .map_or(0, |frame| if kind == Kind::ListClose { frame.lists } else { frame.parens });
        if open == 0 {
            let token = self.take();
            let sign = self.text.get(token.span.range()).unwrap_or(")");
            let fault = Diagnostic::error(
                lexing::STRAY_BRACKET,
                token.span,
                format!("`{sign}` closes nothing"),
            );
            return self.report(fault.help("remove it").fix(token.span, ""));
        }
        while let Some(&frame) = self.frames.last() {
            match (frame.shape, kind) {
                (Shape::Dropped, Kind::ParenClose) => {
                    self.raw.pop();
                    break;
                }
                (Shape::Paren, Kind::ParenClose) | (Shape::List, Kind::ListClose) => {
                    self.keep();
                    break;
                }
                (Shape::Dropped, _) => {
                    self.frames.pop();
                }
                _ => self.close_one(frame),
            }
        }
        self.frames.pop();
    }

    /// The end of `${…}`.
    pub(super) fn close_hole(&mut self) {
        while let Some(&frame) = self.frames.last() {
            match frame.shape {
                Shape::Hole => {
                    self.frames.pop();
                    break;
                }
                Shape::Paren | Shape::List | Shape::Object => self.close_one(frame),
                _ => break,
            }
        }
        self.keep();
    }

    pub(super) fn colon(&mut self) {
        if !self.in_block() {
            return self.keep();
        }
        let token = self.peek(0).span;
        match (self.head(), self.awaits_block(), self.peek(1).kind) {
            (_, true, Kind::ObjectOpen) => {
                self.raw.pop();
                let fault = Diagnostic::error(
                    parsing::INDENTED_BLOCK,
                    token,
                    "no `:` stands before a block",
                );
                self.report(fault.help("remove it").fix(token, ""));
            }
            (Kind::Parallel, true, _) => {
                self.emit(Kind::BlockColon);
                self.statement().awaits_block = false;
                self.open_frame(Shape::Colon);
            }
            (_, true, Kind::Newline) => {
                self.emit(Kind::BlockOpen);
                self.statement().awaits_block = false;
                self.open_frame(Shape::Indented);
            }
            _ if self.colon_for_assign() => {}
            _ => self.keep(),
        }
    }

    /// `end`: closes `parallel:`; where none is open, it is left out.
    pub(super) fn end(&mut self) {
        let token = self.take();
        if self.frames.last().is_some_and(|frame| frame.shape == Shape::Colon) {
            self.close_end();
            self.out.push(Token { kind: Kind::End, ..token });
        } else {
            let fault =
                Diagnostic::error(lexing::STRAY_BRACKET, token.span, "`end` closes nothing");
            self.report(
                fault
                    .help("blocks end with `}`; only `parallel:` ends with `end`")
                    .fix(token.span, ""),
            );
        }
    }

    fn close_end(&mut self) {
        self.end_statement();
        self.frames.pop();
        self.statements.pop();
    }

    fn close_colon(&mut self) {
        let at = self
            .out
            .iter()
            .rev()
            .find(|token| token.kind != Kind::Newline)
            .map_or(self.eof.span, |token| token.span)
            .end();
        let Some(frame) = self.frames.last().copied() else { return };
        self.close_end();
        if self.prev() != Some(Kind::Newline) {
            self.emit_new(Kind::Newline, at, Payload::None);
        }
        self.emit_new(Kind::End, at, Payload::None);
        let fault =
            Diagnostic::error(lexing::OPEN_BRACKET, frame.open, "`parallel:` is never closed");
        self.report(fault.help("close it with `end`").fix(at, "\nend"));
    }

    /// The end of the text.
    pub(super) fn close_all(&mut self) {
        self.close_brackets();
        while let Some(shape) = self.frames.last().map(|frame| frame.shape) {
            match shape {
                Shape::Colon => self.close_colon(),
                Shape::Indented => self.close_indented(),
                _ => break,
            }
        }
        self.drop_trailing_comma();
        self.end_statement();
    }
}
