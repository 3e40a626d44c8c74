//! Which files a question is about: paths below the root, and gitignore globs with one matcher for all.

use std::path::{Component, Path};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::walk::File;
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{Fault, Kind};
use crate::facts::Language;
use crate::facts::needs::{Around, Lang, Scope};
use crate::value::embedded;

/// A path below `root` as rows show it: relative, with `/`, empty for the root itself.
///
/// # Errors
/// When the path leads out of the root.
pub fn below(root: &Path, written: &str) -> Result<String, Fault> {
    let path = Path::new(written);
    let relative = if path.is_absolute() { strip(root, path) } else { Some(path) };
    let outside = || {
        let message = format!("`{written}` lies outside the root `{}`", root.display());
        Fault::new(Kind::Argument, codes::OUTSIDE_ROOT, message)
            .help("give a path below the root, or another `--root`")
    };
    let mut parts: Vec<&str> = Vec::new();
    for component in relative.ok_or_else(outside)?.components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str().ok_or_else(outside)?),
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop().ok_or_else(outside)?;
            }
            Component::RootDir | Component::Prefix(_) => return Err(outside()),
        }
    }
    Ok(parts.join("/"))
}

fn strip<'p>(root: &Path, path: &'p Path) -> Option<&'p Path> {
    let real = root.canonicalize().ok();
    path.strip_prefix(root).ok().or_else(|| path.strip_prefix(real?).ok())
}

