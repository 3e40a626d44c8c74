//! Values that are known before the run.

use std::sync::Arc;

use crate::syntax::ast::{Expr, ExprKind, Numeric, Unary};
use crate::value::Value;

/// The value of a constant expression; `None` for all others.
pub(super) fn constant(expr: &Expr) -> Option<Value> {
    match &expr.kind {
        ExprKind::Null => Some(Value::Null),
        ExprKind::Bool(value) => Some(Value::Bool(*value)),
        ExprKind::Number(number) => Some(numeric(number.value)),
        ExprKind::Duration(text) => Some(Value::Str(Arc::clone(text))),
        ExprKind::Text(text) => Some(Value::Str(Arc::clone(&text.value))),
        ExprKind::List(items) => {
            items.iter().map(constant).collect::<Option<Vec<_>>>().map(Value::list)
        }
        ExprKind::Object(entries) => {
            let fields = entries
                .iter()
                .map(|entry| Some((Arc::clone(&entry.key.text), constant(&entry.value)?)));
            fields.collect::<Option<Vec<_>>>().map(Value::object)
        }
        ExprKind::Paren(inner) => constant(inner),
        ExprKind::Unary(Unary::Minus, inner) => match constant(inner)? {
            Value::Int(n) => n.checked_neg().map(Value::Int),
            Value::Float(x) => Some(Value::Float(-x)),
            _ => None,
        },
        _ => None,
    }
}

fn numeric(number: Numeric) -> Value {
    match number {
        Numeric::Int(value) => Value::Int(value),
        Numeric::Float(value) => Value::Float(value),
    }
}
