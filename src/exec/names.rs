//! What the names of a plan are, known from its text.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use super::context::{Names, Scope};
use crate::action::bare::Declared;
use crate::step::Resolved;
use crate::syntax::ast::{Block, Else, File, If, Statement, StatementKind};
use crate::value::Value;

/// What a plan finds when it starts: the variables and results of plans that ran before it in the same session.
#[derive(Clone, Debug, Default)]
pub struct Outer {
    /// The variables, and the results of steps.
    pub scope: Scope,
    /// Ids and namespaces of steps among them.
    pub steps: BTreeSet<Arc<str>>,
}

/// The names of a plan. Those of loops are known to the running scope only.
pub struct Known<'a> {
    steps: &'a Resolved,
    outer: &'a Outer,
    params: &'a [(Arc<str>, Value)],
    written: HashSet<Arc<str>>,
}

impl<'a> Known<'a> {
    /// Reads the names of a plan.
    #[must_use]
    pub fn of(
        file: &File,
        steps: &'a Resolved,
        params: &'a [(Arc<str>, Value)],
        outer: &'a Outer,
    ) -> Self {
        let mut written = HashSet::new();
        block(&file.body, &mut written);
        Self { steps, outer, params, written }
    }

    /// What a name is, where `names` are at hand.
    #[must_use]
    pub fn declared(&self, name: &str, names: &dyn Names) -> Declared {
        if self.written.contains(name) || self.constant(name).is_some() {
            Declared::Variable
        } else if matches!(name, "error" | "run")
            || self.steps.named(name)
            || self.outer.steps.contains(name)
        {
            Declared::Step
        } else if names.holds(name) {
            Declared::Variable
        } else {
            Declared::No
        }
    }

    fn constant(&self, name: &str) -> Option<&Value> {
        self.params.iter().find(|(param, _)| &**param == name).map(|(_, value)| value)
    }
}

/// Only what keeps its value can be read before the run: parameters, and what an earlier plan left.
impl Names for Known<'_> {
    fn read(&self, name: &str) -> Option<Value> {
        if self.written.contains(name) || self.steps.named(name) {
            return None;
        }
        let left = || self.outer.scope.holds(name).then(|| self.outer.scope.read(name)).flatten();
        self.constant(name).cloned().or_else(left)
    }

    fn holds(&self, _name: &str) -> bool {
        false
    }
}

fn block(block: &Block, written: &mut HashSet<Arc<str>>) {
    block.statements.iter().for_each(|inner| statement(inner, written));
}

fn statement(at: &Statement, written: &mut HashSet<Arc<str>>) {
    match &at.kind {
        StatementKind::Plan(body) => block(body, written),
        StatementKind::Step(step) => block(&step.body, written),
        StatementKind::If(inner) => branch(inner, written),
        StatementKind::While(turn) => block(&turn.body, written),
        StatementKind::Each(each) => block(&each.body, written),
        StatementKind::Parallel(parallel) => block(&parallel.body, written),
        StatementKind::Action(action) | StatementKind::Future(action) => {
            written.extend(action.output.iter().map(|word| Arc::clone(&word.text)));
        }
        StatementKind::Set(set) => drop(written.insert(Arc::clone(&set.name.text))),
        StatementKind::Var(var) => drop(written.insert(Arc::clone(&var.name.text))),
        _ => {}
    }
}

fn branch(branch_: &If, written: &mut HashSet<Arc<str>>) {
    block(&branch_.then, written);
    match &branch_.otherwise {
        None => {}
        Some(Else::Block(body)) => block(body, written),
        Some(Else::If(other, _)) => branch(other, written),
    }
}
