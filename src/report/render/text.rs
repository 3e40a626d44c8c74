//! For people: the rows of what was found, one a line, with what could not be seen. What `print` wrote has gone out
//! before.

use std::collections::HashSet;
use std::io::Write;

use indexmap::IndexSet;

use super::context;
use super::escape::{cut, visible};
use super::row::{self, Shape, list, text};
use crate::report::{ActionReport, Report, SECTIONS};
use crate::value::{Table, Value, ops, show};

/// Whether places and kinds are coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// For a terminal.
    Colored,
    /// Text alone.
    Plain,
}

impl Paint {
    /// The text in a colour of the terminal: 2 is green, 5 magenta, 6 cyan.
    pub(super) fn dye(self, text: &str, color: u8) -> String {
        match self {
            Self::Colored => format!("\u{1b}[3{color}m{text}\u{1b}[0m"),
            Self::Plain => text.to_owned(),
        }
    }
}

/// Writes the rows of every action, for a plan that printed nothing itself.
///
/// # Errors
/// When the output cannot be written.
pub fn write(report: &Report, paint: Paint, out: &mut dyn Write) -> std::io::Result<()> {
    let answers = answers(report);
    for action in &answers {
        if answers.len() > 1 {
            writeln!(out, "{}", heading(action))?;
        }
        if let Value::Table(table) = &action.value {
            self::table(table, usize::MAX, paint, out)?;
        }
    }
    Ok(())
}

/// The counts of the tables, a line each.
///
/// # Errors
/// When the output cannot be written.
pub fn counts(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    answers(report).into_iter().try_for_each(|action| counted(&action.id, &action.value, out))
}

/// The count of one table, under a name, and what its sections hold.
///
/// # Errors
/// When the output cannot be written.
pub fn counted(name: &str, value: &Value, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "{}: {}", visible(name), visible(&count(value)))?;
    list(value, SECTIONS).iter().try_for_each(|section| section_line(section, out))
}

/// Rows of a section that its line shows.
const OF_SECTION: usize = 5;
/// Longest text of one, in characters.
const LONGEST_OF_SECTION: usize = 120;

/// `  title: text (9), text (2), … and 3 more`; nothing for a section without rows.
fn section_line(section: &Value, out: &mut dyn Write) -> std::io::Result<()> {
    let rows = list(section, "rows");
    if rows.is_empty() {
        return Ok(());
    }
    let shown = rows.iter().take(OF_SECTION).map(|row| {
        let (text, count) = (text(row, "text"), text(row, "count"));
        let what = visible(&cut(&text, LONGEST_OF_SECTION)).into_owned();
        if count.is_empty() { what } else { format!("{what} ({count})") }
    });
    let mut line: Vec<String> = shown.collect();
    if rows.len() > OF_SECTION {
        line.push(format!("… and {} more", rows.len() - OF_SECTION));
    }
    writeln!(out, "  {}: {}", visible(&text(section, "title")), line.join(", "))
}

/// Reasons of what a walk passes over by rule; they are told where an answer is empty.
pub(super) const RULES: [&str; 2] = ["hidden", "ignored by a gitignore rule"];

/// So many files of a kind are named on standard error.
const MOST_FILES: usize = 20;

/// What was not seen or is probably not meant, each once; for standard error, so that rows stay data.
///
/// # Errors
/// When the output cannot be written.
pub fn remarks(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    let (mut lines, mut unseen, mut broken) = (IndexSet::new(), IndexSet::new(), IndexSet::new());
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
        for row in skipped.into_iter().filter(|row| !by_rule(row)) {
            unseen.insert(format!("{}: {}", text(&row, "file"), text(&row, "reason")));
        }
        for row in coverage(&action.value, "unparsable") {
            let (file, line) = (text(&row, "file"), text(&row, "line"));
            broken.insert(format!("{file}:{line}: {}", text(&row, "reason")));
        }
    }
    lines.iter().try_for_each(|line| writeln!(out, "{}", visible(line)))?;
    files("not seen", "skipped", &unseen, out)?;
    files("partly seen", "unparsable", &broken, out)
}

