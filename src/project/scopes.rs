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

#[cfg(test)]
pub(super) mod testing {
    //! What the tests of both languages' captures share.

    use std::sync::Arc;

    use crate::facts::head::{Def, DefKind};
    use crate::facts::{DefId, Language, Lines};
    use crate::languages::tree::LazyTree;
    use crate::project::{DefRef, File, FileId, Input, Project};

    /// A project of one file.
    fn project(path: &str, text: &str, python: Option<(u8, u8)>) -> Project {
        let language = if path.ends_with(".py") { Language::Python } else { Language::Rust };
        let lines = Arc::new(Lines::of(text, language.line_ends()));
        let mut tree = LazyTree::new(text.to_owned(), language);
        let facts = language.facts(&mut tree, lines, &|| false).unwrap();
        let files = vec![File { path: path.into(), facts: Arc::new(facts) }];
        Project::new(Input { files, python, ..Input::default() })
    }

    /// Every definition of such a project in order of place: how it is called, and what is said of it.
    fn of_all<T>(project: &Project, tell: impl Fn(DefRef) -> T) -> Vec<(String, T)> {
        let file = FileId(0);
        let facts = project.facts(file);
        let mut all: Vec<_> = facts.head.defs.iter().enumerate().collect();
        all.sort_by_key(|(_, def)| def.full.at);
        let named = |(index, def): (usize, &Def)| {
            let name = match def.kind {
                DefKind::Lambda => "lambda",
                DefKind::Closure => "||",
                _ => facts.text(def.name),
            };
            (name.to_owned(), tell(DefRef { file, def: DefId::at(index) }))
        };
        all.into_iter().map(named).collect()
    }

    /// Every function with captures: its name, `<-` what it takes, `->` what is taken from it.
    pub(crate) fn shown(path: &str, text: &str, python: Option<(u8, u8)>) -> Vec<String> {
        let project = project(path, text, python);
        let crossing = |def| {
            let captures = project.captures(def);
            let ways = [("<-", &captures.free), ("->", &captures.cells)];
            let ways = ways.into_iter().filter(|(_, names)| !names.is_empty());
            ways.map(|(sign, names)| format!(" {sign} {}", names.join(" "))).collect::<String>()
        };
        let all = of_all(&project, crossing).into_iter();
        all.filter(|(_, ways)| !ways.is_empty()).map(|(name, ways)| name + &ways).collect()
    }

    /// Every definition, and whether it stands in a function.
    pub(crate) fn nested(path: &str, text: &str) -> Vec<(String, bool)> {
        let project = project(path, text, None);
        of_all(&project, |def| project.is_nested(def))
    }
}
