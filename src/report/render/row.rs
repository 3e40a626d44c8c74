//! What a row shows to people: a place, what it is, what it says. Told by the fields it has, not by its action.

use super::escape::first_line;
use crate::value::{Value, ops, show};

/// A row in words.
pub(super) struct Row {
    /// `file:line:col`, as far as it has them.
    pub(super) place: String,
    /// What kind of row it is, and what is shown of it.
    pub(super) shape: Shape,
    /// How it is known; empty where the row does not say.
    pub(super) evidence: String,
    /// How sure that is.
    pub(super) confidence: Option<f64>,
}

/// What a row shows.
pub(super) enum Shape {
    /// A definition: its kind and qualified name, and its head; an import: what it takes from where.
    Entity { kind: String, name: String, text: String },
    /// A use: who, of what, and how where it is no call.
    Use { kind: String, caller: String, target: String, text: String },
    /// A hit: its role, what it means where that is known, its line.
    Hit { role: String, object: String, text: String },
    /// Code: the first line.
    Code { kind: String, name: String, text: String },
}

/// Reads a row.
pub(super) fn read(row: &Value) -> Row {
    let confidence = match ops::field(row, "confidence") {
        Ok(Value::Float(x)) => Some(x),
        _ => None,
    };
    Row { place: place(row), shape: shape(row), evidence: text(row, "evidence"), confidence }
}

fn shape(row: &Value) -> Shape {
    let kind = text(row, "kind");
    let code = || {
        let code = any(row, &["text", "snippet"]);
        first_line(&code).to_owned()
    };
    let (caller, name) = (text(row, "caller"), text(row, "qualname"));
    if !text(row, "match").is_empty() {
        Shape::Hit { role: kind, object: text(row, "object"), text: code() }
    } else if !caller.is_empty() {
        let target = any(row, &["target", "callee", "name"]);
        Shape::Use { kind, caller, target, text: code() }
    } else if !name.is_empty() {
        Shape::Entity { kind, name, text: any(row, &["signature", "text"]) }
    } else if !text(row, "module").is_empty() {
        // What is imported whole says its module itself.
        let is_part = kind != "import" || !text(row, "imported").is_empty();
        let from = if is_part { format!(" from {}", text(row, "module")) } else { String::new() };
        Shape::Entity { kind, name: code() + &from, text: String::new() }
    } else {
        Shape::Code { kind, name: text(row, "name"), text: code() }
    }
}

/// The place of a row, also of a section's.
pub(super) fn place(row: &Value) -> String {
    let mut place = text(row, "file");
    for field in ["line", "col"] {
        let number = text(row, field);
        if number.is_empty() {
            break;
        }
        place = place + ":" + &number;
    }
    place
}

/// A field as text; empty where there is none.
pub(super) fn text(row: &Value, field: &str) -> String {
    match ops::field(row, field) {
        Ok(Value::Null) | Err(_) => String::new(),
        Ok(value) => show::plain(&value),
    }
}

fn any(row: &Value, fields: &[&str]) -> String {
    fields.iter().map(|field| text(row, field)).find(|text| !text.is_empty()).unwrap_or_default()
}

/// A list in a field; empty where there is none.
pub(super) fn list(value: &Value, field: &str) -> Vec<Value> {
    match ops::field(value, field) {
        Ok(Value::List(list)) => list.items().to_vec(),
        _ => Vec::new(),
    }
}
