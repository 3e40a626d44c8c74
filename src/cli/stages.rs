//! How long the parts of a run took, for those who ask by `--verbose`.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::output;

static START: OnceLock<Instant> = OnceLock::new();

/// Marks the beginning of the process.
pub(super) fn mark_start() {
    START.get_or_init(Instant::now);
}

/// The parts of a run so far.
pub struct Stages {
    began: Instant,
    told: Mutex<Vec<(&'static str, Duration)>>,
}

impl Stages {
    /// Of a run that begins now; what was before is its first part.
    #[must_use]
    pub fn new() -> Self {
        let start = START.get().map_or(Duration::ZERO, Instant::elapsed);
        Self { began: Instant::now(), told: Mutex::new(vec![("start", start)]) }
    }

    /// Adds a part.
    pub fn add(&self, name: &'static str, took: Duration) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        match told.iter_mut().find(|(known, _)| *known == name) {
            Some((_, sum)) => *sum += took,
            None => told.push((name, took)),
        }
    }

    /// Adds what the run took beyond its parts: its actions.
    pub fn end_of_run(&self) {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let parts: Duration = told.iter().skip(1).map(|(_, took)| *took).sum();
        drop(told);
        self.add("actions", self.began.elapsed().saturating_sub(parts));
    }

    /// Says them on standard error, in milliseconds.
    pub fn tell(&self) {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        output::aside(|out| {
            for (name, took) in told.iter() {
                writeln!(out, "stage {name} {:.1} ms", took.as_secs_f64() * 1e3)?;
            }
            Ok(())
        });
    }
}
