//! Ranked hits to rows, until a bound is hit.

use std::collections::HashMap;
use std::sync::Arc;

use super::hit::{Hit, Hits};
use super::line;
use super::objects::Meaning;
use crate::actions::analysis::rows::{self, Place, Rows};
use crate::facts::{DefId, Facts, Language};
use crate::project::role::Role;
use crate::project::{DefRef, Project};
use crate::scan::session::{FileHits, SearchAnswer};
use crate::value::table::Cells;
use crate::value::{Column, Value};

/// Columns that only a search has, as they grow.
#[derive(Default)]
struct Own {
    names: Vec<Value>,
    matches: Vec<Arc<str>>,
    enclosing: Vec<Value>,
    objects: Vec<Value>,
    candidates: Vec<Value>,
    evidence: Vec<Arc<str>>,
    confidence: Vec<Value>,
    scores: Vec<Value>,
    /// The lines before each hit's, and those behind; only where they are asked for.
    around: [Vec<Value>; 2],
}

/// What is asked of the rows.
#[derive(Clone, Copy)]
pub(super) struct Wish {
    /// How many there may be.
    pub(super) limit: Option<i64>,
    /// Lines shown before and behind each hit's.
    pub(super) context: u32,
}

/// The columns of these hits, and the bounds that were hit.
pub(super) fn columns(
    found: &SearchAnswer,
    hits: &Hits,
    shown: &[Hit],
    project: Option<&Project>,
    wish: Wish,
) -> (Vec<Column>, Vec<&'static str>) {
    let mut rows = Rows::new(wish.limit);
    let mut own = Own::default();
    let mut names =
        Names { project, defs: HashMap::new(), words: HashMap::new(), lists: HashMap::new() };
    let kinds = Role::ALL.map(|role| Arc::<str>::from(role.name()));
    for hit in shown {
        let Some(file) = found.files.get(hit.file as usize) else { continue };
        let Some(range) = file.hits.stored.get(hit.at as usize) else { continue };
        let text =
            line::shown(&file.source, file.source.line_at(range.start), (range.start, range.end));
        let itself = file.source.slice(range.start, range.end);
        let around = match wish.context {
            0 => Default::default(),
            lines => line::around(&file.source, range.start, lines),
        };
        if !rows.has_room(text.len() + itself.len() + weight(&around)) {
            break;
        }
        let place = Place { source: &file.source, lo: range.start, hi: range.end };
        rows.push(place, Arc::clone(&kinds[hit.role as usize]), text);
        own.push(hits, hit, file, itself, &mut names);
        if wish.context > 0 {
            for (column, lines) in own.around.iter_mut().zip(around) {
                column.push(Value::list(lines));
            }
        }
    }
    if found.files.iter().any(|file| file.hits.stored.len() < file.hits.count) {
        rows.note_unstored();
    }
    own.finish(rows)
}

impl Own {
    fn push(&mut self, hits: &Hits, hit: &Hit, file: &FileHits, itself: &str, names: &mut Names) {
        let start = file.hits.stored[hit.at as usize].start;
        let name = match file.facts.text(hit.name) {
            "" if hit.role.is_name() => last_word(itself),
            name => name,
        };
        self.names.push(if name.is_empty() { Value::Null } else { Value::Str(names.word(name)) });
        self.matches.push(if name == itself { names.word(itself) } else { itself.into() });
        self.enclosing.push(names.enclosing(file, start).map_or(Value::Null, Value::Str));
        let (object, candidates) = match hit.meaning {
            Meaning::Unknown => (Value::Null, Value::Null),
            Meaning::One(index) => (
                hits.objects.name(index).map_or(Value::Null, |n| Value::Str(Arc::clone(n))),
                Value::Null,
            ),
            Meaning::OneOf(list) => (Value::Null, names.list(hits, list)),
        };
        self.objects.push(object);
        self.candidates.push(candidates);
        self.evidence.push(names.word(hit.evidence.name()));
        self.confidence.push(Value::Float(hit.evidence.confidence()));
        self.scores.push(Value::Float((hit.score * 10_000.0).round() / 10_000.0));
    }

