//! Searches with ripgrep's own crates: the same hits as `rg` over the same text, with look-around as `rg -P`.

use std::cell::RefCell;
use std::ops::Range;

use grep_matcher::Matcher;
use grep_regex::{RegexMatcher, RegexMatcherBuilder};
use grep_searcher::{BinaryDetection, Searcher, SearcherBuilder, Sink, SinkMatch};

use super::look_around::LookAround;
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

/// Bytes that are searched between two questions whether to stop; a longer line is searched as one.
const BREATH: usize = 1 << 18;
/// Hits in one line between two such questions.
const HITS_A_BREATH: usize = 4_096;

/// A search, compiled. The literals that an expression needs are found by grep-regex and regex themselves, which look
/// for those first and try the expression only on lines that hold one.
#[derive(Debug)]
pub struct Finder {
    engine: Engine,
}

#[derive(Debug)]
enum Engine {
    /// Takes linear time.
    Linear(RegexMatcher),
    /// For what that one refuses: look-around and back-references.
    LookAround(LookAround),
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
        let engine = match builder.build_many(&[text]) {
            Ok(matcher) => Engine::Linear(matcher),
            Err(error) if needs_look_around(&error) => {
                Engine::LookAround(LookAround::new(text, search.case)?)
            }
            Err(error) => return Err(flaw(text, &error)),
        };
        Ok(Self { engine })
    }

    /// All hits, line by line as ripgrep goes, stored as far as there is room; `stop` is asked now and then.
    pub(super) fn hits(&self, text: &[u8], room: &Room, stop: &dyn Fn() -> bool) -> Hits {
        match &self.engine {
            Engine::Linear(matcher) => linear(matcher, text, room, stop),
            Engine::LookAround(search) => {
                let mut hits = Hits::default();
                hits.given_up = search.each(text, stop, &mut |hit| hits.add(hit, room));
                hits
            }
        }
    }
}

fn linear(matcher: &RegexMatcher, text: &[u8], room: &Room, stop: &dyn Fn() -> bool) -> Hits {
    let mut sink = Gather { matcher, room, stop, base: 0, found: Hits::default() };
    SEARCHER.with_borrow_mut(|searcher| {
        for lines in breaths(text) {
            // Neither the sink nor reading memory fails.
            let _ = searcher.search_slice(matcher, lines, &mut sink);
            sink.base += lines.len();
            if stop() {
                break;
            }
        }
    });
    sink.found
}

/// Whether the expression may be right, and only not of the kind that takes linear time. The messages are those of
/// regex-syntax, which stops at the first such sign; a test holds them.
fn needs_look_around(error: &grep_regex::Error) -> bool {
    let message = error.to_string();
    ["error: look-around, ", "error: backreferences "].iter().any(|sign| message.contains(sign))
}

/// A text in pieces of whole lines.
fn breaths(mut text: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let behind = text.get(BREATH..).unwrap_or(&[]);
        let end = memchr::memchr(b'\n', behind).map_or(text.len(), |at| BREATH + at + 1);
        let (lines, rest) = text.split_at(end);
        text = rest;
        (!lines.is_empty()).then_some(lines)
    })
}

/// The hits of a search in one text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// Byte ranges in order, as far as there was room.
    pub stored: Vec<Range<u32>>,
    /// All there are.
    pub count: usize,
    /// Where the search gave up, as a byte offset: what lies behind was not searched.
    pub given_up: Option<u32>,
}

impl Hits {
    /// Whether there is nothing to tell.
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0 && self.given_up.is_none()
    }

    fn add(&mut self, hit: Range<u32>, room: &Room) {
        self.count += 1;
        if room.take(1) {
            self.stored.push(hit);
        }
    }
}

struct Gather<'m> {
    matcher: &'m RegexMatcher,
    room: &'m Room,
    stop: &'m dyn Fn() -> bool,
    /// Where the piece that is searched begins.
    base: usize,
    found: Hits,
}

