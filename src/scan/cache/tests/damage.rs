//! Segments that are not as they were written: what is read is right, or nothing.

use proptest::prelude::*;

use super::super::format::{HEADER, Header, MOST_SEGMENT};
use super::super::names::{self, VERSION};
use super::super::{gc, stat};
use super::*;

/// So many entries have an index of two pages.
const COUNT: u32 = 120;

/// Tries a file's bytes: every entry is right or missing, however it is looked up. Gives how many are right.
fn tried(path: &Path, bytes: &[u8]) -> usize {
    put(path, bytes);
    let directory = path.parent().unwrap();
    right_one_by_one(directory, (0..COUNT).step_by(41));
    stat(directory).unwrap();
    right(&Store::open(directory, &[]), 0..COUNT)
}

#[test]
fn every_bit_of_header_and_index_flipped_is_a_miss() {
    let place = place();
    publish(place.path(), 0..15);
    let path = segment(place.path());
    let good = fs::read(&path).unwrap();
    let header = Header::read(&good[..HEADER], good.len() as u64).unwrap();
    let index = usize::try_from(header.index_at).unwrap();
    for at in (0..HEADER).chain(index..index + header.index_length()) {
        for bit in 0..8 {
            let mut bad = good.clone();
            bad[at] ^= 1 << bit;
            put(&path, &bad);
            let found = right(&Store::open(place.path(), &[]), 0..15);
            assert_eq!(found, 0, "byte {at}, bit {bit}");
        }
    }
}

#[test]
fn a_flipped_bit_of_the_filter_hides_nothing_and_is_mended() {
    let place = place();
    publish(place.path(), 0..COUNT);
    let path = segment(place.path());
    let good = fs::read(&path).unwrap();
    let header = Header::read(&good[..HEADER], good.len() as u64).unwrap();
    for at in good.len() - header.filter_length()..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        put(&path, bad);
        assert_eq!(right(&Store::open(place.path(), &[]), 0..COUNT), COUNT as usize, "byte {at}");
    }
    let store = Store::open(place.path(), &[]);
    assert_eq!(right(&store, 0..COUNT), COUNT as usize);
    store.tend(AMPLE).unwrap();
    assert!(!path.exists());
    assert_eq!(right(&Store::open(place.path(), &[]), 0..COUNT), COUNT as usize);
}

#[test]
fn every_byte_flipped_is_a_miss_of_what_it_is_of() {
    let place = place();
    publish(place.path(), 0..COUNT);
    let path = segment(place.path());
    let good = fs::read(&path).unwrap();
    let header = Header::read(&good[..HEADER], good.len() as u64).unwrap();
    for at in 0..good.len() - header.filter_length() {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        let count = tried(&path, &bad);
        assert!(count < COUNT as usize, "byte {at}");
    }
    assert_eq!(tried(&path, &good), COUNT as usize);
}

#[test]
fn a_flipped_byte_of_an_entry_costs_that_entry_alone() {
    let place = place();
    publish(place.path(), 0..COUNT);
    let path = segment(place.path());
    let mut bytes = fs::read(&path).unwrap();
    bytes[HEADER] ^= 1;
    assert_eq!(tried(&path, &bytes), COUNT as usize - 1);
}

#[test]
fn a_torn_page_of_an_index_costs_its_entries_alone_and_is_written_anew() {
    let place = place();
    publish(place.path(), 0..1_050);
    let path = segment(place.path());
    let mut bytes = fs::read(&path).unwrap();
    let header = Header::read(&bytes[..HEADER], bytes.len() as u64).unwrap();
    // The last page has 50 rows.
    let last = bytes.len() - header.filter_length() - 1;
    bytes[last] ^= 1;
    put(&path, bytes);
    let store = Store::open(place.path(), &[]);
    // Who looks for a key where it likely is may come to the torn page first.
    assert!((900..=1_000).contains(&right(&store, 0..1_050)));
    assert_eq!(stat(place.path()).unwrap().torn, 1);
    store.tend(AMPLE).unwrap();
    assert_eq!(stat(place.path()).unwrap().torn, 0);
    assert_eq!(right(&Store::open(place.path(), &[]), 0..1_050), 1_000);
}

