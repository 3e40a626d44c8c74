//! The door for a plan's effects: files, clock, environment, and who may pass. The scan reads the repository itself.

pub mod control;
pub mod folder;
pub mod memory;
pub mod os;
pub mod permission;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use permission::Gate;

use crate::diagnostic::Fault;
use control::Cancel;

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A pipe, socket or device.
    Other,
}

/// One entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name without the directory.
    pub name: String,
    /// What it is, links followed.
    pub kind: FileKind,
    /// Bytes, for files.
    pub size: u64,
}

/// The world outside. Paths are absolute and already allowed by the [`Gate`].
pub trait System: Send + Sync {
    /// The whole file.
    ///
    /// # Errors
    /// As the operating system says; special files are refused.
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>>;
    /// Replaces the file, all of it or nothing.
    ///
    /// # Errors
    /// As the operating system says.
    fn write(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()>;
    /// Writes behind the end of the file, which need not exist.
    ///
    /// # Errors
    /// As the operating system says.
    fn append(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()>;
    /// What the path leads to.
    ///
    /// # Errors
    /// As the operating system says; `NotFound` where nothing is.
    fn kind(&self, path: &Path) -> std::io::Result<FileKind>;
    /// The entries of a directory, sorted by name.
    ///
    /// # Errors
    /// As the operating system says.
    fn entries(&self, directory: &Path) -> std::io::Result<Vec<Entry>>;
    /// The path without links or `..`.
    ///
    /// # Errors
    /// As the operating system says; `NotFound` where nothing is.
    fn canonical(&self, path: &Path) -> std::io::Result<PathBuf>;
    /// Whether the path itself is a symbolic link, wherever it leads.
    ///
    /// # Errors
    /// As the operating system says; `NotFound` where nothing is.
    fn is_link(&self, path: &Path) -> std::io::Result<bool>;
    /// A variable of the environment, if it is set and text.
    fn variable(&self, name: &str) -> Option<String>;
    /// Now.
    fn now(&self) -> jiff::Timestamp;
    /// Waits, unless cancelled.
    ///
    /// # Errors
    /// A fault of kind `abort` or `timeout` when cancelled.
    fn sleep(&self, time: Duration, cancel: &Cancel) -> Result<(), Fault>;
}
