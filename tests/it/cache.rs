//! The cache from outside: what `qplan cache` tells and does, beside processes that write, and runs that have one.

use std::fs;
use std::path::PathBuf;

use qplan::scan::cache::{Key, Store};
use serde_json::{Value, json};

use crate::docs::told;
use crate::harness::Place;

/// A directory beside the files of a place, and so many entries of 100 bytes in it, each published alone.
fn kept(place: &Place, entries: usize) -> PathBuf {
    let directory = place.path().join("kept");
    for number in 0..entries {
        let store = Store::open(&directory, &[]);
        store.publish(vec![entry(number)]).expect("the cache can be written");
    }
    directory
}

fn entry(number: usize) -> (Key, Vec<u8>) {
    (Key::of(&[&number.to_le_bytes()]), vec![7; 100])
}

fn asked(place: &Place, words: &[&str]) -> Value {
    let ran = place
        .qplan(&[&["cache"][..], words, &["--cache-dir", "kept", "--format", "json"]].concat(), "");
    assert_eq!(ran.code, 0, "{}", told(&ran));
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", told(&ran)))
}

#[test]
fn segments_are_counted_merged_and_removed() {
    let place = Place::new([]);
    let directory = kept(&place, 3);
    let stat = asked(&place, &["stat"]);
    let counts = |stat: &Value| (stat["entries"].clone(), stat["segments"].clone());
    assert_eq!(counts(&stat), (json!(3), json!(3)), "{stat}");
    let bytes: u64 = fs::read_dir(&directory)
        .expect("the cache is there")
        .map(|file| file.expect("the cache can be read").metadata().expect("it has a size").len())
        .sum();
    assert_eq!(stat["bytes"], bytes);
    let gc = asked(&place, &["gc"]);
    assert_eq!(gc["segments"], json!({"before": 3, "after": 1}), "{gc}");
    assert_eq!(counts(&asked(&place, &["stat"])), (json!(3), json!(1)));
    let clear = asked(&place, &["clear"]);
    assert_eq!(
        (&clear["files"], clear["bytes"].as_u64() >= Some(300)),
        (&json!(1), true),
        "{clear}"
    );
    assert!(!directory.exists());
}

#[test]
fn what_is_torn_is_counted_and_goes_and_what_was_used_last_stays() {
    let place = Place::new([]);
    let directory = kept(&place, 2);
    let first = fs::read_dir(&directory)
        .expect("the cache is there")
        .map(|file| file.expect("the cache can be read").path())
        .find(|path| path.extension().is_some_and(|kind| kind == "segment"))
        .expect("there are segments");
    let bytes = fs::read(&first).expect("a segment can be read");
    fs::write(&first, &bytes[..bytes.len() / 2]).expect("a segment can be torn");
    let stat = asked(&place, &["stat"]);
    assert_eq!((&stat["entries"], &stat["torn"]), (&json!(1), &json!(1)), "{stat}");
    let shown = place.qplan(&["cache", "stat", "--cache-dir", "kept"], "");
    assert!(shown.stdout.contains("\n1 entry in 1 segment, and 0 records\n"), "{}", told(&shown));
    assert!(shown.stdout.contains("\nof no use: 1 torn; `qplan cache gc`"), "{}", told(&shown));
    let gc = asked(&place, &["gc"]);
    assert_eq!((&gc["torn"], &gc["evicted"]), (&json!(1), &json!(0)), "{gc}");
    assert_eq!(asked(&place, &["stat"])["entries"], 1);
    let gc = asked(&place, &["gc", "--max", "10"]);
    assert_eq!((&gc["evicted"], &gc["bytes"]["after"]), (&json!(1), &json!(0)), "{gc}");
}

#[test]
fn a_cache_is_tidied_while_others_write() {
    let place = Place::new([]);
    let directory = kept(&place, 1);
    std::thread::scope(|scope| {
        for writer in 0..2 {
            let directory = &directory;
            scope.spawn(move || {
                for number in 0..20 {
                    let store = Store::open(directory, &[]);
                    store.publish(vec![entry(1_000 * writer + number)]).expect("it can be written");
                }
            });
        }
        for _ in 0..5 {
            asked(&place, &["gc"]);
            asked(&place, &["stat"]);
        }
    });
    assert_eq!(asked(&place, &["stat"])["entries"], 40);
    let store = Store::open(&directory, &[]);
    let slots: Vec<_> = (0..20).filter_map(|number| store.find(entry(number).0)).collect();
    assert_eq!(slots.len(), 20);
    assert!(store.read(&slots).iter().all(Option::is_some));
}

/// Cold, warm, without, behind `clear`, and with a cache that holds rubbish.
#[test]
fn runs_answer_the_same_with_and_without_a_cache() {
    let place = crate::docs::small();
    let ask = |further: &[&str]| {
        let words = ["calls", "load", "--root", ".", "--exclude", "kept/**", "--quiet"];
        let ran = place.qplan(&[&words[..], further].concat(), "");
        assert_eq!(ran.code, 0, "{}", told(&ran));
        ran.stdout
    };
    let bare = ask(&["--no-cache"]);
    assert!(bare.contains("load"), "{bare}");
    let cached = ["--cache-dir", "kept"];
    for _ in 0..2 {
        assert_eq!(ask(&cached), bare);
    }
    let warm = place.qplan(
        &[
            "calls",
            "load",
            "--root",
            ".",
            "--exclude",
            "kept/**",
            "--cache-dir",
            "kept",
            "--format",
            "json",
        ],
        "",
    );
    let warm: Value = serde_json::from_str(&warm.stdout).unwrap_or_default();
    let files = &warm["summary"]["files"];
    assert_eq!((&files["parsed"], &files["cached"]), (&json!(0), &files["scanned"]), "{files}");
    assert_eq!(warm["actions"][0]["coverage"]["files_cached"], files["scanned"]);
    let stat = asked(&place, &["stat"]);
    assert!(stat["entries"].as_u64() >= files["scanned"].as_u64(), "{stat}");
    assert_eq!((&stat["foreign"], &stat["torn"]), (&json!(0), &json!(0)), "{stat}");
    for file in fs::read_dir(place.path().join("kept")).into_iter().flatten().flatten() {
        fs::write(file.path(), b"rubbish").expect("a file of the cache can be written");
    }
    assert_eq!(ask(&cached), bare);
    asked(&place, &["clear"]);
    assert_eq!(ask(&cached), bare);
}

#[test]
fn twice_verbose_tells_the_parts_of_a_run() {
    let place = crate::docs::small();
    let words = ["calls", "load", "--root", ".", "--cache-dir", "kept"];
    let quiet = place.qplan(&[&words[..], &["--verbose"]].concat(), "");
    assert!(!quiet.stderr.contains("stage "), "{}", told(&quiet));
    let ran = place.qplan(&[&words[..], &["-vv"]].concat(), "");
    let stages: Vec<&str> = ran
        .stderr
        .lines()
        .filter_map(|line| line.strip_prefix("stage ")?.split(' ').next())
        .collect();
    let all = ["start", "walk", "manifest", "facts", "model", "actions", "output", "cache"];
    assert_eq!(stages, all, "{}", told(&ran));
}
