//! Types as far as signatures state them: references are looked through, what is not stated is unknown.

use std::sync::Arc;

use super::modules::ModuleId;
use super::names::Space;
use super::{Cx, Thing, prelude};
use crate::facts::body::{ArgKind, Call, ExprKind};
use crate::facts::head::{DefKind, TypeParamKind, def};
use crate::facts::{DefId, ExprId, Facts, Shape};
use crate::project::{DefRef, FileId};

/// Several types.
pub(super) type Types = Arc<[Ty]>;

/// A type; a reference is what it refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Ty {
    #[default]
    Unknown,
    /// A `struct`, `enum` or `union` with its type arguments.
    Own(DefRef, Types),
    /// A type outside of the project.
    External(Arc<str>, Types),
    Primitive(&'static str),
    /// A type parameter: its definition and which one.
    Param(DefRef, u32),
    /// `Self` in a trait.
    SelfOf(DefRef),
    /// `dyn A + B`, `impl A`.
    Bounds(Arc<[Bound]>),
    Tuple(Types),
    /// A slice or array.
    Slice(Arc<Ty>),
    /// A closure or a function as a value.
    Function(DefRef),
    /// `fn(A) -> B`: `B`.
    Pointer(Arc<Ty>),
}

/// A trait that something implements.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Bound {
    /// A definition or something outside.
    pub(super) of: Thing,
    pub(super) args: Types,
    /// `Item = T`.
    pub(super) named: Vec<(Arc<str>, Ty)>,
}

/// What stands for type parameters and `Self`.
#[derive(Clone, Debug, Default)]
pub(super) struct Subst {
    pub(super) params: Vec<((DefRef, u32), Ty)>,
    pub(super) self_ty: Option<Ty>,
}

impl Ty {
    /// What a pointer of the standard library points to.
    pub(super) fn pointee(&self) -> Option<&Self> {
        match self {
            Self::External(path, args) if prelude::is_pointer(path) => args.first(),
            _ => None,
        }
    }

    /// The name of a member of a type outside of the project.
    pub(super) fn outside(&self, name: &str) -> Option<Thing> {
        match self {
            Self::External(path, _) => Some(Thing::External(format!("{path}::{name}").into())),
            Self::Primitive(path) => Some(Thing::External(format!("{path}::{name}").into())),
            Self::Slice(_) => Some(Thing::External(format!("slice::{name}").into())),
            _ => None,
        }
    }

    /// A type argument.
    pub(super) fn argument(&self, index: usize) -> Self {
        match self {
            Self::Own(_, args) | Self::External(_, args) => {
                args.get(index).cloned().unwrap_or_default()
            }
            _ => Self::Unknown,
        }
    }

    /// A type of the standard library with one argument.
    pub(super) fn std(path: &str, inner: Self) -> Self {
        Self::External(path.into(), [inner].into())
    }

    /// The type with parameters replaced.
    pub(super) fn with(&self, subst: &Subst) -> Self {
        let all = |args: &Types| args.iter().map(|arg| arg.with(subst)).collect::<Types>();
        match self {
            Self::Own(def, args) => Self::Own(*def, all(args)),
            Self::External(path, args) => Self::External(Arc::clone(path), all(args)),
            Self::Tuple(args) => Self::Tuple(all(args)),
            Self::Slice(inner) => Self::Slice(Arc::new(inner.with(subst))),
            Self::Pointer(inner) => Self::Pointer(Arc::new(inner.with(subst))),
            Self::Param(def, index) => {
                let key = (*def, *index);
                let known = subst.params.iter().find(|(param, _)| *param == key);
                known.map_or_else(|| self.clone(), |(_, ty)| ty.clone())
            }
            Self::SelfOf(_) => subst.self_ty.clone().unwrap_or_else(|| self.clone()),
            Self::Bounds(bounds) => {
                let one = |bound: &Bound| Bound {
                    of: bound.of.clone(),
                    args: all(&bound.args),
                    named: bound
                        .named
                        .iter()
                        .map(|(name, ty)| (Arc::clone(name), ty.with(subst)))
                        .collect(),
                };
                Self::Bounds(bounds.iter().map(one).collect())
            }
            Self::Unknown | Self::Primitive(_) | Self::Function(_) => self.clone(),
        }
    }
}

impl Subst {
    /// Arguments of a definition's own parameters; lifetimes are none of the arguments.
    pub(super) fn arguments(facts: &Facts, at: DefRef, args: &[Ty]) -> Self {
        let params =
            facts.def(at.def).map_or(&[][..], |def| def.type_params.of(&facts.head.type_params));
        let types =
            params.iter().enumerate().filter(|(_, param)| param.kind != TypeParamKind::Lifetime);
        let number = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        let pairs = types.enumerate().map(|(nth, (index, _))| {
            ((at, number(index)), args.get(nth).cloned().unwrap_or_default())
        });
        Self { params: pairs.collect(), self_ty: None }
    }
}

