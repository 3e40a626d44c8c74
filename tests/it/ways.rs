//! One plan, run by every way there is: the library, the command line, standard input, a session. The same steps,
//! answers, output and status. And a session whose files changed answers as a run that never saw the old ones.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use qplan::action::Output;
use qplan::actions;
use qplan::diagnostic::Fault;
use qplan::report::Report;
use qplan::run::params::Given;
use qplan::run::session::{Outside, Session};
use qplan::run::{self, Findings, Library, Options, Surroundings, Watch};
use qplan::step::event::Silent;
use qplan::step::handle::Handle;
use qplan::system::control::Quiet;
use qplan::system::os::Os;
use serde_json::{Value, json};

use crate::docs::small;
use crate::harness::{Place, package, timeless, without_times};

/// Holds the plan's lines.
#[derive(Default)]
struct Lines(Mutex<Vec<String>>);

impl Output for Lines {
    fn line(&self, text: &str) -> Result<(), Fault> {
        self.0.lock().expect("no thread panicked").push(text.to_owned());
        Ok(())
    }

    fn log(&self, _: &str, _: &str) {}
}

/// Plans that end in every way there is; each has a name for complaints.
fn plans() -> Vec<(String, String)> {
    let mut plans: Vec<(String, String)> = [
        ("answers", "@in \"src\"\nstep \"Ask\" id=ask {\n q \"entity=function name=load\" -> defs\n calls load -> uses\n search load -> hits\n return defs, uses, count=hits.count\n}\nstep \"Tell\" { print ask.count, ask.uses.rows[0].file, map(ask.defs, \"line\") }"),
        ("parameters", "plan {\n @params n=3, word=\"x\"\n step { var sum = n + 1; print word, sum }\n}"),
        ("stopped", "step id=one { print 1; stop }\nstep id=two { print 2 }"),
        ("failed", "step id=one { var x = [1]; print x[0] }\nstep id=two { print 1 / 0 }\nstep id=three { print 3 }"),
        ("handled", "step id=one onError=continue { var x = 1; assert x == 2 message=\"no\" }\nstep id=two { print error.message, one, x }"),
        ("jumps", "@title \"Jumps\"\nstep id=one { var n = 0 }\nstep id=two { set n = n + 1; if n < 3 { jump two } }\nstep id=three -> last { print n, run.two; skip }"),
    ]
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .into();
    let examples = fs::read_dir(package().join("examples")).expect("there are examples");
    for entry in examples {
        let path = entry.expect("the directory can be read").path();
        let text = fs::read_to_string(&path).expect("an example can be read");
        plans.push((path.display().to_string(), text));
    }
    plans.sort();
    plans
}

fn options(root: &Path, text: &str) -> Options {
    let given = parameter(text).map(|value| ("target".to_owned(), Given::Text(value.to_owned())));
    Options {
        root: Some(root.to_owned()),
        findings: Findings::LeftOut,
        params: given.into_iter().collect(),
        ..Options::default()
    }
}

/// The value of the parameter `target`, for a plan that asks for it.
fn parameter(text: &str) -> Option<&'static str> {
    text.contains("@params target").then_some("load")
}

/// Runs with everything at hand, and gives the report with the plan's lines.
fn watched(run: impl FnOnce(Watch<'_>) -> Report) -> Value {
    let (lines, handle) = (Lines::default(), Handle::new(Arc::new(Silent)));
    let report = run(Watch { output: &lines, handle: &handle });
    let mut report = serde_json::to_value(&report).expect("a report is JSON");
    report["output"] = json!(lines.0.into_inner().expect("no thread panicked"));
    report
}

fn by_library(root: &Path, text: &str) -> Value {
    let registry = actions::registry();
    let library = Library::new(&Os, root, &[]);
    let around = Surroundings { registry: &registry, library: &library, lang: None };
    let mut loaded = run::load("plan.qp", text, around);
    watched(|watch| {
        run::run(&mut loaded, &options(root, text), &Os, watch, Arc::new(Quiet))
            .expect("the plan is right")
    })
}

fn session(root: &Path, text: &str) -> Session {
    Session::new(options(root, text), actions::registry(), Arc::new(Quiet))
}

fn by_session(session: &mut Session, text: &str) -> Value {
    watched(|watch| {
        let outside = Outside { system: &Os, watch };
        session.load("plan.qp", text, &outside).outcome.expect("the plan is right")
    })
}

/// Options of the program.
fn flags(text: &str) -> Vec<String> {
    let given = parameter(text).map(|value| format!("--param=target={value}"));
    ["--root".to_owned(), ".".to_owned()].into_iter().chain(given).collect()
}

fn by_program(place: &Place, script: &str, text: &str) -> Value {
    let mut args = vec![script.to_owned(), "--format".to_owned(), "json".to_owned()];
    args.extend(flags(text));
    let ran = place.qplan(&args, if script == "-" { text } else { "" });
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stderr))
}

