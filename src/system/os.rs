//! The world as the operating system shows it to a plan's actions: where their files are opened, and where the clock and
//! the environment are read.

use std::fs::{self, Metadata, OpenOptions};
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::control::Cancel;
use super::{Entry, FileKind, System};
use crate::diagnostic::Fault;

/// Greatest file that is read into memory.
pub const MAX_FILE: u64 = 256 << 20;
/// Longest time between two looks at the cancel handle.
const SLICE: Duration = Duration::from_millis(50);

/// The operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Os;

impl System for Os {
    fn read(&self, path: &Path) -> Result<Vec<u8>> {
        let size = regular(fs::metadata(path)?)?.len();
        if size > MAX_FILE {
            return Err(too_large());
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        // Files of pseudo file systems say 0 and have no end.
        fs::File::open(path)?.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_FILE { Err(too_large()) } else { Ok(bytes) }
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let directory =
            path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let old = existing(path)?;
        fs::create_dir_all(directory)?;
        let mut file = temporary(directory)?;
        file.write_all(bytes)?;
        if let Some(old) = old {
            file.as_file().set_permissions(old.permissions())?;
        }
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        existing(path)?;
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)?;
        }
        OpenOptions::new().append(true).create(true).open(path)?.write_all(bytes)
    }

    fn kind(&self, path: &Path) -> Result<FileKind> {
        fs::metadata(path).map(|meta| kind_of(&meta))
    }

    fn entries(&self, directory: &Path) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            // A link that leads nowhere is there, but neither file nor directory.
            let meta = fs::metadata(entry.path()).ok();
            let kind = meta.as_ref().map_or(FileKind::Other, kind_of);
            let size = meta.filter(Metadata::is_file).map_or(0, |meta| meta.len());
            entries.push(Entry {
                name: entry.file_name().to_string_lossy().into_owned(),
                kind,
                size,
            });
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    fn canonical(&self, path: &Path) -> Result<PathBuf> {
        fs::canonicalize(path)
    }

    fn is_link(&self, path: &Path) -> Result<bool> {
        fs::symlink_metadata(path).map(|meta| meta.is_symlink())
    }

    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }

    fn sleep(&self, time: Duration, cancel: &Cancel) -> std::result::Result<(), Fault> {
        let start = cancel.elapsed();
        loop {
            cancel.check()?;
            match time.checked_sub(cancel.elapsed().saturating_sub(start)) {
                None | Some(Duration::ZERO) => return Ok(()),
                Some(left) => {
                    std::thread::sleep(left.min(SLICE).min(cancel.left().unwrap_or(SLICE)))
                }
            }
        }
    }
}

fn kind_of(meta: &Metadata) -> FileKind {
    if meta.is_file() {
        FileKind::File
    } else if meta.is_dir() {
        FileKind::Directory
    } else {
        FileKind::Other
    }
}

/// Opening a pipe waits for its other end, so what a path leads to is asked first.
fn regular(meta: Metadata) -> Result<Metadata> {
    match kind_of(&meta) {
        FileKind::File => Ok(meta),
        FileKind::Directory => Err(Error::from(ErrorKind::IsADirectory)),
        FileKind::Other => {
            Err(Error::new(ErrorKind::InvalidInput, "a pipe, socket or device, not a file"))
        }
    }
}

fn existing(path: &Path) -> Result<Option<Metadata>> {
    match fs::metadata(path) {
        Ok(meta) => regular(meta).map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn too_large() -> Error {
    Error::new(ErrorKind::FileTooLarge, format!("larger than {} MiB", MAX_FILE >> 20))
}

fn temporary(directory: &Path) -> Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".qplan-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any new file: the process's mask takes from it.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_ends_soon_after_an_abort() {
        let cancel = Cancel::new();
        let start = std::time::Instant::now();
        let slept = std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(20));
                cancel.abort();
            });
            Os.sleep(Duration::from_secs(60), &cancel)
        });
        assert!(slept.is_err());
        assert!(start.elapsed() < Duration::from_secs(5));
    }

    #[cfg(unix)]
    #[test]
    fn writing_keeps_the_permissions_and_leaves_nothing_behind() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/run.sh");
        Os.write(&path, b"one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o750)).unwrap();
        Os.write(&path, b"two").unwrap();
        Os.append(&path, b"!").unwrap();
        assert_eq!(Os.read(&path).unwrap(), b"two!");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o750);
        assert_eq!(Os.entries(&dir.path().join("new")).unwrap().len(), 1);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn devices_and_directories_are_refused_without_opening_them() {
        assert!(Os.read(Path::new("/dev/zero")).is_err());
        assert!(Os.write(Path::new("/dev/null"), b"x").is_err());
        assert!(Os.append(Path::new("/dev/null"), b"x").is_err());
        assert_eq!(Os.read(Path::new("/")).map_err(|e| e.kind()), Err(ErrorKind::IsADirectory));
    }
}
