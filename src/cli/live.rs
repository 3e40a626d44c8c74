//! The run as it goes on, on standard error: on a terminal its view, drawn anew many times a second; elsewhere, if asked
//! for, plain lines. What is shown is `view`'s.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Thread;
use std::time::{Duration, Instant};

use console::{Term, measure_text_width};

use super::args::{Format, When, Written};
use super::keys::Keys;
use super::view::{Frame, Going, Keyed, View};
use crate::action::Output;
use crate::diagnostic::Fault;
use crate::diagnostic::render::Color;
use crate::step::event::{ActionInfo, Events, State, StepInfo, StepStatus};
use crate::step::handle::Handle;
use crate::system::control::Progress;
use crate::value::Value;

/// A run that is over sooner shows nothing.
const MOMENT: Duration = Duration::from_millis(300);
/// How often the view is drawn and keys are looked for.
const BEAT: Duration = Duration::from_millis(50);
/// Plain lines of the scan come no oftener.
const PLAIN: Duration = Duration::from_secs(1);

/// The view of a run.
pub struct Live {
    form: Form,
    hears: Hears,
    color: Color,
    shown: Mutex<Shown>,
    is_over: AtomicBool,
}

/// How the run is shown.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Tree,
    Lines,
    Nothing,
}

/// Whether keys are taken while the view is up.
#[derive(Clone, Copy, PartialEq)]
enum Hears {
    /// `p` pauses.
    Keys,
    /// They are for whoever reads them next.
    Nothing,
}

struct Shown {
    view: View,
    time: Time,
    screen: Screen,
    /// When a plain line last told of the scan.
    told: Instant,
}

impl Live {
    /// The view that was asked for; by itself only on a terminal.
    #[must_use]
    pub fn new(written: &Written, color: Color) -> Arc<Self> {
        Self::with(written, color, Hears::Keys)
    }

    /// The same where a prompt comes back: what is typed ahead is left to it.
    #[must_use]
    pub fn beside_a_prompt(written: &Written, color: Color) -> Arc<Self> {
        Self::with(written, color, Hears::Nothing)
    }

    fn with(written: &Written, color: Color, hears: Hears) -> Arc<Self> {
        let on_terminal = std::io::stderr().is_terminal();
        let form = match (written.progress, on_terminal) {
            (When::Never, _) => Form::Nothing,
            (When::Always, true) => Form::Tree,
            (When::Always, false) => Form::Lines,
            (When::Auto, true) if !written.quiet && written.format != Format::Json => Form::Tree,
            (When::Auto, _) => Form::Nothing,
        };
        let shown = Shown {
            view: View::default(),
            time: Time::default(),
            screen: Screen { term: Term::buffered_stderr(), drawn: Vec::new() },
            told: Instant::now(),
        };
        let is_over = AtomicBool::new(false);
        Arc::new(Self { form, hears, color, shown: Mutex::new(shown), is_over })
    }

    /// Keeps the view up to date and takes `p` for a pause while `work` goes on; then takes the view away.
    pub fn beside<T>(&self, handle: &Handle, work: impl FnOnce() -> T) -> T {
        if self.form != Form::Tree {
            return work();
        }
        std::thread::scope(|scope| {
            let beating = scope.spawn(|| self.beat(handle));
            let _over = Over(&self.is_over, beating.thread().clone());
            work()
        })
    }

    fn beat(&self, handle: &Handle) {
        let began = Instant::now();
        while !self.is_over() && began.elapsed() < MOMENT {
            std::thread::park_timeout(MOMENT.saturating_sub(began.elapsed()));
        }
        if self.is_over() {
            return;
        }
        let keys = (self.hears == Hears::Keys).then(Keys::listen);
        let keys = keys.filter(Keys::are_heard);
        let heard = if keys.is_some() { Keyed::Heard } else { Keyed::Unheard };
        while !self.is_over() {
            let pressed = keys.as_ref().map(Keys::pressed).unwrap_or_default();
            for _ in pressed.iter().filter(|key| matches!(key, b'p' | b'P')) {
                match handle.status() {
                    State::Paused => handle.resume(),
                    _ => handle.pause(),
                }
            }
            self.shown().draw(self.color, heard);
            std::thread::park_timeout(BEAT);
        }
        self.shown().screen.clear();
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what the view shows, if there is one.
    fn see(&self, change: impl FnOnce(&mut View, Duration)) {
        if self.form == Form::Tree {
            let Shown { view, time, .. } = &mut *self.shown();
            change(view, time.elapsed());
        }
    }

    fn say(&self, text: impl FnOnce() -> String) {
        if self.form == Form::Lines {
            super::output::say(&text());
        }
    }
}

/// Says that the work is over, however it ends.
struct Over<'o>(&'o AtomicBool, Thread);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
        self.1.unpark();
    }
}

