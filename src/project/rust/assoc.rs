//! Functions, constants and types that belong to types and traits: found on a type as `Type::name` and as `x.name()`.

use super::impls::Impl;
use super::names::{Item, Space, is_in, plain};
use super::types::{Bound, Ty};
use super::{Cx, Thing};
use crate::facts::body::ExprKind;
use crate::facts::head::DefKind;
use crate::facts::{ExprId, Facts, ScopeId, Shape};
use crate::project::{DefRef, Evidence};

/// Members that were found, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) defs: Vec<DefRef>,
    /// `Exact`: its own; `Inherited`: a trait's.
    pub(super) evidence: Evidence,
}

/// A method that was found on a type or on what that leads to.
#[derive(Clone, Debug)]
pub(super) struct Method {
    pub(super) found: Found,
    /// The type it was found on.
    pub(super) on: Ty,
    /// Whether an implementation that is not known may be what runs.
    pub(super) is_dynamic: bool,
}

/// More steps than any type that is written derefs.
const DEREFS: usize = 8;

impl Found {
    fn of(mut defs: Vec<DefRef>, evidence: Evidence) -> Option<Self> {
        defs.sort();
        defs.dedup();
        (!defs.is_empty()).then_some(Self { defs, evidence })
    }
}

impl Cx<'_> {
    /// A member of a type by name: its own first, then those its traits give it.
    pub(super) fn assoc(&self, ty: &Ty, name: &str, space: Space) -> Option<Found> {
        let _step = self.step()?;
        if let Some(found) = self.of_impls(ty, name, space) {
            return Some(found);
        }
        let mut defs = Vec::new();
        for bound in self.traits_of(ty) {
            defs.extend(self.in_trait(&bound.of, name, space));
        }
        let is_trait_itself = matches!(ty, Ty::Bounds(_) | Ty::SelfOf(_));
        let evidence = if is_trait_itself { Evidence::Exact } else { Evidence::Inherited };
        Found::of(defs, evidence).or_else(|| self.of_blankets(ty, name, space))
    }

    fn of_impls(&self, ty: &Ty, name: &str, space: Space) -> Option<Found> {
        let impls = self.impls_of(ty);
        let mut inherent = Vec::new();
        let mut of_traits = Vec::new();
        for one in &impls {
            let found = self.members_of(one.at, name, space);
            if one.has_trait { of_traits.extend(found) } else { inherent.extend(found) }
        }
        if let Some(found) = Found::of(inherent, Evidence::Exact) {
            return Some(found);
        }
        if let Some(found) = Found::of(of_traits, Evidence::Inherited) {
            return Some(found);
        }
        let traits = impls.iter().filter_map(|one| one.implements.as_ref());
        let defs = traits.flat_map(|bound| self.members_of_trait(&bound.of, name, space));
        Found::of(defs.collect(), Evidence::Inherited)
    }

    fn of_blankets(&self, ty: &Ty, name: &str, space: Space) -> Option<Found> {
        if *ty == Ty::Unknown {
            return None;
        }
        let mut defs = Vec::new();
        for one in self.impls_of_any(ty) {
            let own = self.members_of(one.at, name, space);
            let of_trait = one.implements.as_ref().filter(|_| own.is_empty());
            defs.extend(
                of_trait
                    .into_iter()
                    .flat_map(|bound| self.members_of_trait(&bound.of, name, space)),
            );
            defs.extend(own);
        }
        Found::of(defs, Evidence::Inherited)
    }

    /// Members of a name in the body of an `impl` or trait.
    fn members_of(&self, owner: DefRef, name: &str, space: Space) -> Vec<DefRef> {
        let facts = self.project.facts(owner.file);
        let Some(record) = facts.def(owner.def).filter(|record| record.own.is_some()) else {
            return Vec::new();
        };
        let named = self.names(owner.file).named(facts, record.own, name);
        let defs = named.filter_map(|item| match item {
            Item::Def(def) => Some(DefRef { file: owner.file, def }),
            Item::Import(_) => None,
        });
        let fits = |def: &DefRef| self.project.def(*def).is_some_and(|def| is_in(def.kind, space));
        defs.filter(fits).collect()
    }

    /// What a trait declares that a definition in an `impl` is the implementation of.
    pub(super) fn declared_by_trait(&self, member: DefRef) -> Vec<DefRef> {
        let (Some(owner), Some(record)) = (self.owner_of(member), self.project.def(member)) else {
            return Vec::new();
        };
        let facts = self.project.facts(member.file);
        let around = facts.def(owner.def).filter(|around| around.kind == DefKind::Impl);
        let Some(of) = around.and_then(|around| self.bound(owner.file, around.trait_ty)) else {
            return Vec::new();
        };
        let name = plain(facts.text(record.name));
        let space = if is_in(record.kind, Space::Value) { Space::Value } else { Space::Type };
        self.members_of_trait(&of.of, name, space)
    }

    /// What `impl`s of the project give for what a trait declares.
    pub(super) fn implementations(&self, member: DefRef) -> Vec<DefRef> {
        let (Some(owner), Some(record)) = (self.owner_of(member), self.project.def(member)) else {
            return Vec::new();
        };
        let name = plain(self.project.facts(member.file).text(record.name));
        let impls = self.impls().of_trait(owner);
        impls.flat_map(|at| self.members_of(at, name, Space::Value)).collect()
    }

    fn members_of_trait(&self, of: &Thing, name: &str, space: Space) -> Vec<DefRef> {
        match of {
            Thing::Def(of) => self.members_of(*of, name, space),
            _ => Vec::new(),
        }
    }

    /// Members of a name in a trait or, if there is none, its supertraits.
    fn in_trait(&self, of: &Thing, name: &str, space: Space) -> Vec<DefRef> {
        let Some(_step) = self.step() else { return Vec::new() };
        let own = self.members_of_trait(of, name, space);
        if !own.is_empty() {
            return own;
        }
        let above = self.supertraits(of);
        above.iter().flat_map(|bound| self.in_trait(&bound.of, name, space)).collect()
    }

    fn supertraits(&self, of: &Thing) -> Vec<Bound> {
        let Thing::Def(def) = of else { return Vec::new() };
        let facts = self.project.facts(def.file);
        let Some(record) = facts.def(def.def) else { return Vec::new() };
        let bases = record.bases.of(&facts.body.args);
        bases.iter().filter_map(|base| self.bound(def.file, base.value)).collect()
    }

    /// The traits that a type is known by alone: a parameter's bounds, those of `dyn` and `impl`.
    pub(super) fn traits_of(&self, ty: &Ty) -> Vec<Bound> {
        match ty {
            Ty::Bounds(bounds) => bounds.to_vec(),
            Ty::Param(def, index) => self.bounds_of(*def, *index),
            Ty::SelfOf(of) => {
                let own = Bound { of: Thing::Def(*of), args: [].into(), named: Vec::new() };
                vec![own]
            }
            _ => Vec::new(),
        }
    }

    /// The bounds of a type parameter.
    pub(super) fn bounds_of(&self, def: DefRef, index: u32) -> Vec<Bound> {
        let Some(_step) = self.step() else { return Vec::new() };
        let facts = self.project.facts(def.file);
        let Some(record) = facts.def(def.def) else { return Vec::new() };
        let params = record.type_params.of(&facts.head.type_params);
        let Some(param) = params.get(index as usize) else { return Vec::new() };
        let mut bounds = self.bounds_in(def, param.bound);
        for predicate in self.names(def.file).wheres(def.def) {
            let Shape::Many([subject, of @ ..]) = facts.shape(predicate) else { continue };
            if matches!(facts.shape(*subject), Shape::Name(name) if name == param.name) {
                bounds.extend(of.iter().flat_map(|&bound| self.bounds_in(def, bound)));
            }
        }
        bounds
    }

    /// Whether a type parameter is `?Sized`.
    pub(super) fn may_be_unsized(&self, def: DefRef, index: u32) -> bool {
        let facts = self.project.facts(def.file);
        let params = facts.def(def.def).map(|def| def.type_params.of(&facts.head.type_params));
        let Some(param) = params.and_then(|params| params.get(index as usize)) else {
            return false;
        };
        let is_of_it = |predicate: &ExprId| match facts.shape(*predicate) {
            Shape::Many([subject, ..]) => {
                matches!(facts.shape(*subject), Shape::Name(name) if name == param.name)
            }
            _ => false,
        };
        let wheres = self.names(def.file).wheres(def.def).filter(is_of_it);
        std::iter::once(param.bound).chain(wheres).any(|bound| holds_maybe_sized(facts, bound))
    }

    fn bounds_in(&self, def: DefRef, bound: ExprId) -> Vec<Bound> {
        match self.project.facts(def.file).shape(bound) {
            Shape::Many(kids) => kids.iter().filter_map(|&kid| self.bound(def.file, kid)).collect(),
            Shape::Nothing => Vec::new(),
            _ => self.bound(def.file, bound).into_iter().collect(),
        }
    }

    /// `<T as Trait>::name`: that of the trait's `impl` for the type, else the trait's.
    pub(super) fn of_qualified(
        &self,
        ty: &Ty,
        of: &Bound,
        name: &str,
        space: Space,
    ) -> Option<Found> {
        let same = |one: &&&Impl| one.implements.as_ref().is_some_and(|known| known.of == of.of);
        let impls = self.impls_of(ty);
        let own = impls.iter().filter(same).flat_map(|one| self.members_of(one.at, name, space));
        Found::of(own.collect(), Evidence::Exact)
            .or_else(|| Found::of(self.in_trait(&of.of, name, space), Evidence::Exact))
    }

    /// A method by name on a type, or on what that derefs to.
    pub(super) fn method(&self, ty: &Ty, name: &str) -> Option<Method> {
        let mut on = ty.clone();
        for _ in 0..DEREFS {
            // `Arc::clone` is not the method of what it points to.
            if (on.pointee().is_none() || !is_own_method(name))
                && let Some(mut found) = self.assoc(&on, name, Space::Value)
            {
                let is_trait = matches!(on, Ty::Bounds(_) | Ty::SelfOf(_) | Ty::Param(..));
                found.evidence = match found.evidence {
                    Evidence::Exact if !is_trait => Evidence::Typed,
                    _ => Evidence::Inherited,
                };
                return Some(Method { found, on, is_dynamic: is_trait });
            }
            on = self.deref(&on)?;
        }
        None
    }

    /// What `*x` is.
    pub(super) fn deref(&self, ty: &Ty) -> Option<Ty> {
        if let Some(inner) = ty.pointee() {
            return Some(inner.clone());
        }
        if !matches!(ty, Ty::Own(..)) {
            return None;
        }
        let target = self.projection(ty, "Target");
        (target != Ty::Unknown).then_some(target)
    }

    /// `<T as Trait>::Name`, by the name alone.
    pub(super) fn projection(&self, ty: &Ty, name: &str) -> Ty {
        let Some(_step) = self.step() else { return Ty::Unknown };
        for bound in self.traits_of(ty) {
            if let Some((_, stated)) = bound.named.iter().find(|(known, _)| **known == *name) {
                return stated.clone();
            }
        }
        let Some(found) = self.assoc(ty, name, Space::Type) else { return Ty::Unknown };
        let [def] = found.defs.as_slice() else { return Ty::Unknown };
        let stated = self.stated(*def);
        let owner = self.owner_of(*def);
        let subst = owner.and_then(|owner| self.matched(owner, ty));
        subst.map_or(Ty::Unknown, |subst| stated.with(&subst))
    }

    /// A field of a type, or of what that derefs to, with its type.
    pub(super) fn field(&self, ty: &Ty, name: &str) -> Option<(DefRef, Ty)> {
        let mut on = ty.clone();
        for _ in 0..DEREFS {
            if let Ty::Own(def, _) = &on
                && let Some(field) = self.field_of(*def, name)
            {
                let subst = self.matched(*def, &on).unwrap_or_default();
                return Some((field, self.stated(field).with(&subst)));
            }
            on = self.deref(&on)?;
        }
        None
    }

    /// A field of a struct, union or variant.
    pub(super) fn field_of(&self, owner: DefRef, name: &str) -> Option<DefRef> {
        let facts = self.project.facts(owner.file);
        let own: ScopeId = facts.def(owner.def)?.own;
        let mut named = self.names(owner.file).named(facts, own, name);
        named.find_map(|item| match item {
            Item::Def(def) if facts.def(def)?.kind == DefKind::Field => {
                Some(DefRef { file: owner.file, def })
            }
            _ => None,
        })
    }
}

/// Whether a bound is `?Sized` or one of several is.
fn holds_maybe_sized(facts: &Facts, bound: ExprId) -> bool {
    let is_it = |bound: ExprId| {
        let is_other = facts.expr(bound).is_some_and(|expr| expr.kind == ExprKind::Other);
        let kid = match facts.shape(bound) {
            Shape::Many(&[kid]) if is_other => kid,
            _ => return false,
        };
        matches!(facts.shape(kid), Shape::Name(name) if facts.text(name) == "Sized")
    };
    let kids = match facts.shape(bound) {
        Shape::Many(kids) => kids,
        _ => &[],
    };
    let further = kids.iter().flat_map(|&kid| match facts.shape(kid) {
        Shape::Many(kids) => kids,
        _ => &[],
    });
    is_it(bound) || kids.iter().chain(further).any(|&kid| is_it(kid))
}

/// Methods that pointers have themselves.
fn is_own_method(name: &str) -> bool {
    matches!(
        name,
        "clone"
            | "as_ref"
            | "as_mut"
            | "borrow"
            | "borrow_mut"
            | "get_mut"
            | "into_inner"
            | "get_ref"
    )
}
