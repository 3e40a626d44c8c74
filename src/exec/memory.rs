//! Watches what the process holds while a plan runs, and ends the run when that is too much. The thread that looks begins
//! with the first action that may gather something, or once the run has lasted a moment: a plan that only prints has none.

use std::sync::{Condvar, Mutex, Once, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use crate::system::System;
use crate::system::control::Cancel;

/// How often the watch looks; a run that is over sooner is not watched.
const BREATH: Duration = Duration::from_millis(20);

/// What is watched, and for whom.
#[derive(Clone, Copy)]
pub(super) struct Watched<'w> {
    /// Bytes that may be held; 0 lifts the bound.
    pub(super) bound: u64,
    /// Tells what is held.
    pub(super) system: &'w dyn System,
    /// Ends the run.
    pub(super) cancel: &'w Cancel,
}

/// What a run asks for its watch.
pub(super) struct Guard<'g> {
    begin: &'g (dyn Fn() + Sync),
    begun: Once,
    since: Instant,
}

impl Guard<'_> {
    /// From now on memory is watched.
    pub(super) fn begin(&self) {
        self.begun.call_once(self.begin);
    }

    /// From now on, if the run has lasted a moment.
    pub(super) fn pass(&self) {
        if !self.begun.is_completed() && self.since.elapsed() >= BREATH {
            self.begin();
        }
    }
}

/// Does the work of a run under a watch, which ends with it.
pub(super) fn watched<T>(watched: Watched<'_>, work: impl FnOnce(&Guard<'_>) -> T) -> T {
    let over = Over::default();
    std::thread::scope(|scope| {
        let _over = Ring(&over);
        let begin = || {
            if watched.bound > 0 && watched.system.held().is_some() {
                // Without a thread to be had the bounds of values and files have to do.
                drop(Builder::new().spawn_scoped(scope, || watch(watched, &over)));
            }
        };
        work(&Guard { begin: &begin, begun: Once::new(), since: Instant::now() })
    })
}

/// Looks again and again, until the run is over or holds too much.
fn watch(watched: Watched<'_>, over: &Over) {
    let mut is_over = over.lock();
    while !*is_over {
        if watched.system.held().is_some_and(|held| held > watched.bound) {
            return watched.cancel.exhaust(watched.bound);
        }
        let waited = over.rung.wait_timeout(is_over, BREATH);
        is_over = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
}

/// Whether the run is over, and a bell for that.
#[derive(Default)]
struct Over {
    is_over: Mutex<bool>,
    rung: Condvar,
}

impl Over {
    fn lock(&self) -> std::sync::MutexGuard<'_, bool> {
        self.is_over.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Rings however the work ends: the watch would go on for ever.
struct Ring<'o>(&'o Over);

impl Drop for Ring<'_> {
    fn drop(&mut self) {
        *self.0.lock() = true;
        self.0.rung.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::control::Stop;
    use crate::system::memory::Memory;

    fn ends(bound: u64, held: u64, work: impl FnOnce(&Guard<'_>, &Cancel)) -> Option<Stop> {
        let (system, cancel) = (Memory::new().holding(held), Cancel::new());
        watched(Watched { bound, system: &system, cancel: &cancel }, |guard| work(guard, &cancel));
        cancel.reason()
    }

    /// Waits for an end that comes, in fact at once.
    fn patiently(cancel: &Cancel) {
        let since = Instant::now();
        while cancel.reason().is_none() && since.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn a_run_that_holds_too_much_ends() {
        let ended = ends(100, 101, |guard, cancel| {
            guard.begin();
            patiently(cancel);
        });
        assert_eq!(ended, Some(Stop::Memory(100)));
    }

    #[test]
    fn a_run_that_lasts_is_watched_unasked() {
        let ended = ends(100, 101, |guard, cancel| {
            guard.pass();
            assert!(!guard.begun.is_completed());
            std::thread::sleep(BREATH);
            guard.pass();
            patiently(cancel);
        });
        assert_eq!(ended, Some(Stop::Memory(100)));
    }

    #[test]
    fn what_is_within_the_bound_or_unbounded_goes_on() {
        let look = |guard: &Guard<'_>, _: &Cancel| {
            guard.begin();
            std::thread::sleep(BREATH * 2);
        };
        assert_eq!(ends(100, 100, look), None);
        assert_eq!(ends(0, u64::MAX, look), None);
    }

    #[test]
    fn a_watch_ends_with_work_that_panics() {
        let work = std::panic::catch_unwind(|| {
            ends(100, 1, |guard, _| {
                guard.begin();
                std::panic::resume_unwind(Box::new(()));
            })
        });
        assert!(work.is_err());
    }
}
