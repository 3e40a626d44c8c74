//! `date`: days of the calendar, as text like `2024-05-01`. Today is UTC's.

use jiff::Span;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{refuse, time};
use crate::action::{Action, Args, Cx, Example, Forms, Group, Kind, Op, Param};
use crate::diagnostic::{Fault, code::execution as codes};
use crate::value::Value;

const DAY: Param = Param::required("date", Kind::Text, "a day, as in `2024-05-01`").primary();
/// More than all days between the years -9999 and 9999.
const MOST: i64 = 8_000_000;

const fn amount(name: &'static str, doc: &'static str) -> Param {
    Param::default(name, Kind::Int(-MOST, MOST), "0", doc)
}

/// The action `date`.
pub static ACTION: Action = Action {
    name: "date",
    group: Group::Basic,
    summary: "tells and reckons days of the calendar",
    forms: Forms::Ops(&[
        Op::basic(
            "add",
            "a day some time after or before another; a day past the end of a month is its last",
            &[
                DAY,
                amount("years", "years after, negative for before"),
                amount("months", "months after"),
                amount("weeks", "weeks after"),
                amount("days", "days after"),
            ],
            |_, args| add(args),
        ),
        Op::basic(
            "diff",
            "number of days from one day to another",
            &[
                Param::required("from", Kind::Text, "a day, as in `2024-05-01`"),
                Param::required("to", Kind::Text, "a day, as in `2024-05-01`"),
            ],
            |_, args| diff(day(args.text("from"))?, day(args.text("to"))?),
        ),
        Op::basic(
            "format",
            "a day as text",
            &[DAY, Param::required("format", Kind::Text, "as of `strftime`: `%d.%m.%Y`, `%A`")],
            |_, args| time::written(day(args.text("date"))?, args.text("format")),
        ),
        Op::basic(
            "parts",
            "`{year, month, day, weekday, day_of_year}`, Monday being 1",
            &[DAY],
            |_, args| parts(day(args.text("date"))?),
        ),
        Op::basic("today", "the day it is in UTC", &[], today),
    ]),
    fields: &[],
    rows: &[],
    examples: &[
        Example {
            title: "reckoning",
            plan: "date add \"2024-01-31\" months=1 -> due\ndate diff from=\"2024-02-28\" to=\"2024-03-01\" -> days\nassert due == \"2024-02-29\" and days == 2",
        },
        Example {
            title: "a day's name and number",
            plan: "date format \"2024-05-01\" format=\"%A\" -> name\ndate parts \"2024-05-01\" -> p\nassert name == \"Wednesday\" and p.weekday == 3 and p.day_of_year == 122",
        },
        Example { title: "today", plan: "date today -> day\nassert len(day) == 10" },
    ],
    counts: true,
    finding: None,
};

fn today(cx: &Cx<'_>, _: &Args) -> Result<Value, Fault> {
    Ok(cx.system.now().to_zoned(TimeZone::UTC).date().to_string().into())
}

fn day(text: &str) -> Result<Date, Fault> {
    text.parse().map_err(|_| {
        refuse(codes::BAD_TIME, format!("expected a day, found `{text}`"))
            .help("write year, month and day, as in `2024-05-01`")
    })
}

fn add(args: &Args) -> Result<Value, Fault> {
    let amount = |name| args.int(name).unwrap_or(0);
    let from = day(args.text("date"))?;
    let later = Span::new()
        .try_years(amount("years"))
        .and_then(|span| span.try_months(amount("months")))
        .and_then(|span| span.try_weeks(amount("weeks")))
        .and_then(|span| span.try_days(amount("days")))
        .and_then(|span| from.checked_add(span));
    later
        .map(|later| later.to_string().into())
        .map_err(|_| refuse(codes::BAD_TIME, "the day is outside the years -9999 to 9999"))
}

fn diff(from: Date, to: Date) -> Result<Value, Fault> {
    let days = from.until(to).map(|span| i64::from(span.get_days()));
    days.map(Value::Int).map_err(|error| refuse(codes::BAD_TIME, error.to_string()))
}

fn parts(day: Date) -> Result<Value, Fault> {
    Ok(Value::object([
        ("year", Value::Int(day.year().into())),
        ("month", Value::Int(day.month().into())),
        ("day", Value::Int(day.day().into())),
        ("weekday", Value::Int(day.weekday().to_monday_one_offset().into())),
        ("day_of_year", Value::Int(day.day_of_year().into())),
    ]))
}
