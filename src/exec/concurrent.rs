//! `parallel` blocks: one thread a branch, each with a copy of the variables; writes, records and lines come together in
//! the order of the statements.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Exec;
use super::context::{Context, Frame};
use super::lane::Lane;
use crate::action::{Group, Output};
use crate::diagnostic::Fault;
use crate::step::control::Flow;
use crate::syntax::ast::{ExprKind, Numeric, Parallel, Statement, StatementKind};
use crate::system::control::Cancel;

/// So many branches of one block run at once where nothing else is asked for.
const AT_ONCE: usize = 256;

/// A branch and what it came to.
struct Branch<'b> {
    statement: &'b Statement,
    cx: Context,
    ended: Option<Result<Flow, Fault>>,
}

/// How a block wants to be run.
struct Options {
    at_once: usize,
    errors: Errors,
}

/// What becomes of the errors of branches.
#[derive(Clone, Copy, PartialEq)]
enum Errors {
    /// The first one is raised.
    Raised,
    /// They become `error`.
    Ignored,
}

impl Exec<'_> {
    /// Runs the branches of a block side by side.
    ///
    /// # Errors
    /// The first error in the order of the statements, unless they are ignored; limits never are.
    pub(super) fn parallel(&self, cx: &mut Context, block: &Parallel) -> Result<Flow, Fault> {
        let options = Options::of(block);
        self.scan_ahead(cx, block)?;
        let cancel = cx.cancel.child(None);
        let branches = block.body.statements.iter();
        let branches: Vec<_> =
            branches.map(|statement| Mutex::new(self.branch_of(cx, statement, &cancel))).collect();
        let lines = Lines::of(&branches, self.world.output);
        let turns =
            Turns { branches: &branches, next: AtomicUsize::new(0), cancel: &cancel, lines };
        let threads = options.at_once.min(branches.len());
        cx.slots.aside(|| {
            std::thread::scope(|scope| {
                (0..threads).for_each(|_| self.crew.spawn(scope, || self.work(&turns)));
            });
        });
        let told = turns.lines.finish();
        let flow = self.join(cx, branches, options.errors);
        cx.cancel.check()?;
        told.and(flow)
    }

    /// One scan meets what the branches are known to need now.
    fn scan_ahead(&self, cx: &Context, block: &Parallel) -> Result<(), Fault> {
        let mut asks = false;
        for statement in &block.body.statements {
            let (StatementKind::Action(call) | StatementKind::Future(call)) = &statement.kind
            else {
                continue;
            };
            let action = self.world.registry.find(&call.name.text);
            if action.is_some_and(|action| action.group != Group::Basic) {
                // What is wrong with an argument is the branch's to say.
                if let Ok((action, bound)) = self.bound(cx, call) {
                    self.declare(action, &bound);
                }
                asks = true;
            }
        }
        if asks {
            self.guard.begin();
            // Why a scan fails is the branches' to say, too; whether the work has to end is not.
            drop(cx.slots.aside(|| self.world.engine.meet(&cx.cancel)));
        }
        cx.cancel.check()
    }

    fn branch_of<'b>(&self, cx: &Context, statement: &'b Statement, cancel: &Cancel) -> Branch<'b> {
        let cx = Context {
            journal: cx.journal.branch(),
            frame: Frame { step: cx.frame.step, ..Frame::default() },
            lane: Some(Lane::closed(cx.lane.clone())),
            jobs: cx.jobs.clone(),
            ..self.context(cx.scope.branch(), cancel.clone())
        };
        Branch { statement, cx, ended: None }
    }

    /// Takes one branch after another until none is left.
    fn work(&self, turns: &Turns<'_, '_>) {
        while let Some(at) = turns.take() {
            self.slots.inside(|| {
                let mut branch = lock(&turns.branches[at]);
                let Branch { statement, cx, ended } = &mut *branch;
                let flow = self.statement(cx, statement, None);
                if matches!(flow, Ok(Flow::Stop)) {
                    turns.cancel.stop();
                }
                *ended = Some(flow);
            });
            turns.lines.end(at);
        }
    }

    /// Brings the branches together in the order of their statements.
    fn join(
        &self,
        cx: &mut Context,
        branches: Vec<Mutex<Branch<'_>>>,
        errors: Errors,
    ) -> Result<Flow, Fault> {
        let (mut first, mut stop) = (None, false);
        for branch in branches {
            let mut branch = branch.into_inner().unwrap_or_else(PoisonError::into_inner);
            absorb(cx, &mut branch.cx);
            match branch.ended {
                Some(Ok(Flow::Stop)) => stop = true,
                Some(Err(fault)) if errors == Errors::Ignored && fault.meets_policy() => {
                    self.ignored(cx, &fault);
                }
                Some(Err(fault)) => first = first.or(Some(fault)),
                Some(Ok(_)) | None => {}
            }
        }
        match first {
            _ if stop => Ok(Flow::Stop),
            Some(fault) => Err(fault),
            None => Ok(Flow::Next),
        }
    }

    /// An error that `ignoreErrors` handled: told, and the plan's `error` from now on.
    fn ignored(&self, cx: &mut Context, fault: &Fault) {
        let step = Arc::clone(&self.control.outer_info(cx.frame.step).id);
        let error = self.describe(fault, &step, 1);
        cx.scope.write(&"error".into(), error);
        let text =
            format!("a branch of step `{step}` failed and the plan goes on: {}", fault.message);
        self.output(cx).log("warn", &text);
    }
}

