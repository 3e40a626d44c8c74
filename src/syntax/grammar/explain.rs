//! From a fault of the grammar to a diagnostic: what was expected, what was found, and the fix where it is certain.

use super::expected::{COMPARE, EXPR, STATEMENT, found, in_words};
use super::{Reason, Wanted};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::lexing::FOREIGN_SIGN;
use crate::diagnostic::code::{Code, parsing};
use crate::source::Span;
use crate::syntax::token::{Kind, Kinds, Token};

/// The place of a fault.
struct Site<'t> {
    text: &'t str,
    tokens: &'t [Token],
    /// The index of the token that did not fit.
    at: usize,
    kinds: Kinds,
    /// The index of the first token of its statement.
    head: usize,
}

/// The diagnostic for a fault; none where the lexer has said what is wrong, or the fault before, whose token was `said`.
pub(super) fn explain(
    text: &str,
    tokens: &[Token],
    wanted: Wanted,
    said: Option<usize>,
) -> Option<Diagnostic> {
    let at = wanted.at.min(tokens.len().checked_sub(1)?);
    let site = Site { text, tokens, at, kinds: wanted.kinds, head: head_of(tokens, at) };
    match wanted.reason {
        Reason::Expected if site.is_put_in() => None,
        // `future step "x" { }` is one mistake.
        Reason::Expected if site.is_stray_block() && said.is_some_and(|said| said > site.head) => {
            None
        }
        // A second value of `@title` is said where the keys are known.
        Reason::Comma if site.is_single_meta() => None,
        Reason::Expected => {
            RULES.iter().find_map(|rule| rule(&site)).or_else(|| Some(site.plain()))
        }
        Reason::Comma => Some(site.missing_comma()),
        Reason::Unnamed => Some(site.unnamed_return()),
        Reason::JumpKey => Some(site.jump_key()),
        Reason::DottedVar => Some(site.dotted_var()),
    }
}

