//! Compound statements and their blocks.

use ruff_python_ast::{
    ExceptHandler, MatchCase, Stmt, StmtFor, StmtIf, StmtMatch, StmtTry, StmtWhile, StmtWith, Suite,
};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::reader::{Reader, place};
use crate::facts::body::{BindOp, Block, BlockKind, ExprKind, StmtKind, expr};
use crate::facts::{BlockId, ExprId, Place, Run, StmtId, Str};

/// What stands before the `:` of a block.
#[derive(Default)]
pub(super) struct Header {
    test: ExprId,
    guard: ExprId,
    exprs: Run,
    /// What the header binds, each with its value.
    binds: Option<(BindOp, Vec<(ExprId, ExprId)>)>,
}

impl Header {
    fn test(test: ExprId, exprs: Run) -> Self {
        Self { test, exprs, ..Self::default() }
    }
}

impl Reader<'_> {
    /// The whole file.
    pub(super) fn module(&mut self, body: &Suite) {
        let whole = Place::between(0, self.text.len() as u32);
        let scope =
            self.enter(crate::facts::head::ScopeKind::Module, crate::facts::DefId::NONE, whole);
        let _ = self.doc(body);
        let block = self.suite(BlockKind::Module, StmtId::NONE, Header::default(), body, 0);
        self.change_scope(scope, |scope| scope.block = block);
        self.change_block(block, |block| block.place = whole);
        self.leave();
    }

    fn change_block(&mut self, id: BlockId, change: impl FnOnce(&mut Block)) {
        let found = id.index().and_then(|index| self.builder.facts.body.blocks.get_mut(index));
        if let Some(found) = found {
            change(found);
        }
    }

    /// Reads a block that begins at `start`.
    pub(super) fn suite(
        &mut self,
        kind: BlockKind,
        stmt: StmtId,
        header: Header,
        body: &[Stmt],
        start: u32,
    ) -> BlockId {
        let end = body.last().map_or(start, |last| last.end().to_u32());
        let (parent, scope) = (self.block, self.scope());
        let blocks = &mut self.facts().body.blocks;
        let id = BlockId::at(blocks.len());
        blocks.push(Block {
            kind,
            parent,
            scope,
            stmt,
            next: BlockId::NONE,
            test: header.test,
            guard: header.guard,
            label: Str::NONE,
            exprs: header.exprs,
            stmts: Run::default(),
            place: Place::between(start, end),
        });
        self.block = id;
        let lo = self.builder.facts.body.stmts.len();
        self.header_binds(header.binds);
        body.iter().for_each(|stmt| self.stmt(stmt));
        let stmts = Run::between(lo, self.builder.facts.body.stmts.len());
        self.change_block(id, |block| block.stmts = stmts);
        self.block = parent;
        id
    }

    fn header_binds(&mut self, binds: Option<(BindOp, Vec<(ExprId, ExprId)>)>) {
        let Some((op, pairs)) = binds else { return };
        for (target, value) in pairs {
            let range = self.range_of(target);
            self.push_bind(op, Run::default(), [target, value], range);
        }
    }

    fn range_of(&self, id: ExprId) -> TextRange {
        let place = self.builder.facts.expr(id).map_or(Place::default(), |expr| expr.place);
        TextRange::at(TextSize::new(place.at), TextSize::new(place.len))
    }

    /// Appends a compound; its first block is not known yet.
    fn open(&mut self, exprs: Run, subject: ExprId, range: TextRange) -> StmtId {
        self.push_stmt(StmtKind::Open, exprs, [0, subject.0], range)
    }

    /// Says which block of a compound follows which.
    fn chain(&mut self, stmt: StmtId, last: &mut BlockId, block: BlockId) {
        if last.is_none() {
            let index = stmt.index();
            let found = index.and_then(|index| self.builder.facts.body.stmts.get_mut(index));
            found.into_iter().for_each(|stmt| stmt.a = block.0);
        } else {
            self.change_block(*last, |before| before.next = block);
        }
        *last = block;
    }

    /// Where a keyword stands that ruff has no node of: it is the first code behind the block before.
    fn keyword_after(&self, before: &[Stmt], body: &[Stmt]) -> u32 {
        let first = body.first().map_or(0, |first| first.start().to_u32());
        let Some(last) = before.last() else { return first };
        let mut at = self.next_code(last.end().to_u32());
        while at < first && self.text.as_bytes().get(at as usize) == Some(&b';') {
            at = self.next_code(at + 1);
        }
        at.min(first)
    }

    pub(super) fn if_(&mut self, node: &StmtIf) {
        let stmt = self.open(Run::default(), ExprId::NONE, node.range);
        let lo = self.here();
        let test = self.expr(&node.test);
        let header = Header::test(test, self.since(lo));
        let mut last = BlockId::NONE;
        let block = self.suite(BlockKind::If, stmt, header, &node.body, node.start().to_u32());
        self.chain(stmt, &mut last, block);
        for clause in &node.elif_else_clauses {
            let kind = if clause.test.is_some() { BlockKind::Elif } else { BlockKind::Else };
            let lo = self.here();
            let test = self.optional(clause.test.as_ref());
            let header = Header::test(test, self.since(lo));
            let block = self.suite(kind, stmt, header, &clause.body, clause.start().to_u32());
            self.chain(stmt, &mut last, block);
        }
    }

    pub(super) fn while_(&mut self, node: &StmtWhile) {
        let stmt = self.open(Run::default(), ExprId::NONE, node.range);
        let lo = self.here();
        let test = self.expr(&node.test);
        let header = Header::test(test, self.since(lo));
        let block = self.suite(BlockKind::While, stmt, header, &node.body, node.start().to_u32());
        self.loop_end(stmt, block, &node.body, &node.orelse);
    }

    pub(super) fn for_(&mut self, node: &StmtFor) {
        let stmt = self.open(Run::default(), ExprId::NONE, node.range);
        let lo = self.here();
        let target = self.expr(&node.target);
        let iter = self.expr(&node.iter);
        let binds = Some((BindOp::For, vec![(target, iter)]));
        let header = Header { binds, ..Header::test(iter, self.since(lo)) };
        let block = self.suite(BlockKind::For, stmt, header, &node.body, node.start().to_u32());
        self.loop_end(stmt, block, &node.body, &node.orelse);
    }

    fn loop_end(&mut self, stmt: StmtId, block: BlockId, body: &Suite, orelse: &Suite) {
        let mut last = BlockId::NONE;
        self.chain(stmt, &mut last, block);
        self.plain(BlockKind::LoopElse, stmt, &mut last, body, orelse);
    }

    /// A block without a header, if it is there.
    fn plain(
        &mut self,
        kind: BlockKind,
        stmt: StmtId,
        last: &mut BlockId,
        before: &[Stmt],
        body: &Suite,
    ) {
        if !body.is_empty() {
            let start = self.keyword_after(before, body);
            let block = self.suite(kind, stmt, Header::default(), body, start);
            self.chain(stmt, last, block);
        }
    }

    pub(super) fn with(&mut self, node: &StmtWith) {
        let stmt = self.open(Run::default(), ExprId::NONE, node.range);
        let lo = self.here();
        let base = self.pending.kids.len();
        let mut binds = Vec::new();
        for item in &node.items {
            let manager = self.expr(&item.context_expr);
            self.pending.kids.push(manager);
            if let Some(target) = &item.optional_vars {
                binds.push((self.expr(target), manager));
            }
        }
        let test = self.managers(base);
        let header =
            Header { binds: Some((BindOp::With, binds)), ..Header::test(test, self.since(lo)) };
        let block = self.suite(BlockKind::With, stmt, header, &node.body, node.start().to_u32());
        let mut last = BlockId::NONE;
        self.chain(stmt, &mut last, block);
    }

    /// The context managers of a `with`: several are a tuple.
    fn managers(&mut self, base: usize) -> ExprId {
        let managers = self.pending.kids.get(base..).unwrap_or(&[]);
        let (Some(&first), Some(&last)) = (managers.first(), managers.last()) else {
            return ExprId::NONE;
        };
        if first == last {
            self.pending.kids.truncate(base);
            return first;
        }
        let range = self.range_of(first).cover(self.range_of(last));
        self.push_many(ExprKind::Tuple, 0, base, range)
    }

    pub(super) fn try_(&mut self, node: &StmtTry) {
        let stmt = self.open(Run::default(), ExprId::NONE, node.range);
        let mut last = BlockId::NONE;
        let start = node.start().to_u32();
        let block = self.suite(BlockKind::Try, stmt, Header::default(), &node.body, start);
        self.chain(stmt, &mut last, block);
        let mut before = &node.body;
        for handler in &node.handlers {
            let ExceptHandler::ExceptHandler(handler) = handler;
            let kind = if node.is_star { BlockKind::ExceptStar } else { BlockKind::Except };
            let lo = self.here();
            let test = self.optional(handler.type_.as_deref());
            let name = self.capture(handler.name.as_ref());
            let binds = name.is_some().then(|| (BindOp::Except, vec![(name, test)]));
            let header = Header { binds, ..Header::test(test, self.since(lo)) };
            let block = self.suite(kind, stmt, header, &handler.body, handler.start().to_u32());
            self.chain(stmt, &mut last, block);
            before = &handler.body;
        }
        self.plain(BlockKind::TryElse, stmt, &mut last, before, &node.orelse);
        let before = if node.orelse.is_empty() { before } else { &node.orelse };
        self.plain(BlockKind::Finally, stmt, &mut last, before, &node.finalbody);
    }

    pub(super) fn match_(&mut self, node: &StmtMatch) {
        let lo = self.here();
        let subject = self.expr(&node.subject);
        let stmt = self.open(self.since(lo), subject, node.range);
        let mut last = BlockId::NONE;
        for case in &node.cases {
            let block = self.case(case, stmt, subject);
            self.chain(stmt, &mut last, block);
        }
    }

    fn case(&mut self, case: &MatchCase, stmt: StmtId, subject: ExprId) -> BlockId {
        let lo = self.here();
        let test = self.pattern(&case.pattern);
        let exprs = self.builder.facts.body.exprs.get(lo..).unwrap_or(&[]);
        let captures = exprs.iter().any(|e| e.has(expr::STORE));
        let guard = self.optional(case.guard.as_deref());
        let binds = captures.then(|| (BindOp::Match, vec![(test, subject)]));
        let header = Header { guard, binds, ..Header::test(test, self.since(lo)) };
        self.suite(BlockKind::Case, stmt, header, &case.body, place(case.range).at)
    }
}
