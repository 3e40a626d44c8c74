//! Statements: blocks, conditions, loops, assignments. What stands at a step's border is `entry`; calls are `call`.

use std::sync::Arc;

use super::Exec;
use super::context::Context;
use super::expression::eval;
use super::trail::Turn;
use crate::action::Output;
use crate::diagnostic::{Fault, Kind, code};
use crate::step::control::Flow;
use crate::syntax::ast::{
    Accessor, Binary, Block, Each, Else, Expr, ExprKind, If, Item, Jump, Return, Set, Statement,
    StatementKind, Var, While,
};
use crate::value::{Value, ops, show};

impl Exec<'_> {
    /// Runs the statements of a block. With `entry` it begins at the statement that is or holds the step of that
    /// number; a jump goes on here if its target lies in this block, under steps only.
    ///
    /// # Errors
    /// The fault of the statement that failed.
    pub(super) fn block(
        &self,
        cx: &mut Context,
        block: &Block,
        entry: Option<u32>,
    ) -> Result<Flow, Fault> {
        self.entered(cx, block, entry, || Turn::Plain)
    }

    /// The same, of a block that says how it was entered.
    pub(super) fn entered(
        &self,
        cx: &mut Context,
        block: &Block,
        entry: Option<u32>,
        turn: impl FnOnce() -> Turn,
    ) -> Result<Flow, Fault> {
        let Some(trail) = &mut cx.trail else { return self.statements(cx, block, 0, entry) };
        let from = trail.enter(turn());
        let entry = entry.or_else(|| trail.take_entry());
        let flow = self.statements(cx, block, from, entry);
        if let Some(trail) = &mut cx.trail {
            trail.places.pop();
        }
        flow
    }

    fn statements(
        &self,
        cx: &mut Context,
        block: &Block,
        from: usize,
        entry: Option<u32>,
    ) -> Result<Flow, Fault> {
        let mut entry = entry;
        let mut at = entry.and_then(|target| self.position(block, target)).unwrap_or(from);
        while let Some(statement) = block.statements.get(at) {
            if let Some(trail) = &mut cx.trail {
                trail.at(at);
            }
            match self.statement(cx, statement, entry.take())? {
                Flow::Next => at += 1,
                Flow::Jump(target) => match self.position(block, target) {
                    Some(next) => (at, entry) = (next, Some(target)),
                    None => return Ok(Flow::Jump(target)),
                },
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    /// The index of the statement that is the step `target` or one that must be entered to reach it.
    fn position(&self, block: &Block, target: u32) -> Option<usize> {
        let chain = &self.steps.node(target).chain;
        block.statements.iter().position(|statement| match &statement.kind {
            StatementKind::Step(step) => step.number == target || chain.contains(&step.number),
            StatementKind::Plan(inner) => self.position(inner, target).is_some(),
            _ => false,
        })
    }

    pub(super) fn statement(
        &self,
        cx: &mut Context,
        statement: &Statement,
        entry: Option<u32>,
    ) -> Result<Flow, Fault> {
        self.tick(cx)
            .and_then(|()| self.perform(cx, statement, entry))
            .map_err(|fault| fault.at(statement.span))
    }

    fn perform(
        &self,
        cx: &mut Context,
        statement: &Statement,
        entry: Option<u32>,
    ) -> Result<Flow, Fault> {
        match &statement.kind {
            StatementKind::Plan(block) => self.block(cx, block, entry),
            StatementKind::Meta(_) => Ok(Flow::Next),
            StatementKind::Step(step) => {
                self.step(cx, step, entry).map_err(|fault| fault.at(step.head))
            }
            StatementKind::If(branch) => self.branch(cx, branch),
            StatementKind::While(turn) => self.repeat(cx, turn),
            StatementKind::Each(each) => self.each(cx, each),
            StatementKind::Action(action) => self.call(cx, action).map(|()| Flow::Next),
            StatementKind::Jump(jump) => self.jump(cx, jump),
            StatementKind::Set(set) => change(cx, set).map(|()| Flow::Next),
            StatementKind::Var(var) => assign(cx, var).map(|()| Flow::Next),
            StatementKind::Print(items) => self.print(cx, items).map(|()| Flow::Next),
            StatementKind::Return(form) => leave(cx, form),
            StatementKind::Break => Ok(Flow::Break),
            StatementKind::Continue => Ok(Flow::Continue),
            StatementKind::Stop => Ok(Flow::Stop),
            StatementKind::Skip => Ok(Flow::Skip),
            StatementKind::Parallel(block) => self.parallel(cx, block),
            StatementKind::Future(call) => {
                self.future(cx, call, statement.span).map(|()| Flow::Next)
            }
            StatementKind::Error => Err(unreadable()),
        }
    }

    /// Counts a statement or turn and looks whether the work has to end. On the way back to where a checkpoint stands
    /// they were counted before.
    fn tick(&self, cx: &Context) -> Result<(), Fault> {
        cx.cancel.check()?;
        self.guard.pass();
        if cx.ahead().is_some() {
            return Ok(());
        }
        self.budget.spend(|| match cx.frame.step {
            0 => "the plan".to_owned(),
            step => format!("step `{}`", self.steps.node(step).id),
        })
    }

    fn branch(&self, cx: &mut Context, branch: &If) -> Result<Flow, Fault> {
        let known = match cx.ahead() {
            Some(Turn::Branch(number)) => Some(*number),
            _ => None,
        };
        let (mut number, mut branch) = (0, branch);
        loop {
            let is_met = match known {
                Some(known) => known == number,
                None => ops::truth(&eval(cx, &branch.condition)?),
            };
            if is_met {
                return self.entered(cx, &branch.then, None, || Turn::Branch(number));
            }
            number += 1;
            match &branch.otherwise {
                None => return Ok(Flow::Next),
                Some(Else::Block(block)) => {
                    return self.entered(cx, block, None, || Turn::Branch(number));
                }
                Some(Else::If(other, _)) => branch = other,
            }
        }
    }

    fn repeat(&self, cx: &mut Context, turn: &While) -> Result<Flow, Fault> {
        while cx.ahead().is_some() || ops::truth(&eval(cx, &turn.condition)?) {
            self.tick(cx)?;
            match self.block(cx, &turn.body, None)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => break,
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    fn each(&self, cx: &mut Context, each: &Each) -> Result<Flow, Fault> {
        let (over, from) = match cx.ahead() {
            Some(Turn::Each(over, index)) => (over.clone(), *index),
            _ => (eval(cx, &each.over)?, 0),
        };
        let flow = self.turns(cx, each, &over, from);
        cx.scope.forget(&each.first.text);
        if let Some(second) = &each.second {
            cx.scope.forget(&second.text);
        }
        flow
    }

    fn turns(
        &self,
        cx: &mut Context,
        each: &Each,
        over: &Value,
        from: usize,
    ) -> Result<Flow, Fault> {
        let turns = pairs(over, each).map_err(|fault| fault.at(each.over.span))?;
        for (index, (first, second)) in turns.enumerate().skip(from) {
            self.tick(cx)?;
            cx.scope.write(&each.first.text, first);
            if let Some(name) = &each.second {
                cx.scope.write(&name.text, second);
            }
            let turn = || Turn::Each(over.clone(), index);
            match self.entered(cx, &each.body, None, turn)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => break,
                flow => return Ok(flow),
            }
        }
        Ok(Flow::Next)
    }

    fn jump(&self, cx: &Context, jump: &Jump) -> Result<Flow, Fault> {
        let target = self.steps.find(&jump.target.text).ok_or_else(|| {
            let message = format!("there is no step `{}`", jump.target.text);
            Fault::new(Kind::Argument, code::execution::UNKNOWN_NAME, message).at(jump.target.span)
        })?;
        self.control
            .count_jump(cx.frame.step, target.number)
            .map_err(|fault| fault.at(jump.target.span))?;
        Ok(Flow::Jump(target.number))
    }

    fn print(&self, cx: &Context, items: &[Item]) -> Result<(), Fault> {
        let mut words = Vec::with_capacity(items.len());
        for item in items {
            let value = show::plain(&eval(cx, &item.value)?);
            words.push(match &item.key {
                Some(key) => format!("{}={value}", key.text),
                None => value,
            });
        }
        self.output(cx).line(&words.join(" "))
    }
}

/// What each turn binds: item and index, or key and value.
pub(super) type Pairs<'v> = Box<dyn Iterator<Item = (Value, Value)> + 'v>;

/// What each turn over a value binds.
///
/// # Errors
/// A value that cannot be gone through.
pub(super) fn pairs<'v>(over: &'v Value, each: &Each) -> Result<Pairs<'v>, Fault> {
    if let Some(rows) = ops::rows(over) {
        return Ok(Box::new(rows.enumerate().map(|(index, row)| (row, Value::count(index)))));
    }
    match over {
        Value::Str(text) => {
            let mut buffer = [0; 4];
            Ok(Box::new(text.chars().enumerate().map(move |(index, letter)| {
                (Value::from(&*letter.encode_utf8(&mut buffer)), Value::count(index))
            })))
        }
        Value::Object(object) if each.second.is_some() => Ok(Box::new(
            object.iter().map(|(key, value)| (Value::Str(Arc::clone(key)), value.clone())),
        )),
        Value::Object(object) => Ok(Box::new(object.iter().map(|(key, value)| {
            let entry = [("key", Value::Str(Arc::clone(key))), ("value", value.clone())];
            (Value::object(entry), Value::Null)
        }))),
        other => {
            let message = format!(
                "expected a list, table, object or string to go through, found {}",
                other.kind()
            );
            Err(Fault::new(Kind::Argument, code::execution::NOT_ITERABLE, message)
                .help(not_gone_through(other)))
        }
    }
}

const fn not_gone_through(value: &Value) -> &'static str {
    match value {
        Value::Null => "test it with `exists` first, or write `each x in xs or [] { … }`",
        _ => "to count, write `while`; one value alone is the list `[x]`",
    }
}

