//! Runs that are killed at any moment go on from their last checkpoint and come to the same result.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::{Place, difference, qplan_in, without_times};

/// Loops, branches, policies, futures, jumps, a module, tables: whatever a checkpoint has to hold.
const PLAN: &str = r#"@params limit=3
step "Start" id=start -> begun {
  var total = 0
  var seen = []
  search "load" -> hits
  print "hits", hits.count
  return hits, n=1
}
step "Loop" id=loop {
  each (x, i) in [1, 2, 3, 4] {
    step "Inner" id=inner { sleep 2ms; set total = total + x; print "x", x, i }
    if x > limit {
      step "Big" id=big onError="retry=1, continue" { sleep 1ms; assert x < 4 message="too big" }
    } else if x == 2 {
      step "Two" id=two { set seen = seen + [{x: x}] }
    } else {
      step "Small" id=small { set seen = seen + [x] }
    }
  }
  while total < 14 {
    step "More" id=more { set total = total + 2; sleep 1ms }
  }
  future delay=3ms value=[total] -> later
  future assert false message="nobody reads me" -> broken
  step "Tables" id=tables onError=continue { print broken }
  step "Parallel" id=both {
    parallel {
      step "One" id=one { sleep 2ms; print "one"; search "read" -> more_hits }
      step "Another" id=another { print "two"; calls load -> sites }
    }
    return one, sites
  }
}
step "Again" id=again {
  count "load" -> counted
  if total < 20 { set total = total + 5; jump again }
  return counted
}
step "End" { print total, seen, error.message, later, begun.n, len(hits), again.counted; return again }
"#;

const MODULE: &str = "@params name\nstep \"S\" id=s { search name -> found; step \"T\" { sleep 1ms }; return = found.count }\n";

fn place() -> Place {
    Place::new([
        ("plan.qp", PLAN),
        (".qplan/modules/count.qp", MODULE),
        (
            "src/a.py",
            "def load(path):\n    return read(path)\n\n\ndef read(path):\n    return path\n",
        ),
        ("src/b.py", "from a import load\n\nprint(load(\"x\"))\n"),
    ])
}

/// The result without what differs from run to run: names, times, and how the files came to be read.
fn result(text: &str) -> Value {
    let mut value: Value =
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    without_times(&mut value);
    value["run"] = Value::Null;
    for field in ["scans", "files", "parses_per_file", "bytes_read"] {
        value["summary"][field] = Value::Null;
    }
    value
}

/// Complains of where two results differ.
fn same(found: &Value, expected: &Value, when: &str) {
    if found != expected {
        panic!("{when}\n{}", difference(&format!("{expected:#}"), &format!("{found:#}")));
    }
}

fn start(place: &Place, args: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qplan"));
    place.seal(&mut command).current_dir(place.path()).args(args);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the program starts")
}

/// Kills a run after a while, unless it has ended.
fn kill_after(place: &Place, args: &[&str], wait: Duration) {
    let mut child = start(place, args);
    std::thread::sleep(wait);
    drop(child.kill());
    drop(child.wait());
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

const RUN: [&str; 8] =
    ["plan.qp", "--root", ".", "--checkpoint", "kept", "--format", "json", "--quiet"];
const RESUME: [&str; 5] = ["resume", "kept", "--format", "json", "--quiet"];

#[test]
fn a_run_killed_at_any_moment_goes_on_to_the_same_result() {
    let whole = place();
    let began = Instant::now();
    let expected = whole.qplan(&RUN, "");
    let takes =
        u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX).clamp(20_000, 2_000_000);
    assert_eq!(expected.code, 0, "{}", expected.stderr);
    let expected = result(&expected.stdout);
    let free = whole.qplan(&["plan.qp", "--root", ".", "--format", "json"], "");
    same(&result(&free.stdout), &expected, "checkpoints change nothing");
    std::thread::scope(|scope| {
        for seed in 0..2 {
            let expected = &expected;
            scope.spawn(move || {
                let mut dice = Dice(seed);
                for _ in 0..50 {
                    killed_twice(&mut dice, takes, expected);
                }
            });
        }
    });
}

/// A run is killed, taken up, killed again, and taken up again: two points each time.
fn killed_twice(dice: &mut Dice, takes: u64, expected: &Value) {
    let place = place();
    let (first, second) = (dice.throw(takes), dice.throw(takes));
    kill_after(&place, &RUN, Duration::from_micros(first));
    kill_after(&place, &RESUME, Duration::from_micros(second));
    let last = place.qplan(&RESUME, "");
    let points = format!("killed after {first} and {second} of {takes} µs: {}", last.stderr);
    if last.stderr.contains("came to its end") {
        return;
    }
    // Before the first checkpoint there is nothing to go on from, and nothing is lost.
    let is_too_early =
        ["there is no folder", "holds no"].iter().any(|told| last.stderr.contains(told));
    let last = if is_too_early {
        drop(std::fs::remove_dir_all(place.path().join("kept")));
        place.qplan(&RUN, "")
    } else {
        last
    };
    assert_eq!(last.code, 0, "{points}");
    same(&result(&last.stdout), expected, &points);
}

