//! `qplan repl`: statements typed one after the other over one session. On a terminal with an editor, from a pipe line
//! by line; what either is given goes the same way.

mod command;
mod complete;
mod editor;
mod history;
mod interrupt;
mod pipe;
mod relay;
mod show;

use std::cell::RefCell;
use std::collections::HashSet;
use std::io::IsTerminal;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use clap::Command;

use super::args::{Common, Format};
use super::both::Both;
use super::events::Sink;
use super::live::{Aside, Live};
use super::output::{self, Lines};
use super::{ABORTED, COMPLETED, FAILED, WRONG, config, run};
use crate::action::Registry;
use crate::diagnostic::{Code, Diagnostic};
use crate::report::Report;
use crate::report::render::text;
use crate::run::Watch;
use crate::run::session::{Evaluated, Given, Outside, Session};
use crate::source::Sources;
use crate::step::event::{Events, Silent};
use crate::step::handle::Handle;
use crate::system::control::Progress;
use crate::system::os::Os;
use interrupt::Interrupts;
use relay::Relay;

/// The subcommand.
#[must_use]
pub fn command() -> Command {
    Command::new("repl").about("Type statements and see what each gives").after_help(EXAMPLES)
}

/// The subcommand with the options of a run, without those that a session has no use for.
#[must_use]
pub fn fitted(command: Command) -> Command {
    let unfit = ["format", "with_context", "checkpoint", "max_checkpoints"];
    unfit.into_iter().fold(command, |command, option| command.mut_arg(option, |arg| arg.hide(true)))
}

const EXAMPLES: &str = "\
At the prompt:
  q \"entity=class name=~View$\" -> views     a statement runs at the end of its line and shows what it gave
  print views.count                         variables and results of steps stay
  views[0].name                             so does a lone expression
  step \"Two\" id=two {                       a block goes on until it is closed
    calls get_object_or_404 -> uses
  }
  :help                                     lists the commands; `:help calls` tells of an action

Tab completes, the history is kept, Ctrl-C ends the statement that runs, Ctrl-D the session.
Files that changed are read anew before each statement.

From a pipe the same is read without a prompt; `stop` ends it, and the exit code is 1 if a statement failed:
  qplan repl < review.qp
  echo 'q \"entity=class\"' | qplan repl --root ../django";

/// Runs it.
pub fn main(common: &Common, registry: &Registry) -> u8 {
    let mut common = common.clone();
    if let Err(code) = config::of_repository(&mut common) {
        return code;
    }
    // Whoever likes another format for plans has not asked for it here.
    if !common.settled.is_flag("format") {
        common.written.format = Format::Text;
    }
    let common = &common;
    if let Some(message) = unfit(common) {
        return output::complain(message);
    }
    let options = match common.options() {
        Ok(options) => options,
        Err(message) => return output::complain(&message),
    };
    let sink = match common
        .written
        .events
        .as_ref()
        .map(|sink| Sink::open(sink, &options.id))
        .transpose()
    {
        Ok(sink) => sink.map(Arc::new),
        Err(message) => return output::complain(&message),
    };
    let relay = Arc::new(Relay::default());
    let run_id = options.id.clone();
    let session = Session::new(options, registry.clone(), relay.clone());
    if let Err(wrong) = session.root(&Os) {
        output::show_aside(&wrong, &Sources::new(), &common.shown);
        return WRONG;
    }
    let is_terminal = std::io::stdin().is_terminal();
    let mut repl = Repl {
        session: Rc::new(RefCell::new(session)),
        common,
        interrupts: Interrupts::install(is_terminal),
        relay,
        sink,
        run_id,
        last: Vec::new(),
        code: None,
        times: Times::Untold,
        remarked: HashSet::new(),
        ended: COMPLETED,
    };
    if is_terminal { editor::run(&mut repl) } else { pipe::run(&mut repl) }
}

/// What options a session has no use for.
fn unfit(common: &Common) -> Option<&'static str> {
    if common.checkpoint.is_some() {
        return Some("`--checkpoint` belongs to the run of a plan; `:save` writes what was typed");
    }
    if common.written.format != Format::Text {
        return Some("`qplan repl` shows text; for another `--format`, run a plan");
    }
    common
        .written
        .with_context
        .then_some("`--with-context` belongs to the result of a plan; `:vars` shows the variables")
}

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Prompt,
    Quit,
}

/// How a statement was told of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// As ever.
    Done,
    /// It said `stop`.
    Stopped,
    /// The user ended it.
    Aborted,
    /// Nobody reads what is written any more.
    Unread,
}

impl Told {
    const fn next(self) -> Next {
        match self {
            Self::Done | Self::Stopped | Self::Aborted => Next::Prompt,
            Self::Unread => Next::Quit,
        }
    }
}

/// Whether it is told what a statement took.
#[derive(Clone, Copy, PartialEq)]
enum Times {
    Told,
    Untold,
}

/// The state of the loop.
struct Repl<'c> {
    /// Shared with the editor, which completes its names.
    session: Rc<RefCell<Session>>,
    common: &'c Common,
    interrupts: Interrupts,
    relay: Arc<Relay>,
    /// Where events go.
    sink: Option<Arc<Sink>>,
    run_id: String,
    /// What was shown last, for `:full`.
    last: Vec<Given>,
    /// Of the last error, for `:explain`.
    code: Option<Code>,
    times: Times,
    /// What was said of files that were not seen.
    remarked: HashSet<String>,
    /// The exit code so far: that of the last failure.
    ended: u8,
}

