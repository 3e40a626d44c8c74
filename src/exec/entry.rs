//! A step's inside: what `step::control` runs between its borders.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Exec;
use super::context::{Context, Frame, Names};
use super::journal::Left;
use super::trail::{Attempt, Turn};
use crate::action::Output;
use crate::diagnostic::Fault;
use crate::step::StepNode;
use crate::step::control::{Body, Flow, Outcome};
use crate::step::event::StepStatus;
use crate::syntax::ast;
use crate::system::control::Cancel;
use crate::value::{Value, access, show};

impl Exec<'_> {
    /// Runs one entry of a step; with `entry` its statements begin on the way to the step of that number.
    ///
    /// # Errors
    /// The fault that the step's policy did not handle.
    pub(super) fn step(
        &self,
        cx: &mut Context,
        step: &ast::Step,
        entry: Option<u32>,
    ) -> Result<Flow, Fault> {
        let node = self.steps.node(step.number);
        let resumed = match cx.ahead() {
            Some(Turn::Step(attempt)) => Some(*attempt),
            _ => None,
        };
        let entry = entry.filter(|&target| target != step.number);
        if resumed.is_none() {
            self.checkpoint(cx, entry)?;
        }
        let outer = cx.cancel.clone();
        let above = std::mem::take(&mut cx.frame);
        if let Some(trail) = &mut cx.trail {
            trail.frames.push(above.clone());
        }
        if self.caller.is_none() && resumed.is_none() {
            cx.journal.enter(node.number);
        }
        let began = Instant::now();
        let outer_copy = outer.clone();
        let mut body = Inside {
            exec: self,
            cx,
            step,
            node,
            entry,
            outer: outer_copy,
            began,
            resumed,
            error: None,
        };
        let flow = self.control.enter(node, &outer, &mut body);
        cx.cancel = outer;
        cx.frame = above;
        if let Some(trail) = &mut cx.trail {
            trail.frames.pop();
        }
        if node.parent.is_none() {
            // What a module gives is the result of its last top-level step.
            cx.frame.last = cx.scope.results().get(&node.id).cloned();
        }
        flow
    }
}

struct Inside<'r, 'a> {
    exec: &'r Exec<'a>,
    cx: &'r mut Context,
    step: &'r ast::Step,
    node: &'r StepNode,
    entry: Option<u32>,
    outer: Cancel,
    began: Instant,
    /// The attempt that a checkpoint stands in.
    resumed: Option<Attempt>,
    /// What ended the last attempt.
    error: Option<Fault>,
}

impl Body for Inside<'_, '_> {
    fn resumed(&self) -> Option<(u32, Duration)> {
        self.resumed.map(|attempt| (attempt.number, attempt.before))
    }

    fn attempt(&mut self, number: u32, cancel: &Cancel) -> Result<Flow, Fault> {
        let before = self.resumed.take().map_or(Duration::ZERO, |attempt| attempt.before);
        let frame = self.cx.trail.as_mut().and_then(|trail| trail.frames_ahead.pop());
        self.cx.frame = Frame { step: self.node.number, ..frame.unwrap_or_default() };
        self.cx.cancel = cancel.clone();
        let turn = || Turn::Step(Attempt { number, before, began: cancel.elapsed() });
        let ended = self.exec.entered(self.cx, &self.step.body, self.entry.take(), turn);
        self.exec.end_futures(self.cx, self.node, ended).map_err(|mut fault| {
            fault.step.get_or_insert_with(|| Arc::clone(&self.node.id));
            self.error = Some(fault.clone());
            fault
        })
    }

    fn handle(&mut self, fault: &Fault, attempt: u32) {
        let value = self.exec.describe(fault, &self.node.id, attempt);
        self.cx.scope.write(&"error".into(), value);
    }

    fn store(&mut self, outcome: Outcome, attempts: u32) -> Value {
        let (result, status) = match outcome {
            Outcome::Left(Flow::Skip) => (Value::Null, StepStatus::Skipped),
            Outcome::Left(_) => (self.result(), StepStatus::Ok),
            Outcome::Failed => (Value::Null, StepStatus::Error),
            Outcome::Handled => (Value::Null, StepStatus::Partial),
        };
        if outcome == Outcome::Handled {
            self.report();
        }
        self.cx.scope.store(&self.node.id, &self.node.namespace, &result);
        if self.exec.caller.is_none() {
            let failed = matches!(outcome, Outcome::Failed | Outcome::Handled);
            let error = self.error.take().filter(|_| failed);
            let (step, elapsed) = (self.node.number, self.began.elapsed());
            self.cx.journal.leave(step, Left { status, attempts, elapsed, result: &result, error });
        }
        result
    }

    fn wait(&mut self, delay: Duration) -> Result<(), Fault> {
        if delay.is_zero() {
            return Ok(());
        }
        self.exec.slots.aside(|| self.exec.world.system.sleep(delay, &self.outer))
    }
}

impl Inside<'_, '_> {
    /// An error that a policy handled is told, so that nothing goes wrong in silence.
    fn report(&self) {
        let error = self.cx.read("error").ok().flatten().unwrap_or_default();
        let message = access::field(&error, "message").unwrap_or_default();
        let text = format!(
            "step `{}` failed and the plan goes on: {}",
            self.node.id,
            show::plain(&message)
        );
        self.exec.output(self.cx).log("warn", &text);
    }

    /// What `return` said, else the outputs by name, else the last action's value, else `null`.
    fn result(&mut self) -> Value {
        if let Some(value) = self.cx.frame.returned.take() {
            return value;
        }
        if self.node.outputs.is_empty() {
            return self.cx.frame.last.take().unwrap_or_default();
        }
        let written = &self.cx.frame.written;
        let read = |name: &Arc<str>| {
            let value = written.contains(name).then(|| self.cx.read(name).ok().flatten()).flatten();
            (Arc::clone(name), value.unwrap_or_default())
        };
        Value::object(self.node.outputs.iter().map(read))
    }
}

impl Exec<'_> {
    /// The plan's view of a fault: the variable `error`.
    pub(super) fn describe(&self, fault: &Fault, step: &Arc<str>, attempt: u32) -> Value {
        let at = fault.span.map(|span| self.sources.place(span));
        Value::object([
            ("kind", Value::from(fault.kind.name())),
            ("code", Value::from(fault.code.0)),
            ("message", Value::from(fault.message.as_str())),
            ("step", Value::Str(Arc::clone(fault.step.as_ref().unwrap_or(step)))),
            ("action", fault.action.map_or(Value::Null, Value::from)),
            ("attempt", Value::Int(i64::from(fault.attempt.map_or(attempt, NonZeroU32::get)))),
            ("span", at.unwrap_or_default()),
        ])
    }
}