impl Shown {
    fn draw(&mut self, color: Color, keys: Keyed) {
        let (height, width) = self.screen.size();
        let going = if self.time.held.is_some() { Going::Paused } else { Going::Running };
        let now = self.time.elapsed();
        let lines = self.view.lines(Frame { width, height, color, now, going, keys });
        self.screen.draw(lines);
    }
}

/// The time of a run, which stands still while it is held.
struct Time {
    began: Instant,
    lost: Duration,
    held: Option<Instant>,
}

impl Default for Time {
    fn default() -> Self {
        Self { began: Instant::now(), lost: Duration::ZERO, held: None }
    }
}

impl Time {
    fn elapsed(&self) -> Duration {
        let now = self.held.unwrap_or_else(Instant::now);
        now.duration_since(self.began).saturating_sub(self.lost)
    }

    fn hold(&mut self) {
        self.held.get_or_insert_with(Instant::now);
    }

    fn release(&mut self) {
        self.lost += self.held.take().map_or(Duration::ZERO, |held| held.elapsed());
    }
}

/// The last lines of a terminal.
struct Screen {
    term: Term,
    /// The lines that stand there.
    drawn: Vec<String>,
}

impl Screen {
    /// Rows and columns.
    fn size(&self) -> (usize, usize) {
        let known = self.term.size_checked().filter(|&(rows, columns)| rows > 0 && columns > 0);
        let (rows, columns) = known.unwrap_or((24, 80));
        (usize::from(rows), usize::from(columns))
    }

    fn draw(&mut self, lines: Vec<String>) {
        if lines == self.drawn {
            return;
        }
        self.erase();
        for line in &lines {
            // What cannot be drawn on a terminal is nobody's loss.
            drop(self.term.write_line(line));
        }
        drop(self.term.flush());
        self.drawn = lines;
    }

    fn clear(&mut self) {
        self.erase();
        drop(self.term.flush());
    }

    /// Takes the lines away, as many as they are by now: a terminal that has become narrower folds them.
    fn erase(&mut self) {
        let (_, width) = self.size();
        let rows = |line: String| measure_text_width(&line).div_ceil(width).max(1);
        let rows = self.drawn.drain(..).map(rows).sum();
        drop(self.term.clear_last_lines(rows));
    }
}

impl Events for Live {
    fn step_start(&self, step: &StepInfo) {
        self.see(|view, now| view.enter(step, now));
        self.say(|| format!("{}: begins", step.id));
    }

    fn step_end(&self, step: &StepInfo, status: StepStatus, _: &Value) {
        self.see(|view, now| view.leave(&step.id, status, now));
        self.say(|| format!("{}: {}", step.id, status.name()));
    }

    fn step_retry(&self, step: &StepInfo, attempt: u32, error: &Fault) {
        self.see(|view, _| view.retry(&step.id, attempt));
        self.say(|| format!("{}: attempt {attempt}, since {}", step.id, error.message));
    }

    fn action_end(
        &self,
        action: &ActionInfo<'_>,
        elapsed_ms: u64,
        count: Option<i64>,
        _: Option<&Fault>,
    ) {
        if let Some(count) = count {
            self.say(|| format!("{}: {} = {count}, {elapsed_ms} ms", action.step.id, action.id));
        }
    }

    fn pause(&self) {
        self.shown().time.hold();
        self.say(|| "paused".to_owned());
    }

    fn resume(&self) {
        self.shown().time.release();
        self.say(|| "goes on".to_owned());
    }
}

impl Progress for Live {
    fn files(&self, done: usize, total: usize) {
        self.see(|view, _| view.scan(done, total));
        if self.form == Form::Lines {
            let mut shown = self.shown();
            if shown.told.elapsed() >= PLAIN {
                shown.told = Instant::now();
                self.say(|| format!("scan: {done} of {total} files"));
            }
        }
    }
}

/// The plan's lines, written while the view is off the screen.
pub struct Aside<'a> {
    output: &'a dyn Output,
    live: &'a Live,
    /// Whether lines go to the terminal of the view, or to another place.
    is_shared: bool,
}

impl<'a> Aside<'a> {
    /// Lines to `output` beside a view.
    #[must_use]
    pub fn new(output: &'a dyn Output, live: &'a Live) -> Self {
        Self { output, live, is_shared: std::io::stdout().is_terminal() }
    }

    /// The view comes back with its next beat.
    fn beside<T>(&self, write: impl FnOnce() -> T) -> T {
        if self.live.form != Form::Tree {
            return write();
        }
        let mut shown = self.live.shown();
        if !shown.screen.drawn.is_empty() {
            shown.screen.clear();
        }
        write()
    }
}

impl Output for Aside<'_> {
    fn line(&self, text: &str) -> Result<(), Fault> {
        if self.is_shared { self.beside(|| self.output.line(text)) } else { self.output.line(text) }
    }

    fn log(&self, level: &str, text: &str) {
        self.beside(|| self.output.log(level, text));
    }
}
