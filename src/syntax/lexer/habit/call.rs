//! Calls as other languages write them: `print("a", b)`, `calls(function="f")`, `calls function: "f"`, `x.lower()`.

use super::super::classify::Classifier;
use super::super::layout::Shape;
use super::Nesting;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::parsing;
use crate::source::Span;
use crate::syntax::token::{Kind, Payload, Token};
use crate::value::function;

/// Methods of other languages and the functions that do the same.
const METHODS: &[(&str, &str)] = &[
    ("contains", "contains"),
    ("count", "len"),
    ("ends_with", "ends_with"),
    ("endsWith", "ends_with"),
    ("endswith", "ends_with"),
    ("filter", "filter"),
    ("first", "first"),
    ("flat", "flatten"),
    ("flatten", "flatten"),
    ("has", "contains"),
    ("includes", "contains"),
    ("join", "join_text"),
    ("keys", "keys"),
    ("last", "last"),
    ("len", "len"),
    ("length", "len"),
    ("lines", "lines"),
    ("map", "map"),
    ("match", "matches"),
    ("matches", "matches"),
    ("max", "max"),
    ("min", "min"),
    ("round", "round"),
    ("size", "len"),
    ("sort", "sort"),
    ("sorted", "sort"),
    ("split", "split"),
    ("splitlines", "lines"),
    ("startsWith", "starts_with"),
    ("starts_with", "starts_with"),
    ("startswith", "starts_with"),
    ("sum", "sum"),
    ("test", "matches"),
    ("toString", "str"),
    ("to_string", "str"),
    ("unique", "unique"),
    ("values", "values"),
];

/// Methods that are options of the action `string`.
const STRING_ACTIONS: &[(&str, &str)] = &[
    ("lower", "lower"),
    ("strip", "trim"),
    ("toLowerCase", "lower"),
    ("toUpperCase", "upper"),
    ("to_lowercase", "lower"),
    ("to_uppercase", "upper"),
    ("trim", "trim"),
    ("upper", "upper"),
];

