//! A running plan as plain data: where it stands, what it holds, what has happened. Knows no file.

mod reader;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bitcode::{Decode, Encode};
pub use reader::{Reader, Resumed};

use super::Exec;
use super::context::{Context, Frame, Scope};
use super::future::Started;
use super::journal::{ActionRecord, StepRecord};
use super::trail::{Place, Trail, Turn};
use crate::diagnostic::Fault;
use crate::source::Span;
use crate::step::event::StepStatus;
use crate::value::stored::{Node, TableId, flatten};
use crate::value::{Table, Value};

/// Keeps the states of a run.
pub trait Keeper: Send + Sync {
    /// Keeps a table once and names it.
    fn table(&self, table: &Arc<Table>) -> TableId;
    /// Keeps a state; what it adds to what was kept before comes with it.
    ///
    /// # Errors
    /// When it cannot be written.
    fn keep(&self, state: &State, added: &[Action]) -> Result<(), Fault>;
}

/// A plan before one of its steps.
#[derive(Clone, Debug, Encode, Decode)]
pub struct State {
    /// Blocks from the outside in: the statement in each, and how it was entered.
    places: Vec<(u32, Way)>,
    /// What the entries of the steps around have done, the plan's own frame first.
    frames: Vec<Done>,
    /// The number of the step that a jump is on its way to, inside the step it stands before.
    entry: Option<u32>,
    variables: Vec<(String, Vec<Node>)>,
    results: Vec<(String, Vec<Node>)>,
    steps: Vec<Step>,
    /// The place of the next action.
    next: u64,
    /// Turns of each call, by its place.
    runs: Vec<((u32, u32, u32), u32)>,
    asked: Vec<(String, u32)>,
    /// Statements and jumps so far.
    counted: (u64, u64),
    dropped: (u64, u64),
    /// Actions of the journal, with those kept before.
    pub actions: u64,
}

/// How a block was entered.
#[derive(Clone, Debug, Encode, Decode)]
enum Way {
    Plain,
    Branch(u32),
    Each(Vec<Node>, u32),
    /// An attempt, and its nanoseconds so far.
    Step(u32, u64),
}

/// What an entry of a step has done.
#[derive(Clone, Debug, Encode, Decode)]
struct Done {
    last: Option<Vec<Node>>,
    written: Vec<String>,
    /// Futures that have failed.
    failed: Vec<Failed>,
}

/// A future that has failed: every read raises its error again.
#[derive(Clone, Debug, Encode, Decode)]
struct Failed {
    /// The variable that holds it still.
    name: Option<String>,
    wrong: Wrong,
    /// Whether the error was raised already.
    is_heard: bool,
}

#[derive(Clone, Debug, Encode, Decode)]
struct Step {
    number: u32,
    status: u8,
    runs: u32,
    attempts: u32,
    nanos: u64,
    result: Vec<Node>,
    error: Option<Wrong>,
}

/// An action of the journal.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Action {
    place: u64,
    id: String,
    step: u32,
    name: String,
    args: Vec<Node>,
    nanos: u64,
    outcome: Result<Vec<Node>, Wrong>,
}

/// A fault.
#[derive(Clone, Debug, Encode, Decode)]
struct Wrong {
    kind: String,
    code: String,
    message: String,
    help: Option<String>,
    span: Option<(u32, u32, u32)>,
    action: Option<String>,
    step: Option<String>,
    trace: Vec<(String, (u32, u32, u32))>,
}

impl Exec<'_> {
    /// Keeps the state before a step, where the run keeps any; with `entry` a jump goes on inside it. Futures are
    /// awaited first.
    ///
    /// # Errors
    /// When it cannot be kept, or the wait was ended.
    pub(super) fn checkpoint(&self, cx: &mut Context, entry: Option<u32>) -> Result<(), Fault> {
        let (Some(keeper), Some(_)) = (self.world.keeper, &cx.trail) else { return Ok(()) };
        self.await_outer(cx)?;
        let Some(trail) = cx.trail.take() else { return Ok(()) };
        let writer = Writer { keeper };
        let state = State { entry, ..writer.state(self, cx, &trail) };
        let added: Vec<Action> =
            cx.journal.actions.iter().skip(trail.actions).map(|a| writer.action(a)).collect();
        let kept = keeper.keep(&state, &added);
        cx.trail = Some(Box::new(Trail { actions: cx.journal.actions.len(), ..*trail }));
        kept
    }

    /// Waits for the futures of all steps around, and takes over what those have left that did well.
    fn await_outer(&self, cx: &mut Context) -> Result<(), Fault> {
        let frames = cx.trail.as_ref().map(|trail| trail.frames.as_slice()).unwrap_or_default();
        let started: Vec<Started> =
            frames.iter().chain([&cx.frame]).flat_map(|frame| frame.futures.clone()).collect();
        started.iter().try_for_each(|one| self.take_early(cx, one))
    }
}

