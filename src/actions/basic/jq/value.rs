//! The plan's values as jaq sees them: no conversion, no copy, and no value that a plan may not hold.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use jaq_core::box_iter::{BoxIter, box_once};
use jaq_core::path::Opt;
use jaq_core::val::Range;
use jaq_core::{Error, Exn, ValR, ValX};

use super::{guard, order, part};
use crate::value::{List, Object, Value, show};

/// A value inside jq: never a table, and a float may be one that JSON cannot write.
#[derive(Clone, Debug)]
pub(super) struct V(Value);

impl V {
    /// A plan's value; a table becomes the object that plans see.
    pub(super) fn new(value: Value) -> Self {
        match value {
            Value::Table(table) => Self(Value::Object(Arc::new(table.as_object()))),
            value => Self(value),
        }
    }

    /// A value that was just built; the evaluation ends if it is too big.
    pub(super) fn made(value: Value) -> Self {
        Self::new(guard::bounded(value))
    }

    pub(super) fn value(&self) -> &Value {
        &self.0
    }

    pub(super) fn into_value(self) -> Value {
        self.0
    }

    /// An error in jq's words.
    pub(super) fn error(text: impl Into<String>) -> Error<Self> {
        Error::new(Self(Value::from(text.into())))
    }

    fn typ(self, wanted: &'static str) -> Error<Self> {
        Error::typ(self, wanted)
    }

    /// The items of an array or the values of an object; the value itself otherwise.
    fn children(self) -> Result<Vec<Value>, Self> {
        match self.0 {
            Value::List(list) => {
                Ok(Arc::try_unwrap(list).map_or_else(|l| l.items().to_vec(), items))
            }
            Value::Object(object) => Ok(object.iter().map(|(_, value)| value.clone()).collect()),
            other => Err(Self(other)),
        }
    }
}

fn items(list: List) -> Vec<Value> {
    list.items().to_vec()
}

impl fmt::Display for V {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show::write_json(f, &self.0)
    }
}

impl From<bool> for V {
    fn from(b: bool) -> Self {
        Self(Value::Bool(b))
    }
}

impl From<isize> for V {
    fn from(n: isize) -> Self {
        Self(i64::try_from(n).map_or(Value::Null, Value::Int))
    }
}

impl From<usize> for V {
    fn from(n: usize) -> Self {
        Self(Value::count(n))
    }
}

impl From<f64> for V {
    fn from(x: f64) -> Self {
        Self(Value::Float(guard::note(x)))
    }
}

impl From<String> for V {
    fn from(text: String) -> Self {
        Self::made(Value::from(text))
    }
}

impl From<Range<V>> for V {
    fn from(range: Range<V>) -> Self {
        let ends = [("start", range.start), ("end", range.end)];
        Self(Value::object(ends.into_iter().filter_map(|(key, end)| Some((key, end?.0)))))
    }
}

impl FromIterator<V> for V {
    fn from_iter<I: IntoIterator<Item = V>>(values: I) -> Self {
        let mut weight = 0_u64;
        let mut items = Vec::new();
        for value in values {
            guard::tick();
            weight = weight.saturating_add(value.0.size().weight);
            guard::room(weight);
            items.push(value.0);
        }
        Self::made(Value::list(items))
    }
}

impl PartialEq for V {
    fn eq(&self, other: &Self) -> bool {
        order::equal(&self.0, &other.0)
    }
}

impl Eq for V {}

impl PartialOrd for V {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for V {
    fn cmp(&self, other: &Self) -> Ordering {
        order::compare(&self.0, &other.0)
    }
}

impl jaq_core::ValT for V {
    fn from_num(text: &str) -> ValR<Self> {
        let float = || text.parse().map(|x| Value::Float(guard::note(x))).map_err(Error::str);
        Ok(Self(text.parse().map(Value::Int).or_else(|_| float())?))
    }

    fn from_map<I: IntoIterator<Item = (Self, Self)>>(fields: I) -> ValR<Self> {
        let mut object = Object::from_iter([]);
        for (key, value) in fields {
            guard::tick();
            match key.0 {
                Value::Str(key) => object.insert(key, value.0),
                other => return Err(Self(other).typ("string, which a key must be")),
            }
        }
        Ok(Self::made(Value::Object(Arc::new(object))))
    }

