//! Searches with look-around and back-references: PCRE2, the engine that ripgrep has for them, line by line. Such a search
//! can take time beyond all measure, so its steps are counted, and it says where it gave up. Knows no files.

use std::ops::Range;

use pcre2::bytes::{Regex, RegexBuilder};

use crate::diagnostic::code::scan as codes;
use crate::facts::needs::Case;
use crate::query::ir::Flaw;

/// Steps of one match, and KiB that its ways back may take. An expression may ask for less, not for more.
const LIMITS: &str = "(*LIMIT_MATCH=1000000)(*LIMIT_HEAP=65536)";
/// Bytes of lines that are handed over in one text. Each match has the rest of its line checked as UTF-8, so a line of
/// megabytes full of hits would take the square of its length.
const MOST_BYTES: usize = 1 << 31;

/// A search, compiled. Without machine code of its own, whose steps are counted in another way on each processor.
#[derive(Debug)]
pub(super) struct LookAround {
    regex: Regex,
}

impl LookAround {
    /// Compiles an expression, as `rg -P` would.
    ///
    /// # Errors
    /// When it is wrong.
    pub(super) fn new(text: &str, case: Case) -> Result<Self, Flaw> {
        if wants_line_end(text) {
            let message = "a search looks at one line at a time, so it cannot match its end";
            return Err(Flaw::error(codes::SEARCH_REGEX, 0..text.len(), message));
        }
        let mut builder = RegexBuilder::new();
        builder.multi_line(true).utf(true).ucp(true).caseless(case == Case::Ignored);
        match builder.build(&format!("{LIMITS}{text}")) {
            Ok(regex) => Ok(Self { regex }),
            Err(error) => Err(flaw(text, &error)),
        }
    }

    /// Tells each hit in order; where it gives up, that byte is returned. `stop` is asked before each match.
    pub(super) fn each(
        &self,
        text: &[u8],
        stop: &dyn Fn() -> bool,
        tell: &mut dyn FnMut(Range<u32>),
    ) -> Option<u32> {
        let mut start = 0;
        let mut left = MOST_BYTES;
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            let offset = |at: usize| u32::try_from(start + at).unwrap_or(u32::MAX);
            let shown = line.strip_suffix(b"\n").unwrap_or(line);
            let mut hits = OfLine { regex: &self.regex, line: shown, at: 0, behind: None };
            loop {
                let weight = shown.len().saturating_sub(hits.at) + 1;
                if weight > left {
                    return Some(offset(hits.at));
                }
                left -= weight;
                if stop() {
                    return None;
                }
                match hits.next() {
                    Ok(Some(hit)) => tell(offset(hit.start)..offset(hit.end)),
                    Ok(None) => break,
                    Err(_) => return Some(offset(hits.at)),
                }
            }
            start += line.len();
        }
        None
    }
}

/// Whether an expression holds a line's end, or its escape outside of a class: there it may be what is ruled out.
fn wants_line_end(text: &str) -> bool {
    let (mut is_escaped, mut is_class) = (false, false);
    for c in text.chars() {
        match c {
            'n' if is_escaped && !is_class => return true,
            '\n' => return true,
            '[' if !is_escaped => is_class = true,
            ']' if !is_escaped => is_class = false,
            _ => {}
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    false
}

/// The hits of one line, an empty one never right behind another.
struct OfLine<'l> {
    regex: &'l Regex,
    line: &'l [u8],
    at: usize,
    /// The end of the last hit.
    behind: Option<usize>,
}

impl OfLine<'_> {
    fn next(&mut self) -> Result<Option<Range<usize>>, pcre2::Error> {
        while self.at <= self.line.len() {
            let Some(found) = self.regex.find_at(self.line, self.at)? else { break };
            let hit = found.start()..found.end();
            let is_twice = hit.is_empty() && self.behind == Some(hit.end);
            self.at = if hit.is_empty() { self.behind_char(hit.end) } else { hit.end };
            self.behind = Some(hit.end);
            if !is_twice {
                return Ok(Some(hit));
            }
        }
        self.at = self.line.len() + 1;
        Ok(None)
    }

    /// Where the character ends that begins at a byte.
    fn behind_char(&self, at: usize) -> usize {
        let rest = self.line.get(at + 1..).unwrap_or(&[]);
        at + 1 + rest.iter().take_while(|&&byte| byte & 0xc0 == 0x80).count()
    }
}

