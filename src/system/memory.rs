//! A world in memory, for tests and for plans that must not touch the real one: files, variables, answers of
//! servers, and a clock that stands still but for `sleep`.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result};
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use jiff::Timestamp;

use super::control::Cancel;
use super::net::{Failure, Request, Response};
use super::{Entry, FileKind, System};
use crate::diagnostic::Fault;

/// A world in memory. A directory is there if a file is below it, or if it was made.
#[derive(Debug, Default)]
pub struct Memory {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Contents by path; `None` for directories that were made.
    files: BTreeMap<PathBuf, Option<Vec<u8>>>,
    variables: BTreeMap<String, String>,
    /// Answers by URL.
    answers: BTreeMap<String, Response>,
    now: Timestamp,
    held: Option<u64>,
}

impl Memory {
    /// A world with nothing in it, at 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a file at an absolute path.
    #[must_use]
    pub fn file(self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> Self {
        self.state().files.insert(plain(path.as_ref()), Some(bytes.as_ref().to_vec()));
        self
    }

    /// Makes a directory.
    #[must_use]
    pub fn directory(self, path: impl AsRef<Path>) -> Self {
        self.state().files.insert(plain(path.as_ref()), None);
        self
    }

    /// Says how many bytes of memory the process holds.
    #[must_use]
    pub fn holding(self, bytes: u64) -> Self {
        self.state().held = Some(bytes);
        self
    }

    /// Sets a variable of the environment.
    #[must_use]
    pub fn with_variable(self, name: &str, value: &str) -> Self {
        self.state().variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Puts an answer at a URL, whatever it is asked with.
    #[must_use]
    pub fn with_answer(self, url: &str, answer: Response) -> Self {
        self.state().answers.insert(url.to_owned(), answer);
        self
    }

    /// Sets the clock.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        self.state().now = now;
        self
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change is one assignment, so a thread that panicked left a whole state.
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl State {
    fn kind(&self, path: &Path) -> Result<FileKind> {
        match self.files.get(path) {
            Some(Some(_)) => Ok(FileKind::File),
            Some(None) => Ok(FileKind::Directory),
            None if path.parent().is_none() => Ok(FileKind::Directory),
            None if self
                .files
                .range(path.to_owned()..)
                .next()
                .is_some_and(|(below, _)| below.starts_with(path)) =>
            {
                Ok(FileKind::Directory)
            }
            None => Err(Error::from(ErrorKind::NotFound)),
        }
    }

    fn writable(&self, path: &Path) -> Result<()> {
        if matches!(self.kind(path), Ok(FileKind::Directory)) {
            return Err(Error::from(ErrorKind::IsADirectory));
        }
        let blocked =
            path.ancestors().skip(1).any(|above| matches!(self.kind(above), Ok(FileKind::File)));
        if blocked { Err(Error::from(ErrorKind::NotADirectory)) } else { Ok(()) }
    }
}

impl System for Memory {
    fn read(&self, path: &Path) -> Result<Vec<u8>> {
        let (state, path) = (self.state(), plain(path));
        match state.files.get(&path) {
            Some(Some(bytes)) => Ok(bytes.clone()),
            _ => Err(state
                .kind(&path)
                .map_or_else(|missing| missing, |_| Error::from(ErrorKind::IsADirectory))),
        }
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let (mut state, path) = (self.state(), plain(path));
        state.writable(&path)?;
        state.files.insert(path, Some(bytes.to_vec()));
        Ok(())
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let (mut state, path) = (self.state(), plain(path));
        state.writable(&path)?;
        state.files.entry(path).or_default().get_or_insert_default().extend_from_slice(bytes);
        Ok(())
    }

    fn entry(&self, path: &Path) -> Result<Entry> {
        let (state, path) = (self.state(), plain(path));
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let size = state.files.get(&path).and_then(Option::as_ref).map_or(0, Vec::len) as u64;
        Ok(Entry { name, kind: state.kind(&path)?, size })
    }

    fn entries(&self, directory: &Path) -> Result<Vec<Entry>> {
        let (state, directory) = (self.state(), plain(directory));
        if state.kind(&directory)? != FileKind::Directory {
            return Err(Error::from(ErrorKind::NotADirectory));
        }
        let mut found: BTreeMap<String, Entry> = BTreeMap::new();
        for (path, content) in state.files.range(directory.clone()..) {
            let Ok(rest) = path.strip_prefix(&directory) else { break };
            let mut parts = rest.components();
            let Some(first) = parts.next() else { continue };
            let name = first.as_os_str().to_string_lossy().into_owned();
            let entry = match content {
                Some(bytes) if parts.next().is_none() => {
                    Entry { name: name.clone(), kind: FileKind::File, size: bytes.len() as u64 }
                }
                _ => Entry { name: name.clone(), kind: FileKind::Directory, size: 0 },
            };
            found.entry(name).or_insert(entry);
        }
        Ok(found.into_values().collect())
    }

    fn canonical(&self, path: &Path) -> Result<PathBuf> {
        let path = plain(path);
        self.state().kind(&path).map(|_| path)
    }

    fn is_link(&self, path: &Path) -> Result<bool> {
        self.state().kind(&plain(path)).map(|_| false)
    }

    fn variable(&self, name: &str) -> Option<String> {
        self.state().variables.get(name).cloned()
    }

    fn variables(&self) -> Vec<(String, String)> {
        let state = self.state();
        state.variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    fn held(&self) -> Option<u64> {
        self.state().held
    }

    fn request(&self, request: Request, cancel: &Cancel) -> std::result::Result<Response, Failure> {
        cancel.check().map_err(Failure::Stopped)?;
        let known = self.state().answers.get(&request.url.to_string()).cloned();
        known.ok_or_else(|| Failure::Network("there is no such host".to_owned()))
    }

    fn now(&self) -> Timestamp {
        self.state().now
    }

    fn sleep(&self, time: Duration, cancel: &Cancel) -> std::result::Result<(), Fault> {
        cancel.check()?;
        let mut state = self.state();
        state.now = state.now.checked_add(time).unwrap_or(Timestamp::MAX);
        Ok(())
    }
}

/// The path without `.` and `..`; there are no links here.
fn plain(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            part => clean.push(part),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_in_memory_behaves_like_one_on_a_disk() {
        let world =
            Memory::new().file("/r/a/x.txt", "x").file("/r/a.txt", "y").directory("/r/empty");
        let names: Vec<String> =
            world.entries(Path::new("/r")).unwrap().into_iter().map(|e| e.name).collect();
        assert_eq!(names, ["a", "a.txt", "empty"]);
        assert_eq!(world.kind(Path::new("/r/a/../a")).unwrap(), FileKind::Directory);
        assert_eq!(world.read(Path::new("/r/b")).map_err(|e| e.kind()), Err(ErrorKind::NotFound));
        assert_eq!(
            world.write(Path::new("/r/a.txt/z"), b"").map_err(|e| e.kind()),
            Err(ErrorKind::NotADirectory)
        );
        world.append(Path::new("/r/new"), b"1").unwrap();
        world.append(Path::new("/r/new"), b"2").unwrap();
        assert_eq!(world.read(Path::new("/r/new")).unwrap(), b"12");
    }

    #[test]
    fn sleeping_moves_the_clock_and_takes_no_time() {
        let world = Memory::new();
        world.sleep(Duration::from_secs(3600), &Cancel::new()).unwrap();
        assert_eq!(world.now().as_second(), 3600);
    }
}
