//! What only a session shows: pins, counts, and the same answers for any number of threads.

use std::path::{Path, PathBuf};

use super::*;

use crate::facts::needs::{self, Case, Code, Mode, Search, Strictness};
use crate::system::control::Quiet;

mod cached;
mod facts;
mod fresh;

fn session(root: &Path, jobs: usize) -> Session {
    let bounds = Bounds {
        root: root.to_owned(),
        within: Vec::new(),
        exclude: Vec::new(),
        lang: Lang::Auto,
        jobs,
    };
    Session::open(bounds, 1 << 20, &Cancel::new()).unwrap()
}

fn pattern(text: &str) -> needs::Pattern {
    let code = Code { text: text.into(), selector: None, strictness: Strictness::Smart };
    needs::Pattern::new(code, Scope::default())
}

fn ask(session: &mut Session, text: &str) -> Found<PatternAnswer> {
    let asked = pattern(text);
    let needs = Needs::pattern(asked.clone());
    let mut answers = session.scan(&needs, &Cancel::new(), &Quiet).unwrap();
    answers.patterns.remove(&asked).unwrap()
}

fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let full = root.path().join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(full, text).unwrap();
    }
    root
}

#[test]
fn a_file_is_parsed_once_for_all_patterns_of_a_pass() {
    let root = repository(&[("a.py", "f(1); g(2)"), ("b.py", "h()"), ("c.rs", "fn a() { f(1) }")]);
    let mut session = session(root.path(), 2);
    let mut needs = Needs::pattern(pattern("f($X)"));
    needs.merge(Needs::pattern(pattern("g($X)")));
    session.scan(&needs, &Cancel::new(), &Quiet).unwrap();
    let tally = session.tally();
    assert_eq!((tally.scans, tally.parses_per_file, tally.scanned, tally.parsed), (1, 1, 3, 2));
    ask(&mut session, "f($X, $Y)").unwrap();
    assert_eq!((session.tally().scans, session.tally().parses_per_file), (2, 2));
}

#[test]
fn a_file_that_changed_since_it_was_pinned_is_a_fault() {
    let root = repository(&[("a.py", "f(1)"), ("b.py", "f(2)")]);
    let mut session = session(root.path(), 1);
    assert_eq!(ask(&mut session, "f($X)").unwrap().files.len(), 2);
    std::fs::write(root.path().join("b.py"), "f(3)").unwrap();
    let fault = ask(&mut session, "f(3)").err().unwrap();
    assert_eq!((fault.kind, fault.code), (Kind::ChangedDuringRun, codes::CHANGED));
    assert!(fault.message.contains("`b.py`"));
    std::fs::remove_file(root.path().join("b.py")).unwrap();
    assert_eq!(ask(&mut session, "f(4)").err().unwrap().kind, Kind::ChangedDuringRun);
}

#[test]
fn answers_come_in_path_order_for_any_number_of_threads() {
    let names: Vec<String> = (0..40).map(|n| format!("d{}/f{n}.py", n % 7)).collect();
    let files: Vec<(&str, &str)> =
        names.iter().map(|name| (name.as_str(), "f(1)\nf(f(2))\n")).collect();
    let root = repository(&files);
    let paths = |jobs| -> Vec<Arc<str>> {
        let answer = ask(&mut session(root.path(), jobs), "f($X)").unwrap();
        answer.files.iter().map(|file| Arc::clone(&file.source.path)).collect()
    };
    let one = paths(1);
    assert!(one.is_sorted() && one.len() == 40);
    assert_eq!(one, paths(4));
}

#[test]
fn a_scope_bounds_what_is_read() {
    let root = repository(&[("src/a.py", "x"), ("tests/b.py", "x"), ("c.rs", "x")]);
    let mut session = session(root.path(), 1);
    let scope = Scope { within: Some("src".into()), ..Scope::default() };
    let search = Search { text: "x".into(), mode: Mode::Identifier, case: Case::Exact, scope };
    let mut answers = session.scan(&Needs::search(search.clone()), &Cancel::new(), &Quiet).unwrap();
    let answer = answers.searches.remove(&search).unwrap().unwrap();
    assert_eq!((answer.total(), answer.cover.in_scope, session.tally().scanned), (1, 1, 1));
}

#[test]
fn what_is_wrong_with_one_question_leaves_the_others_alone() {
    let root = repository(&[("a.py", "f(1)")]);
    let mut session = session(root.path(), 1);
    let lost = needs::Pattern {
        scope: Scope { within: Some("no".into()), ..Scope::default() },
        ..pattern("f($X)")
    };
    let mut needs = Needs::pattern(lost.clone());
    needs.merge(Needs::pattern(pattern("f($X)")));
    let answers = session.scan(&needs, &Cancel::new(), &Quiet).unwrap();
    assert_eq!(answers.patterns[&lost].as_ref().err().unwrap().code, codes::MISSING);
    assert_eq!(answers.patterns[&pattern("f($X)")].as_ref().unwrap().files.len(), 1);
}

#[test]
fn behind_the_bound_matches_are_counted_and_not_stored_however_many_threads_look() {
    let files: Vec<(String, String)> =
        (0..40).map(|n| (format!("f{n:02}.py"), "f(1)\n".repeat(n % 7 + 1))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
    let root = repository(&files);
    let all: usize = (0..40).map(|n| n % 7 + 1).sum();
    for jobs in [1, 4] {
        let mut session = session(root.path(), jobs);
        // Each match takes two: itself and what `$X` captured.
        session.room = 25;
        let found = ask(&mut session, "f($X)").unwrap();
        let stored: Vec<usize> = found.files.iter().map(|f| f.matches.stored.len()).collect();
        assert_eq!(stored[..6], [1, 2, 3, 4, 2, 0]);
        assert!(stored[6..].iter().all(|&n| n == 0));
        assert_eq!(found.files.iter().map(|f| f.matches.count).sum::<usize>(), all);
        session.room = 5;
        let second = ask(&mut session, "f(1)").unwrap();
        assert_eq!(second.files.iter().map(|f| f.matches.stored.len()).sum::<usize>(), 5);
        assert_eq!(session.room, 0);
    }
}
