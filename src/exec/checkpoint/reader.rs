//! States back to running plans.

use std::sync::Arc;
use std::time::Duration;

use super::{Action, Done, STATUSES, State, Step, Way, Wrong};
use crate::action::Registry;
use crate::diagnostic::{self, Fault, Kind};
use crate::exec::Program;
use crate::exec::context::{Frame, Scope};
use crate::exec::future::Started;
use crate::exec::journal::{ActionRecord, Journal, StepRecord};
use crate::exec::statement::pairs;
use crate::exec::trail::{Attempt, Place, Trail, Turn};
use crate::source::{SourceId, Span};
use crate::syntax::ast::{Block, Else, If, StatementKind};
use crate::value::stored::{Node, TableId, rebuild};
use crate::value::{Table, Value};

/// What a run begins with when it is taken up again.
#[derive(Debug)]
pub struct Resumed {
    pub(in crate::exec) trail: Trail,
    pub(in crate::exec) scope: Scope,
    pub(in crate::exec) journal: Journal,
    /// Statements and jumps so far.
    pub(in crate::exec) counted: (u64, u64),
}

/// Reads the states of a plan. They come from files: what does not fit the plan is refused, never believed.
pub struct Reader<'r> {
    /// The plan.
    pub program: Program<'r>,
    /// The actions there are.
    pub registry: &'r Registry,
    /// The tables that were kept.
    pub table: &'r dyn Fn(TableId) -> Option<Arc<Table>>,
}

/// Counts in a state are below this, so that a run can go on counting.
const MOST: u64 = 1 << 62;
/// The same of small counts.
const MOST_TIMES: u32 = 1 << 31;

