//! The line of a hit as it is shown, and those around it.

use std::sync::Arc;

use crate::scan::session::Source;
use crate::value::Value;

/// A line longer than this is shown around its hit only, in characters.
const LONGEST_LINE: usize = 1_000;
/// So much of a longer line is shown before and behind the hit, in characters.
const AROUND: usize = 200;

/// Whether a line is shown around its hit only.
pub(super) const fn is_long((lo, hi): (u32, u32)) -> bool {
    (hi - lo) as usize > LONGEST_LINE
}

/// The line, or so much of it as lies around the hit.
pub(super) fn shown(source: &Source, line: (u32, u32), hit: (u32, u32)) -> Arc<str> {
    if !is_long(line) {
        return source.slice(line.0, line.1).into();
    }
    let before = source.slice(line.0, hit.0.clamp(line.0, line.1));
    let behind = source.slice(hit.0.clamp(line.0, line.1), line.1);
    let start = before.char_indices().rev().nth(AROUND - 1).map_or(0, |(at, _)| at);
    let end = behind.char_indices().nth(AROUND).map_or(behind.len(), |(at, _)| at);
    let dots = |is_cut: bool| if is_cut { "…" } else { "" };
    format!("{}{}{}{}", dots(start > 0), &before[start..], &behind[..end], dots(end < behind.len()))
        .into()
}

/// So many lines in front of a hit's line and behind it, as far as there are; a long one is cut at its end.
pub(super) fn around(source: &Source, hit: u32, lines: u32) -> [Vec<Value>; 2] {
    let own = source.position(hit).line;
    let of =
        |line: u32| source.line(line).map(|line| Value::Str(shown(source, line, (line.0, line.0))));
    let before = (own.saturating_sub(lines).max(1)..own).filter_map(of).collect();
    let after = (own + 1..=own.saturating_add(lines)).map_while(of).collect();
    [before, after]
}
