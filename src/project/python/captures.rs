//! Which names functions share, as CPython's `symtable` finds it: scopes are gone through once from the outside in, with
//! the function that a name belongs to at hand for each name. The rules are those of `analyze_block` in `symtable.c`;
//! versions differ in comprehensions (PEP 709) and annotations (PEP 649). An inlined comprehension's own names stay its
//! own: CPython 3.12 and 3.13 mix them up with those that a sibling takes from outside, which then fails when it runs.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::deferred::Deferred;
use super::eval::Eval;
use super::mangled::Names;
use super::private::prefix;
use super::version::Version;
use crate::facts::head::{DefKind, Scope, ScopeKind, scope, symbol};
use crate::facts::{Facts, ScopeId, Str};
use crate::project::scopes::{Crossing, Way};
use crate::project::{FileId, Project};

/// From this version on list, set and dict comprehensions are part of the function around them (PEP 709).
const INLINES: Version = Version(12);
/// So many names cross borders in one file; more do only where somebody nests thousands of functions to that end.
const MOST: usize = 1 << 20;

/// What binds a name: assignments of any form, `del` among them.
const BOUND: u16 = symbol::BOUND | symbol::DELETED;

/// The names that cross borders in a file, in no order.
pub(in crate::project) fn crossings(project: &Project, file: FileId) -> Vec<Crossing> {
    let facts = project.facts(file);
    let mut scopes = facts.head.scopes.iter();
    let mut aliases = facts.head.defs.iter().filter(|def| def.kind == DefKind::Type);
    let is_crossed = scopes.any(|scope| is_inside(facts, scope.parent))
        || aliases.any(|alias| is_inside(facts, alias.scope));
    if !is_crossed {
        return Vec::new();
    }
    let version = project.python.versions.of_file(&project.file(file).path);
    let deferred = Deferred::of(Eval::new(project).file(file), version);
    let mut walk = Walk::new(facts, &deferred, version >= INLINES);
    for index in 0..facts.head.scopes.len() {
        walk.enter(ScopeId::at(index));
    }
    walk.finish()
}

/// Whether names may cross the border of what stands in a scope: it is another one than the module's.
fn is_inside(facts: &Facts, scope: ScopeId) -> bool {
    facts.scope(scope).is_some_and(|outer| outer.kind != ScopeKind::Module)
}

/// Whether names of a scope are seen from inside of it.
fn is_function(kind: ScopeKind) -> bool {
    !matches!(kind, ScopeKind::Module | ScopeKind::Class)
}

/// A scope that is open.
struct Open {
    scope: ScopeId,
    /// How many changes there were before it.
    changes: usize,
    /// What private names begin with.
    private: Option<Arc<str>>,
}

struct Walk<'f> {
    facts: &'f Facts,
    deferred: &'f Deferred,
    names: Names<'f>,
    is_inlining: bool,
    open: Vec<Open>,
    /// By raw name: the scope whose name it is for whoever stands in the innermost scope; none: the module's.
    owners: Vec<ScopeId>,
    /// Owners as they were before.
    changes: Vec<(Str, ScopeId)>,
    /// By scope: itself, or the scope that a comprehension is part of.
    hosts: Vec<ScopeId>,
    /// Names that classes bind or declare `global`.
    members: FxHashSet<(ScopeId, Str)>,
    /// What went through a scope already.
    passed: FxHashSet<(ScopeId, Str)>,
    cells: FxHashSet<(ScopeId, Str)>,
    found: Vec<(ScopeId, Way, Str)>,
}

impl<'f> Walk<'f> {
    fn new(facts: &'f Facts, deferred: &'f Deferred, is_inlining: bool) -> Self {
        Self {
            facts,
            deferred,
            names: Names::new(facts),
            is_inlining,
            open: Vec::new(),
            owners: Vec::new(),
            changes: Vec::new(),
            hosts: Vec::with_capacity(facts.head.scopes.len()),
            members: FxHashSet::default(),
            passed: FxHashSet::default(),
            cells: FxHashSet::default(),
            found: Vec::new(),
        }
    }

    /// Goes into a scope, the next in order, and leaves those that it does not stand in.
    fn enter(&mut self, id: ScopeId) {
        let Some(scope) = self.facts.scope(id) else { return };
        while self.open.last().is_some_and(|open| open.scope != scope.parent) {
            self.leave();
        }
        let is_inlined = self.is_inlining && scope.kind == ScopeKind::Comprehension;
        let host = if is_inlined { self.host(scope.parent) } else { id };
        self.hosts.push(host);
        let private = self.private(scope);
        self.open.push(Open { scope: id, changes: self.changes.len(), private });
        self.bind_all(id, scope);
        self.take_all(id, scope);
        if scope.kind == ScopeKind::Class {
            self.bind(self.names.class, id);
        }
    }