/// The branches of a block and who is next.
struct Turns<'t, 'b> {
    branches: &'t [Mutex<Branch<'b>>],
    next: AtomicUsize,
    cancel: &'t Cancel,
    lines: Lines<'t>,
}

impl Turns<'_, '_> {
    fn take(&self) -> Option<usize> {
        let at = self.next.fetch_add(1, Ordering::Relaxed);
        (at < self.branches.len()).then_some(at)
    }
}

fn lock<'l, 'b>(branch: &'l Mutex<Branch<'b>>) -> std::sync::MutexGuard<'l, Branch<'b>> {
    branch.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whose lines may be written: the first branch's that has not ended, and those before it.
struct Lines<'t> {
    lanes: Vec<Arc<Lane>>,
    output: &'t dyn Output,
    front: Mutex<Front>,
}

struct Front {
    at: usize,
    ended: Vec<bool>,
    told: Result<(), Fault>,
}

impl<'t> Lines<'t> {
    fn of(branches: &[Mutex<Branch<'_>>], output: &'t dyn Output) -> Self {
        let lanes: Vec<_> =
            branches.iter().filter_map(|branch| lock(branch).cx.lane.clone()).collect();
        let told = lanes.first().map_or(Ok(()), |first| first.open(output));
        let front = Mutex::new(Front { at: 0, ended: vec![false; lanes.len()], told });
        Self { lanes, output, front }
    }

    fn end(&self, at: usize) {
        let mut front = self.front.lock().unwrap_or_else(PoisonError::into_inner);
        front.ended[at] = true;
        while front.ended.get(front.at) == Some(&true) {
            front.at += 1;
            if let Some(lane) = self.lanes.get(front.at)
                && let Err(fault) = lane.open(self.output)
                && front.told.is_ok()
            {
                front.told = Err(fault);
            }
        }
    }

    /// What kept a line from being written.
    fn finish(self) -> Result<(), Fault> {
        self.front.into_inner().unwrap_or_else(PoisonError::into_inner).told
    }
}

/// Takes over what a branch wrote, found and started.
fn absorb(cx: &mut Context, branch: &mut Context) {
    cx.scope.absorb(&mut branch.scope);
    cx.journal.absorb(std::mem::take(&mut branch.journal));
    let frame = std::mem::take(&mut branch.frame);
    cx.frame.written.extend(frame.written);
    cx.frame.futures.extend(frame.futures);
    if frame.last.is_some() {
        cx.frame.last = frame.last;
    }
}

impl Options {
    /// What the check has let pass: a whole number of at least 1, a boolean.
    fn of(block: &Parallel) -> Self {
        let mut options = Self { at_once: AT_ONCE, errors: Errors::Raised };
        for option in &block.options {
            match (&*option.key.text, &option.value.kind) {
                ("concurrency", ExprKind::Number(number)) => {
                    if let Numeric::Int(at_once) = number.value {
                        options.at_once = usize::try_from(at_once).unwrap_or(1).clamp(1, AT_ONCE);
                    }
                }
                ("ignoreErrors", ExprKind::Bool(true)) => options.errors = Errors::Ignored,
                _ => {}
            }
        }
        options
    }
}
