//! What lies in a cache's directory: our files with their lengths and when they were last used, and how many are not ours.

use std::io::{ErrorKind, Result};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::disk::Directory;
use super::names::Ours;

/// What is left half written for so long has lost its writer.
const LEFT: Duration = Duration::from_secs(60 * 60);

/// What the file system says of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meta {
    pub is_file: bool,
    pub length: u64,
    /// The second of its last use, since 1970: its time of modification, which use sets.
    pub used: u64,
}

/// A file of ours.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub name: String,
    pub ours: Ours,
    pub length: u64,
    pub used: u64,
}

impl Held {
    /// Whether it is what a killed writer left.
    pub(super) fn is_left(&self) -> bool {
        self.ours == Ours::Part && seconds().saturating_sub(self.used) >= LEFT.as_secs()
    }

    /// Whether it holds what was asked for once.
    pub(super) fn counts(&self) -> bool {
        matches!(self.ours, Ours::Segment(_) | Ours::Record(_))
    }
}

/// What a directory holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Listing {
    /// Our files, by name.
    pub files: Vec<Held>,
    /// Files of others, which are left alone; so is what only has a name like ours.
    pub foreign: usize,
}

impl Listing {
    pub(super) fn of(directory: &Directory) -> Result<Self> {
        let mut listing = Self::default();
        for name in directory.names()? {
            match (Ours::of(&name), directory.meta(&name)) {
                (Some(ours), Ok(Meta { is_file: true, length, used })) => {
                    listing.files.push(Held { name, ours, length, used });
                }
                // Removed since it was listed.
                (Some(_), Err(error)) if error.kind() == ErrorKind::NotFound => {}
                _ => listing.foreign += 1,
            }
        }
        listing.files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(listing)
    }

    /// Bytes of what counts against the cap.
    pub(super) fn bytes(&self) -> u64 {
        self.files.iter().filter(|held| held.counts()).map(|held| held.length).sum()
    }
}

/// The directory, if it is there.
pub(super) fn existing(path: &Path) -> Result<Option<Directory>> {
    match Directory::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        opened => opened.map(Some),
    }
}

/// Now, in seconds since 1970.
pub(super) fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// A second as a time.
pub(super) fn time(seconds: u64) -> SystemTime {
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).unwrap_or(UNIX_EPOCH)
}
