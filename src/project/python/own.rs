//! What a module of Python has of its own for others to take, one module at a time: what it binds, what it lists, and which
//! modules it stars or imports from.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::bindings::{Binding, Bound};
use super::eval::{Eval, In};
use super::reach;
use super::value::{Val, Vals};
use crate::facts::head::ImportForm;
use crate::facts::{ImportId, ScopeId};
use crate::project::exports::Export;
use crate::project::variables::Variable;
use crate::project::{DefRef, FileId, Project, Target};

/// What a name that stands in a module is.
#[derive(Debug, Default)]
pub(in crate::project) struct Own {
    pub(in crate::project) exports: Vec<Export>,
    /// Names of other modules that it is imported from.
    pub(in crate::project) onward: Vec<(FileId, Arc<str>)>,
}

/// The modules of the project that a module stars, in order.
pub(in crate::project) fn stars(project: &Project, file: FileId) -> Vec<FileId> {
    Eval::new(project).starred_modules(file)
}

/// Whether a star import of the module brings the name, if it has it.
pub(in crate::project) fn lets_out(project: &Project, file: FileId, name: &str) -> bool {
    Eval::new(project).lets_out(file, name)
}

/// Whether a module binds a name itself, or lists a module below it.
pub(in crate::project) fn holds(project: &Project, file: FileId, name: &str) -> bool {
    let place = Eval::new(project).file(file);
    !bound(place, name).is_empty() || lists(place, name) && below(project, file, name).is_some()
}

/// The names that a module binds or lists.
pub(in crate::project) fn own_names(project: &Project, file: FileId) -> BTreeSet<Arc<str>> {
    let place = Eval::new(project).file(file);
    let bound = place.bindings.names_in(ScopeId::at(0));
    let listed = place.facts.head.exports.iter().map(|export| export.value);
    let names = bound.chain(listed.filter(|value| value.is_some()));
    names.map(|name| Arc::from(place.facts.text(name))).collect()
}

/// What a name that stands in a module is, one import further.
pub(in crate::project) fn own(project: &Project, file: FileId, name: &str) -> Own {
    let mut eval = Eval::new(project);
    let place = eval.file(file);
    let bound = bound(place, name);
    if bound.is_empty() {
        let exports = below(project, file, name).map(|file| Export::Target(Target::Module(file)));
        return Own { exports: exports.into_iter().collect(), onward: Vec::new() };
    }
    let mut own = Own::default();
    for binding in bound {
        own.add(&mut eval, place, binding);
    }
    own
}

/// The bindings of a name that hold when a module was run.
fn bound<'p>(place: In<'p>, name: &str) -> Vec<&'p Binding> {
    let Some(name) = place.bindings.known(place.facts, name) else { return Vec::new() };
    reach::at_end(place.facts, place.bindings.of_name(ScopeId::at(0), name))
}

fn lists(place: In<'_>, name: &str) -> bool {
    let mut values = place.facts.head.exports.iter().map(|export| export.value);
    values.any(|value| value.is_some() && place.facts.text(value) == name)
}

/// The file of a module right below another one.
fn below(project: &Project, file: FileId, name: &str) -> Option<FileId> {
    match project.python.modules.inside(project, &Val::Module(file), name) {
        Some(Val::Module(file)) => Some(file),
        _ => None,
    }
}

impl Own {
    fn add<'p>(&mut self, eval: &mut Eval<'p>, place: In<'p>, binding: &Binding) {
        match binding.what {
            Bound::Def(def) => {
                self.exports.push(Export::Target(Target::Def(DefRef { file: place.id, def })));
            }
            Bound::Import(import) => self.import(eval, place, import),
            _ => {
                let shared = eval.project.shared_variables(place.id);
                let variable = shared.iter().find(|known| known.name == binding.name);
                self.exports.extend(variable.map(|&known| Export::Variable(place.id, known)));
                self.targets(&eval.binding(place, binding));
            }
        }
    }

    fn import<'p>(&mut self, eval: &mut Eval<'p>, place: In<'p>, id: ImportId) {
        let Some(import) = place.facts.import(id) else { return };
        if import.form != ImportForm::From {
            return self.targets(&eval.imported(place, id));
        }
        let name = place.facts.text(import.name);
        for (module, _) in eval.source(place, id).items {
            match module {
                // `from . import m` in a package finds the module below it, as the package has no `m` before.
                Val::Module(file) if file == place.id => {
                    let below = below(eval.project, file, name).map(Target::Module);
                    self.exports.extend(below.map(Export::Target));
                }
                Val::Module(file) => self.onward.push((file, name.into())),
                module => self.targets(&eval.held(&module, name)),
            }
        }
    }

    fn targets(&mut self, vals: &Vals) {
        self.exports.extend(vals.resolution().targets.into_iter().map(Export::Target));
    }
}

impl Project {
    /// The variables of a module of Python that are its own, not a function's.
    fn shared_variables(&self, file: FileId) -> &[Variable] {
        self.python.shared[file.0 as usize].get_or_init(|| {
            let all = crate::project::variables::variables(self.facts(file)).into_iter();
            all.filter(|variable| variable.scope == ScopeId::at(0)).collect()
        })
    }
}
