//! Names and paths where they are written: block scopes from the inside out, then the module, the crates, the prelude.

use std::sync::Arc;

use super::assoc::Found;
use super::locals::LocalId;
use super::modules::ModuleId;
use super::names::{Item, Space, hash, plain};
use super::types::{Bound, Ty};
use super::uses::Spot;
use super::{Cx, Thing, Things, prelude};
use crate::facts::body::ExprKind;
use crate::facts::head::{DefKind, ScopeKind, def};
use crate::facts::{ExprId, Facts, Shape, Str};
use crate::project::{DefRef, Evidence, FileId};

/// More segments than any path a person wrote.
const SEGMENTS: usize = 64;

/// What a path means.
#[derive(Clone, Debug, Default)]
pub(super) struct Meaning {
    pub(super) things: Vec<Thing>,
    /// How the last step was made; none: lexical or by path.
    pub(super) how: Option<Evidence>,
    /// Type arguments written or known before the last segment: `Vec<T>` of `Vec::<T>::new`.
    pub(super) of: Option<Ty>,
}

impl Meaning {
    fn exact(things: Vec<Thing>) -> Self {
        Self { things, how: None, of: None }
    }
}

/// A segment of a path as it is written.
#[derive(Clone, Copy, Debug)]
struct Segment<'f> {
    name: &'f str,
    /// Up to and with this segment.
    expr: ExprId,
}

