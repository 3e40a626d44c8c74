//! Paths into values: fields, indices, rows, and assignment through them.

use std::sync::Arc;

use super::ops::{check_size, len, refuse};
use super::{Object, Table, Value};
use crate::diagnostic::{Fault, code::execution as codes};

/// One part of a path that is assigned through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// `.name` or `["name"]`.
    Field(Arc<str>),
    /// `[n]`, negative from the end.
    Index(i64),
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Field(name) => write!(f, ".{name}"),
            Self::Index(at) => write!(f, "[{at}]"),
        }
    }
}

/// The items of a list or the rows of a table, one after another.
#[derive(Clone, Debug)]
pub enum Rows<'v> {
    /// Of a list.
    Items(std::slice::Iter<'v, Value>),
    /// Of a table, each built when it is asked for.
    Table(&'v Table, std::ops::Range<usize>),
}

impl Iterator for Rows<'_> {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        match self {
            Self::Items(items) => items.next().cloned(),
            Self::Table(table, left) => left.next().map(|row| table.row(row)),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Items(items) => items.size_hint(),
            Self::Table(_, left) => left.size_hint(),
        }
    }
}

impl ExactSizeIterator for Rows<'_> {}

/// The items of a list, the rows of a table, or those of an object with a list `rows` and a `coverage`.
#[must_use]
pub fn rows(value: &Value) -> Option<Rows<'_>> {
    match value {
        Value::List(list) => Some(Rows::Items(list.items().iter())),
        Value::Table(table) => Some(Rows::Table(table, 0..table.len())),
        Value::Object(object) => tabular(object).map(|items| Rows::Items(items.iter())),
        _ => None,
    }
}

fn tabular(object: &Object) -> Option<&[Value]> {
    match (object.field("rows"), object.field("coverage")) {
        (Some(Value::List(list)), Some(_)) => Some(list.items()),
        _ => None,
    }
}

/// `value.name`: a missing field and a field of `null` are `null`; what has a length has `.count` and `.length`.
///
/// # Errors
/// A field of a number or boolean.
pub fn field(value: &Value, name: &str) -> Result<Value, Fault> {
    let own = match value {
        Value::Object(object) => object.field(name).cloned(),
        Value::Table(table) => table.field(name),
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => {
            let message = format!("`.{name}` expected an object, found {}", value.kind());
            return Err(refuse(codes::NO_FIELDS, message));
        }
        Value::Null | Value::Str(_) | Value::List(_) => None,
    };
    let sized = matches!(value, Value::Str(_)) || rows(value).is_some();
    match own {
        Some(own) => Ok(own),
        None if sized && matches!(name, "count" | "length") => len(value).map(Value::count),
        None => Ok(Value::Null),
    }
}

/// `value[at]`: an item, row or character by number, negative from the end; a field by name. Outside is `null`.
///
/// # Errors
/// A value that has no parts; a key of the wrong kind.
pub fn index(value: &Value, at: &Value) -> Result<Value, Fault> {
    match (value, whole(at)) {
        (Value::Null, _) => Ok(Value::Null),
        (Value::List(list), Some(at)) => {
            Ok(place(at, list.items().len()).map_or(Value::Null, |i| list.items()[i].clone()))
        }
        (Value::Table(table), Some(at)) => {
            Ok(place(at, table.len()).map_or(Value::Null, |i| table.row(i)))
        }
        (Value::Str(text), Some(at)) => Ok(character(text, at)),
        (Value::Object(object), _) => match (at, whole(at), tabular(object)) {
            (Value::Str(name), ..) => Ok(object.field(name).cloned().unwrap_or_default()),
            (_, Some(at), Some(items)) => {
                Ok(place(at, items.len()).map_or(Value::Null, |i| items[i].clone()))
            }
            _ => Err(bad_index(value, "a string", at)),
        },
        (Value::Table(table), None) => match at {
            Value::Str(name) => Ok(table.field(name).unwrap_or_default()),
            _ => Err(bad_index(value, "an integer or a string", at)),
        },
        (Value::List(_) | Value::Str(_), None) => Err(bad_index(value, "an integer", at)),
        (Value::Bool(_) | Value::Int(_) | Value::Float(_), _) => Err(refuse(
            codes::NO_FIELDS,
            format!("`[…]` expected a list or an object, found {}", value.kind()),
        )),
    }
}

