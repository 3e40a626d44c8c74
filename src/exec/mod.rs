//! Runs the tree of a plan, and only that: what happens at a step's border is `step::control`'s, what an action does
//! is the action's.

pub mod budget;
mod call;
pub mod context;
mod entry;
pub mod expression;
pub mod gather;
pub mod journal;
pub mod names;
mod operator;
mod statement;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use budget::{Budget, Limits};
use context::{Context, Scope, World};
use journal::Journal;
use names::{Known, Outer};

use crate::action::Output;
use crate::diagnostic::{Fault, Kind};
use crate::source::Sources;
use crate::step::Resolved;
use crate::step::control::{Control, Flow};
use crate::step::event::State;
use crate::syntax::ast::File;
use crate::system::control::Cancel;
use crate::value::Value;

/// A plan that was read, resolved and checked.
#[derive(Clone, Copy)]
pub struct Program<'a> {
    /// The tree, its steps numbered.
    pub file: &'a File,
    /// The steps.
    pub steps: &'a Resolved,
    /// The texts its spans point into.
    pub sources: &'a Sources,
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Ended {
    /// `Completed`, `Stopped`, `Aborted` or `Error`.
    pub state: State,
    /// Why, for the latter two.
    pub fault: Option<Fault>,
    /// What happened.
    pub journal: Journal,
    /// All variables at the end.
    pub scope: Scope,
}

/// Runs a plan: declares what its actions are known to need, then its statements. It begins with the names of `outer`.
#[must_use]
pub fn run(
    program: Program<'_>,
    world: World<'_>,
    limits: Limits,
    params: &[(Arc<str>, Value)],
    outer: &Outer,
    cancel: &Cancel,
) -> Ended {
    let mut cx =
        Context { cancel: cancel.clone(), scope: outer.scope.clone(), ..Context::default() };
    for (name, value) in params {
        cx.scope.write(name, value.clone());
    }
    let known = Known::of(program.file, program.steps, params, outer);
    world.engine.declare(gather::needs(program.file, world.registry, &known));
    let exec = Exec {
        known,
        steps: program.steps,
        sources: program.sources,
        world,
        control: Control::new(program.steps, world.events, limits.jumps),
        budget: Budget::new(limits.statements),
        journal: Mutex::new(Journal::new(program.steps.steps.len())),
    };
    world.events.state_change(State::Running, State::Idle);
    world.events.plan_start();
    let (state, fault) = conclude(exec.block(&mut cx, &program.file.body, None), cancel);
    exec.announce(state, fault.as_ref());
    let journal = exec.journal.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ended { state, fault, journal, scope: cx.scope }
}

/// The state a run ends in: an abort, or the plan's own timeout, is `Aborted`.
fn conclude(result: Result<Flow, Fault>, cancel: &Cancel) -> (State, Option<Fault>) {
    match result {
        Ok(Flow::Stop) => (State::Stopped, None),
        Ok(_) => (State::Completed, None),
        Err(fault) if fault.kind == Kind::Abort || cancel.stopped().is_some() => {
            (State::Aborted, Some(fault))
        }
        Err(fault) => (State::Error, Some(fault)),
    }
}

/// One run: what all its threads share.
struct Exec<'a> {
    steps: &'a Resolved,
    sources: &'a Sources,
    known: Known<'a>,
    world: World<'a>,
    control: Control<'a>,
    budget: Budget,
    journal: Mutex<Journal>,
}

impl Exec<'_> {
    fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, line: &str) -> Result<(), Fault> {
        Told(self.world).line(line)
    }

    fn announce(&self, state: State, fault: Option<&Fault>) {
        match (state, fault.map(|fault| fault.kind)) {
            (State::Aborted, Some(Kind::Timeout)) => self.world.events.timeout(None),
            (State::Aborted, _) => self.world.events.abort(),
            _ => {}
        }
        self.world.events.state_change(state, State::Running);
        self.world.events.plan_end(state);
    }
}

/// The plan's output, with an event for every line whoever writes it.
struct Told<'a>(World<'a>);

impl Output for Told<'_> {
    fn line(&self, text: &str) -> Result<(), Fault> {
        self.0.events.print(text);
        self.0.output.line(text)
    }

    fn log(&self, level: &str, text: &str) {
        self.0.output.log(level, text);
    }
}
