//! The words of a query: keys, signs and decoded values, each with its place; what belongs to none is left over.

use std::ops::Range;

use super::ir::{Flaw, Value};
use crate::diagnostic::code::scan as codes;
use crate::source::OffsetMap;

/// `key=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The key as written; metavariables with their `$`.
    pub key: String,
    /// Where the key stands.
    pub range: Range<usize>,
    /// What joins key and value.
    pub sign: Sign,
    /// The value without its quotes.
    pub value: Value,
}

/// What joins key and value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `=`.
    Is,
    /// `=~`.
    Matches,
    /// `!=~` or `=!~`.
    MatchesNot,
}

/// Whether the text holds a `key=` outside quotes, so that it is a query rather than a text to search for.
#[must_use]
pub fn has_key(text: &str) -> bool {
    let mut at = 0;
    while at < text.len() {
        at = skip_blanks(text, at);
        if key(text, at).is_some() {
            return true;
        }
        at = next_blank(text, at);
    }
    false
}

/// Splits a query into words.
///
/// # Errors
/// Every place that is no word of a query.
pub fn words(text: &str) -> Result<Vec<Word>, Vec<Flaw>> {
    let (mut words, mut flaws) = (Vec::new(), Vec::new());
    let mut at = skip_blanks(text, 0);
    while at < text.len() {
        let next = match word(text, at) {
            Ok((word, next)) => {
                words.push(word);
                next
            }
            Err((flaw, next)) => {
                flaws.push(flaw);
                next
            }
        };
        at = skip_blanks(text, next);
    }
    if flaws.is_empty() { Ok(words) } else { Err(flaws) }
}

fn skip_blanks(text: &str, at: usize) -> usize {
    text[at..].find(|c: char| !c.is_whitespace()).map_or(text.len(), |n| at + n)
}

fn next_blank(text: &str, at: usize) -> usize {
    text[at..].find(char::is_whitespace).map_or(text.len(), |n| at + n)
}

/// The end of a key at `at`, its sign, and where its value begins. `==` joins nothing: that is code.
fn key(text: &str, at: usize) -> Option<(usize, Sign, usize)> {
    let rest = &text[at..];
    let dollars = rest.find(|c| c != '$').unwrap_or(rest.len());
    let is_letter = |c: char| c.is_alphanumeric() || c == '_' || c == '.' && dollars == 0;
    let length = rest[dollars..].find(|c: char| !is_letter(c)).unwrap_or(rest.len() - dollars);
    let end = at + dollars + length;
    if length == 0 {
        return None;
    }
    let signs = [
        ("!=~", Sign::MatchesNot),
        ("=!~", Sign::MatchesNot),
        ("=~", Sign::Matches),
        ("=", Sign::Is),
    ];
    let (written, sign) =
        signs.into_iter().find(|(written, _)| text[end..].starts_with(written))?;
    (!text[end..].starts_with("==")).then_some((end, sign, end + written.len()))
}

/// One word and where the next may begin.
fn word(text: &str, at: usize) -> Result<(Word, usize), (Flaw, usize)> {
    let Some((end, sign, start)) = key(text, at) else { return Err(left_over(text, at)) };
    let (value, next) = value(text, start)?;
    if next < text.len() && !text[next..].starts_with(char::is_whitespace) {
        let stop = next_blank(text, next);
        let message =
            format!("unexpected `{}` behind the value of `{}`", &text[next..stop], &text[at..end]);
        return Err((
            Flaw::error(codes::QUERY_LEFT_OVER, next..stop, message)
                .help("put a blank between words"),
            stop,
        ));
    }
    Ok((Word { key: text[at..end].to_owned(), range: at..end, sign, value }, next))
}

