//! `json`: between values and JSON text, and work on the parts of values.

use super::{refuse, value};
use crate::action::{Action, Args, Example, Forms, Group, Kind, Op, Param};
use crate::diagnostic::{Fault, code::execution as codes};
use crate::value::function::path::Path;
use crate::value::function::select;
use crate::value::{Value, ops, show};

const VALUE: Param = Param::required("value", Kind::Any, "the value").primary();
const PATH: Param =
    Param::required("path", Kind::Text, "the path of a part, as in `items[0].name`");

/// The action `json`.
pub static ACTION: Action = Action {
    name: "json",
    group: Group::Basic,
    summary: "reads and writes JSON text, and works on the parts of values",
    forms: Forms::Ops(&[
        Op::basic(
            "entries",
            "the fields of an object as a list of `{key, value}`",
            &[VALUE],
            |_, args| entries(value(args, "value")),
        ),
        Op::basic(
            "get",
            "the part at a path",
            &[
                VALUE,
                PATH,
                Param::optional(
                    "default",
                    Kind::Any,
                    "the value where the part is missing or `null`",
                ),
            ],
            |_, args| get(args),
        ),
        Op::basic("keys", "the names of an object's fields", &[VALUE], |_, args| {
            select::keys(value(args, "value"))
        }),
        Op::basic(
            "parse",
            "the value that a JSON text writes",
            &[Param::required("text", Kind::Text, "the JSON text").primary()],
            |_, args| parse(args.text("text")),
        ),
        Op::basic(
            "set",
            "a copy with another part at a path; its parents must exist",
            &[VALUE, PATH, Param::required("to", Kind::Any, "the new part")],
            |_, args| set(args),
        ),
        Op::basic(
            "stringify",
            "the value as JSON text",
            &[
                VALUE,
                Param::default(
                    "pretty",
                    Kind::Bool,
                    "false",
                    "several lines, indented by two blanks",
                ),
            ],
            |_, args| stringify(args),
        ),
        Op::basic("values", "the values of an object's fields", &[VALUE], |_, args| {
            select::values(value(args, "value"))
        }),
    ]),
    fields: &[],
    rows: &[],
    examples: &[
        Example {
            title: "there and back",
            plan: "json parse r'{\"a\": [1, 2.5]}' -> v\njson stringify v -> text\nassert v.a[1] == 2.5 and text == r'{\"a\":[1,2.5]}'",
        },
        Example {
            title: "parts",
            plan: "var v = {items: [{name: \"a\"}]}\njson get v path=\"items[0].name\" -> name\njson get v path=\"items[1].name\" default=\"none\" -> second\njson set v path=\"items[0].name\" to=\"b\" -> w\nassert [name, second, w.items[0].name, v.items[0].name] == [\"a\", \"none\", \"b\", \"a\"]",
        },
        Example {
            title: "fields",
            plan: "var v = {a: 1, b: 2}\njson keys v -> ks\njson values v -> vs\njson entries v -> es\nassert ks == [\"a\", \"b\"] and vs == [1, 2] and es[1] == {key: \"b\", value: 2}",
        },
    ],
    counts: true,
    finding: None,
};

/// The value that a JSON text writes.
pub(super) fn parse(text: &str) -> Result<Value, Fault> {
    ops::room_for(weight_at_most(text))?;
    let read: Result<serde_json::Value, _> =
        serde_json::from_str(text.trim_start_matches('\u{feff}'));
    read.map(Value::from)
        .map_err(|error| refuse(codes::BAD_JSON, format!("the text is no JSON: {error}")))
}

/// The most that a text's value weighs, or about that: each item but the first stands behind a comma, and each list or
/// object begins with a bracket; those inside strings count too.
fn weight_at_most(text: &str) -> u64 {
    let value = Value::from("").size().weight;
    let list = value + Value::list([]).size().weight;
    let object = value + Value::object([("", Value::Null)]).size().weight;
    let signs = text.bytes().map(|byte| match byte {
        b',' => value,
        b':' => object - Value::object::<&str>([]).size().weight,
        b'[' => list,
        b'{' => object,
        _ => 1,
    });
    signs.fold(value, u64::saturating_add)
}

fn stringify(args: &Args) -> Result<Value, Fault> {
    let given = value(args, "value");
    Ok(if args.flag("pretty") { show::pretty(given) } else { show::json(given) }.into())
}

fn get(args: &Args) -> Result<Value, Fault> {
    let found = Path::parse(args.text("path"))?.find(value(args, "value"))?;
    match args.value("default") {
        Some(default) if matches!(found, Value::Null) => Ok(default.clone()),
        _ => Ok(found),
    }
}

fn set(args: &Args) -> Result<Value, Fault> {
    let path = Path::parse(args.text("path"))?;
    let mut changed = value(args, "value").clone();
    ops::set_path(&mut changed, path.keys(), value(args, "to").clone())?;
    Ok(changed)
}

fn entries(value: &Value) -> Result<Value, Fault> {
    let fields = select::fields_of("json entries", value)?;
    Ok(Value::list(fields.iter().map(|(key, value)| {
        Value::object([("key", Value::Str(key.clone())), ("value", value.clone())])
    })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Kind;
    use proptest::prelude::*;

    #[test]
    fn a_text_whose_value_would_not_fit_is_refused_before_it_is_read() {
        let text = format!("[{}1]", "1,".repeat(10 << 20));
        assert_eq!(parse(&text).map_err(|fault| fault.kind), Err(Kind::Limit));
    }

    proptest! {
        #[test]
        fn no_value_weighs_more_than_its_text_says(text in r#"(\[|\]|\{|\}|"a":|,|1|null|"b"){0,12}"#) {
            if let Ok(value) = parse(&text) {
                prop_assert!(value.size().weight <= weight_at_most(&text));
            }
        }
    }
}
