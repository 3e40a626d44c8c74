//! Which scope, block and definition hold a byte of a file.

use std::sync::OnceLock;

use super::{DefRef, FileId, Project};
use crate::facts::head::ScopeKind;
use crate::facts::{BlockId, Facts, Place, ScopeId};

/// The nests of every file, made when first asked for.
#[derive(Debug)]
pub(super) struct Places {
    files: Vec<OnceLock<Nests>>,
}

/// The scopes and blocks of a file by where they begin: pairs of the first byte and the raw name. Of those with one
/// beginning the inner one comes last.
#[derive(Debug)]
pub(super) struct Nests {
    scopes: Box<[(u32, u32)]>,
    blocks: Box<[(u32, u32)]>,
}

impl Places {
    pub(super) fn new(files: usize) -> Self {
        Self { files: std::iter::repeat_with(OnceLock::new).take(files).collect() }
    }
}

impl Nests {
    pub(super) fn of(facts: &Facts) -> Self {
        Self {
            scopes: sorted(facts.head.scopes.iter().map(|scope| scope.place)),
            blocks: sorted(facts.body.blocks.iter().map(|block| block.place)),
        }
    }

    /// The innermost scope that holds a byte.
    pub(super) fn scope_at(&self, facts: &Facts, byte: u32) -> ScopeId {
        let up = |raw| facts.scope(ScopeId(raw)).map(|scope| (scope.place, scope.parent.0));
        ScopeId(innermost(&self.scopes, byte, up))
    }

    /// The innermost block that holds a byte.
    pub(super) fn block_at(&self, facts: &Facts, byte: u32) -> BlockId {
        let up = |raw| facts.block(BlockId(raw)).map(|block| (block.place, block.parent.0));
        BlockId(innermost(&self.blocks, byte, up))
    }
}

fn sorted(places: impl Iterator<Item = Place>) -> Box<[(u32, u32)]> {
    let mut starts: Vec<(u32, u32)> = places.zip(1..).map(|(place, raw)| (place.at, raw)).collect();
    starts.sort_unstable();
    starts.into()
}

/// The last that begins before the byte holds it, or something around it does; else it is the first.
fn innermost(starts: &[(u32, u32)], byte: u32, up: impl Fn(u32) -> Option<(Place, u32)>) -> u32 {
    let behind = starts.partition_point(|&(at, _)| at <= byte);
    let Some(&(_, last)) = behind.checked_sub(1).and_then(|last| starts.get(last)) else {
        return 1;
    };
    let mut raw = last;
    while let Some((place, parent)) = up(raw) {
        if place.holds(byte) {
            return raw;
        }
        raw = parent;
    }
    1
}

impl Project {
    pub(super) fn nests(&self, file: FileId) -> &Nests {
        self.places.files[file.0 as usize].get_or_init(|| Nests::of(self.facts(file)))
    }

    /// The innermost scope that holds a byte.
    #[must_use]
    pub fn scope_at(&self, file: FileId, byte: u32) -> ScopeId {
        self.nests(file).scope_at(self.facts(file), byte)
    }

    /// The innermost block that holds a byte.
    #[must_use]
    pub fn block_at(&self, file: FileId, byte: u32) -> BlockId {
        self.nests(file).block_at(self.facts(file), byte)
    }

    /// The innermost function, class, lambda or other definition with a scope of its own that holds a byte. Decorators
    /// and defaults stand outside of what they belong to.
    #[must_use]
    pub fn enclosing(&self, file: FileId, byte: u32) -> Option<DefRef> {
        let facts = self.facts(file);
        let mut scope = self.scope_at(file, byte);
        while let Some(record) = facts.scope(scope) {
            if record.def.is_some() && record.kind != ScopeKind::TypeParams {
                return Some(DefRef { file, def: record.def });
            }
            scope = record.parent;
        }
        None
    }
}
