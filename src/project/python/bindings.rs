//! Which statements bind which name of which scope, and which attributes methods give their object: one table a file,
//! made in one pass over its statements.

use rustc_hash::FxHashMap;

use super::narrow::Tests;
use crate::facts::body::{BindOp, ExprKind, StmtKind};
use crate::facts::head::{DeclaredKind, DefKind, ScopeKind};
use crate::facts::{BlockId, DefId, ExprId, Facts, ImportId, Place, Run, ScopeId, Shape, Str};
use crate::project::places::Nests;

/// What a name is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// A function, class or type alias.
    Def(DefId),
    /// An import.
    Import(ImportId),
    /// A value, of a type that is stated or none.
    Value { value: ExprId, ty: ExprId },
    /// An element of this.
    Element(ExprId),
    /// What a context manager gives.
    Entered(ExprId),
    /// An exception of one of these classes.
    Caught(ExprId),
    /// A parameter, by its index in the table.
    Param(DefId, u32),
    /// A type parameter.
    TypeParam,
    /// Nothing that is read.
    Opaque,
}

/// One binding.
#[derive(Clone, Copy, Debug)]
pub(super) struct Binding {
    /// The scope; of an attribute that of the class.
    pub(super) scope: ScopeId,
    pub(super) name: Str,
    /// From which byte on it holds.
    pub(super) from: u32,
    /// The block it stands in; none of parameters.
    pub(super) block: BlockId,
    pub(super) what: Bound,
}

/// The bindings of a file.
#[derive(Debug)]
pub(super) struct Bindings {
    /// By scope, name and place.
    names: Vec<Binding>,
    /// By scope of the class, name and place.
    attrs: Vec<Binding>,
    /// Star imports of the module, in order.
    pub(super) stars: Vec<ImportId>,
    /// Names bound by modules, classes and attributes, by text.
    known: Vec<Str>,
    /// Where the first iterable of a comprehension stands, which is read in the scope around it.
    first_iters: FxHashMap<ScopeId, Place>,
    /// Scopes that declare a name to belong elsewhere.
    declared: FxHashMap<(ScopeId, Str), DeclaredKind>,
    /// What is asked of names.
    pub(super) tests: Tests,
}

impl Bindings {
    pub(super) fn of(facts: &Facts, nests: &Nests) -> Self {
        let declared = facts.head.declared.iter().map(|d| ((d.scope, d.name), d.kind)).collect();
        let mut table = Self {
            names: Vec::new(),
            attrs: Vec::new(),
            stars: Vec::new(),
            known: Vec::new(),
            first_iters: FxHashMap::default(),
            declared,
            tests: Tests::of(facts, nests),
        };
        Collector { facts, nests, table: &mut table }.collect();
        table.finish(facts)
    }

    fn finish(mut self, facts: &Facts) -> Self {
        let key = |binding: &Binding| (binding.scope, binding.name, binding.from);
        self.names.sort_by_key(key);
        self.attrs.sort_by_key(key);
        let is_shared = |scope: ScopeId| {
            facts
                .scope(scope)
                .is_some_and(|s| matches!(s.kind, ScopeKind::Module | ScopeKind::Class))
        };
        let shared = self.names.iter().filter(|binding| is_shared(binding.scope));
        let mut known: Vec<Str> = shared.chain(&self.attrs).map(|binding| binding.name).collect();
        known.sort();
        known.dedup();
        known.sort_by(|a, b| facts.text(*a).cmp(facts.text(*b)));
        self.known = known;
        self
    }

    /// The name that modules and classes of the file bind under this text.
    pub(super) fn known(&self, facts: &Facts, text: &str) -> Option<Str> {
        let at = self.known.binary_search_by(|name| facts.text(*name).cmp(text)).ok()?;
        Some(self.known[at])
    }

    /// The bindings of a name in a scope, in order, and where they begin in the table.
    pub(super) fn of_name(&self, scope: ScopeId, name: Str) -> &[Binding] {
        range(&self.names, scope, name)
    }

    /// The names that a scope binds.
    pub(super) fn names_in(&self, scope: ScopeId) -> impl Iterator<Item = Str> {
        let lo = self.names.partition_point(|binding| binding.scope < scope);
        let rest = self.names[lo..].iter();
        rest.take_while(move |binding| binding.scope == scope).map(|binding| binding.name)
    }

    /// What methods assign to an attribute of their object.
    pub(super) fn of_attr(&self, class: ScopeId, name: Str) -> &[Binding] {
        range(&self.attrs, class, name)
    }

    /// Where the first iterable of a comprehension stands.
    pub(super) fn first_iter(&self, scope: ScopeId) -> Option<Place> {
        self.first_iters.get(&scope).copied()
    }

    /// What a scope declares of a name.
    pub(super) fn declared(&self, scope: ScopeId, name: Str) -> Option<DeclaredKind> {
        self.declared.get(&(scope, name)).copied()
    }
}

