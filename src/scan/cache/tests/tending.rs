//! Merging, evicting, and reading meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::super::disk::Directory;
use super::super::format::{HEADER, checksum};
use super::super::names;
use super::super::write::Writer;
use super::super::{gc, stat};
use super::*;

fn bytes(directory: &Path) -> u64 {
    segments(directory).iter().map(|path| fs::metadata(path).unwrap().len()).sum()
}

/// Entries of a kilobyte each.
fn publish_large(directory: &Path, numbers: std::ops::Range<u32>) {
    let entry = |number: u32| {
        let mut bytes = entry(number);
        bytes.resize(1_000, number.to_le_bytes()[0]);
        (key(number), bytes)
    };
    Store::open(directory, &[]).publish(numbers.map(entry).collect()).unwrap();
}

fn count(directory: &Path, numbers: std::ops::Range<u32>) -> usize {
    let store = Store::open(directory, &[]);
    numbers.filter(|number| store.find(key(*number)).is_some()).count()
}

#[test]
fn small_segments_stay_few_and_lose_nothing() {
    let place = place();
    for number in 0..100 {
        publish(place.path(), number * 3..number * 3 + 5);
        Store::open(place.path(), &[]).tend(AMPLE).unwrap();
        assert!(segments(place.path()).len() <= 8);
    }
    assert_eq!(right(&Store::open(place.path(), &[]), 0..302), 302);
}

#[test]
fn segments_of_any_size_stay_bounded_in_number() {
    let place = place();
    // Segments of 128 KiB are not small under this cap.
    let cap = 8 << 20;
    for part in 0..50 {
        publish_large(place.path(), part * 140..part * 140 + 140);
    }
    Store::open(place.path(), &[]).tend(cap).unwrap();
    assert!(segments(place.path()).len() <= 48);
    assert_eq!(count(place.path(), 0..7_000), 7_000);
}

#[test]
fn there_is_nothing_to_tend_in_a_few_segments_below_the_cap() {
    let place = place();
    for number in 0..8 {
        publish(place.path(), number..number + 1);
    }
    let before = files(place.path(), "");
    Store::open(place.path(), &[]).tend(AMPLE).unwrap();
    assert_eq!(files(place.path(), ""), before);
}

#[test]
fn what_a_segment_was_merged_into_is_among_what_to_look_at_first() {
    let place = place();
    for number in 0..9 {
        publish(place.path(), number..number + 1);
    }
    let store = Store::open(place.path(), &[]);
    assert_eq!(right(&store, 0..9), 9);
    store.tend(AMPLE).unwrap();
    let used = store.used();
    assert_eq!(used.len(), segments(place.path()).len(), "what is gone is not named");
    let store = Store::open(place.path(), &used);
    assert_eq!(right(&store, 0..9), 9);
    assert_eq!(store.used(), used);
    assert!(store.others.get().is_none());
}

#[test]
fn everything_merged_is_one_segment_that_holds_each_key_once() {
    let place = place();
    for from in [0, 50, 100, 0, 75] {
        publish_again(place.path(), from..from + 100);
    }
    let before = bytes(place.path());
    let did = gc(place.path(), AMPLE).unwrap();
    assert_eq!((did.segments_before, did.segments_after, did.dropped), (5, 1, 300));
    assert_eq!((did.bytes_before, did.bytes_after), (before, bytes(place.path())));
    let stat = stat(place.path()).unwrap();
    assert_eq!((stat.segments, stat.entries, stat.bytes), (1, 200, did.bytes_after));
    assert_eq!(right(&Store::open(place.path(), &[]), 0..300), 200);
    let one = segment(place.path());
    let again = gc(place.path(), AMPLE).unwrap();
    assert_eq!((again.bytes_before, again.bytes_after), (did.bytes_after, did.bytes_after));
    assert_eq!(segment(place.path()), one, "what is one and whole is not written again");
}

