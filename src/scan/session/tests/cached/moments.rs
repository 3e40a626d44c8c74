//! Files that change while a session looks at them, sessions that go on, and caches that are not as they were left.

use super::*;
use crate::scan::cache;

fn settled(place: &Place) {
    place.grow_old();
    place.run();
}

#[test]
fn a_file_that_changes_between_the_look_and_the_reading_is_read_as_it_is() {
    let place = Place::new(&[("a.py", "f(1)\n"), ("b.py", "x = 1\n")]);
    settled(&place);
    let mut session = place.cached(WHOLE);
    place.write("a.py", "f(2)\n");
    // Rows point into its text, so that it is read.
    let needs = Needs::pattern(pattern("f($X)"));
    assert_same(&told(&mut place.bare(WHOLE), &needs), &told(&mut session, &needs));
    session.settle(AMPLE).unwrap();
    place.run();
    place.grow_old();
    place.run();
}

#[test]
fn a_file_that_changes_behind_its_answer_is_held_to_what_was_answered() {
    let place = Place::new(&[("a.py", "f(1)\n"), ("b.py", "x = 1\n")]);
    settled(&place);
    let mut session = place.cached(WHOLE);
    let before = told(&mut place.bare(WHOLE), &only_facts(Planes::Body));
    place.write("a.py", "f(2)\n");
    // Known as it was when the session began, and nothing is read.
    assert_same(&before, &told(&mut session, &only_facts(Planes::Body)));
    let asked = pattern("f($X)");
    let answers = session.scan(&Needs::pattern(asked.clone()), &Cancel::new(), &Quiet).unwrap();
    assert_eq!(answers.patterns[&asked].as_ref().err().unwrap().kind, Kind::ChangedDuringRun);
    session.settle(AMPLE).unwrap();
    place.run();
    place.grow_old();
    place.run();
}

#[test]
fn a_directory_that_was_another_while_it_was_read_is_not_known_by_that() {
    let place = Place::new(&[("d/a.py", "f(1)\n"), ("e/a.py", "f(2)\n")]);
    place.grow_old();
    let rename = |from, to| fs::rename(place.path(from), place.path(to)).unwrap();
    let bounds = place.bare(WHOLE).bounds;
    let session = Session::open_warm(bounds, LIMIT, &Cancel::new()).unwrap();
    let mut session = session.with_cache(place.cache.path());
    let turn = || {
        rename("d", "t");
        rename("e", "d");
        rename("t", "e");
    };
    // No time of the files tells of it.
    turn();
    told(&mut session, &questions());
    turn();
    session.settle(AMPLE).unwrap();
    place.run();
    session.refresh(&Cancel::new()).unwrap();
    assert_same(&told(&mut place.bare(WHOLE), &questions()), &told(&mut session, &questions()));
    session.settle(AMPLE).unwrap();
    place.run();
}

#[test]
fn a_session_that_goes_on_beside_others_answers_like_a_new_one() {
    let place = Place::new(&[("a.py", "f(1)\n"), ("b.py", "go()\n"), ("c.rs", "fn go() {}\n")]);
    let bounds = place.bare(WHOLE).bounds;
    let session = Session::open_warm(bounds, LIMIT, &Cancel::new()).unwrap();
    let mut session = session.with_cache(place.cache.path());
    for round in 0..12 {
        let needs = if round % 3 == 0 { only_facts(Planes::Head) } else { questions() };
        session.refresh(&Cancel::new()).unwrap();
        assert_same(&told(&mut place.bare(WHOLE), &needs), &told(&mut session, &needs));
        if round % 2 == 0 {
            session.settle(AMPLE).unwrap();
        }
        match round % 6 {
            0 => place.write("a.py", format!("f({round})\n")),
            1 => place.write("d.py", "f(1)\n"),
            2 => place.grow_old(),
            3 => fs::remove_file(place.path("d.py")).unwrap(),
            4 => drop(place.run()),
            _ => place.write("b.py", "f(1)\n"),
        }
    }
    place.run();
}