    fn key_values(self) -> BoxIter<'static, ValR<(Self, Self), Self>> {
        match self.0 {
            Value::List(list) => Box::new((0..list.items().len()).map(move |at| {
                let item = list.items().get(at).cloned().unwrap_or_default();
                Ok((Self(Value::count(at)), Self::new(item)))
            })),
            Value::Object(object) => {
                let fields: Vec<_> =
                    object.iter().map(|(key, value)| (Arc::clone(key), value.clone())).collect();
                Box::new(
                    fields
                        .into_iter()
                        .map(|(key, value)| Ok((Self(Value::Str(key)), Self::new(value)))),
                )
            }
            other => box_once(Err(Self(other).typ("array or object"))),
        }
    }

    fn values(self) -> Box<dyn Iterator<Item = ValR<Self>>> {
        match self.children() {
            Ok(children) => Box::new(children.into_iter().map(|child| {
                guard::tick();
                Ok(Self::new(child))
            })),
            Err(other) => box_once(Err(other.typ("array or object"))),
        }
    }

    fn index(self, index: &Self) -> ValR<Self> {
        match part::find(&self.0, &index.0) {
            Some(found) => Ok(Self::new(found.unwrap_or_default())),
            None => Err(Error::index(self, index.clone())),
        }
    }

    fn range(self, range: Range<&Self>) -> ValR<Self> {
        let ends = range.start.map(Self::value)..range.end.map(Self::value);
        match part::slice(&self.0, &ends) {
            Some(found) => Ok(Self(found)),
            None => Err(self.typ("array or string, cut by integers")),
        }
    }

    fn map_values<'a, I: Iterator<Item = ValX<'a, Self>>>(
        self,
        opt: Opt,
        f: impl Fn(Self) -> I,
    ) -> ValX<'a, Self> {
        match self.0 {
            Value::List(list) => {
                let kept = list.items().iter().flat_map(|item| f(Self::new(item.clone())));
                kept.collect()
            }
            Value::Object(object) => {
                let fields = object.iter().filter_map(|(key, value)| {
                    let value = f(Self::new(value.clone())).next()?;
                    Some(value.map(|value| (Self(Value::Str(Arc::clone(key))), value)))
                });
                let fields: Vec<_> = fields.collect::<Result<_, Exn<'a, Self>>>()?;
                Ok(Self::from_map(fields)?)
            }
            other => opt.fail(Self(other), |v| Exn::from(v.typ("array or object"))),
        }
    }

    fn map_index<'a, I: Iterator<Item = ValX<'a, Self>>>(
        self,
        index: &Self,
        opt: Opt,
        f: impl Fn(Self) -> I,
    ) -> ValX<'a, Self> {
        part::change(self, index, opt, |old| f(old).next().transpose())
    }

    fn map_range<'a, I: Iterator<Item = ValX<'a, Self>>>(
        self,
        range: Range<&Self>,
        opt: Opt,
        f: impl Fn(Self) -> I,
    ) -> ValX<'a, Self> {
        let ends = range.start.map(Self::value)..range.end.map(Self::value);
        part::replace(self, &ends, opt, |old| f(old).next().transpose())
    }

    fn as_bool(&self) -> bool {
        !matches!(self.0, Value::Null | Value::Bool(false))
    }

    fn into_string(self) -> Self {
        match self.0 {
            Value::Str(_) => self,
            other => Self::made(Value::from(show::json(&other))),
        }
    }
}

impl jaq_std::ValT for V {
    fn into_seq<S: FromIterator<Self>>(self) -> Result<S, Self> {
        match self.0 {
            Value::List(list) => Ok(list.items().iter().cloned().map(Self::new).collect()),
            other => Err(Self(other)),
        }
    }

    fn is_int(&self) -> bool {
        matches!(self.0, Value::Int(_))
    }

    fn as_isize(&self) -> Option<isize> {
        match self.0 {
            Value::Int(n) => isize::try_from(n).ok(),
            _ => None,
        }
    }

    fn as_f64(&self) -> Option<f64> {
        crate::value::ops::number(&self.0)
    }

    fn is_utf8_str(&self) -> bool {
        matches!(self.0, Value::Str(_))
    }

    fn as_bytes(&self) -> Option<&[u8]> {
        self.0.as_str().map(str::as_bytes)
    }

    fn as_sub_str(&self, sub: &[u8]) -> Self {
        Self::made(Value::from(String::from_utf8_lossy(sub).into_owned()))
    }

    fn from_utf8_bytes(bytes: impl AsRef<[u8]> + Send + 'static) -> Self {
        Self::made(Value::from(String::from_utf8_lossy(bytes.as_ref()).into_owned()))
    }
}
