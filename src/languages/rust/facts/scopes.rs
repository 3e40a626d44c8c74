//! Scopes, and what they do with names.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::reader::Reader;
use crate::facts::head::{Head, Scope, ScopeKind, Symbol, symbol};
use crate::facts::{BlockId, DefId, ExprId, Place, Run, ScopeId, Str};

/// What is known of a name in a scope.
#[derive(Clone, Copy)]
struct Known {
    scope: ScopeId,
    name: Str,
    flags: u16,
    /// Where it is first met.
    at: u32,
}

/// Names by scope, in the order they are met.
#[derive(Default)]
pub(super) struct Symbols {
    known: Vec<Known>,
    index: HashMap<(ScopeId, Str), u32, FxBuildHasher>,
}

impl Symbols {
    /// A scope does something with a name.
    pub(super) fn note(&mut self, scope: ScopeId, name: Str, flags: u16, at: u32) {
        if name.is_none() {
            return;
        }
        let next = self.known.len() as u32;
        let index = *self.index.entry((scope, name)).or_insert(next);
        match self.known.get_mut(index as usize) {
            Some(known) => {
                known.flags |= flags;
                known.at = known.at.min(at);
            }
            None => self.known.push(Known { scope, name, flags, at }),
        }
    }

    /// Stores the names of each scope together.
    pub(super) fn store(mut self, head: &mut Head) {
        self.known.sort_by_key(|known| (known.scope, known.at));
        let mut lo = 0;
        for of_one in self.known.chunk_by(|a, b| a.scope == b.scope) {
            let hi = lo + of_one.len();
            let scope = of_one[0].scope.index();
            if let Some(scope) = scope.and_then(|index| head.scopes.get_mut(index)) {
                scope.symbols = Run::between(lo, hi);
            }
            lo = hi;
        }
        let symbols = self.known.iter();
        head.symbols =
            symbols.map(|known| Symbol { name: known.name, flags: known.flags }).collect();
    }
}

/// The scope that the header of a block may open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    /// The scope around it.
    pub outer: ScopeId,
    /// The scope, once a name is bound in it.
    pub own: ScopeId,
    /// The end of the block.
    pub hi: u32,
}

impl Reader<'_> {
    /// Adds a scope inside the one the reader is in.
    pub(super) fn add_scope(&mut self, kind: ScopeKind, def: DefId, place: Place) -> ScopeId {
        let parent = self.context.scope;
        let scopes = &mut self.head().scopes;
        scopes.push(Scope {
            kind,
            flags: 0,
            parent,
            def,
            block: BlockId::NONE,
            exprs: Run::default(),
            symbols: Run::default(),
            place,
        });
        ScopeId::at(scopes.len() - 1)
    }

    pub(super) fn scope_mut(&mut self, id: ScopeId) -> Option<&mut Scope> {
        self.builder.facts.head.scopes.get_mut(id.index()?)
    }

    /// A name is read where the reader is.
    pub(super) fn note_read(&mut self, name: Str, at: u32) {
        self.symbols.note(self.context.scope, name, symbol::REFERENCED, at);
    }

    /// A definition binds a name where the reader is.
    pub(super) fn note_definition(&mut self, name: Str, at: u32) {
        self.symbols.note(self.context.scope, name, symbol::DEFINED, at);
    }

    /// A pattern binds a name: in the scope of the block whose header holds it, or where the reader is.
    pub(super) fn bind(&mut self, name: Str, at: u32) {
        self.bound += 1;
        self.last_bound = name;
        let scope = self.binding_scope(at);
        let flags = match self.context.bind {
            0 => symbol::ASSIGNED,
            flags => flags,
        };
        self.symbols.note(scope, name, flags, at);
    }

    fn binding_scope(&mut self, at: u32) -> ScopeId {
        let here = self.context.scope;
        match self.header {
            Some(header) if header.outer == here && header.own.is_none() => {
                let place = Place::between(at, header.hi);
                let own = self.add_scope(ScopeKind::Block, DefId::NONE, place);
                self.header = Some(Header { own, ..header });
                own
            }
            Some(header) if header.outer == here => header.own,
            _ => here,
        }
    }

    /// What follows a `let` of a condition sees its names.
    pub(super) fn enter_header(&mut self) {
        let Some(header) = self.header else { return };
        if header.own.is_some() && self.context.scope == header.outer {
            self.context.scope = header.own;
        }
    }

    /// From where on a scope is the first to be asked.
    pub(super) fn begin_scope(&mut self, id: ScopeId, at: u32) {
        if let Some(scope) = self.scope_mut(id) {
            scope.place = Place::between(at, scope.place.end());
        }
    }

    /// A name, bound or read, as an expression.
    pub(super) fn bound_since(&self, before: usize, target: ExprId) -> bool {
        self.bound > before && target.is_some()
    }
}
