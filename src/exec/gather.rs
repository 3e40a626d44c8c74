//! What all actions of a plan are known to need before it runs, merged, so that one scan meets it.
//! An argument is known if it is made of literals and of parameters that the plan never writes.

use std::collections::HashSet;
use std::sync::Arc;

use super::call;
use super::context::Names;
use crate::action::bare::Declared;
use crate::action::{Group, Registry};
use crate::facts::Needs;
use crate::step::Resolved;
use crate::syntax::ast::{Action, Block, Else, File, If, Statement, StatementKind};
use crate::value::Value;

/// What the names of a plan are, known from its text.
pub struct Known<'a> {
    steps: &'a Resolved,
    params: &'a [(Arc<str>, Value)],
    written: HashSet<Arc<str>>,
}

impl<'a> Known<'a> {
    /// Reads the names of a plan.
    #[must_use]
    pub fn of(file: &File, steps: &'a Resolved, params: &'a [(Arc<str>, Value)]) -> Self {
        let mut plan = Plan::default();
        plan.block(&file.body);
        Self { steps, params, written: plan.written }
    }

    /// What a name is.
    #[must_use]
    pub fn declared(&self, name: &str) -> Declared {
        if self.written.contains(name) || self.constant(name).is_some() {
            Declared::Variable
        } else if matches!(name, "error" | "run") || self.steps.named(name) {
            Declared::Step
        } else {
            Declared::No
        }
    }

    fn constant(&self, name: &str) -> Option<&Value> {
        self.params.iter().find(|(param, _)| &**param == name).map(|(_, value)| value)
    }
}

/// Only parameters that keep their value can be read before the run.
impl Names for Known<'_> {
    fn read(&self, name: &str) -> Option<Value> {
        if self.written.contains(name) { None } else { self.constant(name).cloned() }
    }
}

/// The merged needs of every action whose arguments are known.
#[must_use]
pub fn needs(file: &File, registry: &Registry, known: &Known<'_>) -> Needs {
    let mut plan = Plan::default();
    plan.block(&file.body);
    let mut needs = Needs::default();
    for action in plan.actions {
        let Some(found) =
            registry.find(&action.name.text).filter(|found| found.group == Group::Analysis)
        else {
            continue;
        };
        // What cannot be known now, or is wrong, is the running action's to say.
        if let Ok(bound) = call::bind(found, action, known, known)
            && let Ok(more) = (bound.form.needs)(&bound.args)
        {
            needs.merge(more);
        }
    }
    needs
}

/// The actions of a plan and the names it writes.
#[derive(Default)]
struct Plan<'a> {
    actions: Vec<&'a Action>,
    written: HashSet<Arc<str>>,
}

impl<'a> Plan<'a> {
    fn block(&mut self, block: &'a Block) {
        for statement in &block.statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &'a Statement) {
        match &statement.kind {
            StatementKind::Plan(block) => self.block(block),
            StatementKind::Step(step) => self.block(&step.body),
            StatementKind::If(branch) => self.branch(branch),
            StatementKind::While(turn) => self.block(&turn.body),
            StatementKind::Each(each) => {
                self.write(&each.first.text);
                self.written.extend(each.second.iter().map(|word| Arc::clone(&word.text)));
                self.block(&each.body);
            }
            StatementKind::Parallel(parallel) => self.block(&parallel.body),
            StatementKind::Action(action) | StatementKind::Future(action) => {
                self.written.extend(action.output.iter().map(|word| Arc::clone(&word.text)));
                self.actions.push(action);
            }
            StatementKind::Set(set) => self.write(&set.name.text),
            StatementKind::Var(var) => self.write(&var.name.text),
            _ => {}
        }
    }

    fn branch(&mut self, branch: &'a If) {
        self.block(&branch.then);
        match &branch.otherwise {
            None => {}
            Some(Else::Block(block)) => self.block(block),
            Some(Else::If(other, _)) => self.branch(other),
        }
    }

    fn write(&mut self, name: &Arc<str>) {
        self.written.insert(Arc::clone(name));
    }
}
