//! The making of `__all__`, read from the expressions that are already recorded.

use super::reader::Reader;
use crate::facts::body::{ArgKind, ConstKind, ExprKind, Op};
use crate::facts::head::{Export, ExportOp};
use crate::facts::{CallId, ExprId, Run, Str};

impl Reader<'_> {
    /// `__all__ = value`.
    pub(super) fn export_value(&mut self, value: ExprId) {
        let first = self.builder.facts.head.exports.len();
        self.export_more(value);
        match self.facts().head.exports.get_mut(first) {
            Some(export) => export.op = ExportOp::Set,
            None => self.push_export(ExportOp::Set, Str::NONE, ExprId::NONE, value),
        }
    }

    /// `__all__ += value`: what stands between the signs of a sum, in order.
    pub(super) fn export_more(&mut self, value: ExprId) {
        let mut rest = vec![value];
        while let Some(id) = rest.pop() {
            let Some(&expr) = self.builder.facts.expr(id) else { continue };
            match expr.kind {
                ExprKind::Binary if expr.op() == Op::Add => {
                    rest.extend([ExprId(expr.b), ExprId(expr.a)]);
                }
                ExprKind::List | ExprKind::Tuple | ExprKind::Set => {
                    for index in (Run { lo: expr.a, n: expr.b }).range() {
                        let kid = self.builder.facts.body.kids.get(index).copied();
                        self.export_element(ExportOp::Add, kid.unwrap_or_default());
                    }
                }
                _ => self.push_export(ExportOp::Add, Str::NONE, id, id),
            }
        }
    }

    /// `__all__.extend(…)`, `.append(…)`, `.remove(…)`.
    pub(super) fn export_by_method(&mut self, call: ExprId) {
        let facts = &self.builder.facts;
        let Some(call) = facts.expr(call).filter(|expr| expr.kind == ExprKind::Call) else {
            return;
        };
        let Some(method) = facts.expr(ExprId(call.a)).filter(|e| e.kind == ExprKind::Attr) else {
            return;
        };
        let base = facts.expr(ExprId(method.a)).filter(|expr| expr.kind == ExprKind::Name);
        if base.is_none_or(|base| facts.text(Str(base.a)) != "__all__") {
            return;
        }
        let args = facts.call(CallId(call.b)).map_or(&[][..], |c| c.args.of(&facts.body.args));
        let [arg] = args else { return };
        if arg.kind != ArgKind::Positional {
            return;
        }
        let (value, name) = (arg.value, facts.text(Str(method.b)));
        match name {
            "extend" => self.export_more(value),
            "append" => self.export_element(ExportOp::Add, value),
            "remove" => self.export_element(ExportOp::Remove, value),
            _ => {}
        }
    }

    /// A string, or an expression of which the strings are not known.
    fn export_element(&mut self, op: ExportOp, id: ExprId) {
        let Some(expr) = self.builder.facts.expr(id) else { return };
        let inner = if expr.kind == ExprKind::Starred { ExprId(expr.a) } else { id };
        match expr.kind {
            ExprKind::Const if expr.b == ConstKind::Str as u32 => {
                let text = Str(expr.a);
                self.push_export(op, text, ExprId::NONE, id);
            }
            _ => self.push_export(op, Str::NONE, inner, id),
        }
    }

    fn push_export(&mut self, op: ExportOp, value: Str, expr: ExprId, at: ExprId) {
        let place = self.builder.facts.expr(at).map_or_else(Default::default, |expr| expr.place);
        self.facts().head.exports.push(Export { op, value, expr, place });
    }
}
