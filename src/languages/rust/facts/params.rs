//! Parameters and type parameters.

use super::kinds::{Field, Rule};
use super::reader::{Frame, Reader};
use crate::facts::body::{ExprKind, expr};
use crate::facts::head::{Param, ParamKind, TypeParam, TypeParamKind, symbol};
use crate::facts::{ExprId, Place, Run, Str};

const NONE: Param = Param {
    kind: ParamKind::Positional,
    name: Str::NONE,
    place: Place { at: 0, len: 0 },
    ty: ExprId::NONE,
    default: ExprId::NONE,
    pattern: ExprId::NONE,
};

impl Reader<'_> {
    /// A parameter waits for the end of its list; what is given back is its type.
    pub(super) fn param(&mut self, frame: &Frame) -> ExprId {
        let param = match frame.rule {
            Rule::SelfParam => self.self_param(frame),
            Rule::Variadic => {
                Param { kind: ParamKind::Star, place: Place::between(frame.lo, frame.hi), ..NONE }
            }
            _ => self.plain_param(frame),
        };
        self.params.push(param);
        param.ty
    }

    fn plain_param(&mut self, frame: &Frame) -> Param {
        let ty = self.expr_in(frame, Field::Type);
        let Some(pattern) = self.part(frame, Field::Pattern) else {
            return Param { ty, place: Place::between(frame.lo, frame.hi), ..NONE };
        };
        let place = pattern.place();
        if pattern.rule == Rule::Name && self.slice(pattern.lo, pattern.hi) == "self" {
            // `self: Box<Self>`.
            let name = self.intern(pattern.lo, pattern.hi);
            self.symbols.note(self.context.scope, name, symbol::PARAM, pattern.lo);
            return Param { kind: ParamKind::SelfValue, name, place, ty, ..NONE };
        }
        let (name, pattern) = self.named(pattern.run.lo, pattern.expr, frame);
        Param { name, place, ty, pattern, ..NONE }
    }

    /// The name of a pattern that binds but one, and the pattern unless it is that name.
    fn named(&self, raw: u32, pattern: ExprId, frame: &Frame) -> (Str, ExprId) {
        if pattern.is_none() {
            return (Str(raw), pattern);
        }
        let exprs = self.builder.facts.body.exprs.get(frame.exprs..).unwrap_or(&[]);
        let last = pattern.index().map_or(0, |index| index + 1 - frame.exprs);
        let mut stored = exprs.iter().take(last).filter(|found| {
            found.kind == ExprKind::Name && found.has(expr::STORE) && self.is_named(found.a)
        });
        match (stored.next(), stored.next()) {
            (Some(only), None) => (Str(only.a), pattern),
            _ => (Str::NONE, pattern),
        }
    }

    fn is_named(&self, raw: u32) -> bool {
        self.builder.facts.text(Str(raw)) != "_"
    }

    /// `self`, `&self`, `&mut self`: what stands before the name is a pattern.
    fn self_param(&mut self, frame: &Frame) -> Param {
        let Some(own) =
            self.children(frame).iter().rfind(|value| value.rule == Rule::Name).copied()
        else {
            return NONE;
        };
        let name = Str(own.run.lo);
        self.symbols.note(self.context.scope, name, symbol::PARAM, own.lo);
        let (is_ref, is_mut) = (self.has_sign(frame, "&"), self.has_sign(frame, "mut"));
        self.flag(own.expr, expr::STORE);
        let pattern = if is_ref {
            let place = Place::between(frame.lo, frame.hi);
            self.push(ExprKind::Ref, own.expr.0, u32::from(is_mut), place)
        } else {
            ExprId::NONE
        };
        Param { kind: ParamKind::SelfValue, name, place: own.place(), pattern, ..NONE }
    }

    /// Stores the parameters of a list together.
    pub(super) fn close_params(&mut self, frame: &Frame) -> Run {
        let lo = self.builder.facts.head.params.len();
        let mut waiting = self.params.split_off(frame.params).into_iter();
        for index in frame.base..self.values.len() {
            let value = self.values[index];
            let is_pattern = frame.rule == Rule::ClosureParams;
            let param = match value.rule {
                Rule::Parameter | Rule::SelfParam | Rule::Variadic => waiting.next(),
                Rule::Sign | Rule::AttributeItem | Rule::Skip => None,
                _ if is_pattern => {
                    let start = self.start_of(frame, index);
                    let inner = Frame { exprs: start, ..*frame };
                    let (name, pattern) = self.named(value.run.lo, value.expr, &inner);
                    Some(Param { name, place: value.place(), pattern, ..NONE })
                }
                _ => Some(Param { place: value.place(), ty: value.expr, ..NONE }),
            };
            self.head().params.extend(param);
        }
        Run::between(lo, self.builder.facts.head.params.len())
    }

    /// Where the expressions of a child begin.
    fn start_of(&self, frame: &Frame, index: usize) -> usize {
        let before = self.values.get(frame.base..index).unwrap_or(&[]).iter().rev();
        let last = before.map(|value| value.expr).find(|expr| expr.is_some());
        last.and_then(ExprId::index).map_or(frame.exprs, |index| index + 1)
    }

    /// `T: Bound = Default`, `'a: 'b`, `const N: T = 1`.
    pub(super) fn type_param(&mut self, frame: &Frame) {
        let kind = match frame.rule {
            Rule::LifetimeParam => TypeParamKind::Lifetime,
            Rule::ConstParam => TypeParamKind::Const,
            _ => TypeParamKind::Type,
        };
        let Some(name) = self.part(frame, Field::Name) else { return };
        let text = self.intern(name.lo, name.hi);
        self.symbols.note(self.context.scope, text, symbol::TYPE_PARAM, name.lo);
        let (bound, default) = match kind {
            TypeParamKind::Const => {
                (self.expr_in(frame, Field::Type), self.expr_in(frame, Field::Value))
            }
            _ => (self.bounds(frame), self.expr_in(frame, Field::DefaultType)),
        };
        self.type_params.push(TypeParam { kind, name: text, place: name.place(), bound, default });
    }

    /// One bound is itself, several are an expression with a kid each.
    pub(super) fn bounds(&mut self, frame: &Frame) -> ExprId {
        let bounds = self.children(frame).iter().filter(|value| value.field == Field::Bounds);
        let (lo, hi) = bounds
            .clone()
            .fold((u32::MAX, 0), |(lo, hi), value| (lo.min(value.lo), hi.max(value.hi)));
        let count = bounds.filter(|value| value.expr.is_some()).count();
        if count <= 1 {
            return self.expr_in(frame, Field::Bounds);
        }
        let kids = self.kids(frame, Some(Field::Bounds));
        self.push(ExprKind::Bounds, kids.lo, kids.n, Place::between(lo, hi))
    }

    /// Stores the type parameters of a definition together; those of a bound are nobody's.
    pub(super) fn close_type_params(&mut self, frame: &Frame) -> Run {
        let waiting = self.type_params.split_off(frame.params);
        if !matches!(self.parent_rule(), Rule::Item(_)) {
            return Run::default();
        }
        let all = &mut self.head().type_params;
        let lo = all.len();
        all.extend(waiting);
        Run::between(lo, all.len())
    }
}