fn bad_index(value: &Value, expected: &str, at: &Value) -> Fault {
    refuse(
        codes::BAD_INDEX,
        format!("expected {expected} as index of {}, found {}", value.kind(), at.kind()),
    )
}

/// An integer, or a float that equals one.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Int(n) => Some(*n),
        Value::Float(x) if x.fract() == 0.0 && x.abs() < 9e15 =>
        {
            #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
            Some(*x as i64)
        }
        _ => None,
    }
}

/// The index that `at` means among `count` things.
pub(crate) fn place(at: i64, count: usize) -> Option<usize> {
    let at = if at < 0 { at.checked_add(i64::try_from(count).ok()?)? } else { at };
    usize::try_from(at).ok().filter(|&at| at < count)
}

fn character(text: &str, at: i64) -> Value {
    let found = match usize::try_from(at) {
        Ok(at) => text.chars().nth(at),
        Err(_) => {
            usize::try_from(at.unsigned_abs() - 1).ok().and_then(|back| text.chars().nth_back(back))
        }
    };
    found.map_or(Value::Null, |c| Value::str(c.to_string()))
}

/// Assigns `value` to what `path` leads to in `target`, in place: nothing beside the path is copied unless it is shared.
/// A last field that an object lacks is made; every other part of the path must exist.
///
/// # Errors
/// A part of the path that does not exist, a result that is too big.
pub fn set_path(target: &mut Value, path: &[Key], value: Value) -> Result<(), Fault> {
    assign(target, path, value)?;
    check_size(target)
}

fn assign(target: &mut Value, path: &[Key], value: Value) -> Result<(), Fault> {
    let Some((key, rest)) = path.split_first() else {
        *target = value;
        return Ok(());
    };
    if let Value::Table(table) = target {
        *target = Value::Object(Arc::new(table.as_object()));
    }
    match (target, key) {
        (Value::Object(object), Key::Field(name)) => {
            assign_field(Arc::make_mut(object), name, rest, value)
        }
        (Value::Object(object), Key::Index(_)) if tabular(object).is_some() => {
            assign_field(Arc::make_mut(object), &Arc::from("rows"), path, value)
        }
        (Value::List(list), Key::Index(at)) => {
            let at =
                place(*at, list.items().len()).ok_or_else(|| outside(*at, list.items().len()))?;
            let list = Arc::make_mut(list);
            let mut inner = list.take(at);
            let done = assign(&mut inner, rest, value);
            list.replace(at, inner);
            done
        }
        (other, _) => {
            let expected = if matches!(key, Key::Field(_)) { "an object" } else { "a list" };
            let message =
                format!("cannot set `{key}`: expected {expected}, found {}", other.kind());
            Err(refuse(codes::CANNOT_SET, message))
        }
    }
}

fn assign_field(
    object: &mut Object,
    name: &Arc<str>,
    rest: &[Key],
    value: Value,
) -> Result<(), Fault> {
    let mut inner = match object.take(name) {
        Some(inner) => inner,
        None if rest.is_empty() => Value::Null,
        None => {
            let message = format!("cannot set a part of `.{name}`: the object has no such field");
            return Err(refuse(codes::CANNOT_SET, message)
                .help(format!("set `.{name}` to an object or a list first")));
        }
    };
    let done = assign(&mut inner, rest, value);
    object.insert(Arc::clone(name), inner);
    done
}

fn outside(at: i64, count: usize) -> Fault {
    let message = format!("cannot set `[{at}]`: the list has {count} items");
    refuse(codes::CANNOT_SET, message).help("join with `+ [item]` to make a list longer")
}
