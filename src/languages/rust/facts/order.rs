//! The order of tables whose records are met in another one than they stand in the source.

use std::cmp::Reverse;

use crate::facts::body::{ExprKind, StmtKind};
use crate::facts::{DefId, Facts, Place, ScopeId};

/// Puts definitions, scopes, errors and trivia in order.
pub(super) fn sort(facts: &mut Facts) {
    let defs: Vec<Place> = facts.head.defs.iter().map(|def| def.full).collect();
    if let Some(new) = ranks(&defs, |_| None) {
        rename_defs(facts, &new);
    }
    let scopes = &facts.head.scopes;
    let places: Vec<Place> = scopes.iter().map(|scope| scope.place).collect();
    let new = ranks(&places, |index| scopes.get(index).and_then(|scope| scope.parent.index()));
    if let Some(new) = new {
        rename_scopes(facts, &new);
    }
    facts.head.errors.sort_by_key(|error| error.place);
    let tokens = &mut facts.trivia.tokens;
    tokens.sort_by_key(|token| (token.place.at, Reverse(token.place.len)));
    let mut end = 0;
    tokens.retain(|token| {
        let is_outer = token.place.at >= end;
        end = end.max(token.place.end());
        is_outer
    });
}

/// The new index of each record, by place, an outer one first; `None` where they are in order, or where that would put
/// one before its parent.
fn ranks(places: &[Place], parent: impl Fn(usize) -> Option<usize>) -> Option<Vec<u32>> {
    let key = |index: &usize| (places[*index].at, Reverse(places[*index].end()));
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(key);
    if order.is_sorted() {
        return None;
    }
    let mut new = vec![0; places.len()];
    for (rank, index) in order.into_iter().enumerate() {
        new[index] = rank as u32;
    }
    let is_after = |index: usize| parent(index).is_none_or(|parent| new[parent] < new[index]);
    (0..places.len()).all(is_after).then_some(new)
}

/// The records, each at its new index.
fn moved<T>(records: Vec<T>, new: &[u32]) -> Vec<T> {
    let mut all: Vec<(u32, T)> = new.iter().copied().zip(records).collect();
    all.sort_by_key(|(rank, _)| *rank);
    all.into_iter().map(|(_, record)| record).collect()
}

fn rename_defs(facts: &mut Facts, new: &[u32]) {
    let rename = |raw: u32| match raw.checked_sub(1).and_then(|at| new.get(at as usize)) {
        Some(&rank) => DefId::at(rank as usize),
        None => DefId::NONE,
    };
    facts.head.defs = moved(std::mem::take(&mut facts.head.defs), new);
    facts.head.scopes.iter_mut().for_each(|scope| scope.def = rename(scope.def.0));
    let stmts = facts.body.stmts.iter_mut().filter(|stmt| stmt.kind == StmtKind::Def);
    stmts.for_each(|stmt| stmt.a = rename(stmt.a).0);
    let lambdas = facts.body.exprs.iter_mut().filter(|expr| expr.kind == ExprKind::Lambda);
    lambdas.for_each(|expr| expr.a = rename(expr.a).0);
}

fn rename_scopes(facts: &mut Facts, new: &[u32]) {
    let rename = |id: &mut ScopeId| {
        if let Some(&rank) = id.index().and_then(|index| new.get(index)) {
            *id = ScopeId::at(rank as usize);
        }
    };
    facts.head.scopes = moved(std::mem::take(&mut facts.head.scopes), new);
    facts.head.scopes.iter_mut().for_each(|scope| rename(&mut scope.parent));
    facts.head.imports.iter_mut().for_each(|import| rename(&mut import.scope));
    facts.body.blocks.iter_mut().for_each(|block| rename(&mut block.scope));
    for def in &mut facts.head.defs {
        rename(&mut def.scope);
        rename(&mut def.own);
    }
}
