//! What people read of an action, from its table alone: a line, a page, the same for programs.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::args::params;
use super::{Action, Field, Form, Forms, Group, Kind, Op, Param, Presence, Registry};

/// The action's name with its operation: `file read`.
#[must_use]
pub fn title(action: &Action, op: Option<&str>) -> String {
    op.map_or_else(|| action.name.to_owned(), |op| format!("{} {op}", action.name))
}

/// How a plan calls it, on one line: required arguments plain, the others in brackets, defaults behind `=`.
#[must_use]
pub fn usage(action: &Action, op: Option<&str>) -> String {
    let mut line = title(action, op);
    let form = match &action.forms {
        Forms::One(form) => form,
        Forms::Ops(ops) => match ops.iter().find(|o| Some(o.name) == op) {
            Some(op) => &op.form,
            None => return format!("{line} OPERATION …"),
        },
    };
    for param in form.params {
        line.push(' ');
        line.push_str(&argument(param));
    }
    if form.open {
        line.push_str(" [key=…]");
    }
    line
}

fn argument(param: &Param) -> String {
    let key = if param.primary { String::new() } else { format!("{}=", param.name) };
    match param.presence {
        Presence::Required if param.primary => param.name.to_uppercase(),
        Presence::Required => format!("{key}…"),
        Presence::Optional if param.primary => format!("[{}]", param.name.to_uppercase()),
        Presence::Optional => format!("[{key}…]"),
        Presence::Default(text) if param.primary => {
            format!("[{}={text}]", param.name.to_uppercase())
        }
        Presence::Default(text) => format!("[{key}{text}]"),
    }
}

/// The help of an action: summary, usage, parameters, operations, fields, examples.
#[must_use]
pub fn help(action: &'static Action) -> String {
    let mut text = format!("{} — {}\n", action.name, action.summary);
    match &action.forms {
        Forms::One(form) => {
            let _ = write!(text, "\nUsage: {}\n", usage(action, None));
            push_params(&mut text, action, form);
        }
        Forms::Ops(ops) => {
            for op in *ops {
                let _ = write!(text, "\n{} — {}\n", usage(action, Some(op.name)), op.summary);
                push_params(&mut text, action, &op.form);
            }
        }
    }
    push_fields(&mut text, "Value", action.fields);
    push_fields(&mut text, "Each row", action.rows);
    push_examples(&mut text, action);
    text
}

fn push_examples(text: &mut String, action: &Action) {
    for example in action.examples {
        let _ = write!(text, "\nIn a plan, {}:\n", example.title);
        for line in example.plan.trim_end().lines() {
            let _ = writeln!(text, "  {line}");
        }
    }
}

fn push_params(text: &mut String, action: &Action, form: &'static Form) {
    let lines: Vec<(String, String)> =
        params(action, form).map(|param| (param.name.to_owned(), description(param))).collect();
    push_columns(text, &lines);
}

fn description(param: &Param) -> String {
    let kind = match param.kind {
        Kind::Enum(words) => words.join("|"),
        kind => kind.name().to_owned(),
    };
    let presence = match param.presence {
        Presence::Required => ", required".to_owned(),
        Presence::Optional => String::new(),
        Presence::Default(text) => format!(", default {text}"),
    };
    format!("{} ({kind}{presence})", param.doc)
}

fn push_fields(text: &mut String, what: &str, fields: &[Field]) {
    if fields.is_empty() {
        return;
    }
    let _ = write!(text, "\n{what}:\n");
    let lines: Vec<(String, String)> = fields
        .iter()
        .map(|field| (field.name.to_owned(), format!("{} ({})", field.doc, field.kind)))
        .collect();
    push_columns(text, &lines);
}

fn push_columns(text: &mut String, lines: &[(String, String)]) {
    let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, rest) in lines {
        let _ = writeln!(text, "  {name:width$}  {rest}");
    }
}

/// What `--help` of the subcommand adds to the arguments: examples and row fields.
#[must_use]
pub fn notes(action: &Action) -> String {
    let mut text = String::new();
    push_fields(&mut text, "Each row", action.rows);
    push_examples(&mut text, action);
    text.trim_start().to_owned()
}

/// All actions, a line each, by group.
#[must_use]
pub fn list(registry: &Registry) -> String {
    let mut text = String::new();
    for (group, title) in
        [(Group::Analysis, "Questions about the repository"), (Group::Basic, "Basic actions")]
    {
        let _ = writeln!(text, "{title}:");
        let lines: Vec<(String, String)> = registry
            .iter()
            .filter(|action| action.group == group)
            .map(|action| (action.name.to_owned(), brief(action)))
            .collect();
        push_columns(&mut text, &lines);
        text.push('\n');
    }
    text.push_str("`qplan modules NAME` shows one.\n");
    text
}

fn brief(action: &Action) -> String {
    match &action.forms {
        Forms::One(_) => action.summary.to_owned(),
        Forms::Ops(ops) => {
            let names: Vec<&str> = ops.iter().map(|op| op.name).collect();
            format!("{}: {}", action.summary, names.join(" "))
        }
    }
}

/// All actions for programs.
#[must_use]
pub fn list_json(registry: &Registry) -> Json {
    registry.iter().map(page_json).collect()
}

/// One action for programs: operations with arguments, kinds, defaults and words; fields; examples.
#[must_use]
pub fn page_json(action: &'static Action) -> Json {
    let ops: Vec<Json> = match &action.forms {
        Forms::One(form) => vec![form_json(action, form, None)],
        Forms::Ops(ops) => ops.iter().map(|op| form_json(action, &op.form, Some(op))).collect(),
    };
    let examples =
        action.examples.iter().map(|example| json!({"title": example.title, "plan": example.plan}));
    json!({
        "name": action.name,
        "group": if action.group == Group::Analysis { "analysis" } else { "basic" },
        "summary": action.summary,
        "forms": ops,
        "fields": fields_json(action.fields),
        "rows": fields_json(action.rows),
        "examples": examples.collect::<Vec<_>>(),
    })
}

fn form_json(action: &'static Action, form: &'static Form, op: Option<&Op>) -> Json {
    let arguments: Vec<Json> = params(action, form).map(param_json).collect();
    let mut row = json!({"usage": usage(action, op.map(|op| op.name)), "arguments": arguments});
    if let Some(op) = op {
        row["op"] = op.name.into();
        row["summary"] = op.summary.into();
    }
    row
}

fn param_json(param: &Param) -> Json {
    let mut row = json!({
        "name": param.name,
        "kind": param.kind.name(),
        "required": param.presence == Presence::Required,
        "primary": param.primary,
        "doc": param.doc,
    });
    if let Presence::Default(text) = param.presence {
        row["default"] = text.into();
    }
    if let Kind::Enum(words) = param.kind {
        row["words"] = json!(words);
    }
    row
}

fn fields_json(fields: &[Field]) -> Json {
    fields
        .iter()
        .map(|field| json!({"name": field.name, "kind": field.kind, "doc": field.doc}))
        .collect()
}
