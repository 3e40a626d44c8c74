//! Documents that are replaced as a whole.

use super::super::{clear, gc, stat};
use super::*;

#[test]
fn a_record_comes_back_as_it_was_kept_last() {
    let place = place();
    let directory = place.path().join("new/deeper");
    assert!(Store::open(&directory, &[]).record("a").is_none());
    for bytes in [&b"some bytes"[..], b"", b"others"] {
        Store::open(&directory, &[]).keep_record("a", bytes).unwrap();
        Store::open(&directory, &[]).keep_record("b", b"another").unwrap();
        assert_eq!(Store::open(&directory, &[]).record("a").as_deref(), Some(bytes));
    }
    let store = Store::open(&directory, &[]);
    assert_eq!(store.record("b").as_deref(), Some(&b"another"[..]));
    assert!(store.record("").is_none() && store.record("../a").is_none());
    assert_eq!(stat(&directory).unwrap().records, 2);
    assert_eq!(clear(&directory).unwrap().files, 2);
    assert!(!directory.exists());
}

#[test]
fn any_name_names_a_record() {
    let place = place();
    let store = Store::open(place.path(), &[]);
    let long = "x/".repeat(5_000);
    for name in ["", "/", "..", "a\0b", "\u{1f980}", "lock", &long] {
        store.keep_record(name, name.as_bytes()).unwrap();
    }
    for name in ["", "/", "..", "a\0b", "\u{1f980}", "lock", &long] {
        assert_eq!(store.record(name).as_deref(), Some(name.as_bytes()));
    }
}

#[test]
fn a_record_with_any_bit_flipped_or_cut_or_grown_is_none() {
    let place = place();
    let store = Store::open(place.path(), &[]);
    store.keep_record("name", b"some bytes").unwrap();
    let path = &files(place.path(), ".record")[0];
    let good = fs::read(path).unwrap();
    let read = |bytes: &[u8]| {
        put(path, bytes);
        (store.record("name"), stat(place.path()).unwrap().torn)
    };
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut bad = good.clone();
            bad[at] ^= 1 << bit;
            assert_eq!(read(&bad), (None, 1), "byte {at}, bit {bit}");
        }
        assert_eq!(read(&good[..at]), (None, 1), "cut at {at}");
    }
    assert_eq!(read(&[&good[..], b"\0"].concat()), (None, 1));
    assert_eq!(gc(place.path(), AMPLE).unwrap().torn, 1);
    assert!(!path.exists());
    fs::write(path, "").unwrap();
    assert_eq!(read(&good), (Some(b"some bytes".to_vec()), 0));
}

#[test]
fn a_record_under_another_records_name_is_none() {
    let place = place();
    let store = Store::open(place.path(), &[]);
    store.keep_record("a", b"of a").unwrap();
    let theirs = fs::read(&files(place.path(), ".record")[0]).unwrap();
    clear(place.path()).unwrap();
    store.keep_record("b", b"of b").unwrap();
    fs::write(&files(place.path(), ".record")[0], theirs).unwrap();
    assert!(Store::open(place.path(), &[]).record("b").is_none());
}
