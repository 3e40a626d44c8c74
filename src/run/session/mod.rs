//! A session: plans in fragments, one after the other, over the same variables and the same repository. Each fragment
//! is read, checked and run as a plan of its own; knows no terminal.

mod fragment;
mod keep;
mod script;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;

pub use script::Unsaved;

use self::fragment::{Against, Form};
use super::settings::likely_root;
use super::{Ground, Library, Loaded, Options, Settings, Surroundings, Watch, library, run_on};
use crate::action::{Action, Registry};
use crate::actions::analysis::workspace::Workspace;
use crate::check::{self, Held};
use crate::diagnostic::{Diagnostic, code};
use crate::exec::context::Names;
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
    progress: Arc<dyn Progress>,
    outer: Outer,
    params: BTreeSet<Arc<str>>,
    /// The actions whose answers variables hold.
    answers: HashMap<Arc<str>, &'static Action>,
    steps: IndexMap<Arc<str>, StepReport>,
    grounds: Vec<(Settings, Arc<Workspace>)>,
    kept: Vec<Kept>,
    /// Bare statements that were wrapped so far.
    wrapped: usize,
    /// Those whose results are held, in order.
    held: VecDeque<Arc<str>>,
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
    pub fn new(options: Options, registry: Registry, progress: Arc<dyn Progress>) -> Self {
        Self {
            first: options.clone(),
            options,
            registry,
            progress,
            outer: Outer::default(),
            params: BTreeSet::new(),
            answers: HashMap::new(),
            steps: IndexMap::new(),
            grounds: Vec::new(),
            kept: Vec::new(),
            wrapped: 0,
            held: VecDeque::new(),
        }
    }

    /// Forgets all names, results and statements, and what `@` and [`Session::set_root`] have set.
    pub fn reset(&mut self) {
        *self = Self::new(self.first.clone(), self.registry.clone(), Arc::clone(&self.progress));
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
        Library::new(system, &root, &self.options.module_path)
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
        let outer = |name: &Arc<str>| check::Outer {
            name: Arc::clone(name),
            held: held(name),
            answer: self.answers.get(name).copied(),
        };
        names.map(outer).collect()
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
        match fragment.form {
            Form::Value => self.value_at(plan, text, outside),
            form => self.carry_out(plan, form, outside),
        }
    }

    /// Writes the cache, if there is one; to be called when what was found is shown. Where that fails later sessions
    /// take longer, and nothing else.
    pub fn remember(&self) {
        for (_, workspace) in &self.grounds {
            let _ = workspace.settle();
        }
    }

    /// The value of an expression that was read.
    fn value_at(&mut self, plan: Loaded, text: &str, outside: &Outside<'_>) -> Evaluated {
        let mut evaluated = self.carry_out(plan, Form::Value, outside);
        fragment::as_typed(&mut evaluated.plan, text);
        match &mut evaluated.outcome {
            Ok(Report { fault: Some(fault), .. }) => fault.span = fault.span.map(fragment::moved),
            Ok(_) => {}
            Err(diagnostics) => fragment::moved_all(diagnostics),
        }
        evaluated
    }

    /// Evaluates an expression, and nothing else.
    pub fn value_of(&mut self, text: &str, outside: &Outside<'_>) -> Evaluated {
        let outer = self.names();
        let plan = fragment::value(
            self,
            text,
            Against { outer: &outer, library: &self.library(outside.system) },
        );
        self.value_at(plan, text, outside)
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
                let given = keep::given(&plan, form, &scope);
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
