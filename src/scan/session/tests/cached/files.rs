//! What happens to files between runs.

use std::time::SystemTime;

use super::*;

/// Of both languages, with matches and hits and without, equal ones, empty ones, and some that are not as they should be.
const FILES: &[(&str, &str)] = &[
    ("a.py", "import os\n\n\nclass C:\n    x = 1\n\n    def go(self):\n        return f(self)\n"),
    ("b.py", "f(1)\ng(f(2), 'é')\n# f and go\n"),
    ("d/__init__.py", ""),
    ("d/__init__.pyi", ""),
    ("d/bad.py", "def f(:\n    go(1)\nx = f(3)\n"),
    ("d/e/__init__.py", ""),
    ("d/e/more.py", "import os\nx = 1\ny = f(1, 1)\nh(2, 2)\n"),
    ("same.py", "def f(x: int) -> str: ...\n"),
    ("same.pyi", "def f(x: int) -> str: ...\n"),
    ("same.rs", "fn go() { f(1); g(2) }\n"),
    ("twin.rs", "fn go() { f(1); g(2) }\n"),
    ("bad.rs", "fn go( { f(1) }\nstruct S { x: u8 }\n"),
    ("notes.txt", "f(1)\n"),
];

fn place() -> Place {
    Place::new(FILES)
}

/// Cold once, old by now.
fn known() -> Place {
    let place = place();
    place.run();
    place.grow_old();
    place.run();
    place
}

fn times(path: &Path) -> SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

