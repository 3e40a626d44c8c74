//! What a name is in a module: its own items, `use` trees, globs, re-exports in chains and circles.

use std::collections::HashSet;
use std::sync::Arc;

use super::crates::Extern;
use super::modules::ModuleId;
use super::names::{Item, Space, hash, is_in, plain};
use super::{Cx, Key, SCOPES, Thing, Things};
use crate::facts::head::{DefKind, ImportForm, Visibility, def};
use crate::facts::{ImportId, ScopeId};
use crate::project::{DefRef, FileId};

/// Where a path stands: its names are looked up from here outwards.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub(super) file: FileId,
    pub(super) scope: ScopeId,
    /// Names that `let` binds later are not seen.
    pub(super) byte: u32,
}

/// Who may see a name.
#[derive(Clone, Copy, Debug)]
enum Viewer {
    /// Asked for by path: whoever wrote the path may.
    Anyone,
    /// A glob in this module.
    Glob(ModuleId),
}

impl Cx<'_> {
    /// What a name is in a module.
    pub(super) fn members(&self, module: ModuleId, name: &str, space: Space) -> Things {
        let key = (module, hash(name), space);
        if let Some(known) = self.model.members.get(&key) {
            return known;
        }
        let cuts = self.cuts.get();
        let found: Things = self.look(module, name, space).into();
        if self.is_whole(cuts) {
            self.model.members.put(key, Arc::clone(&found));
        }
        found
    }

    fn look(&self, module: ModuleId, name: &str, space: Space) -> Vec<Thing> {
        if !self.burn() {
            return Vec::new();
        }
        let record = self.modules().module(module);
        let mut found = self.own(record.file, record.scope, name, space, Viewer::Anyone);
        if found.is_empty() {
            found = self.through_globs(record.file, record.scope, name, space);
        }
        if found.is_empty() && space == Space::Type {
            found.extend(self.modules().adopted(module, name).map(Thing::Module));
        }
        if found.is_empty() && space == Space::Macro && record.parent.is_none() {
            found.extend(self.exported_macros(module, name));
        }
        found
    }

    /// What a name is by the items and named imports of a scope.
    fn own(
        &self,
        file: FileId,
        scope: ScopeId,
        name: &str,
        space: Space,
        viewer: Viewer,
    ) -> Vec<Thing> {
        let facts = self.project.facts(file);
        let mut found = Vec::new();
        for item in self.names(file).named(facts, scope, name) {
            if !self.is_visible(file, scope, item, viewer) {
                continue;
            }
            match item {
                Item::Def(def) => found.extend(self.defined(DefRef { file, def }, space)),
                Item::Import(import) => {
                    found.extend(self.imported(file, import, space).iter().cloned())
                }
            }
        }
        if found.iter().any(|thing| !matches!(thing, Thing::External(_))) {
            // An outside name is in every space as far as is known; one of the project's is in its own.
            found.retain(|thing| !matches!(thing, Thing::External(_)));
        }
        found.sort();
        found.dedup();
        found
    }

    /// The items and named imports of a scope that is no module's.
    pub(super) fn in_block(&self, spot: Spot, name: &str, space: Space) -> Vec<Thing> {
        let found = self.own(spot.file, spot.scope, name, space, Viewer::Anyone);
        if found.is_empty() {
            self.through_globs(spot.file, spot.scope, name, space)
        } else {
            found
        }
    }

    fn defined(&self, def: DefRef, space: Space) -> Option<Thing> {
        let record = self.project.def(def)?;
        if !is_in(record.kind, space) {
            return None;
        }
        if record.kind == DefKind::Module {
            return self.modules().of_def(def).map(Thing::Module);
        }
        Some(Thing::Def(def))
    }

    fn is_visible(&self, file: FileId, scope: ScopeId, item: Item, viewer: Viewer) -> bool {
        let Viewer::Glob(module) = viewer else { return true };
        let facts = self.project.facts(file);
        let visibility = match item {
            Item::Def(id) => facts.def(id).map(|record| {
                let shared =
                    record.kind == DefKind::Variant || record.flags & def::MACRO_EXPORT != 0;
                if shared { Visibility::Public } else { record.visibility }
            }),
            Item::Import(id) => facts.import(id).map(|record| record.visibility),
        };
        match visibility {
            Some(Visibility::Public) => true,
            Some(Visibility::Crate | Visibility::Restricted | Visibility::Private) => {
                let modules = self.modules();
                let Some(home) = modules.of_scope(file, scope) else { return true };
                let same_crate = modules.module(home).krate == modules.module(module).krate;
                let private = visibility == Some(Visibility::Private);
                same_crate && (!private || modules.is_within(module, home))
            }
            None => false,
        }
    }

    /// What a name is by `use a::*` in a scope, and by those of the modules they name: nearest first, each module once.
    fn through_globs(&self, file: FileId, scope: ScopeId, name: &str, space: Space) -> Vec<Thing> {
        if self.names(file).globs(scope).next().is_none() {
            return Vec::new();
        }
        let Some(viewer) = self.module_around(file, scope) else { return Vec::new() };
        let mut found = Vec::new();
        let mut seen: HashSet<(FileId, ScopeId)> = HashSet::from([(file, scope)]);
        let mut level = vec![(file, scope)];
        while !level.is_empty() {
            let mut next = Vec::new();
            for (file, scope) in level.drain(..) {
                for glob in self.names(file).globs(scope) {
                    if !self.burn() || !self.is_visible_glob(file, scope, glob, viewer) {
                        continue;
                    }
                    for container in self.glob(file, glob).iter() {
                        let Some(place) = self.inside(container) else { continue };
                        if seen.insert(place) {
                            let own = self.own(place.0, place.1, name, space, Viewer::Glob(viewer));
                            let leads_on = own.is_empty() && matches!(container, Thing::Module(_));
                            next.extend(leads_on.then_some(place));
                            found.extend(own);
                        }
                    }
                }
            }
            level = next;
        }
        found.sort();
        found.dedup();
        found
    }

    fn is_visible_glob(
        &self,
        file: FileId,
        scope: ScopeId,
        glob: ImportId,
        viewer: ModuleId,
    ) -> bool {
        self.is_visible(file, scope, Item::Import(glob), Viewer::Glob(viewer))
    }

    /// The scope with the names inside a module or enum.
    fn inside(&self, container: &Thing) -> Option<(FileId, ScopeId)> {
        match container {
            Thing::Module(id) => {
                let module = self.modules().module(*id);
                Some((module.file, module.scope))
            }
            Thing::Def(def) => {
                let record = self.project.def(*def)?;
                (record.kind == DefKind::Enum).then_some((def.file, record.own))
            }
            _ => None,
        }
    }

    /// What stands before the `*` of a glob.
    pub(super) fn glob(&self, file: FileId, glob: ImportId) -> Things {
        self.remembered(Key { file, import: glob, space: Space::Type }, || {
            let facts = self.project.facts(file);
            let Some(import) = facts.import(glob) else { return Vec::new() };
            let spot = Spot { file, scope: import.scope, byte: u32::MAX };
            self.use_path(spot, &segments(facts.text(import.module)), Space::Type)
        })
    }

    /// What an import binds in a space.
    pub(super) fn imported(&self, file: FileId, id: ImportId, space: Space) -> Things {
        self.remembered(Key { file, import: id, space }, || {
            let facts = self.project.facts(file);
            let Some(import) = facts.import(id) else { return Vec::new() };
            let spot = Spot { file, scope: import.scope, byte: u32::MAX };
            let name = facts.text(import.name);
            match import.form {
                ImportForm::ExternCrate => self.extern_crate(spot, name),
                ImportForm::Use => {
                    let mut path = segments(facts.text(import.module));
                    match name {
                        "self" if space != Space::Type => return Vec::new(),
                        "self" if !path.is_empty() => {}
                        name => path.push(name),
                    }
                    self.use_path(spot, &path, space)
                }
                _ => Vec::new(),
            }
        })
    }

    fn extern_crate(&self, spot: Spot, name: &str) -> Vec<Thing> {
        let Some(module) = self.module_around(spot.file, spot.scope) else { return Vec::new() };
        match name {
            "self" => vec![Thing::Module(self.modules().root_of(module))],
            name => self.extern_named(module, plain(name)).into_iter().collect(),
        }
    }

    /// What a path of a `use` names.
    fn use_path(&self, spot: Spot, path: &[&str], space: Space) -> Vec<Thing> {
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        let Some(module) = self.module_around(spot.file, spot.scope) else { return Vec::new() };
        let krate = self.modules().krate(self.modules().module(module).krate);
        let first_space = if rest.is_empty() { space } else { Space::Type };
        if krate.is_2015 && !matches!(*first, "crate" | "self" | "super" | "$crate") {
            let root = self.modules().root_of(module);
            let Some((first, rest)) =
                (if first.is_empty() { rest.split_first() } else { Some((first, rest)) })
            else {
                return Vec::new();
            };
            let mut start = self.members(root, plain(first), first_space).to_vec();
            if start.is_empty() {
                start.extend(self.extern_named(module, plain(first)));
            }
            return self.along(start, rest, space);
        }
        let (start, rest) = self.start(spot, first, rest, first_space);
        self.along(start, rest, space)
    }

    /// Follows the further segments of a path.
    pub(super) fn along(&self, start: Vec<Thing>, rest: &[&str], space: Space) -> Vec<Thing> {
        let mut here = start;
        for (index, segment) in rest.iter().enumerate() {
            let space = if index + 1 == rest.len() { space } else { Space::Type };
            let next = here.iter().flat_map(|thing| self.member(thing, plain(segment), space));
            let mut next: Vec<Thing> = next.collect();
            next.sort();
            next.dedup();
            here = next;
        }
        here
    }

    /// What a name is inside a module, an enum, or outside of the project.
    pub(super) fn member(&self, thing: &Thing, name: &str, space: Space) -> Vec<Thing> {
        match thing {
            Thing::Module(module) => match name {
                "super" => {
                    self.modules().module(*module).parent.map(Thing::Module).into_iter().collect()
                }
                "self" => vec![thing.clone()],
                name => self.members(*module, name, space).to_vec(),
            },
            Thing::Def(_) => match self.inside(thing) {
                Some((file, scope)) => self.own(file, scope, name, space, Viewer::Anyone),
                None => Vec::new(),
            },
            Thing::External(path) => vec![Thing::External(format!("{path}::{name}").into())],
            _ => Vec::new(),
        }
    }

    /// A crate by the name that the crate of a module calls it.
    pub(super) fn extern_named(&self, module: ModuleId, name: &str) -> Option<Thing> {
        let modules = self.modules();
        let krate = modules.krate(modules.module(module).krate);
        match krate.externs.get(name) {
            Some(Extern::Crate(id)) => modules.of_file(modules.krate(*id).root).map(Thing::Module),
            Some(Extern::External(name)) => Some(Thing::External(Arc::clone(name))),
            None => matches!(name, "std" | "core" | "alloc" | "proc_macro" | "test")
                .then(|| Thing::External(name.into())),
        }
    }

    /// The module around a scope.
    pub(super) fn module_around(&self, file: FileId, mut scope: ScopeId) -> Option<ModuleId> {
        let facts = self.project.facts(file);
        for _ in 0..SCOPES {
            if let Some(module) = self.modules().of_scope(file, scope) {
                return Some(module);
            }
            scope = facts.scope(scope)?.parent;
        }
        self.modules().of_file(file)
    }
}

/// The segments of a path as an import has it; the first is empty where it begins with `::`.
fn segments(path: &str) -> Vec<&str> {
    match path {
        "" => Vec::new(),
        "::" => vec![""],
        path => path.split("::").collect(),
    }
}
