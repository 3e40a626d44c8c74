//! Statements: what each child of a block is.

use tree_sitter::Node;

use super::attributes::{Lead, place};
use super::blocks::{List, Shape};
use super::kinds::{Field, Rule};
use super::reader::{Frame, Reader, Value};
use crate::facts::body::{BindOp, Stmt, StmtKind};
use crate::facts::{ExprId, Place, Run, StmtId};

impl<'t> Reader<'t> {
    /// Reads a child of a block.
    pub(super) fn statement(&mut self, node: Node<'t>, rule: Rule, list: &List) {
        let whole = place(node);
        let lead = std::mem::take(&mut self.lead);
        self.stmt = self.add_stmt(whole);
        let exprs = self.body().exprs.len();
        match rule {
            _ if list.shape == Shape::Tuple => self.tuple_field(node, &lead, list),
            Rule::Item(kind) => self.item(node, kind, &lead, list),
            Rule::Foreign => self.foreign(node, &lead),
            Rule::Use => self.uses(node, &lead),
            Rule::ExternCrate => self.extern_crate(node, &lead),
            Rule::Empty => self.set_stmt(StmtKind::Pass, 0, 0),
            Rule::InnerAttribute => self.inner_attribute(node),
            _ => {
                let _ = self.attributes(&lead);
                let value = self.walk(node, Field::None);
                self.classify(value, whole, list);
            }
        }
        let exprs = self.exprs_since(exprs);
        let at = lead.at.filter(|&at| at < whole.at && !matches!(rule, Rule::InnerAttribute));
        if let Some(stmt) = self.stmt_mut() {
            stmt.exprs = exprs;
            stmt.place = Place::between(at.unwrap_or(whole.at), whole.end());
        }
    }

    fn add_stmt(&mut self, place: Place) -> StmtId {
        let (kind, op, block, exprs) = (StmtKind::Expr, BindOp::Assign, self.block, Run::default());
        let ty = ExprId::NONE;
        let stmts = &mut self.body().stmts;
        stmts.push(Stmt { kind, op, block, exprs, a: 0, b: 0, ty, place });
        StmtId::at(stmts.len() - 1)
    }

    pub(super) fn stmt_mut(&mut self) -> Option<&mut Stmt> {
        let index = self.stmt.index()?;
        self.builder.facts.body.stmts.get_mut(index)
    }

    pub(super) fn set_stmt(&mut self, kind: StmtKind, a: u32, b: u32) {
        if let Some(stmt) = self.stmt_mut() {
            (stmt.kind, stmt.a, stmt.b) = (kind, a, b);
        }
    }

    /// Attributes that nothing follows.
    pub(super) fn left_over(&mut self, list: &List) {
        let lead = std::mem::take(&mut self.lead);
        let Some(first) = lead.attributes.first().copied() else { return };
        self.go_to(list.scope, list.block, StmtId::NONE);
        self.stmt = self.add_stmt(place(first));
        let exprs = self.body().exprs.len();
        let marks = self.attributes(&lead);
        let first = marks.decorators.of(&self.builder.facts.body.kids).first().copied();
        self.set_stmt(StmtKind::Expr, first.unwrap_or_default().0, 0);
        let exprs = self.exprs_since(exprs);
        if let Some(stmt) = self.stmt_mut() {
            stmt.exprs = exprs;
        }
    }

    /// `#![…]` is a statement, and says something of the module it stands in.
    fn inner_attribute(&mut self, node: Node<'t>) {
        let attribute = self.walk(node, Field::None).expr;
        let mut marks = super::attributes::Marks::default();
        self.mark_by(attribute, &mut marks);
        let owner = self.owner;
        if let Some(owner) = self.def_mut(owner) {
            owner.flags |= marks.flags;
        }
        self.set_stmt(StmtKind::Expr, attribute.0, 0);
    }

    /// `extern "C" { … }`.
    fn foreign(&mut self, node: Node<'t>, lead: &Lead<'t>) {
        let _ = self.attributes(lead);
        let _ = self.walk(node, Field::None);
        self.set_stmt(StmtKind::Open, 0, 0);
    }

    /// What a statement is by the expression it is made of.
    fn classify(&mut self, value: Value, whole: Place, list: &List) {
        let is_last = self.is_last(list) && !self.slice(whole.at, whole.end()).ends_with(';');
        let is_module = self.builder.facts.block(list.block).is_none_or(|block| {
            use crate::facts::body::BlockKind::{Class, Module};
            matches!(block.kind, Module | Class)
        });
        let found = self.expr(value.expr).copied();
        let is_plain =
            found.is_some_and(|found| !found.has(crate::facts::body::expr::PARENTHESISED));
        match (value.rule, found) {
            (Rule::Let, _) => {}
            (Rule::Return | Rule::Break | Rule::Continue, Some(leave)) if is_plain => {
                self.unwrap_last(value.expr);
                self.leave_statement(value.rule, leave.a);
            }
            (Rule::Assign | Rule::Augment, Some(assign)) if is_plain => {
                self.unwrap_last(value.expr);
                self.set_stmt(StmtKind::Bind, assign.a, assign.b);
                let is_assign = value.rule == Rule::Assign;
                if let Some(stmt) = self.stmt_mut() {
                    stmt.op = if is_assign { BindOp::Assign } else { BindOp::Augment };
                }
            }
            _ if is_last && !is_module => self.set_stmt(StmtKind::Tail, value.expr.0, 0),
            (Rule::MacroCall, _) => self.set_stmt(StmtKind::Macro, value.expr.0, 0),
            _ => self.set_stmt(StmtKind::Expr, value.expr.0, 0),
        }
    }

    /// Whether only comments follow.
    fn is_last(&self, list: &List) -> bool {
        let rest = self.nodes.get(list.at..list.end).unwrap_or(&[]);
        rest.iter().all(|node| self.kinds.rule(node.kind_id()) == Rule::Comment)
    }

    /// A statement needs no expression of its own kind.
    fn unwrap_last(&mut self, id: ExprId) {
        let exprs = &mut self.body().exprs;
        if id == ExprId::at(exprs.len().saturating_sub(1)) {
            let _ = exprs.pop();
        }
    }

    fn leave_statement(&mut self, rule: Rule, value: u32) {
        let label = self.label.0;
        match rule {
            Rule::Break => self.set_stmt(StmtKind::Break, label, value),
            Rule::Continue => self.set_stmt(StmtKind::Continue, label, 0),
            _ => self.set_stmt(StmtKind::Return, value, 0),
        }
    }

    /// `let pattern: type = value else { … };`.
    pub(super) fn close_let(&mut self, frame: &Frame, value: &mut Value) {
        let target = self.expr_in(frame, Field::Pattern);
        let given = self.expr_in(frame, Field::Value);
        let ty = self.expr_in(frame, Field::Type);
        self.set_stmt(StmtKind::Bind, target.0, given.0);
        if let Some(stmt) = self.stmt_mut() {
            (stmt.op, stmt.ty) = (BindOp::Let, ty);
        }
        value.expr = ExprId::NONE;
    }

    /// An expression statement is the expression in it, and so is what stands for what is inside.
    pub(super) fn pass(&mut self, frame: &Frame, value: &mut Value) {
        let inner = self.children(frame).iter().rev().find(|inner| inner.expr.is_some()).copied();
        let Some(inner) = inner else { return };
        value.expr = inner.expr;
        if frame.rule == Rule::ExprStmt {
            value.rule = inner.rule;
        }
    }
}
