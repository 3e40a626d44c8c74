//! A decoded source and its lines, as the language counts them.

use std::sync::Arc;

use crate::facts::{Language, Lines};
use crate::source::Position;

/// A decoded source with an index of its lines.
#[derive(Debug)]
pub struct Text {
    text: String,
    lines: Arc<Lines>,
}

impl Text {
    /// Indexes a source shorter than 4 GiB.
    #[must_use]
    pub fn new(text: String, language: Language) -> Self {
        let lines = Arc::new(Lines::of(&text, language.line_ends()));
        Self { text, lines }
    }

    /// A source whose lines are known.
    #[must_use]
    pub const fn with(text: String, lines: Arc<Lines>) -> Self {
        Self { text, lines }
    }

    /// Where its lines start.
    #[must_use]
    pub const fn lines(&self) -> &Arc<Lines> {
        &self.lines
    }

    /// The whole source.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text between two byte offsets at borders of characters.
    #[must_use]
    pub fn slice(&self, lo: u32, hi: u32) -> &str {
        self.text.get(lo as usize..hi as usize).unwrap_or("")
    }

    /// Line and column of a byte offset.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        self.lines.position(offset)
    }

    /// Byte offsets of a line, its end excluded; `line` from 1. None where there is no such line.
    #[must_use]
    pub fn line(&self, line: u32) -> Option<(u32, u32)> {
        if line as usize > self.lines.count() {
            return None;
        }
        Some(self.line_at(self.lines.start_of(line)?))
    }

    /// Byte offsets of the line that holds the offset, its end excluded.
    #[must_use]
    pub fn line_at(&self, offset: u32) -> (u32, u32) {
        let (lo, hi) = self.lines.line_at(offset);
        let shown = self.slice(lo, hi).trim_end_matches(['\r', '\n']);
        (lo, lo + u32::try_from(shown.len()).unwrap_or(0))
    }
}
