//! Functions over lists, tables and objects: choosing, ordering and grouping rows. The action `list` uses them too.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt::Write;
use std::sync::Arc;

use indexmap::IndexMap;

use super::expected;
use super::path::Path;
use crate::diagnostic::Fault;
use crate::value::ops::{self, Rows};
use crate::value::{Object, Value, show};

/// The rows of a value.
///
/// # Errors
/// A value that has none.
pub fn rows_of<'v>(name: &str, value: &'v Value) -> Result<Rows<'v>, Fault> {
    ops::rows(value).ok_or_else(|| expected(name, "a list or a table", value))
}

/// The fields at a path of all rows.
type Column<'v> = Box<dyn Iterator<Item = Result<Value, Fault>> + 'v>;

/// The field at `path` of each row; a table gives its column without building rows.
fn column<'v>(name: &str, rows: &'v Value, path: &'v Path) -> Result<Column<'v>, Fault> {
    match rows {
        Value::Table(table) => Ok(Box::new(path.column(table))),
        _ => Ok(Box::new(rows_of(name, rows)?.map(|row| path.find(&row)))),
    }
}

/// The names of an object's fields.
///
/// # Errors
/// A value that is no object.
pub fn keys(value: &Value) -> Result<Value, Fault> {
    Ok(Value::list(fields_of("keys", value)?.iter().map(|(name, _)| Value::Str(Arc::clone(name)))))
}

/// The values of an object's fields.
///
/// # Errors
/// A value that is no object.
pub fn values(value: &Value) -> Result<Value, Fault> {
    Ok(Value::list(fields_of("values", value)?.iter().map(|(_, value)| value.clone())))
}

/// The fields of an object or of a table itself.
///
/// # Errors
/// A value that has none.
pub fn fields_of(name: &str, value: &Value) -> Result<Arc<Object>, Fault> {
    match value {
        Value::Object(object) => Ok(Arc::clone(object)),
        Value::Table(table) => Ok(Arc::new(table.as_object())),
        _ => Err(expected(name, "an object", value)),
    }
}

/// The field at a path of each row.
///
/// # Errors
/// A value without rows, a path of another form, a field of a number.
pub fn map(rows: &Value, path: &Value) -> Result<Value, Fault> {
    let path = Path::of("map", path)?;
    let found: Result<Vec<Value>, Fault> =
        rows_of("map", rows)?.map(|row| path.find(&row)).collect();
    Ok(Value::list(found?))
}

/// The rows whose field at a path is `wanted`, or holds where nothing is wanted.
///
/// # Errors
/// A value without rows, a path of another form, a field of a number.
pub fn filter(rows: &Value, path: &Value, wanted: Option<&Value>) -> Result<Value, Fault> {
    let path = Path::of("filter", path)?;
    let mut kept = Vec::new();
    for (at, found) in column("filter", rows, &path)?.enumerate() {
        let found = found?;
        if wanted.map_or_else(|| ops::truth(&found), |wanted| found == *wanted) {
            kept.push(ops::index(rows, &Value::count(at))?);
        }
    }
    Ok(Value::list(kept))
}

/// The rows by the text of their field at a path, groups in the order of their first rows.
///
/// # Errors
/// A value without rows, a path of another form, a field of a number.
pub fn group(rows: &Value, path: &Value) -> Result<Value, Fault> {
    let path = Path::of("group", path)?;
    let mut groups: IndexMap<String, Vec<Value>> = IndexMap::new();
    for row in rows_of("group", rows)? {
        let key = show::plain(&path.find(&row)?);
        groups.entry(key).or_default().push(row);
    }
    Ok(Value::object(groups.into_iter().map(|(key, rows)| (key, Value::list(rows)))))
}

/// The items in ascending order, by their field at a path if one is given; stable.
///
/// # Errors
/// A value without rows, a path of another form, items of different types.
pub fn sort(rows: &Value, path: Option<&Value>) -> Result<Value, Fault> {
    let path = path.map(|path| Path::of("sort", path)).transpose()?;
    let mut keyed = Vec::new();
    for row in rows_of("sort", rows)? {
        let key = path.as_ref().map_or_else(|| Ok(row.clone()), |path| path.find(&row))?;
        keyed.push((key, row));
    }
    // Compared with the first, so that the message does not depend on how sorting goes.
    if let Some(((first, _), others)) = keyed.split_first() {
        others.iter().try_for_each(|(key, _)| ops::compare(first, key).map(drop))?;
    }
    let mut fault = None;
    keyed.sort_by(|(a, _), (b, _)| order(a, b, &mut fault));
    match fault {
        Some(fault) => Err(fault),
        None => Ok(Value::list(keyed.into_iter().map(|(_, row)| row))),
    }
}

