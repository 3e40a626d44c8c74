//! `string`: work on text. Places in text are counted in characters.

use super::{refuse, value};
use crate::action::{Action, Example, Forms, Group, Kind, Op, Param};
use crate::diagnostic::{Fault, code::execution as codes};
use crate::value::function::text;
use crate::value::{Value, ops};

const TEXT: Param = Param::required("text", Kind::Text, "the text").primary();
const BY: Param = Param::default("by", Kind::Text, "", "the separator");

/// The action `string`.
pub static ACTION: Action = Action {
    name: "string",
    group: Group::Basic,
    summary: "works on text",
    forms: Forms::Ops(&[
        Op::basic(
            "includes",
            "whether the text holds a part",
            &[TEXT, Param::required("part", Kind::Text, "the part")],
            |_, args| Ok(Value::Bool(args.text("text").contains(args.text("part")))),
        ),
        Op::basic(
            "join",
            "the items as text with a separator between them",
            &[
                Param::required("items", Kind::List, "a list, or a table for its rows").primary(),
                BY,
            ],
            |_, args| text::join(value(args, "items"), args.text("by")),
        ),
        Op::basic("length", "number of characters", &[TEXT], |_, args| {
            Ok(Value::count(args.text("text").chars().count()))
        }),
        Op::basic("lower", "the text in lower case", &[TEXT], |_, args| {
            Ok(args.text("text").to_lowercase().into())
        }),
        Op::basic(
            "match",
            "the first match of a regular expression as `{text, start, groups, names}`, or `null`",
            &[TEXT, Param::required("pattern", Kind::Regex, "the regular expression")],
            |_, args| first_match(args.text("text"), args.text("pattern")),
        ),
        Op::basic(
            "replace",
            "the text with every occurrence of a part replaced",
            &[
                TEXT,
                Param::required("from", Kind::Text, "the part; not empty"),
                Param::required("to", Kind::Text, "what takes its place"),
            ],
            |_, args| replace(args.text("text"), args.text("from"), args.text("to")),
        ),
        Op::basic(
            "split",
            "the parts between separators; the characters for an empty one",
            &[TEXT, BY],
            |_, args| text::split_at(args.text("text"), args.text("by")),
        ),
        Op::basic(
            "substring",
            "the characters from `start` up to, not including, `end`",
            &[
                TEXT,
                Param::default(
                    "start",
                    Kind::Int(i64::MIN, i64::MAX),
                    "0",
                    "first character, negative from the end",
                ),
                Param::optional(
                    "end",
                    Kind::Int(i64::MIN, i64::MAX),
                    "behind the last character, negative from the end",
                ),
            ],
            |_, args| {
                Ok(substring(args.text("text"), args.int("start").unwrap_or(0), args.int("end")))
            },
        ),
        Op::basic("trim", "the text without blanks and line ends around it", &[TEXT], |_, args| {
            Ok(args.text("text").trim().into())
        }),
        Op::basic("upper", "the text in upper case", &[TEXT], |_, args| {
            Ok(args.text("text").to_uppercase().into())
        }),
    ]),
    fields: &[],
    rows: &[],
    examples: &[
        Example {
            title: "case and blanks",
            plan: "string upper \"ab\" -> up\nstring lower \"AB\" -> down\nstring trim \"  a \" -> bare\nassert [up, down, bare] == [\"AB\", \"ab\", \"a\"]",
        },
        Example {
            title: "parts",
            plan: "string split \"a,b\" by=\",\" -> parts\nstring join parts by=\"-\" -> joined\nstring replace \"a.b.c\" from=\".\" to=\"/\" -> path\nassert joined == \"a-b\" and path == \"a/b/c\"",
        },
        Example {
            title: "places",
            plan: "string length \"größe\" -> n\nstring substring \"größe\" start=-2 -> tail\nstring includes \"größe\" part=\"öß\" -> there\nassert n == 5 and tail == \"ße\" and there",
        },
        Example {
            title: "a match with groups",
            plan: "string match \"v1.25\" pattern=r\"(?<major>\\d+)\\.(\\d+)\" -> m\nassert m.text == \"1.25\" and m.start == 1 and m.groups == [\"1\", \"25\"] and m.names.major == \"1\"",
        },
    ],
    counts: true,
    finding: None,
};

fn replace(text: &str, from: &str, to: &str) -> Result<Value, Fault> {
    if from.is_empty() {
        return Err(refuse(
            codes::ACTION_VALUE,
            "expected a text to replace in `from`, found an empty one",
        ));
    }
    let found = memchr::memmem::find_iter(text.as_bytes(), from.as_bytes()).count() as u64;
    ops::room_for((text.len() as u64).saturating_add(found.saturating_mul(to.len() as u64)))?;
    Ok(text.replace(from, to).into())
}

fn substring(text: &str, start: i64, end: Option<i64>) -> Value {
    let count = text.chars().count();
    let place = |at: i64| {
        let steps = usize::try_from(at.unsigned_abs()).unwrap_or(usize::MAX);
        if at < 0 { count.saturating_sub(steps) } else { steps.min(count) }
    };
    let (start, end) = (place(start), end.map_or(count, place));
    Value::from(text.chars().skip(start).take(end.saturating_sub(start)).collect::<String>())
}

fn first_match(text: &str, pattern: &str) -> Result<Value, Fault> {
    let regex = text::regex(pattern)?;
    let Some(captures) = regex.captures(text) else { return Ok(Value::Null) };
    let group =
        |found: Option<regex::Match<'_>>| found.map_or(Value::Null, |found| found.as_str().into());
    let start = captures.get(0).map_or(0, |whole| text[..whole.start()].chars().count());
    let groups = Value::list((1..captures.len()).map(|at| group(captures.get(at))));
    let names = Value::object(
        regex.capture_names().flatten().map(|name| (name, group(captures.name(name)))),
    );
    Ok(Value::object([
        ("text", group(captures.get(0))),
        ("start", Value::count(start)),
        ("groups", groups),
        ("names", names),
    ]))
}
