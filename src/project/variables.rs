//! The variables of a file: names that assignments and patterns bind, once for each scope where the language has one
//! variable a scope, once for each binding where it has one a binding. Parameters, imports and definitions are none.

use std::collections::HashSet;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::places::Nests;
use crate::facts::body::{BindOp, StmtKind, expr};
use crate::facts::head::{DeclaredKind, ScopeKind, symbol};
use crate::facts::{ExprId, Facts, Language, Place, ScopeId, Shape, StmtId, Str};

/// A variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    /// What it is called.
    pub name: Str,
    /// The scope it belongs to.
    pub scope: ScopeId,
    /// Where it is first bound.
    pub place: Place,
    /// The type that the binding states; none where it states none.
    pub ty: ExprId,
}

/// The variables of a file in reading order.
#[must_use]
pub fn variables(facts: &Facts) -> Vec<Variable> {
    match facts.language {
        Language::Python => python(facts),
        Language::Rust => rust(facts),
    }
}

/// The names that the pattern of a parameter binds, in reading order.
#[must_use]
pub fn bound_by(facts: &Facts, pattern: ExprId) -> Vec<ExprId> {
    let (Some(last), Some(whole)) = (pattern.index(), facts.expr(pattern)) else {
        return Vec::new();
    };
    // Children stand before their parents, so those of a pattern are the ones before it that it covers.
    let inside = (0..=last).rev().take_while(|&index| {
        facts.body.exprs.get(index).is_some_and(|expr| whole.place.covers(expr.place))
    });
    let mut names: Vec<ExprId> =
        inside.map(ExprId::at).filter(|&id| stored(facts, id).is_some()).collect();
    names.sort_by_key(|&id| facts.expr(id).map(|expr| expr.place.at));
    names
}

/// The name that an expression binds or assigns to.
fn stored(facts: &Facts, id: ExprId) -> Option<(Str, Place)> {
    let record = facts.expr(id)?;
    match facts.shape(id) {
        Shape::Name(name) if record.has(expr::STORE) => Some((name, record.place)),
        _ => None,
    }
}

/// One variable a scope, where it is first bound in the text.
fn python(facts: &Facts) -> Vec<Variable> {
    let (nests, names) = (Nests::of(facts), Names::of(facts));
    let types: FxHashMap<ExprId, ExprId> = facts
        .body
        .stmts
        .iter()
        .filter(|stmt| stmt.kind == StmtKind::Bind && stmt.op == BindOp::Annotate)
        .map(|stmt| (ExprId(stmt.a), stmt.ty))
        .collect();
    let mut seen: HashSet<(ScopeId, Str), FxBuildHasher> = HashSet::default();
    let mut found: Vec<Variable> = Vec::new();
    let exprs = (0..facts.body.exprs.len()).map(ExprId::at);
    let mut stores: Vec<(ExprId, Str, Place)> =
        exprs.filter_map(|id| stored(facts, id).map(|(name, place)| (id, name, place))).collect();
    stores.sort_by_key(|(_, _, place)| place.at);
    for (id, name, place) in stores {
        let scope = names.owner(nests.scope_at(facts, place.at), name);
        if !names.has(scope, name, symbol::PARAM) && seen.insert((scope, name)) {
            let ty = types.get(&id).copied().unwrap_or(ExprId::NONE);
            found.push(Variable { name, scope, place, ty });
        }
    }
    found
}

/// What the scopes of a file do with names.
struct Names<'f> {
    facts: &'f Facts,
    flags: FxHashMap<(ScopeId, Str), u16>,
    declared: FxHashMap<(ScopeId, Str), DeclaredKind>,
}

impl<'f> Names<'f> {
    fn of(facts: &'f Facts) -> Self {
        let mut flags = FxHashMap::default();
        for (index, scope) in facts.head.scopes.iter().enumerate() {
            for symbol in scope.symbols.of(&facts.head.symbols) {
                let _ = flags.insert((ScopeId::at(index), symbol.name), symbol.flags);
            }
        }
        let declared = facts.head.declared.iter().map(|d| ((d.scope, d.name), d.kind));
        Self { facts, flags, declared: declared.collect() }
    }

    /// Whether a scope does any of this with a name.
    fn has(&self, scope: ScopeId, name: Str, flags: u16) -> bool {
        self.flags.get(&(scope, name)).is_some_and(|known| known & flags != 0)
    }

    /// The scope that a name bound in another one belongs to.
    fn owner(&self, inner: ScopeId, name: Str) -> ScopeId {
        let mut scope = inner;
        while let Some(record) = self.facts.scope(scope) {
            let is_passed = match record.kind {
                // What `:=` binds there belongs to the function around.
                ScopeKind::Comprehension | ScopeKind::Generator => {
                    !self.has(scope, name, symbol::ITERATED)
                }
                ScopeKind::TypeParams => true,
                _ => match self.declared.get(&(scope, name)) {
                    Some(DeclaredKind::Global) => return ScopeId::at(0),
                    Some(DeclaredKind::Nonlocal) => {
                        return self.captured(record.parent, name).unwrap_or(scope);
                    }
                    None => false,
                },
            };
            if !is_passed {
                return scope;
            }
            scope = record.parent;
        }
        inner
    }

    /// The nearest function around that binds a name itself.
    fn captured(&self, mut scope: ScopeId, name: Str) -> Option<ScopeId> {
        while let Some(record) = self.facts.scope(scope) {
            let is_function = matches!(record.kind, ScopeKind::Function | ScopeKind::Lambda);
            let is_own = !self.declared.contains_key(&(scope, name));
            if is_function && is_own && self.has(scope, name, symbol::BOUND) {
                return Some(scope);
            }
            scope = record.parent;
        }
        None
    }
}

/// One variable a binding: each `let` makes its own. The alternatives of one pattern bind one together.
fn rust(facts: &Facts) -> Vec<Variable> {
    let mut found: Vec<Variable> = Vec::new();
    for index in 0..facts.body.stmts.len() {
        let Some(stmt) = facts.stmt(StmtId::at(index)) else { continue };
        let binds = matches!(stmt.op, BindOp::Let | BindOp::For | BindOp::Match);
        if stmt.kind != StmtKind::Bind || !binds {
            continue;
        }
        let Some(block) = facts.block(stmt.block) else { continue };
        let mut names: Vec<Str> = Vec::new();
        for id in bound_by(facts, ExprId(stmt.a)) {
            let Some((name, place)) = stored(facts, id) else { continue };
            if facts.text(name) != "_" && !names.contains(&name) {
                names.push(name);
                let is_whole = ExprId(stmt.a) == id;
                let ty = if is_whole { stmt.ty } else { ExprId::NONE };
                found.push(Variable { name, scope: block.scope, place, ty });
            }
        }
    }
    found.sort_by_key(|variable| variable.place.at);
    found.dedup_by_key(|variable| variable.place.at);
    found
}
