//! jq's arithmetic on values. Integers stay exact: one that overflows is an error, as in plans.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};
use std::sync::Arc;

use jaq_core::ops::Math;
use jaq_core::{Error, ValR};

use super::value::V;
use super::{guard, order};
use crate::value::function::text;
use crate::value::{Object, Value, ops};

impl Add for V {
    type Output = ValR<V>;

    fn add(self, other: V) -> ValR<V> {
        guard::tick();
        match (self.into_value(), other.into_value()) {
            (Value::Null, x) | (x, Value::Null) => Ok(V::new(x)),
            (Value::Str(a), Value::Str(b)) => {
                guard::room(a.len() as u64 + b.len() as u64);
                Ok(V::made(Value::from([&*a, &*b].concat())))
            }
            (mut a @ Value::List(_), b @ Value::List(_)) => match ops::append(&mut a, &b) {
                Ok(()) => Ok(V::made(a)),
                Err(fault) => guard::end(fault),
            },
            (Value::Object(mut a), Value::Object(b)) => {
                let fields = Arc::make_mut(&mut a);
                b.iter().for_each(|(key, value)| fields.insert(Arc::clone(key), value.clone()));
                Ok(V::made(Value::Object(a)))
            }
            (a, b) => numbers(a, Math::Add, b, i64::checked_add, |x, y| x + y),
        }
    }
}

impl Sub for V {
    type Output = ValR<V>;

    fn sub(self, other: V) -> ValR<V> {
        match (self.into_value(), other.into_value()) {
            (Value::List(a), Value::List(b)) => {
                let gone: BTreeSet<Ordered<'_>> = b.items().iter().map(Ordered).collect();
                let kept = a.items().iter().filter(|item| !gone.contains(&Ordered(item)));
                Ok(V::made(Value::list(kept.cloned())))
            }
            (a, b) => numbers(a, Math::Sub, b, i64::checked_sub, |x, y| x - y),
        }
    }
}

impl Mul for V {
    type Output = ValR<V>;

    fn mul(self, other: V) -> ValR<V> {
        match (self.into_value(), other.into_value()) {
            (Value::Str(text), Value::Int(n)) | (Value::Int(n), Value::Str(text)) => {
                Ok(repeated(&text, n))
            }
            (Value::Object(a), Value::Object(b)) => {
                Ok(V::made(Value::Object(Arc::new(merged(&a, &b)))))
            }
            (a, b) => numbers(a, Math::Mul, b, i64::checked_mul, |x, y| x * y),
        }
    }
}

impl Div for V {
    type Output = ValR<V>;

    fn div(self, other: V) -> ValR<V> {
        match (self.into_value(), other.into_value()) {
            (Value::Str(a), Value::Str(_)) if a.is_empty() => Ok(V::new(Value::list([]))),
            (Value::Str(a), Value::Str(b)) => match text::split_at(&a, &b) {
                Ok(parts) => Ok(V::made(parts)),
                Err(fault) => guard::end(fault),
            },
            (a, b) if is_zero(&b) => Err(by_zero(a, b)),
            (a, b) => {
                let exact = |x: i64, y: i64| {
                    if x.wrapping_rem(y) == 0 { x.checked_div(y) } else { None }
                };
                match (&a, &b) {
                    (Value::Int(x), Value::Int(y)) if exact(*x, *y).is_none() => {
                        numbers(real(a), Math::Div, real(b), exact, |x, y| x / y)
                    }
                    _ => numbers(a, Math::Div, b, exact, |x, y| x / y),
                }
            }
        }
    }
}

impl Rem for V {
    type Output = ValR<V>;

    fn rem(self, other: V) -> ValR<V> {
        let (a, b) = (self.into_value(), other.into_value());
        if is_zero(&b) {
            return Err(by_zero(a, b));
        }
        numbers(a, Math::Rem, b, |x, y| Some(x.wrapping_rem(y)), |x, y| x % y)
    }
}

impl Neg for V {
    type Output = ValR<V>;

    fn neg(self) -> ValR<V> {
        match self.value() {
            Value::Int(n) => match n.checked_neg() {
                Some(n) => Ok(V::new(Value::Int(n))),
                None => Err(V::error(format!("-({n}) overflows a 64-bit integer"))),
            },
            Value::Float(x) => Ok(V::new(Value::Float(-x))),
            _ => Err(Error::typ(self, "number")),
        }
    }
}

fn numbers(
    a: Value,
    op: Math,
    b: Value,
    int: impl Fn(i64, i64) -> Option<i64>,
    float: impl Fn(f64, f64) -> f64,
) -> ValR<V> {
    guard::tick();
    if let (Value::Int(x), Value::Int(y)) = (&a, &b) {
        let text = || format!("{x} {} {y} overflows a 64-bit integer", op.as_str());
        return int(*x, *y).map(|n| V::new(Value::Int(n))).ok_or_else(|| V::error(text()));
    }
    match (ops::number(&a), ops::number(&b)) {
        (Some(x), Some(y)) => Ok(V::from(float(x, y))),
        _ => Err(Error::math(V::new(a), op, V::new(b))),
    }
}

fn real(value: Value) -> Value {
    ops::number(&value).map_or(value, Value::Float)
}

fn is_zero(value: &Value) -> bool {
    ops::number(value) == Some(0.0)
}

fn by_zero(a: Value, b: Value) -> Error<V> {
    match ops::number(&a) {
        Some(_) => V::error(format!("{} divides by zero", V::new(a))),
        None => Error::math(V::new(a), Math::Div, V::new(b)),
    }
}

/// A string so often; `null` for none, as in jq.
fn repeated(text: &str, n: i64) -> V {
    match u64::try_from(n) {
        Ok(n) if n > 0 => {
            guard::room((text.len() as u64).saturating_mul(n));
            // What has room fits into memory, so the count fits too; an empty text has room for any.
            let n = if text.is_empty() { 1 } else { usize::try_from(n).unwrap_or(1) };
            V::made(Value::from(text.repeat(n)))
        }
        _ => V::new(Value::Null),
    }
}

/// Objects merged through all levels; both are values, so no deeper than values nest.
fn merged(a: &Object, b: &Object) -> Object {
    let mut result = a.clone();
    for (key, new) in b.iter() {
        guard::tick();
        let value = match (a.field(key), new) {
            (Some(Value::Object(old)), Value::Object(new)) => {
                Value::Object(Arc::new(merged(old, new)))
            }
            _ => new.clone(),
        };
        result.insert(Arc::clone(key), value);
    }
    result
}

/// A value in jq's order.
struct Ordered<'v>(&'v Value);

impl PartialEq for Ordered<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ordered<'_> {}

impl PartialOrd for Ordered<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        order::compare(self.0, other.0)
    }
}
