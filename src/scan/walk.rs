//! The files of the run-wide scope, sorted by path: gitignore's rules, hidden files skipped, links not followed. What is
//! left out is kept with the reason.

use std::fs::FileType;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ignore::gitignore::Gitignore;
use ignore::{DirEntry, WalkBuilder, WalkState};

use super::{ruled, scope};
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{Fault, Kind};
use crate::facts::Language;
use crate::facts::needs::Lang;
use crate::system::control::Cancel;

/// What bounds the walk.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// The root of the repository.
    pub root: PathBuf,
    /// Files and directories below the root as [`scope::below`] writes them; none: all.
    pub within: Vec<String>,
    /// Gitignore globs of files that are left out.
    pub exclude: Vec<String>,
    /// The languages.
    pub lang: Lang,
    /// Threads.
    pub jobs: usize,
}

/// A file of the scope.
#[derive(Clone, Debug)]
pub struct File {
    /// Relative to the root, with `/`.
    pub path: Arc<str>,
    /// Where it lies.
    pub full: PathBuf,
    /// Its language; none for a directory that could not be read or followed.
    pub language: Option<Language>,
    /// Why it is not read.
    pub barred: Option<String>,
}

/// A file that says what a project is: its name, its packages, its versions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Manifest {
    /// Relative to the root, with `/`.
    pub path: Arc<str>,
    /// Where it lies.
    pub full: PathBuf,
}

/// What such files are called.
const MANIFESTS: [&str; 4] = ["pyproject.toml", "setup.cfg", "setup.py", "Cargo.toml"];

/// What a walk met.
#[derive(Debug)]
pub struct Walked {
    /// The files of the scope, sorted by path.
    pub files: Vec<File>,
    /// Files that say what the project is, of the scope and on the way from the root to it, sorted by path.
    pub manifests: Vec<Manifest>,
    /// How many other files the scope holds, of no language that counts.
    pub others: usize,
}

/// Walks the scope.
///
/// # Errors
/// When the root cannot be read, a path of the scope does not exist, or the work was stopped.
pub fn walk(bounds: &Bounds, cancel: &Cancel) -> Result<Walked, Fault> {
    check_paths(bounds)?;
    let exclude = scope::globs(&bounds.exclude)?;
    let (files, others) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    let manifests = Mutex::new(above(bounds));
    let passed = ruled::Passed::new(bounds, exclude.as_ref());
    builder(bounds, exclude.clone()).build_parallel().run(|| {
        Box::new(|entry| {
            if cancel.stopped().is_some() {
                return WalkState::Quit;
            }
            let manifest = entry.as_ref().ok().and_then(|entry| manifest(bounds, entry));
            if let Ok(entry) = &entry
                && passed.is_hidden(entry)
            {
                return WalkState::Skip;
            }
            let met = met(bounds, exclude.as_ref(), entry);
            if let (Some(manifest), Met::File(File { barred: None, .. }) | Met::Other) =
                (manifest, &met)
            {
                lock(&manifests).push(manifest);
            }
            match met {
                Met::File(file) => lock(&files).push(file),
                Met::Other => {
                    others.fetch_add(1, Ordering::Relaxed);
                }
                Met::Nothing => {}
            }
            WalkState::Continue
        })
    });
    cancel.check()?;
    let mut files = files.into_inner().unwrap_or_else(PoisonError::into_inner);
    files.extend(passed.files(&files));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let mut manifests = manifests.into_inner().unwrap_or_else(PoisonError::into_inner);
    manifests.sort();
    manifests.dedup();
    Ok(Walked { files, manifests, others: others.into_inner() })
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The manifest that an entry is.
fn manifest(bounds: &Bounds, entry: &DirEntry) -> Option<Manifest> {
    let is_named = MANIFESTS.iter().any(|name| entry.file_name() == *name);
    if !is_named || !entry.file_type()?.is_file() {
        return None;
    }
    let path = relative(&bounds.root, entry.path())?.into();
    Some(Manifest { path, full: entry.path().to_owned() })
}

/// Manifests between the root and what the scope names; those inside it are met.
fn above(bounds: &Bounds) -> Vec<Manifest> {
    let mut found = Vec::new();
    for base in &bounds.within {
        let mut directory = base.as_str();
        while !directory.is_empty() {
            directory = directory.rsplit_once('/').map_or("", |(above, _)| above);
            for name in MANIFESTS {
                let path = if directory.is_empty() {
                    name.to_owned()
                } else {
                    format!("{directory}/{name}")
                };
                let full = bounds.root.join(&path);
                if std::fs::symlink_metadata(&full).is_ok_and(|meta| meta.is_file()) {
                    found.push(Manifest { path: path.into(), full });
                }
            }
        }
    }
    found
}

fn check_paths(bounds: &Bounds) -> Result<(), Fault> {
    let root = bounds.root.display();
    match std::fs::read_dir(&bounds.root) {
        Ok(_) => {}
        Err(e) => {
            let message = format!("the root `{root}` cannot be read: {}", reason(&e));
            return Err(
                Fault::new(Kind::Scan, codes::ROOT, message).help("`--root` names a directory")
            );
        }
    }
    match bounds.within.iter().find(|path| !bounds.root.join(path).exists()) {
        None => Ok(()),
        Some(path) => Err(Fault::new(
            Kind::Scan,
            codes::MISSING,
            format!("nothing lies at `{path}` below `{root}`"),
        )),
    }
}

/// What an operating system's error says, without its number.
pub(super) fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

/// gitignore files count without a repository too, and those above the root only if it lies inside one: a stray file in
/// a home directory must not empty the scope. The user's own global one is left aside, so answers do not depend on it.
fn builder(bounds: &Bounds, exclude: Option<Gitignore>) -> WalkBuilder {
    let mut builder = WalkBuilder::new(&bounds.root);
    builder
        .threads(bounds.jobs)
        .require_git(false)
        // Hidden entries are met and passed over by `ruled`, which tells of them.
        .hidden(false)
        .git_global(false)
        .parents(is_inside_repository(&bounds.root));
    let (root, within) = (bounds.root.clone(), bounds.within.clone());
    if within.is_empty() && exclude.is_none() {
        return builder;
    }
    builder.filter_entry(move |entry| {
        let Some(path) = relative(&root, entry.path()) else { return true };
        let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
        is_wanted(&within, &path, is_dir)
            && !exclude.as_ref().is_some_and(|globs| is_dir && is_cut(globs, &path))
    });
    builder
}

/// Whether a path lies in the scope, or is a directory on the way to it.
pub(super) fn is_wanted(within: &[String], path: &str, is_dir: bool) -> bool {
    let meets =
        |base: &String| scope::is_below(path, base) || is_dir && scope::is_below(base, path);
    within.is_empty() || within.iter().any(meets)
}

/// A directory is cut only where no later `!glob` can bring back a file of it.
fn is_cut(globs: &Gitignore, path: &str) -> bool {
    globs.num_whitelists() == 0 && globs.matched(path, true).is_ignore()
}

pub(super) fn is_inside_repository(root: &Path) -> bool {
    let Ok(root) = root.canonicalize() else { return false };
    !root.join(".git").exists() && root.ancestors().skip(1).any(|above| above.join(".git").exists())
}

/// Relative with `/`, what is not UTF-8 replaced; none for the root.
pub(super) fn relative(root: &Path, path: &Path) -> Option<String> {
    if let Some(plain) = plain(root, path) {
        return Some(plain.to_owned());
    }
    let path = path.strip_prefix(root).ok()?;
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// The same of what is written below the root as it is to be shown, which is nearly everything.
fn plain<'p>(root: &Path, path: &'p Path) -> Option<&'p str> {
    let below = path.to_str()?.strip_prefix(root.to_str()?)?.strip_prefix('/')?;
    let is_plain = |part: &str| !matches!(part, "" | ".");
    (MAIN_SEPARATOR == '/' && below.split('/').all(is_plain)).then_some(below)
}

