//! How much a finding weighs: the formula of impact, and the words for high, middling and low.

use super::finding::Severity;

/// What a finding counts of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// Places it concerns.
    pub sites: u32,
    /// Files they lie in.
    pub files: u32,
    /// Calls or steps between it and the farthest of them.
    pub depth: u32,
    /// Places it would break.
    pub breakages: u32,
    /// Places where nobody can say.
    pub ambiguities: u32,
}

impl Default for Numbers {
    /// A fact concerns its own place.
    fn default() -> Self {
        Self { sites: 1, files: 1, depth: 0, breakages: 0, ambiguities: 0 }
    }
}

/// From 0 to 1, in steps of a ten-thousandth.
#[must_use]
pub fn impact(numbers: Numbers, severity: Severity) -> f64 {
    let part = |weight: f64, n: u32, full: f64| weight * (f64::from(n) / full).min(1.0);
    let sum = part(0.45, numbers.sites, 100.0)
        + part(0.25, numbers.files, 20.0)
        + part(0.15, numbers.depth, 10.0)
        + part(0.10, numbers.breakages, 10.0)
        + part(0.05, numbers.ambiguities, 10.0);
    let factor = match severity {
        Severity::Error => 1.5,
        Severity::Warning => 1.0,
        Severity::Info => 0.5,
    };
    rounded((sum * factor).min(1.0))
}

/// A score as results show it.
#[must_use]
pub fn rounded(score: f64) -> f64 {
    (score.clamp(0.0, 1.0) * 10_000.0).round() / 10_000.0
}

/// `high` from 0.7, `med` from 0.4, else `low`.
#[must_use]
pub fn bucket(score: f64) -> &'static str {
    match score {
        high if high >= 0.7 => "high",
        middling if middling >= 0.4 => "med",
        _ => "low",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn one_site_in_one_file_weighs_little() {
        // 0.45 · 1/100 + 0.25 · 1/20 = 0.017.
        assert!(close(impact(Numbers::default(), Severity::Warning), 0.017));
        assert!(close(impact(Numbers::default(), Severity::Info), 0.0085));
        assert!(close(impact(Numbers::default(), Severity::Error), 0.0255));
    }

    #[test]
    fn every_part_is_capped_and_the_whole_is_clamped() {
        let all = Numbers { sites: 1000, files: 400, depth: 99, breakages: 99, ambiguities: 99 };
        assert!(close(impact(all, Severity::Warning), 1.0));
        assert!(close(impact(all, Severity::Error), 1.0));
        assert!(close(impact(all, Severity::Info), 0.5));
        let half = Numbers { sites: 50, files: 10, depth: 5, breakages: 5, ambiguities: 5 };
        assert!(close(impact(half, Severity::Warning), 0.5));
    }

    #[test]
    fn buckets_begin_at_their_bounds() {
        assert_eq!([0.7, 0.69, 0.4, 0.39, 0.0].map(bucket), ["high", "med", "med", "low", "low"]);
    }
}
