//! A segment that is being written: beside, under a name that nobody reads, and given its own when it is whole.

use std::cmp::Reverse;
use std::fs::File;
use std::io::{BufWriter, Error, ErrorKind, Result, Seek, SeekFrom, Write};

use super::disk::Directory;
use super::format::{HEADER, Header, MOST_ENTRY, Row};
use super::key::Key;
use super::{held, names};

/// Bytes that are written in one go.
const BUFFER: usize = 256 << 10;

/// Writes one segment; what is not finished is removed.
#[derive(Debug)]
pub(super) struct Writer<'d> {
    directory: &'d Directory,
    version: u64,
    stamp: u64,
    out: BufWriter<File>,
    at: u64,
    rows: Vec<Row>,
    /// The second of the last use of what it is made of.
    used: u64,
    is_finished: bool,
}

impl<'d> Writer<'d> {
    pub(super) fn new(directory: &'d Directory, version: u64) -> Result<Self> {
        let stamp = names::stamp();
        let file = directory.create(&names::part(version, stamp))?;
        let mut writer = Self {
            directory,
            version,
            stamp,
            out: BufWriter::with_capacity(BUFFER, file),
            at: HEADER as u64,
            rows: Vec::new(),
            used: 0,
            is_finished: false,
        };
        // No header yet: half a segment is none.
        writer.out.write_all(&[0; HEADER])?;
        Ok(writer)
    }

    /// Bytes of the segment, were it finished now, but for some of its index.
    pub(super) fn length(&self) -> u64 {
        self.at + self.rows.len() as u64 * size_of::<Row>() as u64
    }

    /// Whether it has no entry.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds an entry. Of entries with one key the last one added stands.
    pub(super) fn add(&mut self, key: Key, bytes: &[u8], sum: u64, born: u32) -> Result<()> {
        let length = u32::try_from(bytes.len()).ok().filter(|_| bytes.len() <= MOST_ENTRY);
        let length = length.ok_or_else(|| Error::from(ErrorKind::FileTooLarge))?;
        self.out.write_all(bytes)?;
        self.rows.push(Row { key, offset: self.at, sum, length, born });
        self.at += u64::from(length);
        Ok(())
    }

    /// It holds what was used then.
    pub(super) fn of_use(&mut self, used: u64) {
        self.used = self.used.max(used);
    }

    /// Writes the index and the header, and gives it its name.
    pub(super) fn finish(mut self) -> Result<String> {
        // The last one added ends behind the others, or they are all empty.
        self.rows.sort_unstable_by_key(|row| (row.key, Reverse((row.offset, row.length))));
        self.rows.dedup_by_key(|row| row.key);
        let count = u32::try_from(self.rows.len()).map_err(|_| ErrorKind::FileTooLarge)?;
        let Self { version, stamp, at: index_at, .. } = self;
        let header = Header { version, stamp, index_at, count };
        self.out.write_all(&header.write_tail(&self.rows))?;
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&header.write())?;
        self.out.flush()?;
        if self.used > 0 {
            // Where times cannot be set it counts as used now.
            let _ = self.out.get_ref().set_modified(held::time(self.used));
        }
        let name = names::segment(version, stamp);
        self.directory.rename(&names::part(version, stamp), &name)?;
        self.is_finished = true;
        Ok(name)
    }
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        if !self.is_finished {
            // What cannot be removed is swept away later.
            let _ = self.directory.remove(&names::part(self.version, self.stamp));
        }
    }
}
