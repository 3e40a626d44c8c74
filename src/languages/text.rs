//! A decoded source and its lines, as the language counts them.

use super::{Language, LineEnds};
use crate::source::Position;

/// Bytes between two marks of the character count.
const BLOCK: usize = 1 << 10;

/// A decoded source with an index of its lines and characters, so that any place costs the same on any line.
#[derive(Debug)]
pub struct Text {
    text: String,
    starts: Vec<u32>,
    /// Characters before each block; empty where every byte is one.
    marks: Vec<u32>,
}

impl Text {
    /// Indexes a source shorter than 4 GiB.
    #[must_use]
    pub fn new(text: String, language: Language) -> Self {
        let starts =
            std::iter::once(0).chain(line_ends(text.as_bytes(), language.line_ends())).collect();
        let marks = if text.is_ascii() { Vec::new() } else { marks(text.as_bytes()) };
        Self { text, starts, marks }
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
        let line = self.line_index(offset);
        let col =
            self.chars_before(offset).saturating_sub(self.chars_before(self.starts[line])) + 1;
        Position { line: number(line + 1), col }
    }

    /// Byte offsets of the line that holds the offset, its end excluded.
    #[must_use]
    pub fn line_at(&self, offset: u32) -> (u32, u32) {
        let line = self.line_index(offset);
        let lo = self.starts[line];
        let hi = self.starts.get(line + 1).map_or_else(|| number(self.text.len()), |&next| next);
        let shown = self.slice(lo, hi).trim_end_matches(['\r', '\n']);
        (lo, lo + number(shown.len()))
    }

    fn line_index(&self, offset: u32) -> usize {
        self.starts.partition_point(|&start| start <= offset).saturating_sub(1)
    }

    fn chars_before(&self, offset: u32) -> u32 {
        let offset = (offset as usize).min(self.text.len());
        match self.marks.get(offset / BLOCK) {
            None => number(offset),
            Some(&mark) => mark + chars(&self.text.as_bytes()[offset / BLOCK * BLOCK..offset]),
        }
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Characters that begin in `bytes`.
fn chars(bytes: &[u8]) -> u32 {
    number(bytes.iter().filter(|&&b| b & 0xC0 != 0x80).count())
}

fn marks(bytes: &[u8]) -> Vec<u32> {
    let mut total = 0;
    let mut marks = vec![0];
    for block in bytes.chunks(BLOCK) {
        total += chars(block);
        marks.push(total);
    }
    marks
}

/// Offsets behind every end of a line.
fn line_ends(bytes: &[u8], ends: LineEnds) -> Box<dyn Iterator<Item = u32> + '_> {
    match ends {
        LineEnds::LineFeed => Box::new(memchr::memchr_iter(b'\n', bytes).map(|at| number(at + 1))),
        LineEnds::CarriageReturnToo => {
            let all = memchr::memchr2_iter(b'\n', b'\r', bytes);
            let lone = all.filter(|&at| bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
            Box::new(lone.map(|at| number(at + 1)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carriage_return_ends_a_line_of_python_only() {
        let python = Text::new("a\rb\r\nc".into(), Language::Python);
        assert_eq!(python.position(2), Position { line: 2, col: 1 });
        assert_eq!(python.position(5), Position { line: 3, col: 1 });
        assert_eq!(python.line_at(2), (2, 3));
        let rust = Text::new("a\rb\r\nc".into(), Language::Rust);
        assert_eq!(rust.position(2), Position { line: 1, col: 3 });
    }

    #[test]
    fn columns_count_characters_on_long_lines() {
        let source = "é\n".to_owned() + &"aéz".repeat(2_000);
        let text = Text::new(source.clone(), Language::Rust);
        for (at, _) in source.char_indices().skip(2) {
            let expected = source[3..at].chars().count() + 1;
            assert_eq!(text.position(number(at)).col as usize, expected);
        }
    }
}
