//! Names of entries. Knows not what they are names of.

use xxhash_rust::xxh3::xxh3_128;

/// What an entry is of: the digest of a question and of the bytes it was asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub [u8; 16]);

impl Key {
    /// The key of these parts, in this order; parts that are cut elsewhere make another key. Contents and questions come
    /// as digests of their own, so this one need not withstand anybody: it is the fast one.
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut all = Vec::with_capacity(128);
        for part in parts {
            all.extend((part.len() as u64).to_le_bytes());
            all.extend(*part);
        }
        Self(xxh3_128(&all).to_le_bytes())
    }

    /// Its first half as a number that is ordered as keys are.
    pub(super) fn lead(self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
}
