//! The world as the operating system shows it to a plan's actions: where their files are opened, and where the clock and
//! the environment are read.

use std::fs;
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::control::Cancel;
use super::net::{Failure, Request, Response};
use super::{Entry, System, place, web};
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
        let file = place::reader(path)?;
        let size = file.metadata()?.len();
        if size > MAX_FILE {
            return Err(too_large());
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        // Files of pseudo file systems say 0 and have no end.
        file.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MAX_FILE { Err(too_large()) } else { Ok(bytes) }
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        place::replace(path, bytes)
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        place::appender(path)?.write_all(bytes)
    }

    fn entry(&self, path: &Path) -> Result<Entry> {
        place::entry(path)
    }

    fn entries(&self, directory: &Path) -> Result<Vec<Entry>> {
        let mut entries = place::entries(directory)?;
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

    fn variables(&self) -> Vec<(String, String)> {
        let named = std::env::vars_os();
        let mut texts: Vec<_> = named
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        texts.sort();
        texts
    }

    fn held(&self) -> Option<u64> {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kib: u64 = line.trim().trim_end_matches(" kB").trim().parse().ok()?;
        kib.checked_mul(1024)
    }

    fn request(&self, request: Request, cancel: &Cancel) -> std::result::Result<Response, Failure> {
        web::request(request, cancel)
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

fn too_large() -> Error {
    Error::new(ErrorKind::FileTooLarge, format!("larger than {} MiB", MAX_FILE >> 20))
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
