//! What the rows of each analysis say as findings. Categories are the older tool's where it had them.

use crate::action::finding::{Row, Told, first_line};
use crate::value::Object;

/// A row of `q`: an entity, a match of a pattern, or a hit of a text that is no query.
pub(super) fn of_query(head: &Object, row: Row<'_>) -> Told {
    if row.text("match").is_some() {
        return of_search(head, row);
    }
    let kind = row.text("kind").unwrap_or("");
    let entity = Row(head).inner("summary", "entity").unwrap_or_default();
    match (Row(head).inner("summary", "mode").as_deref(), entity.as_str()) {
        (Some("entity"), "callsite") => of_callsite(row),
        (Some("entity"), "import") => of_import(kind, row),
        (Some("entity"), _) => of_definition(kind, row),
        _ => {
            let text = row.text("text").unwrap_or("");
            Told {
                category: "pattern_match".to_owned(),
                message: first_line(text),
                fact: "match",
                text: text.to_owned(),
            }
        }
    }
}

/// A definition is told from others by its place and its qualified name alone: its body may change.
fn of_definition(kind: &str, row: Row<'_>) -> Told {
    let name = row.first(&["qualname", "name"]).unwrap_or("<anonymous>");
    Told {
        category: "definition".to_owned(),
        message: format!("{kind}: {name}"),
        fact: "definition",
        text: String::new(),
    }
}

fn of_callsite(row: Row<'_>) -> Told {
    let callee = row.first(&["callee", "name", "text"]).unwrap_or("<unknown>");
    Told {
        category: "callsite".to_owned(),
        message: format!("call: {}", first_line(callee)),
        fact: "call",
        text: row.first(&["text", "name"]).unwrap_or("").to_owned(),
    }
}

fn of_import(kind: &str, row: Row<'_>) -> Told {
    let category = if kind.starts_with("from") { "from_import" } else { "import" };
    let name = row.first(&["name", "text"]).unwrap_or("<unknown>");
    Told {
        category: category.to_owned(),
        message: format!("{category}: {}", first_line(name)),
        fact: "import",
        text: name.to_owned(),
    }
}

/// A hit of `search`: its category is its role, its message the line.
pub(super) fn of_search(_: &Object, row: Row<'_>) -> Told {
    let line = row.text("text").unwrap_or("");
    let role = match row.first(&["role", "kind"]) {
        None | Some("hit") => "text_match",
        Some(role) => role,
    };
    Told {
        category: role.to_owned(),
        message: first_line(line),
        fact: "hit",
        text: format!("{role} {} {line}", row.text("match").unwrap_or("")),
    }
}
