//! What an answer tells beside its rows: objects, uses by kind, hits in strings and comments, hot files, what to ask next.

use std::sync::Arc;

use super::follow;
use super::hit::{Hit, Hits};
use super::line;
use super::objects::Object;
use crate::facts::needs::{Mode, Search};
use crate::project::role::Role;
use crate::scan::session::{FileHits, SearchAnswer};
use crate::value::Value;

/// Most objects that are told.
const MOST_OBJECTS: usize = 200;
/// Most hits in strings and comments that are told.
const MOST_NON_CODE: usize = 100;
/// Most files that are told.
const MOST_FILES: usize = 10;

/// The objects, for plans.
pub(super) fn objects(hits: &Hits) -> Value {
    Value::list(hits.objects.sorted().into_iter().take(MOST_OBJECTS).map(|object| {
        let mut fields = vec![
            ("object", Value::Str(Arc::clone(&object.name))),
            ("kind", Value::str(object.kind)),
        ];
        if let Some((file, line)) = &object.place {
            fields.push(("file", Value::Str(Arc::clone(file))));
            fields.push(("line", Value::Int(i64::from(*line))));
        }
        fields.push(("count", Value::count(object.count())));
        fields.push(("files", Value::count(object.files)));
        fields.push(("by_kind", by_kind(&object.by_role)));
        Value::object(fields)
    }))
}

/// Counts by role, those without a hit left out.
pub(super) fn by_kind(counts: &[usize; Role::ALL.len()]) -> Value {
    Value::object(present(counts).map(|(role, count)| (role.name(), Value::count(count))))
}

fn present(counts: &[usize; Role::ALL.len()]) -> impl Iterator<Item = (Role, usize)> {
    Role::ALL.into_iter().zip(*counts).filter(|(_, count)| *count > 0)
}

/// All sections that have something to say.
pub(super) fn sections(found: &SearchAnswer, hits: &Hits, search: &Search, apart: &[Hit]) -> Value {
    let non_code = apart.iter().take(MOST_NON_CODE).filter_map(|hit| non_code_row(found, hit));
    let all = [
        section("Objects", object_rows(hits), None),
        section("Uses by kind", kind_rows(hits), None),
        section("Non-code matches", non_code.collect(), Some(apart.len())),
        section("Hot files", hot_files(found), None),
        section("Follow-ups", follow_ups(found, hits, search), None),
    ];
    Value::list(all.into_iter().flatten())
}

/// A section, with the number of rows there are if not all of them are told.
fn section(title: &'static str, rows: Vec<Value>, total: Option<usize>) -> Option<Value> {
    let mut fields = vec![("title", Value::str(title))];
    if let Some(total) = total {
        fields.push(("total", Value::count(total)));
    }
    let is_empty = rows.is_empty();
    fields.push(("rows", Value::list(rows)));
    (!is_empty).then(|| Value::object(fields))
}

fn object_rows(hits: &Hits) -> Vec<Value> {
    let objects = hits.objects.sorted();
    let mut rows: Vec<Value> = objects.iter().take(MOST_OBJECTS).map(|o| object_row(o)).collect();
    let groups =
        [("one of several", &hits.objects.ambiguous), ("not resolved", &hits.objects.unresolved)];
    let is_asked = !rows.is_empty() || hits.objects.ambiguous.iter().any(|count| *count > 0);
    for (words, counts) in groups {
        let count: usize = counts.iter().sum();
        if count > 0 && is_asked {
            rows.push(Value::object([
                ("text", Value::str(format!("{words}: {}", listed(counts)))),
                ("count", Value::count(count)),
            ]));
        }
    }
    rows
}

fn object_row(object: &Object) -> Value {
    let text = format!("{}: {}", object.name, listed(&object.by_role));
    let mut fields = vec![("text", Value::str(text)), ("count", Value::count(object.count()))];
    if let Some((file, line)) = &object.place {
        fields.push(("file", Value::Str(Arc::clone(file))));
        fields.push(("line", Value::Int(i64::from(*line))));
    }
    fields.push(("kind", Value::str(object.kind)));
    Value::object(fields)
}

/// `definition 1, callsite 2`.
fn listed(counts: &[usize; Role::ALL.len()]) -> String {
    let parts: Vec<String> =
        present(counts).map(|(role, count)| format!("{} {count}", role.name())).collect();
    parts.join(", ")
}

fn kind_rows(hits: &Hits) -> Vec<Value> {
    let mut counts: Vec<(Role, usize)> = present(&hits.by_role).collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let row = |(role, count): (Role, usize)| {
        Value::object([
            ("text", Value::str(role.name())),
            ("count", Value::count(count)),
            ("kind", Value::str(role.name())),
        ])
    };
    counts.into_iter().map(row).collect()
}

fn non_code_row(found: &SearchAnswer, hit: &Hit) -> Option<Value> {
    let file = found.files.get(hit.file as usize)?;
    let range = file.hits.stored.get(hit.at as usize)?;
    let place = file.source.position(range.start);
    let text =
        line::shown(&file.source, file.source.line_at(range.start), (range.start, range.end));
    Some(Value::object([
        ("text", Value::str(text.trim())),
        ("file", Value::Str(Arc::clone(&file.source.path))),
        ("line", Value::Int(i64::from(place.line))),
        ("col", Value::Int(i64::from(place.col))),
        ("kind", Value::str(hit.role.name())),
    ]))
}

/// Files with most hits.
fn hot_files(found: &SearchAnswer) -> Vec<Value> {
    let mut files: Vec<&FileHits> = found.files.iter().collect();
    files.sort_by(|a, b| b.hits.count.cmp(&a.hits.count).then(a.source.path.cmp(&b.source.path)));
    let row = |file: &FileHits| {
        let path = &file.source.path;
        Value::object([
            ("text", Value::Str(Arc::clone(path))),
            ("count", Value::count(file.hits.count)),
            ("file", Value::Str(Arc::clone(path))),
        ])
    };
    files.into_iter().take(MOST_FILES).map(row).collect()
}

fn follow_ups(found: &SearchAnswer, hits: &Hits, search: &Search) -> Vec<Value> {
    if search.mode != Mode::Identifier {
        return Vec::new();
    }
    let commands = follow::commands(found, hits).into_iter();
    commands.map(|text| Value::object([("text", Value::str(text))])).collect()
}
