//! `qplan cache stat|gc|clear`: what is kept of files between runs, and where.

use std::path::PathBuf;

use super::args::Remembered;
use super::state;

/// The directory that the options name, else the one in the user's state directory; absolute.
pub(super) fn directory(remembered: &Remembered) -> Option<PathBuf> {
    let chosen = match &remembered.cache_dir {
        Some(directory) => directory.clone(),
        None => state::directory()?.join("cache"),
    };
    Some(std::path::absolute(&chosen).unwrap_or(chosen))
}
