//! For people: the rows of what was found, one a line, with what could not be seen. What `print` wrote has gone out
//! before.

use std::io::Write;

use indexmap::IndexSet;

use crate::report::{ActionReport, Report};
use crate::value::{Table, Value, ops, show};

/// Writes the rows of every action, for a plan that printed nothing itself.
///
/// # Errors
/// When the output cannot be written.
pub fn write(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    let several = tables(report).nth(1).is_some();
    for action in tables(report) {
        if several {
            writeln!(out, "{}", heading(action))?;
        }
        if let Value::Table(table) = &action.value {
            rows(table, out)?;
        }
    }
    Ok(())
}

/// The counts of the tables, a line each.
///
/// # Errors
/// When the output cannot be written.
pub fn counts(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    tables(report).try_for_each(|action| writeln!(out, "{}: {}", action.id, count(&action.value)))
}

/// Reasons of what a walk passes over by rule; they are told where an answer is empty.
const RULES: [&str; 2] = ["hidden", "ignored by a gitignore rule"];

/// What was not seen or is probably not meant, each once; for standard error, so that rows stay data.
///
/// # Errors
/// When the output cannot be written.
pub fn remarks(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    let mut lines = IndexSet::new();
    for action in tables(report) {
        for warning in list(&action.value, "warnings") {
            lines.insert(format!("warning: {}", show::plain(&warning)));
        }
        let by_rule = |row: &Value| RULES.contains(&text(row, "reason").as_str());
        let skipped = coverage(&action.value, "skipped");
        let empty = matches!(ops::field(&action.value, "count"), Ok(Value::Int(0)));
        let ruled = skipped.iter().filter(|row| empty && by_rule(row)).count();
        if ruled > 0 {
            lines.insert(format!(
                "not looked at: {ruled} hidden or ignored, listed in `coverage.skipped`"
            ));
        }
        for skipped in skipped.into_iter().filter(|row| !by_rule(row)) {
            lines.insert(format!(
                "not seen: {}: {}",
                text(&skipped, "file"),
                text(&skipped, "reason")
            ));
        }
        for broken in coverage(&action.value, "unparsable") {
            let (file, line) = (text(&broken, "file"), text(&broken, "line"));
            lines.insert(format!("partly seen: {file}:{line}: {}", text(&broken, "reason")));
        }
    }
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}

fn tables(report: &Report) -> impl Iterator<Item = &ActionReport> {
    report.actions.iter().filter(|action| matches!(action.value, Value::Table(_)))
}

/// The count of a table as people read it: `= 4`, `≥ 4` where it may be more, `unknown`; and its summary.
#[must_use]
pub fn count(value: &Value) -> String {
    let field = |name| ops::field(value, name).unwrap_or_default();
    let count = match (field("count"), ops::truth(&field("complete"))) {
        (Value::Int(n), true) => format!("= {n}"),
        (Value::Int(n), false) => format!("≥ {n}"),
        _ => "unknown".to_owned(),
    };
    match ops::field(&field("summary"), "text") {
        Ok(Value::Str(text)) => format!("{count}, {text}"),
        _ => count,
    }
}

fn heading(action: &ActionReport) -> String {
    format!(
        "── {} {}",
        action.id,
        action.step.as_deref().map(|step| format!("({step})")).unwrap_or_default()
    )
}

/// `file:line:col: text`, the text's first line.
fn rows(table: &Table, out: &mut dyn Write) -> std::io::Result<()> {
    for row in table.iter() {
        let text = text(&row, "text");
        let first = cut(text.lines().next().unwrap_or("").trim_end());
        writeln!(
            out,
            "{}:{}:{}: {first}",
            self::text(&row, "file"),
            self::text(&row, "line"),
            self::text(&row, "col")
        )?;
    }
    Ok(())
}

/// Characters of a row's text that are shown.
const SHOWN: usize = 240;

fn cut(line: &str) -> std::borrow::Cow<'_, str> {
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]).into(),
        None => line.into(),
    }
}

fn text(row: &Value, field: &str) -> String {
    show::plain(&ops::field(row, field).unwrap_or_default())
}

fn list(value: &Value, field: &str) -> Vec<Value> {
    match ops::field(value, field) {
        Ok(Value::List(list)) => list.items().to_vec(),
        _ => Vec::new(),
    }
}

fn coverage(value: &Value, field: &str) -> Vec<Value> {
    ops::field(value, "coverage").map_or_else(|_| Vec::new(), |coverage| list(&coverage, field))
}
