//! Runs the cases of `tests/spec/**/*.md`; their form is told in `tests/spec/README.md`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use qplan::diagnostic::fix;
use qplan::source::SourceId;

use crate::check::said;
use crate::harness::{Place, Ran, difference, package, timeless, words};

/// A fenced block of a case.
struct Block {
    /// The words behind the fence.
    kind: String,
    name: Option<String>,
    rendered: bool,
    text: String,
    /// Lines of its text in the file, from 0.
    lines: std::ops::Range<usize>,
}

pub(crate) struct Case {
    pub(crate) title: String,
    line: usize,
    blocks: Vec<Block>,
}

/// New text for lines of a file.
struct Edit {
    lines: std::ops::Range<usize>,
    text: String,
}

/// What checking a case gave.
#[derive(Default)]
struct Outcome {
    complaints: Vec<String>,
    edits: Vec<Edit>,
}

const EXPECTED: [&str; 7] = ["codes", "mended", "output", "error", "fault", "exit", "result"];
const INPUT: [&str; 3] = ["sh", "stdin", "qp"];

#[test]
fn every_case_of_the_specification_holds() {
    let filter = std::env::var("SPEC").unwrap_or_default();
    let files = markdown(&package().join("tests/spec"));
    let cases: Vec<(&PathBuf, Case)> = files
        .iter()
        .flat_map(|path| read(path).into_iter().map(move |case| (path, case)))
        .filter(|(path, case)| format!("{} {}", shown(path), case.title).contains(&filter))
        .collect();
    let outcomes = side_by_side(&cases, |(_, case)| check(case));
    let mut complaints = Vec::new();
    let mut edits: Vec<(&PathBuf, Edit)> = Vec::new();
    for ((path, case), outcome) in cases.iter().zip(outcomes) {
        let place = format!("{}:{}: {}", shown(path), case.line + 1, case.title);
        complaints
            .extend(outcome.complaints.iter().map(|complaint| format!("── {place}\n{complaint}")));
        edits.extend(outcome.edits.into_iter().map(|edit| (*path, edit)));
    }
    rewrite(edits);
    assert!(
        complaints.is_empty(),
        "{} complaints in {} cases\n\n{}",
        complaints.len(),
        cases.len(),
        complaints.join("\n")
    );
}

