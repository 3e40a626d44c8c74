//! Near names, with a bound on the work: a plan of many wrong names among many names still gets its answer at once.

use crate::diagnostic::near;

/// How many comparisons of short names are left; long ones cost more.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    comparisons: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { comparisons: 250_000 }
    }
}

impl Budget {
    /// Whether nothing is left.
    pub(super) fn is_spent(&self) -> bool {
        self.comparisons == 0
    }

    /// Up to three names near to `wanted`, nearest first; none once the budget is spent.
    pub(super) fn near<'n>(
        &mut self,
        wanted: &str,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Vec<&'n str> {
        if self.comparisons == 0 {
            return Vec::new();
        }
        let length = wanted.len().min(200);
        let cost = 1 + length * length / 256;
        let mut seen = 0;
        let affordable = names.into_iter().take(self.comparisons / cost);
        let found = near(wanted, affordable.inspect(|_| seen += cost));
        self.comparisons -= seen.max(cost).min(self.comparisons);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_cost_more() {
        let names: Vec<String> = (0..100_000).map(|n| format!("{n:0>150}")).collect();
        let wanted = "9".repeat(150);
        let mut budget = Budget::default();
        budget.near(&wanted, names.iter().map(String::as_str));
        assert!(budget.comparisons < 100, "what is left does not pay for another one");
    }

    #[test]
    fn the_budget_ends_the_search_not_the_check() {
        let names: Vec<String> = (0..150_000).map(|n| format!("name{n}")).collect();
        let mut budget = Budget::default();
        assert_eq!(budget.near("name1x", names.iter().map(String::as_str)).len(), 3);
        budget.near("name1x", names.iter().map(String::as_str));
        assert!(budget.near("name1x", names.iter().map(String::as_str)).is_empty());
    }
}
