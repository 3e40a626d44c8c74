//! The codes of the stage `names`, each explained.

/// Every code of this stage, in order.
pub(super) static TABLE: &[super::Explanation] = &[];
