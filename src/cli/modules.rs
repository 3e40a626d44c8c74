//! `qplan modules [NAME]`: the actions there are, and how each is used.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde::Serialize;

use super::check::directory;
use super::{COMPLETED, output};
use crate::action::{Registry, doc, page};
use crate::diagnostic::near;
use crate::run::settings::likely_root;
use crate::run::{Library, library};
use crate::source::Sources;
use crate::system::os::Os;

/// The subcommand.
#[must_use]
pub fn command() -> Command {
    located(Command::new("modules"))
        .about("List the actions plans can use, or show one")
        .arg(Arg::new("name").value_name("NAME").help("An action"))
        .arg(
            Arg::new("format")
                .long("format")
                .value_parser(["text", "json"])
                .default_value("text")
                .value_name("FORMAT")
                .help("For people, or for programs"),
        )
        .after_help("Examples:\n  qplan modules\n  qplan modules search")
}

/// Adds where modules written in QPlan are found.
pub(super) fn located(command: Command) -> Command {
    let root = directory("root").help("The repository whose modules are meant too");
    let further = directory("module-path").help("Find modules written in QPlan here too");
    command.args([root, further.action(ArgAction::Append)])
}

/// The actions of the program and the modules found there.
pub(super) fn every(matches: &ArgMatches, registry: &Registry) -> Registry {
    let root = likely_root(matches.get_one::<PathBuf>("root").map(PathBuf::as_path), &Os);
    let further: Vec<PathBuf> =
        matches.get_many("module-path").into_iter().flatten().cloned().collect();
    // What is wrong with a module is said to those who call it.
    let library = Library::new(&Os, &root, &further);
    library::all(registry, &library, &mut Sources::default()).registry
}

/// Lists or shows.
pub fn main(matches: &ArgMatches, registry: &Registry) -> u8 {
    let registry = &every(matches, registry);
    let name = matches.get_one::<String>("name");
    let action = name.and_then(|name| registry.find(name));
    if let (Some(name), None) = (name, action) {
        return unknown(name, registry);
    }
    let is_json = matches.get_one::<String>("format").is_some_and(|format| format == "json");
    let written = match (action, is_json) {
        (Some(action), true) => emit_json(&page::page(action)),
        (None, true) => emit_json(&page::all(registry)),
        (Some(action), false) => emit_text(&doc::help(action)),
        (None, false) => emit_text(&doc::list(registry)),
    };
    written.map_or_else(|code| code, |()| COMPLETED)
}

fn emit_json(value: &impl Serialize) -> Result<(), u8> {
    output::emit(|out| {
        serde_json::to_writer_pretty(&mut *out, value)?;
        out.write_all(b"\n")
    })
}

fn emit_text(text: &str) -> Result<(), u8> {
    output::emit(|out| out.write_all(text.as_bytes()))
}

/// Complains about a name that is no action's.
pub(super) fn unknown(name: &str, registry: &Registry) -> u8 {
    let help = near(name, registry.names()).first().map_or_else(
        || "`qplan modules` lists them".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    output::complain(&format!("there is no action `{name}`; {help}"))
}