    fn leave(&mut self) {
        let Some(open) = self.open.pop() else { return };
        for (name, owner) in self.changes.drain(open.changes..).rev() {
            self.owners[name.0 as usize] = owner;
        }
    }

    /// What private names in a scope begin with.
    fn private(&self, scope: &Scope) -> Option<Arc<str>> {
        let is_class = |def: &crate::facts::head::Def| def.kind == DefKind::Class;
        let class = self.facts.def(scope.def).filter(|def| is_class(def));
        match class {
            Some(_) => prefix(self.facts, scope.def).map(Arc::from),
            None => self.open.last().and_then(|outer| outer.private.clone()),
        }
    }

    fn name(&mut self, name: Str) -> Str {
        let private = self.open.last().and_then(|open| open.private.as_deref());
        self.names.mangled(name, private)
    }

    /// The names that a scope binds are its own for whoever stands inside, but for those of a class.
    fn bind_all(&mut self, id: ScopeId, scope: &Scope) {
        let facts = self.facts;
        for symbol in scope.symbols.of(&facts.head.symbols) {
            let is_global = symbol.flags & symbol::GLOBAL != 0;
            let is_own = symbol.flags & BOUND != 0 && symbol.flags & symbol::NONLOCAL == 0;
            if !is_global && !is_own {
                continue;
            }
            let name = self.name(symbol.name);
            match scope.kind {
                ScopeKind::Class => drop(self.members.insert((id, name))),
                kind if is_function(kind) => {
                    self.bind(name, if is_global { ScopeId::NONE } else { id });
                }
                _ => {}
            }
        }
    }

    /// The names that a scope takes from outside, and those that it evaluates later, in scopes of their own.
    fn take_all(&mut self, id: ScopeId, scope: &Scope) {
        let (facts, deferred) = (self.facts, self.deferred);
        for symbol in scope.symbols.of(&facts.head.symbols) {
            let is_nonlocal = symbol.flags & symbol::NONLOCAL != 0;
            let is_read = symbol.flags & (BOUND | symbol::GLOBAL) == 0
                && !deferred.is_dropped(id, symbol.name);
            if is_nonlocal || is_read {
                let name = self.name(symbol.name);
                self.take(id, scope, name);
            }
        }
        if scope.flags & scope::USES_CLASS != 0 && is_function(scope.kind) {
            self.take(id, scope, self.names.class);
        }
        for &(_, name) in deferred.reads(id) {
            let name = self.name(name);
            let owner = self.owner(name);
            if owner.is_some() && !self.members.contains(&(id, name)) {
                self.cell(owner, name);
                self.pass(id, owner, name);
            }
        }
    }

    fn take(&mut self, id: ScopeId, scope: &Scope, name: Str) {
        let owner = self.owner(name);
        // Type parameters of a member see what its class binds (PEP 695).
        let is_member =
            scope.kind == ScopeKind::TypeParams && self.members.contains(&(scope.parent, name));
        if owner.is_some() && !is_member {
            self.pass(id, owner, name);
        }
    }

    /// A name goes from its owner through every scope on the way to one that needs it.
    fn pass(&mut self, to: ScopeId, owner: ScopeId, name: Str) {
        let mut at = to;
        while at != owner {
            let Some(scope) = self.facts.scope(at) else { return };
            if self.passed.len() >= MOST || !self.passed.insert((at, name)) {
                return;
            }
            if self.host(at) == at {
                self.found.push((at, Way::Free, name));
                self.cell(owner, name);
            }
            at = scope.parent;
        }
    }

    fn cell(&mut self, owner: ScopeId, name: Str) {
        let host = self.host(owner);
        if self.cells.insert((host, name)) {
            self.found.push((host, Way::Cell, name));
        }
    }

    fn host(&self, id: ScopeId) -> ScopeId {
        id.index().and_then(|index| self.hosts.get(index)).copied().unwrap_or(id)
    }

    fn owner(&self, name: Str) -> ScopeId {
        self.owners.get(name.0 as usize).copied().unwrap_or_default()
    }

    fn bind(&mut self, name: Str, owner: ScopeId) {
        let index = name.0 as usize;
        if index >= self.owners.len() {
            self.owners.resize(index + 1, ScopeId::NONE);
        }
        self.changes.push((name, self.owners[index]));
        self.owners[index] = owner;
    }

    /// What crosses the borders of functions and lambdas.
    fn finish(self) -> Vec<Crossing> {
        let of_function = |&(id, way, name): &(ScopeId, Way, Str)| {
            let scope = self.facts.scope(id)?;
            matches!(scope.kind, ScopeKind::Function | ScopeKind::Lambda)
                .then(|| (scope.def, way, self.names.text(name).into()))
        };
        self.found.iter().filter_map(of_function).collect()
    }
}

#[cfg(test)]
mod tests;