impl Repl<'_> {
    /// Takes one statement, or several, or a command.
    fn take(&mut self, text: &str) -> Next {
        if is_command(text) {
            return command::run(self, text.trim());
        }
        if text.trim().is_empty() {
            return Next::Prompt;
        }
        let evaluated = self.evaluate(|session, outside| session.evaluate(text, outside));
        match evaluated {
            // In a pipe, a session is a plan that comes in pieces.
            Told::Stopped | Told::Aborted if !self.interrupts.is_terminal() => Next::Quit,
            told => told.next(),
        }
    }

    /// Runs a plan's file in the session.
    fn load(&mut self, path: &str) -> Next {
        match run::read(path) {
            Ok((name, text)) => {
                self.evaluate(|session, outside| session.load(&name, &text, outside)).next()
            }
            Err(message) => {
                self.complain(&message);
                Next::Prompt
            }
        }
    }

    /// Evaluates under the eyes of the user, and shows what came of it.
    fn evaluate(&mut self, work: impl FnOnce(&mut Session, &Outside<'_>) -> Evaluated) -> Told {
        let events: Arc<dyn Events> = match &self.sink {
            Some(sink) => Arc::<Sink>::clone(sink),
            None => Arc::new(Silent),
        };
        let live = Live::beside_a_prompt(&self.common.written, output::color(&self.common.shown));
        let both = Arc::new(Both(events, Arc::clone(&live), None));
        self.relay.set(Some(Arc::clone(&both) as Arc<dyn Progress>));
        let lines = Lines::written(&self.common.written);
        let handle = Handle::new(both);
        let output = Aside::new(&lines, &live);
        let watch = Watch { output: &output, handle: &handle };
        let began = Instant::now();
        self.interrupts.watch(Some(handle.clone()));
        let outside = Outside { system: &Os, watch };
        let evaluated = live.beside(&handle, || work(&mut self.session.borrow_mut(), &outside));
        self.interrupts.watch(None);
        self.relay.set(None);
        let printed = lines.finish();
        if lines.is_closed() {
            return Told::Unread;
        }
        match printed {
            Ok(printed) => self.tell(&evaluated, printed),
            Err(error) => self.complain(&format!("cannot write the output: {error}")),
        }
        if self.times == Times::Told {
            output::aside(|out| writeln!(out, "{} ms", began.elapsed().as_millis()));
        }
        self.session.borrow().remember();
        match evaluated.outcome {
            Ok(Report { status: "stopped", .. }) => Told::Stopped,
            Ok(report) if run::exit_code(&report) == ABORTED => Told::Aborted,
            _ => Told::Done,
        }
    }

    fn tell(&mut self, evaluated: &Evaluated, printed: usize) {
        let Evaluated { plan, outcome, given } = evaluated;
        match outcome {
            Err(diagnostics) => self.wrong(diagnostics, evaluated),
            Ok(report) => {
                if !plan.diagnostics.is_empty() {
                    output::show_aside(&plan.diagnostics, &plan.sources, &self.common.shown);
                }
                if let Some(fault) = &report.fault {
                    self.code = Some(fault.code);
                    output::show_aside(
                        &[run::diagnostic(fault)],
                        &plan.sources,
                        &self.common.shown,
                    );
                } else if printed == 0 && !given.is_empty() {
                    self.last.clone_from(given);
                    show::short(given, self.common);
                }
                if !self.common.written.quiet {
                    self.remark(report);
                }
                self.end(report);
            }
        }
    }

    /// Says what was not seen; of a file once, since it goes without saying from then on.
    fn remark(&mut self, report: &Report) {
        let mut lines = Vec::new();
        // Writing to memory cannot fail.
        let _ = text::remarks(report, &mut lines);
        for line in String::from_utf8_lossy(&lines).lines() {
            if line.starts_with("warning") || self.remarked.insert(line.to_owned()) {
                output::aside(|out| writeln!(out, "{line}"));
            }
        }
    }

    fn wrong(&mut self, diagnostics: &[Diagnostic], evaluated: &Evaluated) {
        let first = diagnostics.iter().find(|diagnostic| diagnostic.is_error());
        self.code = first.map(|diagnostic| diagnostic.code).or(self.code);
        output::show_aside(diagnostics, &evaluated.plan.sources, &self.common.shown);
        self.ended = FAILED;
    }

    fn end(&mut self, report: &Report) {
        match report.status {
            "aborted" if run::exit_code(report) == ABORTED => self.ended = ABORTED,
            "aborted" | "error" => self.ended = FAILED,
            _ => {}
        }
    }

    /// Says what is wrong with a command.
    fn complain(&mut self, message: &str) {
        output::complain(message);
        self.ended = FAILED;
    }

    /// The exit code: on a terminal the user has seen what failed.
    fn exit_code(&self) -> u8 {
        if self.interrupts.is_terminal() { COMPLETED } else { self.ended }
    }
}

/// Whether a text is a command of the session.
fn is_command(text: &str) -> bool {
    text.trim_start().starts_with(':')
}

impl Repl<'_> {
    /// Shows a value: a name, a path, or any expression; it is no statement, so nothing is kept of it.
    fn show(&mut self, text: &str) -> Next {
        let text = text.to_owned();
        self.evaluate(|session, outside| session.value_of(&text, outside)).next()
    }
}
