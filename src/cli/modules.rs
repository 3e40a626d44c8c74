//! `qplan modules [NAME]`: the actions there are, and how each is used.

use clap::{Arg, ArgMatches, Command};

use super::{COMPLETED, output};
use crate::action::{Registry, doc};
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
    let text = match matches.get_one::<String>("name") {
        None => doc::list(registry),
        Some(name) => match registry.find(name) {
            Some(action) => doc::help(action),
            None => {
                let help = near(name, registry.names()).first().map_or_else(
                    || "`qplan modules` lists them".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                return output::complain(&format!("there is no action `{name}`; {help}"));
            }
        },
    };
    let format = matches.get_one::<String>("format").map(String::as_str);
    let written = match format {
        Some("json") => {
            let wanted = matches.get_one::<String>("name").and_then(|name| registry.find(name));
            let value = wanted.map_or_else(|| doc::list_json(registry), doc::page_json);
            output::emit(|out| {
                serde_json::to_writer_pretty(&mut *out, &value)?;
                out.write_all(b"\n")
            })
        }
        _ => output::emit(|out| out.write_all(text.as_bytes())),
    };
    written.map_or_else(|code| code, |()| COMPLETED)
}