impl Sink for Gather<'_> {
    type Error = std::io::Error;

    fn matched(&mut self, _: &Searcher, line: &SinkMatch<'_>) -> Result<bool, Self::Error> {
        let start = self.base as u64 + line.absolute_byte_offset();
        let bytes = line.bytes();
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let offset = |at: usize| u32::try_from(start + at as u64).unwrap_or(u32::MAX);
        // The matcher's error type has no value.
        let _ = self.matcher.find_iter(bytes, |found| {
            self.found.add(offset(found.start())..offset(found.end()), self.room);
            !(self.found.count.is_multiple_of(HITS_A_BREATH) && (self.stop)())
        });
        Ok(true)
    }
}

fn flaw(text: &str, error: &grep_regex::Error) -> Flaw {
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
    fn look_around_and_back_references_are_found() {
        for expression in ["a(?=b)", "a(?!c)", "(?<=a)b", "(?<!b)a", r"(a)b(?:)|(z)\2"] {
            assert_eq!(hits(expression, Mode::Regex, "ab\n"), 1, "{expression}");
        }
        assert_eq!(hits(r"\(\?=", Mode::Regex, "(?=\n"), 1);
        assert_eq!(hits("(?=", Mode::Literal, "(?=\n"), 1);
    }

    #[test]
    fn no_hit_crosses_a_line_and_ends_of_lines_are_found() {
        assert_eq!(hits(r"a\s*b", Mode::Regex, "a\nb\na b"), 1);
        assert_eq!(hits("b$", Mode::Regex, "ab\nb\nba"), 2);
    }

    #[test]
    fn pieces_are_whole_lines_and_all_of_the_text() {
        let long = "x".repeat(2 * BREATH) + "\n";
        for text in
            [String::new(), "a\n".into(), format!("a\n{long}b\n{long}c"), "ab\n".repeat(BREATH)]
        {
            let pieces: Vec<&[u8]> = breaths(text.as_bytes()).collect();
            assert_eq!(pieces.concat(), text.as_bytes());
            let (_, before) = pieces.split_last().unwrap_or((&&[][..], &[]));
            assert!(before.iter().all(|piece| piece.len() > BREATH && piece.ends_with(b"\n")));
        }
    }

    #[test]
    fn hits_of_a_long_text_are_where_they_stand_and_a_stop_is_heard() {
        let search = Search {
            text: "a$".into(),
            mode: Mode::Regex,
            case: Case::Exact,
            scope: Scope::default(),
        };
        let finder = Finder::new(&search).unwrap();
        let text = "ba\n".repeat(BREATH);
        let hits = finder.hits(text.as_bytes(), &Room::new(usize::MAX), &|| false);
        assert_eq!(hits.count, BREATH);
        assert!(hits.stored.iter().zip(0_u32..).all(|(hit, n)| *hit == (3 * n + 1..3 * n + 2)));
        let stopped = finder.hits(text.as_bytes(), &Room::new(usize::MAX), &|| true);
        assert!(stopped.count < BREATH / 2);
        let search = Search { text: "a".into(), ..search };
        let line = "a".repeat(1 << 20);
        let stopped = Finder::new(&search).unwrap().hits(line.as_bytes(), &Room::new(9), &|| true);
        assert_eq!(stopped.count, HITS_A_BREATH);
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
        assert!(flaw("a(?=b").message.ends_with(": missing closing parenthesis"));
        assert!(flaw(r"(a)\2").message.contains("non-existent"));
        assert!(flaw(r"\K(").message.contains("unrecognized escape sequence"));
        assert_eq!(flaw("(").message, "the regular expression is wrong: unclosed group");
        assert_eq!(flaw("").code, codes::SEARCH_EMPTY);
        let big = flaw(r"\w{1000}{100}");
        assert_eq!(big.code, codes::SEARCH_REGEX);
        assert_eq!(big.message, "the search is too big: it compiles to more than 8 MiB");
        assert!(flaw("a\nb").message.contains("one line"));
    }
}
