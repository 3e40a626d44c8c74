//! Sessions on a pseudo-terminal, as a user has them; and that a session gives what the other ways to run a plan give.
#![cfg(unix)]

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use expectrl::session::OsSession;
use expectrl::{ControlCode, Eof, Expect, Session};

use crate::harness::{Place, package};

/// Nothing takes so long, even where all cores are busy.
const PATIENCE: Duration = Duration::from_secs(120);
/// The editor says so when it takes the terminal, and when it gives it back.
const TAKES: &str = "\u{1b}[?2004h";
const GIVES: &str = "\u{1b}[?2004l";

/// A session at its prompt.
struct Typist {
    session: OsSession,
    /// What was shown before the first prompt.
    greeting: String,
}

impl Typist {
    fn at(place: &Place, arguments: &[&str]) -> Self {
        Self::with_state(place, arguments, &place.path().join("state").to_string_lossy())
    }

    fn with_state(place: &Place, arguments: &[&str], state: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qplan"));
        command.arg("repl").args(arguments).current_dir(place.path());
        // The history lies among the files, where the tests look at it; the cache does not.
        place.seal(&mut command).env("XDG_STATE_HOME", state).env("QPLAN_NO_CACHE", "1");
        command.env("TERM", "xterm").env("NO_COLOR", "1").env_remove("COLUMNS");
        let mut session = Session::spawn(command).expect("the program starts on a terminal");
        session.set_expect_timeout(Some(PATIENCE));
        session.get_process_mut().set_window_size(200, 50).expect("a terminal has a size");
        let mut typist = Self { session, greeting: String::new() };
        typist.greeting = typist.prompt();
        typist
    }

    /// Waits for the prompt; gives what was shown before it.
    fn prompt(&mut self) -> String {
        let shown = self.until(TAKES);
        self.until("qplan> ");
        shown
    }

    fn until(&mut self, needle: &str) -> String {
        match self.session.expect(needle) {
            Ok(found) => String::from_utf8_lossy(found.before()).replace("\r\n", "\n"),
            Err(error) => panic!("`{}` was not shown: {error}", needle.escape_debug()),
        }
    }

    fn keys(&mut self, keys: &str) {
        self.session.send(keys).expect("the terminal takes keys");
    }

    /// Types a line, presses Enter, and gives what was shown for it.
    fn enter(&mut self, line: &str) -> String {
        self.keys(line);
        self.keys("\r");
        self.until(GIVES);
        let shown = self.prompt();
        shown.trim_matches('\n').trim_start_matches('\r').trim_start_matches('\n').to_owned()
    }

    fn leave(mut self) {
        self.session.send(ControlCode::EndOfTransmission).expect("the terminal takes keys");
        self.session.expect(Eof).expect("the program ends");
    }
}

fn classes() -> Place {
    Place::new([("a.py", "class Alpha: pass\nclass Beta: pass\n"), ("pyproject.toml", "")])
}

#[test]
fn a_block_goes_on_until_it_is_closed() {
    let place = classes();
    let mut typist = Typist::at(&place, &[]);
    typist.keys("step \"Two\" id=two {\r");
    typist.keys("  q \"entity=class\" -> found\r");
    typist.keys("  return number=len(found) + 40\r");
    assert_eq!(typist.enter("}"), "two = {\"number\":42}");
    assert_eq!(typist.enter("two.number + 1"), "43");
    typist.leave();
}

#[test]
fn tab_completes_names_fields_and_commands() {
    let place = classes();
    let mut typist = Typist::at(&place, &[]);
    typist.enter("q \"entity=class\" -> classes");
    assert_eq!(typist.enter("print cla\t[1].na\t"), "Beta");
    assert_eq!(typist.enter("print len(\"x\") + joi\t[\"a\", \"b\"], \"-\")"), "1a-b");
    assert!(typist.enter(":va\t").contains("classes"));
    assert!(typist.enter("sea\t Alpha").contains("a.py:1:7: "));
    typist.leave();
}