#[test]
fn what_is_altered_is_dropped_and_the_rest_kept() {
    let place = place();
    publish(place.path(), 0..100);
    let path = segment(place.path());
    let mut altered = fs::read(&path).unwrap();
    altered[100] ^= 1;
    fs::write(&path, &altered).unwrap();
    publish(place.path(), 100..200);
    let index_of = segments(place.path()).into_iter().find(|other| *other != path).unwrap();
    let mut altered = fs::read(&index_of).unwrap();
    // In the only page of the index, behind which lie a filter of four blocks and two checksums.
    let page = altered.len() - 4 * 64 - 2 * 8 - 1;
    altered[page] ^= 1;
    fs::write(&index_of, altered).unwrap();
    fs::write(place.path().join(names::segment(names::VERSION, 3)), "torn").unwrap();
    assert_eq!(stat(place.path()).unwrap().torn, 2);
    let did = gc(place.path(), AMPLE).unwrap();
    assert_eq!((did.torn, did.segments_after), (2, 1));
    assert_eq!(stat(place.path()).unwrap().torn, 0);
    assert_eq!(right(&Store::open(place.path(), &[]), 0..200), 99);
}

#[test]
fn of_two_entries_with_one_key_the_younger_is_kept() {
    for born in [[1, 2], [2, 1]] {
        let place = place();
        let directory = Directory::open(place.path()).unwrap();
        for born in born {
            let mut writer = Writer::new(&directory, names::VERSION).unwrap();
            writer.add(key(1), b"right", checksum(b"right"), born).unwrap();
            let name = writer.finish().unwrap();
            if born == 1 {
                // It was published again because it was found to be altered.
                let path = place.path().join(name);
                let mut bytes = fs::read(&path).unwrap();
                bytes[HEADER] ^= 1;
                put(&path, bytes);
            }
        }
        gc(place.path(), AMPLE).unwrap();
        assert_eq!(*get(&Store::open(place.path(), &[]), 1).unwrap(), *b"right");
    }
}

#[test]
fn the_cap_is_met_and_what_was_used_last_stays() {
    let place = place();
    for part in 0..10 {
        publish_large(place.path(), part * 100..part * 100 + 100);
        let newest = segments(place.path());
        let newest =
            newest.iter().max_by_key(|path| fs::metadata(path).unwrap().modified().unwrap());
        age(newest.unwrap(), 100 - u64::from(part));
    }
    let cap = bytes(place.path()) - 1;
    let store = Store::open(place.path(), &[]);
    // Found in, so it is of use although it is the oldest.
    assert!(store.find(key(0)).is_some());
    store.tend(cap).unwrap();
    assert!(bytes(place.path()) <= cap / 5 * 4);
    assert_eq!(count(place.path(), 0..100), 100);
    assert_eq!(count(place.path(), 900..1_000), 100);
    assert!(count(place.path(), 0..1_000) < 1_000);
}

#[test]
fn gc_meets_the_cap_too() {
    let place = place();
    for part in 0..40 {
        publish_large(place.path(), part * 100..part * 100 + 100);
        Store::open(place.path(), &[]).keep_record(&part.to_string(), &[0; 1_000]).unwrap();
    }
    let cap = 3_000_000;
    let did = gc(place.path(), cap).unwrap();
    assert!(did.evicted > 0 && did.bytes_after <= cap / 5 * 4, "{did:?}");
    assert!(did.bytes_after >= cap / 2, "{did:?}");
    let did = gc(place.path(), 0).unwrap();
    assert_eq!((did.bytes_after, did.segments_after), (0, 0));
}

#[test]
fn what_killed_writers_left_is_swept_after_an_hour() {
    let place = place();
    publish(place.path(), 0..10);
    let [old, new] = [1, 2].map(|stamp| place.path().join(names::part(names::VERSION, stamp)));
    for path in [&old, &new] {
        fs::write(path, "half").unwrap();
    }
    age(&old, 2);
    assert_eq!(stat(place.path()).unwrap().unfinished, 2);
    assert_eq!(gc(place.path(), AMPLE).unwrap().leftovers, 1);
    assert!(!old.exists() && new.exists());
    age(&new, 2);
    Store::open(place.path(), &[]).tend(AMPLE).unwrap();
    assert!(!new.exists());
}