#[test]
fn a_segment_cut_anywhere_or_grown_is_none() {
    let place = place();
    publish(place.path(), 0..COUNT);
    let path = segment(place.path());
    let good = fs::read(&path).unwrap();
    for length in (0..good.len()).rev() {
        put(&path, &good[..length]);
        assert_eq!(right(&Store::open(place.path(), &[]), 0..COUNT), 0, "cut at {length}");
    }
    for more in [1, 8, 4096] {
        let grown = [&good[..], &vec![0; more]].concat();
        assert_eq!(tried(&path, &grown), 0, "grown by {more}");
        let grown = [&good[..], &good[..more]].concat();
        assert_eq!(tried(&path, &grown), 0, "grown by {more}");
    }
}

#[test]
fn blocks_that_never_reached_the_disk_are_missed() {
    let place = place();
    publish(place.path(), 0..2_000);
    let path = segment(place.path());
    let good = fs::read(&path).unwrap();
    for block in 0..good.len() / 4096 {
        let mut bad = good.clone();
        bad[block * 4096..][..4096].fill(0);
        put(&path, &bad);
        let found = right(&Store::open(place.path(), &[]), 0..2_000);
        assert!(found < 2_000 || block == good.len() / 4096 - 1, "block {block}");
    }
}

#[test]
fn a_page_of_another_segment_is_no_page() {
    let (place, other) = (place(), super::place());
    publish(place.path(), 0..COUNT);
    publish(other.path(), 0..COUNT);
    let path = segment(place.path());
    let (mut bytes, theirs) = (fs::read(&path).unwrap(), fs::read(segment(other.path())).unwrap());
    assert_eq!(bytes.len(), theirs.len());
    let header = Header::read(&bytes[..HEADER], bytes.len() as u64).unwrap();
    let at = usize::try_from(header.index_at).unwrap();
    bytes[at..].copy_from_slice(&theirs[at..]);
    assert_eq!(tried(&path, &bytes), 0);
}

#[test]
fn a_header_that_claims_what_is_not_there_is_none() {
    // 24 rows and their checksum are 968 bytes, their filter and its are 72.
    let length = 48 + 968 + 72;
    let right = Header { version: VERSION, stamp: 1, index_at: 48, count: 24 };
    assert_eq!(Header::read(&right.write(), length), Some(right));
    let places = [0, 8, 47, 49, length, u64::MAX, u64::MAX - 47, u64::MAX - 968 - 72 + 1];
    let wrong = places.into_iter().map(|index_at| Header { index_at, ..right });
    let counts = [0, 1, 23, 25, 1 << 20, u32::MAX].into_iter();
    for header in wrong.chain(counts.map(|count| Header { count, ..right })) {
        assert_eq!(Header::read(&header.write(), length), None, "{header:?}");
    }
    let far = Header { index_at: MOST_SEGMENT, ..right };
    assert_eq!(Header::read(&far.write(), MOST_SEGMENT + 968 + 72), None);
}

#[test]
fn another_versions_entries_are_not_there_and_are_left_alone_until_all_is_tidied() {
    let place = place();
    let other = Store::open_as(place.path(), &[], VERSION ^ 1);
    other.publish(entries(0..10)).unwrap();
    other.keep_record("of us", b"theirs").unwrap();
    let ours = Store::open(place.path(), &other.used());
    assert_eq!(right(&ours, 0..10), 0);
    assert!(ours.record("of us").is_none());
    ours.keep_record("of us", b"ours").unwrap();
    ours.publish(entries(0..5)).unwrap();
    ours.tend(AMPLE).unwrap();
    let other = Store::open_as(place.path(), &[], VERSION ^ 1);
    assert_eq!(right(&other, 0..10), 10);
    assert_eq!(other.record("of us").as_deref(), Some(&b"theirs"[..]));
    assert_eq!(stat(place.path()).unwrap().outdated, 2);
    assert_eq!(gc(place.path(), AMPLE).unwrap().outdated, 2);
    assert_eq!(right(&Store::open_as(place.path(), &[], VERSION ^ 1), 0..10), 0);
    let ours = Store::open(place.path(), &[]);
    assert_eq!(right(&ours, 0..10), 5);
    assert_eq!(ours.record("of us").as_deref(), Some(&b"ours"[..]));
}

