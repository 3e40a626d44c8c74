//! Files by resolved paths: each part is opened below the one before it and no link is followed, so what is opened is what
//! the gate allowed, whatever has been put in its place since.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Error, ErrorKind, Result, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, absolute};
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::{self, AtFlags, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::{Entry, FileKind};

/// How often another name is tried for a new file.
const TRIES: u32 = 100;

/// A directory that only leads on: it need not be readable.
#[cfg(target_os = "linux")]
const THROUGH: OFlags = OFlags::PATH;
/// A directory that only leads on.
#[cfg(not(target_os = "linux"))]
const THROUGH: OFlags = OFlags::RDONLY;

/// Whether directories that are missing are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    Refused,
    Made,
}

/// A regular file, opened for reading.
pub(super) fn reader(path: &Path) -> Result<File> {
    let (above, name) = parent(path, Missing::Refused)?;
    regular(&stat(&above, &name)?)?;
    opened(&above, &name, OFlags::RDONLY)
}

/// A regular file, opened for writing behind its end; made with its directories where it is missing.
pub(super) fn appender(path: &Path) -> Result<File> {
    let (above, name) = parent(path, Missing::Made)?;
    if let Some(old) = existing(&above, &name)? {
        regular(&old)?;
    }
    opened(&above, &name, OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE)
}

/// Replaces a regular file, all of it or nothing, and keeps its permissions: a new file is written beside it, synced, and
/// given its name.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let (above, name) = parent(path, Missing::Made)?;
    let old = existing(&above, &name)?;
    old.as_ref().map_or(Ok(()), regular)?;
    let (mut file, beside) = temporary(&above)?;
    let written = file.write_all(bytes).and_then(|()| {
        if let Some(old) = &old {
            fs::fchmod(&file, Mode::from_raw_mode(old.st_mode))?;
        }
        file.sync_all()?;
        Ok(fs::renameat(&above, &beside, &above, &name)?)
    });
    if written.is_err() {
        // What cannot be removed was not made by a step that failed here.
        let _ = fs::unlinkat(&above, &beside, AtFlags::empty());
        return written;
    }
    // The new name is synced where the file system can.
    if let Ok(directory) = fs::openat(&above, ".", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
    {
        let _ = fs::fsync(directory);
    }
    Ok(())
}

/// What stands at a path, a link as a link.
pub(super) fn entry(path: &Path) -> Result<Entry> {
    if path.parent().is_none() {
        return Ok(Entry { name: String::new(), kind: FileKind::Directory, size: 0 });
    }
    let (above, name) = parent(path, Missing::Refused)?;
    Ok(shown(&name, &stat(&above, &name)?))
}

/// What a directory holds, in no order.
pub(super) fn entries(path: &Path) -> Result<Vec<Entry>> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let directory = if path.parent().is_none() {
        fs::openat(fs::CWD, path, flags, Mode::empty())?
    } else {
        let (above, name) = parent(path, Missing::Refused)?;
        if kind(&stat(&above, &name)?) != FileKind::Directory {
            return Err(Error::from(ErrorKind::NotADirectory));
        }
        fs::openat(&above, &name, flags, Mode::empty()).map_err(changed)?
    };
    let mut found = Vec::new();
    for read in Dir::read_from(&directory)? {
        let read = read?;
        let name = OsStr::from_bytes(read.file_name().to_bytes());
        if matches!(name.as_bytes(), b"." | b"..") {
            continue;
        }
        match stat(&directory, name) {
            Ok(stat) => found.push(shown(name, &stat)),
            // Removed since it was listed.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// The directory of a path, opened part by part, and the last part.
fn parent(path: &Path, missing: Missing) -> Result<(OwnedFd, OsString)> {
    let path = absolute(path)?;
    let name = path.file_name().ok_or(ErrorKind::IsADirectory)?.to_owned();
    let flags = THROUGH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut at = fs::openat(fs::CWD, "/", flags, Mode::empty())?;
    for part in path.parent().into_iter().flat_map(Path::components) {
        let part = match part {
            Component::RootDir => continue,
            Component::Normal(part) => part,
            _ => return Err(Error::new(ErrorKind::InvalidInput, "the path is not resolved")),
        };
        at = match fs::openat(&at, part, flags, Mode::empty()) {
            Err(Errno::NOENT) if missing == Missing::Made => {
                match fs::mkdirat(&at, part, Mode::from_raw_mode(0o777)) {
                    Ok(()) | Err(Errno::EXIST) => {}
                    Err(error) => return Err(error.into()),
                }
                fs::openat(&at, part, flags, Mode::empty()).map_err(changed)?
            }
            Err(Errno::NOTDIR | Errno::LOOP) if is_link(&at, part) => return Err(taken()),
            next => next?,
        };
    }
    Ok((at, name))
}

/// Opens a file that is regular, or new. Opening a pipe would wait for its other end.
fn opened(above: &OwnedFd, name: &OsStr, how: OFlags) -> Result<File> {
    let flags = how | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = fs::openat(above, name, flags, Mode::from_raw_mode(0o666)).map_err(changed)?;
    regular(&fs::fstat(&file)?)?;
    Ok(File::from(file))
}

/// A new file with a name of its own, with the permissions of any new file.
fn temporary(above: &OwnedFd) -> Result<(File, OsString)> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    for _ in 0..TRIES {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = OsString::from(format!(".qplan-{}-{number}", std::process::id()));
        match fs::openat(above, &name, flags, Mode::from_raw_mode(0o666)) {
            Err(Errno::EXIST) => {}
            opened => return Ok((File::from(opened?), name)),
        }
    }
    Err(Error::from(ErrorKind::AlreadyExists))
}

fn stat(above: impl AsFd, name: &OsStr) -> Result<Stat> {
    Ok(fs::statat(above, name, AtFlags::SYMLINK_NOFOLLOW)?)
}

fn existing(above: &OwnedFd, name: &OsStr) -> Result<Option<Stat>> {
    match stat(above, name) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

fn is_link(above: &OwnedFd, name: &OsStr) -> bool {
    stat(above, name).is_ok_and(|stat| kind(&stat) == FileKind::Link)
}

fn kind(stat: &Stat) -> FileKind {
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => FileKind::File,
        FileType::Directory => FileKind::Directory,
        FileType::Symlink => FileKind::Link,
        _ => FileKind::Other,
    }
}

fn shown(name: &OsStr, stat: &Stat) -> Entry {
    let kind = kind(stat);
    let size = if kind == FileKind::File { u64::try_from(stat.st_size).unwrap_or(0) } else { 0 };
    Entry { name: name.to_string_lossy().into_owned(), kind, size }
}

fn regular(stat: &Stat) -> Result<()> {
    match kind(stat) {
        FileKind::File => Ok(()),
        FileKind::Directory => Err(Error::from(ErrorKind::IsADirectory)),
        FileKind::Link => Err(taken()),
        FileKind::Other => {
            Err(Error::new(ErrorKind::InvalidInput, "a pipe, socket or device, not a file"))
        }
    }
}

/// A link where none may be says so; it is the one thing that opens with this error here.
fn changed(error: Errno) -> Error {
    if error == Errno::LOOP { taken() } else { error.into() }
}

fn taken() -> Error {
    Error::other("a link has taken the place of a part of the path")
}
