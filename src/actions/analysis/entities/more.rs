//! What `expand` and `fields` tell beside the rows: the imports of the files that rows lie in, and what is decorated there.

use std::sync::Arc;

use super::records::{self, Closures, In, Record};
use crate::query::ir::More;
use crate::scan::session::Source;
use crate::value::Value;

/// Most rows of a section.
const MOST: usize = 1_000;

/// Sections as they grow.
pub(super) struct Sections {
    wanted: Vec<Section>,
}

struct Section {
    title: &'static str,
    entity: &'static str,
    rows: Vec<Value>,
    total: usize,
}

impl Sections {
    pub(super) fn new(more: &[More]) -> Self {
        let section = |more: &More| {
            let (title, entity) = match more {
                More::Imports => ("Imports", "import"),
                More::DecoratedFunctions => ("Decorated functions", "decorator"),
                More::Scope | More::Decorators => return None,
            };
            Some(Section { title, entity, rows: Vec::new(), total: 0 })
        };
        Self { wanted: more.iter().filter_map(section).collect() }
    }

    /// Whether there is anything to look for.
    pub(super) fn are_wanted(&self) -> bool {
        !self.wanted.is_empty()
    }

    /// Adds what a file with rows has.
    pub(super) fn file(&mut self, of: In<'_>, source: &Source) {
        for section in &mut self.wanted {
            for record in records::records(of, section.entity, Closures::DoNot) {
                section.total += 1;
                if section.rows.len() < MOST {
                    section.rows.push(row(of, source, record));
                }
            }
        }
    }

    /// The sections, as a field of the value.
    pub(super) fn finish(self) -> Vec<(&'static str, Value)> {
        if self.wanted.is_empty() {
            return Vec::new();
        }
        let shown = self.wanted.into_iter().map(|section| {
            Value::object([
                ("title", Value::str(section.title)),
                ("total", Value::count(section.total)),
                ("rows", Value::list(section.rows)),
            ])
        });
        vec![("sections", Value::list(shown))]
    }
}

fn row(of: In<'_>, source: &Source, record: Record) -> Value {
    let at = source.position(record.tie(of.facts).unwrap_or(0));
    let (lo, hi) = source.line_at(record.tie(of.facts).unwrap_or(0));
    Value::object([
        ("text", Value::str(source.slice(lo, hi).trim())),
        ("name", Value::str(&*record.name(of))),
        ("file", Value::Str(Arc::clone(&source.path))),
        ("line", Value::Int(i64::from(at.line))),
        ("col", Value::Int(i64::from(at.col))),
        ("kind", Value::str(record.kind(of))),
    ])
}
