//! How a segment is laid out. Bytes to numbers and back; knows no file.
//!
//! Header of 48 bytes, the entries' bytes, then the index: rows of 40 bytes ordered by key, in pages of 100 rows, each
//! page with a checksum behind it that is tied to this header and to the page's number, then the filter of the keys, with
//! such a checksum too. Numbers are little-endian.

use std::ops::Range;

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::filter;
use super::key::Key;

/// Names the layout; any change of it makes another one.
const MAGIC: [u8; 8] = *b"qplan\0s2";
/// Bytes of the header.
pub(super) const HEADER: usize = 48;
/// Bytes of a row.
const ROW: usize = 40;
/// Rows of a page; the last one may have fewer.
pub(super) const ROWS: usize = 100;
const SUM: usize = 8;
/// Bytes of a full page.
pub(super) const PAGE: usize = ROWS * ROW + SUM;
/// The largest entry that is kept.
pub(super) const MOST_ENTRY: usize = 256 << 20;
/// The largest segment that is read.
pub(super) const MOST_SEGMENT: u64 = 1 << 30;

/// Tells bytes from bytes that were altered by accident: a crash, a disk, an editor.
pub(super) fn checksum(bytes: &[u8]) -> u64 {
    xxh3_64(bytes)
}

/// The next number, and what follows.
fn number<const N: usize>(bytes: &[u8]) -> Option<([u8; N], &[u8])> {
    bytes.split_first_chunk::<N>().map(|(number, rest)| (*number, rest))
}

/// What a segment says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The digest of the sources whose answers it holds.
    pub version: u64,
    /// Tells it from all others.
    pub stamp: u64,
    /// Where the index begins.
    pub index_at: u64,
    /// How many entries it has.
    pub count: u32,
}

