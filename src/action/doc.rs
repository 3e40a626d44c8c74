//! What people read of an action, from its table alone: a line, a page. For programs it is `page`'s.

use std::fmt::Write as _;

use super::{Action, Field, Form, Forms, Group, Kind, Param, Presence, Registry, common};

/// Columns of a page.
const WIDTH: usize = 100;

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

/// The page of an action: summary, usage, arguments, operations, fields, examples.
#[must_use]
pub fn help(action: &'static Action) -> String {
    let mut text = head(action);
    let title = match action.group {
        Group::Module => "\nArguments of every module:\n",
        Group::Analysis | Group::Basic => "\nArguments of every question:\n",
    };
    push_params(&mut text, title, common(action.group));
    push_value(&mut text, action);
    push_examples(&mut text, action);
    text
}

/// The same without examples, and without what every question takes.
#[must_use]
pub fn detail(action: &'static Action) -> String {
    let mut text = head(action);
    push_value(&mut text, action);
    text
}

fn head(action: &'static Action) -> String {
    let mut text = String::new();
    push_wrapped(&mut text, "", "  ", &format!("{} — {}", action.name, action.summary));
    match &action.forms {
        Forms::One(form) => {
            text.push_str("\nUsage:\n");
            push_wrapped(&mut text, "  ", "    ", &usage(action, None));
            push_params(&mut text, "\nArguments:\n", form.params);
            push_open(&mut text, form);
        }
        Forms::Ops(ops) => {
            for op in *ops {
                text.push('\n');
                let line = format!("{} — {}", usage(action, Some(op.name)), op.summary);
                push_wrapped(&mut text, "", "  ", &line);
                push_params(&mut text, "", op.form.params);
                push_open(&mut text, &op.form);
            }
        }
    }
    text
}

fn push_value(text: &mut String, action: &Action) {
    push_fields(text, "Its value", action.fields);
    push_fields(text, "Each row", action.rows);
}

fn push_open(text: &mut String, form: &Form) {
    if form.open {
        text.push_str("  any other `key=value` too\n");
    }
}

fn push_examples(text: &mut String, action: &Action) {
    for example in action.examples {
        let _ = write!(text, "\nIn a step, {}:\n", example.title);
        for line in example.plan.trim_end().lines() {
            let _ = writeln!(text, "  {line}");
        }
    }
}

fn push_params(text: &mut String, title: &str, params: &[Param]) {
    if params.is_empty() {
        return;
    }
    text.push_str(title);
    let lines: Vec<(String, String)> =
        params.iter().map(|param| (param.name.to_owned(), description(param))).collect();
    push_columns(text, &lines);
}

fn description(param: &Param) -> String {
    let kind = match param.kind {
        Kind::Enum(words) => words.join("|"),
        Kind::Int(least, most) => bounded(least, most),
        kind => kind.name().to_owned(),
    };
    let presence = match param.presence {
        Presence::Required => ", required".to_owned(),
        Presence::Optional => String::new(),
        Presence::Default(text) => format!(", default {text}"),
    };
    format!("{} ({kind}{presence})", param.doc)
}

fn bounded(least: i64, most: i64) -> String {
    match (least, most) {
        (i64::MIN, i64::MAX) => "integer".to_owned(),
        (least, i64::MAX) => format!("integer from {least}"),
        (i64::MIN, most) => format!("integer up to {most}"),
        (least, most) => format!("integer from {least} to {most}"),
    }
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
    let further = " ".repeat(width + 4);
    for (name, rest) in lines {
        push_wrapped(text, &format!("  {name:width$}  "), &further, rest);
    }
}

/// A line, broken at blanks where it grows too long; `first` stands before it, `further` before what is broken off.
pub(crate) fn push_wrapped(text: &mut String, first: &str, further: &str, line: &str) {
    text.push_str(first);
    let mut column = first.chars().count();
    for (at, word) in line.split(' ').enumerate() {
        let letters = word.chars().count();
        if at > 0 && column + 1 + letters > WIDTH {
            let _ = write!(text, "\n{further}{word}");
            column = further.chars().count() + letters;
        } else {
            text.push_str(if at > 0 { " " } else { "" });
            text.push_str(word);
            column += letters + usize::from(at > 0);
        }
    }
    text.push('\n');
}

/// What `--help` of the subcommand adds to the arguments: examples and row fields.
#[must_use]
pub fn notes(action: &Action) -> String {
    let mut text = String::new();
    push_fields(&mut text, "Each row", action.rows);
    push_examples(&mut text, action);
    text.trim_start().to_owned()
}

/// The groups as lists show them.
const GROUPS: [(Group, &str); 3] = [
    (Group::Analysis, "Questions about the repository"),
    (Group::Module, "Modules written in QPlan, called like the others"),
    (Group::Basic, "Basic actions"),
];

/// All actions, a line each, by group.
#[must_use]
pub fn list(registry: &Registry) -> String {
    let mut text = String::new();
    for (group, title) in GROUPS {
        let lines: Vec<(String, String)> = registry
            .iter()
            .filter(|action| action.group == group)
            .map(|action| (action.name.to_owned(), brief(action)))
            .collect();
        if !lines.is_empty() {
            let _ = writeln!(text, "{title}:");
            push_columns(&mut text, &lines);
            text.push('\n');
        }
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
