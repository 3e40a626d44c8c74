//! Many threads at once, again and again: no deadlock, the same answers, and no more memory than they are worth.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use qplan::run::Options;
use qplan::step::event::Events;
use qplan::step::handle::Handle;

use crate::control::{Lines, ran};
use crate::events::{Heard, misfit};
use crate::harness::Place;

/// A plan that is not through by then waits for ever.
const PATIENCE: Duration = Duration::from_secs(100);

/// Runs a plan with so many threads: its lines and its status. The events of every run fit.
fn told(place: &Place, plan: &str, jobs: usize) -> (Vec<String>, &'static str) {
    let (root, text) = (place.path().to_owned(), plan.to_owned());
    let (heard, lines) = (Arc::new(Heard::default()), Arc::new(Lines::default()));
    let handle = Handle::new(Arc::clone(&heard) as Arc<dyn Events>);
    let (send, receive) = mpsc::channel();
    let told = Arc::clone(&lines);
    std::thread::spawn(move || {
        let options = Options { jobs: Some(jobs), ..Options::default() };
        let _ = send.send(ran(&root, &text, options, &handle, &told).status);
    });
    let status = receive.recv_timeout(PATIENCE);
    let status = status.unwrap_or_else(|_| panic!("no end with {jobs} threads: {plan:.2000}"));
    assert_eq!(misfit(&heard.all()), None, "{plan:.2000}");
    let lines = lines.0.lock().expect("no holder panics").clone();
    (lines, status)
}

fn thousand() -> String {
    let mut plan = "step \"A\" {\n  parallel {\n".to_owned();
    for n in 0..1000 {
        let branch = match n % 4 {
            0 => format!("future delay=1ms value={n} -> v{n}"),
            1 => format!("step \"S{n}\" {{ sleep 1ms; var v{n} = {n} }}"),
            2 => format!("list first [{n}] -> v{n}"),
            _ => format!("var v{n} = {n}"),
        };
        writeln!(plan, "    {branch}").expect("a string takes text");
    }
    plan += "  }\n  var sum = 0\n";
    for n in 0..1000 {
        writeln!(plan, "  set sum = sum + v{n}").expect("a string takes text");
    }
    plan + "  print sum\n}\n"
}

/// Blocks in blocks; each leaf tells its name.
fn nested(depth: usize, width: usize, name: &str) -> String {
    if depth == 0 {
        return format!("step \"L{name}\" {{ sleep 1ms; print \"{name}\" }}\n");
    }
    let inner = (0..width).map(|n| nested(depth - 1, width, &format!("{name}{n}")));
    format!("parallel {{\n{}}}\n", inner.collect::<String>())
}

#[test]
fn a_thousand_branches_and_blocks_five_deep_come_to_their_end() {
    let place = Place::new([]);
    let nested = format!("step \"A\" {{\n{}}}", nested(5, 4, ""));
    let leaves: Vec<String> = (0..1024_u32)
        .map(|n| {
            (0..5).rev().map(|digit| char::from(b'0' + (n >> (2 * digit) & 3) as u8)).collect()
        })
        .collect();
    for jobs in [1, 2, 8] {
        assert_eq!(told(&place, &thousand(), jobs), (vec!["499500".to_owned()], "completed"));
        assert_eq!(told(&place, &nested, jobs), (leaves.clone(), "completed"));
    }
}

#[test]
fn ten_thousand_futures_come_to_their_end() {
    let place = Place::new([]);
    let plan = r#"step "A" {
  var n = 0
  var sum = 0
  while n < 5000 {
    future value=n -> f
    future assert n >= 0
    set n = n + 1
    if n % 1000 == 0 { set sum = sum + f }
  }
  print sum, f
}"#;
    for jobs in [1, 8] {
        assert_eq!(told(&place, plan, jobs), (vec!["14995 4999".to_owned()], "completed"));
    }
}

