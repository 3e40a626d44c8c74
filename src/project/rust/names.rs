//! The names of one file by scope: what is defined and imported where, and which expressions are called. Made when a
//! file is first asked about; knows nothing of other files.

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

use crate::facts::body::{ExprKind, StmtKind, expr};
use crate::facts::head::{DefKind, ImportForm};
use crate::facts::{DefId, ExprId, Facts, ImportId, ScopeId};

/// The names of a file.
#[derive(Debug)]
pub(super) struct Names {
    /// By scope and hash of the name, then as they stand in the file.
    named: Vec<Named>,
    /// `use a::*` by scope.
    globs: Vec<(ScopeId, ImportId)>,
    /// Callees of macro calls.
    macros: Vec<ExprId>,
    /// Callees of method calls.
    methods: Vec<ExprId>,
    /// Paths of struct literals and patterns.
    shapes: Vec<ExprId>,
    /// What stands before the `::` of a path.
    bases: Vec<ExprId>,
    /// Predicates of `where` clauses by definition.
    wheres: Vec<(DefId, ExprId)>,
}

/// A name of a scope.
#[derive(Clone, Copy, Debug)]
struct Named {
    scope: ScopeId,
    hash: u64,
    item: Item,
}

/// What a name stands for in its scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Item {
    Def(DefId),
    Import(ImportId),
}

/// What a name is looked up as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Space {
    Type,
    Value,
    Macro,
}

/// The hash of a name.
pub(super) fn hash(name: &str) -> u64 {
    FxBuildHasher.hash_one(name)
}

/// A raw identifier without its `r#`.
pub(super) fn plain(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

impl Names {
    pub(super) fn of(facts: &Facts) -> Self {
        let mut names = Self {
            named: Vec::with_capacity(facts.head.defs.len() + facts.head.imports.len()),
            globs: Vec::new(),
            macros: Vec::new(),
            methods: Vec::new(),
            shapes: Vec::new(),
            bases: Vec::new(),
            wheres: Vec::new(),
        };
        names.definitions(facts);
        names.imports(facts);
        names.predicates(facts);
        names.named.sort_by_key(|named| (named.scope, named.hash));
        names.globs.sort_by_key(|&(scope, _)| scope);
        for expr in &facts.body.exprs {
            match expr.kind {
                ExprKind::Macro => names.macros.push(ExprId(expr.a)),
                ExprKind::Method => names.methods.push(ExprId(expr.a)),
                ExprKind::Struct | ExprKind::Pattern => names.shapes.push(ExprId(expr.a)),
                ExprKind::Path if expr.a != 0 => names.bases.push(ExprId(expr.a)),
                _ => {}
            }
        }
        for list in [&mut names.macros, &mut names.methods, &mut names.shapes, &mut names.bases] {
            list.sort_unstable();
        }
        names
    }

    fn definitions(&mut self, facts: &Facts) {
        for (index, def) in facts.head.defs.iter().enumerate() {
            if def.name.is_some() {
                let hash = hash(plain(facts.text(def.name)));
                self.named.push(Named {
                    scope: def.scope,
                    hash,
                    item: Item::Def(DefId::at(index)),
                });
            }
        }
    }

    fn imports(&mut self, facts: &Facts) {
        for (index, import) in facts.head.imports.iter().enumerate() {
            let id = ImportId::at(index);
            match import.form {
                // The definition of the module stands for it.
                ImportForm::Mod => {}
                ImportForm::UseGlob => self.globs.push((import.scope, id)),
                _ => {
                    let hash = hash(plain(facts.text(import.binds)));
                    self.named.push(Named { scope: import.scope, hash, item: Item::Import(id) });
                }
            }
        }
    }

    /// `where T: A`: a kind of its own among the expressions of a definition's header.
    fn predicates(&mut self, facts: &Facts) {
        for stmt in facts.body.stmts.iter().filter(|stmt| stmt.kind == StmtKind::Def) {
            for index in stmt.exprs.range() {
                let Some(record) = facts.body.exprs.get(index) else { break };
                if record.kind == ExprKind::Other && record.has(expr::TYPE) && record.b > 1 {
                    self.wheres.push((DefId(stmt.a), ExprId::at(index)));
                }
            }
        }
        self.wheres.sort_unstable();
    }

    /// The predicates of a definition's `where` clause.
    pub(super) fn wheres(&self, def: DefId) -> impl Iterator<Item = ExprId> {
        let lo = self.wheres.partition_point(|&(of, _)| of < def);
        self.wheres[lo..]
            .iter()
            .take_while(move |&&(of, _)| of == def)
            .map(|&(_, predicate)| predicate)
    }

    /// What a name stands for in a scope, in source order.
    pub(super) fn named<'n>(
        &'n self,
        facts: &'n Facts,
        scope: ScopeId,
        name: &'n str,
    ) -> impl Iterator<Item = Item> + 'n {
        let key = (scope, hash(name));
        let lo = self.named.partition_point(|named| (named.scope, named.hash) < key);
        self.named[lo..]
            .iter()
            .take_while(move |named| (named.scope, named.hash) == key)
            .map(|named| named.item)
            .filter(move |&item| plain(text_of(facts, item)) == name)
    }

    /// `use a::*` of a scope, in source order.
    pub(super) fn globs(&self, scope: ScopeId) -> impl Iterator<Item = ImportId> {
        let lo = self.globs.partition_point(|&(at, _)| at < scope);
        self.globs[lo..].iter().take_while(move |&&(at, _)| at == scope).map(|&(_, glob)| glob)
    }

    /// Whether an expression is what a macro call calls.
    pub(super) fn is_macro(&self, expr: ExprId) -> bool {
        self.macros.binary_search(&expr).is_ok()
    }

    /// Whether an expression is what a method call calls.
    pub(super) fn is_method(&self, expr: ExprId) -> bool {
        self.methods.binary_search(&expr).is_ok()
    }

    /// Whether an expression stands before the `::` of a path.
    pub(super) fn is_base(&self, expr: ExprId) -> bool {
        self.bases.binary_search(&expr).is_ok()
    }

    /// Whether an expression is the path of a struct literal or pattern.
    pub(super) fn is_shape(&self, expr: ExprId) -> bool {
        self.shapes.binary_search(&expr).is_ok()
    }
}

fn text_of(facts: &Facts, item: Item) -> &str {
    match item {
        Item::Def(def) => facts.def(def).map_or("", |def| facts.text(def.name)),
        Item::Import(import) => facts.import(import).map_or("", |import| facts.text(import.binds)),
    }
}

/// Whether a definition of this kind is found among names of this kind. A struct is a value by its constructor.
pub(super) const fn is_in(kind: DefKind, space: Space) -> bool {
    match space {
        Space::Type => matches!(
            kind,
            DefKind::Struct
                | DefKind::Enum
                | DefKind::Union
                | DefKind::Trait
                | DefKind::Type
                | DefKind::Module
                | DefKind::Variant
                | DefKind::Class
        ),
        Space::Value => matches!(
            kind,
            DefKind::Function
                | DefKind::Const
                | DefKind::Static
                | DefKind::Struct
                | DefKind::Variant
        ),
        Space::Macro => matches!(kind, DefKind::Macro),
    }
}
