//! What a module of Rust lets others take: what is `pub` in it, `pub use` too.

use std::collections::BTreeSet;

use super::modules::Module;
use super::names::plain;
use super::{Cx, qualname, resolve};
use crate::facts::head::{ImportForm, Visibility};
use crate::facts::{DefId, ImportId};
use crate::project::exports::ModuleRef;
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

/// What a module lets others take under a name.
pub(in crate::project) fn exported(
    project: &Project,
    module: ModuleRef,
    name: &str,
) -> Vec<Target> {
    let cx = Cx::new(project);
    let Some(known) = known(&cx, module) else { return Vec::new() };
    let facts = project.facts(module.file);
    let is_it = |text| plain(facts.text(text)) == name;
    let mut found = Vec::new();
    for (index, def) in facts.head.defs.iter().enumerate() {
        let is_own = def.scope == known.scope && def.visibility == Visibility::Public;
        if is_own && is_it(def.name) {
            found.push(Target::Def(DefRef { file: module.file, def: DefId::at(index) }));
        }
    }
    let mut stars = false;
    for (index, import) in facts.head.imports.iter().enumerate() {
        if import.scope != known.scope || import.visibility != Visibility::Public {
            continue;
        }
        stars |= import.form == ImportForm::UseGlob;
        if import.form == ImportForm::Use && is_it(import.binds) {
            found
                .extend(resolve::resolve_import(project, module.file, ImportId::at(index)).targets);
        }
    }
    if found.is_empty() && stars {
        let own = module.inline.map_or_else(
            || qualname::module_name(project, module.file).to_string(),
            |def| qualname::qualname(project, DefRef { file: module.file, def }),
        );
        found = qualname::find(project, &format!("{own}::{name}"));
        // What stands in the module itself and is not `pub` is none of it.
        found.retain(|target| target.def().is_none_or(|def| module_around(project, def) != module));
    }
    found.sort();
    found.dedup();
    found
}

/// Names that are `pub` in a module itself; what `pub use m::*` brings is not listed.
pub(in crate::project) fn may_export(project: &Project, module: ModuleRef) -> BTreeSet<String> {
    let cx = Cx::new(project);
    let Some(known) = known(&cx, module) else { return BTreeSet::new() };
    let facts = project.facts(module.file);
    let defs = facts.head.defs.iter();
    let defs = defs.filter(|def| def.scope == known.scope && def.visibility == Visibility::Public);
    let imports = facts.head.imports.iter().filter(|import| {
        import.scope == known.scope
            && import.visibility == Visibility::Public
            && import.binds.is_some()
    });
    let names = defs.map(|def| def.name).chain(imports.map(|import| import.binds));
    names.map(|name| plain(facts.text(name)).to_owned()).filter(|name| !name.is_empty()).collect()
}

fn known<'c>(cx: &Cx<'c>, module: ModuleRef) -> Option<&'c Module> {
    let modules = cx.modules();
    let id = match module.inline {
        Some(def) => modules.of_def(DefRef { file: module.file, def }),
        None => modules.of_file(module.file),
    };
    id.map(|id| modules.module(id))
}
