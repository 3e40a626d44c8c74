//! The command line: arguments in, output and an exit code out. One file a subcommand; the only layer that prints.

pub mod action;
pub mod args;
pub mod both;
pub mod cache;
pub mod check;
pub mod completions;
pub mod config;
pub mod events;
pub mod explain;
pub mod facts;
pub mod fmt;
pub mod keys;
pub mod live;
pub mod modules;
pub mod output;
pub mod prompt;
pub mod repl;
pub mod resume;
pub mod run;
pub mod schema;
mod stages;
mod state;
pub mod view;

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, Command, FromArgMatches};

use crate::action::{Group, Registry};
use crate::actions;
use crate::diagnostic::near;
use args::{Common, Plan, Shown};

/// The plan completed or stopped.
pub const COMPLETED: u8 = 0;
/// The plan ended in error.
pub const FAILED: u8 = 1;
/// The plan, an argument or a query is wrong; nothing ran.
pub const WRONG: u8 = 2;
/// The plan took longer than `--timeout`.
pub const TIMED_OUT: u8 = 124;
/// The run was aborted.
pub const ABORTED: u8 = 130;

/// Runs the program and gives its exit code.
#[must_use]
pub fn main(words: impl IntoIterator<Item = OsString>) -> u8 {
    stages::mark_start();
    let registry = actions::registry();
    let words: Vec<OsString> = words.into_iter().collect();
    match command(&registry).try_get_matches_from(&words) {
        Ok(matches) => dispatch(&matches, &registry),
        Err(error) => {
            if let Some(meant) = meant(&error, &words, &registry) {
                return output::complain(&meant);
            }
            // clap decides where it goes: help to standard output, errors to standard error; a closed pipe is no error.
            let _ = error.print();
            if error.use_stderr() { WRONG } else { COMPLETED }
        }
    }
}

/// What was probably meant by words that are no command line, as a complaint that says so.
fn meant(error: &clap::Error, words: &[OsString], registry: &Registry) -> Option<String> {
    let first = words.get(1)?.to_string_lossy();
    if command(registry).find_subcommand(&*first).is_some() {
        return parted(error, words);
    }
    let misread =
        [ErrorKind::UnknownArgument, ErrorKind::ArgumentConflict, ErrorKind::InvalidSubcommand];
    let slip = misread.contains(&error.kind()).then(|| slip(&first, registry)).flatten();
    slip.or_else(|| unknown(error, words))
}

/// The whole command line; subcommands of actions come from their parameters.
#[must_use]
pub fn command(registry: &Registry) -> Command {
    let base = Plan::augment(
        Command::new("qplan")
            .version(env!("CARGO_PKG_VERSION"))
            .after_help(EXAMPLES)
            .subcommand_precedence_over_arg(true)
            .args_conflicts_with_subcommands(true)
            .disable_help_subcommand(true)
            .arg_required_else_help(true),
    );
    let shown = [check::command(), fmt::command()].map(Shown::augment).map(args::without_others);
    let told = [
        explain::command(),
        modules::command(),
        prompt::command(),
        schema::command(),
        completions::command(),
        facts::command(),
        cache::command(),
    ];
    let told = told.map(args::without_others);
    let asked = registry.iter().filter(|action| action.group == Group::Analysis);
    let asked = asked.map(action::command).map(Common::augment);
    Common::augment(base)
        .subcommands([
            Common::augment(run::command()),
            repl::fitted(Common::augment(repl::command())),
        ])
        .subcommands(shown)
        .subcommands(told)
        .subcommands([resume::command()])
        .subcommands(asked)
        .about(ABOUT)
        .long_about(ABOUT)
}

const ABOUT: &str = "Ask many questions of a code base in one scan";

const EXAMPLES: &str = "Examples:
  qplan review.qp --root ../django      run a plan on a repository
  qplan check review.qp                 find what is wrong in it, run nothing
  qplan q 'pattern=\"getattr($X, $Y, $Z)\"' --root ../django
  qplan search get_queryset --format json
  echo 'step \"Hi\" { print \"hi\" }' | qplan -

For people who debug:
  facts    Print what is known of source files, table by table

