//! The handle of a run: ends it, holds it, lets it go on, tells how it stands. Any thread may use it while the plan runs.

use std::sync::{Arc, Mutex, PoisonError};

use super::event::{Events, State};
use crate::system::control::Cancel;

/// A run from outside; clones are the same handle. Who watches the run is told of pauses by whoever asks for them.
#[derive(Clone)]
pub struct Handle {
    cancel: Cancel,
    events: Arc<dyn Events>,
    state: Arc<Mutex<State>>,
}

impl Handle {
    /// A handle for a run that `events` is told of.
    #[must_use]
    pub fn new(events: Arc<dyn Events>) -> Self {
        Self { cancel: Cancel::new(), events, state: Arc::new(Mutex::new(State::Idle)) }
    }

    /// Ends the run before its next statement, or inside a long action.
    pub fn abort(&self) {
        self.cancel.abort();
    }

    /// Holds the run; its timeouts stand still. Nothing happens unless it is running.
    pub fn pause(&self) {
        if self.change(State::Paused, &[State::Running], Cancel::pause) {
            self.events.pause();
            self.events.state_change(State::Paused, State::Running);
        }
    }

    /// Lets a held run go on.
    pub fn resume(&self) {
        if self.change(State::Running, &[State::Paused], |_| {}) {
            self.events.resume();
            self.events.state_change(State::Running, State::Paused);
            self.cancel.resume();
        }
    }

    /// How the run stands.
    #[must_use]
    pub fn status(&self) -> State {
        *self.lock()
    }

    /// Who is told of the run.
    #[must_use]
    pub fn events(&self) -> &dyn Events {
        &*self.events
    }

    /// What ends and holds the run's work.
    #[must_use]
    pub const fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// The run begins or has ended; gives the state before.
    pub fn enter(&self, state: State) {
        let old = std::mem::replace(&mut *self.lock(), state);
        self.events.state_change(state, old);
    }

    fn change(&self, new: State, from: &[State], then: impl FnOnce(&Cancel)) -> bool {
        let mut state = self.lock();
        let fits = from.contains(&state);
        if fits {
            *state = new;
            then(&self.cancel);
        }
        fits
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
