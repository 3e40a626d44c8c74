//! Words of other languages inside a statement: `True`, `x is null`, `exists x`, `calls f as x`, `if c then {`, `jump to x`.

use super::super::classify::Classifier;
use super::super::layout::Shape;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{lexing, parsing};
use crate::source::Span;
use crate::syntax::token::{Kind, Kinds, Payload, Token};

/// Actions that are often written behind another statement.
const ACTIONS: &[&str] = &["assert", "echo", "file", "log", "q", "search", "sleep"];

impl Classifier<'_> {
    /// A word inside a statement that would be `kind`; true if it was rewritten.
    pub(in super::super) fn word_habit(&mut self, kind: Kind) -> bool {
        let word = self.peek_word(0).unwrap_or("").to_owned();
        if kind == Kind::Word && (self.next_statement(&word) || self.parted_unit(&word)) {
            return true;
        }
        match word.as_str() {
            "True" | "False" | "None" if !self.after_operand() => self.capital(&word),
            "is" if self.after_operand() && kind == Kind::Word => self.is_comparison(),
            "then" | "do" if self.after_operand() && self.peek(1).kind == Kind::ObjectOpen => {
                self.then()
            }
            "as" | "into" if self.after_operand() && self.head() == Kind::Action => {
                self.output_word()
            }
            "to" if self.after_operand() && self.head() == Kind::Set => self.set_to(),
            "to" if self.prev() == Some(Kind::Jump) => self.jump_to(),
            "exists" | "defined" if !self.after_operand() => self.exists_before(),
            "not_in" if self.after_operand() => self.not_in_word(),
            "for" | "if" | "unless" | "when" | "where" if self.after_operand() => {
                self.clause(&word)
            }
            "contains" | "includes" | "has" | "matches" | "starts_with" | "startswith"
            | "ends_with" | "endswith"
                if kind == Kind::Word && self.after_operand() =>
            {
                self.infix_call(&word)
            }
            _ => false,
        }
    }

    /// `print "a" print "b"`: a statement behind another one on its line.
    fn next_statement(&mut self, word: &str) -> bool {
        const LONE: Kinds = Kinds::all(&[Kind::Break, Kind::Continue, Kind::Stop, Kind::Skip]);
        const SIMPLE: Kinds =
            Kinds::all(&[Kind::Print, Kind::Var, Kind::Set, Kind::Action, Kind::Jump]);
        let simple = SIMPLE.with(LONE).holds(self.head());
        let ended = match self.prev() {
            Some(Kind::Option) | None => false,
            Some(prev) => prev.ends_operand() || LONE.holds(prev),
        };
        let next = self.peek(1);
        let path = next.glued && matches!(next.kind, Kind::Dot | Kind::ListOpen);
        let begins = match word {
            "print" | "set" | "var" | "jump" | "step" | "each" | "while" => {
                next.kind == Kind::Word || next.kind.is_literal() || next.kind == Kind::TemplateOpen
            }
            "return" | "stop" | "break" | "continue" | "skip" => self.ends_at(1),
            _ => ACTIONS.contains(&word) && (next.kind.is_literal() || self.key_len(1).is_some()),
        };
        if !(simple && ended && begins) || path || !self.in_block() {
            return false;
        }
        let last = self.out.last().map_or(self.eof.span, |token| token.span).end();
        let span = self.peek(0).span;
        let text = format!("expected the end of the statement, found `{word}`");
        let fault = Diagnostic::error(parsing::UNEXPECTED, span, text);
        self.report(
            fault.help("a new statement begins on a new line or behind `;`").fix(last, ";"),
        );
        self.end_statement();
        self.emit_new(Kind::Newline, last, Payload::None);
        true
    }

    fn word_fault(&self, span: Span, help: impl Into<String>) -> Diagnostic {
        let word = self.text.get(span.range()).unwrap_or("");
        Diagnostic::error(lexing::FOREIGN_WORD, span, format!("there is no `{word}` here"))
            .help(help)
    }

    /// `True`, `False`, `None`.
    fn capital(&mut self, word: &str) -> bool {
        let (kind, right) = match word {
            "True" => (Kind::True, "true"),
            "False" => (Kind::False, "false"),
            _ => (Kind::Null, "null"),
        };
        let token = self.take();
        let fault = self.word_fault(token.span, format!("write `{right}`"));
        self.report(fault.fix(token.span, right));
        self.out.push(Token { kind, ..token });
        true
    }

    /// `x is null`, `x is not null`.
    fn is_comparison(&mut self) -> bool {
        let negated = self.peek_word(1) == Some("not");
        let operand = self.peek(1 + usize::from(negated));
        if !(operand.kind == Kind::Word || operand.kind.is_literal())
            || self.prev() == Some(Kind::Option)
        {
            return false;
        }
        let mut token = self.take();
        if negated {
            token.span = token.span.to(self.take().span);
        }
        let (kind, right) = if negated { (Kind::NotEqual, "!=") } else { (Kind::Equal, "==") };
        let fault = self.word_fault(token.span, format!("compare with `{right}`"));
        self.report(fault.fix(token.span, right));
        self.out.push(Token { kind, payload: Payload::None, ..token });
        true
    }

    /// `if c then {`, `while c do {`.
    fn then(&mut self) -> bool {
        if !self.statements.last().is_some_and(|statement| statement.awaits_block) {
            return false;
        }
        let span = self.take().span;
        let next = self.peek(0).span;
        let fault = self.word_fault(span, "the block follows at once: `if c { }`");
        self.report(fault.fix(Span { hi: next.lo, ..span }, ""));
        true
    }

    /// `calls f as x`.
    fn output_word(&mut self) -> bool {
        if self.peek(1).kind != Kind::Word || !self.ends_at(2) || !self.in_block() {
            return false;
        }
        let token = self.take();
        let fault =
            self.word_fault(token.span, "an action gives its value to the name behind `->`");
        self.report(fault.fix(token.span, "->"));
        self.out.push(Token { kind: Kind::Arrow, ..token });
        true
    }

    /// `set x to 5`.
    fn set_to(&mut self) -> bool {
        let token = self.take();
        let fault = self.word_fault(token.span, "write `set x = value`");
        self.report(fault.fix(token.span, "="));
        self.out.push(Token { kind: Kind::Assign, ..token });
        true
    }

    /// `jump to report`.
    fn jump_to(&mut self) -> bool {
        if !matches!(self.peek(1).kind, Kind::Word | Kind::String) {
            return false;
        }
        let span = self.take().span;
        let next = self.peek(0).span;
        let fault = self.word_fault(span, "write `jump to=\"id\"` or `jump id`");
        self.report(fault.fix(Span { hi: next.lo, ..span }, ""));
        true
    }

    /// `exists x`, `exists(x)`, `defined(x)`.
    fn exists_before(&mut self) -> bool {
        let begins = matches!(
            self.prev(),
            Some(
                Kind::If
                    | Kind::While
                    | Kind::Not
                    | Kind::And
                    | Kind::Or
                    | Kind::Assign
                    | Kind::ParenOpen
            )
        );
        let paren = self.peek(1).kind == Kind::ParenOpen && self.peek(1).glued;
        let Some(len) = self.path_len(1 + usize::from(paren)).filter(|_| begins) else {
            return false;
        };
        let doubled = matches!(self.peek_word(1 + usize::from(paren)), Some("exists" | "defined"));
        if doubled || paren && self.peek(2 + len).kind != Kind::ParenClose {
            return false;
        }
        let word = self.peek(0).span;
        let from = 1 + usize::from(paren);
        let (first, last) = (self.peek(from).span, self.peek(from + len - 1).span);
        let path = self.copies(from, from + len);
        let whole = self.take_span(from + len + usize::from(paren));
        let exists = self.made_word("exists", last.end());
        self.put_back(path.into_iter().chain(std::iter::once(exists)));
        let text = self.text.get(first.to(last).range()).unwrap_or("").to_owned();
        let fault = self.word_fault(word, "`exists` stands behind what it asks for");
        self.report(fault.fix(whole, format!("{text} exists")));
        true
    }

    /// `[x.name for x in xs]`, `a if c else b`.
    fn clause(&mut self, word: &str) -> bool {
        let next = self.peek(1);
        let operand = next.kind == Kind::Word
            || next.kind.is_literal()
            || matches!(next.kind, Kind::ParenOpen | Kind::ListOpen);
        if !operand || self.prev() == Some(Kind::Option) {
            return false;
        }
        let span = self.peek(0).span;
        let fault = self.word_fault(span, match word {
            "for" => "there are no comprehensions: `map(rows, \"name\")`, `filter(rows, \"kind\", \"call\")`, or a loop with `each`",
            _ => "there are no conditional values: write `if c { var x = a } else { var x = b }`",
        });
        let fixed = self.comprehension();
        self.report(match &fixed {
            Some((whole, text)) => fault.fix(*whole, text.as_str()),
            None => fault,
        });
        let mut open = super::Nesting::default();
        while !self.raw.is_empty() {
            let kind = self.peek(0).kind;
            if open.is_closed()
                && (self.ends_at(0) || kind.closes() || matches!(kind, Kind::Comma | Kind::Arrow))
                || !open.read(kind)
            {
                break;
            }
            self.leave_out();
        }
        true
    }

    /// `-> "name"`.
    pub(in super::super) fn quoted_output(&mut self) -> bool {
        let token = self.peek(0);
        let Payload::Text(text) = &token.payload else { return false };
        let name = text.value.clone();
        let plain = !name.is_empty()
            && name.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !name.starts_with(char::is_numeric);
        if !plain || self.prev() != Some(Kind::Arrow) {
            return false;
        }
        let token = self.take();
        let fault =
            Diagnostic::error(parsing::UNEXPECTED, token.span, "expected a name, found a string");
        self.report(fault.help("the value goes to the name behind `->`").fix(token.span, &*name));
        self.out.push(Token { kind: Kind::Word, payload: Payload::Word(name), ..token });
        true
    }

    /// `[x.name for x in xs]` is `map(xs, "name")`: the place and the text.
    fn comprehension(&self) -> Option<(Span, String)> {
        let [.., open, item, dot, field] = self.out.as_slice() else { return None };
        let shape = [open.kind, item.kind, dot.kind, field.kind]
            == [Kind::ListOpen, Kind::Word, Kind::Dot, Kind::Word];
        let source = self.path_len(3)?;
        let close = self.peek(3 + source);
        let same = self.peek_word(1) == Some(&*item.word())
            && self.peek_word(2) == Some("in")
            && close.kind == Kind::ListClose;
        let path = self.peek(3).span.to(self.peek(2 + source).span);
        let path = self.text.get(path.range())?;
        (shape && same)
            .then(|| (open.span.to(close.span), format!("map({path}, \"{}\")", field.word())))
    }

    /// `x not_in xs`.
    fn not_in_word(&mut self) -> bool {
        let token = self.take();
        let fault = self.word_fault(token.span, "write `not in`");
        self.report(fault.fix(token.span, "not in"));
        self.out.push(Token { kind: Kind::NotIn, ..token });
        true
    }

    /// `a contains b` is `contains(a, b)`.
    fn infix_call(&mut self, word: &str) -> bool {
        let next = self.peek(1);
        let len = if next.kind == Kind::String || next.kind == Kind::Number {
            Some(1)
        } else {
            self.path_len(1)
        };
        let (Some(len), Some(start)) = (len, self.operand_start()) else { return false };
        if matches!(self.head(), Kind::Return | Kind::Action)
            || self.peek(1 + len).kind == Kind::ParenOpen
        {
            return false;
        }
        let function = match word {
            "includes" | "has" => "contains",
            "startswith" => "starts_with",
            "endswith" => "ends_with",
            other => other,
        };
        let at = self.out.get(start).map_or(self.eof.span, |token| token.span).start();
        let left = self.out.last().map_or(at, |token| token.span).end();
        let last = self.peek(len).span.end();
        let close = self.made(Kind::ParenClose, last, Payload::None);
        self.put_ahead(1 + len, close);
        let token = self.take();
        let next = self.peek(0).span;
        self.wrap_in_call(start, function, at);
        self.out.push(Token { kind: Kind::Comma, ..token.clone() });
        let fault = self.word_fault(token.span, format!("write `{function}(a, b)`"));
        let gap = Span { lo: left.lo, hi: next.lo, ..token.span };
        self.report(fault.fix(at, format!("{function}(")).fix(gap, ", ").fix(last, ")"));
        true
    }

    /// Puts `function(` before the operand that begins at `start` of what is out, and opens the bracket.
    pub(super) fn wrap_in_call(&mut self, start: usize, function: &str, at: Span) {
        let made = |kind, payload| Token { kind, span: at, col: 0, glued: true, payload };
        let open =
            [made(Kind::Word, Payload::Word(function.into())), made(Kind::Call, Payload::None)];
        self.out.splice(start..start, open);
        self.open_frame(Shape::Paren);
    }

    /// Where the operand begins that ends with the last token put out: a value with its accessors.
    pub(super) fn operand_start(&self) -> Option<usize> {
        let mut at = self.out.len();
        let floor = at.saturating_sub(super::FAR);
        loop {
            at = at.checked_sub(1).filter(|&at| at >= floor)?;
            if self.out.get(at)?.kind.closes() {
                at = self.opened_at(at, floor)?;
            }
            let before = at.checked_sub(1).and_then(|i| self.out.get(i)).map(|token| token.kind);
            match (self.out.get(at)?.kind, before) {
                (Kind::Word, Some(Kind::Dot)) => at -= 1,
                (Kind::Call | Kind::Index, _) => {}
                _ => return Some(at),
            }
        }
    }

    /// The index of what the closing token at `close` closes.
    fn opened_at(&self, close: usize, floor: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for at in (floor..=close).rev() {
            let kind = self.out.get(at)?.kind;
            if kind.closes() {
                depth += 1;
            } else if kind.opens() {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
        }
        None
    }

    /// `if x = 5`: a comparison.
    pub(in super::super) fn assign_in_condition(&mut self, len: usize) {
        let at = self.raw.len().checked_sub(len + 1);
        let Some(assign) = at.and_then(|at| self.raw.get_mut(at)) else { return };
        assign.kind = Kind::Equal;
        let span = assign.span;
        let fault = Diagnostic::error(
            parsing::ASSIGN_IN_CONDITION,
            span,
            "expected a condition, found an assignment",
        );
        self.report(fault.help("compare with `==`").fix(span, "=="));
    }

    /// Whether a `->` follows in the statement at hand.
    fn arrow_ahead(&self) -> bool {
        self.line_ends(1).is_none_or(|end| (1..end).any(|i| self.peek(i).kind == Kind::Arrow))
    }

    /// `set x == 5`, `var x == 5`: an assignment. True if it was one.
    pub(in super::super) fn equal_for_assign(&mut self) -> bool {
        let first = self.statements.last().map_or(0, |statement| statement.first);
        let place = self.out.get(first + 1..).unwrap_or_default();
        let set = self.head() == Kind::Set && !place.is_empty();
        let fits = match self.head() {
            Kind::Set => {
                set && place.iter().all(|token| !matches!(token.kind, Kind::Assign | Kind::Equal))
            }
            Kind::Var => place.len() == 1 && self.prev() == Some(Kind::Word) && !self.arrow_ahead(),
            _ => false,
        };
        if !fits || !self.in_block() {
            return false;
        }
        if self.head() == Kind::Var
            && let Some(name) = self.out.last_mut()
        {
            name.kind = Kind::Key;
        }
        let token = self.take();
        let fault = Diagnostic::error(
            parsing::MALFORMED_ASSIGNMENT,
            token.span,
            "expected an assignment, found a comparison",
        );
        self.report(fault.help("assign with `=`").fix(token.span, "="));
        self.out.push(Token { kind: Kind::Assign, ..token });
        true
    }
}
