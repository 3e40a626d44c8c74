//! What a run tells while it goes on: one trait whose methods default to nothing.

use std::sync::Arc;

use super::{Policy, StepNode};
use crate::diagnostic::Fault;
use crate::value::Value;

/// A step as events show it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepInfo {
    /// The id.
    pub id: Arc<str>,
    /// The description.
    pub desc: Option<Arc<str>>,
    /// The `type` attribute.
    pub kind: Option<Arc<str>>,
    /// 1-based place, depth first.
    pub order: u32,
    /// The enclosing step's id.
    pub parent: Option<Arc<str>>,
    /// Descriptions from the root.
    pub path: Vec<Arc<str>>,
    /// 1 at the top.
    pub depth: u32,
    /// What happens when it fails.
    pub policy: Policy,
}

impl StepInfo {
    /// The info of a node whose parent has the id `parent`.
    #[must_use]
    pub fn of(node: &StepNode, parent: Option<Arc<str>>) -> Self {
        Self {
            id: Arc::clone(&node.id),
            desc: node.desc.clone(),
            kind: node.kind.clone(),
            order: node.number,
            parent,
            path: node.path.clone(),
            depth: node.depth,
            policy: node.policy.clone(),
        }
    }
}

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not begun.
    Idle,
    /// At work.
    Running,
    /// Held.
    Paused,
    /// Came to its end.
    Completed,
    /// Met `stop`.
    Stopped,
    /// Ended from outside, or by the plan's timeout.
    Aborted,
    /// Ended by an error no policy handled.
    Error,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Idle,
        Self::Running,
        Self::Paused,
        Self::Completed,
        Self::Stopped,
        Self::Aborted,
        Self::Error,
    ];

    /// The word results and events use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Completed => "completed",
            Self::Stopped => "stopped",
            Self::Aborted => "aborted",
            Self::Error => "error",
        }
    }
}

/// How an entry of a step ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StepStatus {
    /// By its end, `return`, or flow that left it.
    Ok,
    /// By an error.
    Error,
    /// By `skip`.
    Skipped,
    /// By an error that `continue` handled.
    Partial,
    /// Never entered.
    #[default]
    NotRun,
}

impl StepStatus {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Ok, Self::Error, Self::Skipped, Self::Partial, Self::NotRun];

    /// The word results use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Skipped => "skipped",
            Self::Partial => "partial",
            Self::NotRun => "not_run",
        }
    }
}

/// An action as events show it.
#[derive(Clone, Copy, Debug)]
pub struct ActionInfo<'a> {
    /// Its id in the result.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The step it stands in.
    pub step: &'a StepInfo,
}

/// Told of everything that happens, in order; methods may be called from any thread.
pub trait Events: Send + Sync {
    /// The plan begins.
    fn plan_start(&self) {}
    /// The plan ended.
    fn plan_end(&self, _state: State) {}
    /// A step is entered: one pair of start and end an entry.
    fn step_start(&self, _step: &StepInfo) {}
    /// An entry of a step ended.
    fn step_end(&self, _step: &StepInfo, _status: StepStatus, _result: &Value) {}
    /// An attempt failed.
    fn step_error(&self, _step: &StepInfo, _attempt: u32, _error: &Fault) {}
    /// Attempt number `attempt` follows a failed one.
    fn step_retry(&self, _step: &StepInfo, _attempt: u32, _error: &Fault) {}
    /// The step is left for another one.
    fn step_jump(&self, _step: &StepInfo, _target: &str) {}
    /// An action begins.
    fn action_start(&self, _action: &ActionInfo<'_>) {}
    /// An action ended; `count` is that of its value, if it has one.
    fn action_end(
        &self,
        _action: &ActionInfo<'_>,
        _elapsed_ms: u64,
        _count: Option<i64>,
        _error: Option<&Fault>,
    ) {
    }
    /// Files of the running scan.
    fn progress(&self, _done: usize, _total: usize) {}
    /// A line of the plan's output.
    fn print(&self, _line: &str) {}
    /// The run was aborted.
    fn abort(&self) {}
    /// The run is held.
    fn pause(&self) {}
    /// The held run goes on.
    fn resume(&self) {}
    /// A step, or the plan where there is none, took too long.
    fn timeout(&self, _step: Option<&StepInfo>) {}
    /// The run's state changed.
    fn state_change(&self, _new: State, _old: State) {}
}

/// Told of everything, says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Events for Silent {}
