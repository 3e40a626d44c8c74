//! Calls of actions: arguments evaluated and bound, needs declared and met, the value stored, a record kept.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Exec;
use super::context::{Context, Names};
use super::expression::eval;
use super::journal::ActionRecord;
use crate::action::args::{self, Bare, Bound, Given};
use crate::action::{Action, Cx, Group};
use crate::diagnostic::{Fault, Kind, code};
use crate::step::event::ActionInfo;
use crate::syntax::ast;
use crate::value::{Value, ops};

impl Exec<'_> {
    /// Runs an action and stores its value.
    ///
    /// # Errors
    /// The fault of an argument, of the scan or of the action.
    pub(super) fn call(&self, cx: &mut Context, call: &ast::Action) -> Result<(), Fault> {
        let action = find(self, call)?;
        let named = |fault: Fault| fault.of(action.name);
        let bound = bind(action, call, &cx.scope).map_err(named)?;
        let value = self.carry_out(cx, action, &bound).map_err(named)?;
        if let Some(output) = &call.output {
            cx.assign(&output.text, value.clone())?;
        }
        if action.counts {
            cx.frame.last = Some(value);
        }
        Ok(())
    }

    /// Runs it between its events, and keeps a record if it looked at the repository or failed.
    fn carry_out(&self, cx: &Context, action: &'static Action, bound: &Bound) -> Result<Value, Fault> {
        let step = self.control.outer_info(cx.frame.step);
        let id = self.journal().name(bound.args.maybe_text("id"), action.name);
        let info = ActionInfo { id: &id, name: action.name, step: &step };
        self.world.events.action_start(&info);
        let began = Instant::now();
        let outcome = self.perform_action(cx, action, bound);
        let elapsed = began.elapsed();
        self.world.events.action_end(&info, millis(elapsed), count(&outcome), outcome.as_ref().err());
        if action.group == Group::Analysis || outcome.is_err() {
            let args = Value::object(bound.args.iter().map(|(name, value)| (name, value.clone())));
            let outcome = outcome.clone();
            self.journal().keep(ActionRecord { id, step: cx.frame.step, name: action.name, args, elapsed, outcome });
        }
        outcome
    }

    fn perform_action(&self, cx: &Context, action: &'static Action, bound: &Bound) -> Result<Value, Fault> {
        if action.group == Group::Analysis {
            self.world.engine.declare((bound.form.needs)(&bound.args)?);
            self.world.engine.meet(&cx.cancel)?;
        }
        let world = Cx {
            system: self.world.system,
            gate: self.world.gate,
            engine: self.world.engine,
            cancel: &cx.cancel,
            output: self.world.output,
        };
        let value = (bound.form.run)(&world, &bound.args)?;
        ops::check_size(&value)?;
        Ok(value)
    }
}

fn find(exec: &Exec<'_>, call: &ast::Action) -> Result<&'static Action, Fault> {
    exec.world.registry.find(&call.name.text).ok_or_else(|| {
        let message = format!("there is no action `{}`", call.name.text);
        Fault::new(Kind::Argument, code::execution::UNKNOWN_NAME, message).at(call.name.span)
    })
}

/// Evaluates the arguments of a call and binds them to the action's parameters.
///
/// # Errors
/// The fault of an expression, or an argument that does not fit.
pub(super) fn bind(action: &'static Action, call: &ast::Action, names: &dyn Names) -> Result<Bound, Fault> {
    let mut given = Given {
        option: call.option.as_ref().map(|word| (&*word.text, word.span)),
        primary: None,
        named: Vec::with_capacity(call.arguments.len()),
    };
    let op = args::op_word(action, call);
    todo!()
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn count(outcome: &Result<Value, Fault>) -> Option<i64> {
    match outcome.as_ref().ok().and_then(|value| ops::field(value, "count").ok()) {
        Some(Value::Int(count)) => Some(count),
        _ => None,
    }
}
