//! `time`: moments, as RFC 3339 text or milliseconds since 1970. All in UTC, so that an answer does not depend on
//! the machine.

use jiff::fmt::strtime;
use jiff::{Timestamp, tz::TimeZone};

use super::{refuse, value};
use crate::action::{Action, Args, Cx, Example, Forms, Group, Kind, Op, Param};
use crate::diagnostic::{Fault, code::execution as codes};
use crate::value::{Value, show};

const MOMENT: Param =
    Param::required("value", Kind::Any, "RFC 3339 text or milliseconds since 1970").primary();

/// The action `time`.
pub static ACTION: Action = Action {
    name: "time",
    group: Group::Basic,
    summary: "tells and reckons moments, in UTC",
    forms: Forms::Ops(&[
        Op::basic(
            "add",
            "the moment a while after another, as RFC 3339 text",
            &[MOMENT, Param::required("by", Kind::Duration, "how long after")],
            |_, args| add(args),
        ),
        Op::basic(
            "diff",
            "milliseconds from one moment to another",
            &[
                Param::required("from", Kind::Any, "RFC 3339 text or milliseconds since 1970"),
                Param::required("to", Kind::Any, "RFC 3339 text or milliseconds since 1970"),
            ],
            |_, args| {
                let (from, to) = (moment(value(args, "from"))?, moment(value(args, "to"))?);
                Ok(Value::Int(to.as_millisecond() - from.as_millisecond()))
            },
        ),
        Op::basic("epoch", "now, as milliseconds since 1970", &[], |cx, _| {
            Ok(Value::Int(cx.system.now().as_millisecond()))
        }),
        Op::basic(
            "format",
            "a moment as text",
            &[MOMENT, Param::required("format", Kind::Text, "as of `strftime`: `%Y-%m-%d %H:%M`")],
            |_, args| {
                written(&moment(value(args, "value"))?.to_zoned(TimeZone::UTC), args.text("format"))
            },
        ),
        Op::basic("now", "now, as RFC 3339 text", &[], now),
        Op::basic(
            "parse",
            "the moment that a text writes, as milliseconds since 1970",
            &[
                Param::required("text", Kind::Text, "the text").primary(),
                Param::optional("format", Kind::Text, "as of `strptime`; RFC 3339 otherwise"),
            ],
            |_, args| parse(args.text("text"), args.maybe_text("format")),
        ),
    ]),
    fields: &[],
    rows: &[],
    examples: &[
        Example {
            title: "now",
            plan: "time now -> at\ntime epoch -> ms\nassert len(at) >= 20 and ms > 0",
        },
        Example {
            title: "reckoning",
            plan: "time add \"2024-02-28T23:00:00Z\" by=2h -> later\ntime diff from=\"2024-01-01T00:00:00Z\" to=\"2024-01-01T00:00:01.5Z\" -> ms\nassert later == \"2024-02-29T01:00:00Z\" and ms == 1500",
        },
        Example {
            title: "text",
            plan: "time parse \"1970-01-02T00:00:00Z\" -> ms\ntime format ms format=\"%d.%m.%Y\" -> day\nassert ms == 86400000 and day == \"02.01.1970\"",
        },
    ],
    counts: true,
    finding: None,
};

fn now(cx: &Cx<'_>, _: &Args) -> Result<Value, Fault> {
    let now = Timestamp::from_millisecond(cx.system.now().as_millisecond()).unwrap_or_default();
    Ok(now.to_string().into())
}

fn add(args: &Args) -> Result<Value, Fault> {
    let by = args.duration("by").unwrap_or_default();
    let later = moment(value(args, "value"))?.checked_add(by);
    later
        .map(|later| later.to_string().into())
        .map_err(|_| refuse(codes::BAD_TIME, "the moment is after the year 9999"))
}

fn parse(text: &str, format: Option<&str>) -> Result<Value, Fault> {
    let Some(format) = format else {
        return moment(&text.into()).map(|at| Value::Int(at.as_millisecond()));
    };
    let parts = strtime::parse(format, text).map_err(|error| {
        refuse(codes::BAD_TIME, format!("`{text}` is no time of the form `{format}`: {error}"))
    })?;
    let civil = || parts.to_datetime().or_else(|_| parts.to_date().map(Into::into));
    let moment =
        parts.to_timestamp().or_else(|_| civil().and_then(|at| TimeZone::UTC.to_timestamp(at)));
    moment.map(|at| Value::Int(at.as_millisecond())).map_err(|error| {
        refuse(codes::BAD_TIME, format!("`{text}` in the form `{format}` names no moment: {error}"))
    })
}

/// The moment that a value means.
fn moment(value: &Value) -> Result<Timestamp, Fault> {
    let found = match value {
        Value::Int(ms) => Timestamp::from_millisecond(*ms).ok(),
        Value::Str(text) => text.parse().ok(),
        _ => None,
    };
    found.ok_or_else(|| {
        let message = format!("expected a moment, found `{}`", show::plain(value));
        refuse(codes::BAD_TIME, message)
            .help("write RFC 3339 text, as in `2024-05-01T12:00:00Z`, or milliseconds since 1970")
    })
}

/// `at` in a format of `strftime`; `date` uses it too.
pub(super) fn written(
    at: impl Into<strtime::BrokenDownTime>,
    format: &str,
) -> Result<Value, Fault> {
    strtime::format(format, at).map(Value::from).map_err(|error| {
        refuse(codes::BAD_TIME, format!("`{format}` is no format of a time: {error}"))
    })
}
