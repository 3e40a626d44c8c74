//! Where the statements of a source stand, so that one of them can be parsed alone. Knows no kind of statement.

use std::ops::Range;

/// The statements of a source without errors, an outer one before those in it.
#[derive(Debug, Default)]
pub struct Statements {
    all: Vec<Statement>,
}

#[derive(Debug)]
struct Statement {
    lo: u32,
    hi: u32,
    /// The index of the statement it stands in.
    outer: Option<usize>,
}

impl Statements {
    /// Adds a statement that follows all there are; `outer` is the index of the one it stands in. Returns its index.
    pub(super) fn push(&mut self, range: Range<u32>, outer: Option<usize>) -> usize {
        self.all.push(Statement { lo: range.start, hi: range.end, outer });
        self.all.len() - 1
    }

    /// The innermost statement around a byte.
    #[must_use]
    pub fn around(&self, at: u32) -> Option<Range<u32>> {
        let mut next = self.all.partition_point(|statement| statement.lo <= at).checked_sub(1);
        while let Some(statement) = next.and_then(|index| self.all.get(index)) {
            if at < statement.hi {
                return Some(statement.lo..statement.hi);
            }
            next = statement.outer;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_lies_in_the_innermost_statement_around_it() {
        let mut statements = Statements::default();
        let outer = statements.push(2..20, None);
        let inner = statements.push(5..12, Some(outer));
        statements.push(6..8, Some(inner));
        statements.push(30..31, None);
        let around = |at| statements.around(at);
        assert_eq!([around(0), around(20), around(29), around(31)], [None, None, None, None]);
        assert_eq!([around(2), around(12), around(19)], [Some(2..20), Some(2..20), Some(2..20)]);
        assert_eq!([around(5), around(8), around(11)], [Some(5..12), Some(5..12), Some(5..12)]);
        assert_eq!([around(7), around(30)], [Some(6..8), Some(30..31)]);
    }
}
