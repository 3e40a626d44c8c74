//! Signals to the real program: the first one ends the run with what is known, a second one at once.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::harness::Place;

/// On a machine that is busy, too.
const SOON: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(100);

fn start(place: &Place, args: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qplan"));
    place.seal(&mut command).current_dir(place.path()).args(args);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the program starts")
}

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).expect("the signal is sent");
}

/// The exit code and what it took.
fn wait(child: &mut Child) -> (Option<i32>, Duration) {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            return (status.code(), began.elapsed());
        }
        if began.elapsed() > PATIENCE {
            drop(child.kill());
            panic!("the program does not end");
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Reads events from standard error until one of that name; the rest is read by a thread of its own.
fn until(child: &mut Child, sign: &str) {
    let mut lines = BufReader::new(child.stderr.take().expect("standard error is piped"));
    let mut line = String::new();
    while !line.contains(&format!("\"event\":\"{sign}\"")) {
        line.clear();
        assert!(lines.read_line(&mut line).expect("lines are text") > 0, "`{sign}` never came");
    }
    std::thread::spawn(move || drop(lines.read_to_end(&mut Vec::new())));
}

fn drained(child: &mut Child) -> std::thread::JoinHandle<String> {
    let mut out = child.stdout.take().expect("standard output is piped");
    std::thread::spawn(move || {
        let mut text = String::new();
        out.read_to_string(&mut text).expect("the output is text");
        text
    })
}

fn big() -> Place {
    let place = Place::new([]);
    let body = "def f(a):\n    return needle(a) + f(a)\n\n\n".repeat(60);
    for n in 0..2000 {
        place.file(&format!("p{}/m{n}.py", n % 40), &body);
    }
    place
}

/// What the run is in, and the event that says that it is there.
const MIDDLES: [(&str, &str); 6] = [
    ("sleep 1h", "action_start"),
    ("while true { list first [1] -> n }", "action_end"),
    ("search \"needle\" -> hits", "progress"),
    ("jq \"def f: f; f\" input=1 -> x", "action_start"),
    ("parallel { sleep 1h; step \"In\" { sleep 1h } }", "action_start"),
    ("future sleep 1h -> f; print f", "action_start"),
];

#[test]
fn a_signal_ends_the_run_with_what_is_known() {
    let place = big();
    for (at, (inside, sign)) in MIDDLES.into_iter().enumerate() {
        let plan = format!(
            "step \"Before\" id=before {{ print \"told\"; return = [1, 2] }}\nstep \"A\" id=a onError=continue {{ {inside} }}\nstep \"B\" id=b {{ print 1 }}"
        );
        place.file("plan.qp", &plan);
        let args = ["plan.qp", "--root", ".", "--format", "json", "--events", "jsonl"];
        let mut child = start(&place, &args);
        let out = drained(&mut child);
        until(&mut child, sign);
        send(&child, if at % 2 == 0 { Signal::INT } else { Signal::TERM });
        let (code, took) = wait(&mut child);
        assert_eq!(code, Some(130), "{inside}");
        assert!(took < SOON, "{inside}: {took:?}");
        let text = out.join().expect("the output is read");
        let result: Value =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{inside}: {error}\n{text}"));
        let error = &result["error"];
        assert_eq!((&result["status"], &error["kind"]), (&"aborted".into(), &"abort".into()));
        assert_eq!(error["step"], "a", "{inside}: {error}");
        let steps: Vec<_> = result["steps"]
            .as_array()
            .map(|steps| steps.iter().map(|step| (&step["id"], &step["status"])).collect())
            .unwrap_or_default();
        assert_eq!(steps[0], (&"before".into(), &"ok".into()));
        assert_eq!(steps[1], (&"a".into(), &"error".into()), "an abort meets no policy");
        assert_eq!(result["steps"][0]["result"], serde_json::json!([1, 2]));
        assert_eq!(steps.last(), Some(&(&"b".into(), &"not_run".into())));
        assert_eq!(result["output"], serde_json::json!(["told"]));
    }
}

#[test]
fn a_second_signal_ends_the_program_at_once() {
    let place = Place::new([(
        "plan.qp",
        "step \"A\" { var text = \"0123456789abcdef\"; while true { print text } }",
    )]);
    for signal in [Signal::INT, Signal::TERM] {
        // Nobody reads the lines: the run stands in the middle of one and can hear of nothing.
        let mut child = start(&place, &["plan.qp"]);
        std::thread::sleep(Duration::from_millis(500));
        send(&child, signal);
        std::thread::sleep(Duration::from_millis(300));
        assert!(child.try_wait().expect("a child can be waited for").is_none());
        send(&child, signal);
        let (code, took) = wait(&mut child);
        assert_eq!(code, Some(130));
        assert!(took < SOON, "{took:?}");
    }
}

#[test]
fn a_signal_while_the_result_is_written_ends_the_program_at_once() {
    let plan =
        "step \"A\" { var all = []; while len(all) < 30000 { set all = all + [\"0123456789\"] } }";
    let place = Place::new([("plan.qp", plan)]);
    let mut child = start(&place, &["plan.qp", "--format", "json", "--events", "jsonl"]);
    until(&mut child, "plan_end");
    std::thread::sleep(Duration::from_millis(100));
    send(&child, Signal::INT);
    assert_eq!(wait(&mut child).0, Some(130));
}

#[test]
fn a_reader_that_goes_away_ends_the_run_quietly() {
    let inside = ["while true { print 1 }", "parallel { while true { print 1 }; print 2 }"];
    for inside in inside {
        let place = Place::new([("plan.qp", &*format!("step \"A\" {{ {inside} }}"))]);
        let mut child = start(&place, &["plan.qp"]);
        let mut out = child.stdout.take().expect("standard output is piped");
        out.read_exact(&mut [0; 10]).expect("there is output");
        drop(out);
        let (code, _) = wait(&mut child);
        let mut told = String::new();
        let mut errors = child.stderr.take().expect("standard error is piped");
        errors.read_to_string(&mut told).expect("it is text");
        assert_eq!((code, &*told), (Some(0), ""), "{inside}");
    }
}
