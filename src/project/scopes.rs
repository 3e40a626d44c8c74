//! What crosses the borders of functions: names that a function takes from functions around it, and names of its own that
//! functions inside of it take. Computed for a whole file when one of its functions is first asked about.

use std::sync::{Arc, OnceLock};

use super::{DefRef, FileId, Project, python, rust};
use crate::facts::head::ScopeKind;
use crate::facts::{DefId, Language};

/// The names that cross the border of a function, sorted, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captures {
    /// Names of functions around it that it takes, or hands on to functions inside of it.
    pub free: Box<[Arc<str>]>,
    /// Names of its own that functions inside of it take.
    pub cells: Box<[Arc<str>]>,
}

/// Which way a name crosses the border of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// From outside.
    Free,
    /// To the inside.
    Cell,
}

/// A name that crosses the border of a function.
pub(super) type Crossing = (DefId, Way, Arc<str>);

/// The captures of a file, by function; functions without any are left out.
type OfFile = Box<[(DefId, Captures)]>;

/// The captures of every file.
#[derive(Debug)]
pub(super) struct Scopes {
    files: Vec<OnceLock<OfFile>>,
}

impl Scopes {
    pub(super) fn new(files: usize) -> Self {
        Self { files: std::iter::repeat_with(OnceLock::new).take(files).collect() }
    }
}

impl Project {
    /// The names that a function, lambda or closure takes from functions around it, and its own that functions inside
    /// take; none of any other definition. Python: as CPython's `symtable` of the file's version tells them, names of
    /// private members as they are mangled. Rust: those of closures.
    #[must_use]
    pub fn captures(&self, def: DefRef) -> &Captures {
        static NONE: OnceLock<Captures> = OnceLock::new();
        let all = self.scopes.files[def.file.0 as usize].get_or_init(|| self.crossing(def.file));
        match all.binary_search_by_key(&def.def, |(of, _)| *of) {
            Ok(index) => &all[index].1,
            Err(_) => NONE.get_or_init(Captures::default),
        }
    }

    /// Whether a definition stands inside a function, lambda or closure, whatever classes lie between.
    #[must_use]
    pub fn is_nested(&self, def: DefRef) -> bool {
        let facts = self.facts(def.file);
        let mut scope = self.def(def).and_then(|def| facts.scope(def.scope));
        while let Some(record) = scope {
            if matches!(record.kind, ScopeKind::Function | ScopeKind::Lambda | ScopeKind::Closure) {
                return true;
            }
            scope = facts.scope(record.parent);
        }
        false
    }

    fn crossing(&self, file: FileId) -> OfFile {
        let mut found = match self.facts(file).language {
            Language::Python => python::crossings(self, file),
            Language::Rust => rust::crossings(self, file),
        };
        found.sort();
        found.dedup();
        let of_one = |all: &[Crossing]| {
            let (free, cells) = all.split_at(all.partition_point(|(_, way, _)| *way == Way::Free));
            let names =
                |part: &[Crossing]| part.iter().map(|(.., name)| Arc::clone(name)).collect();
            (all[0].0, Captures { free: names(free), cells: names(cells) })
        };
        found.chunk_by(|a, b| a.0 == b.0).map(of_one).collect()
    }
}
