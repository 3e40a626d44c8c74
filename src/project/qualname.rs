//! Names of definitions and modules in the one grammar of qualified names: `pkg.mod.Class.method`, `crate::m::f`,
//! `<external>.os.getcwd`, `<builtin>.len`.

use std::sync::Arc;

use super::{DefRef, FileId, Project, Target, python, rust};
use crate::facts::Language;

impl Project {
    /// The qualified name of a definition.
    #[must_use]
    pub fn qualname(&self, def: DefRef) -> String {
        match self.facts(def.file).language {
            Language::Python => python::qualname(self, def),
            Language::Rust => rust::qualname(self, def),
        }
    }

    /// The name of the module that a file is.
    #[must_use]
    pub fn module_name(&self, file: FileId) -> Arc<str> {
        match self.facts(file).language {
            Language::Python => python::module_name(self, file),
            Language::Rust => rust::module_name(self, file),
        }
    }

    /// The qualified name of whatever a name can mean.
    #[must_use]
    pub fn describe(&self, target: &Target) -> String {
        match target {
            Target::Def(def) => self.qualname(*def),
            Target::Module(file) => self.module_name(*file).to_string(),
            Target::External(name) => format!("<external>.{name}"),
            Target::Builtin(name) => format!("<builtin>.{name}"),
        }
    }
}
