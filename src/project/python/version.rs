//! Which version of Python a file is for: what a person says, else the lowest that the nearest manifest allows, else the
//! newest that is known.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use regex::Regex;
use toml_edit::Document;

/// A minor version of Python 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(pub(super) u8);

impl Version {
    /// The newest that is known.
    pub(super) const NEWEST: Self = Self(15);
}

/// The versions that files are for.
#[derive(Debug, Default)]
pub(super) struct Versions {
    stated: Option<Version>,
    /// The lowest version that a manifest in the directory allows.
    by_dir: HashMap<Arc<str>, Version>,
}

impl Versions {
    pub(super) fn of(stated: Option<(u8, u8)>, manifests: &[(Arc<str>, Arc<str>)]) -> Self {
        let stated = stated.map(|(_, minor)| Version(minor));
        // Of several in a directory the first by name counts: `pyproject.toml`, `setup.cfg`, `setup.py`.
        let mut by_dir = HashMap::new();
        for (path, text) in manifests {
            let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
            if let Some(version) = lowest(name, text) {
                let _ = by_dir.entry(dir.into()).or_insert(version);
            }
        }
        Self { stated, by_dir }
    }

    /// The version that is stated for a file, by a person or a manifest.
    pub(super) fn stated(&self, path: &str) -> Option<Version> {
        if self.stated.is_some() || self.by_dir.is_empty() {
            return self.stated;
        }
        let mut dir = path;
        while let Some((outer, _)) = dir.rsplit_once('/') {
            if let Some(version) = self.by_dir.get(outer) {
                return Some(*version);
            }
            dir = outer;
        }
        self.by_dir.get("").copied()
    }

    /// Whether something holds of any version that a file can be for.
    pub(super) fn any(&self, mut holds: impl FnMut(Version) -> bool) -> bool {
        match self.stated {
            Some(version) => holds(version),
            None => holds(self.of_file("")) || self.by_dir.values().any(|version| holds(*version)),
        }
    }

    /// The version that a file is for.
    pub(super) fn of_file(&self, path: &str) -> Version {
        self.stated(path).unwrap_or(Version::NEWEST)
    }
}

/// The lowest version that a manifest allows.
fn lowest(name: &str, text: &str) -> Option<Version> {
    static CFG: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?m)^python_requires\s*=\s*(\S.*)$").ok());
    static SETUP: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r#"python_requires\s*=\s*["']([^"']+)["']"#).ok());
    let found = |expression: &Option<Regex>| {
        Some(expression.as_ref()?.captures(text)?.get(1)?.as_str().to_owned())
    };
    let specifiers = match name {
        "pyproject.toml" => {
            let document = Document::parse(text).ok()?;
            document.get("project")?.get("requires-python")?.as_str()?.to_owned()
        }
        "setup.cfg" => found(&CFG)?,
        "setup.py" => found(&SETUP)?,
        _ => return None,
    };
    lower_bound(&specifiers)
}

/// The lowest version of Python 3 within version specifiers (PEP 440), if they have a lower bound.
fn lower_bound(specifiers: &str) -> Option<Version> {
    let bound = |specifier: &str| {
        let specifier = specifier.trim();
        let rest =
            [">=", "~=", "===", "==", ">"].iter().find_map(|sign| specifier.strip_prefix(sign))?;
        let mut numbers = rest.trim().split('.');
        if numbers.next() != Some("3") {
            return None;
        }
        let minor = numbers.next().map_or("0", |minor| {
            let digits = minor.find(|c: char| !c.is_ascii_digit()).unwrap_or(minor.len());
            &minor[..digits]
        });
        let minor: u8 = if minor.is_empty() { 0 } else { minor.parse().ok()? };
        Some(Version(minor).min(Version::NEWEST))
    };
    specifiers.split(',').filter_map(bound).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_bound_is_what_specifiers_allow() {
        let minor = |text| lower_bound(text).map(|version| version.0);
        for (text, lowest) in [
            (">=3.8", Some(8)),
            (" >= 3.10 , < 4", Some(10)),
            ("~=3.9.1", Some(9)),
            ("==3.11.*", Some(11)),
            ("==3.*", Some(0)),
            (">3.7, !=3.8.0", Some(7)),
            (">=3", Some(0)),
            (">=2.7, !=3.0.*", None),
            ("<4", None),
            (">=3.99", Some(15)),
            ("", None),
        ] {
            assert_eq!(minor(text), lowest, "{text}");
        }
    }

    #[test]
    fn the_nearest_manifest_that_says_it_counts() {
        let manifests = [
            ("pyproject.toml", "[project]\nrequires-python = \">=3.9\"\n"),
            ("a/pyproject.toml", "[tool.black]\n"),
            ("a/setup.cfg", "[options]\npython_requires = >=3.11\n"),
            ("b/setup.py", "setup(name='b', python_requires='~=3.12')"),
        ];
        let manifests: Vec<(Arc<str>, Arc<str>)> =
            manifests.iter().map(|&(path, text)| (path.into(), text.into())).collect();
        let versions = Versions::of(None, &manifests);
        let minor = |path| versions.stated(path).map(|version| version.0);
        assert_eq!(
            [minor("m.py"), minor("a/m.py"), minor("a/x/y/m.py")],
            [Some(9), Some(11), Some(11)]
        );
        assert_eq!([minor("b/m.py"), minor("c/d/m.py")], [Some(12), Some(9)]);
        assert_eq!(Versions::of(Some((3, 8)), &manifests).of_file("a/m.py").0, 8);
        assert_eq!(Versions::of(None, &[]).of_file("m.py"), Version::NEWEST);
    }
}