fn left_over(text: &str, at: usize) -> (Flaw, usize) {
    let end = next_blank(text, at);
    let shown = &text[at..end];
    let behind = skip_blanks(text, end);
    let flaw = Flaw::error(
        codes::QUERY_LEFT_OVER,
        at..end,
        format!("`{shown}` belongs to no `key=value`"),
    );
    if text[behind..].starts_with('=') && shown.chars().all(|c| c.is_alphanumeric() || c == '.') {
        let value = skip_blanks(text, behind + 1);
        let flaw = Flaw { range: at..value, ..flaw };
        return (
            flaw.help("write `key=value` without blanks around `=`").fix(format!("{shown}=")),
            next_blank(text, value),
        );
    }
    (flaw.help("put a value that holds blanks into quotes"), end)
}

/// A value that begins at `at`: quoted with `\` escapes, or bare up to the next blank.
fn value(text: &str, at: usize) -> Result<(Value, usize), (Flaw, usize)> {
    let quote = text[at..].chars().next().filter(|c| matches!(c, '\'' | '"'));
    let Some(quote) = quote else {
        let end = next_blank(text, at);
        let map = OffsetMap::at(number(at));
        return Ok((Value { text: text[at..end].into(), range: at..end, map }, end));
    };
    let mut decoded = String::new();
    let mut map = OffsetMap::at(number(at + 1));
    let mut chars = text[at + 1..].char_indices().map(|(n, c)| (at + 1 + n, c)).peekable();
    while let Some((offset, c)) = chars.next() {
        match c {
            c if c == quote => {
                let end = offset + 1;
                return Ok((Value { text: decoded.into(), range: at..end, map }, end));
            }
            // Only what could not be written otherwise is an escape: expressions and code keep their backslashes.
            '\\' if chars.peek().is_some_and(|&(_, next)| next == quote || next == '\\') => {
                if let Some((_, next)) = chars.next() {
                    map.push(number(decoded.len()), number(offset));
                    decoded.push(next);
                    map.push(number(decoded.len()), number(offset + 2));
                }
            }
            c => decoded.push(c),
        }
    }
    let message = format!("the value has no closing `{quote}`");
    Err((Flaw::error(codes::QUERY_LEFT_OVER, at..text.len(), message), text.len()))
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, Sign, String)> {
        words(text)
            .unwrap()
            .into_iter()
            .map(|w| (w.key, w.sign, w.value.text.to_string()))
            .collect()
    }

    #[test]
    fn values_are_bare_or_quoted() {
        let found = pairs(r#"pattern='f($X, "a\'b")' in=src $$OP=~^[<>=] $X!=~"a b" $Y=!~c"#);
        let expected = [
            ("pattern", Sign::Is, r#"f($X, "a'b")"#),
            ("in", Sign::Is, "src"),
            ("$$OP", Sign::Matches, "^[<>=]"),
            ("$X", Sign::MatchesNot, "a b"),
            ("$Y", Sign::MatchesNot, "c"),
        ];
        assert_eq!(found, expected.map(|(k, s, v)| (k.to_owned(), s, v.to_owned())));
    }

    #[test]
    fn a_range_of_a_value_leads_to_the_query() {
        let text = r"in=a pattern='a\'bc'";
        let words = words(text).unwrap();
        let value = &words[1].value;
        assert_eq!(&*value.text, "a'bc");
        assert_eq!(&text[value.outer(2..4)], "bc");
        assert_eq!(&text[value.outer(1..2)], r"\'");
    }

    #[test]
    fn code_and_plain_words_are_no_keys() {
        for text in ["hello world", "a==b", "foo(x=1)", "x == 1", "->", ""] {
            assert!(!has_key(text), "{text}");
        }
        for text in ["decorator in=exp", "$X=~a", "pattern.selector=call"] {
            assert!(has_key(text), "{text}");
        }
    }

    #[test]
    fn what_is_left_over_is_shown() {
        let flaws = words("pattern=f($X, $Y) in=src").unwrap_err();
        assert_eq!(flaws.len(), 1);
        assert_eq!(flaws[0].range, 14..17);
        let flaws = words("in = src").unwrap_err();
        assert_eq!((flaws[0].range.clone(), flaws[0].fix.as_deref()), (0..5, Some("in=")));
        assert_eq!(words("in='src").unwrap_err()[0].range, 3..7);
    }
}
