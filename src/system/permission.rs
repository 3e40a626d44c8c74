//! Who may pass: every effect of a plan is asked here, and refused with the name of the flag that allows it.

use std::path::PathBuf;

/// What the flags allow.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    /// Reading below it is always allowed.
    pub root: PathBuf,
    /// `--allow-read`.
    pub read: Vec<PathBuf>,
    /// `--allow-write`.
    pub write: Vec<PathBuf>,
    /// `--allow-net`.
    pub net: Vec<String>,
    /// `--allow-env`.
    pub env: bool,
    /// `--allow-run`.
    pub run: bool,
}
