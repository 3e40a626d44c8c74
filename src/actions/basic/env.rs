//! `env`: a variable of the environment, if a flag allows it.

use crate::action::{Action, Args, Cx, Example, Form, Forms, Group, Kind, Param};
use crate::diagnostic::Fault;
use crate::value::Value;

/// The action `env`.
pub static ACTION: Action = Action {
    name: "env",
    group: Group::Basic,
    summary: "reads a variable of the environment; needs `--allow-env`",
    forms: Forms::One(Form::basic(
        &[
            Param::required("name", Kind::Text, "the variable").primary(),
            Param::optional(
                "default",
                Kind::Any,
                "the value where it is not set; `null` otherwise",
            ),
        ],
        run,
    )),
    fields: &[],
    rows: &[],
    examples: &[Example {
        title: "a variable that is not set",
        plan: "env \"QPLAN_EXAMPLE_UNSET\" default=\"none\" -> v\nassert v == \"none\"",
    }],
    counts: true,
    finding: None,
};

fn run(cx: &Cx<'_>, args: &Args) -> Result<Value, Fault> {
    let name = args.text("name");
    cx.gate.variable(name)?;
    let found = cx.system.variable(name).map(Value::from);
    Ok(found.or_else(|| args.value("default").cloned()).unwrap_or_default())
}
