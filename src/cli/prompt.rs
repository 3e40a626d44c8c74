//! `qplan prompt`: what an agent is told before it writes a plan. The rules are `prompt/*.md`; actions, functions and
//! fields come from their tables, so that nothing is listed twice.

use std::fmt::Write as _;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::{COMPLETED, modules, output};
use crate::action::{
    Action, COMMON, Field, Form, Forms, Group, Kind, Param, Presence, Registry, doc,
};
use crate::value::function::{FUNCTIONS, Function};

/// The rules in short, with places for what the tables say.
const GUIDE: &str = include_str!("prompt/guide.md");
/// More rules and worked plans.
const MORE: &str = include_str!("prompt/more.md");

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// The rules, one line an action: at most 1,500 tokens.
    Compact,
    /// The same with every argument and field explained, more rules, and worked plans.
    Full,
}

/// The subcommand.
#[must_use]
pub fn command() -> Command {
    modules::located(Command::new("prompt"))
        .about("Print what an AI agent needs to write a plan")
        .arg(Arg::new("requirement").value_name("REQUIREMENT").num_args(0..).help("What the plan is for; put at the end"))
        .arg(
            Arg::new("compact")
                .long("compact")
                .action(ArgAction::SetTrue)
                .help("The rules and a line for each action, in at most 1,500 tokens"),
        )
        .after_help("Examples:\n  qplan prompt --compact\n  qplan prompt \"list every function that opens a file\"")
}

/// Prints it.
pub fn main(matches: &ArgMatches, registry: &Registry) -> u8 {
    let length = if matches.get_flag("compact") { Length::Compact } else { Length::Full };
    let words: Vec<&str> = matches
        .get_many::<String>("requirement")
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let text = text(&modules::every(matches, registry), length, &words.join(" "));
    let written = output::emit(|out| out.write_all(text.as_bytes()));
    written.map_or_else(|code| code, |()| COMPLETED)
}

/// The prompt, the requirement at its end if there is one.
#[must_use]
pub fn text(registry: &Registry, length: Length, requirement: &str) -> String {
    let mut text = guide(registry);
    if length == Length::Full {
        text.push_str(MORE);
        text.push_str("\n## The questions in detail\n");
        for action in of(registry, Group::Analysis) {
            let _ = write!(text, "\n```text\n{}```\n", doc::detail(action));
            for example in action.examples {
                let plan = example.plan.trim_end().replace('\n', "\n  ");
                let _ = write!(text, "\n```qp\nstep \"{}\" {{\n  {plan}\n}}\n```\n", example.title);
            }
        }
        text.push_str("\n## The modules in detail\n");
        for action in of(registry, Group::Module) {
            let _ = write!(text, "\n```text\n{}```\n", doc::detail(action));
        }
        text.push_str("\n## The basic actions in detail\n\n");
        for action in of(registry, Group::Basic) {
            push_operations(&mut text, action);
        }
    }
    if !requirement.trim().is_empty() {
        let _ = write!(
            text,
            "\n## Your task\n\n{}\n\nAnswer with one plan in a `qp` block.\n",
            requirement.trim()
        );
    }
    text
}

fn of(registry: &Registry, group: Group) -> impl Iterator<Item = &'static Action> + '_ {
    registry.iter().filter(move |action| action.group == group)
}

fn guide(registry: &Registry) -> String {
    let shared = shared(registry);
    let common: Vec<String> = COMMON.iter().map(key).collect();
    GUIDE
        .replace("{{functions}}", &functions())
        .replace("{{shared}}", &shared.join(", "))
        .replace("{{common}}", &common.join(" "))
        .replace("{{questions}}", &questions(registry, &shared))
        .replace("{{modules}}", &written_in_qplan(registry))
        .replace("{{basics}}", &basics(registry))
}

/// The fields that the rows of every question have, in the order of the first one's.
fn shared(registry: &Registry) -> Vec<&'static str> {
    let mut tables =
        of(registry, Group::Analysis).map(|action| action.rows).filter(|rows| !rows.is_empty());
    let first = tables.next().unwrap_or(&[]);
    let rest: Vec<&[Field]> = tables.collect();
    let everywhere =
        |field: &&Field| rest.iter().all(|rows| rows.iter().any(|row| row.name == field.name));
    first.iter().filter(everywhere).map(|field| field.name).collect()
}

