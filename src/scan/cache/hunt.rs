//! Interpolation search: keys are digests, so a key's value says where in the order it stands. Where keys are not as even
//! as digests, halving takes over.

use std::ops::Range;

/// So often the place is guessed from values, then the range is halved.
const GUESSES: u32 = 6;

/// A range of places in which a value must stand, if it stands anywhere.
#[derive(Debug)]
pub(super) struct Hunt {
    places: Range<usize>,
    /// No value in the range is outside these.
    values: (u64, u64),
    guesses: u32,
}

impl Hunt {
    pub(super) fn new(places: usize) -> Self {
        Self { places: 0..places, values: (0, u64::MAX), guesses: 0 }
    }

    /// Where to look next; `None` when it stands nowhere.
    pub(super) fn guess(&mut self, value: u64) -> Option<usize> {
        let width = self.places.len();
        if width == 0 {
            return None;
        }
        self.guesses += 1;
        let step = if self.guesses > GUESSES {
            width / 2
        } else {
            let (low, high) = self.values;
            let all = high.saturating_sub(low) as f64 + 1.0;
            (value.saturating_sub(low) as f64 / all * width as f64) as usize
        };
        Some(self.places.start + step.min(width - 1))
    }

    /// It stands before this place, which has this value.
    pub(super) fn before(&mut self, place: usize, value: u64) {
        self.places.end = place;
        self.values.1 = value;
    }

    /// It stands behind this place, which has this value.
    pub(super) fn behind(&mut self, place: usize, value: u64) {
        self.places.start = place + 1;
        self.values.0 = value;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(values: &[u64], value: u64) -> (Option<usize>, u32) {
        let mut hunt = Hunt::new(values.len());
        while let Some(place) = hunt.guess(value) {
            match value.cmp(&values[place]) {
                std::cmp::Ordering::Less => hunt.before(place, values[place]),
                std::cmp::Ordering::Equal => return (Some(place), hunt.guesses),
                std::cmp::Ordering::Greater => hunt.behind(place, values[place]),
            }
        }
        (None, hunt.guesses)
    }

    proptest! {
        #[test]
        fn what_is_there_is_found_and_nothing_else(mut values: Vec<u64>, bunched: bool, other: u64) {
            if bunched {
                values.iter_mut().for_each(|value| *value >>= 48);
            }
            values.sort_unstable();
            values.dedup();
            for (place, value) in values.iter().enumerate() {
                prop_assert_eq!(found(&values, *value).0, Some(place));
            }
            prop_assert_eq!(found(&values, other).0, values.binary_search(&other).ok());
        }
    }

    #[test]
    fn even_values_are_found_in_a_few_steps_and_bunched_ones_in_no_more_than_halving_takes() {
        let even: Vec<u64> = (0..250_000).map(|n: u64| n * (u64::MAX / 250_000)).collect();
        let bunched: Vec<u64> = (0..250_000).chain([u64::MAX]).collect();
        assert!(even.iter().step_by(997).all(|value| found(&even, *value).1 <= 4));
        assert!(bunched.iter().step_by(997).all(|value| found(&bunched, *value).1 <= 6 + 19));
    }
}
