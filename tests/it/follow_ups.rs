//! What a search suggests to ask next: every command runs as a shell reads it, and finds something.

use std::process::Command;

use serde_json::Value;

use crate::harness::Place;

const FILES: &[(&str, &str)] = &[
    ("pkg/__init__.py", ""),
    (
        "pkg/core.py",
        "from functools import wraps\n\n\ndef traced(f):\n    @wraps(f)\n    def inner(*args):\n        return f(*args)\n    return inner\n\n\n\
         class Store:\n    @property\n    def size(self):\n        return 1\n\n    @size.setter\n    def size(self, n): pass\n\n\
         \x20   @traced\n    def load(self, key):\n        return fetch(key)\n\n\ndef fetch(key):\n    return key\n\n\n\
         def unused(): pass\n",
    ),
    (
        "pkg/app.py",
        "import pkg.core\nfrom .core import Store, fetch as get\n\n\nclass Cached(Store): pass\n\n\ndef main(store: Store):\n\
         \x20   Store().load(\"a\")\n    store.load(\"b\")\n    pkg.core.fetch(1)\n    print(store.size, f\"{get(2)}\")\n",
    ),
    ("Cargo.toml", "[package]\nname = \"shapes\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
    (
        "src/lib.rs",
        "pub trait Shape {\n    fn area(&self) -> f64;\n}\npub struct Square;\npub struct Dot;\n\
         impl Shape for Square {\n    fn area(&self) -> f64 { 1.0 }\n}\nimpl Shape for Dot {\n    fn area(&self) -> f64 { 0.0 }\n}\n\
         impl Square {\n    pub fn new() -> Self { Square }\n    fn fetch(&self) {}\n}\n\
         pub enum Kind { One, Two(u8) }\n\
         fn told(x: f64) -> f64 { x }\n\
         pub fn total(d: &Dot) -> f64 {\n    Square::new().fetch();\n    println!(\"{}\", told(1.0));\n    let _ = Kind::Two(1);\n\
         \x20   Square::new().area() + d.area()\n}\n",
    ),
];

/// Names of all sorts: functions, methods, classes, properties, traits, dotted and aliased ones, in one language and both.
const NAMES: &[&str] = &[
    "fetch",
    "get",
    "load",
    "Store",
    "Cached",
    "size",
    "traced",
    "inner",
    "main",
    "unused",
    "pkg.core.fetch",
    "store.load",
    "core.fetch",
    "area",
    "new",
    "total",
    "told",
    "Square",
    "Dot",
    "Shape",
    "Kind",
    "Two",
];

fn json(place: &Place, args: &[String]) -> Value {
    let ran = place.qplan(args, "");
    assert_eq!((ran.code, &*ran.stderr), (0, ""), "{args:?}");
    serde_json::from_str(&ran.stdout).expect("the program writes JSON")
}

fn suggested(place: &Place, name: &str) -> Vec<String> {
    let plan = format!(
        "step \"A\" {{\n  search \"{name}\" -> found\n  each section in found.sections {{\n    if section.title == \"Follow-ups\" {{\n\
         \x20     each row in section.rows {{ print row.text }}\n    }}\n  }}\n}}\n"
    );
    place.file("plan.qp", &plan);
    let ran = place.qplan(&["plan.qp"], "");
    assert_eq!((ran.code, &*ran.stderr), (0, ""), "{name}");
    ran.stdout.lines().map(str::to_owned).collect()
}

/// The words of a command line as a shell parts them.
fn words(line: &str) -> Vec<String> {
    let script = format!("printf '%s\\0' {line}");
    let out = Command::new("sh").args(["-c", &script]).output().expect("there is a shell");
    let text = String::from_utf8(out.stdout).expect("words are text");
    text.split_terminator('\0').map(str::to_owned).collect()
}

#[test]
fn every_command_that_a_search_suggests_finds_something() {
    let place = Place::new(FILES.iter().copied());
    let mut asked = std::collections::BTreeSet::new();
    for name in NAMES {
        let commands = suggested(&place, name);
        assert!(!commands.is_empty() || *name == "Two", "nothing is suggested for `{name}`");
        asked.extend(commands);
    }
    let mut kinds = [false; 3];
    for command in asked {
        let words = words(&command);
        let (program, args) = words.split_first().expect("a command has words");
        assert_eq!(program, "qplan");
        let args: Vec<String> =
            args.iter().cloned().chain(["--format".into(), "json".into()]).collect();
        let report = json(&place, &args);
        let rows = report["actions"][0]["rows"].as_array().map_or(0, Vec::len);
        assert!(rows > 0, "{command}");
        for (kind, part) in kinds.iter_mut().zip(["qplan calls ", "entity=", "--pattern "]) {
            *kind |= command.contains(part);
        }
    }
    assert_eq!(kinds, [true; 3], "callers, definitions and shapes of calls are suggested");
}
