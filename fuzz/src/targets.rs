//! What is tried with bytes. Each function panics where a promise of the language is broken: a place outside the text, a
//! printed plan that reads differently, an error the check should have found, a run that does not end.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::time::Duration;

use qplan::action::{Output, Registry};
use qplan::actions;
use qplan::diagnostic::render::{Color, render};
use qplan::diagnostic::{Diagnostic, Fault, code, fix, json};
use qplan::exec::budget::Limits;
use qplan::report::Report;
use qplan::report::render as forms;
use qplan::report::render::text::Paint;
use qplan::run::{self, Library, Loaded, Options, Surroundings, Watch};
use qplan::scan::cache::{self, Key, Store};
use qplan::source::SourceId;
use qplan::step::event::Silent;
use qplan::step::handle::Handle;
use qplan::syntax::ast::File;
use qplan::syntax::{parse, print};
use qplan::system::Gate;
use qplan::system::control::Quiet;
use qplan::system::memory::Memory;
use qplan::value::show;

use super::writer;

const SOURCE: SourceId = SourceId(0);

/// So long a plan may take; a slow machine under a sanitizer takes a tenth of it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Any text as a plan: it is read and checked, its places lie in it, it is told of in both forms, mended, and printed
/// where nothing is wrong with its grammar.
pub fn text(bytes: &[u8]) {
    let plan = String::from_utf8_lossy(bytes);
    watched(&plan, || {
        let loaded = load(&plan);
        tell(&plan, &loaded);
        // What mends it is a text like any other.
        let better = fix::apply(&plan, SOURCE, &loaded.diagnostics);
        if better != plan {
            tell(&better, &load(&better));
        }
        if parse(SOURCE, &plan).diagnostics.iter().all(|d| !d.is_error()) {
            prints_as_it_reads(&plan);
        }
    });
}

/// A plan written by the bytes: nothing is wrong with its grammar, it prints as it reads, and it is checked.
pub fn written(bytes: &[u8]) {
    let plan = writer::plan(bytes);
    watched(&plan, || {
        let parsed = parse(SOURCE, &plan);
        let wrong = parsed.diagnostics.iter().find(|diagnostic| diagnostic.is_error());
        assert!(wrong.is_none(), "{wrong:#?}\n{plan}");
        prints_as_it_reads(&plan);
        tell(&plan, &load(&plan));
    });
}

/// Any text, or a plan written by the bytes: what passes the check runs to an end, to no error that the check is there
/// to find, and its report is written in every form.
pub fn run(bytes: &[u8]) {
    let plan = match bytes.split_first() {
        Some((first, rest)) if first % 4 == 0 => String::from_utf8_lossy(rest).into_owned(),
        Some((_, rest)) => writer::plan(rest),
        None => String::new(),
    };
    watched(&plan, || {
        let mut loaded = load(&plan);
        if loaded.runs() {
            ends(&plan, &mut loaded);
        }
    });
}

/// Any bytes as a segment or a record of the cache, or a right one spoilt by the bytes, as the first byte says: of a spoilt
/// one what is read is what was published, or nothing, before and after all is tidied. Who writes all of it may write a
/// right checksum of anything, and a fuzzer that watches comparisons does.
pub fn cache(bytes: &[u8]) {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("qplan-fuzz-{}-{number}", std::process::id());
    let directory = std::env::temp_dir().join(name);
    let store = Store::open(&directory, &[]);
    store.publish((0..PUBLISHED).map(|n| (key(n), entry(n))).collect()).expect("it is written");
    store.keep_record("record", RECORD).expect("so is a record");
    let (first, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let kind = if first % 2 == 0 { ".segment" } else { ".record" };
    for file in std::fs::read_dir(&directory).expect("it is there").flatten() {
        if file.file_name().to_string_lossy().ends_with(kind) {
            let right = std::fs::read(file.path()).expect("it was written");
            let altered = if first % 4 < 2 { rest.to_vec() } else { spoilt(right, rest) };
            std::fs::write(file.path(), altered).expect("it can be written again");
        }
    }
    let whose = if first % 4 < 2 { Whose::Anybodys } else { Whose::Ours };
    let found = found(&directory, whose);
    cache::stat(&directory).expect("the directory can be read");
    cache::gc(&directory, u64::MAX).expect("and tidied");
    assert!(self::found(&directory, whose) >= found, "what was found is gone: {bytes:?}");
    cache::clear(&directory).expect("and cleared");
    assert!(!directory.exists(), "something of ours is left: {bytes:?}");
}

/// Entries that are published.
const PUBLISHED: u32 = 130;
const RECORD: &[u8] = b"a small document";

fn key(number: u32) -> Key {
    Key::of(&[&number.to_le_bytes()])
}

fn entry(number: u32) -> Vec<u8> {
    number.to_le_bytes().repeat(number as usize % 9)
}

/// The bytes with others in the place of some, and cut or grown.
fn spoilt(mut right: Vec<u8>, by: &[u8]) -> Vec<u8> {
    for change in by.chunks(3) {
        let [low, high, byte] = change else { break };
        let at = (usize::from(*high) << 8) | usize::from(*low);
        let at = at % (right.len() + 1);
        match right.get_mut(at) {
            Some(old) if at > 0 => *old = *byte,
            Some(_) => right.truncate(right.len() - right.len() / 256 * usize::from(*byte)),
            None => right.push(*byte),
        }
    }
    right
}

/// Who wrote a file of the cache.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Ours,
    Anybodys,
}

