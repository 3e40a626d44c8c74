//! A session asked what changed: what did not keeps its facts, and is not read again.

use super::*;
use crate::facts::needs::Facts as Asked;

fn warm(root: &Path) -> Session {
    let bounds = Bounds {
        root: root.to_owned(),
        within: Vec::new(),
        exclude: Vec::new(),
        lang: Lang::Auto,
        jobs: 1,
    };
    Session::open_warm(bounds, 1 << 20, &Cancel::new()).unwrap()
}

/// The files whose facts there are.
fn read(session: &mut Session) -> Vec<String> {
    let asked = Asked { scope: Scope::default(), planes: Planes::Body };
    let needs = Needs::facts(asked.clone());
    let mut answers = session.scan(&needs, &Cancel::new(), &Quiet).unwrap();
    let answer = answers.facts.remove(&asked).unwrap().unwrap();
    answer.files.iter().map(|file| file.path.to_string()).collect()
}

fn fresh(session: &mut Session) -> Fresh {
    session.refresh(&Cancel::new()).unwrap()
}

#[test]
fn a_session_over_files_that_stay_is_as_it_was() {
    let root = repository(&[("a.py", "f(1)"), ("b.rs", "fn b() {}")]);
    let mut session = warm(root.path());
    assert_eq!(read(&mut session), ["a.py", "b.rs"]);
    assert_eq!((fresh(&mut session), fresh(&mut session)), (Fresh::Same, Fresh::Same));
    assert_eq!((session.tally().scans, session.tally().parsed), (1, 2));
}

#[test]
fn what_did_not_change_is_not_parsed_again() {
    let root = repository(&[("a.py", "f(1)"), ("b.py", "f(2)"), ("c.py", "f(3)")]);
    let mut session = warm(root.path());
    read(&mut session);
    std::fs::write(root.path().join("b.py"), "f(4)").unwrap();
    std::fs::write(root.path().join("aa.py"), "f(5)").unwrap();
    std::fs::remove_file(root.path().join("c.py")).unwrap();
    assert_eq!(fresh(&mut session), Fresh::Changed);
    assert!(session.states.iter().map(|state| state.facts.is_some()).eq([true, false, false]));
    assert_eq!(read(&mut session), ["a.py", "aa.py", "b.py"]);
    assert_eq!(session.tally().parses_per_file, 1);
}

#[test]
fn a_file_that_could_not_be_read_is_looked_at_again() {
    let root = repository(&[("a.py", "f(1)")]);
    std::fs::write(root.path().join("b.py"), b"x = '\xff'").unwrap();
    let mut session = warm(root.path());
    assert_eq!(read(&mut session), ["a.py"]);
    std::fs::write(root.path().join("b.py"), b"x = 'y'").unwrap();
    assert_eq!(fresh(&mut session), Fresh::Changed);
    assert_eq!(read(&mut session), ["a.py", "b.py"]);
}

#[test]
fn a_refresh_that_is_stopped_leaves_the_session_as_it_was() {
    let root = repository(&[("a.py", "f(1)")]);
    let mut session = warm(root.path());
    read(&mut session);
    std::fs::write(root.path().join("b.py"), "f(2)").unwrap();
    let stopped = Cancel::new();
    stopped.abort();
    assert_eq!(session.refresh(&stopped).unwrap_err().kind, Kind::Abort);
    assert_eq!(session.files.len(), 1);
    assert_eq!(fresh(&mut session), Fresh::Changed);
    assert_eq!(read(&mut session), ["a.py", "b.py"]);
}