/// Whether `path` is `base` or lies below it; both as [`below`] writes them.
#[must_use]
pub fn is_below(path: &str, base: &str) -> bool {
    base.is_empty()
        || path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A scope, compiled.
#[derive(Debug)]
pub struct Area {
    around: Vec<Narrow>,
    within: String,
    exclude: Option<Gitignore>,
    globs: Option<Globs>,
    lang: Lang,
}

/// What a module's call lets its actions see, compiled.
#[derive(Debug)]
struct Narrow {
    within: Vec<String>,
    exclude: Option<Gitignore>,
    lang: Lang,
}

#[derive(Debug)]
struct Globs {
    matcher: Gitignore,
    /// Whether a glob without `!` is among them, so that only what matches is kept.
    is_choice: bool,
}

impl Area {
    /// Compiles a scope.
    ///
    /// # Errors
    /// When its path leads out of the root or a glob cannot be read.
    pub fn new(root: &Path, scope: &Scope) -> Result<Self, Fault> {
        let is_choice = scope.globs.iter().any(|glob| !glob.starts_with('!'));
        Ok(Self {
            around: scope
                .around
                .iter()
                .map(|one| Narrow::new(root, one))
                .collect::<Result<_, _>>()?,
            within: scope
                .within
                .as_deref()
                .map_or_else(|| Ok(String::new()), |path| below(root, path))?,
            exclude: globs(&scope.exclude)?,
            globs: globs(&scope.globs)?.map(|matcher| Globs { matcher, is_choice }),
            lang: scope.language(),
        })
    }

    /// Whether the file counts.
    #[must_use]
    pub fn holds(&self, file: &File) -> bool {
        file.language.is_none_or(|language| self.takes(language)) && self.holds_path(&file.path)
    }

    /// Whether the file would count if it were of another language.
    #[must_use]
    pub fn holds_other(&self, file: &File) -> bool {
        file.language.is_some_and(|language| !self.takes(language)) && self.holds_path(&file.path)
    }

    fn takes(&self, language: Language) -> bool {
        language.is_in(self.lang) && self.around.iter().all(|around| language.is_in(around.lang))
    }

    /// Whether every path counts.
    #[must_use]
    pub const fn is_everything(&self) -> bool {
        let is_open = self.exclude.is_none() && self.globs.is_none() && self.around.is_empty();
        is_open && self.within.is_empty()
    }

    /// The languages that count.
    #[must_use]
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    fn holds_path(&self, path: &str) -> bool {
        is_below(path, &self.within)
            && !self.exclude.as_ref().is_some_and(|globs| excludes(globs, path))
            && self.around.iter().all(|around| around.holds(path))
            && self.globs.as_ref().is_none_or(|globs| globs.keep(path))
    }
}

fn excludes(globs: &Gitignore, path: &str) -> bool {
    globs.matched_path_or_any_parents(path, false).is_ignore()
}

impl Narrow {
    fn new(root: &Path, around: &Around) -> Result<Self, Fault> {
        let within = around.within.iter().map(|path| below(root, path));
        let exclude = globs(&around.exclude)?;
        Ok(Self { within: within.collect::<Result<_, _>>()?, exclude, lang: around.lang })
    }

    fn holds(&self, path: &str) -> bool {
        (self.within.is_empty() || self.within.iter().any(|base| is_below(path, base)))
            && !self.exclude.as_ref().is_some_and(|globs| excludes(globs, path))
    }
}

impl Globs {
    fn keep(&self, path: &str) -> bool {
        let found = self.matcher.matched_path_or_any_parents(path, false);
        if self.is_choice { found.is_ignore() } else { !found.is_whitelist() }
    }
}

/// One matcher of gitignore globs, rooted at the root; none for an empty list.
///
/// # Errors
/// When a glob cannot be read.
pub fn globs(list: &[String]) -> Result<Option<Gitignore>, Fault> {
    if list.is_empty() {
        return Ok(None);
    }
    let mut builder = GitignoreBuilder::new("");
    for glob in list {
        embedded::check_gitignore(glob).map_err(|reason| unreadable(glob, &reason))?;
        builder.add_line(None, glob).map_err(|e| bad_glob(glob, &e))?;
    }
    builder.build().map(Some).map_err(|e| bad_glob(&list.join(", "), &e))
}

fn bad_glob(glob: &str, error: &ignore::Error) -> Fault {
    match error {
        ignore::Error::Glob { err, .. } => unreadable(glob, err),
        _ => unreadable(glob, &error.to_string()),
    }
}

fn unreadable(glob: &str, reason: &str) -> Fault {
    let shown: String = glob.chars().take(80).collect();
    let message = format!("the glob `{shown}` cannot be read: {reason}");
    Fault::new(Kind::Argument, codes::GLOB, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_plain_and_kept_inside() {
        let root = Path::new("/r");
        assert_eq!(below(root, "./a//b/../c/").unwrap(), "a/c");
        assert_eq!(below(root, "/r/a").unwrap(), "a");
        assert_eq!(below(root, ".").unwrap(), "");
        assert!(below(root, "a/../../b").is_err());
        assert!(below(root, "/etc").is_err());
        assert!(is_below("src/a.py", "src") && !is_below("srcs/a.py", "src") && is_below("a", ""));
    }

    #[test]
    fn a_glob_that_a_check_refuses_is_refused_by_the_scan() {
        for glob in ["[x".to_owned(), "?".repeat(embedded::LONGEST_GLOB + 1)] {
            assert_eq!(embedded::glob_flaws(&glob).len(), 1);
            assert_eq!(globs(&[glob]).map(|_| ()).unwrap_err().code, codes::GLOB);
        }
    }

    #[test]
    fn globs_are_those_of_gitignore() {
        let area = |exclude: &[&str], globs: &[&str]| {
            let list = |items: &[&str]| items.iter().map(|&s| s.to_owned()).collect();
            let scope = Scope { exclude: list(exclude), globs: list(globs), ..Scope::default() };
            Area::new(Path::new("/r"), &scope).unwrap()
        };
        assert!(!area(&["tests/**"], &[]).holds_path("tests/a/b.py"));
        assert!(!area(&["tests"], &[]).holds_path("x/tests/b.py"));
        assert!(area(&["/tests"], &[]).holds_path("x/tests/b.py"));
        assert!(area(&["*.py", "!keep.py"], &[]).holds_path("a/keep.py"));
        assert!(area(&[], &["src/**", "!src/gen/**"]).holds_path("src/a.py"));
        assert!(!area(&[], &["src/**", "!src/gen/**"]).holds_path("src/gen/a.py"));
        assert!(!area(&[], &["src/**"]).holds_path("a.py"));
        assert!(area(&[], &["!gen/**"]).holds_path("a.py"));
    }
}
