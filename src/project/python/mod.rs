//! Python: its modules, scopes and classes, and what an expression means by them. No code runs; what is not written down
//! stays unknown.

mod bindings;
mod classes;
mod eval;
mod exports;
mod find;
mod members;
mod memo;
mod modules;
mod names;
mod qualname;
mod reach;
mod roots;
mod tables;
mod types;
mod value;

use std::sync::{Arc, OnceLock};

use bindings::Bindings;
use classes::{Heirs, Order};
use eval::Eval;
use memo::{Answers, Memo};
use modules::Modules;
use roots::Roots;

use super::{DefRef, File, FileId, Project, Resolution, Target};
use crate::facts::head::DefKind;
use crate::facts::{ExprId, ImportId, Shape};
pub(in crate::project) use find::find;
pub(in crate::project) use members::is_property;
pub(in crate::project) use qualname::qualname;

/// What is remembered of the Python files.
#[derive(Debug)]
pub(in crate::project) struct Model {
    modules: Modules,
    bindings: Vec<OnceLock<Bindings>>,
    names: Vec<OnceLock<Arc<str>>>,
    ordinals: Vec<OnceLock<Box<[u32]>>>,
    heirs: OnceLock<Heirs>,
    memo: Answers,
    orders: Memo<DefRef, Arc<Order>>,
    below: Memo<DefRef, Arc<[DefRef]>>,
}

fn cells<T>(count: usize) -> Vec<OnceLock<T>> {
    std::iter::repeat_with(OnceLock::new).take(count).collect()
}

impl Model {
    pub(in crate::project) fn new(files: &[File], manifests: &[(Arc<str>, Arc<str>)]) -> Self {
        Self {
            modules: Modules::of(files, Roots::of(files, manifests)),
            bindings: cells(files.len()),
            names: cells(files.len()),
            ordinals: cells(files.len()),
            heirs: OnceLock::new(),
            memo: Answers::default(),
            orders: Memo::default(),
            below: Memo::default(),
        }
    }

    fn bindings(&self, project: &Project, file: FileId) -> &Bindings {
        self.bindings[file.0 as usize]
            .get_or_init(|| Bindings::of(project.facts(file), project.nests(file)))
    }

    fn heirs(&self, project: &Project) -> &Heirs {
        self.heirs.get_or_init(|| Heirs::of(project))
    }
}

/// The name of the module that a file is.
pub(in crate::project) fn module_name(project: &Project, file: FileId) -> Arc<str> {
    let model = &project.python;
    let name = model.names[file.0 as usize]
        .get_or_init(|| model.modules.name_of(project, &project.file(file).path).into());
    Arc::clone(name)
}

/// What an expression means.
pub(in crate::project) fn resolve(project: &Project, file: FileId, expr: ExprId) -> Resolution {
    let mut eval = Eval::new(project);
    let place = eval.file(file);
    let vals = match place.facts.shape(expr) {
        Shape::Attr(base, name) => {
            let base = eval.expr(place, base);
            eval.attribute_raw(&base, place.facts.text(name))
        }
        _ => eval.expr(place, expr),
    };
    vals.resolution()
}

/// What an import's binding means.
pub(in crate::project) fn resolve_import(
    project: &Project,
    file: FileId,
    import: ImportId,
) -> Resolution {
    let mut eval = Eval::new(project);
    let place = eval.file(file);
    eval.import(place, import).resolution()
}

/// The method that making an object of a class runs first and the project defines: `__init__`, or `__new__`.
pub(in crate::project) fn constructor(project: &Project, class: DefRef) -> Option<DefRef> {
    let mut eval = Eval::new(project);
    ["__init__", "__new__"].into_iter().find_map(|name| {
        let found = eval.member(class, name, classes::Of::Class, None).resolution();
        match found.single() {
            Some(Target::Def(def)) => Some(*def),
            _ => None,
        }
    })
}

/// The classes of the project below a class, in path order.
pub(in crate::project) fn below(project: &Project, class: DefRef) -> Arc<[DefRef]> {
    Eval::new(project).below(class)
}

/// What methods of classes below define anew in place of a method, in path order.
pub(in crate::project) fn overriders(project: &Project, method: DefRef) -> Vec<DefRef> {
    let facts = project.facts(method.file);
    let Some(class) = classes::class_of(facts, method.def) else { return Vec::new() };
    let class = DefRef { file: method.file, def: class };
    let name = project.def(method).map_or("", |def| facts.text(def.name));
    let below = below(project, class);
    let own = |heir: &DefRef| {
        let facts = project.facts(heir.file);
        let scope = facts.def(heir.def)?.own;
        let bindings = project.python.bindings(project, heir.file);
        let name = bindings.known(facts, name)?;
        let bound = bindings.of_name(scope, name).last()?;
        match bound.what {
            bindings::Bound::Def(def) => Some(DefRef { file: heir.file, def }),
            _ => None,
        }
    };
    let functions = below.iter().filter_map(own);
    functions
        .filter(|def| project.def(*def).is_some_and(|def| def.kind == DefKind::Function))
        .collect()
}

/// The class that a method belongs to.
pub(in crate::project) fn class_of(project: &Project, method: DefRef) -> Option<DefRef> {
    let class = classes::class_of(project.facts(method.file), method.def)?;
    Some(DefRef { file: method.file, def: class })
}