#[test]
fn another_versions_segment_under_our_name_is_torn() {
    let place = place();
    let other = Store::open_as(place.path(), &[], VERSION ^ 1);
    other.publish(entries(0..10)).unwrap();
    let name = names::segment(VERSION, 7);
    fs::rename(segment(place.path()), place.path().join(name)).unwrap();
    assert_eq!(right(&Store::open(place.path(), &[]), 0..10), 0);
    assert_eq!(stat(place.path()).unwrap().torn, 1);
}

#[test]
fn an_entry_that_is_altered_in_one_segment_is_read_from_another() {
    let place = place();
    publish(place.path(), 0..COUNT);
    let torn = segment(place.path());
    publish_again(place.path(), 0..COUNT);
    let mut bytes = fs::read(&torn).unwrap();
    bytes[HEADER..HEADER + 500].fill(0xff);
    put(&torn, bytes);
    let first = torn.file_name().unwrap().to_string_lossy().into_owned();
    assert_eq!(right(&Store::open(place.path(), &[first]), 0..COUNT), COUNT as usize);
}

#[test]
fn what_is_altered_is_published_again_and_what_is_not_is_not() {
    let place = place();
    publish(place.path(), 0..COUNT);
    publish(place.path(), 0..COUNT);
    let one = segment(place.path());
    let mut bytes = fs::read(&one).unwrap();
    bytes[HEADER] ^= 1;
    put(&one, bytes);
    let store = Store::open(place.path(), &[]);
    assert_eq!(right(&store, 0..COUNT), COUNT as usize - 1);
    store.publish(entries(0..COUNT)).unwrap();
    assert_eq!(segments(place.path()).len(), 2);
    assert_eq!(right(&Store::open(place.path(), &store.used()), 0..COUNT), COUNT as usize);
    assert_eq!(right(&Store::open(place.path(), &[]), 0..COUNT), COUNT as usize);
}

#[test]
fn tending_writes_a_segment_anew_in_which_something_was_altered() {
    let place = place();
    publish(place.path(), 0..COUNT);
    let torn = segment(place.path());
    let mut bytes = fs::read(&torn).unwrap();
    bytes[HEADER] ^= 1;
    put(&torn, bytes);
    let store = Store::open(place.path(), &[]);
    assert_eq!(right(&store, 0..COUNT), COUNT as usize - 1);
    store.tend(AMPLE).unwrap();
    assert!(!torn.exists());
    let store = Store::open(place.path(), &store.used());
    assert_eq!(right(&store, 0..COUNT), COUNT as usize - 1);
    let missing: Vec<u32> = (0..COUNT).filter(|n| store.find(key(*n)).is_none()).collect();
    assert_eq!(missing.len(), 1);
    store.publish(entries(missing)).unwrap();
    assert_eq!(right(&Store::open(place.path(), &[]), 0..COUNT), COUNT as usize);
}

#[test]
fn slots_of_another_store_give_the_right_bytes_or_none() {
    let (one, other) = (place(), place());
    publish(one.path(), 0..COUNT);
    publish(one.path(), 200..300);
    publish(other.path(), 60..80);
    let (one, other) = (Store::open(one.path(), &[]), Store::open(other.path(), &[]));
    for number in (0..COUNT).chain(200..300) {
        let slot = one.find(key(number)).unwrap();
        if let Some(bytes) = other.read(&[slot]).pop().unwrap() {
            assert_eq!(*bytes, entry(number));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_a_segment_without_entries(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let place = place();
        let path = place.path().join(names::segment(VERSION, 1));
        fs::write(&path, "").unwrap();
        prop_assert_eq!(tried(&path, &bytes), 0);
    }

    #[test]
    fn any_spoiling_is_missed(spoils in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20)) {
        let place = place();
        publish(place.path(), 0..COUNT);
        let path = segment(place.path());
        let mut bytes = fs::read(&path).unwrap();
        for (at, byte) in spoils {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        tried(&path, &bytes);
    }
}
