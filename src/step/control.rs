//! What happens at a step's border: attempts, error policy, timeout, jumps, events. Asks its [`Body`] to run the
//! statements and never sees them.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::event::{Events, StepInfo, StepStatus};
use super::{Last, Resolved, StepNode};
use crate::diagnostic::{Fault, Kind, code};
use crate::system::control::Cancel;
use crate::value::Value;

/// Where execution goes on after a statement. Not an error: policies never see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// With the next statement.
    Next,
    /// Behind the innermost step, whose result is set.
    Return,
    /// Behind the innermost loop.
    Break,
    /// With the next turn of the innermost loop.
    Continue,
    /// Behind the innermost step, whose result is `null`.
    Skip,
    /// The plan ends.
    Stop,
    /// At the step of that number.
    Jump(u32),
}

/// How an entry of a step ended, for its body to store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The statements ended: by their end or by flow.
    Left(Flow),
    /// No attempt succeeded and no policy handled it.
    Failed,
    /// The policy `continue` or `jump` handled the error.
    Handled,
}

/// What runs inside a step's border.
pub trait Body {
    /// The attempt to begin with and what it has taken already, where the step is taken up again.
    fn resumed(&self) -> Option<(u32, Duration)> {
        None
    }
    /// Runs the statements once; `cancel` ends with the attempt's timeout.
    ///
    /// # Errors
    /// The fault that ended the attempt.
    fn attempt(&mut self, number: u32, cancel: &Cancel) -> Result<Flow, Fault>;
    /// Makes `fault` the plan's `error`.
    fn handle(&mut self, fault: &Fault, attempt: u32);
    /// Stores the step's result and gives it back for the event.
    fn store(&mut self, outcome: Outcome, attempts: u32) -> Value;
    /// Waits before a further attempt.
    ///
    /// # Errors
    /// When the wait was cancelled.
    fn wait(&mut self, delay: Duration) -> Result<(), Fault>;
}

/// Watches over all steps of one run.
pub struct Control<'a> {
    steps: &'a Resolved,
    events: &'a dyn Events,
    jumps: Mutex<Jumps>,
    outer: Option<Outer>,
}

/// The call that the steps of a module run for.
#[derive(Clone, Debug)]
pub struct Outer {
    /// The id of the call, which comes before those of the steps.
    pub id: Arc<str>,
    /// The step it stands in.
    pub step: StepInfo,
}

impl<'a> Control<'a> {
    /// A control that allows `max_jumps` jumps; 0 lifts the bound.
    #[must_use]
    pub fn new(steps: &'a Resolved, events: &'a dyn Events, max_jumps: u64) -> Self {
        Self { steps, events, jumps: Mutex::new(Jumps::up_to(max_jumps)), outer: None }
    }

