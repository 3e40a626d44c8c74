//! What `isinstance` and `case` say of a name: where the test holds, its value is of that class. What the facts do not
//! tell apart (`and` and `or`) only adds a possibility.

use super::bindings::Binding;
use super::eval::{Eval, In, caught};
use super::names::Use;
use super::value::{Class, Gap, Val, Vals, Whose};
use crate::facts::body::{Block, BlockKind, ExprKind, Op, Stmt, StmtKind};
use crate::facts::{BlockId, ExprId, Facts, ScopeId, Shape, Str};
use crate::project::Evidence;
use crate::project::places::Nests;

/// Most tests of a name before a use that are looked at.
const MOST: usize = 64;

/// How much a test says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// It holds.
    Holds,
    /// It may hold.
    MayHold,
}

/// A test and the bytes where it counts.
#[derive(Clone, Copy, Debug)]
struct Test {
    lo: u32,
    hi: u32,
    scope: ScopeId,
    /// The class, or a tuple of classes.
    class: ExprId,
    says: Says,
}

/// The tests of a file by name and by where they begin to count, an inner one behind those around it.
#[derive(Debug, Default)]
pub(super) struct Tests(Vec<(Str, Test)>);

impl Tests {
    pub(super) fn of(facts: &Facts, nests: &Nests) -> Self {
        let mut tests = Self::default();
        for (block, index) in facts.body.blocks.iter().zip(0..) {
            tests.block(facts, block, BlockId::at(index));
        }
        if facts.strings.find("isinstance").is_some() {
            tests.asserts(facts);
            tests.expressions(facts, nests);
        }
        tests.0.sort_by_key(|(name, test)| (*name, test.lo, std::cmp::Reverse(test.hi)));
        tests
    }

    fn add(&mut self, (name, class): (Str, ExprId), says: Says, scope: ScopeId, at: (u32, u32)) {
        let test = Test { lo: at.0, hi: at.1, scope, class, says };
        self.0.push((name, test));
    }

    fn block(&mut self, facts: &Facts, block: &Block, id: BlockId) {
        let inside = (end(facts, block.test), block.place.end());
        match block.kind {
            BlockKind::If | BlockKind::Elif | BlockKind::While => {
                if let Some(test) = plain(facts, block.test) {
                    self.add(test, Says::Holds, block.scope, inside);
                }
                for test in parts(facts, block.test) {
                    self.add(test, Says::MayHold, block.scope, inside);
                }
            }
            BlockKind::Case => {
                if let Some(test) = case(facts, block) {
                    self.add(test, Says::Holds, block.scope, inside);
                }
            }
            _ => {}
        }
        if block.kind == BlockKind::If
            && block.next.is_none()
            && let Some(test) = negated(facts, block.test)
            && leaves(facts, block, id)
            && let Some(outer) = facts.block(block.parent)
        {
            self.add(test, Says::Holds, block.scope, (block.place.end(), outer.place.end()));
        }
    }

    fn asserts(&mut self, facts: &Facts) {
        let asserts = facts.body.stmts.iter().filter(|stmt| stmt.kind == StmtKind::Assert);
        for stmt in asserts {
            if let Some((test, block)) = plain(facts, ExprId(stmt.a)).zip(facts.block(stmt.block)) {
                let rest = (stmt.place.end(), block.place.end());
                self.add(test, Says::Holds, block.scope, rest);
            }
        }
    }

    /// `isinstance(x, C) and …`, `… if isinstance(x, C) else …`, `… for x in xs if isinstance(x, C)`.
    fn expressions(&mut self, facts: &Facts, nests: &Nests) {
        for (expr, index) in facts.body.exprs.iter().zip(0..) {
            if expr.kind != ExprKind::Either {
                continue;
            }
            for test in parts(facts, ExprId::at(index)) {
                let scope = nests.scope_at(facts, expr.place.at);
                self.add(test, Says::MayHold, scope, (expr.place.at, expr.place.end()));
            }
        }
        for compr in &facts.body.comprs {
            let place = facts.scope(compr.scope).map(|scope| scope.place).unwrap_or_default();
            let clauses = compr.clauses.of(&facts.body.clauses).iter();
            for &test in clauses.flat_map(|clause| clause.ifs.of(&facts.body.kids)) {
                if let Some(test) = plain(facts, test) {
                    self.add(test, Says::Holds, compr.scope, (place.at, place.end()));
                }
            }
        }
    }