fn range(table: &[Binding], scope: ScopeId, name: Str) -> &[Binding] {
    let key = |binding: &Binding| (binding.scope, binding.name);
    let lo = table.partition_point(|binding| key(binding) < (scope, name));
    let n = table[lo..].partition_point(|binding| key(binding) == (scope, name));
    &table[lo..lo + n]
}

/// Fills the table.
struct Collector<'f> {
    facts: &'f Facts,
    nests: &'f Nests,
    table: &'f mut Bindings,
}

impl Collector<'_> {
    fn collect(&mut self) {
        self.definitions();
        self.imports();
        self.statements();
        self.expressions();
    }

    fn definitions(&mut self) {
        for (index, def) in self.facts.head.defs.iter().enumerate() {
            let id = DefId::at(index);
            if def.name.is_some() && def.kind != DefKind::Field {
                self.bind(def.scope, def.name, def.name_at.at, def.block, Bound::Def(id));
            }
            for (param, at) in def.params.of(&self.facts.head.params).iter().zip(def.params.lo..) {
                let what = Bound::Param(id, at);
                self.raw(def.own, param.name, 0, BlockId::NONE, what);
            }
            for param in def.type_params.of(&self.facts.head.type_params) {
                let scope = self.facts.scope(def.own).map_or(def.own, |own| {
                    let is_around =
                        |outer: &crate::facts::head::Scope| outer.kind == ScopeKind::TypeParams;
                    let around = self.facts.scope(own.parent).is_some_and(is_around);
                    if around { own.parent } else { def.own }
                });
                self.raw(scope, param.name, 0, BlockId::NONE, Bound::TypeParam);
            }
        }
    }

    fn imports(&mut self) {
        for (index, import) in self.facts.head.imports.iter().enumerate() {
            let id = ImportId::at(index);
            if import.binds.is_none() {
                self.table.stars.push(id);
                continue;
            }
            let block = self.facts.stmt(import.stmt).map_or(BlockId::NONE, |stmt| stmt.block);
            self.bind(import.scope, import.binds, import.place.end(), block, Bound::Import(id));
        }
    }

    fn statements(&mut self) {
        for stmt in &self.facts.body.stmts {
            if stmt.kind != StmtKind::Bind || stmt.op == BindOp::Augment {
                continue;
            }
            let Some(block) = self.facts.block(stmt.block) else { continue };
            let (target, value) = (ExprId(stmt.a), ExprId(stmt.b));
            let is_header =
                matches!(stmt.op, BindOp::For | BindOp::With | BindOp::Except | BindOp::Match);
            let what = match stmt.op {
                _ if is_header && value.is_none() => Bound::Opaque,
                BindOp::For => Bound::Element(value),
                BindOp::With => Bound::Entered(value),
                BindOp::Except => Bound::Caught(value),
                BindOp::Match => Bound::Opaque,
                _ if value.is_none() && stmt.ty.is_none() => continue,
                _ => Bound::Value { value, ty: stmt.ty },
            };
            let end = match stmt.op {
                BindOp::For => self.end_of(target).max(self.end_of(value)),
                _ if is_header => self.end_of(target),
                _ => stmt.place.end(),
            };
            let site = Site { scope: block.scope, block: stmt.block, from: end };
            self.target(target, what, site);
        }
    }

    /// Comprehensions and `:=`.
    fn expressions(&mut self) {
        for compr in &self.facts.body.comprs {
            let clauses = compr.clauses.of(&self.facts.body.clauses);
            for clause in clauses {
                let site = Site { scope: compr.scope, block: BlockId::NONE, from: 0 };
                self.target(clause.target, Bound::Element(clause.iter), site);
            }
            let first = clauses.first().and_then(|clause| self.facts.expr(clause.iter));
            if let Some(first) = first {
                let _ = self.table.first_iters.insert(compr.scope, first.place);
            }
        }
        for expr in &self.facts.body.exprs {
            if expr.kind == ExprKind::Assign {
                let what = Bound::Value { value: ExprId(expr.b), ty: ExprId::NONE };
                let scope =
                    self.around_comprehensions(self.nests.scope_at(self.facts, expr.place.at));
                // Where in the flow of its block it stands is not looked for.
                let block = self.nests.block_at(self.facts, expr.place.at);
                let site = Site { scope, block, from: expr.place.end() };
                self.target(ExprId(expr.a), what, site);
            }
        }
    }

    /// The scope that a `:=` in this one binds in.
    fn around_comprehensions(&self, mut scope: ScopeId) -> ScopeId {
        while let Some(record) = self.facts.scope(scope) {
            if !matches!(record.kind, ScopeKind::Comprehension | ScopeKind::Generator) {
                break;
            }
            scope = record.parent;
        }
        scope
    }

    fn end_of(&self, expr: ExprId) -> u32 {
        self.facts.expr(expr).map_or(0, |expr| expr.place.end())
    }

    /// Binds every name in a target; tuples are taken apart beside their value's.
    fn target(&mut self, target: ExprId, what: Bound, site: Site) {
        let mut open = vec![(target, what)];
        while let Some((target, what)) = open.pop() {
            match self.facts.shape(target) {
                Shape::Name(name) => self.bind(site.scope, name, site.from, site.block, what),
                Shape::Attr(base, name) => self.attribute(base, name, what, site),
                Shape::One(inner) => open.push((inner, Bound::Opaque)),
                Shape::Many(parts) => self.unpack(parts, what, &mut open),
                _ => {}
            }
        }
    }

    fn unpack(&self, parts: &[ExprId], what: Bound, open: &mut Vec<(ExprId, Bound)>) {
        let Bound::Value { value, .. } = what else {
            open.extend(parts.iter().map(|&part| (part, Bound::Opaque)));
            return;
        };
        let is_display = self
            .facts
            .expr(value)
            .is_some_and(|value| matches!(value.kind, ExprKind::Tuple | ExprKind::List));
        let is_starred = |&part: &ExprId| {
            self.facts.expr(part).is_some_and(|part| part.kind == ExprKind::Starred)
        };
        match self.facts.shape(value) {
            Shape::Many(values)
                if is_display
                    && values.len() == parts.len()
                    && !values.iter().chain(parts).any(is_starred) =>
            {
                let pairs = parts.iter().zip(values);
                open.extend(
                    pairs.map(|(&part, &value)| (part, Bound::Value { value, ty: ExprId::NONE })),
                );
            }
            _ => open.extend(parts.iter().map(|&part| (part, Bound::Element(value)))),
        }
    }

    /// `self.name = …` in a method.
    fn attribute(&mut self, base: ExprId, name: Str, what: Bound, site: Site) {
        let Shape::Name(object) = self.facts.shape(base) else { return };
        let Some(class) = receiver_class(self.facts, site.scope, object) else { return };
        let binding = Binding { scope: class, name, from: site.from, block: site.block, what };
        self.table.attrs.push(binding);
    }

    /// Binds a name where its declarations say it belongs.
    fn bind(&mut self, scope: ScopeId, name: Str, from: u32, block: BlockId, what: Bound) {
        match self.table.declared(scope, name) {
            None => self.raw(scope, name, from, block, what),
            Some(DeclaredKind::Global) => self.raw(ScopeId::at(0), name, from, block, what),
            Some(DeclaredKind::Nonlocal) => {
                if let Some(outer) = self.outer(scope, name) {
                    self.raw(outer, name, from, block, what);
                }
            }
        }
    }

    /// The function around that a `nonlocal` name belongs to.
    fn outer(&self, scope: ScopeId, name: Str) -> Option<ScopeId> {
        let mut scope = self.facts.scope(scope)?.parent;
        while let Some(record) = self.facts.scope(scope) {
            let symbols = record.symbols.of(&self.facts.head.symbols);
            let binds = symbols.iter().any(|symbol| {
                symbol.name == name
                    && symbol.flags & crate::facts::head::symbol::BOUND != 0
                    && symbol.flags & crate::facts::head::symbol::NONLOCAL == 0
            });
            if record.kind == ScopeKind::Function && binds {
                return Some(scope);
            }
            scope = record.parent;
        }
        None
    }

    fn raw(&mut self, scope: ScopeId, name: Str, from: u32, block: BlockId, what: Bound) {
        if name.is_some() {
            self.table.names.push(Binding { scope, name, from, block, what });
        }
    }
}

