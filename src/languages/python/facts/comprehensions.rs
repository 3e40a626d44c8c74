//! Comprehensions and generator expressions, which have scopes of their own.

use ruff_python_ast::{Comprehension, Expr};
use ruff_text_size::Ranged;

use super::reader::{Reader, place, settle};
use crate::facts::body::{Clause, Compr, ComprKind, ExprKind, expr};
use crate::facts::head::{ScopeKind, scope, symbol};
use crate::facts::{ComprId, DefId, ExprId};

/// What a comprehension is made of.
struct Parts<'a> {
    kind: ComprKind,
    element: Option<&'a Expr>,
    value: Option<&'a Expr>,
    clauses: &'a [Comprehension],
    flags: u16,
}

impl<'a> Parts<'a> {
    fn of(node: &'a Expr) -> Option<Self> {
        let (kind, element, value, clauses) = match node {
            Expr::ListComp(n) => (ComprKind::List, Some(&*n.elt), None, &n.generators),
            Expr::SetComp(n) => (ComprKind::Set, Some(&*n.elt), None, &n.generators),
            Expr::Generator(n) => (ComprKind::Generator, Some(&*n.elt), None, &n.generators),
            Expr::DictComp(n) => {
                (ComprKind::Dict, n.key.as_deref(), Some(&*n.value), &n.generators)
            }
            _ => return None,
        };
        let is_in_brackets = matches!(node, Expr::Generator(n) if n.parenthesized);
        let flags = if is_in_brackets { expr::PARENTHESISED } else { 0 };
        Some(Self { kind, element, value, clauses, flags })
    }
}

impl Reader<'_> {
    /// Reads a comprehension; what is iterated first belongs to the scope around it.
    pub(super) fn comprehension(&mut self, node: &Expr) -> ExprId {
        let Some(parts) = Parts::of(node) else { return ExprId::NONE };
        let mut first = self.optional(parts.clauses.first().map(|clause| &clause.iter));
        let kind = match parts.kind {
            ComprKind::Generator => ScopeKind::Generator,
            _ => ScopeKind::Comprehension,
        };
        let scope = self.enter(kind, DefId::NONE, place(node.range()));
        let lo = self.here();
        let base = self.pending.clauses.len();
        for clause in parts.clauses {
            let clause = self.clause(clause, std::mem::take(&mut first));
            self.pending.clauses.push(clause);
        }
        let element = self.optional(parts.element);
        let value = self.optional(parts.value);
        let held = self.since(lo);
        self.change_scope(scope, |scope| scope.exprs = held);
        self.leave();
        let body = &mut self.builder.facts.body;
        let clauses = settle(&mut self.pending.clauses, base, &mut body.clauses);
        body.comprs.push(Compr { kind: parts.kind, scope, element, value, clauses });
        let id = ComprId::at(body.comprs.len() - 1);
        self.push_flagged(ExprKind::Compr, parts.flags, [id.0, 0], node.range())
    }

    fn clause(&mut self, clause: &Comprehension, iter: ExprId) -> Clause {
        if clause.is_async {
            self.flag_scope(scope::ASYNC);
        }
        let outer = std::mem::replace(&mut self.binds, symbol::ITERATED);
        let target = self.expr(&clause.target);
        self.binds = outer;
        let iter = if iter.is_some() { iter } else { self.expr(&clause.iter) };
        let base = self.pending.kids.len();
        self.kids(&clause.ifs);
        let ifs = self.take_kids(base);
        Clause { target, iter, ifs, is_async: clause.is_async }
    }
}
