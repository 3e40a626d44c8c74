//! Forms of other languages: each is named with one fault and read as what it means, so that nothing follows from it.
use super::classify::Classifier;
use crate::diagnostic::code::parsing;
use crate::source::Span;
use crate::syntax::token::{Kind, Payload, Token};

impl Classifier<'_> {
    pub(super) fn statement_habit(&mut self) -> bool {
        false
    }
    pub(super) fn word_habit(&mut self, _kind: Kind) -> bool {
        false
    }
    pub(super) fn foreign(&mut self) {
        self.raw.pop();
    }
    pub(super) fn method_call(&mut self) -> bool {
        false
    }
    pub(super) fn call_syntax(&mut self) -> bool {
        false
    }
    pub(super) fn colon_for_assign(&mut self) -> bool {
        false
    }
    pub(super) fn bare_assignment(&mut self, _len: usize) {
        let at = self.peek(0).span.start();
        self.fault(parsing::BARE_ASSIGNMENT, at, "assignment");
        self.begin(Kind::Var);
        self.emit_new(Kind::Var, at, Payload::None);
    }
    pub(super) fn finish_output(&mut self, _name: Token, _before: Span) {}
}