impl Cx<'_> {
    /// The type that an expression in a type's place states.
    pub(super) fn lower(&self, file: FileId, expr: ExprId) -> Ty {
        let Some(_step) = self.step() else { return Ty::Unknown };
        let facts = self.project.facts(file);
        match facts.shape(expr) {
            Shape::Name(_) | Shape::Path(..) => self.lower_path(file, expr, ExprId::NONE),
            Shape::Type(head, call) => self.lower_applied(file, expr, head, call),
            Shape::Many(kids) => {
                let kind = facts.expr(expr).map(|expr| expr.kind);
                match kind {
                    Some(ExprKind::Tuple) => {
                        Ty::Tuple(kids.iter().map(|&kid| self.lower(file, kid)).collect())
                    }
                    Some(ExprKind::Bounds) => self.lower_bounds(file, kids),
                    Some(ExprKind::FnType) => match kids.last() {
                        Some(&result) if result.is_some() => {
                            Ty::Pointer(Arc::new(self.lower(file, result)))
                        }
                        _ => Ty::Pointer(Arc::new(Ty::Tuple([].into()))),
                    },
                    _ => Ty::Unknown,
                }
            }
            Shape::One(inner) => self.lower(file, inner),
            // `T as Trait` of `<T as Trait>::f`.
            Shape::Two(left, ..) => self.lower(file, left),
            _ => Ty::Unknown,
        }
    }

    fn lower_applied(&self, file: FileId, expr: ExprId, head: ExprId, call: &Call) -> Ty {
        if head.is_some() {
            return self.lower_path(file, head, expr);
        }
        let facts = self.project.facts(file);
        match call.args.of(&facts.body.args) {
            [element, ..] if facts.text(element.name) == "[" => {
                Ty::Slice(Arc::new(self.lower(file, element.value)))
            }
            // `&T` and its like.
            [inner] if inner.name.is_some() => self.lower(file, inner.value),
            many => Ty::Tuple(many.iter().map(|arg| self.lower(file, arg.value)).collect()),
        }
    }

    fn lower_path(&self, file: FileId, path: ExprId, args: ExprId) -> Ty {
        let meaning = self.path(file, path, Space::Type);
        let Some(thing) = self.first_twin(&meaning.things) else { return Ty::Unknown };
        let ty = self.type_of_thing(file, thing, args);
        match &meaning.of {
            Some(of) => ty.with(&self.subst_of(of, thing)),
            None => ty,
        }
    }

    /// The only thing; of twins under `cfg`, which stand in one scope under one name, the first stands for all, so that
    /// their `impl`s are those of one type.
    pub(super) fn first_twin<'t>(&self, things: &'t [Thing]) -> Option<&'t Thing> {
        let (first, rest) = things.split_first()?;
        let home = |thing: &Thing| match thing {
            Thing::Def(def) => {
                let record = self.project.def(*def)?;
                Some((def.file, record.scope, record.name))
            }
            _ => None,
        };
        let are_twins =
            rest.iter().all(|other| home(other).is_some() && home(other) == home(first));
        are_twins.then_some(first)
    }

    /// What the parameters of the `impl` around a member stand for, by the type it was found on.
    fn subst_of(&self, of: &Ty, thing: &Thing) -> Subst {
        let mut subst = Subst { self_ty: Some(of.clone()), ..Subst::default() };
        if let Thing::Def(def) = thing
            && let Some(owner) = self.owner_of(*def)
        {
            subst = self.matched(owner, of).unwrap_or(subst);
        }
        subst
    }

    fn lower_bounds(&self, file: FileId, kids: &[ExprId]) -> Ty {
        let bounds: Vec<Bound> = kids.iter().filter_map(|&kid| self.bound(file, kid)).collect();
        if bounds.is_empty() { Ty::Unknown } else { Ty::Bounds(bounds.into()) }
    }

    /// A trait as a bound.
    pub(super) fn bound(&self, file: FileId, expr: ExprId) -> Option<Bound> {
        let facts = self.project.facts(file);
        let (head, call) = match facts.shape(expr) {
            Shape::Type(head, call) if head.is_some() => (head, Some(call)),
            Shape::Name(_) | Shape::Path(..) => (expr, None),
            Shape::One(inner) => return self.bound(file, inner),
            _ => return None,
        };
        let meaning = self.path(file, head, Space::Type);
        let of = self.first_twin(&meaning.things)?;
        let is_trait = match of {
            Thing::Def(def) => self.project.def(*def).is_some_and(|def| def.kind == DefKind::Trait),
            Thing::External(_) => true,
            _ => false,
        };
        let args = call.map_or(&[][..], |call| call.args.of(&facts.body.args));
        let positional = args.iter().filter(|arg| arg.kind == ArgKind::Positional);
        let named = args.iter().filter(|arg| arg.kind == ArgKind::Keyword);
        is_trait.then(|| Bound {
            of: of.clone(),
            args: positional.map(|arg| self.lower(file, arg.value)).collect(),
            named: named
                .map(|arg| (facts.text(arg.name).into(), self.lower(file, arg.value)))
                .collect(),
        })
    }

    /// The type arguments of `T<A, B>`.
    fn arguments(&self, file: FileId, applied: ExprId) -> Types {
        let facts = self.project.facts(file);
        let Shape::Type(_, call) = facts.shape(applied) else { return [].into() };
        let args = call.args.of(&facts.body.args).iter();
        args.filter(|arg| arg.kind == ArgKind::Positional)
            .map(|arg| self.lower(file, arg.value))
            .collect()
    }

    /// The type that something is, with the arguments written in `applied`.
    pub(super) fn type_of_thing(&self, file: FileId, thing: &Thing, applied: ExprId) -> Ty {
        let Some(_step) = self.step() else { return Ty::Unknown };
        match thing {
            Thing::Def(def) => self.type_of_def(*def, self.arguments(file, applied)),
            Thing::External(path) => Ty::External(Arc::clone(path), self.arguments(file, applied)),
            Thing::Primitive(name) => Ty::Primitive(name),
            Thing::Param(def, index) => Ty::Param(*def, *index),
            Thing::SelfType(owner) => self.self_type(*owner),
            Thing::Module(_) | Thing::Local(_) => Ty::Unknown,
        }
    }

    fn type_of_def(&self, at: DefRef, args: Types) -> Ty {
        let Some(record) = self.project.def(at) else { return Ty::Unknown };
        match record.kind {
            DefKind::Struct | DefKind::Enum | DefKind::Union => Ty::Own(at, args),
            DefKind::Variant => {
                self.owner_of(at).map_or(Ty::Unknown, |owner| Ty::Own(owner, [].into()))
            }
            DefKind::Trait => {
                Ty::Bounds([Bound { of: Thing::Def(at), args, named: Vec::new() }].into())
            }
            DefKind::Type if record.ty.is_some() => {
                let facts = self.project.facts(at.file);
                self.stated(at).with(&Subst::arguments(facts, at, &args))
            }
            _ => Ty::Unknown,
        }
    }

    /// What `Self` is in an `impl`, trait or type.
    pub(super) fn self_type(&self, owner: DefRef) -> Ty {
        let Some(record) = self.project.def(owner) else { return Ty::Unknown };
        match record.kind {
            DefKind::Impl => self.lower(owner.file, record.self_ty),
            DefKind::Trait => Ty::SelfOf(owner),
            _ => {
                let count = record.type_params.n;
                let facts = self.project.facts(owner.file);
                let params = record.type_params.of(&facts.head.type_params);
                let types = (0..count)
                    .zip(params)
                    .filter(|(_, param)| param.kind != TypeParamKind::Lifetime);
                Ty::Own(owner, types.map(|(index, _)| Ty::Param(owner, index)).collect())
            }
        }
    }

    /// The type a definition states: returned, of a field, constant or alias. An `async` function gives a future.
    pub(super) fn stated(&self, at: DefRef) -> Ty {
        if let Some(known) = self.model.stated.get(&at) {
            return known;
        }
        let Some(record) = self.project.def(at) else { return Ty::Unknown };
        let cuts = self.cuts.get();
        let mut ty = if record.ty.is_some() { self.lower(at.file, record.ty) } else { Ty::Unknown };
        if record.kind == DefKind::Function && record.flags & def::ASYNC != 0 {
            ty = Ty::std("std::future::Future", ty);
        }
        if self.is_whole(cuts) {
            self.model.stated.put(at, ty.clone());
        }
        ty
    }

    /// The definition whose members one is among: an `impl`, trait or type.
    pub(super) fn owner_of(&self, at: DefRef) -> Option<DefRef> {
        let facts = self.project.facts(at.file);
        let scope = facts.scope(facts.def(at.def)?.scope)?;
        let owner: DefId = scope.def;
        owner.is_some().then_some(DefRef { file: at.file, def: owner })
    }

    /// The module a definition stands in.
    pub(super) fn module_of(&self, at: DefRef) -> Option<ModuleId> {
        self.module_around(at.file, self.project.def(at)?.scope)
    }
}
