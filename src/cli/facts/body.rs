//! The tables of the body as rows: what a record's raw numbers name follows from its kind.

use serde_json::{Map, Value};

use super::row::Row;
use crate::facts::Facts;
use crate::facts::body::{BindOp, ConstKind, Expr, ExprKind, Op, Stmt, StmtKind, expr};
use crate::facts::{Run, Str};

type Rows = Vec<Map<String, Value>>;

const EXPR: &[(u32, &str)] = &[
    (expr::STORE as u32, "store"),
    (expr::DEL as u32, "del"),
    (expr::ANNOTATION as u32, "annotation"),
    (expr::TYPE as u32, "type"),
    (expr::MACRO as u32, "macro"),
    (expr::AWAITED as u32, "awaited"),
    (expr::PARENTHESISED as u32, "parenthesised"),
    (expr::DECORATOR as u32, "decorator"),
    (expr::QUOTED as u32, "quoted"),
];

const FLAGS: u16 = (1 << expr::OP_SHIFT) - 1;

pub(super) fn blocks(facts: &Facts, text: &str) -> Rows {
    let rows = facts.body.blocks.iter().enumerate().map(|(index, block)| {
        Row::new(facts, text, 'b', index)
            .word("kind", block.kind)
            .id("parent", 'b', block.parent.0)
            .id("scope", 's', block.scope.0)
            .id("stmt", 't', block.stmt.0)
            .id("next", 'b', block.next.0)
            .id("test", 'e', block.test.0)
            .id("guard", 'e', block.guard.0)
            .str("label", block.label)
            .run("exprs", 'e', block.exprs)
            .run("stmts", 't', block.stmts)
            .place("at", block.place)
            .done()
    });
    rows.collect()
}

pub(super) fn stmts(facts: &Facts, text: &str) -> Rows {
    let rows = facts.body.stmts.iter().enumerate().map(|(index, stmt)| {
        let row = Row::new(facts, text, 't', index).word("kind", stmt.kind);
        statement(row, stmt)
            .id("type", 'e', stmt.ty.0)
            .id("block", 'b', stmt.block.0)
            .run("exprs", 'e', stmt.exprs)
            .place("at", stmt.place)
            .code(stmt.place)
            .done()
    });
    rows.collect()
}

fn statement<'f>(row: Row<'f>, stmt: &Stmt) -> Row<'f> {
    let (a, b) = (stmt.a, stmt.b);
    let run = Run { lo: a.saturating_sub(1), n: b };
    match stmt.kind {
        StmtKind::Bind => operator(row, stmt.op).id("target", 'e', a).id("value", 'e', b),
        StmtKind::Expr | StmtKind::Tail | StmtKind::Return | StmtKind::Del | StmtKind::Macro => {
            row.id("value", 'e', a)
        }
        StmtKind::Raise => row.id("value", 'e', a).id("from", 'e', b),
        StmtKind::Assert => row.id("value", 'e', a).id("message", 'e', b),
        StmtKind::Break => row.str("label", Str(a)).id("value", 'e', b),
        StmtKind::Continue => row.str("label", Str(a)),
        StmtKind::Pass => row,
        StmtKind::Def => row.id("def", 'd', a),
        StmtKind::Import => row.run("imports", 'i', run),
        StmtKind::Declare => row.run("declared", 'n', run),
        StmtKind::Open => row.id("first", 'b', a).id("subject", 'e', b),
    }
}

