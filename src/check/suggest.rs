//! Near names, with a bound on the work: a plan of many wrong names among many names still gets its answer at once.

use crate::diagnostic::near;

/// How many comparisons of names are left.
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
        let mut seen = 0;
        let found = near(wanted, names.into_iter().take(self.comparisons).inspect(|_| seen += 1));
        self.comparisons -= seen.max(1).min(self.comparisons);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_ends_the_search_not_the_check() {
        let names: Vec<String> = (0..150_000).map(|n| format!("name{n}")).collect();
        let mut budget = Budget::default();
        assert_eq!(budget.near("name1x", names.iter().map(String::as_str)).len(), 3);
        budget.near("name1x", names.iter().map(String::as_str));
        assert!(budget.near("name1x", names.iter().map(String::as_str)).is_empty());
    }
}