    fn finish(self, rows: Rows) -> (Vec<Column>, Vec<&'static str>) {
        let any = |name, cells| rows::column(name, Cells::Any(cells));
        let text = |name, cells| rows::column(name, Cells::Text(cells));
        let [before, after] = self.around;
        let mut columns = vec![
            text("match", self.matches),
            any("enclosing", self.enclosing),
            any("object", self.objects),
            any("candidates", self.candidates),
            text("evidence", self.evidence),
            any("confidence", self.confidence),
            any("score", self.scores),
        ];
        // Where no lines around were asked for, there is no such field.
        let around = [("before", before), ("after", after)].into_iter();
        let around = around.filter(|(_, lines)| !lines.is_empty());
        columns.extend(around.map(|(name, lines)| any(name, lines)));
        rows.columns(vec![any("name", self.names)], columns)
    }
}

/// What lines take, about.
fn weight(around: &[Vec<Value>; 2]) -> usize {
    let bytes = |line: &Value| match line {
        Value::Str(text) => text.len() + size_of::<Value>(),
        _ => 0,
    };
    around.iter().flatten().map(bytes).sum()
}

/// The last name of a text such as `a.b`.
fn last_word(text: &str) -> &str {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let text = text.trim_end_matches(|c| !is_part(c));
    text.rsplit(|c| !is_part(c)).next().unwrap_or("")
}

/// Names that rows share.
struct Names<'p> {
    project: Option<&'p Project>,
    defs: HashMap<(Arc<str>, DefId), Arc<str>>,
    words: HashMap<Box<str>, Arc<str>>,
    lists: HashMap<u32, Value>,
}

impl Names<'_> {
    fn word(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.words.get(text) {
            return Arc::clone(known);
        }
        let shared: Arc<str> = text.into();
        self.words.insert(text.into(), Arc::clone(&shared));
        shared
    }

    /// The names of candidates.
    fn list(&mut self, hits: &Hits, list: u32) -> Value {
        self.lists.entry(list).or_insert_with(|| hits.objects.names(list)).clone()
    }

    /// The qualified name of the innermost definition that holds a byte; without a project, as its file alone says.
    fn enclosing(&mut self, file: &FileHits, byte: u32) -> Option<Arc<str>> {
        let path = &file.source.path;
        let place = self.project.and_then(|project| Some((project, project.at_path(path)?)));
        let def = match place {
            Some((project, id)) => project.enclosing(id, byte)?.def,
            None => innermost(&file.facts, byte)?,
        };
        let name = self.defs.entry((Arc::clone(path), def)).or_insert_with(|| match place {
            Some((project, id)) => project.qualname(DefRef { file: id, def }).into(),
            None => dotted(&file.facts, def).into(),
        });
        Some(Arc::clone(name))
    }
}

/// The innermost definition with a scope of its own that holds a byte.
fn innermost(facts: &Facts, byte: u32) -> Option<DefId> {
    let before = facts.head.defs.partition_point(|def| def.head.at <= byte);
    let mut id = DefId::at(before.checked_sub(1)?);
    while let Some(def) = facts.def(id) {
        let own = facts.scope(def.own);
        if own.is_some_and(|scope| scope.place.holds(byte)) {
            return Some(id);
        }
        id = around(facts, id)?;
    }
    None
}

/// The definition whose scope a definition stands in.
fn around(facts: &Facts, id: DefId) -> Option<DefId> {
    let mut scope = facts.def(id)?.scope;
    loop {
        let record = facts.scope(scope)?;
        if record.def.is_some() {
            return Some(record.def).filter(|outer| *outer < id);
        }
        scope = record.parent;
    }
}

/// `Class.method`, `Type::method`.
fn dotted(facts: &Facts, id: DefId) -> String {
    let chain = std::iter::successors(Some(id), |&id| around(facts, id));
    let mut names: Vec<&str> = chain
        .filter_map(|id| facts.def(id))
        .map(|def| facts.text(def.name))
        .filter(|name| !name.is_empty())
        .collect();
    names.reverse();
    names.join(if facts.language == Language::Rust { "::" } else { "." })
}
