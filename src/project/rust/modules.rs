//! The tree of modules: which file is which module of which crate. `mod x;` leads from file to file; a file that none
//! leads to is a module by its path.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::crates::{Crate, CrateId, Tree, joined};
use super::names::plain;
use crate::facts::head::{Def, DefKind, Import, ImportForm, def};
use crate::facts::{BlockId, DefId, Facts, Language, ScopeId};
use crate::project::{DefRef, File, FileId};

/// The index of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ModuleId(pub(super) u32);

/// A module: a file, or an inline `mod x { … }`.
#[derive(Debug)]
pub(super) struct Module {
    pub(super) file: FileId,
    /// The scope with its names.
    pub(super) scope: ScopeId,
    /// The definition of an inline one.
    pub(super) inline: Option<DefId>,
    /// The first `mod x;` that leads to one that is a file.
    pub(super) declared: Option<DefRef>,
    pub(super) parent: Option<ModuleId>,
    pub(super) krate: CrateId,
    /// Empty of a crate's root; `x#2` of the second of twins.
    pub(super) name: Arc<str>,
    /// How many modules stand around it.
    pub(super) depth: u32,
}

/// Crates and modules.
#[derive(Debug, Default)]
pub(super) struct Modules {
    pub(super) crates: Vec<Crate>,
    pub(super) modules: Vec<Module>,
    /// Modules by the scope that holds their names.
    by_scope: FxHashMap<(FileId, ScopeId), ModuleId>,
    /// Modules by their `mod`.
    by_def: FxHashMap<DefRef, ModuleId>,
    /// Modules that no `mod` leads to, by parent and name.
    adopted: FxHashMap<(ModuleId, Arc<str>), ModuleId>,
    /// The files of those.
    by_path: FxHashSet<FileId>,
    /// The `#[macro_use]` modules in a module.
    macro_users: FxHashMap<ModuleId, Vec<ModuleId>>,
    /// The `#[macro_export]`ed macros of a crate by name.
    exported: FxHashMap<(CrateId, Arc<str>), Vec<DefRef>>,
}

/// Modules deeper than this are not followed: their names would be longer than any path a person wrote.
const DEPTH: u32 = 128;

/// Where files of inner modules lie.
#[derive(Clone, Debug)]
struct Home {
    /// Of `mod x;`.
    dir: String,
    /// Of `#[path]` on it.
    path_dir: String,
}

impl Modules {
    pub(super) fn new(crates: Vec<Crate>, files: &[File]) -> Self {
        let mut grower = Grower {
            found: Self::default(),
            files,
            tree: Tree::new(files),
            queue: VecDeque::new(),
            named: FxHashMap::default(),
        };
        for krate in &crates {
            grower.root(krate.root);
        }
        grower.found.crates = crates;
        grower.grow();
        grower.adopt();
        grower.export_macros();
        grower.found
    }

    /// The `#[macro_use]` modules in a module.
    pub(super) fn macro_users(&self, module: ModuleId) -> &[ModuleId] {
        self.macro_users.get(&module).map_or(&[], Vec::as_slice)
    }

    /// The macros of a name that a crate exports.
    pub(super) fn exported(&self, krate: CrateId, name: &str) -> &[DefRef] {
        self.exported.get(&(krate, Arc::from(name))).map_or(&[], Vec::as_slice)
    }

    /// The names of the macros that a crate exports.
    pub(super) fn exported_names(&self, krate: CrateId) -> BTreeSet<Arc<str>> {
        let names = self.exported.keys().filter(|(of, _)| *of == krate);
        names.map(|(_, name)| Arc::clone(name)).collect()
    }