fn order(a: &Value, b: &Value, fault: &mut Option<Fault>) -> Ordering {
    if fault.is_some() {
        return Ordering::Equal;
    }
    ops::compare(a, b).unwrap_or_else(|refused| {
        *fault = Some(refused);
        Ordering::Equal
    })
}

/// The items of the lists in a list, one level deep.
///
/// # Errors
/// A value without rows; a result that is too big.
pub fn flatten(list: &Value) -> Result<Value, Fault> {
    let mut flat = Vec::new();
    for item in rows_of("flatten", list)? {
        match &item {
            Value::List(inner) => flat.extend(inner.items().iter().cloned()),
            _ => flat.push(item),
        }
    }
    Ok(Value::list(flat))
}

/// The items without those equal to an earlier one, by their field at a path if one is given.
///
/// # Errors
/// A value without rows, a path of another form, a field of a number.
pub fn unique(list: &Value, path: Option<&Value>) -> Result<Value, Fault> {
    let path = path.map(|path| Path::of("unique", path)).transpose()?;
    let mut seen = HashSet::new();
    let mut kept = Vec::new();
    for row in rows_of("unique", list)? {
        let key = path.as_ref().map_or_else(|| Ok(row.clone()), |path| path.find(&row))?;
        if seen.insert(identity(&key)) {
            kept.push(row);
        }
    }
    Ok(Value::list(kept))
}

/// A text that two values share exactly if they are equal: numbers by value, fields sorted by name.
#[must_use]
pub fn identity(value: &Value) -> String {
    let mut text = String::new();
    identify(&mut text, value);
    text
}

fn identify(text: &mut String, value: &Value) {
    match value {
        Value::Float(x) if x.fract() == 0.0 && ops::compare_int_float(i64::MAX, *x).is_ge() => {
            let positive_zero = x + 0.0;
            push(text, format_args!("{positive_zero:.0}"));
        }
        Value::List(list) => {
            text.push('[');
            for item in list.items() {
                identify(text, item);
                text.push(',');
            }
            text.push(']');
        }
        Value::Object(object) => {
            let mut fields: Vec<_> = object.iter().collect();
            fields.sort_by_key(|&(name, _)| name);
            text.push('{');
            for (name, value) in fields {
                push(text, format_args!("{name:?}:"));
                identify(text, value);
                text.push(',');
            }
            text.push('}');
        }
        Value::Table(table) => identify(text, &Value::Object(Arc::new(table.as_object()))),
        _ => text.push_str(&show::json(value)),
    }
}

fn push(text: &mut String, piece: std::fmt::Arguments<'_>) {
    text.write_fmt(piece).expect("writing to a string does not fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Value {
        Value::from(serde_json::from_str::<serde_json::Value>(text).unwrap())
    }

    #[test]
    fn equal_values_have_one_identity() {
        let twins = [("1", "1.0"), ("0", "-0.0"), (r#"{"a":1,"b":[2]}"#, r#"{"b":[2.0],"a":1}"#)];
        for (a, b) in twins {
            assert_eq!(identity(&json(a)), identity(&json(b)));
        }
        for (a, b) in
            [("1", "\"1\""), ("null", "\"null\""), ("[1,2]", "[12]"), (r#"["a,"]"#, r#"["a",""]"#)]
        {
            assert_ne!(identity(&json(a)), identity(&json(b)));
        }
    }

    #[test]
    fn sorting_keeps_the_order_of_equal_rows() {
        let rows = json(r#"[{"k":2,"n":1},{"k":1,"n":2},{"k":2,"n":3},{"k":1,"n":4}]"#);
        let sorted = sort(&rows, Some(&"k".into())).map(|rows| map(&rows, &"n".into()));
        assert_eq!(sorted, Ok(Ok(json("[2,4,1,3]"))));
    }

    #[test]
    fn columns_of_a_table_are_the_fields_of_its_rows() {
        use crate::value::table::Cells;
        use crate::value::{Column, Table};
        let lines = Column { name: "line".into(), cells: Cells::Int(vec![3, 8]) };
        let calls = Column {
            name: "call".into(),
            cells: Cells::Any(vec![json(r#"{"args":[1]}"#), Value::Null]),
        };
        let table = Value::Table(Arc::new(Table::new(Object::default(), vec![lines, calls])));
        let rows = Value::list(rows_of("test", &table).unwrap());
        for path in ["line", "call.args[0]", "call.args.length", "none", "none.x", "line.x"] {
            let path = Value::from(path);
            assert_eq!(map(&table, &path), map(&rows, &path), "{path:?}");
            assert_eq!(filter(&table, &path, None), filter(&rows, &path, None), "{path:?}");
        }
    }

    #[test]
    fn unique_of_many_is_not_quadratic() {
        let many = Value::list((0..200_000).map(|n| Value::Int(n % 100_000)));
        assert_eq!(unique(&many, None).and_then(|kept| ops::len(&kept)), Ok(100_000));
    }
}
