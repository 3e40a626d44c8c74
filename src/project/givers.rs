//! Where names come from that modules pass on: star imports of Python, `pub use m::*` of Rust. Walks without recursion, each
//! module once, so neither long chains nor circles of modules cost more than their length.

use std::collections::{HashSet, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::exports::{Export, ModuleRef};
use super::{FileId, Project, python, rust};
use crate::facts::head::DefKind;
use crate::facts::{DefId, Language};

/// A name in a module.
type Named = (ModuleRef, Arc<str>);

/// What is looked for among what modules let others take.
pub struct Meant<'m> {
    /// Whether a name is meant.
    pub name: &'m dyn Fn(&str) -> bool,
    /// Whether what it stands for is meant.
    pub export: &'m dyn Fn(&Export) -> bool,
}

/// What was found out once.
#[derive(Debug, Default)]
pub(super) struct Givers {
    stars: Known<ModuleRef, [ModuleRef]>,
    names: Known<ModuleRef, [Arc<str>]>,
    givers: Known<Named, [ModuleRef]>,
    own: Known<Named, [Export]>,
}

/// Answers by question; nothing is computed while they are held.
#[derive(Debug)]
struct Known<K, V: ?Sized>(Mutex<FxHashMap<K, Arc<V>>>);

impl<K, V: ?Sized> Default for Known<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq, V: ?Sized> Known<K, V> {
    fn find(&self, key: &K) -> Option<Arc<V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn keep(&self, key: K, value: &Arc<V>) {
        let _ =
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(value));
    }

    fn once(&self, key: K, find: impl FnOnce() -> Arc<V>) -> Arc<V> {
        self.find(&key).unwrap_or_else(|| {
            let found = find();
            self.keep(key, &found);
            found
        })
    }
}

impl Project {
    /// What a module lets others take under a name: what a star import brings of Python, what is `pub` of Rust.
    #[must_use]
    pub fn exported(&self, module: ModuleRef, name: &str) -> Vec<Export> {
        if !self.lets_out(module, name) {
            return Vec::new();
        }
        let name: Arc<str> = name.into();
        let givers = self.givers(module, &name);
        givers.iter().flat_map(|&giver| self.own_exports(giver, &name).to_vec()).collect()
    }

    /// The modules that let others take something that is meant, under a name that is meant.
    #[must_use]
    pub fn exporters(&self, meant: &Meant<'_>) -> HashSet<ModuleRef> {
        let modules = self.modules();
        let mut users: FxHashMap<ModuleRef, Vec<ModuleRef>> = FxHashMap::default();
        let mut known: FxHashMap<ModuleRef, Option<Named>> = FxHashMap::default();
        let mut open = VecDeque::new();
        for &module in &modules {
            for &star in self.stars(module).iter() {
                users.entry(star).or_default().push(module);
            }
            if let Some(name) = self.meant_in(module, module, meant) {
                let _ = known.insert(module, Some((module, name)));
                open.push_back(module);
            }
        }
        // What a module passes on is most often what the module that stars it passes on: that is asked first.
        while let Some(module) = open.pop_front() {
            let given = known.get(&module).cloned().flatten();
            for &user in users.get(&module).into_iter().flatten() {
                if known.contains_key(&user) {
                    continue;
                }
                let passed = given.clone().filter(|(giver, name)| self.passes(user, *giver, name));
                let _ = known.insert(user, passed.or_else(|| self.meant_behind(user, meant)));
                open.push_back(user);
            }
        }
        modules.into_iter().filter(|of| matches!(known.get(of), Some(Some(_)))).collect()
    }

    /// A name that is meant, of those that a module passes on.
    fn meant_behind(&self, module: ModuleRef, meant: &Meant<'_>) -> Option<Named> {
        let mut seen: HashSet<ModuleRef, FxBuildHasher> = HashSet::default();
        let mut open = vec![module];
        while let Some(giver) = open.pop() {
            if !seen.insert(giver) {
                continue;
            }
            if let Some(name) = self.meant_in(module, giver, meant) {
                return Some((giver, name));
            }
            open.extend(self.stars(giver).iter());
        }
        None
    }

    /// A name that is meant, of those that stand in one module and another lets others take.
    fn meant_in(&self, module: ModuleRef, giver: ModuleRef, meant: &Meant<'_>) -> Option<Arc<str>> {
        let names = self.own_names(giver);
        let mut names = names.iter().filter(|name| (meant.name)(name));
        let is_it = |name: &&Arc<str>| {
            self.passes(module, giver, name)
                && self.own_exports(giver, name).iter().any(meant.export)
        };
        names.find(is_it).cloned()
    }

    /// Whether a module lets others take a name that stands in a module, itself or one that it stars.
    fn passes(&self, module: ModuleRef, giver: ModuleRef, name: &Arc<str>) -> bool {
        self.lets_out(module, name) && self.givers(module, name).contains(&giver)
    }

