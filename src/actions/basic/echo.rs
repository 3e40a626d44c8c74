//! `echo`: a line of output that is also a value.

use super::line;
use crate::action::{Action, Args, Cx, Example, Form, Forms, Group, Kind, Param};
use crate::diagnostic::Fault;
use crate::value::Value;

/// The action `echo`.
pub static ACTION: Action = Action {
    name: "echo",
    group: Group::Basic,
    summary: "writes a line to the output, as `print` does, and yields what it was given",
    forms: Forms::One(
        Form::basic(
            &[Param::optional(
                "value",
                Kind::Any,
                "what is written; further keys follow as `key=value`",
            )
            .primary()],
            run,
        )
        .open(),
    ),
    fields: &[],
    rows: &[],
    examples: &[
        Example { title: "a value", plan: "echo \"hello\" -> said\nassert said == \"hello\"" },
        Example { title: "fields", plan: "echo n=1 name=\"a\" -> said\nassert said.n == 1" },
    ],
    counts: false,
    finding: None,
};

fn run(cx: &Cx<'_>, args: &Args) -> Result<Value, Fault> {
    cx.output.line(&line(args, "value", &["value"]))?;
    Ok(match args.value("value") {
        Some(value) => value.clone(),
        None => Value::object(args.iter().map(|(key, value)| (key, value.clone()))),
    })
}
