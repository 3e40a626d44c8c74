//! What a run leaves behind: one record a step, one for each action that looked at the repository or failed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use super::checkpoint::{Counts, sorted};
use crate::diagnostic::Fault;
use crate::source::Span;
use crate::step::event::StepStatus;
use crate::value::Value;

/// How many actions are kept; a loop that asks more often keeps its first ones, and the result says so.
pub const KEPT_ACTIONS: usize = 10_000;
/// What the values and arguments of all kept actions weigh together; beyond it the rows of an answer are not kept.
pub const KEPT_WEIGHT: u64 = 256 << 20;

/// The last run of a step.
#[derive(Clone, Debug, Default)]
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

/// How an entry of a step ended.
pub(super) struct Left<'a> {
    pub(super) status: StepStatus,
    pub(super) attempts: u32,
    pub(super) elapsed: Duration,
    pub(super) result: &'a Value,
    /// What ended it, or was handled by its policy.
    pub(super) error: Option<Fault>,
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
    /// By step number, those that were entered.
    pub steps: BTreeMap<u32, StepRecord>,
    /// In the order they ended.
    pub actions: Vec<ActionRecord>,
    /// Actions that were not kept.
    pub dropped: usize,
    /// Actions kept without their rows, or without their arguments, since all together weigh too much.
    pub cut: usize,
    weight: u64,
    /// How often each call of an action has run, by its place.
    runs: HashMap<Span, u32>,
    /// Ids that were asked for by a computed `id=`, and how often.
    asked: HashMap<Arc<str>, u32>,
}

impl Journal {
    /// An empty journal for another thread of execution, which gives out ids as this one would.
    #[must_use]
    pub fn branch(&self) -> Self {
        Self { runs: self.runs.clone(), asked: self.asked.clone(), ..Self::default() }
    }

    /// A journal of these records.
    #[must_use]
    pub(super) fn of(steps: Vec<(u32, StepRecord)>, actions: Vec<ActionRecord>) -> Self {
        let mut journal = Self { steps: steps.into_iter().collect(), ..Self::default() };
        actions.into_iter().for_each(|record| journal.hold(record));
        journal
    }

    /// Turns of calls and uses of computed ids, sorted.
    pub(super) fn counts(&self) -> Counts {
        let asked = sorted(&self.asked).into_iter().map(|(id, times)| (id.to_string(), times));
        (sorted(&self.runs), asked.collect())
    }

    /// Turns of calls and uses of computed ids, as they were.
    pub(super) fn count(
        &mut self,
        runs: impl Iterator<Item = (Span, u32)>,
        asked: &[(String, u32)],
    ) {
        self.runs.extend(runs);
        self.asked.extend(asked.iter().map(|(id, times)| (id.as_str().into(), *times)));
    }

    /// A step is entered.
    pub fn enter(&mut self, step: u32) {
        self.steps.entry(step).or_default().runs += 1;
    }

    /// A step was left.
    pub(super) fn leave(&mut self, step: u32, left: Left<'_>) {
        let record = self.steps.entry(step).or_default();
        record.status = left.status;
        record.attempts = left.attempts;
        record.elapsed = left.elapsed;
        record.result = left.result.clone();
        record.error = left.error;
    }

    /// The turn of a call that runs now, from 1.
    pub(super) fn turn(&mut self, call: Span) -> u32 {
        let turn = self.runs.entry(call).or_default();
        *turn += 1;
        *turn
    }

    /// Whether a computed id is new.
    pub(super) fn ask(&mut self, id: &Arc<str>) -> bool {
        let is_new = !self.asked.contains_key(id);
        self.asked.entry(Arc::clone(id)).or_insert(1);
        is_new
    }

    /// How often a computed id has been asked for, this time too.
    pub(super) fn again(&mut self, id: &Arc<str>) -> u32 {
        let times = self.asked.entry(Arc::clone(id)).or_insert(1);
        *times += 1;
        *times
    }

    /// Takes over what another thread of execution has left behind.
    pub fn absorb(&mut self, other: Self) {
        for (step, record) in other.steps {
            let own = self.steps.entry(step).or_default();
            let (runs, mut actions) = (own.runs + record.runs, std::mem::take(&mut own.actions));
            actions.extend(record.actions.iter().cloned());
            let last = if record.runs > 0 { record } else { std::mem::take(own) };
            *own = StepRecord { runs, actions, ..last };
        }
        for record in other.actions {
            self.hold(record);
        }
        self.dropped += other.dropped;
        self.cut += other.cut;
        // Two threads never run one call: the greater count is that of all its turns.
        other.runs.into_iter().for_each(|(call, turns)| {
            let own = self.runs.entry(call).or_default();
            *own = turns.max(*own);
        });
        self.asked.extend(other.asked);
    }

    /// Keeps the record of an action.
    pub fn keep(&mut self, record: ActionRecord) {
        if self.actions.len() < KEPT_ACTIONS && record.step > 0 {
            self.steps.entry(record.step).or_default().actions.push(Arc::clone(&record.id));
        }
        self.hold(record);
    }

    fn hold(&mut self, mut record: ActionRecord) {
        if self.actions.len() == KEPT_ACTIONS {
            self.dropped += 1;
            return;
        }
        self.lighten(&mut record);
        self.actions.push(record);
    }

    /// Takes from a record what no longer fits: the rows of its table, whose head stays, and arguments.
    fn lighten(&mut self, record: &mut ActionRecord) {
        let mut is_cut = false;
        if !self.take_in(&record.args) {
            record.args = Value::object::<Arc<str>>([]);
            is_cut = true;
        }
        if let Ok(value) = &mut record.outcome
            && !self.take_in(value)
        {
            *value = match &*value {
                Value::Table(table) => Value::Object(Arc::new(table.head().clone())),
                _ => Value::Null,
            };
            is_cut = true;
        }
        self.cut += usize::from(is_cut);
    }

    fn take_in(&mut self, value: &Value) -> bool {
        let weight = self.weight.saturating_add(value.size().weight);
        let fits = weight <= KEPT_WEIGHT;
        if fits {
            self.weight = weight;
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::table::Cells;
    use crate::value::{Column, Table};

    #[test]
    fn beyond_the_budget_only_heads_are_kept() {
        let text: Arc<str> = "x".repeat(1 << 20).into();
        let column = Column { name: "text".into(), cells: Cells::Text(vec![text; 100]) };
        let head = [("count".into(), Value::Int(100))].into_iter().collect();
        let table = Value::Table(Arc::new(Table::new(head, vec![column])));
        let mut journal = Journal::default();
        for n in 0..4 {
            journal.keep(ActionRecord {
                id: format!("q_{n}").into(),
                step: 0,
                name: "q",
                args: Value::object::<Arc<str>>([]),
                elapsed: Duration::ZERO,
                outcome: Ok(table.clone()),
            });
        }
        assert_eq!((journal.actions.len(), journal.cut, journal.dropped), (4, 2, 0));
        let last = journal.actions.pop().and_then(|record| record.outcome.ok());
        assert_eq!(last, Some(Value::object([("count", Value::Int(100))])));
    }
}
