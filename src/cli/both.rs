//! Tells a run to two at once: to the lines of `--events`, and to the live view; how long its parts took to a third.

use std::sync::Arc;
use std::time::Duration;

use super::live::Live;
use super::stages::Stages;
use crate::diagnostic::Fault;
use crate::step::event::{ActionInfo, Events, State, StepInfo, StepStatus};
use crate::system::control::Progress;
use crate::value::Value;

/// Tells two of everything.
pub struct Both(pub Arc<dyn Events>, pub Arc<Live>, pub Option<Arc<Stages>>);

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

    fn stage(&self, name: &'static str, took: Duration) {
        if let Some(stages) = &self.2 {
            stages.add(name, took);
        }
    }
}
