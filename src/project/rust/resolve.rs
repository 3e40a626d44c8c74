//! What an expression or an import means, for whoever asks the project. What stands inside a macro's brackets is read as
//! if it were code, so nothing there rests on more than types.

use std::sync::Arc;

use super::locals::{Giver, LocalId};
use super::modules::ModuleId;
use super::names::{Item, Space, plain};
use super::paths::Meaning;
use super::types::Ty;
use super::{Cx, DEPTH, Thing};
use crate::facts::body::{ExprKind, expr};
use crate::facts::head::{DefKind, ImportForm};
use crate::facts::{ExprId, Facts, ImportId, Shape};
use crate::project::{DefRef, Evidence, FileId, Project, Resolution, Target};

/// What an expression means.
pub(in crate::project) fn resolve(project: &Project, file: FileId, expr: ExprId) -> Resolution {
    let cx = Cx::new(project);
    let mut found = cx.meaning(file, expr);
    let in_macro = project.facts(file).expr(expr).is_some_and(|record| record.has(expr::MACRO));
    if in_macro && found.evidence == Evidence::Exact && !found.targets.is_empty() {
        found.evidence = Evidence::Typed;
    }
    found
}

/// What an import's binding means: everything of the name, a type and a function of one name both.
pub(in crate::project) fn resolve_import(
    project: &Project,
    file: FileId,
    import: ImportId,
) -> Resolution {
    let cx = Cx::new(project);
    let facts = project.facts(file);
    let Some(record) = facts.import(import) else { return Resolution::unknown() };
    let things: Vec<Thing> = match record.form {
        ImportForm::Mod => cx.declared(file, import).map(Thing::Module).into_iter().collect(),
        ImportForm::UseGlob => cx.glob(file, import).to_vec(),
        _ => {
            let spaces = [Space::Type, Space::Value, Space::Macro];
            let found = spaces.iter().flat_map(|&space| cx.imported(file, import, space).to_vec());
            let mut found: Vec<Thing> = found.collect();
            if found.iter().any(|thing| !matches!(thing, Thing::External(_))) {
                found.retain(|thing| !matches!(thing, Thing::External(_)));
            }
            found
        }
    };
    let mut targets: Vec<Target> = things.iter().filter_map(|thing| cx.target(thing)).collect();
    targets.sort();
    targets.dedup();
    if targets.is_empty() {
        return Resolution::unknown();
    }
    Resolution { targets, evidence: Evidence::Exact, is_open: false }
}

/// What a trait declares that a member of an `impl` implements.
pub(in crate::project) fn overridden(project: &Project, member: DefRef) -> Vec<DefRef> {
    Cx::new(project).declared_by_trait(member)
}

/// What `impl`s define for what a trait declares, in path order.
pub(in crate::project) fn overriders(project: &Project, member: DefRef) -> Vec<DefRef> {
    Cx::new(project).implementations(member)
}

/// Whether a file is a module by its path alone.
pub(in crate::project) fn is_by_path(project: &Project, file: FileId) -> bool {
    Cx::new(project).modules().is_by_path(file)
}

/// Whether more calls and fields follow one another than are looked through.
fn is_long_chain(facts: &Facts, mut at: ExprId) -> bool {
    for _ in 0..DEPTH {
        at = match facts.shape(at) {
            Shape::Method(inner, _)
            | Shape::Call(inner, _)
            | Shape::Attr(inner, _)
            | Shape::One(inner) => inner,
            _ => return false,
        };
    }
    true
}

