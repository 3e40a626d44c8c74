//! `--max-memory`: whatever grows ends the run soon, as a limit that no policy sees, with what is known until then.
//! Bounds are far over what the program itself takes, and what grows goes far over them or waits there.

use std::fmt::Write;

use serde_json::Value;

use crate::docs::told;
use crate::harness::Place;

/// A text of 32 MiB.
const TEXT: &str = "var text = \"0123456789abcdef\"\n  var n = 0\n  \
                    while n < 21 { set text = text + text; set n = n + 1 }\n";

/// What ends a run of this plan that may take so much: the code and the message.
fn ended(plan: &str, bound: &str) -> (String, String) {
    let place = Place::new([("plan.qp", plan)]);
    let ran = place.qplan(&["plan.qp", "--format", "json", "--max-memory", bound], "");
    let report: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
    assert_eq!((ran.code, &report["status"]), (1, &Value::from("error")), "{}", told(&ran));
    assert_eq!(report["error"]["kind"], "limit");
    let part = |name: &str| report["error"][name].as_str().unwrap_or_default().to_owned();
    (part("code"), part("message"))
}

fn assert_ends(plan: &str) {
    let limit = ("QP0511".to_owned(), "the run took more than 128 MiB of memory".to_owned());
    assert_eq!(ended(plan, "128m"), limit, "{plan}");
}

#[test]
fn variables_that_grow_end_the_run_past_every_policy() {
    let grown = "var all = []\n  while len(all) < 12 { set all = all + [text + str(len(all))] }\n";
    assert_ends(&format!(
        "step \"A\" onError=\"retry=3, continue\" {{\n  {TEXT}  {grown}  sleep 1m\n}}\n"
    ));
    assert_ends(&format!("step \"A\" {{\n  {TEXT}  {grown}  while true {{ set n = 1 }}\n}}\n"));
}

#[test]
fn branches_and_futures_that_grow_end_the_run() {
    let branch = |name: &str| {
        let grow =
            format!("while len({name}) < 6 {{ set {name} = {name} + [text + str(len({name}))] }}");
        format!("step \"{name}\" {{ var {name} = []\n {grow}\n sleep 1m }}\n")
    };
    let branches: String = ["a", "b", "c", "d"].map(branch).concat();
    assert_ends(&format!(
        "step \"A\" {{\n  {TEXT}  parallel ignoreErrors=true {{\n{branches}  }}\n}}\n"
    ));
    let future =
        |name: &str| format!("  future string replace text from=\"0\" to=\"{name}0\" -> {name}\n");
    let futures: String = ["a", "b", "c", "d"].map(future).concat();
    assert_ends(&format!(
        "step \"A\" {{\n  {TEXT}{futures}  print len(a), len(b), len(c), len(d)\n  sleep 1m\n}}\n"
    ));
}

#[test]
fn a_jq_program_that_grows_ends_the_run() {
    let program = "reduce range(1000000000) as $i ([]; . + [$i, ($i | tostring)]) | length";
    assert_ends(&format!("step \"A\" onError=continue {{ jq \"{program}\" -> n; print n }}\n"));
}

/// Files whose facts take much more than the program itself.
fn house() -> Place {
    let place = Place::new([]);
    for file in 0..60 {
        let mut text = String::new();
        for n in 0..1_500 {
            writeln!(
                text,
                "def f{n}(a, b):\n    x = a.value + b[{n}]\n    return g{n}(x, key=a)\n"
            )
            .expect("a string takes text");
        }
        place.file(&format!("src/m{file}.py"), &text);
    }
    place
}

#[test]
fn a_scan_that_takes_too_much_ends_in_the_middle_and_what_was_known_is_written() {
    let place = house();
    place.file(
        "plan.qp",
        "step \"A\" { print \"known\"; return n=1 }\nstep \"B\" { calls f1 -> x }\n",
    );
    let small = place.qplan(&["plan.qp", "--max-memory", "32m", "--format", "json"], "");
    assert_eq!(small.code, 1, "{}", told(&small));
    let report: Value = serde_json::from_str(&small.stdout).unwrap_or_default();
    assert_eq!(report["error"]["code"], "QP0511", "{}", told(&small));
    assert_eq!(report["output"], serde_json::json!(["known"]));
    assert_eq!(report["steps"][0]["result"]["n"], 1);
    assert_eq!(report["actions"][0]["error"]["code"], "QP0511", "{}", told(&small));
    let [large, bare] = [["--no-cache", "--max-memory=8GB"], ["--no-cache", "--jobs=2"]]
        .map(|further| place.qplan(&[&["plan.qp", "--format", "md"][..], &further].concat(), ""));
    assert_eq!(large.code, 0, "{}", told(&large));
    let timeless = crate::harness::timeless;
    assert_eq!(timeless(&large.stdout), timeless(&bare.stdout));
}

#[test]
fn a_session_goes_on_after_a_statement_that_took_too_much() {
    let place = Place::new([]);
    let grow = format!("step \"Grow\" {{\n  {}  sleep 1m\n}}\n", TEXT.replace("< 21", "< 24"));
    let typed = format!("{grow}set text = \"\"\nprint \"on\"\n");
    let ran = place.qplan(&["repl", "--max-memory", "128m"], &typed);
    assert!(ran.stderr.contains("QP0511"), "{}", told(&ran));
    assert!(ran.stdout.ends_with("on\n"), "{}", told(&ran));
}
