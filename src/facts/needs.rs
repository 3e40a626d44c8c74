//! What a plan asks of the scan, merged over all its actions before the first one runs.

/// What the next scan must find.
#[derive(Clone, Debug, Default)]
pub struct Needs {}

impl Needs {
    /// Adds what `other` asks.
    pub fn merge(&mut self, other: Self) {
        let Self {} = other;
    }

    /// Whether nothing is asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        true
    }
}
