//! The directory of a cache: opened once, its files by name below it, no link followed and nothing but regular files
//! opened. Knows no format.

use std::ffi::OsStr;
use std::fs::{DirBuilder, File};
use std::io::{Error, ErrorKind, Result};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, FileExt};
use std::path::Path;

use rustix::buffer::spare_capacity;
use rustix::fs::{self, AtFlags, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::{Errno, pread};

use super::held::Meta;

/// An open directory.
#[derive(Debug)]
pub(super) struct Directory(OwnedFd);

impl Directory {
    /// Opens it; a link is no directory.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        // Without a slash or dot at its end, which would follow a link.
        let path = path.components().as_path();
        Ok(Self(fs::openat(fs::CWD, path, flags, Mode::empty())?))
    }

    /// Makes it where it is missing, for nobody else to read.
    pub(super) fn make(path: &Path) -> Result<Self> {
        match Self::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                DirBuilder::new().recursive(true).mode(0o700).create(path)?;
                Self::open(path)
            }
            opened => opened,
        }
    }

    /// The names of what is in it, in no order.
    pub(super) fn names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.0)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if !matches!(name, b"." | b"..") {
                names.push(OsStr::from_bytes(name).to_string_lossy().into_owned());
            }
        }
        Ok(names)
    }

    /// What has a name; a link is no file.
    pub(super) fn meta(&self, name: &str) -> Result<Meta> {
        Ok(meta(&fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)?))
    }

    /// A regular file, opened for reading.
    pub(super) fn reader(&self, name: &str) -> Result<(File, Meta)> {
        self.opened(name, OFlags::RDONLY)
    }

    /// A regular file to lock, made where it is missing.
    pub(super) fn holder(&self, name: &str) -> Result<File> {
        Ok(self.opened(name, OFlags::RDWR | OFlags::CREATE)?.0)
    }

    /// A new file.
    pub(super) fn create(&self, name: &str) -> Result<File> {
        Ok(self.opened(name, OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL)?.0)
    }

    fn opened(&self, name: &str, how: OFlags) -> Result<(File, Meta)> {
        // Opening a pipe would wait for its other end.
        let flags = how | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = fs::openat(&self.0, name, flags, Mode::from_raw_mode(0o600))?;
        let meta = meta(&fs::fstat(&file)?);
        if meta.is_file {
            Ok((File::from(file), meta))
        } else {
            Err(Error::new(ErrorKind::InvalidInput, "not a regular file"))
        }
    }

    /// Gives a file another name, which it takes from a file that has it.
    pub(super) fn rename(&self, from: &str, to: &str) -> Result<()> {
        Ok(fs::renameat(&self.0, from, &self.0, to)?)
    }

    /// Removes a file; one that is missing is no error.
    pub(super) fn remove(&self, name: &str) -> Result<()> {
        match fs::unlinkat(&self.0, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn meta(stat: &Stat) -> Meta {
    Meta {
        is_file: FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile,
        length: u64::try_from(stat.st_size).unwrap_or(0),
        used: u64::try_from(stat.st_mtime).unwrap_or(0),
    }
}

/// So many bytes of a file, which are not zeroed first.
pub(super) fn read_at(file: &File, offset: u64, length: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length);
    while bytes.len() < length {
        let at = offset + bytes.len() as u64;
        match pread(file, spare_capacity(&mut bytes), at) {
            Ok(0) => return Err(Error::from(ErrorKind::UnexpectedEof)),
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// Fills a buffer from a place in a file.
pub(super) fn fill_at(file: &File, offset: u64, buffer: &mut [u8]) -> Result<()> {
    file.read_exact_at(buffer, offset)
}
