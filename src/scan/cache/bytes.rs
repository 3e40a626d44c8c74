//! Bytes of entries that were read in one go and share one buffer.

use std::ops::{Deref, Range};
use std::sync::Arc;

/// Bytes of an entry; those read together share one buffer, which lives as long as any of them.
#[derive(Clone, Debug)]
pub struct Bytes {
    buffer: Arc<Vec<u8>>,
    range: Range<usize>,
}

impl Bytes {
    /// A part of a buffer; `None` if it does not lie in it.
    pub(super) fn within(buffer: &Arc<Vec<u8>>, range: Range<usize>) -> Option<Self> {
        buffer.get(range.clone())?;
        Some(Self { buffer: Arc::clone(buffer), range })
    }

    /// A part of these bytes, in the same buffer; `None` if it does not lie in them.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Option<Self> {
        self.get(range.clone())?;
        let at = self.range.start;
        Some(Self { buffer: Arc::clone(&self.buffer), range: at + range.start..at + range.end })
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // Both ways to make one look whether the range lies in the buffer, which nobody changes.
        self.buffer.get(self.range.clone()).unwrap_or_default()
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self { range: 0..bytes.len(), buffer: Arc::new(bytes) }
    }
}

impl PartialEq for Bytes {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Bytes {}
