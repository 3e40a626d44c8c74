//! From a fault of the grammar to a diagnostic: what was expected, what was found, and the fix where it is certain.

use super::expected::{COMPARE, found, in_words};
use super::{Reason, Wanted};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::parsing;
use crate::syntax::token::{Kind, Token};

/// The diagnostic for a fault.
pub(super) fn explain(text: &str, tokens: &[Token], wanted: Wanted) -> Diagnostic {
    let at = wanted.at.min(tokens.len().saturating_sub(1));
    let token = &tokens[at];
    let message = format!("expected {}, found {}", in_words(wanted.kinds), found(text, token));
    let _ = (COMPARE, Reason::Expected, Kind::Word);
    Diagnostic::error(parsing::UNEXPECTED, token.span, message)
}
