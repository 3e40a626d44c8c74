//! Names that Python itself brings: builtins, modules of the standard library, members of builtin classes. Compiled in,
//! made by `benches/stdlib_names.py`. What not every version has says which do.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use super::version::Version;

/// Sections `# builtins`, `# modules` and `# members …`; in the last a line is a class and its members. A name of the
/// first two may say its first and last version: `name:11-`, `name:-11`.
static TEXT: &str = include_str!("names.txt");

/// Names with the versions that have them.
type Names = HashMap<&'static str, RangeInclusive<u8>>;

static BUILTINS: LazyLock<Names> = LazyLock::new(|| section("# builtins"));
static MODULES: LazyLock<Names> = LazyLock::new(|| section("# modules"));
static MEMBERS: LazyLock<HashMap<&str, HashSet<&str>>> = LazyLock::new(|| {
    let lines = TEXT.lines().skip_while(|line| !line.starts_with("# members")).skip(1);
    let class = |line: &'static str| {
        let mut words = line.split(' ');
        words.next().map(|class| (class, words.collect()))
    };
    lines.filter_map(class).collect()
});

fn section(title: &str) -> Names {
    let mut lines = TEXT.lines().skip_while(|line| *line != title).skip(1);
    let words = lines.next().unwrap_or("").split(' ');
    words.map(|word| word.split_once(':').map_or((word, 0..=u8::MAX), spanned)).collect()
}

/// A name with its versions from `11-` or `-11`.
fn spanned((name, span): (&'static str, &str)) -> (&'static str, RangeInclusive<u8>) {
    let (first, last) = span.split_once('-').unwrap_or((span, span));
    (name, first.parse().unwrap_or(0)..=last.parse().unwrap_or(u8::MAX))
}

fn has(names: &Names, name: &str, version: Version) -> bool {
    names.get(name).is_some_and(|versions| versions.contains(&version.0))
}

/// Whether every module of that version knows the name.
pub(super) fn is_builtin(name: &str, version: Version) -> bool {
    has(&BUILTINS, name, version)
}

/// Whether it is a module of that version's standard library, by its first segment.
pub(super) fn is_standard(module: &str, version: Version) -> bool {
    has(&MODULES, module, version)
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

    fn is_known(name: &str) -> bool {
        is_builtin(name, Version::NEWEST)
    }

    #[test]
    fn every_section_of_the_table_is_read() {
        assert!(is_known("len") && is_known("ValueError") && !is_known("reduce"));
        let is_standard = |name| is_standard(name, Version::NEWEST);
        assert!(is_standard("os") && is_standard("__future__") && !is_standard("numpy"));
        assert!(is_builtin_class("dict") && !is_builtin_class("len"));
        assert!(has_member("dict", "setdefault") && !has_member("dict", "append"));
    }

    #[test]
    fn names_come_and_go_with_versions() {
        let first = |name| (0..=15).find(|&minor| is_builtin(name, Version(minor)));
        // "What's New in Python" of each.
        for (name, minor) in [("len", 0), ("aiter", 10), ("ExceptionGroup", 11)] {
            assert_eq!(first(name), Some(minor), "{name}");
        }
        let versions = |name| (8..=15).filter(move |&minor| is_standard(name, Version(minor)));
        assert!(versions("tomllib").eq(11..=15) && versions("distutils").eq(8..=11));
        assert!(versions("telnetlib").eq(8..=12) && versions("json").eq(8..=15));
    }
}
