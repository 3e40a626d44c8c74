//! Bounds, stops, and sources that are not as they should be.

use std::sync::atomic::AtomicBool;

use super::*;
use crate::scan::cache;

/// Aborts a scan when it tells of itself the first time.
struct Aborts<'c>(&'c Cancel, AtomicBool);

impl Progress for Aborts<'_> {
    fn files(&self, _: usize, _: usize) {
        if !self.1.swap(true, Ordering::Relaxed) {
            self.0.abort();
        }
    }
}

fn entries(place: &Place) -> u64 {
    cache::stat(place.cache.path()).unwrap().entries
}

fn many(count: usize) -> Place {
    let files: Vec<(String, String)> =
        (0..count).map(|n| (format!("m{n:03}.py"), "f(1)\ng(2)\n".repeat(n % 7 + 1))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
    Place::new(&files)
}

#[test]
fn what_there_was_no_room_for_is_not_taken_for_the_whole() {
    for jobs in [1, 4] {
        let place = many(40);
        let view = View { jobs, ..WHOLE };
        let mut needs = Needs::pattern(pattern("f($X)"));
        needs.merge(Needs::pattern(pattern("$G(2)")));
        needs.merge(Needs::search(searches().remove(2)));
        for (round, room) in [25, 25, 100, 3, 0, MOST_STORED, 25, 31, 100].into_iter().enumerate() {
            let (mut bare, mut session) = (place.bare(view), place.cached(view));
            (bare.room, session.room) = (room, room);
            let expected = told(&mut bare, &needs);
            assert_same(&expected, &told(&mut session, &needs));
            assert_eq!(bare.room, session.room, "round {round}");
            session.settle(AMPLE).unwrap();
        }
        place.run();
    }
}

#[test]
fn what_a_second_question_has_no_room_for_is_cut_alike() {
    let place = many(40);
    place.run();
    place.grow_old();
    place.run();
    let (mut bare, mut session) = (place.bare(WHOLE), place.cached(WHOLE));
    (bare.room, session.room) = (90, 90);
    for needs in parts(questions()) {
        assert_same(&told(&mut bare, &needs), &told(&mut session, &needs));
        assert_eq!(bare.room, session.room);
    }
}

#[test]
fn nothing_is_kept_of_a_scan_that_was_stopped() {
    for jobs in [1, 2] {
        let place = many(200);
        let view = View { jobs, ..WHOLE };
        let mut session = place.cached(view);
        let cancel = Cancel::new();
        let stops = Aborts(&cancel, AtomicBool::new(false));
        assert!(session.scan(&questions(), &cancel, &stops).is_err());
        session.settle(AMPLE).unwrap();
        assert_eq!(entries(&place), 0);
        // The same session goes on as if nothing had been.
        assert_same(&told(&mut place.bare(view), &questions()), &told(&mut session, &questions()));
        session.settle(AMPLE).unwrap();
        assert_eq!(place.run().parsed, 0);
    }
}

#[test]
fn a_stop_at_any_time_inside_a_file_leaves_nothing_wrong() {
    let text = "class C:\n    def go(self):\n        return f(1, 1)\n".repeat(400);
    let place = Place::new(&[("a.py", &text), ("b.rs", &"fn go() { f(1); }\n".repeat(800))]);
    let mut needs = only_facts(Planes::Body);
    needs.patterns.extend([pattern("f($X, $X)"), pattern("$A(1)")]);
    needs.searches.insert(searches().remove(0));
    let expected = told(&mut place.bare(WHOLE), &needs);
    let (mut stopped, mut limit) = (0, Duration::from_micros(200));
    loop {
        let mut session = place.cached(WHOLE);
        let cancel = Cancel::new().child(Some(limit));
        match session.scan(&needs, &cancel, &Quiet) {
            Ok(answers) => {
                assert_same(&expected, &told_of(&session, &needs, &answers));
                break;
            }
            Err(_) => stopped += 1,
        }
        session.settle(AMPLE).unwrap();
        limit = limit * 3 / 2;
    }
    assert!(stopped > 3, "{stopped}");
    for _ in 0..2 {
        let mut session = place.cached(WHOLE);
        assert_same(&expected, &told(&mut session, &needs));
        session.settle(AMPLE).unwrap();
    }
}

#[test]
fn broken_and_deep_sources_are_listed_alike() {
    let deep = |count: usize| format!("x = {}1{}\nf(1)\n", "(".repeat(count), ")".repeat(count));
    let (nested, beyond) = (deep(1_500), deep(11_000));
    let files = [
        ("a.py", "def f(:\n"),
        ("b.py", "x = f(1\n\ny = (\n"),
        ("c.py", "print 'two'\nf(1)\n"),
        ("d.py", "f(1, 1)\nclass\n"),
        ("e.rs", "fn go( {\n f(1) }\n}}}\n"),
        ("f.rs", "unsafe extern \"C\" { safe fn go(); }\nfn a() { f(1) }\n"),
        ("g.py", "type X[T = int] = f(1)\n"),
        ("h.py", "\u{feff}f(1)\r\ng(2)\rf(3)\n"),
        ("i.py", "\t f(1)\n  \tgo()\n"),
        ("nested.py", &nested),
        ("beyond.py", &beyond),
    ];
    let place = Place::new(&files);
    let (cold, warm) = (place.run(), place.run());
    assert!(cold.unparsable > 4);
    // Of what was left unread nothing is kept: another time there may be room for it.
    assert_eq!((warm.unparsable, warm.parsed), (cold.unparsable, 1));
    place.grow_old();
    assert_eq!(place.run_in_parts().unparsable, cold.unparsable);
    assert_eq!(place.run().unparsable, cold.unparsable);
}
