//! What modules are, and what they let others take from them.

use super::variables::Variable;
use super::{DefRef, FileId, Project, Target, rust};
use crate::facts::{DefId, Language};

/// A module: a file, or a `mod x { … }` of Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ModuleRef {
    /// The file that it is, or lies in.
    pub file: FileId,
    /// The `mod` of one that is no file.
    pub inline: Option<DefId>,
}

/// What others may take from a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Export {
    /// A definition or a module.
    Target(Target),
    /// A name that a module of Python binds to a value, and that module's file.
    Variable(FileId, Variable),
}

impl Project {
    /// `module`, of Python's `__init__.py` `package`, of a crate's root `crate`.
    #[must_use]
    pub fn kind_of_module(&self, file: FileId) -> &'static str {
        let path = &*self.file(file).path;
        let name = path.rsplit('/').next().unwrap_or(path);
        match self.facts(file).language {
            Language::Python if name.split('.').next() == Some("__init__") => "package",
            Language::Rust if rust::is_root(self, file) => "crate",
            Language::Python | Language::Rust => "module",
        }
    }

    /// The file of a `mod x;`, if it is known.
    #[must_use]
    pub fn file_of_module(&self, declaration: DefRef) -> Option<FileId> {
        rust::file_of(self, declaration)
    }

    /// The `mod x;` that leads to a file.
    #[must_use]
    pub fn declaration_of(&self, file: FileId) -> Option<DefRef> {
        match self.facts(file).language {
            Language::Python => None,
            Language::Rust => rust::declaration_of(self, file),
        }
    }

    /// The module whose names a definition is one of, or that it lies in.
    #[must_use]
    pub fn module_around(&self, def: DefRef) -> ModuleRef {
        match self.facts(def.file).language {
            Language::Python => ModuleRef { file: def.file, inline: None },
            Language::Rust => rust::module_around(self, def),
        }
    }
}
