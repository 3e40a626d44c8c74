//! From a string as written to the text it means: escapes, and the indent of text over several lines. Every decoded
//! offset keeps its byte in the plan.

use crate::source::{OffsetMap, SourceId, Span};
use crate::syntax::ast::Text;

/// What is wrong with `\u…` that names no character.
pub(super) const NO_CHARACTER: &str = "no character has the escape";

/// How a text is decoded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style<'t> {
    /// Backslashes are text.
    pub(super) raw: bool,
    /// It may go over several lines.
    pub(super) multi: bool,
    /// What each line loses at its start.
    pub(super) indent: &'t str,
    /// It stands directly behind the opening quotes, so its first newline is dropped.
    pub(super) opening: bool,
    /// `{{` and `}}` mean one brace.
    pub(super) braces: bool,
}

/// A decoded text under way.
struct Decoder {
    value: String,
    map: OffsetMap,
    /// The last decoded offset and byte that advanced together.
    exact: bool,
}

impl Decoder {
    /// Adds the character that was written at `at`.
    fn add(&mut self, c: char, at: usize, written: usize) {
        if !self.exact {
            self.map.push(small(self.value.len()), small(at));
        }
        self.value.push(c);
        self.exact = c.len_utf8() == written;
    }
}

impl Decoder {
    /// Reads what `rest` begins with, which stands at `at`: its length, and what is wrong with it.
    fn read(&mut self, rest: &str, at: usize, style: Style<'_>) -> (usize, Option<&'static str>) {
        let Some(next) = rest.chars().next() else { return (1, None) };
        match next {
            '\\' if !style.raw => match escape(rest) {
                Ok((c, len)) => {
                    self.add(c, at, len);
                    (len, None)
                }
                Err(message) => {
                    self.add('\\', at, 1);
                    (1, Some(message))
                }
            },
            '\r' if style.multi && rest.starts_with("\r\n") => {
                self.exact = false;
                (1, None)
            }
            '\n' if style.multi => {
                self.add('\n', at, 1);
                let dropped = common(&rest[1..], style.indent);
                self.exact &= dropped == 0;
                (1 + dropped, None)
            }
            '{' | '}' if style.braces && rest[1..].starts_with(next) => {
                self.add(next, at, 2);
                (2, None)
            }
            _ => {
                self.add(next, at, next.len_utf8());
                (next.len_utf8(), None)
            }
        }
    }
}

/// Offsets fit: `parse` refuses longer texts.
fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// Decodes `text[lo..hi]`; what is no escape goes to `bad` with a message and stays in the text.
pub(super) fn decode(
    text: &str,
    source: SourceId,
    lo: usize,
    hi: usize,
    style: Style<'_>,
    bad: &mut Vec<(Span, &'static str)>,
) -> Text {
    let raw = &text[lo..hi];
    let mut out = Decoder {
        value: String::with_capacity(raw.len()),
        map: OffsetMap::at(small(lo)),
        exact: true,
    };
    let mut at = lo;
    if style.multi && style.opening {
        let newline = if raw.starts_with("\r\n") { 2 } else { usize::from(raw.starts_with('\n')) };
        let indent = if newline > 0 { common(&raw[newline..], style.indent) } else { 0 };
        at += newline + indent;
        out.exact = newline == 0;
    }
    while at < hi {
        let rest = &text[at..hi];
        let (len, wrong) = out.read(rest, at, style);
        if let Some(message) = wrong {
            let end = at + bad_len(rest);
            bad.push((Span::new(source, small(at), small(end)), message));
        }
        at += len;
    }
    if !out.exact {
        out.map.push(small(out.value.len()), small(hi));
    }
    Text { raw: raw.into(), value: out.value.into(), map: out.map }
}

/// How long what was meant as an escape is, to be shown.
fn bad_len(rest: &str) -> usize {
    let Some(digits) = rest.strip_prefix("\\u") else {
        return 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
    };
    match digits.strip_prefix('{').and_then(|braced| braced.get(..12).unwrap_or(braced).find('}')) {
        Some(end) => 4 + end,
        None => 2 + digits.bytes().take(4).take_while(u8::is_ascii_hexdigit).count(),
    }
}

/// How many bytes of `indent` a line begins with.
fn common(line: &str, indent: &str) -> usize {
    line.bytes().zip(indent.bytes()).take_while(|(a, b)| a == b).count()
}

/// The character an escape means and its length.
fn escape(rest: &str) -> Result<(char, usize), &'static str> {
    let simple = |c| Ok((c, 2));
    match rest[1..].chars().next() {
        Some('n') => simple('\n'),
        Some('t') => simple('\t'),
        Some('r') => simple('\r'),
        Some('b') => simple('\u{8}'),
        Some('f') => simple('\u{c}'),
        Some('0') => simple('\0'),
        Some(c @ ('\\' | '/' | '"' | '\'' | '$')) => simple(c),
        Some('u') => unicode(rest),
        _ => Err("unknown escape"),
    }
}

/// `\u{X…}`, `\uXXXX` and, as in JSON, two of them for one character beyond the first plane.
fn unicode(rest: &str) -> Result<(char, usize), &'static str> {
    if let Some(braced) = rest.get(2..).and_then(|r| r.strip_prefix('{')) {
        let end = braced.find('}').filter(|end| (1..=6).contains(end)).ok_or(NO_CHARACTER)?;
        let c = u32::from_str_radix(&braced[..end], 16)
            .ok()
            .and_then(char::from_u32)
            .ok_or(NO_CHARACTER)?;
        return Ok((c, end + 4));
    }
    let unit = |from: usize| {
        let digits =
            rest.get(from..from + 4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
        u16::from_str_radix(digits, 16).ok()
    };
    let first = unit(2).ok_or(NO_CHARACTER)?;
    if let Some(c) = char::from_u32(u32::from(first)) {
        return Ok((c, 6));
    }
    let second =
        rest.get(6..).filter(|r| r.starts_with("\\u")).and_then(|_| unit(8)).ok_or(NO_CHARACTER)?;
    let pair =
        char::decode_utf16([first, second]).next().and_then(Result::ok).ok_or(NO_CHARACTER)?;
    Ok((pair, 12))
}
