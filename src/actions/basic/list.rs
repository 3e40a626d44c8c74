//! `list`: choosing, ordering and combining items and rows.

use std::collections::HashSet;

use super::value;
use crate::action::{Action, Args, Cx, Example, Forms, Group, Kind, Op, Param};
use crate::diagnostic::Fault;
use crate::value::function::select;
use crate::value::{Value, ops};

const ITEMS: Param =
    Param::required("items", Kind::List, "a list, or a table for its rows").primary();
const WITH: Param = Param::required("with", Kind::List, "the other list");
const FIELD: Param = Param::required(
    "field",
    Kind::Text,
    "the path of a field of each row, as in `name` or `call.args[0]`",
);
const BY: Param = Param::optional(
    "field",
    Kind::Text,
    "the path of the field of each row that is compared; the item itself otherwise",
);

/// The action `list`.
pub static ACTION: Action = Action {
    name: "list",
    group: Group::Basic,
    summary: "chooses, orders and combines the items of lists and the rows of tables",
    forms: Forms::Ops(&[
        Op::basic(
            "filter",
            "the rows whose field is a value, or is true where no value is given",
            &[ITEMS, FIELD, Param::optional("value", Kind::Any, "what the field must be")],
            |_, args| {
                select::filter(value(args, "items"), value(args, "field"), args.value("value"))
            },
        ),
        Op::basic("first", "the first item; `null` where there is none", &[ITEMS], |_, args| {
            ops::index(value(args, "items"), &Value::Int(0))
        }),
        Op::basic(
            "group",
            "an object of lists: the rows by the text of their field",
            &[ITEMS, FIELD],
            |_, args| select::group(value(args, "items"), value(args, "field")),
        ),
        Op::basic(
            "intersect",
            "the items that are in the other list too, each once",
            &[ITEMS, WITH],
            |_, args| keep(args, |seen| seen),
        ),
        Op::basic("last", "the last item; `null` where there is none", &[ITEMS], |_, args| {
            ops::index(value(args, "items"), &Value::Int(-1))
        }),
        Op::basic(
            "map",
            "the field of each row; `null` where it is missing",
            &[ITEMS, FIELD],
            |_, args| select::map(value(args, "items"), value(args, "field")),
        ),
        Op::basic(
            "minus",
            "the items that are not in the other list, each once",
            &[ITEMS, WITH],
            |_, args| keep(args, |seen| !seen),
        ),
        Op::basic(
            "sort",
            "the items in order; equal ones keep theirs",
            &[
                ITEMS,
                BY,
                Param::default(
                    "order",
                    Kind::Enum(&["asc", "desc"]),
                    "asc",
                    "ascending or descending",
                ),
            ],
            sort,
        ),
        Op::basic(
            "take",
            "the first items",
            &[ITEMS, Param::required("n", Kind::Int(0, i64::MAX), "how many at most")],
            |_, args| {
                let n = args.int("n").and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
                Ok(Value::list(select::rows_of("list take", value(args, "items"))?.take(n)))
            },
        ),
        Op::basic("union", "the items of both lists, each once", &[ITEMS, WITH], |_, args| {
            select::unique(&ops::add(value(args, "items"), value(args, "with"))?, None)
        }),
        Op::basic(
            "unique",
            "the items without those equal to an earlier one",
            &[ITEMS, BY],
            |_, args| select::unique(value(args, "items"), args.value("field")),
        ),
    ]),
    fields: &[],
    rows: &[],
    examples: &[
        Example {
            title: "order",
            plan: "list sort [3, 1, 2] order=desc -> down\nassert down == [3, 2, 1]",
        },
        Example {
            title: "ends",
            plan: "var rows = [1, 2, 3]\nlist first rows -> a\nlist last rows -> z\nlist take rows n=2 -> some\nassert [a, z] == [1, 3] and some == [1, 2]",
        },
        Example {
            title: "rows by a field",
            plan: "var rows = [{k: \"a\", n: 1}, {k: \"b\", n: 2}, {k: \"a\", n: 3}]\nlist filter rows field=\"k\" value=\"a\" -> found\nlist map found field=\"n\" -> ns\nlist group rows field=\"k\" -> by\nlist unique rows field=\"k\" -> kinds\nassert ns == [1, 3] and len(by.a) == 2 and len(kinds) == 2",
        },
        Example {
            title: "sets",
            plan: "list union [1, 2] with=[2, 3] -> u\nlist minus [1, 2] with=[2, 3] -> m\nlist intersect [1, 2] with=[2, 3] -> i\nassert u == [1, 2, 3] and m == [1] and i == [2]",
        },
    ],
    counts: true,
    finding: None,
};

fn sort(_: &Cx<'_>, args: &Args) -> Result<Value, Fault> {
    let (items, by) = (value(args, "items"), args.value("field"));
    if args.text("order") != "desc" {
        return select::sort(items, by);
    }
    // Reversed before and after, equal items keep their order.
    select::sort(&reversed(items)?, by).and_then(|sorted| reversed(&sorted))
}

fn reversed(items: &Value) -> Result<Value, Fault> {
    let mut items: Vec<Value> = select::rows_of("list sort", items)?.collect();
    items.reverse();
    Ok(Value::list(items))
}

/// The items, each once, for which `wanted` holds of whether the other list has them.
fn keep(args: &Args, wanted: fn(bool) -> bool) -> Result<Value, Fault> {
    let others: HashSet<String> =
        select::rows_of("list", value(args, "with"))?.map(|item| select::identity(&item)).collect();
    let items = select::rows_of("list", value(args, "items"))?;
    let kept = items.filter(|item| wanted(others.contains(&select::identity(item))));
    select::unique(&Value::list(kept), None)
}
