//! `join`: waits for several futures. Reading a future waits for it; this gives all values at once.

use crate::action::{Action, Args, Cx, Example, Form, Forms, Group, Kind, Param};
use crate::diagnostic::Fault;
use crate::value::Value;

/// The action `join`.
pub static ACTION: Action = Action {
    name: "join",
    group: Group::Basic,
    summary: "waits for futures and gives the list of their values",
    forms: Forms::One(Form::basic(
        &[Param::required(
            "futures",
            Kind::Names,
            "the variables: a list of them, or their names in one string, separated by commas",
        )
        .primary()],
        run,
    )),
    fields: &[],
    rows: &[],
    examples: &[Example {
        title: "two at once",
        plan: "future delay=5ms value=1 -> a\nfuture delay=5ms value=2 -> b\njoin [a, b] -> both\nprint both",
    }],
    counts: true,
    finding: None,
};

fn run(_: &Cx<'_>, args: &Args) -> Result<Value, Fault> {
    Ok(args.value("futures").cloned().unwrap_or_default())
}
