//! Which scope and which definition hold a byte of a file.

use std::sync::OnceLock;

use super::{DefRef, FileId, Project};
use crate::facts::{Facts, ScopeId};

/// The scopes of every file by where they begin, made when first asked for.
#[derive(Debug)]
pub(super) struct Places {
    files: Vec<OnceLock<Box<[Start]>>>,
}

/// Where a scope begins.
#[derive(Clone, Copy, Debug)]
struct Start {
    at: u32,
    scope: ScopeId,
}

impl Places {
    pub(super) fn new(files: usize) -> Self {
        Self { files: std::iter::repeat_with(OnceLock::new).take(files).collect() }
    }
}

/// Sorted so that of scopes with one beginning the inner one comes last.
fn starts(facts: &Facts) -> Box<[Start]> {
    let scopes = facts.head.scopes.iter().enumerate();
    let mut starts: Vec<Start> = scopes
        .map(|(index, scope)| Start { at: scope.place.at, scope: ScopeId::at(index) })
        .collect();
    starts.sort_by_key(|start| (start.at, start.scope));
    starts.into()
}

impl Project {
    /// The innermost scope that holds a byte; none of an empty file.
    #[must_use]
    pub fn scope_at(&self, file: FileId, byte: u32) -> ScopeId {
        let facts = self.facts(file);
        let starts = self.places.files[file.0 as usize].get_or_init(|| starts(facts));
        let behind = starts.partition_point(|start| start.at <= byte);
        let Some(last) = behind.checked_sub(1) else { return ScopeId::at(0) };
        let mut scope = starts[last].scope;
        while let Some(record) = facts.scope(scope) {
            if record.place.holds(byte) || record.parent.is_none() {
                return scope;
            }
            scope = record.parent;
        }
        ScopeId::at(0)
    }

    /// The innermost function, class, lambda or other definition with a scope of its own that holds a byte. Decorators
    /// and defaults stand outside of what they belong to.
    #[must_use]
    pub fn enclosing(&self, file: FileId, byte: u32) -> Option<DefRef> {
        let facts = self.facts(file);
        let mut scope = self.scope_at(file, byte);
        while let Some(record) = facts.scope(scope) {
            if record.def.is_some() {
                return Some(DefRef { file, def: record.def });
            }
            scope = record.parent;
        }
        None
    }
}
