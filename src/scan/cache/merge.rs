//! Segments made of segments: each key once, what is altered left out, and what lay together lies together again.

use std::cmp::Reverse;
use std::io::Result;

use super::disk::Directory;
use super::format::Row;
use super::pieces::{self, Want};
use super::segment::Segment;
use super::write::Writer;

/// A segment and what of it stays.
#[derive(Debug)]
pub(super) struct Source {
    pub segment: Segment,
    rows: Vec<Row>,
}

impl Source {
    /// Whether all of it stays and is as it was written.
    pub(super) fn is_whole(&self) -> bool {
        let mut wants = wants(&self.rows);
        let is_right =
            |piece: &[Want]| pieces::read(&self.segment, piece).iter().all(Option::is_some);
        self.segment.is_told_right()
            && self.rows.len() == self.segment.header.rows()
            && pieces::pieces(&mut wants).into_iter().all(is_right)
    }
}

/// The segments with what stays of each: a key's newest entry.
pub(super) fn sources(segments: Vec<Segment>) -> Vec<Source> {
    let mut all: Vec<(Row, usize)> = Vec::new();
    for (number, segment) in segments.iter().enumerate() {
        all.extend(segment.rows().into_iter().map(|row| (row, number)));
    }
    all.sort_unstable_by_key(|(row, number)| (row.key, Reverse(row.born), *number));
    all.dedup_by_key(|(row, _)| row.key);
    let mut sources: Vec<Source> =
        segments.into_iter().map(|segment| Source { segment, rows: Vec::new() }).collect();
    for (row, number) in all {
        if let Some(source) = sources.get_mut(number) {
            source.rows.push(row);
        }
    }
    sources
}

/// What became of segments.
#[derive(Debug, Default)]
pub(super) struct Merged {
    /// The new segments.
    pub names: Vec<String>,
    /// How many entries they have.
    pub entries: u64,
}

/// Writes what stays of the sources as new segments of about so many bytes. The sources are still there afterwards;
/// where something fails, nothing is added to them.
pub(super) fn merge(
    directory: &Directory,
    version: u64,
    sources: &[Source],
    most: u64,
) -> Result<Merged> {
    let mut merged = Merged::default();
    let written = write(directory, version, sources, most, &mut merged);
    if written.is_err() {
        for name in &merged.names {
            // What cannot be removed holds what the sources hold.
            let _ = directory.remove(name);
        }
    }
    written.map(|()| merged)
}

fn write(
    directory: &Directory,
    version: u64,
    sources: &[Source],
    most: u64,
    merged: &mut Merged,
) -> Result<()> {
    let mut open: Option<Writer<'_>> = None;
    for Source { segment, rows } in sources {
        for piece in pieces::pieces(&mut wants(rows)) {
            if open.as_ref().is_some_and(|writer| writer.length() >= most) {
                finish(open.take(), merged)?;
            }
            let mut writer = match open.take() {
                Some(writer) => writer,
                None => Writer::new(directory, version)?,
            };
            writer.of_use(segment.used);
            for (want, bytes) in piece.iter().zip(pieces::read(segment, piece)) {
                if let (Some(row), Some(bytes)) = (rows.get(want.place), bytes) {
                    writer.add(row.key, &bytes, row.sum, row.born)?;
                    merged.entries += 1;
                }
            }
            open = Some(writer);
        }
    }
    finish(open, merged)
}

fn finish(writer: Option<Writer<'_>>, merged: &mut Merged) -> Result<()> {
    if let Some(writer) = writer.filter(|writer| !writer.is_empty()) {
        merged.names.push(writer.finish()?);
    }
    Ok(())
}

fn wants(rows: &[Row]) -> Vec<Want> {
    rows.iter().enumerate().map(|(place, row)| Want::new(0, row, place)).collect()
}
