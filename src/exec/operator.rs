//! Operators between two operands.

use std::cmp::Ordering;

use super::context::Names;
use super::expression::eval;
use crate::diagnostic::Fault;
use crate::syntax::ast::{Binary, Expr};
use crate::value::{Value, ops};

/// The value of `left op right`; `and` and `or` give the operand that decides.
///
/// # Errors
/// The faults of the operands and of the operator.
pub(super) fn binary(
    names: &dyn Names,
    op: Binary,
    left: &Expr,
    right: &Expr,
) -> Result<Value, Fault> {
    let a = eval(names, left)?;
    match op {
        Binary::Or if ops::truth(&a) => return Ok(a),
        Binary::And if !ops::truth(&a) => return Ok(a),
        Binary::Or | Binary::And => return eval(names, right),
        _ => {}
    }
    let b = eval(names, right)?;
    match op {
        Binary::Equal => Ok(Value::Bool(a == b)),
        Binary::NotEqual => Ok(Value::Bool(a != b)),
        Binary::Less => ordered(&a, &b, Ordering::is_lt),
        Binary::LessEqual => ordered(&a, &b, Ordering::is_le),
        Binary::Greater => ordered(&a, &b, Ordering::is_gt),
        Binary::GreaterEqual => ordered(&a, &b, Ordering::is_ge),
        Binary::In => ops::contains(&a, &b).map(Value::Bool),
        Binary::NotIn => ops::contains(&a, &b).map(|held| Value::Bool(!held)),
        Binary::Add => ops::add(&a, &b),
        Binary::Sub => ops::sub(&a, &b),
        Binary::Mul => ops::mul(&a, &b),
        Binary::Div => ops::div(&a, &b),
        Binary::Rem => ops::rem(&a, &b),
        Binary::Or | Binary::And => Ok(b),
    }
}

fn ordered(a: &Value, b: &Value, test: fn(Ordering) -> bool) -> Result<Value, Fault> {
    ops::compare(a, b).map(|order| Value::Bool(test(order)))
}
