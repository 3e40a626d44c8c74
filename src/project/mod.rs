//! The project as facts make it: modules, definitions, and what a name in one file means in another. Algorithms over
//! facts, lazy and memoised; nothing here reads a file. What is particular to a language lies in its folder, chosen by a
//! `match` on the language of the file.

mod calls;
mod find;
mod givers;
mod places;
mod python;
mod qualname;
mod resolve;
mod rust;
mod scopes;

pub mod exports;
pub mod role;
pub mod variables;

use std::collections::HashMap;
use std::sync::Arc;

pub use calls::{Site, SiteKind, Uses};
pub use givers::Meant;
pub use scopes::Captures;

use crate::facts::head::Def;
use crate::facts::{DefId, Facts};

/// The index of a file in path order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A definition of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DefRef {
    /// Its file.
    pub file: FileId,
    /// Which one of it.
    pub def: DefId,
}

/// A file of the project.
#[derive(Clone, Debug)]
pub struct File {
    /// Relative to the root, with `/`.
    pub path: Arc<str>,
    /// What it says.
    pub facts: Arc<Facts>,
}

/// What a project is made of.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// Its files by path.
    pub files: Vec<File>,
    /// The texts of `pyproject.toml`, `setup.cfg`, `setup.py` and `Cargo.toml` by path.
    pub manifests: Vec<(Arc<str>, Arc<str>)>,
    /// The version of Python, such as `(3, 12)`; none: what manifests ask for, else the newest known.
    pub python: Option<(u8, u8)>,
}

/// What a name can mean.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// A definition.
    Def(DefRef),
    /// A module that is a file.
    Module(FileId),
    /// Something outside the project, by its qualified name without `<external>.`: `os.getcwd`.
    External(Arc<str>),
    /// A builtin by name: `len`.
    Builtin(Arc<str>),
}

impl Target {
    /// The definition it is.
    #[must_use]
    pub const fn def(&self) -> Option<DefRef> {
        match self {
            Self::Def(def) => Some(*def),
            _ => None,
        }
    }
}

/// What a relation rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Evidence {
    /// Lexical scope, import, path.
    Exact,
    /// Annotation, constructor, return type, `impl`.
    Typed,
    /// Method resolution order, trait.
    Inherited,
    /// One of several.
    Candidates,
    /// Only the name agrees.
    Name,
    /// Only the text agrees.
    Text,
}

impl Evidence {
    /// As rows show it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Typed => "typed",
            Self::Inherited => "inherited",
            Self::Candidates => "candidates",
            Self::Name => "name",
            Self::Text => "text",
        }
    }

    /// From 0 to 1.
    #[must_use]
    pub const fn confidence(self) -> f64 {
        match self {
            Self::Exact => 0.95,
            Self::Typed | Self::Inherited => 0.9,
            Self::Candidates => 0.6,
            Self::Name => 0.4,
            Self::Text => 0.3,
        }
    }
}

/// What an expression means, as far as the project knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// None: unknown. Several: one of them, `evidence` is then [`Evidence::Candidates`].
    pub targets: Vec<Target>,
    /// What it rests on.
    pub evidence: Evidence,
    /// Whether it may also be something that is not among the targets, such as a method of a base that is unknown.
    pub is_open: bool,
}

impl Resolution {
    /// Nothing is known.
    #[must_use]
    pub const fn unknown() -> Self {
        Self { targets: Vec::new(), evidence: Evidence::Name, is_open: true }
    }

    /// It is this.
    #[must_use]
    pub fn one(target: Target, evidence: Evidence) -> Self {
        Self { targets: vec![target], evidence, is_open: false }
    }

    /// It is one of these; of one alone it is that, resting on `evidence`.
    #[must_use]
    pub fn of(mut targets: Vec<Target>, evidence: Evidence) -> Self {
        targets.sort();
        targets.dedup();
        match targets.len() {
            0 => Self::unknown(),
            1 => Self { targets, evidence, is_open: false },
            _ => Self { targets, evidence: Evidence::Candidates, is_open: false },
        }
    }

    /// The only target.
    #[must_use]
    pub fn single(&self) -> Option<&Target> {
        match self.targets.as_slice() {
            [target] => Some(target),
            _ => None,
        }
    }
}

/// The project.
#[derive(Debug)]
pub struct Project {
    files: Vec<File>,
    by_path: HashMap<Arc<str>, FileId>,
    places: places::Places,
    scopes: scopes::Scopes,
    givers: givers::Givers,
    python: python::Model,
    rust: rust::Model,
}

impl Project {
    /// A project of which nothing is computed yet.
    #[must_use]
    pub fn new(input: Input) -> Self {
        let number = |index: usize| FileId(u32::try_from(index).unwrap_or(u32::MAX));
        let by_path = input
            .files
            .iter()
            .enumerate()
            .map(|(index, file)| (Arc::clone(&file.path), number(index)));
        Self {
            by_path: by_path.collect(),
            places: places::Places::new(input.files.len()),
            scopes: scopes::Scopes::new(input.files.len()),
            givers: givers::Givers::default(),
            python: python::Model::new(&input),
            rust: rust::Model::new(&input.files, &input.manifests),
            files: input.files,
        }
    }

    /// Its files by path; the index is the [`FileId`].
    #[must_use]
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The names of its files.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..u32::try_from(self.files.len()).unwrap_or(u32::MAX)).map(FileId)
    }

    /// A file.
    #[must_use]
    pub fn file(&self, id: FileId) -> &File {
        &self.files[id.0 as usize]
    }

    /// What a file says.
    #[must_use]
    pub fn facts(&self, id: FileId) -> &Facts {
        &self.files[id.0 as usize].facts
    }

    /// A definition.
    #[must_use]
    pub fn def(&self, id: DefRef) -> Option<&Def> {
        self.facts(id.file).def(id.def)
    }

    /// The file at a path.
    #[must_use]
    pub fn at_path(&self, path: &str) -> Option<FileId> {
        self.by_path.get(path).copied()
    }
}
