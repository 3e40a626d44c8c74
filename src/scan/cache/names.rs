//! What the files of a cache are called. A file with another name is not ours, whatever is in it.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// The digest of the sources that say what an entry is (`build.rs`).
pub(super) const VERSION: u64 = match u64::from_str_radix(env!("QPLAN_SOURCES"), 16) {
    Ok(version) => version,
    Err(_) => panic!("the build script gives sixteen digits"),
};

/// The file that is locked while segments are merged and removed.
pub(super) const LOCK: &str = "lock";

/// What a file of ours is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ours {
    /// Entries that a version published.
    Segment(u64),
    /// A document that a version keeps.
    Record(u64),
    /// What is being written, or was when its writer was killed.
    Part,
    Lock,
}

impl Ours {
    /// What a file of this name is; `None` if it is not ours.
    pub(super) fn of(name: &str) -> Option<Self> {
        if name == LOCK {
            return Some(Self::Lock);
        }
        let (stem, kind) = name.split_once('.')?;
        let (version, number) = stem.split_once('-')?;
        let version = digits(version)?;
        digits(number)?;
        match kind {
            "segment" => Some(Self::Segment(version)),
            "record" => Some(Self::Record(version)),
            "part" => Some(Self::Part),
            _ => None,
        }
    }
}

/// A number as it is written here: sixteen digits, small letters.
fn digits(text: &str) -> Option<u64> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let are_digits = text.len() == 16 && text.bytes().all(is_digit);
    are_digits.then(|| u64::from_str_radix(text, 16).ok()).flatten()
}

pub(super) fn segment(version: u64, stamp: u64) -> String {
    format!("{version:016x}-{stamp:016x}.segment")
}

pub(super) fn record(version: u64, number: u64) -> String {
    format!("{version:016x}-{number:016x}.record")
}

pub(super) fn part(version: u64, stamp: u64) -> String {
    format!("{version:016x}-{stamp:016x}.part")
}

/// A number that no other process and no other moment gives.
pub(super) fn stamp() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    // The standard library's hash maps are seeded by the system's randomness.
    RandomState::new().hash_one((std::process::id(), now, NEXT.fetch_add(1, Ordering::Relaxed)))
}
