//! What a run leaves behind: one record a step, one for each action that looked at the repository or failed.

use std::sync::Arc;
use std::time::Duration;

use crate::diagnostic::Fault;
use crate::step::event::StepStatus;
use crate::value::Value;

/// How many actions are kept; a loop that asks more often keeps its first ones, and the result says so.
pub const KEPT_ACTIONS: usize = 10_000;

/// The last run of a step.
#[derive(Clone, Debug)]
pub struct StepRecord {
    /// How it ended.
    pub status: StepStatus,
    /// Entries so far.
    pub runs: u32,
    /// Attempts of the last entry.
    pub attempts: u32,
    /// Of the last entry.
    pub elapsed: Duration,
    /// Of the last entry.
    pub result: Value,
    /// What ended the last entry, or was handled by its policy.
    pub error: Option<Fault>,
    /// Ids of the actions of all entries.
    pub actions: Vec<Arc<str>>,
}

/// One action.
#[derive(Clone, Debug)]
pub struct ActionRecord {
    /// Its id in the result.
    pub id: Arc<str>,
    /// Number of the step it stands in; 0 outside every step.
    pub step: u32,
    /// The action's name.
    pub name: &'static str,
    /// Its arguments as bound.
    pub args: Value,
    /// What it took.
    pub elapsed: Duration,
    /// Its value or its fault.
    pub outcome: Result<Value, Fault>,
}

/// The records of a run.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    /// By step number, from 1.
    pub steps: Vec<StepRecord>,
    /// In the order they ended.
    pub actions: Vec<ActionRecord>,
    /// Actions that were not kept.
    pub dropped: usize,
}

impl Journal {
    /// A journal for that many steps.
    #[must_use]
    pub fn new(steps: usize) -> Self {
        let record = StepRecord {
            status: StepStatus::NotRun,
            runs: 0,
            attempts: 0,
            elapsed: Duration::ZERO,
            result: Value::Null,
            error: None,
            actions: Vec::new(),
        };
        Self { steps: vec![record; steps], actions: Vec::new(), dropped: 0 }
    }

    /// A step is entered.
    pub fn enter(&mut self, step: u32) {
        self.steps[step as usize - 1].runs += 1;
    }

    /// A step was left.
    pub fn leave(
        &mut self,
        step: u32,
        status: StepStatus,
        attempts: u32,
        elapsed: Duration,
        result: &Value,
    ) {
        let record = &mut self.steps[step as usize - 1];
        record.status = status;
        record.attempts = attempts;
        record.elapsed = elapsed;
        record.result = result.clone();
    }

    /// What ended the entry that was left last, if it failed.
    pub fn blame(&mut self, step: u32, error: Option<Fault>) {
        self.steps[step as usize - 1].error = error;
    }

    /// An id that no recorded action has: `wanted`, else `name_index`.
    #[must_use]
    pub fn name(&self, wanted: Option<&str>, name: &str) -> Arc<str> {
        let base = wanted.map_or_else(|| format!("{name}_{}", self.actions.len()), str::to_owned);
        let taken = |id: &str| self.actions.iter().any(|action| &*action.id == id);
        if wanted.is_none() || !taken(&base) {
            return base.into();
        }
        let mut n = 2;
        while taken(&format!("{base}_{n}")) {
            n += 1;
        }
        format!("{base}_{n}").into()
    }

    /// Keeps the record of an action.
    pub fn keep(&mut self, record: ActionRecord) {
        if self.actions.len() == KEPT_ACTIONS {
            self.dropped += 1;
            return;
        }
        if let Some(step) =
            (record.step as usize).checked_sub(1).and_then(|at| self.steps.get_mut(at))
        {
            step.actions.push(Arc::clone(&record.id));
        }
        self.actions.push(record);
    }
}
