//! Which locals closures take from around them: every name in a closure is looked up from where it stands outwards, and
//! what a function or closure further out binds has crossed the borders between. Functions take nothing.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::locals::LocalId;
use super::names::{Names, Space, plain};
use super::uses::Spot;
use super::{Cx, SCOPES};
use crate::facts::body::{Expr, ExprKind, expr};
use crate::facts::head::{Scope, ScopeKind};
use crate::facts::{DefId, ExprId, Facts, ScopeId, Str};
use crate::project::scopes::{Crossing, Way};
use crate::project::{FileId, Project};

/// So many names cross borders in one file; more do only where somebody nests closures to that end.
const MOST: usize = 1 << 20;

/// The names that cross borders in a file, in no order.
pub(in crate::project) fn crossings(project: &Project, file: FileId) -> Vec<Crossing> {
    let facts = project.facts(file);
    let is_inside = inside_closures(facts);
    let mut search = Search { project, passed: FxHashSet::default(), found: Vec::new() };
    if !is_inside.contains(&true) {
        return search.found;
    }
    let cx = Cx::new(project);
    let (names, bindings) = (cx.names(file), cx.locals(file).bindings());
    for (index, record) in facts.body.exprs.iter().enumerate() {
        let id = ExprId::at(index);
        if !is_value(names, id, record) || bindings.binary_search(&id).is_ok() {
            continue;
        }
        let byte = record.place.at;
        let scope = project.scope_at(file, byte);
        if scope.index().and_then(|index| is_inside.get(index)) == Some(&true) {
            search.look_up(Spot { file, scope, byte }, Str(record.a));
        }
    }
    search.found
}

/// Of every scope, whether it is a closure's or lies in one without an item between.
fn inside_closures(facts: &Facts) -> Vec<bool> {
    let mut inside: Vec<bool> = Vec::with_capacity(facts.head.scopes.len());
    for scope in &facts.head.scopes {
        let outer = scope.parent.index().and_then(|index| inside.get(index));
        let is_inside = match scope.kind {
            ScopeKind::Closure => true,
            ScopeKind::Block => outer == Some(&true),
            _ => false,
        };
        inside.push(is_inside);
    }
    inside
}

/// Whether an expression is a name that may be a local's.
fn is_value(names: &Names, id: ExprId, record: &Expr) -> bool {
    record.kind == ExprKind::Name
        && !record.has(expr::TYPE)
        && !names.is_macro(id)
        && !names.is_base(id)
        && !names.is_shape(id)
}

/// The definition whose locals a scope holds; none outside of functions.
fn function_of(facts: &Facts, mut scope: ScopeId) -> Option<DefId> {
    for _ in 0..SCOPES {
        let record = facts.scope(scope)?;
        match record.kind {
            ScopeKind::Function | ScopeKind::Closure => return Some(record.def),
            ScopeKind::Block => scope = record.parent,
            _ => return None,
        }
    }
    None
}

struct Search<'p> {
    project: &'p Project,
    /// Which locals a closure is known to take.
    passed: FxHashSet<(DefId, LocalId)>,
    found: Vec<Crossing>,
}

impl Search<'_> {
    /// Finds the local that a name in a closure is, and whose borders it crosses.
    fn look_up(&mut self, spot: Spot, name: Str) {
        // Each name has bounds of its own.
        let cx = Cx::new(self.project);
        let facts = self.project.facts(spot.file);
        let name = plain(facts.text(name));
        let mut closures: Vec<DefId> = Vec::new();
        let mut scope = spot.scope;
        for _ in 0..SCOPES {
            let Some(record) = facts.scope(scope) else { return };
            let here = Spot { scope, ..spot };
            if let Some(id) = cx.local(here, name) {
                return self.crossed(id, scope, &closures, name);
            }
            if !is_open(&cx, here, record, name) {
                return;
            }
            if record.kind == ScopeKind::Closure {
                closures.push(record.def);
            }
            scope = record.parent;
        }
    }

    /// A local of a scope goes through closures, the innermost first.
    fn crossed(&mut self, id: LocalId, scope: ScopeId, closures: &[DefId], name: &str) {
        let name: Arc<str> = name.into();
        for &closure in closures {
            if self.passed.len() >= MOST || !self.passed.insert((closure, id)) {
                return;
            }
            self.found.push((closure, Way::Free, Arc::clone(&name)));
        }
        let owner = function_of(self.project.facts(id.file), scope);
        self.found.extend(owner.filter(|_| !closures.is_empty()).map(|def| (def, Way::Cell, name)));
    }
}

/// Whether a name that is no local of a scope may be one of a scope around it.
fn is_open(cx: &Cx<'_>, spot: Spot, record: &Scope, name: &str) -> bool {
    matches!(record.kind, ScopeKind::Block | ScopeKind::Closure)
        && cx.in_block(spot, name, Space::Value).is_empty()
}

#[cfg(test)]
mod tests;
