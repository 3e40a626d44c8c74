//! `qplan modules [NAME]`: the actions there are, and how each is used.

use clap::{Arg, ArgMatches, Command};
use serde::Serialize;

use super::{COMPLETED, output};
use crate::action::{Registry, doc, page};
use crate::diagnostic::near;

/// The subcommand.
#[must_use]
pub fn command() -> Command {
    Command::new("modules")
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

/// Lists or shows.
pub fn main(matches: &ArgMatches, registry: &Registry) -> u8 {
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
