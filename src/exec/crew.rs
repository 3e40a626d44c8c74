//! The threads of a run beside its first one: those of branches and futures, so many and no more.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, Scope};

/// So many threads a run has at most; blocks within blocks would multiply theirs.
const MOST: usize = 1024;
/// What a plan's deepest nesting needs, in a build without optimisation too.
const STACK: usize = 16 << 20;
/// What has to be left of a stack for work that gets no thread of its own.
const LEFT: usize = 4 << 20;

/// Counts the threads of a run.
#[derive(Debug, Default)]
pub(super) struct Crew(AtomicUsize);

impl Crew {
    /// Does work on a thread of its own; where there is none to be had, on this one.
    pub(super) fn spawn<'scope, 'env>(
        &'env self,
        scope: &'scope Scope<'scope, 'env>,
        work: impl FnOnce() + Send + 'scope,
    ) {
        if let Err(work) = self.try_spawn(scope, work) {
            stacker::maybe_grow(LEFT, STACK, work);
        }
    }

    /// Does work on a thread of its own.
    ///
    /// # Errors
    /// The work, where there is no thread to be had.
    pub(super) fn try_spawn<'scope, 'env, W: FnOnce() + Send + 'scope>(
        &'env self,
        scope: &'scope Scope<'scope, 'env>,
        work: W,
    ) -> Result<(), W> {
        let member = Member(&self.0);
        if self.0.fetch_add(1, Ordering::Relaxed) >= MOST {
            return Err(work);
        }
        // The system gives the work back to nobody when it has no thread for it.
        let shared = Arc::new(Mutex::new(Some((member, work))));
        let taken = Arc::clone(&shared);
        let begin = move || {
            if let Some((_member, work)) = take(&taken) {
                work();
            }
        };
        if Builder::new().stack_size(STACK).spawn_scoped(scope, begin).is_ok() {
            return Ok(());
        }
        take(&shared).map_or(Ok(()), |(_, work)| Err(work))
    }
}

fn take<T>(shared: &Mutex<Option<T>>) -> Option<T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// One thread of the crew, while it works.
struct Member<'c>(&'c AtomicUsize);

impl Drop for Member<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_work_than_threads_is_done_all_the_same() {
        let (crew, done) = (Crew::default(), AtomicUsize::new(0));
        crew.0.store(MOST - 2, Ordering::Relaxed);
        std::thread::scope(|scope| {
            for _ in 0..50 {
                crew.spawn(scope, || {
                    done.fetch_add(1, Ordering::Relaxed);
                });
            }
        });
        assert_eq!(done.into_inner(), 50);
        assert_eq!(crew.0.into_inner(), MOST - 2);
    }
}
