//! The codes of the lexer, each explained.

use super::{Code, Explanation};

/// A string without its closing quote.
pub const OPEN_STRING: Code = Code("QP0101");
/// A backslash that begins no escape.
pub const BAD_ESCAPE: Code = Code("QP0102");
/// A word glued to a quote.
pub const GLUED_QUOTE: Code = Code("QP0103");
/// Quotes of another language.
pub const FOREIGN_QUOTE: Code = Code("QP0104");
/// `${` without its `}`.
pub const OPEN_HOLE: Code = Code("QP0105");
/// A number that is none, or a unit that is none.
pub const BAD_NUMBER: Code = Code("QP0106");
/// A character that means nothing.
pub const UNKNOWN_CHARACTER: Code = Code("QP0107");
/// `/*` without its `*/`.
pub const OPEN_COMMENT: Code = Code("QP0108");
/// A bracket that is never closed.
pub const OPEN_BRACKET: Code = Code("QP0109");
/// A bracket that closes nothing.
pub const STRAY_BRACKET: Code = Code("QP0110");
/// A text of 4 GiB or more.
pub const TOO_LARGE: Code = Code("QP0111");
/// `//` where a division was meant.
pub const COMMENT_NOT_DIVISION: Code = Code("QP0112");
/// A path without quotes.
pub const BARE_PATH: Code = Code("QP0113");
/// An operator of another language.
pub const FOREIGN_SIGN: Code = Code("QP0114");
/// A word of another language inside an expression.
pub const FOREIGN_WORD: Code = Code("QP0115");

/// Every code of this stage, in order.
pub(super) static TABLE: &[Explanation] = &[];
