//! Values and texts to the kinds of parameters. Nothing is converted in silence but plain values to text.

use std::sync::Arc;

use super::Kind;
use crate::diagnostic::code::arguments as codes;
use crate::diagnostic::{Code, either, is_slip, near};
use crate::value::duration::{self, Certainty};
use crate::value::{Value, show};

/// Why a value does not fit a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The stable code.
    pub code: Code,
    /// What the parameter takes.
    pub expected: String,
    /// What it got.
    pub found: String,
    /// The remedy.
    pub help: Option<String>,
    /// What to write instead.
    pub fix: Option<Fix>,
}

/// What to write instead of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// As plans write it.
    pub text: String,
    /// Whether it is meant for certain.
    pub certainty: Certainty,
}

impl Mismatch {
    fn new(code: Code, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { code, expected: expected.into(), found: found.into(), help: None, fix: None }
    }

    /// `expected X for NAME, found Y`.
    #[must_use]
    pub fn message(&self, parameter: &str) -> String {
        format!("expected {} for `{parameter}`, found {}", self.expected, self.found)
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    fn certain(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.help.get_or_insert_with(|| format!("write `{text}`"));
        self.fix = Some(Fix { text, certainty: Certainty::Certain });
        self
    }
}

/// The value as its parameter takes it.
///
/// # Errors
/// What was expected, what was found, and the remedy.
pub fn convert(kind: Kind, value: Value) -> Result<Value, Mismatch> {
    match kind {
        Kind::Any | Kind::Free => Ok(value),
        Kind::Int(least, most) => integer(value, least, most),
        Kind::Number => match value {
            Value::Int(_) | Value::Float(_) => Ok(value),
            other => Err(no_number(kind, &other)),
        },
        Kind::Bool => boolean(value),
        Kind::Duration => time(value),
        Kind::Enum(words) => member(value, words),
        Kind::List | Kind::Names => list(value),
        Kind::Object => match value {
            Value::Object(_) => Ok(value),
            Value::Table(table) => Ok(Value::Object(Arc::new(table.as_object()))),
            other => Err(wrong(kind, &other)),
        },
        Kind::Globs => globs(value),
        Kind::Text | Kind::Path | Kind::Symbol | Kind::Query | Kind::Pattern | Kind::Regex => {
            text(kind, value)
        }
        Kind::Signature | Kind::Target => text(kind, value),
    }
}

/// The value that a text of the command line, or a default, stands for.
///
/// # Errors
/// As [`convert`].
pub fn from_text(kind: Kind, written: &str) -> Result<Value, Mismatch> {
    let json = || serde_json::from_str::<serde_json::Value>(written).ok().map(Value::from);
    let value = match kind {
        Kind::Int(..) => written.replace('_', "").parse().ok().map(Value::Int),
        Kind::Number => json().filter(|v| matches!(v, Value::Int(_) | Value::Float(_))),
        Kind::Bool => written.parse().ok().map(Value::Bool),
        Kind::List | Kind::Object => {
            json().filter(|v| matches!(v, Value::List(_) | Value::Object(_)))
        }
        Kind::Any => json(),
        _ => None,
    };
    convert(kind, value.unwrap_or_else(|| Value::from(written)))
}

/// `expected X, found Y`.
fn wrong(kind: Kind, found: &Value) -> Mismatch {
    let mismatch = Mismatch::new(codes::ARGUMENT_TYPE, named(kind), shown(found));
    match (kind, found) {
        (_, Value::Null) => mismatch.help("leave the argument out, or give it a value"),
        (Kind::Object, _) => mismatch.help("write an object: `{key: value}`"),
        (Kind::Symbol | Kind::Target, Value::Object(_)) => {
            mismatch.help("pass one of its fields, such as `qualname`")
        }
        (_, Value::List(_)) => {
            mismatch.help("pass one item, or join them: `join_text(list, \", \")`")
        }
        (_, Value::Object(_) | Value::Table(_)) => {
            mismatch.help("pass one of its fields, or `str(value)`")
        }
        _ => mismatch,
    }
}

/// The kind with its article, for messages.
const fn named(kind: Kind) -> &'static str {
    match kind {
        Kind::Any => "a value",
        Kind::Text => "text",
        Kind::Int(..) => "a whole number",
        Kind::Number => "a number",
        Kind::Bool => "`true` or `false`",
        Kind::Duration => "a duration",
        Kind::Enum(_) => "a word",
        Kind::List => "a list",
        Kind::Object => "an object",
        Kind::Path => "a path",
        Kind::Globs => "globs",
        Kind::Symbol => "a symbol",
        Kind::Query => "a query",
        Kind::Pattern => "a pattern",
        Kind::Regex => "a regular expression",
        Kind::Signature => "a signature",
        Kind::Target => "a target",
        Kind::Names => "names of variables, or a list",
        Kind::Free => "a value",
    }
}

