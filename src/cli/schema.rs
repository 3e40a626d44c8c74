//! `qplan schema …`: JSON Schemas of what goes in and comes out.

use clap::{Arg, ArgMatches, Command};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::{COMPLETED, events, modules, output};
use crate::action::{Action, Form, Forms, Kind, Param, Presence, Registry, args, page};
use crate::diagnostic::json as diagnostics;
use crate::report::Report;

/// What there are schemas of.
const WHAT: [&str; 5] = ["result", "events", "diagnostics", "modules", "action"];

/// The subcommand.
#[must_use]
pub fn command() -> Command {
    modules::located(Command::new("schema"))
        .about("Print a JSON Schema: of the result, a line of events, diagnostics, `modules`, or an action's arguments")
        .arg(Arg::new("what").required(true).value_parser(WHAT).value_name("WHAT").help("What it describes"))
        .arg(Arg::new("name").value_name("NAME").required_if_eq("what", "action").help("The action, for `action`"))
        .after_help("Examples:\n  qplan schema result\n  qplan schema action search")
}

/// Prints it.
pub fn main(matches: &ArgMatches, registry: &Registry) -> u8 {
    let registry = &modules::every(matches, registry);
    let schema = match matches.get_one::<String>("what").map(String::as_str) {
        Some("events") => written::<events::Line<'static>>(),
        Some("diagnostics") => written::<Vec<diagnostics::Row>>(),
        Some("modules") => written::<Vec<page::Page>>(),
        Some("action") => {
            let name = matches.get_one::<String>("name").map_or("", String::as_str);
            match registry.find(name) {
                Some(action) => arguments(action),
                None => return modules::unknown(name, registry),
            }
        }
        _ => written::<Report>(),
    };
    let written = output::emit(|out| {
        serde_json::to_writer_pretty(&mut *out, &schema)?;
        out.write_all(b"\n")
    });
    written.map_or_else(|code| code, |()| COMPLETED)
}

/// The schema of what is written, where fields with nothing to say are left out.
fn written<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// What an action takes: an object of its parameters; one of several, by `op`, where it has operations.
fn arguments(action: &'static Action) -> Value {
    let mut schema = match &action.forms {
        Forms::One(form) => object(action, form, None),
        Forms::Ops(ops) => {
            json!({"oneOf": ops.iter().map(|op| object(action, &op.form, Some(op.name))).collect::<Vec<_>>()})
        }
    };
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["title"] = action.name.into();
    schema["description"] = action.summary.into();
    schema
}

fn object(action: &'static Action, form: &'static Form, op: Option<&str>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    if let Some(op) = op {
        properties.insert("op".to_owned(), json!({"const": op}));
        required.push("op");
    }
    for param in args::params(action, form) {
        properties.insert(param.name.to_owned(), property(param));
        if param.presence == Presence::Required {
            required.push(param.name);
        }
    }
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": form.open})
}

fn property(param: &Param) -> Value {
    let mut schema = match param.kind {
        Kind::Any | Kind::Free => json!({}),
        Kind::Int(least, most) => json!({"type": "integer", "minimum": least, "maximum": most}),
        Kind::Number => json!({"type": "number"}),
        Kind::Bool => json!({"type": "boolean"}),
        Kind::Duration => json!({"type": "string", "pattern": r"^[0-9][0-9_.]*(ms|s|m|h)$"}),
        Kind::Enum(words) => json!({"enum": words}),
        Kind::List => json!({"type": "array"}),
        Kind::Object => json!({"type": "object"}),
        Kind::Globs | Kind::Names => {
            json!({"type": ["string", "array"], "items": {"type": "string"}})
        }
        _ => json!({"type": "string"}),
    };
    schema["description"] = param.doc.into();
    if let Presence::Default(default) = param.presence {
        schema["default"] = default.into();
    }
    schema
}
