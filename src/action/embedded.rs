//! Text arguments before they are used: regular expressions and globs compile, and a parameter's own validator looks.

use std::ops::Range;

use super::{Args, Kind, Param, Problem};
use crate::diagnostic::{Severity, code::arguments as codes};
use crate::value::embedded;

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

/// The ranges of the entries of a text of globs, as [`embedded::entries`] splits it.
#[must_use]
pub fn entries(text: &str) -> Vec<Range<usize>> {
    embedded::entries(text)
}

fn regex_problem(text: &str) -> Option<Problem> {
    let error = embedded::regex(text).err()?;
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
    let problem = |flaw: embedded::GlobFlaw| Problem {
        range: flaw.range,
        severity: Severity::Error,
        code: codes::BAD_GLOB,
        message: flaw.message,
        help: Some(flaw.help.to_owned()),
        fix: None,
    };
    embedded::glob_flaws(text).into_iter().map(problem).collect()
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
    fn an_expression_that_is_too_big_is_refused_before_the_run() {
        assert!(embedded::regex(r"\w{1000}{100}").is_err());
        let problem = regex_problem(r"\w{1000}{100}").expect("too big");
        assert_eq!(problem.message, "the regular expression cannot be read: it is too big");
    }
}
