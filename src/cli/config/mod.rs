//! Defaults of options: from the environment, and from the file of the repository that is looked at. A flag beats a
//! variable, a variable the plan's meta, meta the file. What a plan may do is asked for by flag alone.

pub mod environment;
pub mod file;
pub mod setting;

use std::collections::BTreeMap;
use std::path::Path;

use clap::ArgMatches;
use clap::parser::ValueSource;

use super::args::{Common, Shown};
use super::output;
use crate::diagnostic::Diagnostic;
use crate::run::draft::Draft;
use crate::run::settings::likely_root;
use crate::source::Sources;
use crate::step::meta::Meta;
use crate::system::System;
use crate::system::os::Os;
use setting::{SETTINGS, Setting};

/// Where the value of an option was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The command line.
    Flag,
    /// The plan's meta.
    Plan,
    /// Whoever began the run; it is not asked for now.
    Elsewhere,
    /// This variable of the environment.
    Variable(String),
    /// This file.
    File(String),
}

/// What was said of options so far, by the name of the setting.
#[derive(Clone, Debug, Default)]
pub struct Settled(BTreeMap<&'static str, Vec<(Origin, String)>>);

impl Settled {
    /// Notes which settings the command line gives.
    fn flags(&mut self, matches: &ArgMatches) {
        for setting in SETTINGS {
            // Asked for first, since the source of an option that the command does not take may not be asked for.
            if let Ok(Some(raw)) = matches.try_get_raw(setting.id)
                && matches.value_source(setting.id) == Some(ValueSource::CommandLine)
            {
                let texts: Vec<String> =
                    raw.map(|text| text.to_string_lossy().into_owned()).collect();
                self.note(setting.name, Origin::Flag, texts.join(", "));
            }
        }
    }

    /// Notes what a plan says of itself.
    fn meta(&mut self, meta: &Meta) {
        for (name, said) in [("in", !meta.within.is_empty()), ("lang", meta.lang.is_some())] {
            if said && !self.0.contains_key(name) {
                self.note(name, Origin::Plan, String::new());
            }
        }
    }

    fn note(&mut self, name: &'static str, origin: Origin, text: String) {
        self.0.entry(name).or_default().push((origin, text));
    }

    /// Whether what a further level says of it counts.
    #[must_use]
    fn is_open(&self, setting: &Setting) -> bool {
        self.0.get(setting.name).is_none_or(|said| {
            let is_over = said.iter().any(|(origin, _)| *origin == Origin::Elsewhere);
            setting.takes.unites() && !is_over
        })
    }

    /// Whether it was written on the command line.
    #[must_use]
    pub fn is_flag(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|said| said.iter().any(|(origin, _)| *origin == Origin::Flag))
    }

    /// The variable that says it.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.iter().find_map(|(origin, _)| match origin {
            Origin::Variable(variable) => Some(variable.as_str()),
            _ => None,
        })
    }

    /// A line for each value in force that no default gives.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.0.iter().flat_map(|(name, said)| {
            said.iter().filter_map(move |(origin, text)| match origin {
                Origin::Flag => Some(format!("`{name}` is `{text}`, by `--{name}`")),
                Origin::Plan => Some(format!("`{name}` is said by the plan's `@{name}`")),
                Origin::Elsewhere => None,
                Origin::Variable(variable) => {
                    Some(format!("`{name}` is `{text}`, by `{variable}`"))
                }
                Origin::File(file) => Some(format!("`{name}` is `{text}`, by `{file}`")),
            })
        })
    }
}

/// The options of a command that runs something, with what the environment adds to them; a wrong variable ends the
/// program as a wrong flag does.
#[must_use]
pub fn with_environment(mut common: Common, matches: &ArgMatches) -> Common {
    common.settled.flags(matches);
    environment::read(&mut common, &environment::Wanted::All).unwrap_or_else(end);
    common
}

/// The same for a command that takes only some of the options: `common` holds what it was given of them.
#[must_use]
pub fn with_some(mut common: Common, matches: &ArgMatches, names: &[&'static str]) -> Common {
    common.settled.flags(matches);
    environment::read(&mut common, &environment::Wanted::Only(names)).unwrap_or_else(end);
    common
}

/// The same for a command that only shows diagnostics.
#[must_use]
pub fn diagnostics(shown: Shown, matches: &ArgMatches) -> Shown {
    let common = Common { shown, ..Common::bare() };
    with_some(common, matches, &["color", "diagnostics"]).shown
}

fn end(message: String) {
    std::process::exit(i32::from(output::complain(&message)))
}

/// What is wrong with a file of settings, and its text.
#[derive(Debug)]
pub struct Wrong {
    /// Everything that is.
    pub diagnostics: Vec<Diagnostic>,
    /// The file.
    pub sources: Sources,
}

/// Adds what the file at a plan's root says.
///
/// # Errors
/// What is wrong with it, or with the parameters its root is made of.
pub fn of_plan(common: &mut Common, draft: &Draft) -> Result<(), u8> {
    let params = match draft.meta.root {
        Some(_) => common.hold_params().map_err(|message| output::complain(&message))?,
        None => Vec::new(),
    };
    let root = draft.root(common.root.as_deref(), &params, &Os);
    shown(common, |common| file::read(common, &root, &draft.meta))
}

/// Adds what the file of the repository says.
///
/// # Errors
/// What is wrong with it, shown.
pub fn of_repository(common: &mut Common) -> Result<(), u8> {
    let root = likely_root(common.root.as_deref(), &Os);
    shown(common, |common| file::read(common, &root, &Meta::default()))
}

/// Adds what the file in `root` says of these settings.
///
/// # Errors
/// What is wrong with it, shown.
pub fn of_directory(common: &mut Common, root: &Path, names: &[&str]) -> Result<(), u8> {
    for setting in SETTINGS.iter().filter(|setting| !names.contains(&setting.name)) {
        common.settled.note(setting.name, Origin::Elsewhere, String::new());
    }
    shown(common, |common| file::read(common, root, &Meta::default()))
}

/// Said where a bound cannot be held to.
const UNWATCHED: &str =
    "`max-memory` bounds nothing: this system does not tell what a program holds";

fn shown(
    common: &mut Common,
    read: impl FnOnce(&mut Common) -> Result<(), Wrong>,
) -> Result<(), u8> {
    match read(common) {
        Ok(()) => {
            let is_asked = common.settled.0.contains_key("max-memory") && !common.written.quiet;
            if is_asked && Os.held().is_none() {
                output::note(UNWATCHED);
            }
            if common.written.verbose > 0 {
                common.settled.lines().for_each(|line| output::note(&line));
            }
            Ok(())
        }
        Err(Wrong { diagnostics, sources }) => {
            output::show(&diagnostics, &sources, &common.shown);
            Err(super::WRONG)
        }
    }
}

/// The setting of that name, however its words are joined.
fn find(name: &str) -> Option<&'static Setting> {
    let name = name.replace('_', "-");
    SETTINGS.iter().find(|setting| setting.name == name)
}