    pub(super) fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.0 as usize]
    }

    pub(super) fn krate(&self, id: CrateId) -> &Crate {
        &self.crates[id.0 as usize]
    }

    /// The module whose names a scope of kind module holds.
    pub(super) fn of_scope(&self, file: FileId, scope: ScopeId) -> Option<ModuleId> {
        self.by_scope.get(&(file, scope)).copied()
    }

    /// The module that a file is.
    pub(super) fn of_file(&self, file: FileId) -> Option<ModuleId> {
        self.of_scope(file, ScopeId::at(0))
    }

    /// Whether no `mod` leads to a file that lies below a crate's root.
    pub(super) fn is_by_path(&self, file: FileId) -> bool {
        self.by_path.contains(&file)
    }

    /// The module that a `mod` defines.
    pub(super) fn of_def(&self, def: DefRef) -> Option<ModuleId> {
        self.by_def.get(&def).copied()
    }

    /// A module below another one by its path alone.
    pub(super) fn adopted(&self, parent: ModuleId, name: &str) -> Option<ModuleId> {
        self.adopted.get(&(parent, Arc::from(name))).copied()
    }

    /// The root of a module's crate.
    pub(super) fn root_of(&self, module: ModuleId) -> ModuleId {
        let krate = self.module(module).krate;
        self.of_file(self.krate(krate).root).unwrap_or(module)
    }

    /// Whether a module is another one or lies inside of it.
    pub(super) fn is_within(&self, mut inner: ModuleId, outer: ModuleId) -> bool {
        while inner != outer {
            let Some(parent) = self.module(inner).parent else { return false };
            inner = parent;
        }
        true
    }
}

struct Grower<'f> {
    found: Modules,
    files: &'f [File],
    tree: Tree<'f>,
    /// Files whose `mod`s were not followed yet.
    queue: VecDeque<(ModuleId, Home)>,
    /// How many modules of a name there are in one: twins under `cfg` are told apart by a number.
    named: FxHashMap<(ModuleId, Arc<str>), u32>,
}

