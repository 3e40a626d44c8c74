//! A session: plans in fragments, one after the other, over the same variables and the same repository. Each fragment
//! is read, checked and run as a plan of its own; knows no terminal.

mod fragment;
mod script;

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;

pub use script::Unsaved;

use self::fragment::{Against, Form};
use super::settings::likely_root;
use super::{Ground, Library, Loaded, Options, Settings, Surroundings, Watch, library, run_on};
use crate::action::Registry;
use crate::actions::analysis::workspace::Workspace;
use crate::check::{self, Held};
use crate::diagnostic::{Diagnostic, code};
use crate::exec::context::{Names, Scope};
use crate::exec::expression::eval;
use crate::exec::names::Outer;
use crate::report::{Report, StepReport};
use crate::source::{SourceId, Sources, Span};
use crate::step::meta::Meta;
use crate::step::resolve::RESERVED;
use crate::syntax::{self, ast};
use crate::system::System;
use crate::system::control::Progress;
use crate::value::Value;

/// So many repositories, or scopes of one, are kept warm.
const GROUNDS: usize = 2;

/// Variables, results and a warm repository, shared by fragments.
pub struct Session {
    first: Options,
    options: Options,
    registry: Registry,
    /// Further directories of modules.
    module_path: Vec<PathBuf>,
    progress: Arc<dyn Progress>,
    outer: Outer,
    params: BTreeSet<Arc<str>>,
    steps: IndexMap<Arc<str>, StepReport>,
    grounds: Vec<(Settings, Arc<Workspace>)>,
    kept: Vec<Kept>,
    /// Bare statements that were wrapped so far.
    wrapped: usize,
}

/// A fragment that ran.
struct Kept {
    file: ast::File,
    form: Form,
    status: &'static str,
    /// The steps at its top.
    ids: Vec<Arc<str>>,
}

/// The world of one evaluation.
#[derive(Clone, Copy)]
pub struct Outside<'a> {
    /// Files, clock, environment.
    pub system: &'a dyn System,
    /// Who watches.
    pub watch: Watch<'a>,
}

/// What a fragment came to.
pub struct Evaluated {
    /// Its text and tree; its diagnostics are warnings where it ran.
    pub plan: Loaded,
    /// What it did, or why nothing ran.
    pub outcome: Result<Report, Vec<Diagnostic>>,
    /// What it gave, to be shown: the value of an expression or of the last bare action, or the variables written.
    pub given: Vec<Given>,
}

/// A value to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// The variable that holds it.
    pub name: Option<Arc<str>>,
    /// The value.
    pub value: Value,
}

impl Evaluated {
    /// Whether it ran to its end, or to a `stop`.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.outcome.as_ref().is_ok_and(|report| matches!(report.status, "completed" | "stopped"))
    }
}

impl Session {
    /// A session without names, over the repository that the options say; `progress` is told how far scans are.
    #[must_use]
    pub fn new(
        options: Options,
        registry: Registry,
        module_path: Vec<PathBuf>,
        progress: Arc<dyn Progress>,
    ) -> Self {
        Self {
            first: options.clone(),
            options,
            registry,
            module_path,
            progress,
            outer: Outer::default(),
            params: BTreeSet::new(),
            steps: IndexMap::new(),
            grounds: Vec::new(),
            kept: Vec::new(),
            wrapped: 0,
        }
    }

    /// Forgets all names, results and statements, and what `@` and [`Session::set_root`] have set.
    pub fn reset(&mut self) {
        let (registry, modules) = (self.registry.clone(), self.module_path.clone());
        *self = Self::new(self.first.clone(), registry, modules, Arc::clone(&self.progress));
    }

    /// Looks at another repository from now on; variables stay.
    pub fn set_root(&mut self, root: PathBuf) {
        self.options.root = Some(root);
        self.options.within.clear();
        self.grounds.clear();
    }

