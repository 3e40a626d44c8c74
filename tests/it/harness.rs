//! Runs the built program in a directory of its own, and makes its answers comparable.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use regex::Regex;

/// A run that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a run left behind.
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

/// A directory with files, removed when dropped.
pub(crate) struct Place {
    dir: tempfile::TempDir,
    /// Where the program keeps what it remembers for its user: its cache, and the history of sessions.
    state: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let empty = || tempfile::tempdir().expect("a temporary directory can be made");
        let place = Self { dir: empty(), state: empty() };
        for (path, text) in files {
            place.file(path, text);
        }
        place
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Keeps a run away from what belongs to whoever runs the tests, with a cache of its own.
    pub(crate) fn seal<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        apart(command).env_remove("QPLAN_NO_CACHE").env("XDG_STATE_HOME", self.state.path())
    }

    pub(crate) fn file(&self, path: &str, text: &str) {
        let path = self.dir.path().join(path);
        fs::create_dir_all(path.parent().expect("a file has a parent"))
            .expect("directories can be made");
        fs::write(path, text).expect("a file can be written");
    }

    /// Runs `qplan` here with these arguments and this standard input.
    pub(crate) fn qplan<S: AsRef<str>>(&self, args: &[S], stdin: &str) -> Ran {
        self.qplan_with(&[], args, stdin)
    }

    /// The same with these variables, each `NAME=value`.
    pub(crate) fn qplan_with<S: AsRef<str>>(
        &self,
        variables: &[String],
        args: &[S],
        stdin: &str,
    ) -> Ran {
        let mut command = command_in(self.dir.path(), args);
        self.seal(&mut command);
        command.envs(variables.iter().filter_map(|variable| variable.split_once('=')));
        let mut ran = wait(command.spawn().expect("the program starts"), stdin);
        let here = self.dir.path().to_string_lossy().into_owned();
        let real =
            fs::canonicalize(self.dir.path()).unwrap_or_default().to_string_lossy().into_owned();
        for text in [&mut ran.stdout, &mut ran.stderr] {
            *text = text.replace(&real, "<dir>").replace(&here, "<dir>");
        }
        ran
    }
}

/// The directory of the package.
pub(crate) fn package() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Runs `qplan` in a directory, with an environment that is the same everywhere.
pub(crate) fn qplan_in<S: AsRef<str>>(dir: &Path, args: &[S], stdin: &str) -> Ran {
    wait(command_in(dir, args).spawn().expect("the program starts"), stdin)
}

fn command_in<S: AsRef<str>>(dir: &Path, args: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qplan"));
    command.current_dir(dir).args(args.iter().map(AsRef::as_ref));
    apart(&mut command).env("NO_COLOR", "1").env("COLUMNS", "100").env("TZ", "Asia/Tokyo");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Nothing of whoever runs the tests is read or written: no variables, no home, no cache.
fn apart(command: &mut Command) -> &mut Command {
    let ours = std::env::vars_os().map(|(name, _)| name);
    for name in ours.filter(|name| name.to_string_lossy().starts_with("QPLAN_")) {
        command.env_remove(name);
    }
    command.env("HOME", "/nowhere").env("QPLAN_NO_CACHE", "1")
}

fn wait(mut child: Child, stdin: &str) -> Ran {
    let mut input = child.stdin.take().expect("standard input is piped");
    let out = child.stdout.take().expect("standard output is piped");
    let err = child.stderr.take().expect("standard error is piped");
    thread::scope(|scope| {
        // A program that does not read its input closes the pipe: no fault of the case.
        scope.spawn(move || drop(input.write_all(stdin.as_bytes())));
        let stdout = scope.spawn(|| drain(out));
        let stderr = scope.spawn(|| drain(err));
        let code = patiently(&mut child);
        let text = |bytes: thread::Result<Vec<u8>>| {
            String::from_utf8_lossy(&bytes.expect("reading a pipe does not panic")).into_owned()
        };
        Ran { stdout: text(stdout.join()), stderr: text(stderr.join()), code }
    })
}

fn drain(mut pipe: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    pipe.read_to_end(&mut bytes).expect("a pipe can be read");
    bytes
}

/// The exit code; -1 for a signal, -2 for a run that had to be ended.
fn patiently(child: &mut Child) -> i32 {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            return status.code().unwrap_or(-1);
        }
        if start.elapsed() > PATIENCE {
            child.kill().expect("a child can be ended");
            child.wait().expect("a child can be waited for");
            return -2;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// The words of a command line: blanks part them, quotes hold them together, a backslash takes the next character.
pub(crate) fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(chars.next()),
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// The text with measured times as `_ ms`.
pub(crate) fn timeless(text: &str) -> String {
    let times = Regex::new(r"(in|,) \d+(\.\d+)? (ms|s)\b").expect("the expression is right");
    times.replace_all(text, "$1 _ $3").into_owned()
}

/// Which lines differ, as `-` expected and `+` found.
pub(crate) fn difference(expected: &str, found: &str) -> String {
    let diff = similar::TextDiff::from_lines(expected, found);
    diff.unified_diff().context_radius(2).header("expected", "found").to_string()
}

/// Takes out of a result, wherever it stands, what differs from run to run: what the clock has measured, and how much the
/// cache knew.
pub(crate) fn without_times(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.remove("elapsed_ms");
            fields.remove("files_cached");
            fields.values_mut().for_each(without_times);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(without_times),
        _ => {}
    }
}

#[test]
fn a_command_line_is_parted_at_blanks_outside_quotes() {
    let parted = words(r#"q 'pattern="$X.unwrap()"' --root . "a b"c \"d "" "#);
    assert_eq!(parted, ["q", r#"pattern="$X.unwrap()""#, "--root", ".", "a bc", "\"d", ""]);
}
