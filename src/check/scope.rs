//! The flat scope of a plan: what each name is and where it is declared. Loop names lie beside it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::reach::Ways;
use crate::action::Action;
use crate::source::Span;
use crate::step::meta::Meta;
use crate::step::resolve::RESERVED;
use crate::step::{Resolved, StepNode};
use crate::syntax::ast::{
    self, Block, Else, Expr, File, If, Return, Set, Statement, StatementKind,
};

/// What a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Written by `->` or `var`.
    Variable,
    /// Declared by `@params`.
    Parameter,
    /// The id of a step.
    Id(u32),
    /// The namespace of a step.
    Namespace(u32),
    /// Changed by `set` alone: meant as a variable, and an error of its own.
    Wished,
}

/// What gives a variable its value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin<'a> {
    Action(&'a ast::Action),
    Value(&'a Expr),
    /// An action of an earlier plan.
    Answer(&'static Action),
}

/// A name that is there before the plan begins.
#[derive(Clone, Debug)]
pub struct Outer {
    /// The name.
    pub name: Arc<str>,
    /// What it is.
    pub held: Held,
    /// The action that gave its value, where that is known.
    pub answer: Option<&'static Action>,
}

/// What a name of an earlier plan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// A variable.
    Variable,
    /// A parameter.
    Parameter,
    /// The result of a step, by its id or namespace.
    Result,
}

/// A name.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) role: Role,
    pub(super) place: Span,
    /// What writes it, as a variable.
    pub(super) origins: Vec<Origin<'a>>,
    /// Whether `set` changes a place inside it.
    pub(super) changed: bool,
}

/// A written name that is already something else.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clash<'a> {
    pub(super) name: &'a str,
    pub(super) span: Span,
    /// The innermost step around.
    pub(super) step: u32,
}

/// What a step's result is known to hold.
#[derive(Debug, Default)]
pub(super) struct Returned<'a> {
    /// What its `return`s give by key; nothing where several give one key.
    pub(super) items: HashMap<&'a str, Option<&'a Expr>>,
    /// Its outputs.
    pub(super) outputs: HashSet<&'a str>,
    /// Whether a `return` gives a bare value, or a key that is not known.
    pub(super) open: bool,
    /// Whether a `return` stands alone, or none is there.
    pub(super) default: bool,
}

impl Returned<'_> {
    /// The known fields, in no order.
    pub(super) fn has(&self, field: &str, with_outputs: bool) -> bool {
        self.items.contains_key(field) || with_outputs && self.outputs.contains(field)
    }
}

/// All names of a plan.
pub(super) struct Scope<'a> {
    pub(super) resolved: &'a Resolved,
    pub(super) meta: &'a Meta,
    pub(super) ways: Ways,
    pub(super) names: HashMap<&'a str, Entry<'a>>,
    /// Names in the order of declaration, for suggestions.
    pub(super) order: Vec<&'a str>,
    pub(super) clashes: Vec<Clash<'a>>,
    /// By step number; index 0 for statements outside all.
    pub(super) returned: Vec<Returned<'a>>,
    /// Whether a statement could not be read: names may be declared or read there.
    pub(super) torn: bool,
    /// Names that have a value before the plan begins.
    pub(super) outer: HashSet<&'a str>,
    /// Words of text that was left out.
    pub(super) lost: HashSet<&'a str>,
}

impl<'a> Scope<'a> {
    pub(super) fn of(
        file: &'a File,
        resolved: &'a Resolved,
        meta: &'a Meta,
        ways: Ways,
        outer: &'a [Outer],
    ) -> Self {
        let mut scope = Self {
            resolved,
            meta,
            ways,
            names: HashMap::new(),
            order: Vec::new(),
            clashes: Vec::new(),
            returned: std::iter::once(Returned::default())
                .chain(resolved.steps.iter().map(outputs_of))
                .collect(),
            torn: false,
            outer: outer.iter().map(|outer| &*outer.name).collect(),
            lost: file.lost.iter().map(|word| &**word).collect(),
        };
        for param in &meta.params {
            scope.add(&param.name.text, Role::Parameter, param.name.span);
        }
        scope.steps(&file.body);
        let mut sets = Vec::new();
        scope.block(&file.body, 0, &mut sets, &mut Vec::new());
        scope.outer(outer);
        for set in sets {
            scope.set(set);
        }
        scope
    }

    /// Adds what is there before the plan, where the plan does not make it anew. No step has the number 0.
    fn outer(&mut self, outer: &'a [Outer]) {
        for Outer { name, held, answer } in outer {
            let role = match held {
                Held::Variable => Role::Variable,
                Held::Parameter => Role::Parameter,
                Held::Result => Role::Id(0),
            };
            self.add(name, role, Span::NOWHERE);
            if let (Some(answer), Some(entry)) = (answer, self.names.get_mut(&**name)) {
                // Where the plan writes it too, there are several origins, and nothing is known.
                entry.origins.push(Origin::Answer(answer));
            }
        }
    }

    /// Adds the ids and namespaces of all steps, before any variable.
    fn steps(&mut self, block: &'a Block) {
        for statement in &block.statements {
            if let StatementKind::Step(step) = &statement.kind {
                self.step(step);
            }
            for inner in blocks(statement) {
                self.steps(inner);
            }
        }
    }