    /// The repository that the next fragment looks at.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub fn root(&self, system: &dyn System) -> Result<PathBuf, Vec<Diagnostic>> {
        Settings::of(&Meta::default(), &self.options, &[], system).map(|settings| settings.root)
    }

    /// The actions that come with the program.
    #[must_use]
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The modules that the next fragment may call.
    fn library<'s>(&self, system: &'s dyn System) -> Library<'s> {
        let root = likely_root(self.options.root.as_deref(), system);
        Library::new(system, &root, &self.module_path)
    }

    /// All actions that may be called now, the modules written in QPlan among them.
    #[must_use]
    pub fn actions(&self, system: &dyn System) -> Registry {
        library::all(&self.registry, &self.library(system), &mut Sources::new()).registry
    }

    /// The names that have a value, sorted, and what they are.
    #[must_use]
    pub fn names(&self) -> Vec<check::Outer> {
        let held = |name: &Arc<str>| {
            if self.outer.steps.contains(name) {
                Held::Result
            } else if self.params.contains(name) {
                Held::Parameter
            } else {
                Held::Variable
            }
        };
        let names = self.outer.variables.keys().filter(|name| !RESERVED.contains(&&***name));
        names.map(|name| check::Outer { held: held(name), name: Arc::clone(name) }).collect()
    }

    /// The value of a name; `None` where nothing has it.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<Value> {
        (name == "run" || self.outer.holds(name)).then(|| self.outer.read(name).ok()).flatten()?
    }

    /// The value of a path or expression, without a look at the repository; `None` where it has none now.
    #[must_use]
    pub fn peek(&self, text: &str) -> Option<Value> {
        let text = format!("return = {text}");
        let parsed = syntax::parse(SourceId(0), &text);
        let statement =
            parsed.file.body.statements.first().filter(|_| parsed.diagnostics.is_empty());
        match &statement?.kind {
            ast::StatementKind::Return(ast::Return::Value { value, .. }) => {
                eval(&self.outer, value).ok()
            }
            _ => None,
        }
    }

    /// The steps that ran, in the order of their last run.
    pub fn steps(&self) -> impl ExactSizeIterator<Item = &StepReport> {
        self.steps.values()
    }

    /// Evaluates what was typed: statements, steps, meta, or a lone expression.
    pub fn evaluate(&mut self, text: &str, outside: &Outside<'_>) -> Evaluated {
        let outer = self.names();
        let fragment = fragment::read(
            self,
            text,
            Against { outer: &outer, library: &self.library(outside.system) },
        );
        let mut plan = fragment.plan;
        plan.diagnostics.retain(|diagnostic| diagnostic.code != code::names::UNUSED);
        self.carry_out(plan, fragment.form, outside)
    }

    /// Evaluates an expression, and nothing else.
    pub fn value_of(&mut self, text: &str, outside: &Outside<'_>) -> Evaluated {
        let outer = self.names();
        let plan = fragment::value(
            self,
            text,
            Against { outer: &outer, library: &self.library(outside.system) },
        );
        self.carry_out(plan, Form::Value, outside)
    }

    /// Runs a whole plan in the session: it begins with the session's names and leaves its own.
    pub fn load(&mut self, name: &str, text: &str, outside: &Outside<'_>) -> Evaluated {
        let outer = self.names();
        let plan = fragment::file(
            self,
            name,
            text,
            Against { outer: &outer, library: &self.library(outside.system) },
        );
        self.carry_out(plan, Form::File, outside)
    }

    /// What the statements that ran would be as a plan.
    ///
    /// # Errors
    /// Why no plan says the same.
    pub fn script(&self, system: &dyn System) -> Result<String, Unsaved> {
        let library = self.library(system);
        let around = Surroundings { registry: &self.registry, library: &library, lang: None };
        script::script(&self.kept, around)
    }

    fn carry_out(&mut self, mut plan: Loaded, form: Form, outside: &Outside<'_>) -> Evaluated {
        let options = self.options_for(&plan.meta, form);
        for (_, workspace) in &self.grounds {
            workspace.renew();
        }
        let grounds = std::sync::Mutex::new(std::mem::take(&mut self.grounds));
        let workspace = |settings: &Settings| {
            let mut grounds = grounds.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            warm(&mut grounds, settings, &options, &self.progress)
        };
        let ground = Ground { outer: &self.outer, workspace: &workspace };
        let ran = run_on(&mut plan, &options, outside.system, outside.watch, ground);
        self.grounds = grounds.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        match ran {
            Err(diagnostics) => Evaluated { plan, outcome: Err(diagnostics), given: Vec::new() },
            Ok((report, scope)) => {
                let given = given(&plan, form, &scope);
                self.keep(&plan, form, &report, scope);
                self.settle(&plan.meta, form, options, outside.system);
                Evaluated { plan, outcome: Ok(report), given }
            }
        }
    }

    /// Meta that is typed replaces what flags and earlier meta said; that of a file comes behind the flags, as ever.
    fn options_for(&self, meta: &Meta, form: Form) -> Options {
        let mut options = self.options.clone();
        if form != Form::File {
            if !meta.within.is_empty() {
                options.within.clear();
            }
            if meta.root.is_some() {
                options.root = None;
            }
            if meta.lang.as_ref().is_some_and(|lang| lang.span != Span::NOWHERE) {
                options.lang = None;
            }
        }
        let declared = |name: &String| meta.param(name).is_some();
        options.params.retain(|(name, _)| declared(name));
        options
    }
}