/// What was found: its kind, and itself where it is short.
fn shown(value: &Value) -> String {
    match value {
        Value::Str(text) if text.chars().count() <= 40 => {
            format!("the string {}", show::json(&Value::str(Arc::clone(text))))
        }
        Value::Int(_) | Value::Float(_) => format!("the number {}", show::plain(value)),
        Value::Bool(b) => format!("`{b}`"),
        Value::Null => "`null`".to_owned(),
        other => other.kind().to_owned(),
    }
}

fn integer(value: Value, least: i64, most: i64) -> Result<Value, Mismatch> {
    let kind = Kind::Int(least, most);
    let whole = match value {
        Value::Int(n) => n,
        Value::Float(x) if x.fract() == 0.0 && x.abs() < 9e15 => {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "whole and within 53 bits by the test above"
            )]
            let n = x as i64;
            n
        }
        other => return Err(no_number(kind, &other)),
    };
    if (least..=most).contains(&whole) {
        return Ok(Value::Int(whole));
    }
    let bounds = match (least, most) {
        (least, i64::MAX) => format!("of at least {least}"),
        (i64::MIN, most) => format!("of at most {most}"),
        (least, most) => format!("from {least} to {most}"),
    };
    Err(Mismatch::new(codes::OUT_OF_RANGE, format!("a whole number {bounds}"), whole.to_string()))
}

fn no_number(kind: Kind, found: &Value) -> Mismatch {
    let mismatch = wrong(kind, found);
    let Value::Str(text) = found else { return mismatch };
    let bare = text.trim();
    let fits = match kind {
        Kind::Int(..) => bare.parse::<i64>().is_ok_and(|n| n >= 0),
        _ => {
            bare.parse::<f64>().is_ok_and(|x| x.is_finite())
                && bare.starts_with(|c: char| c.is_ascii_digit())
        }
    };
    if fits { mismatch.certain(bare) } else { mismatch.help("a number is written without quotes") }
}

fn boolean(value: Value) -> Result<Value, Mismatch> {
    let meant = match &value {
        Value::Bool(_) => return Ok(value),
        Value::Int(1) => Some("true"),
        Value::Int(0) => Some("false"),
        Value::Str(text) => match text.trim().to_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Some("true"),
            "false" | "no" | "off" | "0" => Some("false"),
            _ => None,
        },
        _ => None,
    };
    let mismatch = wrong(Kind::Bool, &value);
    Err(match meant {
        Some(word) => mismatch.certain(word),
        None => mismatch,
    })
}

fn time(value: Value) -> Result<Value, Mismatch> {
    if value.as_str().is_some_and(|text| duration::parse(text).is_some()) {
        return Ok(value);
    }
    let mismatch = Mismatch::new(codes::BAD_DURATION, "a duration", shown(&value))
        .help("write a number glued to `ms`, `s`, `m` or `h`, such as `30s`");
    let number = match &value {
        Value::Int(_) | Value::Float(_) => show::plain(&value),
        Value::Str(text) => text.trim().to_owned(),
        _ => return Err(mismatch),
    };
    let fix = duration::guess(&number).map(|(text, certainty)| Fix { text, certainty });
    Err(Mismatch { fix, ..mismatch })
}

fn member(value: Value, words: &'static [&'static str]) -> Result<Value, Mismatch> {
    let Value::Str(text) = &value else {
        return Err(Mismatch::new(codes::NOT_A_MEMBER, either(words), shown(&value)));
    };
    if words.contains(&&**text) { Ok(value) } else { Err(not_a_member(text, words)) }
}

