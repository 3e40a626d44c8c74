//! A run driven from another thread through its handle: it ends, stands still and goes on, wherever it is.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use qplan::action::Output;
use qplan::actions;
use qplan::diagnostic::Fault;
use qplan::report::Report;
use qplan::run::{self, Library, Options, Surroundings, Watch};
use qplan::step::event::{Events, State};
use qplan::step::handle::Handle;
use qplan::system::os::Os;

use crate::events::{Event, Heard, misfit};
use crate::harness::Place;

/// What was asked for has to happen within 100 ms and the file at hand; a machine that is busy gets more.
const SOON: Duration = Duration::from_secs(3);
/// Nothing here takes longer, on any machine.
const PATIENCE: Duration = Duration::from_secs(100);

/// Lines in memory.
#[derive(Debug, Default)]
pub(crate) struct Lines(pub(crate) Mutex<Vec<String>>);

impl Output for Lines {
    fn line(&self, text: &str) -> Result<(), Fault> {
        self.0.lock().expect("no holder panics").push(text.to_owned());
        Ok(())
    }

    fn log(&self, _: &str, _: &str) {}
}

/// Runs a plan to its end, in the thread that asks for it.
pub(crate) fn ran(
    root: &Path,
    plan: &str,
    options: Options,
    handle: &Handle,
    lines: &Lines,
) -> Report {
    let registry = actions::registry();
    let library = Library::new(&Os, root, &[]);
    let around = Surroundings { registry: &registry, library: &library, lang: None };
    let mut loaded = run::load("plan.qp", plan, around);
    let options = Options { root: Some(root.to_owned()), ..options };
    let watch = Watch { output: lines, handle };
    let progress = Arc::new(Progress(handle.clone()));
    run::run(&mut loaded, &options, &Os, watch, progress)
        .unwrap_or_else(|wrong| panic!("{plan}\n{wrong:?}"))
}

/// What the scan tells goes to who is told of everything.
struct Progress(Handle);

impl qplan::system::control::Progress for Progress {
    fn files(&self, done: usize, total: usize) {
        self.0.events().progress(done, total);
    }
}

/// A plan that is being run by another thread.
struct Going {
    handle: Handle,
    heard: Arc<Heard>,
    lines: Arc<Lines>,
    thread: JoinHandle<Report>,
}

fn go(root: &Path, plan: &str, options: Options) -> Going {
    let (heard, lines) = (Arc::new(Heard::default()), Arc::new(Lines::default()));
    let handle = Handle::new(Arc::clone(&heard) as Arc<dyn Events>);
    assert_eq!(handle.status(), State::Idle);
    let (root, plan) = (root.to_owned(), plan.to_owned());
    let (inside, told) = (handle.clone(), Arc::clone(&lines));
    let thread = std::thread::spawn(move || ran(&root, &plan, options, &inside, &told));
    Going { handle, heard, lines, thread }
}

