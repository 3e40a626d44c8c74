//! `qplan explain CODE`: why a code is given and what to do.

use std::fmt::Write as _;

use clap::{Arg, ArgMatches, Command};

use super::action::sentence;
use super::{COMPLETED, output};
use crate::action::doc;
use crate::diagnostic::code::{self, Explanation};
use crate::diagnostic::near;

/// The subcommand.
#[must_use]
pub fn command() -> Command {
    Command::new("explain")
        .about("Explain an error code; without one, list them all")
        .arg(Arg::new("code").value_name("CODE").help("A code such as QP0101"))
        .after_help("Examples:\n  qplan explain QP0101\n  qplan explain")
}

/// Explains it.
pub fn main(matches: &ArgMatches) -> u8 {
    let written = match matches.get_one::<String>("code") {
        None => output::emit(|out| out.write_all(list().as_bytes())),
        Some(wanted) => match text(wanted) {
            Ok(page) => output::emit(|out| out.write_all(page.as_bytes())),
            Err(message) => return output::complain(&message),
        },
    };
    written.map_or_else(|code| code, |()| COMPLETED)
}

/// What is said of a code.
///
/// # Errors
/// Where there is no such code; the message names a near one.
pub fn text(wanted: &str) -> Result<String, String> {
    code::find(wanted).map(page).ok_or_else(|| unknown(wanted))
}

/// Every code, by stage.
fn list() -> String {
    let mut text = String::new();
    for stage in code::STAGES {
        let _ = writeln!(text, "{}:", sentence(stage.title));
        for known in stage.table {
            let _ = writeln!(text, "  {}  {}", known.code, known.title);
        }
        text.push('\n');
    }
    text.push_str("`qplan explain CODE` tells more of one.\n");
    text
}

fn page(known: &Explanation) -> String {
    let mut text = format!("{}: {}\n\n", known.code, known.title);
    doc::push_wrapped(&mut text, "", "", known.text);
    if !known.wrong.is_empty() {
        text +=
            &format!("\nWrong:\n\n{}\nRight:\n\n{}", indented(known.wrong), indented(known.right));
    }
    text
}

fn indented(plan: &str) -> String {
    plan.lines()
        .map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") })
        .collect()
}

fn unknown(wanted: &str) -> String {
    let codes: Vec<&str> = code::all().map(|known| known.code.0).collect();
    match near(wanted, codes.iter().copied()).first() {
        Some(near) => format!("there is no code `{wanted}`; did you mean `{near}`?"),
        None => format!("there is no code `{wanted}`; `qplan explain` lists them"),
    }
}