#[test]
fn the_history_outlives_the_session_and_is_private() {
    let place = classes();
    let mut typist = Typist::at(&place, &[]);
    assert_eq!(typist.enter("print 40 + 2"), "42");
    typist.enter("var second = 1");
    assert_eq!(typist.enter("\u{1b}[A\u{1b}[A"), "42");
    typist.keys("if true {\r");
    assert_eq!(typist.enter("print \"in a block\" }"), "in a block");
    typist.leave();

    let mut typist = Typist::at(&place, &[]);
    assert_eq!(typist.enter("\u{1b}[A"), "in a block");
    typist.leave();
    let mode = |path: &str| {
        use std::os::unix::fs::PermissionsExt;
        let meta = fs::metadata(place.path().join(path)).expect("the history is kept there");
        meta.permissions().mode() & 0o777
    };
    assert_eq!((mode("state/qplan"), mode("state/qplan/history")), (0o700, 0o600));
}

#[test]
fn a_history_that_cannot_be_kept_is_told_once() {
    let place = classes();
    let mut typist = Typist::with_state(&place, &[], "/proc/nowhere");
    assert_eq!(
        typist.greeting.matches("the history is not kept").count(),
        1,
        "{}",
        typist.greeting
    );
    assert_eq!(typist.enter("print 1"), "1");
    assert_eq!(typist.enter("print 2"), "2");
    typist.leave();
}

