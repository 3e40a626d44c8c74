//! The rules of the house that no compiler holds: who may import whom, how long a file may be, complete lists.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use qplan::actions;
use qplan::diagnostic::code;
use regex::Regex;

use crate::harness::package;

/// What every layer may use.
const BASE: [&str; 4] = ["source", "diagnostic", "value", "system"];

/// Layer and what it may import beside itself and the base; `*` is everything but `cli` and `mcp`.
const LAYERS: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("diagnostic", &[]),
    ("value", &[]),
    ("system", &[]),
    ("syntax", &[]),
    ("facts", &[]),
    ("query", &[]),
    ("enrich", &[]),
    ("frontend", &["syntax", "action"]),
    ("step", &["syntax::ast"]),
    ("action", &["facts::needs", "facts::Needs"]),
    ("check", &["syntax", "step", "action"]),
    ("exec", &["syntax::ast", "step", "action", "facts::needs", "facts::Needs"]),
    ("languages", &["facts"]),
    ("scan", &["languages", "facts", "query::ir"]),
    ("project", &["facts"]),
    ("actions", &["action", "actions"]),
    ("actions::basic", &["action"]),
    (
        "actions::analysis",
        &[
            "action",
            "scan",
            "project",
            "query",
            "facts",
            "languages::signature",
            "enrich",
            "report::finding",
            "report::graph",
        ],
    ),
    ("report", &[]),
    ("run", &["*"]),
    ("cli", &["*", "cli", "mcp"]),
    ("mcp", &["*", "cli", "mcp"]),
];

/// A source file.
pub(crate) struct File {
    path: PathBuf,
    /// Its text up to its tests.
    pub(crate) text: String,
    /// Its module: `["value", "ops"]`.
    pub(crate) module: Vec<String>,
}

pub(crate) fn sources() -> Vec<File> {
    let root = package().join("src");
    let files = below(&root, &|path| path.extension().is_some_and(|ext| ext == "rs"));
    files.into_iter().map(|path| file(&root, path)).collect()
}

fn file(root: &Path, path: PathBuf) -> File {
    let whole = fs::read_to_string(&path).expect("a source file can be read");
    let text = whole.split("\n#[cfg(test)]\n").next().unwrap_or("").to_owned();
    let inside = path.strip_prefix(root).expect("the file lies below the root").with_extension("");
    let mut module: Vec<String> =
        inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if module.last().is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main")) {
        module.pop();
    }
    File { path, text, module }
}

fn below(dir: &Path, wanted: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(dir) else { return found };
    for entry in entries {
        let path = entry.expect("the directory can be read").path();
        if path.is_dir() {
            found.extend(below(&path, wanted));
        } else if wanted(&path) {
            found.push(path);
        }
    }
    found.sort();
    found
}

impl File {
    fn shown(&self) -> String {
        self.path.strip_prefix(package()).unwrap_or(&self.path).display().to_string()
    }

    /// The text without comments and the insides of strings, so that only code is read.
    pub(crate) fn code(&self) -> String {
        let noise = r##"(?s)//[^\n]*|/\*.*?\*/|r#".*?"#|r"[^"]*"|"(?:[^"\\]|\\.)*"|'(?:[^'\\\n]|\\[^\n]{1,8})'"##;
        Regex::new(noise)
            .expect("the expression is right")
            .replace_all(&self.text, "\"\"")
            .into_owned()
    }

    /// Every path from the crate's root that the code names.
    fn paths(&self) -> Vec<Vec<String>> {
        let code = self.code();
        let start = Regex::new(r"\b(?:pub(?:\((?:crate|super)\))?\s+)?(crate|super)\b\s*::")
            .expect("the expression is right");
        let mut found = Vec::new();
        for hit in start.captures_iter(&code) {
            let root = hit.get(1).expect("the group always takes part");
            if code[..root.start()].ends_with("::") {
                continue;
            }
            expand(&code[root.start()..], &[], &mut found);
        }
        found.into_iter().map(|path| self.absolute(&path)).collect()
    }

