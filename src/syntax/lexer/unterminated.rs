//! Strings without an end: where each was meant to end, so that it does not swallow the plan.

use super::scan::Scanner;
use super::string::Quote;
use crate::diagnostic::code::lexing;

impl Scanner<'_> {
    /// The string has no end: finds where it was meant to end and reports it.
    pub(super) fn unterminated(&mut self, quote: Quote) {
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
        for (open, close) in [('{', '}'), ('(', ')'), ('[', ']')] {
            let extra = text.matches(close).count().saturating_sub(text.matches(open).count());
            for _ in 0..extra {
                text = text.strip_suffix(close).map_or(text, str::trim_end);
            }
        }
        from + text.strip_suffix(',').unwrap_or(text).len()
    }

    /// The closing quote of a string that was written over several lines in single quotes: the first quote in the next
    /// lines, alone on its line and looking like one that closes.
    pub(super) fn text_goes_on(&self, at: usize, close: &str) -> Option<usize> {
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
}