/// How much is found, all of it right: by a store that is asked for one key, and by one that is asked for all.
fn found(directory: &Path, whose: Whose) -> usize {
    let one = Store::open(directory, &[]);
    for number in [0, PUBLISHED / 2, PUBLISHED] {
        is_read(&one, number, whose);
    }
    let all = Store::open(directory, &[]);
    let record = all.record("record");
    let is_right = record.is_none() || record.as_deref() == Some(RECORD);
    assert!(is_right || whose == Whose::Anybodys, "{record:?}");
    (0..PUBLISHED * 2).filter(|number| is_read(&all, *number, whose)).count()
        + usize::from(record.is_some())
}

/// Whether an entry is read, and then it is right.
fn is_read(store: &Store, number: u32, whose: Whose) -> bool {
    let Some(slot) = store.find(key(number)) else { return false };
    let Some(bytes) = store.read(&[slot]).pop().flatten() else { return false };
    let is_right = number < PUBLISHED && *bytes == *entry(number);
    assert!(is_right || whose == Whose::Anybodys, "{number} is {bytes:?}");
    true
}

/// Whether a written plan passes the check.
pub fn is_right(bytes: &[u8]) -> bool {
    load(&writer::plan(bytes)).runs()
}

fn registry() -> &'static Registry {
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    REGISTRY.get_or_init(actions::registry)
}

/// The plan read and checked in a world with the small repository's modules.
fn load(plan: &str) -> Loaded {
    static WORLD: OnceLock<Memory> = OnceLock::new();
    let world = WORLD.get_or_init(world);
    let library = Library::new(world, &repository().0, &[]);
    run::load("plan.qp", plan, Surroundings { registry: registry(), library: &library, lang: None })
}

/// The small repository's files in memory.
fn world() -> Memory {
    let (root, files) = repository();
    let world = Memory::new().directory(root).with_variable("HOME", "/nowhere");
    files.iter().fold(world, |world, (path, bytes)| world.file(path, bytes))
}

/// Works under an eye that ends the program with the plan, should the work not end.
fn watched(plan: &str, work: impl FnOnce()) {
    let _told = Told(plan);
    let (done, waits) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            if waits.recv_timeout(PATIENCE) == Err(mpsc::RecvTimeoutError::Timeout) {
                let _ = writeln!(std::io::stderr(), "the plan does not end:\n{plan}");
                std::process::abort();
            }
        });
        work();
        drop(done);
    });
}

/// Tells what was tried when a panic drops it.
struct Told<'p>(&'p str);

impl Drop for Told<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = writeln!(std::io::stderr(), "it was tried with {:?}", self.0);
        }
    }
}

/// Both forms of what is said, and every place in the text.
fn tell(plan: &str, loaded: &Loaded) {
    for diagnostic in &loaded.diagnostics {
        for span in places(diagnostic) {
            assert!(plan.get(span).is_some(), "{diagnostic:#?}\n{plan}");
        }
    }
    let human = render(&loaded.diagnostics, &loaded.sources, Color::Off);
    let rows = json::rows(&loaded.diagnostics, &loaded.sources);
    assert_eq!(human.is_empty(), rows.is_empty(), "{plan}");
}

fn places(diagnostic: &Diagnostic) -> impl Iterator<Item = std::ops::Range<usize>> {
    let related = diagnostic.related.iter().map(|label| label.span.range());
    let mended = diagnostic.suggestions.iter().map(|suggestion| suggestion.span.range());
    std::iter::once(diagnostic.span.range()).chain(related).chain(mended)
}

fn prints_as_it_reads(plan: &str) {
    let file = parse(SOURCE, plan).file;
    let printed = print(&file);
    let again = parse(SOURCE, &printed);
    let wrong = again.diagnostics.iter().find(|diagnostic| diagnostic.is_error());
    assert!(wrong.is_none(), "{wrong:#?}\n{plan}\nprinted\n{printed}");
    assert!(shape(&file) == shape(&again.file), "{plan}\nprinted\n{printed}");
    assert!(comments(&file).eq(comments(&again.file)), "{plan}\nprinted\n{printed}");
    assert!(print(&again.file) == printed, "{plan}\nprinted\n{printed}");
}

/// The tree without its places, as text.
fn shape(file: &File) -> String {
    let text = format!("{:?}", file.body);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((at, end)) = place(rest) {
        out.push_str(&rest[..at]);
        rest = &rest[end..];
    }
    out + rest
}

/// Where the first place begins and ends: a span, or the map of a string's offsets.
fn place(text: &str) -> Option<(usize, usize)> {
    let span = text.find("Span { source: ").map(|at| (at, " }"));
    let map = text.find("OffsetMap { pieces: [").map(|at| (at, "] }"));
    let (at, end) = span.into_iter().chain(map).min()?;
    let length = text[at..].find(end)? + end.len();
    Some((at, at + length))
}