impl Cx<'_> {
    fn meaning(&self, file: FileId, expr: ExprId) -> Resolution {
        let facts = self.project.facts(file);
        match facts.shape(expr) {
            Shape::Call(callee, _) | Shape::Method(callee, _) | Shape::Macro(callee, _) => {
                // The callee of a call may be a call: one step only, that the stack does not grow.
                match facts.shape(callee) {
                    Shape::Call(..) | Shape::Method(..) | Shape::Macro(..) => Resolution::unknown(),
                    _ => self.meaning(file, callee),
                }
            }
            Shape::Struct(path, _) | Shape::Pattern(path, _) => {
                self.resolution(self.shape_named(file, path), Evidence::Exact)
            }
            Shape::Type(head, _) => match facts.shape(head) {
                Shape::Name(_) | Shape::Path(..) => self.named(file, head),
                _ => Resolution::unknown(),
            },
            Shape::Attr(base, name) => {
                let name = plain(facts.text(name));
                if is_long_chain(facts, base) {
                    Resolution::unknown()
                } else if self.names(file).is_method(expr) {
                    self.called(&self.type_of(file, base), name)
                } else {
                    let found = self.field(&self.type_of(file, base), name);
                    found.map_or_else(Resolution::unknown, |(field, _)| {
                        Resolution::one(Target::Def(field), Evidence::Typed)
                    })
                }
            }
            Shape::Name(_) | Shape::Path(..) => self.named(file, expr),
            Shape::Lambda(def) => {
                Resolution::one(Target::Def(DefRef { file, def }), Evidence::Exact)
            }
            _ => Resolution::unknown(),
        }
    }

    /// What a name or path means where it stands.
    fn named(&self, file: FileId, expr: ExprId) -> Resolution {
        let names = self.names(file);
        let in_type =
            self.project.facts(file).expr(expr).is_some_and(|record| record.has(expr::TYPE));
        let spaces: &[Space] = if names.is_macro(expr) {
            &[Space::Macro]
        } else if in_type || names.is_base(expr) || names.is_shape(expr) {
            &[Space::Type, Space::Value]
        } else {
            &[Space::Value, Space::Type]
        };
        for &space in spaces {
            let Meaning { things, how, .. } = self.path(file, expr, space);
            if !things.is_empty() {
                return self.resolution(things, how.unwrap_or(Evidence::Exact));
            }
        }
        Resolution::unknown()
    }

    fn resolution(&self, things: Vec<Thing>, evidence: Evidence) -> Resolution {
        if let [Thing::Local(local)] = things.as_slice() {
            return self.of_local(*local);
        }
        let targets: Vec<Target> = things.iter().filter_map(|thing| self.target(thing)).collect();
        match targets.is_empty() && !things.is_empty() {
            // A type parameter: known, and no definition.
            true => Resolution { targets, evidence, is_open: false },
            false => Resolution::of(targets, evidence),
        }
    }

    /// A local name is the closure or function it was given; else it is known to be no definition.
    fn of_local(&self, id: LocalId) -> Resolution {
        match self.type_of_local(id) {
            Ty::Function(def) => Resolution::one(Target::Def(def), Evidence::Typed),
            _ => match self.alias_of(id) {
                Some(aliased) => aliased,
                None => {
                    Resolution { targets: Vec::new(), evidence: Evidence::Exact, is_open: false }
                }
            },
        }
    }

    /// What `let f = Type::f;` names outside of the project.
    fn alias_of(&self, id: LocalId) -> Option<Resolution> {
        let facts = self.project.facts(id.file);
        let local = self.locals(id.file).local(id.index)?;
        let Giver::Bind(stmt) = local.giver else { return None };
        let stmt = facts.stmt(stmt).filter(|stmt| ExprId(stmt.a) == local.name)?;
        let value = ExprId(stmt.b);
        let is_path = facts.expr(value).is_some_and(|value| value.kind == ExprKind::Path);
        let meaning = self.path(id.file, value, Space::Value);
        match meaning.things.as_slice() {
            [thing @ Thing::External(_)] if is_path => {
                self.target(thing).map(|target| Resolution::one(target, Evidence::Typed))
            }
            _ => None,
        }
    }

    /// What a method call runs, by the type it is called on.
    fn called(&self, receiver: &Ty, name: &str) -> Resolution {
        if let Some(method) = self.method(receiver, name) {
            let targets = method.found.defs.into_iter().map(Target::Def).collect();
            let mut found = Resolution::of(targets, method.found.evidence);
            found.is_open = method.is_dynamic;
            return found;
        }
        let mut on = receiver;
        while let Some(inner) = on.pointee().filter(|_| super::prelude::general(name).is_none()) {
            on = inner;
        }
        match on.outside(name) {
            Some(Thing::External(path)) => Resolution::one(Target::External(path), Evidence::Typed),
            _ => Resolution::unknown(),
        }
    }

    /// The module that a `mod x;` leads to.
    fn declared(&self, file: FileId, import: ImportId) -> Option<ModuleId> {
        let facts = self.project.facts(file);
        let record = facts.import(import)?;
        let name = plain(facts.text(record.binds));
        let mut named = self.names(file).named(facts, record.scope, name);
        named.find_map(|item| match item {
            Item::Def(def) => {
                let found = facts.def(def)?;
                let is_it = found.kind == DefKind::Module && found.full.covers(record.place);
                is_it.then(|| self.modules().of_def(DefRef { file, def })).flatten()
            }
            Item::Import(_) => None,
        })
    }

    pub(super) fn target(&self, thing: &Thing) -> Option<Target> {
        Some(match thing {
            Thing::Module(id) => {
                let module = self.modules().module(*id);
                match module.inline {
                    Some(def) => Target::Def(DefRef { file: module.file, def }),
                    None => Target::Module(module.file),
                }
            }
            Thing::Def(def) => Target::Def(*def),
            Thing::External(path) => Target::External(Arc::clone(path)),
            Thing::Primitive(name) => Target::Builtin(Arc::from(*name)),
            Thing::SelfType(owner) => match self.self_type(*owner) {
                Ty::Own(def, _) => Target::Def(def),
                Ty::SelfOf(def) => Target::Def(def),
                Ty::External(path, _) => Target::External(path),
                Ty::Primitive(name) => Target::Builtin(Arc::from(name)),
                _ => return None,
            },
            Thing::Param(..) | Thing::Local(_) => return None,
        })
    }
}