impl Reader<'_> {
    /// What a run begins with; none where the state is not one of a run of this plan with these actions and tables.
    #[must_use]
    pub fn resumed(&self, state: &State, actions: &[Action]) -> Option<Resumed> {
        let has_small_counts = [state.next, state.counted.0, state.counted.1]
            .into_iter()
            .chain([state.dropped.0, state.dropped.1])
            .all(|count| count < MOST)
            && state.runs.iter().map(|(_, times)| times).all(|times| *times < MOST_TIMES)
            && state.asked.iter().map(|(_, times)| times).all(|times| *times < MOST_TIMES);
        let entry_exists = state.entry.is_none_or(|entry| entry > 0 && self.has_step(entry));
        if !has_small_counts || !entry_exists {
            return None;
        }
        let named = |all: &[(String, Vec<Node>)]| -> Option<Vec<(Arc<str>, Value)>> {
            all.iter()
                .map(|(name, nodes)| Some((name.as_str().into(), self.value(nodes)?)))
                .collect()
        };
        let mut places: Vec<Place> =
            state.places.iter().map(|place| self.place(place)).collect::<Option<_>>()?;
        let mut frames: Vec<Frame> =
            state.frames.iter().map(|done| self.frame(done)).collect::<Option<_>>()?;
        let steps_around =
            places.iter().filter(|place| matches!(place.turn, Turn::Step(_))).count();
        if frames.len() != steps_around + 1 || !lead_to_a_step(&self.program.file.body, &places) {
            return None;
        }
        places.reverse();
        frames.reverse();
        let steps = state.steps.iter().map(|step| self.step(step));
        let records =
            actions.iter().map(|action| self.action(action)).collect::<Option<Vec<_>>>()?;
        let mut journal = Journal::of(steps.collect::<Option<_>>()?, records, state.next);
        journal.dropped = usize::try_from(state.dropped.0).ok()?;
        journal.cut = usize::try_from(state.dropped.1).ok()?;
        journal.count(state.runs.iter().map(|(call, turns)| (span(*call), *turns)), &state.asked);
        let mut scope =
            Scope::of(named(&state.variables)?, named(&state.results)?.into_iter().collect());
        for one in frames.iter().flat_map(|frame| &frame.futures) {
            one.put(&mut scope);
        }
        let trail = Trail {
            ahead: places,
            frames_ahead: frames,
            entry: state.entry,
            actions: actions.len(),
            ..Trail::default()
        };
        Some(Resumed { trail, scope, journal, counted: state.counted })
    }

    /// Whether there is a step of that number; 0 is outside every step.
    fn has_step(&self, number: u32) -> bool {
        number as usize <= self.program.steps.steps.len()
    }

    fn value(&self, nodes: &[Node]) -> Option<Value> {
        rebuild(nodes, self.table)
    }

    fn place(&self, (at, way): &(u32, Way)) -> Option<Place> {
        let turn = match way {
            Way::Plain => Turn::Plain,
            Way::Branch(number) => Turn::Branch(*number as usize),
            Way::Each(over, index) => Turn::Each(self.value(over)?, *index as usize),
            Way::Step(number, _) if !(1..MOST_TIMES).contains(number) => return None,
            Way::Step(number, before) => Turn::Step(Attempt {
                number: *number,
                before: Duration::from_nanos(*before),
                began: Duration::ZERO,
            }),
        };
        Some(Place { at: *at as usize, turn })
    }

    fn frame(&self, done: &Done) -> Option<Frame> {
        let failed = done.failed.iter().map(|one| {
            let name = one.name.as_deref().map(Arc::from);
            Some(Started::failed(name, self.fault(&one.wrong)?, one.is_heard))
        });
        Some(Frame {
            last: match &done.last {
                Some(nodes) => Some(self.value(nodes)?),
                None => None,
            },
            written: done.written.iter().map(|name| name.as_str().into()).collect(),
            futures: failed.collect::<Option<_>>()?,
            ..Frame::default()
        })
    }

    fn step(&self, step: &Step) -> Option<(u32, StepRecord)> {
        if step.number == 0 || !self.has_step(step.number) || step.runs >= MOST_TIMES {
            return None;
        }
        let record = StepRecord {
            status: *STATUSES.get(usize::from(step.status))?,
            runs: step.runs,
            attempts: step.attempts,
            elapsed: Duration::from_nanos(step.nanos),
            result: self.value(&step.result)?,
            error: match &step.error {
                Some(wrong) => Some(self.fault(wrong)?),
                None => None,
            },
        };
        Some((step.number, record))
    }

    fn action(&self, action: &Action) -> Option<ActionRecord> {
        if !self.has_step(action.step) || action.place >= MOST {
            return None;
        }
        Some(ActionRecord {
            place: action.place,
            id: action.id.as_str().into(),
            step: action.step,
            name: self.registry.find(&action.name)?.name,
            args: self.value(&action.args)?,
            elapsed: Duration::from_nanos(action.nanos),
            outcome: match &action.outcome {
                Ok(nodes) => Ok(self.value(nodes)?),
                Err(wrong) => Err(self.fault(wrong)?),
            },
        })
    }

    fn fault(&self, wrong: &Wrong) -> Option<Fault> {
        let name = |action: &String| self.registry.find(action).map(|action| action.name);
        let trace = wrong.trace.iter().map(|(module, call)| Some((name(module)?, span(*call))));
        Some(Fault {
            kind: Kind::parse(&wrong.kind)?,
            code: diagnostic::code::find(&wrong.code)?.code,
            message: wrong.message.clone(),
            help: wrong.help.clone(),
            span: wrong.span.map(span),
            action: wrong.action.as_ref().and_then(name),
            step: wrong.step.as_deref().map(Arc::from),
            attempt: None,
            trace: trace.collect::<Option<_>>()?,
        })
    }
}

const fn span((source, lo, hi): (u32, u32, u32)) -> Span {
    Span { source: SourceId(source), lo, hi }
}

/// Whether places, from the outside in, go through the blocks of a plan and end before a step.
fn lead_to_a_step(block: &Block, places: &[Place]) -> bool {
    let Some((first, _)) = places.split_first() else { return false };
    let mut block = block;
    let is_outermost = matches!(first.turn, Turn::Plain);
    let mut inner = places.iter().skip(1);
    for place in places {
        let Some(statement) = block.statements.get(place.at) else { return false };
        let entered = match (&statement.kind, inner.next().map(|place| &place.turn)) {
            (StatementKind::Step(_), None) => return is_outermost,
            (StatementKind::Plan(body), Some(Turn::Plain)) => Some(body),
            (StatementKind::While(turn), Some(Turn::Plain)) => Some(&turn.body),
            (StatementKind::Step(step), Some(Turn::Step(_))) => Some(&step.body),
            (StatementKind::If(branch), Some(Turn::Branch(number))) => body(branch, *number),
            (StatementKind::Each(each), Some(Turn::Each(over, index))) => {
                let turns = pairs(over, each).ok();
                turns.and_then(|mut turns| turns.nth(*index)).map(|_| &each.body)
            }
            _ => None,
        };
        match entered {
            Some(body) => block = body,
            None => return false,
        }
    }
    false
}