#[test]
fn futures_in_branches_in_modules_in_futures_do_not_wait_for_each_other() {
    let place = Place::new([
        (
            ".qplan/modules/outer.qp",
            "@params n=0\nstep \"O\" id=o {\n  parallel {\n    future inner n=n -> a\n    step \"B\" { future inner n=n+1 -> b; return b }\n    inner n=n+2 -> c\n  }\n  return = a + b + c\n}\n",
        ),
        (
            ".qplan/modules/inner.qp",
            "@params n=0\nstep \"I\" id=i {\n  parallel concurrency=1 {\n    future delay=1ms value=n -> x\n    step \"Y\" { sleep 1ms; future value=n -> y; print \"y\", n }\n  }\n  return = x + y\n}\n",
        ),
    ]);
    let mut plan = "step \"A\" {\n  parallel {\n".to_owned();
    for n in 0..12 {
        writeln!(plan, "    future outer n={n} -> f{n}").expect("a string takes text");
    }
    plan += "  }\n  var sum = 0\n";
    for n in 0..12 {
        writeln!(plan, "  set sum = sum + f{n}").expect("a string takes text");
    }
    plan += "  print sum\n}\n";
    let first = told(&place, &plan, 1);
    // Each of 12 calls gives 2n + 2(n+1) + 2(n+2).
    // The lines of a future come at the end of its step.
    assert_eq!(first.0.first().map(String::as_str), Some("468"));
    assert_eq!(first.0.len(), 37);
    for jobs in [1, 2, 8, 2, 8] {
        assert_eq!(told(&place, &plan, jobs), first);
    }
}

#[test]
fn stop_and_errors_at_once_always_end_the_plan_the_same_way() {
    let place = Place::new([]);
    let stop = "step \"A\" { parallel { step \"B\" { sleep 1ms; assert false }; step \"C\" { future delay=1h value=1 -> f; sleep 1ms; stop }; sleep 1h; step \"D\" onError=\"retry=9, delay=1h\" { assert false } } }\nstep \"E\" { print \"never\" }";
    let errors = "step \"A\" onError=continue { parallel { step \"B\" { sleep 1ms; assert false message=\"first\" }; step \"C\" { assert false message=\"second\" } } }\nstep \"E\" { print error.message, error.step }";
    let jump = "step \"A\" onError=\"jump='e'\" { parallel concurrency=2 { assert false message=\"1\"; step \"C\" { future assert false message=\"2\"; sleep 1ms }; print \"p\" } }\nstep \"D\" { print \"never\" }\nstep \"E\" id=e { print error.message }";
    for _ in 0..25 {
        for jobs in [1, 2, 8] {
            assert_eq!(told(&place, stop, jobs), (vec![], "stopped"));
            assert_eq!(told(&place, errors, jobs), (vec!["first b".to_owned()], "completed"));
            assert_eq!(
                told(&place, jump, jobs),
                (vec!["p".to_owned(), "1".to_owned()], "completed")
            );
        }
    }
}

#[test]
fn many_that_scan_at_once_scan_once() {
    let place =
        Place::new([("a.py", "def f():\n    return g()\n"), ("b.py", "from a import f\nf()\n")]);
    let mut plan = "step \"A\" {\n  parallel {\n".to_owned();
    for n in 0..40 {
        let ask = ["search \"f\"", "calls f", "q 'pattern=\"g()\"'", "future search \"g\""][n % 4];
        writeln!(plan, "    {ask} -> r{n}").expect("a string takes text");
    }
    plan += "  }\n  print r0.count, r1.count, r2.count, r3.count, r36.count, r37.count, r38.count, r39.count\n}\n";
    let first = told(&place, &plan, 1);
    assert_eq!(first.1, "completed");
    for jobs in [2, 8, 1, 8] {
        assert_eq!(told(&place, &plan, jobs), first);
    }
}

/// The most memory the program had while it ran, in MiB.
#[cfg(target_os = "linux")]
fn peak(place: &Place, args: &[&str]) -> u64 {
    use std::process::{Command, Stdio};
    let mut command = Command::new(env!("CARGO_BIN_EXE_qplan"));
    place.seal(&mut command).current_dir(place.path()).args(args).stdout(Stdio::null());
    let mut child = command.spawn().expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        most = most.max(kib.unwrap_or(0) / 1024);
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            assert!(status.success(), "{status}");
            return most;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn blocks_in_blocks_take_no_more_than_a_bounded_number_of_threads() {
    let plan = format!("step \"A\" {{\n{}}}", nested(4, 8, ""));
    let place = Place::new([("plan.qp", &*plan), ("many.qp", &*thousand())]);
    let quiet = ["plan.qp", "--jobs", "2"];
    let most = peak(&place, &quiet).max(peak(&place, &["many.qp", "--jobs", "2"]));
    assert!(most < 400, "{most} MiB");
}