#[test]
fn segments_that_gave_something_count_as_used() {
    let place = place();
    publish(place.path(), 0..10);
    let used = segment(place.path());
    publish(place.path(), 10..20);
    let unused = segments(place.path()).into_iter().find(|path| *path != used).unwrap();
    let hours = |path: &Path| {
        let modified = fs::metadata(path).unwrap().modified().unwrap();
        modified.elapsed().unwrap_or_default().as_secs() / 3600
    };
    for path in [&used, &unused] {
        age(path, 30);
    }
    let store = Store::open(place.path(), &[]);
    assert_eq!(right(&store, 0..10), 10);
    store.tend(AMPLE).unwrap();
    assert_eq!((hours(&used), hours(&unused)), (0, 30));
    let stat = stat(place.path()).unwrap();
    assert!(
        stat.newest.unwrap().duration_since(stat.oldest.unwrap()).unwrap().as_secs() > 29 * 3600
    );
}

#[test]
fn a_merged_segment_is_as_old_as_the_youngest_it_is_made_of() {
    let place = place();
    publish(place.path(), 0..10);
    publish(place.path(), 10..20);
    for (path, hours) in segments(place.path()).iter().zip([50, 20]) {
        age(path, hours);
    }
    gc(place.path(), AMPLE).unwrap();
    let age = fs::metadata(segment(place.path())).unwrap().modified().unwrap().elapsed().unwrap();
    assert_eq!(age.as_secs() / 3600, 20);
}

#[test]
fn an_open_store_reads_what_is_merged_and_evicted_meanwhile() {
    let place = place();
    for part in 0..20 {
        publish(place.path(), part * 50..part * 50 + 50);
    }
    let open = Store::open(place.path(), &[]);
    assert_eq!(right(&open, 0..1), 1);
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                // New stores see all of it, or what was not evicted yet.
                right(&Store::open(place.path(), &[]), 0..1_000);
            }
        });
        for _ in 0..20 {
            gc(place.path(), AMPLE).unwrap();
            publish(place.path(), 0..1_000);
            Store::open(place.path(), &[]).tend(20_000).unwrap();
        }
        is_over.store(true, Ordering::Relaxed);
    });
    #[cfg(unix)]
    assert_eq!(right(&open, 0..1_000), 1_000);
}

#[test]
fn a_merging_that_finds_the_lock_taken_leaves_it_to_the_other() {
    let place = place();
    for number in 0..20 {
        publish(place.path(), number..number + 1);
    }
    let lock = fs::File::create(place.path().join("lock")).unwrap();
    lock.lock().unwrap();
    Store::open(place.path(), &[]).tend(0).unwrap();
    assert_eq!(segments(place.path()).len(), 20);
    drop(lock);
    Store::open(place.path(), &[]).tend(AMPLE).unwrap();
    assert!(segments(place.path()).len() <= 8);
}

#[test]
fn large_segments_that_are_whole_are_not_written_again() {
    let place = place();
    // Merged segments grow to 256 KiB under this cap, so these are large.
    let cap = 4 << 20;
    for part in 0..4 {
        publish_large(place.path(), part * 200..part * 200 + 200);
    }
    let large = segments(place.path());
    for number in 5_000..5_003 {
        publish(place.path(), number..number + 1);
    }
    gc(place.path(), cap).unwrap();
    let after = segments(place.path());
    assert!(large.iter().all(|path| after.contains(path)));
    assert_eq!(after.len(), 5);
    assert_eq!(count(place.path(), 0..800), 800);
    assert_eq!(count(place.path(), 5_000..5_003), 3);
}
