//! The store under the cache: immutable segments of content-addressed entries, shared by all processes of the machine.
//! Whatever happened to its files, what is found is what was published. It knows keys and bytes: nothing of facts, rules,
//! plans or the files of a repository.

mod bytes;
#[cfg_attr(unix, path = "disk.rs")]
#[cfg_attr(not(unix), path = "disk_plain.rs")]
mod disk;
mod filter;
mod format;
mod held;
mod hunt;
mod key;
mod merge;
mod names;
mod pieces;
mod record;
mod segment;
mod stat;
mod tend;
#[cfg(test)]
mod tests;
mod write;

use std::io::Result;
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use rayon::prelude::*;

use disk::Directory;
use names::{Ours, VERSION};
use pieces::Want;
use segment::Segment;
use write::Writer;

pub use bytes::Bytes;
pub use key::Key;
pub use stat::{Cleared, Stat, clear, stat};
pub use tend::{Gc, gc};

/// So many segments are opened, of the 256 files that some systems let a process open; where there are more, those used
/// last.
const MOST: usize = 128;
/// What is published at once is parted into segments of about this.
const PART: u64 = 64 << 20;

/// Where an entry lies.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    key: Key,
    segment: u32,
    length: u32,
    offset: u64,
    sum: u64,
}

impl Slot {
    /// Bytes of the entry.
    #[must_use]
    pub fn length(&self) -> usize {
        self.length as usize
    }
}

/// The entries of a directory as they were when it was opened.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    version: u64,
    directory: Option<Directory>,
    first: Vec<Segment>,
    /// The names of the other segments.
    names: Vec<String>,
    others: OnceLock<Vec<Segment>>,
    changes: Mutex<Changes>,
}

/// What this store did to the directory since it was opened.
#[derive(Debug, Default)]
struct Changes {
    /// Segments it published or merged others into.
    added: Vec<String>,
    /// Segments that it merged into others.
    gone: Vec<String>,
}

impl Store {
    /// Opens it; what is missing, unreadable, torn, foreign, or of another version is as if it were not there. `first`
    /// names segments to look at first, those [`Store::used`] the last time; the indices of others are read only when a
    /// key is found in none of them.
    #[must_use]
    pub fn open(directory: &Path, first: &[String]) -> Self {
        Self::open_as(directory, first, VERSION)
    }

    /// Opens the entries of a version.
    fn open_as(path: &Path, first: &[String], version: u64) -> Self {
        let directory = Directory::open(path).ok();
        let listed = directory.as_ref().and_then(|directory| directory.names().ok());
        let mut names = listed.unwrap_or_default();
        names.retain(|name| Ours::of(name) == Some(Ours::Segment(version)));
        names.sort_unstable();
        let mut known: Vec<String> = Vec::new();
        for name in first.iter().take(MOST) {
            if let Ok(at) = names.binary_search(name) {
                known.push(names.remove(at));
            }
        }
        let first = directory.as_ref().map_or_else(Vec::new, |at| opened(at, &known));
        Self {
            path: path.to_owned(),
            version,
            directory,
            first,
            names,
            others: OnceLock::new(),
            changes: Mutex::default(),
        }
    }

    /// Where the entry of a key lies, if there is one.
    #[must_use]
    pub fn find(&self, key: Key) -> Option<Slot> {
        self.numbered().find_map(|(number, segment)| slot(number, segment, key))
    }

    /// The bytes of entries, `None` for those that are not as they were published. Those that lie near each other are
    /// read in one go; runs in the pool it is called in.
    #[must_use]
    pub fn read(&self, slots: &[Slot]) -> Vec<Option<Bytes>> {
        let mut wants: Vec<Want> = slots.iter().enumerate().map(want).collect();
        let pieces = pieces::pieces(&mut wants);
        let read: Vec<Vec<Option<Bytes>>> = match &*pieces {
            // Not worth another thread.
            [only] => vec![self.piece(only)],
            pieces => pieces.par_iter().map(|piece| self.piece(piece)).collect(),
        };
        let mut found = vec![None; slots.len()];
        for (want, bytes) in pieces.into_iter().flatten().zip(read.into_iter().flatten()) {
            if let Some(place) = found.get_mut(want.place) {
                *place = bytes;
            }
        }
        for (slot, found) in slots.iter().zip(&mut found) {
            if found.is_none() {
                *found = self.elsewhere(slot);
            }
        }
        found
    }

    /// The bytes of one entry, read on this thread.
    #[must_use]
    pub fn read_one(&self, slot: &Slot) -> Option<Bytes> {
        self.piece(&[want((0, slot))]).pop()?.or_else(|| self.elsewhere(slot))
    }

    fn piece(&self, piece: &[Want]) -> Vec<Option<Bytes>> {
        let segment = piece.first().and_then(|want| self.numbered().nth(want.segment as usize));
        segment.map_or_else(|| vec![None; piece.len()], |(_, s)| pieces::read(s, piece))
    }

