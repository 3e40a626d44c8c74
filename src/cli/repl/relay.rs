//! How far a scan is, told to whoever watches the statement at hand: the repository outlives it.

use std::sync::{Arc, Mutex, PoisonError};

use crate::system::control::Progress;

/// Tells the watcher of the moment.
#[derive(Default)]
pub(super) struct Relay {
    watcher: Mutex<Option<Arc<dyn Progress>>>,
}

impl Relay {
    /// Changes the watcher.
    pub(super) fn set(&self, watcher: Option<Arc<dyn Progress>>) {
        *self.watcher.lock().unwrap_or_else(PoisonError::into_inner) = watcher;
    }
}

impl Progress for Relay {
    fn files(&self, done: usize, total: usize) {
        let watcher = self.watcher.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(watcher) = watcher {
            watcher.files(done, total);
        }
    }
}
