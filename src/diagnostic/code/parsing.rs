//! The codes of the grammar, each explained.

use super::{Code, Explanation};

/// Something else was expected.
pub const UNEXPECTED: Code = Code("QP0201");
/// Nested too deep.
pub const TOO_DEEP: Code = Code("QP0202");
/// A statement of another language.
pub const FOREIGN_STATEMENT: Code = Code("QP0203");
/// `x = 5` without `var`.
pub const BARE_ASSIGNMENT: Code = Code("QP0204");
/// `if x = 5`.
pub const ASSIGN_IN_CONDITION: Code = Code("QP0205");
/// `key: value` of an action.
pub const COLON_ARGUMENT: Code = Code("QP0206");
/// `x.lower()`.
pub const METHOD_CALL: Code = Code("QP0207");
/// `print("a", b)`.
pub const CALL_SYNTAX: Code = Code("QP0208");
/// `a < b < c`.
pub const COMPARISON_CHAIN: Code = Code("QP0209");
/// A comma that nothing follows.
pub const TRAILING_COMMA: Code = Code("QP0210");
/// A value is missing.
pub const MISSING_VALUE: Code = Code("QP0211");
/// `...`.
pub const PLACEHOLDER: Code = Code("QP0212");
/// Two values without a comma.
pub const MISSING_COMMA: Code = Code("QP0213");
/// `var x = calls foo`.
pub const ACTION_AS_VALUE: Code = Code("QP0214");
/// `else` without its `if`.
pub const STRAY_ELSE: Code = Code("QP0215");
/// `set` or `var` without `=`.
pub const MALFORMED_ASSIGNMENT: Code = Code("QP0216");
/// A block without braces.
pub const INDENTED_BLOCK: Code = Code("QP0217");
/// A statement without its block.
pub const MISSING_BLOCK: Code = Code("QP0218");
/// A block where none belongs.
pub const STRAY_BLOCK: Code = Code("QP0219");
/// An entry of `return` without a name.
pub const UNNAMED_RETURN: Code = Code("QP0220");
/// A malformed `jump`.
pub const BAD_JUMP: Code = Code("QP0221");

/// Every code of this stage, in order.
pub(super) static TABLE: &[Explanation] = &[];
