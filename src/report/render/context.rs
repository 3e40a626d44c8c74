//! Rows with the lines around them, as grep shows them: `-` marks a line that is no hit, `--` parts what lies apart. No line
//! is shown twice.

use std::collections::HashSet;
use std::io::Write;

use super::escape::{cut, visible};
use super::row::{list, text};
use super::text::{Paint, SHOWN, line};
use crate::value::{Table, Value, ops};

/// Whether rows of a table have lines around them.
pub(super) fn is_in(table: &Table) -> bool {
    let has = |field| table.columns().iter().any(|column| &*column.name == field);
    has("before") && has("after") && has("match")
}

/// A line of a file.
type Place = (String, i64);

/// Writes the first rows with the lines around them.
///
/// # Errors
/// When the output cannot be written.
pub(super) fn write(
    table: &Table,
    most: usize,
    paint: Paint,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let mut told: HashSet<Place> = table.iter().take(most).map(|row| place(&row)).collect();
    let mut last = None;
    let mut rows = table.iter().take(most).peekable();
    while let Some(row) = rows.next() {
        let (file, own) = place(&row);
        let (before, mut after) = (list(&row, "before"), list(&row, "after"));
        if let Some((_, next)) =
            rows.peek().map(place).filter(|next| next.0 == file && next.1 >= own)
        {
            // What stands behind the next hit is told there.
            after.truncate(usize::try_from(next - own).unwrap_or(usize::MAX));
        }
        let first = own.saturating_sub_unsigned(before.len() as u64);
        let mut block = around(&before, &file, first, &mut told, paint);
        block.push((own, line(&row, paint)));
        block.append(&mut around(&after, &file, own.saturating_add(1), &mut told, paint));
        for (number, shown) in block {
            let here = (file.clone(), number);
            let follows =
                |(file, line): &Place| *file == here.0 && (*line..=*line + 1).contains(&number);
            if last.as_ref().is_some_and(|last| !follows(last)) {
                writeln!(out, "--")?;
            }
            writeln!(out, "{shown}")?;
            last = Some(here);
        }
    }
    Ok(())
}

/// The lines of one side that were not told yet.
fn around(
    lines: &[Value],
    file: &str,
    first: i64,
    told: &mut HashSet<Place>,
    paint: Paint,
) -> Vec<(i64, String)> {
    let numbered = (first..).zip(lines);
    let new = numbered.filter(|(number, _)| told.insert((file.to_owned(), *number)));
    new.map(|(number, line)| {
        let place = paint.dye(&visible(&format!("{file}-{number}")), 5);
        let Value::Str(text) = line else { return (number, place) };
        (number, format!("{place}-{}", visible(&cut(text, SHOWN))))
    })
    .collect()
}

fn place(row: &Value) -> Place {
    let line = match ops::field(row, "line") {
        Ok(Value::Int(line)) => line,
        _ => 0,
    };
    (text(row, "file"), line)
}
