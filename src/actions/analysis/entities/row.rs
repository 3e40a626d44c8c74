//! One row an entity: where it stands, what it is called, and what belongs to its kind.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::super::asked::Entities;
use super::super::matches;
use super::super::rows::{self, Rows};
use super::records::{self, In, Record};
use super::sift::Sieve;
use super::{Node, head};
use crate::facts::head::{Def, DefKind, Import};
use crate::facts::{DefId, ExprId, Facts, ImportId, Language, ParamId, ScopeId};
use crate::project::variables::Variable;
use crate::project::{Captures, DefRef};
use crate::query::ir::{Entity, More};
use crate::scan::session::{PatternAnswer, RuleView, Source};
use crate::value::table::Cells;
use crate::value::{Column, Value};

/// So much of a call's text is shown, in characters.
const LONGEST_TEXT: usize = 200;
/// What a cell takes beside its text, about.
const CELL_BYTES: usize = 40;

/// An entity's place in everything a row is made of.
pub(super) struct Place<'a> {
    pub(super) of: In<'a>,
    pub(super) source: &'a Source,
    pub(super) record: Record,
}

/// Rows as they grow.
pub(super) struct Table {
    word: &'static str,
    rows: Rows,
    names: Vec<Value>,
    /// The fields of the entity, each with a cell a row.
    fields: Vec<(&'static str, Vec<Value>)>,
    /// The fields that are told only where they are asked for, the same.
    extras: Vec<(Extra, Vec<Value>)>,
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
    /// Those of the fields of the entity, in their order.
    cells: Vec<Value>,
    /// How many decorators there are, of what can have some.
    decorators: Option<usize>,
}

/// A field that is told only where it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extra {
    DecoratorCount,
    Free,
    Cells,
}

impl Extra {
    /// Those that are asked for.
    fn of(asked: &Entities) -> Vec<Self> {
        let Entity { word, facts, more, .. } = &asked.entity;
        let counts_decorators = *word == "decorator"
            || more.contains(&More::Decorators)
            || facts.fewest_decorators.is_some()
            || facts.most_decorators.is_some();
        let tells_scopes = facts.asks_scopes() || more.contains(&More::Scope);
        let counted = counts_decorators.then_some(Self::DecoratorCount);
        let scopes = tells_scopes.then_some([Self::Free, Self::Cells]);
        counted.into_iter().chain(scopes.into_iter().flatten()).collect()
    }

    const fn name(self) -> &'static str {
        match self {
            Self::DecoratorCount => "decorator_count",
            Self::Free => "free",
            Self::Cells => "cells",
        }
    }

    /// Its cell in a row; `null` of what has none.
    fn cell(self, row: &Row, captures: Option<&Captures>) -> Value {
        let list = |names: &[Arc<str>]| Value::list(names.iter().cloned().map(Value::Str));
        let cell = match self {
            Self::DecoratorCount => row.decorators.map(Value::count),
            Self::Free => captures.map(|captures| list(&captures.free)),
            Self::Cells => captures.map(|captures| list(&captures.cells)),
        };
        cell.unwrap_or(Value::Null)
    }
}

