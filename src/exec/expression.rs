//! Expressions to values. The parser bounds their depth, so recursion is safe.

use std::sync::Arc;

use super::context::Names;
use super::operator;
use crate::diagnostic::{Fault, Kind, code};
use crate::syntax::ast::{Accessor, Entry, Expr, ExprKind, Numeric, Part, Template, Unary};
use crate::value::{Value, function, ops, show};

/// The value of an expression.
///
/// # Errors
/// A fault of kind `argument` or `limit`, with the place of the smallest expression it arose in.
pub fn eval(names: &dyn Names, expr: &Expr) -> Result<Value, Fault> {
    match &expr.kind {
        ExprKind::Null => Ok(Value::Null),
        ExprKind::Bool(value) => Ok(Value::Bool(*value)),
        ExprKind::Number(number) => Ok(numeric(number.value)),
        ExprKind::Duration(text) => Ok(Value::Str(Arc::clone(text))),
        ExprKind::Text(text) => Ok(Value::Str(Arc::clone(&text.value))),
        ExprKind::Template(template) => render(names, template).map(Value::from),
        ExprKind::List(items) => items
            .iter()
            .map(|item| eval(names, item))
            .collect::<Result<Vec<_>, _>>()
            .map(Value::list),
        ExprKind::Object(entries) => object(names, entries),
        ExprKind::Name(name) => names
            .read(name)
            .map_err(|fault| fault.at(expr.span))?
            .ok_or_else(|| unknown(name).at(expr.span)),
        ExprKind::Call(name, arguments) => {
            call(names, &name.text, arguments).map_err(|fault| fault.at(expr.span))
        }
        ExprKind::Access(base, accessor) => {
            access(names, base, accessor).map_err(|fault| fault.at(expr.span))
        }
        ExprKind::Unary(Unary::Not, inner) => Ok(Value::Bool(!ops::truth(&eval(names, inner)?))),
        ExprKind::Unary(Unary::Minus, inner) => {
            ops::negate(&eval(names, inner)?).map_err(|fault| fault.at(expr.span))
        }
        ExprKind::Binary(op, left, right) => {
            operator::binary(names, *op, left, right).map_err(|fault| fault.at(expr.span))
        }
        ExprKind::Exists(inner, wanted) => {
            Ok(Value::Bool(ops::exists(&eval(names, inner)?) == *wanted))
        }
        ExprKind::Paren(inner) => eval(names, inner),
        ExprKind::Error => Err(unreadable().at(expr.span)),
    }
}

/// The text of a template.
///
/// # Errors
/// The fault of a hole.
pub fn render(names: &dyn Names, template: &Template) -> Result<String, Fault> {
    let mut text = String::new();
    for part in &template.parts {
        match part {
            Part::Text(part) => text.push_str(&part.value),
            Part::Hole(hole) => {
                let value = eval(names, hole)?;
                ops::check_size(&value).map_err(|fault| fault.at(hole.span))?;
                text.push_str(&show::plain(&value));
            }
        }
    }
    Ok(text)
}

/// The value of a written number.
#[must_use]
pub fn numeric(number: Numeric) -> Value {
    match number {
        Numeric::Int(value) => Value::Int(value),
        Numeric::Float(value) => Value::Float(value),
    }
}

fn object(names: &dyn Names, entries: &[Entry]) -> Result<Value, Fault> {
    let fields =
        entries.iter().map(|entry| Ok((Arc::clone(&entry.key.text), eval(names, &entry.value)?)));
    fields.collect::<Result<Vec<_>, Fault>>().map(Value::object)
}

fn call(names: &dyn Names, name: &str, arguments: &[Expr]) -> Result<Value, Fault> {
    let function = function::find(name).ok_or_else(|| {
        Fault::new(
            Kind::Argument,
            code::execution::UNKNOWN_FUNCTION,
            format!("there is no function `{name}`"),
        )
    })?;
    let values =
        arguments.iter().map(|argument| eval(names, argument)).collect::<Result<Vec<_>, _>>()?;
    (function.run)(&values)
}

fn access(names: &dyn Names, base: &Expr, accessor: &Accessor) -> Result<Value, Fault> {
    let base = eval(names, base)?;
    match accessor {
        Accessor::Field(field) => ops::field(&base, &field.text),
        Accessor::Index(index) => ops::index(&base, &eval(names, index)?),
    }
}

fn unknown(name: &str) -> Fault {
    Fault::new(
        Kind::Argument,
        code::execution::UNKNOWN_NAME,
        format!("the value of `{name}` is not known here"),
    )
}

fn unreadable() -> Fault {
    Fault::new(
        Kind::Argument,
        code::execution::UNREADABLE,
        "this part of the plan could not be read",
    )
    .help("mend what `qplan check` reports")
}