/// A run that ended in an error goes on from the step before it.
fn broken() -> Place {
    let place = Place::new([
        (
            "plan.qp",
            "step \"A\" { search \"f\" -> hits; print hits.count }\nstep \"B\" { file read \"later.txt\" -> text; print text }\n",
        ),
        ("a.py", "f(1)\n"),
    ]);
    let ran = place.qplan(&["plan.qp", "--root", ".", "--checkpoint", "kept"], "");
    assert_eq!((ran.code, &*ran.stdout), (1, "1\n"), "{}", ran.stderr);
    place.file("later.txt", "there now");
    place
}

#[test]
fn what_failed_is_tried_again() {
    let place = broken();
    let ran = place.qplan(&["resume", "kept"], "");
    assert_eq!((ran.code, &*ran.stdout), (0, "1\nthere now\n"), "{}", ran.stderr);
    let again = place.qplan(&["resume", "kept"], "");
    assert_eq!(again.code, 2);
    assert!(again.stderr.contains("came to its end"), "{}", again.stderr);
}

#[test]
fn a_changed_plan_is_refused_with_the_difference() {
    let place = broken();
    place.file(
        "plan.qp",
        "step \"A\" { search \"f\" -> hits; print hits.count }\nstep \"B\" { print 1 }\n",
    );
    let ran = place.qplan(&["resume", "kept", "--rescan"], "");
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("changed since the checkpoint: `plan.qp`; line 2"),
        "{}",
        ran.stderr
    );
}

#[test]
fn changed_files_are_refused_with_their_names_unless_rescanned() {
    let place = broken();
    place.file("a.py", "f(2)\n");
    place.file("b.py", "f(3)\n");
    let ran = place.qplan(&["resume", "kept"], "");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("changed: `a.py`; new: `b.py`"), "{}", ran.stderr);
    let ran = place.qplan(&["resume", "kept", "--rescan"], "");
    assert_eq!((ran.code, &*ran.stdout), (0, "1\nthere now\n"), "{}", ran.stderr);
}

#[test]
fn the_last_checkpoints_are_kept_and_a_torn_one_is_passed_over() {
    let place = broken();
    let kept = place.path().join("kept");
    assert_eq!(states(&place).len(), 2);
    let last = kept.join(&states(&place)[1]);
    let bytes = std::fs::read(&last).expect("the state is there");
    std::fs::write(&last, &bytes[..bytes.len() / 2]).expect("it can be torn");
    let ran = place.qplan(&["resume", "kept"], "");
    assert_eq!((ran.code, &*ran.stdout), (0, "1\nthere now\n"), "{}", ran.stderr);

    let many = Place::new([(
        "plan.qp",
        "step \"A\" { each x in [1,2,3,4,5,6] { step \"B\" { print x } } }\n",
    )]);
    let run = ["plan.qp", "--root", ".", "--checkpoint", "kept", "--max-checkpoints", "3"];
    assert_eq!(many.qplan(&run, "").code, 0);
    assert_eq!(states(&many).len(), 3);
    assert_eq!(many.qplan(&run, "").code, 0, "a run that is over is written over");
}

#[test]
fn a_run_that_is_not_over_is_not_written_over_and_one_process_writes() {
    let place = broken();
    let run = ["plan.qp", "--root", ".", "--checkpoint", "kept"];
    let ran = place.qplan(&run, "");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("`qplan resume kept` goes on with it"), "{}", ran.stderr);
    let slow = Place::new([("plan.qp", "step \"A\" { sleep 20s }\n")]);
    let mut first = start(&slow, &run);
    let patience = Instant::now();
    while !slow.path().join("kept/state-0000000000").exists() {
        assert!(patience.elapsed() < Duration::from_secs(60), "no checkpoint was written");
        std::thread::sleep(Duration::from_millis(5));
    }
    let second = slow.qplan(&["resume", "kept"], "");
    drop(first.kill());
    drop(first.wait());
    assert_eq!(second.code, 2);
    assert!(second.stderr.contains("another process writes it"), "{}", second.stderr);
}