    /// The control of a module that a step calls; its jumps count as the caller's.
    #[must_use]
    pub fn called<'m>(
        &self,
        steps: &'m Resolved,
        events: &'m dyn Events,
        outer: Outer,
    ) -> Control<'m> {
        let jumps = self.jumps.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let made = Arc::clone(&jumps.made);
        let jumps = Jumps { made, bound: jumps.bound, last: VecDeque::new() };
        Control { steps, events, jumps: Mutex::new(jumps), outer: Some(outer) }
    }

    /// The step as events show it; those of a module stand below the step that calls it.
    #[must_use]
    pub fn info(&self, node: &StepNode) -> StepInfo {
        let parent = node.parent.map(|parent| Arc::clone(&self.steps.node(parent).id));
        let info = StepInfo::of(node, parent);
        let Some(outer) = &self.outer else { return info };
        let below = |id: &str| -> Arc<str> { format!("{}.{id}", outer.id).into() };
        StepInfo {
            id: below(&info.id),
            parent: Some(info.parent.map_or_else(|| Arc::clone(&outer.step.id), |id| below(&id))),
            path: outer.step.path.iter().chain(&info.path).cloned().collect(),
            depth: outer.step.depth + info.depth,
            ..info
        }
    }

    /// The step of that number as events show it; outside every step an empty one.
    #[must_use]
    pub fn outer_info(&self, step: u32) -> StepInfo {
        match step {
            0 => self.outer.as_ref().map(|outer| outer.step.clone()).unwrap_or_default(),
            step => self.info(self.steps.node(step)),
        }
    }

    /// Runs one entry of a step: attempts, policy, events.
    ///
    /// # Errors
    /// A fault that the step's policy did not handle, or that no policy may handle.
    pub fn enter(
        &self,
        node: &StepNode,
        outer: &Cancel,
        body: &mut dyn Body,
    ) -> Result<Flow, Fault> {
        let step = self.info(node);
        self.events.step_start(&step);
        let (mut attempt, mut before) = body.resumed().unwrap_or((1, Duration::ZERO));
        loop {
            let left = node.timeout.map(|timeout| timeout.saturating_sub(before));
            let cancel = outer.child(left);
            before = Duration::ZERO;
            let mut fault = match body.attempt(attempt, &cancel) {
                Ok(flow) => return self.left(&step, flow, attempt, body),
                // A branch beside it has met `stop`: the step is left like the one that did.
                Err(_) if outer.is_stop() => return self.left(&step, Flow::Stop, attempt, body),
                Err(fault) => self.name_timeout(fault, node, &step, outer, &cancel),
            };
            fault.attempt = fault.attempt.or(NonZeroU32::new(attempt));
            self.events.step_error(&step, attempt, &fault);
            if let Err(ended) = outer.check() {
                // The work around has ended: that is what every policy further out has to see.
                let Fault { kind, code, message, help, .. } = ended;
                let fault = Fault { kind, code, message, help, ..fault };
                return self.give_up(&Last::Fail, &step, fault, attempt, body);
            }
            if !fault.meets_policy() {
                return self.give_up(&Last::Fail, &step, fault, attempt, body);
            }
            if attempt > node.policy.retries {
                return self.give_up(&node.policy.last, &step, fault, attempt, body);
            }
            body.handle(&fault, attempt);
            self.events.step_retry(&step, attempt + 1, &fault);
            if let Err(ended) = body.wait(pause_before(node, attempt)) {
                let fault = Fault { step: Some(Arc::clone(&node.id)), ..ended };
                return self.give_up(&Last::Fail, &step, fault, attempt, body);
            }
            attempt += 1;
        }
    }

    /// Counts a jump from one step to another, by their numbers; 0 is outside every step.
    ///
    /// # Errors
    /// A fault of kind `limit` that names the circle of steps when there were too many.
    pub fn count_jump(&self, from: u32, target: u32) -> Result<(), Fault> {
        let mut jumps = self.jumps.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        jumps.count((from, target)).map_err(|circle| {
            let id = |step| if step == 0 { "the plan" } else { &*self.steps.node(step).id };
            let ways: Vec<String> = circle
                .iter()
                .map(|&(from, target)| format!("`{}` → `{}`", id(from), id(target)))
                .collect();
            let message =
                format!("{} jumps, the last ones in a circle: {}", jumps.bound, ways.join(", "));
            Fault::new(Kind::Limit, code::execution::TOO_MANY_JUMPS, message)
                .help("end the circle with a condition, or raise `--max-jumps`")
        })
    }

    /// How many jumps there were.
    #[must_use]
    pub fn jumps(&self) -> u64 {
        let jumps = self.jumps.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        jumps.made.load(Ordering::Relaxed)
    }

    /// So many jumps were counted before.
    pub fn jumped(&self, times: u64) {
        let jumps = self.jumps.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        jumps.made.store(times, Ordering::Relaxed);
    }

    fn left(
        &self,
        step: &StepInfo,
        flow: Flow,
        attempt: u32,
        body: &mut dyn Body,
    ) -> Result<Flow, Fault> {
        let result = body.store(Outcome::Left(flow), attempt);
        if let Flow::Jump(target) = flow {
            self.events.step_jump(step, &self.steps.node(target).id);
        }
        let status = if flow == Flow::Skip { StepStatus::Skipped } else { StepStatus::Ok };
        self.events.step_end(step, status, &result);
        Ok(match flow {
            Flow::Return | Flow::Skip => Flow::Next,
            flow => flow,
        })
    }

    fn give_up(
        &self,
        last: &Last,
        step: &StepInfo,
        fault: Fault,
        attempt: u32,
        body: &mut dyn Body,
    ) -> Result<Flow, Fault> {
        let flow = match last {
            Last::Fail => Err(fault.clone()),
            Last::Continue => Ok(Flow::Next),
            Last::Jump(id) => match self.steps.find(id).map(|target| target.number) {
                Some(target) => self.count_jump(step.order, target).map(|()| Flow::Jump(target)),
                None => Err(fault.clone()),
            },
        };
        let status = if flow.is_ok() { StepStatus::Partial } else { StepStatus::Error };
        if flow.is_ok() {
            body.handle(&fault, attempt);
        }
        let result =
            body.store(if flow.is_ok() { Outcome::Handled } else { Outcome::Failed }, attempt);
        if let Ok(Flow::Jump(target)) = flow {
            self.events.step_jump(step, &self.steps.node(target).id);
        }
        self.events.step_end(step, status, &result);
        flow
    }

    /// A timeout of this very step says whose it is; one from further out stays as it is.
    fn name_timeout(
        &self,
        fault: Fault,
        node: &StepNode,
        step: &StepInfo,
        outer: &Cancel,
        own: &Cancel,
    ) -> Fault {
        if fault.kind != Kind::Timeout || outer.stopped().is_some() || !own.is_own_timeout() {
            return fault;
        }
        self.events.timeout(Some(step));
        let message = match node.timeout {
            Some(limit) => format!("step `{}` took longer than {limit:?}", node.id),
            None => format!("step `{}` took longer than it may", node.id),
        };
        Fault { message, step: Some(Arc::clone(&node.id)), attempt: None, ..fault }
            .help("raise its `timeout`, or give it less to do")
    }
}

