//! Strings in all their forms, with the holes in them: where each ends, and where it was meant to end.

use super::decode::{NO_CHARACTER, Style, decode};
use super::scan::Scanner;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::lexing;
use crate::source::Span;
use crate::syntax::token::{Kind, Payload};

/// How a string is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quote {
    /// What closes it.
    pub(super) close: &'static str,
    /// Escapes are text.
    pub(super) raw: bool,
    /// What opens a hole.
    pub(super) hole: Option<&'static str>,
}

impl Quote {
    /// Whether it may go over several lines.
    pub(super) fn multi(self) -> bool {
        self.close.len() == 3 && self.close.is_ascii() || self.close == "`"
    }
}

/// A string that is being read.
#[derive(Debug)]
pub(super) struct Mode {
    pub(super) quote: Quote,
    /// Its first byte, prefix included.
    pub(super) lo: usize,
    /// The index of its opening token.
    pub(super) open: usize,
    /// Where the text at hand begins.
    pub(super) text_from: usize,
    /// Texts between holes: index of the token, first and last byte.
    texts: Vec<(usize, usize, usize)>,
    /// Braces that are open in the hole.
    pub(super) braces: usize,
    /// It or a string around it ends with the line.
    pub(super) in_line: bool,
    habit: Habit,
    hole: Hole,
}

/// The foreign form a string is written in.
#[derive(Clone, Copy, Debug)]
enum Habit {
    None,
    /// Quotes of another language.
    Quote,
    /// A prefix that ends at the byte.
    Prefix(usize),
}

/// What is taken back if a hole does not end.
#[derive(Clone, Copy, Debug, Default)]
struct Hole {
    lo: usize,
    tokens: usize,
    diagnostics: usize,
    comments: usize,
    line_start: usize,
}

