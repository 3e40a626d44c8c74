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
        of_callsite(row, callee)
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

/// The same fact as a row of `calls`, which has all of the call's text.
fn of_callsite(row: Row<'_>, callee: &str) -> Told {
    let message = format!("call: {}", first_line(callee));
    Told { text: beginning(row), ..told("callsite", "call", message, row) }
}

/// `from_import: c as d from a.b`.
fn of_import(row: Row<'_>) -> Told {
    let is_plain = row.text("imported").is_none() && row.text("kind") == Some("import");
    let category = if is_plain { "import" } else { "from_import" };
    let module = row.text("module").unwrap_or("");
    let mut what = row.first(&["imported", "name"]).unwrap_or("<unknown>").to_owned();
    if is_plain {
        module.clone_into(&mut what);
    }
    if let Some(alias) = row.text("alias") {
        what = format!("{what} as {alias}");
    }
    if !is_plain {
        what = format!("{what} from {module}");
    }
    let what = first_line(&what);
    Told { text: what.clone(), ..told(category, "import", format!("{category}: {what}"), row) }
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
        _ => Told {
            text: beginning(row),
            ..told("call", "call", format!("{caller} calls {target}"), row)
        },
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

/// The first line of a call, which is all that some actions show of it.
fn beginning(row: Row<'_>) -> String {
    line(row).trim_end_matches('…').to_owned()
}
