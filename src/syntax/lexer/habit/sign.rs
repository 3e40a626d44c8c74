//! Signs of other languages: `&&`, `||`, `!x`, `=>`, `===`, `=~`, `$name`, `...`, `?:`, and the arrows and minus signs
//! that word processors make.

use super::super::classify::Classifier;
use super::super::layout::Shape;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{lexing, parsing};
use crate::source::Span;
use crate::syntax::ast::Text;
use crate::syntax::token::{Kind, Payload, Token};

/// Signs that have one counterpart: what they become, its text, and whether the meaning is certain.
const SIGNS: &[(&str, Kind, &str, bool)] = &[
    ("&&", Kind::And, "and", true),
    ("||", Kind::Or, "or", true),
    ("&", Kind::And, "and", false),
    ("|", Kind::Or, "or", false),
    ("??", Kind::Or, "or", false),
    ("===", Kind::Equal, "==", true),
    ("!==", Kind::NotEqual, "!=", true),
    ("<>", Kind::NotEqual, "!=", true),
    ("\u{2260}", Kind::NotEqual, "!=", true),
    ("\u{2264}", Kind::LessEqual, "<=", true),
    ("\u{2265}", Kind::GreaterEqual, ">=", true),
    ("\u{2212}", Kind::Minus, "-", true),
    ("\u{2192}", Kind::Arrow, "->", true),
    ("\u{21d2}", Kind::Arrow, "->", true),
    ("?.", Kind::Dot, ".", true),
    ("::", Kind::Dot, ".", false),
    (":=", Kind::Assign, "=", true),
    ("**", Kind::Star, "*", false),
    ("++", Kind::Plus, "+", false),
    ("+=", Kind::Plus, "+", false),
    ("-=", Kind::Minus, "-", false),
    ("*=", Kind::Star, "*", false),
    ("/=", Kind::Slash, "/", false),
    ("%=", Kind::Percent, "%", false),
    ("**=", Kind::Star, "*", false),
    ("??=", Kind::Or, "or", false),
    ("!~", Kind::NotEqual, "!=", false),
];

