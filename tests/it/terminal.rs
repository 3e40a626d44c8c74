//! The live view on a pseudo-terminal: what it shows, what it does with keys, and what it leaves behind.
#![cfg(target_os = "linux")]

use std::process::Command;
use std::time::{Duration, Instant};

use expectrl::Session;
use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;

use crate::harness::Place;

const PATIENCE: Duration = Duration::from_secs(60);

/// The program on a terminal, and all it has written there.
struct Shown {
    session: OsSession,
    text: String,
}

impl Shown {
    /// Runs shell commands; `qplan` is the program.
    fn run(place: &Place, script: &str, size: (u16, u16)) -> Self {
        let mut command = Command::new("sh");
        let script = format!("trap : INT; stty cols {} rows {}; {script}", size.0, size.1);
        command.args(["-c", &script.replace("qplan", env!("CARGO_BIN_EXE_qplan"))]);
        place.seal(&mut command).current_dir(place.path()).env("TERM", "xterm-256color");
        command.env_remove("NO_COLOR");
        let session = Session::spawn(command).expect("there is a pseudo-terminal");
        Self { session, text: String::new() }
    }

    /// Reads what is there; false at the end.
    fn read(&mut self) -> bool {
        let mut bytes = [0; 4096];
        match self.session.try_read(&mut bytes) {
            Ok(0) => false,
            Ok(n) => {
                self.text += &String::from_utf8_lossy(&bytes[..n]);
                true
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                std::thread::sleep(Duration::from_millis(5));
                true
            }
            // A terminal without a program gives an error, not an end.
            Err(_) => false,
        }
    }

    /// Waits until the text that came since `from` holds `wanted`.
    fn until(&mut self, from: usize, wanted: &str) -> usize {
        let began = Instant::now();
        loop {
            if let Some(at) = self.text[from..].find(wanted) {
                return from + at;
            }
            assert!(began.elapsed() < PATIENCE, "no `{wanted}` in {:?}", &self.text[from..]);
            assert!(self.read(), "the end before `{wanted}`: {:?}", &self.text[from..]);
        }
    }

    fn send(&mut self, keys: &str) {
        use expectrl::Expect;
        self.session.send(keys).expect("keys can be sent");
    }

    /// Everything that was written, and the exit code.
    fn end(mut self) -> (String, i32) {
        let began = Instant::now();
        while self.read() {
            assert!(began.elapsed() < PATIENCE, "no end: {:?}", self.text);
        }
        match self.session.get_process().wait() {
            Ok(WaitStatus::Exited(_, code)) => (self.text, code),
            other => panic!("{other:?}: {:?}", self.text),
        }
    }
}

const PLAN: &str = r#"step "Collect" {
  step "Fetch it" onError="retry=1, delay=50ms, continue" { sleep 400ms; assert false message="no" }
  step "A name that is far too long for the narrow terminal that this is run on" { sleep 300ms }
  print "a line"
  sleep 400ms
}
"#;

#[test]
fn steps_are_shown_with_state_time_and_retries_and_taken_away_at_the_end() {
    let place = Place::new([("plan.qp", PLAN)]);
    let shown = Shown::run(&place, "qplan plan.qp", (60, 20));
    let (text, code) = shown.end();
    assert_eq!(code, 0, "{text}");
    for part in
        ["▸", "Collect", "Fetch it", "attempt 2", "running", " s", "…", "p pauses", "✓", "~"]
    {
        assert!(text.contains(part), "no `{part}` in {text}");
    }
    assert!(text.contains("\u{1b}[32m"), "colours on a terminal: {text:?}");
    let screen = screen(&text, 60);
    let expected = ["warn: step `fetch_it` failed and the plan goes on: no", "a line"];
    assert_eq!(screen, expected, "{text:?}");
}

/// What is left on a screen that wide: enough of a terminal for what the view does.
fn screen(text: &str, width: usize) -> Vec<String> {
    let mut rows: Vec<Vec<char>> = vec![Vec::new()];
    let (mut row, mut column) = (0, 0);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => column = 0,
            '\n' => {
                row += 1;
                if row == rows.len() {
                    rows.push(Vec::new());
                }
            }
            '\u{1b}' => {
                chars.next();
                let mut number = String::new();
                let last = loop {
                    match chars.next() {
                        Some(c) if c.is_ascii_alphabetic() => break c,
                        Some(c) => number.push(c),
                        None => break ' ',
                    }
                };
                match (last, number.parse().unwrap_or(1)) {
                    ('A', up) => row = row.saturating_sub(up),
                    ('B', down) => row = (row + down).min(rows.len() - 1),
                    ('K', _) => rows[row].clear(),
                    ('m', _) => {}
                    other => panic!("{other:?} in {text:?}"),
                }
            }
            c => {
                assert!(column < width, "line {row} is too long in {text:?}");
                let cells = &mut rows[row];
                cells.resize(cells.len().max(column + 1), ' ');
                cells[column] = c;
                column += 1;
            }
        }
    }
    let rows = rows.iter().map(|row| row.iter().collect::<String>().trim_end().to_owned());
    rows.filter(|row| !row.is_empty()).collect()
}

