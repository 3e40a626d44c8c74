//! Statements that open no block, and the choice of what reads each kind.

use ruff_python_ast::{
    Expr, Identifier, Stmt, StmtAnnAssign, StmtAssign, StmtAugAssign, StmtDelete, StmtExpr,
};
use ruff_text_size::TextRange;

use super::reader::{Reader, place};
use crate::facts::body::{BindOp, Stmt as Record, StmtKind};
use crate::facts::head::{Declared, DeclaredKind, symbol};
use crate::facts::{ExprId, Run, StmtId};

impl Reader<'_> {
    /// Reads a statement.
    pub(super) fn stmt(&mut self, node: &Stmt) {
        match node {
            Stmt::FunctionDef(node) => self.function(node),
            Stmt::ClassDef(node) => self.class(node),
            Stmt::TypeAlias(node) => self.type_alias(node),
            Stmt::Import(node) => self.import(node),
            Stmt::ImportFrom(node) => self.import_from(node),
            Stmt::Assign(node) => self.assign(node),
            Stmt::AugAssign(node) => self.aug_assign(node),
            Stmt::AnnAssign(node) => self.ann_assign(node),
            Stmt::Expr(node) => self.expr_stmt(node),
            Stmt::Return(node) => {
                self.simple(StmtKind::Return, [node.value.as_deref(), None], node.range);
            }
            Stmt::Raise(node) => {
                let parts = [node.exc.as_deref(), node.cause.as_deref()];
                self.simple(StmtKind::Raise, parts, node.range);
            }
            Stmt::Assert(node) => {
                let parts = [Some(&*node.test), node.msg.as_deref()];
                self.simple(StmtKind::Assert, parts, node.range);
            }
            Stmt::Delete(node) => self.delete(node),
            Stmt::If(node) => self.if_(node),
            Stmt::While(node) => self.while_(node),
            Stmt::For(node) => self.for_(node),
            Stmt::With(node) => self.with(node),
            Stmt::Try(node) => self.try_(node),
            Stmt::Match(node) => self.match_(node),
            Stmt::Global(node) => self.declare(DeclaredKind::Global, &node.names, node.range),
            Stmt::Nonlocal(node) => self.declare(DeclaredKind::Nonlocal, &node.names, node.range),
            Stmt::Break(node) => self.simple(StmtKind::Break, [None, None], node.range),
            Stmt::Continue(node) => self.simple(StmtKind::Continue, [None, None], node.range),
            Stmt::Pass(node) => self.simple(StmtKind::Pass, [None, None], node.range),
            Stmt::IpyEscapeCommand(node) => self.simple(StmtKind::Pass, [None, None], node.range),
        }
    }

    /// Appends a statement.
    pub(super) fn push_stmt(
        &mut self,
        kind: StmtKind,
        exprs: Run,
        [a, b]: [u32; 2],
        range: TextRange,
    ) -> StmtId {
        let (op, ty) = (BindOp::Assign, ExprId::NONE);
        self.push_record(Record {
            kind,
            op,
            block: self.block,
            exprs,
            a,
            b,
            ty,
            place: place(range),
        })
    }

    /// Appends a statement that binds `target` to `value`.
    pub(super) fn push_bind(
        &mut self,
        op: BindOp,
        exprs: Run,
        [target, value]: [ExprId; 2],
        range: TextRange,
    ) -> StmtId {
        let (kind, ty) = (StmtKind::Bind, ExprId::NONE);
        let (a, b, place) = (target.0, value.0, place(range));
        self.push_record(Record { kind, op, block: self.block, exprs, a, b, ty, place })
    }

    fn push_record(&mut self, record: Record) -> StmtId {
        let stmts = &mut self.facts().body.stmts;
        stmts.push(record);
        StmtId::at(stmts.len() - 1)
    }

    fn simple(&mut self, kind: StmtKind, parts: [Option<&Expr>; 2], range: TextRange) {
        let lo = self.here();
        let parts = parts.map(|part| self.optional(part).0);
        self.push_stmt(kind, self.since(lo), parts, range);
    }

    fn expr_stmt(&mut self, node: &StmtExpr) {
        let lo = self.here();
        let value = self.expr(&node.value);
        self.push_stmt(StmtKind::Expr, self.since(lo), [value.0, 0], node.range);
        if self.is_at_module() {
            self.export_by_method(value);
        }
    }

    fn assign(&mut self, node: &StmtAssign) {
        let lo = self.here();
        let base = self.pending.kids.len();
        self.kids(&node.targets);
        let value = self.expr(&node.value);
        let mut exprs = self.since(lo);
        for index in base..self.pending.kids.len() {
            let target = self.pending.kids.get(index).copied().unwrap_or_default();
            self.push_bind(BindOp::Assign, exprs, [target, value], node.range);
            exprs = Run::default();
        }
        self.pending.kids.truncate(base);
        if self.is_at_module() && node.targets.iter().any(is_all) {
            self.export_value(value);
        }
    }

    fn aug_assign(&mut self, node: &StmtAugAssign) {
        let lo = self.here();
        let target = self.expr(&node.target);
        let value = self.expr(&node.value);
        self.push_bind(BindOp::Augment, self.since(lo), [target, value], node.range);
        let adds = node.op == ruff_python_ast::Operator::Add;
        if adds && self.is_at_module() && is_all(&node.target) {
            self.export_more(value);
        }
    }

    fn ann_assign(&mut self, node: &StmtAnnAssign) {
        let lo = self.here();
        let is_bound = node.simple || node.value.is_some();
        let annotated = if node.simple { symbol::ANNOTATED } else { 0 };
        let assigned = if is_bound { symbol::ASSIGNED } else { symbol::REFERENCED };
        let outer = std::mem::replace(&mut self.binds, annotated | assigned);
        let target = self.expr(&node.target);
        self.binds = outer;
        let ty = self.annotation(Some(&node.annotation));
        let value = self.optional(node.value.as_deref());
        let stmt = self.push_bind(BindOp::Annotate, self.since(lo), [target, value], node.range);
        let found = stmt.index().and_then(|index| self.builder.facts.body.stmts.get_mut(index));
        found.into_iter().for_each(|stmt| stmt.ty = ty);
        if value.is_some() && self.is_at_module() && is_all(&node.target) {
            self.export_value(value);
        }
    }

    fn delete(&mut self, node: &StmtDelete) {
        for target in &node.targets {
            self.simple(StmtKind::Del, [Some(target), None], node.range);
        }
    }

    fn declare(&mut self, kind: DeclaredKind, names: &[Identifier], range: TextRange) {
        let scope = self.scope();
        let first = self.builder.facts.head.declared.len();
        let flag = match kind {
            DeclaredKind::Global => symbol::GLOBAL,
            DeclaredKind::Nonlocal => symbol::NONLOCAL,
        };
        for identifier in names.iter().filter(|name| name.is_valid()) {
            let name = self.intern(identifier);
            self.mention(name, flag);
            let place = place(identifier.range);
            self.facts().head.declared.push(Declared { scope, name, kind, place });
        }
        let count = self.builder.facts.head.declared.len() - first;
        let parts = [first as u32 + 1, count as u32];
        self.push_stmt(StmtKind::Declare, Run::default(), parts, range);
    }
}

/// Whether something is `__all__`.
fn is_all(node: &Expr) -> bool {
    matches!(node, Expr::Name(name) if name.id == "__all__")
}