    fn step(&mut self, step: &'a ast::Step) {
        let resolved = self.resolved;
        let Some(node) = resolved.steps.get((step.number as usize).wrapping_sub(1)) else { return };
        let written = step.attributes.iter().find(|attribute| &*attribute.key.text == "id");
        let span = written.map_or(node.span, |attribute| attribute.value.span);
        if RESERVED.contains(&&*node.id) || !self.add(&node.id, Role::Id(node.number), span) {
            self.clashes.push(Clash { name: &node.id, span, step: node.number });
        }
        let Some(word) = step.output.as_ref().filter(|word| *word.text != *node.id) else { return };
        if RESERVED.contains(&&*word.text)
            || !self.add(&word.text, Role::Namespace(node.number), word.span)
        {
            self.clashes.push(Clash { name: &word.text, span: word.span, step: node.number });
        }
    }

    fn add(&mut self, name: &'a str, role: Role, place: Span) -> bool {
        if self.names.contains_key(name) {
            return false;
        }
        self.names.insert(name, Entry { role, place, origins: Vec::new(), changed: false });
        self.order.push(name);
        true
    }

    /// Adds what a block declares; `turns` are the names of the loops around, which no `set` makes.
    fn block(
        &mut self,
        block: &'a Block,
        step: u32,
        sets: &mut Vec<&'a Set>,
        turns: &mut Vec<&'a str>,
    ) {
        for statement in &block.statements {
            self.statement(statement, step);
            let around = turns.len();
            match &statement.kind {
                StatementKind::Set(set) if !turns.contains(&&*set.name.text) => sets.push(set),
                StatementKind::Each(each) => {
                    let names = std::iter::once(&each.first).chain(&each.second);
                    turns.extend(names.map(|word| &*word.text));
                }
                _ => {}
            }
            let inside = match &statement.kind {
                StatementKind::Step(inner) => inner.number,
                _ => step,
            };
            for inner in blocks(statement) {
                self.block(inner, inside, sets, turns);
            }
            turns.truncate(around);
        }
    }

    fn statement(&mut self, statement: &'a Statement, step: u32) {
        match &statement.kind {
            StatementKind::Action(action) | StatementKind::Future(action) => {
                if let Some(word) = &action.output {
                    self.variable(&word.text, word.span, step, Origin::Action(action));
                }
            }
            StatementKind::Var(var) => {
                self.variable(&var.name.text, var.name.span, step, Origin::Value(&var.value))
            }
            StatementKind::Return(form) => self.returns(form, step),
            StatementKind::Error => self.torn = true,
            _ => {}
        }
    }

    fn variable(&mut self, name: &'a str, span: Span, step: u32, origin: Origin<'a>) {
        if RESERVED.contains(&name) {
            self.clashes.push(Clash { name, span, step });
            return;
        }
        self.add(name, Role::Variable, span);
        match self.names.get_mut(name) {
            Some(entry) if entry.role == Role::Variable => entry.origins.push(origin),
            _ => self.clashes.push(Clash { name, span, step }),
        }
    }

    fn set(&mut self, set: &'a Set) {
        if set.path.is_empty() && !RESERVED.contains(&&*set.name.text) {
            self.add(&set.name.text, Role::Wished, set.name.span);
        }
        if let Some(entry) = self.names.get_mut(&*set.name.text) {
            entry.changed = true;
        }
    }

    fn returns(&mut self, form: &'a Return, step: u32) {
        let Some(returned) = self.returned.get_mut(step as usize) else { return };
        match form {
            Return::Default => returned.default = true,
            Return::Value { .. } => returned.open = true,
            Return::Fields(items) => {
                for item in items {
                    match item.name().map(|name| &**name) {
                        Some(key) => {
                            returned
                                .items
                                .entry(key)
                                .and_modify(|one| *one = None)
                                .or_insert(Some(&item.value));
                        }
                        None => returned.open = true,
                    }
                }
            }
        }
    }

    /// Whether the result of a step may be the object of its outputs, or its last action's value.
    pub(super) fn may_default(&self, step: u32) -> bool {
        let returned = self.returned.get(step as usize);
        returned.is_some_and(|returned| returned.default) || self.ways.may_pass(step)
    }
}

fn outputs_of(node: &StepNode) -> Returned<'_> {
    Returned {
        outputs: node.outputs.iter().map(|output| &**output).collect(),
        ..Returned::default()
    }
}

/// The blocks directly inside a statement, in order.
pub(super) fn blocks(statement: &Statement) -> Vec<&Block> {
    match &statement.kind {
        StatementKind::Plan(body) => vec![body],
        StatementKind::Step(step) => vec![&step.body],
        StatementKind::While(turn) => vec![&turn.body],
        StatementKind::Each(each) => vec![&each.body],
        StatementKind::Parallel(parallel) => vec![&parallel.body],
        StatementKind::If(branch) => branches(branch),
        _ => Vec::new(),
    }
}

/// The bodies of an `if` and its `else`s; a loop, since a chain may be long.
pub(super) fn branches(branch: &If) -> Vec<&Block> {
    let mut bodies = Vec::new();
    let mut next = Some(branch);
    while let Some(branch) = next.take() {
        bodies.push(&branch.then);
        match &branch.otherwise {
            Some(Else::Block(block)) => bodies.push(block),
            Some(Else::If(other, _)) => next = Some(other),
            None => {}
        }
    }
    bodies
}
