//! Types.

use super::kinds::{Field, Rule};
use super::reader::{Frame, Reader, Value};
use crate::facts::body::{Arg, ArgKind, ExprKind};
use crate::facts::{ExprId, Run};

impl Reader<'_> {
    pub(super) fn type_node(&mut self, frame: &Frame, value: &mut Value) {
        let place = value.place();
        value.expr = match frame.rule {
            Rule::GenericType | Rule::GenericFunction => self.generic(frame, value),
            Rule::RefType | Rule::PointerType | Rule::ArrayType => self.wrapped(frame, value),
            Rule::TupleType => {
                let mut all = Vec::new();
                for part in self.children(frame).iter().filter(|part| part.expr.is_some()) {
                    all.push(Self::positional(part.expr, part.lo));
                }
                let args = self.store_args(all);
                self.type_of(ExprId::NONE, args, value)
            }
            Rule::FnType => self.fn_type(frame, value),
            Rule::Bounds => self.bounded(frame, value),
            Rule::Qualified => {
                let (left, right) = (self.first(frame), self.last(frame));
                self.push(ExprKind::Cast, left.0, right.0, place)
            }
            Rule::TypeBinding => {
                let name = self.part(frame, Field::Name);
                value.run.lo = name.map_or(0, |name| name.run.lo);
                self.expr_in(frame, Field::Type)
            }
            Rule::WherePredicate => {
                let kids = self.kids(frame, None);
                self.push(ExprKind::Other, kids.lo, kids.n, place)
            }
            _ => {
                let kids = self.kids(frame, None);
                self.push(ExprKind::Bounds, kids.lo, kids.n, place)
            }
        };
    }

    fn type_of(&mut self, head: ExprId, args: Run, value: &Value) -> ExprId {
        let open_at = self.expr(head).map_or(value.lo, |head| head.place.end());
        let call = self.add_call(args, open_at, Run::default());
        self.push(ExprKind::Type, head.0, call.0, value.place())
    }

    /// `T<A, B>`.
    fn generic(&mut self, frame: &Frame, value: &Value) -> ExprId {
        let head = match self.expr_in(frame, Field::Type) {
            none if none.is_none() => self.first(frame),
            head => head,
        };
        let args = self.args(frame, Field::TypeArgument);
        self.type_of(head, args, value)
    }

    /// `&T`, `*const T`, `[T]`, `[T; N]`: the first argument is named by the sign.
    fn wrapped(&mut self, frame: &Frame, value: &Value) -> ExprId {
        let is_mut = self.has_sign(frame, "mut");
        let sign = match (frame.rule, is_mut) {
            (Rule::RefType, false) => "&",
            (Rule::RefType, true) => "&mut",
            (Rule::PointerType, false) => "*const",
            (Rule::PointerType, true) => "*mut",
            _ => "[",
        };
        let name = self.builder.intern(sign);
        let inner = self.part(frame, Field::Type);
        let length = self.part(frame, Field::Length);
        let (at, inner) = inner.map_or((value.lo, ExprId::NONE), |inner| (inner.lo, inner.expr));
        let first = Arg { kind: ArgKind::Positional, name, at, value: inner };
        let second = length.map(|length| Self::positional(length.expr, length.lo));
        let args = self.store_args(std::iter::once(first).chain(second));
        self.type_of(ExprId::NONE, args, value)
    }

    /// `fn(A) -> B`; `Fn(A) -> B` is a type whose argument that is.
    fn fn_type(&mut self, frame: &Frame, value: &Value) -> ExprId {
        let result = self.expr_in(frame, Field::ReturnType);
        let kids = self.kids(frame, Some(Field::Argument));
        self.body().kids.push(result);
        let signature = self.push(ExprKind::FnType, kids.lo, kids.n + 1, value.place());
        let head = self.expr_in(frame, Field::Trait);
        if head.is_none() {
            return signature;
        }
        let args = self.store_args([Self::positional(signature, value.lo)]);
        self.type_of(head, args, value)
    }

    /// `dyn T`, `impl A + B`.
    fn bounded(&mut self, frame: &Frame, value: &Value) -> ExprId {
        let inner = self.part(frame, Field::Trait);
        if let Some(inner) = inner.filter(|inner| inner.rule == Rule::Bounded) {
            if let Some(bounds) = self.expr_mut(inner.expr) {
                bounds.place = value.place();
            }
            return inner.expr;
        }
        let kids = self.kids(frame, Some(Field::Trait));
        self.push(ExprKind::Bounds, kids.lo, kids.n, value.place())
    }
}
