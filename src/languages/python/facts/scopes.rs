//! Scopes and what each does with a name, as CPython's `symtable` would first record it. A name's records in the scopes
//! that are open form a chain, innermost first, so that each mention costs a look at one slot.

use crate::facts::head::{DefKind, Scope, ScopeKind, Symbol, def, symbol};
use crate::facts::{BlockId, DefId, Place, Run, ScopeId, Str};

use super::reader::Reader;

/// The scopes that are open, the module's first.
#[derive(Default)]
pub(super) struct Frames {
    open: Vec<Frame>,
    /// By raw name of the text: its innermost record.
    innermost: Vec<Slot>,
    /// Tables of closed scopes, to be used again.
    spare: Vec<Vec<Entry>>,
    /// Flags that every scope gets.
    pub(super) flags: u8,
}

struct Frame {
    scope: ScopeId,
    kind: ScopeKind,
    def: DefId,
    names: Vec<Entry>,
}

struct Entry {
    name: Str,
    flags: u16,
    /// The same name in a scope further out.
    outer: Slot,
}

/// A record of a name: how many scopes are open where it stands (0: there is none), and its index there.
#[derive(Clone, Copy, Default)]
struct Slot {
    level: usize,
    index: usize,
}

impl Frames {
    fn slot(&mut self, name: Str) -> &mut Slot {
        let index = name.0 as usize;
        if index >= self.innermost.len() {
            self.innermost.resize(index + 1, Slot::default());
        }
        &mut self.innermost[index]
    }

    fn entry(&mut self, slot: Slot) -> &mut Entry {
        &mut self.open[slot.level - 1].names[slot.index]
    }

    /// Records a name in the scope at a level.
    fn mention(&mut self, level: usize, name: Str, flags: u16) {
        let first = *self.slot(name);
        let (mut above, mut found) = (None, first);
        while found.level > level {
            above = Some(found);
            found = self.entry(found).outer;
        }
        if found.level == level {
            self.entry(found).flags |= flags;
            return;
        }
        let names = &mut self.open[level - 1].names;
        let slot = Slot { level, index: names.len() };
        names.push(Entry { name, flags, outer: found });
        match above {
            Some(above) => self.entry(above).outer = slot,
            None => *self.slot(name) = slot,
        }
    }

    fn flags_of(&mut self, level: usize, name: Str) -> u16 {
        let mut found = *self.slot(name);
        while found.level > level {
            found = self.entry(found).outer;
        }
        if found.level == level { self.entry(found).flags } else { 0 }
    }

    /// The level of the innermost scope that is no comprehension's.
    fn own_level(&self) -> usize {
        let is_own = |frame: &Frame| !frame.kind.is_comprehension();
        self.open.iter().rposition(is_own).map_or(1, |index| index + 1)
    }
}

impl ScopeKind {
    const fn is_comprehension(self) -> bool {
        matches!(self, Self::Comprehension | Self::Generator)
    }
}

impl Reader<'_> {
    /// Opens a scope.
    pub(super) fn enter(&mut self, kind: ScopeKind, def: DefId, place: Place) -> ScopeId {
        let parent = self.scope();
        let flags = self.frames.flags;
        let scopes = &mut self.builder.facts.head.scopes;
        let scope = ScopeId::at(scopes.len());
        scopes.push(Scope {
            kind,
            flags,
            parent,
            def,
            block: BlockId::NONE,
            exprs: Run::default(),
            symbols: Run::default(),
            place,
        });
        let names = self.frames.spare.pop().unwrap_or_default();
        self.frames.open.push(Frame { scope, kind, def, names });
        scope
    }

    /// Closes the innermost scope.
    pub(super) fn leave(&mut self) {
        let Some(mut frame) = self.frames.open.pop() else { return };
        let head = &mut self.builder.facts.head;
        let lo = head.symbols.len();
        for entry in frame.names.drain(..) {
            *self.frames.slot(entry.name) = entry.outer;
            head.symbols.push(Symbol { name: entry.name, flags: entry.flags });
        }
        self.frames.spare.push(frame.names);
        let symbols = Run::between(lo, head.symbols.len());
        self.change_scope(frame.scope, |scope| scope.symbols = symbols);
    }

    /// The innermost scope.
    pub(super) fn scope(&self) -> ScopeId {
        self.frames.open.last().map_or(ScopeId::NONE, |frame| frame.scope)
    }

    /// Whether statements stand in the module's own scope.
    pub(super) const fn is_at_module(&self) -> bool {
        self.frames.open.len() == 1
    }

    pub(super) fn change_scope(&mut self, id: ScopeId, change: impl FnOnce(&mut Scope)) {
        let scope = id.index().and_then(|index| self.builder.facts.head.scopes.get_mut(index));
        if let Some(scope) = scope {
            change(scope);
        }
    }

    /// Adds flags to the innermost scope.
    pub(super) fn flag_scope(&mut self, flags: u8) {
        self.change_scope(self.scope(), |scope| scope.flags |= flags);
    }

    /// Records a name in the innermost scope.
    pub(super) fn mention(&mut self, name: Str, flags: u16) {
        let level = self.frames.open.len();
        if name.is_some() && level > 0 {
            self.frames.mention(level, name, flags);
        }
    }

    /// Records the target of `:=`, which a comprehension binds in the scope around it.
    pub(super) fn mention_walrus(&mut self, name: Str) {
        let (own, top) = (self.frames.own_level(), self.frames.open.len());
        if own == top {
            return self.mention(name, symbol::ASSIGNED);
        }
        let is_global = own == 1 || self.frames.flags_of(own, name) & symbol::GLOBAL != 0;
        let outside = if is_global { symbol::GLOBAL } else { symbol::NONLOCAL };
        self.frames.mention(own, name, symbol::ASSIGNED);
        self.frames.mention(top, name, symbol::ASSIGNED | outside);
    }

    /// Says of the innermost function that it yields.
    pub(super) fn yields(&mut self) {
        let level = self.frames.own_level();
        let Some(id) = self.frames.open.get(level - 1).map(|frame| frame.def) else { return };
        let found = id.index().and_then(|index| self.builder.facts.head.defs.get_mut(index));
        let function = found.filter(|d| matches!(d.kind, DefKind::Function | DefKind::Lambda));
        function.into_iter().for_each(|d| d.flags |= def::GENERATOR);
    }
}
