//! Lines and columns of byte offsets, without the text: where lines start, and which characters take more than a byte.

use bitcode::{Decode, Encode};

use super::late::{Late, Packed};
use crate::source::Position;

/// Where lines start and characters are wide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines(Late<Columns>);

#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(super) struct Columns {
    /// The first byte of each line; the first is 0.
    starts: Vec<u32>,
    /// One past the last byte of the text.
    end: u32,
    /// The first byte of each character of more than one byte.
    wide: Vec<u32>,
    /// For each of them, how many bytes it and those before it take beyond one each.
    beyond: Vec<u32>,
}

/// Where lines end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnds {
    /// At LF and CRLF.
    LineFeed,
    /// At a lone CR too.
    CarriageReturnToo,
}

impl Lines {
    /// The lines of a text shorter than 4 GiB.
    #[must_use]
    pub fn of(text: &str, ends: LineEnds) -> Self {
        let mut columns = Columns {
            starts: starts(text.as_bytes(), ends),
            end: number(text.len()),
            ..Columns::default()
        };
        if !text.is_ascii() {
            columns.widen(text);
        }
        Self(columns.into())
    }

    /// Those that lie in bytes.
    pub(super) const fn packed(packed: Packed) -> Self {
        Self(Late::packed(packed))
    }

    /// Themselves as bytes.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        self.0.to_bytes()
    }

    /// Line and column of a byte offset, both from 1, the column in characters.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let line = self.line_index(offset);
        let start = self.0.starts.get(line).copied().unwrap_or(0);
        let col = self.chars_before(offset).saturating_sub(self.chars_before(start)) + 1;
        Position { line: number(line + 1), col }
    }

    /// Byte offsets of the line that holds the offset; its end is that of the text or the start of the next one.
    #[must_use]
    pub fn line_at(&self, offset: u32) -> (u32, u32) {
        let line = self.line_index(offset);
        let lo = self.0.starts.get(line).copied().unwrap_or(0);
        (lo, self.0.starts.get(line + 1).copied().unwrap_or(self.0.end))
    }

    /// The offset of a line's first byte; `line` from 1.
    #[must_use]
    pub fn start_of(&self, line: u32) -> Option<u32> {
        self.0.starts.get((line as usize).checked_sub(1)?).copied()
    }

    /// How many lines there are; an end of a line at the end of the text opens no other.
    #[must_use]
    pub fn count(&self) -> usize {
        match self.0.starts.last() {
            Some(&last) if last == self.0.end => self.0.starts.len() - 1,
            _ => self.0.starts.len(),
        }
    }

    fn line_index(&self, offset: u32) -> usize {
        self.0.starts.partition_point(|&start| start <= offset).saturating_sub(1)
    }

    /// Characters that begin before the offset, which lies at the border of one.
    fn chars_before(&self, offset: u32) -> u32 {
        let offset = offset.min(self.0.end);
        let wide = self.0.wide.partition_point(|&at| at < offset);
        offset - wide.checked_sub(1).map_or(0, |last| self.0.beyond[last])
    }
}

impl Columns {
    fn widen(&mut self, text: &str) {
        let mut beyond = 0;
        for (at, c) in text.char_indices().filter(|(_, c)| !c.is_ascii()) {
            beyond += number(c.len_utf8() - 1);
            self.wide.push(number(at));
            self.beyond.push(beyond);
        }
    }

    /// Each of which only grows.
    pub(super) fn growing(&mut self) -> [&mut Vec<u32>; 3] {
        [&mut self.starts, &mut self.wide, &mut self.beyond]
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Zero and the offsets behind every end of a line.
fn starts(bytes: &[u8], ends: LineEnds) -> Vec<u32> {
    if ends == LineEnds::LineFeed || memchr::memchr(b'\r', bytes).is_none() {
        return behind_line_feeds(bytes);
    }
    let mut starts = vec![0];
    let all = memchr::memchr2_iter(b'\n', b'\r', bytes);
    let lone = all.filter(|&at| bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
    starts.extend(lone.map(|at| number(at + 1)));
    starts
}

/// Zero and the offsets behind every LF. Lines are short: eight bytes are looked at as one number, as a search for each
/// line feed by itself costs more to begin than to do.
fn behind_line_feeds(bytes: &[u8]) -> Vec<u32> {
    const EACH: u64 = u64::MAX / 255;
    const LOW: u64 = EACH * 0x7f;
    let mut starts = Vec::with_capacity(memchr::memchr_iter(b'\n', bytes).count() + 1);
    starts.push(0);
    let (words, rest) = bytes.as_chunks::<8>();
    for (word, at) in words.iter().zip((1_u32..).step_by(8)) {
        let differs = u64::from_le_bytes(*word) ^ (EACH * u64::from(b'\n'));
        // The highest bit of each byte that is no different from LF.
        let mut found = !(((differs & LOW) + LOW) | differs | LOW);
        while found != 0 {
            starts.push(at + found.trailing_zeros() / 8);
            found &= found - 1;
        }
    }
    let rest = rest.iter().zip(bytes.len() - rest.len() + 1..);
    starts.extend(rest.filter(|(byte, _)| **byte == b'\n').map(|(_, behind)| number(behind)));
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carriage_return_ends_a_line_where_the_language_says_so() {
        let python = Lines::of("a\rb\r\nc", LineEnds::CarriageReturnToo);
        assert_eq!(python.position(2), Position { line: 2, col: 1 });
        assert_eq!(python.position(5), Position { line: 3, col: 1 });
        let rust = Lines::of("a\rb\r\nc", LineEnds::LineFeed);
        assert_eq!(rust.position(2), Position { line: 1, col: 3 });
        assert_eq!((python.count(), rust.count()), (3, 2));
        assert_eq!(Lines::of("a\n", LineEnds::LineFeed).count(), 1);
    }

    #[test]
    fn columns_count_characters() {
        let source = "é\n".to_owned() + &"aéz€".repeat(2_000);
        let lines = Lines::of(&source, LineEnds::LineFeed);
        for (at, _) in source.char_indices().skip(2) {
            let expected = source[3..at].chars().count() + 1;
            assert_eq!(lines.position(number(at)).col as usize, expected);
        }
    }
}
