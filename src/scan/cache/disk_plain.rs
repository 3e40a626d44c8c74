//! The directory of a cache, where the operating system opens no file below an open directory: by paths, and what is no
//! regular file is refused before it is opened.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{Error, ErrorKind, Result};
#[cfg(not(windows))]
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::held::Meta;

/// A directory that was there.
#[derive(Debug)]
pub(super) struct Directory(PathBuf);

impl Directory {
    /// Opens it; a link is no directory.
    pub(super) fn open(path: &Path) -> Result<Self> {
        match fs::symlink_metadata(path.components().as_path())?.is_dir() {
            true => Ok(Self(path.to_owned())),
            false => Err(Error::from(ErrorKind::NotADirectory)),
        }
    }

    /// Makes it where it is missing.
    pub(super) fn make(path: &Path) -> Result<Self> {
        match Self::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                fs::create_dir_all(path)?;
                Self::open(path)
            }
            opened => opened,
        }
    }

    /// The names of what is in it, in no order.
    pub(super) fn names(&self) -> Result<Vec<String>> {
        let name = |entry: Result<fs::DirEntry>| {
            entry.map(|entry| entry.file_name().to_string_lossy().into_owned())
        };
        fs::read_dir(&self.0)?.map(name).collect()
    }

    /// What has a name; a link is no file.
    pub(super) fn meta(&self, name: &str) -> Result<Meta> {
        Ok(meta(&fs::symlink_metadata(self.0.join(name))?))
    }

    /// A regular file, opened for reading.
    pub(super) fn reader(&self, name: &str) -> Result<(File, Meta)> {
        let meta = self.meta(name)?;
        regular(&meta)?;
        Ok((File::open(self.0.join(name))?, meta))
    }

    /// A regular file to lock, made where it is missing.
    pub(super) fn holder(&self, name: &str) -> Result<File> {
        if let Ok(meta) = self.meta(name) {
            regular(&meta)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).open(self.0.join(name))
    }

    /// A new file.
    pub(super) fn create(&self, name: &str) -> Result<File> {
        OpenOptions::new().write(true).create_new(true).open(self.0.join(name))
    }

    /// Gives a file another name, which it takes from a file that has it.
    pub(super) fn rename(&self, from: &str, to: &str) -> Result<()> {
        fs::rename(self.0.join(from), self.0.join(to))
    }

    /// Removes a file; one that is missing is no error.
    pub(super) fn remove(&self, name: &str) -> Result<()> {
        match fs::remove_file(self.0.join(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

fn meta(meta: &Metadata) -> Meta {
    let modified = meta.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    Meta {
        is_file: meta.is_file(),
        length: meta.len(),
        used: modified.unwrap_or_default().as_secs(),
    }
}

fn regular(meta: &Meta) -> Result<()> {
    let wrong = || Error::new(ErrorKind::InvalidInput, "not a regular file");
    meta.is_file.then_some(()).ok_or_else(wrong)
}

/// So many bytes of a file.
pub(super) fn read_at(file: &File, offset: u64, length: usize) -> Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    fill_at(file, offset, &mut bytes)?;
    Ok(bytes)
}

/// Fills a buffer from a place in a file. Other threads read elsewhere in it, so no cursor is moved.
#[cfg(windows)]
pub(super) fn fill_at(file: &File, mut offset: u64, mut buffer: &mut [u8]) -> Result<()> {
    use std::os::windows::fs::FileExt;
    while !buffer.is_empty() {
        match file.seek_read(buffer, offset)? {
            0 => return Err(Error::from(ErrorKind::UnexpectedEof)),
            read => {
                buffer = buffer.get_mut(read..).unwrap_or_default();
                offset += read as u64;
            }
        }
    }
    Ok(())
}

/// Fills a buffer from a place in a file, one thread at a time: its cursor is moved.
#[cfg(not(windows))]
pub(super) fn fill_at(mut file: &File, offset: u64, buffer: &mut [u8]) -> Result<()> {
    static ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _one = ONE.lock();
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(buffer)
}