fn comments(file: &File) -> impl Iterator<Item = &str> {
    file.comments.iter().map(|comment| comment.text.trim_end())
}

/// Errors that the check before a run is there to find.
const FOUND_BEFORE: [code::Code; 3] =
    [code::execution::UNKNOWN_NAME, code::execution::UNKNOWN_FUNCTION, code::execution::UNREADABLE];

fn ends(plan: &str, loaded: &mut Loaded) {
    let alone = answer(plan, loaded, 1);
    let side_by_side = plan.contains("parallel") || plan.contains("future");
    // What a clock of milliseconds cuts short, it cuts short in one run and not in the other.
    let is_hasty = plan.lines().any(|line| line.contains("timeout") && line.contains("ms"));
    if side_by_side
        && !is_hasty
        && let Some(alone) = alone.filter(|alone| alone.is_whole)
    {
        let many = answer(plan, &mut load(plan), 3);
        assert!(Some(&alone) == many.as_ref(), "{plan}\none thread\n{alone:#?}\nthree\n{many:#?}");
    }
}

/// What has to be the same for any number of threads.
#[derive(Debug, PartialEq)]
struct Answer {
    lines: Vec<String>,
    steps: Vec<String>,
    status: &'static str,
    /// Whether nothing ended before its end: what ends others is as fast as the machine.
    is_whole: bool,
}

/// Runs a plan in a world of its own, writes its report in every form, and gives what it answered.
fn answer(plan: &str, loaded: &mut Loaded, threads: usize) -> Option<Answer> {
    let root = &repository().0;
    let world = world().file(root.join("plan.qp"), plan);
    let options = Options {
        id: "fuzz".to_owned(),
        root: Some(root.clone()),
        jobs: Some(threads),
        gate: Gate { write: vec![PathBuf::from("out")], env: true, ..Gate::default() },
        limits: Limits { statements: 3_000, jumps: 30, ..Limits::default() },
        timeout: Some(Duration::from_secs(20)),
        with_context: true,
        ..Options::default()
    };
    let handle = Handle::new(Arc::new(Silent));
    let heard = Heard::default();
    let watch = Watch { output: &heard, handle: &handle };
    match run::run(loaded, &options, &world, watch, Arc::new(Quiet)) {
        Ok(report) => {
            write(plan, loaded, &report);
            let steps = report.steps.iter();
            Some(Answer {
                lines: heard.0.into_inner().unwrap_or_default(),
                is_whole: report.status == "completed"
                    && report.steps.iter().all(|step| step.status == "ok"),
                steps: steps
                    .map(|step| {
                        format!("{} {} {}", step.id, step.status, show::plain(&step.result))
                    })
                    .collect(),
                status: report.status,
            })
        }
        Err(diagnostics) => {
            drop(render(&diagnostics, &loaded.sources, Color::Off));
            None
        }
    }
}

/// The report in every form.
fn write(plan: &str, loaded: &Loaded, report: &Report) {
    if let Some(fault) = &report.fault {
        assert!(
            !FOUND_BEFORE.contains(&fault.code),
            "the check passes what ends with {fault:#?}\n{plan}"
        );
        let place = fault.span.unwrap_or_default();
        let shown = Diagnostic::error(fault.code, place, fault.message.clone());
        drop(render(&[shown], &loaded.sources, Color::Off));
    }
    let mut out = Vec::new();
    let written = [
        forms::text::write(report, Paint::Plain, &mut out),
        forms::text::counts(report, &mut out),
        forms::text::remarks(report, &mut out),
        forms::md::write(report, &mut out),
        forms::summary::write(report, &mut out),
        forms::json::write(report, &mut out),
    ];
    assert!(written.iter().all(Result::is_ok), "{written:?}\n{plan}");
}

/// Keeps the lines, as many as a plan of some thousand statements writes.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Output for Heard {
    fn line(&self, text: &str) -> Result<(), Fault> {
        if let Ok(mut lines) = self.0.lock() {
            lines.push(text.chars().take(1_000).collect());
        }
        Ok(())
    }

    fn log(&self, _: &str, _: &str) {}
}

type Files = Vec<(PathBuf, Vec<u8>)>;

/// The small repository beside this file, and what is in it: the scan reads the disk, the plan's effects stay in memory.
fn repository() -> &'static (PathBuf, Files) {
    static REPOSITORY: OnceLock<(PathBuf, Files)> = OnceLock::new();
    REPOSITORY.get_or_init(|| {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let fuzz = if here.ends_with("fuzz") { here.to_owned() } else { here.join("fuzz") };
        let root = fuzz.join("repository");
        let mut files = Vec::new();
        read(&root, &mut files);
        assert!(!files.is_empty(), "{} has files", root.display());
        (root, files)
    })
}

fn read(directory: &Path, files: &mut Files) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        match std::fs::read(&path) {
            Ok(bytes) => files.push((path, bytes)),
            Err(_) => read(&path, files),
        }
    }
}
