//! The run as it goes on, on standard error: on a terminal the tree of its steps with their state, time and retries, and
//! how far the scan is; elsewhere, if asked for, plain lines.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indexmap::IndexMap;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::{Format, When, Written};
use super::keys::Keys;
use crate::action::Output;
use crate::diagnostic::Fault;
use crate::step::event::{ActionInfo, Events, State, StepInfo, StepStatus};
use crate::step::handle::Handle;
use crate::system::control::Progress;
use crate::value::Value;

/// A run that is over sooner shows nothing.
const MOMENT: Duration = Duration::from_millis(300);
/// How often times are brought up to date.
const BEAT: Duration = Duration::from_millis(100);
/// Plain lines of the scan come no oftener.
const PLAIN: Duration = Duration::from_secs(1);
/// So many steps are shown; those that ended first make room.
const SHOWN: usize = 16;

/// The view of a run.
pub struct Live {
    form: Form,
    hears: Hears,
    all: MultiProgress,
    state: Mutex<Seen>,
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

struct Seen {
    began: Instant,
    rows: IndexMap<Arc<str>, Row>,
    scan: Option<ProgressBar>,
    told: Instant,
    is_paused: bool,
    foot: ProgressBar,
}

struct Row {
    bar: ProgressBar,
    name: String,
    began: Instant,
    entries: u32,
    attempt: u32,
    ended: Option<(StepStatus, Duration)>,
}

impl Live {
    /// The view that was asked for; by itself only on a terminal.
    #[must_use]
    pub fn new(written: &Written) -> Arc<Self> {
        Self::with(written, Hears::Keys)
    }

    /// The same where a prompt comes back: what is typed ahead is left to it.
    #[must_use]
    pub fn beside_a_prompt(written: &Written) -> Arc<Self> {
        Self::with(written, Hears::Nothing)
    }

    fn with(written: &Written, hears: Hears) -> Arc<Self> {
        let on_terminal = std::io::stderr().is_terminal();
        let form = match (written.progress, on_terminal) {
            (When::Never, _) => Form::Nothing,
            (When::Always, true) => Form::Tree,
            (When::Always, false) => Form::Lines,
            (When::Auto, true) if !written.quiet && written.format != Format::Json => Form::Tree,
            (When::Auto, _) => Form::Nothing,
        };
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::hidden());
        let foot = all.add(line());
        let now = Instant::now();
        let state = Seen {
            began: now,
            rows: IndexMap::new(),
            scan: None,
            told: now,
            is_paused: false,
            foot,
        };
        let is_over = AtomicBool::new(false);
        Arc::new(Self { form, hears, all, state: Mutex::new(state), is_over })
    }

    /// Whether anything is shown.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.form != Form::Nothing
    }

    /// Keeps the times up to date and takes `p` for a pause while `work` goes on; then takes the view away.
    pub fn beside<T>(&self, handle: &Handle, work: impl FnOnce() -> T) -> T {
        if self.form != Form::Tree {
            return work();
        }
        std::thread::scope(|scope| {
            scope.spawn(|| self.beat(handle));
            let _over = Over(&self.is_over);
            work()
        })
    }

    fn beat(&self, handle: &Handle) {
        let (mut keys, mut is_up): (Option<Keys>, bool) = (None, false);
        while !self.is_over.load(Ordering::Relaxed) {
            let shown = self.seen().began.elapsed() >= MOMENT;
            if shown && !is_up {
                self.all.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
                keys = (self.hears == Hears::Keys).then(Keys::listen);
                is_up = true;
            }
            match keys.as_ref().and_then(|keys| keys.next(BEAT)) {
                Some(b'p') if handle.status() == State::Paused => handle.resume(),
                Some(b'p') => handle.pause(),
                _ => {}
            }
            if keys.as_ref().is_none_or(|keys| !keys.waits()) {
                std::thread::sleep(BEAT);
            }
            self.seen().draw();
        }
        drop(keys);
        // What cannot be cleared from a terminal is nobody's loss.
        drop(self.all.clear());
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, text: &str) {
        if self.form == Form::Lines {
            eprintln!("{text}");
        }
    }
}

