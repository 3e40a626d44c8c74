//! Repositories that are not as one would wish: each gets a clear answer, none a crash or a wait.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::harness::{Place, Ran, difference, timeless};

fn named(place: &Path, name: &str) -> std::path::PathBuf {
    place.join(name)
}

/// The lines of standard error that begin with `not seen` or `partly seen`, sorted.
fn unseen(ran: &Ran) -> Vec<&str> {
    let mut lines: Vec<&str> = ran.stderr.lines().filter(|line| line.contains(" seen: ")).collect();
    lines.sort_unstable();
    lines
}

#[cfg(unix)]
#[test]
fn files_that_cannot_be_read_as_code_are_listed_and_the_others_answer() {
    let place = Place::new([("ok.py", "f(1)\n"), ("cr.py", "f(1)\rf(2)\r")]);
    let root = place.path();
    fs::File::create(named(root, "big.py"))
        .and_then(|file| file.set_len(50 << 20))
        .expect("a sparse file");
    fs::write(named(root, "noise.py"), [0xf8, 0x91, 0x00, 0xff, 0x28]).expect("a file");
    fs::write(named(root, "nul.py"), b"f(1)\0\nf(2)\n").expect("a file");
    fs::write(named(root, "latin.py"), b"# -*- coding: latin-1 -*-\nf(\"\xe9\")\n")
        .expect("a file");
    fs::write(named(root, "bom.py"), b"\xef\xbb\xbff(3)\n").expect("a file");
    let fifo = Command::new("mkfifo").arg(named(root, "pipe.py")).status().expect("mkfifo runs");
    assert!(fifo.success());
    std::os::unix::fs::symlink(".", named(root, "loop")).expect("a link");
    std::os::unix::fs::symlink("nowhere", named(root, "dangling.py")).expect("a link");
    let ran = place.qplan(&["q", "pattern='f($X)'"], "");
    let rows: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(
        rows,
        [
            "bom.py:1:1: f(3)",
            "cr.py:1:1: f(1)",
            "cr.py:2:1: f(2)",
            "latin.py:2:1: f(\"é\")",
            "ok.py:1:1: f(1)"
        ]
    );
    assert_eq!(ran.code, 0);
    let expected = [
        "not seen: big.py: 52428800 bytes, over the limit of 4194304",
        "not seen: dangling.py: a symbolic link, not followed",
        "not seen: loop: a symbolic link, not followed",
        "not seen: noise.py: not UTF-8: byte 0xf8 at offset 0",
        "not seen: nul.py: not text: a zero byte at offset 4",
        "not seen: pipe.py: not a regular file",
    ];
    let found = unseen(&ran);
    assert_eq!(
        found.iter().filter(|line| line.starts_with("not seen")).copied().collect::<Vec<_>>(),
        expected
    );
}

#[test]
fn an_empty_repository_and_one_of_other_languages_say_that_nothing_was_looked_at() {
    let others = vec![("main.go", "package main\n"), ("a.txt", "f(1)\n")];
    let none = "warning: no source file lies in the root\n";
    let named = "warning: no source file of python or rust lies in the root; 2 other files do\n";
    for (files, expected) in [(vec![], none), (others, named)] {
        let place = Place::new(files);
        for question in [&["q", "pattern='f($X)'"][..], &["search", "f"][..]] {
            let ran = place.qplan(question, "");
            assert_eq!((ran.stdout.as_str(), ran.code), ("", 0));
            assert!(ran.stderr.contains(expected), "{}", ran.stderr);
        }
    }
}