impl Header {
    /// As it stands at the beginning of the file.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend(MAGIC);
        bytes.extend(self.version.to_le_bytes());
        bytes.extend(self.stamp.to_le_bytes());
        bytes.extend(self.index_at.to_le_bytes());
        bytes.extend(u64::from(self.count).to_le_bytes());
        bytes.extend(checksum(&bytes).to_le_bytes());
        bytes
    }

    /// The header of a file of this length; `None` if it is none.
    pub(super) fn read(bytes: &[u8], length: u64) -> Option<Self> {
        let (covered, sum) = bytes.split_at_checked(HEADER - SUM)?;
        let (magic, rest) = number::<8>(covered)?;
        let (version, rest) = number(rest)?;
        let (stamp, rest) = number(rest)?;
        let (index_at, rest) = number(rest)?;
        let (count, _) = number(rest)?;
        let header = Self {
            version: u64::from_le_bytes(version),
            stamp: u64::from_le_bytes(stamp),
            index_at: u64::from_le_bytes(index_at),
            count: u32::try_from(u64::from_le_bytes(count)).ok()?,
        };
        let tail = header.index_length() + header.filter_length();
        let end = header.index_at.checked_add(tail as u64)?;
        let is_right = magic == MAGIC
            && sum == checksum(covered).to_le_bytes()
            && header.index_at >= HEADER as u64
            && end == length
            && length <= MOST_SEGMENT;
        is_right.then_some(header)
    }

    /// How many pages the index has.
    pub(super) fn pages(&self) -> usize {
        self.rows().div_ceil(ROWS)
    }

    /// How many rows the index has.
    pub(super) fn rows(&self) -> usize {
        self.count as usize
    }

    /// How many rows a page has.
    pub(super) fn rows_of(&self, page: usize) -> usize {
        self.rows().saturating_sub(page * ROWS).min(ROWS)
    }

    /// Bytes of the index.
    pub(super) fn index_length(&self) -> usize {
        self.rows() * ROW + self.pages() * SUM
    }

    /// Bytes of the filter.
    pub(super) fn filter_length(&self) -> usize {
        filter::length(self.rows()) + SUM
    }

    /// Where in the index a page lies; empty behind the last.
    pub(super) fn page(&self, page: usize) -> Range<usize> {
        let end = self.index_length();
        (page * PAGE).min(end)..(page * PAGE + PAGE).min(end)
    }

    /// What the checksum of a page begins with.
    fn seed(&self, page: usize) -> u64 {
        let what = self.version ^ self.stamp.rotate_left(17) ^ self.index_at.rotate_left(34);
        what ^ (u64::from(self.count) << 32) ^ page as u64
    }

    /// Adds the checksum of a page that begins here.
    fn seal(&self, index: &mut Vec<u8>, at: usize, page: usize) {
        let sum = xxh3_64_with_seed(index.get(at..).unwrap_or_default(), self.seed(page));
        index.extend(sum.to_le_bytes());
    }

    /// The rows of a page without its checksum; `None` if they were altered.
    pub(super) fn verified<'b>(&self, page: usize, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let (rows, sum) = bytes.split_at_checked(bytes.len().checked_sub(SUM)?)?;
        let is_right = sum == xxh3_64_with_seed(rows, self.seed(page)).to_le_bytes();
        is_right.then_some(rows)
    }

    /// The filter without its checksum; `None` if it was altered.
    pub(super) fn verified_filter<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        self.verified(self.pages(), bytes)
    }

    /// Whether every page of an index is as it was written.
    pub(super) fn is_whole(&self, index: &[u8]) -> bool {
        let page = |page| index.get(self.page(page)).and_then(|bytes| self.verified(page, bytes));
        index.len() == self.index_length() && (0..self.pages()).all(|number| page(number).is_some())
    }

    /// A row of an index.
    pub(super) fn row(&self, index: &[u8], row: usize) -> Option<Row> {
        let at = row * ROW + row / ROWS * SUM;
        self.read_row(index.get(at..at + ROW)?)
    }

    /// The key of a row of an index.
    pub(super) fn key(&self, index: &[u8], row: usize) -> Option<Key> {
        let at = row * ROW + row / ROWS * SUM;
        index.get(at..)?.first_chunk().map(|key| Key(*key))
    }

    /// A row; `None` if it is of bytes that are no entry's.
    fn read_row(&self, bytes: &[u8]) -> Option<Row> {
        let (key, rest) = number(bytes)?;
        let (offset, rest) = number(rest)?;
        let (sum, rest) = number(rest)?;
        let (length, rest) = number(rest)?;
        let (born, _) = number(rest)?;
        let row = Row {
            key: Key(key),
            offset: u64::from_le_bytes(offset),
            sum: u64::from_le_bytes(sum),
            length: u32::from_le_bytes(length),
            born: u32::from_le_bytes(born),
        };
        let end = row.offset.checked_add(u64::from(row.length))?;
        let lies = row.offset >= HEADER as u64 && end <= self.index_at;
        (lies && row.length as usize <= MOST_ENTRY).then_some(row)
    }

    /// The index of these rows, which are ordered by key, and the filter.
    pub(super) fn write_tail(&self, rows: &[Row]) -> Vec<u8> {
        let mut index = Vec::with_capacity(self.index_length() + self.filter_length());
        for (number, page) in rows.chunks(ROWS).enumerate() {
            let at = index.len();
            for row in page {
                row.write(&mut index);
            }
            self.seal(&mut index, at, number);
        }
        let at = index.len();
        index.extend(filter::of(rows.iter().map(|row| row.key)));
        self.seal(&mut index, at, self.pages());
        index
    }
}

/// What the index says of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub key: Key,
    /// Where its bytes begin in the file.
    pub offset: u64,
    /// The checksum of its bytes.
    pub sum: u64,
    pub length: u32,
    /// The second it was first published in, since 1970.
    pub born: u32,
}

impl Row {
    fn write(&self, index: &mut Vec<u8>) {
        index.extend(self.key.0);
        index.extend(self.offset.to_le_bytes());
        index.extend(self.sum.to_le_bytes());
        index.extend(self.length.to_le_bytes());
        index.extend(self.born.to_le_bytes());
    }
}
