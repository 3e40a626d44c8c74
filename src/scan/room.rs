//! How much a run stores of what it finds: counting goes on behind the bound, storing does not.

use std::sync::atomic::{AtomicUsize, Ordering};

/// So many matches, captures and hits are stored in a run, over all its questions.
pub(super) const MOST_STORED: usize = 2_000_000;

/// Room that the threads of a pass share.
pub(super) struct Room {
    used: AtomicUsize,
    bound: usize,
}

impl Room {
    /// Room for `bound` things.
    pub(super) const fn new(bound: usize) -> Self {
        Self { used: AtomicUsize::new(0), bound }
    }

    /// Asks to store `count` things. Behind the first refusal each one of them is refused.
    pub(super) fn take(&self, count: usize) -> bool {
        self.used.fetch_add(count, Ordering::Relaxed).saturating_add(count) <= self.bound
    }
}