#[test]
fn permissions_are_asked_for_again() {
    let place = Place::new([(
        "plan.qp",
        "step \"A\" { print 1 }\nstep \"B\" { file write \"out.txt\" content=\"x\"; assert false }\n",
    )]);
    let run = ["plan.qp", "--root", ".", "--checkpoint", "kept", "--allow-write", "."];
    assert_eq!(place.qplan(&run, "").code, 1);
    drop(std::fs::remove_file(place.path().join("out.txt")));
    let ran = place.qplan(&["resume", "kept"], "");
    assert!(ran.stderr.contains("the run was begun with `--allow-write=.`"), "{}", ran.stderr);
    assert!(ran.stderr.contains("writing `out.txt` is not allowed"), "{}", ran.stderr);
    assert!(!place.path().join("out.txt").exists());
}

#[test]
fn a_folder_with_anything_else_in_it_is_left_as_it_is() {
    let place = Place::new([
        ("plan.qp", "step \"A\" { print 1 }\n"),
        ("mine/run", "mine"),
        ("mine/actions", "mine"),
        ("notes/table-of-contents.md", "mine"),
    ]);
    for folder in ["mine", "notes", "."] {
        let ran = place.qplan(&["plan.qp", "--root", ".", "--checkpoint", folder], "");
        assert_eq!(ran.code, 2, "{folder}: {}", ran.stderr);
        assert!(ran.stderr.contains("which is not of a run"), "{folder}: {}", ran.stderr);
    }
    for file in ["mine/run", "mine/actions", "notes/table-of-contents.md"] {
        let text = std::fs::read_to_string(place.path().join(file)).ok();
        assert_eq!(text.as_deref(), Some("mine"), "{file}");
    }
}

/// The names of the states that a run has kept, sorted.
fn states(place: &Place) -> Vec<String> {
    let names = std::fs::read_dir(place.path().join("kept")).expect("the folder is there");
    let names =
        names.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()));
    let mut names: Vec<String> = names.filter(|name| name.starts_with("state-")).collect();
    names.sort();
    names
}

#[test]
fn a_jump_that_is_on_its_way_into_a_step_goes_on_to_its_target() {
    let plan = "step \"One\" { var n = 0 }
step \"Outer\" id=outer {
  print \"first of outer\"
  step \"Inner\" id=inner { print \"inner\"; set n = n + 1; if n == 2 { file read \"later.txt\" -> text; print text } }
}
step \"Again\" { if n < 2 { jump inner } }
";
    let place = Place::new([("plan.qp", plan)]);
    let ran = place.qplan(&["plan.qp", "--root", ".", "--checkpoint", "kept"], "");
    assert_eq!((ran.code, &*ran.stdout), (1, "first of outer\ninner\ninner\n"), "{}", ran.stderr);
    // The last one stands before `inner`, the one before it before `outer`, with the jump on its way.
    let last = states(&place).pop().expect("there are states");
    std::fs::remove_file(place.path().join("kept").join(last)).expect("it is there");
    place.file("later.txt", "there now");
    let ran = place.qplan(&["resume", "kept"], "");
    assert_eq!(ran.stdout, "first of outer\ninner\ninner\nthere now\n", "{}", ran.stderr);
}

#[test]
fn the_error_of_a_future_is_raised_at_each_read_with_checkpoints_too() {
    let plan = "step \"A\" {
  future assert false message=\"one\" -> f
  future assert false message=\"two\" -> g
  step \"B\" onError=continue { print f }
  step \"C\" onError=continue { print \"never\", f }
  step \"D\" onError=continue { print \"never\", g }
  var g = \"another value\"
  step \"E\" { print g, error.message; file read \"later.txt\" -> text; print text }
  step \"F\" onError=continue { print \"never\", f }
  step \"G\" { print g, error.message }
}
";
    let place = Place::new([("plan.qp", plan)]);
    let ran = place.qplan(&["plan.qp", "--root", ".", "--checkpoint", "kept"], "");
    assert_eq!((ran.code, &*ran.stdout), (1, "another value two\n"), "{}", ran.stderr);
    place.file("later.txt", "there now");
    let ran = place.qplan(&["resume", "kept"], "");
    let expected = "another value two\nthere now\nanother value one\n";
    assert_eq!((ran.code, &*ran.stdout), (0, expected), "{}", ran.stderr);
}

#[test]
fn a_run_is_taken_up_from_any_directory_with_the_modules_of_a_path_relative_to_the_first_one() {
    let place = Place::new([
        (
            "here/plan.qp",
            "step \"A\" { say }\nstep \"B\" { say; file read \"later.txt\" -> x; print x }\n",
        ),
        ("here/more/say.qp", "step \"S\" { print \"said\" }\n"),
    ]);
    let run = ["plan.qp", "--root", ".", "--module-path", "more", "--checkpoint", "../kept"];
    let ran = qplan_in(&place.path().join("here"), &run, "");
    assert_eq!((ran.code, &*ran.stdout), (1, "said\nsaid\n"), "{}", ran.stderr);
    place.file("here/later.txt", "there now");
    let ran = place.qplan(&["resume", "kept"], "");
    assert_eq!((ran.code, &*ran.stdout), (0, "said\nsaid\nthere now\n"), "{}", ran.stderr);
}

