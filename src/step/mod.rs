//! Steps: ids, paths and order (`resolve`), error policies (`policy`), what happens at their borders (`control`, `event`).
//! Knows no expression and no action.

mod attribute;
pub mod control;
pub mod event;
pub mod handle;
pub mod meta;
pub mod policy;
pub mod resolve;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::source::Span;

/// A step, resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct StepNode {
    /// 1-based place among all steps, depth first; `ast::Step::number` carries it, so `steps[number - 1]` is the node.
    pub number: u32,
    /// Written or generated; unique.
    pub id: Arc<str>,
    /// The description, if there is one.
    pub desc: Option<Arc<str>>,
    /// The `type` attribute.
    pub kind: Option<Arc<str>>,
    /// Descriptions from the root, this step last; the id where there is none.
    pub path: Vec<Arc<str>>,
    /// The enclosing step, whatever blocks lie between.
    pub parent: Option<u32>,
    /// The steps directly inside.
    pub children: Vec<u32>,
    /// 1 for a step at the top.
    pub depth: u32,
    /// What happens when it fails.
    pub policy: Policy,
    /// For each attempt.
    pub timeout: Option<Duration>,
    /// The name its result is stored under beside its id.
    pub namespace: Arc<str>,
    /// The `->` and `var` names written in its text outside nested steps, in order, each once.
    pub outputs: Vec<Arc<str>>,
    /// Enclosing steps from the inside out, up to the first block that is no step's own body: only these can be
    /// entered by a jump to this step.
    pub chain: Vec<u32>,
    /// The step's head.
    pub span: Span,
}

/// What happens when a step fails.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    /// Further attempts.
    pub retries: u32,
    /// Before the first of them.
    pub delay: Duration,
    /// Each further delay is the last one times this; 1 where not given.
    pub backoff: f64,
    /// When no attempt is left.
    pub last: Last,
}

/// The end of a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Last {
    /// The parent's policy meets the error.
    #[default]
    Fail,
    /// On with the next statement.
    Continue,
    /// On at another step.
    Jump(Arc<str>),
}

/// All steps of a plan.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    /// By number, from 1.
    pub steps: Vec<StepNode>,
    /// Number by id.
    pub by_id: HashMap<Arc<str>, u32>,
}

impl Resolved {
    /// The node of an `ast::Step::number`.
    #[must_use]
    pub fn node(&self, number: u32) -> &StepNode {
        &self.steps[number as usize - 1]
    }

    /// The step of that id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&StepNode> {
        self.by_id.get(id).map(|&number| self.node(number))
    }

    /// Whether a step has that id or namespace.
    #[must_use]
    pub fn named(&self, name: &str) -> bool {
        self.by_id.contains_key(name) || self.steps.iter().any(|step| &*step.namespace == name)
    }
}
