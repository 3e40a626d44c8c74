//! Every code: explained by plans that are run, raised somewhere, mended by its suggestions, told alike to people and to
//! programs.

use std::fs;
use std::path::Path;

use qplan::actions;
use qplan::diagnostic::code::{self, Explanation};
use qplan::diagnostic::render::{Color, render};
use qplan::diagnostic::{Diagnostic, fix, json};
use qplan::run::{self, Library, Loaded, Surroundings};
use qplan::source::SourceId;
use qplan::system::memory::Memory;
use regex::Regex;
use serde_json::Value;

use crate::docs::{complain, small, told};
use crate::harness::{Place, words};
use crate::spec::side_by_side;
use crate::tidy::sources;

/// Codes that no plan can show, each with the reason.
const SILENT: &[(&str, &str)] = &[
    ("QP0111", "it takes a text of 4 GiB"),
    ("QP0501", "it takes somebody who aborts"),
    ("QP0505", "the check before a run finds it first; a library may run what it did not check"),
    ("QP0506", "as above"),
    ("QP0507", "as above"),
    ("QP0604", "it takes a machine without threads, or a root that goes away while it is read"),
    ("QP0616", "it takes a pattern whose root is of a kind that trees do not have"),
    ("QP0716", "it takes a network that fails; `tests/it/http.rs` has one"),
    ("QP0717", "it takes a server that is slow; `tests/it/http.rs` has one"),
    ("QP0720", "it takes `qplan resume` in a directory that some run left"),
];

/// A repository in which something is wrong with a file, a link and some modules.
fn odd() -> Place {
    let place = small();
    place.file(".qplan/modules/rooted.qp", "@root \"src\"\nstep \"A\" { print 1 }\n");
    place.file(".qplan/modules/endless.qp", "step \"A\" { endless -> x }\n");
    fs::write(place.path().join(".qplan/modules/torn.qp"), b"caf\xe9\n")
        .expect("a file can be written");
    fs::write(place.path().join("latin.txt"), b"caf\xe9\n").expect("a file can be written");
    #[cfg(unix)]
    std::os::unix::fs::symlink("loop", place.path().join("loop")).expect("a link can be made");
    place
}

#[test]
fn the_plans_of_every_code_show_it_and_mend_it() {
    let shown: Vec<&Explanation> = code::all().filter(|e| !e.wrong.is_empty()).collect();
    let complaints = side_by_side(&shown, |e| {
        let mut complaints = Vec::new();
        let wrong = first_code(e.wrong);
        if wrong.as_deref() != Some(e.code.0) {
            complaints.push(format!("{}: the wrong plan shows {wrong:?}\n{}", e.code, e.wrong));
        }
        if let Some(left) = first_code(e.right) {
            complaints.push(format!("{}: the right plan shows {left}\n{}", e.code, e.right));
        }
        let explained = Place::new([]).qplan(&["explain", e.code.0], "");
        if explained.code != 0 || !explained.stdout.contains(e.title) {
            complaints.push(format!("explain {}\n{}", e.code, told(&explained)));
        }
        complaints
    });
    complain(&complaints.concat());
}

/// The first error of a plan, before or while it runs; without errors its first warning. A first line `// qplan plan.qp …`
/// says how it is run.
fn first_code(plan: &str) -> Option<String> {
    let place = odd();
    place.file("plan.qp", plan);
    let check = ["check", "plan.qp", "--root", ".", "--diagnostics", "json"];
    let checked = place.qplan(&check, "");
    let found: Value = serde_json::from_str(&checked.stdout).unwrap_or_default();
    if let Some(code) = first_error(&found) {
        return Some(code);
    }
    let line = plan.lines().next().and_then(|line| line.strip_prefix("// qplan plan.qp"));
    let mut args = words("plan.qp --diagnostics json --max-statements 200000 --format json");
    args.extend(
        words(line.unwrap_or("")).into_iter().filter(|word| word != "--format" && word != "json"),
    );
    if !args.contains(&"--root".to_owned()) {
        args.extend(words("--root ."));
    }
    let ran = place.qplan(&args, "");
    let report: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
    let warning = found.as_array().and_then(|rows| rows.first()).unwrap_or(&Value::Null);
    match first_error(&report).or_else(|| code_of(&report["error"])) {
        Some(code) => Some(code),
        None if ran.code == 0 => code_of(warning),
        None => Some(format!("something else: {}", told(&ran))),
    }
}

fn code_of(row: &Value) -> Option<String> {
    row["code"].as_str().map(str::to_owned)
}

fn first_error(rows: &Value) -> Option<String> {
    let mut rows = rows.as_array().into_iter().flatten();
    rows.find(|row| row["severity"] == "error").and_then(code_of)
}

#[test]
fn codes_that_no_plan_shows_are_listed_with_a_reason() {
    let silent: Vec<&str> =
        code::all().filter(|e: &&Explanation| e.wrong.is_empty()).map(|e| e.code.0).collect();
    let listed: Vec<&str> = SILENT.iter().map(|(code, _)| *code).collect();
    assert_eq!(silent, listed);
}

#[test]
fn every_code_is_raised_somewhere() {
    let constant = Regex::new(r"pub const (\w+): Code\b").expect("the expression is right");
    let is_table = |module: &[String]| module.starts_with(&["diagnostic".into(), "code".into()]);
    let (tables, others): (Vec<_>, Vec<_>) =
        sources().into_iter().partition(|file| is_table(&file.module));
    let raised: Vec<String> = others.iter().map(|file| file.code()).collect();
    let mut unused = Vec::new();
    for table in tables {
        let stage = table.module.last().cloned().unwrap_or_default();
        for hit in constant.captures_iter(&table.text) {
            let used = format!(r"\b(?:{stage}|codes?)::{}\b|\b{}\b", &hit[1], &hit[1]);
            let used = Regex::new(&used).expect("the expression is right");
            if !raised.iter().any(|code| used.is_match(code)) {
                unused.push(format!("{stage}::{}", &hit[1]));
            }
        }
    }
    assert!(unused.is_empty(), "nothing raises {unused:?}");
}