/// What an entry is to the scope.
enum Met {
    File(File),
    Other,
    Nothing,
}

fn met(
    bounds: &Bounds,
    exclude: Option<&Gitignore>,
    entry: Result<DirEntry, ignore::Error>,
) -> Met {
    let entry = match entry {
        Ok(entry) => entry,
        Err(error) => return unreadable(bounds, &error).map_or(Met::Nothing, Met::File),
    };
    let (Some(path), Some(kind)) = (relative(&bounds.root, entry.path()), entry.file_type()) else {
        return Met::Nothing;
    };
    if kind.is_dir()
        || exclude.is_some_and(|globs| globs.matched_path_or_any_parents(&path, false).is_ignore())
    {
        return Met::Nothing;
    }
    let language =
        entry.path().extension().and_then(|e| e.to_str()).and_then(Language::of_extension);
    match barred(entry.path(), kind, language) {
        Some(barred) if language.is_none_or(|language| language.is_in(bounds.lang)) => {
            Met::File(File { path: path.into(), full: entry.into_path(), language, barred })
        }
        _ => Met::Other,
    }
}

/// Whether an entry that is no directory counts, and then why it is not read. Pipes and devices are never opened.
fn barred(path: &Path, kind: FileType, language: Option<Language>) -> Option<Option<String>> {
    if kind.is_symlink() {
        let leads_to_directory = std::fs::metadata(path).is_ok_and(|target| target.is_dir());
        return (language.is_some() || leads_to_directory)
            .then(|| Some("a symbolic link, not followed".to_owned()));
    }
    language?;
    Some(match (kind.is_file(), path.to_str()) {
        (false, _) => Some("not a regular file".to_owned()),
        (true, None) => Some("its name is not UTF-8".to_owned()),
        (true, Some(_)) => None,
    })
}

/// A directory that cannot be listed; what only an ignore file did wrong is no file left out.
fn unreadable(bounds: &Bounds, error: &ignore::Error) -> Option<File> {
    let path = path_of(error)?;
    let barred = error.io_error().map(reason)?;
    let shown = relative(&bounds.root, path).unwrap_or_else(|| ".".to_owned());
    Some(File { path: shown.into(), full: path.to_owned(), language: None, barred: Some(barred) })
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        ignore::Error::Partial(errors) => errors.iter().find_map(path_of),
        _ => None,
    }
}
