//! The codes of the stage `lexing`, each explained.

/// Every code of this stage, in order.
pub(super) static TABLE: &[super::Explanation] = &[];
