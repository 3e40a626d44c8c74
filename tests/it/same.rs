//! The same answers, byte for byte: without a cache, while one is written, with what it knows, behind an edit and its
//! undoing, with one thread and with four, over files that were only touched. On the small repositories of the cases, on
//! this project's own sources, and on packages of Python's standard library where there is a Python.

use std::fs;
use std::io::{Write, stderr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::docs::small;
use crate::harness::{Place, Ran, difference, package, timeless, without_times};
use crate::spec;

/// As long as times of files must lie back to prove anything.
const OLD: Duration = Duration::from_millis(2_200);

/// What a plan is to ask, each in a step of its own, so that what fails is told too.
const QUESTIONS: &[&str] = &[
    "q entity=function -> x",
    "q entity=function name=\"get_*\" -> x",
    "q entity=function has=\"return $X\" -> x",
    "q entity=function inside=\"class $C\" has=\"self.$A\" -> x",
    "q entity=function inside=\"impl Session\" -> x",
    "q entity=function follows=\"import $M\" -> x",
    "q entity=method name=\"~^is_|_of$\" -> x",
    "q entity=method lang=python precedes=\"def $F($$$): $$$B\" -> x",
    "q entity=class -> x",
    "q entity=class name=\"*Error\" -> x",
    "q entity=class has=\"def __init__($$$): $$$B\" lang=python -> x",
    "q entity=callsite name=\"~^(len|open|read)\" -> x",
    "q entity=callsite inside=\"for $A in $B: $$$C\" lang=python -> x",
    "q entity=callsite name=unwrap lang=rust -> x",
    "q entity=import -> x",
    "q entity=import name=\"os*\" -> x",
    "q entity=import globs=\"*_t*\" -> x",
    "q pattern=\"$A.unwrap()\" -> x",
    "q pattern=\"$A.get($K, $D)\" -> x",
    "q pattern=\"$F($X, $X)\" -> x",
    "q pattern=\"return None\" lang=python -> x",
    "q pattern=\"raise $E($$$ARGS)\" lang=python -> x",
    "q pattern=\"if $A == $B: $$$C\" lang=python pattern.strictness=relaxed -> x",
    "q pattern=\"isinstance($X, ($$$T))\" inside=\"def $F($$$): $$$B\" lang=python -> x",
    "q pattern=\"let $X = $Y?;\" lang=rust -> x",
    "q pattern=\"match $X { $$$ARMS }\" lang=rust inside=\"fn $F($$$) -> Option<$T> { $$$B }\" -> x",
    "q pattern=\"vec![$$$]\" lang=rust -> x",
    "q pattern=\"$A + $A\" -> x",
    "q \"pattern='print($X)'\" -> x",
    "search \"self\" mode=identifier limit=5 -> x",
    "search \"TODO\" include_strings=true -> x",
    "search \"path\" mode=identifier include_strings=true -> x",
    "search \"[A-Z]{3,}_[A-Z]+\" mode=regex -> x",
    "search \"->\" mode=literal limit=20 -> x",
    "search \"none\" ignore_case=true -> x",
    "search \"nowhere to be found\" mode=literal -> x",
    "search \"os.path\" -> x",
    "search r\"\\w+(?=\\()\" limit=50 context_lines=2 -> x",
    "search r\"(?<!\\.)\\b(\\w)\\1\\w+\" mode=regex include_strings=true -> x",
    "search r\"(?=(\\w+\\s?)+;)\\w\" mode=regex -> x",
    "calls \"load\" -> x",
    "calls \"loads\" -> x",
    "calls \"JSONDecoder.decode\" -> x",
    "calls \"ensure_future\" -> x",
    "calls \"_splitext\" -> x",
    "calls \"message_from_string\" -> x",
    "calls \"Look.at\" -> x",
    "calls \"Session.scan\" uses_in=\"src\" -> x",
    "calls \"keep\" -> x",
    "q entity=class limit=1 -> first\n  search query=first.rows[0].name mode=identifier -> x",
];

fn plan() -> String {
    let step = |(number, question): (usize, &&str)| {
        format!("step \"{number}\" onError=continue {{\n  {question}\n  return = x\n}}\n")
    };
    QUESTIONS.iter().enumerate().map(step).collect()
}

/// What a run said, without what the clock and the cache have a say in.
fn comparable(ran: &Ran) -> String {
    let Ok(mut result) = serde_json::from_str::<Value>(&ran.stdout) else {
        let text = timeless(&ran.stdout);
        let lines = text.lines().filter(|line| !line.starts_with("files: "));
        let text: Vec<&str> = lines.collect();
        return format!("{}\n{}\nexit {}\n", text.join("\n"), timeless(&ran.stderr), ran.code);
    };
    without_times(&mut result);
    if let Some(result) = result.as_object_mut() {
        result.remove("run");
    }
    if let Some(summary) = result.get_mut("summary").and_then(Value::as_object_mut) {
        for field in ["files", "scans", "parses_per_file", "bytes_read"] {
            summary.remove(field);
        }
    }
    let text = serde_json::to_string_pretty(&result).unwrap_or_default();
    format!("{text}\n{}\nexit {}\n", timeless(&ran.stderr), ran.code)
}

/// How many files were parsed.
fn parsed(ran: &Ran) -> u64 {
    let result: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
    result["summary"]["files"]["parsed"].as_u64().unwrap_or(u64::MAX)
}

/// A place and a file of it that is edited.
struct Corpus {
    name: &'static str,
    place: Place,
    edited: &'static str,
}

impl Corpus {
    fn run(&self, args: &[&str]) -> Ran {
        let common = ["plan.qp", "--root", ".", "--format", "json", "--quiet"];
        self.place.qplan(&[&common[..], args].concat(), "")
    }

    /// Every way to run the plan here; what differs, and how.
    fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        let mut holds = |what: &str, expected: &Ran, found: &Ran, most: u64| {
            let (expected, said) = (comparable(expected), comparable(found));
            if expected != said {
                complaints.push(format!(
                    "{}, {what}:\n{}",
                    self.name,
                    difference(&expected, &said)
                ));
            }
            if parsed(found) > most {
                complaints.push(format!("{}, {what}: {} were parsed", self.name, parsed(found)));
            }
        };
        let bare = self.run(&["--no-cache"]);
        assert!(parsed(&bare) < u64::MAX, "{}: {}", self.name, comparable(&bare));
        holds("cold", &bare, &self.run(&[]), u64::MAX);
        holds("warm", &bare, &self.run(&[]), 0);
        let path = self.place.path().join(self.edited);
        let before = fs::read_to_string(&path).expect("the file that is edited is there");
        let words = if self.edited.ends_with("py") { "load = open" } else { "fn load() {}" };
        fs::write(&path, format!("{before}\n\n{words}\n")).expect("it can be edited");
        holds("edited", &self.run(&["--no-cache"]), &self.run(&[]), 1);
        fs::write(&path, before).expect("it can be put back");
        holds("reverted", &bare, &self.run(&["--jobs", "1"]), 0);
        self.touch(self.place.path());
        holds("touched", &bare, &self.run(&["--jobs", "4"]), 0);
        holds(
            "without a cache, four threads",
            &bare,
            &self.run(&["--no-cache", "--jobs", "4"]),
            u64::MAX,
        );
        complaints
    }

    fn touch(&self, directory: &Path) {
        for entry in fs::read_dir(directory).expect("a directory can be listed").flatten() {
            let path = entry.path();
            if path.is_dir() {
                self.touch(&path);
            } else {
                let file = fs::File::options().write(true).open(&path).expect("it can be opened");
                file.set_modified(SystemTime::now()).expect("it can be touched");
            }
        }
    }
}