impl Classifier<'_> {
    /// A sign that this language does not have.
    pub(in super::super) fn foreign(&mut self) {
        let sign = self.word_of(self.peek(0)).to_owned();
        match sign.as_str() {
            "!" => self.bang(),
            "=>" => self.fat_arrow(),
            "=~" => self.regex_match(),
            "$" => self.dollar(),
            "..." | "\u{2026}" => self.placeholder(),
            "?" => self.question(),
            _ => self.counterpart(&sign),
        }
    }

    fn sign_fault(&self, span: Span) -> Diagnostic {
        let sign = self.text.get(span.range()).unwrap_or("");
        Diagnostic::error(
            lexing::FOREIGN_SIGN,
            span,
            format!("`{sign}` is no sign of this language"),
        )
    }

    /// Puts the sign's counterpart in its place, among the raw tokens.
    fn counterpart(&mut self, sign: &str) {
        let span = self.peek(0).span;
        let Some(&(_, kind, right, certain)) = SIGNS.iter().find(|(name, ..)| *name == sign) else {
            self.raw.pop();
            let fault = self.sign_fault(span);
            return self.report(fault.help("remove it"));
        };
        let mut token = self.take();
        token.kind = kind;
        self.raw.push(token);
        let fault = self.sign_fault(span).help(format!("write `{right}`"));
        let spaced = self.spaced(span, right);
        self.report(if certain { fault.fix(span, spaced) } else { fault.propose(span, spaced) });
        self.keep();
    }

    /// Words need blanks around them where signs do not.
    fn spaced(&self, span: Span, right: &str) -> String {
        let word = right.starts_with(char::is_alphabetic);
        let bytes = self.text.as_bytes();
        let tight = |at: Option<&u8>| word && at.is_some_and(|b| !b.is_ascii_whitespace());
        let before = if tight(bytes[..span.lo as usize].last()) { " " } else { "" };
        let after = if tight(bytes.get(span.hi as usize)) { " " } else { "" };
        format!("{before}{right}{after}")
    }

    /// `!x`.
    fn bang(&mut self) {
        let token = self.take();
        let next = self.peek(0).span;
        let span = Span {
            hi: if next.lo >= token.span.hi { next.lo } else { token.span.hi },
            ..token.span
        };
        let fault = self.sign_fault(token.span).help("write `not x`");
        self.report(if self.after_operand() { fault } else { fault.fix(span, "not ") });
        if !self.after_operand() {
            self.out.push(Token { kind: Kind::Not, ..token });
        }
    }

    /// `=>`: the `:` of an object, the `->` of an action.
    fn fat_arrow(&mut self) {
        if self.arrow_function() {
            return;
        }
        let object = self.frames.last().is_some_and(|frame| frame.shape == Shape::Object);
        let (kind, right) = if object { (Kind::Colon, ":") } else { (Kind::Arrow, "->") };
        let mut token = self.take();
        let span = token.span;
        token.kind = kind;
        self.out.push(token);
        let gap = self.text.as_bytes()[..span.lo as usize].last() == Some(&b' ');
        let from = if object && gap { span.lo - 1 } else { span.lo };
        let fault = self.sign_fault(span).help(format!("write `{right}`"));
        self.report(fault.fix(Span { lo: from, ..span }, right));
    }

    /// `map(xs, x => x.name)`: nothing can be passed that computes.
    fn arrow_function(&mut self) -> bool {
        let call = self.frames.last().is_some_and(|frame| frame.shape == Shape::Paren);
        let Some(first) = self.parameters_start().filter(|_| call) else { return false };
        let at = self.out.get(first).map_or(self.eof.span, |token| token.span);
        self.out.truncate(first);
        self.emit_new(Kind::Null, at, Payload::None);
        let span = self.take().span;
        let mut open = super::Nesting::default();
        while !self.raw.is_empty() {
            let kind = self.peek(0).kind;
            let ends = self.ends_at(0) || matches!(kind, Kind::ParenClose | Kind::Comma);
            if open.is_closed() && ends || !open.read(kind) {
                break;
            }
            self.raw.pop();
        }
        let help = "functions take the name of a field: `map(xs, \"name\")`, `filter(xs, \"kind\", \"call\")`; for more, use `each`";
        let fault = self.sign_fault(span).help(help);
        self.report(fault);
        true
    }

    /// Where the parameters begin that stand before `=>`: `x` or `(x, y)`, the last of what is out.
    fn parameters_start(&self) -> Option<usize> {
        const MOST: usize = 8;
        let last = self.out.len().checked_sub(1)?;
        match self.out.get(last)?.kind {
            Kind::Word => Some(last),
            Kind::ParenClose => {
                let before = self.out.iter().enumerate().rev().skip(1).take(MOST);
                let mut rest =
                    before.skip_while(|(_, t)| matches!(t.kind, Kind::Word | Kind::Comma));
                rest.next().filter(|(_, t)| t.kind == Kind::ParenOpen).map(|(at, _)| at)
            }
            _ => None,
        }
    }

    /// `name=~"re"`: a regex is a text that begins with `~`.
    fn regex_match(&mut self) {
        let span = self.peek(0).span;
        let fault = self.sign_fault(span);
        let key =
            self.out.last_mut().filter(|token| matches!(token.kind, Kind::Word | Kind::Option));
        let text = matches!(self.raw.iter().rev().nth(1), Some(next) if next.kind == Kind::String);
        let condition = self.statements.last().is_some_and(|statement| statement.awaits_block);
        let Some(key) = key.filter(|_| text && !condition) else {
            let mut token = self.take();
            token.kind = Kind::Equal;
            self.out.push(token);
            return self.report(fault.help("write `matches(text, \"re\")`"));
        };
        key.kind = Kind::Key;
        let mut token = self.take();
        token.kind = Kind::Assign;
        self.out.push(token);
        let string = self.peek(0).span;
        self.prefix_string();
        let raw = self.text.get(string.range()).unwrap_or("");
        let quote = if raw.contains("\"\"\"") { 3 } else { 1 };
        let open = (quote + usize::from(raw.starts_with('r'))).min(raw.len());
        let hi = string.lo + u32::try_from(open).unwrap_or(1);
        let quote = raw.get(..open).unwrap_or("\"");
        let fault = fault.help("a regex is a text that begins with `~`: `name=\"~^test\"`");
        self.report(fault.fix(Span { hi, ..span }, format!("={quote}~")));
    }

    /// Puts `~` before the text of the next raw string.
    fn prefix_string(&mut self) {
        let Some(Token { payload: Payload::Text(text), .. }) = self.raw.last_mut() else { return };
        let mut map = crate::source::OffsetMap::at(text.map.locate(0));
        map.push(1, text.map.locate(0));
        **text = Text { raw: text.raw.clone(), value: format!("~{}", text.value).into(), map };
    }

    /// `$name`, `${name}` outside a string.
    fn dollar(&mut self) {
        let span = self.take().span;
        let fault = self
            .sign_fault(span)
            .help("a variable is its name: `print name`; `${name}` stands in strings");
        let next = self.peek(0);
        match next.kind {
            Kind::Word if next.glued => self.report(fault.fix(span, "")),
            Kind::ObjectOpen if next.glued => match self.closed_at(0) {
                Some(close) if close <= MAX_HOLE => {
                    let end = self.take_ahead(close).unwrap_or(span);
                    let open = self.take().span;
                    self.report(fault.fix(span.to(open), "").fix(end, ""));
                }
                _ => self.report(fault),
            },
            _ => self.report(fault),
        }
    }

    /// `...`: a place left open.
    fn placeholder(&mut self) {
        let token = self.take();
        let alone = self.at_start() && self.ends_at(0);
        let fault =
            Diagnostic::error(parsing::PLACEHOLDER, token.span, "`...` stands for nothing here");
        self.report(if alone {
            fault.help("remove it; a block may be empty").fix(token.span, "")
        } else {
            fault.help("write what it stands for; arrays are joined with `+`")
        });
    }

    /// `<statements>`: a place left open.
    pub(in super::super) fn angle_placeholder(&mut self) -> bool {
        let words = (1..8).find(|&i| self.peek(i).kind != Kind::Word).unwrap_or(1);
        if !self.at_start() || words == 1 || self.peek(words).kind != Kind::Greater {
            return false;
        }
        let span = self.take_span(words + 1);
        let fault =
            Diagnostic::error(parsing::PLACEHOLDER, span, "a placeholder stands for nothing here");
        self.report(
            fault
                .help("write what it stands for, or remove it; a block may be empty")
                .fix(span, ""),
        );
        true
    }

    /// `c ? a : b`.
    fn question(&mut self) {
        let span = self.take().span;
        let fault = self.sign_fault(span);
        self.report(fault.help("write `if c { var x = a } else { var x = b }`"));
        while !self.ends_at(0)
            && !self.peek(0).kind.closes()
            && !matches!(self.peek(0).kind, Kind::Comma | Kind::Arrow)
        {
            match self.closed_at(0) {
                _ if !self.peek(0).kind.opens() => drop(self.raw.pop()),
                Some(close) => drop(self.take_span(close + 1)),
                None => return,
            }
        }
    }
}

/// The raw tokens of a `${…}` outside a string.
const MAX_HOLE: usize = 64;
