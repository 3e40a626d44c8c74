//! The road of a plan: load → parse → resolve → check → execute → report. What the command line and the library share.

pub mod checkpoint;
pub mod draft;
pub mod findings;
pub mod library;
pub mod params;
mod reference;
pub mod report;
pub mod resume;
pub mod session;
pub mod settings;
pub mod single;
mod summary;

use std::cell::RefCell;
use std::collections::HashSet;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use checkpoint::Checkpoints;
pub use library::Library;
pub use resume::Checkpointing;
pub use settings::Settings;

use crate::action::{Output, Registry};
use crate::actions::analysis::workspace::{Cache, Workspace};
use crate::check;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{arguments, names};
use crate::exec::budget::Limits;
use crate::exec::checkpoint::Keeper;
use crate::exec::context::{Scope, World};
use crate::exec::module::Modules;
use crate::exec::names::Outer;
use crate::exec::{self, Program, Start};
use crate::report::Report;
use crate::source::{SourceId, Sources, Span};
use crate::step::Resolved;
use crate::step::event::State;
use crate::step::handle::Handle;
use crate::step::meta::{self, Meta};
use crate::step::resolve::resolve;
use crate::syntax::ast;
use crate::system::control::Progress;
use crate::system::{Gate, System};
use crate::value::Value;

/// A plan that was read and checked, with everything found wrong in it.
#[derive(Debug)]
pub struct Loaded {
    /// The text.
    pub sources: Sources,
    /// The tree, its steps numbered.
    pub file: ast::File,
    /// The steps.
    pub steps: Resolved,
    /// What stands at the top.
    pub meta: Meta,
    /// The actions it may call, the modules it calls among them.
    pub registry: Registry,
    /// Those modules.
    pub modules: Modules,
    /// Errors and warnings, by place.
    pub diagnostics: Vec<Diagnostic>,
}

/// What a plan is read against.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// The actions there are.
    pub registry: &'a Registry,
    /// The modules there are.
    pub library: &'a Library<'a>,
    /// Replaces its `@lang`.
    pub lang: Option<&'a str>,
}

impl Loaded {
    /// Whether nothing keeps it from running.
    #[must_use]
    pub fn runs(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// What the executor runs.
    fn program(&self) -> Program<'_> {
        Program { file: &self.file, steps: &self.steps, sources: &self.sources }
    }

    /// What the text is called.
    #[must_use]
    pub fn name(&self) -> &str {
        self.sources.find(SourceId(0)).map_or("", |source| &source.name)
    }
}

/// Reads and checks a plan, and the modules it calls.
#[must_use]
pub fn load(name: &str, text: &str, around: Surroundings<'_>) -> Loaded {
    draft::Draft::read(name, text).load(around)
}

/// Resolves and checks a tree, where the names of `outer` are there before it.
fn inspect(
    mut sources: Sources,
    mut file: ast::File,
    mut diagnostics: Vec<Diagnostic>,
    around: Surroundings<'_>,
    outer: &[check::Outer],
) -> Loaded {
    let (steps, wrong) = resolve(&mut file, &params::unrendered);
    diagnostics.extend(wrong);
    let (mut meta, wrong) = meta::collect(&file);
    diagnostics.extend(wrong);
    if let Some(lang) = around.lang {
        meta.lang = Some(ast::Expr::text(lang, Span::NOWHERE));
    }
    let callable = library::gather(&file, around.registry, around.library, &mut sources);
    let library::Callable { registry, modules, diagnostics: inside } = callable;
    diagnostics.extend(check::check_within(&file, &steps, &meta, &registry, outer));
    diagnostics.extend(inside);
    leave_out_echoes(&mut diagnostics);
    diagnostics.sort_by_key(|diagnostic| diagnostic.span);
    Loaded { sources, file, steps, meta, registry, modules, diagnostics }
}

/// A module that cannot be read is no action either: to say one of the two is enough.
fn leave_out_echoes(diagnostics: &mut Vec<Diagnostic>) {
    let unreadable = diagnostics.iter().filter(|d| d.code == names::MODULE_UNREADABLE);
    let unreadable: HashSet<Span> = unreadable.map(|d| d.span).collect();
    diagnostics.retain(|d| d.code != arguments::UNKNOWN_ACTION || !unreadable.contains(&d.span));
}

/// How a plan is run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Names the run in its report and its events; see [`id`].
    pub id: String,
    /// The directory to look at; else the plan's `@root`, else found from the working directory.
    pub root: Option<PathBuf>,
    /// Replaces `@in`.
    pub within: Vec<String>,
    /// Joins `@exclude`.
    pub exclude: Vec<String>,
    /// Replaces `@lang`.
    pub lang: Option<String>,
    /// What counts of these where neither they nor the plan say it.
    pub defaults: settings::Defaults,
    /// Threads that compute at once, in the plan and in the scan; as many as there are cores where absent.
    pub jobs: Option<usize>,
    /// Bytes; larger files are left out and listed.
    pub max_file_size: Option<u64>,
    /// The version of Python that the sources are for.
    pub python: Option<(u8, u8)>,
    /// The plan's parameters: as text, or typed.
    pub params: Vec<(String, params::Given)>,
    /// What effects are allowed; its root is set by the run.
    pub gate: Gate,
    /// Bounds.
    pub limits: Limits,
    /// For the whole plan.
    pub timeout: Option<Duration>,
    /// Further folders of modules, for a run that is taken up again.
    pub module_path: Vec<PathBuf>,
    /// Where checkpoints are kept.
    pub checkpoints: Option<Checkpointing>,
    /// Where what files say is kept between runs; nowhere where absent.
    pub cache: Option<Cache>,
    /// Put the variables at the end into the report.
    pub with_context: bool,
    /// Whether findings are made of the rows.
    pub findings: Findings,
}

