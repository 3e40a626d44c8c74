//! What a run leaves behind: one record a step, one for each action that looked at the repository or failed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use crate::diagnostic::Fault;
use crate::step::event::StepStatus;
use crate::value::Value;

/// How many actions are kept; a loop that asks more often keeps its first ones, and the result says so.
pub const KEPT_ACTIONS: usize = 10_000;
/// What the values and arguments of all kept actions weigh together; beyond it the rows of an answer are not kept.
pub const KEPT_WEIGHT: u64 = 256 << 20;

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
    /// Actions kept without their rows, or without their arguments, since all together weigh too much.
    pub cut: usize,
    weight: u64,
    names: Ids,
}

/// Ids that were given out: `base_n` is taken for every `n` below the base's next one, all others one by one.
#[derive(Clone, Debug, Default)]
struct Ids {
    next: HashMap<Arc<str>, usize>,
    exact: HashSet<Arc<str>>,
}

impl Ids {
    fn is_taken(&self, id: &str) -> bool {
        let numbered = || {
            let (base, digits) = id.rsplit_once('_')?;
            let n: usize = digits.parse().ok()?;
            Some(n < *self.next.get(base)? && n.to_string() == digits)
        };
        self.exact.contains(id) || numbered().unwrap_or(false)
    }

    /// `base_n` with the first free `n` from `least` on.
    fn numbered(&mut self, base: &str, least: usize) -> Arc<str> {
        let mut n = self.next.get(base).map_or(least, |&next| next.max(least));
        // Each turn meets another id that was asked for by name, and none is met again.
        while self.exact.contains(&*format!("{base}_{n}")) {
            n += 1;
        }
        self.next.insert(base.into(), n + 1);
        format!("{base}_{n}").into()
    }
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
        Self { steps: vec![record; steps], ..Self::default() }
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

    /// An id that no other action has: `wanted`, else `name_n`, where `n` is at least the number of kept actions.
    #[must_use]
    pub fn name(&mut self, wanted: Option<&str>, name: &str) -> Arc<str> {
        match wanted {
            None => self.names.numbered(name, self.actions.len()),
            Some(id) if self.names.is_taken(id) => self.names.numbered(id, 2),
            Some(id) => {
                let id: Arc<str> = id.into();
                self.names.exact.insert(Arc::clone(&id));
                id
            }
        }
    }

    /// Keeps the record of an action.
    pub fn keep(&mut self, mut record: ActionRecord) {
        if self.actions.len() == KEPT_ACTIONS {
            self.dropped += 1;
            return;
        }
        if let Some(step) =
            (record.step as usize).checked_sub(1).and_then(|at| self.steps.get_mut(at))
        {
            step.actions.push(Arc::clone(&record.id));
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
    fn no_id_is_given_out_twice() {
        let mut journal = Journal::new(0);
        let mut seen = HashSet::new();
        for round in 0..200 {
            for wanted in ["x", "x_2", "q_3", "x_2_2", "q_03", "q"] {
                assert!(seen.insert(journal.name(Some(wanted), "q")), "{wanted} in round {round}");
            }
            assert!(seen.insert(journal.name(None, "q")));
            assert!(seen.insert(journal.name(None, "x")));
        }
        assert!(seen.contains("x") && seen.contains("q_3"));
    }

    #[test]
    fn many_actions_of_one_id_are_named_in_no_time() {
        let mut journal = Journal::new(0);
        for _ in 0..200_000 {
            let _ = journal.name(Some("same"), "q");
        }
        assert_eq!(&*journal.name(Some("same"), "q"), "same_200001");
    }

    #[test]
    fn beyond_the_budget_only_heads_are_kept() {
        let text: Arc<str> = "x".repeat(1 << 20).into();
        let column = Column { name: "text".into(), cells: Cells::Text(vec![text; 100]) };
        let head = [("count".into(), Value::Int(100))].into_iter().collect();
        let table = Value::Table(Arc::new(Table::new(head, vec![column])));
        let mut journal = Journal::new(0);
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