/// Functions of several values with their parameters, the others by name.
fn functions() -> String {
    let (one, several): (Vec<&Function>, Vec<&Function>) =
        FUNCTIONS.iter().partition(|function| function.most == 1);
    let several: Vec<String> = several.into_iter().map(signature).collect();
    let one: Vec<&str> = one.into_iter().map(|function| function.name).collect();
    format!("{}; of one value {}", several.join(" "), one.join(" "))
}

fn signature(function: &Function) -> String {
    let optional = function.params.get(function.least..).unwrap_or(&[]).join(", ");
    let needed = function.params.get(..function.least).unwrap_or(&[]).join(", ");
    match (optional.is_empty(), function.most) {
        (true, _) => format!("{}({needed})", function.name),
        (false, usize::MAX) => format!("{}({needed}, …)", function.name),
        (false, _) => format!("{}({needed}[, {optional}])", function.name),
    }
}

/// A line for each question: its arguments, and the fields that only its rows have.
fn questions(registry: &Registry, shared: &[&str]) -> String {
    let mut text = String::new();
    for action in of(registry, Group::Analysis) {
        let own = action.rows.iter().map(|field| field.name).filter(|name| !shared.contains(name));
        let own: Vec<&str> = own.collect();
        let _ = writeln!(text, "- {} — {}; {}", call(action), action.summary, own.join(" "));
    }
    text
}

fn written_in_qplan(registry: &Registry) -> String {
    let calls: Vec<String> = of(registry, Group::Module).map(call).collect();
    calls.join(", ")
}

fn basics(registry: &Registry) -> String {
    let calls: Vec<String> = of(registry, Group::Basic).map(call).collect();
    calls.join("\n")
}

/// How an action is called, in the fewest words.
fn call(action: &Action) -> String {
    match &action.forms {
        Forms::One(form) => format!("{}{}", action.name, arguments(form)),
        Forms::Ops(ops) => {
            let ops: Vec<String> =
                ops.iter().map(|op| format!("{}{}", op.name, further(&op.form))).collect();
            format!("{}: {}", action.name, ops.join(", "))
        }
    }
}

/// What must be given beside the value.
fn further(form: &Form) -> String {
    let needed = |param: &&Param| param.presence == Presence::Required && !param.primary;
    form.params.iter().filter(needed).map(|param| format!(" {}", key(param))).collect()
}

/// What must be given, and in brackets what may be; `inside.field` is told as `.field` behind the first such key.
fn arguments(form: &Form) -> String {
    let (needed, optional): (Vec<&Param>, Vec<&Param>) =
        form.params.iter().partition(|param| param.presence == Presence::Required);
    let mut text: String = needed.into_iter().map(|param| format!(" {}", key(param))).collect();
    let mut shown: Vec<String> = Vec::new();
    for param in optional {
        let one = match param.name.split_once('.') {
            Some((_, part)) => format!(".{part}"),
            None => key(param),
        };
        if !shown.contains(&one) {
            shown.push(one);
        }
    }
    if !shown.is_empty() {
        let _ = write!(text, " [{}]", shown.join(" "));
    }
    text
}

/// The value without a key in capitals, a key with its words, and a colon where a bare name is taken.
fn key(param: &Param) -> String {
    let name = if param.primary { param.name.to_uppercase() } else { param.name.to_owned() };
    match param.kind {
        Kind::Enum(words) => format!("{name}={}", words.join("|")),
        kind if kind.takes_bare_words() => format!("{name}:"),
        _ => name,
    }
}

fn push_operations(text: &mut String, action: &Action) {
    match &action.forms {
        Forms::One(_) => {
            let _ = writeln!(text, "- `{}`: {}", doc::usage(action, None), action.summary);
        }
        Forms::Ops(ops) => {
            for op in *ops {
                let _ = writeln!(text, "- `{}`: {}", doc::usage(action, Some(op.name)), op.summary);
            }
        }
    }
}
