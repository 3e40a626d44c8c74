//! Definitions by what a person calls them: `name`, `Class.name`, `pkg.mod.name`, `crate::mod::name`, `file.py:12`.

use std::collections::BTreeSet;

use super::{DefRef, FileId, Project, Target, python, rust};
use crate::diagnostic;
use crate::facts::DefId;
use crate::facts::head::def as flag;

impl Project {
    /// Everything that a name names, in path order; empty if nothing does.
    #[must_use]
    pub fn find(&self, name: &str) -> Vec<Target> {
        if let Some(found) = self.find_line(name) {
            return found;
        }
        let mut found = python::find(self, name);
        found.extend(rust::find(self, name));
        found.sort();
        found.dedup();
        found
    }

    /// Up to three names of definitions that are near to a name that names nothing, nearest first.
    #[must_use]
    pub fn near(&self, name: &str) -> Vec<String> {
        let last = name.rsplit(['.', ':']).next().unwrap_or(name);
        let mut known: BTreeSet<&str> = BTreeSet::new();
        for file in self.files() {
            known.extend(file.facts.head.defs.iter().map(|def| file.facts.text(def.name)));
        }
        let _ = known.remove("");
        diagnostic::near(last, known).into_iter().map(str::to_owned).collect()
    }

    /// Whether a byte lies among tests: by where its file lies and what it is called, or inside of `#[test]` and
    /// `#[cfg(test)]`.
    #[must_use]
    pub fn in_test(&self, file: FileId, byte: u32) -> bool {
        let facts = self.facts(file);
        let outer = |def: &DefId| {
            let scope = facts.scope(facts.def(*def)?.scope)?;
            let mut outer = (scope.def, scope.parent);
            while outer.0.is_none() {
                let scope = facts.scope(outer.1)?;
                outer = (scope.def, scope.parent);
            }
            (outer.0 < *def).then_some(outer.0)
        };
        let innermost = self.enclosing(file, byte).map(|def| def.def);
        let mut around = std::iter::successors(innermost, outer);
        self.is_test_file(file)
            || around.any(|def| facts.def(def).is_some_and(|def| def.flags & flag::TEST != 0))
    }

    /// Whether a file holds tests, by where it lies and what it is called.
    #[must_use]
    pub fn is_test_file(&self, file: FileId) -> bool {
        let path = &self.file(file).path;
        let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let is_test = |part: &str| matches!(part, "tests" | "test" | "testing" | "conftest");
        stem.starts_with("test_")
            || stem.ends_with("_test")
            || is_test(stem)
            || dir.split('/').any(is_test)
    }

    /// `file.py:12`: the innermost definition whose text holds the line's first character, or that begins on it.
    fn find_line(&self, name: &str) -> Option<Vec<Target>> {
        let (path, line) = name.rsplit_once(':')?;
        let line: u32 = line.parse().ok()?;
        let file = self.at_path(path)?;
        Some(self.def_on_line(file, line).map(Target::Def).into_iter().collect())
    }

    /// The innermost definition with a name that has a part of itself on the line.
    #[must_use]
    pub fn def_on_line(&self, file: FileId, line: u32) -> Option<DefRef> {
        let facts = self.facts(file);
        let lo = facts.lines.start_of(line)?;
        let (_, hi) = facts.lines.line_at(lo);
        let on = |at: u32, end: u32| at < hi && lo < end;
        let defs = facts.head.defs.iter().enumerate().rev();
        let mut inside =
            defs.filter(|(_, def)| def.name.is_some() && on(def.full.at, def.full.end()));
        // An outer definition stands before those inside it, so the last that begins before the line's end is innermost.
        let (index, _) = inside.next()?;
        Some(DefRef { file, def: DefId::at(index) })
    }
}
