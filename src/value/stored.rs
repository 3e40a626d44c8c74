//! Values as flat lists of nodes, for files: no nesting to recurse into, whatever bytes arrive. Tables stand apart, each
//! once, so that a value can be the same table as another one when it is read again.

use std::sync::Arc;

use bitcode::{Decode, Encode};

use super::table::Cells;
use super::{Column, MAX_DEPTH, Object, Table, Value};

/// A value in the order of its text: a list or object comes before what it holds.
#[derive(Clone, Debug, Encode, Decode, PartialEq)]
pub enum Node {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float, by its bits.
    Float(u64),
    /// Text.
    Str(String),
    /// So many values follow.
    List(u32),
    /// One value follows for each key.
    Object(Vec<String>),
    /// A table that stands apart.
    Table(TableId),
}

/// Which table: its content, and which of several with the same content.
#[derive(Clone, Copy, Debug, Encode, Decode, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableId {
    /// The digest of its bytes.
    pub hash: [u8; 32],
    /// From 0.
    pub twin: u32,
}

/// A value and the place of every table in it.
pub fn flatten(value: &Value, table: &mut dyn FnMut(&Arc<Table>) -> TableId, out: &mut Vec<Node>) {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    match value {
        Value::Null => out.push(Node::Null),
        Value::Bool(value) => out.push(Node::Bool(*value)),
        Value::Int(value) => out.push(Node::Int(*value)),
        Value::Float(value) => out.push(Node::Float(value.to_bits())),
        Value::Str(text) => out.push(Node::Str(text.to_string())),
        Value::List(list) => {
            out.push(Node::List(count(list.items().len())));
            list.items().iter().for_each(|item| flatten(item, table, out));
        }
        Value::Object(object) => {
            out.push(Node::Object(object.iter().map(|(key, _)| key.to_string()).collect()));
            object.iter().for_each(|(_, field)| flatten(field, table, out));
        }
        Value::Table(found) => out.push(Node::Table(table(found))),
    }
}

/// The value of its nodes; none where they are not those of one value, or a table is missing.
#[must_use]
pub fn rebuild(nodes: &[Node], table: &dyn Fn(TableId) -> Option<Arc<Table>>) -> Option<Value> {
    let mut rest = nodes.iter();
    let value = one(&mut rest, table, 0)?;
    rest.next().is_none().then_some(value)
}

fn one(
    rest: &mut std::slice::Iter<'_, Node>,
    table: &dyn Fn(TableId) -> Option<Arc<Table>>,
    depth: u32,
) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    Some(match rest.next()? {
        Node::Null => Value::Null,
        Node::Bool(value) => Value::Bool(*value),
        Node::Int(value) => Value::Int(*value),
        Node::Float(bits) => Value::Float(f64::from_bits(*bits)),
        Node::Str(text) => Value::from(text.as_str()),
        Node::List(count) => {
            let items = (0..*count).map(|_| one(rest, table, depth + 1));
            Value::list(items.collect::<Option<Vec<_>>>()?)
        }
        Node::Object(keys) => {
            let fields = keys
                .iter()
                .map(|key| Some((Arc::<str>::from(key.as_str()), one(rest, table, depth + 1)?)));
            Value::object(fields.collect::<Option<Vec<_>>>()?)
        }
        Node::Table(id) => Value::Table(table(*id)?),
    })
}

/// A table's own parts.
#[derive(Encode, Decode)]
struct Parts {
    head: Vec<Node>,
    columns: Vec<(String, Kept)>,
}

#[derive(Encode, Decode)]
enum Kept {
    Int(Vec<i64>),
    Text(Vec<String>),
    Any(Vec<Vec<Node>>),
}