fn set_time(path: &Path, time: SystemTime) {
    fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

#[test]
fn cold_and_warm_say_the_same_whole_or_in_parts() {
    let place = place();
    assert!(place.run().parsed > 0);
    for _ in 0..2 {
        let warm = place.run();
        assert_eq!((warm.parsed, warm.cached, warm.scanned), (0, 12, 12));
        assert_eq!(place.run_in_parts().parsed, 0);
        place.grow_old();
    }
    let parts = self::place();
    assert!(parts.run_in_parts().parsed > 0);
    assert_eq!((parts.run().parsed, parts.run_in_parts().parsed), (0, 0));
}

#[test]
fn an_edit_of_the_same_size_and_time_is_seen() {
    let place = known();
    let path = place.path("b.py");
    let (before, text) = (times(&path), fs::read_to_string(&path).unwrap());
    place.write("b.py", text.replace("f(1)", "f(7)"));
    set_time(&path, before);
    assert_eq!(place.run().parsed, 1);
    place.grow_old();
    assert_eq!(place.run().parsed, 0);
}

#[test]
fn an_edit_right_behind_a_run_is_seen_however_coarse_the_clock() {
    let place = known();
    let path = place.path("b.py");
    let before = times(&path);
    for round in 0..60 {
        // Nothing waits in between, so that the times of many of them are the same.
        place.write("b.py", format!("f({})\n", round % 10));
        set_time(&path, before);
        let mut session = place.cached(WHOLE);
        let needs = Needs::pattern(pattern("f($X)"));
        let found = told(&mut session, &needs);
        session.settle(AMPLE).unwrap();
        assert_same(&told(&mut place.bare(WHOLE), &needs), &found);
    }
    place.run();
}

#[test]
fn an_edit_in_the_tick_of_the_look_before_it_is_seen() {
    let place = Place::new(&[("a.py", "x = 1\n")]);
    let open = || {
        let bounds = place.bare(WHOLE).bounds;
        Session::open_warm(bounds, LIMIT, &Cancel::new()).unwrap()
    };
    let look = |session: &Session| session.stamps.as_ref().unwrap().files[0].unwrap();
    let needs = only_facts(Planes::Body);
    let session = open();
    let first = look(&session);
    let mut session = session.with_cache(place.cache.path());
    told(&mut session, &needs);
    session.settle(AMPLE).unwrap();
    place.write("a.py", "x = 2\n");
    // As a file system says it whose clock stood still in between.
    let mut session = open();
    session.stamps.as_mut().unwrap().files[0].as_mut().unwrap().stamp = first.stamp;
    let mut session = session.with_cache(place.cache.path());
    assert_same(&told(&mut place.bare(WHOLE), &needs), &told(&mut session, &needs));
    assert!(first.is_young);
    place.grow_old();
    assert!(!look(&open()).is_young);
    // Times that are still to come prove nothing.
    set_time(&place.path("a.py"), SystemTime::now() + Duration::from_secs(3_600));
    place.grow_old();
    assert!(look(&open()).is_young);
}

#[test]
fn a_file_edited_and_reverted_is_known_by_its_content() {
    let place = known();
    let texts = ["f(1)\ng(f(2), 'é')\n# f and go\n", "f(8)\n"];
    place.write("b.py", texts[1]);
    assert_eq!(place.run().parsed, 1);
    for text in texts.iter().cycle().take(6) {
        place.write("b.py", text);
        let tally = place.run();
        assert_eq!((tally.parsed, tally.cached, tally.bytes_read > 0), (0, 12, true));
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_becomes_a_link_and_back_is_left_out_and_back() {
    let place = known();
    let (path, aside) = (place.path("b.py"), place.path("aside.txt"));
    fs::rename(&path, &aside).unwrap();
    for target in ["aside.txt", "a.py", "nowhere.py", "d"] {
        std::os::unix::fs::symlink(target, &path).unwrap();
        let tally = place.run();
        assert_eq!((tally.parsed, tally.scanned, tally.skipped), (0, 11, 1), "{target}");
        fs::remove_file(&path).unwrap();
    }
    fs::rename(&aside, &path).unwrap();
    let tally = place.run();
    assert_eq!((tally.parsed, tally.scanned, tally.skipped), (0, 12, 0));
}

#[test]
fn a_directory_that_moves_is_known_by_its_contents() {
    let place = known();
    for (from, to) in [("d", "moved"), ("moved", "a_deeper"), ("a_deeper", "d")] {
        fs::rename(place.path(from), place.path(to)).unwrap();
        let tally = place.run();
        assert_eq!((tally.parsed, tally.cached), (0, 12));
    }
}

#[test]
fn directories_that_trade_places_are_not_taken_for_each_other() {
    let place = Place::new(&[("a/x.py", "f(1)\n"), ("b/x.py", "f(2)\n")]);
    place.grow_old();
    place.run();
    let rename = |from, to| fs::rename(place.path(from), place.path(to)).unwrap();
    for _ in 0..3 {
        // Times of files in them stay.
        rename("a", "c");
        rename("b", "a");
        rename("c", "b");
        assert_eq!(place.run().parsed, 0);
    }
}

#[test]
fn a_file_may_outgrow_the_limit_and_shrink_again() {
    let place = known();
    let text = fs::read_to_string(place.path("b.py")).unwrap();
    let large = View { limit: 2 << 20, ..WHOLE };
    place.write("b.py", format!("{text}#{}\n", "x".repeat(1 << 20)));
    place.grow_old();
    assert_eq!(place.run().skipped, 1);
    for _ in 0..2 {
        // What a run reads that allows it must not be known to one that does not.
        assert_eq!(place.run_as(large).skipped, 0);
        // Facts alone need no text, so that nothing has to be read of a file that is known.
        let facts = only_facts(Planes::Head);
        let expected = told(&mut place.bare(WHOLE), &facts);
        assert_same(&expected, &told(&mut place.cached(WHOLE), &facts));
        assert_eq!(place.run().skipped, 1);
    }
    assert_eq!(place.run_as(View { limit: 10, ..WHOLE }).scanned, 3);
    place.write("b.py", text);
    let tally = place.run();
    assert_eq!((tally.skipped, tally.parsed), (0, 0));
}

#[test]
fn a_file_may_become_no_text_and_text_again() {
    let place = known();
    let text = fs::read(place.path("b.py")).unwrap();
    for bytes in [&b"f(1) # \xff\n"[..], b"f(\0)\n"] {
        place.write("b.py", bytes);
        assert_eq!(place.run().skipped, 1);
        place.grow_old();
        assert_eq!(place.run().skipped, 1);
        place.write("b.py", &text);
        let tally = place.run();
        assert_eq!((tally.skipped, tally.parsed), (0, 0));
    }
    // The same bytes are a text in one language and none in the other.
    let latin = b"# coding: latin-1\nx = '\xe9'\n";
    place.write("latin.py", latin);
    place.write("latin.rs", latin);
    let tally = place.run();
    assert_eq!((tally.skipped, tally.parsed), (1, 1));
    place.grow_old();
    place.run();
    fs::rename(place.path("latin.py"), place.path("other.rs")).unwrap();
    assert_eq!(place.run().skipped, 2);
}

#[test]
fn files_come_and_go() {
    let place = known();
    place.write("d/new.py", "f(1, 1)\n");
    assert_eq!((place.run().parsed, place.run().parsed), (1, 0));
    fs::remove_file(place.path("d/new.py")).unwrap();
    assert_eq!(place.run().scanned, 12);
    fs::remove_dir_all(place.path("d")).unwrap();
    assert_eq!(place.run().scanned, 7);
    // What is ignored, and not any more.
    place.write(".gitignore", "*.rs\n");
    assert_eq!((place.run().scanned, place.run().skipped), (4, 0));
    fs::remove_file(place.path(".gitignore")).unwrap();
    let tally = place.run();
    assert_eq!((tally.scanned, tally.parsed), (7, 0));
}

#[test]
fn a_content_is_what_its_languages_make_of_it_and_is_parsed_once_in_each() {
    let text = "f(1)\n";
    let place = Place::new(&[("a.py", text)]);
    place.run();
    for name in ["b.py", "c.pyi", "d/e/a.py"] {
        fs::create_dir_all(place.path("d/e")).unwrap();
        place.write(name, text);
        assert_eq!(place.run().parsed, 0, "{name}");
    }
    place.write("a.rs", text);
    assert_eq!((place.run().parsed, place.run().parsed), (1, 0));
    fs::rename(place.path("b.py"), place.path("b.pyi")).unwrap();
    fs::rename(place.path("c.pyi"), place.path("c.rs")).unwrap();
    assert_eq!(place.run().parsed, 0);
}

#[test]
fn a_narrower_run_leaves_what_is_known_of_the_rest() {
    let place = known();
    let views = [
        View { within: &["d"], ..WHOLE },
        View { within: &["d/e", "a.py"], ..WHOLE },
        View { exclude: &["d/**", "*.rs"], ..WHOLE },
        View { lang: Lang::Rust, ..WHOLE },
        View { lang: Lang::Python, within: &["d"], ..WHOLE },
        View { jobs: 1, ..WHOLE },
    ];
    for view in views {
        assert_eq!(place.run_as(view).parsed, 0);
        let mut session = place.cached(WHOLE);
        told(&mut session, &only_facts(Planes::Body));
        // Nothing is read of files that are known.
        assert_eq!((session.tally().bytes_read, session.tally().cached), (0, 12));
    }
}

#[test]
fn checkouts_share_what_they_have_in_common() {
    let one = place();
    one.run();
    let other = one.beside(FILES);
    other.write("b.py", "f(5)\n");
    assert_eq!((other.run().parsed, other.run().parsed, one.run().parsed), (1, 0, 0));
    other.grow_old();
    for place in [&one, &other, &one] {
        assert_eq!(place.run().parsed, 0);
    }
    let mut session = one.cached(WHOLE);
    told(&mut session, &only_facts(Planes::Body));
    assert_eq!(session.tally().bytes_read, 0);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_any_more_is_not_known() {
    use std::os::unix::fs::PermissionsExt;
    let place = known();
    let mode = |mode| fs::set_permissions(place.path("b.py"), fs::Permissions::from_mode(mode));
    mode(0o000).unwrap();
    // Who may read everything may read it.
    place.run();
    mode(0o644).unwrap();
    assert_eq!((place.run().parsed, place.run().skipped), (0, 0));
}