impl<'f> Grower<'f> {
    fn facts(&self, file: FileId) -> &'f Facts {
        &self.files[file.0 as usize].facts
    }

    fn root(&mut self, file: FileId) {
        let krate = CrateId(u32::try_from(self.found.modules.len()).unwrap_or(u32::MAX));
        let module = self.add(Module {
            file,
            scope: ScopeId::at(0),
            inline: None,
            declared: None,
            parent: None,
            krate,
            name: Arc::from(""),
            depth: 0,
        });
        let dir = parent_dir(&self.files[file.0 as usize].path).to_owned();
        self.queue.push_back((module, Home { path_dir: dir.clone(), dir }));
    }

    fn add(&mut self, mut module: Module) -> ModuleId {
        if let Some(parent) = module.parent {
            let count = self.named.entry((parent, Arc::clone(&module.name))).or_insert(0);
            *count += 1;
            if *count > 1 {
                module.name = format!("{}#{count}", module.name).into();
            }
        }
        let id = ModuleId(u32::try_from(self.found.modules.len()).unwrap_or(u32::MAX));
        let _ = self.found.by_scope.insert((module.file, module.scope), id);
        self.found.modules.push(module);
        id
    }

    fn grow(&mut self) {
        while let Some((module, home)) = self.queue.pop_front() {
            self.follow(module, home);
        }
    }

    /// Follows every `mod` of a file.
    fn follow(&mut self, module: ModuleId, home: Home) {
        let file = self.found.module(module).file;
        let facts = self.facts(file);
        let mut homes: FxHashMap<ScopeId, Home> = FxHashMap::default();
        let _ = homes.insert(ScopeId::at(0), home);
        let mut nearest: FxHashMap<ScopeId, (ScopeId, ModuleId)> = FxHashMap::default();
        for (index, def) in facts.head.defs.iter().enumerate() {
            if def.kind != DefKind::Module {
                continue;
            }
            let around = self.around(facts, file, def.scope, &nearest);
            let Some((scope, parent)) = around else { continue };
            let _ = nearest.insert(def.scope, (scope, parent));
            if self.found.module(parent).depth >= DEPTH {
                continue;
            }
            let Some(home) = homes.get(&scope).cloned() else { continue };
            let def_ref = DefRef { file, def: DefId::at(index) };
            if def.body.is_some() {
                let inner = self.inline(def_ref, def, parent);
                let inside = home.inside(plain(facts.text(def.name)));
                let _ = homes.insert(self.found.module(inner).scope, inside);
            } else {
                self.outline(def_ref, def, parent, &home);
            }
            if let Some(inner) = self.found.of_def(def_ref).filter(|_| uses_macros(facts, def)) {
                self.found.macro_users.entry(parent).or_default().push(inner);
            }
        }
    }

    fn export_macros(&mut self) {
        for module in self.found.modules.iter().filter(|module| module.scope == ScopeId::at(0)) {
            let facts = self.facts(module.file);
            for (index, def) in facts.head.defs.iter().enumerate() {
                if def.kind == DefKind::Macro && def.flags & def::MACRO_EXPORT != 0 {
                    let key = (module.krate, Arc::from(plain(facts.text(def.name))));
                    let at = DefRef { file: module.file, def: DefId::at(index) };
                    self.found.exported.entry(key).or_default().push(at);
                }
            }
        }
    }

    /// The nearest scope of a module at or around a scope: a `mod` may stand in a function. Those that are known already
    /// end the way, so that a file of modules in modules is not walked up for each.
    fn around(
        &self,
        facts: &Facts,
        file: FileId,
        mut scope: ScopeId,
        nearest: &FxHashMap<ScopeId, (ScopeId, ModuleId)>,
    ) -> Option<(ScopeId, ModuleId)> {
        loop {
            if let Some(&known) = nearest.get(&scope) {
                return Some(known);
            }
            if let Some(module) = self.found.of_scope(file, scope) {
                return Some((scope, module));
            }
            scope = facts.scope(scope)?.parent;
        }
    }

    fn child(&self, parent: ModuleId, file: FileId, scope: ScopeId, name: &str) -> Module {
        let around = self.found.module(parent);
        Module {
            file,
            scope,
            inline: None,
            declared: None,
            parent: Some(parent),
            krate: around.krate,
            name: plain(name).into(),
            depth: around.depth + 1,
        }
    }

    fn inline(&mut self, at: DefRef, def: &Def, parent: ModuleId) -> ModuleId {
        let facts = self.facts(at.file);
        let scope = if def.own.is_some() { def.own } else { scope_of(facts, def.body) };
        let mut module = self.child(parent, at.file, scope, facts.text(def.name));
        module.inline = Some(at.def);
        let id = self.add(module);
        let _ = self.found.by_def.insert(at, id);
        id
    }

    fn outline(&mut self, at: DefRef, def: &Def, parent: ModuleId, home: &Home) {
        let facts = self.facts(at.file);
        let name = plain(facts.text(def.name));
        let path = path_attribute(facts, def);
        let candidates = match path {
            Some(path) => vec![joined(&home.path_dir, path)],
            None => vec![
                joined(&home.dir, &format!("{name}.rs")),
                joined(&home.dir, &format!("{name}/mod.rs")),
            ],
        };
        for candidate in candidates {
            let Some(file) = self.tree.find(&candidate) else { continue };
            let known = self.found.of_file(file);
            let id = known.unwrap_or_else(|| {
                let child = self.child(parent, file, ScopeId::at(0), name);
                self.add(Module { declared: Some(at), ..child })
            });
            let _ = self.found.by_def.insert(at, id);
            if known.is_none() {
                let home = Home::of(&candidate, path.is_some());
                self.queue.push_back((id, home));
            }
            return;
        }
    }

    /// Makes modules of the files that no `mod` leads to: below a crate's root by their path, else crates of their own.
    fn adopt(&mut self) {
        for pass in [is_root_name as fn(&str) -> bool, |_| true] {
            for index in 0..self.files.len() {
                let file = FileId(u32::try_from(index).unwrap_or(u32::MAX));
                let path = &self.files[index].path;
                let rust = self.facts(file).language == Language::Rust;
                if rust && pass(path) && self.found.of_file(file).is_none() {
                    self.adopt_file(file, path);
                    self.grow();
                }
            }
        }
    }

    fn adopt_file(&mut self, file: FileId, path: &str) {
        if let Some((parent, name)) = self.parent_by_path(path).filter(|_| !is_root_name(path)) {
            let id = self.add(self.child(parent, file, ScopeId::at(0), &name));
            let _ = self.found.adopted.insert((parent, Arc::from(name)), id);
            let _ = self.found.by_path.insert(file);
            self.queue.push_back((id, Home::of(path, false)));
            return;
        }
        let krate = Crate {
            name: own_name(path).replace('-', "_").into(),
            root: file,
            is_2015: false,
            externs: Arc::default(),
            has_manifest: false,
        };
        let id = CrateId(u32::try_from(self.found.crates.len()).unwrap_or(u32::MAX));
        self.found.crates.push(krate);
        let dir = parent_dir(path).to_owned();
        let module = Module {
            file,
            scope: ScopeId::at(0),
            inline: None,
            declared: None,
            parent: None,
            krate: id,
            name: Arc::from(""),
            depth: 0,
        };
        let module = self.add(module);
        self.queue.push_back((module, Home { path_dir: dir.clone(), dir }));
    }

    /// The module that a file lies below, and its name there: `src/a.rs`, `src/a/mod.rs` or a crate's root in `src` of
    /// `src/a/b.rs`.
    fn parent_by_path(&self, path: &str) -> Option<(ModuleId, String)> {
        let mut name = module_stem(path).to_owned();
        let mut dir = parent_dir(path).trim_end_matches('/');
        if path.ends_with("/mod.rs") {
            dir = parent_dir(dir).trim_end_matches('/');
        }
        loop {
            let inside = if dir.is_empty() { String::new() } else { format!("{dir}/") };
            let beside = if dir.is_empty() { None } else { Some(format!("{dir}.rs")) };
            let names = ["mod.rs", "lib.rs", "main.rs"].map(|name| format!("{inside}{name}"));
            let mut candidates =
                names.into_iter().chain(beside).filter(|candidate| candidate != path);
            let found =
                candidates.find_map(|candidate| self.found.of_file(self.tree.find(&candidate)?));
            if let Some(parent) = found {
                return Some((parent, name));
            }
            if dir.is_empty() {
                return None;
            }
            name = format!("{}::{name}", &dir[parent_dir(dir).len()..]);
            dir = parent_dir(dir).trim_end_matches('/');
        }
    }
}

