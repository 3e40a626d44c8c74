//! Names of records within one file: index plus one, zero for none. And runs of records, and places in the text.

use bitcode::{Decode, Encode};

/// A `u32` that names a record of one table of one file.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
        pub struct $name(pub u32);

        impl $name {
            /// Names nothing.
            pub const NONE: Self = Self(0);

            /// The name of the record at an index.
            #[must_use]
            pub const fn at(index: usize) -> Self {
                // Tables of one file are shorter than its bytes, and those fit.
                Self(index as u32 + 1)
            }

            /// The index of the record; `None` of nothing.
            #[must_use]
            pub const fn index(self) -> Option<usize> {
                match self.0 {
                    0 => None,
                    n => Some(n as usize - 1),
                }
            }

            /// Whether it names nothing.
            #[must_use]
            pub const fn is_none(self) -> bool {
                self.0 == 0
            }

            /// Whether it names a record.
            #[must_use]
            pub const fn is_some(self) -> bool {
                self.0 != 0
            }
        }
    )*};
}

ids! {
    /// A text of [`Strings`](super::Strings).
    Str
    /// A definition.
    DefId
    /// A parameter.
    ParamId
    /// A binding made by an import.
    ImportId
    /// A scope.
    ScopeId
    /// A block of statements.
    BlockId
    /// A statement.
    StmtId
    /// An expression.
    ExprId
    /// The arguments of a call.
    CallId
    /// A comprehension.
    ComprId
}

/// Consecutive records of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
pub struct Run {
    /// The index of the first.
    pub lo: u32,
    /// How many.
    pub n: u32,
}

impl Run {
    /// The records from index `lo` up to `hi`, which is not one of them.
    #[must_use]
    pub const fn between(lo: usize, hi: usize) -> Self {
        Self { lo: lo as u32, n: hi.saturating_sub(lo) as u32 }
    }

    /// The indices.
    #[must_use]
    pub const fn range(self) -> std::ops::Range<usize> {
        self.lo as usize..self.lo as usize + self.n as usize
    }

    /// The records; none where the table does not hold them.
    #[must_use]
    pub fn of<T>(self, table: &[T]) -> &[T] {
        table.get(self.range()).unwrap_or(&[])
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.n == 0
    }
}

/// A place in the decoded text, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
pub struct Place {
    /// The first byte.
    pub at: u32,
    /// How many bytes.
    pub len: u32,
}

impl Place {
    /// From `lo` up to `hi`, which is not part of it.
    #[must_use]
    pub const fn between(lo: u32, hi: u32) -> Self {
        Self { at: lo, len: hi.saturating_sub(lo) }
    }

    /// One past the last byte.
    #[must_use]
    pub const fn end(self) -> u32 {
        self.at.saturating_add(self.len)
    }

    /// Whether a byte lies in it.
    #[must_use]
    pub const fn holds(self, byte: u32) -> bool {
        self.at <= byte && byte < self.end()
    }

    /// Whether the whole of another place lies in it.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        self.at <= other.at && other.end() <= self.end()
    }
}
