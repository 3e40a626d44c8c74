//! Where text comes from: sources, spans into them, lines and columns, and maps from decoded strings back to bytes.
//! Knows no language.

use std::sync::Arc;

/// Names one text of a [`Sources`] table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub u32);

/// A half-open range of bytes in one source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The text the range lies in.
    pub source: SourceId,
    /// First byte.
    pub lo: u32,
    /// One past the last byte.
    pub hi: u32,
}

impl Span {
    /// The range `lo..hi` of `source`.
    #[must_use]
    pub const fn new(source: SourceId, lo: u32, hi: u32) -> Self {
        Self { source, lo, hi }
    }

    /// No place in any text: what a flag or the environment says.
    pub const NOWHERE: Self = Self { source: SourceId(u32::MAX), lo: 0, hi: 0 };

    /// The smallest range that holds both; `other` must lie in the same source.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { source: self.source, lo: self.lo.min(other.lo), hi: self.hi.max(other.hi) }
    }

    /// The empty range before the first byte.
    #[must_use]
    pub const fn start(self) -> Self {
        Self { hi: self.lo, ..self }
    }

    /// The empty range behind the last byte.
    #[must_use]
    pub const fn end(self) -> Self {
        Self { lo: self.hi, ..self }
    }

    /// Whether the byte offset lies inside.
    #[must_use]
    pub const fn holds(self, offset: u32) -> bool {
        self.lo <= offset && offset < self.hi
    }

    /// The range as indices of the source's text.
    #[must_use]
    pub const fn range(self) -> std::ops::Range<usize> {
        self.lo as usize..self.hi as usize
    }
}

/// A place as people and editors count it: both numbers from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 1-based line.
    pub line: u32,
    /// 1-based column in characters.
    pub col: u32,
}

/// One text with its name.
#[derive(Clone, Debug)]
pub struct Source {
    /// What errors call it: a path, `<stdin>`, `<repl>`.
    pub name: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
    lines: Lines,
}

impl Source {
    /// A source over `text`; texts of 4 GiB and more must be refused before.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        let text: Arc<str> = text.into();
        Self { name: name.into(), lines: Lines::of(text.as_bytes()), text }
    }

    /// Line and column of a byte offset; an offset past the end counts as the end.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        self.lines.position(self.text.as_bytes(), offset)
    }

    /// The text of a range of this source.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }
}

/// Every text a run has read, by [`SourceId`].
#[derive(Clone, Debug, Default)]
pub struct Sources {
    all: Vec<Source>,
}

impl Sources {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A table of one text, and its id.
    #[must_use]
    pub fn single(source: Source) -> (Self, SourceId) {
        (Self { all: vec![source] }, SourceId(0))
    }

    /// Adds a text.
    pub fn add(&mut self, source: Source) -> SourceId {
        self.all.push(source);
        SourceId(u32::try_from(self.all.len() - 1).unwrap_or(u32::MAX))
    }

    /// The text an id names.
    #[must_use]
    pub fn find(&self, id: SourceId) -> Option<&Source> {
        self.all.get(id.0 as usize)
    }

    /// All texts in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.all
            .iter()
            .enumerate()
            .map(|(i, s)| (SourceId(u32::try_from(i).unwrap_or(u32::MAX)), s))
    }
}

/// Where the lines of a text begin; lines end at LF, CRLF counts as one end.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    /// Finds the lines of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let ends =
            memchr::memchr_iter(b'\n', bytes).map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX));
        Self { starts: std::iter::once(0).chain(ends).collect() }
    }

    /// Number of lines; a text that ends with LF has an empty last one.
    #[must_use]
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// Line and column of `offset` in `bytes`, the text the lines were found in.
    #[must_use]
    pub fn position(&self, bytes: &[u8], offset: u32) -> Position {
        let offset = offset.min(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        let line = self.starts.partition_point(|&start| start <= offset);
        let start = self.starts[line - 1];
        let col = chars(&bytes[start as usize..offset as usize]) + 1;
        Position { line: u32::try_from(line).unwrap_or(u32::MAX), col }
    }

    /// The bytes of the 1-based line without its end.
    #[must_use]
    pub fn line<'t>(&self, bytes: &'t [u8], line: u32) -> &'t [u8] {
        let Some(&start) = self.starts.get(line.saturating_sub(1) as usize) else { return &[] };
        let end = self.starts.get(line as usize).map_or(bytes.len(), |&next| next as usize);
        let text = &bytes[start as usize..end];
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        text.strip_suffix(b"\r").unwrap_or(text)
    }
}