/// Files about which there is something to say, as many as a reader bears.
fn files(
    what: &str,
    field: &str,
    files: &IndexSet<String>,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    for file in files.iter().take(MOST_FILES) {
        writeln!(out, "{what}: {}", visible(file))?;
    }
    match files.len().saturating_sub(MOST_FILES) {
        0 => Ok(()),
        more => writeln!(out, "{what}: {more} files more, listed in `coverage.{field}`"),
    }
}

/// Actions that answered with rows.
fn tables(report: &Report) -> impl Iterator<Item = &ActionReport> {
    report.actions.iter().filter(|action| matches!(action.value, Value::Table(_)))
}

/// Those of them that the plan asked itself, or a module that gave no rows: what a module made of an answer is what it
/// was asked for.
fn answers(report: &Report) -> Vec<&ActionReport> {
    let mut told: HashSet<&str> = HashSet::new();
    let mut answers = Vec::new();
    for action in &report.actions {
        let is_inside = action.called_by.as_deref().is_some_and(|caller| told.contains(caller));
        let is_table = matches!(action.value, Value::Table(_));
        if is_inside || is_table {
            told.insert(&action.id);
        }
        if is_table && !is_inside {
            answers.push(action);
        }
    }
    answers
}

/// The count of a table as people read it: `= 4`, `≥ 4` where it may be more; and its summary.
#[must_use]
pub fn count(value: &Value) -> String {
    let field = |name| ops::field(value, name).unwrap_or_default();
    let count = match (field("count"), ops::truth(&field("complete"))) {
        (Value::Int(n), true) => format!("= {n}"),
        (Value::Int(n), false) => format!("≥ {n}"),
        _ => "no count".to_owned(),
    };
    match ops::field(&field("summary"), "text") {
        Ok(Value::Str(text)) => format!("{count}, {text}"),
        _ => count,
    }
}

fn heading(action: &ActionReport) -> String {
    let step = action.step.as_deref().map(|step| format!("({step})")).unwrap_or_default();
    visible(&format!("── {} {step}", action.id)).into_owned()
}

/// The first rows of a table, one a line; with the lines around them, where they have them.
///
/// # Errors
/// When the output cannot be written.
pub fn table(table: &Table, most: usize, paint: Paint, out: &mut dyn Write) -> std::io::Result<()> {
    if context::is_in(table) {
        return context::write(table, most, paint, out);
    }
    table.iter().take(most).try_for_each(|row| writeln!(out, "{}", line(&row, paint)))
}

/// Characters of a row's text that are shown.
pub(super) const SHOWN: usize = 240;

/// `file:line:col:` and what the row says.
pub(super) fn line(row: &Value, paint: Paint) -> String {
    let row = row::read(row);
    let clean = |text: &str| visible(&cut(text, SHOWN)).into_owned();
    let kind = |kind: &str| paint.dye(&clean(kind), 6);
    let says = match &row.shape {
        Shape::Code { text, name, .. } if text.is_empty() => clean(name),
        Shape::Code { text, .. } => clean(text),
        // That a text is a text goes without saying too.
        Shape::Hit { role, text, .. } if role == "text_match" => clean(text),
        Shape::Hit { role, text, .. } => format!("{}  {}", kind(role), clean(text.trim_start())),
        Shape::Entity { kind: what, name, .. } => {
            // That a definition is what it is goes without saying.
            let sure = row.evidence.is_empty() || row.evidence == "exact";
            let evidence =
                if sure { String::new() } else { format!("  — {}", clean(&row.evidence)) };
            format!("{}  {}{evidence}", kind(what), clean(name))
        }
        Shape::Use { kind: what, caller, target, .. } => {
            let (caller, target) = (clean(caller), clean(target));
            format!("{}  {caller} → {target}  — {}", kind(what), clean(&row.evidence))
        }
    };
    format!("{}: {says}", paint.dye(&visible(&row.place), 5))
}

/// A list of what an answer covers.
pub(super) fn coverage(value: &Value, field: &str) -> Vec<Value> {
    ops::field(value, "coverage").map_or_else(|_| Vec::new(), |coverage| list(&coverage, field))
}
