//! The door for a plan's effects: files, clock, environment, and who may pass. The scan reads the repository itself.

pub mod control;
pub mod folder;
pub mod memory;
pub mod net;
pub mod os;
pub mod permission;
#[cfg_attr(unix, path = "place.rs")]
#[cfg_attr(not(unix), path = "place_plain.rs")]
mod place;
pub mod url;
mod web;

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
    /// A symbolic link, wherever it leads.
    Link,
    /// A pipe, socket or device.
    Other,
}

/// One entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name without the directory.
    pub name: String,
    /// What it is, links not followed.
    pub kind: FileKind,
    /// Bytes, for files.
    pub size: u64,
}

/// The world outside. Paths are absolute, without links, and already allowed by the [`Gate`]; one that has become a link
/// since then is an error, so that what is opened is what was allowed.
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
    /// Writes behind the end of the file, which need not exist. After a crash the text may be there, in part, or not.
    ///
    /// # Errors
    /// As the operating system says.
    fn append(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()>;
    /// What stands at the path, links not followed.
    ///
    /// # Errors
    /// As the operating system says; `NotFound` where nothing is.
    fn entry(&self, path: &Path) -> std::io::Result<Entry>;
    /// What kind of thing stands at the path, links not followed.
    ///
    /// # Errors
    /// As [`System::entry`].
    fn kind(&self, path: &Path) -> std::io::Result<FileKind> {
        self.entry(path).map(|entry| entry.kind)
    }
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
    /// Every variable of the environment that is text, sorted by name.
    fn variables(&self) -> Vec<(String, String)>;
    /// Bytes of memory this process holds, where that can be told.
    fn held(&self) -> Option<u64> {
        None
    }
    /// Sends a request and waits for its answer.
    ///
    /// # Errors
    /// Why there is none; stops within 100 ms when cancelled.
    fn request(
        &self,
        request: net::Request,
        cancel: &Cancel,
    ) -> Result<net::Response, net::Failure>;
    /// Now.
    fn now(&self) -> jiff::Timestamp;
    /// Waits, unless cancelled.
    ///
    /// # Errors
    /// A fault of kind `abort` or `timeout` when cancelled.
    fn sleep(&self, time: Duration, cancel: &Cancel) -> Result<(), Fault>;
}
