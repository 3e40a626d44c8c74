//! Values of a running plan: JSON's kinds with integers apart, and tables. Cheap to clone; no syntax inside.
//!
//! Lists and objects know their depth and weight, so a plan that nests or doubles a value for ever meets a bound
//! (`too_big`) long before the stack or the memory does.

pub mod access;
pub mod convert;
pub mod duration;
pub mod embedded;
pub mod function;
pub mod ops;
pub mod show;
pub mod size;
pub mod stored;
pub mod table;

use std::sync::Arc;

use indexmap::IndexMap;
pub use table::{Column, Table};

/// Deepest nesting a value may have.
pub const MAX_DEPTH: u32 = 256;
/// Greatest weight a value may have, in bytes as counted by [`Size`].
pub const MAX_WEIGHT: u64 = 1 << 29;
/// What `null` and numbers weigh: their place in a list.
const NULL_WEIGHT: u64 = 24;
/// What a string weighs beside its bytes: its place, its counts, and what the allocator rounds up.
pub const STR_WEIGHT: u64 = 56;
/// What a list weighs beside its items.
const LIST_WEIGHT: u64 = 96;
/// What an object weighs beside its fields.
const OBJECT_WEIGHT: u64 = 128;
/// What a field weighs beside its value and the bytes of its name, which are often shared.
const FIELD_WEIGHT: u64 = 32;

/// A value.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// `null`.
    #[default]
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A 64-bit integer.
    Int(i64),
    /// A finite float.
    Float(f64),
    /// Text.
    Str(Arc<str>),
    /// Values in order.
    List(Arc<List>),
    /// Fields in the order they were written.
    Object(Arc<Object>),
    /// What an analysis action found.
    Table(Arc<Table>),
}

/// How big a value is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Levels of lists and objects.
    pub depth: u32,
    /// Bytes of memory, about, shared parts counted each time they occur.
    pub weight: u64,
}

impl Size {
    fn hold(&mut self, inner: Self) {
        self.depth = self.depth.max(inner.depth.saturating_add(1));
        self.weight = self.weight.saturating_add(inner.weight);
    }
}

/// Values in order, with their size.
#[derive(Clone, Debug, Default)]
pub struct List {
    items: Vec<Value>,
    size: Size,
}

/// Fields by name, with their size.
#[derive(Clone, Debug, Default)]
pub struct Object {
    fields: IndexMap<Arc<str>, Value>,
    size: Size,
}

impl List {
    /// The items.
    #[must_use]
    pub fn items(&self) -> &[Value] {
        &self.items
    }

    /// Adds items behind the last one.
    pub fn extend(&mut self, items: impl IntoIterator<Item = Value>) {
        for item in items {
            self.size.hold(item.size());
            self.items.push(item);
        }
    }

    /// Replaces the item at `index`, which must exist.
    pub fn replace(&mut self, index: usize, value: Value) {
        let old = self.items[index].size().weight;
        self.size.weight = self.size.weight.saturating_sub(old);
        self.size.hold(value.size());
        self.items[index] = value;
    }

    /// Takes the item out, leaving `null`, so that it can be changed in place and put back.
    pub fn take(&mut self, index: usize) -> Value {
        let taken = std::mem::take(&mut self.items[index]);
        self.size.weight =
            self.size.weight.saturating_sub(taken.size().weight).saturating_add(NULL_WEIGHT);
        taken
    }
}

impl FromIterator<Value> for List {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Self {
        let items: Vec<Value> = items.into_iter().collect();
        let mut size = Size { depth: 1, weight: LIST_WEIGHT };
        for item in &items {
            size.hold(item.size());
        }
        Self { items, size }
    }
}

impl Object {
    /// The fields in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Arc<str>, &Value)> {
        self.fields.iter()
    }

    /// The value of a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }

    /// Number of fields.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether it has no field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Sets a field, in its old place if it exists.
    pub fn insert(&mut self, name: Arc<str>, value: Value) {
        self.size.hold(value.size());
        let key = name.len() as u64 + FIELD_WEIGHT;
        self.size.weight = self.size.weight.saturating_add(key);
        if let Some(old) = self.fields.insert(name, value) {
            self.size.weight =
                self.size.weight.saturating_sub(key.saturating_add(old.size().weight));
        }
    }

    /// Takes a field's value out, leaving `null`, so that it can be changed in place and put back.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        let taken = std::mem::take(self.fields.get_mut(name)?);
        self.size.weight =
            self.size.weight.saturating_sub(taken.size().weight).saturating_add(NULL_WEIGHT);
        Some(taken)
    }
}

impl FromIterator<(Arc<str>, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Value)>>(fields: I) -> Self {
        let mut object =
            Self { fields: IndexMap::new(), size: Size { depth: 1, weight: OBJECT_WEIGHT } };
        for (name, value) in fields {
            object.insert(name, value);
        }
        object
    }
}

impl Value {
    /// A text value.
    #[must_use]
    pub fn str(text: impl Into<Arc<str>>) -> Self {
        Self::Str(text.into())
    }

    /// A list value.
    #[must_use]
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self::List(Arc::new(items.into_iter().collect()))
    }

    /// An object value.
    #[must_use]
    pub fn object<K: Into<Arc<str>>>(fields: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Object(Arc::new(fields.into_iter().map(|(k, v)| (k.into(), v)).collect()))
    }

    /// A number that counts things.
    #[must_use]
    pub fn count(n: usize) -> Self {
        Self::Int(i64::try_from(n).unwrap_or(i64::MAX))
    }

    /// How big it is.
    #[must_use]
    pub fn size(&self) -> Size {
        match self {
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Float(_) => {
                Size { depth: 0, weight: NULL_WEIGHT }
            }
            Self::Str(text) => Size { depth: 0, weight: text.len() as u64 + STR_WEIGHT },
            Self::List(list) => list.size,
            Self::Object(object) => object.size,
            Self::Table(table) => table.size(),
        }
    }

    /// What its kind is called in messages.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::Float(_) => "a number",
            Self::Str(_) => "a string",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
            Self::Table(_) => "a table",
        }
    }

    /// Its text, if it is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }
}

/// JSON equality: numbers by value, objects without regard to order, no conversion between kinds.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a == b,
            (Self::Int(a), Self::Float(b)) | (Self::Float(b), Self::Int(a)) => {
                ops::compare_int_float(*a, *b).is_eq()
            }
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::List(a), Self::List(b)) => Arc::ptr_eq(a, b) || a.items == b.items,
            (Self::Object(a), Self::Object(b)) => Arc::ptr_eq(a, b) || a.fields == b.fields,
            (Self::Table(a), Self::Table(b)) => Arc::ptr_eq(a, b) || a.as_object() == b.as_object(),
            (Self::Table(a), Self::Object(b)) | (Self::Object(b), Self::Table(a)) => {
                a.as_object().fields == b.fields
            }
            _ => false,
        }
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.fields == other.fields
    }
}

impl crate::source::Sources {
    /// A span as plans and results show it: `{file, line, col, end_line, end_col}`; `null` for an unknown source.
    #[must_use]
    pub fn place(&self, span: crate::source::Span) -> Value {
        let Some(source) = self.find(span.source) else { return Value::Null };
        let (from, to) = (source.position(span.lo), source.position(span.hi));
        Value::object([
            ("file", Value::Str(Arc::clone(&source.name))),
            ("line", Value::Int(from.line.into())),
            ("col", Value::Int(from.col.into())),
            ("end_line", Value::Int(to.line.into())),
            ("end_col", Value::Int(to.col.into())),
        ])
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Self::Bool(b)
    }
}

impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::str(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::str(text)
    }
}
