//! The local names of one file: parameters, `let`, and what patterns bind, with the byte from which each holds.

use crate::facts::body::{BindOp, ExprKind, StmtKind, expr};
use crate::facts::head::DefKind;
use crate::facts::{DefId, ExprId, Facts, ParamId, ScopeId, Shape, StmtId};
use crate::project::FileId;

use super::names::{hash, plain};

/// A local name of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct LocalId {
    pub(super) file: FileId,
    pub(super) index: u32,
}

/// What gives a local its value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Giver {
    /// A parameter of a definition.
    Param(DefId, ParamId),
    /// A statement that binds.
    Bind(StmtId),
}

/// A local name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Local {
    scope: ScopeId,
    hash: u64,
    /// The byte from which it holds.
    from: u32,
    /// The name in its pattern; none of a parameter that is a name alone.
    pub(super) name: ExprId,
    pub(super) giver: Giver,
}

/// The local names of a file, by scope, hash and byte.
#[derive(Debug)]
pub(super) struct Locals {
    locals: Vec<Local>,
}

impl Locals {
    pub(super) fn of(facts: &Facts) -> Self {
        let mut found = Self { locals: Vec::new() };
        for (index, def) in facts.head.defs.iter().enumerate() {
            if matches!(def.kind, DefKind::Function | DefKind::Closure) {
                found.parameters(facts, DefId::at(index));
            }
        }
        for (index, stmt) in facts.body.stmts.iter().enumerate() {
            let binds = matches!(stmt.op, BindOp::Let | BindOp::For | BindOp::Match);
            if stmt.kind == StmtKind::Bind && binds {
                found.bound(facts, StmtId::at(index));
            }
        }
        found.locals.sort_by_key(|local| (local.scope, local.hash, local.from));
        found
    }

    fn parameters(&mut self, facts: &Facts, id: DefId) {
        let Some(def) = facts.def(id) else { return };
        for index in def.params.range() {
            let Some(param) = facts.head.params.get(index) else { continue };
            let giver = Giver::Param(id, ParamId::at(index));
            if param.name.is_some() {
                let hash = hash(plain(facts.text(param.name)));
                self.locals.push(Local {
                    scope: def.own,
                    hash,
                    from: 0,
                    name: ExprId::NONE,
                    giver,
                });
            }
            if param.pattern.is_some() {
                self.pattern(facts, param.pattern, def.own, 0, giver);
            }
        }
    }

    fn bound(&mut self, facts: &Facts, id: StmtId) {
        let Some(stmt) = facts.stmt(id) else { return };
        let Some(block) = facts.block(stmt.block) else { return };
        let target = ExprId(stmt.a);
        let end = |expr: ExprId| facts.expr(expr).map_or(0, |expr| expr.place.end());
        let from = match stmt.op {
            BindOp::Let => stmt.place.end(),
            _ => {
                // The subject of a `match` stands before, that of `if let` and `for` behind the pattern.
                end(target).max(end(ExprId(stmt.b)))
            }
        };
        self.pattern(facts, target, block.scope, from, Giver::Bind(id));
    }

    /// Adds every name that a pattern binds.
    fn pattern(&mut self, facts: &Facts, pattern: ExprId, scope: ScopeId, from: u32, giver: Giver) {
        let mut open = vec![pattern];
        while let Some(at) = open.pop() {
            if let Some((name, text)) = bound_name(facts, at) {
                self.locals.push(Local { scope, hash: hash(text), from, name, giver });
            }
            open.extend(parts(facts, at));
        }
    }

    /// The local of a name that holds at a byte of its scope.
    pub(super) fn find(&self, facts: &Facts, scope: ScopeId, name: &str, byte: u32) -> Option<u32> {
        let key = (scope, hash(name), byte);
        let behind =
            self.locals.partition_point(|local| (local.scope, local.hash, local.from) <= key);
        let mut index = behind;
        while let Some(before) = index.checked_sub(1) {
            let local = &self.locals[before];
            if (local.scope, local.hash) != (key.0, key.1) {
                return None;
            }
            if local_text(facts, local) == name {
                return u32::try_from(before).ok();
            }
            index = before;
        }
        None
    }

    /// The expressions of patterns that bind names, in order.
    pub(super) fn bindings(&self) -> Vec<ExprId> {
        let names = self.locals.iter().map(|local| local.name);
        let mut names: Vec<ExprId> = names.filter(|name| name.is_some()).collect();
        names.sort_unstable();
        names
    }

    pub(super) fn local(&self, index: u32) -> Option<&Local> {
        self.locals.get(index as usize)
    }
}

fn local_text<'f>(facts: &'f Facts, local: &Local) -> &'f str {
    if let Some((_, text)) = bound_name(facts, local.name) {
        return text;
    }
    match local.giver {
        Giver::Param(_, param) => param
            .index()
            .and_then(|index| facts.head.params.get(index))
            .map_or("", |param| plain(facts.text(param.name))),
        Giver::Bind(_) => "",
    }
}

/// The name that an expression of a pattern itself binds.
fn bound_name(facts: &Facts, id: ExprId) -> Option<(ExprId, &str)> {
    let record = facts.expr(id)?;
    match facts.shape(id) {
        Shape::Name(name) if record.has(expr::STORE) => Some((id, plain(facts.text(name)))),
        _ => None,
    }
}

/// The parts of a pattern.
pub(super) fn parts(facts: &Facts, id: ExprId) -> Vec<ExprId> {
    match facts.shape(id) {
        Shape::Pattern(_, call) | Shape::Struct(_, call) | Shape::Call(_, call) => {
            call.args.of(&facts.body.args).iter().map(|arg| arg.value).collect()
        }
        Shape::Many(kids) => kids.to_vec(),
        Shape::One(inner) => vec![inner],
        Shape::Two(left, right, _) => match facts.expr(id).map(|expr| expr.kind) {
            // `name @ pattern`.
            Some(ExprKind::Assign) => vec![left, right],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