impl Session {
    /// Takes over what a fragment left.
    fn keep(&mut self, plan: &Loaded, form: Form, report: &Report, scope: Scope) {
        if form == Form::Value {
            return;
        }
        self.outer.variables = scope.variables().into_iter().collect();
        self.outer.results = scope.results().clone();
        let outputs = plan.steps.steps.iter().flat_map(|step| &step.outputs);
        for name in outputs {
            self.outer.steps.remove(name);
            self.params.remove(name);
        }
        for step in &plan.steps.steps {
            for name in [&step.id, &step.namespace] {
                self.params.remove(name);
                self.outer.steps.insert(Arc::clone(name));
            }
        }
        self.params.extend(plan.meta.params.iter().map(|param| Arc::clone(&param.name.text)));
        for step in report.steps.iter().filter(|step| step.status != "not_run") {
            self.steps.shift_remove(&step.id);
            self.steps.insert(Arc::clone(&step.id), step.clone());
        }
        self.wrapped += fragment::wrapped(&plan.file);
        let top = plan.steps.steps.iter().filter(|step| step.parent.is_none());
        let ids = top.map(|step| Arc::clone(&step.id)).collect();
        self.kept.push(Kept { file: plan.file.clone(), form, status: report.status, ids });
    }

    /// What typed meta sets holds from then on.
    fn settle(&mut self, meta: &Meta, form: Form, options: Options, system: &dyn System) {
        let says = meta.root.is_some() || meta.lang.is_some();
        if form == Form::File || !says && meta.within.is_empty() && meta.exclude.is_empty() {
            return;
        }
        let params: Vec<(Arc<str>, Value)> = self
            .params
            .iter()
            .filter_map(|name| Some((Arc::clone(name), self.value(name)?)))
            .collect();
        // The fragment ran with the same settings, so they can be had.
        let Ok(settings) = Settings::of(meta, &options, &params, system) else { return };
        if meta.root.is_some() {
            self.options.root = Some(settings.root);
        }
        if meta.lang.is_some() {
            self.options.lang = Some(settings.lang.name().to_owned());
        }
        self.options.within = settings.within;
        self.options.exclude = settings.exclude;
    }
}

/// The repository of these settings: one that is warm, else a new one.
fn warm(
    grounds: &mut Vec<(Settings, Arc<Workspace>)>,
    settings: &Settings,
    options: &Options,
    progress: &Arc<dyn Progress>,
) -> Arc<Workspace> {
    let scope = |settings: &Settings| {
        let Settings { root, within, exclude, lang, .. } = settings.clone();
        (root, within, exclude, lang)
    };
    let known = grounds.iter().position(|(known, _)| scope(known) == scope(settings));
    let ground = match known {
        Some(at) => grounds.remove(at),
        None => {
            let options = settings.scan(options, Arc::clone(progress));
            (settings.clone(), Arc::new(Workspace::warm(options)))
        }
    };
    let workspace = Arc::clone(&ground.1);
    grounds.push(ground);
    let old = grounds.len().saturating_sub(GROUNDS);
    grounds.drain(..old);
    workspace
}

/// What the last of a plan's own steps gave: its variables by name where it was wrapped, else its result.
fn given(plan: &Loaded, form: Form, scope: &Scope) -> Vec<Given> {
    let Some(last) = plan.steps.steps.iter().rev().find(|step| step.parent.is_none()) else {
        return Vec::new();
    };
    let variables: HashMap<Arc<str>, Value> = scope.variables().into_iter().collect();
    let of = |name: &Arc<str>, shown: Option<Arc<str>>| {
        let value = variables.get(name).filter(|value| **value != Value::Null)?.clone();
        Some(Given { name: shown, value })
    };
    match form {
        Form::Value => {
            let value = variables.get(&last.id).cloned().unwrap_or_default();
            vec![Given { name: None, value }]
        }
        Form::Bare if last.outputs.is_empty() => of(&last.id, None).into_iter().collect(),
        Form::Bare => {
            let outputs = last.outputs.iter();
            outputs.filter_map(|name| of(name, Some(Arc::clone(name)))).collect()
        }
        Form::Steps | Form::File => of(&last.id, Some(Arc::clone(&last.id))).into_iter().collect(),
    }
}