impl Classifier<'_> {
    /// `print("a", b)`: parentheses around the arguments of a statement are left out.
    pub(in super::super) fn call_syntax(&mut self) -> bool {
        let open = self.peek(0);
        let (statement, word) = match self.prev() {
            Some(Kind::Print | Kind::Action | Kind::Return | Kind::Meta) => (true, false),
            Some(Kind::Stop | Kind::Skip | Kind::Break | Kind::Continue) => (true, true),
            _ => (false, false),
        };
        if open.kind != Kind::ParenOpen || !statement || !open.glued {
            return false;
        }
        let Some(close) = self.closed_at(0) else { return false };
        let ends = self.ends_at(close + 1)
            || self.peek(close + 1).kind == Kind::Arrow
            || self.peek(close + 1).kind == Kind::Foreign
            || self.key_len(close + 1).is_some();
        let list = close == 1 || self.is_argument_list(close);
        if !ends || !list || word && close != 1 {
            return false;
        }
        let (open, end) = (self.peek(0).span, self.peek(close).span);
        let gap = if close == 1 { "" } else { " " };
        let whole = self.out.last().map_or(open, |name| name.span.to(open));
        let fault = Diagnostic::error(
            parsing::CALL_SYNTAX,
            whole,
            "arguments of a statement stand without parentheses",
        );
        self.report(
            fault.help("write `name value key=value -> result`").fix(open, gap).fix(end, ""),
        );
        self.raw.pop();
        self.open_frame(Shape::Dropped);
        true
    }

    /// `len (xs)`: the name of a function, a blank, and the parenthesis of its call.
    pub(in super::super) fn call_behind_a_blank(&mut self) {
        let name = self.out.last().filter(|last| last.kind == Kind::Word);
        let name = name.filter(|last| function::find(&last.word()).is_some()).cloned();
        let Some(name) = name.filter(|_| self.peek(0).kind == Kind::ParenOpen) else { return };
        let open = self.peek(0).span;
        let gap = Span { hi: open.lo, ..name.span.end() };
        let between = self.text.get(gap.range()).unwrap_or("");
        if gap.lo == gap.hi || !between.bytes().all(|b| b == b' ' || b == b'\t') {
            return;
        }
        if let Some(open) = self.raw.last_mut() {
            open.glued = true;
        }
        let text = "a call's `(` stands directly behind the name";
        let fault = Diagnostic::error(parsing::CALL_SYNTAX, name.span.to(open), text);
        self.report(fault.help(format!("write `{}(…)`", name.word())).fix(gap, ""));
    }

    /// `@title: "x"`, `@title = "x"`.
    pub(in super::super) fn meta_sign(&mut self) {
        if !matches!(self.peek(0).kind, Kind::Colon | Kind::Assign) {
            return;
        }
        let key = self.out.last().map_or(self.eof.span, |key| key.span);
        let span = self.take().span;
        let next = self.peek(0).span;
        let fault = Diagnostic::error(
            parsing::COLON_ARGUMENT,
            span,
            "the value stands directly behind the key",
        );
        let gap = Span { lo: key.hi, hi: next.lo.max(span.hi), ..span };
        self.report(fault.help("write `@title \"…\"`").fix(gap, " "));
    }

    /// Whether a comma or a key stands between the parenthesis at hand and its end.
    fn is_argument_list(&self, close: usize) -> bool {
        let mut open = Nesting::default();
        (1..close).any(|i| {
            let kind = self.peek(i).kind;
            open.read(kind);
            let named = self.key_len(i).is_some()
                || kind == Kind::Word && self.peek(i + 1).kind == Kind::Colon;
            open.is_closed() && (kind == Kind::Comma || named)
        })
    }

    /// `key: value` of a statement; true if the colon was read as `=`.
    pub(in super::super) fn colon_for_assign(&mut self) -> bool {
        let takes = matches!(
            self.head(),
            Kind::Action
                | Kind::Step
                | Kind::Print
                | Kind::Parallel
                | Kind::Jump
                | Kind::Future
                | Kind::Return
                | Kind::Var
        );
        let next = self.peek(1);
        let value = next.kind == Kind::Word
            || next.kind.is_literal()
            || matches!(next.kind, Kind::ListOpen | Kind::ObjectOpen);
        let set = self.head() == Kind::Set;
        let dotted =
            !set && self.out.iter().rev().nth(1).is_some_and(|token| token.kind == Kind::Dot);
        let key = self.prev().is_some_and(|prev| matches!(prev, Kind::Word | Kind::Option));
        if !(takes || set) || !value || dotted || !key {
            return false;
        }
        let Some(word) = self.out.last_mut() else { return false };
        word.kind = if set { word.kind } else { Kind::Key };
        let key = word.span;
        let token = self.take();
        let next = self.peek(0).span;
        let fault = Diagnostic::error(
            parsing::COLON_ARGUMENT,
            token.span,
            "a key is followed by `=`, not by `:`",
        );
        let span = Span { lo: key.hi, hi: next.lo, ..key };
        let right = if set || self.head() == Kind::Var { " = " } else { "=" };
        self.report(fault.help("write `key=value`; `:` stands in objects only").fix(span, right));
        self.out.push(Token { kind: Kind::Assign, ..token });
        true
    }

    /// `.name(…)` behind a value.
    pub(in super::super) fn method_call(&mut self) -> bool {
        let called = self.peek(1).kind == Kind::Word
            && self.peek(2).kind == Kind::ParenOpen
            && self.peek(2).glued;
        if !called || !self.after_operand() {
            return false;
        }
        let method = self.peek_word(1).unwrap_or("").to_owned();
        let span = self.peek(1).span;
        let fault = Diagnostic::error(
            parsing::METHOD_CALL,
            span,
            format!("values have no methods: `.{method}()`"),
        );
        let function =
            METHODS.iter().find(|(name, _)| *name == method).map(|(_, function)| *function);
        match (function, self.operand_start()) {
            (Some(function), Some(start)) => self.function_instead(function, start, fault),
            _ => self.action_instead(&method, fault),
        }
        true
    }

    /// `xs.join(",")` is `join_text(xs, ",")`.
    fn function_instead(&mut self, function: &str, start: usize, fault: Diagnostic) {
        let at = self.out.get(start).map_or(self.eof.span, |token| token.span).start();
        let span = self.take_span(3);
        let more = self.peek(0).kind != Kind::ParenClose;
        let fault = fault.help(format!("write `{function}(value)`"));
        let text_join = function == "join_text"
            && self.out.get(start).is_some_and(|token| token.kind == Kind::String);
        self.wrap_in_call(start, function, at);
        if more {
            self.emit_new(Kind::Comma, span.end(), Payload::None);
        }
        if text_join {
            // `",".join(xs)`: which is the text and which the list is for the author to say.
            return self.report(fault.propose(at, format!("{function}(")).propose(span, ", "));
        }
        self.report(fault.fix(at, format!("{function}(")).fix(span, if more { ", " } else { "" }));
    }

    /// `var y = x.lower()` is `string lower x -> y`; elsewhere the call is left out.
    fn action_instead(&mut self, method: &str, fault: Diagnostic) {
        let first = self.statements.last().map_or(0, |statement| statement.first);
        let option =
            STRING_ACTIONS.iter().find(|(name, _)| *name == method).map(|(_, option)| *option);
        let kinds: Vec<Kind> = self
            .out
            .get(first..)
            .unwrap_or_default()
            .iter()
            .take(3)
            .map(|token| token.kind)
            .collect();
        let whole = kinds == [Kind::Var, Kind::Key, Kind::Assign]
            && self.in_block()
            && self.operand_start() == Some(first + 3);
        let close = self.closed_at(2);
        if let (Some(option), true, Some(3)) = (option, whole && self.ends_at(4), close) {
            return self.string_action(option, first, fault);
        }
        self.take_span(2);
        if let Some(close) = self.closed_at(0) {
            self.take_span(close + 1);
        } else {
            self.raw.pop();
        }
        let help = match option {
            Some(option) => format!("the action `string {option} value -> name` makes the value; use `name` then"),
            None => "there are functions, `len(x)`, `split(x, \",\")`, and actions, `string replace … -> name`".to_owned(),
        };
        self.report(fault.help(help));
    }

    /// Rewrites the statement at hand as an action.
    fn string_action(&mut self, option: &str, first: usize, fault: Diagnostic) {
        let call = self.take_span(4);
        let start = self.out.get(first).map_or(call, |token| token.span);
        let value = self.out.get(first + 3..).unwrap_or_default().to_vec();
        let name = self.out.get(first + 1).cloned();
        let (Some(name), Some(from), Some(to)) = (name, value.first(), value.last()) else {
            return;
        };
        let written = self.text.get(from.span.to(to.span).range()).unwrap_or("").to_owned();
        let right = format!("string {option} {written} -> {}", name.word());
        self.out.truncate(first);
        self.statement().head = Kind::Action;
        self.emit_new(Kind::Action, start, Payload::Word("string".into()));
        self.emit_new(Kind::Option, start, Payload::Word(option.into()));
        self.out.extend(value);
        self.emit_new(Kind::Arrow, call, Payload::None);
        self.out.push(Token { kind: Kind::Word, ..name });
        self.report(fault.help(format!("write `{right}`")).fix(start.to(call), right));
    }
}
