//! `qplan check SCRIPT…`: everything that is wrong in plans; runs nothing.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::args::{Common, Diagnostics, Shown, folder};
use super::config::{self, Wrong, file};
use super::{COMPLETED, WRONG, output, run};
use crate::action::Registry;
use crate::diagnostic::{Diagnostic, json};
use crate::facts::needs::Lang;
use crate::run::Surroundings;
use crate::run::draft::Draft;
use crate::source::Sources;
use crate::system::os::Os;

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
        .arg(directory("root").help("The repository whose modules the plans may call"))
        .arg(
            directory("module-path")
                .action(ArgAction::Append)
                .help("Find modules written in QPlan here too"),
        )
        .after_help(
            "Examples:\n  qplan check review.qp\n  qplan check plans/*.qp --diagnostics json",
        )
}

/// An option that takes a directory.
pub(super) fn directory(name: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("DIR").value_parser(folder)
}

/// Checks them all.
pub fn main(matches: &ArgMatches, shown: Shown, registry: &Registry) -> u8 {
    let mut code = COMPLETED;
    let mut all = Vec::new();
    let common = given(matches, shown);
    let shown = &common.shown;
    for script in matches.get_many::<String>("scripts").into_iter().flatten() {
        match run::read(script) {
            Err(message) => code = output::complain(&message),
            Ok((name, text)) => {
                let (diagnostics, sources) = said(&common, &name, &text, registry);
                if diagnostics.iter().any(Diagnostic::is_error) {
                    code = WRONG;
                }
                match shown.diagnostics {
                    Diagnostics::Json => all.extend(json::rows(&diagnostics, &sources)),
                    Diagnostics::Human => output::show(&diagnostics, &sources, shown),
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

/// The options of a run that checking takes.
fn given(matches: &ArgMatches, shown: Shown) -> Common {
    let root = matches.get_one::<PathBuf>("root").cloned();
    let lang = matches.get_one::<String>("lang").cloned();
    let module_path = matches.get_many("module-path").into_iter().flatten().cloned().collect();
    let common = Common { shown, root, lang, module_path, ..Common::bare() };
    config::with_some(common, matches, &["color", "diagnostics", "lang", "module-path", "root"])
}

/// What is wrong with a plan; with the file of settings at its root, where that keeps it from being read.
fn said(
    common: &Common,
    name: &str,
    text: &str,
    registry: &Registry,
) -> (Vec<Diagnostic>, Sources) {
    let draft = Draft::read(name, text);
    let mut common = common.clone();
    let root = draft.root(common.root.as_deref(), &[], &Os);
    if let Err(Wrong { diagnostics, sources }) = file::read(&mut common, &root, &draft.meta) {
        return (diagnostics, sources);
    }
    let library = common.library();
    let lang = common.lang_for(&draft.meta);
    let plan = draft.load(Surroundings { registry, library: &library, lang });
    (plan.diagnostics, plan.sources)
}
