//! Building the facts of one file: texts become names, and in the end those that the head uses come first.

use std::cell::Cell;
use std::hash::Hasher;
use std::sync::Arc;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use super::body::{Expr, ExprKind, StmtKind};
use super::{Body, Facts, Head, Language, Lines, Outline, Str, Strings, Trivia};

/// Tables of more expressions than this are not kept for the next file.
const MOST_SPARE: usize = 1 << 16;

thread_local! {
    /// The tables of the last file, empty, so that those of the next need not grow. A pointer, so that it moves cheaply.
    static SPARE: Cell<Option<Box<Tables>>> = const { Cell::new(None) };
}

/// Facts as they grow. Tables are filled by whoever reads the language; [`Builder::finish`] puts the texts in order.
pub struct Builder {
    /// The facts so far.
    pub facts: Facts,
    known: HashTable<Str>,
    /// Of each text.
    hashes: Vec<u64>,
    /// What [`Builder::finish`] fills.
    renamed: Vec<Str>,
}

/// What is filled anew for each file.
#[derive(Default)]
struct Tables {
    strings: Strings,
    head: Head,
    body: Body,
    trivia: Trivia,
    known: HashTable<Str>,
    hashes: Vec<u64>,
    renamed: Vec<Str>,
}

impl Builder {
    /// Facts of a text of which nothing was read yet.
    #[must_use]
    pub fn new(language: Language, lines: Arc<Lines>) -> Self {
        let spare = SPARE.take().unwrap_or_default();
        let Tables { strings, head, body, trivia, known, hashes, renamed } = *spare;
        let outline = Outline::default();
        let (head, body, trivia) = (head.into(), body.into(), trivia.into());
        let facts = Facts { language, is_stub: false, strings, lines, outline, head, body, trivia };
        Self { facts, known, hashes, renamed }
    }

    /// The name of a text; none of the empty one.
    pub fn intern(&mut self, text: &str) -> Str {
        if text.is_empty() {
            return Str::NONE;
        }
        let strings = &mut self.facts.strings;
        let hash = hash(text);
        if let Some(&known) = self.known.find(hash, |&id| strings.bytes(id) == text.as_bytes()) {
            return known;
        }
        let id = strings.push(text);
        self.hashes.push(hash);
        let hashes = &self.hashes;
        let hash_of = |id: &Str| id.index().and_then(|index| hashes.get(index)).map_or(0, |&h| h);
        let _ = self.known.insert_unique(hash, id, hash_of);
        id
    }

    /// The facts, their texts in order, in tables of their size.
    #[must_use]
    pub fn finish(self) -> Facts {
        let Self { mut facts, known, hashes, mut renamed } = self;
        renamed.resize(facts.strings.len() + 1, Str::NONE);
        let strings = facts.strings.like();
        let mut names = Renaming { to: renamed, strings, old: facts.strings };
        head(&mut facts.head, &mut |id| names.rename(id));
        body(&mut facts.body, &mut |id| names.rename(id));
        let Renaming { old, to: renamed, mut strings } = names;
        strings.shrink();
        let Facts { language, is_stub, lines, head, body, trivia, .. } = facts;
        let (head, body, trivia) = (head.into_tables(), body.into_tables(), trivia.into_tables());
        let mut done = Facts {
            language,
            is_stub,
            strings,
            lines,
            outline: Outline::default(),
            head: head.clone().into(),
            body: body.clone().into(),
            trivia: trivia.clone().into(),
        };
        done.outline = Outline::of(&done);
        Tables { strings: old, head, body, trivia, known, hashes, renamed }.spare();
        done
    }
}

impl Tables {
    /// Keeps the tables, emptied, for the next file of this thread.
    fn spare(mut self) {
        if self.body.exprs.capacity().max(self.hashes.capacity()) > MOST_SPARE {
            return;
        }
        self.strings.clear();
        self.head.clear();
        self.body.clear();
        self.trivia.tokens.clear();
        self.known.clear();
        self.hashes.clear();
        self.renamed.clear();
        SPARE.set(Some(Box::new(self)));
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
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
