//! Paths into values: fields, indices, rows, and assignment through them.

use std::sync::Arc;

use super::function::path::is_word;
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

impl Key {
    /// The key that a computed index means.
    ///
    /// # Errors
    /// A value that is neither a whole number nor a string.
    pub fn of(value: &Value) -> Result<Self, Fault> {
        match (value, whole(value)) {
            (Value::Str(name), _) => Ok(Self::Field(Arc::clone(name))),
            (_, Some(at)) => Ok(Self::Index(at)),
            _ => {
                let message =
                    format!("expected an integer or a string as index, found {}", value.kind());
                Err(refuse(codes::BAD_INDEX, message)
                    .help("items have numbers, fields have names: `xs[0]`, `o[\"key\"]`"))
            }
        }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Field(name) if is_word(name) => write!(f, ".{name}"),
            Self::Field(name) => write!(f, "[{:?}]", &**name),
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
            return Err(refuse(codes::NO_FIELDS, message).help(NO_PARTS));
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
        )
        .help(NO_PARTS)),
    }
}

const NO_PARTS: &str = "the path ends before: a number or boolean holds nothing further";

fn bad_index(value: &Value, expected: &str, at: &Value) -> Fault {
    refuse(
        codes::BAD_INDEX,
        format!("expected {expected} as index of {}, found {}", value.kind(), at.kind()),
    )
    .help(match value {
        Value::Object(_) => {
            "fields have names: `o[\"key\"]`; their values in order are `values(o)`"
        }
        _ => "items have numbers: `xs[0]`, `xs[-1]`; a field of each is `map(xs, \"name\")`",
    })
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
            Err(refuse(codes::CANNOT_SET, message)
                .help("`set` goes through objects by name and through lists by number"))
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
            let key = Key::Field(Arc::clone(name));
            let message = format!("cannot set a part of `{key}`: the object has no such field");
            return Err(refuse(codes::CANNOT_SET, message)
                .help(format!("set `{key}` to an object or a list first")));
        }
    };
    let done = assign(&mut inner, rest, value);
    object.insert(Arc::clone(name), inner);
    done
}

fn outside(at: i64, count: usize) -> Fault {
    let items = if count == 1 { "item" } else { "items" };
    let message = format!("cannot set `[{at}]`: the list has {count} {items}");
    refuse(codes::CANNOT_SET, message).help("join with `+ [item]` to make a list longer")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::table::Cells;
    use crate::value::{Column, show};

    fn table() -> Value {
        let head = [("count", Value::Int(9)), ("coverage", Value::Null)];
        let head = head.into_iter().map(|(k, v)| (Arc::from(k), v)).collect();
        let lines = Column { name: "line".into(), cells: Cells::Int(vec![3, 8]) };
        let names =
            Column { name: "name".into(), cells: Cells::Any(vec!["f".into(), Value::Null]) };
        Value::Table(Arc::new(Table::new(head, vec![lines, names])))
    }

    #[test]
    fn a_table_and_its_object_answer_alike() {
        let table = table();
        let object = Value::from(serde_json::Value::from(&table));
        assert_eq!(
            show::json(&table),
            r#"{"count":9,"rows":[{"line":3,"name":"f"},{"line":8}],"coverage":null}"#
        );
        assert_eq!(table, object);
        for value in [&table, &object] {
            assert_eq!(
                field(value, "count"),
                Ok(Value::Int(9)),
                "its own field beats the number of rows"
            );
            assert_eq!(field(value, "length"), Ok(Value::Int(2)));
            assert_eq!(
                index(value, &Value::Int(-1)).map(|row| show::json(&row)),
                Ok(r#"{"line":8}"#.into())
            );
            assert_eq!(index(value, &Value::Int(2)), Ok(Value::Null));
            assert_eq!(rows(value).map(|rows| rows.len()), Some(2));
        }
    }

    #[test]
    fn what_is_missing_is_null_and_a_field_of_a_number_is_a_slip() {
        assert_eq!(field(&Value::Null, "a"), Ok(Value::Null));
        assert_eq!(field(&Value::list([]), "name"), Ok(Value::Null));
        assert_eq!(field(&Value::Int(1), "a").map_err(|f| f.code), Err(codes::NO_FIELDS));
        assert_eq!(index(&"äöü".into(), &Value::Int(-1)), Ok("ü".into()));
        assert_eq!(index(&"ab".into(), &Value::Int(i64::MIN)), Ok(Value::Null));
        assert_eq!(index(&Value::list([]), &"0".into()).map_err(|f| f.code), Err(codes::BAD_INDEX));
    }

    #[test]
    fn set_changes_in_place_and_refuses_what_is_not_there() {
        let mut value = Value::from(serde_json::json!({"a": [{"b": 1}, 2], "c": 3}));
        let before = value.clone();
        let key = |name: &str| Key::Field(name.into());
        assert_eq!(
            set_path(&mut value, &[key("a"), Key::Index(-2), key("n")], Value::Int(7)),
            Ok(())
        );
        assert_eq!(show::json(&value), r#"{"a":[{"b":1,"n":7},2],"c":3}"#);
        assert_eq!(show::json(&before), r#"{"a":[{"b":1},2],"c":3}"#, "a copy keeps what it had");
        for path in
            [vec![key("x"), key("y")], vec![key("a"), Key::Index(2)], vec![key("c"), key("d")]]
        {
            let refused = set_path(&mut value, &path, Value::Null);
            assert_eq!(refused.map_err(|f| f.code), Err(codes::CANNOT_SET), "{path:?}");
        }
        assert_eq!(
            show::json(&value),
            r#"{"a":[{"b":1,"n":7},2],"c":3}"#,
            "a refused `set` changes nothing"
        );
    }

    #[test]
    fn weight_stays_true_however_often_a_field_is_set() {
        let mut value =
            Value::object([("n", Value::Int(0)), ("list", Value::list([Value::Int(0)]))]);
        let size = value.size();
        for n in 0..1000 {
            set_path(&mut value, &[Key::Field("n".into())], Value::Int(n)).unwrap();
            set_path(&mut value, &[Key::Field("list".into()), Key::Index(0)], Value::Int(n))
                .unwrap();
        }
        assert_eq!(value.size(), size);
    }

    #[test]
    fn a_value_that_nests_itself_meets_the_bound() {
        let mut value = Value::object([("in", Value::Null)]);
        let refused = (0..1000).find_map(|_| {
            let inner = value.clone();
            set_path(&mut value, &[Key::Field("in".into())], inner).err()
        });
        assert_eq!(refused.map(|f| f.code), Some(codes::TOO_BIG));
    }
}
