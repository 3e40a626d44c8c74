//! One action as a subcommand, from its parameters: the primary one is positional, the others are `--name`.

use clap::{Arg, ArgAction, ArgMatches, Command};
use indexmap::IndexSet;

use super::args::Common;
use super::{config, output, run};
use crate::action::{Action, Form, Forms, Kind, Param, Presence, Registry, args, doc};
use crate::run::{Surroundings, single};
use crate::step::meta::Meta;
use crate::value::Value;

/// Parameters the run-wide options of the same name stand for.
const RUN_WIDE: [&str; 3] = ["in", "exclude", "lang"];

/// The subcommand of an action that looks at the repository.
#[must_use]
pub fn command(action: &'static Action) -> Command {
    let notes = format!("{}{}", examples(action), doc::notes(action));
    let command = Command::new(action.name).about(sentence(action.summary)).after_help(notes);
    command.args(params(action).map(argument))
}

/// The action's examples as command lines: its first lines that are one word, or a query, behind its name.
fn examples(action: &Action) -> String {
    let calls = action.examples.iter().filter_map(|example| {
        let line = example.plan.lines().next()?.split(" -> ").next()?;
        line.strip_prefix(action.name).map(str::trim)
    });
    let mut shown = IndexSet::new();
    for call in calls {
        let is_word = call.chars().all(|c| c.is_alphanumeric() || c == '_');
        match is_word {
            true => shown.insert(format!("  qplan {} {call}\n", action.name)),
            false if action.name == "q" => shown.insert(format!("  qplan q '{call}'\n")),
            false => false,
        };
    }
    let lines: String = shown.into_iter().collect();
    if lines.is_empty() { lines } else { format!("Examples:\n{lines}\n") }
}

/// Runs it.
pub fn main(name: &str, matches: &ArgMatches, common: &Common, registry: &Registry) -> u8 {
    let Some(action) = registry.find(name) else {
        return output::complain(&format!("there is no action `{name}`"));
    };
    let mut arguments: Vec<(String, Value)> = Vec::new();
    for param in params(action) {
        match given(param, matches) {
            Ok(Some(value)) => arguments.push((param.name.to_owned(), value)),
            Ok(None) => {}
            Err(message) => return output::complain(&message),
        }
    }
    let mut common = common.clone();
    if let Err(code) = config::of_repository(&mut common) {
        return code;
    }
    let library = common.library();
    let lang = common.lang_for(&Meta::default());
    let around = Surroundings { registry, library: &library, lang };
    run::loaded(single::plan(action.name, &arguments, around), &common)
}

fn params(action: &'static Action) -> impl Iterator<Item = &'static Param> {
    let form: Option<&'static Form> = match &action.forms {
        Forms::One(form) => Some(form),
        Forms::Ops(_) => None,
    };
    form.into_iter()
        .flat_map(|form| args::params(action, form))
        .filter(|param| !RUN_WIDE.contains(&param.name))
}

fn argument(param: &'static Param) -> Arg {
    let arg =
        Arg::new(param.name).help(sentence(param.doc)).value_name(param.kind.name().to_uppercase());
    let arg = match param.kind {
        Kind::Enum(words) => arg.value_parser(clap::builder::PossibleValuesParser::new(words)),
        Kind::Bool => arg
            .action(ArgAction::Set)
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true"),
        _ => arg.allow_hyphen_values(true),
    };
    let arg = match param.presence {
        Presence::Required => arg.required(true),
        // Shown, not set: what was not given is the action's to fill in.
        Presence::Default(default) => {
            arg.help(format!("{} [default: {default}]", sentence(param.doc)))
        }
        Presence::Optional => arg,
    };
    match (param.primary, param.name.contains('_')) {
        (true, _) => arg.value_name(param.name.to_uppercase()),
        (false, true) => arg.long(param.name.replace('_', "-")).alias(param.name),
        (false, false) => arg.long(param.name),
    }
}

fn given(param: &Param, matches: &ArgMatches) -> Result<Option<Value>, String> {
    let Some(text) = matches.get_one::<String>(param.name) else { return Ok(None) };
    args::from_text(param.kind, text).map(Some).map_err(|mismatch| {
        let message = mismatch.message(&format!("--{}", param.name));
        // How a plan writes a number is no help here.
        let help = mismatch.help.filter(|_| !matches!(param.kind, Kind::Int(..) | Kind::Number));
        let help = help.map(|help| format!("; {help}")).unwrap_or_default();
        format!("{message}{help}")
    })
}

/// With a capital letter.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