Defaults of options come from `qplan.toml`, else `[tool.qplan]` of `pyproject.toml`, at the root, and from QPLAN_IN,
QPLAN_EXCLUDE, QPLAN_LANG, QPLAN_MODULE_PATH, QPLAN_JOBS, QPLAN_TIMEOUT, QPLAN_FORMAT, QPLAN_COLOR, QPLAN_PROGRESS,
QPLAN_DIAGNOSTICS, QPLAN_PYTHON_VERSION, QPLAN_MAX_FILE_SIZE, QPLAN_MAX_JUMPS, QPLAN_MAX_STATEMENTS, QPLAN_MAX_MEMORY,
QPLAN_MAX_CHECKPOINTS, QPLAN_NO_CACHE and QPLAN_ROOT; from the latter alone QPLAN_CACHE_DIR. A flag beats a variable, a
variable the plan, the plan the file; excludes unite.
What a plan may do is said by flag alone.

Exit codes: 0 completed or stopped, 1 the plan ended in error, 2 a plan or an argument is wrong and nothing ran,
124 timeout, 130 aborted.";

fn dispatch(matches: &ArgMatches, registry: &Registry) -> u8 {
    let run = |matches: &ArgMatches| {
        let common = Common::from_arg_matches(matches).unwrap_or_else(|e| e.exit());
        config::with_environment(common, matches)
    };
    let shown =
        |matches: &ArgMatches| Shown::from_arg_matches(matches).unwrap_or_else(|e| e.exit());
    match matches.subcommand() {
        None => match Plan::from_arg_matches(matches) {
            Ok(plan) => script(&plan, &run(matches), registry),
            Err(error) => error.exit(),
        },
        Some(("run", inner)) => run::main(inner, &run(inner), registry),
        Some(("repl", inner)) => repl::main(&run(inner), registry),
        Some(("check", inner)) => check::main(inner, shown(inner), registry),
        Some(("fmt", inner)) => fmt::main(inner, &config::diagnostics(shown(inner), inner)),
        Some(("explain", inner)) => explain::main(inner),
        Some(("facts", inner)) => facts::main(inner),
        Some(("cache", inner)) => cache::main(inner),
        Some(("modules", inner)) => modules::main(inner, registry),
        Some(("prompt", inner)) => prompt::main(inner, registry),
        Some(("completions", inner)) => completions::main(inner, command(registry)),
        Some(("resume", inner)) => resume::main(inner, registry),
        Some(("schema", inner)) => schema::main(inner, registry),
        Some((name, inner)) => action::main(name, inner, &run(inner), registry),
    }
}

/// `qplan SCRIPT.qp`.
fn script(plan: &Plan, common: &Common, registry: &Registry) -> u8 {
    match slip(&plan.script, registry) {
        Some(meant) => output::complain(&meant),
        None => run::script(&plan.script, common, registry),
    }
}

/// A first word that is no file but nearly a subcommand, as a complaint that says so.
fn slip(word: &str, registry: &Registry) -> Option<String> {
    if word.contains(['.', '/', '-']) || std::path::Path::new(word).exists() {
        return None;
    }
    let known = command(registry);
    let names: Vec<&str> = known.get_subcommands().map(Command::get_name).collect();
    let name = *near(word, names.iter().copied()).first()?;
    Some(format!("there is no file `{word}`; did you mean `qplan {name}`?"))
}

/// A query that the shell took apart, as a complaint that says how to write it.
fn parted(error: &clap::Error, words: &[OsString]) -> Option<String> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidArg) else { return None };
    let is_part = error.kind() == ErrorKind::UnknownArgument && word.contains('=');
    let is_query = words.get(1).is_some_and(|name| name == "q");
    (is_part && is_query && !word.starts_with('-')).then(|| {
        format!("`{word}` stands beside the query; put all of it into quotes: `qplan q '… {word}'`")
    })
}

/// A first word that is neither a file nor a subcommand, with more behind it.
fn unknown(error: &clap::Error, words: &[OsString]) -> Option<String> {
    let word = words.get(1)?.to_string_lossy();
    let is_unknown = error.kind() == ErrorKind::ArgumentConflict
        && !word.starts_with('-')
        && !word.contains(['.', '/'])
        && !std::path::Path::new(&*word).exists();
    is_unknown.then(|| {
        format!("there is neither a file nor a command `{word}`; `qplan --help` lists the commands")
    })
}
