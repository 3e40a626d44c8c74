//! What a module of Rust lets others take: what is `pub` in it, `pub use` too.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::modules::Module;
use super::names::{Item, plain};
use super::{Cx, Thing, resolve};
use crate::facts::ImportId;
use crate::facts::head::Visibility;
use crate::project::exports::{Export, ModuleRef};
use crate::project::{DefRef, FileId, Project, Target};

/// Whether a file is the root of a crate.
pub(in crate::project) fn is_root(project: &Project, file: FileId) -> bool {
    let cx = Cx::new(project);
    let modules = cx.modules();
    modules.of_file(file).is_some_and(|module| modules.module(module).parent.is_none())
}

/// The file of a `mod x;`.
pub(in crate::project) fn file_of(project: &Project, declaration: DefRef) -> Option<FileId> {
    let cx = Cx::new(project);
    let module = cx.modules().module(cx.modules().of_def(declaration)?);
    module.inline.is_none().then_some(module.file)
}

/// The `mod x;` that leads to a file.
pub(in crate::project) fn declaration_of(project: &Project, file: FileId) -> Option<DefRef> {
    let cx = Cx::new(project);
    let modules = cx.modules();
    modules.module(modules.of_file(file)?).declared
}

/// The module that a definition lies in.
pub(in crate::project) fn module_around(project: &Project, def: DefRef) -> ModuleRef {
    let cx = Cx::new(project);
    let around = cx.module_of(def).map(|module| cx.modules().module(module));
    let inline = around.filter(|module| module.file == def.file).and_then(|module| module.inline);
    ModuleRef { file: def.file, inline }
}

/// The modules that a module passes everything on of by `pub use m::*`.
pub(in crate::project) fn stars(project: &Project, module: ModuleRef) -> Vec<ModuleRef> {
    let cx = Cx::new(project);
    let Some(known) = known(&cx, module) else { return Vec::new() };
    let facts = project.facts(module.file);
    let is_public = |id: &ImportId| {
        facts.import(*id).is_some_and(|import| import.visibility == Visibility::Public)
    };
    let globs = cx.names(module.file).globs(known.scope).filter(is_public);
    let things = globs.flat_map(|glob| cx.anew().glob(module.file, glob).to_vec());
    let modules = things.filter_map(|thing| match thing {
        Thing::Module(id) => Some(cx.modules().module(id)),
        _ => None,
    });
    modules.map(|module| ModuleRef { file: module.file, inline: module.inline }).collect()
}

/// Whether a name stands in a module itself, `pub` or not, or is a macro that its crate exports.
pub(in crate::project) fn holds(project: &Project, module: ModuleRef, name: &str) -> bool {
    let cx = Cx::new(project);
    let Some(known) = known(&cx, module) else { return false };
    let facts = project.facts(module.file);
    cx.names(module.file).named(facts, known.scope, name).next().is_some()
        || known.parent.is_none() && !cx.modules().exported(known.krate, name).is_empty()
}

/// The names that are `pub` in a module itself; of a crate's root its exported macros, too.
pub(in crate::project) fn own_names(project: &Project, module: ModuleRef) -> BTreeSet<Arc<str>> {
    let cx = Cx::new(project);
    let Some(known) = known(&cx, module) else { return BTreeSet::new() };
    let facts = project.facts(module.file);
    let defs = facts.head.defs.iter();
    let defs = defs.filter(|def| def.scope == known.scope && def.visibility == Visibility::Public);
    let imports =
        facts.head.imports.iter().filter(|import| {
            import.scope == known.scope && import.visibility == Visibility::Public
        });
    let names = defs.map(|def| def.name).chain(imports.map(|import| import.binds));
    let names = names.filter(|name| name.is_some());
    let mut names: BTreeSet<Arc<str>> =
        names.map(|name| Arc::from(plain(facts.text(name)))).collect();
    if known.parent.is_none() {
        names.extend(cx.modules().exported_names(known.krate));
    }
    names
}

/// What stands under a name in a module itself and is `pub`.
pub(in crate::project) fn own(project: &Project, module: ModuleRef, name: &str) -> Vec<Export> {
    let cx = Cx::new(project);
    let Some(known) = known(&cx, module) else { return Vec::new() };
    let facts = project.facts(module.file);
    let mut found = Vec::new();
    for item in cx.names(module.file).named(facts, known.scope, name) {
        match item {
            Item::Def(def)
                if facts.def(def).is_some_and(|d| d.visibility == Visibility::Public) =>
            {
                found.push(Target::Def(DefRef { file: module.file, def }));
            }
            Item::Import(id)
                if facts.import(id).is_some_and(|i| i.visibility == Visibility::Public) =>
            {
                found.extend(resolve::resolve_import(project, module.file, id).targets);
            }
            Item::Def(_) | Item::Import(_) => {}
        }
    }
    if known.parent.is_none() {
        let macros = cx.modules().exported(known.krate, name).iter();
        found.extend(macros.map(|&def| Target::Def(def)));
    }
    found.sort();
    found.dedup();
    found.into_iter().map(Export::Target).collect()
}

fn known<'c>(cx: &Cx<'c>, module: ModuleRef) -> Option<&'c Module> {
    let modules = cx.modules();
    let id = match module.inline {
        Some(def) => modules.of_def(DefRef { file: module.file, def }),
        None => modules.of_file(module.file),
    };
    id.map(|id| modules.module(id))
}