#[test]
fn deep_trees_are_matched_and_compared_within_bounds() {
    let calls = format!("{}{}\n", "f(".repeat(20_000), ")".repeat(20_000));
    let chain = format!("x = a{}\n", ".b".repeat(20_000));
    let rust = format!("fn main() {{ {}1{} }}\n", "(".repeat(20_000), ")".repeat(20_000));
    let files =
        [("calls.py", calls.as_str()), ("chain.py", chain.as_str()), ("deep.rs", rust.as_str())];
    let place = Place::new(files);
    for pattern in ["f($X)", "$A == $A", "a.b", "($X)", "$F($$$A)"] {
        let ran = place.qplan(&["q", "--limit", "3", &format!("pattern='{pattern}'")], "");
        assert_eq!(ran.code, 0, "{pattern}: {}", ran.stderr);
    }
}

#[test]
fn sources_nested_without_end_are_searched_and_listed() {
    let nested = format!("x = {}{}\n", "(".repeat(1_000_000), ")".repeat(1_000_000));
    let open = format!("x = {}\n", "[".repeat(1_000_000));
    let chain = format!("x = a{}\n", ".b".repeat(100_000));
    let rust = format!("fn x() {{ {} }}\n", "[".repeat(200_000));
    let files =
        [("chain.py", &*chain), ("nested.py", &*nested), ("open.py", &*open), ("open.rs", &*rust)];
    let place = Place::new(files);
    for jobs in ["1", "4"] {
        let ran =
            place.qplan(&["search", "x", "--no-cache", "--jobs", jobs, "--format", "json"], "");
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("a report");
        let broken = &report["actions"][0]["coverage"]["unparsable"];
        let listed: Vec<_> = broken.as_array().into_iter().flatten().map(|b| &b["file"]).collect();
        assert!(
            ["nested.py", "open.py", "open.rs"]
                .iter()
                .all(|file| listed.contains(&&(*file).into()))
        );
        assert_eq!((&report["actions"][0]["count"], ran.code), (&4.into(), 0));
        assert_eq!(report["summary"]["parses_per_file"], 1);
    }
}

