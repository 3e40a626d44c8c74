//! The store beside a map.

use std::collections::BTreeMap;
use std::thread;

use proptest::prelude::*;

use super::super::format::ROWS;
use super::super::{MOST, clear, stat};
use super::*;

#[test]
fn what_was_published_is_found_and_nothing_else() {
    let place = place();
    publish(place.path(), 0..5_000);
    let store = Store::open(place.path(), &[]);
    assert_eq!(right(&store, 0..5_000), 5_000);
    assert_eq!(right(&store, 5_000..10_000), 0);
    assert_eq!(right_one_by_one(place.path(), (0..5_200).step_by(31)), 5_000_usize.div_ceil(31));
}

#[test]
fn counts_around_the_borders_of_pages_are_found() {
    let rows = u32::try_from(ROWS).unwrap();
    for count in [1, 2, rows - 1, rows, rows + 1, 2 * rows, 2 * rows + 1] {
        let place = place();
        publish(place.path(), 0..count);
        assert_eq!(right(&Store::open(place.path(), &[]), 0..count), count as usize);
        assert_eq!(right_one_by_one(place.path(), 0..count + 5), count as usize);
        assert_eq!(stat(place.path()).unwrap().entries, u64::from(count));
    }
}

#[test]
fn an_empty_entry_is_an_answer() {
    let place = place();
    let store = Store::open(place.path(), &[]);
    store.publish(vec![(key(1), vec![]), (key(2), vec![]), (key(3), vec![7])]).unwrap();
    let store = Store::open(place.path(), &[]);
    assert_eq!(get(&store, 1), Some(Bytes::from(vec![])));
    assert_eq!(get(&store, 2), Some(Bytes::from(vec![])));
    assert_eq!(get(&store, 3), Some(Bytes::from(vec![7])));
    assert!(get(&store, 4).is_none());
}

#[test]
fn nothing_to_publish_makes_no_file() {
    let place = place();
    let directory = place.path().join("not/yet");
    let store = Store::open(&directory, &[]);
    store.publish(vec![]).unwrap();
    assert!(!directory.exists() && store.used().is_empty());
    assert_eq!(store.read(&[]).len(), 0);
    assert_eq!(stat(&directory).unwrap(), Default::default());
    assert_eq!(clear(&directory).unwrap(), Default::default());
    store.tend(0).unwrap();
}

#[test]
fn of_entries_with_one_key_the_last_stands() {
    let place = place();
    for last in [&b""[..], b"last"] {
        let (one, other) = (b"one".to_vec(), vec![]);
        let all = vec![(key(1), one), (key(2), vec![]), (key(1), other), (key(1), last.to_vec())];
        Store::open(place.path(), &[]).publish(all).unwrap();
        let store = Store::open(place.path(), &[]);
        assert_eq!(*get(&store, 1).unwrap(), *last);
        assert_eq!(stat(place.path()).unwrap().entries, 2);
        clear(place.path()).unwrap();
    }
}

#[test]
fn slots_may_be_read_in_any_order_and_more_than_once() {
    let place = place();
    publish(place.path(), 0..50);
    publish(place.path(), 50..100);
    let store = Store::open(place.path(), &[]);
    let numbers: Vec<u32> = (0..300).map(|n| n * 7 % 100).collect();
    let slots: Vec<_> = numbers.iter().map(|n| store.find(key(*n)).unwrap()).collect();
    for (number, bytes) in numbers.iter().zip(store.read(&slots)) {
        assert_eq!(*bytes.unwrap(), entry(*number));
    }
}

#[test]
fn entries_larger_than_what_is_read_in_one_go_come_back() {
    let place = place();
    let large = |byte: u8| vec![byte; 3 << 20];
    let all =
        vec![(key(1), vec![1; 10]), (key(2), large(2)), (key(3), vec![3]), (key(4), large(4))];
    Store::open(place.path(), &[]).publish(all.clone()).unwrap();
    let store = Store::open(place.path(), &[]);
    let slots: Vec<_> = all.iter().map(|(key, _)| store.find(*key).unwrap()).collect();
    for ((_, bytes), read) in all.iter().zip(store.read(&slots)) {
        assert!(*read.unwrap() == **bytes);
    }
}

#[test]
fn the_first_segments_are_looked_at_first_and_the_others_only_for_what_they_lack() {
    let place = place();
    publish(place.path(), 0..500);
    let store = Store::open(place.path(), &[]);
    assert_eq!(right(&store, 0..1), 1);
    let used = store.used();
    publish(place.path(), 500..1_000);
    let store = Store::open(place.path(), &used);
    assert_eq!(right(&store, 0..500), 500);
    assert!(store.others.get().is_none(), "nothing was missed");
    assert_eq!(store.used(), used);
    assert_eq!(right(&store, 400..600), 200);
    assert_eq!(store.used().len(), 2);
    assert_eq!(used[0], store.used()[0]);
}

