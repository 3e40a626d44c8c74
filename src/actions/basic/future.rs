//! `future`: a value that comes after a while. `future ACTION` is a statement of the language.

use std::time::Duration;

use crate::action::{Action, Args, Cx, Example, Form, Forms, Group, Kind, Param};
use crate::diagnostic::Fault;
use crate::value::Value;

/// The action `future`.
pub static ACTION: Action = Action {
    name: "future",
    group: Group::Basic,
    summary: "gives a value after a while, without holding up the plan",
    forms: Forms::One(Form::basic(
        &[
            Param::optional("value", Kind::Any, "what it gives; `null` where absent"),
            Param::default("delay", Kind::Duration, "0s", "how long it takes"),
        ],
        run,
    )),
    fields: &[],
    rows: &[],
    examples: &[Example {
        title: "a value that is waited for where it is read",
        plan: "future delay=5ms value=3 -> later\nprint \"meanwhile\"\nprint later + 1",
    }],
    counts: true,
    finding: None,
};

fn run(cx: &Cx<'_>, args: &Args) -> Result<Value, Fault> {
    let delay = args.duration("delay").unwrap_or(Duration::ZERO);
    cx.slots.aside(|| cx.system.sleep(delay, cx.cancel))?;
    Ok(args.value("value").cloned().unwrap_or_default())
}
