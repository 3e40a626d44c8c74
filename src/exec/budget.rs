//! Bounds that do not depend on the machine's speed: how many statements a plan may run, how much memory it may take.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::diagnostic::{Fault, Kind, code};

/// Bounds of a run; 0 lifts one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Statements, each turn of a loop counted.
    pub statements: u64,
    /// Jumps.
    pub jumps: u64,
    /// Bytes that the process may hold while the run is on, where that can be told. Without a bound by default, since all
    /// that the process does counts, and not only plans may run in it.
    pub memory: u64,
}

/// Bytes for a process that runs nothing but plans.
pub const MEMORY: u64 = 8 << 30;

impl Default for Limits {
    fn default() -> Self {
        Self { statements: 10_000_000, jumps: 10_000, memory: 0 }
    }
}

/// Counts statements, over all threads of a run.
#[derive(Debug)]
pub struct Budget {
    bound: u64,
    used: AtomicU64,
}

impl Budget {
    /// A budget of `bound` statements; 0 lifts the bound.
    #[must_use]
    pub const fn new(bound: u64) -> Self {
        Self { bound, used: AtomicU64::new(0) }
    }

    /// How many were counted.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// So many were counted before.
    pub fn begin_at(&self, used: u64) {
        self.used.store(used, Ordering::Relaxed);
    }

    /// Counts one statement or turn; `place` names the step it belongs to, should the budget be over.
    ///
    /// # Errors
    /// A fault of kind `limit`.
    pub fn spend(&self, place: impl FnOnce() -> String) -> Result<(), Fault> {
        let used = self.used.fetch_add(1, Ordering::Relaxed);
        if self.bound == 0 || used < self.bound {
            return Ok(());
        }
        let message =
            format!("{} statements run without an end, the last in {}", self.bound, place());
        Err(Fault::new(Kind::Limit, code::execution::TOO_MANY_STATEMENTS, message)
            .help("give the loop a condition that ends it, or raise `--max-statements`"))
    }
}