struct Writer<'k> {
    keeper: &'k dyn Keeper,
}

impl Writer<'_> {
    fn nodes(&self, value: &Value) -> Vec<Node> {
        let mut out = Vec::new();
        flatten(value, &mut |table| self.keeper.table(table), &mut out);
        out
    }

    fn state(&self, exec: &Exec<'_>, cx: &Context, trail: &Trail) -> State {
        let now = cx.cancel.elapsed();
        let named = |(name, value): (&Arc<str>, &Value)| (name.to_string(), self.nodes(value));
        let (runs, asked) = cx.journal.counts();
        let frames = trail.frames.iter().chain([&cx.frame]);
        State {
            places: trail.places.iter().map(|place| self.place(place, now)).collect(),
            frames: frames.map(|frame| self.done(frame, &cx.scope)).collect(),
            entry: None,
            variables: cx.scope.variables().iter().map(|(n, v)| named((n, v))).collect(),
            results: cx.scope.results().iter().map(named).collect(),
            steps: cx.journal.steps.iter().map(|(n, record)| self.step(*n, record)).collect(),
            next: cx.journal.next(),
            runs: runs.into_iter().map(|(span, turns)| (flat(span), turns)).collect(),
            asked,
            // The statement that the step is will be counted again.
            counted: (exec.budget.used().saturating_sub(1), exec.control.jumps()),
            dropped: (cx.journal.dropped as u64, cx.journal.cut as u64),
            actions: cx.journal.actions.len() as u64,
        }
    }

    fn place(&self, place: &Place, now: Duration) -> (u32, Way) {
        let way = match &place.turn {
            Turn::Plain => Way::Plain,
            Turn::Branch(number) => Way::Branch(small(*number)),
            Turn::Each(over, index) => Way::Each(self.nodes(over), small(*index)),
            Turn::Step(attempt) => {
                let spent = attempt.before + now.saturating_sub(attempt.began);
                Way::Step(attempt.number, nanos(spent))
            }
        };
        (small(place.at), way)
    }

    fn done(&self, frame: &Frame, scope: &Scope) -> Done {
        let mut written: Vec<String> = frame.written.iter().map(ToString::to_string).collect();
        written.sort();
        let failed = frame.futures.iter().filter_map(|one| {
            let (fault, is_heard) = one.failure()?;
            let name = one.holder(scope).map(|name| name.to_string());
            Some(Failed { name, wrong: wrong(&fault), is_heard })
        });
        Done {
            last: frame.last.as_ref().map(|last| self.nodes(last)),
            written,
            failed: failed.collect(),
        }
    }

    fn step(&self, number: u32, record: &StepRecord) -> Step {
        Step {
            number,
            status: STATUSES.iter().position(|status| *status == record.status).unwrap_or(0) as u8,
            runs: record.runs,
            attempts: record.attempts,
            nanos: nanos(record.elapsed),
            result: self.nodes(&record.result),
            error: record.error.as_ref().map(wrong),
        }
    }

    fn action(&self, record: &ActionRecord) -> Action {
        Action {
            place: record.place,
            id: record.id.to_string(),
            step: record.step,
            name: record.name.to_owned(),
            args: self.nodes(&record.args),
            nanos: nanos(record.elapsed),
            outcome: record.outcome.as_ref().map(|value| self.nodes(value)).map_err(wrong),
        }
    }
}

const STATUSES: [StepStatus; 5] = [
    StepStatus::NotRun,
    StepStatus::Ok,
    StepStatus::Error,
    StepStatus::Skipped,
    StepStatus::Partial,
];

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

const fn flat(span: Span) -> (u32, u32, u32) {
    (span.source.0, span.lo, span.hi)
}

fn wrong(fault: &Fault) -> Wrong {
    Wrong {
        kind: fault.kind.name().to_owned(),
        code: fault.code.0.to_owned(),
        message: fault.message.clone(),
        help: fault.help.clone(),
        span: fault.span.map(flat),
        action: fault.action.map(str::to_owned),
        step: fault.step.as_ref().map(ToString::to_string),
        trace: fault.trace.iter().map(|(name, call)| ((*name).to_owned(), flat(*call))).collect(),
    }
}

/// Counts of a journal, sorted.
pub(super) type Counts = (Vec<(Span, u32)>, Vec<(String, u32)>);

/// Sorted pairs of a map.
pub(super) fn sorted<K: Clone + Ord, V: Clone>(map: &HashMap<K, V>) -> Vec<(K, V)> {
    let mut pairs: Vec<(K, V)> = map.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    pairs
}
