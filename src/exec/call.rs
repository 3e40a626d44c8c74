//! Calls of actions: arguments evaluated and bound, needs declared and met, the value stored, a record kept.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Exec;
use super::context::{Context, Names};
use super::expression::eval;
use super::journal::ActionRecord;
use super::names::Known;
use crate::action::args::{self, Bound, Given, Named, arrange};
use crate::action::bare::{self, Bare, Declared, Quoting};
use crate::action::embedded::entries;
use crate::action::{self, Action, Cx, Group, Param};
use crate::diagnostic::{Fault, Kind, code};
use crate::source::Span;
use crate::step::event::ActionInfo;
use crate::syntax::ast::{self, Expr, ExprKind, Part, Template};
use crate::value::{Value, access, ops, show};

/// A call whose arguments have their values.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) action: &'static Action,
    pub(super) bound: Bound,
    /// Its place among all actions.
    pub(super) order: u64,
    /// Its id in the result.
    pub(super) id: Arc<str>,
    /// Where it is named.
    pub(super) place: Span,
}

impl Exec<'_> {
    /// Runs an action and stores its value.
    ///
    /// # Errors
    /// The fault of an argument, of the scan or of the action.
    pub(super) fn call(&self, cx: &mut Context, call: &ast::Action) -> Result<(), Fault> {
        let ready = self.ready(cx, call)?;
        let value = self.carry_out(cx, &ready).map_err(|fault| fault.of(ready.action.name))?;
        if let Some(output) = &call.output {
            cx.assign(&output.text, value.clone())?;
        }
        if ready.action.counts {
            cx.frame.last = Some(value);
        }
        Ok(())
    }

    /// Evaluates the arguments of a call and gives it its id.
    ///
    /// # Errors
    /// The fault of an argument.
    pub(super) fn ready(&self, cx: &mut Context, call: &ast::Action) -> Result<Ready, Fault> {
        let (action, bound) = self.bound(cx, call)?;
        let place = call.name.span;
        let id = self.sites.id(&mut cx.journal, place, bound.args.maybe_text("id"));
        let order = cx.journal.begin();
        Ok(Ready { action, bound, order, id: self.qualified(id), place })
    }

    /// Evaluates the arguments of a call.
    ///
    /// # Errors
    /// The fault of an argument.
    pub(super) fn bound(
        &self,
        cx: &Context,
        call: &ast::Action,
    ) -> Result<(&'static Action, Bound), Fault> {
        let action = find(self, call)?;
        let mut bound =
            bind(action, call, cx, &self.known).map_err(|fault| fault.of(action.name))?;
        bound.args.narrow(&self.around);
        Ok((action, bound))
    }

    /// Tells the engine what a call will need; what is wrong with it shows when it runs.
    pub(super) fn declare(&self, action: &'static Action, bound: &Bound) {
        if action.group == Group::Analysis
            && let Ok(needs) = (bound.form.needs)(&bound.args)
        {
            self.world.engine.declare(needs);
        }
    }

    /// Runs it between its events, and keeps a record if it looked at the repository or failed.
    pub(super) fn carry_out(&self, cx: &mut Context, ready: &Ready) -> Result<Value, Fault> {
        let Ready { action, bound, id, .. } = ready;
        let step = self.control.outer_info(cx.frame.step);
        let info = ActionInfo { id, name: action.name, step: &step };
        self.world.events().action_start(&info);
        let began = Instant::now();
        let outcome = match self.world.modules.find(action.name) {
            Some(module) => self.call_module(cx, ready, module),
            None => self.perform_action(cx, action, bound),
        };
        let elapsed = began.elapsed();
        let (count, error) = (count(&outcome), outcome.as_ref().err());
        self.world.events().action_end(&info, millis(elapsed), count, error);
        if action.group != Group::Basic || outcome.is_err() {
            let op = bound.op.map(|op| ("op", Value::from(op)));
            let given = bound.args.iter().map(|(name, value)| (name, value.clone()));
            cx.journal.keep(ActionRecord {
                place: ready.order,
                id: Arc::clone(id),
                step: self.outer_step().unwrap_or(cx.frame.step),
                name: action.name,
                args: Value::object(op.into_iter().chain(given)),
                elapsed,
                outcome: outcome.clone(),
            });
        }
        outcome
    }

    fn perform_action(
        &self,
        cx: &Context,
        action: &'static Action,
        bound: &Bound,
    ) -> Result<Value, Fault> {
        // An action whose value does not count, such as `print`, gathers nothing.
        if action.counts {
            self.guard.begin();
        }
        if action.group == Group::Analysis {
            self.world.engine.declare((bound.form.needs)(&bound.args)?);
            self.world.engine.meet(&cx.cancel)?;
        }
        let world = Cx {
            system: self.world.system,
            gate: self.world.gate,
            engine: self.world.engine,
            cancel: &cx.cancel,
            slots: &cx.slots,
            output: &self.output(cx),
        };
        let value = (bound.form.run)(&world, &bound.args)?;
        if action.group == Group::Analysis {
            self.world.engine.sound()?;
        }
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

/// An argument as it is written.
#[derive(Clone, Copy)]
enum Written<'a> {
    /// The bare word behind the action's name.
    Word(&'a Arc<str>),
    /// Anything else.
    Expr(&'a Expr),
}

impl Written<'_> {
    /// Its text, where it chooses an operation: a bare word or a quoted one.
    fn text(&self) -> Option<String> {
        match self {
            Self::Word(word) => Some(word.to_string()),
            Self::Expr(Expr { kind: ExprKind::Name(name), .. }) => Some(name.to_string()),
            Self::Expr(Expr { kind: ExprKind::Text(text), .. }) => Some(text.value.to_string()),
            Self::Expr(_) => None,
        }
    }
}

/// Evaluates the arguments of a call and binds them to the action's parameters.
///
/// # Errors
/// The fault of an expression, or an argument that does not fit.
pub(super) fn bind(
    action: &'static Action,
    call: &ast::Action,
    names: &dyn Names,
    known: &Known<'_>,
) -> Result<Bound, Fault> {
    let given = Given {
        name: call.name.span,
        option: call
            .option
            .as_ref()
            .map(|word| (&*word.text, Written::Word(&word.text), word.span)),
        primary: call.primary.as_ref().map(|expr| (Written::Expr(expr), expr.span)),
        named: call.arguments.iter().map(named).collect(),
    };
    let (arranged, wrong) = arrange(action, given, Written::text);
    if let Some(diagnostic) = wrong.into_iter().next() {
        return Err(args::fault(action, diagnostic));
    }
    args::fill(action, arranged, call.name.span, |param, written| {
        value(param, written, names, known)
    })
}

fn named(argument: &ast::Argument) -> Named<'_, Written<'_>> {
    Named {
        key: &argument.key.text,
        key_span: argument.key.span,
        value: Written::Expr(&argument.value),
        span: argument.value.span,
    }
}

/// The value of an argument: bare words and `q` text have readings of their own.
fn value(
    param: Option<&'static Param>,
    written: Written<'_>,
    names: &dyn Names,
    known: &Known<'_>,
) -> Result<Value, Fault> {
    let kind = param.map_or(action::Kind::Any, |param| param.kind);
    let expr = match written {
        Written::Word(word) => {
            return match bare::classify(kind, word, |base| known.declared(base, names)) {
                Bare::Expression if known.declared(word, names) == Declared::No => {
                    Ok(Value::Str(Arc::clone(word)))
                }
                Bare::Expression => names.read(word)?.ok_or_else(|| unknown(word)),
                Bare::Symbol(text) => Ok(Value::from(text)),
                Bare::Word(text) => Ok(Value::from(text)),
            };
        }
        Written::Expr(expr) => expr,
    };
    if let Some(path) = expr.dotted() {
        match bare::classify(kind, &path, |base| known.declared(base, names)) {
            Bare::Symbol(text) => return Ok(Value::from(text)),
            Bare::Word(text) => return Ok(Value::from(text)),
            Bare::Expression => {}
        }
    }
    match &expr.kind {
        ExprKind::Template(template) if kind == action::Kind::Query => quoted(template, names),
        ExprKind::Text(text) if kind == action::Kind::Names => listed(&text.value, names),
        _ => eval(names, expr),
    }
}

/// `q` text whose holes are inserted as quoted values.
fn quoted(template: &Template, names: &dyn Names) -> Result<Value, Fault> {
    let mut text = Quoting::default();
    for part in &template.parts {
        match part {
            Part::Text(part) => text.push_text(&part.value),
            Part::Hole(hole) => text.push_value(&show::plain(&eval(names, hole)?)),
        }
    }
    Ok(Value::from(text.finish()))
}

/// The values of names that a text lists.
fn listed(text: &str, names: &dyn Names) -> Result<Value, Fault> {
    let read = |range: std::ops::Range<usize>| {
        let name = &text[range];
        names.read(name)?.ok_or_else(|| unknown(name))
    };
    let values = entries(text).into_iter().map(read);
    values.collect::<Result<Vec<_>, _>>().map(Value::list)
}

fn unknown(word: &str) -> Fault {
    Fault::new(
        Kind::Argument,
        code::execution::UNKNOWN_NAME,
        format!("the value of `{word}` is not known here"),
    )
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn count(outcome: &Result<Value, Fault>) -> Option<i64> {
    // A text's length is no count of anything that was found.
    let value = outcome.as_ref().ok().filter(|value| !matches!(value, Value::Str(_)));
    match value.and_then(|value| access::field(value, "count").ok()) {
        Some(Value::Int(count)) => Some(count),
        _ => None,
    }
}
