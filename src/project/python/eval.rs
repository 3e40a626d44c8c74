//! What an expression can be: names through scopes and imports, attributes through classes, calls through what they
//! return. Bounded in depth and steps, so cycles of any kind end as gaps.

use std::sync::Arc;

use super::bindings::{Binding, Bindings, Bound};
use super::memo::Key;
use super::names::{self, Use};
use super::value::{Class, Gap, Val, Vals, Whose};
use super::version::Version;
use super::{Model, tables};
use crate::facts::body::{ComprKind, ConstKind, ExprKind};
use crate::facts::{ExprId, Facts, ImportId, ScopeId, Shape, Str};
use crate::project::places::Nests;
use crate::project::{DefRef, Evidence, FileId, Project};

/// Most expressions, names and calls that one answer goes through, one inside the other.
const DEEPEST: u32 = 64;
/// Most of them in all.
const MOST: u32 = 50_000;

/// One question being answered.
pub(super) struct Eval<'p> {
    pub(super) project: &'p Project,
    depth: u32,
    steps: u32,
    /// What is being asked right now, so that a cycle is met.
    active: Vec<Key>,
    /// How often a bound or a cycle was met: an answer with one is not remembered.
    bounds: u32,
}

/// A file as an evaluation needs it.
#[derive(Clone, Copy)]
pub(super) struct In<'p> {
    pub(super) id: FileId,
    pub(super) facts: &'p Facts,
    pub(super) bindings: &'p Bindings,
    pub(super) nests: &'p Nests,
}

impl In<'_> {
    pub(super) fn def(&self, def: crate::facts::DefId) -> DefRef {
        DefRef { file: self.id, def }
    }

    pub(super) fn use_at(&self, at: u32) -> Use {
        Use::at(self.facts, self.nests, self.bindings, at)
    }
}

impl<'p> Eval<'p> {
    pub(super) fn new(project: &'p Project) -> Self {
        Self { project, depth: 0, steps: 0, active: Vec::new(), bounds: 0 }
    }