impl Going {
    fn until(&self, what: &str, is_met: impl Fn(&Heard) -> bool) {
        let began = Instant::now();
        while !is_met(&self.heard) {
            assert!(began.elapsed() < PATIENCE, "{what} never came: {:?}", self.heard.all());
            assert!(!self.thread.is_finished(), "ended before {what}: {:?}", self.heard.all());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits for the end; the events of every run fit.
    fn end(self) -> (Report, Vec<Event>) {
        let began = Instant::now();
        while !self.thread.is_finished() {
            assert!(began.elapsed() < PATIENCE, "it hangs: {:?}", self.heard.all());
            std::thread::sleep(Duration::from_millis(1));
        }
        let report = self.thread.join().expect("a run does not panic");
        let events = self.heard.all();
        assert_eq!(misfit(&events), None);
        assert_eq!(self.handle.status().name(), report.status);
        (report, events)
    }
}

fn states(events: &[Event]) -> Vec<String> {
    let changes = events.iter().filter(|event| event.name == "state_change");
    changes.map(|event| event.words[0].clone()).collect()
}

/// A repository whose scan takes a while.
fn big() -> Place {
    let place = Place::new([(
        ".qplan/modules/spin.qp",
        "@params n\nstep \"Turns\" { var i = n; while i > 0 { set i = i + 1 } return = i }\n",
    )]);
    let body: String = (0..20)
        .map(|n| format!("def f{n}(a, b):\n    return g{n}(a, f{n}(b, a)) + needle(a)\n\n\n"))
        .collect();
    for n in 0..2500 {
        place.file(
            &format!("p{}/m{n}.py", n % 50),
            &format!("from p{}.m{n} import f1\n\n{body}", n % 50),
        );
    }
    place
}

/// What a run is in the middle of: its name, the plan, and the event that says that it is there.
const MIDDLES: [(&str, &str, &str); 10] = [
    ("a loop", "step \"A\" { var n = 0; while true { set n = n + 1; echo n -> m } }", "action_end"),
    ("a sleep", "step \"A\" { sleep 1h }", "action_start"),
    ("a scan", "step \"A\" { search \"needle\" -> hits }", "progress"),
    ("a pattern", "step \"A\" { q 'pattern=\"needle($X)\"' -> hits }", "progress"),
    ("calls", "step \"A\" { calls needle -> sites }", "progress"),
    (
        "branches",
        "step \"A\" { parallel { sleep 1h; step \"B\" { var n = 0; while true { set n = n + 1 } }; step \"C\" { each x in [1] { sleep 1h } } } }",
        "action_start",
    ),
    (
        "futures",
        "step \"A\" { future sleep 1h -> f; future spin n=1 -> g; var n = 0; while true { set n = n + 1 } }",
        "action_start",
    ),
    ("a module", "step \"A\" { spin n=1 -> x }", "action_start"),
    ("a retry's delay", "step \"A\" onError=\"retry=3, delay=1h\" { assert false }", "step_retry"),
    ("a wait for a future", "step \"A\" { future delay=1h value=1 -> f; print f }", "action_start"),
];

fn in_the_middle(place: &Place, (name, plan, sign): (&str, &str, &str)) -> Going {
    let going = go(place.path(), plan, Options::default());
    going.until(name, |heard| heard.count(sign) > 0);
    going
}

#[test]
fn an_abort_ends_whatever_the_run_is_in_the_middle_of() {
    let place = big();
    for middle in MIDDLES {
        let going = in_the_middle(&place, middle);
        let asked = Instant::now();
        going.handle.abort();
        let (report, events) = going.end();
        let took = asked.elapsed();
        assert!(took < SOON, "{}: {took:?}", middle.0);
        assert_eq!(report.status, "aborted", "{}", middle.0);
        let error = report.error.expect("an aborted run says why");
        assert_eq!((error.kind, error.step.as_deref().map(|step| step.len())), ("abort", Some(1)));
        assert_eq!(states(&events), ["running", "aborted"], "{}", middle.0);
        assert_eq!(events.iter().filter(|event| event.name == "abort").count(), 1);
    }
}

#[test]
fn a_pause_holds_whatever_the_run_is_in_the_middle_of_and_time_stands_still() {
    let place = big();
    for middle in MIDDLES {
        let name = middle.0;
        let going = in_the_middle(&place, middle);
        going.handle.pause();
        assert_eq!(going.handle.status(), State::Paused, "{name}");
        // What was at hand is done: a statement, a file.
        std::thread::sleep(Duration::from_millis(300));
        let still = (going.heard.all().len(), going.handle.cancel().elapsed());
        std::thread::sleep(Duration::from_millis(200));
        let later = (going.heard.all().len(), going.handle.cancel().elapsed());
        assert_eq!(still, later, "{name}: {:?}", going.heard.all());
        going.handle.pause();
        going.handle.resume();
        assert_eq!(going.handle.status(), State::Running, "{name}");
        going.handle.resume();
        going.handle.pause();
        going.handle.abort();
        let (report, events) = going.end();
        assert_eq!(report.status, "aborted", "{name}");
        let expected = ["running", "paused", "running", "paused", "aborted"];
        assert_eq!(states(&events), expected, "{name}: an abort ends a run that is held, too");
    }
}

#[test]
fn a_run_that_was_held_comes_to_the_same_end() {
    let place = big();
    let plan = "step \"A\" id=a { search \"needle\" -> hits; print hits.count }\nstep \"B\" { print \"b\" }";
    let going = go(place.path(), plan, Options::default());
    going.until("the scan", |heard| heard.count("progress") > 0);
    for _ in 0..3 {
        going.handle.pause();
        std::thread::sleep(Duration::from_millis(30));
        going.handle.resume();
        std::thread::sleep(Duration::from_millis(10));
    }
    let lines = Arc::clone(&going.lines);
    let (report, events) = going.end();
    assert_eq!(report.status, "completed");
    assert_eq!(*lines.0.lock().expect("no holder panics"), ["50000", "b"]);
    let states = states(&events);
    assert_eq!((states[0].as_str(), states[1].as_str()), ("running", "paused"));
    assert_eq!(states.last().map(String::as_str), Some("completed"));
}

#[test]
fn timeouts_do_not_fire_while_the_run_is_held() {
    let place = Place::new([]);
    let plan = "step \"A\" timeout=2s { sleep 300ms; print \"done\" }";
    let options = Options { timeout: Some(Duration::from_secs(2)), ..Options::default() };
    let going = go(place.path(), plan, options);
    going.until("the sleep", |heard| heard.count("action_start") > 0);
    going.handle.pause();
    std::thread::sleep(Duration::from_millis(2500));
    assert!(!going.thread.is_finished());
    going.handle.resume();
    let (report, _) = going.end();
    assert_eq!((report.status, report.error.is_none()), ("completed", true));
}

#[test]
fn nothing_can_be_asked_of_a_run_that_is_over() {
    let place = Place::new([]);
    let ends =
        [("print 1", State::Completed), ("stop", State::Stopped), ("assert false", State::Error)];
    for (statement, state) in ends {
        let going = go(place.path(), &format!("step \"A\" {{ {statement} }}"), Options::default());
        let (handle, heard) = (going.handle.clone(), Arc::clone(&going.heard));
        let (_, events) = going.end();
        assert_eq!(states(&events), ["running", state.name()]);
        handle.pause();
        handle.resume();
        handle.abort();
        assert_eq!((handle.status(), heard.all().len()), (state, events.len()));
    }
}

#[test]
fn a_run_may_be_ended_before_it_begins_and_not_held() {
    let place = Place::new([]);
    let handle = Handle::new(Arc::new(Heard::default()));
    handle.pause();
    handle.resume();
    assert_eq!(handle.status(), State::Idle);
    handle.abort();
    let report =
        ran(place.path(), "step \"A\" { print 1 }", Options::default(), &handle, &Lines::default());
    assert_eq!(report.status, "aborted");
}

#[test]
fn pauses_at_any_moment_leave_events_that_fit() {
    let place = Place::new([]);
    for round in 0..60_u64 {
        let plan = "step \"A\" onError=\"retry=2, continue\" { parallel { step \"B\" { echo 1 }; step \"C\" { echo 2; assert false } } }";
        let going = go(place.path(), plan, Options::default());
        let handle = going.handle.clone();
        let teasers: Vec<_> = (0..2)
            .map(|_| {
                let handle = handle.clone();
                std::thread::spawn(move || {
                    let began = Instant::now();
                    while began.elapsed() < Duration::from_millis(30) {
                        handle.pause();
                        std::thread::sleep(Duration::from_micros(50 * (round % 7)));
                        handle.resume();
                    }
                })
            })
            .collect();
        teasers.into_iter().for_each(|teaser| teaser.join().expect("no panic"));
        assert!(handle.status() != State::Paused);
        assert_eq!(going.end().0.status, "completed");
    }
}

/// Calls its own handle while it is told of a pause.
#[derive(Default)]
struct Restless(Mutex<Option<Handle>>, Heard);

impl Events for Restless {
    fn pause(&self) {
        self.1.pause();
        let handle = self.0.lock().expect("no holder panics").clone();
        handle.expect("the handle is known").resume();
    }
    fn step_start(&self, _: &qplan::step::event::StepInfo) {
        let handle = self.0.lock().expect("no holder panics").clone();
        handle.expect("the handle is known").pause();
    }
    fn state_change(&self, new: State, old: State) {
        self.1.state_change(new, old);
    }
}

#[test]
fn who_is_told_of_a_run_may_use_its_handle() {
    let place = Place::new([]);
    let restless = Arc::new(Restless::default());
    let handle = Handle::new(Arc::clone(&restless) as Arc<dyn Events>);
    *restless.0.lock().expect("no holder panics") = Some(handle.clone());
    let report =
        ran(place.path(), "step \"A\" { print 1 }", Options::default(), &handle, &Lines::default());
    assert_eq!(report.status, "completed");
    assert_eq!(states(&restless.1.all()), ["running", "paused", "running", "completed"]);
}

/// The result of a plan whose repository is empty.
fn result(plan: &str, timeout: Option<Duration>) -> (serde_json::Value, Vec<Event>) {
    let place = Place::new([]);
    let (report, events) =
        go(place.path(), plan, Options { timeout, with_context: true, ..Options::default() }).end();
    (serde_json::to_value(&report).expect("a report is JSON"), events)
}

#[test]
fn a_timeout_is_raised_at_the_border_of_the_step_that_owns_it_past_the_policies_inside() {
    for inside in [
        "sleep 1h",
        "while true { }",
        "future delay=1h value=1 -> f; print f",
        "future delay=1h value=1 -> f",
        "parallel ignoreErrors=true { sleep 1h; sleep 1h }",
        "step \"Deeper\" onError=\"retry=9, delay=1h\" { assert false }",
        "step \"Own\" timeout=1h onError=continue { sleep 1h }",
    ] {
        let plan = format!(
            "step \"Outer\" id=outer timeout=150ms onError=continue {{ step \"Inner\" id=inner onError=\"retry=5, continue\" {{ {inside} }} }}\n\
             step \"After\" id=after {{ return kind=error.kind, step=error.step, action=error.action, attempt=error.attempt }}"
        );
        let (report, events) = result(&plan, None);
        assert_eq!(report["status"], "completed", "{inside}: {report}");
        let step = |id: &str| {
            let steps = report["steps"].as_array().expect("there are steps");
            steps.iter().find(|step| step["id"] == id).cloned().unwrap_or_default()
        };
        let after = &step("after")["result"];
        assert_eq!(
            (&after["kind"], &after["step"]),
            (&"timeout".into(), &"outer".into()),
            "{inside}"
        );
        assert_eq!(
            (&step("outer")["status"], &step("inner")["status"]),
            (&"partial".into(), &"error".into())
        );
        assert_eq!(step("inner")["attempts"], 1, "{inside}: its own policy does not meet it");
        let timeouts: Vec<_> = events.iter().filter(|event| event.name == "timeout").collect();
        let owner =
            timeouts.iter().map(|event| event.step.clone().map(|(id, _)| id)).collect::<Vec<_>>();
        assert_eq!(owner, [Some("outer".to_owned())], "{inside}");
    }
}

#[test]
fn every_attempt_has_the_whole_time_of_its_step() {
    let plan = "step \"A\" id=a timeout=200ms onError=\"retry=2, delay=300ms, continue\" { sleep 120ms; assert false }\n\
                step \"B\" id=b { return = error.kind }";
    let (report, events) = result(plan, None);
    assert_eq!(report["steps"][0]["attempts"], 3);
    assert!(events.iter().filter(|event| event.name == "step_error").count() == 3);
}

#[test]
fn the_time_of_the_whole_plan_ends_it_as_aborted() {
    for inside in ["sleep 1h", "while true { }", "parallel { sleep 1h; sleep 1h }"] {
        let plan = format!(
            "step \"A\" id=a onError=\"retry=5, continue\" {{ var n = 1; {inside} }}\nstep \"B\" id=b {{ print 1 }}"
        );
        let (report, events) = result(&plan, Some(Duration::from_millis(150)));
        assert_eq!(
            (&report["status"], &report["error"]["kind"]),
            (&"aborted".into(), &"timeout".into())
        );
        assert_eq!(report["error"]["step"], "a");
        assert_eq!(report["context"]["n"], 1, "what is known is in the result");
        assert_eq!(states(&events), ["running", "aborted"]);
        let told: Vec<_> =
            events.iter().filter(|e| ["abort", "timeout"].contains(&&*e.name)).collect();
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].name.as_str(), &told[0].step), ("timeout", &None));
    }
}