/// What has to be the same: without times, counts of scans, names of the run, and findings.
fn told(report: &Value, root: &Path) -> Value {
    let mut told = json!({
        "status": report["status"],
        "error": report["error"],
        "output": report["output"].as_array().cloned().unwrap_or_default(),
    });
    for list in ["steps", "actions"] {
        let mut rows = report[list].as_array().cloned().unwrap_or_default();
        rows.iter_mut().for_each(without_times);
        for row in rows.iter_mut().filter_map(Value::as_object_mut) {
            row.remove("sections");
        }
        told[list] = rows.into();
    }
    let text = timeless(&told.to_string()).replace("<stdin>", "plan.qp");
    let text = text.replace(&root.display().to_string(), "<dir>");
    serde_json::from_str(&text).expect("it was JSON")
}

#[test]
fn a_plan_gives_the_same_by_every_way() {
    for (name, text) in plans() {
        // Each way has a repository of its own: examples write files.
        let places = [(); 5].map(|()| small());
        let root = |at: usize| fs::canonicalize(places[at].path()).expect("it is there");
        let library = told(&by_library(&root(0), &text), &root(0));
        places[1].file("plan.qp", &text);
        let script = told(&by_program(&places[1], "plan.qp", &text), &root(1));
        let stdin = told(&by_program(&places[2], "-", &text), &root(2));
        let mut warm = session(&root(3), &text);
        let loaded = told(&by_session(&mut warm, &text), &root(3));
        assert_eq!(script, library, "{name}: the command line");
        assert_eq!(stdin, library, "{name}: standard input");
        assert_eq!(loaded, library, "{name}: a session");

        places[4].file("plan.qp", &text);
        let mut args = vec!["repl".to_owned(), "-q".to_owned()];
        args.extend(flags(&text));
        let ran = places[4].qplan(&args, ":load plan.qp\nprint run\n");
        let mut lines: Vec<&str> = ran.stdout.lines().collect();
        let results = lines.pop().unwrap_or_default();
        let known = serde_json::to_string(&warm.value("run")).expect("values are JSON");
        assert_eq!(
            results.replace("<dir>", ""),
            known.replace(&*root(3).to_string_lossy(), ""),
            "{name}: qplan repl"
        );
        if library["output"] != json!([]) {
            assert_eq!(json!(lines), library["output"], "{name}: qplan repl");
        }
    }
}

/// Asks everything that rests on the files: patterns, searches, the model, the files' own facts.
const EVERYTHING: &str = "step id=all {
  q \"entity=function\" -> functions
  q pattern=\"load($$$A)\" -> patterns
  q \"entity=class\" -> classes
  search load -> hits
  calls load -> uses
  return functions, patterns, classes, hits, uses
}";

#[test]
fn a_session_answers_as_a_fresh_run_on_the_changed_files() {
    let place = small();
    let root = fs::canonicalize(place.path()).expect("it is there");
    let mut warm = session(&root, EVERYTHING);
    let path = |name: &str| root.join(name);
    let write = |name: &str, text: &str| fs::write(path(name), text).expect("it can be written");
    let changes: [(&str, &dyn Fn()); 13] = [
        ("nothing", &|| {}),
        ("an edit", &|| write("src/b.py", "from a import load\n\nload(1)\nload(2)\n")),
        ("an edit of the same length", &|| {
            write("src/b.py", "from a import load\n\nload(1)\nlead(2)\n")
        }),
        ("an edit within the same time", &|| {
            let times = fs::metadata(path("src/b.py"))
                .and_then(|meta| meta.modified())
                .expect("it is there");
            write("src/b.py", "from a import load\n\nlaad(1)\nload(2)\n");
            let file = fs::File::options().write(true).open(path("src/b.py")).expect("it is there");
            file.set_modified(times).expect("times can be set");
        }),
        ("a new file", &|| write("src/c.py", "from b import load\n\nclass C:\n    x = load(3)\n")),
        ("a new manifest", &|| write("pyproject.toml", "[project]\nname = \"x\"\n")),
        ("a rename", &|| fs::rename(path("src/a.py"), path("src/z.py")).expect("it is there")),
        ("a rename back over another", &|| {
            fs::rename(path("src/z.py"), path("src/a.py")).expect("it is there")
        }),
        ("a file deleted", &|| fs::remove_file(path("src/b.py")).expect("it is there")),
        ("a file that is no text", &|| {
            fs::write(path("src/c.py"), b"def load():\n  x = '\xff\xfe'\n")
                .expect("it can be written")
        }),
        ("a file that is text again", &|| write("src/c.py", "def load(): pass\n")),
        ("a file that is ignored", &|| write(".gitignore", "src/c.py\n")),
        ("another language", &|| {
            write("src/lib.rs", "pub fn load() { load(); }\npub fn more() { load() }\n")
        }),
    ];
    for (name, change) in changes {
        change();
        let found = told(&by_session(&mut warm, EVERYTHING), &root);
        assert_eq!(found, told(&by_library(&root, EVERYTHING), &root), "after {name}");
    }
}

#[test]
fn what_did_not_change_is_not_read_again() {
    let place = small();
    let root = fs::canonicalize(place.path()).expect("it is there");
    let mut warm = session(&root, EVERYTHING);
    let scans = |report: &Value| report["summary"]["scans"].as_u64();
    let first = scans(&by_session(&mut warm, EVERYTHING));
    assert_eq!(first, Some(1));
    assert_eq!(scans(&by_session(&mut warm, EVERYTHING)), Some(1));
    place.file("src/new.py", "def load(): pass\n");
    assert_eq!(scans(&by_session(&mut warm, EVERYTHING)), Some(2));
}
