//! Futures: an action on a thread of its own, its value in a variable that every reader waits for. They end with the
//! step that started them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Exec;
use super::call::Ready;
use super::context::{Context, Scope};
use super::journal::Journal;
use super::lane::Lane;
use crate::diagnostic::{Fault, Kind, code};
use crate::step::StepNode;
use crate::step::control::Flow;
use crate::syntax::ast;
use crate::system::control::{Cancel, Slots};
use crate::value::Value;

/// So many futures of a plan, or of one call of a module, run at once; the others wait for their turn.
const AT_ONCE: usize = 256;
/// A thread that waits for a future looks this often whether it has to end.
const BREATH: Duration = Duration::from_millis(20);

/// The value to come of a future.
#[derive(Debug)]
pub struct Promise {
    outcome: Mutex<Option<Result<Value, Fault>>>,
    done: Condvar,
    /// Ends its action.
    cancel: Cancel,
    /// Whether somebody has had its value, or its error.
    is_read: AtomicBool,
}

impl Promise {
    fn new(cancel: Cancel) -> Arc<Self> {
        let (outcome, done) = (Mutex::default(), Condvar::new());
        Arc::new(Self { outcome, done, cancel, is_read: AtomicBool::new(false) })
    }

    /// Waits for the value.
    ///
    /// # Errors
    /// The future's own fault, or what ended the wait.
    pub(super) fn wait(&self, cancel: &Cancel, slots: &Slots) -> Result<Value, Fault> {
        self.settle(cancel, slots)?;
        self.is_read.store(true, Ordering::Relaxed);
        self.outcome().clone().unwrap_or(Ok(Value::Null))
    }

    /// Waits until there is a value or an error.
    ///
    /// # Errors
    /// What ended the wait.
    pub(super) fn settle(&self, cancel: &Cancel, slots: &Slots) -> Result<(), Fault> {
        if self.outcome().is_some() {
            return Ok(());
        }
        slots.aside(|| {
            let mut outcome = self.outcome();
            while outcome.is_none() {
                cancel.check()?;
                let waited = self.done.wait_timeout(outcome, BREATH);
                outcome = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
            // What ends the wait ends the future with it: then its outcome is none.
            cancel.check()
        })
    }

    fn fulfil(&self, outcome: Result<Value, Fault>) {
        *self.outcome() = Some(outcome);
        self.done.notify_all();
    }

    fn value(&self) -> Option<Value> {
        self.outcome().as_ref()?.as_ref().ok().cloned()
    }

    /// The value that somebody has had.
    fn had(&self) -> Option<Value> {
        if self.is_read.load(Ordering::Relaxed) { self.value() } else { None }
    }

    /// The fault that nobody has had.
    fn unheard(&self) -> Option<Fault> {
        let is_read = self.is_read.load(Ordering::Relaxed);
        self.outcome().as_ref().filter(|_| !is_read)?.as_ref().err().cloned()
    }

    fn outcome(&self) -> MutexGuard<'_, Option<Result<Value, Fault>>> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A future that a step has started.
#[derive(Clone, Debug)]
pub struct Started {
    name: Option<Arc<str>>,
    promise: Arc<Promise>,
    /// What it left behind, once it has ended.
    journal: Arc<Mutex<Option<Journal>>>,
    lane: Arc<Lane>,
}

/// Whose values count when futures end: what nobody has read must not depend on who was faster.
#[derive(Clone, Copy)]
enum Waited {
    /// Everyone's: all were waited for.
    All,
    /// Those that were read.
    Some,
}

/// What a thread of its own has to do.
pub(super) struct Job {
    ready: Ready,
    started: Started,
    span: crate::source::Span,
    step: u32,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Job of step {}", self.step)
    }
}

impl Exec<'_> {
    /// Does `work` beside a thread that starts the futures it is sent; returns when all have ended.
    pub(super) fn beside_futures<T>(&self, work: impl FnOnce(Option<Sender<Box<Job>>>) -> T) -> T {
        if !self.known.has_futures {
            return work(None);
        }
        let room = Slots::new(AT_ONCE);
        std::thread::scope(|scope| {
            let (send, receive): (_, Receiver<Box<Job>>) = mpsc::channel();
            let room = &room;
            let begin = move || {
                for job in receive {
                    let place = room.enter();
                    self.crew.spawn(scope, move || {
                        let _place = place;
                        self.carry(job);
                    });
                }
            };
            let begun = self.crew.try_spawn(scope, begin).is_ok();
            work(begun.then_some(send))
        })
    }

