//! How a run is stopped and held, how many of its threads compute, and how it tells its progress. Shared by every thread of a run; knows nothing of plans.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::diagnostic::{Code, Fault, Kind, code};
use crate::value::size;

/// Why work has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Somebody asked for it.
    Abort,
    /// The time given to the work is over.
    Timeout,
    /// The process holds more than so many bytes.
    Memory(u64),
}

/// A handle that ends or holds work from outside; clones are the same handle, children end with their parents.
#[derive(Clone, Debug, Default)]
pub struct Cancel {
    node: Arc<Node>,
}

#[derive(Debug)]
struct Node {
    aborted: AtomicBool,
    /// Whether it was a `stop` of the plan that ended it.
    stopped: AtomicBool,
    /// The bytes that the process holds too much for; 0 where it does not.
    over: AtomicU64,
    /// In nanoseconds of the clock; [`NEVER`] where there is none.
    deadline: AtomicU64,
    parent: Option<Arc<Node>>,
    clock: Arc<Clock>,
}

const NEVER: u64 = u64::MAX;

impl Default for Node {
    fn default() -> Self {
        let (aborted, stopped) = (AtomicBool::new(false), AtomicBool::new(false));
        let (over, deadline) = (AtomicU64::new(0), AtomicU64::new(NEVER));
        Self { aborted, stopped, over, deadline, parent: None, clock: Arc::default() }
    }
}

impl Cancel {
    /// A handle without a parent or a deadline.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A handle that ends with this one, or after `limit`.
    #[must_use]
    pub fn child(&self, limit: Option<Duration>) -> Self {
        let parent = Some(Arc::clone(&self.node));
        let node = Node { parent, clock: Arc::clone(&self.node.clock), ..Node::default() };
        let child = Self { node: Arc::new(node) };
        if let Some(limit) = limit {
            child.limit(limit);
        }
        child
    }

    /// Gives the work of this handle at most that much time from now; an earlier deadline stays.
    pub fn limit(&self, limit: Duration) {
        let deadline = self.elapsed().checked_add(limit).map_or(NEVER, nanos);
        self.node.deadline.fetch_min(deadline, Ordering::Relaxed);
    }

    /// Ends the work of this handle and its children.
    pub fn abort(&self) {
        self.node.aborted.store(true, Ordering::Relaxed);
        self.node.clock.wake.notify_all();
    }

    /// Ends the work of this handle and its children because the plan has met `stop`.
    pub fn stop(&self) {
        self.node.stopped.store(true, Ordering::Relaxed);
        self.abort();
    }

    /// Ends the work of this handle and its children because the process holds more than `bound` bytes.
    pub fn exhaust(&self, bound: u64) {
        self.node.over.store(bound.max(1), Ordering::Relaxed);
        self.node.clock.wake.notify_all();
    }

    /// Whether the work has to end because the plan has met `stop`, and for no reason further out.
    #[must_use]
    pub fn is_stop(&self) -> bool {
        let ended = self.chain().filter(|node| node.reason().is_some());
        ended.last().is_some_and(|node| node.stopped.load(Ordering::Relaxed))
    }

    /// Holds all work that shares this handle's root; its time stands still.
    pub fn pause(&self) {
        self.node.clock.hold();
    }

    /// Lets held work go on.
    pub fn resume(&self) {
        self.node.clock.release();
    }

