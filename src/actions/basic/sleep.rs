//! `sleep`: waits, and ends at once when the run does.

use std::time::Duration;

use crate::action::{Action, Args, Cx, Example, Form, Forms, Group, Kind, Param};
use crate::diagnostic::Fault;
use crate::value::Value;

/// The action `sleep`.
pub static ACTION: Action = Action {
    name: "sleep",
    group: Group::Basic,
    summary: "waits for a while",
    forms: Forms::One(Form::basic(
        &[Param::required("time", Kind::Duration, "how long, as in `200ms` or `5s`").primary()],
        run,
    )),
    fields: &[],
    rows: &[],
    examples: &[Example { title: "a short wait", plan: "sleep 5ms" }],
    counts: false,
    finding: None,
};

fn run(cx: &Cx<'_>, args: &Args) -> Result<Value, Fault> {
    let time = args.duration("time").unwrap_or(Duration::ZERO);
    cx.slots.aside(|| cx.system.sleep(time, cx.cancel))?;
    Ok(Value::Null)
}
