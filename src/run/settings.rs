//! Where a run looks: flags before the plan's meta before the defaults of its user before what the working directory
//! says.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Options;
use crate::action::embedded::{entries, problems};
use crate::action::{Args, COMMON, Kind};
use crate::actions::analysis::workspace;
use crate::diagnostic::{Diagnostic, code};
use crate::exec::context::Constants;
use crate::exec::expression::eval;
use crate::facts::needs::Lang;
use crate::source::Span;
use crate::step::meta::Meta;
use crate::syntax::ast::Expr;
use crate::system::control::Progress;
use crate::system::{FileKind, System};
use crate::value::{Value, embedded, show};

/// What was settled.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The plan's title.
    pub title: Option<String>,
    /// Absolute, without links.
    pub root: PathBuf,
    /// The run-wide scope; empty: all of the root.
    pub within: Vec<String>,
    /// Globs left out.
    pub exclude: Vec<String>,
    /// Languages looked at.
    pub lang: Lang,
}

/// What counts where neither the options nor the plan's meta say it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    /// For `@in`.
    pub within: Vec<String>,
    /// Joins what is excluded.
    pub exclude: Vec<String>,
    /// For `@lang`.
    pub lang: Option<String>,
}

/// Files of more bytes are left out where no flag says otherwise.
pub const MAX_FILE_SIZE: u64 = 4 << 20;

impl Settings {
    /// Settles flags and meta.
    ///
    /// # Errors
    /// A root that is no directory, an unknown language, meta that cannot be evaluated.
    pub fn of(
        meta: &Meta,
        options: &Options,
        params: &[(Arc<str>, Value)],
        system: &dyn System,
    ) -> Result<Self, Vec<Diagnostic>> {
        let text = |expr: &Expr| constant(expr, params).map(|text| (text, expr.span));
        let texts = |exprs: &[Expr]| exprs.iter().map(text).collect::<Result<Vec<_>, _>>();
        let flags = |words: &[String]| -> Vec<Placed> {
            words.iter().map(|word| (word.clone(), Span::NOWHERE)).collect()
        };
        let root = match &options.root {
            Some(path) => root(path, system, Span::NOWHERE)?,
            None => match meta.root.as_ref().map(text).transpose()? {
                Some((path, span)) => own_root(&path, system, span)?,
                None => root(&nearest_project(system), system, Span::NOWHERE)?,
            },
        };
        let defaults = &options.defaults;
        let within = match options.within.as_slice() {
            [] if meta.within.is_empty() => flags(&defaults.within),
            [] => texts(&meta.within)?,
            words => flags(words),
        };
        let mut exclude = flags(&defaults.exclude);
        exclude.retain(|(glob, _)| !options.exclude.contains(glob));
        exclude.extend([texts(&meta.exclude)?, flags(&options.exclude)].concat());
        let wrong: Vec<Diagnostic> = within
            .iter()
            .filter_map(|place| outside(place, &root, system))
            .chain(exclude.iter().flat_map(glob_faults))
            .collect();
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let globs = |text: &str| -> Vec<String> {
            entries(text).into_iter().map(|range| text[range].to_owned()).collect()
        };
        Ok(Self {
            title: meta.title.as_ref().map(text).transpose()?.map(|(title, _)| title),
            root,
            within: within.into_iter().map(|(path, _)| path).collect(),
            exclude: exclude.iter().flat_map(|(text, _)| globs(text)).collect(),
            lang: language(meta, options, params)?,
        })
    }

    /// What the scan is told.
    #[must_use]
    pub fn scan(&self, options: &Options, progress: Arc<dyn Progress>) -> workspace::Options {
        let cache = options.cache.as_ref().and_then(|cache| left_out(&cache.directory, &self.root));
        workspace::Options {
            root: self.root.clone(),
            within: self.within.clone(),
            exclude: self.exclude.iter().cloned().chain(cache).collect(),
            lang: self.lang,
            jobs: options.jobs,
            max_file_size: options.max_file_size.unwrap_or(MAX_FILE_SIZE),
            python: options.python,
            cache: options.cache.clone(),
            progress,
        }
    }
}

/// A glob that leaves out a directory below the root: the cache is no part of a repository, wherever it lies.
fn left_out(directory: &Path, root: &Path) -> Option<String> {
    let mut glob = String::new();
    for part in directory.strip_prefix(root).ok()?.components() {
        glob.push('/');
        for letter in part.as_os_str().to_str()?.chars() {
            if "*?[]{}!#\\ ".contains(letter) {
                glob.push('\\');
            }
            glob.push(letter);
        }
    }
    (!glob.is_empty() && embedded::check_gitignore(&glob).is_ok()).then(|| glob + "/")
}

fn constant(expr: &Expr, params: &[(Arc<str>, Value)]) -> Result<String, Vec<Diagnostic>> {
    match eval(&Constants(params), expr) {
        Ok(value) => Ok(show::plain(&value)),
        Err(fault) => Err(vec![Diagnostic::error(
            fault.code,
            fault.span.unwrap_or(expr.span),
            fault.message.clone(),
        )]),
    }
}