/// Copies the sources below a directory.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory can be made");
    for entry in fs::read_dir(from).expect("a directory can be listed").flatten() {
        let (path, kind) = (entry.path(), entry.file_type().expect("it has a kind"));
        let is_source = path.extension().is_some_and(|kind| kind == "py" || kind == "rs");
        if kind.is_dir() {
            copy(&path, &to.join(entry.file_name()));
        } else if is_source {
            fs::copy(&path, to.join(entry.file_name())).expect("a file can be copied");
        }
    }
}

fn copied(name: &'static str, parts: &[(PathBuf, &str)], edited: &'static str) -> Corpus {
    let place = Place::new([]);
    parts.iter().for_each(|(from, to)| copy(from, &place.path().join(to)));
    Corpus { name, place, edited }
}

/// Where Python keeps its library.
fn python_library() -> Option<PathBuf> {
    let say = "import sysconfig; print(sysconfig.get_path('stdlib'))";
    let ran = Command::new("python3").args(["-I", "-c", say]).output().ok()?;
    let path = PathBuf::from(String::from_utf8(ran.stdout).ok()?.trim());
    ["json", "asyncio", "email"].iter().all(|part| path.join(part).is_dir()).then_some(path)
}

#[test]
fn questions_are_answered_alike_however_much_is_known() {
    let ours = ["src/scan", "src/facts"];
    let ours = ours.map(|part| (package().join(part), part));
    let mut corpora = vec![
        Corpus { name: "a small repository", place: small(), edited: "src/a.py" },
        copied("these sources", &ours, "src/scan/stamp.rs"),
    ];
    match python_library() {
        Some(path) => {
            let parts = ["json", "asyncio", "email"].map(|part| (path.join(part), part));
            corpora.push(copied("Python's library", &parts, "json/decoder.py"));
        }
        None => {
            drop(writeln!(stderr(), "skipped: there is no Python whose library could be asked"))
        }
    }
    corpora.iter().for_each(|corpus| corpus.place.file("plan.qp", &plan()));
    sleep(OLD);
    let complaints = spec::side_by_side(&corpora, Corpus::complaints).concat();
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}

