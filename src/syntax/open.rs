//! Whether a text that is still being typed waits for more lines. Judges by tokens alone; whether the text is right is
//! the grammar's.

use super::lexer;
use super::token::Kind;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::lexing;
use crate::source::SourceId;

/// Why a text waits for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// A bracket, a block, a `"""` string or a comment is not closed.
    Inside,
    /// Its last line can be no statement's last: it ends with a comma or an operator, or a block has to follow.
    Unfinished,
}

/// Why the text waits for more lines; `None` where its last line ends a statement.
#[must_use]
pub fn open(text: &str) -> Option<Open> {
    if u32::try_from(text.len()).is_err() {
        return None;
    }
    let (raw, diagnostics) = lexer::cut(SourceId(0), text);
    let mut brackets = Vec::new();
    pair(&mut brackets, raw.iter().map(|token| token.kind));
    if diagnostics.iter().any(never_ends) || !brackets.is_empty() {
        return Some(Open::Inside);
    }
    let tokens = lexer::lex(SourceId(0), text).tokens;
    if tokens.iter().any(|token| token.kind == Kind::End && token.span.lo == token.span.hi) {
        return Some(Open::Inside);
    }
    let mut last =
        raw.iter().rev().filter(|token| !matches!(token.kind, Kind::Eof | Kind::Newline));
    let goes_on = last.next().is_some_and(|token| token.kind.continues());
    let kinds = tokens.iter().map(|token| token.kind);
    (goes_on || awaits_block(kinds)).then_some(Open::Unfinished)
}

/// Lines of a text that is being read, one after the other: each is looked at about once, however long the text becomes.
#[derive(Debug, Default)]
pub struct Lines {
    text: String,
    /// Brackets that are open before the part at hand.
    brackets: Vec<Kind>,
    /// Where the part at hand begins: a line, or the lines of a string or comment that goes on.
    part: usize,
    /// Whether such a string or comment is open.
    goes_on: bool,
}

impl Lines {
    /// Whether nothing but blanks was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.trim_start().is_empty()
    }

    /// Takes what was read, and begins anew.
    pub fn take(&mut self) -> String {
        std::mem::take(self).text
    }

    /// Adds a line with its end, and says why the text waits for more.
    pub fn push(&mut self, line: &str) -> Option<Open> {
        self.text.push_str(line);
        let may_close = ["\"\"\"", "'''", "*/"].iter().any(|end| line.contains(end));
        if self.goes_on && !may_close {
            return Some(Open::Inside);
        }
        let part = &self.text[self.part..];
        if u32::try_from(part.len()).is_err() {
            return None;
        }
        let (tokens, diagnostics) = lexer::cut(SourceId(0), part);
        self.goes_on = diagnostics.iter().any(never_ends);
        if self.goes_on {
            return Some(Open::Inside);
        }
        pair(&mut self.brackets, tokens.iter().map(|token| token.kind));
        self.part = self.text.len();
        let mut last = tokens.iter().rev().map(|token| token.kind);
        let last = last.find(|kind| !matches!(kind, Kind::Eof | Kind::Newline));
        match last {
            _ if !self.brackets.is_empty() => Some(Open::Inside),
            Some(kind) if kind.continues() => Some(Open::Unfinished),
            _ => open(&self.text),
        }
    }
}

/// Whether a string or a comment that may go over several lines has no end yet.
fn never_ends(diagnostic: &Diagnostic) -> bool {
    let closes = |text: &str| matches!(text, "\"\"\"" | "'''");
    match diagnostic.code {
        lexing::OPEN_COMMENT => true,
        lexing::OPEN_STRING => {
            diagnostic.suggestions.len() == 1
                && diagnostic.suggestions.iter().all(|suggestion| closes(&suggestion.text))
        }
        _ => false,
    }
}

/// Opens and closes brackets; one of another kind that closes an outer one shows a fault, not a text that goes on.
fn pair(open: &mut Vec<Kind>, kinds: impl Iterator<Item = Kind>) {
    for kind in kinds {
        let opener = match kind {
            Kind::ObjectOpen | Kind::ParenOpen | Kind::ListOpen => {
                open.push(kind);
                continue;
            }
            Kind::ObjectClose => Kind::ObjectOpen,
            Kind::ParenClose => Kind::ParenOpen,
            Kind::ListClose => Kind::ListOpen,
            _ => continue,
        };
        if let Some(at) = open.iter().rposition(|kind| *kind == opener) {
            open.truncate(at);
        }
    }
}

/// Whether the last statement's block is still to come.
fn awaits_block(kinds: impl Iterator<Item = Kind>) -> bool {
    let (mut starts, mut awaits) = (true, false);
    for kind in kinds {
        match kind {
            Kind::Eof => break,
            // The statement is over when another begins: the last line's end says nothing.
            Kind::Newline => starts = true,
            Kind::BlockOpen | Kind::BlockColon => (starts, awaits) = (true, false),
            Kind::BlockClose => (starts, awaits) = (false, false),
            Kind::Else => (starts, awaits) = (false, true),
            kind if starts => (starts, awaits) = (false, kind.takes_block()),
            _ => {}
        }
    }
    awaits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_blocks_long_strings_and_comments_wait_for_their_end() {
        for text in [
            "step \"A\" {",
            "step \"A\" {\n  print 1\n  if x {\n  }",
            "var x = [1,",
            "var x = {a: 1",
            "print (1 +\n 2",
            "var x = \"\"\"one",
            "var x = \"\"\"one\n}\nstep",
            "var x = r\"\"\"one\ntwo",
            "/* a comment\nprint 1",
            "parallel: q \"x\"",
            "print \"${f(1\"; each x in [",
        ] {
            assert_eq!(open(text), Some(Open::Inside), "{text}");
        }
    }

    #[test]
    fn a_line_that_ends_a_statement_is_not_waited_behind() {
        for text in [
            "",
            "print 1",
            "if x { print 1 }",
            "q \"entity=class\" -> a",
            "search x",
            "step \"A\" {\n}",
            "var x = \"\"\"one\ntwo\"\"\"",
            "parallel: q \"x\"\nend",
            "print \"never closed",
            "print )",
            "step { print (1 }",
            "@exclude tests/**",
            "jump a; stop",
        ] {
            assert_eq!(open(text), None, "{text}");
        }
    }

    #[test]
    fn lines_wait_exactly_as_their_text_does() {
        let text = "step \"A\" {\n  var x = \"\"\"one\n}\n two\"\"\" /* a\n\nb */\n  print [1,\n2]\n}\n@in\n  \"a\",\n\"b\"\n";
        let mut lines = Lines::default();
        let mut end = 0;
        for line in text.split_inclusive('\n') {
            end += line.len();
            assert_eq!(lines.push(line), open(&text[..end]), "{}", &text[..end]);
        }
    }

    #[test]
    fn a_line_that_cannot_be_the_last_waits_until_it_is_told() {
        for text in [
            "print 1,",
            "var x =",
            "var x = 1 +",
            "q \"x\" ->",
            "step \"A\"",
            "while x",
            "if a {} else",
        ] {
            assert_eq!(open(text), Some(Open::Unfinished), "{text}");
        }
    }
}
