//! Where packages are looked for: what `pyproject.toml`, `setup.cfg` and `setup.py` declare, a `src` layout, the root,
//! and every directory that holds a package without being one.

use std::collections::BTreeSet;
use std::sync::Arc;

use regex::Regex;
use toml_edit::{Document, Item, Value};

use crate::project::File;

/// A directory where modules are looked for, relative to the root; empty: the root itself.
pub(super) type Dir = Arc<str>;

/// The roots that manifests declare and the root itself, which modules are named after, and those that only packages
/// lying there make one; each sorted.
#[derive(Debug, Default)]
pub(super) struct Roots {
    pub(super) declared: Vec<Dir>,
    pub(super) found: Vec<Dir>,
}

impl Roots {
    pub(super) fn of(files: &[File], manifests: &[(Arc<str>, Arc<str>)]) -> Self {
        let paths: Vec<&str> =
            files.iter().map(|file| &*file.path).filter(|path| is_python(path)).collect();
        let mut declared = BTreeSet::from([String::new()]);
        for (path, text) in manifests {
            let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
            for inner in declarations(name, text) {
                let _ =
                    declared.insert(join(dir, inner.trim_matches('/').trim_start_matches("./")));
            }
            let src = join(dir, "src");
            let is_package = paths.binary_search(&&*format!("{src}/__init__.py")).is_ok();
            if !is_package && has_below(&paths, &src) {
                let _ = declared.insert(src);
            }
        }
        declared.retain(|dir| dir.is_empty() || has_below(&paths, dir));
        let found = holders(&paths).into_iter().filter(|dir| !declared.contains(dir));
        let found = found.map(Into::into).collect();
        Self { found, declared: declared.into_iter().map(Into::into).collect() }
    }
}

pub(super) fn is_python(path: &str) -> bool {
    path.ends_with(".py") || path.ends_with(".pyi")
}

/// `a/b`; `b` where there is no `a`.
pub(super) fn join(dir: &str, name: &str) -> String {
    match (dir, name) {
        ("", name) => name.to_owned(),
        (dir, "" | ".") => dir.to_owned(),
        (dir, name) => format!("{dir}/{name}"),
    }
}

fn has_below(paths: &[&str], dir: &str) -> bool {
    let prefix = format!("{dir}/");
    let at = paths.partition_point(|path| **path < *prefix);
    paths.get(at).is_some_and(|path| path.starts_with(&prefix))
}

/// Directories without `__init__.py` right above one with it.
fn holders(paths: &[&str]) -> BTreeSet<String> {
    let packages: BTreeSet<&str> =
        paths.iter().filter_map(|path| path.strip_suffix("/__init__.py")).collect();
    let above = packages.iter().map(|package| package.rsplit_once('/').map_or("", |(dir, _)| dir));
    above.filter(|dir| !packages.contains(dir)).map(str::to_owned).collect()
}

/// Directories that a manifest names, relative to its own.
fn declarations(name: &str, text: &str) -> Vec<String> {
    match name {
        "pyproject.toml" => pyproject(text),
        "setup.cfg" => setup_cfg(text),
        "setup.py" => setup_py(text),
        _ => Vec::new(),
    }
}

fn pyproject(text: &str) -> Vec<String> {
    let Ok(document) = Document::parse(text) else { return Vec::new() };
    let at = |path: &[&str]| path.iter().try_fold(document.as_item(), |item, key| item.get(key));
    let mut dirs = Vec::new();
    dirs.extend(
        at(&["tool", "setuptools", "packages", "find", "where"]).map(texts).unwrap_or_default(),
    );
    let package_dir = at(&["tool", "setuptools", "package-dir"]);
    dirs.extend(
        package_dir.and_then(|table| table.get("")).and_then(Item::as_str).map(str::to_owned),
    );
    if let Some(packages) = at(&["tool", "poetry", "packages"]).and_then(Item::as_array) {
        let from = |value: &Value| Some(value.as_inline_table()?.get("from")?.as_str()?.to_owned());
        dirs.extend(packages.iter().filter_map(from));
    }
    let hatch = ["tool", "hatch", "build", "targets", "wheel"];
    let hatch = |key| at(&[&hatch[..], &[key]].concat()).map(texts).unwrap_or_default();
    dirs.extend(hatch("sources"));
    let packages = hatch("packages");
    dirs.extend(packages.iter().filter_map(|path| Some(path.rsplit_once('/')?.0.to_owned())));
    dirs
}

/// The strings of an array, or the one string.
fn texts(item: &Item) -> Vec<String> {
    match item.as_array() {
        Some(array) => array.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
        None => item.as_str().map(str::to_owned).into_iter().collect(),
    }
}

fn setup_cfg(text: &str) -> Vec<String> {
    captures(text, r"(?m)^\[options\.packages\.find\][^\[]*?^where\s*=\s*(\S+)")
        .into_iter()
        .chain(captures(text, r"(?m)^package_dir\s*=\s*\n?\s*=\s*(\S+)"))
        .collect()
}

fn setup_py(text: &str) -> Vec<String> {
    captures(text, r#"package_dir\s*=\s*\{\s*["']["']\s*:\s*["']([^"']+)["']"#)
        .into_iter()
        .chain(captures(
            text,
            r#"find_(?:namespace_)?packages\(\s*(?:where\s*=\s*)?["']([^"']+)["']"#,
        ))
        .collect()
}

fn captures(text: &str, expression: &str) -> Vec<String> {
    let Ok(expression) = Regex::new(expression) else { return Vec::new() };
    expression.captures_iter(text).map(|found| found[1].to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_build_tool_says_it_its_own_way() {
        let where_ = "[tool.setuptools.packages.find]\nwhere = [\"lib\"]\n";
        assert_eq!(pyproject(where_), ["lib"]);
        assert_eq!(pyproject("[tool.setuptools]\npackage-dir = {\"\" = \"a\"}\n"), ["a"]);
        let poetry = "[tool.poetry]\npackages = [{ include = \"x\", from = \"py\" }]\n";
        assert_eq!(pyproject(poetry), ["py"]);
        let hatch = "[tool.hatch.build.targets.wheel]\npackages = [\"src/foo\"]\n";
        assert_eq!(pyproject(hatch), ["src"]);
        assert_eq!(setup_cfg("[options]\npackage_dir =\n    = src\n"), ["src"]);
        assert_eq!(setup_cfg("[options.packages.find]\nwhere = src\n"), ["src"]);
        assert_eq!(
            setup_py("setup(package_dir={'': 'lib'}, packages=find_packages('lib'))"),
            ["lib", "lib"]
        );
    }
}
