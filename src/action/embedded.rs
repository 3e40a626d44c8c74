//! Text arguments before they are used: regular expressions and globs compile, and a parameter's own validator looks.

use std::ops::Range;

use super::{Args, Kind, Param, Problem};
use crate::diagnostic::{Severity, code::arguments as codes};

/// Everything wrong with `text` as the value of `param`; `args` holds the other arguments, as far as they are known.
#[must_use]
pub fn problems(param: &Param, text: &str, args: &Args) -> Vec<Problem> {
    let mut found = match param.kind {
        Kind::Regex => regex_problem(text).into_iter().collect(),
        Kind::Globs => glob_problems(text),
        _ => Vec::new(),
    };
    if let (true, Some(validate)) = (found.is_empty(), param.validate) {
        found = validate(text, args);
    }
    found
}

/// The ranges of the entries of a text with commas between; commas inside `{…}` belong to their entry.
#[must_use]
pub fn entries(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let (mut from, mut depth) = (0, 0_usize);
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                ranges.push(trimmed(text, from..at));
                from = at + 1;
            }
            _ => {}
        }
    }
    ranges.push(trimmed(text, from..text.len()));
    ranges
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let piece = text.get(range.clone()).unwrap_or("");
    let start = range.start + (piece.len() - piece.trim_start().len());
    start..start + piece.trim().len()
}

fn regex_problem(text: &str) -> Option<Problem> {
    let error = regex::Regex::new(text).err()?;
    let shown = error.to_string();
    let reason = shown
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("error: "))
        .unwrap_or("it is too big");
    let help = if reason.contains("look-") || reason.contains("backreference") {
        "the `regex` crate has no look-around and no back references"
    } else {
        "a backslash before a character takes it as it is; in a raw string `r\"…\"` write it once"
    };
    Some(Problem {
        range: caret(text, &shown).unwrap_or(0..text.len()),
        severity: Severity::Error,
        code: codes::BAD_REGEX,
        message: format!("the regular expression cannot be read: {reason}"),
        help: Some(help.to_owned()),
        fix: None,
    })
}

/// Where the error's own drawing points: carets below a pattern of one line, both indented by four blanks.
fn caret(text: &str, shown: &str) -> Option<Range<usize>> {
    if text.contains('\n') {
        return None;
    }
    let marks = shown
        .lines()
        .find(|line| line.contains('^') && line.trim_matches([' ', '^']).is_empty())?;
    let first = marks.find('^')?.checked_sub(4)?;
    let last = marks.rfind('^')?.checked_sub(4)?;
    let place = |nth: usize| text.char_indices().nth(nth).map_or(text.len(), |(at, _)| at);
    Some(place(first)..place(last + 1))
}

fn glob_problems(text: &str) -> Vec<Problem> {
    let problem = |range: Range<usize>, message: String, help: &str| Problem {
        range,
        severity: Severity::Error,
        code: codes::BAD_GLOB,
        message,
        help: Some(help.to_owned()),
        fix: None,
    };
    let mut found = Vec::new();
    for range in entries(text) {
        let entry = &text[range.clone()];
        if entry.is_empty() {
            let whole = if text.trim().is_empty() { 0..text.len() } else { range };
            found.push(problem(
                whole,
                "a glob is empty".to_owned(),
                "write a glob such as `tests/**`",
            ));
        } else if let Some(reason) = glob_fault(entry) {
            let message = format!("the glob `{entry}` cannot be read: {reason}");
            found.push(problem(
                range,
                message,
                "`*`, `**`, `?`, `[a-z]` and `{a,b}` are special; `\\` takes one as it is",
            ));
        }
    }
    found
}

fn glob_fault(entry: &str) -> Option<String> {
    let bare = entry.strip_prefix('!').unwrap_or(entry).trim_matches('/');
    globset::GlobBuilder::new(bare)
        .literal_separator(true)
        .build()
        .err()
        .map(|error| error.kind().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_regex_points_at_the_character() {
        let problem = regex_problem("é(a").expect("an open group");
        assert_eq!(problem.range, 2..3);
        assert_eq!(problem.message, "the regular expression cannot be read: unclosed group");
        assert_eq!(regex_problem("a|b"), None);
    }

    #[test]
    fn commas_in_braces_belong_to_their_glob() {
        let text = "src/{a,b}/** , tests/**";
        let parts: Vec<&str> = entries(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(parts, ["src/{a,b}/**", "tests/**"]);
    }

    #[test]
    fn each_broken_glob_is_shown_alone() {
        let problems = glob_problems("a/**, [x, {y");
        assert_eq!(problems.iter().map(|p| p.range.clone()).collect::<Vec<_>>(), [6..8, 10..12]);
        assert_eq!(glob_problems("").len(), 1);
    }
}
