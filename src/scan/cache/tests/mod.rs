//! What holds of the store, whatever happens to its files.

mod damage;
mod model;
mod paths;
mod records;
mod tending;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{Bytes, Key, Store};

/// A cap that nothing here reaches.
const AMPLE: u64 = 1 << 40;

type Entries = Vec<(Key, Vec<u8>)>;

fn place() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// The key of a number.
fn key(number: u32) -> Key {
    Key::of(&[b"test", &number.to_le_bytes()])
}

/// The one right entry of a number: lengths from 0 on, no two alike but the empty ones.
fn entry(number: u32) -> Vec<u8> {
    let mut bytes = vec![0; number as usize % 97];
    let mut xof = blake3::Hasher::new().update(&number.to_le_bytes()).finalize_xof();
    xof.fill(&mut bytes);
    bytes
}

fn entries(numbers: impl IntoIterator<Item = u32>) -> Entries {
    numbers.into_iter().map(|number| (key(number), entry(number))).collect()
}

fn publish(directory: &Path, numbers: impl IntoIterator<Item = u32>) {
    Store::open(directory, &[]).publish(entries(numbers)).unwrap();
}

/// The same by a store that does not know what others have published.
fn publish_again(directory: &Path, numbers: impl IntoIterator<Item = u32>) {
    let mut store = Store::open(directory, &[]);
    store.names.clear();
    store.publish(entries(numbers)).unwrap();
}

fn get(store: &Store, number: u32) -> Option<Bytes> {
    store.read(&[store.find(key(number))?]).pop().unwrap()
}

/// How many of the numbers are there; those that are there are right.
fn right(store: &Store, numbers: impl IntoIterator<Item = u32>) -> usize {
    let found = numbers.into_iter().filter_map(|number| Some((number, store.find(key(number))?)));
    let (numbers, slots): (Vec<u32>, Vec<_>) = found.unzip();
    let read = store.read(&slots);
    assert_eq!(read.len(), slots.len());
    let mut count = 0;
    for (number, bytes) in numbers.into_iter().zip(read) {
        let Some(bytes) = bytes else { continue };
        assert_eq!(*bytes, entry(number), "entry {number}");
        count += 1;
    }
    count
}

/// The same by a store that looks at every page of an index by itself, as a store does that is asked little.
fn right_one_by_one(directory: &Path, numbers: impl IntoIterator<Item = u32>) -> usize {
    let one = |number| right(&Store::open(directory, &[]), [number]);
    numbers.into_iter().map(one).sum()
}

fn files(directory: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.to_string_lossy().ends_with(ending)).collect();
    files.sort();
    files
}

fn segments(directory: &Path) -> Vec<PathBuf> {
    files(directory, ".segment")
}

/// The only segment.
fn segment(directory: &Path) -> PathBuf {
    let [only] = &segments(directory)[..] else { panic!("there is one segment") };
    only.clone()
}

/// Puts other bytes into a file. File systems write what was cut to nothing first to the disk at once.
fn put(path: &Path, bytes: impl AsRef<[u8]>) {
    let mut file = fs::File::options().write(true).open(path).unwrap();
    file.write_all(bytes.as_ref()).unwrap();
    file.set_len(bytes.as_ref().len() as u64).unwrap();
}

/// As if it was used last so long ago.
fn age(path: &Path, hours: u64) {
    let file = fs::File::options().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(hours * 3600)).unwrap();
}

#[test]
fn keys_depend_on_where_parts_are_cut() {
    assert_ne!(Key::of(&[b"ab", b"c"]), Key::of(&[b"a", b"bc"]));
    assert_ne!(Key::of(&[b""]), Key::of(&[]));
    assert_eq!(Key::of(&[b"ab", b"c"]), Key::of(&[b"ab", b"c"]));
}

#[test]
fn parts_of_bytes_lie_in_them_or_are_none() {
    let bytes = Bytes::from(b"0123456789".to_vec());
    let part = bytes.part(2..6).unwrap();
    assert_eq!(*part, *b"2345");
    assert_eq!(*part.part(1..3).unwrap(), *b"34");
    assert_eq!(*part.part(4..4).unwrap(), *b"");
    assert!(part.part(0..5).is_none() && part.part(usize::MAX..usize::MAX).is_none());
    #[expect(clippy::reversed_empty_ranges, reason = "it is what is tried")]
    let reversed = part.part(3..2);
    assert!(reversed.is_none());
}

#[test]
fn a_store_is_used_by_many_threads() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Store>();
    is_shared::<Bytes>();
}
