//! Which scope a name belongs to, by Python's rules (reference 4.2): inner functions do not see the names of classes
//! around them, comprehensions read their first iterable outside.

use super::bindings::{Binding, Bindings};
use super::reach;
use crate::facts::head::{DeclaredKind, ScopeKind};
use crate::facts::{BlockId, Facts, ScopeId, Str};
use crate::project::places::Nests;

/// Where a name is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Use {
    pub(super) scope: ScopeId,
    pub(super) at: u32,
    pub(super) block: BlockId,
}

impl Use {
    /// A use at a byte.
    pub(super) fn at(facts: &Facts, nests: &Nests, bindings: &Bindings, at: u32) -> Self {
        let mut scope = nests.scope_at(facts, at);
        while bindings.first_iter(scope).is_some_and(|place| place.holds(at)) {
            scope = facts.scope(scope).map_or(ScopeId::NONE, |scope| scope.parent);
        }
        Self { scope, at, block: nests.block_at(facts, at) }
    }
}

/// The bindings that a name can mean; empty where no scope of the file binds it.
pub(super) fn lookup<'b>(
    facts: &Facts,
    bindings: &'b Bindings,
    name: Str,
    from: Use,
) -> Vec<&'b Binding> {
    let (mut scope, mut is_inline, mut sees_class) = (from.scope, true, true);
    while let Some(record) = facts.scope(scope) {
        let is_skipped = record.kind == ScopeKind::Class && !sees_class;
        match bindings.declared(scope, name) {
            Some(DeclaredKind::Global) => {
                return reach::at_end(facts, bindings.of_name(ScopeId::at(0), name));
            }
            _ if is_skipped => {}
            _ => {
                let found = bindings.of_name(scope, name);
                if !found.is_empty() {
                    return reached(facts, found, from, is_inline);
                }
            }
        }
        match record.kind {
            ScopeKind::Function | ScopeKind::Lambda => (is_inline, sees_class) = (false, false),
            ScopeKind::Comprehension | ScopeKind::Generator => sees_class = false,
            _ => {}
        }
        scope = record.parent;
    }
    Vec::new()
}

fn reached<'b>(
    facts: &Facts,
    found: &'b [Binding],
    from: Use,
    is_inline: bool,
) -> Vec<&'b Binding> {
    if is_inline {
        reach::at_use(facts, found, from.at, from.block)
    } else {
        reach::at_end(facts, found)
    }
}
