//! A document that is replaced as a whole: magic 8, version 8, length of the name 8, checksum 16 of all the rest, the
//! name, the bytes. What is torn, another's, or another version's is not there.

use std::fs::File;
use std::io::{Error, ErrorKind, Result, Write};

use super::disk::{self, Directory};
use super::held::{self, Meta};
use super::key::Key;
use super::names;

const MAGIC: [u8; 8] = *b"qplan\0r1";
const HEADER: usize = 40;
/// The largest record.
const MOST: u64 = 1 << 30;

/// The bytes of a record as it was kept last.
pub(super) fn read(directory: &Directory, version: u64, name: &str) -> Option<Vec<u8>> {
    let (file, meta) = directory.reader(&file_name(version, name)).ok()?;
    let length = usize::try_from(meta.length).ok().filter(|_| meta.length <= MOST)?;
    let mut bytes = disk::read_at(&file, 0, length).ok()?;
    let at = HEADER + name.len();
    if bytes.get(..at)? != head(version, name, bytes.get(at..)?) {
        return None;
    }
    touch(&file, &meta);
    bytes.drain(..at);
    Some(bytes)
}

/// Replaces a record. For a moment it is missing, since file systems that are afraid of torn files write a file that takes
/// another's name to the disk at once, which takes longer than all the rest; a torn record is known by its checksum.
pub(super) fn write(directory: &Directory, version: u64, name: &str, bytes: &[u8]) -> Result<()> {
    if bytes.len() as u64 + (HEADER + name.len()) as u64 > MOST {
        return Err(Error::from(ErrorKind::FileTooLarge));
    }
    let part = names::part(version, names::stamp());
    let mut file = directory.create(&part)?;
    let written = file
        .write_all(&head(version, name, bytes))
        .and_then(|()| file.write_all(bytes))
        .and_then(|()| directory.remove(&file_name(version, name)))
        .and_then(|()| directory.rename(&part, &file_name(version, name)));
    if written.is_err() {
        // What cannot be removed is swept away later.
        let _ = directory.remove(&part);
    }
    written
}

fn file_name(version: u64, name: &str) -> String {
    names::record(version, Key::of(&[b"record", name.as_bytes()]).lead())
}

/// What stands before the bytes.
fn head(version: u64, name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut head = Vec::with_capacity(HEADER + name.len());
    head.extend(MAGIC);
    head.extend(version.to_le_bytes());
    head.extend((name.len() as u64).to_le_bytes());
    head.extend(Key::of(&[&head, name.as_bytes(), bytes]).0);
    head.extend(name.as_bytes());
    head
}

/// Whether the file is a whole record, whoever's and of whatever version.
pub(super) fn is_whole(directory: &Directory, file: &str) -> bool {
    let whole = || {
        let (file, meta) = directory.reader(file).ok()?;
        let length = usize::try_from(meta.length).ok().filter(|_| meta.length <= MOST)?;
        let bytes = disk::read_at(&file, 0, length).ok()?;
        let version = u64::from_le_bytes(*bytes.get(8..16)?.first_chunk()?);
        let name = u64::from_le_bytes(*bytes.get(16..24)?.first_chunk()?);
        let at = usize::try_from(name).ok()?.checked_add(HEADER)?;
        let name = std::str::from_utf8(bytes.get(HEADER..at)?).ok()?;
        Some(bytes.get(..at)? == head(version, name, bytes.get(at..)?))
    };
    whole() == Some(true)
}

/// Says that a file is of use, at most once an hour.
pub(super) fn touch(file: &File, meta: &Meta) {
    if held::seconds().abs_diff(meta.used) >= 60 * 60 {
        // Where times cannot be set it counts as used when it was written.
        let _ = file.set_modified(held::time(held::seconds()));
    }
}
