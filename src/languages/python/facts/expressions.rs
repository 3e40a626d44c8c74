//! Expressions: children first, then the record.

use ruff_python_ast::{
    Expr, ExprAttribute, ExprBinOp, ExprCall, ExprCompare, ExprContext, ExprDict, ExprIf, ExprName,
    ExprNamed, ExprSlice, ExprSubscript, ExprUnaryOp, Operator, UnaryOp,
};
use ruff_text_size::{Ranged, TextRange};

use super::reader::Reader;
use crate::facts::ExprId;
use crate::facts::body::{ConstKind, ExprKind, Op, expr};
use crate::facts::head::{scope, symbol};

impl Reader<'_> {
    /// Reads an expression.
    pub(super) fn expr(&mut self, node: &Expr) -> ExprId {
        match node {
            Expr::Name(name) => self.name(name),
            Expr::Attribute(attribute) => self.attribute(attribute),
            Expr::Call(call) => self.call(call),
            Expr::StringLiteral(string) => self.string(string),
            Expr::BytesLiteral(bytes) => self.bytes(bytes),
            Expr::NumberLiteral(number) => self.number(number),
            Expr::BooleanLiteral(literal) if literal.value => {
                self.word(ConstKind::True, "True", literal.range)
            }
            Expr::BooleanLiteral(literal) => self.word(ConstKind::False, "False", literal.range),
            Expr::NoneLiteral(literal) => self.word(ConstKind::None, "None", literal.range),
            Expr::EllipsisLiteral(literal) => self.word(ConstKind::Ellipsis, "...", literal.range),
            Expr::FString(string) => self.f_string(string),
            Expr::TString(string) => self.t_string(string),
            Expr::Subscript(subscript) => self.subscript(subscript),
            Expr::Tuple(tuple) => self.tuple(tuple),
            Expr::List(list) => self.many(ExprKind::List, of(list.ctx), &list.elts, list.range),
            Expr::Set(set) => self.many(ExprKind::Set, 0, &set.elts, set.range),
            Expr::Dict(dict) => self.dict(dict),
            Expr::Starred(starred) => {
                self.one(ExprKind::Starred, of(starred.ctx), &starred.value, starred.range)
            }
            Expr::BoolOp(either) => self.many(ExprKind::Either, 0, &either.values, either.range),
            Expr::If(choice) => self.choice(choice),
            Expr::UnaryOp(unary) => self.unary(unary),
            Expr::BinOp(binary) => self.binary(binary),
            Expr::Compare(compare) => self.compare(compare),
            Expr::Named(named) => self.named(named),
            Expr::Await(node) => self.awaited(&node.value, node.range),
            Expr::Yield(node) => self.yielded(node.value.as_deref(), node.range),
            Expr::YieldFrom(node) => {
                self.yields();
                self.one(ExprKind::YieldFrom, 0, &node.value, node.range)
            }
            Expr::Lambda(lambda) => self.lambda(lambda),
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                self.comprehension(node)
            }
            Expr::Slice(slice) => self.slice(slice),
            Expr::IpyEscapeCommand(command) => self.push(ExprKind::Other, 0, 0, command.range),
        }
    }

    /// Reads an expression that need not be there.
    pub(super) fn optional(&mut self, node: Option<&Expr>) -> ExprId {
        node.map_or(ExprId::NONE, |node| self.expr(node))
    }

    fn one(&mut self, kind: ExprKind, flags: u16, operand: &Expr, range: TextRange) -> ExprId {
        let operand = self.expr(operand);
        self.push_flagged(kind, flags, [operand.0, 0], range)
    }

    fn many(&mut self, kind: ExprKind, flags: u16, nodes: &[Expr], range: TextRange) -> ExprId {
        let base = self.pending.kids.len();
        self.kids(nodes);
        self.push_many(kind, flags, base, range)
    }

    /// Reads expressions as kids of an owner that is not complete yet.
    pub(super) fn kids<'a>(&mut self, nodes: impl IntoIterator<Item = &'a Expr>) {
        for node in nodes {
            let id = self.expr(node);
            self.pending.kids.push(id);
        }
    }

    fn tuple(&mut self, tuple: &ruff_python_ast::ExprTuple) -> ExprId {
        let brackets = if tuple.parenthesized { expr::PARENTHESISED } else { 0 };
        self.many(ExprKind::Tuple, of(tuple.ctx) | brackets, &tuple.elts, tuple.range)
    }

    fn name(&mut self, name: &ExprName) -> ExprId {
        if name.id.is_empty() {
            // What ruff puts where an expression is missing.
            return self.push(ExprKind::Other, 0, 0, name.range);
        }
        let id = self.intern(&name.id);
        let does = match name.ctx {
            ExprContext::Load | ExprContext::Invalid => symbol::REFERENCED,
            ExprContext::Store => self.binds,
            ExprContext::Del => symbol::DELETED,
        };
        if self.counts_for_scope() {
            self.mention(id, does);
            if does == symbol::REFERENCED && matches!(name.id.as_str(), "super" | "__class__") {
                self.flag_scope(scope::USES_CLASS);
            }
        }
        self.push_flagged(ExprKind::Name, of(name.ctx), [id.0, 0], name.range)
    }

    /// Whether a name that stands here is evaluated in the scope it stands in.
    fn counts_for_scope(&self) -> bool {
        let is_later = self.frames.flags & scope::FUTURE_ANNOTATIONS != 0;
        self.flags & expr::QUOTED == 0 && !(is_later && self.flags & expr::ANNOTATION != 0)
    }

    fn attribute(&mut self, attribute: &ExprAttribute) -> ExprId {
        let base = self.expr(&attribute.value);
        let name = self.intern(&attribute.attr);
        self.push_flagged(ExprKind::Attr, of(attribute.ctx), [base.0, name.0], attribute.range)
    }

    fn call(&mut self, call: &ExprCall) -> ExprId {
        if let Expr::Name(name) = &*call.func
            && matches!(name.id.as_str(), "locals" | "exec" | "eval" | "vars" | "globals")
        {
            self.flag_scope(scope::DYNAMIC);
        }
        let callee = self.expr(&call.func);
        let types = std::mem::replace(&mut self.strings_are_types, false);
        let args = self.arguments(&call.arguments);
        self.strings_are_types = types;
        let id = self.push_call(args, call.arguments.start().to_u32());
        self.push(ExprKind::Call, callee.0, id.0, call.range())
    }

    fn dict(&mut self, dict: &ExprDict) -> ExprId {
        let base = self.pending.kids.len();
        for item in &dict.items {
            let key = self.optional(item.key.as_ref());
            self.pending.kids.push(key);
            let value = self.expr(&item.value);
            self.pending.kids.push(value);
        }
        self.push_many(ExprKind::Dict, 0, base, dict.range)
    }

    fn subscript(&mut self, subscript: &ExprSubscript) -> ExprId {
        let base = self.expr(&subscript.value);
        let types = self.strings_are_types;
        let key = match &*subscript.slice {
            _ if !types => self.expr(&subscript.slice),
            Expr::Tuple(tuple) if is_called(&subscript.value, "Annotated") => self.annotated(tuple),
            key => {
                self.strings_are_types = !is_called(&subscript.value, "Literal");
                self.expr(key)
            }
        };
        self.strings_are_types = types;
        self.push_flagged(ExprKind::Index, of(subscript.ctx), [base.0, key.0], subscript.range)
    }

    /// The key of `Annotated[…]`: only its first element is a type.
    fn annotated(&mut self, tuple: &ruff_python_ast::ExprTuple) -> ExprId {
        let base = self.pending.kids.len();
        for node in &tuple.elts {
            let id = self.expr(node);
            self.pending.kids.push(id);
            self.strings_are_types = false;
        }
        self.push_many(ExprKind::Tuple, 0, base, tuple.range)
    }

    fn slice(&mut self, slice: &ExprSlice) -> ExprId {
        let base = self.pending.kids.len();
        for part in [&slice.lower, &slice.upper, &slice.step] {
            let id = self.optional(part.as_deref());
            self.pending.kids.push(id);
        }
        self.push_many(ExprKind::Slice, 0, base, slice.range)
    }

    /// `a if t else b`, read as it stands, kept as `t`, `a`, `b`.
    fn choice(&mut self, choice: &ExprIf) -> ExprId {
        let base = self.pending.kids.len();
        let first = self.expr(&choice.body);
        let test = self.expr(&choice.test);
        let second = self.expr(&choice.orelse);
        self.pending.kids.extend([test, first, second]);
        self.push_many(ExprKind::Either, 0, base, choice.range)
    }

    fn unary(&mut self, unary: &ExprUnaryOp) -> ExprId {
        let operand = self.expr(&unary.operand);
        let op = match unary.op {
            UnaryOp::Invert => Op::Invert,
            UnaryOp::Not => Op::Not,
            UnaryOp::UAdd => Op::Pos,
            UnaryOp::USub => Op::Neg,
        };
        self.push(ExprKind::Unary, operand.0, op as u32, unary.range)
    }

    fn binary(&mut self, binary: &ExprBinOp) -> ExprId {
        let left = self.expr(&binary.left);
        let right = self.expr(&binary.right);
        let op = (operator(binary.op) as u16) << expr::OP_SHIFT;
        self.push_flagged(ExprKind::Binary, op, [left.0, right.0], binary.range)
    }

    fn compare(&mut self, compare: &ExprCompare) -> ExprId {
        let base = self.pending.kids.len();
        let left = self.expr(&compare.left);
        self.pending.kids.push(left);
        self.kids(&compare.comparators);
        self.push_many(ExprKind::Compare, 0, base, compare.range)
    }

    fn named(&mut self, named: &ExprNamed) -> ExprId {
        let target = match &*named.target {
            Expr::Name(name) if !name.id.is_empty() => {
                let id = self.intern(&name.id);
                if self.counts_for_scope() {
                    self.mention_walrus(id);
                }
                self.push_flagged(ExprKind::Name, expr::STORE, [id.0, 0], name.range)
            }
            other => self.expr(other),
        };
        let value = self.expr(&named.value);
        self.push(ExprKind::Assign, target.0, value.0, named.range)
    }

    fn awaited(&mut self, value: &Expr, range: TextRange) -> ExprId {
        let value = self.expr(value);
        self.mark(value, expr::AWAITED);
        self.push(ExprKind::Await, value.0, 0, range)
    }

    fn yielded(&mut self, value: Option<&Expr>, range: TextRange) -> ExprId {
        self.yields();
        let value = self.optional(value);
        self.push(ExprKind::Yield, value.0, 0, range)
    }
}

/// The flags that say what is done to an expression.
const fn of(context: ExprContext) -> u16 {
    match context {
        ExprContext::Load | ExprContext::Invalid => 0,
        ExprContext::Store => expr::STORE,
        ExprContext::Del => expr::DEL,
    }
}

/// Whether the last segment of a name or attribute is `name`.
fn is_called(node: &Expr, name: &str) -> bool {
    match node {
        Expr::Name(node) => node.id == name,
        Expr::Attribute(node) => node.attr == *name,
        _ => false,
    }
}

const fn operator(op: Operator) -> Op {
    match op {
        Operator::Add => Op::Add,
        Operator::Sub => Op::Sub,
        Operator::Mult => Op::Mul,
        Operator::MatMult => Op::MatMul,
        Operator::Div => Op::Div,
        Operator::Mod => Op::Mod,
        Operator::Pow => Op::Pow,
        Operator::LShift => Op::Shl,
        Operator::RShift => Op::Shr,
        Operator::BitOr => Op::BitOr,
        Operator::BitXor => Op::BitXor,
        Operator::BitAnd => Op::BitAnd,
        Operator::FloorDiv => Op::FloorDiv,
    }
}