/// Says that the work is over, however it ends.
struct Over<'o>(&'o AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn line() -> ProgressBar {
    let bar = ProgressBar::new(0);
    match ProgressStyle::with_template("{msg}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

impl Seen {
    /// Every line as it stands now.
    fn draw(&self) {
        for row in self.rows.values() {
            row.bar.set_message(row.text());
        }
        self.foot.set_message(if self.is_paused { "paused; `p` goes on" } else { "" });
    }

    fn enter(&mut self, all: &MultiProgress, step: &StepInfo) {
        let now = Instant::now();
        if let Some(row) = self.rows.get_mut(&step.id) {
            row.began = now;
            (row.entries, row.attempt, row.ended) = (row.entries + 1, 1, None);
            return;
        }
        while self.rows.len() >= SHOWN {
            let Some(at) = self.rows.values().position(|row| row.ended.is_some()) else { break };
            if let Some((_, row)) = self.rows.shift_remove_index(at) {
                all.remove(&row.bar);
            }
        }
        let indent = "  ".repeat(step.depth.saturating_sub(1).min(12) as usize);
        let name = format!("{indent}{}", step.desc.as_deref().unwrap_or(&step.id));
        let bar = all.insert_before(&self.foot, line());
        let row = Row { bar, name, began: now, entries: 1, attempt: 1, ended: None };
        self.rows.insert(Arc::clone(&step.id), row);
    }
}

impl Row {
    fn text(&self) -> String {
        let (mark, time) = match self.ended {
            None => ("▸", self.began.elapsed()),
            Some((StepStatus::Ok, time)) => ("✓", time),
            Some((StepStatus::Skipped | StepStatus::NotRun, time)) => ("–", time),
            Some((StepStatus::Partial, time)) => ("~", time),
            Some((StepStatus::Error, time)) => ("✗", time),
        };
        let mut text = format!("{mark} {}  {:.1} s", self.name, time.as_secs_f64());
        if self.attempt > 1 {
            text += &format!(", attempt {}", self.attempt);
        }
        if self.entries > 1 {
            text += &format!(", entered {} times", self.entries);
        }
        text
    }
}

impl Events for Live {
    fn step_start(&self, step: &StepInfo) {
        match self.form {
            Form::Tree => self.seen().enter(&self.all, step),
            _ => self.say(&format!("{}: begins", step.id)),
        }
    }

    fn step_end(&self, step: &StepInfo, status: StepStatus, _: &Value) {
        if let Some(row) = self.seen().rows.get_mut(&step.id) {
            row.ended = Some((status, row.began.elapsed()));
        }
        self.say(&format!("{}: {}", step.id, status.name()));
    }

    fn step_retry(&self, step: &StepInfo, attempt: u32, error: &Fault) {
        if let Some(row) = self.seen().rows.get_mut(&step.id) {
            row.attempt = attempt;
        }
        self.say(&format!("{}: attempt {attempt}, since {}", step.id, error.message));
    }

    fn action_end(
        &self,
        action: &ActionInfo<'_>,
        elapsed_ms: u64,
        count: Option<i64>,
        _: Option<&Fault>,
    ) {
        if let Some(count) = count {
            self.say(&format!("{}: {} = {count}, {elapsed_ms} ms", action.step.id, action.id));
        }
    }

    fn pause(&self) {
        self.seen().is_paused = true;
    }

    fn resume(&self) {
        self.seen().is_paused = false;
    }
}

impl Progress for Live {
    fn files(&self, done: usize, total: usize) {
        let mut seen = self.seen();
        match self.form {
            Form::Nothing => {}
            Form::Lines => {
                if seen.told.elapsed() >= PLAIN {
                    seen.told = Instant::now();
                    self.say(&format!("scan: {done} of {total} files"));
                }
            }
            Form::Tree => {
                if seen.scan.is_none() {
                    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} files");
                    let bar = ProgressBar::new(total as u64);
                    let bar = if let Ok(style) = style { bar.with_style(style) } else { bar };
                    seen.scan = Some(self.all.insert_before(&seen.foot, bar));
                }
                if let Some(bar) = &seen.scan {
                    bar.set_length(total as u64);
                    bar.set_position(done as u64);
                }
                if done >= total
                    && let Some(bar) = seen.scan.take()
                {
                    self.all.remove(&bar);
                }
            }
        }
    }
}

/// The plan's lines, written while the view is off the screen.
pub struct Aside<'a> {
    /// Where they go.
    pub output: &'a dyn Output,
    /// The view.
    pub live: &'a Live,
}

impl Output for Aside<'_> {
    fn line(&self, text: &str) -> Result<(), Fault> {
        self.live.all.suspend(|| self.output.line(text))
    }

    fn log(&self, level: &str, text: &str) {
        self.live.all.suspend(|| self.output.log(level, text));
    }
}

/// Tells two of everything.
pub struct Both(pub Arc<dyn Events>, pub Arc<Live>);

/// What [`Live`] shows, and what it does not.
impl Events for Both {
    fn plan_start(&self) {
        self.0.plan_start();
    }

    fn plan_end(&self, state: State) {
        self.0.plan_end(state);
    }

    fn step_start(&self, step: &StepInfo) {
        self.0.step_start(step);
        self.1.step_start(step);
    }

    fn step_end(&self, step: &StepInfo, status: StepStatus, result: &Value) {
        self.0.step_end(step, status, result);
        self.1.step_end(step, status, result);
    }

    fn step_error(&self, step: &StepInfo, attempt: u32, error: &Fault) {
        self.0.step_error(step, attempt, error);
    }

    fn step_retry(&self, step: &StepInfo, attempt: u32, error: &Fault) {
        self.0.step_retry(step, attempt, error);
        self.1.step_retry(step, attempt, error);
    }

    fn step_jump(&self, step: &StepInfo, target: &str) {
        self.0.step_jump(step, target);
    }

    fn action_start(&self, action: &ActionInfo<'_>) {
        self.0.action_start(action);
    }

    fn action_end(
        &self,
        action: &ActionInfo<'_>,
        elapsed_ms: u64,
        count: Option<i64>,
        error: Option<&Fault>,
    ) {
        self.0.action_end(action, elapsed_ms, count, error);
        self.1.action_end(action, elapsed_ms, count, error);
    }

    fn progress(&self, done: usize, total: usize) {
        self.0.progress(done, total);
    }

    fn print(&self, line: &str) {
        self.0.print(line);
    }

    fn abort(&self) {
        self.0.abort();
    }

    fn pause(&self) {
        self.0.pause();
        self.1.pause();
    }

    fn resume(&self) {
        self.0.resume();
        self.1.resume();
    }

    fn timeout(&self, step: Option<&StepInfo>) {
        self.0.timeout(step);
    }

    fn state_change(&self, new: State, old: State) {
        self.0.state_change(new, old);
    }
}

impl Progress for Both {
    fn files(&self, done: usize, total: usize) {
        self.0.progress(done, total);
        self.1.files(done, total);
    }
}