/// Does work on each item, as many at once as there are cores; the results in order.
pub(crate) fn side_by_side<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((at, item)) = Some(next.fetch_add(1, Ordering::Relaxed))
                    .and_then(|at| Some((at, items.get(at)?)))
                {
                    let result = work(item);
                    done.lock().expect("no holder panics").push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no holder panics");
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

fn markdown(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("the directory is there") {
        let path = entry.expect("the directory can be read").path();
        if path.is_dir() {
            found.extend(markdown(&path));
        } else if path.extension().is_some_and(|ext| ext == "md") && !path.ends_with("README.md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Every case there is, with its file.
pub(crate) fn cases() -> Vec<(String, Case)> {
    let files = markdown(&package().join("tests/spec"));
    files
        .iter()
        .flat_map(|path| read(path).into_iter().map(move |case| (shown(path), case)))
        .collect()
}

fn shown(path: &Path) -> String {
    path.strip_prefix(package()).unwrap_or(path).display().to_string()
}

/// The cases of a file: a heading and the blocks up to the next one; headings without blocks are titles.
fn read(path: &Path) -> Vec<Case> {
    let text = fs::read_to_string(path).expect("a page can be read");
    let lines: Vec<&str> = text.lines().collect();
    let mut cases: Vec<Case> = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let fence = line.len() - line.trim_start_matches('`').len();
        if fence >= 3 {
            let closing = "`".repeat(fence);
            let end = (at + 1..lines.len()).find(|&end| lines[end] == closing);
            let end =
                end.unwrap_or_else(|| panic!("{}:{}: the block does not end", shown(path), at + 1));
            let case = cases
                .last_mut()
                .unwrap_or_else(|| panic!("{}: a block before the first heading", shown(path)));
            case.blocks.push(block(&line[fence..], &lines, at + 1..end));
            at = end;
        } else if line.starts_with('#') {
            cases.push(Case {
                title: line.trim_start_matches(['#', ' ']).to_owned(),
                line: at,
                blocks: Vec::new(),
            });
        }
        at += 1;
    }
    cases.retain(|case| !case.blocks.is_empty());
    cases
}

fn block(info: &str, lines: &[&str], range: std::ops::Range<usize>) -> Block {
    let mut words = info.split_whitespace();
    let kind = words.next().unwrap_or("").to_owned();
    let (rendered, names): (Vec<&str>, Vec<&str>) = words.partition(|word| *word == "rendered");
    let text = lines[range.clone()].iter().map(|line| format!("{line}\n")).collect();
    let name = names.first().map(|name| (*name).to_owned());
    Block { kind, name, rendered: !rendered.is_empty(), text, lines: range }
}

impl Case {
    fn block(&self, kind: &str) -> Option<&Block> {
        self.blocks.iter().find(|block| block.kind == kind && block.name.is_none())
    }

    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.blocks.iter().filter_map(|block| {
            let plan = (block.kind == "qp").then_some("plan.qp");
            Some((block.name.as_deref().or(plan)?, block.text.as_str()))
        })
    }

    /// The command lines; without a block of them the plan is run.
    pub(crate) fn commands(&self) -> Vec<Vec<String>> {
        match self.block("sh") {
            Some(block) => {
                block.text.lines().map(words).filter(|words| !words.is_empty()).collect()
            }
            None => vec![vec!["qplan".to_owned(), "plan.qp".to_owned()]],
        }
    }

    pub(crate) fn stdin(&self) -> &str {
        self.block("stdin").map_or("", |block| block.text.as_str())
    }

    pub(crate) fn expects(&self, kind: &str) -> bool {
        self.block(kind).is_some()
    }
}

/// A plan that is run as it stands.
pub(crate) struct Plan {
    pub(crate) title: String,
    pub(crate) files: Vec<(String, String)>,
    pub(crate) stdin: String,
}

/// The plans of all cases without command lines of their own.
pub(crate) fn plans() -> Vec<Plan> {
    let pages = markdown(&package().join("tests/spec"));
    let cases = pages.iter().flat_map(|path| read(path).into_iter().map(move |case| (path, case)));
    let cases = cases.filter(|(_, case)| case.expects("qp") && !case.expects("sh"));
    let plan = |(path, case): (&PathBuf, Case)| Plan {
        title: format!("{}:{}: {}", shown(path), case.line + 1, case.title),
        files: case.files().map(|(name, text)| (name.to_owned(), text.to_owned())).collect(),
        stdin: case.block("stdin").map_or_else(String::new, |block| block.text.clone()),
    };
    cases.map(plan).collect()
}

fn check(case: &Case) -> Outcome {
    let mut outcome = Outcome::default();
    for block in case.blocks.iter().filter(|block| block.name.is_none()) {
        let known = EXPECTED.contains(&block.kind.as_str())
            || INPUT.contains(&block.kind.as_str())
            || block.kind == "json";
        if !known {
            outcome
                .complaints
                .push(format!("a block `{}` needs a file name or is misspelt", block.kind));
        }
    }
    if let Some(block) = case.block("codes") {
        let found = codes(case);
        if block.text != found {
            outcome.complaints.push(format!("codes:\n{}", difference(&block.text, &found)));
        }
        if !case.expects("sh") && !case.expects("output") {
            mend(&mut outcome, case);
            return outcome;
        }
    }
    let ran = run(case, &[]);
    for (kind, found) in [("output", &ran.stdout), ("error", &ran.stderr)] {
        if let Some(block) = case.block(kind) {
            compare(&mut outcome, block, found);
        }
    }
    structure(&mut outcome, case, &ran);
    if let Some(block) = case.block("fault") {
        let (expected, found) = (block.text.trim_end(), fault(&run(case, &["--format", "json"])));
        if expected != found {
            outcome.complaints.push(format!("fault: expected `{expected}`, found `{found}`"));
        }
    }
    exit(&mut outcome, case, &ran);
    outcome
}

fn run(case: &Case, further: &[&str]) -> Ran {
    let place = Place::new(case.files());
    let stdin = case.stdin();
    let mut whole = Ran { stdout: String::new(), stderr: String::new(), code: 0 };
    for command in case.commands() {
        let at = command.iter().position(|word| word == "qplan");
        let (variables, rest) = command.split_at(at.expect("a case runs nothing else"));
        let args = rest[1..].iter().map(String::as_str);
        let args: Vec<&str> = args.chain(further.iter().copied()).collect();
        let ran = place.qplan_with(variables, &args, stdin);
        whole.stdout.push_str(&ran.stdout);
        whole.stderr.push_str(&ran.stderr);
        whole.code = ran.code;
    }
    whole
}

/// What `qplan check` says of the plan, a line a diagnostic: `CODE line:col message`.
fn codes(case: &Case) -> String {
    let place = Place::new(case.files());
    let ran = place.qplan(&["check", "plan.qp", "--diagnostics", "json"], "");
    let rows: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
    let line = |row: &Value| {
        let (code, message) = (row["code"].as_str(), row["message"].as_str());
        let (line, col) = (&row["span"]["line"], &row["span"]["col"]);
        format!("{} {line}:{col} {}\n", code.unwrap_or("?"), message.unwrap_or("?"))
    };
    rows.as_array().map_or_else(|| ran.stderr.clone(), |rows| rows.iter().map(line).collect())
}

/// Compares the plan, mended by the suggestions that are certain, with a `mended` block; nothing may be left to say.
fn mend(outcome: &mut Outcome, case: &Case) {
    let Some(block) = case.block("mended") else { return };
    let plan = case.files().find(|(name, _)| *name == "plan.qp").map_or("", |(_, text)| text);
    let turn = |text: String, _| fix::apply(&text, SourceId(0), &said(&text));
    let mended = (0..5).fold(plan.to_owned(), turn);
    if bare(&mended) != bare(&block.text) {
        outcome.complaints.push(format!("mended:\n{}", difference(&block.text, &mended)));
    }
    let left: Vec<String> = said(&mended).iter().map(|d| d.message.clone()).collect();
    if !left.is_empty() {
        outcome.complaints.push(format!("mended, but: {}", left.join("; ")));
    }
}

/// Compares texts, times aside; blanks at the ends of lines and of the text do not count in what is rendered.
fn compare(outcome: &mut Outcome, block: &Block, found: &str) {
    let (expected, found) = (timeless(&block.text), timeless(found));
    let same = if block.rendered { bare(&expected) == bare(&found) } else { expected == found };
    if same {
        return;
    }
    if block.rendered && std::env::var_os("UPDATE").is_some() {
        outcome.edits.push(Edit { lines: block.lines.clone(), text: bare(&found) });
        return;
    }
    outcome.complaints.push(format!("{}:\n{}", block.kind, difference(&expected, &found)));
}

fn bare(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let text = lines.join("\n");
    let text = text.trim_end();
    if text.is_empty() { String::new() } else { format!("{text}\n") }
}

/// Compares standard output with a `json` block, and the `result` of a plan's steps with a `result` block.
fn structure(outcome: &mut Outcome, case: &Case, ran: &Ran) {
    for (kind, block) in
        ["json", "result"].into_iter().filter_map(|kind| Some((kind, case.block(kind)?)))
    {
        let expected: Value = match serde_json::from_str(&block.text) {
            Ok(expected) => expected,
            Err(error) => {
                return outcome.complaints.push(format!("the block `{kind}` is no JSON: {error}"));
            }
        };
        let found = if kind == "json" && case.expects("sh") {
            ran.stdout.clone()
        } else {
            run(case, &["--format", "json"]).stdout
        };
        let found: Value = serde_json::from_str(&found).unwrap_or(Value::String(found));
        let found = if kind == "result" { results(&found) } else { found };
        if !fits(&expected, &found) {
            let pretty = |value| serde_json::to_string_pretty(value).unwrap_or_default() + "\n";
            outcome
                .complaints
                .push(format!("{kind}:\n{}", difference(&pretty(&expected), &pretty(&found))));
        }
    }
}

/// The results of the steps by id.
fn results(report: &Value) -> Value {
    let steps = report["steps"].as_array().map_or(&[][..], Vec::as_slice);
    steps
        .iter()
        .filter_map(|step| Some((step["id"].as_str()?.to_owned(), step["result"].clone())))
        .collect()
}

/// Whether what was found is what was expected; the text `…` stands for anything.
fn fits(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::String(any), _) if any == "…" => true,
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| fits(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| fits(a, b)))
        }
        _ => expected == found,
    }
}