    /// Every module: files, and what stands in braces behind a `mod`.
    fn modules(&self) -> Vec<ModuleRef> {
        let mut found = Vec::new();
        for file in self.ids() {
            found.push(ModuleRef { file, inline: None });
            let defs = self.facts(file).head.defs.iter().enumerate();
            let inside = defs.filter(|(_, def)| def.kind == DefKind::Module && def.body.is_some());
            let inside = inside.map(|(index, _)| Some(DefId::at(index)));
            found.extend(inside.map(|inline| ModuleRef { file, inline }));
        }
        found
    }

    /// The modules that a name of a module stands in: itself, or one that it stars. The last star wins in Python.
    fn givers(&self, module: ModuleRef, name: &Arc<str>) -> Arc<[ModuleRef]> {
        let is_python = self.facts(module.file).language == Language::Python;
        let mut seen: HashSet<ModuleRef, FxBuildHasher> = HashSet::default();
        let (mut open, mut found) = (vec![module], Vec::new());
        // As long as one module leads to one other, all of them have the same answer.
        let (mut line, mut is_line) = (Vec::new(), true);
        while let Some(module) = open.pop() {
            if !seen.insert(module) {
                continue;
            }
            if let Some(known) = self.givers.givers.find(&(module, Arc::clone(name))) {
                found.extend(known.iter().copied());
            } else if self.holds(module, name) {
                found.push(module);
            } else {
                let before = open.len();
                let stars = self.stars(module);
                open.extend(stars.iter().filter(|&&star| self.lets_out(star, name)));
                if is_line {
                    line.push(module);
                }
                is_line &= open.len() - before <= 1;
            }
            if is_python && !found.is_empty() {
                break;
            }
        }
        let found: Arc<[ModuleRef]> = found.into();
        for module in line {
            self.givers.givers.keep((module, Arc::clone(name)), &found);
        }
        found
    }

    /// What a name is that stands in a module, which may be the name of an import.
    fn own_exports(&self, module: ModuleRef, name: &Arc<str>) -> Arc<[Export]> {
        if self.facts(module.file).language == Language::Rust {
            let own = || rust::own(self, module, name).into();
            return self.givers.own.once((module, Arc::clone(name)), own);
        }
        let mut seen: HashSet<Named, FxBuildHasher> = HashSet::default();
        let (mut open, mut found) = (vec![(module, Arc::clone(name))], Vec::new());
        let (mut line, mut is_line) = (Vec::new(), true);
        while let Some(named) = open.pop() {
            if !seen.insert(named.clone()) {
                continue;
            }
            if let Some(known) = self.givers.own.find(&named) {
                found.extend(known.iter().cloned());
                continue;
            }
            let bound = python::own(self, named.0.file, &named.1);
            if is_line {
                line.push(named);
            }
            is_line &= bound.exports.is_empty() && bound.onward.len() <= 1;
            found.extend(bound.exports);
            open.extend(bound.onward.into_iter().map(|(file, name)| self.giver(file, name)));
        }
        let found: Arc<[Export]> = found.into();
        for named in line {
            self.givers.own.keep(named, &found);
        }
        found
    }

    /// The module of Python that a name which is imported from one stands in.
    fn giver(&self, file: FileId, name: Arc<str>) -> Named {
        let module = ModuleRef { file, inline: None };
        (self.givers(module, &name).first().copied().unwrap_or(module), name)
    }

    /// The modules that a module passes everything on of, in order.
    fn stars(&self, module: ModuleRef) -> Arc<[ModuleRef]> {
        self.givers.stars.once(module, || match self.facts(module.file).language {
            Language::Python => {
                let stars = python::stars(self, module.file).into_iter();
                stars.map(|file| ModuleRef { file, inline: None }).collect()
            }
            Language::Rust => rust::stars(self, module).into(),
        })
    }

    /// The names that stand in a module itself, and that others may take as far as it alone tells.
    fn own_names(&self, module: ModuleRef) -> Arc<[Arc<str>]> {
        self.givers.names.once(module, || {
            let names = match self.facts(module.file).language {
                Language::Python => python::own_names(self, module.file),
                Language::Rust => rust::own_names(self, module),
            };
            names.into_iter().collect()
        })
    }

    /// Whether a name stands in a module itself, so that no star is asked for it.
    fn holds(&self, module: ModuleRef, name: &str) -> bool {
        match self.facts(module.file).language {
            Language::Python => python::holds(self, module.file, name),
            Language::Rust => rust::holds(self, module, name),
        }
    }

    /// Whether what a module has of a name may be taken; of Rust each item says so itself.
    fn lets_out(&self, module: ModuleRef, name: &str) -> bool {
        match self.facts(module.file).language {
            Language::Python => python::lets_out(self, module.file, name),
            Language::Rust => true,
        }
    }
}
