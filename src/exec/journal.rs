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
    /// Its place among all, in the order they began by the plan's text.
    pub place: u64,
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
#[derive(Clone, Debug)]
pub struct Journal {
    /// By step number, those that were entered.
    pub steps: BTreeMap<u32, StepRecord>,
    /// In the order they became known; their places say how they follow each other.
    pub actions: Vec<ActionRecord>,
    /// Actions that were not kept.
    pub dropped: usize,
    /// Actions kept without their rows, or without their arguments, since all together weigh too much.
    pub cut: usize,
    weight: u64,
    /// The first place it gives away, the next one, and how far apart they are.
    places: [u64; 3],
    /// How often each call of an action has run, by its place.
    runs: HashMap<Span, u32>,
    /// Ids that were asked for by a computed `id=`, and how often.
    asked: HashMap<Arc<str>, u32>,
}

/// Between two places of a plan lie those of what a future there does.
const APART: u64 = 1 << 24;

impl Default for Journal {
    fn default() -> Self {
        Self {
            steps: BTreeMap::new(),
            actions: Vec::new(),
            dropped: 0,
            cut: 0,
            weight: 0,
            places: [0, 0, APART],
            runs: HashMap::new(),
            asked: HashMap::new(),
        }
    }
}

impl Journal {
    /// An empty journal for a branch, which gives out ids and places as this one would.
    #[must_use]
    pub(super) fn branch(&self) -> Self {
        Self { runs: self.runs.clone(), asked: self.asked.clone(), ..self.inside() }
    }

    /// An empty journal for a module, whose calls are its own.
    pub(super) fn inside(&self) -> Self {
        let [_, next, apart] = self.places;
        Self { places: [next, next, apart], ..Self::default() }
    }

    /// An empty journal for a future that began at a place.
    pub(super) fn aside(place: u64) -> Self {
        Self { places: [place + 1, place + 1, 1], ..Self::default() }
    }

    /// A place for an action that begins now.
    pub(super) fn begin(&mut self) -> u64 {
        let [_, next, apart] = &mut self.places;
        let place = *next;
        *next = next.saturating_add(*apart);
        place
    }

    /// The actions in the order they began by the plan's text.
    pub fn sort(&mut self) {
        self.actions.sort_by_key(|record| record.place);
    }

    /// A journal of these records.
    #[must_use]
    pub(super) fn of(steps: Vec<(u32, StepRecord)>, actions: Vec<ActionRecord>, next: u64) -> Self {
        let steps = steps.into_iter().collect();
        let mut journal = Self { steps, places: [0, next, APART], ..Self::default() };
        actions.into_iter().for_each(|record| journal.keep(record));
        journal
    }

    /// The next place it gives away.
    pub(super) const fn next(&self) -> u64 {
        self.places[1]
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

    /// Takes over what a branch or a module has left behind: its places follow those given away so far.
    pub(super) fn absorb(&mut self, mut other: Self) {
        let [start, end, _] = other.places;
        let shift = self.places[1].saturating_sub(start);
        other.actions.iter_mut().for_each(|record| record.place += shift);
        self.places[1] += end - start;
        self.take_in_all(other);
    }

    /// Takes over what a future has left behind.
    pub(super) fn absorb_future(&mut self, other: Self) {
        self.take_in_all(other);
    }

    fn take_in_all(&mut self, other: Self) {
        for (step, record) in other.steps {
            let own = self.steps.entry(step).or_default();
            let runs = own.runs + record.runs;
            *own = StepRecord { runs, ..record };
        }
        for record in other.actions {
            self.keep(record);
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
    pub fn keep(&mut self, mut record: ActionRecord) {
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
                place: 0,
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
