//! Python: its modules, scopes and classes, and what an expression means by them. No code runs; what is not written down
//! stays unknown.

mod bindings;
mod captures;
mod classes;
mod deferred;
mod eval;
mod exports;
mod find;
mod mangled;
mod members;
mod memo;
mod modules;
mod names;
mod narrow;
mod own;
mod private;
mod qualname;
mod reach;
mod roots;
mod tables;
mod types;
mod value;
mod version;

use std::sync::{Arc, OnceLock};

use bindings::Bindings;
use classes::{Heirs, Order};
use eval::Eval;
use memo::{Answers, Memo};
use modules::Modules;
use roots::Roots;
use version::Versions;

use super::variables::Variable;
use super::{DefRef, FileId, Input, Project, Resolution, Target};
use crate::facts::head::DefKind;
use crate::facts::{ExprId, Facts, ImportId, Shape};
pub(in crate::project) use captures::crossings;
pub(in crate::project) use find::find;
pub(in crate::project) use members::is_property;
pub(in crate::project) use own::{holds, lets_out, own, own_names, stars};
pub(in crate::project) use qualname::qualname;

/// What is remembered of the Python files.
#[derive(Debug)]
pub(in crate::project) struct Model {
    modules: Modules,
    versions: Versions,
    bindings: Vec<OnceLock<Bindings>>,
    names: Vec<OnceLock<Arc<str>>>,
    ordinals: Vec<OnceLock<Box<[u32]>>>,
    heirs: OnceLock<Heirs>,
    memo: Answers,
    orders: Memo<DefRef, Arc<Order>>,
    below: Memo<DefRef, Arc<[DefRef]>>,
    /// The variables of modules themselves.
    shared: Vec<OnceLock<Box<[Variable]>>>,
}

fn cells<T>(count: usize) -> Vec<OnceLock<T>> {
    std::iter::repeat_with(OnceLock::new).take(count).collect()
}

impl Model {
    pub(in crate::project) fn new(input: &Input) -> Self {
        let (files, manifests) = (&input.files, &input.manifests);
        Self {
            modules: Modules::of(files, Roots::of(files, manifests)),
            versions: Versions::of(input.python, manifests),
            bindings: cells(files.len()),
            names: cells(files.len()),
            ordinals: cells(files.len()),
            heirs: OnceLock::new(),
            memo: Answers::default(),
            orders: Memo::default(),
            below: Memo::default(),
            shared: cells(files.len()),
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

/// Longest chain of attributes, calls and subscripts that is followed.
const LONGEST: usize = 64;

/// Whether an expression is a longer chain than is followed; so that each link of it costs little.
fn is_too_long(facts: &Facts, mut expr: ExprId) -> bool {
    for _ in 0..LONGEST {
        expr = match facts.shape(expr) {
            Shape::Attr(base, _) | Shape::Call(base, _) | Shape::Index(base, _) => base,
            _ => return false,
        };
    }
    true
}

/// What an expression means.
pub(in crate::project) fn resolve(project: &Project, file: FileId, expr: ExprId) -> Resolution {
    let mut eval = Eval::new(project);
    let place = eval.file(file);
    if is_too_long(place.facts, expr) {
        return Resolution::unknown();
    }
    let vals = match place.facts.shape(expr) {
        Shape::Attr(base, name) => {
            let base = eval.expr(place, base);
            let name = eval.attribute_name(place, expr, name);
            eval.attribute_raw(&base, &name)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Language, Lines};
    use crate::languages::tree::LazyTree;
    use crate::project::exports::{Export, ModuleRef};
    use crate::project::{File, Input, Meant, Target};

    fn project(files: &[(&str, &str)]) -> Project {
        let language = Language::Python;
        let file = |(path, text): &(&str, &str)| {
            let lines = Arc::new(Lines::of(text, language.line_ends()));
            let mut tree = LazyTree::new((*text).to_owned(), language);
            let facts = language.facts(&mut tree, lines, &|| false).unwrap();
            File { path: (*path).into(), facts: Arc::new(facts) }
        };
        Project::new(Input { files: files.iter().map(file).collect(), ..Input::default() })
    }

    /// Modules whose stars are given by number, the first of them with `def f`: how many export a function `f` by name,
    /// and how many do when all are asked at once.
    fn exporting(count: usize, stars: impl Fn(usize) -> Vec<usize>) -> (usize, usize) {
        let star = |of: usize| format!("from m{of} import *\n");
        let own = |at| if at == 0 { "def f(): ...\n" } else { "" };
        let text = |at| stars(at).into_iter().map(star).collect::<String>() + own(at);
        let texts: Vec<_> = (0..count).map(|at| (format!("m{at}.py"), text(at))).collect();
        let files: Vec<_> =
            texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let project = project(&files);
        let is_f = |export: &Export| matches!(export, Export::Target(Target::Def(_)));
        let module = |file| ModuleRef { file, inline: None };
        let by_name =
            project.ids().filter(|&file| project.exported(module(file), "f").iter().any(is_f));
        let meant = Meant { name: &|_| true, export: &is_f };
        (by_name.count(), project.exporters(&meant).len())
    }

    #[test]
    fn stars_are_followed_to_the_end_of_long_chains_and_in_circles() {
        assert_eq!(exporting(2_000, |at| at.checked_sub(1).into_iter().collect()), (2_000, 2_000));
        assert_eq!(exporting(2_000, |at| vec![(at + 1) % 2_000]), (2_000, 2_000));
        assert_eq!(exporting(60, |at| (0..60).filter(|&of| of != at).collect()), (60, 60));
    }

    /// How many calls of a function there are, and how many only have its name.
    fn counts(text: &str, name: &str) -> (usize, usize) {
        let project = project(&[("m.py", text)]);
        let uses = project.uses(&project.find(name), &|_| true, &|| false);
        let calls = uses.sites.iter().filter(|site| site.kind == crate::project::SiteKind::Call);
        (calls.count(), uses.unknown.len())
    }

    #[test]
    fn a_chain_is_followed_as_far_as_the_bound() {
        let class = "class C:\n    def f(self):\n        return self\n";
        let chain = |links: usize| format!("{class}C(){}\n", ".f()".repeat(links));
        assert_eq!(counts(&chain(20), "C.f"), (20, 0));
        let (known, unknown) = counts(&chain(300), "C.f");
        assert!(known > 20 && known + unknown == 300);
    }

    #[test]
    fn names_that_are_each_other_have_no_meaning() {
        assert_eq!(counts("def f(): ...\na = b\nb = a\na.f()\n", "f"), (0, 1));
        let returns = "def f(): ...\ndef g(): return h()\ndef h(): return g()\ng().f()\n";
        assert_eq!(counts(returns, "f"), (0, 1));
        assert_eq!(
            counts("class A(B):\n  def f(self): self.f()\nclass B(A): ...\n", "A.f"),
            (1, 0)
        );
    }

    #[test]
    fn a_long_row_of_aliases_ends_as_a_gap() {
        let mut text = "def f(): ...\nx0 = f\n".to_owned();
        for index in 1..500 {
            text += &format!("x{index} = x{}\n", index - 1);
        }
        let (calls, unknown) = counts(&(text + "x499()\nx3()\n"), "f");
        assert!(calls >= 1 && unknown == 0);
    }
}
