//! The arguments of one call, bound to parameters: every value has the kind its parameter asks for.

use std::time::Duration;

use indexmap::IndexMap;

use crate::value::Value;

/// Values by parameter name, in the order of the parameters; defaults are filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Args {
    values: IndexMap<String, Value>,
}

impl Args {
    /// Sets a value.
    pub fn insert(&mut self, name: impl Into<String>, value: Value) {
        self.values.insert(name.into(), value);
    }

    /// The value, if the parameter was given or has a default.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// The text of a parameter; empty if absent.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.value(name).and_then(Value::as_str).unwrap_or("")
    }

    /// The text of a parameter that may be absent.
    #[must_use]
    pub fn maybe_text(&self, name: &str) -> Option<&str> {
        self.value(name).and_then(Value::as_str)
    }

    /// A whole number.
    #[must_use]
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.value(name) {
            Some(Value::Int(n)) => Some(*n),
            _ => None,
        }
    }

    /// Whether a flag is set.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.value(name), Some(Value::Bool(true)))
    }

    /// The words of a parameter of kind `globs`, or of any list of texts.
    #[must_use]
    pub fn texts(&self, name: &str) -> Vec<String> {
        match self.value(name) {
            Some(Value::Str(text)) => text
                .split(',')
                .map(|word| word.trim().to_owned())
                .filter(|word| !word.is_empty())
                .collect(),
            Some(Value::List(list)) => {
                list.items().iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// A duration.
    #[must_use]
    pub fn duration(&self, name: &str) -> Option<Duration> {
        self.maybe_text(name).and_then(parse_duration)
    }

    /// All values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }
}

/// A duration from text: a number glued to `ms`, `s`, `m` or `h`.
#[must_use]
pub fn parse_duration(text: &str) -> Option<Duration> {
    let unit = text.find(|c: char| c.is_ascii_alphabetic())?;
    let number: f64 = text[..unit].replace('_', "").parse().ok()?;
    let seconds = match &text[unit..] {
        "ms" => number / 1e3,
        "s" => number,
        "m" => number * 60.0,
        "h" => number * 3600.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(seconds).ok()
}
