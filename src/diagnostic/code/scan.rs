//! The codes of scanning and of the analysis actions, each explained.

use super::{Code, Explanation};

/// A path leads out of the root.
pub const OUTSIDE_ROOT: Code = Code("QP0601");
/// A path or language lies outside the run-wide scope.
pub const OUTSIDE_SCOPE: Code = Code("QP0602");
/// Nothing lies at a path.
pub const MISSING: Code = Code("QP0603");
/// The root cannot be scanned.
pub const ROOT: Code = Code("QP0604");
/// A glob cannot be read.
pub const GLOB: Code = Code("QP0605");
/// A file changed while the plan ran.
pub const CHANGED: Code = Code("QP0606");
/// A pattern does not parse.
pub const PATTERN_SYNTAX: Code = Code("QP0610");
/// A pattern is empty.
pub const PATTERN_EMPTY: Code = Code("QP0611");
/// A pattern is more than one node.
pub const PATTERN_MANY: Code = Code("QP0612");
/// A pattern is too long or too deep.
pub const PATTERN_LIMIT: Code = Code("QP0613");
/// A selector names no node kind.
pub const SELECTOR_UNKNOWN: Code = Code("QP0614");
/// A selector names a kind that its context does not hold.
pub const SELECTOR_ABSENT: Code = Code("QP0615");
/// A pattern can match nothing.
pub const MATCHES_NOTHING: Code = Code("QP0616");
/// A search for nothing.
pub const SEARCH_EMPTY: Code = Code("QP0620");
/// A search is no regular expression.
pub const SEARCH_REGEX: Code = Code("QP0621");
/// Look-around in a search.
pub const LOOK_AROUND: Code = Code("QP0622");
/// Text of a query that belongs to no `key=value`.
pub const QUERY_LEFT_OVER: Code = Code("QP0630");
/// A key that queries do not have.
pub const QUERY_KEY: Code = Code("QP0631");
/// A key that is given twice.
pub const QUERY_TWICE: Code = Code("QP0632");
/// A value that its key does not take.
pub const QUERY_VALUE: Code = Code("QP0633");
/// A query that asks for nothing.
pub const QUERY_EMPTY: Code = Code("QP0634");
/// A key that a later version answers.
pub const NOT_YET: Code = Code("QP0635");
/// Two ways to say the same at once.
pub const TWO_WAYS: Code = Code("QP0636");
/// A filter on a metavariable that the pattern does not have.
pub const FILTER_VARIABLE: Code = Code("QP0637");

/// Every code of this stage, in order.
pub(super) static TABLE: &[Explanation] = &[];
