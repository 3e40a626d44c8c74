//! A unit of time that a blank parts from its number: `timeout=30 s`, `sleep 5 min`.

use super::super::classify::Classifier;
use super::super::number::unit;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::lexing;
use crate::source::Span;
use crate::syntax::token::{Kind, Kinds, Payload};

/// The statements where a word behind a number may be a value of its own, or no time is meant.
const OTHERS: Kinds = Kinds::all(&[Kind::Print, Kind::Return, Kind::Meta, Kind::Parallel]);

impl Classifier<'_> {
    /// The number before and the word at hand are one duration; true if they were rewritten.
    pub(super) fn parted_unit(&mut self, word: &str) -> bool {
        let next = self.peek(1);
        let goes_on =
            next.glued && matches!(next.kind, Kind::Dot | Kind::ListOpen | Kind::ParenOpen);
        let apart = self.in_block() && !OTHERS.holds(self.head()) && !goes_on;
        let (Some(ours), true) = (unit(word), apart) else { return false };
        if self.prev() != Some(Kind::Number) {
            return false;
        }
        let Some(mut number) = self.out.pop() else { return false };
        let first = number.span;
        let written = self.text.get(first.range()).unwrap_or("");
        let right = format!("{written}{ours}");
        let whole = first.to(self.take().span);
        number.kind = Kind::Duration;
        number.payload = Payload::Word(right.as_str().into());
        number.span = whole;
        self.out.push(number);
        let text = format!("a blank parts `{written}` from its unit");
        let fault = Diagnostic::error(lexing::BAD_NUMBER, whole, text);
        let gap = Span { lo: first.hi, ..whole };
        self.report(fault.help(format!("write `{right}`")).fix(gap, ours));
        true
    }
}