/// A plan, read and checked.
fn load(plan: &str) -> Loaded {
    let (registry, world) = (actions::registry(), Memory::new());
    let library = Library::new(&world, Path::new("/"), &[]);
    run::load("plan.qp", plan, Surroundings { registry: &registry, library: &library, lang: None })
}

/// What a plan is told before it runs.
fn said(plan: &str) -> Vec<Diagnostic> {
    load(plan).diagnostics
}

fn is_mendable(diagnostic: &Diagnostic) -> bool {
    diagnostic.suggestions.iter().any(|suggestion| suggestion.applicable)
}

/// The plan with every suggestion applied whose meaning is certain, again and again until none is left.
fn mended(plan: &str) -> Result<String, String> {
    let mut plan = plan.to_owned();
    for _ in 0..10 {
        let diagnostics = said(&plan);
        if !diagnostics.iter().any(is_mendable) {
            return Ok(plan);
        }
        let next = fix::apply(&plan, SourceId(0), &diagnostics);
        if next == plan {
            return Err(format!("the suggestions change nothing:\n{plan}"));
        }
        plan = next;
    }
    Err(format!("the suggestions never end:\n{plan}"))
}

/// Plans that are said to be mendable, each with where it is from: of the specification, and of the explanations.
fn faulty() -> Vec<(String, String)> {
    let cases = crate::spec::cases().into_iter().filter(|(_, case)| case.expects("codes"));
    let cases = cases.filter_map(|(path, case)| {
        let plan = case.files().find(|(name, _)| *name == "plan.qp")?.1.to_owned();
        Some((format!("{}: {}", path, case.title), plan))
    });
    let wrong = code::all().filter(|e| !e.wrong.is_empty());
    cases.chain(wrong.map(|e| (e.code.0.to_owned(), e.wrong.to_owned()))).collect()
}

/// Errors as they are told.
fn told_errors(diagnostics: &[Diagnostic], wanted: impl Fn(&Diagnostic) -> bool) -> Vec<String> {
    let errors = diagnostics.iter().filter(|d| d.is_error() && wanted(d));
    errors.map(|d| format!("{} {}", d.code, d.message)).collect()
}

#[test]
fn suggestions_alone_mend_what_they_belong_to() {
    let mut complaints = Vec::new();
    let mut mendable = 0;
    for (place, plan) in faulty() {
        let before = said(&plan);
        if !before.iter().any(is_mendable) {
            continue;
        }
        mendable += 1;
        let better = match mended(&plan) {
            Ok(better) => better,
            Err(why) => {
                complaints.push(format!("{place}: {why}"));
                continue;
            }
        };
        // What no suggestion belongs to stays; nothing else is left, and nothing comes.
        let stays = told_errors(&before, |d| !is_mendable(d));
        let mut left = told_errors(&said(&better), |_| true);
        left.retain(|error| !stays.contains(error));
        if !left.is_empty() {
            complaints.push(format!("{place}\n{plan}\nbecame\n{better}\nwith {left:#?}"));
        }
    }
    assert!(mendable > 100, "{mendable}");
    complain(&complaints);
}

/// Codes, severities, messages and places of what people are shown, from its first lines.
fn read(human: &str) -> Vec<(String, String, String, String)> {
    let head =
        Regex::new(r"(?m)^\[(QP\d{4})\] (Error|Warning): ((?s:.*?))\n +╭─\[ plan.qp:(\d+:\d+) \]")
            .expect("the expression is right");
    let heads = head.captures_iter(human).map(|hit| hit.extract::<4>().1);
    heads
        .map(|[code, kind, text, at]| (code.into(), kind.to_lowercase(), text.into(), at.into()))
        .collect()
}

#[test]
fn people_and_programs_are_told_the_same() {
    let mut complaints = Vec::new();
    let mut compared = 0;
    for (place, plan) in faulty() {
        let loaded = load(&plan);
        let human = render(&loaded.diagnostics, &loaded.sources, Color::Off);
        let rows = serde_json::json!(json::rows(&loaded.diagnostics, &loaded.sources));
        let rows = rows.as_array().cloned().unwrap_or_default();
        let text = |row: &Value, name: &str| row[name].as_str().unwrap_or("").to_owned();
        let told: Vec<_> = rows
            .iter()
            .map(|row| {
                let at = format!("{}:{}", row["span"]["line"], row["span"]["col"]);
                (text(row, "code"), text(row, "severity"), text(row, "message"), at)
            })
            .collect();
        let flat =
            |text: &str| text.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ");
        let helps = rows.iter().all(|row| flat(&human).contains(&flat(&text(row, "help"))));
        let slices = rows.iter().all(|row| {
            let bytes =
                |name: &str| row["span"][name].as_u64().and_then(|at| usize::try_from(at).ok());
            bytes("start").zip(bytes("end")).is_some_and(|(lo, hi)| plan.get(lo..hi).is_some())
        });
        compared += told.len();
        if read(&human) != told || !helps || !slices {
            complaints.push(format!("{place}: helps {helps}, places {slices}\n{human}\n{told:#?}"));
        }
    }
    assert!(compared > 300, "{compared}");
    complain(&complaints);
}
