//! `qplan run SCRIPT.qp`, which `qplan SCRIPT.qp` is short for.

use std::io::Read;
use std::sync::Arc;
use std::time::Instant;

use clap::{Arg, ArgMatches, Command};

use super::args::{Common, Format, Shown, Written};
use super::both::Both;
use super::config;
use super::events::Sink;
use super::keys;
use super::live::{Aside, Live};
use super::output::{self, Lines};
use super::stages::Stages;
use super::{ABORTED, COMPLETED, FAILED, TIMED_OUT, WRONG};
use crate::action::Registry;
use crate::diagnostic::{Diagnostic, Fault};
use crate::report::{Report, render};
use crate::run::draft::Draft;
use crate::run::{self, Loaded, Options, Rest, Surroundings, Watch};
use crate::step::event::{Events, Silent, State};
use crate::step::handle::Handle;
use crate::system::os::Os;

/// The subcommand.
#[must_use]
pub fn command() -> Command {
    Command::new("run")
        .about("Run a plan")
        .arg(Arg::new("script").required(true).value_name("SCRIPT.qp").help("The plan; `-` reads standard input"))
        .after_help("Examples:\n  qplan run review.qp --root ../django --param target=build\n  qplan run - < review.qp")
}

/// Runs it.
pub fn main(matches: &ArgMatches, common: &Common, registry: &Registry) -> u8 {
    let script = matches.get_one::<String>("script").map_or("-", String::as_str);
    self::script(script, common, registry)
}

/// Runs a plan from a file or standard input.
pub fn script(path: &str, common: &Common, registry: &Registry) -> u8 {
    match read(path) {
        Ok((name, text)) => {
            let draft = Draft::read(&name, &text);
            let mut common = common.clone();
            if let Err(code) = config::of_plan(&mut common, &draft) {
                return code;
            }
            let library = common.library();
            let lang = common.lang_for(&draft.meta);
            let plan = draft.load(Surroundings { registry, library: &library, lang });
            loaded(plan, &common)
        }
        Err(message) => output::complain(&message),
    }
}

/// The text of a plan and what errors call it.
///
/// # Errors
/// A message that names the file.
pub fn read(path: &str) -> Result<(String, String), String> {
    let mut bytes = Vec::new();
    let name = if path == "-" { "<stdin>" } else { path };
    let read = match path {
        "-" => std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ()),
        path => std::fs::read(path).map(|text| bytes = text),
    };
    read.map_err(|error| format!("cannot read `{name}`: {error}"))?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok((name.to_owned(), text)),
        Err(error) => Err(format!(
            "`{name}` is not UTF-8: byte {} is wrong",
            error.utf8_error().valid_up_to()
        )),
    }
}

/// Runs a loaded plan as the options say.
pub fn loaded(plan: Loaded, common: &Common) -> u8 {
    match common.options() {
        Ok(options) => execute(plan, &options, Told::of(common)),
        Err(message) => output::complain(&message),
    }
}

/// How a run is told, and its errors.
#[derive(Clone, Copy)]
pub struct Told<'a> {
    /// Diagnostics.
    pub shown: &'a Shown,
    /// The rest.
    pub written: &'a Written,
}

impl<'a> Told<'a> {
    /// As the options say.
    #[must_use]
    pub const fn of(common: &'a Common) -> Self {
        Self { shown: &common.shown, written: &common.written }
    }
}

