//! How a row of an answer reads as a finding: its category, its message, and what tells it from other facts. Knows no
//! report.

use crate::value::{Object, Value, show};

/// How the rows of an action read as findings.
pub type FindingForm = fn(&Object, Row<'_>) -> Told;

/// What a row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// `definition`, `call`, `pattern_match`, …
    pub category: String,
    /// One line.
    pub message: String,
    /// What kind of fact it is; rows of two actions that tell the same fact agree in it.
    pub fact: &'static str,
    /// The qualified name of what it is a fact of, or lies in.
    pub owner: String,
    /// The fact's own text; empty where file and owner say all.
    pub text: String,
}

/// A row, for reading.
#[derive(Clone, Copy, Debug)]
pub struct Row<'r>(pub &'r Object);

impl<'r> Row<'r> {
    /// A text that is not empty.
    #[must_use]
    pub fn text(self, field: &str) -> Option<&'r str> {
        self.0.field(field).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// The first of these fields that holds a text.
    #[must_use]
    pub fn first(self, fields: &[&str]) -> Option<&'r str> {
        fields.iter().find_map(|field| self.text(field))
    }

    /// A whole number.
    #[must_use]
    pub fn int(self, field: &str) -> Option<i64> {
        match self.0.field(field) {
            Some(Value::Int(n)) => Some(*n),
            _ => None,
        }
    }

    /// A number.
    #[must_use]
    pub fn number(self, field: &str) -> Option<f64> {
        match self.0.field(field) {
            Some(Value::Float(x)) => Some(*x),
            #[expect(clippy::cast_precision_loss, reason = "a score, not a count")]
            Some(Value::Int(n)) => Some(*n as f64),
            _ => None,
        }
    }

    /// A field of an object that the row, or a table's head, holds.
    #[must_use]
    pub fn inner(self, field: &str, name: &str) -> Option<String> {
        match self.0.field(field)? {
            Value::Object(object) => object.field(name).map(show::plain),
            _ => None,
        }
    }
}

/// What a row says whose action says nothing of its own: the first line of its text, else its name.
#[must_use]
pub fn plain(action: &str, row: Row<'_>) -> Told {
    let text = row.first(&["text", "snippet"]).unwrap_or("");
    let message = if text.is_empty() {
        row.first(&["qualname", "name", "kind"]).unwrap_or(action).to_owned()
    } else {
        first_line(text)
    };
    let category = row.text("kind").unwrap_or(action).to_owned();
    let owner = row.first(&["qualname", "enclosing", "caller"]).unwrap_or("").to_owned();
    Told { category, message, fact: "row", owner, text: text.to_owned() }
}

/// Characters of a message.
const LONGEST: usize = 200;

/// The first line that is not blank, without the blanks around it, cut where it is very long.
#[must_use]
pub fn first_line(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}