    /// The bytes of an entry from another segment that has its key.
    fn elsewhere(&self, lost: &Slot) -> Option<Bytes> {
        self.numbered().filter(|(number, _)| *number != lost.segment).find_map(
            |(number, segment)| {
                let slot = slot(number, segment, lost.key)?;
                pieces::read(segment, &[want((0, &slot))]).pop()?
            },
        )
    }

    /// What to look at first the next time: the names of the segments that this store published or merged, of those that
    /// it was to look at first, and of others in which something was found since it was opened.
    #[must_use]
    pub fn used(&self) -> Vec<String> {
        let Changes { added, gone } = &*self.changes();
        let given = self.others.get().into_iter().flatten().filter(|other| other.has_given());
        let known = self.first.iter().chain(given).map(|segment| &segment.name);
        // The newest first, since an entry is published again where its first copy is found to be altered.
        let names = added.iter().rev().chain(known);
        names.filter(|name| !gone.contains(name)).cloned().collect()
    }

    fn changes(&self) -> MutexGuard<'_, Changes> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Publishes entries, in the order they are likely read in, as one new segment, or several if they are many. They
    /// may be empty, which is an answer too; of two with one key the last stands; what this store finds is not published
    /// again, and what is larger than 256 MiB is left out. This store does not find what it publishes.
    ///
    /// # Errors
    /// As the operating system says; part of the entries may be published then.
    pub fn publish(&self, mut entries: Vec<(Key, Vec<u8>)>) -> Result<()> {
        entries.retain(|(key, bytes)| bytes.len() <= format::MOST_ENTRY && !self.has(*key));
        if entries.is_empty() {
            return Ok(());
        }
        let directory = Directory::make(&self.path)?;
        let born = u32::try_from(held::seconds()).unwrap_or(u32::MAX);
        let mut writer = Writer::new(&directory, self.version)?;
        for (key, bytes) in entries {
            if writer.length() >= PART {
                self.changes().added.push(writer.finish()?);
                writer = Writer::new(&directory, self.version)?;
            }
            writer.add(key, &bytes, format::checksum(&bytes), born)?;
        }
        self.changes().added.push(writer.finish()?);
        Ok(())
    }

    /// Whether a key is found where nothing was found to be altered.
    fn has(&self, key: Key) -> bool {
        self.numbered().any(|(_, segment)| !segment.is_torn() && segment.find(key).is_some())
    }

    /// A small document that is replaced as a whole; `None` if it is missing, torn, or another version's.
    #[must_use]
    pub fn record(&self, name: &str) -> Option<Vec<u8>> {
        record::read(self.directory.as_ref()?, self.version, name)
    }

    /// Replaces a document.
    ///
    /// # Errors
    /// As the operating system says; the document is then as it was, or missing.
    pub fn keep_record(&self, name: &str, bytes: &[u8]) -> Result<()> {
        record::write(&Directory::make(&self.path)?, self.version, name, bytes)
    }

    /// Merges and evicts if there is reason to: many small segments, altered entries, more bytes than the cap. Cheap
    /// where there is none, and where another process is at it. To be called when the answers are out.
    ///
    /// # Errors
    /// As the operating system says; nothing is lost then that the cap does not ask for.
    pub fn tend(&self, cap: u64) -> Result<()> {
        tend::tend(self, cap)
    }

    /// The segments that are open by now.
    fn opened(&self) -> impl Iterator<Item = &Segment> {
        self.first.iter().chain(self.others.get().into_iter().flatten())
    }

    /// All segments and their numbers, the others opened when they are come to.
    fn numbered(&self) -> impl Iterator<Item = (u32, &Segment)> {
        let others = iter::once_with(|| self.others()).flatten();
        (0..).zip(self.first.iter().chain(others))
    }

    fn others(&self) -> &[Segment] {
        self.others.get_or_init(|| {
            let Some(directory) = &self.directory else { return Vec::new() };
            let mut names = self.names.clone();
            let most = MOST.saturating_sub(self.first.len());
            if names.len() > most {
                let used = |name: &String| directory.meta(name).map_or(0, |meta| meta.used);
                names.sort_by_cached_key(|name| std::cmp::Reverse(used(name)));
                names.truncate(most);
            }
            opened(directory, &names)
        })
    }
}

/// The segments of these names that can be opened.
fn opened(directory: &Directory, names: &[String]) -> Vec<Segment> {
    names.iter().filter_map(|name| Segment::open(directory, name).ok()).collect()
}

fn slot(segment: u32, open: &Segment, key: Key) -> Option<Slot> {
    let row = open.find(key)?;
    Some(Slot { key, segment, length: row.length, offset: row.offset, sum: row.sum })
}

fn want((place, slot): (usize, &Slot)) -> Want {
    let Slot { segment, length, offset, sum, .. } = *slot;
    Want { segment, length, offset, sum, place }
}