    /// A path without `crate`, `super` and `self`.
    fn absolute(&self, path: &[String]) -> Vec<String> {
        let mut absolute = if path.first().is_some_and(|first| first == "crate") {
            Vec::new()
        } else {
            self.module.clone()
        };
        for part in path {
            match part.as_str() {
                "crate" | "self" => {}
                "super" => drop(absolute.pop()),
                _ => absolute.push(part.clone()),
            }
        }
        absolute
    }
}

/// Reads `a::b::{c, d::e}` into its paths; gives the length read.
fn expand(code: &str, before: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = before.to_vec();
    let mut at = 0;
    let blanks = |at: usize| at + (code[at..].len() - code[at..].trim_start().len());
    loop {
        at = blanks(at);
        if code[at..].starts_with('{') {
            at += 1;
            loop {
                at += expand(&code[at..], &path, found);
                at = blanks(at);
                match code[at..].chars().next() {
                    Some(',') => at += 1,
                    Some('}') => return at + 1,
                    _ => return at,
                }
            }
        }
        let word: String = code[at..]
            .chars()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '*'))
            .collect();
        at += word.len();
        if !word.is_empty() {
            path.push(word);
        }
        if !code[at..].starts_with("::") {
            if path.len() > before.len() {
                found.push(path);
            }
            return at;
        }
        at += 2;
    }
}

/// The layer a path belongs to.
fn layer(path: &[String]) -> Option<String> {
    let first = path.first()?;
    match path.get(1).map(String::as_str) {
        Some(half @ ("basic" | "analysis")) if first == "actions" => {
            Some(format!("actions::{half}"))
        }
        _ => Some(first.clone()),
    }
}

fn may_import(layer: &str, path: &[String]) -> bool {
    let Some(target) = self::layer(path) else { return true };
    let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else { return false };
    let written = format!("{}::", path.join("::"));
    let named = allowed.iter().any(|allowed| written.starts_with(&format!("{allowed}::")));
    let surface = matches!(target.as_str(), "cli" | "mcp");
    target == layer
        || BASE.contains(&target.as_str())
        || named
        || allowed.contains(&"*") && !surface
}

