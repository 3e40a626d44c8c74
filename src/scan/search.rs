//! Searches with ripgrep's own crates: the same hits as `rg` over the same text.

use std::cell::RefCell;
use std::ops::Range;

use grep_matcher::Matcher;
use grep_regex::{RegexMatcher, RegexMatcherBuilder};
use grep_searcher::{BinaryDetection, Searcher, SearcherBuilder, Sink, SinkMatch};

use super::room::Room;
use crate::diagnostic::code::scan as codes;
use crate::facts::needs::{Case, Mode, Search};
use crate::query::ir::Flaw;
use crate::value::embedded::REGEX_SIZE;

thread_local! {
    /// One a thread: each is made with buffers of 72 KB, which would be cleared for each file.
    static SEARCHER: RefCell<Searcher> = RefCell::new(
        SearcherBuilder::new()
            .line_number(false)
            .binary_detection(BinaryDetection::none())
            .bom_sniffing(false)
            .build(),
    );
}

/// A search, compiled.
#[derive(Debug)]
pub struct Finder {
    matcher: RegexMatcher,
}

/// How a text is read if nobody says: a dotted name as an identifier, what holds a sign of expressions as one, else as it
/// stands.
#[must_use]
pub fn mode_of(text: &str) -> Mode {
    if is_dotted_name(text) {
        Mode::Identifier
    } else if text.contains(['*', '+', '?', '[', ']', '{', '}', '(', ')', '|', '^', '$', '\\']) {
        Mode::Regex
    } else {
        Mode::Literal
    }
}

fn is_dotted_name(text: &str) -> bool {
    text.split('.').all(|part| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    })
}

impl Finder {
    /// Compiles a search.
    ///
    /// # Errors
    /// When the text is empty, no regular expression, or could match the end of a line.
    pub fn new(search: &Search) -> Result<Self, Flaw> {
        let text = &*search.text;
        if text.is_empty() {
            return Err(Flaw::error(codes::SEARCH_EMPTY, 0..0, "the search is empty"));
        }
        let mut builder = RegexMatcherBuilder::new();
        builder.multi_line(true).line_terminator(Some(b'\n')).ban_byte(Some(0));
        builder.size_limit(REGEX_SIZE).dfa_size_limit(REGEX_SIZE);
        builder.case_insensitive(search.case == Case::Ignored);
        builder.fixed_strings(search.mode != Mode::Regex).word(search.mode == Mode::Identifier);
        match builder.build_many(&[text]) {
            Ok(matcher) => Ok(Self { matcher }),
            Err(error) => Err(flaw(text, &error)),
        }
    }

    /// All hits, line by line as ripgrep goes, stored as far as there is room; `stop` is asked for each line with a hit.
    pub(super) fn hits(&self, text: &[u8], room: &Room, stop: &dyn Fn() -> bool) -> Hits {
        let mut sink = Gather { matcher: &self.matcher, room, stop, found: Hits::default() };
        SEARCHER.with_borrow_mut(|searcher| {
            // Neither the sink nor reading memory fails.
            let _ = searcher.search_slice(&self.matcher, text, &mut sink);
        });
        sink.found
    }
}

/// The hits of a search in one text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// Byte ranges in order, as far as there was room.
    pub stored: Vec<Range<u32>>,
    /// All there are.
    pub count: usize,
}

struct Gather<'m> {
    matcher: &'m RegexMatcher,
    room: &'m Room,
    stop: &'m dyn Fn() -> bool,
    found: Hits,
}

impl Sink for Gather<'_> {
    type Error = std::io::Error;

    fn matched(&mut self, _: &Searcher, line: &SinkMatch<'_>) -> Result<bool, Self::Error> {
        let start = line.absolute_byte_offset();
        let bytes = line.bytes();
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let offset = |at: usize| u32::try_from(start + at as u64).unwrap_or(u32::MAX);
        // The matcher's error type has no value.
        let _ = self.matcher.find_iter(bytes, |found| {
            self.found.count += 1;
            if self.room.take(1) {
                self.found.stored.push(offset(found.start())..offset(found.end()));
            }
            true
        });
        Ok(!(self.stop)())
    }
}

