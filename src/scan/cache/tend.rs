//! Keeps segments few and the directory under its cap: at the end of a run where there is reason to, and in full when it
//! is asked for. One process at a time, by a lock that the system lets go of with the process.

use std::fs::{File, TryLockError};
use std::io::{Error, ErrorKind, Result};
use std::path::Path;
use std::time::Duration;

use super::disk::Directory;
use super::held::{Held, Listing, existing};
use super::merge::{self, Merged, Source};
use super::names::{LOCK, Ours, VERSION};
use super::segment::{Segment, Trouble};
use super::{Store, held, record};

/// So many small segments are left alone.
const FEW: usize = 8;
/// So many of them are left where there are more: the largest.
const LEFT: usize = 3;
/// So many segments of any size are left alone.
const MANY: usize = 48;
/// So many of them are merged where there are more: the smallest.
const STEP: usize = 8;
/// A segment from here on is not small, whatever the cap.
const SMALL: u64 = 16 << 20;
/// Segments are merged to at most about this.
const LARGE: u64 = 128 << 20;
/// How often, and how far apart, a full tending asks for the lock.
const TRIES: u32 = 50;
const BETWEEN: Duration = Duration::from_millis(100);

/// What merged segments grow to: so little of the cap that evicting one is no great loss.
fn large(cap: u64) -> u64 {
    (cap / 16).clamp(256 << 10, LARGE)
}

fn small(cap: u64) -> u64 {
    (large(cap) / 4).min(SMALL)
}

/// What a full tending did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gc {
    /// Bytes of segments and records before.
    pub bytes_before: u64,
    /// And after.
    pub bytes_after: u64,
    /// Segments before.
    pub segments_before: usize,
    /// And after.
    pub segments_after: usize,
    /// Entries that were there more than once, or were altered.
    pub dropped: u64,
    /// Segments and records that are not as any writer wrote them.
    pub torn: usize,
    /// Segments and records of other versions.
    pub outdated: usize,
    /// What killed writers left.
    pub leftovers: usize,
    /// Segments and records that went because of the cap, those that were not used for the longest time first.
    pub evicted: usize,
    /// Files that are not ours, and were left alone.
    pub foreign: usize,
}

/// Merges and evicts if there is reason to.
pub(super) fn tend(store: &Store, cap: u64) -> Result<()> {
    let Some(directory) = existing(&store.path)? else { return Ok(()) };
    touch(store);
    if !has_reason(store, &Listing::of(&directory)?, cap) {
        return Ok(());
    }
    let Some(_lock) = lock(&directory)? else { return Ok(()) };
    // Another process may just have done it.
    let listing = Listing::of(&directory)?;
    for left in listing.files.iter().filter(|held| held.is_left()) {
        directory.remove(&left.name)?;
    }
    let chosen = chosen(store, &listing, cap);
    if !chosen.is_empty() {
        let (segments, _) = open(&directory, chosen)?;
        let sources = merge::sources(segments);
        let merged = replace(&directory, store.version, &sources, cap)?;
        let mut changes = store.changes();
        changes.gone.extend(sources.into_iter().map(|source| source.segment.name));
        changes.added.extend(merged.names);
    }
    evict(&directory, cap).map(drop)
}

fn has_reason(store: &Store, listing: &Listing, cap: u64) -> bool {
    listing.bytes() > cap
        || listing.files.iter().any(Held::is_left)
        || !chosen(store, listing, cap).is_empty()
}

/// Says of segments that something was found in that they are of use, at most once an hour.
fn touch(store: &Store) {
    for segment in store.opened().filter(|segment| segment.has_given()) {
        let meta = held::Meta { is_file: true, length: 0, used: segment.used };
        record::touch(&segment.file, &meta);
    }
}

/// The small segments but for the largest, if there are many; the smallest, if there are many of any size; and those that
/// something altered was found in.
fn chosen<'l>(store: &Store, listing: &'l Listing, cap: u64) -> Vec<&'l Held> {
    let torn: Vec<&str> =
        store.opened().filter(|segment| segment.is_torn()).map(|segment| &*segment.name).collect();
    let ours = listing.files.iter().filter(|held| held.ours == Ours::Segment(store.version));
    let (mut chosen, mut rest): (Vec<&Held>, Vec<&Held>) =
        ours.partition(|held| torn.contains(&&*held.name));
    rest.sort_by_key(|held| held.length);
    let small = rest.iter().filter(|held| held.length < self::small(cap)).count();
    let of_small = if small > FEW { small - LEFT } else { 0 };
    let of_all = if rest.len() > MANY { STEP } else { 0 };
    chosen.extend(rest.into_iter().take(of_small.max(of_all)));
    chosen
}

