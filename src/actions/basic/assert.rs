//! `assert`: a condition that must hold, or the step fails with an error of kind `assertion`.

use super::value;
use crate::action::{Action, Args, Cx, Example, Form, Forms, Group, Kind, Param};
use crate::diagnostic::{self, Fault, code::execution as codes};
use crate::value::{Value, ops};

/// The action `assert`.
pub static ACTION: Action = Action {
    name: "assert",
    group: Group::Basic,
    summary: "fails unless a condition holds",
    forms: Forms::One(Form::basic(
        &[
            Param::required("condition", Kind::Any, "what must hold, as in `if`").primary(),
            Param::optional("message", Kind::Text, "what the error says"),
        ],
        run,
    )),
    fields: &[],
    rows: &[],
    examples: &[Example {
        title: "a condition with its message",
        plan: "var rows = [1, 2]\nassert len(rows) == 2 message=\"${len(rows)} rows, not 2\"",
    }],
    counts: false,
    finding: None,
};

fn run(_: &Cx<'_>, args: &Args) -> Result<Value, Fault> {
    if ops::truth(value(args, "condition")) {
        return Ok(Value::Bool(true));
    }
    let message = args.maybe_text("message").unwrap_or("the condition does not hold");
    Err(Fault::new(diagnostic::Kind::Assertion, codes::ASSERTION, message))
}