#[test]
fn sources_nested_without_end_answer_with_what_could_be_read_of_them() {
    let brackets =
        format!("def f(a): pass\nf(x)\nx = {}{}\n", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let chain = format!("from brackets import f\nf(x)\nx = a{}\n", ".a".repeat(100_000));
    let rust =
        format!("fn g(x: u8) {{ h(x); let y = {}{}; }}\n", "[".repeat(20_000), "]".repeat(20_000));
    let place =
        Place::new([("brackets.py", &*brackets), ("chain.py", &*chain), ("lib.rs", &*rust)]);
    // The calls of the first two lines of each and of `h`, the `x` in them and in what follows, the calls of the one `f`.
    let questions =
        [(&["q", "entity=callsite"][..], 3), (&["search", "x"], 6), (&["calls", "f"], 2)];
    for (question, count) in questions {
        let ran = place.qplan(&[question, &["--format", "json"]].concat(), "");
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("a report");
        let action = &report["actions"][0];
        assert_eq!(
            (ran.code, &action["count"]),
            (0, &count.into()),
            "{question:?}: {}",
            ran.stderr
        );
        assert_eq!(action["complete"], false);
        let listed = action["coverage"]["unparsable"].to_string();
        assert!(listed.contains("brackets.py") && listed.contains("chain.py"), "{listed}");
        assert!(listed.contains("over the limit of 10000"), "{listed}");
    }
}

/// A report without what differs from run to run: its times and its own name.
fn lasting(text: &str) -> String {
    let measured = regex::Regex::new(
        r#"("(?:elapsed_ms|started|id)"): *(?:[0-9.]+|"20[^"]*"|"[0-9a-f]+-[0-9a-f]+")"#,
    );
    timeless(&measured.expect("the expression is right").replace_all(text, "$1: _"))
}

#[test]
fn the_answer_is_the_same_for_any_number_of_threads_and_in_every_run() {
    let sources = (0..60).map(|n| (format!("d{}/m{n}.py", n % 7), format!("f({n})\ng(f({n}))\n")));
    let own = [
        ("core.py", "def g(a): pass\n"),
        ("use.py", "from core import g\ng(1)\n"),
        ("b.rs", "fn g() { g(); }\n"),
    ];
    let own = own.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let sources: Vec<(String, String)> = sources.chain(own).collect();
    let place = Place::new(sources.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let asked = "q pattern=\"f($X)\" -> a\n search \"g\" -> b\n q entity=callsite -> c\n calls core.g -> d\n";
    place.file("plan.qp", &format!("step \"A\" {{\n {asked} print a, b, c, d\n}}\n"));
    for format in ["text", "json", "md"] {
        let answer = |jobs: &&str| {
            place.qplan(&["plan.qp", "--no-cache", "--format", format, "--jobs", jobs], "")
        };
        let answers: Vec<Ran> = ["1", "2", "4", "4"].iter().map(answer).collect();
        let first = lasting(&answers[0].stdout);
        assert!(answers.iter().all(|ran| ran.code == 0), "{}", answers[0].stderr);
        if format == "text" {
            assert!(first.contains("\"count\":120"), "{first}");
        }
        for ran in &answers {
            let found = lasting(&ran.stdout);
            assert!(found == first, "{}", difference(&first, &found));
        }
    }
}

#[test]
fn many_questions_are_one_scan_and_one_parse_a_file() {
    let calls: String = (0..20).map(|n| format!("f{n}(1)\n")).collect();
    let place = Place::new([("a.py", calls.as_str()), ("b.rs", "fn f() { g(1); f(2) }\n")]);
    let questions: String = (0..20)
        .map(|n| format!(" q pattern=\"f{n}($X)\" -> a{n}\n q pattern=\"g($X)\" -> b{n}\n"))
        .collect();
    let scans = |more: &str| {
        let plan = format!(
            "step \"A\" {{\n{questions} q pattern=\"f($X)\" -> last\n search \"f\" -> s\n {more} print len(s)\n}}\n"
        );
        place.file("plan.qp", &plan);
        let ran = place.qplan(&["plan.qp", "--format", "json"], "");
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("a report");
        let summary = &report["summary"];
        (summary["scans"].as_u64(), summary["parses_per_file"].as_u64(), ran.stderr)
    };
    let (all, parses, said) = scans("");
    assert_eq!((all, parses), (Some(1), Some(1)), "{said}");
    // Why some of them found nothing is asked once for all.
    let empty: String = (0..20).map(|n| format!("q pattern=\"none{n}($X)\"\n ")).collect();
    let (all, _, said) = scans(&empty);
    assert_eq!(all, Some(2), "{said}");
}

#[test]
fn files_that_are_seen_in_part_are_named_as_far_as_a_reader_bears() {
    let sources: Vec<(String, &str)> =
        (10..35).map(|n| (format!("m{n}.py"), "def f(:\n")).collect();
    let place = Place::new(sources.iter().map(|(name, text)| (name.as_str(), *text)));
    let ran = place.qplan(&["q", "entity=function", "--root", "."], "");
    let named = ran.stderr.lines().filter(|line| line.starts_with("partly seen: m"));
    assert_eq!(named.count(), 20, "{}", ran.stderr);
    let rest = "partly seen: 5 files more, listed in `coverage.unparsable`";
    assert!(ran.stderr.lines().any(|line| line == rest), "{}", ran.stderr);
}

#[test]
fn a_rule_that_was_given_up_says_nothing_of_what_it_did_not_see() {
    let deep = "get(".repeat(3_000) + &")".repeat(3_000) + "\n";
    let place = Place::new([("deep.py", deep.as_str()), ("flat.py", "get(1)\n")]);
    let ran = place.qplan(&["q", "pattern='get($A, $A)'"], "");
    let expected = "warning: the pattern was given up in 1 file, which is nested too deep";
    assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    let ran = place.qplan(&["q", "entity=callsite all='get($A, $A)'"], "");
    let expected = "warning: 3000 calls lie in files that were not looked through to the end: nothing is known of them; 1 call does not match";
    assert!(ran.stderr.contains(expected), "{}", ran.stderr);
}