#[test]
fn p_holds_the_run_and_lets_it_go_on_and_its_time_stands_still() {
    let place = Place::new([("plan.qp", "step \"A\" timeout=3s { sleep 2s; print \"done\" }")]);
    let mut shown = Shown::run(&place, "qplan plan.qp", (80, 24));
    let at = shown.until(0, "p pauses");
    shown.send("p");
    let at = shown.until(at, "p goes on");
    let before = Instant::now();
    while before.elapsed() < Duration::from_secs(3) {
        shown.read();
    }
    // A view that stands still is not drawn anew.
    assert!(shown.text[at..].matches("paused").count() <= 1, "{:?}", &shown.text[at..]);
    shown.send("p");
    shown.until(at, "p pauses");
    let (text, code) = shown.end();
    assert_eq!((code, screen(&text, 80)), (0, vec!["done".to_owned()]), "{text:?}");
    assert!(!text.contains("5."), "the time of the run goes on: {text:?}");
}

#[test]
fn ctrl_c_ends_the_run_and_leaves_the_terminal_as_it_was() {
    let place = Place::new([("plan.qp", "step \"A\" { sleep 1h }")]);
    let script = "stty -g > before; qplan plan.qp; echo \"code $?\"; stty -g > after";
    let mut shown = Shown::run(&place, script, (80, 24));
    shown.until(0, "p pauses");
    shown.send("\u{3}");
    let (text, _) = shown.end();
    assert!(text.contains("code 130"), "{text:?}");
    let screen = screen(&text, 80).join("\n");
    assert!(screen.contains("the run was aborted") && !screen.contains('▸'), "{screen}");
    let read = |name: &str| std::fs::read_to_string(place.path().join(name)).unwrap_or_default();
    assert!(!read("before").is_empty());
    assert_eq!(read("before"), read("after"));
}

#[test]
fn a_second_ctrl_c_ends_the_program_and_leaves_the_terminal_as_it_was_too() {
    // Nobody reads the pipe: the run stands in the middle of a line and hears of nothing.
    let plan = "step \"A\" { sleep 600ms; var text = \"0123456789\"; while true { print text } }";
    let place = Place::new([("plan.qp", plan)]);
    let script = "stty -g > before; (trap : INT; qplan plan.qp; echo \"code $?\" >&2) | (trap '' INT; sleep 5); stty -g > after";
    let mut shown = Shown::run(&place, script, (80, 24));
    shown.until(0, "p pauses");
    std::thread::sleep(Duration::from_millis(1200));
    shown.send("\u{3}");
    std::thread::sleep(Duration::from_millis(300));
    shown.send("\u{3}");
    let (text, _) = shown.end();
    assert!(text.contains("code 130"), "{text:?}");
    let read = |name: &str| std::fs::read_to_string(place.path().join(name)).unwrap_or_default();
    assert_eq!(read("before"), read("after"));
}

#[test]
fn a_run_that_is_over_in_a_moment_shows_nothing() {
    let place = Place::new([("plan.qp", "step \"A\" { print \"hi\" }")]);
    for _ in 0..5 {
        let began = Instant::now();
        let (text, code) = Shown::run(&place, "qplan plan.qp", (80, 24)).end();
        assert_eq!(code, 0);
        if began.elapsed() < Duration::from_millis(300) {
            assert_eq!(text, "hi\r\n");
        }
    }
}

#[test]
fn colours_only_where_they_are_allowed_and_a_view_only_on_a_terminal() {
    let place = Place::new([("plan.qp", "step \"A step\" id=a { sleep 700ms }")]);
    for script in ["NO_COLOR=1 qplan plan.qp", "qplan plan.qp --color never"] {
        let (text, _) = Shown::run(&place, script, (80, 24)).end();
        assert!(text.contains("▸ A step") && !text.contains("[3"), "{script}: {text:?}");
    }
    for script in ["qplan plan.qp --progress never", "qplan plan.qp --quiet"] {
        let (text, _) = Shown::run(&place, script, (80, 24)).end();
        assert_eq!(text, "", "{script}");
    }
    let ran = place.qplan(&["plan.qp"], "");
    assert_eq!((&*ran.stdout, &*ran.stderr), ("", ""));
    let ran = place.qplan(&["plan.qp", "--progress", "always"], "");
    assert_eq!((&*ran.stdout, &*ran.stderr), ("", "a: begins\na: ok\n"));
}

#[test]
fn a_run_in_the_background_leaves_the_terminal_alone() {
    let place = Place::new([("plan.qp", "step \"A\" { sleep 900ms; print \"done\" }")]);
    let script = "set -m; qplan plan.qp & wait; echo \"code $?\"";
    let (text, _) = Shown::run(&place, script, (80, 24)).end();
    assert!(text.contains("done") && text.contains("code 0"), "{text:?}");
}
