//! What a walk passed over by rule: hidden names and what gitignore files name. The walker does not tell, so the
//! directories it entered are listed again and compared with what it met.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use ignore::gitignore::Gitignore;

use super::walk::{Bounds, File, is_wanted, relative};
use crate::languages::Language;

/// A name that begins with a dot.
const HIDDEN: &str = "hidden";
/// A name that a gitignore file rules out.
const IGNORED: &str = "ignored by a gitignore rule";

/// Whether a reason is a rule of the walk: nothing that was asked for is missed.
#[must_use]
pub fn is_rule(reason: &str) -> bool {
    matches!(reason, HIDDEN | IGNORED)
}

/// The source files and directories that lie in the directories `entered` and are not among those `met`; a directory
/// stands for all it holds. The repository's own `.git` is no part of it.
pub(super) fn out(
    bounds: &Bounds,
    exclude: Option<&Gitignore>,
    entered: &[PathBuf],
    met: &HashSet<PathBuf>,
) -> Vec<File> {
    let share = entered.len().div_ceil(bounds.jobs.max(1)).max(1);
    std::thread::scope(|scope| {
        let work = |share: &[PathBuf]| -> Vec<File> {
            share
                .iter()
                .flat_map(|directory| passed_over(bounds, exclude, directory, met))
                .collect()
        };
        let threads: Vec<_> =
            entered.chunks(share).map(|share| scope.spawn(move || work(share))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    })
}

fn passed_over(
    bounds: &Bounds,
    exclude: Option<&Gitignore>,
    directory: &Path,
    met: &HashSet<PathBuf>,
) -> Vec<File> {
    // A directory that cannot be listed was said to be so by the walk.
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name();
        let full = entry.path();
        let Ok(kind) = entry.file_type() else { continue };
        let is_source = || {
            let extension = full.extension().and_then(|e| e.to_str());
            extension.and_then(Language::of_extension).is_some_and(|l| l.is_in(bounds.lang))
        };
        if name == ".git" || !kind.is_dir() && !is_source() || met.contains(&full) {
            continue;
        }
        let Some(path) = relative(&bounds.root, &full) else { continue };
        let is_excluded =
            |globs: &Gitignore| globs.matched_path_or_any_parents(&path, kind.is_dir()).is_ignore();
        if !is_wanted(&bounds.within, &path, kind.is_dir()) || exclude.is_some_and(is_excluded) {
            continue;
        }
        let rule = if name.to_string_lossy().starts_with('.') { HIDDEN } else { IGNORED };
        let barred = Some(rule.to_owned());
        found.push(File { path: path.into(), full, language: None, barred });
    }
    found
}
