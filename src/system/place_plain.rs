//! Files by resolved paths, where the operating system opens no path part by part: a link that is put in the way between
//! the check and the use is followed here.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{Error, ErrorKind, Result, Write};
use std::path::Path;

use super::{Entry, FileKind};

/// A regular file, opened for reading.
pub(super) fn reader(path: &Path) -> Result<File> {
    regular(&fs::symlink_metadata(path)?)?;
    File::open(path)
}

/// A regular file, opened for writing behind its end; made with its directories where it is missing.
pub(super) fn appender(path: &Path) -> Result<File> {
    existing(path)?;
    fs::create_dir_all(directory(path))?;
    OpenOptions::new().append(true).create(true).open(path)
}

/// Replaces a regular file, all of it or nothing, and keeps its permissions.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let old = existing(path)?;
    fs::create_dir_all(directory(path))?;
    let mut file = tempfile::Builder::new().prefix(".qplan-").tempfile_in(directory(path))?;
    file.write_all(bytes)?;
    if let Some(old) = old {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// What stands at a path, a link as a link.
pub(super) fn entry(path: &Path) -> Result<Entry> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(shown(name, &fs::symlink_metadata(path)?))
}

/// What a directory holds, in no order.
pub(super) fn entries(path: &Path) -> Result<Vec<Entry>> {
    let entry = |entry: Result<fs::DirEntry>| {
        let entry = entry?;
        Ok(shown(entry.file_name().to_string_lossy().into_owned(), &entry.metadata()?))
    };
    fs::read_dir(path)?.map(entry).collect()
}

fn directory(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

fn existing(path: &Path) -> Result<Option<Metadata>> {
    match fs::symlink_metadata(path) {
        Ok(meta) => regular(&meta).map(|()| Some(meta)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn kind(meta: &Metadata) -> FileKind {
    if meta.is_file() {
        FileKind::File
    } else if meta.is_dir() {
        FileKind::Directory
    } else if meta.is_symlink() {
        FileKind::Link
    } else {
        FileKind::Other
    }
}

fn shown(name: String, meta: &Metadata) -> Entry {
    let kind = kind(meta);
    Entry { name, kind, size: if kind == FileKind::File { meta.len() } else { 0 } }
}

fn regular(meta: &Metadata) -> Result<()> {
    match kind(meta) {
        FileKind::File => Ok(()),
        FileKind::Directory => Err(Error::from(ErrorKind::IsADirectory)),
        FileKind::Link => Err(Error::other("a link has taken the place of the file")),
        FileKind::Other => {
            Err(Error::new(ErrorKind::InvalidInput, "a pipe, socket or device, not a file"))
        }
    }
}
