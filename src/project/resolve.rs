//! What an expression or an import means: the question handed to the language of its file.

use super::{FileId, Project, Resolution, python, rust};
use crate::facts::{ExprId, ImportId, Language};

impl Project {
    /// What a name, attribute, path or callee means.
    #[must_use]
    pub fn resolve(&self, file: FileId, expr: ExprId) -> Resolution {
        match self.facts(file).language {
            Language::Python => python::resolve(self, file, expr),
            Language::Rust => rust::resolve(self, file, expr),
        }
    }

    /// What the name that an import binds means.
    #[must_use]
    pub fn resolve_import(&self, file: FileId, import: ImportId) -> Resolution {
        match self.facts(file).language {
            Language::Python => python::resolve_import(self, file, import),
            Language::Rust => rust::resolve_import(self, file, import),
        }
    }
}