    pub(super) fn model(&self) -> &'p Model {
        &self.project.python
    }

    /// The version of Python that a file is for.
    pub(super) fn version(&self, file: FileId) -> Version {
        self.model().versions.of_file(&self.project.file(file).path)
    }

    pub(super) fn file(&self, id: FileId) -> In<'p> {
        let file = self.project.file(id);
        let nests = self.project.nests(id);
        In { id, facts: &file.facts, bindings: self.model().bindings(self.project, id), nests }
    }

    /// One level deeper, unless a bound is met.
    pub(super) fn deeper(&mut self, work: impl FnOnce(&mut Self) -> Vals) -> Vals {
        if self.depth >= DEEPEST || self.steps >= MOST {
            self.bounds += 1;
            return Vals::unknown();
        }
        self.depth += 1;
        self.steps += 1;
        let vals = work(self);
        self.depth -= 1;
        vals
    }

    /// The remembered answer, or a new one; a question inside itself has none.
    pub(super) fn once(&mut self, key: Key, work: impl FnOnce(&mut Self) -> Vals) -> Vals {
        if let Some(known) = self.model().memo.find(&key) {
            return known;
        }
        if self.active.contains(&key) {
            self.bounds += 1;
            return Vals::unknown();
        }
        let before = self.bounds;
        self.active.push(key.clone());
        let vals = self.deeper(work);
        let _ = self.active.pop();
        if self.bounds == before {
            self.model().memo.keep(key, vals.clone());
        }
        vals
    }

    /// Something that is worked out once; `None` inside itself and beyond a bound.
    pub(super) fn guarded<T>(&mut self, key: Key, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= DEEPEST || self.steps >= MOST || self.active.contains(&key) {
            self.bounds += 1;
            return None;
        }
        self.active.push(key);
        self.depth += 1;
        self.steps += 1;
        let result = work(self);
        self.depth -= 1;
        let _ = self.active.pop();
        Some(result)
    }

    /// How often a bound or a cycle was met.
    pub(super) const fn bounds(&self) -> u32 {
        self.bounds
    }

    /// What an expression can be.
    pub(super) fn expr(&mut self, file: In<'p>, id: ExprId) -> Vals {
        self.deeper(|eval| eval.shape(file, id))
    }

    fn shape(&mut self, file: In<'p>, id: ExprId) -> Vals {
        let Some(expr) = file.facts.expr(id) else { return Vals::unknown() };
        match file.facts.shape(id) {
            Shape::Name(name) => self.name(file, name, file.use_at(expr.place.at)),
            Shape::Attr(base, name) => {
                let base = self.expr(file, base);
                let name = self.attribute_name(file, id, name);
                self.attribute(base, &name)
            }
            Shape::Call(callee, call) => self.call(file, callee, call),
            Shape::Index(base, _) => {
                let base = self.expr(file, base);
                self.index(base)
            }
            Shape::Lambda(def) => Vals::exact(Val::Def(file.def(def))),
            Shape::Const(_, kind) => constant(kind),
            Shape::Compr(compr) => {
                let element = self.expr(file, compr.element);
                match compr.kind {
                    ComprKind::Dict => builtin("dict"),
                    _ => Vals::typed(Val::Many(element.values())),
                }
            }
            Shape::Many(kids) => self.many(file, expr.kind, kids),
            Shape::One(inner) if expr.kind == ExprKind::Await => {
                let inner = self.expr(file, inner);
                awaited(inner)
            }
            Shape::Two(_, value, _) if expr.kind == ExprKind::Assign => self.expr(file, value),
            Shape::Type(..) => self.annotation(file, id),
            _ => Vals::unknown(),
        }
    }

    fn many(&mut self, file: In<'p>, kind: ExprKind, kids: &[ExprId]) -> Vals {
        match kind {
            ExprKind::List | ExprKind::Tuple | ExprKind::Set => {
                let mut all = Vals::nothing();
                for &kid in kids.iter().take(8) {
                    all.merge(self.expr(file, kid));
                }
                Vals::typed(Val::Many(all.values()))
            }
            ExprKind::Dict => builtin("dict"),
            ExprKind::FString => builtin("str"),
            ExprKind::Compare => builtin("bool"),
            ExprKind::Either => {
                let mut all = Vals::nothing();
                for &kid in values_of_either(file.facts, kids) {
                    all.merge(self.expr(file, kid));
                }
                all
            }
            _ => Vals::unknown(),
        }
    }

    /// What a name is where it is used.
    pub(super) fn name(&mut self, file: In<'p>, name: Str, from: Use) -> Vals {
        let found = names::lookup(file.facts, file.bindings, name, from);
        if !found.is_empty() {
            let vals = self.union(file, &found);
            return self.narrowed(file, name, from, &found, vals);
        }
        let text = file.facts.text(name);
        let star = self.starred(file, text).unwrap_or_default();
        match text {
            _ if !star.items.is_empty() || star.gap == Gap::Partial => star,
            "__class__" => self.class_around(file, from.scope),
            _ if tables::is_builtin(text, self.version(file.id)) => {
                let builtin = Vals::exact(Val::Builtin(text.into()));
                match star.gap {
                    Gap::Closed => builtin,
                    gap => builtin.at_most(Evidence::Candidates).with_gap(gap),
                }
            }
            _ => Vals::unknown(),
        }
    }

    fn class_around(&self, file: In<'p>, scope: ScopeId) -> Vals {
        let def = super::classes::class_around(file.facts, scope);
        def.map_or(Vals::unknown(), |def| Vals::exact(Val::Def(file.def(def))))
    }

    /// What any of the bindings is.
    pub(super) fn union(&mut self, file: In<'p>, bindings: &[&Binding]) -> Vals {
        let mut all = Vals::nothing();
        for binding in bindings {
            all.merge(self.binding(file, binding));
        }
        all
    }

    /// What one binding is.
    pub(super) fn binding(&mut self, file: In<'p>, binding: &Binding) -> Vals {
        match binding.what {
            Bound::Def(def) => Vals::exact(Val::Def(file.def(def))),
            Bound::Import(import) => self.import(file, import),
            Bound::Value { value, ty } => self.value(file, value, ty),
            Bound::Element(value) => {
                let value = self.expr(file, value);
                self.iterated(value)
            }
            Bound::Entered(value) => {
                let value = self.expr(file, value);
                self.entered(value)
            }
            Bound::Caught(class) => {
                let class = self.expr(file, class);
                caught(class)
            }
            Bound::Param(def, at) => self.parameter(file, def, at as usize),
            Bound::TypeParam | Bound::Opaque => Vals::unknown(),
        }
    }

    /// A value of a type that may be stated; what is stated counts unless it says nothing.
    fn value(&mut self, file: In<'p>, value: ExprId, ty: ExprId) -> Vals {
        if ty.is_some() {
            let stated = self.annotation(file, ty);
            if !stated.is_unknown() || value.is_none() {
                return stated;
            }
        }
        self.once(Key::Value(file.id, value), |eval| eval.expr(file, value))
    }

    /// What the name that an import binds is.
    pub(super) fn import(&mut self, file: In<'p>, import: ImportId) -> Vals {
        self.once(Key::Import(file.id, import), |eval| eval.imported(file, import))
    }

    /// An element of each.
    pub(super) fn iterated(&mut self, vals: Vals) -> Vals {
        vals.flat_map(|val, _| match val {
            Val::Many(items) => Vals::of(&items, Evidence::Typed),
            Val::Instance(Class::Def(_), _) => {
                let iterator = self.called_method(&val, "__iter__");
                let items = iterator.flat_map(|val, _| match val {
                    Val::Many(items) => Vals::of(&items, Evidence::Typed),
                    _ => Vals::unknown(),
                });
                if items.is_unknown() { self.called_method(&val, "__getitem__") } else { items }
            }
            Val::None => Vals::nothing(),
            Val::Def(class) | Val::Own(class) if self.is_enum(class) => {
                instance_of(Val::Def(class))
            }
            _ => Vals::unknown(),
        })
    }

    /// `x[…]` of each.
    fn index(&mut self, vals: Vals) -> Vals {
        vals.flat_map(|val, evidence| match val {
            Val::Many(items) => Vals::of(&items, Evidence::Typed),
            Val::Def(class) | Val::Own(class) if self.is_enum(class) => {
                instance_of(Val::Def(class))
            }
            Val::Def(_) | Val::Own(_) | Val::External(_) => Vals::one(val, evidence),
            Val::Instance(Class::Def(_), _) => self.called_method(&val, "__getitem__"),
            _ => Vals::unknown(),
        })
    }

    /// What `with` binds.
    fn entered(&mut self, vals: Vals) -> Vals {
        vals.flat_map(|val, _| match val {
            // What a generator made by `contextmanager` yields.
            Val::Many(items) => Vals::of(&items, Evidence::Typed),
            Val::Instance(Class::Def(_), _) => {
                let sync = self.called_method(&val, "__enter__");
                if !sync.is_unknown() {
                    return sync;
                }
                awaited(self.called_method(&val, "__aenter__"))
            }
            _ => Vals::unknown(),
        })
    }
}

