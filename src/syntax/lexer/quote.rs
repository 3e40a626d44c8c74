//! Strings as other languages write them: their faults, and the same string in this language's form.

use super::scan::Scanner;
use super::string::Mode;
use crate::diagnostic::code::lexing;
use crate::source::OffsetMap;
use crate::syntax::ast::Text;
use crate::syntax::token::{Kind, Payload};

/// Foreign strings inside holes deeper than this get no rewritten text: each would hold all those inside it.
const NESTED_FIXES: usize = 4;

impl Scanner<'_> {
    pub(super) fn foreign_quote(&mut self, mode: &Mode) {
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

    pub(super) fn foreign_prefix(&mut self, mode: &Mode, end: usize) {
        let written = &self.text[mode.lo..end];
        let prefix = written.to_ascii_lowercase();
        let fault = self.fault(
            lexing::GLUED_QUOTE,
            mode.lo,
            end,
            format!("`{written}` is no prefix of a string here"),
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

    /// `'it's'`: the string was meant to end at the next quote of its line.
    pub(super) fn apostrophe(&mut self, lo: usize, hi: usize) {
        let rest = self.rest();
        let word = self.word_len(self.at) > 0;
        let end = memchr::memchr2(b'\'', b'\n', rest.as_bytes()).filter(|_| word);
        let Some(end) = end.filter(|&end| rest[end..].starts_with('\'')) else { return };
        let closes = rest[end + 1..].chars().next().is_none_or(|c| " ,;)]}\r\n".contains(c));
        let end = self.at + end;
        let inner = &self.text[lo + 1..end];
        if !closes || !self.modes.is_empty() || inner.contains(['"', '\\']) || inner.contains("${")
        {
            return;
        }
        let right = format!("\"{inner}\"");
        let fault =
            self.fault(lexing::GLUED_QUOTE, hi, hi + 1, "this quote ends the string too early");
        self.report(
            fault.help("write the string between `\"`").fix(self.span(lo, end + 1), right.clone()),
        );
        let map = OffsetMap::at(self.span(lo + 1, lo + 1).lo);
        let text = Text { raw: right.into(), value: inner.into(), map };
        self.out.tokens.pop();
        self.at = end + 1;
        self.push_with(Kind::String, lo, Payload::Text(Box::new(text)));
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
