//! `jq`: a jq program over a value, in the language's own values. The engine is jaq; nothing of it leaves this folder.

mod evaluate;
mod guard;
mod library;
mod operator;
mod order;
mod part;
mod prelude;
mod program;
mod tree;
mod value;

use evaluate::{Question, Wanted};

use super::{refuse, value as given};
use crate::action::{Action, Args, Cx, Example, Form, Forms, Group, Kind, Param, Problem};
use crate::diagnostic::{Fault, Severity, code::system as codes};
use crate::value::Value;

/// The action `jq`.
pub static ACTION: Action = Action {
    name: "jq",
    group: Group::Basic,
    summary: "runs a jq program over a value",
    forms: Forms::One(Form::basic(
        &[
            Param::required("program", Kind::Text, "the jq program").primary().checked(check),
            Param::optional("input", Kind::Any, "the value it works on; `null` otherwise"),
            Param::default(
                "args",
                Kind::Object,
                "{}",
                "variables of the program: `{n: 2}` is its `$n`",
            ),
            Param::default(
                "all",
                Kind::Bool,
                "false",
                "a list of everything it yields; otherwise it must yield one value, or none for `null`",
            ),
        ],
        run,
    )),
    fields: &[],
    rows: &[],
    examples: &[
        Example {
            title: "one value of another",
            plan: "var rows = [{name: \"a\", n: 1}, {name: \"b\", n: 2}]\njq \"map(.n) | add\" input=rows -> sum\nassert sum == 3",
        },
        Example {
            title: "everything a program yields",
            plan: "jq \".[] | select(. > 1)\" input=[1, 2, 3] all=true -> some\nassert some == [2, 3]",
        },
        Example {
            title: "a value of the plan in the program",
            plan: "var least = 2\njq \"map(select(. >= $least))\" input=[1, 2, 3] args={least: least} -> kept\nassert kept == [2, 3]",
        },
        Example {
            title: "strings with quotes, by a raw string",
            plan: "jq r'.[] |= \"<\\(.)>\"' input={a: 1} -> marked\nassert marked.a == \"<1>\"",
        },
    ],
    counts: true,
    finding: None,
};

/// What is wrong with a program; any variable may be one of `args` that are not known yet.
fn check(program: &str, args: &Args) -> Vec<Problem> {
    let mut known: Vec<String> = match args.value("args") {
        Some(Value::Object(object)) => object.iter().map(|(name, _)| format!("${name}")).collect(),
        _ => program::variables(program),
    };
    known.push("$ENV".to_owned());
    let flaws = evaluate::check(program, &known).into_iter();
    let problem = |flaw: program::Flaw| Problem {
        range: flaw.range,
        severity: Severity::Error,
        code: codes::BAD_JQ,
        message: flaw.message,
        help: flaw.help.map(str::to_owned),
        fix: None,
    };
    flaws.map(problem).collect()
}

fn run(cx: &Cx<'_>, args: &Args) -> Result<Value, Fault> {
    let mut variables = Vec::new();
    if let Some(Value::Object(object)) = args.value("args") {
        for (name, value) in object.iter() {
            if !is_variable(name) {
                let message = format!("`{name}` in `args` cannot be the name of a jq variable");
                return Err(refuse(codes::BAD_JQ, message)
                    .help("a name is made of letters, digits and `_`, and begins with no digit"));
            }
            variables.push((name.to_string(), value.clone()));
        }
    }
    let question = Question {
        code: args.text("program"),
        input: given(args, "input").clone(),
        args: variables,
        wanted: if args.flag("all") { Wanted::All } else { Wanted::One },
    };
    evaluate::run(cx, question)
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests;
