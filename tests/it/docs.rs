//! What the documentation shows is executed: README, `examples/`, each action's examples, each function's.

use std::fs;

use qplan::action::Group;
use qplan::actions;
use qplan::value::function::FUNCTIONS;

use crate::agents::plans;
use crate::harness::{Place, Ran, package, qplan_in, words};
use crate::server::{Server, house};

/// A small repository for what is shown.
pub(crate) fn small() -> Place {
    Place::new([
        ("a.txt", "1\n2\n3\n"),
        ("data.json", "{\"items\": [1, 2]}\n"),
        ("src/a.py", "import os\n\n\ndef load(path):\n    return getattr(os, \"open\", None)\n"),
        ("src/b.py", "from a import load\n\nprint(load(\"x\"))\n"),
        ("src/lib.rs", "pub fn load(path: &str) -> usize {\n    path.len()\n}\n"),
    ])
}

pub(crate) fn complain(complaints: &[String]) {
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}

pub(crate) fn told(ran: &Ran) -> String {
    format!("exit {}\n{}{}", ran.code, ran.stdout, ran.stderr)
}

#[test]
fn commands_of_the_readme_run() {
    let readme = fs::read_to_string(package().join("README.md")).expect("there is a README.md");
    let mut complaints = Vec::new();
    for block in readme.split("\n```sh\n").skip(1) {
        let block = block.split("\n```").next().unwrap_or("");
        for line in block.lines().filter(|line| line.starts_with("qplan ")) {
            let ran = qplan_in(&package(), &words(line)[1..], "");
            if ran.code != 0 {
                complaints.push(format!("{line}\n{}", told(&ran)));
            }
        }
    }
    complain(&complaints);
}

/// Files of the README, by name, and its sessions: lines `$ qplan …`, each with what it writes.
fn shown(readme: &str) -> (Vec<(String, String)>, Vec<String>) {
    let (mut files, mut sessions) = (Vec::new(), Vec::new());
    for block in readme.split("\n```").skip(1).step_by(2) {
        let (info, text) = block.split_once('\n').unwrap_or((block, ""));
        match info.split_once(' ') {
            Some((_, name)) => files.push((name.to_owned(), format!("{text}\n"))),
            None if info == "console" => sessions.push(text.to_owned()),
            None => {}
        }
    }
    (files, sessions)
}

#[test]
fn answers_of_the_readme_are_what_it_shows() {
    let readme = fs::read_to_string(package().join("README.md")).expect("there is a README.md");
    let (files, sessions) = shown(&readme);
    assert!(files.len() >= 3 && sessions.len() >= 3, "{files:?} {sessions:?}");
    let place = Place::new([]);
    files.iter().for_each(|(name, text)| place.file(name, text));
    for session in sessions {
        for call in session.split("$ qplan ").skip(1) {
            let (line, output) = call.split_once('\n').unwrap_or((call, ""));
            let mut args = words(line);
            args.extend(["--root".to_owned(), ".".to_owned()]);
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let ran = place.qplan(&args, "");
            assert_eq!(ran.stdout.trim_end(), output.trim_end(), "{line}\n{}", told(&ran));
        }
    }
}

#[test]
fn commands_that_help_shows_run() {
    for action in actions::ALL.iter().filter(|action| action.group == Group::Analysis) {
        let help = small().qplan(&[action.name, "--help"], "").stdout;
        let about = help.lines().next().unwrap_or("").to_lowercase();
        assert_eq!(about, action.summary.to_lowercase());
        let lines: Vec<&str> =
            help.lines().filter_map(|line| line.strip_prefix("  qplan ")).collect();
        assert!(!lines.is_empty(), "{help}");
        for line in lines {
            let mut args = words(line);
            args.extend(["--root".to_owned(), ".".to_owned()]);
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let ran = small().qplan(&args, "");
            assert_eq!(ran.code, 0, "{line}\n{}", told(&ran));
        }
    }
}