/// Whether findings are made of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Findings {
    /// They are, for formats that show them.
    #[default]
    Made,
    /// They are not, nor are an answer's sections told by them.
    LeftOut,
}

/// A name for a run: its start and its process, so that two at once differ.
#[must_use]
pub fn id(system: &dyn System) -> String {
    format!("{:x}-{:x}", system.now().as_nanosecond(), std::process::id())
}

/// Who watches a run.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Takes the plan's lines.
    pub output: &'a dyn Output,
    /// Ends and holds the run from outside, and is told of everything.
    pub handle: &'a Handle,
}

/// Runs a loaded plan.
///
/// # Errors
/// What keeps it from running: its own errors, wrong parameters, a root that cannot be read.
pub fn run(
    loaded: &mut Loaded,
    options: &Options,
    system: &dyn System,
    watch: Watch<'_>,
    progress: Arc<dyn Progress>,
) -> Result<Report, Vec<Diagnostic>> {
    let (report, rest) = run_first(loaded, options, system, watch, progress)?;
    // A cache that cannot be written makes later runs slower, and this one no less right.
    let _ = rest.settle();
    Ok(report)
}

/// What a run leaves to be done when its report is out.
pub struct Rest(Arc<Workspace>);

impl Rest {
    /// Writes the cache, if there is one.
    ///
    /// # Errors
    /// As the operating system says.
    pub fn settle(&self) -> std::io::Result<()> {
        self.0.settle()
    }
}

/// Runs a loaded plan, for those who show the report before the rest is done.
///
/// # Errors
/// As [`run`].
pub fn run_first(
    loaded: &mut Loaded,
    options: &Options,
    system: &dyn System,
    watch: Watch<'_>,
    progress: Arc<dyn Progress>,
) -> Result<(Report, Rest), Vec<Diagnostic>> {
    let rest = RefCell::new(None);
    let workspace = |settings: &Settings| {
        let workspace = Arc::new(Workspace::new(settings.scan(options, Arc::clone(&progress))));
        rest.replace(Some(Arc::clone(&workspace)));
        workspace
    };
    let ground = Ground { outer: &Outer::default(), workspace: &workspace };
    let (report, _) = run_on(loaded, options, system, watch, ground)?;
    let rest = rest.into_inner().expect("no report without a look at the ground");
    Ok((report, Rest(rest)))
}

/// What a plan begins with.
#[derive(Clone, Copy)]
struct Ground<'a> {
    /// The names that are there before it.
    outer: &'a Outer,
    /// Gives the repository as the settled scope bounds it.
    workspace: &'a dyn Fn(&Settings) -> Arc<Workspace>,
}

/// Runs a loaded plan on what its session holds; gives its variables at the end too.
fn run_on(
    loaded: &mut Loaded,
    options: &Options,
    system: &dyn System,
    watch: Watch<'_>,
    ground: Ground<'_>,
) -> Result<(Report, Scope), Vec<Diagnostic>> {
    if !loaded.runs() {
        return Err(std::mem::take(&mut loaded.diagnostics));
    }
    let began = (system.now(), Instant::now());
    let params = params::bind(&loaded.meta, &options.params)?;
    let settings = Settings::of(&loaded.meta, options, &params, system)?;
    let (steps, wrong) = resolve(&mut loaded.file, &|template| params::rendered(template, &params));
    if wrong.iter().any(Diagnostic::is_error) {
        return Err(wrong);
    }
    loaded.steps = steps;
    let workspace = (ground.workspace)(&settings);
    let plan = resume::plan(loaded, options, &settings, &params);
    let checkpoints = options.checkpoints.as_ref();
    let cancel = watch.handle.cancel();
    let found = match checkpoints {
        Some(to) => resume::prepare(to, &plan, loaded, &workspace, cancel)?,
        None => None,
    };
    if let Some(found) = &found {
        resume::repeat(found, watch.output)?;
    }
    let kept = checkpoints
        .map(|to| Checkpoints::new(&to.folder, watch.output, &workspace, to.most, found.as_ref()));
    let gate = options.gate.at(&settings.root, system);
    let world = World {
        system,
        gate: &gate,
        engine: &*workspace,
        output: kept.as_ref().map_or(watch.output, |kept| kept),
        handle: watch.handle,
        registry: &loaded.registry,
        modules: &loaded.modules,
        keeper: kept.as_ref().map(|kept| kept as &dyn Keeper),
    };
    let start = Start {
        resumed: found.as_ref().map(|found| &found.resumed),
        params: &params,
        outer: ground.outer,
        limits: options.limits,
        threads: options.threads(),
        timeout: options.timeout,
    };
    let ended = exec::run(loaded.program(), world, start);
    if let (Some(to), State::Completed | State::Stopped) = (checkpoints, ended.state) {
        // A run that is over and does not say so is run once more from its last step, which does no harm.
        drop(checkpoint::end(&to.folder, &plan));
    }
    let told = report::Told {
        loaded,
        settings: &settings,
        params: &params,
        options,
        engine: &*workspace,
        began,
    };
    let scope = ended.scope.clone();
    Ok((report::build(&told, ended), scope))
}

impl Options {
    /// How many threads may compute.
    fn threads(&self) -> usize {
        self.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, NonZero::get))
    }
}

/// A value for reports: a list of name and value pairs as an object.
fn object(pairs: &[(Arc<str>, Value)]) -> Value {
    if pairs.is_empty() {
        return Value::Null;
    }
    Value::object(pairs.iter().map(|(name, value)| (Arc::clone(name), value.clone())))
}
