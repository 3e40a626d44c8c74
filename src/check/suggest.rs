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
        if self.comparisons == 0 || wanted.len() > 200 {
            return Vec::new();
        }
        let length = wanted.chars().count();
        let fits = |name: &str| {
            let other = name.chars().count();
            other.abs_diff(length) <= (length / 3).max(1)
                || length >= 3 && other >= 3 && begins(name, wanted)
        };
        let mut seen = 0;
        let names: Vec<&str> = names
            .into_iter()
            .take(self.comparisons)
            .inspect(|_| seen += 1)
            .filter(|name| name.len() <= 200 && fits(name))
            .collect();
        self.comparisons -= seen.max(1).min(self.comparisons);
        near(wanted, names)
    }
}

/// Whether `written` is `meant` but for a slip of the hand, so that it can be mended unasked. A name that only begins
/// like another is often a name of its own.
pub(super) fn is_slip(written: &str, meant: &str) -> bool {
    let letters = written.chars().count();
    strsim::damerau_levenshtein(&written.to_lowercase(), &meant.to_lowercase())
        <= (letters / 3).max(1)
}

/// Whether one of the two begins with the other, whatever the case.
fn begins(a: &str, b: &str) -> bool {
    let mut letters =
        a.chars().flat_map(char::to_lowercase).zip(b.chars().flat_map(char::to_lowercase));
    letters.all(|(x, y)| x == y)
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
