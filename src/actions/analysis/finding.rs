//! What the rows of each analysis say as findings. Categories are the older tool's where it had them.

use crate::action::finding::{Row, Told, first_line};
use crate::value::Object;

/// A row of `q`: an entity, a match of a pattern, or a hit of a text that is no query; told by the fields it has.
pub(super) fn of_query(head: &Object, row: Row<'_>) -> Told {
    if row.text("match").is_some() {
        of_search(head, row)
    } else if let Some(name) = row.text("qualname") {
        of_definition(row, name)
    } else if let Some(callee) = row.text("callee") {
        told("callsite", "call", format!("call: {}", first_line(callee)), row)
    } else if row.text("module").is_some() || row.text("imported").is_some() {
        of_import(row)
    } else {
        told("pattern_match", "match", line(row), row)
    }
}

/// A definition is told from others by its place and its qualified name alone: its body may change.
fn of_definition(row: Row<'_>, name: &str) -> Told {
    let kind = row.text("kind").unwrap_or("definition");
    Told {
        owner: name.to_owned(),
        text: String::new(),
        ..told("definition", "definition", format!("{kind}: {name}"), row)
    }
}

fn of_import(row: Row<'_>) -> Told {
    let category = if row.text("imported").is_some() { "from_import" } else { "import" };
    let name = row.first(&["name", "imported", "module"]).unwrap_or("<unknown>");
    Told { text: name.to_owned(), ..told(category, "import", format!("{category}: {name}"), row) }
}

/// A hit of `search`: its category is its role, its message the line.
pub(super) fn of_search(_: &Object, row: Row<'_>) -> Told {
    let role = match row.text("kind") {
        None | Some("hit") => "text_match",
        Some(role) => role,
    };
    match row.text("object") {
        // The same fact as a definition that `q` lists.
        Some(name) if role == "definition" => {
            Told { message: line(row), ..of_definition(row, name) }
        }
        _ => {
            let text = format!(
                "{role} {} {}",
                row.text("match").unwrap_or(""),
                row.text("text").unwrap_or("")
            );
            Told { text, ..told(role, "hit", line(row), row) }
        }
    }
}

/// A use that `calls` found: who calls or passes what.
pub(super) fn of_call(_: &Object, row: Row<'_>) -> Told {
    let caller = row.text("caller").unwrap_or("<module>");
    let target = row.first(&["target", "callee", "name"]).unwrap_or("<unknown>");
    match row.text("kind") {
        Some("reference") => {
            told("reference", "reference", format!("{caller} refers to {target}"), row)
        }
        _ => told("call", "call", format!("{caller} calls {target}"), row),
    }
}

/// What lies in the definition around it and is told from its neighbours by its text.
fn told(category: &str, fact: &'static str, message: String, row: Row<'_>) -> Told {
    let owner = row.first(&["enclosing", "caller"]).unwrap_or("").to_owned();
    let text = row.first(&["text", "snippet", "callee", "name"]).unwrap_or("").to_owned();
    Told { category: category.to_owned(), message, fact, owner, text }
}

fn line(row: Row<'_>) -> String {
    first_line(row.text("text").unwrap_or(""))
}