    /// The innermost test of a name that counts at a use, unless the name was bound anew since.
    fn at(&self, name: Str, from: Use, found: &[&Binding]) -> Option<Test> {
        let first = self.0.partition_point(|(known, _)| *known < name);
        let behind = self.0.partition_point(|(known, test)| (*known, test.lo) <= (name, from.at));
        let before = self.0.get(first..behind)?.iter().map(|(_, test)| test);
        let counts = |test: &&Test| {
            let is_same =
                |binding: &&Binding| binding.scope == test.scope && binding.from <= test.lo;
            from.at < test.hi && from.scope == test.scope && found.iter().all(is_same)
        };
        before.rev().take(MOST).find(counts).copied()
    }
}

fn end(facts: &Facts, expr: ExprId) -> u32 {
    facts.expr(expr).map_or(0, |expr| expr.place.end())
}

/// `isinstance(name, class)`.
fn plain(facts: &Facts, test: ExprId) -> Option<(Str, ExprId)> {
    let Shape::Call(callee, call) = facts.shape(test) else { return None };
    let Shape::Name(function) = facts.shape(callee) else { return None };
    let [object, class] = call.args.of(&facts.body.args) else { return None };
    let Shape::Name(name) = facts.shape(object.value) else { return None };
    (facts.text(function) == "isinstance").then_some((name, class.value))
}

/// `not isinstance(name, class)`.
fn negated(facts: &Facts, test: ExprId) -> Option<(Str, ExprId)> {
    let unary = facts.expr(test).filter(|test| test.kind == ExprKind::Unary)?;
    let is_not = unary.b == Op::Not as u32;
    is_not.then(|| plain(facts, ExprId(unary.a)))?
}

/// The tests that are parts of a choice.
fn parts(facts: &Facts, test: ExprId) -> impl Iterator<Item = (Str, ExprId)> {
    let is_either = facts.expr(test).is_some_and(|test| test.kind == ExprKind::Either);
    let kids = match facts.shape(test) {
        Shape::Many(kids) if is_either => kids,
        _ => &[],
    };
    kids.iter().filter_map(|&kid| plain(facts, kid))
}

/// `case Class(…)` of a `match` on a name.
fn case(facts: &Facts, block: &Block) -> Option<(Str, ExprId)> {
    let Shape::Pattern(class, _) = facts.shape(block.test) else { return None };
    let subject = facts.stmt(block.stmt).filter(|stmt| stmt.kind == StmtKind::Open)?.b;
    match facts.shape(ExprId(subject)) {
        Shape::Name(name) => Some((name, class)),
        _ => None,
    }
}

/// Whether the last statement of a block goes elsewhere.
fn leaves(facts: &Facts, block: &Block, id: BlockId) -> bool {
    let goes = |stmt: &Stmt| {
        use StmtKind::{Break, Continue, Raise, Return};
        stmt.block == id && matches!(stmt.kind, Return | Raise | Continue | Break)
    };
    block.stmts.of(&facts.body.stmts).last().is_some_and(goes)
}

impl<'p> Eval<'p> {
    /// The values of a name where a test counts.
    pub(super) fn narrowed(
        &mut self,
        file: In<'p>,
        name: Str,
        from: Use,
        found: &[&Binding],
        vals: Vals,
    ) -> Vals {
        let Some(test) = file.bindings.tests.at(name, from, found) else { return vals };
        let is_receiver = |(val, _): &(Val, _)| matches!(val, Val::Instance(_, Whose::Receiver));
        if vals.items.iter().any(is_receiver) {
            return vals;
        }
        let class = self.expr(file, test.class);
        let to = caught(class);
        let is_known = test.says == Says::Holds && to.gap == Gap::Closed && !to.items.is_empty();
        if !is_known {
            return either(vals, to);
        }
        let (mut kept, mut is_related) = (Vals::nothing().with_gap(vals.gap), true);
        for (val, evidence) in &vals.items {
            let Val::Instance(Class::Def(class), _) = val else { continue };
            if self.is_any(&Class::Def(*class), &to) {
                kept.push(val.clone(), *evidence);
            } else {
                is_related &= to.items.iter().any(|(wanted, _)| {
                    let Val::Instance(wanted, _) = wanted else { return false };
                    self.is_below(wanted, &Class::Def(*class))
                });
            }
        }
        match (kept.items.is_empty(), is_related) {
            (false, _) => kept,
            (true, true) => to,
            (true, false) => either(vals, to),
        }
    }

    fn is_any(&mut self, class: &Class, of: &Vals) -> bool {
        of.items.iter().any(|(val, _)| match val {
            Val::Instance(wanted, _) => self.is_below(class, wanted),
            _ => false,
        })
    }

    fn is_below(&mut self, class: &Class, wanted: &Class) -> bool {
        match class {
            Class::Def(def) => self.order(*def).classes.contains(wanted),
            _ => class == wanted,
        }
    }
}

fn either(mut vals: Vals, to: Vals) -> Vals {
    vals.merge(to);
    vals.at_most(Evidence::Candidates).with_gap(Gap::Partial)
}
