//! What the model of a project asks of every file before anybody asks of one: a few names that are always decoded, so
//! that the tables of most files need not be. Follows from the other tables.

use bitcode::{Decode, Encode};

use super::head::{DefKind, Import};
use super::{DefId, ExprId, Facts, Shape, Str};

/// The names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Outline {
    /// What classes name as their bases, in the order of the classes.
    pub bases: Vec<Base>,
    /// Imports that bind a name by another one, in source order.
    pub renames: Vec<Rename>,
    /// Whether anything could not be read as it should.
    pub has_errors: bool,
}

/// A base of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Base {
    /// The class.
    pub class: DefId,
    /// The last segment of the base, without its type arguments.
    pub name: Str,
}

/// An import that binds a name by another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Rename {
    /// The name in the module.
    pub name: Str,
    /// The name here.
    pub binds: Str,
}

impl Outline {
    /// The outline of facts that are complete.
    #[must_use]
    pub(super) fn of(facts: &Facts) -> Self {
        let head = &facts.head;
        let mut bases = Vec::new();
        for (index, def) in head.defs.iter().enumerate() {
            if def.kind == DefKind::Class {
                let named = def.bases.of(&facts.body.args).iter();
                let named = named.filter_map(|base| base_name(facts, base.value));
                bases.extend(named.map(|name| Base { class: DefId::at(index), name }));
            }
        }
        let renames = |import: &Import| {
            let is_renamed =
                import.name.is_some() && import.binds.is_some() && import.name != import.binds;
            is_renamed.then_some(Rename { name: import.name, binds: import.binds })
        };
        Self {
            bases,
            renames: head.imports.iter().filter_map(renames).collect(),
            has_errors: !head.errors.is_empty(),
        }
    }
}

fn base_name(facts: &Facts, mut base: ExprId) -> Option<Str> {
    while let Shape::Index(inner, _) = facts.shape(base) {
        base = inner;
    }
    facts.last_segment(base).map(|(name, _)| name)
}