/// What is tried before the plain message, the most special first.
const RULES: &[fn(&Site<'_>) -> Option<Diagnostic>] = &[
    |site| site.stray_else(),
    |site| site.comparison_chain(),
    |site| site.field_in_quotes(),
    |site| site.assign_in_object(),
    |site| site.object_entry(),
    |site| site.key_in_call(),
    |site| site.key_of_nothing(),
    |site| site.var_without_value(),
    |site| site.set_without_assign(),
    |site| site.each_without_in(),
    |site| site.step_word(),
    |site| site.dashed_id(),
    |site| site.named_plan(),
    |site| site.attribute_behind_arrow(),
    |site| site.future_of_nothing(),
    |site| site.assign_in_head(),
    |site| site.missing_block(),
    |site| site.quoted_output(),
    |site| site.stray_block(),
    |site| site.message_of_assert(),
    |site| site.second_value(),
    |site| site.second_output(),
    |site| site.bad_jump(),
    |site| site.no_statement(),
    |site| site.missing_value(),
];

/// The first token of the statement that holds `at`; at most a few dozen tokens back.
fn head_of(tokens: &[Token], at: usize) -> usize {
    const FAR: usize = 96;
    let ends = |kind| {
        matches!(kind, Kind::Newline | Kind::BlockOpen | Kind::BlockClose | Kind::BlockColon)
    };
    let from = at.saturating_sub(FAR);
    let before = tokens.get(from..at).unwrap_or_default();
    before.iter().rposition(|token| ends(token.kind)).map_or(from, |i| from + i + 1)
}

impl<'t> Site<'t> {
    fn token(&self) -> &'t Token {
        &self.tokens[self.at]
    }

    fn kind(&self) -> Kind {
        self.token().kind
    }

    fn back(&self, n: usize) -> Option<&'t Token> {
        self.at.checked_sub(n).and_then(|i| self.tokens.get(i))
    }

    fn ahead(&self, n: usize) -> Kind {
        self.tokens.get(self.at + n).map_or(Kind::Eof, |token| token.kind)
    }

    fn prev(&self) -> Kind {
        self.back(1).map_or(Kind::Newline, |token| token.kind)
    }

    fn head(&self) -> Kind {
        self.tokens.get(self.head).map_or(Kind::Eof, |token| token.kind)
    }

    /// A block behind a statement that takes none.
    fn is_stray_block(&self) -> bool {
        self.kind() == Kind::BlockOpen && self.kinds.holds(Kind::Newline)
    }

    /// Inside a meta statement that is no list.
    fn is_single_meta(&self) -> bool {
        let key = self.tokens.get(self.head).filter(|head| head.kind == Kind::Meta);
        key.is_some_and(|key| !matches!(&*key.word(), "params" | "in" | "exclude"))
    }

    /// A bracket that the lexer put in because it was missing.
    fn is_put_in(&self) -> bool {
        self.kind().closes() && self.token().span.lo == self.token().span.hi
    }

    /// Where the fault is shown: the token, or the place behind the one before where the line is over.
    fn place(&self) -> Span {
        let token = self.token();
        match self.back(1) {
            Some(before)
                if matches!(token.kind, Kind::Newline | Kind::Eof)
                    || token.span.lo == token.span.hi =>
            {
                before.span.end()
            }
            _ => token.span,
        }
    }

    fn behind(&self) -> Span {
        self.back(1).map_or(self.token().span.start(), |before| before.span.end())
    }

    fn found(&self) -> String {
        found(self.text, self.token())
    }

    fn expected(&self, code: Code, what: &str) -> Diagnostic {
        Diagnostic::error(code, self.place(), format!("expected {what}, found {}", self.found()))
    }

    /// Whether a value begins here.
    fn begins_value(&self) -> bool {
        EXPR.holds(self.kind())
    }

    fn word(&self, index: usize) -> &'t str {
        self.tokens.get(index).and_then(|token| self.text.get(token.span.range())).unwrap_or("")
    }

    fn plain(&self) -> Diagnostic {
        let fault = self.expected(parsing::UNEXPECTED, &in_words(self.kinds));
        if self.kinds.holds(Kind::ParenClose)
            || self.kinds.holds(Kind::ListClose)
            || self.kinds.holds(Kind::HoleClose)
        {
            return fault.help("close the bracket before it, or put an operator between the two");
        }
        fault.help(match self.head() {
            Kind::Action => "an action is `name option value key=value -> result`",
            Kind::Step => "a step is `step \"description\" id=name { … }`",
            Kind::Print => "write `print a, b, key=value`",
            Kind::Return => "write `return a, b`, `return key=value` or `return = value`",
            Kind::Each => "write `each x in xs { … }` or `each (x, i) in xs { … }`",
            Kind::Set => "write `set name = value`",
            Kind::Var => "write `var name = value`",
            _ => "remove it, or begin a new line for a new statement",
        })
    }

    fn stray_else(&self) -> Option<Diagnostic> {
        (self.kind() == Kind::Else).then(|| {
            Diagnostic::error(parsing::STRAY_ELSE, self.token().span, "this `else` has no `if`")
                .help("`else` follows the `}` of its `if`, with nothing between them")
        })
    }

    fn comparison_chain(&self) -> Option<Diagnostic> {
        let compares =
            COMPARE.holds(self.kind()) || matches!(self.kind(), Kind::Exists | Kind::NotExists);
        (compares && self.prev().ends_operand() && !self.kinds.holds(self.kind()) && self.head() != Kind::Each).then(|| {
            Diagnostic::error(parsing::COMPARISON_CHAIN, self.token().span, "comparisons cannot be chained")
                .help("join two with `and`, `a < b and b < c`, or put one in parentheses, `(a == b) == c`")
        })
    }

    /// `a.5`, `a."key"`.
    fn field_in_quotes(&self) -> Option<Diagnostic> {
        let dot = self.back(1).filter(|dot| dot.kind == Kind::Dot)?;
        let fault = self
            .expected(parsing::UNEXPECTED, "the name of a field")
            .help("places are written `a[0]` and `a[\"key\"]`");
        let index = matches!(self.kind(), Kind::Number | Kind::String) && self.token().glued;
        let span = dot.span.to(self.token().span);
        Some(if index { fault.fix(span, format!("[{}]", self.word(self.at))) } else { fault })
    }

    /// `{a = 1}`.
    fn assign_in_object(&self) -> Option<Diagnostic> {
        let inside =
            matches!(self.prev(), Kind::ObjectOpen | Kind::Comma) && self.ahead(1) == Kind::Assign;
        (self.kind() == Kind::Key
            && inside
            && self.kinds.holds(Kind::Word)
            && !self.kinds.holds(Kind::Minus))
        .then(|| {
            let assign = self.tokens[self.at + 1].span;
            Diagnostic::error(parsing::UNEXPECTED, assign, "expected `:`, found `=`")
                .help("entries of an object are `key: value`")
                .fix(self.token().span.end().to(assign), ":")
        })
    }

    /// `{a 1}`, `{1: a}`.
    fn object_entry(&self) -> Option<Diagnostic> {
        let entry =
            self.kinds.holds(Kind::Colon) || self.kinds == Kinds::all(&[Kind::Word, Kind::String]);
        let inside =
            matches!(self.prev(), Kind::Word | Kind::String | Kind::ObjectOpen | Kind::Comma);
        (entry && inside && self.head() != Kind::Jump).then(|| {
            if self.kinds.holds(Kind::Colon) {
                let fault = self
                    .expected(parsing::UNEXPECTED, "`:`")
                    .help("entries of an object are `key: value`");
                return if self.begins_value() { fault.fix(self.behind(), ":") } else { fault };
            }
            let fault = self
                .expected(parsing::UNEXPECTED, "a key")
                .help("keys of an object are words or quoted");
            let number = self.kind() == Kind::Number && self.ahead(1) == Kind::Colon;
            let quoted = format!("\"{}\"", self.word(self.at));
            if number { fault.fix(self.token().span, quoted) } else { fault }
        })
    }

    /// `f(a=1)`.
    fn key_in_call(&self) -> Option<Diagnostic> {
        let inside = matches!(
            self.prev(),
            Kind::Call | Kind::Comma | Kind::ParenOpen | Kind::ListOpen | Kind::HoleOpen
        );
        (self.kind() == Kind::Key && inside && self.kinds.holds(Kind::Minus)).then(|| {
            self.expected(parsing::UNEXPECTED, "a value")
                .help("functions take values without keys; actions take keys, without parentheses")
        })
    }

    /// A key behind a statement that takes none.
    fn key_of_nothing(&self) -> Option<Diagnostic> {
        let takes = matches!(
            self.head(),
            Kind::Var | Kind::Set | Kind::If | Kind::While | Kind::Each | Kind::Jump
        );
        (self.kind() == Kind::Key && takes && self.prev().ends_operand()).then(|| {
            self.expected(parsing::UNEXPECTED, "the end of the statement")
                .help("a new assignment begins with `var` or `set`, on a line of its own")
        })
    }

    /// `var x`, `var x 5`.
    fn var_without_value(&self) -> Option<Diagnostic> {
        if self.head() != Kind::Var || !self.kinds.holds(Kind::Arrow) {
            return None;
        }
        let lone = self.at == self.head + 2 && self.prev() == Kind::Word;
        let name = self.word(self.head + 1);
        if !lone {
            let fault = self.expected(parsing::MALFORMED_ASSIGNMENT, "`->` and a name");
            return Some(fault.help("write `var name = value`"));
        }
        let fault = self.expected(parsing::MALFORMED_ASSIGNMENT, "`=` and a value");
        Some(if self.begins_value() {
            fault.help(format!("write `var {name} = …`")).fix(self.behind(), " =")
        } else {
            fault
                .help(format!("a variable needs a value: `var {name} = null`"))
                .fix(self.behind(), " = null")
        })
    }

    /// `set x 5`.
    fn set_without_assign(&self) -> Option<Diagnostic> {
        let place = self.head() == Kind::Set && self.kinds.holds(Kind::Assign);
        place.then(|| {
            let fault = self
                .expected(parsing::MALFORMED_ASSIGNMENT, "`=` and a value")
                .help("write `set name = value`");
            if self.begins_value() { fault.fix(self.behind(), " =") } else { fault }
        })
    }

    /// `each x xs`.
    fn each_without_in(&self) -> Option<Diagnostic> {
        let before = self.tokens.get(self.head..self.at).unwrap_or_default();
        let without = !before.iter().any(|token| token.kind == Kind::In);
        (self.head() == Kind::Each && without && self.kinds.holds(Kind::In)).then(|| {
            let fault =
                self.expected(parsing::UNEXPECTED, "`in`").help("write `each x in xs { … }`");
            if self.begins_value() && self.head + 2 == self.at && self.word(self.head + 1) != "in" {
                fault.fix(self.behind(), " in")
            } else {
                fault
            }
        })
    }

    /// `step read "Read it" {`.
    fn step_word(&self) -> Option<Diagnostic> {
        let word =
            self.head() == Kind::Step && self.kind() == Kind::Word && self.prev() != Kind::Arrow;
        let place = matches!(self.prev(), Kind::Step | Kind::String | Kind::Comma);
        (word && place && self.kinds.holds(Kind::Key)).then(|| {
            self.expected(parsing::UNEXPECTED, "a description or `key=value`")
                .help("an id has its key: `step \"description\" id=name { … }`")
                .fix(self.token().span.start(), "id=")
        })
    }

    /// `step id=read-file {`.
    fn dashed_id(&self) -> Option<Diagnostic> {
        let named = self.kind() == Kind::Minus
            && self.token().glued
            && self.prev() == Kind::Word
            && self.back(2).is_some_and(|token| token.kind == Kind::Assign)
            && self.back(3).is_some_and(|key| key.kind == Kind::Key && &*key.word() == "id");
        let first = self.back(1).filter(|_| named && self.head() == Kind::Step)?;
        let rest = self.tokens.get(self.at..)?.iter();
        let part = |kind| matches!(kind, Kind::Minus | Kind::Word | Kind::Number);
        let last = rest.take_while(|token| token.glued && part(token.kind)).last()?;
        let span = first.span.to(last.span);
        let word = self.text.get(span.range())?;
        let right = word.replace('-', "_");
        let plain = right.chars().all(|c| c == '_' || c.is_alphanumeric());
        let text = format!("expected a word for `id`, found `{word}`");
        let fault = Diagnostic::error(parsing::UNEXPECTED, span, text)
            .help("an id is made of letters, digits and `_`");
        Some(if plain { fault.fix(span, right) } else { fault })
    }

    /// `plan "Name" {`.
    fn named_plan(&self) -> Option<Diagnostic> {
        let named = self.head() == Kind::Plan
            && self.kind() == Kind::String
            && self.ahead(1) == Kind::BlockOpen;
        named.then(|| {
            let brace = self.tokens[self.at + 1].span;
            let title = format!("\n  @title {}", self.word(self.at));
            self.expected(parsing::MISSING_BLOCK, "`{`")
                .help("a plan's name is its title: `@title \"…\"`")
                .fix(self.behind().to(brace.start()), " ")
                .fix(brace.end(), title)
        })
    }

    /// `if len(x) = 1 {`; a word before the `=` is the lexer's.
    fn assign_in_head(&self) -> Option<Diagnostic> {
        let operand = self.prev().ends_operand()
            && !matches!(self.ahead(1), Kind::Less | Kind::Greater | Kind::Assign);
        let condition =
            matches!(self.head(), Kind::If | Kind::While) && self.kind() == Kind::Assign;
        let text = "expected a condition, found an assignment";
        (operand && condition).then(|| {
            Diagnostic::error(parsing::ASSIGN_IN_CONDITION, self.token().span, text)
                .help("compare with `==`")
                .fix(self.token().span, "==")
        })
    }

    /// `future if c { }`, `future -> f`.
    fn future_of_nothing(&self) -> Option<Diagnostic> {
        (self.head() == Kind::Future && self.at == self.head + 1).then(|| {
            self.expected(parsing::UNEXPECTED, "an action")
                .help("a future starts an action: `future calls foo -> f`, `future delay=1s value=3 -> f`")
        })
    }

    /// `step -> name timeout=30s {`.
    fn attribute_behind_arrow(&self) -> Option<Diagnostic> {
        let arrow = self.back(2).filter(|token| token.kind == Kind::Arrow)?;
        let key = self.token().span;
        let rest = self.tokens.get(self.at..).filter(|_| self.kind() == Kind::Key)?;
        let open = rest.iter().take(32).find(|token| token.kind == Kind::BlockOpen)?;
        let span = Span { hi: open.span.lo, ..key };
        let written = self.text.get(span.range()).filter(|_| self.head() == Kind::Step)?.trim_end();
        let fault = self.expected(parsing::MISSING_BLOCK, "`{`");
        Some(
            fault
                .help("attributes stand before `-> name`")
                .fix(arrow.span.start(), format!("{written} "))
                .fix(span, ""),
        )
    }

    fn missing_block(&self) -> Option<Diagnostic> {
        let wants = self.kinds.holds(Kind::BlockOpen) && !self.kinds.holds(Kind::Newline);
        let head = self.word(self.head);
        (wants
            && self.prev().ends_operand() | self.prev().takes_block() | (self.head() == Kind::Step))
            .then(|| {
                self.expected(parsing::MISSING_BLOCK, "`{`").help(match self.head() {
                    Kind::Step => "a step is `step \"description\" id=name { … }`".to_owned(),
                    _ => format!("`{head}` takes a block between `{{` and `}}`"),
                })
            })
    }

    /// `-> "name"`.
    fn quoted_output(&self) -> Option<Diagnostic> {
        let arrow = self.back(1).filter(|before| before.kind == Kind::Arrow)?;
        let fault = self
            .expected(parsing::UNEXPECTED, "a name")
            .help("the value goes to the name behind `->`");
        let name = self.token().word();
        let plain = !name.is_empty()
            && name.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !name.starts_with(char::is_numeric);
        Some(match self.kind() {
            Kind::String if plain => fault.fix(self.token().span, &*name),
            Kind::Newline | Kind::Eof | Kind::BlockClose => fault.fix(arrow.span, ""),
            _ => fault,
        })
    }

    fn stray_block(&self) -> Option<Diagnostic> {
        self.is_stray_block().then(|| {
            let span = self.token().span;
            if self.at == self.head {
                return Diagnostic::error(parsing::STRAY_BLOCK, span, "a block stands alone")
                    .help("blocks belong to `step`, `if`, `while`, `each` and `parallel`");
            }
            let word = self.word(self.head);
            Diagnostic::error(parsing::STRAY_BLOCK, span, format!("`{word}` takes no block"))
                .help("blocks belong to `step`, `if`, `while`, `each` and `parallel`; an object is `{key: value}`")
        })
    }

    /// `assert c, "message"`.
    fn message_of_assert(&self) -> Option<Diagnostic> {
        let text = matches!(self.kind(), Kind::String | Kind::TemplateOpen);
        let behind = self.prev() == Kind::Comma || self.prev().ends_operand();
        let asserts = self.head() == Kind::Action && self.word(self.head) == "assert";
        (text && behind && asserts && self.kinds.holds(Kind::Key)).then(|| {
            let comma = self.back(1).filter(|before| before.kind == Kind::Comma);
            let from = comma.map_or_else(|| self.behind(), |comma| comma.span);
            self.expected(parsing::UNEXPECTED, "`message=`")
                .help("write `assert condition message=\"…\"`")
                .fix(from.to(self.token().span.start()), " message=")
        })
    }

    /// Two values side by side.
    fn second_value(&self) -> Option<Diagnostic> {
        let beside =
            self.begins_value() && (self.prev().ends_operand()) && !self.kinds.holds(self.kind());
        (beside && self.head() == Kind::Action && self.kinds.holds(Kind::Key)).then(|| {
            self.expected(parsing::UNEXPECTED, "`key=value` or `->`")
                .help("an action takes one value without a key; the others are named: `key=value`")
        })
    }

    fn second_output(&self) -> Option<Diagnostic> {
        (self.kind() == Kind::Arrow && self.kinds.holds(Kind::Newline)).then(|| {
            self.expected(parsing::UNEXPECTED, "the end of the statement").help(match self.head() {
                Kind::Action | Kind::Future => "an action has one output",
                _ => "only actions, futures, `var` and `step` take `-> name`",
            })
        })
    }

    fn bad_jump(&self) -> Option<Diagnostic> {
        (self.head() == Kind::Jump && self.prev() == Kind::Jump
            || self.prev() == Kind::Assign && self.head() == Kind::Jump)
            .then(|| {
                self.expected(parsing::BAD_JUMP, "the id of a step")
                    .help("write `jump to=\"id\"` or `jump id`")
            })
    }

    fn no_statement(&self) -> Option<Diagnostic> {
        let wants = self.kinds.holds(Kind::Step) && self.kinds.holds(Kind::Print);
        (wants || self.kinds == STATEMENT).then(|| {
            let help = "a statement begins with a word: an action (`q`, `calls`, …), `print`, `var`, `if`, `step`, …";
            self.expected(parsing::UNEXPECTED, "a statement").help(help)
        })
    }

    fn missing_value(&self) -> Option<Diagnostic> {
        let wants = self.kinds.holds(Kind::Minus)
            && self.kinds.holds(Kind::ParenOpen)
            && !self.prev().ends_operand();
        if wants && self.prev() == Kind::Slash && self.kind() == Kind::Slash && self.token().glued {
            let span =
                self.back(1).map_or(self.token().span, |first| first.span.to(self.token().span));
            let fault = Diagnostic::error(FOREIGN_SIGN, span, "`//` is no sign of this language");
            let help = "`/` gives an integer where the division is exact; `round` makes one";
            return Some(fault.help(help).propose(span, "/"));
        }
        wants.then(|| {
            let fault = self.expected(parsing::MISSING_VALUE, "a value");
            match self.prev() {
                Kind::Assign => fault.help("write the value behind `=`: text in quotes, a number, a name, `[…]` or `{…}`"),
                Kind::If | Kind::While => fault.help("write the condition: `x == 1`, `x exists`, `not x`"),
                Kind::Comma if self.kind() == Kind::Comma => fault.help("remove one of the commas").fix(self.token().span, ""),
                Kind::Comma => fault.help("write what follows the comma, or remove it"),
                prev if prev.is_binary() => fault.help("an operator needs a value on both sides"),
                _ => fault.help("a value is text in quotes, a number, a name, `[…]`, `{…}` or an expression of them"),
            }
        })
    }

    /// Two names side by side may be an operator of another language, and two strings one with a doubled quote in it, so
    /// a comma is only a guess there.
    fn missing_comma(&self) -> Diagnostic {
        let fault =
            self.expected(parsing::MISSING_COMMA, "`,`").help("put a comma between the two");
        if let Some((span, right)) = self.doubled_quote() {
            return fault
                .help(format!("a quote in a string is escaped: `{right}`"))
                .propose(span, right);
        }
        if self.kind() == Kind::ListOpen && self.prev() == Kind::Word {
            let gap = Span { hi: self.token().span.lo, ..self.behind() };
            return fault
                .help("an index stands directly behind the value: `x[0]`; two values are parted by a comma")
                .propose(gap, "");
        }
        if self.kind() == Kind::Word && self.prev() == Kind::Word {
            return fault.propose(self.behind(), ",");
        }
        fault.fix(self.behind(), ",")
    }

    /// `'it''s'`, as SQL escapes a quote: the place of both strings, and the one string that was probably meant.
    fn doubled_quote(&self) -> Option<(Span, String)> {
        let before = self.back(1).filter(|before| before.kind == Kind::String)?;
        if self.kind() != Kind::String || !self.token().glued {
            return None;
        }
        let (first, second) = (self.word(self.at - 1), self.word(self.at));
        let quote = first.chars().last()?;
        let right =
            format!("{}\\{quote}{}", first.strip_suffix(quote)?, second.strip_prefix(quote)?);
        Some((before.span.to(self.token().span), right))
    }

    fn unnamed_return(&self) -> Diagnostic {
        let end = self.tokens[self.at..]
            .iter()
            .find(|token| matches!(token.kind, Kind::Newline | Kind::BlockClose | Kind::Eof));
        let span =
            Span { hi: end.map_or(self.token().span.hi, |end| end.span.lo), ..self.token().span };
        let text = self.text.get(span.range()).unwrap_or("").trim_end();
        let span = Span { hi: span.lo + u32::try_from(text.len()).unwrap_or(0), ..span };
        Diagnostic::error(parsing::UNNAMED_RETURN, span, "a value among several has no name").help(
            "several values make an object: `return total=a + b, rows`; a list is `return [a, b]`",
        )
    }

    fn jump_key(&self) -> Diagnostic {
        self.expected(parsing::BAD_JUMP, "`to=`")
            .help("write `jump to=\"id\"` or `jump id`")
            .fix(self.token().span, "to")
    }

    fn dotted_var(&self) -> Diagnostic {
        let var = self.back(1).map_or(self.token().span, |var| var.span);
        Diagnostic::error(
            parsing::MALFORMED_ASSIGNMENT,
            self.token().span,
            "`var` makes whole variables, not places in them",
        )
        .help("change a place in a variable with `set`")
        .fix(var, "set")
    }
}