    /// Starts an action and puts its future under the output's name.
    ///
    /// # Errors
    /// The fault of an argument.
    pub(super) fn future(
        &self,
        cx: &mut Context,
        call: &ast::Action,
        span: crate::source::Span,
    ) -> Result<(), Fault> {
        let ready = self.ready(cx, call)?;
        let name = call.output.as_ref().map(|word| Arc::clone(&word.text));
        if let Some(name) = &name {
            cx.free(name)?;
            self.drop_settled(cx, name);
        }
        let promise = Promise::new(cx.cancel.child(None));
        let lane = Lane::closed(cx.lane.clone());
        let started = Started {
            name: name.clone(),
            promise: Arc::clone(&promise),
            journal: Arc::default(),
            lane,
        };
        cx.frame.futures.push(started.clone());
        if let Some(name) = &name {
            cx.scope.promise(name, promise);
            cx.frame.written.insert(Arc::clone(name));
        }
        let job = Box::new(Job { ready, started, span, step: cx.frame.step });
        // Where there was no thread left to take jobs, the future is done before the plan goes on.
        let job = match &cx.jobs {
            Some(jobs) => jobs.send(job).err().map(|unsent| unsent.0),
            None => Some(job),
        };
        if let Some(job) = job {
            cx.slots.aside(|| self.carry(job));
        }
        Ok(())
    }

    /// Carries a future's action out.
    fn carry(&self, job: Box<Job>) {
        let Job { ready, started, span, step } = *job;
        let _owed = Owed(&started.promise);
        let outcome = self.slots.inside(|| {
            let mut cx = self.context(Scope::default(), started.promise.cancel.clone());
            cx.frame.step = step;
            cx.lane = Some(Arc::clone(&started.lane));
            cx.journal = Journal::aside(ready.order);
            let named = |fault: Fault| fault.of(ready.action.name).at(span);
            let outcome =
                started.promise.cancel.check().and_then(|()| self.carry_out(&mut cx, &ready));
            *started.journal() = Some(std::mem::take(&mut cx.journal));
            outcome.map_err(named)
        });
        started.promise.fulfil(outcome);
    }

    /// The futures of a step at its end: by its last statement they are waited for, by an error or flow they end.
    ///
    /// # Errors
    /// The first error that nobody has read, in the order of their start; what ended the wait.
    pub(super) fn end_futures(
        &self,
        cx: &mut Context,
        node: &StepNode,
        ended: Result<Flow, Fault>,
    ) -> Result<Flow, Fault> {
        if cx.frame.futures.is_empty() {
            return ended;
        }
        let ended = match ended {
            Ok(Flow::Return) if cx.frame.returned.is_none() => self.read_outputs(cx, node),
            Ok(Flow::Next) => self.await_all(cx).map(|()| Flow::Next),
            ended => ended,
        };
        let waited = if matches!(ended, Ok(Flow::Next)) { Waited::All } else { Waited::Some };
        let fault = self.close(cx, waited);
        match (ended, fault) {
            (Ok(Flow::Next), Some(fault)) => Err(fault),
            (ended, _) => ended,
        }
    }

    fn await_all(&self, cx: &Context) -> Result<(), Fault> {
        cx.frame.futures.iter().try_for_each(|one| one.promise.settle(&cx.cancel, &cx.slots))
    }

    /// The default result reads every output.
    fn read_outputs(&self, cx: &Context, node: &StepNode) -> Result<Flow, Fault> {
        let outputs = node.outputs.iter().filter_map(|name| cx.scope.future(name));
        for promise in outputs {
            promise.wait(&cx.cancel, &cx.slots)?;
        }
        Ok(Flow::Return)
    }