/// The body of an `if` of that number, from 0.
fn body(branch: &If, number: usize) -> Option<&Block> {
    let (mut branch, mut left) = (branch, number);
    while left > 0 {
        left -= 1;
        match &branch.otherwise {
            Some(Else::If(other, _)) => branch = other,
            Some(Else::Block(block)) if left == 0 => return Some(block),
            _ => return None,
        }
    }
    Some(&branch.then)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Source, Sources};
    use crate::step::resolve::resolve;
    use crate::syntax;

    const PLAN: &str =
        "step \"A\" { each x in [1, 2] { if x > 1 { print x } else { step \"B\" { print x } } } }";

    /// The state before `B`.
    fn state() -> State {
        let list = vec![Node::List(2), Node::Int(1), Node::Int(2)];
        let done = || Done { last: None, written: Vec::new(), failed: Vec::new() };
        State {
            places: vec![
                (0, Way::Plain),
                (0, Way::Step(1, 5)),
                (0, Way::Each(list, 0)),
                (0, Way::Branch(1)),
            ],
            frames: vec![done(), done()],
            entry: None,
            variables: Vec::new(),
            results: Vec::new(),
            steps: vec![Step {
                number: 1,
                status: 0,
                runs: 1,
                attempts: 0,
                nanos: 0,
                result: vec![Node::Null],
                error: None,
            }],
            next: 0,
            runs: Vec::new(),
            asked: Vec::new(),
            counted: (3, 0),
            dropped: (0, 0),
            actions: 0,
        }
    }

    fn is_read(state: &State, actions: &[Action]) -> bool {
        let (sources, id) = Sources::single(Source::new("plan.qp", PLAN));
        let mut parsed = syntax::parse(id, PLAN);
        let (steps, _) = resolve(&mut parsed.file, &|_| "".into());
        let program = Program { file: &parsed.file, steps: &steps, sources: &sources };
        let registry = Registry::new(crate::actions::ALL);
        let reader = Reader { program, registry: &registry, table: &|_| None };
        reader.resumed(state, actions).is_some()
    }

    #[test]
    fn a_state_that_does_not_fit_the_plan_is_refused() {
        assert!(is_read(&state(), &[]));
        type Change = fn(&mut State);
        let changes: [(&str, Change); 15] = [
            ("no place", |state| state.places.clear()),
            ("a statement that is not there", |state| state.places[0].0 = 1),
            ("a statement that is no step", |state| drop(state.places.pop())),
            ("a block that is not there", |state| state.places.push((0, Way::Plain))),
            ("another block", |state| state.places[2].1 = Way::Plain),
            ("a branch that is not there", |state| state.places[3].1 = Way::Branch(2)),
            ("a branch without a step", |state| state.places[3].1 = Way::Branch(0)),
            ("no attempt", |state| state.places[1].1 = Way::Step(0, 0)),
            ("a turn that is not there", |state| {
                state.places[2].1 = Way::Each(vec![Node::List(1), Node::Null], 1);
            }),
            ("a turn over nothing", |state| state.places[2].1 = Way::Each(vec![Node::Null], 0)),
            ("a frame too few", |state| drop(state.frames.pop())),
            ("a step that is not there", |state| state.steps[0].number = 3),
            ("a jump to no step", |state| state.entry = Some(3)),
            ("a table that is not there", |state| {
                let id = TableId { hash: [0; 32], twin: 0 };
                state.variables.push(("x".into(), vec![Node::Table(id)]));
            }),
            ("a count without room", |state| state.next = u64::MAX),
        ];
        for (what, change) in changes {
            let mut state = state();
            change(&mut state);
            assert!(!is_read(&state, &[]), "{what}");
        }
    }

    #[test]
    fn an_action_of_a_step_that_is_not_there_is_refused() {
        let of = |step| Action {
            place: 0,
            id: "echo_0".into(),
            step,
            name: "echo".into(),
            args: vec![Node::Null],
            nanos: 0,
            outcome: Ok(vec![Node::Null]),
        };
        assert!(is_read(&state(), &[of(2)]));
        assert!(!is_read(&state(), &[of(3)]));
    }
}