#[test]
fn a_cache_that_goes_while_it_is_in_use_is_as_if_it_had_never_been() {
    let place = Place::new(&[("a.py", "f(1)\n"), ("b.py", "x = 1\n")]);
    settled(&place);
    let expected = told(&mut place.bare(WHOLE), &questions());
    let mut session = place.cached(WHOLE);
    cache::clear(place.cache.path()).unwrap();
    assert_same(&expected, &told(&mut session, &questions()));
    session.settle(AMPLE).unwrap();
    place.run();
    place.run();
    // Entries gone, record there; and the other way round.
    for ending in ["segment", "record"] {
        for file in fs::read_dir(place.cache.path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|kind| kind == ending) {
                fs::remove_file(path).unwrap();
            }
        }
        place.run();
        assert_eq!(place.run().parsed, 0);
    }
}

/// Alters every byte of all segments where they lie, as a failing disk would.
fn spoil(place: &Place) {
    for file in fs::read_dir(place.cache.path()).unwrap() {
        let path = file.unwrap().path();
        let bytes: Vec<u8> = fs::read(&path).unwrap().iter().map(|byte| !byte).collect();
        let mut file = fs::File::options().write(true).open(&path).unwrap();
        std::io::Write::write_all(&mut file, &bytes).unwrap();
    }
}

#[test]
fn tables_that_are_altered_before_they_are_looked_at_are_made_again_or_said_to_be_lost() {
    for is_edited in [false, true] {
        let place = Place::new(&[("a.py", "f(1)\n"), ("b.py", "x = 1\n")]);
        settled(&place);
        let needs = only_facts(Planes::Trivia);
        let expected = told(&mut place.bare(WHOLE), &needs);
        let lost = Arc::new(AtomicBool::new(false));
        let mut session = place.bare(WHOLE).telling(Arc::clone(&lost));
        session = session.with_cache(place.cache.path());
        let answers = session.scan(&needs, &Cancel::new(), &Quiet).unwrap();
        assert_eq!(session.tally().bytes_read, 0);
        spoil(&place);
        if is_edited {
            place.write("b.py", "x = 2\n");
        }
        let found = told_of(&session, &needs, &answers);
        assert_eq!((found == expected, lost.load(Ordering::Relaxed)), (!is_edited, is_edited));
        session.settle(AMPLE).unwrap();
        place.run();
        place.run();
    }
}

#[test]
fn entries_are_dropped_by_a_cap_and_answers_stay() {
    let place = Place::new(&[("a.py", "f(1)\n"), ("b.py", "x = 1\n")]);
    for cap in [0, 1, 3_000, 0] {
        let expected = told(&mut place.bare(WHOLE), &questions());
        let mut session = place.cached(WHOLE);
        assert_same(&expected, &told(&mut session, &questions()));
        session.settle(cap).unwrap();
    }
}

#[test]
fn every_byte_of_a_small_cache_flipped_gives_the_same_answer() {
    let place = Place::new(&[("a.py", "def go():\n    return f(1)\n"), ("b.rs", "fn f() {}\n")]);
    let mut needs = only_facts(Planes::Body);
    needs.patterns.extend([pattern("f($X)"), pattern("h($X)")]);
    needs.searches.extend(searches().into_iter().take(2));
    let expected = told(&mut place.bare(WHOLE), &needs);
    place.grow_old();
    let mut session = place.cached(WHOLE);
    assert_same(&expected, &told(&mut session, &needs));
    session.settle(AMPLE).unwrap();
    let files = fs::read_dir(place.cache.path()).unwrap().map(|file| file.unwrap().path());
    let files: Vec<(PathBuf, Vec<u8>)> =
        files.map(|path| (path.clone(), fs::read(&path).unwrap())).collect();
    let mut count = 0;
    for (path, good) in &files {
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            fs::write(path, &bad).unwrap();
            let mut session = place.cached(View { jobs: 1, ..WHOLE });
            assert_same(&expected, &told(&mut session, &needs));
            count += 1;
        }
        fs::write(path, good).unwrap();
    }
    assert!(count > 1_000, "{count}");
    let mut session = place.cached(WHOLE);
    assert_same(&expected, &told(&mut session, &needs));
    assert_eq!((session.tally().parsed, session.tally().cached), (0, 2));
}