/// A table as bytes; the tables inside it stand apart too.
pub fn table_bytes(table: &Table, other: &mut dyn FnMut(&Arc<Table>) -> TableId) -> Vec<u8> {
    let mut nodes = |value: &Value| {
        let mut out = Vec::new();
        flatten(value, other, &mut out);
        out
    };
    let head = nodes(&Value::Object(Arc::new(table.head().clone())));
    let columns = table.columns().iter().map(|column| {
        let kept = match &column.cells {
            Cells::Int(cells) => Kept::Int(cells.clone()),
            Cells::Text(cells) => Kept::Text(cells.iter().map(ToString::to_string).collect()),
            Cells::Any(cells) => Kept::Any(cells.iter().map(&mut nodes).collect()),
        };
        (column.name.to_string(), kept)
    });
    bitcode::encode(&Parts { head, columns: columns.collect() })
}

/// The table of such bytes; none where they are not.
#[must_use]
pub fn table_of(bytes: &[u8], other: &dyn Fn(TableId) -> Option<Arc<Table>>) -> Option<Table> {
    let parts: Parts = bitcode::decode(bytes).ok()?;
    let Value::Object(head) = rebuild(&parts.head, other)? else { return None };
    let columns = parts.columns.into_iter().map(|(name, kept)| {
        let cells = match kept {
            Kept::Int(cells) => Cells::Int(cells),
            Kept::Text(cells) => Cells::Text(shared(cells)),
            Kept::Any(cells) => {
                let values = cells.iter().map(|nodes| rebuild(nodes, other));
                Cells::Any(values.collect::<Option<_>>()?)
            }
        };
        Some(Column { name: name.into(), cells })
    });
    let columns: Vec<Column> = columns.collect::<Option<_>>()?;
    let rows = columns.first().map_or(0, |column| column.cells.len());
    let head: Object = (*head).clone();
    columns.iter().all(|column| column.cells.len() == rows).then(|| Table::new(head, columns))
}

/// Texts of a column repeat: neighbours that are equal share one.
fn shared(cells: Vec<String>) -> Vec<Arc<str>> {
    let mut texts: Vec<Arc<str>> = Vec::with_capacity(cells.len());
    for cell in cells {
        match texts.last() {
            Some(last) if **last == *cell => texts.push(Arc::clone(last)),
            _ => texts.push(cell.into()),
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_table(_: &Arc<Table>) -> TableId {
        TableId { hash: [0; 32], twin: 0 }
    }

    #[test]
    fn a_value_comes_back_as_it_was() {
        let inner =
            Value::list([Value::Int(-1), Value::Float(1.0), Value::Float(-0.0), Value::Null]);
        let value =
            Value::object([("b", inner), ("a", Value::str("é\n")), ("c", Value::Bool(true))]);
        let mut nodes = Vec::new();
        flatten(&value, &mut no_table, &mut nodes);
        let back = rebuild(&nodes, &|_| None).unwrap();
        assert_eq!(crate::value::show::json(&back), crate::value::show::json(&value));
        assert!(rebuild(&nodes[..nodes.len() - 1], &|_| None).is_none());
        assert!(rebuild(&[nodes, vec![Node::Null]].concat(), &|_| None).is_none());
    }

    #[test]
    fn nodes_that_nest_without_end_are_no_value() {
        assert!(rebuild(&vec![Node::List(1); 100_000], &|_| None).is_none());
        assert!(rebuild(&[Node::List(u32::MAX)], &|_| None).is_none());
    }

    #[test]
    fn a_table_keeps_its_columns() {
        let head: Object = [("count".into(), Value::Int(2))].into_iter().collect();
        let column = |name: &str, cells| Column { name: name.into(), cells };
        let columns = vec![
            column("n", Cells::Int(vec![1, 2])),
            column("t", Cells::Text(vec!["x".into(), "x".into()])),
            column("v", Cells::Any(vec![Value::Null, Value::list([Value::Int(3)])])),
        ];
        let table = Table::new(head, columns);
        let bytes = table_bytes(&table, &mut no_table);
        let back = table_of(&bytes, &|_| None).unwrap();
        assert_eq!((back.as_object(), back.size()), (table.as_object(), table.size()));
        for cut in 0..bytes.len() {
            drop(table_of(&bytes[..cut], &|_| None));
        }
    }
}
