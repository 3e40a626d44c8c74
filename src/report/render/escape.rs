//! Hostile text made harmless: signs that steer a terminal, and those that would break Markdown.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a sign would steer a terminal, hide itself or turn the direction of writing.
fn steers(c: char) -> bool {
    c.is_control() && c != '\t'
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The text with signs that steer a terminal written as `\u{1b}`.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            c if steers(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    shown.into()
}

/// The first `most` characters, with `…` where there are more.
#[must_use]
pub fn cut(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

/// The first line, without the blanks behind it.
pub(super) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or("").trim_end()
}

/// Prose in Markdown: in one line, with no sign that means anything.
pub(super) fn prose(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 8);
    for (at, word) in text.split_whitespace().enumerate() {
        if at > 0 {
            shown.push(' ');
        }
        for c in visible(word).chars() {
            if matches!(
                c,
                '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '&' | '~' | '$'
            ) {
                shown.push('\\');
            }
            shown.push(c);
        }
    }
    shown
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A code span in a table, where `|` would end the cell.
pub(super) fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// A code span in one line.
pub(super) fn code(text: &str) -> String {
    let line = text.replace(['\n', '\r', '\t'], " ");
    let line = visible(&line);
    if line.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(&line) + 1);
    let pad = if line.starts_with(['`', ' ']) || line.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{line}{pad}{fence}")
}

/// A fenced block of lines, whatever they hold.
pub(super) fn fenced<'t>(lines: impl Iterator<Item = &'t str> + Clone) -> String {
    let longest = lines.clone().map(longest_run).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let mut block = format!("{fence}text\n");
    for line in lines.flat_map(|line| line.split('\n')) {
        let _ = writeln!(block, "{}", visible(line));
    }
    block + &fence + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_written_out() {
        assert_eq!(visible("a\u{1b}[31mb\u{202e}c\td"), "a\\u{1b}[31mb\\u{202e}c\td");
        assert!(matches!(visible("plain é →"), Cow::Borrowed(_)));
    }

    #[test]
    fn a_code_span_holds_backticks_and_pipes() {
        assert_eq!((code("a | b"), cell("a | b")), ("`a | b`".into(), "`a \\| b`".into()));
        assert_eq!(code("`a``b`"), "``` `a``b` ```");
        assert_eq!(code("x\ny"), "`x y`");
        assert_eq!(code(""), "");
    }

    #[test]
    fn a_block_is_fenced_by_more_backticks_than_it_holds() {
        assert_eq!(
            fenced(["a", "````", "b\u{7}"].into_iter()),
            "`````text\na\n````\nb\\u{7}\n`````\n"
        );
    }

    #[test]
    fn prose_means_nothing() {
        assert_eq!(prose("a *b*\n<c> |d|"), "a \\*b\\* \\<c\\> \\|d\\|");
    }
}
