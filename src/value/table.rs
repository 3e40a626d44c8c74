//! What an analysis action found: rows in columns, beside what it says of them. A row is built when it is asked for.

use std::sync::Arc;

use indexmap::IndexMap;

use super::{Object, Size, Value};

/// One column; rows without a value in it hold `null` and do not show the field.
#[derive(Clone, Debug)]
pub struct Column {
    /// The field's name.
    pub name: Arc<str>,
    /// One cell a row.
    pub cells: Cells,
}

/// The cells of a column.
#[derive(Clone, Debug)]
pub enum Cells {
    /// Whole numbers.
    Int(Vec<i64>),
    /// Texts, often shared.
    Text(Vec<Arc<str>>),
    /// Anything; `null` where a row has nothing to say.
    Any(Vec<Value>),
}

impl Cells {
    /// Cells of these values, as small as they can be held.
    fn of(values: Vec<Value>) -> Self {
        let ints = values.iter().map(|value| match value {
            Value::Int(n) => Some(*n),
            _ => None,
        });
        if let Some(ints) = ints.collect::<Option<_>>() {
            return Self::Int(ints);
        }
        let texts = values.iter().map(|value| match value {
            Value::Str(text) => Some(Arc::clone(text)),
            _ => None,
        });
        texts.collect::<Option<_>>().map_or(Self::Any(values), Self::Text)
    }

    /// Number of cells.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Int(cells) => cells.len(),
            Self::Text(cells) => cells.len(),
            Self::Any(cells) => cells.len(),
        }
    }

    /// Whether there is no cell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cell of a row, which must be less than [`Cells::len`].
    #[must_use]
    pub fn cell(&self, row: usize) -> Value {
        match self {
            Self::Int(cells) => Value::Int(cells[row]),
            Self::Text(cells) => Value::Str(Arc::clone(&cells[row])),
            Self::Any(cells) => cells[row].clone(),
        }
    }

    fn weight(&self) -> u64 {
        match self {
            Self::Int(cells) => cells.len() as u64 * 8,
            Self::Text(cells) => cells.iter().map(|text| text.len() as u64 + 2).sum(),
            Self::Any(cells) => {
                cells.iter().map(|value| value.size().weight).fold(0, u64::saturating_add)
            }
        }
    }
}

/// The value of an analysis action.
#[derive(Clone, Debug)]
pub struct Table {
    head: Object,
    columns: Vec<Column>,
    rows: usize,
    size: Size,
}

impl Table {
    /// A table of equally long `columns`; `head` holds `count`, `complete`, `summary`, `coverage`.
    #[must_use]
    pub fn new(head: Object, columns: Vec<Column>) -> Self {
        let rows = columns.first().map_or(0, |column| column.cells.len());
        debug_assert!(
            columns.iter().all(|column| column.cells.len() == rows),
            "columns differ in length"
        );
        let names: u64 = columns.iter().map(|column| column.name.len() as u64 + 4).sum();
        let cells = columns.iter().map(|column| column.cells.weight()).fold(0, u64::saturating_add);
        let mut size = head.size;
        size.depth = size.depth.saturating_add(2).max(8);
        size.weight =
            size.weight.saturating_add(cells).saturating_add(names.saturating_mul(rows as u64));
        Self { head, columns, rows, size }
    }

    /// The table that a plain object stands for: one with a list `rows` of objects and a `coverage`. None where the
    /// table would say less than the object does.
    #[must_use]
    pub fn of(object: &Object) -> Option<Self> {
        let Some(Value::List(rows)) = object.field("rows") else { return None };
        object.field("coverage")?;
        let mut columns: IndexMap<Arc<str>, Vec<Value>> = IndexMap::new();
        for (at, row) in rows.items().iter().enumerate() {
            let Value::Object(fields) = row else { return None };
            for (name, value) in fields.iter() {
                // A table does not tell `null` from a field that is missing.
                if matches!(value, Value::Null) {
                    return None;
                }
                let cells = columns.entry(Arc::clone(name)).or_default();
                cells.resize(at, Value::Null);
                cells.push(value.clone());
            }
        }
        let columns = columns.into_iter().map(|(name, mut cells)| {
            cells.resize(rows.items().len(), Value::Null);
            Column { name, cells: Cells::of(cells) }
        });
        let head = object.iter().filter(|(name, _)| &***name != "rows");
        let head: Object = head.map(|(name, value)| (Arc::clone(name), value.clone())).collect();
        // Rows without any field need a column to be counted.
        let columns: Vec<Column> = columns.collect();
        (!columns.is_empty() || rows.items().is_empty()).then(|| Self::new(head, columns))
    }

    /// Number of rows held.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is no row.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// How big it is.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// What it says beside its rows.
    #[must_use]
    pub const fn head(&self) -> &Object {
        &self.head
    }

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The row at `index`, which must be less than [`Table::len`].
    #[must_use]
    pub fn row(&self, index: usize) -> Value {
        let cells =
            self.columns.iter().map(|column| (Arc::clone(&column.name), column.cells.cell(index)));
        Value::Object(Arc::new(cells.filter(|(_, value)| !matches!(value, Value::Null)).collect()))
    }

    /// All rows, built one by one.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Value> + '_ {
        (0..self.rows).map(|index| self.row(index))
    }

    /// A field of the table itself; `rows` is the list of all rows.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Value> {
        if name == "rows" { Some(Value::list(self.iter())) } else { self.head.field(name).cloned() }
    }

    /// The table as a plain object, `rows` behind `count` and `complete`.
    #[must_use]
    pub fn as_object(&self) -> Object {
        let mut fields: Vec<(Arc<str>, Value)> =
            self.head.iter().map(|(k, v)| (Arc::clone(k), v.clone())).collect();
        let at = fields
            .iter()
            .position(|(k, _)| &**k != "count" && &**k != "complete")
            .unwrap_or(fields.len());
        fields.insert(at, ("rows".into(), Value::list(self.iter())));
        fields.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(rows: Value) -> Object {
        [("count".into(), Value::Int(2)), ("rows".into(), rows), ("coverage".into(), Value::Null)]
            .into_iter()
            .collect()
    }

    #[test]
    fn an_object_with_rows_is_the_table_that_says_the_same() {
        let rows = Value::list([
            Value::object([("a", Value::Int(1)), ("b", Value::str("x"))]),
            Value::object([("b", Value::str("y")), ("c", Value::Bool(true))]),
        ]);
        let object = object(rows);
        let table = Table::of(&object).unwrap();
        assert_eq!((table.len(), table.columns().len()), (2, 3));
        assert_eq!(table.as_object(), object);
    }

    #[test]
    fn what_a_table_cannot_say_stays_an_object() {
        let null = Value::list([Value::object([("a", Value::Null)])]);
        let bare = Value::list([Value::object::<&str>([])]);
        for rows in [null, bare, Value::list([Value::Int(1)]), Value::Int(1)] {
            assert!(Table::of(&object(rows)).is_none());
        }
    }
}
