//! `math`: arithmetic on two numbers and over lists of numbers.

use super::{refuse, value};
use crate::action::{Action, Args, Example, Forms, Group, Kind, Op, Param};
use crate::diagnostic::{Fault, code::execution as codes};
use crate::value::function::{number, select};
use crate::value::{Value, ops};

const PAIR: &[Param] = &[
    Param::required("a", Kind::Number, "the left number"),
    Param::required("b", Kind::Number, "the right number"),
];

const MANY: &[Param] = &[Param::required(
    "arr",
    Kind::Any,
    "a list of numbers, or text with numbers between blanks, commas or line ends",
)
.primary()];

/// The action `math`.
pub static ACTION: Action = Action {
    name: "math",
    group: Group::Basic,
    summary: "computes with numbers",
    forms: Forms::Ops(&[
        Op::basic("add", "the sum of two numbers", PAIR, |_, args| pair(args, ops::add)),
        Op::basic("avg", "the mean of the numbers in a list; `null` of none", MANY, |_, args| {
            avg(args)
        }),
        Op::basic(
            "div",
            "the quotient, an integer where two integers divide exactly",
            PAIR,
            |_, args| pair(args, ops::div),
        ),
        Op::basic("max", "the greatest number of a list; `null` of none", MANY, |_, args| {
            number::extreme("max", &[numbers(args)?])
        }),
        Op::basic("min", "the least number of a list; `null` of none", MANY, |_, args| {
            number::extreme("min", &[numbers(args)?])
        }),
        Op::basic("mod", "the remainder, with the sign of the divisor", PAIR, |_, args| {
            pair(args, ops::rem)
        }),
        Op::basic("mul", "the product of two numbers", PAIR, |_, args| pair(args, ops::mul)),
        Op::basic("pow", "a to the power of b", PAIR, |_, args| pair(args, ops::pow)),
        Op::basic(
            "round",
            "the nearest integer, or number of that many decimal digits; halves away from zero",
            &[
                Param::required("value", Kind::Number, "the number").primary(),
                Param::default("digits", Kind::Int(0, 15), "0", "decimal digits that are kept"),
            ],
            |_, args| number::round(value(args, "value"), args.value("digits")),
        ),
        Op::basic("sub", "the difference of two numbers", PAIR, |_, args| pair(args, ops::sub)),
        Op::basic("sum", "the sum of the numbers in a list; 0 of none", MANY, |_, args| {
            number::sum(&numbers(args)?, None)
        }),
    ]),
    fields: &[],
    rows: &[],
    examples: &[
        Example { title: "two numbers", plan: "math add a=1 b=2 -> n\nassert n == 3" },
        Example {
            title: "division and remainder",
            plan: "math div a=6 b=4 -> q\nmath mod a=-7 b=3 -> r\nassert q == 1.5 and r == 2",
        },
        Example {
            title: "the rest of the pairs",
            plan: "math sub a=1 b=2 -> d\nmath mul a=3 b=4 -> p\nmath pow a=2 b=10 -> k\nassert d == -1 and p == 12 and k == 1024",
        },
        Example {
            title: "the mean of the numbers in a file",
            plan: "math op=\"avg\" arr=\"1 2\\n6\" -> mean\nassert mean == 3",
        },
        Example {
            title: "a list",
            plan: "var arr = [3, 1, 2]\nmath min arr -> low\nmath max arr -> high\nmath sum arr -> all\nassert low == 1 and high == 3 and all == 6",
        },
        Example { title: "rounding", plan: "math round 2.345 digits=1 -> x\nassert x == 2.3" },
    ],
    counts: true,
    finding: None,
};

fn pair(args: &Args, op: fn(&Value, &Value) -> Result<Value, Fault>) -> Result<Value, Fault> {
    op(value(args, "a"), value(args, "b"))
}

fn avg(args: &Args) -> Result<Value, Fault> {
    let numbers = numbers(args)?;
    match ops::len(&numbers)? {
        0 => Ok(Value::Null),
        count => ops::div(&number::sum(&numbers, None)?, &Value::count(count)),
    }
}

/// The list of numbers that `arr` is or writes.
fn numbers(args: &Args) -> Result<Value, Fault> {
    let given = value(args, "arr");
    if let Value::Str(text) = given {
        let words =
            text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
        return words
            .map(|word| number::num(&word.into()))
            .collect::<Result<Vec<_>, _>>()
            .map(Value::list);
    }
    if let Some(other) = select::rows_of("math", given)?.find(|item| ops::number(item).is_none()) {
        return Err(refuse(
            codes::ACTION_VALUE,
            format!("expected a list of numbers, found {} in it", other.kind()),
        ));
    }
    Ok(given.clone())
}