    /// Time of the work so far, pauses left out.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.node.clock.elapsed()
    }

    /// Why the work has to end, if it has to; waits while the work is held.
    #[must_use]
    pub fn stopped(&self) -> Option<Stop> {
        while self.node.clock.is_held() && self.reason().is_none() {
            self.node.clock.wait();
        }
        self.reason()
    }

    /// Why the work has to end, if it has to; the outermost reason wins, so an abort is never taken for a step's timeout.
    #[must_use]
    pub fn reason(&self) -> Option<Stop> {
        self.chain().filter_map(Node::reason).last()
    }

    /// Whether this very handle's own deadline has passed, whatever its parents say.
    #[must_use]
    pub fn is_own_timeout(&self) -> bool {
        self.node.is_late()
    }

    /// An error when the work has to end; waits while the work is held.
    ///
    /// # Errors
    /// A fault of kind `abort`, `timeout`, or `limit` where the process holds too much.
    pub fn check(&self) -> Result<(), Fault> {
        match self.stopped() {
            None => Ok(()),
            Some(Stop::Abort) => {
                Err(Fault::new(Kind::Abort, code::execution::ABORTED, "the run was aborted"))
            }
            Some(Stop::Timeout) => Err(timeout(code::execution::TIMEOUT)),
            Some(Stop::Memory(bound)) => Err(too_much_memory(bound)),
        }
    }

    /// Time left before the nearest deadline.
    #[must_use]
    pub fn left(&self) -> Option<Duration> {
        let deadlines = self.chain().map(|node| node.deadline.load(Ordering::Relaxed));
        let nearest = deadlines.min().filter(|&nearest| nearest != NEVER)?;
        Some(Duration::from_nanos(nearest).saturating_sub(self.elapsed()))
    }

    /// This handle, its parent, and so on to the root.
    fn chain(&self) -> impl Iterator<Item = &Node> {
        std::iter::successors(Some(&*self.node), |node| node.parent.as_deref())
    }
}

impl Node {
    fn reason(&self) -> Option<Stop> {
        if self.aborted.load(Ordering::Relaxed) {
            return Some(Stop::Abort);
        }
        match self.over.load(Ordering::Relaxed) {
            0 => self.is_late().then_some(Stop::Timeout),
            bound => Some(Stop::Memory(bound)),
        }
    }

    fn is_late(&self) -> bool {
        let deadline = self.deadline.load(Ordering::Relaxed);
        deadline != NEVER && nanos(self.clock.elapsed()) >= deadline
    }
}

/// Time that stands still while it is held.
#[derive(Debug)]
struct Clock {
    start: Instant,
    /// Nanoseconds of all pauses that are over.
    lost: AtomicU64,
    held: AtomicBool,
    since: Mutex<Option<Instant>>,
    wake: Condvar,
}

impl Default for Clock {
    fn default() -> Self {
        let (lost, held) = (AtomicU64::new(0), AtomicBool::new(false));
        Self { start: Instant::now(), lost, held, since: Mutex::default(), wake: Condvar::new() }
    }
}

/// Held work looks this often whether it was aborted.
const BREATH: Duration = Duration::from_millis(20);

impl Clock {
    fn is_held(&self) -> bool {
        self.held.load(Ordering::Acquire)
    }

    /// Never more than has passed: what a pause took is known before the pause is seen to be over.
    fn elapsed(&self) -> Duration {
        let held = self.is_held().then(|| self.since());
        let now = held.as_deref().copied().flatten().unwrap_or_else(Instant::now);
        let lost = Duration::from_nanos(self.lost.load(Ordering::Relaxed));
        now.duration_since(self.start).saturating_sub(lost)
    }

    fn hold(&self) {
        let mut since = self.since();
        since.get_or_insert_with(Instant::now);
        self.held.store(true, Ordering::Release);
    }

    fn release(&self) {
        let mut since = self.since();
        if let Some(since) = since.take() {
            self.lost.fetch_add(nanos(since.elapsed()), Ordering::Relaxed);
        }
        self.held.store(false, Ordering::Release);
        self.wake.notify_all();
    }

    fn wait(&self) {
        let since = self.since();
        if since.is_some() {
            drop(self.wake.wait_timeout(since, BREATH));
        }
    }

    fn since(&self) -> MutexGuard<'_, Option<Instant>> {
        self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(NEVER - 1)
}

/// How many threads of a run may compute at once. A thread that waits for something else gives its place away.
#[derive(Debug)]
pub struct Slots {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Slots {
    /// Places for so many threads, at least one; the calling thread has none yet.
    #[must_use]
    pub fn new(threads: usize) -> Self {
        Self { free: Mutex::new(threads.max(1)), freed: Condvar::new() }
    }

    /// A place, once one is free; it is given back when it is dropped.
    pub fn enter(&self) -> Place<'_> {
        self.take();
        Place(self)
    }

