//! `log`: a line beside the output, with a level.

use super::line;
use crate::action::{Action, Args, Cx, Example, Form, Forms, Group, Kind, Param};
use crate::diagnostic::Fault;
use crate::value::Value;

/// The action `log`.
pub static ACTION: Action = Action {
    name: "log",
    group: Group::Basic,
    summary: "writes a line to the log on standard error",
    forms: Forms::One(
        Form::basic(
            &[
                Param::required(
                    "message",
                    Kind::Any,
                    "what is written; further keys follow as `key=value`",
                )
                .primary(),
                Param::default(
                    "level",
                    Kind::Enum(&["debug", "info", "warn", "error"]),
                    "info",
                    "how grave it is",
                ),
            ],
            run,
        )
        .open(),
    ),
    fields: &[],
    rows: &[],
    examples: &[Example {
        title: "a warning with a field",
        plan: "log \"no rows\" level=warn step=\"find\"",
    }],
    counts: false,
    finding: None,
};

fn run(cx: &Cx<'_>, args: &Args) -> Result<Value, Fault> {
    cx.output.log(args.text("level"), &line(args, "message", &["message", "level"]));
    Ok(Value::Null)
}