/// Where a target stands.
#[derive(Clone, Copy)]
struct Site {
    scope: ScopeId,
    block: BlockId,
    from: u32,
}

/// The class whose method's first parameter a name is, seen from a scope inside of it.
pub(super) fn receiver_class(facts: &Facts, scope: ScopeId, name: Str) -> Option<ScopeId> {
    let mut scope = scope;
    while let Some(record) = facts.scope(scope) {
        if record.kind == ScopeKind::Class {
            return None;
        }
        let def = facts.def(record.def);
        let first = def.and_then(|def| first_param(facts, def.params));
        if first == Some(name) {
            let class = facts.scope(record.parent).map(|outer| match outer.kind {
                ScopeKind::TypeParams => outer.parent,
                _ => record.parent,
            })?;
            let is_class = facts.scope(class).is_some_and(|class| class.kind == ScopeKind::Class);
            return is_class.then_some(class);
        }
        scope = record.parent;
    }
    None
}

/// The name of the first parameter that is given by position.
pub(super) fn first_param(facts: &Facts, params: Run) -> Option<Str> {
    use crate::facts::head::ParamKind::{Positional, PositionalOnly};
    let first = params.of(&facts.head.params).first()?;
    matches!(first.kind, Positional | PositionalOnly).then_some(first.name)
}