fn assign(cx: &mut Context, var: &Var) -> Result<(), Fault> {
    if let Some(more) = added_to(&var.name.text, &var.value) {
        return grow(cx, &var.name.text, more).map_err(|fault| fault.at(var.value.span));
    }
    let value = eval(cx, &var.value)?;
    cx.assign(&var.name.text, value).map_err(|fault| fault.at(var.value.span))
}

fn change(cx: &mut Context, set: &Set) -> Result<(), Fault> {
    if let (true, Some(more)) = (set.path.is_empty(), added_to(&set.name.text, &set.value)) {
        return grow(cx, &set.name.text, more).map_err(|fault| fault.at(set.value.span));
    }
    let value = eval(cx, &set.value)?;
    let mut keys = Vec::with_capacity(set.path.len());
    for accessor in &set.path {
        keys.push(match accessor {
            Accessor::Field(field) => ops::Key::Field(Arc::clone(&field.text)),
            Accessor::Index(index) => {
                ops::Key::of(&eval(cx, index)?).map_err(|fault| fault.at(index.span))?
            }
        });
    }
    cx.change(&set.name.text, |target| ops::set_path(target, &keys, value))
}

/// What is added in `name = name + more`.
fn added_to<'e>(name: &str, value: &'e Expr) -> Option<&'e Expr> {
    match &value.kind {
        ExprKind::Binary(Binary::Add, left, more) => match &left.kind {
            ExprKind::Name(left) if **left == *name => Some(more),
            _ => None,
        },
        _ => None,
    }
}

/// Adds to a variable in place, so that a list grows one item at a time in linear time.
fn grow(cx: &mut Context, name: &Arc<str>, more: &Expr) -> Result<(), Fault> {
    let more = eval(cx, more)?;
    cx.change(name, |target| ops::append(target, &more))
}

fn leave(cx: &mut Context, form: &Return) -> Result<Flow, Fault> {
    let value = match form {
        Return::Default => return Ok(Flow::Return),
        Return::Value { value, .. } => eval(cx, value)?,
        Return::Fields(items) => {
            let name = |item: &Item| item.name().map_or_else(|| "value".into(), Arc::clone);
            let fields = items.iter().map(|item| Ok((name(item), eval(cx, &item.value)?)));
            Value::object(fields.collect::<Result<Vec<_>, Fault>>()?)
        }
    };
    ops::check_size(&value)?;
    cx.frame.returned = Some(value);
    Ok(Flow::Return)
}

fn unreadable() -> Fault {
    Fault::new(Kind::Argument, code::execution::UNREADABLE, "this statement cannot be run")
        .help("mend what `qplan check` reports")
}
