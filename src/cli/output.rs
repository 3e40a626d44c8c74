//! What goes to the terminal: the plan's lines, reports, diagnostics, complaints. Data goes to standard output, all
//! else to standard error; a closed pipe ends the output quietly.
#![expect(clippy::print_stderr, reason = "the one place that writes to the terminal")]

use std::io::{BufWriter, IsTerminal, Stdout, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::args::{Diagnostics, EventSink, Shown, When, Written};
use crate::action::Output;
use crate::diagnostic::render::Color;
use crate::diagnostic::{Diagnostic, Fault, Kind, code, json, render};
use crate::report::render::text::Paint;
use crate::source::Sources;

/// Takes the plan's lines: writes them as they come, or holds them for the report.
pub struct Lines {
    sink: Mutex<Sink>,
    logs: bool,
}

enum Sink {
    Written { out: BufWriter<Stdout>, at_once: bool, count: usize, closed: bool },
    Held { lines: Vec<String>, bytes: usize },
}

/// Bytes of output that are held at most, a few for each line beside its text.
const HELD_BYTES: usize = 1 << 28;

impl Lines {
    /// Lines to standard output as they come.
    #[must_use]
    pub fn written(told: &Written) -> Self {
        let out = std::io::stdout();
        let at_once = out.is_terminal();
        let out = BufWriter::with_capacity(1 << 16, out);
        Self::new(told, Sink::Written { out, at_once, count: 0, closed: false })
    }

    /// Lines held until [`Lines::take`].
    #[must_use]
    pub fn held(told: &Written) -> Self {
        Self::new(told, Sink::Held { lines: Vec::new(), bytes: 0 })
    }

    /// Logs go to standard error, unless events have it to themselves.
    fn new(told: &Written, sink: Sink) -> Self {
        let shared = told.events == Some(EventSink::StandardError);
        Self { sink: Mutex::new(sink), logs: !told.quiet && !shared }
    }

    fn sink(&self) -> MutexGuard<'_, Sink> {
        self.sink.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes out what is buffered and says how many lines there were.
    ///
    /// # Errors
    /// As the operating system says; a reader that went away does not want the rest.
    pub fn finish(&self) -> std::io::Result<usize> {
        match &mut *self.sink() {
            Sink::Held { lines, .. } => Ok(lines.len()),
            Sink::Written { out, count, closed, .. } => match out.flush() {
                Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {
                    *closed = true;
                    Ok(*count)
                }
                result => result.map(|()| *count),
            },
        }
    }

    /// Whether the reader of the lines went away.
    pub fn is_closed(&self) -> bool {
        matches!(&*self.sink(), Sink::Written { closed: true, .. })
    }

    /// The lines that were held.
    pub fn take(&self) -> Vec<String> {
        match &mut *self.sink() {
            Sink::Held { lines, .. } => std::mem::take(lines),
            Sink::Written { .. } => Vec::new(),
        }
    }
}

impl Output for Lines {
    fn line(&self, text: &str) -> Result<(), Fault> {
        match &mut *self.sink() {
            Sink::Held { lines, bytes } => {
                *bytes += text.len() + size_of::<String>();
                if *bytes > HELD_BYTES {
                    return Err(too_much());
                }
                lines.push(text.to_owned());
                Ok(())
            }
            Sink::Written { out, at_once, count, closed } => {
                *count += 1;
                let written = writeln!(out, "{text}");
                let written = if *at_once { written.and_then(|()| out.flush()) } else { written };
                written.map_err(|error| {
                    *closed = error.kind() == std::io::ErrorKind::BrokenPipe;
                    unwritable(&error)
                })
            }
        }
    }

    fn log(&self, level: &str, text: &str) {
        if self.logs {
            eprintln!("{level}: {text}");
        }
    }
}

fn too_much() -> Fault {
    let message = format!("more than {HELD_BYTES} bytes of output to hold");
    Fault::new(Kind::Limit, code::execution::TOO_MUCH_OUTPUT, message)
        .help("write with `--format text`, which holds nothing")
}

/// Output that cannot be written ends the plan: no policy could mend it.
fn unwritable(error: &std::io::Error) -> Fault {
    let message = format!("cannot write the output: {error}");
    Fault::new(Kind::Abort, code::system::CANNOT_WRITE, message)
}

/// Writes to standard output; a closed pipe is no error.
///
/// # Errors
/// What else keeps it from being written, as a complaint already made.
pub fn emit(write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<(), u8> {
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(complain(&format!("cannot write the output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes to standard error; nobody is told when that fails.
pub fn aside(write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) {
    let mut out = BufWriter::new(std::io::stderr().lock());
    let _ = write(&mut out).and_then(|()| out.flush());
}

/// Says a line beside the data.
pub fn say(line: &str) {
    eprintln!("{line}");
}

/// Says something beside the data.
pub fn note(message: &str) {
    eprintln!("note: {message}");
}

/// Says what is probably not meant.
pub fn warn(message: &str) {
    eprintln!("warning: {message}");
}

/// Says what is wrong with the command line or a file, and gives the exit code for it.
pub fn complain(message: &str) -> u8 {
    eprintln!("error: {message}");
    super::WRONG
}

/// Shows diagnostics in the form asked for: for people on standard error, as JSON on standard output.
pub fn show(diagnostics: &[Diagnostic], sources: &Sources, shown: &Shown) {
    match shown.diagnostics {
        Diagnostics::Human => show_aside(diagnostics, sources, shown),
        Diagnostics::Json => {
            // A closed pipe has been passed over, anything else complained about.
            let _ = emit(|out| array(diagnostics, sources, out));
        }
    }
}

/// The same beside a plan's output: on standard error in either form.
pub fn show_aside(diagnostics: &[Diagnostic], sources: &Sources, shown: &Shown) {
    match shown.diagnostics {
        Diagnostics::Human => eprint!("{}", render::render(diagnostics, sources, color(shown))),
        Diagnostics::Json => aside(|out| array(diagnostics, sources, out)),
    }
}

fn array(
    diagnostics: &[Diagnostic],
    sources: &Sources,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &json::rows(diagnostics, sources))?;
    out.write_all(b"\n")
}

/// Whether standard error gets colours.
#[must_use]
pub fn color(shown: &Shown) -> Color {
    if is_colored(shown, &std::io::stderr()) { Color::On } else { Color::Off }
}

/// Whether standard output gets colours.
#[must_use]
pub fn paint(shown: &Shown) -> Paint {
    if is_colored(shown, &std::io::stdout()) { Paint::Colored } else { Paint::Plain }
}

/// The same of standard error.
#[must_use]
pub fn paint_aside(shown: &Shown) -> Paint {
    if is_colored(shown, &std::io::stderr()) { Paint::Colored } else { Paint::Plain }
}

/// As asked, else on a terminal unless `NO_COLOR` is set.
fn is_colored(shown: &Shown, stream: &dyn IsTerminal) -> bool {
    match shown.color {
        When::Always => true,
        When::Never => false,
        When::Auto => {
            stream.is_terminal()
                && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        }
    }
}