/// Runs a loaded plan and writes its report in the form asked for.
pub fn execute(mut plan: Loaded, options: &Options, told: Told<'_>) -> u8 {
    let events: Arc<dyn Events> = match &told.written.events {
        None => Arc::new(Silent),
        Some(sink) => match Sink::open(sink, &options.id) {
            Ok(sink) => Arc::new(sink),
            Err(message) => return output::complain(&message),
        },
    };
    if plan.runs() && !plan.diagnostics.is_empty() {
        output::show_aside(&plan.diagnostics, &plan.sources, told.shown);
    }
    let live = Live::new(told.written, output::color(told.shown));
    let stages = Arc::new(Stages::new());
    let both = Arc::new(Both(events, Arc::clone(&live), Some(Arc::clone(&stages))));
    let handle = Handle::new(Arc::clone(&both) as Arc<dyn Events>);
    on_interrupt(&handle);
    let lines = match told.written.format {
        Format::Text => Lines::written(told.written),
        Format::Md | Format::Json | Format::Summary => Lines::held(told.written),
    };
    let output = Aside::new(&lines, &live);
    let watch = Watch { output: &output, handle: &handle };
    let result = live.beside(&handle, || run::run_first(&mut plan, options, &Os, watch, both));
    stages.end_of_run();
    let (result, rest) = match result {
        Ok((report, rest)) => (Ok(report), Some(rest)),
        Err(diagnostics) => (Err(diagnostics), None),
    };
    let printed = match lines.finish() {
        Ok(printed) => printed,
        Err(error) => {
            output::complain(&format!("cannot write the output: {error}"));
            return FAILED;
        }
    };
    let began = Instant::now();
    // Who went away wants neither the rest nor a word about it.
    let code = if lines.is_closed() {
        COMPLETED
    } else {
        let result = result.map(|report| Report { output: lines.take(), ..report });
        finish(result, &plan, told, printed)
    };
    stages.add("output", began.elapsed());
    if let Some(rest) = rest {
        settle(&rest, told.written);
        // The process ends: its memory is given back at once, not table by table.
        std::mem::forget(rest);
    }
    if told.written.verbose > 1 {
        stages.tell();
    }
    code
}

/// Writes the cache. Where that fails later runs take longer, which only those want to hear who asked.
fn settle(rest: &Rest, written: &Written) {
    if let (Err(error), 1..) = (rest.settle(), written.verbose) {
        output::aside(|out| writeln!(out, "the cache was not written: {error}"));
    }
}

/// Writes the report, or what kept the plan from running.
fn finish(
    result: Result<Report, Vec<Diagnostic>>,
    plan: &Loaded,
    told: Told<'_>,
    printed: usize,
) -> u8 {
    match result {
        Err(diagnostics) => {
            output::show(&diagnostics, &plan.sources, told.shown);
            WRONG
        }
        Ok(report) => {
            let written = match told.written.format {
                Format::Text => text(&report, printed, told),
                Format::Md => output::emit(|out| render::md::write(&report, out)),
                Format::Json => output::emit(|out| render::json::write(&report, out)),
                Format::Summary => output::emit(|out| render::summary::write(&report, out)),
            };
            failure(&report, plan, told);
            if written.is_err() { FAILED } else { exit_code(&report) }
        }
    }
}

/// The rows found, unless the plan printed lines of its own; then what was not seen.
fn text(report: &Report, printed: usize, told: Told<'_>) -> Result<(), u8> {
    if printed == 0 {
        output::emit(|out| render::text::write(report, output::paint(told.shown), out))?;
    }
    if !told.written.quiet {
        output::aside(|out| {
            if printed == 0 {
                render::text::counts(report, out)?;
            }
            render::text::remarks(report, out)
        });
    }
    Ok(())
}

/// Shows the error that ended the run, in its place in the plan; on standard error, whatever its form.
fn failure(report: &Report, plan: &Loaded, told: Told<'_>) {
    let Some(fault) = &report.fault else { return };
    if told.written.format != Format::Json {
        output::show_aside(&[diagnostic(fault)], &plan.sources, told.shown);
    }
}

/// An error that ended a run, to be shown in its place in the plan.
#[must_use]
pub fn diagnostic(fault: &Fault) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(fault.code, fault.span.unwrap_or_default(), fault.message.clone());
    let diagnostic = fault.trace.iter().fold(diagnostic, |diagnostic, (module, call)| {
        diagnostic.related(*call, format!("in the module `{module}`, called here"))
    });
    match &fault.help {
        Some(help) => diagnostic.help(help.clone()),
        None => diagnostic,
    }
}

/// The exit code that a run's end asks for.
#[must_use]
pub fn exit_code(report: &Report) -> u8 {
    match (report.status, report.error.as_ref().map(|error| error.kind)) {
        ("aborted", Some("timeout")) => TIMED_OUT,
        ("aborted", _) => ABORTED,
        ("error", _) => FAILED,
        _ => COMPLETED,
    }
}

/// The first signal ends the run with what is known; the second one, or one that comes when the run is over and its
/// result is being written, ends the program at once.
fn on_interrupt(handle: &Handle) {
    let handle = handle.clone();
    let handler = move || {
        let is_on = matches!(handle.status(), State::Idle | State::Running | State::Paused);
        if handle.cancel().reason().is_some() || !is_on {
            keys::restore();
            std::process::exit(i32::from(ABORTED));
        }
        handle.abort();
    };
    // A second handler in one process is refused: the first one is as good.
    let _ = ctrlc::set_handler(handler);
}
