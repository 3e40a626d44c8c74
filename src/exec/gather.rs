//! What all actions of a plan are known to need before it runs, merged, so that one scan meets it.
//! An argument is known if it is made of literals, parameters, and names whose every value can be read off the plan: a
//! variable written as a constant, a loop over a constant list. Needs that are never asked for after all do no harm.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use super::context::{Names, World};
use super::expression::eval;
use super::names::Known;
use super::{call, module};
use crate::action::Group;
use crate::diagnostic::Fault;
use crate::facts::Needs;
use crate::facts::needs::Around;
use crate::syntax::ast::{
    Accessor, Action, Block, Each, Else, Expr, ExprKind, File, If, Part, Statement, StatementKind,
};
use crate::value::Value;

/// So many choices of values are tried for one action.
const CHOICES: usize = 64;

/// The merged needs of every action whose arguments are known.
#[must_use]
pub fn needs(file: &File, world: World<'_>, known: &Known<'_>) -> Needs {
    within(file, world, known, Place { around: &[], depth: 0, left: &Cell::new(LOOKED_INTO) })
}

/// Where a file's actions run.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// What narrows their scope.
    pub(super) around: &'a [Arc<Around>],
    /// How many calls of modules are around.
    pub(super) depth: u32,
    /// How many calls of modules may still be looked into.
    pub(super) left: &'a Cell<u32>,
}

/// So many calls of modules are looked into: those that call each other multiply.
const LOOKED_INTO: u32 = 1_000;

/// The same, for a plan or a module.
pub(super) fn within(file: &File, world: World<'_>, known: &Known<'_>, place: Place<'_>) -> Needs {
    let mut plan = Plan { known, actions: Vec::new(), values: HashMap::new() };
    plan.block(&file.body);
    let mut needs = Needs::default();
    for action in &plan.actions {
        let found = world.registry.find(&action.name.text);
        let Some(found) = found.filter(|found| found.group != Group::Basic) else { continue };
        for picked in plan.choices(action, place.depth) {
            let names = Choice { known, picked: &picked };
            // What cannot be known now, or is wrong, is the running action's to say.
            let Ok(mut bound) = call::bind(found, action, &names, known) else { continue };
            bound.args.narrow(place.around);
            match world.modules.find(found.name) {
                Some(module) => {
                    needs.merge(module::needs(module, &bound.args, world, place));
                }
                None => needs.merge((bound.form.needs)(&bound.args).unwrap_or_default()),
            }
        }
    }
    needs
}

/// Constants, and one value for each name that may have several.
struct Choice<'a> {
    known: &'a Known<'a>,
    picked: &'a [(Arc<str>, Value)],
}

impl Names for Choice<'_> {
    fn read(&self, name: &str) -> Result<Option<Value>, Fault> {
        match self.picked.iter().find(|(picked, _)| **picked == *name) {
            Some((_, value)) => Ok(Some(value.clone())),
            None => self.known.read(name),
        }
    }

    fn holds(&self, name: &str) -> bool {
        self.picked.iter().any(|(picked, _)| **picked == *name)
    }
}

/// The actions of a plan, and the values its names are seen to take.
struct Plan<'a> {
    known: &'a Known<'a>,
    actions: Vec<&'a Action>,
    values: HashMap<Arc<str>, Vec<Value>>,
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
            StatementKind::Each(each) => self.each(each),
            StatementKind::Parallel(parallel) => self.block(&parallel.body),
            StatementKind::Action(action) | StatementKind::Future(action) => {
                self.actions.push(action)
            }
            StatementKind::Var(var) => {
                if let Ok(value) = eval(self.known, &var.value) {
                    self.values.entry(Arc::clone(&var.name.text)).or_default().push(value);
                }
            }
            _ => {}
        }
    }

    fn each(&mut self, each: &'a Each) {
        if let Ok(over) = eval(self.known, &each.over)
            && let Ok(turns) = super::statement::pairs(&over, each)
        {
            for (first, second) in turns.take(CHOICES) {
                self.values.entry(Arc::clone(&each.first.text)).or_default().push(first);
                if let Some(name) = &each.second {
                    self.values.entry(Arc::clone(&name.text)).or_default().push(second);
                }
            }
        }
        self.block(&each.body);
    }

    /// A loop, since a chain of `else if` may be long.
    fn branch(&mut self, branch: &'a If) {
        let mut next = Some(branch);
        while let Some(branch) = next.take() {
            self.block(&branch.then);
            match &branch.otherwise {
                None => {}
                Some(Else::Block(block)) => self.block(block),
                Some(Else::If(other, _)) => next = Some(other),
            }
        }
    }

    /// Every choice of values for the names that an action's arguments read; fewer where calls multiply.
    fn choices(&self, action: &Action, depth: u32) -> Vec<Vec<(Arc<str>, Value)>> {
        let most = CHOICES.checked_shr(depth.saturating_mul(2)).unwrap_or(0);
        // The word behind the name may be the value of the primary argument.
        let mut read: Vec<Arc<str>> =
            action.option.iter().map(|word| Arc::clone(&word.text)).collect();
        let arguments = action.arguments.iter().map(|argument| &argument.value);
        action.primary.iter().chain(arguments).for_each(|expr| names_in(expr, &mut read));
        read.sort();
        read.dedup();
        let mut choices = vec![Vec::new()];
        for name in read {
            let Some(values) = self.values.get(&name) else { continue };
            if choices.len().saturating_mul(values.len()) > most {
                continue;
            }
            let with = |choice: &Vec<(Arc<str>, Value)>, value: &Value| {
                let mut longer = choice.clone();
                longer.push((Arc::clone(&name), value.clone()));
                longer
            };
            choices = choices
                .iter()
                .flat_map(|choice| values.iter().map(move |v| with(choice, v)))
                .collect();
        }
        // Outside its loop a name may be a bare word that means itself.
        choices.push(Vec::new());
        choices
    }
}

/// The names an expression reads.
fn names_in(expr: &Expr, found: &mut Vec<Arc<str>>) {
    match &expr.kind {
        ExprKind::Name(name) => found.push(Arc::clone(name)),
        ExprKind::Template(template) => template.parts.iter().for_each(|part| {
            if let Part::Hole(hole) = part {
                names_in(hole, found);
            }
        }),
        ExprKind::List(items) | ExprKind::Call(_, items) => {
            items.iter().for_each(|item| names_in(item, found));
        }
        ExprKind::Object(entries) => entries.iter().for_each(|entry| names_in(&entry.value, found)),
        ExprKind::Access(base, accessor) => {
            names_in(base, found);
            if let Accessor::Index(index) = accessor {
                names_in(index, found);
            }
        }
        ExprKind::Unary(_, inner) | ExprKind::Exists(inner, _) | ExprKind::Paren(inner) => {
            names_in(inner, found);
        }
        ExprKind::Binary(_, left, right) => {
            names_in(left, found);
            names_in(right, found);
        }
        _ => {}
    }
}
