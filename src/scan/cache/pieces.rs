//! Entries read from a segment: those that lie near each other in one go, each held to its checksum.

use std::sync::Arc;

use super::bytes::Bytes;
use super::disk;
use super::format::{self, Row};
use super::segment::Segment;

/// The most that is read in one go, but for an entry that is larger: so little that its checksums find it in the
/// processor's cache.
const PIECE: u64 = 512 << 10;
/// Entries so far apart are read apart: copying more than this costs more than another call.
const GAP: u64 = 16 << 10;

/// An entry that is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Want {
    /// The number of its segment.
    pub segment: u32,
    pub length: u32,
    pub offset: u64,
    pub sum: u64,
    /// Where in the answer it goes.
    pub place: usize,
}

impl Want {
    pub(super) fn new(segment: u32, row: &Row, place: usize) -> Self {
        Self { segment, length: row.length, offset: row.offset, sum: row.sum, place }
    }

    fn end(&self) -> u64 {
        self.offset + u64::from(self.length)
    }
}

/// The entries in the order they lie in, and of them those that are read in one go.
pub(super) fn pieces(wants: &mut [Want]) -> Vec<&[Want]> {
    wants.sort_unstable_by_key(|want| (want.segment, want.offset));
    let (mut rest, mut pieces) = (&*wants, Vec::new());
    while let Some(first) = rest.first() {
        let mut end = first.end();
        let near = rest.iter().skip(1).take_while(|next| {
            let whole = end.max(next.end());
            let is_near = next.segment == first.segment
                && next.offset <= end + GAP
                && whole - first.offset <= PIECE;
            end = if is_near { whole } else { end };
            is_near
        });
        let (piece, after) = rest.split_at(1 + near.count());
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// The entries of a piece, `None` for those whose bytes are not those that were written.
pub(super) fn read(segment: &Segment, piece: &[Want]) -> Vec<Option<Bytes>> {
    let start = piece.first().map_or(0, |want| want.offset);
    let end = piece.iter().map(Want::end).max().unwrap_or(start);
    let length = usize::try_from(end - start).unwrap_or(usize::MAX);
    let Ok(buffer) = disk::read_at(&segment.file, start, length) else {
        return vec![None; piece.len()];
    };
    let buffer = Arc::new(buffer);
    let entry = |want: &Want| {
        let at = usize::try_from(want.offset - start).ok()?;
        let bytes = Bytes::within(&buffer, at..at + want.length as usize)?;
        (format::checksum(&bytes) == want.sum).then_some(bytes)
    };
    let entries: Vec<Option<Bytes>> = piece.iter().map(entry).collect();
    if entries.iter().any(Option::is_none) {
        segment.mark_torn();
    }
    entries
}
