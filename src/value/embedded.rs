//! Regular expressions and globs inside texts: compiled here and nowhere else, so that what passes a check runs.

use std::ops::Range;

use globset::{Glob, GlobBuilder};
use regex::{Regex, RegexBuilder};

/// Bytes a compiled regular expression may take.
pub const REGEX_SIZE: usize = 8 << 20;
/// Longest glob, in bytes.
pub const LONGEST_GLOB: usize = 4_096;

/// A compiled regular expression.
///
/// # Errors
/// Text that is none, or one that compiles to more than [`REGEX_SIZE`].
pub fn regex(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).size_limit(REGEX_SIZE).build()
}

/// A glob whose `*` and `?` stop at `/`.
///
/// # Errors
/// The reason why it cannot be read.
pub fn glob(pattern: &str) -> Result<Glob, String> {
    if pattern.len() > LONGEST_GLOB {
        return Err(format!("it has more than {LONGEST_GLOB} bytes"));
    }
    let built = GlobBuilder::new(pattern).literal_separator(true).backslash_escape(true).build();
    built.map_err(|error| error.kind().to_string())
}

/// Judges a glob of gitignore, which may begin with `!` and have `/` around it.
///
/// # Errors
/// The reason why it cannot be read.
pub fn check_gitignore(entry: &str) -> Result<(), String> {
    glob(entry.strip_prefix('!').unwrap_or(entry).trim_matches('/')).map(|_| ())
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

/// What is wrong with one of the globs of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlobFlaw {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Lower case, names in backticks.
    pub message: String,
    /// The remedy.
    pub help: &'static str,
}

/// Everything wrong with gitignore globs that commas separate.
#[must_use]
pub fn glob_flaws(text: &str) -> Vec<GlobFlaw> {
    entries(text).into_iter().filter_map(|range| glob_flaw(text, range)).collect()
}

fn glob_flaw(text: &str, range: Range<usize>) -> Option<GlobFlaw> {
    let entry = &text[range.clone()];
    if entry.is_empty() {
        return Some(GlobFlaw {
            range: if text.trim().is_empty() { 0..text.len() } else { range },
            message: "a glob is empty".to_owned(),
            help: "write a glob such as `tests/**`",
        });
    }
    let reason = check_gitignore(entry).err()?;
    let shown: String = entry.chars().take(80).collect();
    Some(GlobFlaw {
        range,
        message: format!("the glob `{shown}` cannot be read: {reason}"),
        help: "`*`, `**`, `?`, `[a-z]` and `{a,b}` are special; `\\` takes one as it is",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_in_braces_belong_to_their_glob() {
        let text = "src/{a,b}/** , tests/**";
        let parts: Vec<&str> = entries(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(parts, ["src/{a,b}/**", "tests/**"]);
    }

    #[test]
    fn each_broken_glob_is_shown_alone() {
        let ranges = |text: &str| glob_flaws(text).into_iter().map(|f| f.range).collect::<Vec<_>>();
        assert_eq!(ranges("a/**, [x, {y"), [6..8, 10..12]);
        assert_eq!(ranges("").len(), 1);
        assert!(ranges("!a/, {a,b}").is_empty());
    }

    #[test]
    fn no_glob_that_is_taken_fails_to_compile() {
        for pattern in ["?".repeat(LONGEST_GLOB), "{[a-z],**/}".repeat(LONGEST_GLOB / 11)] {
            glob(&pattern).unwrap().compile_matcher();
        }
        assert!(glob(&"?".repeat(LONGEST_GLOB + 1)).is_err());
    }
}