/// A text with its place in the plan; flags have none.
pub type Placed = (String, Span);

/// The directory, absolute and without links.
fn root(chosen: &Path, system: &dyn System, place: Span) -> Result<PathBuf, Vec<Diagnostic>> {
    let found = system.canonical(chosen).and_then(|path| Ok((system.kind(&path)?, path)));
    let message = match found {
        Ok((FileKind::Directory, path)) => return Ok(path),
        Ok(_) => format!("the root `{}` is no directory", chosen.display()),
        Err(error) => format!("the root `{}` cannot be opened: {error}", chosen.display()),
    };
    let help = "name a directory with `--root DIR` or `@root`";
    Err(vec![Diagnostic::error(code::arguments::BAD_ROOT, place, message).help(help)])
}

/// The root a plan names. What lies below a root may be read without a flag, so the plan alone may not choose one beside
/// the project it is run in.
fn own_root(path: &str, system: &dyn System, place: Span) -> Result<PathBuf, Vec<Diagnostic>> {
    let chosen = root(Path::new(path), system, place)?;
    let project = root(&nearest_project(system), system, place)?;
    if chosen.starts_with(&project) {
        return Ok(chosen);
    }
    let message = format!("the root `{path}` lies outside the project `{}`", project.display());
    let help = format!("allow it with `--root={path}`");
    Err(vec![Diagnostic::error(code::system::READ_REFUSED, place, message).help(help)])
}

/// The root that a plan names, if it names one that it may look at.
#[must_use]
pub(super) fn stated_root(
    meta: &Meta,
    params: &[(Arc<str>, Value)],
    system: &dyn System,
) -> Option<PathBuf> {
    let path = constant(meta.root.as_ref()?, params).ok()?;
    own_root(&path, system, Span::NOWHERE).ok()
}

/// What is wrong with a path of the run-wide scope; `root` is absolute and without links.
#[must_use]
pub fn outside((path, place): &Placed, root: &Path, system: &dyn System) -> Option<Diagnostic> {
    let (code, message) = match system.canonical(&root.join(path)) {
        Ok(found) if found.starts_with(root) => return None,
        Ok(_) => (
            code::scan::OUTSIDE_ROOT,
            format!("`{path}` lies outside the root `{}`", root.display()),
        ),
        Err(_) => (
            code::scan::MISSING,
            format!("nothing lies at `{path}` below the root `{}`", root.display()),
        ),
    };
    Some(
        Diagnostic::error(code, *place, message)
            .help("paths of `@in` and `--in` are relative to the root"),
    )
}

/// What is wrong with globs of what is left out.
#[must_use]
pub fn glob_faults((text, place): &Placed) -> Vec<Diagnostic> {
    let exclude = COMMON.iter().find(|param| param.kind == Kind::Globs);
    let faults = exclude.map_or_else(Vec::new, |param| problems(param, text, &Args::default()));
    faults.into_iter().map(|fault| Diagnostic::error(fault.code, *place, fault.message)).collect()
}

/// The language of the flag, else of the plan, else the default.
fn language(
    meta: &Meta,
    options: &Options,
    params: &[(Arc<str>, Value)],
) -> Result<Lang, Vec<Diagnostic>> {
    let (name, place) = match (&options.lang, &meta.lang, &options.defaults.lang) {
        (Some(lang), _, _) | (None, None, Some(lang)) => (lang.clone(), Span::NOWHERE),
        (None, Some(expr), _) => (constant(expr, params)?, expr.span),
        (None, None, None) => return Ok(Lang::Auto),
    };
    Lang::parse(&name).ok_or_else(|| vec![unknown_lang(&name, place)])
}

/// The directory a plan without a root of its own looks at: the one given, else the nearest project.
#[must_use]
pub fn likely_root(given: Option<&Path>, system: &dyn System) -> PathBuf {
    given.map_or_else(|| nearest_project(system), Path::to_path_buf)
}

/// The nearest directory upwards that looks like a project, else the working directory.
fn nearest_project(system: &dyn System) -> PathBuf {
    let marked = |path: &Path| {
        [".git", "pyproject.toml", "Cargo.toml"]
            .iter()
            .any(|mark| system.kind(&path.join(mark)).is_ok())
    };
    let Ok(here) = system.canonical(Path::new(".")) else { return PathBuf::from(".") };
    here.ancestors().find(|path| marked(path)).map_or_else(|| here.clone(), Path::to_path_buf)
}

fn unknown_lang(lang: &str, place: Span) -> Diagnostic {
    Diagnostic::error(code::arguments::UNKNOWN_LANG, place, format!("unknown language `{lang}`"))
        .help("write `auto`, `python` or `rust`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cache_below_the_root_is_left_out_whatever_it_is_called() {
        let glob = |directory: &str| left_out(Path::new(directory), Path::new("/r"));
        assert_eq!(glob("/r/.cache/of me").as_deref(), Some("/.cache/of\\ me/"));
        assert_eq!(glob("/r/[a]*").as_deref(), Some("/\\[a\\]\\*/"));
        assert_eq!((glob("/r"), glob("/elsewhere"), glob("/rr/a")), (None, None, None));
    }
}