/// What `await` gives.
pub(super) fn awaited(vals: Vals) -> Vals {
    vals.flat_map(|val, _| match val {
        Val::Coroutine(items) => Vals::of(&items, Evidence::Typed),
        _ => Vals::unknown(),
    })
}

/// An object of any of the classes.
pub(super) fn caught(vals: Vals) -> Vals {
    vals.flat_map(|val, _| match val {
        Val::Many(items) => {
            let mut all = Vals::nothing();
            for item in items.iter() {
                all.merge(instance_of(item.clone()));
            }
            all
        }
        val => instance_of(val),
    })
}

/// An object of what is a class.
pub(super) fn instance_of(class: Val) -> Vals {
    match class {
        Val::Def(def) => Vals::typed(Val::Instance(Class::Def(def), Whose::Stated)),
        Val::Own(def) => Vals::typed(Val::Instance(Class::Def(def), Whose::Receiver)),
        Val::External(name) => Vals::typed(Val::Instance(Class::External(name), Whose::Stated)),
        Val::Builtin(name) => Vals::typed(Val::Instance(Class::Builtin(name), Whose::Stated)),
        Val::None => Vals::exact(Val::None),
        _ => Vals::unknown(),
    }
}

/// An object of a builtin class.
pub(super) fn builtin(name: &str) -> Vals {
    Vals::typed(Val::Instance(Class::Builtin(Arc::from(name)), Whose::Stated))
}

fn constant(kind: ConstKind) -> Vals {
    match kind {
        ConstKind::None => Vals::exact(Val::None),
        ConstKind::Str | ConstKind::Long | ConstKind::Char => builtin("str"),
        ConstKind::Bytes => builtin("bytes"),
        ConstKind::Int => builtin("int"),
        ConstKind::Float => builtin("float"),
        ConstKind::Complex => builtin("complex"),
        ConstKind::True | ConstKind::False => builtin("bool"),
        ConstKind::Ellipsis => Vals::unknown().with_gap(Gap::Partial),
    }
}

/// The values among the parts of a choice: not the condition of `a if t else b`, which stands between them.
fn values_of_either<'k>(facts: &Facts, kids: &'k [ExprId]) -> &'k [ExprId] {
    let at = |kid: &ExprId| facts.expr(*kid).map_or(0, |kid| kid.place.at);
    match kids {
        [test, values @ ..] if values.len() == 2 && at(test) > at(&values[0]) => values,
        _ => kids,
    }
}
