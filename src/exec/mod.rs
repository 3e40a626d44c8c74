//! Runs the tree of a plan, and only that: what happens at a step's border is `step::control`'s, what an action does
//! is the action's.

pub mod budget;
mod call;
pub mod checkpoint;
mod concurrent;
pub mod context;
mod crew;
mod entry;
pub mod expression;
pub mod future;
pub mod gather;
pub mod journal;
pub mod lane;
mod memory;
pub mod module;
pub mod names;
mod operator;
mod site;
mod statement;
pub mod trail;

use std::sync::Arc;

use budget::{Budget, Limits};
use checkpoint::Resumed;
use context::{Context, Frame, Scope, World};
use crew::Crew;
use journal::Journal;
use lane::Laned;
use memory::{Guard, Watched};
use names::{Known, Outer};
use site::Sites;
use trail::Trail;

use crate::action::Output;
use crate::diagnostic::{Fault, Kind};
use crate::facts::needs::Around;
use crate::source::Sources;
use crate::step::Resolved;
use crate::step::control::{Control, Flow};
use crate::step::event::{Events, State};
use crate::syntax::ast::{Block, File};
use crate::system::control::{Cancel, Slots, Stop};
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

/// How a run begins.
#[derive(Clone, Copy)]
pub struct Start<'a> {
    /// Where it goes on, if it does not begin.
    pub resumed: Option<&'a Resumed>,
    /// The plan's parameters.
    pub params: &'a [(Arc<str>, Value)],
    /// What earlier plans of its session left.
    pub outer: &'a Outer,
    /// Bounds of the whole run.
    pub limits: Limits,
    /// How many threads may compute at once.
    pub threads: usize,
    /// For the whole run.
    pub timeout: Option<std::time::Duration>,
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

/// Runs a plan: declares what its actions are known to need, then its statements.
#[must_use]
pub fn run(program: Program<'_>, world: World<'_>, start: Start<'_>) -> Ended {
    let known = Known::of(program.file, program.steps, start.params).after(start.outer);
    world.engine.declare(gather::needs(program.file, world, &known));
    let (budget, crew) = (Budget::new(start.limits.statements), Crew::default());
    world.handle.begin();
    let cancel = world.handle.cancel().child(start.timeout);
    let watched = Watched { bound: start.limits.memory, system: world.system, cancel: &cancel };
    memory::watched(watched, |guard| {
        let exec = Exec {
            known,
            sites: Sites::of(program.file, world.registry),
            steps: program.steps,
            sources: program.sources,
            world,
            control: Control::new(program.steps, world.events(), start.limits.jumps),
            budget: &budget,
            guard,
            crew: &crew,
            slots: Arc::new(Slots::new(start.threads)),
            around: Vec::new(),
            caller: None,
        };
        exec.whole(&program.file.body, start, &cancel)
    })
}

/// The state a run ends in: an abort, or the plan's own timeout, is `Aborted`.
fn conclude(result: Result<Flow, Fault>, cancel: &Cancel) -> (State, Option<Fault>) {
    match result {
        Ok(Flow::Stop) => (State::Stopped, None),
        Ok(_) => (State::Completed, None),
        Err(fault) => {
            let is_late = fault.kind == Kind::Timeout && cancel.reason() == Some(Stop::Timeout);
            let is_ended = is_late || fault.kind == Kind::Abort;
            (if is_ended { State::Aborted } else { State::Error }, Some(fault))
        }
    }
}

/// One run of a plan or of a module: what all its threads share.
struct Exec<'a> {
    steps: &'a Resolved,
    sources: &'a Sources,
    known: Known<'a>,
    sites: Sites,
    world: World<'a>,
    control: Control<'a>,
    budget: &'a Budget,
    guard: &'a Guard<'a>,
    crew: &'a Crew,
    slots: Arc<Slots>,
    /// What narrows the scope of its actions.
    around: Vec<Arc<Around>>,
    /// Who called it; none for the plan itself.
    caller: Option<module::Caller>,
}

impl Exec<'_> {
    /// Runs the statements of a plan and tells its end.
    fn whole(&self, body: &Block, start: Start<'_>, cancel: &Cancel) -> Ended {
        let (result, cx) = self.slots.inside(|| {
            self.beside_futures(|jobs| {
                let mut cx = Context { jobs, ..self.begin(start, cancel.clone()) };
                (self.block(&mut cx, body, None), Context { jobs: None, ..cx })
            })
        });
        let (state, fault) = conclude(result, cancel);
        self.announce(state, fault.as_ref());
        Ended { state, fault, journal: cx.journal, scope: cx.scope }
    }

    /// The plan's own thread of execution: new, or as a checkpoint left it.
    fn begin(&self, start: Start<'_>, cancel: Cancel) -> Context {
        let keeps = self.world.keeper.is_some();
        let Some(resumed) = start.resumed else {
            let left = start.outer.variables.iter();
            let left = left.map(|(name, value)| (Arc::clone(name), value.clone()));
            let mut scope = Scope::of(left, start.outer.results.clone());
            for (name, value) in start.params {
                scope.write(name, value.clone());
            }
            let trail = keeps.then(Box::<Trail>::default);
            return Context { trail, ..self.context(scope, cancel) };
        };
        self.budget.begin_at(resumed.counted.0);
        self.control.jumped(resumed.counted.1);
        let mut trail = resumed.trail.clone();
        let frame = trail.frames_ahead.pop().unwrap_or_default();
        Context {
            frame,
            journal: resumed.journal.clone(),
            trail: Some(Box::new(trail)),
            ..self.context(resumed.scope.clone(), cancel)
        }
    }

    /// A thread of execution that has done nothing yet.
    fn context(&self, scope: Scope, cancel: Cancel) -> Context {
        Context {
            scope,
            frame: Frame::default(),
            cancel,
            journal: Journal::default(),
            lane: None,
            jobs: None,
            trail: None,
            slots: Arc::clone(&self.slots),
        }
    }

    /// Where a thread of execution writes its lines.
    fn output<'o>(&'o self, cx: &'o Context) -> impl Output + 'o {
        Told {
            events: self.world.events(),
            out: Laned { lane: cx.lane.as_ref(), output: self.world.output },
        }
    }

    fn announce(&self, state: State, fault: Option<&Fault>) {
        match (state, fault.map(|fault| fault.kind)) {
            (State::Aborted, Some(Kind::Timeout)) => self.world.events().timeout(None),
            (State::Aborted, _) => self.world.events().abort(),
            _ => {}
        }
        self.world.handle.end(state);
    }
}

/// Lines with an event for every one, whoever writes it.
struct Told<'a> {
    events: &'a dyn Events,
    out: Laned<'a>,
}

impl Output for Told<'_> {
    fn line(&self, text: &str) -> Result<(), Fault> {
        self.events.print(text);
        self.out.line(text)
    }

    fn log(&self, level: &str, text: &str) {
        self.out.log(level, text);
    }
}
