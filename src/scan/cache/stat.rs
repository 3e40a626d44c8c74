//! What a cache's directory holds, and emptying it.

use std::fs;
use std::io::Result;
use std::path::Path;
use std::time::SystemTime;

use super::held::{self, Listing, existing};
use super::names::{Ours, VERSION};
use super::record;
use super::segment::{Segment, Trouble};

/// What a cache's directory holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stat {
    /// Segments of this version.
    pub segments: usize,
    /// Their entries.
    pub entries: u64,
    /// Records of this version.
    pub records: usize,
    /// Bytes of all segments and records, which is what a cap caps.
    pub bytes: u64,
    /// Segments and records that are not as any writer wrote them.
    pub torn: usize,
    /// Segments and records of other versions.
    pub outdated: usize,
    /// Files that are being written, or were when their writer was killed.
    pub unfinished: usize,
    /// Files that are not ours.
    pub foreign: usize,
    /// When what was used longest ago was used, to the hour.
    pub oldest: Option<SystemTime>,
    /// When anything was used last, to the hour.
    pub newest: Option<SystemTime>,
}

/// Counts what a directory holds; nothing where it is missing. Of entries only the index is looked at.
///
/// # Errors
/// As the operating system says.
pub fn stat(directory: &Path) -> Result<Stat> {
    let Some(directory) = existing(directory)? else { return Ok(Stat::default()) };
    let listing = Listing::of(&directory)?;
    let mut stat = Stat { bytes: listing.bytes(), foreign: listing.foreign, ..Stat::default() };
    for held in &listing.files {
        match held.ours {
            Ours::Segment(VERSION) => match Segment::open(&directory, &held.name) {
                Ok(segment) if segment.is_told_right() => {
                    stat.segments += 1;
                    stat.entries += u64::from(segment.header.count);
                }
                Err(Trouble::Closed) => {}
                Ok(_) | Err(Trouble::Torn) => stat.torn += 1,
            },
            Ours::Record(VERSION) if record::is_whole(&directory, &held.name) => stat.records += 1,
            Ours::Record(VERSION) => stat.torn += 1,
            Ours::Segment(_) | Ours::Record(_) => stat.outdated += 1,
            Ours::Part => stat.unfinished += 1,
            Ours::Lock => {}
        }
    }
    let used = || listing.files.iter().filter(|held| held.counts()).map(|held| held.used);
    stat.oldest = used().min().map(held::time);
    stat.newest = used().max().map(held::time);
    Ok(stat)
}

/// What emptying removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cleared {
    /// Segments and records.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Files that are not ours, and were left alone with the directory.
    pub foreign: usize,
}

/// Removes what is ours, whatever its version, and the directory if nothing else is in it.
///
/// # Errors
/// As the operating system says.
pub fn clear(directory: &Path) -> Result<Cleared> {
    let Some(open) = existing(directory)? else { return Ok(Cleared::default()) };
    let listing = Listing::of(&open)?;
    for held in &listing.files {
        open.remove(&held.name)?;
    }
    if listing.foreign == 0 {
        // Somebody may just have put something into it.
        let _ = fs::remove_dir(directory);
    }
    let files = listing.files.iter().filter(|held| held.counts()).count();
    Ok(Cleared { files, bytes: listing.bytes(), foreign: listing.foreign })
}
