//! What is offered behind a text, given a session that ran a few statements.

use std::sync::Arc;

use super::*;
use crate::action::Output;
use crate::actions;
use crate::diagnostic::Fault;
use crate::run::session::Outside;
use crate::run::{Options, Watch};
use crate::step::event::Silent;
use crate::step::handle::Handle;
use crate::system::control::Quiet;

struct Nobody;

impl Output for Nobody {
    fn line(&self, _: &str) -> Result<(), Fault> {
        Ok(())
    }

    fn log(&self, _: &str, _: &str) {}
}

fn session(root: &Path, statements: &[&str]) -> Session {
    let options = Options { root: Some(root.to_owned()), ..Options::default() };
    let mut session = Session::new(options, actions::registry(), Arc::new(Quiet));
    let handle = Handle::new(Arc::new(Silent));
    let watch = Watch { output: &Nobody, handle: &handle };
    for text in statements {
        let evaluated = session.evaluate(text, &Outside { system: &Os, watch });
        assert!(evaluated.succeeded(), "{text}");
    }
    session
}

fn root() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir(root.path().join("src")).unwrap();
    std::fs::write(root.path().join("src/a.py"), "class A: pass\nclass B: pass\n").unwrap();
    root
}

/// What is offered, and the text before the part that is replaced.
fn offered<'t>(session: &Session, before: &'t str) -> (&'t str, Vec<String>) {
    let (from, words) = complete(session, before);
    (&before[..from], words)
}

#[test]
fn commands_and_what_they_take_are_offered() {
    let root = root();
    let session = session(root.path(), &["var total = 3"]);
    assert_eq!(offered(&session, ":l"), ("", vec![":load".to_owned()]));
    assert_eq!(offered(&session, ":events o"), (":events ", vec!["off".into(), "on".into()]));
    assert_eq!(offered(&session, ":show tot"), (":show ", vec!["total".to_owned()]));
    assert_eq!(
        offered(&session, ":explain QP010"),
        (":explain ", offered(&session, ":explain QP010").1)
    );
    assert!(offered(&session, ":explain qp010").1.contains(&"QP0101".to_owned()));
    assert_eq!(offered(&session, ":help sea").1, ["search"]);
    let path = format!(":load {}/sr", root.path().display());
    assert_eq!(offered(&session, &path).1, [format!("{}/src/", root.path().display())]);
}

#[test]
fn actions_their_operations_keys_and_words_are_offered() {
    let root = root();
    let session = session(root.path(), &[]);
    assert_eq!(offered(&session, "sea").1, ["search"]);
    assert_eq!(offered(&session, "print 1\nstep \"A\" { cal").1, ["calls"]);
    assert!(offered(&session, "file re").1.contains(&"read".to_owned()));
    assert_eq!(
        offered(&session, "q \"entity=class\" lim"),
        ("q \"entity=class\" ", vec!["limit=".into()])
    );
    assert_eq!(offered(&session, "q \"x\" lang=py").1, ["python"]);
    assert!(!offered(&session, "q \"x\" limit=3 l").1.contains(&"limit=".to_owned()));
    assert_eq!(offered(&session, "step \"A\" on").1, ["onError="]);
    assert_eq!(offered(&session, "@ex").1, ["@exclude"]);
}

#[test]
fn names_and_the_fields_of_their_values_are_offered() {
    let root = root();
    let session = session(
        root.path(),
        &["q \"entity=class\" -> classes", "var plain = {one: {two: 2}, list: [{deep: 1}]}"],
    );
    assert_eq!(offered(&session, "print cla").1, ["classes"]);
    assert_eq!(offered(&session, "print plain.o"), ("print plain.", vec!["one".into()]));
    assert_eq!(offered(&session, "print plain.one.").1, ["two"]);
    assert_eq!(offered(&session, "print plain.list[0].d").1, ["deep"]);
    assert!(offered(&session, "classes[0].na").1.contains(&"name".to_owned()));
    assert!(offered(&session, "print \"${classes.rows[1].fi").1.contains(&"file".to_owned()));
    assert_eq!(offered(&session, "classes.cov").1, ["coverage"]);
    assert_eq!(offered(&session, "print join_t").1, ["join_text("]);
}

#[test]
fn fields_are_known_before_the_action_ran() {
    let root = root();
    let session = session(root.path(), &[]);
    assert_eq!(
        offered(&session, "step \"A\" {\n q \"x\" -> found\n print found[0].qual").1,
        ["qualname"]
    );
    assert_eq!(offered(&session, "q \"x\" -> found\nprint found.summ").1, ["summary"]);
}

#[test]
fn files_are_offered_where_a_path_is_wanted() {
    let root = root();
    let session = session(root.path(), &[]);
    assert_eq!(offered(&session, "q \"x\" in=\"s"), ("q \"x\" in=\"", vec!["src/".into()]));
    assert_eq!(offered(&session, "file read path=\"src/").1, ["src/a.py"]);
    assert_eq!(offered(&session, "@in \"src/a").1, ["src/a.py"]);
    assert!(offered(&session, "print \"s").1.is_empty());
}

#[test]
fn steps_are_offered_behind_jump() {
    let root = root();
    let session = session(root.path(), &[]);
    let text = "step id=first { }\nstep \"The last\" { jump ";
    assert_eq!(offered(&session, text).1, ["first", "the_last"]);
}

#[test]
fn whatever_is_typed_is_completed_without_a_panic() {
    let root = root();
    let session = session(root.path(), &["var é = {ü: 1}"]);
    let text = "q \"é${é.ü} -> é[\" { \"\"\" é\n\\ ]) } é.ü # é\nfuture q é= jump -> \u{1F600}";
    for (at, _) in text.char_indices() {
        let (from, _) = complete(&session, &text[..at]);
        assert!(from <= at && text.is_char_boundary(from));
        complete(&session, &text[at..]);
    }
}
