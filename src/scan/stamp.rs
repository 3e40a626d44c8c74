//! What a file system says of a file without reading it, and whether it can be believed. Knows nothing of what files hold.

use std::fs::Metadata;
use std::path::Path;
use std::time::{Duration, SystemTime};

use bitcode::{Decode, Encode};

/// What a file system says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Stamp {
    size: u64,
    /// When it was written last, in nanoseconds since 1970.
    modified: i64,
    /// When anything of it changed, a name or a mode too; 0 where that is not told.
    changed: i64,
    device: u64,
    inode: u64,
}

impl Stamp {
    /// Bytes of the file.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// As an open file says it; none where its times cannot be told.
    #[must_use]
    pub fn of(meta: &Metadata) -> Option<Self> {
        stamp(meta)
    }
}

/// A stamp, and whether it tells the next change.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// What was said.
    pub stamp: Stamp,
    /// It changed so shortly before it was looked at that another change could bear the same times; git calls such an
    /// entry racy.
    pub is_young: bool,
}

/// The coarsest clock of a file system in use (FAT) ticks every two seconds.
const TICK: Duration = if cfg!(test) { OF_TESTS } else { Duration::from_secs(2) };

/// Tests sleep for it; no file system they run on is as coarse.
const OF_TESTS: Duration = Duration::from_millis(100);

impl Look {
    /// At the path itself, links not followed; none where nothing is.
    #[must_use]
    pub fn at(path: &Path) -> Option<Self> {
        let now = nanoseconds(SystemTime::now());
        let stamp = stamp(&std::fs::symlink_metadata(path).ok()?)?;
        let tick = i64::try_from(TICK.as_nanos()).unwrap_or(i64::MAX);
        let is_young = stamp.modified.max(stamp.changed).saturating_add(tick) >= now;
        Some(Self { stamp, is_young })
    }
}

#[cfg(unix)]
fn stamp(meta: &Metadata) -> Option<Stamp> {
    use std::os::unix::fs::MetadataExt;
    let time = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
    Some(Stamp {
        size: meta.len(),
        modified: time(meta.mtime(), meta.mtime_nsec()),
        changed: time(meta.ctime(), meta.ctime_nsec()),
        device: meta.dev(),
        inode: meta.ino(),
    })
}

#[cfg(not(unix))]
fn stamp(meta: &Metadata) -> Option<Stamp> {
    let modified = nanoseconds(meta.modified().ok()?);
    Some(Stamp { size: meta.len(), modified, changed: 0, device: 0, inode: 0 })
}

/// Since 1970; what lies before is 0, and what lies centuries ahead is as late as can be told.
fn nanoseconds(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}
