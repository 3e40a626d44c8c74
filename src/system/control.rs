//! How a run is stopped and how it tells its progress. Shared by every thread of a run; knows nothing of plans.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::diagnostic::{Code, Fault, Kind, code};

/// Why work has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Somebody asked for it.
    Abort,
    /// The time given to the work is over.
    Timeout,
}

/// A handle that ends work from outside; clones are the same handle, children end with their parents.
#[derive(Clone, Debug, Default)]
pub struct Cancel {
    node: Arc<Node>,
}

#[derive(Debug, Default)]
struct Node {
    aborted: AtomicBool,
    deadline: Option<Instant>,
    parent: Option<Arc<Node>>,
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
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        let parent = Some(Arc::clone(&self.node));
        Self { node: Arc::new(Node { aborted: AtomicBool::new(false), deadline, parent }) }
    }

    /// Ends the work of this handle and its children.
    pub fn abort(&self) {
        self.node.aborted.store(true, Ordering::Relaxed);
    }

    /// Why the work has to end, if it has to; the outermost reason wins, so an abort is never taken for a step's timeout.
    #[must_use]
    pub fn stopped(&self) -> Option<Stop> {
        let mut found = None;
        let mut node = Some(&self.node);
        while let Some(at) = node {
            if at.aborted.load(Ordering::Relaxed) {
                found = Some(Stop::Abort);
            } else if at.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                found = Some(Stop::Timeout);
            }
            node = at.parent.as_ref();
        }
        found
    }

    /// Whether this very handle's own deadline has passed, whatever its parents say.
    #[must_use]
    pub fn is_own_timeout(&self) -> bool {
        self.node.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// An error when the work has to end.
    ///
    /// # Errors
    /// A fault of kind `abort` or `timeout`.
    pub fn check(&self) -> Result<(), Fault> {
        match self.stopped() {
            None => Ok(()),
            Some(Stop::Abort) => {
                Err(Fault::new(Kind::Abort, code::execution::ABORTED, "the run was aborted"))
            }
            Some(Stop::Timeout) => Err(timeout(code::execution::TIMEOUT)),
        }
    }

    /// Time left before the nearest deadline.
    #[must_use]
    pub fn left(&self) -> Option<Duration> {
        let mut nearest: Option<Instant> = None;
        let mut node = Some(&self.node);
        while let Some(at) = node {
            nearest = match (nearest, at.deadline) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            node = at.parent.as_ref();
        }
        nearest.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}

fn timeout(code: Code) -> Fault {
    Fault::new(Kind::Timeout, code, "the time given is over")
}

/// Told how far long work is; every method may be called from any thread.
pub trait Progress: Send + Sync {
    /// `done` of `total` files are read.
    fn files(&self, done: usize, total: usize);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn files(&self, _done: usize, _total: usize) {}
}
