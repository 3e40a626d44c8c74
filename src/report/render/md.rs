//! A report in Markdown: the steps, what each action was asked and found, what could not be seen, what was printed.
//! Names and code stand in code spans, so that nothing in them means anything.

use std::fmt::Write as _;
use std::io::Write;

use super::context;
use super::escape::{cell, code, cut, fenced, first_line, prose};
use super::row::{self, Shape, list, text};
use super::summary;
use super::text::{Paint, RULES, count, coverage};
use crate::report::score::bucket;
use crate::report::{ActionReport, COMMAND, ErrorInfo, Report, SECTIONS, StepReport};
use crate::value::{Table, Value, ops, show};

/// Actions of a report.
const ACTIONS: usize = 100;
/// Rows of an answer.
const ROWS: usize = 50;
/// Rows of a section, and of a list of files.
const LISTED: usize = 20;
/// Characters of a cell.
const WIDE: usize = 120;

/// Writes the report.
///
/// # Errors
/// When the output cannot be written.
pub fn write(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    head(report, out)?;
    steps(report, out)?;
    for action in report.actions.iter().take(ACTIONS) {
        self::action(action, out)?;
    }
    let more = report.actions.len().saturating_sub(ACTIONS) + report.summary.actions_dropped;
    if more > 0 {
        writeln!(out, "\n… and {more} more actions")?;
    }
    if !report.output.is_empty() {
        writeln!(out, "\n## Output\n")?;
        out.write_all(fenced(report.output.iter().map(String::as_str)).as_bytes())?;
    }
    Ok(())
}

fn head(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "# {}\n", title(report))?;
    let root = code(&report.run.root);
    writeln!(out, "**{}** in {} ms; root {root}", report.status, report.run.elapsed_ms)?;
    if let Some(files) = &report.summary.files {
        writeln!(
            out,
            "\nFiles: {} in scope, {} scanned, {} parsed, {} cached, {} seen in part, {} left out; scans {}, parses per file {}, bytes read {}",
            files.in_scope,
            files.scanned,
            files.parsed,
            files.cached,
            files.unparsable,
            files.skipped,
            report.summary.scans,
            report.summary.parses_per_file,
            report.summary.bytes_read
        )?;
    }
    if report.summary.rows_dropped > 0 {
        let dropped = report.summary.rows_dropped;
        writeln!(
            out,
            "\nAnswers kept without their rows, since all together weigh too much: {dropped}"
        )?;
    }
    report.error.as_ref().map_or(Ok(()), |error| fault(error, out))
}

/// Whether one action was asked for without a plan.
fn is_command(report: &Report) -> bool {
    report.run.plan == COMMAND
}

/// The plan's title, else its file; of a command its action and question.
fn title(report: &Report) -> String {
    match (&report.run.title, report.actions.first()) {
        (Some(title), _) => prose(title),
        (None, Some(action)) if is_command(report) => {
            let question = report.summary.query.as_deref().unwrap_or("");
            code(&cut(&format!("{} {question}", action.name), WIDE))
        }
        _ => code(&report.run.plan),
    }
}

fn fault(error: &ErrorInfo, out: &mut dyn Write) -> std::io::Result<()> {
    write!(out, "\n**Error {}**: {}", error.code, prose(&error.message))?;
    let line = text(&error.span, "line");
    if !line.is_empty() {
        write!(out, " at {}", code(&format!("{}:{line}", text(&error.span, "file"))))?;
    }
    match &error.help {
        Some(help) => writeln!(out, "  \n{}", prose(help)),
        None => writeln!(out),
    }
}

