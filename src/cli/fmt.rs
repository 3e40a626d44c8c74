//! `qplan fmt SCRIPT… [--check]`: the canonical form, in place.

use std::path::Path;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::args::Shown;
use super::{COMPLETED, FAILED, WRONG, output, run};
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Sources};
use crate::syntax;
use crate::system::System;
use crate::system::os::Os;

/// The subcommand.
#[must_use]
pub fn command() -> Command {
    Command::new("fmt")
        .about("Write plans in the canonical form, in place")
        .arg(
            Arg::new("scripts")
                .required(true)
                .num_args(1..)
                .value_name("SCRIPT.qp")
                .help("Plans; `-` reads standard input and writes standard output"),
        )
        .arg(
            Arg::new("check")
                .long("check")
                .action(ArgAction::SetTrue)
                .help("Write nothing; exit with 1 if a plan would change"),
        )
        .after_help("Examples:\n  qplan fmt review.qp\n  qplan fmt --check plans/*.qp")
}

/// What became of one plan.
enum Formatted {
    Same,
    Changed(String),
    Wrong,
}

/// Formats them all.
pub fn main(matches: &ArgMatches, shown: &Shown) -> u8 {
    let mut code = COMPLETED;
    for script in matches.get_many::<String>("scripts").into_iter().flatten() {
        let (name, text) = match run::read(script) {
            Ok(read) => read,
            Err(message) => {
                code = output::complain(&message);
                continue;
            }
        };
        let formatted = format(&name, &text, shown);
        let result = if matches.get_flag("check") {
            compare(script, &formatted)
        } else {
            write(script, &text, formatted)
        };
        code = code.max(result);
    }
    code
}

fn format(name: &str, text: &str, shown: &Shown) -> Formatted {
    let (sources, id) = Sources::single(Source::new(name, text));
    let parsed = syntax::parse(id, text);
    if parsed.diagnostics.iter().any(Diagnostic::is_error) {
        output::show(&parsed.diagnostics, &sources, shown);
        return Formatted::Wrong;
    }
    let printed = syntax::print(&parsed.file);
    if printed == text { Formatted::Same } else { Formatted::Changed(printed) }
}

fn compare(script: &str, formatted: &Formatted) -> u8 {
    match formatted {
        Formatted::Same => COMPLETED,
        Formatted::Wrong => WRONG,
        Formatted::Changed(_) => {
            let _ = output::emit(|out| writeln!(out, "{script}"));
            FAILED
        }
    }
}

fn write(script: &str, text: &str, formatted: Formatted) -> u8 {
    let printed = match formatted {
        Formatted::Wrong => return WRONG,
        Formatted::Same if script == "-" => text.to_owned(),
        Formatted::Same => return COMPLETED,
        Formatted::Changed(printed) => printed,
    };
    if script == "-" {
        return output::emit(|out| out.write_all(printed.as_bytes()))
            .map_or_else(|code| code, |()| COMPLETED);
    }
    // A link stays a link: what it leads to is written.
    let target = Os.canonical(Path::new(script)).unwrap_or_else(|_| script.into());
    match Os.write(&target, printed.as_bytes()) {
        Ok(()) => COMPLETED,
        Err(error) => output::complain(&format!("cannot write `{script}`: {error}")),
    }
}
