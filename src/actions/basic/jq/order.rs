//! How jq orders values, of any kind: `null`, `false`, `true`, numbers, strings, arrays, objects.

use std::cmp::Ordering;
use std::sync::Arc;

use super::guard;
use crate::value::{Object, Value, ops};

/// The order of two values; NaN is less than every number.
pub(super) fn compare(a: &Value, b: &Value) -> Ordering {
    guard::tick();
    match (a, b) {
        (Value::Str(a), Value::Str(b)) => a.cmp(b),
        (Value::List(a), Value::List(b)) => lists(a.items(), b.items()),
        (Value::Object(a), Value::Object(b)) => objects(a, b),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => floats(*a, *b),
        (Value::Int(_), Value::Float(b)) if b.is_nan() => Ordering::Greater,
        (Value::Float(a), Value::Int(_)) if a.is_nan() => Ordering::Less,
        (Value::Int(a), Value::Float(b)) => ops::compare_int_float(*a, *b),
        (Value::Float(a), Value::Int(b)) => ops::compare_int_float(*b, *a).reverse(),
        (Value::Table(a), _) => compare(&Value::Object(Arc::new(a.as_object())), b),
        (_, Value::Table(b)) => compare(a, &Value::Object(Arc::new(b.as_object()))),
        _ => rank(a).cmp(&rank(b)),
    }
}

/// Whether two values are equal; the fields of objects have no order.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::List(a), Value::List(b)) => {
            let (a, b) = (a.items(), b.items());
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.field(key).is_some_and(|b| equal(a, b)))
        }
        _ => compare(a, b).is_eq(),
    }
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(false) => 1,
        Value::Bool(true) => 2,
        Value::Int(_) | Value::Float(_) => 3,
        Value::Str(_) => 4,
        Value::List(_) => 5,
        Value::Object(_) | Value::Table(_) => 6,
    }
}

fn floats(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
}

fn lists(a: &[Value], b: &[Value]) -> Ordering {
    let pairs = a.iter().zip(b).map(|(a, b)| compare(a, b));
    pairs.into_iter().find(|order| order.is_ne()).unwrap_or_else(|| a.len().cmp(&b.len()))
}

/// By the sorted names first, then by the values in the order of the names.
fn objects(a: &Object, b: &Object) -> Ordering {
    let sorted = |object: &Object| {
        let mut fields: Vec<_> =
            object.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        fields
    };
    let (a, b) = (sorted(a), sorted(b));
    let names = a.iter().map(|field| &field.0).cmp(b.iter().map(|field| &field.0));
    let mut values = a.iter().zip(&b).map(|(a, b)| compare(&a.1, &b.1));
    names.then_with(|| values.find(|order| order.is_ne()).unwrap_or(Ordering::Equal))
}
