//! One row an entity: where it stands, what it is called, and what belongs to its kind.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::super::asked::Entities;
use super::super::matches;
use super::super::rows::{self, Rows};
use super::records::{self, Record};
use super::{File, Node, head};
use crate::facts::head::{Def, Import};
use crate::facts::{ExprId, Facts, ImportId};
use crate::project::{DefRef, Project};
use crate::scan::session::{PatternAnswer, RuleView, Source};
use crate::value::table::Cells;
use crate::value::{Column, Value};

/// So much of a call's text is shown, in characters.
const LONGEST_TEXT: usize = 200;
/// What a cell takes beside its text, about.
const CELL_BYTES: usize = 40;

/// An entity's place in everything a row is made of.
pub(super) struct Place<'a> {
    pub(super) facts: &'a Facts,
    pub(super) source: &'a Source,
    pub(super) project: &'a Project,
    pub(super) file: File,
    pub(super) record: Record,
}

/// Rows as they grow.
pub(super) struct Table {
    rows: Rows,
    names: Vec<Value>,
    /// The fields of the entity, each with a cell a row.
    fields: Vec<(&'static str, Vec<Value>)>,
    captures: Vec<Value>,
    rules: Vec<RuleView>,
    shared: Shared,
    enclosing: FxHashMap<DefRef, Value>,
    is_full: bool,
}

/// A row before it is stored.
struct Row {
    lo: u32,
    hi: u32,
    text: Arc<str>,
    cells: Vec<Value>,
}

impl Table {
    pub(super) fn new(asked: &Entities, related: Option<&PatternAnswer>) -> Self {
        let fields: &[&'static str] = match asked.word {
            "callsite" => &["callee", "receiver", "enclosing"],
            "import" => &["module", "imported", "alias", "enclosing"],
            _ => &["qualname", "signature", "full", "enclosing", "decorators"],
        };
        Self {
            rows: Rows::new(asked.limit),
            names: Vec::new(),
            fields: fields.iter().map(|name| (*name, Vec::new())).collect(),
            captures: Vec::new(),
            rules: related.map_or_else(Vec::new, |related| related.rules.clone()),
            shared: Shared::default(),
            enclosing: FxHashMap::default(),
            is_full: false,
        }
    }

    /// Whether no further row has room.
    pub(super) const fn is_full(&self) -> bool {
        self.is_full
    }

    /// Adds a row.
    pub(super) fn push(&mut self, place: &Place<'_>, node: Option<Node<'_>>) {
        let Some(row) = self.row(place) else { return };
        let name = place.record.name(place.facts);
        let bytes = name.len() + row.text.len() + row.cells.iter().map(weight).sum::<usize>();
        if !self.rows.has_room(bytes) {
            self.is_full = true;
            return;
        }
        let kind = self.shared.text(place.record.kind(place.facts));
        self.rows.push(
            rows::Place { source: place.source, lo: row.lo, hi: row.hi },
            kind,
            row.text,
        );
        self.names.push(self.shared.value(name));
        for ((_, column), cell) in self.fields.iter_mut().zip(row.cells) {
            column.push(cell);
        }
        if self.rules.is_empty() {
            return;
        }
        let captured = node.and_then(|node| {
            let rule = self.rules.get(node.file.rule)?;
            Some(matches::captured(rule, node.file, node.captures))
        });
        self.captures.push(captured.unwrap_or(Value::Null));
    }

    fn row(&mut self, place: &Place<'_>) -> Option<Row> {
        match place.record {
            Record::Def(id) => {
                let def = place.facts.def(id)?;
                let qualname = match place.file {
                    Some(file) => Value::str(place.project.qualname(DefRef { file, def: id })),
                    None => Value::Null,
                };
                Some(self.definition(place, def, qualname))
            }
            Record::Call(id) => self.call(place, id),
            Record::Import(id) => self.import(place, id),
        }
    }

    fn definition(&mut self, place: &Place<'_>, def: &Def, qualname: Value) -> Row {
        let Place { facts, source, .. } = *place;
        let signature: Arc<str> = head::signature(source.slice(def.head.at, def.head.end())).into();
        let line = |byte| Value::Int(i64::from(source.position(byte).line));
        let full = Value::list([line(def.full.at), line(def.full.end().saturating_sub(1))]);
        let decorators = def.decorators.of(&facts.body.kids).iter();
        let texts = decorators.filter_map(|&id| facts.expr(id).map(|expr| expr.place));
        let texts = texts.map(|at| Value::str(source.slice(at.at, at.end())));
        let cells = vec![
            qualname,
            Value::Str(Arc::clone(&signature)),
            full,
            self.enclosing(place, def.full.at),
            Value::list(texts),
        ];
        Row { lo: def.head.at, hi: def.full.end(), text: signature, cells }
    }

