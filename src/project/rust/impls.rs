//! Every `impl` of the project by the type it is for, and which of them apply to a type.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::types::{Bound, Subst, Ty};
use super::{Cx, Thing, prelude};
use crate::facts::head::DefKind;
use crate::facts::{DefId, Language};
use crate::project::DefRef;

/// An `impl`.
#[derive(Debug)]
pub(super) struct Impl {
    pub(super) at: DefRef,
    /// The type it is for; its own parameters stand as they are.
    pub(super) of: Ty,
    pub(super) implements: Option<Bound>,
    /// Whether it names a trait, known or not.
    pub(super) has_trait: bool,
}

/// What the head of a type is: types with different heads are different.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Head {
    Own(DefRef),
    /// By the last segment: a type may be named by several paths.
    External(Arc<str>),
    Primitive(&'static str),
    Bounds(Thing),
    Tuple,
    Slice,
    /// A type parameter: any type.
    Any,
}

/// Every `impl`.
#[derive(Debug, Default)]
pub(super) struct Impls {
    all: Vec<Impl>,
    by_head: FxHashMap<Head, Vec<u32>>,
}

fn head(ty: &Ty) -> Option<Head> {
    Some(match ty {
        Ty::Own(def, _) => Head::Own(*def),
        Ty::External(path, _) => Head::External(prelude::last(path).into()),
        Ty::Primitive(name) => Head::Primitive(name),
        Ty::Bounds(bounds) => Head::Bounds(bounds.first()?.of.clone()),
        Ty::Tuple(_) => Head::Tuple,
        Ty::Slice(_) => Head::Slice,
        Ty::Param(..) => Head::Any,
        Ty::Unknown | Ty::SelfOf(_) | Ty::Function(_) | Ty::Pointer(_) => return None,
    })
}

impl Impls {
    /// Reads every `impl` of the project.
    pub(super) fn new(cx: &Cx<'_>) -> Self {
        let mut found = Self::default();
        for file in cx.project.ids() {
            let facts = cx.project.facts(file);
            if facts.language != Language::Rust {
                continue;
            }
            for (index, def) in facts.head.defs.iter().enumerate() {
                if def.kind == DefKind::Impl {
                    let at = DefRef { file, def: DefId::at(index) };
                    let cx = cx.anew();
                    found.add(Impl {
                        at,
                        of: cx.lower(file, def.self_ty),
                        implements: if def.trait_ty.is_some() {
                            cx.bound(file, def.trait_ty)
                        } else {
                            None
                        },
                        has_trait: def.trait_ty.is_some(),
                    });
                }
            }
        }
        found
    }

    fn add(&mut self, one: Impl) {
        let index = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        if let Some(head) = head(&one.of) {
            self.by_head.entry(head).or_default().push(index);
        }
        self.all.push(one);
    }

    fn listed<'i>(&'i self, indices: Option<&'i Vec<u32>>) -> impl Iterator<Item = &'i Impl> {
        indices.into_iter().flatten().filter_map(|&index| self.all.get(index as usize))
    }

    /// Those whose type has the same head; not those for any type.
    fn of_head<'i>(&'i self, ty: &Ty) -> impl Iterator<Item = &'i Impl> + use<'i> {
        let head = head(ty).filter(|head| *head != Head::Any);
        self.listed(head.and_then(|head| self.by_head.get(&head)))
    }

    /// Those of a trait, in the order of files.
    pub(super) fn of_trait(&self, of: DefRef) -> impl Iterator<Item = DefRef> {
        let all = self.all.iter();
        let is_of = move |one: &&Impl| {
            one.implements.as_ref().is_some_and(|bound| bound.of == Thing::Def(of))
        };
        all.filter(is_of).map(|one| one.at)
    }

    /// Those for any type that its bounds allow.
    fn of_any(&self) -> impl Iterator<Item = &Impl> {
        self.listed(self.by_head.get(&Head::Any))
    }
}