#[test]
fn what_a_store_published_is_among_what_to_look_at_first() {
    let place = place();
    let store = Store::open(place.path(), &[]);
    store.publish(entries(0..10)).unwrap();
    let store = Store::open(place.path(), &store.used());
    assert_eq!(store.first.len(), 1);
    assert_eq!(right(&store, 0..10), 10);
    assert!(store.others.get().is_none());
}

#[test]
fn more_segments_than_may_be_open_are_searched_as_far_as_they_may() {
    let place = place();
    for number in 0..MOST as u32 + 5 {
        publish(place.path(), [number]);
    }
    let names = |paths: &[PathBuf]| {
        let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
        paths.iter().map(name).collect::<Vec<_>>()
    };
    let all = segments(place.path());
    let numbers = 0..MOST as u32 + 5;
    for first in [&all[..0], &all[..3], &all[..]] {
        let store = Store::open(place.path(), &names(first));
        assert_eq!(right(&store, numbers.clone()), MOST);
    }
    age(&all[0], 5);
    let first = names(&all[..1]);
    let store = Store::open(place.path(), &first);
    assert_eq!(right(&store, numbers.clone()), MOST);
    assert!(store.used().contains(&first[0]));
    assert!(Store::open(place.path(), &[]).others().iter().all(|other| other.name != first[0]));
}

#[test]
fn names_to_look_at_first_may_be_anything() {
    let place = place();
    publish(place.path(), 0..10);
    let odd = ["", "lock", "../x", "/dev/zero", "0000000000000000-0000000000000000.segment", "\0"];
    let first: Vec<String> = odd.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(right(&Store::open(place.path(), &first), 0..10), 10);
}

#[test]
fn threads_find_and_read_at_once() {
    let place = place();
    for part in 0..4 {
        publish(place.path(), part * 1_000..part * 1_000 + 1_000);
    }
    let store = Store::open(place.path(), &[]);
    thread::scope(|scope| {
        for part in 0..8 {
            let store = &store;
            scope.spawn(move || assert_eq!(right(store, part * 500..part * 500 + 500), 500));
        }
    });
}

#[test]
fn stores_that_publish_at_once_lose_nothing() {
    let place = place();
    let directory = place.path().join("new");
    thread::scope(|scope| {
        for part in 0..8 {
            let directory = &directory;
            scope.spawn(move || {
                let store = Store::open(directory, &[]);
                for piece in 0..5 {
                    // Half of what the next thread publishes too.
                    let from = part * 100 + piece * 40;
                    store.publish(entries(from..from + 40)).unwrap();
                    store.tend(AMPLE).unwrap();
                }
            });
        }
    });
    assert_eq!(right(&Store::open(&directory, &[]), 0..1_000), 900);
    assert_eq!(files(&directory, ".part").len(), 0);
}

#[derive(Clone, Debug)]
enum Act {
    Publish(Vec<(u8, u8)>),
    Tend,
    Gc,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let entries = prop::collection::vec((any::<u8>(), any::<u8>()), 0..60);
    let act =
        prop_oneof![6 => entries.prop_map(Act::Publish), 2 => Just(Act::Tend), 1 => Just(Act::Gc)];
    prop::collection::vec(act, 1..20)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// An entry's bytes follow from its key, but for their length: what is content-addressed may be published twice.
    #[test]
    fn any_order_of_publishing_merging_and_reading_answers_as_a_map_does(acts in acts()) {
        let place = place();
        let mut model: BTreeMap<u8, Vec<u8>> = BTreeMap::new();
        let mut first = Vec::new();
        for act in acts {
            let store = Store::open(place.path(), &first);
            match act {
                Act::Publish(numbers) => {
                    let new = |(number, _): &(u8, u8)| (*number, vec![*number; usize::from(*number)]);
                    model.extend(numbers.iter().map(new));
                    let all = numbers.iter().map(new);
                    let all = all.map(|(number, bytes)| (key(u32::from(number)), bytes)).collect();
                    store.publish(all).unwrap();
                }
                Act::Tend => store.tend(AMPLE).unwrap(),
                Act::Gc => drop(super::super::gc(place.path(), AMPLE).unwrap()),
            }
            first = store.used();
            let store = Store::open(place.path(), &first);
            for number in 0..=u8::MAX {
                let found = get(&store, u32::from(number));
                prop_assert_eq!(found.as_deref(), model.get(&number).map(Vec::as_slice));
            }
        }
    }
}
