//! `timeout`: the step's attribute as a statement, for a time that is computed.

use std::time::Duration;

use crate::action::{Action, Args, Cx, Example, Form, Forms, Group, Kind, Param};
use crate::diagnostic::Fault;
use crate::value::Value;

/// The action `timeout`.
pub static ACTION: Action = Action {
    name: "timeout",
    group: Group::Basic,
    summary: "gives what is left of the step that much time from now",
    forms: Forms::One(Form::basic(
        &[Param::required(
            "time",
            Kind::Duration,
            "how long; past it the step fails with an error of kind `timeout`",
        )
        .primary()],
        run,
    )),
    fields: &[],
    rows: &[],
    examples: &[Example {
        title: "a second for the rest of the step",
        plan: "timeout 1s\nsleep 5ms",
    }],
    counts: false,
    finding: None,
};

fn run(cx: &Cx<'_>, args: &Args) -> Result<Value, Fault> {
    cx.cancel.limit(args.duration("time").unwrap_or(Duration::ZERO));
    Ok(Value::Null)
}
