//! Values from and to JSON. Tables are written row by row; integers beyond 64 bits become floats.

use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::{Table, Value};

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(b) => serializer.serialize_bool(*b),
            Self::Int(n) => serializer.serialize_i64(*n),
            Self::Float(x) => serializer.serialize_f64(*x),
            Self::Str(text) => serializer.serialize_str(text),
            Self::List(list) => serializer.collect_seq(list.items()),
            Self::Object(object) => serializer.collect_map(object.iter()),
            Self::Table(table) => table.serialize(serializer),
        }
    }
}

/// The order of [`Table::as_object`].
impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.head().len() + 1))?;
        let mut written = false;
        for (name, value) in self.head().iter() {
            if !written && !matches!(&**name, "count" | "complete") {
                map.serialize_entry("rows", &Rows(self))?;
                written = true;
            }
            map.serialize_entry(&**name, value)?;
        }
        if !written {
            map.serialize_entry("rows", &Rows(self))?;
        }
        map.end()
    }
}

/// The rows of a table, as an array.
pub struct Rows<'t>(pub &'t Table);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.0.len()))?;
        for row in self.0.iter() {
            seq.serialize_element(&row)?;
        }
        seq.end()
    }
}

impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(b) => Self::Bool(b),
            serde_json::Value::Number(number) => match number.as_i64() {
                Some(n) => Self::Int(n),
                // A float is finite: JSON cannot write another, and the reader refuses what is too large.
                None => number.as_f64().filter(|x| x.is_finite()).map_or(Self::Null, Self::Float),
            },
            serde_json::Value::String(text) => Self::str(text),
            serde_json::Value::Array(items) => Self::list(items.into_iter().map(Self::from)),
            serde_json::Value::Object(fields) => Self::Object(Arc::new(
                fields.into_iter().map(|(k, v)| (Arc::from(k), Self::from(v))).collect(),
            )),
        }
    }
}

impl From<&Value> for serde_json::Value {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(b) => Self::Bool(*b),
            Value::Int(n) => Self::from(*n),
            Value::Float(x) => Self::from(*x),
            Value::Str(text) => Self::from(&**text),
            Value::List(list) => Self::Array(list.items().iter().map(Self::from).collect()),
            Value::Object(object) => {
                Self::Object(object.iter().map(|(k, v)| (k.to_string(), v.into())).collect())
            }
            Value::Table(table) => Self::from(&Value::Object(Arc::new(table.as_object()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::show;
    use proptest::prelude::*;

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            any::<f64>().prop_filter("finite", |x| x.is_finite()).prop_map(Value::Float),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::list),
                prop::collection::vec((any::<String>(), inner), 0..6).prop_map(Value::object),
            ]
        })
    }

    proptest! {
        #[test]
        fn json_and_back_is_the_same_value(value in any_value()) {
            let text = show::json(&value);
            let read: serde_json::Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&Value::from(read.clone()), &value);
            prop_assert_eq!(serde_json::Value::from(&value), read);
        }
    }

    #[test]
    fn integers_beyond_64_bits_become_floats() {
        let read: serde_json::Value =
            serde_json::from_str("[9223372036854775807, 9223372036854775808]").unwrap();
        let Value::List(list) = Value::from(read) else { panic!("a list") };
        assert!(
            matches!(list.items(), [Value::Int(i64::MAX), Value::Float(x)] if *x == 9_223_372_036_854_775_808.0)
        );
    }
}