#[test]
fn examples_say_the_same_however_much_is_known() {
    let dir = fs::read_dir(package().join("examples")).expect("there are examples");
    let mut paths: Vec<_> = dir.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ext| ext == "qp"));
    paths.sort();
    let mut corpora: Vec<Corpus> = Vec::new();
    for path in &paths {
        let text = fs::read_to_string(path).expect("an example can be read");
        if !text.starts_with("// args:") {
            let corpus = Corpus { name: "an example", place: small(), edited: "src/b.py" };
            corpus.place.file("plan.qp", &text);
            corpora.push(corpus);
        }
    }
    assert!(corpora.len() >= 5, "{}", corpora.len());
    let complaints = spec::side_by_side(&corpora, |corpus| {
        let bare = comparable(&corpus.run(&["--no-cache"]));
        let runs = [&["--jobs", "4"][..], &[], &["--jobs", "1"]].map(|args| corpus.run(args));
        let other = runs.iter().map(comparable).find(|run| *run != bare);
        other.map(|other| difference(&bare, &other))
    });
    let complaints: Vec<String> = complaints.into_iter().flatten().collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}

/// Each command line of a case without a cache, then three times with one, in its own place.
#[test]
fn cases_that_ask_about_code_say_the_same_the_second_time() {
    let parts = ["q/", "search/", "actions/", "project/", "modules/"];
    let mut cases = spec::cases();
    // What a plan writes, it meets the second time.
    let writes = |title: &str| title.ends_with("file.md");
    cases.retain(|(title, _)| parts.iter().any(|part| title.contains(part)) && !writes(title));
    let asks = |command: &[String]| {
        command.get(1).is_some_and(|word| matches!(&**word, "q" | "calls" | "search" | "plan.qp"))
    };
    let complaints = spec::side_by_side(&cases, |(title, case)| {
        let (place, stdin) = (Place::new(case.files()), case.stdin());
        for command in case.commands().iter().filter(|command| asks(command)) {
            let run = |further: &[&str]| {
                let args = command[1..].iter().map(String::as_str);
                let args: Vec<&str> = args.chain(further.iter().copied()).collect();
                comparable(&place.qplan(&args, stdin))
            };
            let bare = run(&["--no-cache"]);
            for _ in 0..2 {
                let found = run(&[]);
                if found != bare {
                    return Some(format!("── {title}\n{}", difference(&bare, &found)));
                }
            }
        }
        None
    });
    assert!(cases.len() > 200, "{}", cases.len());
    let complaints: Vec<String> = complaints.into_iter().flatten().collect();
    assert!(complaints.is_empty(), "{}\n{}", complaints.len(), complaints.join("\n"));
}