/// Characters in UTF-8 `bytes`: those that do not continue another.
fn chars(bytes: &[u8]) -> u32 {
    let n = bytes.iter().filter(|&&b| b & 0xC0 != 0x80).count();
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Maps offsets of a decoded string to bytes of the source it was written in.
///
/// Piecewise: between two entries the offsets advance together, so a string without escapes needs one entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetMap {
    pieces: Vec<(u32, u32)>,
}

impl OffsetMap {
    /// A map whose offset 0 lies at byte `at` of the source.
    #[must_use]
    pub fn at(at: u32) -> Self {
        Self { pieces: vec![(0, at)] }
    }

    /// From `decoded` on, offsets advance together with the source from `source`.
    pub fn push(&mut self, decoded: u32, source: u32) {
        if self.pieces.last().is_some_and(|&(d, _)| d == decoded) {
            self.pieces.pop();
        }
        self.pieces.push((decoded, source));
    }

    /// The byte of the source that a decoded offset comes from.
    #[must_use]
    pub fn locate(&self, decoded: u32) -> u32 {
        let after = self.pieces.partition_point(|&(d, _)| d <= decoded);
        let Some(&(d, s)) = after.checked_sub(1).and_then(|i| self.pieces.get(i)) else { return 0 };
        s + (decoded - d)
    }

    /// The map of the decoded text from `from` on.
    #[must_use]
    pub fn part(&self, from: u32) -> Self {
        let mut part = Self::at(self.locate(from));
        for &(decoded, source) in self.pieces.iter().filter(|(decoded, _)| *decoded > from) {
            part.push(decoded - from, source);
        }
        part
    }

    /// The source's span for a decoded range.
    #[must_use]
    pub fn span(&self, source: SourceId, range: std::ops::Range<u32>) -> Span {
        let lo = self.locate(range.start);
        let last = range.end.saturating_sub(1).max(range.start);
        let hi = if range.is_empty() { lo } else { self.after(last) };
        Span::new(source, lo, hi.max(lo))
    }

    /// The byte behind the decoded offset: the next piece's start when an escape ends there.
    fn after(&self, decoded: u32) -> u32 {
        let after = self.pieces.partition_point(|&(d, _)| d <= decoded);
        match self.pieces.get(after) {
            Some(&(d, s)) if d == decoded + 1 => s,
            _ => self.locate(decoded) + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let source = Source::new("x", "aé\r\nb\n");
        assert_eq!(source.position(3), Position { line: 1, col: 3 });
        assert_eq!(source.position(5), Position { line: 2, col: 1 });
        assert_eq!(source.position(99), Position { line: 3, col: 1 });
    }

    #[test]
    fn a_decoded_escape_maps_to_both_of_its_bytes() {
        // "a\nb" written at byte 10: the quote, a, backslash, n, b.
        let mut map = OffsetMap::at(11);
        map.push(1, 12);
        map.push(2, 14);
        assert_eq!(map.span(SourceId(0), 1..2), Span::new(SourceId(0), 12, 14));
        assert_eq!(map.span(SourceId(0), 2..3), Span::new(SourceId(0), 14, 15));
        let part = map.part(1);
        assert_eq!(part.span(SourceId(0), 0..1), Span::new(SourceId(0), 12, 14));
        assert_eq!(part.span(SourceId(0), 1..2), Span::new(SourceId(0), 14, 15));
    }
}
