//! Strings in all their forms, with the holes in them: where each ends, and where it was meant to end.

use super::decode::{Style, decode};
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
    fn multi(self) -> bool {
        self.close.len() == 3 && self.close.is_ascii() || self.close == "`"
    }
}

/// A string that is being read.
#[derive(Debug)]
pub(super) struct Mode {
    quote: Quote,
    /// Its first byte, prefix included.
    lo: usize,
    /// The index of its opening token.
    open: usize,
    /// Where the text at hand begins.
    text_from: usize,
    /// Texts between holes: index of the token, first and last byte.
    texts: Vec<(usize, usize, usize)>,
    /// Braces that are open in the hole.
    pub(super) braces: usize,
    /// It or a string around it ends with the line.
    in_line: bool,
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
        self.push(Kind::Word, lo);
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
        let hole = mode.hole;
        mode.braces = 0;
        let opener = mode.quote.hole.unwrap_or("${");
        self.line_start = hole.line_start;
        self.out.tokens.truncate(hole.tokens);
        self.out.diagnostics.truncate(hole.diagnostics);
        self.out.comments.truncate(hole.comments);
        self.at = hole.lo + opener.len();
        self.push(Kind::HoleOpen, hole.lo);
        let path = self.path_len(self.at);
        let end = self.at + path;
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
    fn close_string(&mut self, hi: usize, close: usize) {
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
            self.report(
                if whole && escapes == bad.len() && !self.text[mode.lo..].starts_with('r') {
                    fault.fix(open, "r")
                } else {
                    bad.iter().fold(fault, |fault, &(span, _)| fault.fix(span.start(), "\\"))
                },
            );
        }
    }

    /// The string has no end: finds where it was meant to end and reports it.
    fn unterminated(&mut self, quote: Quote) {
        let Some((lo, from)) = self.modes.last().map(|mode| (mode.lo, mode.text_from)) else {
            return;
        };
        let silent = self.at < self.broken_to || self.at == self.broken_to && self.broken_to > 0;
        let around = self.modes.len().checked_sub(2).and_then(|i| self.modes.get(i));
        let broken = around.is_some_and(|mode| mode.in_line || self.at >= self.text.len());
        if broken && !silent {
            // The hole around it does not end either: that is the one fault to report.
            self.modes.pop();
            self.break_hole();
            return;
        }
        if !quote.multi()
            && let Some(end) = self.text_goes_on(self.at, quote.close)
        {
            let fault = self.fault(
                lexing::OPEN_STRING,
                lo,
                end + 1,
                "this string goes on in the next line",
            );
            let fault = fault.help("write a string over several lines between `\"\"\"`");
            let quotes = if quote.raw { "r\"\"\"" } else { "\"\"\"" };
            self.report(
                fault
                    .fix(self.span(lo, lo + 1 + usize::from(quote.raw)), quotes)
                    .fix(self.span(end, end + 1), "\"\"\""),
            );
            return self.close_string(end, 1);
        }
        let hi = if quote.multi() { self.block_end(lo) } else { self.meant_end(from) };
        if !silent {
            let fault = self.fault(lexing::OPEN_STRING, lo, hi, "this string never ends");
            let fault = fault.help(format!("close it with `{}`", quote.close));
            self.report(if quote.multi() {
                fault.propose(self.span(hi, hi), quote.close)
            } else {
                fault.fix(self.span(hi, hi), quote.close)
            });
        }
        self.close_string(hi, 0);
    }

    /// Where an open `"""` is cut off: before the first later line that can only be the plan again.
    fn block_end(&self, lo: usize) -> usize {
        let mut at = self.line_end(lo);
        let from = self.modes.last().map_or(lo, |mode| mode.text_from);
        while let Some(n) = memchr::memchr(b'\n', &self.text.as_bytes()[at..]) {
            let start = at + n + 1;
            let line = self.text[start..].trim_start_matches([' ', '\t']);
            if at >= from
                && ["}", "step ", "plan ", "@"].iter().any(|begin| line.starts_with(begin))
            {
                return at;
            }
            at = self.line_end(start);
        }
        self.text.len().max(from)
    }

    /// Where a string that meets the end of its line was meant to end: before ` {`, `-> name`, brackets that close
    /// nothing in it.
    fn meant_end(&self, from: usize) -> usize {
        let line = &self.text[from..self.at];
        let mut text = line.trim_end();
        text = text.strip_suffix(" {").map_or(text, str::trim_end);
        if let Some((before, name)) = text.rsplit_once(" -> ")
            && !name.trim().is_empty()
            && name.trim().chars().all(|c| c.is_alphanumeric() || c == '_')
        {
            text = before.trim_end();
        }
        for (open, close) in [('(', ')'), ('[', ']')] {
            let extra = text.matches(close).count().saturating_sub(text.matches(open).count());
            for _ in 0..extra {
                text = text.strip_suffix(close).unwrap_or(text);
            }
        }
        from + text.strip_suffix(',').unwrap_or(text).len()
    }

    /// The closing quote of a string that was written over several lines in single quotes: the first quote in the next
    /// lines, alone on its line and looking like one that closes.
    fn text_goes_on(&self, at: usize, close: &str) -> Option<usize> {
        const LINES: usize = 12;
        let mut start = at + self.text[at..].find('\n')? + 1;
        for _ in 0..LINES {
            let end = self.line_end(start);
            let line = &self.text[start..end];
            if let Some(quote) = line.find(close) {
                let before = line[..quote].chars().next_back();
                let after = line[quote + close.len()..].chars().next();
                let alone = line[..quote].trim().is_empty();
                let closes =
                    alone || before.is_some_and(|c| !c.is_whitespace() && !"=([,{:".contains(c));
                let ends = after.is_none_or(|c| c.is_whitespace() || ",)]}".contains(c));
                let single = line.matches(close).count() == 1;
                return (closes && ends && single && close.len() == 1).then_some(start + quote);
            }
            if line.trim_start().starts_with(['}', '@']) || end >= self.text.len() {
                return None;
            }
            start = end + 1 + usize::from(self.text[end..].starts_with('\r'));
        }
        None
    }

    fn foreign_quote(&mut self, mode: &Mode) {
        let (lo, hi, quote) = (mode.lo, self.at, mode.quote);
        let text = &self.text[lo..hi];
        let open =
            if quote.close == "'''" { 3 } else { text.chars().next().map_or(1, char::len_utf8) };
        let fault = self.fault(
            lexing::FOREIGN_QUOTE,
            lo,
            lo + open,
            format!("`{}` opens no string here", &text[..open]),
        );
        let inner = text.get(open..text.len().saturating_sub(quote.close.len()));
        let Some(inner) = inner.filter(|_| self.modes.len() < NESTED_FIXES) else {
            return self.report(fault);
        };
        let right =
            if inner.contains('\n') || open == 3 && quote.close == "'''" { "\"\"\"" } else { "\"" };
        let inner = if right == "\"" { inner.replace('"', "\\\"") } else { inner.to_owned() };
        let text = format!("{right}{inner}{right}");
        self.report(
            fault.help(format!("write the string between `{right}`")).fix(self.span(lo, hi), text),
        );
    }

    fn foreign_prefix(&mut self, mode: &Mode, end: usize) {
        let prefix = self.text[mode.lo..end].to_ascii_lowercase();
        let fault = self.fault(
            lexing::GLUED_QUOTE,
            mode.lo,
            end,
            format!("`{prefix}` is no prefix of a string here"),
        );
        let (holes, raw) = (prefix.contains('f'), prefix.contains('r'));
        let help = match () {
            () if holes => {
                "strings in double quotes have holes without a prefix: `\"… ${name} …\"`"
            }
            () if raw => "write `r\"…\"`",
            () => "strings are Unicode text: leave the prefix out",
        };
        let fault = fault.help(help);
        if self.modes.len() >= NESTED_FIXES {
            return self.report(fault);
        }
        let text = self.rewritten(end, mode.open, holes);
        let text = if raw && !holes { format!("r{text}") } else { text };
        self.report(fault.fix(self.span(mode.lo, self.at), text));
    }

    /// The string from `end` to here in this language's form.
    fn rewritten(&self, end: usize, open: usize, holes: bool) -> String {
        let mut text = String::new();
        let mut at = end;
        let mut depth = 0_usize;
        for token in self.out.tokens.get(open..).unwrap_or_default().iter().filter(|_| holes) {
            let lo = token.span.lo as usize;
            match token.kind {
                Kind::HoleOpen if depth == 0 => {
                    text.push_str(&self.text[at..lo].replace("{{", "{").replace("}}", "}"));
                    text.push('$');
                    at = lo;
                    depth = 1;
                }
                Kind::HoleOpen => depth += 1,
                Kind::HoleClose => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        let tail = &self.text[at..self.at];
        text.push_str(tail);
        if text.starts_with("'''") {
            return format!("\"\"\"{}\"\"\"", text.trim_matches('\''));
        }
        if holes && text.starts_with('\'') {
            let inner = text.trim_matches('\'').replace("\\'", "'");
            return format!(
                "\"{}\"",
                inner.replace('"', if inner.contains("${") { "'" } else { "\\\"" })
            );
        }
        text
    }
}

/// Foreign strings inside holes deeper than this get no rewritten text: each would hold all those inside it.
const NESTED_FIXES: usize = 4;

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
