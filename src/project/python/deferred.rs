//! Names that are read in scopes which the facts do not have, because only some versions do: values of type aliases are
//! evaluated when they are asked for (PEP 695), annotations too from 3.14 on, and those of locals never (PEP 649, 749).

use rustc_hash::FxHashSet;

use super::eval::In;
use super::version::Version;
use crate::facts::body::{BindOp, Expr, ExprKind, StmtKind, expr};
use crate::facts::head::{DefKind, ScopeKind, scope};
use crate::facts::{Facts, Place, ScopeId, Str};

/// From this version on annotations have scopes of their own.
const ANNOTATIONS: Version = Version(14);

/// What a file evaluates later, or never.
#[derive(Debug, Default)]
pub(super) struct Deferred {
    /// Reads in scopes of their own, by the scope around, in order.
    reads: Vec<(ScopeId, Str)>,
    /// Names that a scope mentions in annotations of locals only.
    dropped: FxHashSet<(ScopeId, Str)>,
}

impl Deferred {
    pub(super) fn of(file: In<'_>, version: Version) -> Self {
        let facts = file.facts;
        let mut found = Self::default();
        found.aliases(file);
        let is_text =
            facts.head.scopes.first().is_some_and(|s| s.flags & scope::FUTURE_ANNOTATIONS != 0);
        if version >= ANNOTATIONS && !is_text {
            found.annotations(file);
        }
        found.reads.sort_unstable();
        found.reads.dedup();
        found
    }

    /// What is read in a scope of its own that stands in this one.
    pub(super) fn reads(&self, scope: ScopeId) -> &[(ScopeId, Str)] {
        let lo = self.reads.partition_point(|(of, _)| *of < scope);
        let hi = self.reads.partition_point(|(of, _)| *of <= scope);
        self.reads.get(lo..hi).unwrap_or(&[])
    }

    /// Whether the scope mentions a name only where nothing is evaluated.
    pub(super) fn is_dropped(&self, scope: ScopeId, name: Str) -> bool {
        !self.dropped.is_empty() && self.dropped.contains(&(scope, name))
    }

    /// `type X = …`; with type parameters it has a scope that is in the facts.
    fn aliases(&mut self, file: In<'_>) {
        let facts = file.facts;
        let plain = facts.head.defs.iter().filter(|d| d.kind == DefKind::Type && d.own.is_none());
        let values: Vec<Place> = plain.filter_map(|def| Some(facts.expr(def.ty)?.place)).collect();
        if values.is_empty() {
            return;
        }
        for (record, name) in names(facts).filter(|(record, _)| holds(&values, record)) {
            self.read(file, record, name);
        }
    }

    fn annotations(&mut self, file: In<'_>) {
        let facts = file.facts;
        let locals = annotations_of_locals(facts);
        let mut maybe_dropped = FxHashSet::default();
        let is_annotation = |record: &Expr| record.has(expr::ANNOTATION);
        for (record, name) in names(facts).filter(|(record, _)| is_annotation(record)) {
            if holds(&locals, record) {
                let scope = file.use_at(record.place.at).scope;
                let _ = self.dropped.insert((scope, name));
                let _ = maybe_dropped.insert(name);
            } else {
                self.read(file, record, name);
            }
        }
        if maybe_dropped.is_empty() {
            return;
        }
        let is_known =
            |(record, name): &(&Expr, Str)| maybe_dropped.contains(name) && !holds(&locals, record);
        for (record, name) in names(facts).filter(is_known) {
            let scope = file.use_at(record.place.at).scope;
            let _ = self.dropped.remove(&(scope, name));
        }
    }

    /// A name is read in a scope of its own; in a comprehension or lambda there it has that for its scope.
    fn read(&mut self, file: In<'_>, record: &Expr, name: Str) {
        let scope = file.use_at(record.place.at).scope;
        let kind = file.facts.scope(scope).map(|scope| scope.kind);
        let inner = [ScopeKind::Comprehension, ScopeKind::Generator, ScopeKind::Lambda];
        if kind.is_some_and(|kind| !inner.contains(&kind)) {
            self.reads.push((scope, name));
        }
    }
}

/// The names that are read, but for those in texts.
fn names(facts: &Facts) -> impl Iterator<Item = (&Expr, Str)> {
    let names = facts.body.exprs.iter().filter(|record| {
        record.kind == ExprKind::Name && record.is_load() && !record.has(expr::QUOTED)
    });
    names.map(|record| (record, Str(record.a)))
}

/// Where annotations of names in functions stand, in order.
fn annotations_of_locals(facts: &Facts) -> Vec<Place> {
    let is_in_function = |block| {
        let scope = facts.block(block).and_then(|block| facts.scope(block.scope));
        scope.is_some_and(|scope| scope.kind == ScopeKind::Function)
    };
    let stmts = facts.body.stmts.iter();
    let annotated = stmts.filter(|stmt| {
        stmt.kind == StmtKind::Bind && stmt.op == BindOp::Annotate && is_in_function(stmt.block)
    });
    annotated.filter_map(|stmt| Some(facts.expr(stmt.ty)?.place)).collect()
}

/// Whether an expression stands in one of these places, which are in order and apart.
fn holds(places: &[Place], record: &Expr) -> bool {
    let behind = places.partition_point(|place| place.at <= record.place.at);
    let last = behind.checked_sub(1).and_then(|index| places.get(index));
    last.is_some_and(|place| place.holds(record.place.at))
}