/// Words of elsewhere, and what they are called here.
const SAME: &[(&str, &str)] =
    &[("err", "error"), ("py", "python"), ("rs", "rust"), ("warning", "warn")];

/// A word that is none of those a parameter takes.
#[must_use]
pub fn not_a_member(found: &str, words: &[&'static str]) -> Mismatch {
    let mismatch = Mismatch::new(codes::NOT_A_MEMBER, either(words), format!("`{found}`"));
    if let Some((_, same)) = SAME.iter().find(|(word, same)| *word == found && words.contains(same))
    {
        return mismatch.help(format!("it is called `{same}` here")).certain(*same);
    }
    match near(found, words.iter().copied()).as_slice() {
        [] => mismatch,
        [one] => {
            let certainty =
                if is_slip(found, one) { Certainty::Certain } else { Certainty::Likely };
            let fix = Some(Fix { text: (*one).to_owned(), certainty });
            Mismatch { fix, ..mismatch.help(format!("did you mean `{one}`?")) }
        }
        many => mismatch.help(format!("did you mean {}?", either(many))),
    }
}

fn list(value: Value) -> Result<Value, Mismatch> {
    match value {
        Value::List(_) => Ok(value),
        Value::Table(table) => Ok(Value::list(table.iter())),
        other => {
            let mismatch = wrong(Kind::List, &other);
            Err(match other {
                Value::Object(_) => mismatch.help("pass a list, or the object's `values(object)`"),
                _ => mismatch.help("write a list: `[a, b]`"),
            })
        }
    }
}

fn globs(value: Value) -> Result<Value, Mismatch> {
    match &value {
        Value::Str(_) => Ok(value),
        Value::List(list) if list.items().iter().all(|item| item.as_str().is_some()) => Ok(value),
        Value::List(_) => {
            let found = "one that holds something else than text";
            Err(Mismatch::new(codes::ARGUMENT_TYPE, "a list of globs", found))
        }
        other => Err(wrong(Kind::Globs, other)),
    }
}

fn text(kind: Kind, value: Value) -> Result<Value, Mismatch> {
    match value {
        Value::Str(_) => Ok(value),
        Value::Int(_) | Value::Float(_) | Value::Bool(_) if kind == Kind::Text => {
            Ok(show::plain(&value).into())
        }
        other => Err(wrong(kind, &other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fix(kind: Kind, value: impl Into<Value>) -> Option<String> {
        convert(kind, value.into()).expect_err("does not fit").fix.map(|fix| fix.text)
    }

    #[test]
    fn plain_values_become_text_and_nothing_else_changes_its_kind() {
        assert_eq!(convert(Kind::Text, Value::Int(3)), Ok(Value::from("3")));
        assert_eq!(convert(Kind::Int(0, 9), Value::Float(3.0)), Ok(Value::Int(3)));
        assert!(convert(Kind::Path, Value::Int(3)).is_err());
        assert!(convert(Kind::Text, Value::Null).is_err());
    }

    #[test]
    fn a_value_in_the_wrong_clothes_has_a_fix() {
        assert_eq!(fix(Kind::Int(0, 9), "7"), Some("7".into()));
        assert_eq!(fix(Kind::Bool, "yes"), Some("true".into()));
        assert_eq!(fix(Kind::Bool, 0), Some("false".into()));
        assert_eq!(fix(Kind::Duration, 30), Some("30s".into()));
        assert_eq!(fix(Kind::Enum(&["auto", "python"]), "pyhton"), Some("python".into()));
        assert_eq!(fix(Kind::Int(1, 9), 12), None);
    }

    #[test]
    fn text_of_the_command_line_takes_the_kind_of_its_parameter() {
        assert_eq!(from_text(Kind::Int(0, 99), "12"), Ok(Value::Int(12)));
        assert_eq!(from_text(Kind::Any, "[1]"), Ok(Value::list([Value::Int(1)])));
        assert_eq!(from_text(Kind::Any, "plain"), Ok(Value::from("plain")));
        assert_eq!(from_text(Kind::Text, "12"), Ok(Value::from("12")));
        assert!(from_text(Kind::Bool, "maybe").is_err());
    }
}
