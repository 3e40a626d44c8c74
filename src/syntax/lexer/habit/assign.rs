//! Assignments as other languages write them: `x = 5`, `x += 1`, `xs.append(y)`, `x[0] = 1`, and actions on their right side.

use super::super::classify::Classifier;
use super::FAR;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::parsing;
use crate::source::Span;
use crate::syntax::token::{Kind, OPERAND_WORDS, Payload, Token, lookup};

/// Words that join operands in other languages, so that what stands before them is no action.
const JOINS: &[&str] = &[
    "is",
    "then",
    "as",
    "contains",
    "equals",
    "matches",
    "includes",
    "startswith",
    "endswith",
    "has",
    "to",
];

impl Classifier<'_> {
    /// A statement that begins with a path and goes on with a sign of assignment.
    pub(super) fn assignment_habit(&mut self) -> bool {
        let Some(len) = self.path_len(0) else { return false };
        let next = self.peek(len);
        let sign = self.word_of(next).to_owned();
        match next.kind {
            Kind::Assign => self.bare_assignment(len),
            Kind::Foreign if sign == ":=" => self.walrus(len),
            Kind::Foreign if sign == "++" && self.ends_at(len + 1) => {
                self.increment(len, 1, Kind::Plus)
            }
            Kind::Minus
                if self.peek(len + 1).kind == Kind::Minus
                    && self.peek(len + 1).glued
                    && self.ends_at(len + 2) =>
            {
                self.increment(len, 2, Kind::Minus)
            }
            Kind::Foreign => operator(&sign).is_some_and(|op| self.compound(len, op)),
            Kind::ParenOpen if next.glued && len > 2 => {
                self.method_statement(len) || self.module_call(len)
            }
            _ => self.module_call(len),
        }
    }

    /// `x = 5`, `x.y = 5`, `x[0] = 5`.
    fn bare_assignment(&mut self, len: usize) -> bool {
        let word = if len == 1 { "var" } else { "set" };
        if len == 1 && self.peek_word(0).is_some_and(|word| word.eq_ignore_ascii_case("return")) {
            return false;
        }
        let span = self.peek(0).span.to(self.peek(len - 1).span);
        let name = self.written(len);
        if matches!(&*name, "var" | "set" | "let" | "const") {
            self.skip_statement();
            let text = format!("`{name}` needs a name before the `=`");
            let fault = Diagnostic::error(parsing::MALFORMED_ASSIGNMENT, span, text);
            self.report(fault.help("write `var name = value`"));
            return true;
        }
        let token = self.made_word(word, span.start());
        self.raw.push(token);
        let fault = Diagnostic::error(
            parsing::BARE_ASSIGNMENT,
            span,
            format!("`{name} =` is no statement"),
        );
        let help = "assign with `var` (a new or an old name) or `set` (an existing one, and places inside it)";
        self.report(fault.help(help).fix(span.start(), format!("{word} ")));
        true
    }

    /// `x := 5`.
    fn walrus(&mut self, len: usize) -> bool {
        let sign = self.peek(len).span;
        let at = self.peek(0).span.start();
        let word = if len == 1 { "var" } else { "set" };
        let assign = self.made(Kind::Assign, sign, Payload::None);
        self.take_ahead(len);
        self.put_ahead(len, assign);
        let token = self.made_word(word, at);
        self.raw.push(token);
        let fault =
            Diagnostic::error(parsing::BARE_ASSIGNMENT, sign, "`:=` is no sign of this language");
        self.report(
            fault
                .help(format!("write `{word} name = value`"))
                .fix(at, format!("{word} "))
                .fix(sign, "="),
        );
        true
    }

    /// `i++`, `i--`.
    fn increment(&mut self, len: usize, sign: usize, op: Kind) -> bool {
        let path = self.written(len);
        let copies = self.copies(0, len);
        let span = self.take_span(len + sign);
        let one = crate::syntax::ast::Number {
            raw: "1".into(),
            value: crate::syntax::ast::Numeric::Int(1),
        };
        let one = self.made(Kind::Number, span.end(), Payload::Number(Box::new(one)));
        self.put_back(std::iter::once(one));
        self.set_with_operator(copies, span, op);
        let op = if op == Kind::Plus { "+" } else { "-" };
        let fault = Diagnostic::error(
            parsing::BARE_ASSIGNMENT,
            span,
            format!("there is no `{op}{op}` here"),
        );
        let right = format!("set {path} = {path} {op} 1");
        self.report(fault.help(format!("write `{right}`")).fix(span, right));
        true
    }

    /// `i += 1`.
    fn compound(&mut self, len: usize, op: Kind) -> bool {
        let path = self.written(len);
        let sign = self.word_of(self.peek(len)).to_owned();
        let copies = self.copies(0, len);
        let end = self.line_ends(len + 1);
        let nested = end.filter(|&end| {
            (len + 1..end).any(|i| self.peek(i).kind.is_binary() || self.operator_word(i))
        });
        let last = nested.map(|end| self.peek(end - 1).span.end());
        if let (Some(end), Some(last)) = (nested, last) {
            let close = self.made(Kind::ParenClose, last, Payload::None);
            self.put_ahead(end, close);
        }
        let span = self.take_span(len + 1);
        if last.is_some() {
            let open = self.made(Kind::ParenOpen, span.end(), Payload::None);
            self.raw.push(open);
        }
        self.set_with_operator(copies, span, op);
        let symbol = sign.trim_end_matches('=');
        let open = if last.is_some() { " (" } else { "" };
        let gap = if open.is_empty() { "" } else { " " };
        let hi = if open.is_empty() { span.hi } else { self.gap_end(span.hi) };
        let fault =
            Diagnostic::error(parsing::BARE_ASSIGNMENT, span, format!("there is no `{sign}` here"));
        let fault = fault.help(format!("write `set {path} = {path} {symbol} …`"));
        let fault = fault.fix(
            Span { hi, ..span },
            format!("set {path} = {path} {symbol}{gap}{}", open.trim_start()),
        );
        self.report(match last {
            Some(last) => fault.fix(last, ")"),
            None => fault,
        });
        true
    }

    /// The end of the blanks at a byte.
    fn gap_end(&self, from: u32) -> u32 {
        let rest = self.text.get(from as usize..).unwrap_or("");
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        from + u32::try_from(blanks).unwrap_or(0)
    }

    /// Puts `set path = path op` before what is next.
    fn set_with_operator(&mut self, path: Vec<Token>, span: Span, op: Kind) {
        let mut tokens = vec![self.made_word("set", span.start())];
        tokens.extend(path.clone());
        tokens.push(self.made(Kind::Assign, span, Payload::None));
        tokens.extend(path);
        tokens.push(self.made(op, span, Payload::None));
        self.put_back(tokens.into_iter());
    }

    /// `xs.append(y)`, `xs.extend(ys)`, `console.log(x)`.
    fn method_statement(&mut self, len: usize) -> bool {
        let Some(close) = self.closed_at(len).filter(|&close| self.ends_at(close + 1)) else {
            return false;
        };
        let method = self.peek_word(len - 1).unwrap_or("").to_owned();
        let whole = self.peek(0).span.to(self.peek(len - 1).span);
        let fault = Diagnostic::error(
            parsing::METHOD_CALL,
            whole,
            format!("values have no methods: `.{method}()`"),
        );
        let known = matches!(method.as_str(), "append" | "push" | "add" | "extend" | "log");
        if !known && self.peek(close + 1).kind == Kind::Arrow {
            return false;
        }
        match method.as_str() {
            "log" if self.peek_word(0) == Some("console") => self.console_log(len, close, fault),
            "append" | "push" | "add" => {
                self.join_instead(len, close, fault, (Kind::ListOpen, "["), (Kind::ListClose, "]"))
            }
            "extend" => self.join_instead(
                len,
                close,
                fault,
                (Kind::ParenOpen, "("),
                (Kind::ParenClose, ")"),
            ),
            _ => {
                self.skip_statement();
                self.report(fault.help("change a variable with `set`, make a value with an action: `string lower x -> y`"));
            }
        }
        true
    }

    /// `file.read path="a"`, `file.read("a") -> text`: the option of an action behind a dot.
    fn module_call(&mut self, len: usize) -> bool {
        let next = self.peek(3);
        let call = next.kind == Kind::ParenOpen && next.glued;
        let close =
            self.closed_at(3).filter(|&close| call && self.peek(close + 1).kind == Kind::Arrow);
        let beside = next.kind.is_literal()
            || next.kind == Kind::Word && !self.operator_word(3)
            || next.kind == Kind::Arrow;
        if len != 3 || self.peek(1).kind != Kind::Dot || close.is_none() && (!beside || next.glued)
        {
            return false;
        }
        let whole = self.peek(0).span.to(self.peek(2).span);
        let name = self.written(3);
        let fault = Diagnostic::error(
            parsing::METHOD_CALL,
            whole,
            format!("actions have options, not methods: `{name}`"),
        );
        let mut fault =
            fault.help("the option stands behind the action: `file read path=\"…\" -> text`");
        if let Some(close) = close {
            let (open, end) = (self.peek(3).span, self.peek(close).span);
            fault = fault.fix(open, " ").fix(end, "");
            self.take_ahead(close);
            self.take_ahead(3);
        }
        let dot = self.take_ahead(1).unwrap_or(whole);
        self.report(fault.fix(dot, " "));
        true
    }

    fn console_log(&mut self, len: usize, close: usize, fault: Diagnostic) {
        let end = self.peek(close).span;
        self.take_ahead(close);
        let span = self.take_span(len + 1);
        let token = self.made_word("print", span);
        self.raw.push(token);
        self.report(fault.help("write `print a, b`").fix(span, "print ").fix(end, ""));
    }

    /// `set xs = xs + [y]`, with the brackets given.
    fn join_instead(
        &mut self,
        len: usize,
        close: usize,
        fault: Diagnostic,
        open: (Kind, &str),
        shut: (Kind, &str),
    ) {
        let base = self.written(len - 2);
        let copies = self.copies(0, len - 2);
        let end = self.peek(close).span;
        self.take_ahead(close);
        let token = self.made(shut.0, end, Payload::None);
        self.put_ahead(close, token);
        let span = self.take_span(len + 1);
        let token = self.made(open.0, span.end(), Payload::None);
        self.raw.push(token);
        self.set_with_operator(copies, span, Kind::Plus);
        let fault = fault.help(format!("join arrays with `+`: `set {base} = {base} + [x]`"));
        self.report(fault.fix(span, format!("set {base} = {base} + {}", open.1)).fix(end, shut.1));
    }

    /// `var x = calls foo`: the action's value goes to its `-> x`.
    pub(super) fn action_as_value(&mut self) -> bool {
        let declared = matches!(self.peek_word(0), Some("var" | "set" | "let" | "const"))
            && self.peek(1).kind == Kind::Word;
        let name = usize::from(declared);
        if self.peek(name).kind != Kind::Word
            || self.peek(name + 1).kind != Kind::Assign
            || !self.is_action_call(name + 2)
        {
            return false;
        }
        let token = self.peek(name).clone();
        let prefix = self.peek(0).span.to(self.peek(name + 2).span.start());
        self.take_span(name + 2);
        self.pending = Some((token, prefix));
        true
    }

    /// Whether an action with arguments stands `n` raw tokens ahead: no expression has two operands side by side.
    fn is_action_call(&self, n: usize) -> bool {
        let Some(word) = self.peek_word(n).filter(|word| lookup(OPERAND_WORDS, word).is_none())
        else {
            return false;
        };
        let mut end = n + 1;
        while self.peek(end).kind == Kind::Minus
            && self.peek(end).glued
            && self.peek(end + 1).glued
            && end < n + FAR
        {
            end += 2;
        }
        let next = self.peek(end);
        let named = next.kind == Kind::ParenOpen && next.glued && self.key_len(end + 1).is_some();
        let joins = self.peek_word(end).is_some_and(|word| JOINS.contains(&word));
        let beside =
            next.kind.is_literal() || next.kind == Kind::Word && !self.operator_word(end) && !joins;
        !matches!(word, "exists" | "None" | "True" | "False") && (named || beside && !next.glued)
    }

    /// At the end of the statement: `-> name`, and the fault that says so.
    pub(in super::super) fn finish_output(&mut self, name: Token, prefix: Span) {
        let first = self.statements.last().map_or(0, |statement| statement.first);
        let written =
            self.out.get(first..).unwrap_or_default().iter().any(|token| token.kind == Kind::Arrow);
        let last = self.out.last().map_or(self.eof.span, |token| token.span).end();
        let text = self.word_of(&name).to_owned();
        let fault = Diagnostic::error(
            parsing::ACTION_AS_VALUE,
            name.span,
            "an action is a statement, not a value",
        );
        let fault = fault
            .help(format!("an action gives its value to the name behind `->`: `… -> {text}`"))
            .fix(prefix, "");
        if written {
            return self.report(fault);
        }
        self.emit_new(Kind::Arrow, last, Payload::None);
        self.emit_new(Kind::Word, name.span, Payload::Word(text.as_str().into()));
        self.report(fault.fix(last, format!(" -> {text}")));
    }
}

/// The operator of `+=` and its like.
fn operator(sign: &str) -> Option<Kind> {
    match sign {
        "+=" => Some(Kind::Plus),
        "-=" => Some(Kind::Minus),
        "*=" => Some(Kind::Star),
        "/=" => Some(Kind::Slash),
        "%=" => Some(Kind::Percent),
        _ => None,
    }
}