fn operator(row: Row<'_>, op: BindOp) -> Row<'_> {
    row.word("op", op)
}

pub(super) fn exprs(facts: &Facts, text: &str) -> Rows {
    let rows = facts.body.exprs.iter().enumerate().map(|(index, expr)| {
        let row = Row::new(facts, text, 'e', index).word("kind", expr.kind);
        expression(row, facts, expr)
            .flags(u32::from(expr.flags & FLAGS), EXPR)
            .place("at", expr.place)
            .code(expr.place)
            .done()
    });
    rows.collect()
}

fn expression<'f>(row: Row<'f>, facts: &Facts, expr: &Expr) -> Row<'f> {
    let (a, b) = (expr.a, expr.b);
    match expr.kind {
        ExprKind::Name => row.str("name", Str(a)),
        ExprKind::Attr | ExprKind::Path => row.id("base", 'e', a).str("name", Str(b)),
        ExprKind::Index => row.id("base", 'e', a).id("key", 'e', b),
        ExprKind::Call | ExprKind::Method | ExprKind::Macro => {
            row.id("callee", 'e', a).id("call", 'c', b)
        }
        ExprKind::Struct | ExprKind::Pattern => row.id("path", 'e', a).id("call", 'c', b),
        ExprKind::Type => row.id("head", 'e', a).id("call", 'c', b),
        ExprKind::Const => match ConstKind::ALL.get(b as usize) {
            Some(kind) => row.word("const", kind).str("text", Str(a)),
            None => row,
        },
        ExprKind::Lambda => row.id("def", 'd', a),
        ExprKind::Compr => row.id("compr", 'm', a),
        ExprKind::Block => row.id("first", 'b', a).id("subject", 'e', b),
        ExprKind::Binary => row.word("op", expr.op()).id("left", 'e', a).id("right", 'e', b),
        ExprKind::Assign => row.word("op", expr.op()).id("target", 'e', a).id("value", 'e', b),
        ExprKind::Cast => row.id("value", 'e', a).id("type", 'e', b),
        ExprKind::Range => row.id("left", 'e', a).id("right", 'e', b),
        ExprKind::Unary => {
            let op = Op::ALL.get(b as usize).copied().unwrap_or_default();
            row.word("op", op).id("value", 'e', a)
        }
        ExprKind::Ref => row.truth("mut", b == 1).id("value", 'e', a),
        ExprKind::Leave => leave(row, b).id("value", 'e', a),
        ExprKind::Starred
        | ExprKind::Await
        | ExprKind::Yield
        | ExprKind::YieldFrom
        | ExprKind::Try
        | ExprKind::Deref => row.id("value", 'e', a),
        _ => row.list("kids", 'e', Run { lo: a, n: b }.of(&facts.body.kids).iter().map(|e| e.0)),
    }
}

fn leave(row: Row<'_>, kind: u32) -> Row<'_> {
    let kinds = [StmtKind::Return, StmtKind::Break, StmtKind::Continue];
    match kinds.into_iter().find(|known| *known as u32 == kind) {
        Some(known) => row.word("by", known),
        None => row,
    }
}

pub(super) fn calls(facts: &Facts, text: &str) -> Rows {
    let rows = facts.body.calls.iter().enumerate().map(|(index, call)| {
        Row::new(facts, text, 'c', index)
            .run("args", 'a', call.args)
            .point("open_at", call.open_at)
            .list("turbofish", 'e', call.turbofish.of(&facts.body.kids).iter().map(|e| e.0))
            .done()
    });
    rows.collect()
}

pub(super) fn args(facts: &Facts, text: &str) -> Rows {
    let rows = facts.body.args.iter().enumerate().map(|(index, arg)| {
        Row::new(facts, text, 'a', index)
            .word("kind", arg.kind)
            .str("name", arg.name)
            .point("at", arg.at)
            .id("value", 'e', arg.value.0)
            .done()
    });
    rows.collect()
}

pub(super) fn comprs(facts: &Facts, text: &str) -> Rows {
    let rows = facts.body.comprs.iter().enumerate().map(|(index, compr)| {
        Row::new(facts, text, 'm', index)
            .word("kind", compr.kind)
            .id("scope", 's', compr.scope.0)
            .id("element", 'e', compr.element.0)
            .id("value", 'e', compr.value.0)
            .run("clauses", 'f', compr.clauses)
            .done()
    });
    rows.collect()
}

pub(super) fn clauses(facts: &Facts, text: &str) -> Rows {
    let rows = facts.body.clauses.iter().enumerate().map(|(index, clause)| {
        Row::new(facts, text, 'f', index)
            .id("target", 'e', clause.target.0)
            .id("iter", 'e', clause.iter.0)
            .list("ifs", 'e', clause.ifs.of(&facts.body.kids).iter().map(|e| e.0))
            .truth("async", clause.is_async)
            .done()
    });
    rows.collect()
}
