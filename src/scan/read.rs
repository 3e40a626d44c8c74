//! A file is read once and pinned by its hash for the run.

use std::fs::File as Handle;
use std::io::Read;
use std::path::Path;

use super::stamp::Stamp;
use super::walk;
use crate::facts::Language;
use crate::languages::encoding;

/// What one reading of a file gave.
pub struct Reading {
    /// Of its bytes.
    pub hash: blake3::Hash,
    /// How many those are.
    pub size: u64,
    /// What the file system said of it when it had been read.
    pub stamp: Option<Stamp>,
    /// Its text, or why it has none.
    pub text: Result<String, String>,
}

/// Reads a regular file of at most `limit` bytes.
///
/// # Errors
/// In a few words, why it could not be read.
pub fn read(path: &Path, language: Language, limit: u64) -> Result<Reading, String> {
    let (bytes, stamp) = stamped(path, limit)?;
    let (hash, size) = (blake3::hash(&bytes), bytes.len() as u64);
    Ok(Reading { hash, size, stamp, text: encoding::decode(bytes, language) })
}

/// Reads a regular file of at most `limit` bytes as it is.
///
/// # Errors
/// In a few words, why it could not be read.
pub fn bytes(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    stamped(path, limit).map(|(bytes, _)| bytes)
}

fn stamped(path: &Path, limit: u64) -> Result<(Vec<u8>, Option<Stamp>), String> {
    // The kind is asked again right before the file is opened: opening a pipe would wait for its writer.
    let meta = std::fs::symlink_metadata(path).map_err(|e| walk::reason(&e))?;
    if !meta.is_file() {
        return Err("not a regular file".to_owned());
    }
    if meta.len() > limit {
        return Err(too_large(meta.len(), limit));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0).saturating_add(1));
    let handle = Handle::open(path).map_err(|e| walk::reason(&e))?;
    let mut most = handle.take(limit.saturating_add(1));
    most.read_to_end(&mut bytes).map_err(|e| walk::reason(&e))?;
    if bytes.len() as u64 > limit {
        return Err(too_large(bytes.len() as u64, limit));
    }
    let stamp = most.get_ref().metadata().ok().and_then(|meta| Stamp::of(&meta));
    Ok((bytes, stamp))
}

fn too_large(size: u64, limit: u64) -> String {
    format!("{size} bytes, over the limit of {limit}")
}