/// Whether a type can be what an `impl` is for; adds what its parameters are then.
fn unify(pattern: &Ty, ty: &Ty, owner: DefRef, found: &mut Subst) -> bool {
    let all = |a: &[Ty], b: &[Ty], found: &mut Subst| {
        a.iter().zip(b).all(|(a, b)| unify(a, b, owner, found))
    };
    match (pattern, ty) {
        (Ty::Param(def, index), ty) if *def == owner => {
            let key = (*def, *index);
            match found.params.iter().find(|(param, _)| *param == key) {
                Some((_, known)) => *known == Ty::Unknown || *ty == Ty::Unknown || known == ty,
                None => {
                    found.params.push((key, ty.clone()));
                    true
                }
            }
        }
        (Ty::Unknown | Ty::Param(..) | Ty::SelfOf(_), _)
        | (_, Ty::Unknown | Ty::Param(..) | Ty::SelfOf(_)) => true,
        (Ty::Own(a, of_a), Ty::Own(b, of_b)) => a == b && all(of_a, of_b, found),
        (Ty::External(a, of_a), Ty::External(b, of_b)) => {
            prelude::last(a) == prelude::last(b) && all(of_a, of_b, found)
        }
        (Ty::Tuple(a), Ty::Tuple(b)) => a.len() == b.len() && all(a, b, found),
        (Ty::Slice(a), Ty::Slice(b)) | (Ty::Pointer(a), Ty::Pointer(b)) => {
            unify(a, b, owner, found)
        }
        (Ty::Bounds(a), Ty::Bounds(b)) => {
            a.first().map(|bound| &bound.of) == b.first().map(|bound| &bound.of)
        }
        (a, b) => a == b,
    }
}

impl Cx<'_> {
    /// What the parameters of an `impl` are if it is for this type; a trait's `Self` is the type.
    pub(super) fn matched(&self, owner: DefRef, ty: &Ty) -> Option<Subst> {
        let record = self.project.def(owner)?;
        let mut subst = match record.kind {
            DefKind::Impl => {
                let mut found = Subst::default();
                let of = self.lower(owner.file, record.self_ty);
                if !unify(&of, ty, owner, &mut found) {
                    return None;
                }
                found
            }
            DefKind::Struct | DefKind::Enum | DefKind::Union => match ty {
                Ty::Own(_, args) => Subst::arguments(self.project.facts(owner.file), owner, args),
                _ => Subst::default(),
            },
            _ => Subst::default(),
        };
        subst.self_ty = Some(ty.clone());
        Some(subst)
    }

    /// The `impl`s that apply to a type by its head.
    pub(super) fn impls_of<'i>(&'i self, ty: &Ty) -> Vec<&'i Impl> {
        let fits = |one: &&Impl| {
            unify(&one.of, ty, one.at, &mut Subst::default()) && self.takes_unsized(&one.of, ty)
        };
        self.impls().of_head(ty).filter(fits).collect()
    }

    /// Whether what a pointer is to has a size, or need not: an `impl` for `Box<T>` is none for `Box<dyn A>` unless
    /// `T: ?Sized`. That of `Box<impl A>` is not told from it.
    fn takes_unsized(&self, of: &Ty, ty: &Ty) -> bool {
        match (of.pointee(), ty.pointee()) {
            (
                Some(Ty::Param(def, index)),
                Some(Ty::Bounds(_) | Ty::Slice(_) | Ty::Primitive("str")),
            ) => self.may_be_unsized(*def, *index),
            _ => true,
        }
    }

    /// The `impl`s for any type, as far as their bounds are known to be met by this one.
    pub(super) fn impls_of_any<'i>(&'i self, ty: &Ty) -> Vec<&'i Impl> {
        self.impls().of_any().filter(|one| self.meets(ty, one)).collect()
    }

    /// Whether a type meets the bounds of the parameter that an `impl` is for.
    fn meets(&self, ty: &Ty, one: &Impl) -> bool {
        let Some(_step) = self.step() else { return false };
        let Ty::Param(def, index) = one.of else { return false };
        let bounds = self.bounds_of(def, index);
        bounds.iter().all(|bound| is_marker(&bound.of) || self.implements(ty, &bound.of))
    }

    /// Whether a type is known to implement a trait.
    pub(super) fn implements(&self, ty: &Ty, of: &Thing) -> bool {
        let Some(_step) = self.step() else { return false };
        let same = |known: &Thing| match (known, of) {
            (Thing::External(a), Thing::External(b)) => prelude::last(a) == prelude::last(b),
            (a, b) => a == b,
        };
        if self.traits_of(ty).iter().any(|bound| same(&bound.of)) {
            return true;
        }
        let mut impls = self.impls().of_head(ty);
        if impls.any(|one| one.implements.as_ref().is_some_and(|bound| same(&bound.of))) {
            return true;
        }
        let mut blanket = self.impls().of_any();
        blanket.any(|one| {
            one.implements.as_ref().is_some_and(|bound| same(&bound.of)) && self.meets(ty, one)
        })
    }
}

/// Bounds that say nothing of what a type can do.
fn is_marker(of: &Thing) -> bool {
    match of {
        Thing::External(path) => {
            prelude::is_std(path)
                && matches!(
                    prelude::last(path),
                    "Send" | "Sync" | "Sized" | "Unpin" | "Copy" | "Clone" | "Debug"
                )
        }
        _ => false,
    }
}
