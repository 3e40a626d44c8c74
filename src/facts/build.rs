//! Building the facts of one file: texts become names, and in the end those that the head uses come first.

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use std::hash::BuildHasher;
use std::sync::Arc;

use super::body::{Expr, ExprKind, StmtKind};
use super::{Body, Facts, Head, Language, Lines, Str, Strings, Trivia};

/// Facts as they grow. Tables are filled by whoever reads the language; [`Builder::finish`] puts the texts in order.
pub struct Builder {
    /// The facts so far.
    pub facts: Facts,
    known: HashTable<Str>,
}

impl Builder {
    /// Facts of a text of which nothing was read yet.
    #[must_use]
    pub fn new(language: Language, lines: Arc<Lines>) -> Self {
        let facts = Facts {
            language,
            is_stub: false,
            strings: Strings::default(),
            lines,
            head: Head::default(),
            body: Body::default(),
            trivia: Trivia::default(),
        };
        Self { facts, known: HashTable::new() }
    }

    /// The name of a text; none of the empty one.
    pub fn intern(&mut self, text: &str) -> Str {
        if text.is_empty() {
            return Str::NONE;
        }
        let strings = &mut self.facts.strings;
        let hash = FxBuildHasher.hash_one(text);
        if let Some(&known) = self.known.find(hash, |&id| strings.get(id) == text) {
            return known;
        }
        let id = strings.push(text);
        let _ = self.known.insert_unique(hash, id, |&id| FxBuildHasher.hash_one(strings.get(id)));
        id
    }

    /// The facts, their texts in order.
    #[must_use]
    pub fn finish(self) -> Facts {
        let mut facts = self.facts;
        let old = std::mem::take(&mut facts.strings);
        let mut names =
            Renaming { to: vec![Str::NONE; old.len() + 1], strings: Strings::default(), old };
        head(&mut facts.head, &mut |id| names.rename(id));
        body(&mut facts.body, &mut |id| names.rename(id));
        facts.strings = names.strings;
        facts
    }
}

/// Old names to new ones, given out as they are first met.
struct Renaming {
    old: Strings,
    to: Vec<Str>,
    strings: Strings,
}

impl Renaming {
    fn rename(&mut self, id: &mut Str) {
        let Some(slot) = self.to.get_mut(id.0 as usize).filter(|_| id.is_some()) else { return };
        if slot.is_none() {
            *slot = self.strings.push(self.old.get(*id));
        }
        *id = *slot;
    }
}

/// Visits every text that the head names.
pub(super) fn head(head: &mut Head, visit: &mut impl FnMut(&mut Str)) {
    head.errors.iter_mut().for_each(|error| visit(&mut error.text));
    head.defs.iter_mut().for_each(|def| visit(&mut def.name));
    head.params.iter_mut().for_each(|param| visit(&mut param.name));
    head.type_params.iter_mut().for_each(|param| visit(&mut param.name));
    for import in &mut head.imports {
        visit(&mut import.module);
        visit(&mut import.name);
        visit(&mut import.binds);
        visit(&mut import.path);
    }
    head.exports.iter_mut().for_each(|export| visit(&mut export.value));
    head.declared.iter_mut().for_each(|declared| visit(&mut declared.name));
    head.symbols.iter_mut().for_each(|symbol| visit(&mut symbol.name));
}

/// Visits every text that the body names.
fn body(body: &mut Body, visit: &mut impl FnMut(&mut Str)) {
    body.blocks.iter_mut().for_each(|block| visit(&mut block.label));
    for stmt in &mut body.stmts {
        if matches!(stmt.kind, StmtKind::Break | StmtKind::Continue) {
            visit_raw(&mut stmt.a, visit);
        }
    }
    body.exprs.iter_mut().for_each(|expr| expression(expr, visit));
    body.args.iter_mut().for_each(|arg| visit(&mut arg.name));
}

fn expression(expr: &mut Expr, visit: &mut impl FnMut(&mut Str)) {
    match expr.kind {
        ExprKind::Name | ExprKind::Const => visit_raw(&mut expr.a, visit),
        ExprKind::Attr | ExprKind::Path => visit_raw(&mut expr.b, visit),
        _ => {}
    }
}

fn visit_raw(raw: &mut u32, visit: &mut impl FnMut(&mut Str)) {
    let mut id = Str(*raw);
    visit(&mut id);
    *raw = id.0;
}
