//! One segment, open for reading: its header, the filter of its keys, and its index page by page, or whole once it is asked
//! often enough. What is torn holds nothing.

use std::cmp::Ordering;
use std::fs::File;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use super::disk::{self, Directory};
use super::filter;
use super::format::{HEADER, Header, PAGE, Row};
use super::hunt::Hunt;
use super::key::Key;
use super::names::Ours;

/// Why a segment cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It is not there, or the operating system does not give it to us.
    Closed,
    /// It is not as any writer wrote it.
    Torn,
}

/// An open segment.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) name: String,
    pub(super) file: File,
    pub(super) header: Header,
    /// Its length in bytes.
    pub(super) length: u64,
    /// The second of its last use, as it was when it was opened.
    pub(super) used: u64,
    /// The whole index; `None` if a page of it is torn.
    index: OnceLock<Option<Vec<u8>>>,
    /// The filter of its keys; `None` if it is torn.
    filter: OnceLock<Option<Vec<u8>>>,
    asked: AtomicUsize,
    has_given: AtomicBool,
    is_torn: AtomicBool,
}

impl Segment {
    /// Opens a segment of ours, whatever its version.
    pub(super) fn open(directory: &Directory, name: &str) -> Result<Self, Trouble> {
        let Some(Ours::Segment(version)) = Ours::of(name) else { return Err(Trouble::Closed) };
        let (file, meta) = directory.reader(name).map_err(|_| Trouble::Closed)?;
        let mut bytes = [0; HEADER];
        if meta.length < HEADER as u64 {
            return Err(Trouble::Torn);
        }
        disk::fill_at(&file, 0, &mut bytes).map_err(|_| Trouble::Closed)?;
        let header = Header::read(&bytes, meta.length).ok_or(Trouble::Torn)?;
        if header.version != version {
            return Err(Trouble::Torn);
        }
        Ok(Self {
            name: name.to_owned(),
            file,
            header,
            length: meta.length,
            used: meta.used,
            index: OnceLock::new(),
            filter: OnceLock::new(),
            asked: AtomicUsize::new(0),
            has_given: AtomicBool::new(false),
            is_torn: AtomicBool::new(false),
        })
    }

    /// What it says of a key.
    pub(super) fn find(&self, key: Key) -> Option<Row> {
        if self.filter().is_some_and(|filter| !filter::may_hold(filter, key)) {
            return None;
        }
        let index = self.is_asked_often().then(|| self.index()).flatten();
        let found = match index {
            Some(index) => {
                let row = find(key, self.header.rows(), |row| self.header.key(index, row));
                row.and_then(|row| self.header.row(index, row))
            }
            None => self.find_in_pages(key),
        };
        if found.is_some() && !self.has_given.load(Relaxed) {
            self.has_given.store(true, Relaxed);
        }
        found
    }

    /// What tells most keys that are not there; `None` if it is torn, and then every key may be there.
    fn filter(&self) -> Option<&[u8]> {
        let filter = self.filter.get_or_init(|| {
            let header = &self.header;
            let at = header.index_at + header.index_length() as u64;
            let bytes = disk::read_at(&self.file, at, header.filter_length()).ok();
            let filter = bytes.and_then(|bytes| header.verified_filter(&bytes).map(<[u8]>::to_vec));
            if filter.is_none() {
                self.mark_torn();
            }
            filter
        });
        filter.as_deref()
    }

    /// Whether the pages read one by one have cost as much as all of them together.
    fn is_asked_often(&self) -> bool {
        self.index.get().is_some() || self.asked.fetch_add(1, Relaxed) > self.header.pages() / 8
    }

    /// The whole index; `None` if it is torn, and then the pages that are not are looked at one by one.
    pub(super) fn index(&self) -> Option<&[u8]> {
        let index = self.index.get_or_init(|| {
            let length = self.header.index_length();
            let index = disk::read_at(&self.file, self.header.index_at, length).ok();
            let whole = index.filter(|index| self.header.is_whole(index));
            if whole.is_none() {
                self.mark_torn();
            }
            whole
        });
        index.as_deref()
    }

    fn find_in_pages(&self, key: Key) -> Option<Row> {
        let mut buffer = [0; PAGE];
        let mut hunt = Hunt::new(self.header.pages());
        while let Some(page) = hunt.guess(key.lead()) {
            let Some(rows) = self.page(page, &mut buffer) else {
                self.mark_torn();
                return None;
            };
            let count = self.header.rows_of(page);
            let at = |row| self.header.key(rows, row);
            let (first, last) = (at(0)?, at(count.checked_sub(1)?)?);
            if key < first {
                hunt.before(page, first.lead());
            } else if key > last {
                hunt.behind(page, last.lead());
            } else {
                let row = find(key, count, at)?;
                return self.header.row(rows, row);
            }
        }
        None
    }

    /// The rows of a page; `None` if they are torn.
    fn page<'b>(&self, page: usize, buffer: &'b mut [u8; PAGE]) -> Option<&'b [u8]> {
        let range = self.header.page(page);
        let bytes = buffer.get_mut(..range.len())?;
        disk::fill_at(&self.file, self.header.index_at + range.start as u64, bytes).ok()?;
        self.header.verified(page, bytes)
    }

    /// All its rows, by key, but for those of torn pages.
    pub(super) fn rows(&self) -> Vec<Row> {
        let header = &self.header;
        let index = disk::read_at(&self.file, header.index_at, header.index_length());
        let index = index.unwrap_or_default();
        let mut rows = Vec::with_capacity(header.rows());
        for page in 0..header.pages() {
            let bytes = index.get(header.page(page));
            if let Some(whole) = bytes.and_then(|bytes| header.verified(page, bytes)) {
                rows.extend((0..header.rows_of(page)).filter_map(|row| header.row(whole, row)));
            }
        }
        rows
    }

    /// Whether its index and its filter are as they were written.
    pub(super) fn is_told_right(&self) -> bool {
        self.index().is_some() && self.filter().is_some()
    }

    /// Whether anything was found in it.
    pub(super) fn has_given(&self) -> bool {
        self.has_given.load(Relaxed)
    }

    /// Whether something in it was found to be altered.
    pub(super) fn is_torn(&self) -> bool {
        self.is_torn.load(Relaxed)
    }

    /// Something in it is altered.
    pub(super) fn mark_torn(&self) {
        self.is_torn.store(true, Relaxed);
    }
}

/// The row of a key among so many, whose keys `at` gives.
fn find(key: Key, rows: usize, at: impl Fn(usize) -> Option<Key>) -> Option<usize> {
    let mut hunt = Hunt::new(rows);
    while let Some(row) = hunt.guess(key.lead()) {
        let there = at(row)?;
        match key.cmp(&there) {
            Ordering::Equal => return Some(row),
            Ordering::Less => hunt.before(row, there.lead()),
            Ordering::Greater => hunt.behind(row, there.lead()),
        }
    }
    None
}
