//! Statements of other languages that begin with a word: `let`, `elif`, `try`, `def`, `import`, `throw`, `exit`, …

use super::super::classify::Classifier;
use super::is_statement_word;
use crate::diagnostic::code::parsing;
use crate::diagnostic::{Diagnostic, is_slip};
use crate::source::Span;
use crate::syntax::token::{Kind, Payload};

/// What to do with a word; false if it is a plain action after all.
type Habit = fn(&mut Classifier<'_>) -> bool;

/// The words, sorted.
const HABITS: &[(&str, Habit)] = &[
    ("abort", |c| c.lone("stop", "`stop` ends the plan")),
    ("async", |c| c.other_word("future", "`future` starts an action and goes on")),
    ("auto", |c| c.declaration()),
    ("await", |c| c.no_word("a future's value is waited for where it is read")),
    ("catch", |c| c.handler("if error exists")),
    ("class", |c| c.no_counterpart("there are no classes: a value is an object, `{key: value}`")),
    ("const", |c| c.declaration()),
    ("def", |c| {
        c.no_counterpart("there are no functions: a step has a result, and a file of a module folder is an action")
    }),
    ("done", |c| c.lone("", "blocks end with `}`")),
    ("each", |c| c.each_pair()),
    ("elif", |c| c.branch()),
    ("elseif", |c| c.branch()),
    ("elsif", |c| c.branch()),
    ("endfor", |c| c.lone("", "blocks end with `}`")),
    ("endif", |c| c.lone("", "blocks end with `}`")),
    ("except", |c| c.handler("if error exists")),
    ("exit", |c| c.lone("stop", "`stop` ends the plan")),
    ("fi", |c| c.lone("", "blocks end with `}`")),
    ("finally", |c| c.handler("if true")),
    ("fn", |c| {
        c.no_counterpart("there are no functions: a step has a result, and a file of a module folder is an action")
    }),
    ("for", |c| c.for_loop()),
    ("foreach", |c| c.for_loop()),
    ("from", |c| c.import()),
    ("func", |c| {
        c.no_counterpart("there are no functions: a step has a result, and a file of a module folder is an action")
    }),
    ("function", |c| {
        c.no_counterpart("there are no functions: a step has a result, and a file of a module folder is an action")
    }),
    ("goto", |c| c.other_word("jump", "`jump` goes on at a step")),
    ("halt", |c| c.lone("stop", "`stop` ends the plan")),
    ("import", |c| c.import()),
    ("let", |c| c.declaration()),
    ("local", |c| c.declaration()),
    ("loop", |c| c.endless()),
    ("match", |c| c.no_counterpart("write `if … { } else if … { } else { }`")),
    ("my", |c| c.declaration()),
    ("next", |c| c.lone("continue", "`continue` goes on with the next turn")),
    ("pass", |c| c.lone("", "an empty block needs no statement")),
    ("phase", |c| c.step_word()),
    ("println", |c| c.print_word()),
    ("puts", |c| c.print_word()),
    ("quit", |c| c.lone("stop", "`stop` ends the plan")),
    ("raise", |c| c.throw()),
    ("require", |c| c.import()),
    ("stage", |c| c.step_word()),
    ("switch", |c| c.no_counterpart("write `if … { } else if … { } else { }`")),
    ("task", |c| c.step_word()),
    ("throw", |c| c.throw()),
    ("try", |c| c.try_block()),
    ("unless", |c| c.negated("if")),
    ("until", |c| c.negated("while")),
    ("using", |c| c.import()),
    ("val", |c| c.declaration()),
    ("var", |c| c.annotation()),
];

impl Classifier<'_> {
    /// A word of the table, or a keyword written `Like`.
    pub(super) fn keyword_habit(&mut self) -> bool {
        if self.key_len(0).is_some() {
            return false;
        }
        let Some(word) = self.peek_word(0) else { return false };
        if let Ok(found) = HABITS.binary_search_by(|(name, _)| (*name).cmp(word)) {
            return HABITS.get(found).is_some_and(|(_, habit)| habit(self));
        }
        if !word.starts_with(|c: char| c.is_ascii_uppercase()) || word.len() < 2 {
            return self.misspelt_head();
        }
        let lower = word.to_ascii_lowercase();
        word[1..] == lower[1..]
            && is_statement_word(&lower)
            && self.other_word(&lower, "keywords are all lower or all upper case")
    }

    /// `stp "Read" {`: only statements take blocks.
    fn misspelt_head(&mut self) -> bool {
        let Some(block) = self.block_ahead(1) else { return false };
        let before = self.peek(block - 1).kind;
        let value = before == Kind::Word
            || before.is_literal()
            || matches!(before, Kind::TemplateClose | Kind::ParenClose | Kind::ListClose);
        let word = self.peek_word(0).unwrap_or("");
        let meant = ["step", "while", "each", "parallel", "plan", "else"]
            .into_iter()
            .find(|meant| value && *meant != word && is_slip(word, meant));
        meant.is_some_and(|meant| self.other_word(meant, &format!("did you mean `{meant}`?")))
    }

    fn foreign_word(&self, span: Span, help: &str) -> Diagnostic {
        let word = self.text.get(span.range()).unwrap_or("");
        Diagnostic::error(parsing::FOREIGN_STATEMENT, span, format!("there is no `{word}` here"))
            .help(help)
    }

    /// A word with another name.
    fn other_word(&mut self, right: &str, help: &str) -> bool {
        let glued_path =
            self.peek(1).glued && matches!(self.peek(1).kind, Kind::Dot | Kind::ListOpen);
        if glued_path {
            return false;
        }
        let span = self.peek(0).span;
        let word = self.made_word(right, span);
        self.raw.pop();
        self.raw.push(word);
        let fault = self.foreign_word(span, help);
        self.report(fault.fix(span, right));
        true
    }

    /// A word that is too much before an action.
    fn no_word(&mut self, help: &str) -> bool {
        if self.peek(1).kind != Kind::Word || self.key_len(1).is_some() {
            return false;
        }
        let span = self.take().span;
        let next = self.peek(0).span;
        let fault = self.foreign_word(span, help);
        self.report(fault.fix(Span { hi: next.lo, ..span }, ""));
        true
    }

    /// A statement of one word, with `()` at most.
    fn lone(&mut self, right: &str, help: &str) -> bool {
        let mut len = 1;
        if self.peek(1).kind == Kind::ParenOpen && self.peek(1).glued {
            len = if self.peek(2).kind == Kind::Number { 4 } else { 3 };
        }
        if !self.ends_at(len) || len > 1 && self.peek(len - 1).kind != Kind::ParenClose {
            return false;
        }
        let word = self.peek(0).span;
        let span = self.take_span(len);
        if !right.is_empty() {
            let token = self.made_word(right, span);
            self.raw.push(token);
        }
        let fault = self.foreign_word(word, help);
        self.report(fault.fix(span, right));
        true
    }

    /// `let x = …`, `const x: int = …`.
    fn declaration(&mut self) -> bool {
        let mutable =
            usize::from(self.peek_word(1) == Some("mut") && self.peek(2).kind == Kind::Word);
        if self.peek(1 + mutable).kind != Kind::Word {
            return false;
        }
        let annotation = self.take_annotation(1 + mutable);
        let span = self.take_span(1 + mutable);
        let token = self.made_word("var", span);
        self.raw.push(token);
        let fault = self
            .foreign_word(span, "`var` makes a variable or gives it a new value")
            .fix(span, "var");
        self.report(match annotation {
            Some(annotation) => fault.fix(annotation, ""),
            None => fault,
        });
        true
    }

    /// `var x: int = …`.
    fn annotation(&mut self) -> bool {
        let Some(span) = self.take_annotation(1) else { return false };
        let fault = self.foreign_word(span, "variables have no types: `var x = value`");
        self.report(fault.fix(span, ""));
        true
    }

    /// Takes out the type behind the name that stands `name` raw tokens ahead.
    fn take_annotation(&mut self, name: usize) -> Option<Span> {
        let typed =
            self.peek(name + 1).kind == Kind::Colon && self.peek(name + 2).kind == Kind::Word;
        let end =
            (name + 3..name + 12).find(|&i| self.peek(i).kind == Kind::Assign).filter(|_| typed)?;
        let span = self.peek(name).span.end().to(self.peek(end - 1).span);
        for _ in name + 1..end {
            self.take_ahead(name + 1);
        }
        Some(span)
    }

    /// `elif`.
    fn branch(&mut self) -> bool {
        let span = self.take().span;
        let words = [self.made_word("else", span), self.made_word("if", span)];
        self.put_back(words.into_iter());
        let fault = self.foreign_word(span, "write `else if`");
        self.report(fault.fix(span, "else if"));
        true
    }

    /// `loop { … }`.
    fn endless(&mut self) -> bool {
        if self.peek(1).kind != Kind::ObjectOpen {
            return false;
        }
        let span = self.take().span;
        let words = [self.made_word("while", span), self.made_word("true", span)];
        self.put_back(words.into_iter());
        let fault = self.foreign_word(span, "write `while true`");
        self.report(fault.fix(span, "while true"));
        true
    }

    /// `unless c {`, `until c {`.
    fn negated(&mut self, right: &str) -> bool {
        let Some(block) = self.block_ahead(1).filter(|&block| block > 1) else { return false };
        let last = self.peek(block - 1).span.end();
        let close = self.made(Kind::ParenClose, last, Payload::None);
        self.put_ahead(block, close);
        let span = self.take().span;
        let open = [
            self.made_word(right, span),
            self.made_word("not", span),
            self.made(Kind::ParenOpen, span, Payload::None),
        ];
        let next = self.peek(0).span;
        self.put_back(open.into_iter());
        let fault = self.foreign_word(span, "write the condition with `not`");
        self.report(
            fault.fix(Span { hi: next.lo, ..span }, format!("{right} not (")).fix(last, ")"),
        );
        true
    }

    /// `stage "x" {`.
    fn step_word(&mut self) -> bool {
        self.peek(1).kind == Kind::String
            && self.block_ahead(1).is_some()
            && self.other_word("step", "the unit of a plan is the `step`")
    }

    /// `println x`.
    fn print_word(&mut self) -> bool {
        self.other_word("print", "`print a, b` writes a line")
    }

    /// `import x`, `from x import y`.
    fn import(&mut self) -> bool {
        let word = self.peek_word(0).unwrap_or("");
        let named = matches!(self.peek(1).kind, Kind::Word | Kind::String | Kind::ObjectOpen);
        let from = word == "from" && !(2..FROM).any(|i| self.peek_word(i) == Some("import"));
        if !named || self.key_len(1).is_some() || from {
            return false;
        }
        let word = self.peek(0).span;
        let span = self.skip_statement();
        let fault =
            self.foreign_word(word, "nothing is imported: every action is at hand by its name");
        self.report(fault.fix(span, ""));
        true
    }

    /// `throw "text"`.
    fn throw(&mut self) -> bool {
        if !matches!(self.peek(1).kind, Kind::String | Kind::TemplateOpen | Kind::Word)
            || self.key_len(1).is_some()
        {
            return false;
        }
        let word = self.peek(0).span;
        let help = "a failed `assert` is an error: `assert false message=\"…\"`";
        if self.peek(1).kind == Kind::Word {
            self.skip_statement();
            let fault = self.foreign_word(word, help);
            self.report(fault);
            return true;
        }
        let span = self.take().span;
        let next = self.peek(0).span;
        let tokens = [
            self.made_word("assert", span),
            self.made_word("false", span),
            self.made_word("message", span),
            self.made(Kind::Assign, span, Payload::None),
        ];
        self.put_back(tokens.into_iter());
        let fault = self.foreign_word(span, help);
        self.report(fault.fix(Span { hi: next.lo, ..span }, "assert false message="));
        true
    }

    /// What cannot be said: one fault, and the whole statement is left out.
    fn no_counterpart(&mut self, help: &str) -> bool {
        let named = matches!(self.peek(1).kind, Kind::Word | Kind::ParenOpen)
            || self.peek(1).kind.is_literal();
        if !named
            || self.key_len(1).is_some()
            || self.block_ahead(1).is_none() && !self.python_block()
        {
            return false;
        }
        let word = self.peek(0).span;
        self.skip_statement();
        let fault = self.foreign_word(word, help);
        self.report(fault);
        true
    }

    /// Whether the line ends with `:`.
    fn python_block(&self) -> bool {
        self.line_ends(1).is_some_and(|end| self.peek(end - 1).kind == Kind::Colon)
    }

    /// `try {`: a step whose error is handled.
    fn try_block(&mut self) -> bool {
        if !matches!(self.peek(1).kind, Kind::ObjectOpen | Kind::Colon) {
            return false;
        }
        let span = self.take().span;
        let tokens = [
            self.made_word("step", span),
            self.made_string("try", span),
            self.made_word("onError", span),
            self.made(Kind::Assign, span, Payload::None),
            self.made_string("continue", span),
        ];
        self.put_back(tokens.into_iter());
        let help = "errors are handled by a step's policy: `step \"…\" onError=\"continue\" { }`, then `if error exists { }`";
        let fault = self.foreign_word(span, help);
        self.report(fault.propose(span, "step \"try\" onError=\"continue\""));
        self.tried = Some(self.diagnostics.len() - 1);
        true
    }

    /// `catch (e) {`, `finally {`: a condition; the fault is the one of its `try`.
    fn handler(&mut self, right: &str) -> bool {
        if self.peek(1).kind == Kind::Assign {
            return false;
        }
        let word = self.peek(0).span;
        let span = self.take().span;
        let rest = self.skip_head();
        let span = if rest.lo < rest.hi { span.to(rest) } else { span };
        let words: Vec<_> = right.split(' ').map(|word| self.made_word(word, span)).collect();
        self.put_back(words.into_iter());
        let tried = self.tried.and_then(|index| self.diagnostics.get_mut(index));
        if let Some(fault) = tried {
            *fault = fault.clone().propose(span, right);
        } else {
            let help = "errors are handled by a step's `onError`; then `error` tells which it was";
            let fault = self.foreign_word(word, help).propose(span, right);
            self.report(fault);
        }
        true
    }
}

/// How far behind `from` its `import` is looked for.
const FROM: usize = 16;

#[cfg(test)]
mod tests {
    #[test]
    fn the_words_are_sorted() {
        assert!(super::HABITS.is_sorted_by_key(|(word, _)| *word));
    }
}
