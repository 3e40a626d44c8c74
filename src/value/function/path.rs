//! Paths written as text, `file` or `call.args[0].name`, as `map`, `filter`, `group` and `sort` take them.

use std::sync::Arc;

use crate::diagnostic::{Fault, code::execution as codes};
use crate::value::ops::{self, Key, refuse};
use crate::value::{Table, Value, access};

/// A path: a word, then `.word` or `[digits]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    keys: Vec<Key>,
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// Text of another form.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let mut keys = Vec::new();
        let mut rest = text;
        loop {
            let word = rest.find(['.', '[']).map_or(rest, |end| &rest[..end]);
            if !is_word(word) {
                return Err(bad_path(text));
            }
            keys.push(Key::Field(Arc::from(word)));
            rest = &rest[word.len()..];
            while let Some(inner) = rest.strip_prefix('[') {
                let (digits, behind) = inner.split_once(']').ok_or_else(|| bad_path(text))?;
                if !digits.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(bad_path(text));
                }
                keys.push(Key::Index(digits.parse().map_err(|_| bad_path(text))?));
                rest = behind;
            }
            match rest.strip_prefix('.') {
                Some(behind) => rest = behind,
                None if rest.is_empty() => return Ok(Self { keys }),
                None => return Err(bad_path(text)),
            }
        }
    }

    /// The path that a value writes.
    ///
    /// # Errors
    /// A value that is no string, text of another form.
    pub fn of(name: &str, value: &Value) -> Result<Self, Fault> {
        match value {
            Value::Str(text) => Self::parse(text),
            _ => Err(super::expected(name, "the path of a field as a string", value)),
        }
    }

    /// Its parts.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// What the path leads to in `value`; `null` where something is missing.
    ///
    /// # Errors
    /// A field of a number or boolean.
    pub fn find(&self, value: &Value) -> Result<Value, Fault> {
        match self.keys.split_first() {
            Some((first, rest)) => follow(rest, step(value, first)?),
            None => Ok(value.clone()),
        }
    }

    /// What the path leads to in each row of a table, whose rows are not built for it.
    pub fn column<'t>(
        &'t self,
        table: &'t Table,
    ) -> impl Iterator<Item = Result<Value, Fault>> + 't {
        let (name, rest) = match self.keys.split_first() {
            Some((Key::Field(name), rest)) => (Some(name), rest),
            _ => (None, self.keys.as_slice()),
        };
        let column = table.columns().iter().find(|column| Some(&column.name) == name);
        (0..table.len()).map(move |row| match column {
            Some(column) => follow(rest, column.cells.cell(row)),
            None => Ok(Value::Null),
        })
    }
}

fn follow(keys: &[Key], from: Value) -> Result<Value, Fault> {
    keys.iter().try_fold(from, |at, key| step(&at, key))
}

fn step(value: &Value, key: &Key) -> Result<Value, Fault> {
    match key {
        Key::Field(name) => access::field(value, name),
        Key::Index(index) => ops::index(value, &Value::Int(*index)),
    }
}

pub(crate) fn is_word(text: &str) -> bool {
    let mut chars = text.chars();
    let start = |c: char| c == '_' || unicode_ident::is_xid_start(c);
    chars.next().is_some_and(start) && chars.all(unicode_ident::is_xid_continue)
}

fn bad_path(text: &str) -> Fault {
    refuse(codes::BAD_PATH, format!("`{text}` is no path of a field"))
        .help("write a name, then `.name` or `[0]` for each further part, as in `call.args[0]`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_and_digits_make_a_path() {
        for good in ["a", "a.b", "a[0].b", "größe", "a[0][12]"] {
            assert!(Path::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            ".",
            "a.",
            "a..b",
            "[0]",
            "a[",
            "a[-1]",
            "a[x]",
            "a[]",
            "a b",
            "a[99999999999999999999]",
            "a]0[",
        ] {
            assert_eq!(Path::parse(bad).map_err(|f| f.code), Err(codes::BAD_PATH), "{bad}");
        }
    }
}
