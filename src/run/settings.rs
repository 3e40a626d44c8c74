//! Where a run looks: flags before the plan's meta before what the working directory says.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Options;
use super::params::Constants;
use crate::actions::analysis::workspace;
use crate::diagnostic::{Diagnostic, code};
use crate::exec::expression::eval;
use crate::facts::needs::Lang;
use crate::source::Span;
use crate::step::meta::Meta;
use crate::syntax::ast::Expr;
use crate::system::control::Progress;
use crate::system::{FileKind, System};
use crate::value::{Value, show};

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
        let text = |expr: &Expr| constant(expr, params);
        let texts = |exprs: &[Expr]| exprs.iter().map(text).collect::<Result<Vec<_>, _>>();
        let written = meta.root.as_ref().map(text).transpose()?;
        let wanted = options.root.clone().or_else(|| written.map(PathBuf::from));
        let within =
            if options.within.is_empty() { texts(&meta.within)? } else { options.within.clone() };
        let mut exclude = texts(&meta.exclude)?;
        exclude.extend(options.exclude.iter().cloned());
        let lang = match &options.lang {
            Some(lang) => lang.clone(),
            None => meta.lang.as_ref().map(text).transpose()?.unwrap_or_else(|| "auto".to_owned()),
        };
        let place = meta.lang.as_ref().map_or_else(Span::default, |expr| expr.span);
        Ok(Self {
            title: meta.title.as_ref().map(text).transpose()?,
            root: root(
                wanted,
                system,
                meta.root.as_ref().map_or_else(Span::default, |expr| expr.span),
            )?,
            within,
            exclude,
            lang: Lang::parse(&lang).ok_or_else(|| vec![unknown_lang(&lang, place)])?,
        })
    }

    /// What the scan is told.
    #[must_use]
    pub fn scan(&self, options: &Options, progress: Arc<dyn Progress>) -> workspace::Options {
        workspace::Options {
            root: self.root.clone(),
            within: self.within.clone(),
            exclude: self.exclude.clone(),
            lang: self.lang,
            jobs: options.jobs,
            max_file_size: options.max_file_size.unwrap_or(MAX_FILE_SIZE),
            progress,
        }
    }
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

/// The wanted directory, else the nearest one upwards that looks like a project, else the working directory.
fn root(
    wanted: Option<PathBuf>,
    system: &dyn System,
    place: Span,
) -> Result<PathBuf, Vec<Diagnostic>> {
    let chosen = wanted.unwrap_or_else(|| nearest_project(system));
    let found = system.canonical(&chosen).and_then(|path| Ok((system.kind(&path)?, path)));
    let message = match found {
        Ok((FileKind::Directory, path)) => return Ok(path),
        Ok(_) => format!("the root `{}` is no directory", chosen.display()),
        Err(error) => format!("the root `{}` cannot be opened: {error}", chosen.display()),
    };
    let help = "name a directory with `--root DIR` or `@root`";
    Err(vec![Diagnostic::error(code::arguments::BAD_ROOT, place, message).help(help)])
}

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
