//! What goes to the terminal: the plan's lines, reports, diagnostics, complaints. Data goes to standard output, all
//! else to standard error; a closed pipe ends the output quietly.
#![expect(clippy::print_stderr, reason = "the one place that writes to the terminal")]

use std::io::{BufWriter, IsTerminal, Stdout, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::args::{Common, Diagnostics, When};
use crate::action::Output;
use crate::diagnostic::render::Color;
use crate::diagnostic::{Diagnostic, Fault, Kind, code, json, render};
use crate::source::Sources;

/// Writes the plan's lines as they come.
pub struct Lines {
    out: Mutex<Sink>,
    logs: bool,
}

struct Sink {
    out: BufWriter<Stdout>,
    at_once: bool,
    count: usize,
}

impl Lines {
    /// Lines to standard output, logs to standard error unless `quiet`.
    #[must_use]
    pub fn new(common: &Common) -> Self {
        let out = std::io::stdout();
        let at_once = out.is_terminal();
        Self {
            out: Mutex::new(Sink {
                out: BufWriter::with_capacity(1 << 16, out),
                at_once,
                count: 0,
            }),
            logs: !common.quiet,
        }
    }

    fn sink(&self) -> MutexGuard<'_, Sink> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes out what is held and says how many lines there were.
    pub fn finish(&self) -> usize {
        let mut sink = self.sink();
        // A reader that went away does not want the rest.
        let _ = sink.out.flush();
        sink.count
    }
}

impl Output for Lines {
    fn line(&self, text: &str) -> Result<(), Fault> {
        let mut sink = self.sink();
        sink.count += 1;
        let written = writeln!(sink.out, "{text}");
        let written = if sink.at_once { written.and_then(|()| sink.out.flush()) } else { written };
        written.map_err(|error| match error.kind() {
            std::io::ErrorKind::BrokenPipe => Fault::new(
                Kind::Abort,
                code::execution::ABORTED,
                "nobody reads the output any more",
            ),
            _ => Fault::new(
                Kind::Io,
                code::system::CANNOT_WRITE,
                format!("cannot write the output: {error}"),
            ),
        })
    }

    fn log(&self, level: &str, text: &str) {
        if self.logs {
            eprintln!("{level}: {text}");
        }
    }
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

/// Says what is wrong with the command line or a file, and gives the exit code for it.
pub fn complain(message: &str) -> u8 {
    eprintln!("error: {message}");
    super::WRONG
}

/// Shows diagnostics in the form asked for: for people on standard error, as JSON on standard output.
pub fn show(diagnostics: &[Diagnostic], sources: &Sources, common: &Common) {
    match common.diagnostics {
        Diagnostics::Human => eprint!("{}", render::render(diagnostics, sources, color(common))),
        Diagnostics::Json => {
            let _ = emit(|out| {
                serde_json::to_writer_pretty(&mut *out, &json::rows(diagnostics, sources))?;
                out.write_all(b"\n")
            });
        }
    }
}

/// Whether standard error gets colours: as asked, else on a terminal unless `NO_COLOR` is set.
fn color(common: &Common) -> Color {
    let on = match common.color {
        When::Always => true,
        When::Never => false,
        When::Auto => {
            std::io::stderr().is_terminal()
                && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        }
    };
    if on { Color::On } else { Color::Off }
}
