//! Patterns, and the `let`s of conditions.

use super::kinds::{Field, Rule};
use super::reader::{Binding, Frame, Reader, Value};
use crate::facts::body::{ArgKind, ExprKind, expr};
use crate::facts::{ExprId, Run, Str};

impl Reader<'_> {
    pub(super) fn pattern_node(&mut self, frame: &Frame, value: &mut Value) {
        let place = value.place();
        value.expr = match frame.rule {
            Rule::StructPattern => self.struct_pattern(frame, value),
            Rule::FieldPattern => {
                let name = self.part(frame, Field::Name);
                value.run.lo = name.map_or(0, |name| name.run.lo);
                self.last(frame)
            }
            Rule::Captured => {
                let (name, pattern) = (self.first(frame), self.last(frame));
                self.push(ExprKind::Assign, name.0, pattern.0, place)
            }
            Rule::LetCondition => self.let_condition(frame, value),
            _ => {
                let kids = self.kids(frame, None);
                self.push(ExprKind::Either, kids.lo, kids.n, place)
            }
        };
    }

    /// `P(…)`, `P { … }`.
    fn struct_pattern(&mut self, frame: &Frame, value: &Value) -> ExprId {
        let path = self.expr_in(frame, Field::Type);
        self.not_a_type(path);
        let open_at = self.part(frame, Field::Type).map_or(value.lo, |path| path.hi);
        let blanks = self.slice(open_at, value.hi);
        let blanks = blanks.len() - blanks.trim_start().len();
        let mut args = Vec::new();
        for part in self.values.get(frame.base..).unwrap_or(&[]) {
            let is_part = part.field != Field::Type && part.rule != Rule::Sign;
            let mut arg = super::expressions::argument(part).filter(|_| is_part);
            let is_rest = part.rule == Rule::RestPattern && self.is_braced(open_at, blanks);
            if let Some(arg) = arg.as_mut().filter(|_| is_rest) {
                arg.kind = ArgKind::DoubleStar;
            }
            args.extend(arg);
        }
        let args = self.store_args(args);
        let call = self.add_call(args, open_at + blanks as u32, Run::default());
        self.push(ExprKind::Pattern, path.0, call.0, value.place())
    }

    fn is_braced(&self, open_at: u32, blanks: usize) -> bool {
        self.text.as_bytes().get(open_at as usize + blanks) == Some(&b'{')
    }

    /// `let P = v` as a condition.
    fn let_condition(&mut self, frame: &Frame, value: &Value) -> ExprId {
        let target = self.expr_in(frame, Field::Pattern);
        let given = self.expr_in(frame, Field::Value);
        let from = frame.exprs;
        let to = target.index().map_or(from, |index| index + 1);
        let pattern = self.builder.facts.body.exprs.get(from..to).unwrap_or(&[]);
        let is_bound = |part: &crate::facts::body::Expr| {
            part.kind == ExprKind::Name
                && part.has(expr::STORE)
                && self.builder.facts.text(Str(part.a)) != "_"
        };
        if pattern.iter().any(is_bound) {
            self.lets.push(Binding { target, value: given });
        }
        self.push(ExprKind::Assign, target.0, given.0, value.place())
    }

    /// `_`, `..`, `!`, `()`, `'a`.
    pub(super) fn mark(&mut self, mut value: Value) {
        let place = value.place();
        value.expr = match value.rule {
            Rule::RestPattern => self.push(ExprKind::Starred, 0, 0, place),
            Rule::Unit => self.push(ExprKind::Tuple, 0, 0, place),
            Rule::Never => self.push(ExprKind::Other, 0, 0, place),
            Rule::Lifetime if value.field == Field::Name => ExprId::NONE,
            rule => {
                let name = self.intern(value.lo, value.hi);
                let id = self.push(ExprKind::Name, name.0, 0, place);
                let is_type = rule == Rule::Lifetime;
                self.flag(id, if is_type { expr::TYPE } else { expr::STORE });
                id
            }
        };
        self.values.push(value);
    }
}
