//! Facts beside patterns and searches: read once, as much as was asked, held to the bytes that were read first.

use super::*;
use crate::facts::needs::{Facts as Asked, Lang};

fn asked(within: Option<&str>, planes: Planes) -> Asked {
    let scope = Scope { within: within.map(str::to_owned), ..Scope::default() };
    Asked { scope, planes }
}

fn ask_facts(session: &mut Session, asked: &Asked) -> Found<FactsAnswer> {
    let needs = Needs::facts(asked.clone());
    session.scan(&needs, &Cancel::new(), &Quiet).unwrap().facts.remove(asked).unwrap()
}

fn search(text: &str) -> Search {
    let scope = Scope::default();
    Search { text: text.into(), mode: Mode::Identifier, case: Case::Exact, scope }
}

#[test]
fn facts_of_a_part_need_no_second_pass_where_the_whole_is_known() {
    let root = repository(&[("a/x.py", "f(1)"), ("b/y.rs", "fn y() {}"), ("b/z.pyi", "z: int")]);
    let mut session = session(root.path(), 2);
    let all = ask_facts(&mut session, &asked(None, Planes::Body)).unwrap();
    let paths: Vec<&str> = all.files.iter().map(|file| &*file.path).collect();
    assert_eq!(paths, ["a/x.py", "b/y.rs", "b/z.pyi"]);
    assert!(all.files[2].facts.is_stub && !all.files[0].facts.is_stub);
    let part = ask_facts(&mut session, &asked(Some("b"), Planes::Head)).unwrap();
    assert!(Arc::ptr_eq(&part.files[0].facts, &all.files[1].facts));
    assert_eq!((part.files.len(), part.cover.in_scope), (2, 2));
    let tally = session.tally();
    assert_eq!((tally.scans, tally.parses_per_file, tally.parsed, tally.scanned), (1, 1, 3, 3));
}

#[test]
fn a_need_for_more_reads_again_and_each_parser_is_counted_apart() {
    let root = repository(&[("a.py", "f(1)"), ("b.rs", "fn f() { f(1) }")]);
    let mut session = session(root.path(), 1);
    let mut needs = Needs::pattern(pattern("f($X)"));
    needs.merge(Needs::facts(asked(None, Planes::Head)));
    session.scan(&needs, &Cancel::new(), &Quiet).unwrap();
    assert_eq!((session.tally().scans, session.tally().parses_per_file), (1, 1));
    ask_facts(&mut session, &asked(Some("a.py"), Planes::Trivia)).unwrap();
    assert_eq!((session.tally().scans, session.tally().parses_per_file), (2, 2));
    ask_facts(&mut session, &asked(Some("a.py"), Planes::Body)).unwrap();
    assert_eq!(session.tally().scans, 2);
    std::fs::write(root.path().join("b.rs"), "fn g() {}").unwrap();
    let fault = ask_facts(&mut session, &asked(None, Planes::Body)).err().unwrap();
    assert_eq!((fault.kind, fault.code), (Kind::ChangedDuringRun, codes::CHANGED));
}

#[test]
fn a_pattern_alone_reads_no_facts_and_a_hit_reads_all() {
    let root = repository(&[("a.py", "f(1)"), ("b.py", "g(1)")]);
    let mut session = session(root.path(), 1);
    ask(&mut session, "f($X)").unwrap();
    assert!(session.states.iter().all(|state| state.facts.is_none()));
    let asked = search("g");
    let needs = Needs::search(asked.clone());
    let found = session.scan(&needs, &Cancel::new(), &Quiet).unwrap().searches.remove(&asked);
    let found = found.unwrap().unwrap();
    let held = session.states[1].facts.as_ref().unwrap();
    assert!(Arc::ptr_eq(&found.files[0].facts, &held.0) && held.1 == Planes::Trivia);
    assert!(session.states[0].facts.is_none());
}

#[test]
fn the_text_of_any_file_is_that_which_was_read_first() {
    let root = repository(&[("a.py", "x = 'é'; y\n"), ("b.py", "word"), ("c.py", "1")]);
    let mut session = session(root.path(), 1);
    let mut needs = Needs::facts(asked(None, Planes::Head));
    needs.words.insert("word".into());
    session.scan(&needs, &Cancel::new(), &Quiet).unwrap();
    assert_eq!(session.states.iter().filter(|state| state.text.is_some()).count(), 1);
    let source = session.source("a.py").unwrap();
    assert_eq!((source.slice(11, 12), source.position(11).col), ("\n", 11));
    for path in ["a.py", "b.py"] {
        std::fs::write(root.path().join(path), "other").unwrap();
    }
    std::fs::remove_file(root.path().join("c.py")).unwrap();
    assert_eq!(session.source("b.py").unwrap().slice(0, 4), "word");
    for path in ["a.py", "c.py"] {
        assert_eq!(session.source(path).err().unwrap().kind, Kind::ChangedDuringRun);
    }
    assert_eq!(session.source("no.py").err().unwrap().code, codes::MISSING);
}

#[test]
fn a_file_that_cannot_be_read_is_listed_and_has_no_facts() {
    let root = repository(&[("a.py", "x"), ("b.py", "\0"), ("c.py", &"#".repeat(2 << 20))]);
    let mut session = session(root.path(), 1);
    let found = ask_facts(&mut session, &asked(None, Planes::Body)).unwrap();
    assert_eq!((found.files.len(), found.cover.scanned, found.cover.skipped.len()), (1, 1, 2));
    assert!(session.source("b.py").err().unwrap().message.contains("zero byte"));
}

#[test]
fn manifests_are_those_of_the_scope_and_on_the_way_to_it() {
    let files = [
        ("pyproject.toml", "[project]"),
        ("a/setup.py", "\u{feff}setup()"),
        ("a/b/Cargo.toml", "[package]"),
        ("a/b/c/x.py", "x"),
        ("a/b/c/setup.cfg", "[metadata]"),
        ("other/Cargo.toml", "[workspace]"),
        (".hidden/Cargo.toml", "[workspace]"),
    ];
    let root = repository(&files);
    let manifests = |within: &[&str], lang| {
        let bounds = Bounds {
            root: root.path().to_owned(),
            within: within.iter().map(|&path| path.to_owned()).collect(),
            exclude: Vec::new(),
            lang,
            jobs: 1,
        };
        let session = Session::open(bounds, 1 << 20, &Cancel::new()).unwrap();
        session.manifests().iter().map(|(path, _)| path.to_string()).collect::<Vec<_>>()
    };
    let inside = ["a/b/Cargo.toml", "a/b/c/setup.cfg", "a/setup.py", "pyproject.toml"];
    assert_eq!(manifests(&["a/b/c/x.py", "a/b/c"], Lang::Rust), inside);
    assert_eq!(manifests(&[], Lang::Python).len(), 5);
    let session = session(root.path(), 1);
    let texts = session.manifests();
    assert_eq!(&*texts.iter().find(|(path, _)| &**path == "a/setup.py").unwrap().1, "setup()");
}
