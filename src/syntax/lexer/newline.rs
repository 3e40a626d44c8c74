//! Newlines: which one ends a statement, which one means nothing, and which one shows that a bracket was left open.

use super::classify::Classifier;
use super::layout::Shape;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{lexing, parsing};
use crate::syntax::token::{Kind, Payload, STATEMENT_WORDS, Token, lookup};

impl Classifier<'_> {
    /// A newline or `;`: ends the statement, or means nothing.
    pub(super) fn newline(&mut self) {
        let semicolon = self.peek(0).kind == Kind::Semicolon;
        while !semicolon && self.peek(1).kind == Kind::Newline {
            self.raw.pop();
        }
        if !self.in_block() && !self.ends_in_bracket(semicolon) {
            return;
        }
        let token = self.take();
        if !semicolon && self.goes_on() {
            return;
        }
        if matches!(self.prev(), None | Some(Kind::Newline | Kind::BlockOpen | Kind::BlockColon)) {
            return self.dedent();
        }
        self.end_statement();
        self.out.push(Token { kind: Kind::Newline, ..token });
        self.dedent();
    }

    /// A newline inside a bracket is dropped, unless the bracket was left open; true if it ends a statement after all.
    fn ends_in_bracket(&mut self, semicolon: bool) -> bool {
        let shape = self.frames.last().map_or(Shape::File, |frame| frame.shape);
        let bracket = matches!(shape, Shape::Paren | Shape::List | Shape::Dropped);
        if bracket && self.brackets_in_block() && (semicolon || self.left_open()) {
            self.close_brackets();
            return true;
        }
        let token = self.take();
        if semicolon {
            let fault = Diagnostic::error(
                lexing::UNKNOWN_CHARACTER,
                token.span,
                "unexpected `;` inside brackets",
            );
            self.report(fault.help("entries are separated by `,`").fix(token.span, ","));
            self.out.push(Token { kind: Kind::Comma, ..token });
        }
        false
    }

    /// Whether the open brackets stand directly in a block.
    pub(super) fn brackets_in_block(&self) -> bool {
        let frame = self.frames.last().copied();
        let open = frame.map_or(0, |frame| frame.parens + frame.lists) as usize;
        self.frames
            .len()
            .checked_sub(open + 1)
            .and_then(|i| self.frames.get(i))
            .is_some_and(|frame| frame.shape.is_block())
    }

    /// Whether the next line can only be a new statement although a bracket is open: it is not indented deeper, and no
    /// expression goes on like that.
    fn left_open(&self) -> bool {
        let n = usize::from(self.peek(0).kind == Kind::Newline);
        let next = self.peek(n);
        let col = self.statements.last().map_or(0, |statement| statement.col);
        if next.kind == Kind::Eof || next.col > col {
            return false;
        }
        let adjacent = self.after_operand() && next.kind == Kind::Word && !self.operator_word(n);
        next.kind == Kind::Meta || adjacent || self.begins_statement(n) || self.key_len(n).is_some()
    }

    /// Whether the raw tokens from `n` on can only begin a statement: a word with an operand beside it.
    fn begins_statement(&self, n: usize) -> bool {
        let next = self.peek(n + 1);
        match self.peek(n).kind {
            Kind::Meta => true,
            Kind::Word
                if self
                    .peek_word(n)
                    .is_some_and(|word| lookup(STATEMENT_WORDS, word).is_some()) =>
            {
                next.kind.is_literal()
                    || next.kind == Kind::ObjectOpen
                    || next.kind == Kind::Word && !self.operator_word(n + 1)
            }
            Kind::Word => {
                next.kind.is_literal() || next.kind == Kind::Word && self.key_len(n + 1).is_some()
            }
            _ => false,
        }
    }

    /// Whether the next line belongs to the statement at hand.
    fn goes_on(&mut self) -> bool {
        let Some(prev) = self.prev() else { return false };
        let next = self.peek(0);
        let keyword = self.peek_word(0).is_some_and(|word| lookup(STATEMENT_WORDS, word).is_some());
        if prev.continues() {
            let begins = next.kind == Kind::Meta || keyword && self.begins_statement(0);
            if begins || matches!(next.kind, Kind::ObjectClose | Kind::Eof) {
                self.drop_trailing_comma();
                return false;
            }
            return true;
        }
        let starts = matches!(prev, Kind::Newline | Kind::BlockOpen | Kind::BlockColon);
        let Some(statement) = self.statements.last() else { return false };
        match next.kind {
            Kind::Arrow => !starts,
            Kind::ObjectOpen => {
                statement.awaits_block && (prev.ends_operand() || prev.takes_block())
            }
            Kind::Word if prev == Kind::BlockClose && self.is_else() => true,
            Kind::Word if self.key_len(0).is_some() => {
                !starts && takes_keys(statement.head) && next.col > statement.col
            }
            Kind::Word => prev.ends_operand() && self.operator_word(0) && !self.postfix_word(0),
            kind => kind.is_binary() && prev.ends_operand(),
        }
    }

    fn is_else(&self) -> bool {
        self.peek_word(0).is_some_and(|word| {
            matches!(word, "else" | "ELSE" | "Else" | "elif" | "elsif" | "elseif")
        })
    }

    /// A comma that nothing follows is taken back.
    pub(super) fn drop_trailing_comma(&mut self) {
        if self.prev() != Some(Kind::Comma) {
            return;
        }
        if let Some(comma) = self.out.pop() {
            let fault = Diagnostic::error(
                parsing::TRAILING_COMMA,
                comma.span,
                "nothing follows this comma",
            );
            self.report(fault.help("remove it, or write what is missing").fix(comma.span, ""));
        }
    }

    /// Bodies that began with `:` and a deeper line end at the first line that is not deeper.
    fn dedent(&mut self) {
        while self.frames.last().is_some_and(|frame| frame.shape == Shape::Indented) {
            let outer = self.statements.iter().rev().nth(1).map_or(0, |statement| statement.col);
            if self.peek(0).col > outer && !self.raw.is_empty() {
                return;
            }
            self.close_indented();
        }
    }

    pub(super) fn close_indented(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        self.statements.pop();
        let col = self.statements.last().map_or(0, |statement| statement.col) as usize;
        let last = self
            .out
            .iter()
            .rev()
            .find(|token| token.kind != Kind::Newline)
            .map_or(frame.open, |token| token.span)
            .end();
        let fault = Diagnostic::error(
            parsing::INDENTED_BLOCK,
            frame.open,
            "a block stands between `{` and `}`",
        );
        let fault = fault.help("put ` {` for the `:` and a `}` behind the block");
        self.report(fault.fix(frame.open, " {").fix(last, format!("\n{}}}", " ".repeat(col))));
        if self.prev() == Some(Kind::Newline) {
            self.out.pop();
        }
        self.emit_new(Kind::BlockClose, last, Payload::None);
    }

    /// The statement at hand ends: what `habit` owes it is put in.
    pub(super) fn end_statement(&mut self) {
        if let Some((name, before)) = self.statement().output.take() {
            self.finish_output(name, before);
        }
    }
}

/// Whether a statement that begins so goes on with a key on the next line.
const fn takes_keys(head: Kind) -> bool {
    matches!(
        head,
        Kind::Action
            | Kind::Future
            | Kind::Step
            | Kind::Parallel
            | Kind::Print
            | Kind::Return
            | Kind::Meta
            | Kind::Jump
    )
}