    fn call(&mut self, place: &Place<'_>, id: ExprId) -> Option<Row> {
        let Place { facts, source, .. } = *place;
        let whole = facts.expr(id)?.place;
        let callee = facts.expr(records::callee(facts, id)?)?.place;
        let last = facts.last_segment(records::callee(facts, id)?);
        let before = last.and_then(|(_, name)| {
            let before = source.slice(callee.at, name.at.max(callee.at)).trim_end();
            before.strip_suffix("::").or_else(|| before.strip_suffix('.')).map(str::trim_end)
        });
        let cells = vec![
            self.shared.value(&short(source.slice(callee.at, callee.end()))),
            self.shared.value(&before.map_or(Cow::Borrowed(""), short)),
            self.enclosing(place, whole.at),
        ];
        let text = short(source.slice(whole.at, whole.end())).into();
        Some(Row { lo: whole.at, hi: whole.end(), text, cells })
    }

    fn import(&mut self, place: &Place<'_>, id: ImportId) -> Option<Row> {
        let Place { facts, source, .. } = *place;
        let import = facts.import(id)?;
        let cells = vec![
            self.shared.value(&records::module(facts, import)),
            self.shared.value(facts.text(import.name)),
            alias(facts, import),
            self.enclosing(place, import.place.at),
        ];
        let text = short(source.slice(import.place.at, import.place.end())).into();
        Some(Row { lo: import.place.at, hi: import.place.end(), text, cells })
    }

    /// The qualified name of the definition around a byte.
    fn enclosing(&mut self, place: &Place<'_>, byte: u32) -> Value {
        let Some(def) = place.file.and_then(|file| place.project.enclosing(file, byte)) else {
            return Value::Null;
        };
        let name = || Value::str(place.project.qualname(def));
        self.enclosing.entry(def).or_insert_with(name).clone()
    }

    /// The columns, and the bounds that were hit.
    pub(super) fn finish(self) -> (Vec<Column>, Vec<&'static str>) {
        let names = rows::column("name", Cells::Any(self.names));
        let fields = self.fields.into_iter();
        let mut behind: Vec<Column> =
            fields.map(|(name, cells)| rows::column(name, Cells::Any(cells))).collect();
        if self.rules.iter().any(|rule| !rule.variables.is_empty()) {
            behind.push(rows::column("captures", Cells::Any(self.captures)));
        }
        self.rows.finish(vec![names], behind, ("exact", 0.95))
    }
}

/// Texts that many rows have, each stored once.
#[derive(Default)]
struct Shared(HashSet<Arc<str>, FxBuildHasher>);

impl Shared {
    fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let shared: Arc<str> = text.into();
        let _ = self.0.insert(Arc::clone(&shared));
        shared
    }

    /// The text as a value; of the empty one `null`.
    fn value(&mut self, text: &str) -> Value {
        if text.is_empty() { Value::Null } else { Value::Str(self.text(text)) }
    }
}

/// What the import binds, where that is not what it imports.
fn alias(facts: &Facts, import: &Import) -> Value {
    let bound = facts.text(import.binds);
    let plain = match facts.text(import.name) {
        "" => facts.text(import.module).split('.').next().unwrap_or(""),
        "self" => facts.text(import.module).rsplit("::").next().unwrap_or(""),
        name => name,
    };
    if bound == plain { Value::Null } else { text_or_null(bound) }
}

fn text_or_null(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::str(text) }
}

/// The first line, cut where it is long.
fn short(text: &str) -> Cow<'_, str> {
    // Only so much is looked at: calls lie inside one another.
    let seen = &text[..text.floor_char_boundary(LONGEST_TEXT * 4 + 4)];
    let line = &seen[..memchr::memchr(b'\n', seen.as_bytes()).unwrap_or(seen.len())];
    let line = line.trim_end();
    let end = match line.len() {
        length if length <= LONGEST_TEXT => length,
        length => line.char_indices().nth(LONGEST_TEXT).map_or(length, |(at, _)| at),
    };
    if end < text.len() { format!("{}…", &line[..end]).into() } else { line.into() }
}

fn weight(value: &Value) -> usize {
    CELL_BYTES + value.as_str().map_or(0, str::len)
}
