//! What checkpoints mean to a run: a folder to write them to, and whether it goes on from there.

use std::sync::Arc;

use super::checkpoint::{self, Found, Plan, fingerprint};
use super::{Loaded, Options, Settings};
use crate::action::{Output, Registry};
use crate::actions::analysis::workspace::Workspace;
use crate::diagnostic::{Diagnostic, Fault, code};
use crate::scan::session::Differences;
use crate::source::Span;
use crate::system::control::Cancel;
use crate::system::folder::Folder;
use crate::system::permission::reason;
use crate::value::{Value, show};

/// Where a run keeps its checkpoints.
#[derive(Clone, Debug)]
pub struct Checkpointing {
    /// The folder, held by this process.
    pub folder: Arc<Folder>,
    /// So many states are kept.
    pub most: usize,
    /// Whether the run goes on from the last one.
    pub way: Way,
}

/// Where a run begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// At its first step.
    Anew,
    /// At the last checkpoint, if no file has changed since.
    Unchanged,
    /// At the last checkpoint, with the files as they are.
    Rescan,
}

/// What is to be run, for the folder.
pub(super) fn plan(
    loaded: &Loaded,
    options: &Options,
    settings: &Settings,
    params: &[(Arc<str>, Value)],
) -> Plan {
    Plan {
        name: loaded.name().to_owned(),
        here: std::path::absolute(".")
            .map_or_else(|_| String::new(), |at| at.display().to_string()),
        text: loaded.sources.iter().next().map_or_else(String::new, |(_, s)| s.text.to_string()),
        sources: fingerprint(&loaded.sources),
        root: settings.root.display().to_string(),
        // What was settled: the defaults that were in force then are not asked for again.
        within: settings.within.clone(),
        exclude: settings.exclude.clone(),
        lang: Some(settings.lang.name().to_owned()),
        params: params.iter().map(|(n, v)| (n.to_string(), show::json(v))).collect(),
        max_file_size: options.max_file_size,
        python: options.python,
        module_path: options.module_path.iter().map(|path| path.display().to_string()).collect(),
        limits: (options.limits.statements, options.limits.jumps),
        most: options
            .checkpoints
            .as_ref()
            .map_or(0, |to| u32::try_from(to.most).unwrap_or(u32::MAX)),
        allowed: options.gate.flags(),
        is_over: false,
    }
}

/// Prepares the folder: says what is run, or finds where the run goes on.
///
/// # Errors
/// A folder that cannot be used, a plan or a repository that has changed, with the difference.
pub(super) fn prepare(
    to: &Checkpointing,
    plan: &Plan,
    registry: &Registry,
    workspace: &Workspace,
    cancel: &Cancel,
) -> Result<Option<Found>, Vec<Diagnostic>> {
    if to.way == Way::Anew {
        checkpoint::begin(&to.folder, plan).map_err(|error| unusable(&error))?;
        return Ok(None);
    }
    let old = checkpoint::plan(&to.folder).map_err(|error| unusable(&error))?;
    if let Some(old) = old {
        same_sources(&old, plan)?;
    }
    let found = checkpoint::last(&to.folder, registry).map_err(|error| unusable(&error))?;
    let Some(found) = found else {
        return Err(vec![wrong("the folder holds no whole checkpoint").help("run the plan again")]);
    };
    if let (Some(seen), Way::Unchanged) = (&found.seen, to.way) {
        let differences = workspace.differences(seen, cancel).map_err(|fault| vec![told(fault)])?;
        if !differences.is_empty() {
            return Err(vec![changed(&differences)]);
        }
    }
    Ok(Some(found))
}

/// Writes again what the run had printed: its output is that of a run that was never broken off.
pub(super) fn repeat(found: &Found, output: &dyn Output) -> Result<(), Vec<Diagnostic>> {
    found.lines.iter().try_for_each(|line| output.line(line)).map_err(|fault| vec![told(fault)])
}

fn same_sources(old: &Plan, new: &Plan) -> Result<(), Vec<Diagnostic>> {
    let changed = |name: &str, hash: &[u8; 32]| {
        !new.sources.iter().any(|(other, now)| other == name && now == hash)
    };
    let names: Vec<&str> = old
        .sources
        .iter()
        .filter(|(name, hash)| changed(name, hash))
        .map(|(name, _)| name.as_str())
        .collect();
    if names.is_empty() && old.sources.len() == new.sources.len() {
        return Ok(());
    }
    let line = first_difference(&old.text, &new.text);
    let place = line.map_or_else(String::new, |line| format!("; line {line} of the plan differs"));
    let message = format!("changed since the checkpoint: {}{place}", listed(&names));
    Err(vec![wrong(message).help("run the plan again, or put the old text back")])
}

/// The first line in which two texts differ.
fn first_difference(old: &str, new: &str) -> Option<usize> {
    let same = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count();
    (old != new).then_some(same + 1)
}

fn changed(differences: &Differences) -> Diagnostic {
    let parts = [
        ("changed", &differences.changed),
        ("new", &differences.added),
        ("gone", &differences.removed),
    ];
    let parts = parts.into_iter().filter(|(_, files)| !files.is_empty()).map(|(what, files)| {
        let names: Vec<&str> = files.iter().map(String::as_str).collect();
        format!("{what}: {}", listed(&names))
    });
    let message = format!(
        "the files are not those of the checkpoint; {}",
        parts.collect::<Vec<_>>().join("; ")
    );
    wrong(message).help("`--rescan` goes on with the files as they are now")
}

/// So many names are shown.
const SHOWN: usize = 5;

fn listed(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len().checked_sub(SHOWN) {
        Some(more) if more > 0 => format!("{} and {more} more", shown.join(", ")),
        _ => shown.join(", "),
    }
}

fn wrong(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(code::system::CHECKPOINT, Span::NOWHERE, message.into())
}

fn unusable(error: &std::io::Error) -> Vec<Diagnostic> {
    vec![wrong(format!("the checkpoint folder cannot be used: {}", reason(error)))]
}

fn told(fault: Fault) -> Diagnostic {
    let diagnostic = Diagnostic::error(fault.code, Span::NOWHERE, fault.message);
    match fault.help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}