fn steps(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    if report.steps.is_empty() || is_command(report) {
        return Ok(());
    }
    writeln!(out, "\n## Steps\n\n| step | id | status | actions |\n|---|---|---|---|")?;
    for step in &report.steps {
        let indent = "· ".repeat(step.path.len().saturating_sub(1));
        let name = prose(&cut(step.desc.as_ref().unwrap_or(&step.id), WIDE));
        let (id, actions) = (cell(&cut(&step.id, WIDE)), actions_of(step));
        writeln!(out, "| {indent}{name} | {id} | {} | {actions} |", summary::ended(step))?;
    }
    for step in &report.steps {
        if let Some(error) = &step.error {
            writeln!(out, "\nStep {}:", code(&step.id))?;
            fault(error, out)?;
        }
    }
    Ok(())
}

fn actions_of(step: &StepReport) -> String {
    let names: Vec<String> =
        step.actions.iter().take(LISTED).map(|id| cell(&cut(id, WIDE))).collect();
    let more = step.actions.len().saturating_sub(LISTED);
    let rest = if more > 0 { format!(", … and {more} more") } else { String::new() };
    names.join(", ") + &rest
}

fn action(action: &ActionReport, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "\n## {}\n", code(&action.id))?;
    writeln!(out, "{}", asked(action))?;
    if let Some(error) = &action.error {
        return fault(error, out);
    }
    writeln!(out, "\n**{}**", prose(&count(&action.value)))?;
    for warning in list(&action.value, "warnings") {
        writeln!(out, "\n> warning: {}", prose(&show::plain(&warning)))?;
    }
    if let Value::Table(table) = &action.value {
        rows(table, out)?;
    }
    for section in list(&action.value, SECTIONS) {
        self::section(&section, out)?;
    }
    covered(&action.value, out)
}

/// The action with its arguments, as a plan would write them.
fn asked(action: &ActionReport) -> String {
    let mut asked = action.name.to_owned();
    if let Value::Object(args) = &action.args {
        for (name, value) in args.iter().filter(|(_, value)| !matches!(value, Value::Null)) {
            let _ = write!(asked, " {name}={}", show::json(value));
        }
    }
    code(&cut(&asked, 4 * WIDE))
}

fn rows(table: &Table, out: &mut dyn Write) -> std::io::Result<()> {
    if table.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| place | kind | name | evidence | text |\n|---|---|---|---|---|")?;
    for index in 0..table.len().min(ROWS) {
        row(&table.row(index), out)?;
    }
    let more = total(table).saturating_sub(table.len().min(ROWS));
    if more > 0 {
        writeln!(out, "\n… and {more} more")?;
    }
    if !context::is_in(table) {
        return Ok(());
    }
    let mut lines = Vec::new();
    context::write(table, ROWS, Paint::Plain, &mut lines)?;
    let lines = String::from_utf8_lossy(&lines);
    write!(out, "\n{}", fenced(std::iter::once(lines.trim_end_matches('\n'))))
}

/// The rows there are: those held, or `count` where a bound cut some.
fn total(table: &Table) -> usize {
    let is_cut = table.head().field("coverage").and_then(|coverage| match coverage {
        Value::Object(fields) => fields.field("truncated").cloned(),
        _ => None,
    });
    match (is_cut, table.head().field("count")) {
        (Some(Value::Bool(true)), Some(Value::Int(n))) => {
            usize::try_from(*n).unwrap_or(0).max(table.len())
        }
        _ => table.len(),
    }
}

fn row(row: &Value, out: &mut dyn Write) -> std::io::Result<()> {
    let row = row::read(row);
    let (kind, name, text) = match &row.shape {
        Shape::Code { kind, name, text } => (kind, name.clone(), text.as_str()),
        Shape::Hit { role, object, text } => (role, object.clone(), text.as_str()),
        Shape::Entity { kind, name, text } => (kind, name.clone(), first_line(text)),
        Shape::Use { kind, caller, target, text } => {
            (kind, format!("{caller} → {target}"), text.as_str())
        }
    };
    let sure = row.confidence.map(|confidence| format!(" ({})", bucket(confidence)));
    writeln!(
        out,
        "| {} | {} | {} | {}{} | {} |",
        cell(&row.place),
        prose(&cut(kind, WIDE)),
        cell(&cut(&name, WIDE)),
        prose(&row.evidence),
        sure.unwrap_or_default(),
        cell(&cut(text.trim_start(), WIDE))
    )
}

