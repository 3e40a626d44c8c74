//! Settings from `QPLAN_…`. An empty variable says nothing; one that is no setting is remarked on, since other programs
//! may set it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::setting::{Joined, Level, SETTINGS, Setting, Takes, refusal};
use super::{Origin, find};
use crate::action::embedded::entries;
use crate::cli::args::Common;
use crate::cli::output;
use crate::diagnostic::{Diagnostic, near};
use crate::run::settings::{glob_faults, outside};
use crate::source::Span;
use crate::system::System;
use crate::system::os::Os;

/// Which settings a command takes.
#[derive(Debug)]
pub enum Wanted<'a> {
    /// Those of a run, and the root.
    All,
    /// These.
    Only(&'a [&'static str]),
}

impl Wanted<'_> {
    fn holds(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(&name),
        }
    }
}

const PREFIX: &str = "QPLAN_";

/// Adds what variables say.
///
/// # Errors
/// A value that cannot be; the message names the variable.
pub fn read(common: &mut Common, wanted: &Wanted<'_>) -> Result<(), String> {
    let mut variables: Vec<(String, OsString)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
        .filter(|(name, value)| name.starts_with(PREFIX) && !value.is_empty())
        .collect();
    variables.sort();
    for (variable, value) in variables {
        let name = variable[PREFIX.len()..].to_ascii_lowercase().replace('_', "-");
        if name == "root" {
            if wanted.holds("root") {
                root(common, &variable, PathBuf::from(value))?;
            }
            continue;
        }
        match find(&name) {
            Some(setting) if wanted.holds(setting.name) => {
                let text = value.into_string().map_err(|_| format!("`{variable}` is not UTF-8"))?;
                set(common, setting, &variable, &text)?;
            }
            Some(_) => {}
            None if common.written.quiet => {}
            None => output::warn(&unknown(&variable, &name)),
        }
    }
    Ok(())
}

fn root(common: &mut Common, variable: &str, path: PathBuf) -> Result<(), String> {
    if common.root.is_none() {
        if !path.is_dir() {
            let shown = path.display();
            return Err(format!("`{variable}` is `{shown}`; write a directory that exists"));
        }
        common.root = Some(path);
    }
    Ok(())
}

fn set(
    common: &mut Common,
    setting: &'static Setting,
    variable: &str,
    text: &str,
) -> Result<(), String> {
    let wrong = |help: String| format!("`{variable}` is `{text}`; {help}");
    if let (Takes::Texts(Joined::All), Some(fault)) =
        (setting.takes, glob_faults(&(text.to_owned(), Span::NOWHERE)).first())
    {
        return Err(wrong(fault.message.clone()));
    }
    let is_open = common.settled.is_open(setting);
    let mut aside = common.clone();
    let into = if is_open { &mut *common } else { &mut aside };
    for part in parts(setting.takes, text) {
        (setting.set)(into, Level::Variable, &part).map_err(wrong)?;
    }
    if is_open {
        common.settled.note(setting.name, Origin::Variable(variable.to_owned()), text.to_owned());
    }
    Ok(())
}

/// The paths of the scope that a variable names and that are not below the root.
#[must_use]
pub fn misplaced(common: &Common, root: &Path) -> Vec<Diagnostic> {
    let Some(variable) = common.settled.variable("in") else { return Vec::new() };
    // A root that cannot be opened is complained about when the run begins.
    let Ok(root) = Os.canonical(root) else { return Vec::new() };
    let wrong = common.within.iter().filter_map(|path| {
        let fault = outside(&(path.clone(), Span::NOWHERE), &root, &Os)?;
        Some(fault.help(format!("`{variable}` names what lies below the root")))
    });
    wrong.collect()
}

fn parts(takes: Takes, text: &str) -> Vec<String> {
    match takes {
        Takes::Texts(Joined::First) => {
            entries(text).into_iter().map(|range| text[range].to_owned()).collect()
        }
        Takes::Texts(Joined::Paths) => std::env::split_paths(Path::new(text))
            .map(|path| path.to_string_lossy().into_owned())
            .filter(|path| !path.is_empty())
            .collect(),
        _ => vec![text.to_owned()],
    }
}

fn unknown(variable: &str, name: &str) -> String {
    if let Some(reason) = refusal(name) {
        return format!("`{variable}` is not read: {reason}");
    }
    let names = SETTINGS.iter().map(|setting| setting.name).chain(["root"]);
    match near(name, names).first() {
        Some(near) => {
            let meant = format!("{PREFIX}{}", near.to_uppercase().replace('-', "_"));
            format!("`{variable}` is no setting; did you mean `{meant}`?")
        }
        None => format!("`{variable}` is no setting; `qplan --help` tells which there are"),
    }
}
