//! How telling a hit is: by what it is, where it lies, and how sure that is. Knows no rows.

use crate::project::role::Role;

/// What the path of a file says of the hits in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    factor: f64,
    depth: f64,
}

/// Most that the depth of a path takes away.
const DEEPEST: f64 = 0.2;
/// What each directory takes away.
const A_DIRECTORY: f64 = 0.02;

impl Standing {
    /// Of a path relative to the root.
    pub(super) fn of(path: &str) -> Self {
        let path = path.to_ascii_lowercase();
        let (directories, file) = path.rsplit_once('/').unwrap_or(("", &path));
        let below = |names: &[&str]| directories.split('/').any(|part| names.contains(&part));
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let is_test = stem.starts_with("test_")
            || stem.ends_with("_test")
            || matches!(stem, "test" | "tests" | "conftest");
        let factor = if is_test || below(&["test", "tests", "testing"]) {
            0.5
        } else if below(&["doc", "docs"]) {
            0.3
        } else if below(&["vendor", "third_party"]) {
            0.9
        } else if below(&["src", "lib"]) {
            1.0
        } else {
            0.7
        };
        let depth = path.bytes().filter(|&byte| byte == b'/').count();
        Self { factor, depth: (A_DIRECTORY * depth as f64).min(DEEPEST) }
    }

    /// The relevance of a hit: higher is more telling.
    pub(super) fn relevance(self, role: Role, confidence: f64) -> f64 {
        weight(role) * self.factor * confidence - self.depth
    }
}

const fn weight(role: Role) -> f64 {
    match role {
        Role::Definition => 1.0,
        Role::Callsite => 0.8,
        Role::Import | Role::FromImport | Role::Decorator | Role::Export => 0.7,
        Role::Reference | Role::Attribute => 0.6,
        Role::Assignment | Role::Annotation | Role::Parameter | Role::KeywordArgument => 0.5,
        Role::TextMatch => 0.3,
        Role::DocstringMatch => 0.2,
        Role::CommentMatch => 0.15,
        Role::StringMatch => 0.1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relevance(role: Role, path: &str) -> f64 {
        Standing::of(path).relevance(role, 0.95)
    }

    #[test]
    fn a_definition_comes_before_a_call_and_that_before_a_comment() {
        let [a, b, c] = [Role::Definition, Role::Callsite, Role::CommentMatch]
            .map(|role| relevance(role, "src/a.py"));
        assert!(a > b && b > c);
    }

    #[test]
    fn what_lies_in_tests_and_documents_is_less_telling() {
        let of = |path| relevance(Role::Callsite, path);
        assert!(of("src/a.py") > of("pkg/a.py") && of("pkg/a.py") > of("tests/a.py"));
        assert!(of("tests/a.py") > of("docs/a.py"));
        assert!(of("pkg/test_a.py") < of("pkg/latest_a.py"));
        assert!(of("src/a.py") > of("src/b/c/a.py"));
    }
}