fn flaw(text: &str, error: &grep_regex::Error) -> Flaw {
    if let Some(at) = ["(?=", "(?!", "(?<=", "(?<!"].iter().find_map(|sign| text.find(sign)) {
        let end = text[at..].find(['=', '!']).map_or(text.len(), |n| at + n + 1);
        return Flaw::error(
            codes::LOOK_AROUND,
            at..end,
            "look-around is not supported in a search",
        )
        .help("search for more than is wanted and filter the rows, or match the surroundings too");
    }
    let all = 0..text.len();
    if matches!(error.kind(), grep_regex::ErrorKind::NotAllowed(_)) {
        return Flaw::error(
            codes::SEARCH_REGEX,
            all,
            "a search looks at one line at a time, so it cannot match its end",
        );
    }
    if error.to_string().starts_with("compiled regex exceeds size limit") {
        let message =
            format!("the search is too big: it compiles to more than {} MiB", REGEX_SIZE >> 20);
        return Flaw::error(codes::SEARCH_REGEX, all, message)
            .help("repeat less, as in `\\w+` for `\\w{1000}`");
    }
    // The last line of a syntax error says what is wrong; those before it draw the expression.
    let shown = error.to_string();
    let last = shown.lines().last().unwrap_or("").trim();
    let reason = last.strip_prefix("error: ").unwrap_or(last);
    Flaw::error(codes::SEARCH_REGEX, all, format!("the regular expression is wrong: {reason}"))
        .help("`mode=literal` searches for the text as it stands")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::needs::Scope;

    fn hits(text: &str, mode: Mode, source: &str) -> usize {
        let search = Search { text: text.into(), mode, case: Case::Exact, scope: Scope::default() };
        Finder::new(&search).unwrap().hits(source.as_bytes(), &Room::new(100), &|| false).count
    }

    #[test]
    fn the_mode_follows_from_the_text() {
        for name in ["build_graph", "module.function", "func123", "_x"] {
            assert_eq!(mode_of(name), Mode::Identifier, "{name}");
        }
        for regex in ["config.*path", "[a-z]+", "(foo|bar)", r"foo\d+", "a$"] {
            assert_eq!(mode_of(regex), Mode::Regex, "{regex}");
        }
        for literal in ["hello world", "foo-bar", "1a", "a..b", "x.1", ""] {
            assert_eq!(mode_of(literal), Mode::Literal, "{literal}");
        }
    }

    #[test]
    fn an_identifier_is_a_whole_word_and_its_dot_a_dot() {
        assert_eq!(hits("a.b", Mode::Identifier, "a.b a.bc xa.b axb (a.b)\n"), 2);
        assert_eq!(hits("a.b", Mode::Literal, "a.b a.bc xa.b axb (a.b)\n"), 4);
        assert_eq!(hits("a.b", Mode::Regex, "a.b a.bc xa.b axb (a.b)\n"), 5);
    }

    #[test]
    fn no_hit_crosses_a_line_and_ends_of_lines_are_found() {
        assert_eq!(hits(r"a\s*b", Mode::Regex, "a\nb\na b"), 1);
        assert_eq!(hits("b$", Mode::Regex, "ab\nb\nba"), 2);
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        let flaw = |text: &str| {
            let search = Search {
                text: text.into(),
                mode: Mode::Regex,
                case: Case::Exact,
                scope: Scope::default(),
            };
            Finder::new(&search).unwrap_err()
        };
        assert_eq!(flaw("a(?=b)").code, codes::LOOK_AROUND);
        assert_eq!(flaw("(").message, "the regular expression is wrong: unclosed group");
        assert_eq!(flaw("").code, codes::SEARCH_EMPTY);
        let big = flaw(r"\w{1000}{100}");
        assert_eq!(big.code, codes::SEARCH_REGEX);
        assert_eq!(big.message, "the search is too big: it compiles to more than 8 MiB");
        assert!(flaw("a\nb").message.contains("one line"));
    }
}