#[test]
fn whatever_byte_is_wrong_a_run_is_taken_up_or_refused() {
    let mut dice = Dice(7);
    let place = broken();
    let kept = place.path().join("kept");
    let names = std::fs::read_dir(&kept).expect("the folder is there").flatten();
    let files: Vec<_> = names.map(|entry| entry.path()).collect();
    let good: Vec<Vec<u8>> =
        files.iter().map(|path| std::fs::read(path).expect("a file")).collect();
    for (path, bytes) in files.iter().zip(&good).filter(|(_, bytes)| !bytes.is_empty()) {
        for _ in 0..6 {
            std::fs::remove_dir_all(&kept).expect("the folder is there");
            std::fs::create_dir(&kept).expect("the folder is gone");
            for (path, bytes) in files.iter().zip(&good) {
                std::fs::write(path, bytes).expect("it can be put back");
            }
            let mut bad = bytes.clone();
            let sides = u64::try_from(bad.len()).expect("it is small");
            let at = usize::try_from(dice.throw(sides)).expect("it is small");
            bad[at] ^= 1 << dice.throw(8);
            std::fs::write(path, bad).expect("it can be written");
            let ran = place.qplan(&["resume", "kept"], "");
            let told = format!("{}, byte {at}: {}{}", path.display(), ran.stdout, ran.stderr);
            let is_right = (ran.code, &*ran.stdout) == (0, "1\nthere now\n");
            assert!(is_right || ran.code == 2 && ran.stdout.is_empty(), "{told}");
        }
    }
}

/// Every kind of block, policies, jumps, a module, parameters of every type.
const BLOCKS: &str = r#"@params p={a: 1}, d=5s, l=[1, "x"], f=1.5, n=null
step "Obj" { each (k, v) in {a: 1, b: 2} { step "O" { print k, v } } }
step "Str" { each (c, ci) in "aéz" { step "T" { print c, ci } } }
step "Kv" { each e in {x: [1], y: null} { step "K" { print e.key, e.value } } }
step "Tab" { search "f(" mode=literal -> hits; each (h, hi) in hits { step "H" { print h.line, hi, h.text } } }
step "Retry" id=again onError="retry=2, delay=1ms, continue" {
  step "Sub" onError="retry=1, fail" { count "load" -> x; assert x == 7 message="no ${x}" }
}
step "Jumper" onError="jump='land'" { step "In" { assert false } }
step "Skipped" { print "never" }
step "Land" id=land { print error.kind, error.step, error.attempt; print p, d, l, f, n }
step "While" { var i = 0; while i < 3 { set i = i + 1; if i == 2 { continue }; step "W" { print i } } }
step "Nest" { if 1 == 2 { print 1 } else if 1 == 3 { print 2 } else { step "E" { print "else" } } }
step "Outer" { print "first"; step "Target" id=target { set i = i + 1; print i } }
step "Back" { if i < 6 { jump target } }
step "End" { file read "later.txt" -> text; print len(run), hits.count, text }
"#;

#[test]
fn a_run_goes_on_from_each_of_its_checkpoints() {
    let place = place();
    place.file("plan.qp", BLOCKS);
    let run = ["plan.qp", "--root", ".", "--param", "n=given"];
    let kept = ["--checkpoint", "kept", "--max-checkpoints", "1000"];
    assert_eq!(place.qplan(&[&run[..], &kept[..]].concat(), "").code, 1);
    place.file("later.txt", "there now");
    let whole = place.qplan(&[&run[..], &["--format", "json"]].concat(), "");
    assert_eq!(whole.code, 0, "{}", whole.stderr);
    let expected = result(&whole.stdout);
    let states = states(&place);
    assert!(states.len() > 25, "{states:?}");
    let folder = place.path().join("kept");
    // The last states go first, so that every one is once the last.
    for last in states.iter().rev() {
        let copy = Place::new([("plan.qp", BLOCKS)]);
        for file in std::fs::read_dir(&folder).expect("the folder is there").flatten() {
            let bytes = std::fs::read(file.path()).expect("a file");
            let to = copy.path().join("kept").join(file.file_name());
            std::fs::create_dir_all(copy.path().join("kept")).expect("it can be made");
            std::fs::write(to, bytes).expect("it can be written");
        }
        let kept = copy.path().join("kept").display().to_string();
        let ran = place.qplan(&["resume", &kept, "--format", "json", "--quiet"], "");
        assert_eq!(ran.code, 0, "{last}: {}", ran.stderr);
        same(&result(&ran.stdout), &expected, last);
        std::fs::remove_file(folder.join(last)).expect("it is there");
    }
}