    /// Computes in a place of its own, once one is free.
    pub fn inside<T>(&self, work: impl FnOnce() -> T) -> T {
        let _place = self.enter();
        work()
    }

    /// Waits for something else without a place; the calling thread has one.
    pub fn aside<T>(&self, wait: impl FnOnce() -> T) -> T {
        self.give();
        let _back = Back(self);
        wait()
    }

    fn take(&self) {
        let mut free = self.lock();
        while *free == 0 {
            free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= 1;
    }

    fn give(&self) {
        *self.lock() += 1;
        self.freed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place to compute in.
#[derive(Debug)]
pub struct Place<'s>(&'s Slots);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.give();
    }
}

/// Takes a place again, however the wait ends.
struct Back<'s>(&'s Slots);

impl Drop for Back<'_> {
    fn drop(&mut self) {
        self.0.take();
    }
}

fn timeout(code: Code) -> Fault {
    Fault::new(Kind::Timeout, code, "the time given is over")
}

fn too_much_memory(bound: u64) -> Fault {
    let message = format!("the run took more than {} of memory", size::text(bound));
    Fault::new(Kind::Limit, code::execution::TOO_MUCH_MEMORY, message)
        .help("ask for less at once, or raise `--max-memory`")
}

/// Told how far long work is; every method may be called from any thread.
pub trait Progress: Send + Sync {
    /// `done` of `total` files are read.
    fn files(&self, done: usize, total: usize);
    /// A part of the work, such as `walk`, took so long; it may come again.
    fn stage(&self, name: &'static str, took: Duration) {
        let _ = (name, took);
    }
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn files(&self, _done: usize, _total: usize) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_stands_still_while_work_is_held() {
        let cancel = Cancel::new().child(Some(Duration::from_millis(200)));
        cancel.pause();
        let before = cancel.elapsed();
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!((cancel.reason(), cancel.elapsed()), (None, before));
        cancel.resume();
        assert_eq!(cancel.reason(), None);
        assert!(cancel.left().is_some_and(|left| left > Duration::ZERO));
    }

    #[test]
    fn held_work_waits_and_still_hears_an_abort() {
        let cancel = Cancel::new();
        let child = cancel.child(None);
        cancel.pause();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| child.check());
            std::thread::sleep(Duration::from_millis(30));
            assert!(!waiting.is_finished());
            cancel.abort();
            let ended = waiting.join().map(|checked| checked.map_err(|fault| fault.kind));
            assert_eq!(ended.ok(), Some(Err(Kind::Abort)));
        });
    }

    #[test]
    fn the_nearest_deadline_holds_and_the_outermost_reason_wins() {
        let outer = Cancel::new().child(Some(Duration::from_secs(60)));
        let inner = outer.child(Some(Duration::ZERO));
        assert_eq!((inner.reason(), inner.left()), (Some(Stop::Timeout), Some(Duration::ZERO)));
        assert!(inner.is_own_timeout() && !outer.is_own_timeout());
        outer.exhaust(1 << 20);
        assert_eq!(inner.reason(), Some(Stop::Memory(1 << 20)));
        outer.abort();
        assert_eq!(inner.reason(), Some(Stop::Abort));
    }

    #[test]
    fn too_much_memory_is_a_limit_that_names_its_figure() {
        let outer = Cancel::new();
        let inner = outer.child(None);
        inner.stop();
        assert!(inner.is_stop());
        outer.exhaust(512 << 20);
        assert!(!inner.is_stop());
        let fault = inner.check().expect_err("the work has to end");
        assert_eq!(fault.kind, Kind::Limit);
        assert_eq!(fault.message, "the run took more than 512 MiB of memory");
    }

    #[test]
    fn a_waiting_thread_gives_its_place_to_another() {
        let slots = Slots::new(1);
        let met = std::sync::Barrier::new(3);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                // Three threads can only meet if none holds the one place while it waits.
                scope.spawn(|| slots.inside(|| slots.aside(|| met.wait())));
            }
        });
        assert_eq!(*slots.lock(), 1);
    }
}