#[test]
fn imports_follow_the_table() {
    let mut wrong = Vec::new();
    for file in sources() {
        let Some(layer) = layer(&file.module) else { continue };
        assert!(
            LAYERS.iter().any(|(name, _)| *name == layer),
            "{}: the table has no layer `{layer}`",
            file.shown()
        );
        for path in file.paths() {
            if !may_import(&layer, &path) {
                wrong.push(format!(
                    "{}: `{layer}` may not use `{}`",
                    file.shown(),
                    path.join("::")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_is_exported_under_the_name_of_another_layer() {
    let exported = Regex::new(r"pub(?:\([^)]*\))?\s+use\s+((?:crate|super)\b[^;]*);")
        .expect("the expression is right");
    for file in sources() {
        let code = file.code();
        for hit in exported.captures_iter(&code) {
            let mut paths = Vec::new();
            expand(&hit[1], &[], &mut paths);
            for path in paths {
                let path = file.absolute(&path);
                assert_eq!(
                    layer(&path),
                    layer(&file.module),
                    "{}: exports `{}`",
                    file.shown(),
                    path.join("::")
                );
            }
        }
    }
}

#[test]
fn files_are_as_long_as_a_reader_bears() {
    let mut lengths: Vec<(usize, String)> =
        sources().iter().map(|file| (file.text.lines().count(), file.shown())).collect();
    lengths.sort();
    let (longest, name) = lengths.last().expect("there are source files");
    assert!(*longest <= 600, "{name} has {longest} lines without its tests, the most is 600");
    let (p90, name) = &lengths[(lengths.len() * 9).div_ceil(10) - 1];
    assert!(*p90 <= 400, "nine of ten files have at most 400 lines, but {name} has {p90}");
}

#[test]
fn every_file_says_what_it_is() {
    let says = |file: &File| {
        let told = file.text.lines().take_while(|line| line.starts_with("//!")).count();
        (1..=5).contains(&told) || file.text.starts_with("#![doc = include_str!(")
    };
    let silent: Vec<String> =
        sources().iter().filter(|file| !says(file)).map(File::shown).collect();
    assert!(silent.is_empty(), "these do not begin with one to five lines of `//!`: {silent:?}");
}

#[test]
fn every_action_is_registered_specified_and_named_after_its_file() {
    let names: Vec<&str> = actions::ALL.iter().map(|action| action.name).collect();
    assert!(names.is_sorted_by(|a, b| a < b), "ALL is sorted by name: {names:?}");
    let defined: BTreeSet<String> = sources()
        .iter()
        .filter(|file| layer(&file.module).is_some_and(|layer| layer.starts_with("actions::")))
        .filter(|file| file.text.contains("pub static ACTION: Action"))
        .filter_map(|file| Some(file.module.last()?.trim_start_matches("r#").replace('_', "-")))
        .collect();
    assert_eq!(defined, names.iter().map(|name| (*name).to_owned()).collect(), "files and ALL");
    for name in names {
        let page = package().join(format!("tests/spec/actions/{name}.md"));
        assert!(page.exists(), "{} is missing", page.display());
    }
}

#[test]
fn every_code_is_explained_once_and_in_order() {
    let explained: Vec<&str> = code::all().map(|e| e.code.0).collect();
    assert!(explained.is_sorted_by(|a, b| a < b), "codes are unique and in order: {explained:?}");
    let constant = Regex::new(r#"pub const \w+: Code =\s*Code\("(QP\d{4})"\);"#)
        .expect("the expression is right");
    let mut defined = BTreeSet::new();
    for file in sources()
        .iter()
        .filter(|file| file.module.starts_with(&["diagnostic".into(), "code".into()]))
    {
        for hit in constant.captures_iter(&file.text) {
            assert!(defined.insert(hit[1].to_owned()), "{} is defined twice", &hit[1]);
        }
    }
    assert_eq!(
        defined,
        explained.iter().map(|code| (*code).to_owned()).collect(),
        "constants and tables"
    );
    for e in code::all() {
        assert!(!e.title.is_empty() && !e.text.is_empty(), "{} is not explained", e.code);
        assert_eq!(
            e.wrong.is_empty(),
            e.right.is_empty(),
            "{}: a wrong plan has a right one",
            e.code
        );
    }
}

#[test]
fn nothing_names_the_machine_it_was_written_on() {
    let places = ["wo\u{72}k", "ro\u{6f}t", "ho\u{6d}e"].map(|name| format!("/{name}/"));
    let dirs = ["src", "tests", "examples", "grammar", "benches", "std-modules", ".ci"];
    let mut files: Vec<PathBuf> =
        dirs.iter().flat_map(|dir| below(&package().join(dir), &|_| true)).collect();
    files.extend(["README.md", "CHANGELOG.md", "Cargo.toml"].map(|name| package().join(name)));
    for path in files {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for place in &places {
            assert!(!text.contains(place.as_str()), "{} names {place}", path.display());
        }
    }
}

#[test]
fn groups_and_supers_in_paths_are_read() {
    let file = File {
        path: PathBuf::new(),
        text: "use super::{a, b::{self, C}};\nuse crate::{x::Y, z};\nfn f() { crate::p::q(\"crate::no\") } // crate::no\n".into(),
        module: vec!["m".into(), "n".into()],
    };
    let found: Vec<String> = file.paths().iter().map(|path| path.join("::")).collect();
    assert_eq!(found, ["m::a", "m::b", "m::b::C", "x::Y", "z", "p::q"]);
}

#[test]
fn the_table_is_read_as_written() {
    let path = |text: &str| text.split("::").map(str::to_owned).collect::<Vec<_>>();
    assert!(
        may_import("exec", &path("syntax::ast::Expr"))
            && !may_import("exec", &path("syntax::lexer"))
    );
    assert!(
        may_import("exec", &path("value::function")) && !may_import("exec", &path("scan::walk"))
    );
    assert!(may_import("cli", &path("cli::args")) && !may_import("run", &path("cli::args")));
    assert!(
        !may_import("actions::basic", &path("actions::analysis::q"))
            && !may_import("syntax", &path("action::Args"))
    );
}
