//! `qplan check SCRIPT…`: everything that is wrong in plans; runs nothing.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};

use super::args::{Diagnostics, Shown};
use super::{COMPLETED, WRONG, output, run};
use crate::action::Registry;
use crate::diagnostic::{Diagnostic, json};
use crate::facts::needs::Lang;
use crate::run::load;

/// The subcommand.
#[must_use]
pub fn command() -> Command {
    Command::new("check")
        .about("Find what is wrong in plans, run nothing")
        .arg(
            Arg::new("scripts")
                .required(true)
                .num_args(1..)
                .value_name("SCRIPT.qp")
                .help("Plans; `-` reads standard input"),
        )
        .arg(
            Arg::new("lang")
                .long("lang")
                .value_name("LANG")
                .value_parser(PossibleValuesParser::new(Lang::WORDS))
                .help("The language patterns are judged in; replaces the plan's `@lang`"),
        )
        .after_help(
            "Examples:\n  qplan check review.qp\n  qplan check plans/*.qp --diagnostics json",
        )
}

/// Checks them all.
pub fn main(matches: &ArgMatches, shown: &Shown, registry: &Registry) -> u8 {
    let mut code = COMPLETED;
    let mut all = Vec::new();
    for script in matches.get_many::<String>("scripts").into_iter().flatten() {
        match run::read(script) {
            Err(message) => code = output::complain(&message),
            Ok((name, text)) => {
                let plan = load(
                    &name,
                    &text,
                    registry,
                    matches.get_one::<String>("lang").map(String::as_str),
                );
                if plan.diagnostics.iter().any(Diagnostic::is_error) {
                    code = WRONG;
                }
                match shown.diagnostics {
                    Diagnostics::Json => all.extend(json::rows(&plan.diagnostics, &plan.sources)),
                    Diagnostics::Human => output::show(&plan.diagnostics, &plan.sources, shown),
                }
            }
        }
    }
    if shown.diagnostics == Diagnostics::Json {
        let written = output::emit(|out| {
            serde_json::to_writer_pretty(&mut *out, &all)?;
            out.write_all(b"\n")
        });
        return written.map_or_else(|code| code, |()| code);
    }
    code
}
