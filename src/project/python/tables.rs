//! Names that Python itself brings: builtins, modules of the standard library, members of builtin classes. Compiled in,
//! made by `benches/stdlib_names.py`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Sections `# builtins`, `# modules` and `# members …`; in the last a line is a class and its members.
static TEXT: &str = include_str!("names.txt");

static BUILTINS: LazyLock<HashSet<&str>> = LazyLock::new(|| section("# builtins").collect());
static MODULES: LazyLock<HashSet<&str>> = LazyLock::new(|| section("# modules").collect());
static MEMBERS: LazyLock<HashMap<&str, HashSet<&str>>> = LazyLock::new(|| {
    let lines = TEXT.lines().skip_while(|line| !line.starts_with("# members")).skip(1);
    let class = |line: &'static str| {
        let mut words = line.split(' ');
        words.next().map(|class| (class, words.collect()))
    };
    lines.filter_map(class).collect()
});

fn section(title: &str) -> impl Iterator<Item = &'static str> {
    let mut lines = TEXT.lines().skip_while(move |line| *line != title).skip(1);
    lines.next().unwrap_or("").split(' ')
}

/// Whether every module knows the name.
pub(super) fn is_builtin(name: &str) -> bool {
    BUILTINS.contains(name)
}

/// Whether it is a module of the standard library, by its first segment.
pub(super) fn is_standard(module: &str) -> bool {
    MODULES.contains(module)
}

/// Whether it is a builtin class.
pub(super) fn is_builtin_class(name: &str) -> bool {
    name == "object" || MEMBERS.contains_key(name)
}

/// Whether a builtin class defines a member that `object` lacks.
pub(super) fn has_member(class: &str, name: &str) -> bool {
    MEMBERS.get(class).is_some_and(|members| members.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_of_the_table_is_read() {
        assert!(is_builtin("len") && is_builtin("ValueError") && !is_builtin("reduce"));
        assert!(is_standard("os") && is_standard("__future__") && !is_standard("numpy"));
        assert!(is_builtin_class("dict") && !is_builtin_class("len"));
        assert!(has_member("dict", "setdefault") && !has_member("dict", "append"));
    }
}
