//! What is particular to Rust: crates of `Cargo.toml`, the tree of `mod`, `use`, paths, `impl`s and the types that
//! signatures state. Where a type is not stated nothing is guessed.

mod assoc;
mod captures;
mod crates;
mod exports;
mod impls;
mod infer;
mod locals;
mod memo;
mod modules;
mod names;
mod paths;
mod prelude;
mod qualname;
mod resolve;
mod types;
mod uses;

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use super::{DefRef, File, FileId, Project};
use crate::facts::ImportId;
use crates::crates;
use impls::Impls;
use locals::{LocalId, Locals};
use memo::Memo;
use modules::{ModuleId, Modules};
use names::{Names, Space};
use types::Ty;

pub(super) use captures::crossings;
pub(super) use exports::{
    declaration_of, file_of, holds, is_root, module_around, own, own_names, stars,
};
pub(super) use qualname::{find, module_name, qualname};
pub(super) use resolve::{is_by_path, overridden, overriders, resolve, resolve_import};

/// What a name may stand for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Thing {
    Module(ModuleId),
    Def(DefRef),
    /// Outside of the project, by its path.
    External(Arc<str>),
    Primitive(&'static str),
    /// A type parameter: its definition and which one.
    Param(DefRef, u32),
    /// `Self`: in an `impl`, trait or type.
    SelfType(DefRef),
    Local(LocalId),
}

impl Thing {
    fn def(&self) -> Option<DefRef> {
        match self {
            Self::Def(def) => Some(*def),
            _ => None,
        }
    }
}

/// Several of them.
type Things = Arc<[Thing]>;

/// A question about an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    file: FileId,
    import: ImportId,
    space: Space,
}

/// What is remembered of the files of the language. Nothing in it is computed before it is asked for.
#[derive(Debug)]
pub(in crate::project) struct Model {
    manifests: Vec<(Arc<str>, Arc<str>)>,
    modules: OnceLock<Modules>,
    names: Vec<OnceLock<Names>>,
    locals: Vec<OnceLock<Locals>>,
    impls: OnceLock<Impls>,
    members: Memo<(ModuleId, u64, Space), Things>,
    macros: Memo<(ModuleId, u64), Things>,
    imports: Memo<Key, Things>,
    stated: Memo<DefRef, Ty>,
}

impl Model {
    pub(in crate::project) fn new(files: &[File], manifests: &[(Arc<str>, Arc<str>)]) -> Self {
        let cargo = manifests.iter().filter(|(path, _)| path.ends_with("Cargo.toml"));
        Self {
            manifests: cargo.cloned().collect(),
            modules: OnceLock::new(),
            names: std::iter::repeat_with(OnceLock::new).take(files.len()).collect(),
            locals: std::iter::repeat_with(OnceLock::new).take(files.len()).collect(),
            impls: OnceLock::new(),
            members: Memo::new(),
            macros: Memo::new(),
            imports: Memo::new(),
            stated: Memo::new(),
        }
    }
}

/// More scopes inside one another than any person wrote; what is deeper belongs to the file.
const SCOPES: usize = 1_000;

/// How many steps an answer may take, and how many of them inside one another. What lies beyond is unknown; the bounds
/// do not depend on what was asked before, but for what is remembered whole.
const FUEL: u32 = 4_000;
const DEPTH: u32 = 64;

/// One question to the model: its bounds, and the imports that are being followed.
struct Cx<'p> {
    project: &'p Project,
    model: &'p Model,
    fuel: Cell<u32>,
    depth: Cell<u32>,
    /// How often a circle was met.
    cuts: Cell<u32>,
    /// Whether a bound was met.
    is_bounded: Cell<bool>,
    /// What is being answered.
    open: RefCell<HashSet<Key>>,
    /// Whether the `impl`s are just being read, so that nothing may ask for them.
    is_reading_impls: bool,
}

/// A step that is being taken; it ends when this is dropped.
struct Step<'c> {
    depth: &'c Cell<u32>,
}

impl Drop for Step<'_> {
    fn drop(&mut self) {
        self.depth.set(self.depth.get().saturating_sub(1));
    }
}

impl<'p> Cx<'p> {
    fn new(project: &'p Project) -> Self {
        Self {
            project,
            model: &project.rust,
            fuel: Cell::new(FUEL),
            depth: Cell::new(0),
            cuts: Cell::new(0),
            is_bounded: Cell::new(false),
            open: RefCell::default(),
            is_reading_impls: false,
        }
    }

    /// Another question of the same kind.
    fn anew(&self) -> Cx<'p> {
        Cx { is_reading_impls: self.is_reading_impls, ..Cx::new(self.project) }
    }

    fn cut(&self) {
        self.cuts.set(self.cuts.get().saturating_add(1));
    }

    /// Takes a bit of fuel.
    fn burn(&self) -> bool {
        let left = self.fuel.get();
        self.fuel.set(left.saturating_sub(1));
        if left == 0 {
            self.is_bounded.set(true);
        }
        left > 0
    }

    /// A step further in; `None` at a bound.
    fn step(&self) -> Option<Step<'_>> {
        if self.depth.get() >= DEPTH || !self.burn() {
            self.is_bounded.set(true);
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        Some(Step { depth: &self.depth })
    }

    /// Whether an answer that was begun at so many cuts is the whole one and may be remembered: no bound was met, and no
    /// circle that leads through what is still being answered.
    fn is_whole(&self, cuts: u32) -> bool {
        let is_free = self.cuts.get() == cuts || self.open.borrow().is_empty();
        !self.is_reading_impls && !self.is_bounded.get() && is_free
    }

    /// An answer about an import, remembered; nothing in a circle.
    fn remembered(&self, key: Key, find: impl FnOnce() -> Vec<Thing>) -> Things {
        if let Some(known) = self.model.imports.get(&key) {
            return known;
        }
        let fresh = self.open.borrow_mut().insert(key);
        let Some(_step) = self.step().filter(|_| fresh) else {
            self.cut();
            if fresh {
                let _ = self.open.borrow_mut().remove(&key);
            }
            return Arc::from([]);
        };
        let cuts = self.cuts.get();
        let found: Things = find().into();
        let _ = self.open.borrow_mut().remove(&key);
        if self.is_whole(cuts) {
            self.model.imports.put(key, Arc::clone(&found));
        }
        found
    }

    fn modules(&self) -> &'p Modules {
        self.model.modules.get_or_init(|| {
            let files = self.project.files();
            Modules::new(crates(&self.model.manifests, files), files)
        })
    }

    fn names(&self, file: FileId) -> &'p Names {
        self.model.names[file.0 as usize].get_or_init(|| Names::of(self.project.facts(file)))
    }

    fn locals(&self, file: FileId) -> &'p Locals {
        self.model.locals[file.0 as usize].get_or_init(|| Locals::of(self.project.facts(file)))
    }

    fn impls(&self) -> &'p Impls {
        static NONE: OnceLock<Impls> = OnceLock::new();
        if self.is_reading_impls {
            return NONE.get_or_init(Impls::default);
        }
        self.model
            .impls
            .get_or_init(|| Impls::new(&Cx { is_reading_impls: true, ..Cx::new(self.project) }))
    }
}
