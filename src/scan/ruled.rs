//! What a walk passes over by rule: hidden names, which it meets, and what gitignore files name, of which the walker does
//! not tell: the directories below such a file are listed again and compared with what was met.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ignore::DirEntry;
use ignore::gitignore::Gitignore;

use super::scope;
use super::walk::{Bounds, File, is_inside_repository, is_wanted, relative};
use crate::facts::Language;

/// A name that begins with a dot.
const HIDDEN: &str = "hidden";
/// A name that a gitignore file rules out.
const IGNORED: &str = "ignored by a gitignore rule";

/// Whether a reason is a rule of the walk: nothing that was asked for is missed.
#[must_use]
pub fn is_rule(reason: &str) -> bool {
    matches!(reason, HIDDEN | IGNORED)
}

/// Watches a walk from any of its threads.
pub(super) struct Passed<'a> {
    bounds: &'a Bounds,
    exclude: Option<&'a Gitignore>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    hidden: Vec<File>,
    /// Directories that hold a gitignore file.
    ruled: Vec<PathBuf>,
    /// Directories that were entered.
    directories: Vec<PathBuf>,
}

impl<'a> Passed<'a> {
    pub(super) fn new(bounds: &'a Bounds, exclude: Option<&'a Gitignore>) -> Self {
        Self { bounds, exclude, seen: Mutex::default() }
    }

    /// Takes note of an entry, and whether it is to be passed over because its name is hidden. What the scope names
    /// itself is not hidden, nor is the root.
    pub(super) fn is_hidden(&self, entry: &DirEntry) -> bool {
        let (name, full) = (entry.file_name(), entry.path());
        let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
        let path = if has_dot(name) { relative(&self.bounds.root, full) } else { None };
        let is_named =
            |path: &str| self.bounds.within.iter().any(|base| scope::is_below(base, path));
        let Some(path) = path.filter(|path| !is_named(path)) else {
            if is_dir {
                self.seen().directories.push(full.to_owned());
            }
            return false;
        };
        if name == ".gitignore" || name == ".ignore" {
            self.seen().ruled.extend(full.parent().map(Path::to_owned));
        }
        if name != ".git"
            && self.counts(Path::new(name), is_dir)
            && !self.is_excluded(&path, is_dir)
        {
            self.seen().hidden.push(file(path, full.to_owned(), HIDDEN));
        }
        true
    }

    /// The source files and directories that were passed over, where `files` were met; a directory stands for all it
    /// holds.
    pub(super) fn files(&self, files: &[File]) -> Vec<File> {
        let mut seen = self.seen();
        let mut passed = std::mem::take(&mut seen.hidden);
        let everywhere = is_inside_repository(&self.bounds.root) || has_excludes(&self.bounds.root);
        let below = |directory: &&PathBuf| {
            everywhere || seen.ruled.iter().any(|ruled| directory.starts_with(ruled))
        };
        let entered: Vec<&PathBuf> = seen.directories.iter().filter(below).collect();
        if entered.is_empty() {
            return passed;
        }
        let met = files.iter().map(|file| &file.full).chain(&seen.directories);
        let met: HashSet<&Path> = met.map(PathBuf::as_path).collect();
        let met = &met;
        let share = entered.len().div_ceil(self.bounds.jobs.max(1));
        passed.extend(std::thread::scope(|scope| {
            let list = |share: &[&PathBuf]| -> Vec<File> {
                share.iter().flat_map(|directory| self.ignored(directory, met)).collect()
            };
            let threads: Vec<_> =
                entered.chunks(share).map(|share| scope.spawn(move || list(share))).collect();
            threads
                .into_iter()
                .flat_map(|thread| thread.join().unwrap_or_default())
                .collect::<Vec<_>>()
        }));
        passed
    }

    /// What lies in a directory and was not met.
    fn ignored(&self, directory: &Path, met: &HashSet<&Path>) -> Vec<File> {
        // A directory that cannot be listed was said to be so by the walk.
        let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
        let mut found = Vec::new();
        for entry in entries.flatten() {
            let name = entry.file_name();
            let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if has_dot(&name)
                || !self.counts(Path::new(&name), is_dir)
                || met.contains(entry.path().as_path())
            {
                continue;
            }
            let Some(path) = relative(&self.bounds.root, &entry.path()) else { continue };
            let is_in_scope = is_wanted(&self.bounds.within, &path, is_dir);
            if is_in_scope && !self.is_excluded(&path, is_dir) {
                found.push(file(path, entry.path(), IGNORED));
            }
        }
        found
    }

    /// Whether an entry of that name could hold sources: most names are neither a directory's nor a source's.
    fn counts(&self, name: &Path, is_dir: bool) -> bool {
        let extension = || name.extension().and_then(|e| e.to_str());
        let language = || extension().and_then(Language::of_extension);
        is_dir || language().is_some_and(|language| language.is_in(self.bounds.lang))
    }

    fn is_excluded(&self, path: &str, is_dir: bool) -> bool {
        self.exclude
            .is_some_and(|globs| globs.matched_path_or_any_parents(path, is_dir).is_ignore())
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn has_dot(name: &OsStr) -> bool {
    name.as_encoded_bytes().first() == Some(&b'.')
}

fn file(path: String, full: PathBuf, rule: &str) -> File {
    File { path: path.into(), full, language: None, barred: Some(rule.to_owned()) }
}

/// Whether the repository has rules of its own beside the gitignore files: git writes the file with comments only.
fn has_excludes(root: &Path) -> bool {
    let text = std::fs::read_to_string(root.join(".git/info/exclude")).unwrap_or_default();
    text.lines().any(|line| !line.trim().is_empty() && !line.starts_with('#'))
}