impl Table {
    pub(super) fn new(asked: &Entities, related: Option<&PatternAnswer>) -> Self {
        let fields: &[&str] = match asked.word() {
            "callsite" => &["callee", "receiver", "enclosing"],
            "import" => &["module", "imported", "alias", "enclosing"],
            "parameter" => &["enclosing", "how", "type", "default"],
            "variable" => &["qualname", "enclosing", "type"],
            "module" => &["qualname", "declared", "enclosing", "decorators"],
            _ => &["qualname", "signature", "full", "enclosing", "decorators"],
        };
        Self {
            word: asked.word(),
            rows: Rows::new(asked.limit),
            names: Vec::new(),
            fields: fields.iter().map(|&name| (name, Vec::new())).collect(),
            extras: Extra::of(asked).into_iter().map(|extra| (extra, Vec::new())).collect(),
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
    pub(super) fn push(&mut self, place: &Place<'_>, sieve: &Sieve<'_>, node: Option<Node<'_>>) {
        let Some(row) = self.row(place) else { return };
        let captures = if self.extras.is_empty() { None } else { sieve.captures_of(place.record) };
        let extras: Vec<Value> =
            self.extras.iter().map(|(extra, _)| extra.cell(&row, captures)).collect();
        let name = place.record.name(place.of);
        let cells = row.cells.iter().chain(&extras).map(weight);
        if !self.rows.has_room(name.len() + row.text.len() + cells.sum::<usize>()) {
            self.is_full = true;
            return;
        }
        let kind = match place.record {
            // A variable that stands for something else is called that.
            Record::Variable(_) => self.word,
            record => record.kind(place.of),
        };
        let kind = self.shared.text(kind);
        self.rows.push(
            rows::Place { source: place.source, lo: row.lo, hi: row.hi },
            kind,
            row.text,
        );
        self.names.push(self.shared.value(&name));
        // A row that tells less than its entity's fields has nothing to say in the last of them.
        let cells = row.cells.into_iter().chain(std::iter::repeat(Value::Null));
        for ((_, column), cell) in self.fields.iter_mut().zip(cells) {
            column.push(cell);
        }
        for ((_, column), cell) in self.extras.iter_mut().zip(extras) {
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
            Record::File => Some(self.file(place)),
            Record::Def(id) => {
                let def = place.of.facts.def(id)?;
                let qualname = match place.of.file {
                    Some(file) => Value::str(place.of.project.qualname(DefRef { file, def: id })),
                    None => Value::Null,
                };
                Some(if def.kind == DefKind::Module && self.has_field("declared") {
                    self.inner_module(place, def, qualname)
                } else {
                    self.definition(place, def, qualname)
                })
            }
            Record::Call(id) => self.call(place, id),
            Record::Import(id) => self.import(place, id),
            Record::Variable(variable) => Some(self.variable(place, &variable)),
            Record::Param(def, param, _) => self.param(place, def, param),
        }
    }

    fn has_field(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, _)| *known == name)
    }

    /// A module that is a file: all of it, at its first byte.
    fn file(&mut self, place: &Place<'_>) -> Row {
        let In { project, file, .. } = place.of;
        let declaration = file.and_then(|file| project.declaration_of(file));
        let declared = declaration.and_then(|def| {
            let facts = project.facts(def.file);
            let line = facts.lines.position(facts.def(def.def)?.name_at.at).line;
            Some(Value::str(format!("{}:{line}", project.file(def.file).path)))
        });
        let name = place.of.module_name();
        let cells = vec![
            self.shared.value(&name),
            declared.unwrap_or(Value::Null),
            Value::Null,
            // Those of its `mod` stand in another file.
            Value::Null,
        ];
        let count = declaration
            .and_then(|def| project.def(def))
            .map_or(0, |def| def.decorators.range().len());
        let hi = u32::try_from(place.source.text().len()).unwrap_or(u32::MAX);
        Row { lo: 0, hi, text: name.as_ref().into(), cells, decorators: Some(count) }
    }

    /// A `mod x { … }`, or a `mod x;` whose file is not there.
    fn inner_module(&mut self, place: &Place<'_>, def: &Def, qualname: Value) -> Row {
        let row = self.definition(place, def, qualname);
        let mut cells = row.cells.into_iter();
        let qualname = cells.next().unwrap_or(Value::Null);
        let rest: Vec<Value> = cells.skip(2).collect();
        Row { cells: [qualname, Value::Null].into_iter().chain(rest).collect(), ..row }
    }

    fn definition(&mut self, place: &Place<'_>, def: &Def, qualname: Value) -> Row {
        let Place { of: In { facts, .. }, source, .. } = *place;
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
        let count = def.decorators.range().len();
        Row { lo: def.head.at, hi: def.full.end(), text: signature, cells, decorators: Some(count) }
    }

    fn variable(&mut self, place: &Place<'_>, variable: &Variable) -> Row {
        let Place { of, source, .. } = *place;
        let at = variable.place;
        let enclosing = self.owner(place, variable.scope);
        let name = of.facts.text(variable.name);
        let qualname = match (enclosing.as_str(), &*of.module_name()) {
            (Some(outer), _) | (None, outer) if !outer.is_empty() => {
                let sign = if of.facts.language == Language::Rust { "::" } else { "." };
                Value::str(format!("{outer}{sign}{name}"))
            }
            _ => Value::str(name),
        };
        let ty = self.slice(place, variable.ty);
        let (text_lo, text_hi) = source.line_at(at.at);
        let text = short(source.slice(text_lo, text_hi).trim()).into();
        let (cells, decorators) = if self.has_field("signature") {
            let line = Value::Int(i64::from(source.position(at.at).line));
            let full = Value::list([line.clone(), line]);
            (vec![qualname, Value::Null, full, enclosing, Value::list([])], Some(0))
        } else {
            (vec![qualname, enclosing, ty], None)
        };
        Row { lo: at.at, hi: at.end(), text, cells, decorators }
    }