fn flaw(text: &str, error: &pcre2::Error) -> Flaw {
    let at = error.offset().unwrap_or(0).saturating_sub(LIMITS.len());
    let at = text.floor_char_boundary(at);
    let shown = error.to_string();
    let reason = shown.rsplit_once(": ").map_or(&*shown, |(_, reason)| reason);
    Flaw::error(
        codes::SEARCH_REGEX,
        at..text.len(),
        format!("the regular expression is wrong: {reason}"),
    )
    .help("`mode=literal` searches for the text as it stands")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(text: &str) -> LookAround {
        LookAround::new(text, Case::Exact).unwrap()
    }

    fn hits(expression: &str, text: &str) -> Vec<(u32, u32)> {
        let mut hits = Vec::new();
        assert_eq!(
            search(expression)
                .each(text.as_bytes(), &|| false, &mut |hit| hits.push((hit.start, hit.end))),
            None
        );
        hits
    }

    #[test]
    fn surroundings_are_looked_at_and_not_matched() {
        assert_eq!(hits("a(?=b)", "ab ac\nb ab"), [(0, 1), (8, 9)]);
        assert_eq!(hits("(?<!x)a(?!b)", "ab ac xa\n"), [(3, 4)]);
        assert_eq!(hits(r"(\w)\1", "aab bcc"), [(0, 2), (5, 7)]);
    }

    #[test]
    fn each_line_stands_alone() {
        assert_eq!(hits("a(?=\\s)", "a\na \n"), [(2, 3)]);
        assert_eq!(hits("^(?=a)|(?<=a)$", "a\n\na"), [(0, 0), (1, 1), (3, 3), (4, 4)]);
        assert_eq!(hits("(?<!x)^a", "x\na\n"), [(2, 3)]);
    }

    #[test]
    fn an_empty_hit_never_splits_a_character() {
        assert_eq!(hits("(?!z)", "é→\n"), [(0, 0), (2, 2), (5, 5)]);
        assert_eq!(hits("é(?=é)|(?=→)", "éé→"), [(0, 2), (4, 4)]);
        assert_eq!(hits(r"\b(?=\w)", "é 1"), [(0, 0), (3, 3)]);
    }

    #[test]
    fn what_would_never_end_is_given_up_and_says_where() {
        let text = format!("b\nab\n{}c\nab\n", "a".repeat(5_000));
        let mut hits = Vec::new();
        let given_up =
            search("(?=(a+)+$)a|b").each(text.as_bytes(), &|| false, &mut |hit| hits.push(hit));
        assert_eq!((hits, given_up), (vec![0..1, 3..4], Some(5)));
        let raised = search("(*LIMIT_MATCH=4000000000)(?=(a+)+$)a");
        assert_eq!(raised.each(text.as_bytes(), &|| false, &mut |_| {}), Some(5));
    }

    #[test]
    fn a_stop_is_heard_at_every_match() {
        let mut count = 0;
        let asked = std::cell::Cell::new(0);
        let stop = || asked.replace(asked.get() + 1) == 7;
        assert_eq!(search("a(?=a)").each(&[b'a'; 100], &stop, &mut |_| count += 1), None);
        assert_eq!(count, 7);
    }

    #[test]
    fn a_wrong_expression_has_a_place_and_a_reason() {
        for (text, at, reason) in [
            ("a(?=b", 5, "missing closing parenthesis"),
            ("(?<=a+)b", 0, "length of lookbehind assertion is not limited"),
            (r"(?=a)\2", 6, "reference to non-existent subpattern"),
        ] {
            let flaw = LookAround::new(text, Case::Exact).unwrap_err();
            assert_eq!(
                flaw.message,
                format!("the regular expression is wrong: {reason}"),
                "{text}"
            );
            assert_eq!(flaw.range.start, at, "{text}");
        }
        for wrong in ["a(?=b)\n", r"a(?!b)\n", r"[\]a](?!b)\n", r"(?<!\\)\n"] {
            let flaw = LookAround::new(wrong, Case::Exact).unwrap_err();
            assert!(flaw.message.contains("one line"), "{wrong}");
        }
        for right in [r"a(?![^\n])", r"a(?!\\n)", r"a(?!n)"] {
            assert!(LookAround::new(right, Case::Exact).is_ok(), "{right}");
        }
    }
}
