//! The handle of a run: ends it, holds it, lets it go on, tells how it stands. Any thread may use it while the plan runs.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::event::{Events, State};
use crate::system::control::Cancel;

/// A run from outside; clones are the same handle. Of a pause, who watches the run is told by whoever asks for it.
#[derive(Clone)]
pub struct Handle {
    cancel: Cancel,
    events: Arc<dyn Events>,
    stand: Arc<(Mutex<Stand>, Condvar)>,
}

/// How the run stands, and what of it has yet to be told: one thread at a time tells, in the order it happened.
struct Stand {
    state: State,
    untold: VecDeque<News>,
    is_telling: bool,
}

/// Something that happened to the run as a whole.
enum News {
    Began,
    Held,
    Resumed,
    /// To the first state from the second.
    Became(State, State),
    /// Held work may go on, unless it was held anew.
    Released,
    Ended(State),
}

impl Handle {
    /// A handle for a run that `events` is told of.
    #[must_use]
    pub fn new(events: Arc<dyn Events>) -> Self {
        let stand = Stand { state: State::Idle, untold: VecDeque::new(), is_telling: false };
        Self { cancel: Cancel::new(), events, stand: Arc::new((Mutex::new(stand), Condvar::new())) }
    }

    /// Ends the run before its next statement, or inside a long action.
    pub fn abort(&self) {
        self.cancel.abort();
    }

    /// Holds the run; its timeouts stand still. Nothing happens unless it is running.
    pub fn pause(&self) {
        let mut stand = self.lock();
        if stand.state == State::Running {
            self.cancel.pause();
            stand.untold.push_back(News::Held);
            stand.change(State::Paused);
        }
        drop(stand);
        self.tell();
    }

    /// Lets a held run go on.
    pub fn resume(&self) {
        let mut stand = self.lock();
        if stand.state == State::Paused {
            stand.untold.push_back(News::Resumed);
            stand.change(State::Running);
            stand.untold.push_back(News::Released);
        }
        drop(stand);
        self.tell();
    }

    /// How the run stands.
    #[must_use]
    pub fn status(&self) -> State {
        self.lock().state
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

    /// The run begins.
    pub fn begin(&self) {
        let mut stand = self.lock();
        stand.untold.push_back(News::Began);
        stand.change(State::Running);
        drop(stand);
        self.tell();
    }

    /// The run is over; returns when everything is told.
    pub fn end(&self, state: State) {
        let mut stand = self.lock();
        self.cancel.resume();
        stand.change(state);
        stand.untold.push_back(News::Ended(state));
        drop(stand);
        self.tell();
        let (stand, told) = (self.lock(), &self.stand.1);
        drop(told.wait_while(stand, |stand| stand.is_telling || !stand.untold.is_empty()));
    }

    /// Tells what has happened, unless a thread is about it already.
    fn tell(&self) {
        let mut stand = self.lock();
        if std::mem::replace(&mut stand.is_telling, true) {
            return;
        }
        let telling = Telling(self);
        while let Some(news) = stand.untold.pop_front() {
            match news {
                News::Released if stand.state == State::Paused => {}
                News::Released => self.cancel.resume(),
                news => {
                    drop(stand);
                    news.tell(self.events());
                    stand = self.lock();
                }
            }
        }
        // Under the lock that saw that nothing is left, or news that came just now would stay untold.
        stand.is_telling = false;
        std::mem::forget(telling);
        self.stand.1.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Stand> {
        self.stand.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stand {
    fn change(&mut self, state: State) {
        let old = std::mem::replace(&mut self.state, state);
        self.untold.push_back(News::Became(state, old));
    }
}

impl News {
    fn tell(self, events: &dyn Events) {
        match self {
            Self::Began => events.plan_start(),
            Self::Held => events.pause(),
            Self::Resumed => events.resume(),
            Self::Became(new, old) => events.state_change(new, old),
            Self::Released => {}
            Self::Ended(state) => events.plan_end(state),
        }
    }
}

/// A thread that tells what has happened: another may, should it panic.
struct Telling<'h>(&'h Handle);

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        self.0.lock().is_telling = false;
        self.0.stand.1.notify_all();
    }
}
