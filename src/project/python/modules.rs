//! Modules: what a file is called, and which file or directory a dotted name leads to.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::roots::{Dir, Roots, is_python, join};
use super::tables;
use super::value::Val;
use crate::project::{File, Project};

/// Files and directories as imports see them.
#[derive(Debug)]
pub(super) struct Modules {
    roots: Roots,
    /// Directories that hold Python files, at any depth.
    dirs: HashSet<Arc<str>>,
    /// What lies right below a root, by its name: roots in the order they are tried.
    tops: HashMap<Arc<str>, Vec<Dir>>,
}

impl Modules {
    pub(super) fn of(files: &[File], roots: Roots) -> Self {
        let mut dirs: HashSet<Arc<str>> = HashSet::new();
        for file in files.iter().filter(|file| is_python(&file.path)) {
            let mut path = &*file.path;
            while let Some((dir, _)) = path.rsplit_once('/') {
                if !dirs.insert(dir.into()) {
                    break;
                }
                path = dir;
            }
        }
        let mut modules = Self { roots, dirs, tops: HashMap::new() };
        modules.tops = modules.list_tops(files);
        modules
    }

    fn list_tops(&self, files: &[File]) -> HashMap<Arc<str>, Vec<Dir>> {
        let mut below: HashMap<&str, Vec<Arc<str>>> = HashMap::new();
        for dir in &self.sorted_dirs() {
            let (outer, name) = dir.rsplit_once('/').unwrap_or(("", dir));
            below.entry(outer).or_default().push(name.into());
        }
        for file in files {
            let (outer, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
            if let Some((stem, _)) = name.rsplit_once('.').filter(|_| is_python(name)) {
                below.entry(outer).or_default().push(stem.into());
            }
        }
        let mut tops: HashMap<Arc<str>, Vec<Dir>> = HashMap::new();
        for root in self.roots.declared.iter().chain(&self.roots.found) {
            for name in below.get(&**root).into_iter().flatten() {
                let known = tops.entry(Arc::clone(name)).or_default();
                if known.last() != Some(root) {
                    known.push(Arc::clone(root));
                }
            }
        }
        tops
    }

    fn sorted_dirs(&self) -> Vec<&str> {
        let mut dirs: Vec<&str> = self.dirs.iter().map(|dir| &**dir).collect();
        dirs.sort_unstable();
        dirs
    }

    /// The module a file is: below the root that its outermost package lies in, else below the nearest declared one.
    pub(super) fn name_of(&self, project: &Project, path: &str) -> String {
        let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
        let stem = stem.strip_suffix("/__init__").unwrap_or(stem);
        let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
        let root = self.root_of(project, dir);
        let inside =
            if root.is_empty() { stem } else { stem.get(root.len() + 1..).unwrap_or(stem) };
        inside.replace('/', ".")
    }

    fn root_of<'p>(&self, project: &Project, dir: &'p str) -> &'p str {
        let mut root = dir;
        while project.is_package(root) {
            match root.rsplit_once('/') {
                Some((outer, _)) => root = outer,
                None => return "",
            }
        }
        if root != dir {
            return root;
        }
        let holds = |declared: &&Dir| declared.is_empty() || is_below(dir, declared);
        let nearest =
            self.roots.declared.iter().filter(holds).max_by_key(|declared| declared.len());
        nearest.map_or("", |nearest| &dir[..nearest.len()])
    }

    /// What an absolute dotted name leads to from a file; what no root holds lies outside.
    pub(super) fn absolute(&self, project: &Project, from: &str, name: &str) -> Option<Val> {
        let top = name.split('.').next().unwrap_or(name);
        let beside = from.rsplit_once('/').map_or("", |(dir, _)| dir);
        let is_script = !project.is_package(beside);
        let roots = self.tops.get(top).map_or(&[][..], Vec::as_slice);
        let version = project.python.versions.of_file(from);
        let is_standard = tables::is_standard(top, version);
        let usable = |root: &&Dir| !is_standard || self.roots.declared.contains(root);
        let mut roots: Vec<&str> = roots.iter().filter(usable).map(|root| &**root).collect();
        // The root that the file itself lies in comes first, the longest of several.
        roots.sort_by_key(|root| {
            std::cmp::Reverse(if is_below(from, root) { root.len() + 1 } else { 0 })
        });
        if is_script && !is_standard && !roots.contains(&beside) {
            roots.insert(0, beside);
        }
        let path = name.replace('.', "/");
        let found: Vec<Val> =
            roots.iter().filter_map(|root| self.at(project, &join(root, &path))).collect();
        let regular = found.iter().find(|val| matches!(val, Val::Module(_))).or(found.first());
        match regular {
            Some(val) => Some(val.clone()),
            None if roots.iter().any(|root| self.at(project, &join(root, top)).is_some()) => None,
            None => Some(Val::External(name.into())),
        }
    }

    /// What a relative import leads to; `level` dots, at least one.
    pub(super) fn relative(
        &self,
        project: &Project,
        from: &str,
        level: u8,
        name: &str,
    ) -> Option<Val> {
        let mut dir = from.rsplit_once('/').map_or("", |(dir, _)| dir);
        for _ in 1..level {
            if dir.is_empty() {
                return None;
            }
            dir = dir.rsplit_once('/').map_or("", |(outer, _)| outer);
        }
        self.at(project, &join(dir, &name.replace('.', "/")))
    }

    /// The module or directory at a path without its ending.
    pub(super) fn at(&self, project: &Project, path: &str) -> Option<Val> {
        let candidates = [
            join(path, "__init__.py"),
            format!("{path}.py"),
            join(path, "__init__.pyi"),
            format!("{path}.pyi"),
        ];
        let file = candidates.iter().find_map(|path| project.at_path(path));
        file.map(Val::Module)
            .or_else(|| self.dirs.get(path).map(|dir| Val::Package(Arc::clone(dir))))
    }

    /// A module right below another, or below a directory.
    pub(super) fn inside(&self, project: &Project, outer: &Val, name: &str) -> Option<Val> {
        match outer {
            Val::Package(dir) => self.at(project, &join(dir, name)),
            Val::Module(file) => {
                let path = &project.file(*file).path;
                let dir = path.strip_suffix("/__init__.py").or(path.strip_suffix("/__init__.pyi"));
                let dir = dir.or((&**path == "__init__.py").then_some(""))?;
                self.at(project, &join(dir, name))
            }
            _ => None,
        }
    }
}

fn is_below(path: &str, dir: &str) -> bool {
    path == dir
        || dir.is_empty()
        || path.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/'))
}

impl Project {
    /// Whether a directory is a package of Python with an `__init__`.
    fn is_package(&self, dir: &str) -> bool {
        !dir.is_empty()
            && [".py", ".pyi"]
                .iter()
                .any(|end| self.at_path(&format!("{dir}/__init__{end}")).is_some())
    }
}