impl Home {
    /// Of the modules in a file that is no crate's root.
    fn of(path: &str, by_attribute: bool) -> Self {
        let dir = parent_dir(path).to_owned();
        if by_attribute || path.ends_with("/mod.rs") || path == "mod.rs" {
            return Self { path_dir: dir.clone(), dir };
        }
        Self { dir: format!("{dir}{}/", module_stem(path)), path_dir: dir }
    }

    /// Of the modules inside an inline module.
    fn inside(&self, name: &str) -> Self {
        let dir = format!("{}{name}/", self.dir);
        Self { path_dir: dir.clone(), dir }
    }
}

/// The directory of a path, with a `/` at its end.
fn parent_dir(path: &str) -> &str {
    path.rfind('/').map_or("", |slash| &path[..=slash])
}

fn stem(path: &str) -> &str {
    let name = &path[parent_dir(path).len()..];
    name.strip_suffix(".rs").unwrap_or(name)
}

/// `b` of `a/b.rs` and of `a/b/mod.rs`.
fn module_stem(path: &str) -> &str {
    match path.strip_suffix("/mod.rs") {
        Some(dir) => stem(dir),
        None => stem(path),
    }
}

/// What a crate without a manifest is called: by its file, or by the directory of a `src/lib.rs`.
fn own_name(path: &str) -> &str {
    if !is_root_name(path) {
        return module_stem(path);
    }
    let dir = parent_dir(path).trim_end_matches('/');
    let package = dir.strip_suffix("src").unwrap_or(dir).trim_end_matches('/');
    if package.is_empty() { stem(path) } else { stem(package) }
}

fn is_root_name(path: &str) -> bool {
    matches!(stem(path), "lib" | "main")
}

fn scope_of(facts: &Facts, block: BlockId) -> ScopeId {
    facts.block(block).map_or(ScopeId::NONE, |block| block.scope)
}

/// The import that stands beside the definition of a `mod x;`.
fn declaration<'f>(facts: &'f Facts, def: &Def) -> Option<&'f Import> {
    let imports = &facts.head.imports;
    let first = imports.partition_point(|import| import.place.at < def.full.at);
    let mut inside = imports[first..].iter().take_while(|import| def.full.covers(import.place));
    inside.find(|import| import.form == ImportForm::Mod)
}

/// `#[path = "…"]` of a `mod x;`.
fn path_attribute<'f>(facts: &'f Facts, def: &Def) -> Option<&'f str> {
    let import = declaration(facts, def)?;
    import.path.is_some().then(|| facts.text(import.path))
}

/// Whether a `mod` has `#[macro_use]`.
fn uses_macros(facts: &Facts, def: &Def) -> bool {
    if def.body.is_none() {
        return declaration(facts, def).is_some_and(|import| import.macro_use);
    }
    let attributes = def.decorators.of(&facts.body.kids);
    let mut names = attributes.iter().filter_map(|&attribute| facts.last_segment(attribute));
    names.any(|(name, _)| facts.text(name) == "macro_use")
}