/// `kind step: message` of the error that ended the run.
fn fault(ran: &Ran) -> String {
    let report: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
    let part = |name: &str| report["error"][name].as_str().unwrap_or("?").to_owned();
    if report["error"].is_null() {
        return format!("no error, exit {}: {}", ran.code, ran.stderr.trim_end());
    }
    format!("{} {}: {}", part("kind"), part("step"), part("message"))
}

/// The exit code: as written, else 0 where no error is expected, 1 for a fault.
fn exit(outcome: &mut Outcome, case: &Case, ran: &Ran) {
    let expected = match case.block("exit") {
        Some(block) => block.text.trim().parse().unwrap_or(-3),
        None if case.expects("fault") => 1,
        None if case.expects("error") => return,
        None => 0,
    };
    let quiet = expected == 0 && !case.expects("error");
    if ran.code != expected || quiet && ran.stderr.contains("[QP") {
        let complaint = format!(
            "expected exit {expected}, found {}; on standard error:\n{}",
            ran.code, ran.stderr
        );
        outcome.complaints.push(complaint);
    }
}

fn rewrite(mut edits: Vec<(&PathBuf, Edit)>) {
    // From the last line up, so that the places of the others stay right.
    edits.sort_by_key(|(path, edit)| (*path, std::cmp::Reverse(edit.lines.start)));
    for (path, edit) in edits {
        let text = fs::read_to_string(path).expect("a page can be read");
        let mut lines: Vec<&str> = text.lines().collect();
        lines.splice(edit.lines, edit.text.lines());
        fs::write(path, lines.join("\n") + "\n").expect("a page can be written");
    }
}

#[test]
fn the_text_of_an_ellipsis_stands_for_anything() {
    let (wanted, found) =
        (serde_json::json!({"a": "…", "b": [1]}), serde_json::json!({"b": [1.0], "a": {"c": 2}}));
    assert!(!fits(&wanted, &found), "numbers are compared as written");
    assert!(fits(&serde_json::json!({"a": "…", "b": [1.0]}), &found));
    assert!(!fits(&serde_json::json!({"a": "…"}), &found), "no key may be missing");
}
