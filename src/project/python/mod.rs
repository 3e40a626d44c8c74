//! What is particular to Python.

use std::sync::Arc;

use super::{DefRef, File, FileId, Project, Resolution, Target};
use crate::facts::{ExprId, ImportId};

/// What is remembered of the files of the language.
#[derive(Debug)]
pub(in crate::project) struct Model {}

impl Model {
    pub(in crate::project) fn new(
        _files: &[File],
        _manifests: &[(Arc<str>, Arc<str>)],
        _version: Option<(u8, u8)>,
    ) -> Self {
        Self {}
    }
}

/// The name of the module that a file is.
pub(in crate::project) fn module_name(project: &Project, file: FileId) -> Arc<str> {
    Arc::clone(&project.file(file).path)
}

/// The qualified name of a definition.
pub(in crate::project) fn qualname(project: &Project, def: DefRef) -> String {
    project
        .def(def)
        .map_or_else(String::new, |record| project.facts(def.file).text(record.name).to_owned())
}

/// What an expression means.
pub(in crate::project) fn resolve(_project: &Project, _file: FileId, _expr: ExprId) -> Resolution {
    Resolution::unknown()
}

/// What an import's binding means.
pub(in crate::project) fn resolve_import(
    _project: &Project,
    _file: FileId,
    _import: ImportId,
) -> Resolution {
    Resolution::unknown()
}

/// Everything of the language that a name names.
pub(in crate::project) fn find(_project: &Project, _name: &str) -> Vec<Target> {
    Vec::new()
}