#[test]
fn plans_of_the_readme_are_right_and_run() {
    let readme = fs::read_to_string(package().join("README.md")).expect("there is a README.md");
    let plans = plans(&readme);
    assert!(!plans.is_empty(), "the README shows a plan");
    for plan in plans {
        let place = small();
        place.file("plan.qp", plan);
        let ran = place.qplan(&["plan.qp", "--root", "."], "");
        assert!(ran.code == 0 && !ran.stderr.contains("[QP"), "{plan}\n{}", told(&ran));
    }
}

/// A plan's first line may say its arguments: `// args: --root .`; it is run from the package's directory.
#[test]
fn examples_run() {
    let dir = fs::read_dir(package().join("examples")).expect("there are examples");
    let mut paths: Vec<_> = dir.map(|entry| entry.expect("examples can be read").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ext| ext == "qp"));
    paths.sort();
    assert!(!paths.is_empty(), "there are examples");
    let mut complaints = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).expect("an example can be read");
        let first = text.lines().next().unwrap_or("");
        let mut args = vec![path.to_string_lossy().into_owned()];
        args.extend(words(first.strip_prefix("// args:").unwrap_or("")));
        let ran = qplan_in(&package(), &args, "");
        if ran.code != 0 {
            complaints.push(format!("{}\n{}", path.display(), told(&ran)));
        }
    }
    complain(&complaints);
}

#[test]
fn examples_of_every_action_run() {
    let mut complaints = Vec::new();
    let served = format!("127.0.0.1:{}", Server::new(house).port);
    for action in actions::ALL {
        assert!(!action.examples.is_empty(), "`{}` shows no example", action.name);
        for example in action.examples {
            let place = small();
            let plan = example.plan.replace("localhost:8000", &served);
            place.file("plan.qp", &format!("step \"Example\" {{\n{plan}\n}}\n"));
            let flags = ["--allow-write", "out", "--allow-env", "--allow-net", &served];
            let ran = place.qplan(&[["plan.qp", "--root", "."].as_slice(), &flags].concat(), "");
            // What stands beside the answer of an analysis (its count) goes to standard error.
            let warned = ran.stderr.contains("[QP")
                || action.group == Group::Basic && ran.stderr.contains("rror");
            if ran.code != 0 || warned {
                complaints.push(format!(
                    "{}: {}\n{}\n{}",
                    action.name,
                    example.title,
                    example.plan,
                    told(&ran)
                ));
            }
        }
    }
    complain(&complaints);
}

#[test]
fn every_operation_has_an_example() {
    for action in actions::ALL {
        let qplan::action::Forms::Ops(ops) = &action.forms else { continue };
        assert!(
            ops.is_sorted_by(|a, b| a.name < b.name),
            "the operations of `{}` are sorted",
            action.name
        );
        for op in *ops {
            let shown = [
                format!("{} {}", action.name, op.name),
                format!("{} op=\"{}\"", action.name, op.name),
            ];
            let called = |plan: &str| {
                shown
                    .iter()
                    .any(|call| format!("{plan} ").replace('\n', " ").contains(&format!("{call} ")))
            };
            assert!(
                action.examples.iter().any(|example| called(example.plan)),
                "`{}` has no example",
                shown[0]
            );
        }
    }
}

#[test]
fn examples_of_every_function_give_what_they_say() {
    let mut plan = String::from("step \"Functions\" {\n");
    for function in FUNCTIONS {
        plan.push_str(&format!(
            "var got = {}\njson parse r'{}' -> want\nassert got == want message=\"{}: ${{got}}\"\n",
            function.example, function.result, function.name
        ));
    }
    plan.push_str("print \"all\"\n}\n");
    let place = Place::new([("plan.qp", plan.as_str())]);
    let ran = place.qplan(&["plan.qp"], "");
    assert!(ran.code == 0 && ran.stdout == "all\n", "{}", told(&ran));
}
