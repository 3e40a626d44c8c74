//! An expression as a reader wants it: its kind with what belongs to it, looked up in the tables.

use super::body::{Arg, Call, Compr, ConstKind, Expr, ExprKind, Op};
use super::{BlockId, CallId, ComprId, DefId, ExprId, Facts, Run, Str};

/// An expression with its parts. Kinds are explained at [`ExprKind`].
#[derive(Clone, Copy, Debug)]
pub enum Shape<'f> {
    /// A name.
    Name(Str),
    /// Base and name.
    Attr(ExprId, Str),
    /// Base or none, and the last segment.
    Path(ExprId, Str),
    /// Base and key.
    Index(ExprId, ExprId),
    /// Callee and arguments.
    Call(ExprId, &'f Call),
    /// An `Attr` and arguments.
    Method(ExprId, &'f Call),
    /// Path and what was read inside.
    Macro(ExprId, &'f Call),
    /// `ExprKind` is `Tuple`, `List`, `Set`, `Dict`, `Slice`, `FString`, `Either`, `Compare`, `Bounds`, `FnType` or
    /// `Other`.
    Many(&'f [ExprId]),
    /// Path and fields.
    Struct(ExprId, &'f Call),
    /// A lambda or closure.
    Lambda(DefId),
    /// A comprehension.
    Compr(&'f Compr),
    /// Text and kind.
    Const(Str, ConstKind),
    /// `ExprKind` is `Starred`, `Unary`, `Await`, `Yield`, `YieldFrom`, `Try`, `Ref`, `Deref` or `Leave`; the operand
    /// may be none.
    One(ExprId),
    /// `ExprKind` is `Binary`, `Assign`, `Cast` or `Range`; each may be none.
    Two(ExprId, ExprId, Op),
    /// First block and subject.
    Block(BlockId, ExprId),
    /// Path and parts.
    Pattern(ExprId, &'f Call),
    /// Head and arguments.
    Type(ExprId, &'f Call),
    /// No such expression.
    Nothing,
}

/// A call of any form.
#[derive(Clone, Copy, Debug)]
pub struct CallView<'f> {
    /// The call.
    pub expr: ExprId,
    /// What is called: a name, path, attribute, or anything else.
    pub callee: ExprId,
    /// Its arguments.
    pub args: &'f [Arg],
    /// Which form it has: `Call`, `Method` or `Macro`.
    pub form: ExprKind,
}

impl Facts {
    /// The parts of an expression.
    #[must_use]
    pub fn shape(&self, id: ExprId) -> Shape<'_> {
        let Some(expr) = self.expr(id) else { return Shape::Nothing };
        let (first, second) = (ExprId(expr.a), ExprId(expr.b));
        match expr.kind {
            ExprKind::Name => Shape::Name(Str(expr.a)),
            ExprKind::Attr => Shape::Attr(first, Str(expr.b)),
            ExprKind::Path => Shape::Path(first, Str(expr.b)),
            ExprKind::Index => Shape::Index(first, second),
            ExprKind::Call => self.with_call(expr, Shape::Call),
            ExprKind::Method => self.with_call(expr, Shape::Method),
            ExprKind::Macro => self.with_call(expr, Shape::Macro),
            ExprKind::Struct => self.with_call(expr, Shape::Struct),
            ExprKind::Pattern => self.with_call(expr, Shape::Pattern),
            ExprKind::Type => self.with_call(expr, Shape::Type),
            ExprKind::Const => match ConstKind::ALL.get(expr.b as usize) {
                Some(&kind) => Shape::Const(Str(expr.a), kind),
                None => Shape::Nothing,
            },
            ExprKind::Lambda => Shape::Lambda(DefId(expr.a)),
            ExprKind::Compr => self.compr(ComprId(expr.a)).map_or(Shape::Nothing, Shape::Compr),
            ExprKind::Block => Shape::Block(BlockId(expr.a), second),
            ExprKind::Binary | ExprKind::Assign | ExprKind::Cast | ExprKind::Range => {
                Shape::Two(first, second, expr.op())
            }
            ExprKind::Starred
            | ExprKind::Unary
            | ExprKind::Await
            | ExprKind::Yield
            | ExprKind::YieldFrom
            | ExprKind::Try
            | ExprKind::Ref
            | ExprKind::Deref
            | ExprKind::Leave => Shape::One(first),
            ExprKind::Tuple
            | ExprKind::List
            | ExprKind::Set
            | ExprKind::Dict
            | ExprKind::Slice
            | ExprKind::FString
            | ExprKind::Either
            | ExprKind::Compare
            | ExprKind::Bounds
            | ExprKind::FnType
            | ExprKind::Other => Shape::Many(Run { lo: expr.a, n: expr.b }.of(&self.body.kids)),
        }
    }

    fn with_call<'f>(&'f self, expr: &Expr, shape: fn(ExprId, &'f Call) -> Shape<'f>) -> Shape<'f> {
        self.call(CallId(expr.b)).map_or(Shape::Nothing, |call| shape(ExprId(expr.a), call))
    }

    /// The call that an expression is.
    #[must_use]
    pub fn as_call(&self, id: ExprId) -> Option<CallView<'_>> {
        let expr = self.expr(id)?;
        if !matches!(expr.kind, ExprKind::Call | ExprKind::Method | ExprKind::Macro) {
            return None;
        }
        let call = self.call(CallId(expr.b))?;
        Some(CallView {
            expr: id,
            callee: ExprId(expr.a),
            args: call.args.of(&self.body.args),
            form: expr.kind,
        })
    }

    /// Every call in the file, an inner one before the one it is part of.
    pub fn call_sites(&self) -> impl Iterator<Item = CallView<'_>> {
        (0..self.body.exprs.len()).filter_map(|index| self.as_call(ExprId::at(index)))
    }

    /// The last segment of a name, attribute or path, with its place.
    #[must_use]
    pub fn last_segment(&self, id: ExprId) -> Option<(Str, super::Place)> {
        let expr = self.expr(id)?;
        let name = match expr.kind {
            ExprKind::Name => Str(expr.a),
            ExprKind::Attr | ExprKind::Path => Str(expr.b),
            ExprKind::Type => return self.last_segment(ExprId(expr.a)),
            _ => return None,
        };
        let length = self.text(name).len() as u32;
        let end = expr.place.end();
        Some((name, super::Place::between(end.saturating_sub(length), end)))
    }
}
