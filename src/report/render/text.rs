//! For people: the rows of what was found, one a line, with what could not be seen. What `print` wrote has gone out
//! before.

use std::io::Write;

use crate::report::{ActionReport, Report};
use crate::value::{Table, Value, ops, show};

/// Writes the rows of every action, for a plan that printed nothing itself.
///
/// # Errors
/// When the output cannot be written.
pub fn write(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    let several = report.actions.len() > 1;
    for action in &report.actions {
        if several {
            writeln!(out, "{}", heading(action))?;
        }
        if let Value::Table(table) = &action.value {
            rows(table, out)?;
        }
    }
    Ok(())
}

/// What was found and what was not seen, a line each; for standard error, so that rows stay data.
///
/// # Errors
/// When the output cannot be written.
pub fn remarks(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    for action in report.actions.iter().filter(|action| matches!(action.value, Value::Table(_))) {
        writeln!(out, "{}: {}", action.id, count(&action.value))?;
        for warning in list(&action.value, "warnings") {
            writeln!(out, "warning: {}", show::plain(&warning))?;
        }
        for skipped in coverage(&action.value, "skipped") {
            writeln!(out, "not seen: {}: {}", text(&skipped, "file"), text(&skipped, "reason"))?;
        }
        for broken in coverage(&action.value, "unparsable") {
            let (file, line) = (text(&broken, "file"), text(&broken, "line"));
            writeln!(out, "partly seen: {file}:{line}: {}", text(&broken, "reason"))?;
        }
    }
    Ok(())
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
        let first = text.lines().next().unwrap_or("").trim_end();
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