    fn param(&mut self, place: &Place<'_>, def: DefId, id: ParamId) -> Option<Row> {
        let Place { of, source, record } = *place;
        let param = *of.param(id)?;
        let lo = record.tie(of.facts)?;
        let end = |expr: ExprId| of.facts.expr(expr).map_or(0, |expr| expr.place.end());
        let whole = [param.place.end(), end(param.ty), end(param.default), end(param.pattern)];
        let hi = whole.into_iter().max().unwrap_or(lo);
        let before = source.slice(source.line_at(lo).0, lo.min(param.place.at));
        let signs = u32::try_from(signs(before, of.facts.language)).unwrap_or(0);
        let whole = source.slice(lo.min(param.place.at) - signs, hi);
        let text: Arc<str> = short(whole.trim_start()).into();
        let owner = of.file.map(|file| DefRef { file, def });
        let enclosing = owner.map_or(Value::Null, |owner| self.named(place, owner));
        let cells = vec![
            enclosing,
            Value::str(records::how(param.kind)),
            self.slice(place, param.ty),
            self.slice(place, param.default),
        ];
        let name_end = lo + u32::try_from(record.name(of).len()).unwrap_or(0);
        Some(Row { lo, hi: name_end.max(hi), text, cells, decorators: None })
    }

    /// The text of an expression, if there is one.
    fn slice(&mut self, place: &Place<'_>, expr: ExprId) -> Value {
        let at = place.of.facts.expr(expr).map(|expr| expr.place);
        at.map_or(Value::Null, |at| self.shared.value(&short(place.source.slice(at.at, at.end()))))
    }

    /// The qualified name of the definition that a scope belongs to.
    fn owner(&mut self, place: &Place<'_>, mut scope: ScopeId) -> Value {
        while let Some(record) = place.of.facts.scope(scope) {
            if let (true, Some(file)) = (record.def.is_some(), place.of.file) {
                return self.named(place, DefRef { file, def: record.def });
            }
            scope = record.parent;
        }
        Value::Null
    }

    fn call(&mut self, place: &Place<'_>, id: ExprId) -> Option<Row> {
        let Place { of: In { facts, .. }, source, .. } = *place;
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
        Some(Row { lo: whole.at, hi: whole.end(), text, cells, decorators: None })
    }

    fn import(&mut self, place: &Place<'_>, id: ImportId) -> Option<Row> {
        let Place { of: In { facts, .. }, source, .. } = *place;
        let import = facts.import(id)?;
        let cells = vec![
            self.shared.value(&records::module(facts, import)),
            self.shared.value(facts.text(import.name)),
            alias(facts, import),
            self.enclosing(place, import.place.at),
        ];
        let text = short(source.slice(import.place.at, import.place.end())).into();
        let (lo, hi) = (import.place.at, import.place.end());
        Some(Row { lo, hi, text, cells, decorators: None })
    }

    /// The qualified name of the definition around a byte.
    fn enclosing(&mut self, place: &Place<'_>, byte: u32) -> Value {
        let def = place.of.file.and_then(|file| place.of.project.enclosing(file, byte));
        def.map_or(Value::Null, |def| self.named(place, def))
    }

    /// The qualified name of a definition, made once.
    fn named(&mut self, place: &Place<'_>, def: DefRef) -> Value {
        let name = || Value::str(place.of.project.qualname(def));
        self.enclosing.entry(def).or_insert_with(name).clone()
    }

    /// The columns, and the bounds that were hit.
    pub(super) fn finish(self) -> (Vec<Column>, Vec<&'static str>) {
        let names = rows::column("name", Cells::Any(self.names));
        let fields = self.fields.into_iter();
        let mut behind: Vec<Column> =
            fields.map(|(name, cells)| rows::column(name, Cells::Any(cells))).collect();
        let extras = self.extras.into_iter();
        behind.extend(extras.map(|(extra, cells)| rows::column(extra.name(), Cells::Any(cells))));
        if self.rules.iter().any(|rule| !rule.variables.is_empty()) {
            behind.push(rows::column("captures", Cells::Any(self.captures)));
        }
        self.rows.finish(vec![names], behind, ("exact", 0.95))
    }
}

/// How many bytes of what stands before the name of a parameter belong to it: stars, references, `mut`.
fn signs(before: &str, language: Language) -> usize {
    let kept = match language {
        Language::Python => before.trim_end_matches(|c: char| c == '*' || c.is_whitespace()).len(),
        Language::Rust => before.rfind(['(', ',', '|']).map_or(0, |at| at + 1),
    };
    before.len() - kept
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
