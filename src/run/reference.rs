//! Values of a result where an action's whole answer is named instead of said again: its rows stand once, with the
//! action. Scripts never see a reference; only what is written does.

use std::collections::HashMap;
use std::sync::Arc;

use crate::exec::journal::ActionRecord;
use crate::value::{Table, Value};

/// The answers of a run's actions, by the tables they are: the action's id, and what is said instead.
pub(super) struct References {
    by_table: HashMap<*const Table, (Arc<str>, Value)>,
}

impl References {
    /// Of these actions; the first of several that answered with the same table names it, but for a module: there it is
    /// the action inside that gave the module its answer.
    pub(super) fn new(actions: &[ActionRecord]) -> Self {
        let mut by_table: HashMap<*const Table, (Arc<str>, Value)> = HashMap::new();
        for record in actions {
            let Ok(Value::Table(table)) = &record.outcome else { continue };
            let at = Arc::as_ptr(table);
            let is_free = by_table.get(&at).is_none_or(|(id, _)| is_inside(&record.id, id));
            if is_free {
                by_table.insert(at, (Arc::clone(&record.id), reference(record, table)));
            }
        }
        Self { by_table }
    }

    /// An action's own value: it keeps its rows, unless an action inside it has them.
    pub(super) fn own(&self, id: &str, value: Value) -> Value {
        let namer = match &value {
            Value::Table(table) => self.by_table.get(&Arc::as_ptr(table)).map(|(namer, _)| namer),
            _ => return self.apply(value),
        };
        if namer.is_some_and(|namer| is_inside(namer, id)) { self.apply(value) } else { value }
    }

    /// The value with `{action, count, complete}` for every whole answer in it.
    pub(super) fn apply(&self, value: Value) -> Value {
        self.replaced(&value).unwrap_or(value)
    }

    /// None where the value holds no whole answer; values are at most [`crate::value::MAX_DEPTH`] deep.
    fn replaced(&self, value: &Value) -> Option<Value> {
        match value {
            Value::Table(table) => {
                self.by_table.get(&Arc::as_ptr(table)).map(|(_, said)| said.clone())
            }
            Value::List(list) => {
                let parts: Vec<_> = list.items().iter().map(|item| self.replaced(item)).collect();
                parts.iter().any(Option::is_some).then(|| {
                    let parts = parts.into_iter().zip(list.items());
                    Value::list(parts.map(|(new, old)| new.unwrap_or_else(|| old.clone())))
                })
            }
            Value::Object(fields) => {
                let parts: Vec<_> = fields.iter().map(|(_, field)| self.replaced(field)).collect();
                parts.iter().any(Option::is_some).then(|| {
                    let parts = parts.into_iter().zip(fields.iter());
                    Value::object(parts.map(|(new, (name, old))| {
                        (Arc::clone(name), new.unwrap_or_else(|| old.clone()))
                    }))
                })
            }
            _ => None,
        }
    }
}

/// Whether an action ran inside the call of a module, by their ids.
fn is_inside(id: &str, module: &str) -> bool {
    id.strip_prefix(module).is_some_and(|rest| rest.starts_with('.'))
}

fn reference(record: &ActionRecord, table: &Table) -> Value {
    let kept = ["count", "complete"].into_iter();
    let said = kept.filter_map(|name| Some((name, table.head().field(name)?.clone())));
    Value::object([("action", Value::Str(Arc::clone(&record.id)))].into_iter().chain(said))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::value::Object;

    fn record(id: &str, outcome: Value) -> ActionRecord {
        ActionRecord {
            place: 0,
            id: id.into(),
            step: 0,
            name: "q",
            args: Value::Null,
            elapsed: Duration::ZERO,
            outcome: Ok(outcome),
        }
    }

    fn table() -> Value {
        let head: Object = [("count".into(), Value::Int(0))].into_iter().collect();
        Value::Table(Arc::new(Table::new(head, Vec::new())))
    }

    #[test]
    fn a_whole_answer_is_named_wherever_it_stands() {
        let (known, unknown) = (table(), table());
        let references = References::new(&[record("q_0", known.clone())]);
        let named = Value::object([("action", Value::str("q_0")), ("count", Value::Int(0))]);
        let value = |inner: Value| {
            Value::list([Value::Int(1), Value::object([("a", inner), ("b", unknown.clone())])])
        };
        assert_eq!(references.apply(known.clone()), named);
        assert_eq!(references.apply(value(known)), value(named));
        assert_eq!(references.apply(Value::str("text")), Value::str("text"));
    }

    #[test]
    fn a_table_of_no_action_is_shown_whole() {
        let references = References::new(&[record("q_0", Value::Null)]);
        assert!(matches!(references.apply(table()), Value::Table(_)));
    }
}
