//! Values as a session shows them: short, so that the prompt stays near; whole where asked.

use std::io::Write;
use std::sync::Arc;

use crate::check::{Held, Outer};
use crate::cli::args::Common;
use crate::cli::output;
use crate::report::render::escape::{cut, visible};
use crate::report::render::text::{self, Paint};
use crate::run::session::{Given, Session};
use crate::value::{Value, show};

/// Rows, items, fields or lines that are shown at most.
const MOST: usize = 10;
/// Longest line for a value, in characters.
const WIDTH: usize = 100;
/// Longest line of a text that is the value.
const LONG: usize = 1_000;

/// Shows what a statement gave.
pub(super) fn short(given: &[Given], common: &Common) {
    let paint = output::paint(&common.shown);
    for one in given {
        // A closed pipe has been passed over, anything else complained about.
        let _ = output::emit(|out| write_short(one, paint, out));
        if let (Value::Table(_), false) = (&one.value, common.written.quiet) {
            let line = format!("{}: {}", heading(one), text::count(&one.value));
            output::aside(|out| writeln!(out, "{}", visible(&line)));
        }
    }
}

/// What the count of a table is called.
fn heading(given: &Given) -> &str {
    given.name.as_deref().unwrap_or("found")
}

/// Shows it to the last row.
pub(super) fn whole(given: &[Given], common: &Common) {
    let paint = output::paint(&common.shown);
    for one in given {
        let _ = output::emit(|out| match &one.value {
            Value::Table(table) => text::table(table, usize::MAX, paint, out),
            Value::Str(text) => writeln!(out, "{}", shown(text)),
            value => writeln!(out, "{}", visible_lines(&show::pretty(value))),
        });
        if let (Value::Table(_), false) = (&one.value, common.written.quiet) {
            output::aside(|out| text::counted(heading(one), &one.value, out));
        }
    }
}

/// A value of several lines stands below its name, indented.
fn write_short(given: &Given, paint: Paint, out: &mut dyn Write) -> std::io::Result<()> {
    let value = &given.value;
    let (lines, of) = match value {
        Value::Table(table) => {
            text::table(table, MOST, paint, out)?;
            return more(table.len(), "row", out);
        }
        Value::Str(text) if text.contains('\n') => {
            let shown = text.lines().take(MOST).map(|line| visible(line).into_owned());
            (shown.collect::<Vec<_>>(), (text.lines().count(), "line"))
        }
        Value::List(list) if !fits(value) => {
            let items = list.items();
            (items.iter().take(MOST).map(line).collect(), (items.len(), "item"))
        }
        Value::Object(object) if !fits(value) => {
            let field =
                |(name, value): (&Arc<str>, &Value)| format!("{}: {}", visible(name), line(value));
            (object.iter().take(MOST).map(field).collect(), (object.len(), "field"))
        }
        value => {
            return match (&given.name, value) {
                (None, Value::Str(text)) => writeln!(out, "{}", cut(&visible(text), LONG)),
                (None, value) => writeln!(out, "{}", line(value)),
                (Some(name), value) => writeln!(out, "{name} = {}", line(value)),
            };
        }
    };
    let indent = match &given.name {
        Some(name) => {
            writeln!(out, "{name} =")?;
            "  "
        }
        None => "",
    };
    lines.iter().try_for_each(|line| writeln!(out, "{indent}{line}"))?;
    more(of.0, of.1, out)
}

fn more(count: usize, what: &str, out: &mut dyn Write) -> std::io::Result<()> {
    match count.saturating_sub(MOST) {
        0 => Ok(()),
        1 => writeln!(out, "… and 1 more {what}, `:full` shows all"),
        left => writeln!(out, "… and {left} more {what}s, `:full` shows all"),
    }
}

/// Whether a value is shown on one line.
fn fits(value: &Value) -> bool {
    value.size().weight < 4096 && brief(value).chars().count() <= WIDTH
}

/// A value on one line, as JSON, cut where it is long.
fn line(value: &Value) -> String {
    cut(&brief(value), WIDTH).into_owned()
}

/// A value on one line: whole if it is small, else what it is.
fn brief(value: &Value) -> String {
    match value {
        Value::Table(_) => visible(&text::count(value)).into_owned(),
        Value::Str(text) if text.len() > LONG => {
            visible(&show::json(&Value::from(&*cut(text, LONG)))).into_owned()
        }
        Value::List(list) if value.size().weight >= 4096 => format!("{} items", list.items().len()),
        Value::Object(object) if value.size().weight >= 4096 => {
            let names: Vec<&str> = object.iter().map(|(name, _)| &**name).collect();
            visible(&format!("{{{}}}", names.join(", "))).into_owned()
        }
        value => visible(&show::json(value)).into_owned(),
    }
}

fn shown(text: &str) -> String {
    visible_lines(text)
}

/// Text of several lines without signs that steer a terminal.
fn visible_lines(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

/// The variables and parameters, one a line.
pub(super) fn variables(session: &Session) -> String {
    let names: Vec<Outer> =
        session.names().into_iter().filter(|outer| outer.held != Held::Result).collect();
    let width = names.iter().map(|outer| outer.name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for Outer { name, .. } in &names {
        let value = session.value(name).unwrap_or_default();
        text += &format!("{name:width$}  {}\n", line(&value));
    }
    if text.is_empty() { "no variables yet\n".to_owned() } else { text }
}

/// The steps that ran, one a line.
pub(super) fn steps(session: &Session) -> String {
    let width = session.steps().map(|step| step.id.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for step in session.steps() {
        let value = session.value(&step.id).unwrap_or_default();
        let result = if value == Value::Null { String::new() } else { line(&value) };
        let row =
            format!("{:width$}  {:7}  {:>6} ms  {result}", step.id, step.status, step.elapsed_ms);
        text += row.trim_end();
        text.push('\n');
    }
    if text.is_empty() { "no step ran yet\n".to_owned() } else { text }
}
