//! A plane whose tables are made of its bytes when they are first looked at: of most files of a repository nobody asks
//! more than the head. Knows not where the bytes come from.

use std::fmt;
use std::ops::{Deref, DerefMut, Range};
use std::sync::{Arc, OnceLock};

/// Encoded tables, somewhere in bytes that others may share, and that need not be there before they are looked at.
#[derive(Clone)]
pub struct Packed {
    bytes: Arc<dyn AsRef<[u8]> + Send + Sync>,
    /// Which of them; none: all.
    range: Option<Range<usize>>,
}

impl Packed {
    /// All of these bytes, which are what was once encoded: who reads them from a disk has held them to a checksum.
    #[must_use]
    pub fn new(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        Self { range: None, bytes: Arc::new(bytes) }
    }

    /// As many bytes behind the first `skip`, and what is behind those; `None` if there are not so many.
    #[must_use]
    pub fn part(&self, skip: usize, length: usize) -> Option<(Self, Self)> {
        let all = self.range.clone().unwrap_or_else(|| 0..self.bytes().len());
        let lo = all.start.checked_add(skip)?;
        let hi = lo.checked_add(length).filter(|&hi| hi <= all.end)?;
        let of = |range| Self { bytes: Arc::clone(&self.bytes), range: Some(range) };
        Some((of(lo..hi), of(hi..all.end)))
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        let all = (*self.bytes).as_ref();
        match &self.range {
            Some(range) => all.get(range.clone()).unwrap_or(&[]),
            None => all,
        }
    }
}

/// Tables that can be written as bytes.
pub trait Tables: Default {
    /// Writes them.
    fn to_bytes(&self) -> Vec<u8>;
    /// Reads them; `None` if they are none.
    fn from_bytes(bytes: &[u8]) -> Option<Self>;
}

/// Tables that are decoded when they are first looked at.
pub struct Late<T> {
    tables: OnceLock<T>,
    packed: Option<Packed>,
}

impl<T: Tables> Late<T> {
    /// Tables that lie in these bytes.
    #[must_use]
    pub const fn packed(packed: Packed) -> Self {
        Self { tables: OnceLock::new(), packed: Some(packed) }
    }

    /// The tables, if they were looked at.
    #[must_use]
    pub fn decoded(&self) -> Option<&T> {
        self.tables.get()
    }

    /// The tables as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.packed.as_ref().map_or_else(|| self.deref().to_bytes(), |p| p.bytes().to_vec())
    }

    /// Keeps only the bytes, until the tables are looked at.
    pub fn pack(&mut self) {
        let packed = self.packed.take().unwrap_or_else(|| Packed::new(self.deref().to_bytes()));
        *self = Self::packed(packed);
    }

    /// The tables themselves.
    #[must_use]
    pub fn into_tables(mut self) -> T {
        let _ = self.deref();
        self.tables.take().unwrap_or_default()
    }
}

impl<T> From<T> for Late<T> {
    fn from(tables: T) -> Self {
        Self { tables: OnceLock::from(tables), packed: None }
    }
}

impl<T: Default> Default for Late<T> {
    fn default() -> Self {
        T::default().into()
    }
}

impl<T: Tables> Deref for Late<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.tables.get_or_init(|| {
            let packed = self.packed.as_ref();
            packed.and_then(|packed| T::from_bytes(packed.bytes())).unwrap_or_default()
        })
    }
}

/// Changed tables are no longer those of the bytes.
impl<T: Tables> DerefMut for Late<T> {
    fn deref_mut(&mut self) -> &mut T {
        // `self.deref()` would be that of the reference.
        let _ = Self::deref(self);
        self.packed = None;
        self.tables.get_mut().expect("they were made by the look at them")
    }
}

impl<T: Clone> Clone for Late<T> {
    fn clone(&self) -> Self {
        Self { tables: self.tables.clone(), packed: self.packed.clone() }
    }
}

impl<T: Tables + PartialEq> PartialEq for Late<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Tables + Eq> Eq for Late<T> {}

impl<T: Tables + fmt::Debug> fmt::Debug for Late<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