fn section(section: &Value, out: &mut dyn Write) -> std::io::Result<()> {
    let rows = list(section, "rows");
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### {}\n", prose(&text(section, "title")))?;
    for row in rows.iter().take(LISTED) {
        let says = text(row, "text");
        write!(out, "- {}", code(&cut(first_line(&says), WIDE)))?;
        // A kind or a place that the text says already is not said again.
        for (field, before) in [("count", ": "), ("kind", ", "), ("severity", ", ")] {
            let said = text(row, field);
            if !said.is_empty() && said != says {
                write!(out, "{before}{}", prose(&said))?;
            }
        }
        match row::place(row) {
            place if place.is_empty() || place == says => writeln!(out)?,
            place => writeln!(out, " at {}", code(&place))?,
        }
    }
    more(rows.len(), out)
}

fn more(rows: usize, out: &mut dyn Write) -> std::io::Result<()> {
    match rows.saturating_sub(LISTED) {
        0 => Ok(()),
        more => writeln!(out, "- … and {more} more"),
    }
}

/// What was looked at and what could not be seen, in words.
fn covered(value: &Value, out: &mut dyn Write) -> std::io::Result<()> {
    let Ok(cover) = ops::field(value, "coverage") else { return Ok(()) };
    let number = |field| text(&cover, field);
    if number("files_scanned").is_empty() {
        // A module may call something else its coverage.
        return Ok(());
    }
    let mut said =
        format!("Looked at {} of {} files", number("files_scanned"), number("files_in_scope"));
    let unresolved = number("unresolved");
    if !matches!(unresolved.as_str(), "" | "0") {
        let _ = write!(said, "; {unresolved} unresolved");
    }
    let limits = list(&cover, "limits_hit");
    if !limits.is_empty() {
        let names: Vec<String> = limits.iter().map(|limit| prose(&show::plain(limit))).collect();
        let _ = write!(said, "; rows cut by {}", names.join(", "));
    }
    let skipped = coverage(value, "skipped");
    let (by_rule, left_out): (Vec<Value>, Vec<Value>) =
        skipped.into_iter().partition(|row| RULES.contains(&text(row, "reason").as_str()));
    if !by_rule.is_empty() {
        let _ = write!(said, "; {} hidden or ignored", by_rule.len());
    }
    writeln!(out, "\n{said}.")?;
    unseen("Seen in part", &coverage(value, "unparsable"), out)?;
    unseen("Left out", &left_out, out)
}

fn unseen(title: &str, files: &[Value], out: &mut dyn Write) -> std::io::Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}:\n")?;
    for file in files.iter().take(LISTED) {
        writeln!(out, "- {}: {}", code(&row::place(file)), prose(&text(file, "reason")))?;
    }
    more(files.len(), out)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::value::Column;
    use crate::value::table::Cells;

    #[test]
    fn a_table_shows_fifty_rows_and_says_how_many_more_there_are() {
        let names: Vec<Arc<str>> = (0..52).map(|n| format!("n{n}").into()).collect();
        let cut = Value::object([("truncated", Value::Bool(true))]);
        let head = [("count".into(), Value::Int(60)), ("coverage".into(), cut)];
        let head = head.into_iter().collect();
        let table =
            Table::new(head, vec![Column { name: "name".into(), cells: Cells::Text(names) }]);
        let mut out = Vec::new();
        rows(&table, &mut out).expect("memory takes all that is written");
        let text = String::from_utf8(out).expect("Markdown is text");
        assert_eq!(text.matches("| `n").count(), 50);
        assert!(text.contains("`n49`") && text.ends_with("\n\n… and 10 more\n"), "{text}");
    }
}