impl Cx<'_> {
    /// What a name, or a path without what follows, means where it stands.
    pub(super) fn path(&self, file: FileId, expr: ExprId, space: Space) -> Meaning {
        let facts = self.project.facts(file);
        let Some(record) = facts.expr(expr) else { return Meaning::default() };
        let spot = self.spot(file, record.place.at);
        let Some((base, segments)) = segments(facts, expr) else { return Meaning::default() };
        let Some((first, rest)) = segments.split_first() else { return Meaning::default() };
        if let Some(base) = base {
            // `<T>::f`, `<T as Trait>::f`.
            return self.beyond_type(file, base, &segments, space);
        }
        let names: Vec<&str> = rest.iter().map(|segment| segment.name).collect();
        let first_space = if rest.is_empty() { space } else { Space::Type };
        let (start, left) = self.start(spot, first.name, &names, first_space);
        let rest = &rest[rest.len() - left.len()..];
        self.walk(file, start, rest, space)
    }

    /// Follows segments that may be members of types.
    fn walk(&self, file: FileId, start: Vec<Thing>, rest: &[Segment<'_>], space: Space) -> Meaning {
        let mut here = Meaning::exact(start);
        for (index, segment) in rest.iter().enumerate() {
            let is_last = index + 1 == rest.len();
            let space = if is_last { space } else { Space::Type };
            let name = plain(segment.name);
            let next: Vec<Thing> =
                here.things.iter().flat_map(|thing| self.member(thing, name, space)).collect();
            if !next.is_empty()
                && !here.things.iter().all(|thing| matches!(thing, Thing::External(_)))
            {
                here = Meaning::exact(next);
                continue;
            }
            let base = self.base_of(file, segment.expr);
            here = self
                .associated(file, &here, base, name, space)
                .unwrap_or_else(|| Meaning::exact(next));
        }
        here
    }

    fn base_of(&self, file: FileId, expr: ExprId) -> ExprId {
        match self.project.facts(file).shape(expr) {
            Shape::Path(base, _) => base,
            _ => ExprId::NONE,
        }
    }

    /// A function, constant or type that belongs to a type or trait.
    fn associated(
        &self,
        file: FileId,
        here: &Meaning,
        base: ExprId,
        name: &str,
        space: Space,
    ) -> Option<Meaning> {
        let mut things = Vec::new();
        let mut how = None;
        let mut of = None;
        for thing in &here.things {
            let ty = self.type_of_thing(file, thing, base);
            if let Ty::Own(owner, _) = &ty {
                // `Self::Variant`, and a variant by an alias.
                let variants = self.member(&Thing::Def(*owner), name, space);
                if !variants.is_empty() {
                    things.extend(variants);
                    continue;
                }
            }
            let Some(Found { defs, evidence }) = self.assoc(&ty, name, space) else {
                things.extend(ty.outside(name));
                continue;
            };
            things.extend(defs.into_iter().map(Thing::Def));
            how = how.max(Some(evidence).filter(|&evidence| evidence != Evidence::Exact));
            of = Some(ty);
        }
        things.sort();
        things.dedup();
        (!things.is_empty()).then_some(Meaning { things, how, of })
    }

    /// A path whose first part is a type.
    fn beyond_type(
        &self,
        file: FileId,
        base: ExprId,
        segments: &[Segment<'_>],
        space: Space,
    ) -> Meaning {
        let Some((last, before)) = segments.split_last() else { return Meaning::default() };
        let name = plain(last.name);
        let mut ty = self.lower(file, base);
        let facts = self.project.facts(file);
        let of = match facts.shape(base) {
            Shape::Two(_, of, _) if before.is_empty() => self.bound(file, of),
            _ => None,
        };
        for segment in before {
            ty = self.projection(&ty, plain(segment.name));
        }
        let found = match &of {
            Some(of) => self.of_qualified(&ty, of, name, space),
            None => self.assoc(&ty, name, space),
        };
        let outside = || match of {
            Some(Bound { of: Thing::External(path), .. }) => {
                Some(Thing::External(format!("{path}::{name}").into()))
            }
            Some(_) => None,
            None => ty.outside(name),
        };
        match found {
            Some(Found { defs, evidence }) => Meaning {
                things: defs.into_iter().map(Thing::Def).collect(),
                how: Some(evidence).filter(|&evidence| evidence != Evidence::Exact),
                of: Some(ty),
            },
            None => Meaning::exact(outside().into_iter().collect()),
        }
    }

    /// Where a byte of a file stands.
    pub(super) fn spot(&self, file: FileId, byte: u32) -> Spot {
        Spot { file, scope: self.project.scope_at(file, byte), byte }
    }

    /// What the first segments of a path name, and the segments left.
    pub(super) fn start<'s>(
        &self,
        spot: Spot,
        first: &str,
        rest: &'s [&'s str],
        space: Space,
    ) -> (Vec<Thing>, &'s [&'s str]) {
        let Some(module) = self.module_around(spot.file, spot.scope) else {
            return (Vec::new(), rest);
        };
        let modules = self.modules();
        match first {
            "crate" | "$crate" => (vec![Thing::Module(modules.root_of(module))], rest),
            "self" if !rest.is_empty() || space == Space::Type => {
                let supers = rest.iter().take_while(|segment| **segment == "super").count();
                (self.above(module, supers), &rest[supers..])
            }
            "super" => {
                let more = rest.iter().take_while(|segment| **segment == "super").count();
                (self.above(module, more + 1), &rest[more..])
            }
            "" => match rest.split_first() {
                Some((name, rest)) => {
                    let root = modules.root_of(module);
                    let is_2015 = modules.krate(modules.module(module).krate).is_2015;
                    let own = if is_2015 {
                        self.members(root, plain(name), Space::Type).to_vec()
                    } else {
                        Vec::new()
                    };
                    let found =
                        if own.is_empty() { self.foreign(module, plain(name)) } else { own };
                    (found, rest)
                }
                None => (Vec::new(), rest),
            },
            name => {
                let mut found = self.lexical(spot, plain(name), space);
                if found.is_empty() && self.is_bounded.get() {
                    // What was not looked for to the end may be there.
                    return (found, rest);
                }
                if found.is_empty() && !rest.is_empty() {
                    found = self.foreign(module, plain(name));
                }
                if found.is_empty() {
                    found.extend(prelude::name(name, space));
                }
                (found, rest)
            }
        }
    }

    /// A crate; where no manifest says which there are, any name that is none of the project's.
    fn foreign(&self, module: ModuleId, name: &str) -> Vec<Thing> {
        if let Some(known) = self.extern_named(module, name) {
            return vec![known];
        }
        let modules = self.modules();
        let is_guess = !modules.krate(modules.module(module).krate).has_manifest;
        let looks_like_one =
            name.starts_with(|c: char| c.is_ascii_lowercase()) && !prelude::is_primitive(name);
        if is_guess && looks_like_one { vec![Thing::External(name.into())] } else { Vec::new() }
    }

    fn above(&self, module: ModuleId, steps: usize) -> Vec<Thing> {
        let mut at = Some(module);
        for _ in 0..steps {
            at = at.and_then(|at| self.modules().module(at).parent);
        }
        at.map(Thing::Module).into_iter().collect()
    }

    /// What a name is by the scopes around it, up to the module.
    pub(super) fn lexical(&self, spot: Spot, name: &str, space: Space) -> Vec<Thing> {
        if space == Space::Macro {
            return self.macro_named(spot, name).to_vec();
        }
        let facts = self.project.facts(spot.file);
        let mut scope = spot.scope;
        while let Some(record) = facts.scope(scope) {
            if !self.burn() {
                return Vec::new();
            }
            let here = Spot { scope, ..spot };
            if let Some(module) = self.modules().of_scope(spot.file, scope) {
                return self.members(module, name, space).to_vec();
            }
            if space == Space::Value
                && record.kind != ScopeKind::Class
                && let Some(local) = self.local(here, name)
            {
                return vec![Thing::Local(local)];
            }
            // `Self(…)` is a value.
            if space == Space::Type || name == "Self" {
                let own = self.type_parameter(here, name, record.def);
                if own.is_some() {
                    return own.into_iter().collect();
                }
            }
            if record.kind != ScopeKind::Class {
                let found = self.in_block(here, name, space);
                if !found.is_empty() {
                    return found;
                }
            }
            scope = record.parent;
        }
        Vec::new()
    }

    pub(super) fn local(&self, spot: Spot, name: &str) -> Option<LocalId> {
        let facts = self.project.facts(spot.file);
        let found = self.locals(spot.file).find(facts, spot.scope, name, spot.byte)?;
        let binds_constant = name.starts_with(char::is_uppercase);
        // A name in a pattern that is a constant's or variant's binds nothing.
        let is_item = binds_constant && !self.item_named(spot, name).is_empty();
        (!is_item).then_some(LocalId { file: spot.file, index: found })
    }

    fn item_named(&self, spot: Spot, name: &str) -> Vec<Thing> {
        let module = self.module_around(spot.file, spot.scope);
        let found = module.map(|module| self.members(module, name, Space::Value).to_vec());
        let mut found = found.unwrap_or_default();
        found.extend(prelude::name(name, Space::Value));
        found
    }

    /// `Self` and type parameters of the definition that opens a scope.
    fn type_parameter(&self, spot: Spot, name: &str, owner: crate::facts::DefId) -> Option<Thing> {
        let facts = self.project.facts(spot.file);
        let record = facts.def(owner)?;
        let at = DefRef { file: spot.file, def: owner };
        let is_type =
            !matches!(record.kind, DefKind::Function | DefKind::Closure | DefKind::Module);
        if name == "Self" && is_type && record.kind != DefKind::Variant {
            return Some(Thing::SelfType(at));
        }
        let params = record.type_params.of(&facts.head.type_params);
        let index = params.iter().position(|param| facts.text(param.name) == name)?;
        Some(Thing::Param(at, u32::try_from(index).ok()?))
    }

    /// A macro by the scopes and modules around it: `macro_rules!` before it, `#[macro_use]`, `use`, the crate's exported
    /// ones, the prelude.
    fn macro_named(&self, spot: Spot, name: &str) -> Things {
        let facts = self.project.facts(spot.file);
        let mut scope = spot.scope;
        while let Some(record) = facts.scope(scope) {
            let here = Spot { scope, ..spot };
            if let Some(module) = self.modules().of_scope(spot.file, scope) {
                let before = self.textual(here, name);
                if !before.is_empty() {
                    return before.into();
                }
                return self.macro_above(module, name);
            }
            let mut found = self.textual(here, name);
            if found.is_empty() {
                found = self.in_block(here, name, Space::Macro);
            }
            if !found.is_empty() {
                return found.into();
            }
            scope = record.parent;
        }
        Arc::from([])
    }

    /// The `macro_rules!` of a scope that holds at a byte: the last before it.
    fn textual(&self, spot: Spot, name: &str) -> Vec<Thing> {
        let facts = self.project.facts(spot.file);
        let defs =
            self.names(spot.file).named(facts, spot.scope, name).filter_map(|item| match item {
                Item::Def(id) => facts.def(id).map(|record| (id, record)),
                Item::Import(_) => None,
            });
        let macros = defs.filter(|(_, record)| record.kind == DefKind::Macro);
        let before: Vec<_> = macros.filter(|(_, record)| record.full.end() <= spot.byte).collect();
        let Some(&(_, last)) = before.last() else { return Vec::new() };
        // Twins under `cfg` stand for one another.
        let twins = before.iter().rev().take_while(|(id, record)| {
            std::ptr::eq(*record, last)
                || (record.flags & def::CFG != 0 && last.flags & def::CFG != 0 && id.is_some())
        });
        twins.map(|&(def, _)| Thing::Def(DefRef { file: spot.file, def })).collect()
    }

    /// A macro by the modules at and above one.
    fn macro_above(&self, module: ModuleId, name: &str) -> Things {
        let key = (module, hash(name));
        if let Some(known) = self.model.macros.get(&key) {
            return known;
        }
        let cuts = self.cuts.get();
        let mut at = Some(module);
        let mut found = Vec::new();
        while let Some(module) = at.filter(|_| found.is_empty()) {
            found = self.members(module, name, Space::Macro).to_vec();
            if found.is_empty() {
                found = self.macro_used(module, name);
            }
            at = self.modules().module(module).parent;
        }
        if found.is_empty() {
            found.extend(prelude::name(name, Space::Macro));
        }
        let found: Things = found.into();
        if self.is_whole(cuts) {
            self.model.macros.put(key, Arc::clone(&found));
        }
        found
    }

    /// A macro of the `#[macro_use]` modules in a module.
    fn macro_used(&self, module: ModuleId, name: &str) -> Vec<Thing> {
        let mut open = self.modules().macro_users(module).to_vec();
        let mut found = Vec::new();
        let mut seen = 0;
        while let Some(module) = open.pop() {
            seen += 1;
            if seen > 10_000 {
                break;
            }
            let record = self.modules().module(module);
            let spot = Spot { file: record.file, scope: record.scope, byte: u32::MAX };
            found.extend(self.textual(spot, name));
            open.extend(self.modules().macro_users(module));
        }
        found.sort();
        found.dedup();
        found
    }

    /// The `#[macro_export]`ed macros of a crate.
    pub(super) fn exported_macros(&self, root: ModuleId, name: &str) -> Vec<Thing> {
        let krate = self.modules().module(root).krate;
        let found = self.modules().exported(krate, name);
        found.iter().copied().map(Thing::Def).collect()
    }
}

/// The segments of a path, and the type it begins with if it is none of names alone; `None` if it is too long or none.
fn segments(facts: &Facts, expr: ExprId) -> Option<(Option<ExprId>, Vec<Segment<'_>>)> {
    let mut segments = Vec::new();
    let mut at = expr;
    let mut push =
        |name: Str, expr: ExprId| segments.push(Segment { name: facts.text(name), expr });
    let mut base = None;
    for _ in 0..SEGMENTS {
        match facts.shape(at) {
            Shape::Name(name) => {
                push(name, at);
                at = ExprId::NONE;
            }
            Shape::Path(before, name) => {
                push(name, at);
                at = before;
            }
            Shape::Type(head, _) if is_path(facts, head) => at = head,
            Shape::Nothing => break,
            _ => {
                base = Some(at);
                at = ExprId::NONE;
            }
        }
        if at.is_none() {
            break;
        }
    }
    if at.is_some() || segments.is_empty() {
        return None;
    }
    segments.reverse();
    Some((base, segments))
}

fn is_path(facts: &Facts, expr: ExprId) -> bool {
    facts.expr(expr).is_some_and(|expr| matches!(expr.kind, ExprKind::Name | ExprKind::Path))
}