/// Merges, drops and evicts all there is to.
///
/// # Errors
/// As the operating system says; `WouldBlock` if another process has been at it for seconds.
pub fn gc(directory: &Path, cap: u64) -> Result<Gc> {
    let Some(directory) = existing(directory)? else { return Ok(Gc::default()) };
    let _lock = wait(&directory)?;
    let listing = Listing::of(&directory)?;
    let mut did = Gc {
        bytes_before: listing.bytes(),
        segments_before: segments(&listing),
        foreign: listing.foreign,
        ..Gc::default()
    };
    sweep(&directory, &listing, &mut did)?;
    compact(&directory, cap, &mut did)?;
    did.evicted = evict(&directory, cap)?;
    let listing = Listing::of(&directory)?;
    did.bytes_after = listing.bytes();
    did.segments_after = segments(&listing);
    Ok(did)
}

fn segments(listing: &Listing) -> usize {
    listing.files.iter().filter(|held| matches!(held.ours, Ours::Segment(_))).count()
}

/// Removes what nobody will read.
fn sweep(directory: &Directory, listing: &Listing, did: &mut Gc) -> Result<()> {
    for held in &listing.files {
        let count = match held.ours {
            Ours::Segment(version) | Ours::Record(version) if version != VERSION => {
                &mut did.outdated
            }
            Ours::Record(_) if !record::is_whole(directory, &held.name) => &mut did.torn,
            Ours::Part if held.is_left() => &mut did.leftovers,
            _ => continue,
        };
        directory.remove(&held.name)?;
        *count += 1;
    }
    Ok(())
}

/// Merges all segments but those that are large and whole.
fn compact(directory: &Directory, cap: u64, did: &mut Gc) -> Result<()> {
    let listing = Listing::of(directory)?;
    let ours = listing.files.iter().filter(|held| held.ours == Ours::Segment(VERSION));
    let (segments, torn) = open(directory, ours.collect())?;
    did.torn += torn;
    let before: u64 = segments.iter().map(|segment| u64::from(segment.header.count)).sum();
    let (stay, go): (Vec<Source>, Vec<Source>) = merge::sources(segments)
        .into_iter()
        .partition(|source| source.segment.length >= large(cap) / 2 && source.is_whole());
    let staying: u64 = stay.iter().map(|source| u64::from(source.segment.header.count)).sum();
    did.torn += go.iter().filter(|source| !source.segment.is_told_right()).count();
    if let [only] = &*go
        && only.is_whole()
    {
        return Ok(());
    }
    did.dropped = before - staying - replace(directory, VERSION, &go, cap)?.entries;
    Ok(())
}

/// Opens segments, those used longest ago first; what is torn is removed, and counted.
fn open(directory: &Directory, mut files: Vec<&Held>) -> Result<(Vec<Segment>, usize)> {
    files.sort_by_key(|held| held.used);
    let (mut segments, mut torn) = (Vec::new(), 0);
    for held in files {
        match Segment::open(directory, &held.name) {
            Ok(segment) => segments.push(segment),
            Err(Trouble::Closed) => {}
            Err(Trouble::Torn) => {
                directory.remove(&held.name)?;
                torn += 1;
            }
        }
    }
    Ok((segments, torn))
}

/// Puts merged segments in the place of their sources. Who is killed between leaves both, which say the same.
fn replace(directory: &Directory, version: u64, sources: &[Source], cap: u64) -> Result<Merged> {
    let merged = merge::merge(directory, version, sources, large(cap))?;
    for source in sources {
        directory.remove(&source.segment.name)?;
    }
    Ok(merged)
}

/// Removes what was not used for the longest time until four fifths of the cap are left; how many files.
fn evict(directory: &Directory, cap: u64) -> Result<usize> {
    let listing = Listing::of(directory)?;
    let mut bytes = listing.bytes();
    if bytes <= cap {
        return Ok(0);
    }
    let mut files: Vec<&Held> = listing.files.iter().filter(|held| held.counts()).collect();
    files.sort_by_key(|held| held.used);
    let mut evicted = 0;
    for held in files {
        if bytes <= cap / 5 * 4 {
            break;
        }
        directory.remove(&held.name)?;
        bytes -= held.length;
        evicted += 1;
    }
    Ok(evicted)
}

/// The lock, unless another process has it.
fn lock(directory: &Directory) -> Result<Option<File>> {
    let file = directory.holder(LOCK)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn wait(directory: &Directory) -> Result<File> {
    for _ in 0..TRIES {
        if let Some(lock) = lock(directory)? {
            return Ok(lock);
        }
        std::thread::sleep(BETWEEN);
    }
    Err(Error::new(ErrorKind::WouldBlock, "another process is tidying the cache"))
}