impl Scanner<'_> {
    /// Reads a string whose quote stands here and whose prefix began at `lo`.
    pub(super) fn string(&mut self, lo: usize) {
        let rest = self.rest();
        let plain = |close, hole| Quote { close, raw: false, hole };
        let (open, quote) = match rest.as_bytes().first() {
            Some(b'"') if rest.starts_with("\"\"\"") => (3, plain("\"\"\"", Some("${"))),
            Some(b'"') => (1, plain("\"", Some("${"))),
            Some(b'\'') if rest.starts_with("'''") => (3, plain("'''", None)),
            Some(b'\'') => (1, plain("'", None)),
            Some(b'`') => (1, plain("`", Some("${"))),
            _ if rest.starts_with(['\u{2018}', '\u{2019}']) => (3, plain("\u{2019}", None)),
            _ => (3, plain("\u{201d}", Some("${"))),
        };
        let own = rest.starts_with('"') || rest.starts_with('\'') && open == 1;
        self.open_string(lo, open, quote, if own { Habit::None } else { Habit::Quote });
    }

    /// Reads a string of a word glued to a quote, if the word is a prefix of some language.
    pub(super) fn prefixed(&mut self, lo: usize, end: usize) -> bool {
        let prefix = &self.text[lo..end];
        let rest = &self.text[end..];
        let close = match rest.as_bytes().first() {
            Some(b'"') if rest.starts_with("\"\"\"") => "\"\"\"",
            Some(b'"') => "\"",
            _ if rest.starts_with("'''") => "'''",
            _ => "'",
        };
        let lower = prefix.to_ascii_lowercase();
        let (raw, hole) = match lower.as_str() {
            "r" | "rb" | "br" => (true, None),
            "f" => (false, Some("{")),
            "rf" | "fr" => (true, Some("{")),
            "b" | "u" => (false, close.starts_with('"').then_some("${")),
            _ => return self.glued_word(lo, end),
        };
        self.at = end;
        let own = prefix == "r" && close != "'''";
        let habit = if own { Habit::None } else { Habit::Prefix(end) };
        self.open_string(lo, close.len(), Quote { close, raw, hole }, habit);
        true
    }

    /// A word that is no prefix: one fault, and the string is read by itself.
    fn glued_word(&mut self, lo: usize, end: usize) -> bool {
        if self.at < self.broken_to
            || self.text[end + 1..self.line_end(end)].find(&self.text[end..=end]).is_none()
        {
            return false;
        }
        let word = &self.text[lo..end];
        let fault = self.fault(
            lexing::GLUED_QUOTE,
            lo,
            end,
            format!("the word `{word}` is glued to a string"),
        );
        self.report(
            fault
                .help(format!("put `=` or a blank between them: `{word}=\"…\"`"))
                .propose(self.span(end, end), "="),
        );
        self.at = end;
        let argument = self.out.tokens.last().is_some_and(|last| {
            matches!(last.kind, Kind::Word | Kind::String | Kind::TemplateClose | Kind::Comma)
        });
        self.push(Kind::Word, lo);
        if argument {
            self.push(Kind::Assign, end);
        }
        self.string(end);
        true
    }

    fn open_string(&mut self, lo: usize, open: usize, quote: Quote, habit: Habit) {
        let in_line = !quote.multi() || self.hole_in_line();
        let index = self.out.tokens.len();
        self.at += open;
        self.push_with(
            Kind::TemplateOpen,
            lo,
            Payload::Quote(if quote.multi() { "\"\"\"" } else { "\"" }),
        );
        let hole = Hole::default();
        let mode = Mode {
            quote,
            lo,
            open: index,
            text_from: self.at,
            texts: Vec::new(),
            braces: 0,
            in_line,
            habit,
            hole,
        };
        self.modes.push(mode);
        self.string_text();
    }

    /// Whether a hole is being read that must end in its line.
    pub(super) fn hole_in_line(&self) -> bool {
        self.modes.last().is_some_and(|mode| mode.in_line)
    }

    /// Whether a `}` here ends a hole.
    pub(super) fn closes_hole(&self) -> bool {
        self.modes.last().is_some_and(|mode| mode.braces == 0)
    }

    /// Ends the hole and goes on with the string's text.
    pub(super) fn close_hole(&mut self) {
        let lo = self.at;
        self.at += 1;
        self.push(Kind::HoleClose, lo);
        self.resume();
    }

    fn resume(&mut self) {
        let at = self.at;
        if let Some(mode) = self.modes.last_mut() {
            mode.text_from = at;
            self.string_text();
        }
    }

    /// Reads text up to the next hole or the string's end.
    fn string_text(&mut self) {
        let Some(mode) = self.modes.last() else { return };
        let (quote, in_line) = (mode.quote, mode.in_line);
        let bytes = self.text.as_bytes();
        loop {
            let rest = &self.text[self.at..];
            let Some(&next) = bytes.get(self.at) else { return self.unterminated(quote) };
            match next {
                b'\\' if !quote.raw => self.skip_escape(in_line),
                b'\n' if in_line => return self.unterminated(quote),
                _ if rest.starts_with(quote.close) => {
                    return self.close_string(self.at, quote.close.len());
                }
                b'{' if quote.hole == Some("{") && rest.starts_with("{{") => self.at += 2,
                _ if quote.hole.is_some_and(|hole| rest.starts_with(hole)) => {
                    return self.open_hole();
                }
                _ => self.at += rest.chars().next().map_or(1, char::len_utf8),
            }
        }
    }

    fn skip_escape(&mut self, in_line: bool) {
        let escaped = self.text[self.at + 1..].chars().next();
        let stays = in_line && matches!(escaped, Some('\n' | '\r'));
        self.at += 1 + escaped.filter(|_| !stays).map_or(0, char::len_utf8);
    }

    fn open_hole(&mut self) {
        let lo = self.at;
        self.end_text(lo);
        let broken = lo < self.broken_to;
        let line_start = self.line_start;
        let Some(mode) = self.modes.last_mut() else { return };
        self.at += mode.quote.hole.map_or(0, str::len);
        mode.braces = 0;
        mode.hole = Hole {
            lo,
            tokens: self.out.tokens.len(),
            diagnostics: self.out.diagnostics.len(),
            comments: self.out.comments.len(),
            line_start,
        };
        self.push(Kind::HoleOpen, lo);
        if broken && !self.closes_soon() {
            self.cut_hole();
        }
    }

    /// Whether a `}` comes before any quote, brace or the line's end.
    fn closes_soon(&self) -> bool {
        self.rest()
            .find(['}', '{', '"', '\'', '`', '\n'])
            .is_some_and(|n| self.text.as_bytes()[self.at + n] == b'}')
    }

    /// A hole met the end of its line or the text: takes it back, reports it once and goes on with the text behind its
    /// path. False if no hole is open.
    pub(super) fn break_hole(&mut self) -> bool {
        let Some(outer) = self
            .modes
            .iter()
            .position(|mode| mode.in_line)
            .or((!self.modes.is_empty()).then_some(0))
        else {
            return false;
        };
        self.broken_to = self.broken_to.max(self.at);
        self.modes.truncate(outer + 1);
        let Some(mode) = self.modes.last_mut() else { return false };
        let (hole, quote) = (mode.hole, mode.quote);
        mode.braces = 0;
        let opener = quote.hole.unwrap_or("${");
        self.line_start = hole.line_start;
        self.out.tokens.truncate(hole.tokens);
        self.out.diagnostics.truncate(hole.diagnostics);
        self.out.comments.truncate(hole.comments);
        self.at = hole.lo + opener.len();
        self.push(Kind::HoleOpen, hole.lo);
        let path = self.path_len(self.at);
        let end = self.at + path;
        if !quote.multi() && self.text_goes_on(hole.lo, quote.close).is_some() {
            // That the string is over several lines is the one fault to report.
            self.cut_hole();
            return true;
        }
        let fault =
            self.fault(lexing::OPEN_HOLE, hole.lo, end, format!("`{opener}` is never closed"));
        let fault = fault.help("close it with `}`; for the text itself write `\\${`");
        self.report(if path > 0 { fault.fix(self.span(end, end), "}") } else { fault });
        self.cut_hole();
        true
    }

    /// Ends a broken hole behind the path that follows it.
    fn cut_hole(&mut self) {
        let end = self.at + self.path_len(self.at);
        while self.at < end {
            let lo = self.at;
            let len = self.word_len(lo);
            self.at += len.max(1);
            self.push(if len > 0 { Kind::Word } else { Kind::Dot }, lo);
        }
        self.push(Kind::HoleClose, self.at);
        self.resume();
    }

    /// The length of `word.word` at `from`.
    fn path_len(&self, from: usize) -> usize {
        let mut end = from + self.word_len(from);
        while end > from && self.text[end..].starts_with('.') {
            match self.word_len(end + 1) {
                0 => break,
                n => end += 1 + n,
            }
        }
        end - from
    }

    /// Keeps the text up to `hi` as a part, to be decoded when the string's end is known.
    fn end_text(&mut self, hi: usize) {
        let index = self.out.tokens.len();
        let Some(mode) = self.modes.last_mut() else { return };
        if mode.text_from < hi {
            let from = mode.text_from;
            mode.texts.push((index, from, hi));
            let at = std::mem::replace(&mut self.at, hi);
            self.push(Kind::TemplateText, from);
            self.at = at;
            self.note_lines(from, hi);
        }
    }

    /// Keeps the start of the line at hand right behind text over several lines.
    fn note_lines(&mut self, from: usize, hi: usize) {
        if let Some(newline) = memchr::memrchr(b'\n', &self.text.as_bytes()[from..hi]) {
            self.line_start = from + newline + 1;
        }
    }

    /// The text ends at `hi`, and `close` bytes behind it belong to the string.
    pub(super) fn close_string(&mut self, hi: usize, close: usize) {
        let whole =
            self.modes.last().is_some_and(|mode| mode.texts.is_empty() && mode.hole.lo == 0);
        if !whole {
            self.end_text(hi);
        }
        let Some(mut mode) = self.modes.pop() else { return };
        self.at = hi + close;
        if whole {
            mode.texts.push((mode.open, mode.text_from, hi));
            self.out.tokens.truncate(mode.open);
            self.push(Kind::String, mode.lo);
        } else {
            self.push(Kind::TemplateClose, hi);
        }
        self.decode_texts(&mode, hi, whole);
        self.note_lines(mode.text_from, hi);
        match mode.habit {
            Habit::Quote if close > 0 => self.foreign_quote(&mode),
            Habit::Prefix(end) if close > 0 => self.foreign_prefix(&mode, end),
            Habit::None if close == 1 && mode.quote.close == "'" && !mode.quote.raw => {
                self.apostrophe(mode.lo, hi);
            }
            _ => {}
        }
    }

    fn decode_texts(&mut self, mode: &Mode, hi: usize, whole: bool) {
        let last = mode.texts.last().map_or(hi, |&(_, lo, _)| lo);
        let indent =
            if mode.quote.close.len() == 3 { closing_indent(&self.text[last..hi]) } else { None };
        let first = mode.texts.first().map(|&(_, lo, _)| lo);
        let mut bad = Vec::new();
        for &(token, lo, end) in &mode.texts {
            let style = Style {
                raw: mode.quote.raw,
                multi: mode.quote.multi(),
                indent: indent.unwrap_or(""),
                opening: first == Some(lo) && self.text[..lo].ends_with(mode.quote.close),
                braces: mode.quote.hole == Some("{"),
            };
            let mut text = decode(self.text, self.source, lo, end, style, &mut bad);
            if whole {
                text.raw = self.text[mode.lo..self.at].into();
            }
            if let Some(token) = self.out.tokens.get_mut(token) {
                token.payload = Payload::Text(Box::new(text));
            }
        }
        if let Some(first) = bad.first() {
            let escapes = self.text[mode.lo..self.at].matches('\\').count();
            let fault = bad_escape(self.text, first.0, first.1);
            let open = self.span(mode.lo, mode.lo);
            let of_character = bad.iter().any(|&(_, message)| message == NO_CHARACTER);
            self.report(if of_character {
                fault.help("a character is written `\\u00e9`, with four digits, or `\\u{1F600}`")
            } else if whole && escapes == bad.len() && !self.text[mode.lo..].starts_with('r') {
                fault.fix(open, "r")
            } else {
                bad.iter().fold(fault, |fault, &(span, _)| fault.fix(span.start(), "\\"))
            });
        }
    }
}

/// The blanks before the closing quotes, if nothing else stands on their line.
fn closing_indent(text: &str) -> Option<&str> {
    let (_, line) = text.rsplit_once('\n')?;
    line.bytes().all(|b| b == b' ' || b == b'\t').then_some(line)
}

fn bad_escape(text: &str, span: Span, message: &'static str) -> Diagnostic {
    let escape = text.get(span.range()).unwrap_or("\\");
    Diagnostic::error(lexing::BAD_ESCAPE, span, format!("{message} `{escape}`"))
        .help("write `r\"…\"` for text with backslashes, or `\\\\` for one of them")
}
