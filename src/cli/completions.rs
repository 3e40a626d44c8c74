//! `qplan completions SHELL`: what a shell needs to complete commands and options.

use clap::builder::EnumValueParser;
use clap::{Arg, ArgMatches, Command};
use clap_complete::Shell;

use super::{COMPLETED, output};

/// The subcommand.
#[must_use]
pub fn command() -> Command {
    Command::new("completions")
        .about("Print the completions of a shell")
        .arg(
            Arg::new("shell")
                .required(true)
                .value_name("SHELL")
                .value_parser(EnumValueParser::<Shell>::new())
                .help("Whose completions"),
        )
        .after_help(
            "Examples:\n  qplan completions bash > ~/.local/share/bash-completion/completions/qplan\n  \
             qplan completions fish > ~/.config/fish/completions/qplan.fish",
        )
}

/// Prints those of `whole`, the command line of the program.
pub fn main(matches: &ArgMatches, mut whole: Command) -> u8 {
    let Some(shell) = matches.get_one::<Shell>("shell") else { return super::WRONG };
    let mut script = Vec::new();
    clap_complete::generate(*shell, &mut whole, "qplan", &mut script);
    output::emit(|out| out.write_all(&script)).map_or_else(|code| code, |()| COMPLETED)
}