fn pause_before(node: &StepNode, failed: u32) -> Duration {
    if node.policy.delay.is_zero() {
        return Duration::ZERO;
    }
    let exponent = i32::try_from(failed - 1).unwrap_or(i32::MAX);
    let seconds = node.policy.delay.as_secs_f64() * node.policy.backoff.max(0.0).powi(exponent);
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}

/// Counts jumps and remembers the last ones: from where, to where.
struct Jumps {
    /// In the whole run, modules included.
    made: Arc<AtomicU64>,
    bound: u64,
    last: VecDeque<(u32, u32)>,
}

/// How many jumps are remembered to name a circle.
const REMEMBERED: usize = 64;

impl Jumps {
    fn up_to(bound: u64) -> Self {
        Self { made: Arc::default(), bound, last: VecDeque::new() }
    }

    fn count(&mut self, jump: (u32, u32)) -> Result<(), Vec<(u32, u32)>> {
        if self.last.len() == REMEMBERED {
            self.last.pop_front();
        }
        self.last.push_back(jump);
        let before = self.made.fetch_add(1, Ordering::Relaxed);
        if self.bound == 0 || before < self.bound {
            return Ok(());
        }
        Err(self.circle(jump))
    }

    /// The jumps since the same one was last made.
    fn circle(&self, jump: (u32, u32)) -> Vec<(u32, u32)> {
        let back = self.last.iter().rev().skip(1).position(|&other| other == jump);
        let from = back.map_or(0, |back| self.last.len() - 1 - back);
        self.last.iter().skip(from).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_of_jumps_is_named_once_round() {
        let mut jumps = Jumps::up_to(4);
        for jump in [(0, 9), (3, 1), (5, 2), (3, 1)] {
            assert_eq!(jumps.count(jump), Ok(()));
        }
        assert_eq!(jumps.count((5, 2)), Err(vec![(3, 1), (5, 2)]));
    }

    #[test]
    fn backoff_multiplies_each_further_delay() {
        let policy = super::super::Policy {
            retries: 3,
            delay: Duration::from_millis(10),
            backoff: 2.0,
            last: Last::Fail,
        };
        let node = StepNode {
            number: 1,
            id: "a".into(),
            desc: None,
            kind: None,
            path: Vec::new(),
            parent: None,
            children: Vec::new(),
            depth: 1,
            policy,
            timeout: None,
            namespace: "a".into(),
            outputs: Vec::new(),
            chain: Vec::new(),
            span: crate::source::Span::default(),
        };
        let delays: Vec<u128> =
            (1..=3).map(|failed| pause_before(&node, failed).as_millis()).collect();
        assert_eq!(delays, [10, 20, 40]);
    }
}
