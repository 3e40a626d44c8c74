//! Files and directories whose path begins as typed.

use std::path::Path;

/// What is offered.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Any,
    Directory,
}

/// So many are offered at most.
const MOST: usize = 1_000;

/// Paths relative to `base` that begin with `typed`; directories end with `/`, hidden entries are offered when their
/// dot is typed.
pub(super) fn below(base: &Path, typed: &str, kind: Kind) -> Vec<String> {
    let (directory, name) = match typed.rfind('/') {
        Some(at) => typed.split_at(at + 1),
        None => ("", typed),
    };
    let Ok(entries) = std::fs::read_dir(base.join(directory)) else { return Vec::new() };
    let found = entries.flatten().filter_map(|entry| {
        let found = entry.file_name().to_str()?.to_owned();
        let is_directory = entry.path().is_dir();
        let fits = found.starts_with(name) && (!found.starts_with('.') || name.starts_with('.'));
        let is_wanted = fits && (is_directory || kind == Kind::Any);
        is_wanted.then(|| format!("{directory}{found}{}", if is_directory { "/" } else { "" }))
    });
    found.take(MOST).collect()
}