    /// Ends what still runs and takes over what all have left behind; gives the first error that nobody has read.
    fn close(&self, cx: &mut Context, waited: Waited) -> Option<Fault> {
        let futures = std::mem::take(&mut cx.frame.futures);
        futures.iter().for_each(|one| one.promise.cancel.abort());
        // Of a run that is cut short, all is known that was done.
        let is_cut = cx.cancel.reason().is_some();
        let mut first = None;
        for one in &futures {
            // It hears of its end within moments, whatever the waiting thread has been told.
            drop(one.promise.settle(&Cancel::new(), &cx.slots));
            first = first.or_else(|| one.promise.unheard());
            if !is_cut && !one.counts(waited) {
                // It may have begun or not: what it has done would tell who was faster.
                drop(one.journal().take());
                one.lane.close();
            }
            self.take_over(cx, one, waited);
        }
        first
    }

    /// Waits for a future before a checkpoint; the value of one that did well counts as read from here on.
    ///
    /// # Errors
    /// What ended the wait.
    pub(super) fn take_early(&self, cx: &mut Context, one: &Started) -> Result<(), Fault> {
        one.promise.settle(&cx.cancel, &cx.slots)?;
        if one.promise.value().is_some() {
            one.promise.is_read.store(true, Ordering::Relaxed);
            self.take_over(cx, one, Waited::All);
        } else {
            self.take_records(cx, one);
        }
        Ok(())
    }

    /// Takes over what a future that has ended did and wrote.
    fn take_records(&self, cx: &mut Context, one: &Started) {
        if let Some(journal) = one.journal().take() {
            cx.journal.absorb_future(journal);
        }
        // A line that cannot be written is told by the next one that is.
        drop(one.lane.open(self.world.output));
    }

    fn take_over(&self, cx: &mut Context, one: &Started, waited: Waited) {
        self.take_records(cx, one);
        if let Some(name) = one.holder(&cx.scope) {
            let value = match waited {
                Waited::All => one.promise.value(),
                Waited::Some => one.promise.had(),
            };
            cx.scope.write(name, value.unwrap_or_default());
        }
    }

    /// Forgets a settled future whose name is about to be overwritten, so that a loop of futures does not grow.
    fn drop_settled(&self, cx: &mut Context, name: &str) {
        let Some(promise) = cx.scope.future(name).cloned() else { return };
        let at = cx.frame.futures.iter().position(|one| Arc::ptr_eq(&one.promise, &promise));
        if let Some(at) = at.filter(|_| promise.unheard().is_none()) {
            let one = cx.frame.futures.remove(at);
            self.take_over(cx, &one, Waited::All);
        }
    }
}

/// A promise that is settled even if what it waits for panics: nobody may wait for ever.
struct Owed<'p>(&'p Promise);

impl Drop for Owed<'_> {
    fn drop(&mut self) {
        if self.0.outcome().is_none() {
            let message = "the action of a future broke down";
            self.0.fulfil(Err(Fault::new(Kind::Abort, code::execution::ABORTED, message)));
        }
    }
}

impl Started {
    /// Its error, if it has failed, and whether somebody has had it.
    pub(super) fn failure(&self) -> Option<(Fault, bool)> {
        let fault = self.promise.outcome().as_ref()?.as_ref().err().cloned()?;
        Some((fault, self.promise.is_read.load(Ordering::Relaxed)))
    }

    /// The variable that holds it, if none has taken its place.
    pub(super) fn holder(&self, scope: &Scope) -> Option<&Arc<str>> {
        let name = self.name.as_ref()?;
        let held = scope.future(name)?;
        Arc::ptr_eq(held, &self.promise).then_some(name)
    }

    /// A future that has failed.
    pub(super) fn failed(name: Option<Arc<str>>, fault: Fault, is_heard: bool) -> Self {
        let promise = Promise::new(Cancel::new());
        promise.fulfil(Err(fault));
        promise.is_read.store(is_heard, Ordering::Relaxed);
        Self { name, promise, journal: Arc::default(), lane: Lane::closed(None) }
    }

    /// Puts it under its name.
    pub(super) fn put(&self, scope: &mut Scope) {
        if let Some(name) = &self.name {
            scope.promise(name, Arc::clone(&self.promise));
        }
    }

    /// Whether what it has done is part of what happened.
    fn counts(&self, waited: Waited) -> bool {
        matches!(waited, Waited::All) || self.promise.is_read.load(Ordering::Relaxed)
    }

    fn journal(&self) -> MutexGuard<'_, Option<Journal>> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