#[test]
fn an_error_is_drawn_and_explained_and_the_session_goes_on() {
    let place = classes();
    let mut typist = Typist::at(&place, &[]);
    typist.enter("var total = 7");
    let shown = typist.enter("print totl");
    for part in ["[QP0317] Error: nothing declares `totl`", "<repl>:1:7", "did you mean `total`?"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(typist.enter(":explain").contains("QP0317: "));
    let shown = typist.enter("var half = 1; print half / 0");
    assert!(shown.contains("divides by zero"), "{shown}");
    assert_eq!(typist.enter("print total, half"), "7 1");
    typist.leave();
}

#[test]
fn ctrl_c_ends_the_statement_not_the_session() {
    let place = classes();
    let mut typist = Typist::at(&place, &[]);
    typist.keys("var kept = 5; print \"begun\" + \"!\"; sleep 90s\r");
    typist.until("begun!");
    let began = Instant::now();
    typist.session.send(ControlCode::EndOfText).expect("the terminal takes keys");
    let shown = typist.prompt();
    assert!(began.elapsed() < Duration::from_secs(60));
    assert!(shown.contains("aborted"), "{shown}");
    assert_eq!(typist.enter("print kept"), "5");

    typist.keys("print \"never\"");
    typist.session.send(ControlCode::EndOfText).expect("the terminal takes keys");
    typist.prompt();
    assert_eq!(typist.enter("print \"after\""), "after");
    typist.leave();
}

#[test]
fn a_file_that_changed_is_read_anew() {
    let place = classes();
    let mut typist = Typist::at(&place, &["-q"]);
    assert_eq!(typist.enter("q \"entity=class\" -> a; print a.count"), "2");
    place.file("a.py", "class Alpha: pass\nclass Omega: pass\n");
    assert_eq!(
        typist.enter("q \"entity=class\" -> a; print map(a, \"name\")"),
        "[\"Alpha\",\"Omega\"]"
    );
    place.file("b.py", "class New: pass\n");
    assert_eq!(typist.enter("q \"entity=class\" -> a; print a.count"), "3");
    fs::remove_file(place.path().join("a.py")).expect("the file is there");
    assert_eq!(typist.enter("q \"entity=class\" -> a; print map(a, \"name\")"), "[\"New\"]");
    typist.leave();
}

#[test]
fn a_plan_is_loaded_and_what_ran_is_saved_as_one() {
    let place = classes();
    place.file("plan.qp", "@params name=\"Alpha\"\n\nstep \"Find\" id=find {\n  q \"entity=class name=${name}\" -> defs\n  print \"found\", defs.count\n}\n");
    let mut typist = Typist::at(&place, &["-q"]);
    assert_eq!(typist.enter(":load plan.qp"), "found 1");
    assert_eq!(typist.enter("print find.defs[0].name, name"), "Alpha Alpha");
    assert!(typist.enter("print 1 / 0").contains("divides by zero"));
    typist.enter("var more = find.defs.count + 1");
    typist.enter("step \"End\" { print \"more\", more }");
    assert!(typist.enter(":save saved.qp").contains("wrote"));
    typist.leave();
    let checked = place.qplan(&["check", "saved.qp"], "");
    assert_eq!((checked.code, checked.stderr.as_str()), (0, ""));
    let ran = place.qplan(&["saved.qp", "-q"], "");
    assert_eq!(ran.stdout, "found 1\nAlpha Alpha\nmore 2\n");
}

#[test]
fn values_are_shown_short_and_whole() {
    let place = classes();
    let many: String = (0..30).map(|n| format!("class C{n}: pass\n")).collect();
    place.file("a.py", &many);
    let mut typist = Typist::at(&place, &[]);
    let shown = typist.enter("q \"entity=class\" -> found");
    assert!(
        shown.contains("class  a.C9\n… and 20 more rows, `:full` shows all\nfound: = 30"),
        "{shown}"
    );
    let shown = typist.enter(":full");
    assert!(shown.contains("class  a.C29\n") && shown.contains("found: = 30"), "{shown}");
    typist.enter("var small = {one: 1}");
    let shown = typist.enter(":vars");
    assert!(shown.contains("found  = 30, ") && shown.contains("small  {\"one\":1}"), "{shown}");
    assert_eq!(typist.enter(":show found[29].name"), "C29");
    assert_eq!(typist.enter(":full"), "C29");
    assert!(typist.enter(":steps").contains("step_2  ok"));
    typist.leave();
}

#[test]
fn the_root_the_time_and_the_events_can_be_changed() {
    let place = classes();
    place.file("other/b.py", "class Other: pass\n");
    place.file("other/pyproject.toml", "");
    let mut typist = Typist::at(&place, &["-q"]);
    assert_eq!(typist.enter("q \"entity=class\" -> a; print a.count"), "3");
    typist.enter(":root other");
    assert!(typist.enter(":root").ends_with("/other"));
    assert_eq!(typist.enter("q \"entity=class\" -> a; print map(a, \"file\")"), "[\"b.py\"]");
    assert!(typist.enter(":root nowhere").contains("cannot open `nowhere`"));
    typist.enter(":time on");
    assert!(typist.enter("print 1").ends_with(" ms"));
    typist.enter(":time off");
    typist.enter(":events on");
    let shown = typist.enter("print 2");
    for event in ["plan_start", "step_start", "\"line\":\"2\"", "step_end", "plan_end"] {
        assert!(shown.contains(event), "{event}: {shown}");
    }
    typist.enter(":events off");
    assert_eq!(typist.enter("print 3"), "3");
    typist.leave();
}

#[test]
fn results_of_bare_statements_are_held_for_a_while() {
    let place = classes();
    let lines: String = (0..150).map(|n| format!("var x = {n}\n")).collect();
    let ran =
        place.qplan(&["repl", "-q"], &(lines + "print step_150.x, step_51.x\nprint step_50\n"));
    assert!(ran.stdout.ends_with("x = 149\n149 50\n"), "{}", ran.stdout);
    assert!(ran.stderr.contains("nothing declares `step_50`"), "{}", ran.stderr);
}

#[test]
fn the_session_of_the_readme_is_as_it_shows() {
    let readme = fs::read_to_string(package().join("README.md")).expect("there is a README.md");
    let blocks: Vec<&str> = readme.split("\n```").skip(1).step_by(2).collect();
    let files = blocks.iter().filter_map(|block| {
        let (info, text) = block.split_once('\n')?;
        Some((info.split_once(' ')?.1, text))
    });
    let place = Place::new(files);
    let session = blocks.iter().find_map(|block| block.strip_prefix("session\n"));
    let (typed, shown): (Vec<&str>, Vec<&str>) =
        session.expect("a session is shown").lines().partition(|line| line.starts_with("qplan> "));
    let typed: String = typed.iter().map(|line| line.replacen("qplan> ", "", 1) + "\n").collect();
    let ran = place.qplan(&["repl", "-q", "--root", "."], &typed);
    assert_eq!(ran.stdout.lines().collect::<Vec<_>>(), shown, "{}", ran.stderr);
}

#[test]
fn an_unknown_command_names_a_near_one() {
    let place = classes();
    let mut typist = Typist::at(&place, &[]);
    assert_eq!(typist.enter(":hepl"), "error: there is no command `:hepl`; did you mean `:help`?");
    assert_eq!(typist.enter(":xyzzy"), "error: there is no command `:xyzzy`; `:help` lists them");
    typist.keys(":quit\r");
    typist.session.expect(Eof).expect("the program ends");
}
