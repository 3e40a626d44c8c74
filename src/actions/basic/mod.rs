//! Actions on values and, through the gate, on the world. They know no repository and ask nothing of the scan.

pub mod assert;
pub mod date;
pub mod echo;
pub mod env;
pub mod file;
pub mod json;
pub mod list;
pub mod log;
pub mod math;
pub mod sleep;
pub mod string;
pub mod time;

use crate::action::Args;
use crate::diagnostic::{Code, Fault, Kind};
use crate::value::{Value, show};

/// The value of a parameter; `null` if absent.
fn value<'a>(args: &'a Args, name: &str) -> &'a Value {
    const NULL: &Value = &Value::Null;
    args.value(name).unwrap_or(NULL)
}

/// The parameter `first` as text, then `key=value` for each key that is none of `own`.
fn line(args: &Args, first: &str, own: &[&str]) -> String {
    let mut words: Vec<String> = args.value(first).map(show::plain).into_iter().collect();
    let further = args.iter().filter(|(key, _)| !own.contains(key));
    words.extend(further.map(|(key, value)| format!("{key}={}", show::plain(value))));
    words.join(" ")
}

/// A fault of kind `argument`.
fn refuse(code: Code, message: impl Into<String>) -> Fault {
    Fault::new(Kind::Argument, code, message)
}
