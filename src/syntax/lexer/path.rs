//! Paths and globs without quotes: read as the strings they were meant to be, with a fault that adds the quotes.

use super::scan::Scanner;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::lexing;
use crate::source::OffsetMap;
use crate::syntax::ast::Text;
use crate::syntax::token::{Kind, Payload, Token};

/// Keys whose value is a path.
const PATH_KEYS: &[&str] =
    &["in", "exclude", "path", "root", "file", "dir", "glob", "globs", "uses_in"];

impl Scanner<'_> {
    /// Reads a path that begins with a sign: `./a`, `../a`, `~/a`, `/a/b`, `*.py`, `**/a`.
    pub(super) fn path_from_sign(&mut self) -> bool {
        let rest = self.rest();
        if rest.starts_with('$') && self.bare_pattern(self.at) {
            return true;
        }
        let begins = ["./", "../", "~/", "*.", "**/"].iter().any(|p| rest.starts_with(p));
        let absolute = rest.starts_with('/');
        if !(begins || absolute) || !self.may_begin_path() {
            return false;
        }
        let run = self.run(self.at);
        if absolute && !self.after_operand_start() && run[1..].find('/').is_none_or(|n| n == 0) {
            return false;
        }
        let end = self.at + run.len();
        if run.len() > 2 && run.ends_with('/') && run.contains(|c| "\\^$+*?|[(".contains(c)) {
            return self.take_regex(end);
        }
        run.len() > 2 && self.take_path(end)
    }

    /// Reads `/re/`, a regular expression as other languages write it.
    fn take_regex(&mut self, end: usize) -> bool {
        let right = format!("r\"{}\"", &self.text[self.at + 1..end - 1]);
        let fault = self
            .fault(lexing::BARE_PATH, self.at, end, "a regular expression stands in quotes")
            .help(format!("write `{right}`"))
            .propose(self.span(self.at, end), right);
        self.take_bare(end, fault);
        true
    }

    /// Reads a code pattern that begins at `lo`: `pattern=getattr($X, 'a')`, up to a blank outside its
    /// brackets.
    pub(super) fn bare_pattern(&mut self, lo: usize) -> bool {
        let mut before = self.out.tokens.iter().rev().map(|token| (token.kind, token.span));
        let (Some((Kind::Assign, _)), Some((Kind::Word, key))) = (before.next(), before.next())
        else {
            return false;
        };
        if self.text.get(key.range()) != Some("pattern") || !self.modes.is_empty() {
            return false;
        }
        let Some(run) = pattern(&self.text[lo..]) else { return false };
        if !run.contains('$') || run.contains("${") {
            return false;
        }
        let quote = if run.contains('"') { '\'' } else { '"' };
        if run.contains(quote) || run.contains('\\') {
            return false;
        }
        let end = lo + run.len();
        let right = format!("{quote}{run}{quote}");
        let fault = self
            .fault(lexing::BARE_PATH, lo, end, format!("`{run}` is not quoted"))
            .help("a pattern is a string")
            .fix(self.span(lo, end), right);
        self.take_bare(end, fault);
        true
    }

    /// Reads a path that begins with the word `lo..end`: `src/**`, `tests/`, `a/b` where a path is expected, `crate::f`, `http://x`.
    pub(super) fn path_from_word(&mut self, lo: usize, end: usize) -> bool {
        let joined = ["::", "://"].iter().any(|mark| self.text[end..].starts_with(mark));
        if !(joined || matches!(self.text.as_bytes().get(end), Some(b'/' | b'*')))
            || !self.modes.is_empty()
        {
            return false;
        }
        let url = self.text[end..].starts_with("://");
        let run = if url { self.address(lo) } else { self.run(lo) };
        let certain = joined
            || ["/*", "**", "*.", "/."].iter().any(|mark| run.contains(mark))
            || run.ends_with('/');
        (certain || run.contains('/') && self.in_path_value()) && self.take_path(lo + run.len())
    }

    fn may_begin_path(&self) -> bool {
        let before = self.text.as_bytes()[..self.at].last();
        self.modes.is_empty()
            && before.is_none_or(|b| b.is_ascii_whitespace() || b"=,([".contains(b))
    }

    /// Whether the token before lets an operand begin.
    fn after_operand_start(&self) -> bool {
        let before = self.out.tokens.last().map(|token| token.kind);
        matches!(
            before,
            Some(Kind::Assign | Kind::Comma | Kind::Meta | Kind::ParenOpen | Kind::ListOpen)
        )
    }

    /// The characters up to the next blank, comma or closing sign.
    fn run(&self, lo: usize) -> &str {
        let rest = &self.text[lo..];
        let end =
            rest.find(|c: char| c.is_whitespace() || ",;)]}\"'=".contains(c)).unwrap_or(rest.len());
        &rest[..end]
    }

    /// The characters of an address, `=` too.
    fn address(&self, lo: usize) -> &str {
        let rest = &self.text[lo..];
        let end = rest.find(|c: char| c.is_whitespace() || ",;)]}\"'".contains(c));
        &rest[..end.unwrap_or(rest.len())]
    }

    /// Whether the value of a key or meta key that takes paths stands here.
    fn in_path_value(&self) -> bool {
        let mut before = self.out.tokens.iter().rev();
        let named = |token: &Token| match &token.payload {
            Payload::Word(word) => PATH_KEYS.contains(&&**word),
            _ => self.text.get(token.span.range()).is_some_and(|word| PATH_KEYS.contains(&word)),
        };
        match before.next() {
            Some(last) if last.kind == Kind::Assign => before.next().is_some_and(named),
            Some(last) if last.kind == Kind::Meta => named(last),
            Some(last) if last.kind == Kind::Comma => {
                let line = before.take(32).take_while(|token| token.kind != Kind::Newline);
                line.last().is_some_and(|first| first.kind == Kind::Meta && named(first))
            }
            _ => false,
        }
    }

    fn take_path(&mut self, end: usize) -> bool {
        let lo = self.at;
        let run = &self.text[lo..end];
        let quoted = format!("\"{run}\"");
        let fault = self.fault(lexing::BARE_PATH, lo, end, format!("`{run}` is not quoted"));
        self.report(
            fault
                .help("paths, globs, addresses and names with `::` are strings")
                .fix(self.span(lo, end), quoted.clone()),
        );
        self.take_text(end, quoted);
        true
    }

    /// Reports the fault and reads the text up to `end` as a string.
    fn take_bare(&mut self, end: usize, fault: Diagnostic) {
        self.report(fault);
        let quoted = format!("\"{}\"", &self.text[self.at..end]);
        self.take_text(end, quoted);
    }

    fn take_text(&mut self, end: usize, raw: String) {
        let lo = self.at;
        let map = OffsetMap::at(self.span(lo, end).lo);
        let text = Text { raw: raw.into(), value: self.text[lo..end].into(), map };
        self.at = end;
        self.push_with(Kind::String, lo, Payload::Text(Box::new(text)));
    }
}

/// The characters up to a blank outside brackets, or to the end of the line or block; none where that is far.
fn pattern(rest: &str) -> Option<&str> {
    const FAR: usize = 500;
    let mut depth = 0_usize;
    for (at, c) in rest.char_indices().take(FAR) {
        let ends = match c {
            '(' | '[' => {
                depth += 1;
                false
            }
            ')' | ']' => {
                let stray = depth == 0;
                depth = depth.saturating_sub(1);
                stray
            }
            '\n' | '\r' | '}' | ';' => true,
            _ => c.is_whitespace() && depth == 0,
        };
        if ends {
            return Some(&rest[..at]);
        }
    }
    (rest.len() < FAR).then_some(rest)
}
