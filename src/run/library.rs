//! Modules written in QPlan: where they are found by name, how they are read, and what they look like to plans.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::params::unrendered;
use crate::action::{Action, Args, Cx, Form, Forms, Group, Kind, Param, Presence, Registry};
use crate::action::{common, nothing};
use crate::check;
use crate::diagnostic::{Code, Diagnostic, Fault, Kind as FaultKind, code::names as codes};
use crate::exec::context::Constants;
use crate::exec::expression::eval;
use crate::exec::module::{Module, Modules};
use crate::source::{Source, Sources, Span};
use crate::step::meta::{self, Meta, ParamDecl};
use crate::step::resolve::resolve;
use crate::syntax;
use crate::syntax::ast::visit;
use crate::syntax::ast::{ExprKind, File, StatementKind};
use crate::system::permission::reason;
use crate::system::{Entry, FileKind, System};
use crate::value::{Value, show};

/// The modules that come with the program, sorted by name.
pub static STANDARD: &[(&str, &str)] = &[
    ("api-surface", include_str!("../../std-modules/api-surface.qp")),
    ("todo-census", include_str!("../../std-modules/todo-census.qp")),
    ("where-imported", include_str!("../../std-modules/where-imported.qp")),
];

/// The directory of a repository that holds its modules.
const OF_REPOSITORY: &str = ".qplan/modules";

/// Where modules are found: those of the program, then of directories, the first one first.
pub struct Library<'s> {
    system: &'s dyn System,
    root: PathBuf,
    directories: Vec<PathBuf>,
}

impl<'s> Library<'s> {
    /// The modules of the program, of the repository at `root`, and of further directories.
    #[must_use]
    pub fn new(system: &'s dyn System, root: &Path, further: &[PathBuf]) -> Self {
        let real = |path: &Path| system.canonical(path).unwrap_or_else(|_| path.to_owned());
        let root = real(root);
        let own = std::iter::once(root.join(OF_REPOSITORY));
        let directories = own.chain(further.iter().map(|path| real(path))).collect();
        Self { system, root, directories }
    }

    /// The names of all modules, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let standard = STANDARD.iter().map(|(name, _)| (*name).to_owned());
        let found = self.directories.iter().flat_map(|directory| {
            self.system
                .entries(directory)
                .unwrap_or_default()
                .into_iter()
                .filter_map(|entry| called(&entry))
        });
        let mut names: Vec<String> = standard.chain(found).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The text of a module, and what errors call it; none where there is no such module.
    fn find(&self, name: &str) -> Option<Result<(String, String), String>> {
        if let Some((_, text)) = STANDARD.iter().find(|(standard, _)| *standard == name) {
            return Some(Ok((format!("std-modules/{name}.qp"), (*text).to_owned())));
        }
        if !is_name(name) {
            return None;
        }
        let path = self.directories.iter().find_map(|directory| self.file(directory, name))?;
        Some(self.read(&path))
    }

    /// The file of a module in a directory; its name may be spelt with `-`, `_`, or some of each.
    fn file(&self, directory: &Path, name: &str) -> Option<PathBuf> {
        let is_there = |path: &PathBuf| self.system.kind(path).is_ok();
        let spelt = |name: &str| directory.join(format!("{name}.qp"));
        let usual = [name.to_owned(), name.replace('-', "_")];
        if let Some(path) = usual.iter().map(|name| spelt(name)).find(is_there) {
            return Some(path);
        }
        if name.matches('-').count() < 2 {
            return None;
        }
        let entries = self.system.entries(directory).unwrap_or_default();
        let found = entries.into_iter().find(|entry| called(entry).as_deref() == Some(name));
        found.map(|entry| directory.join(entry.name))
    }

    fn read(&self, path: &Path) -> Result<(String, String), String> {
        let shown = path.strip_prefix(&self.root).unwrap_or(path).display().to_string();
        match self.text(path) {
            Ok(text) => Ok((shown, text)),
            Err(why) => Err(format!("`{shown}` {why}")),
        }
    }

    fn text(&self, path: &Path) -> Result<String, String> {
        let unread = |error: std::io::Error| format!("cannot be read: {}", reason(&error));
        let real = self.system.canonical(path).map_err(unread)?;
        if path.starts_with(&self.root) && !real.starts_with(&self.root) {
            return Err("leads out of the repository".to_owned());
        }
        let size = self.system.entry(&real).map_err(unread)?.size;
        if size > MOST_BYTES {
            return Err(format!("holds more than {} MiB", MOST_BYTES >> 20));
        }
        let bytes = self.system.read(&real).map_err(unread)?;
        String::from_utf8(bytes).map_err(|error| {
            format!("is not UTF-8: byte {} is wrong", error.utf8_error().valid_up_to())
        })
    }
}

/// Greatest file that is taken for a module.
const MOST_BYTES: u64 = 16 << 20;

/// What the module in a file is called; none where it cannot be one.
fn called(entry: &Entry) -> Option<String> {
    let name = entry.name.strip_suffix(".qp")?.replace('_', "-");
    let is_file = matches!(entry.kind, FileKind::File | FileKind::Link);
    (is_file && is_name(&name) && !is_statement(&name)).then_some(name)
}

/// Whether a statement begins with that word, so that no call does.
fn is_statement(name: &str) -> bool {
    syntax::keywords().any(|word| word == name)
}

/// Whether actions can be called so.
fn is_name(name: &str) -> bool {
    name.split('-').all(|word| {
        let mut letters = word.chars();
        letters.next().is_some_and(|first| first == '_' || unicode_ident::is_xid_start(first))
            && letters.all(unicode_ident::is_xid_continue)
    })
}

/// What a plan can call: the actions there are, and the modules it calls.
#[derive(Debug)]
pub struct Callable {
    /// All of them by name.
    pub registry: Registry,
    /// Those written in QPlan.
    pub modules: Modules,
    /// What is wrong with modules that are called.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads every module that a plan calls, and those they call.
#[must_use]
pub fn gather(
    file: &File,
    registry: &Registry,
    library: &Library<'_>,
    sources: &mut Sources,
) -> Callable {
    let mut reader = Reader::new(registry, library, sources);
    reader.calls_of(file);
    reader.follow();
    reader.finish()
}

/// Reads the modules of these names, for lists and help.
#[must_use]
pub fn all(registry: &Registry, library: &Library<'_>, sources: &mut Sources) -> Callable {
    let mut reader = Reader::new(registry, library, sources);
    for name in library.names() {
        reader.one(name, Span::NOWHERE);
    }
    reader.follow();
    reader.finish()
}

struct Reader<'r, 's> {
    registry: Registry,
    library: &'r Library<'s>,
    sources: &'r mut Sources,
    read: Vec<Module>,
    /// Names that nothing has.
    unknown: HashSet<String>,
    /// Why modules could not be read, by name.
    unreadable: HashMap<String, String>,
    diagnostics: Vec<Diagnostic>,
}

impl<'r, 's> Reader<'r, 's> {
    fn new(registry: &Registry, library: &'r Library<'s>, sources: &'r mut Sources) -> Self {
        Self {
            registry: registry.clone(),
            library,
            sources,
            read: Vec::new(),
            unknown: HashSet::new(),
            unreadable: HashMap::new(),
            diagnostics: Vec::new(),
        }
    }

    /// Reads what the modules call that were read so far, and what those call.
    fn follow(&mut self) {
        let mut at = 0;
        while let Some(module) = self.read.get(at) {
            let calls = calls(&module.file);
            calls.into_iter().for_each(|(name, call)| self.one(name, call));
            at += 1;
        }
    }

    fn calls_of(&mut self, file: &File) {
        calls(file).into_iter().for_each(|(name, call)| self.one(name, call));
    }

    /// Reads a module, unless there is an action of that name already.
    fn one(&mut self, name: String, call: Span) {
        if self.registry.find(&name).is_some() || self.unknown.contains(&name) {
            return;
        }
        if let Some(message) = self.unreadable.get(&name) {
            self.diagnostics.push(unreadable(message, call));
            return;
        }
        match self.library.find(&name) {
            Some(Ok((shown, text))) => self.take(&name, &shown, &text),
            Some(Err(message)) => {
                self.diagnostics.push(unreadable(&message, call));
                self.unreadable.insert(name, message);
            }
            None => drop(self.unknown.insert(name)),
        }
    }

    fn take(&mut self, name: &str, shown: &str, text: &str) {
        let id = self.sources.add(Source::new(shown, text));
        let mut parsed = syntax::parse(id, text);
        self.diagnostics.append(&mut parsed.diagnostics);
        let (steps, wrong) = resolve(&mut parsed.file, &unrendered);
        self.diagnostics.extend(wrong);
        let (meta, wrong) = meta::collect(&parsed.file);
        self.diagnostics.extend(wrong);
        let action = declared(name, text, &meta);
        self.registry.add(action);
        self.read.push(Module { action, file: parsed.file, steps, meta });
    }

    fn finish(mut self) -> Callable {
        let mut modules = Modules::default();
        if !self.unknown.is_empty() {
            self.name_all();
        }
        let Self { registry, read, mut diagnostics, .. } = self;
        for module in read {
            diagnostics.extend(check::check(&module.file, &module.steps, &module.meta, &registry));
            diagnostics.extend(of_modules(&module.meta));
            modules.add(module);
        }
        // A module is not the place to hear of names that nothing reads.
        diagnostics.retain(Diagnostic::is_error);
        Callable { registry, modules, diagnostics }
    }

    /// Makes the names of all modules known, unread: what nothing is called like may be near to one of them.
    fn name_all(&mut self) {
        for name in self.library.names() {
            if self.registry.find(&name).is_none() {
                self.registry.add(declared(&name, "", &Meta::default()));
            }
        }
    }
}

/// The actions that a file calls, and where.
fn calls(file: &File) -> Vec<(String, Span)> {
    let mut called = Vec::new();
    visit::statements(&file.body, &mut |statement| match &statement.kind {
        StatementKind::Action(action) | StatementKind::Future(action) => {
            called.push((action.name.text.replace('_', "-"), action.name.span));
        }
        _ => {}
    });
    called
}

fn unreadable(message: &str, call: Span) -> Diagnostic {
    Diagnostic::error(codes::MODULE_UNREADABLE, call, message)
}

/// What a plan may say of itself, and a module may not.
fn of_modules(meta: &Meta) -> Vec<Diagnostic> {
    let root = meta.root.as_ref().map(|root| {
        Diagnostic::error(codes::MODULE_ROOT, root.span, "`@root` in a module")
            .help("a module looks where its caller does; narrow it with `@in`")
    });
    let taken = common(Group::Module);
    let params = meta.params.iter().map(|param| &param.name);
    let params = params.filter(|name| taken.iter().any(|taken| *taken.name == *name.text));
    let params = params.map(|name| {
        let text = format!("every call of a module has an argument `{}` of its own", name.text);
        Diagnostic::error(codes::MODULE_PARAM, name.span, text)
            .help("give the parameter another name")
    });
    root.into_iter().chain(params).collect()
}

/// What modules look like, by name and text. A table of actions is `'static`, so each is made once for the life of the
/// process, however often it is read.
static DECLARED: Mutex<Option<HashMap<(String, String), &'static Action>>> = Mutex::new(None);

/// The module as an action: its parameters are its arguments, the first one primary.
fn declared(name: &str, text: &str, meta: &Meta) -> &'static Action {
    let mut declared = DECLARED.lock().unwrap_or_else(PoisonError::into_inner);
    let known = declared.get_or_insert_default();
    if let Some(action) = known.get(&(name.to_owned(), text.to_owned())) {
        return action;
    }
    let about = About::of(meta);
    let params: Vec<Param> =
        meta.params.iter().enumerate().map(|(at, param)| about.param(at, param)).collect();
    let action: &'static Action = Box::leak(Box::new(Action {
        name: leaked(name),
        group: Group::Module,
        summary: leaked(&about.summary),
        forms: Forms::One(Form {
            params: Box::leak(params.into_boxed_slice()),
            open: false,
            needs: nothing,
            run: outside,
        }),
        fields: &[],
        rows: &[],
        examples: &[],
        counts: true,
        finding: None,
    }));
    known.insert((name.to_owned(), text.to_owned()), action);
    action
}

fn leaked(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

/// The executor runs modules itself.
fn outside(_: &Cx<'_>, _: &Args) -> Result<Value, Fault> {
    let message = "a module runs inside a plan only";
    Err(Fault::new(FaultKind::Module, UNRUNNABLE, message))
}

const UNRUNNABLE: Code = codes::MODULE_UNREADABLE;

/// What a module says of itself: the first line of `@summary`, else `@title`; a further line `name: …` is of a parameter.
struct About {
    summary: String,
    params: HashMap<String, String>,
}

impl About {
    fn of(meta: &Meta) -> Self {
        let text = |expr: Option<&crate::syntax::ast::Expr>| {
            expr.and_then(|expr| eval(&Constants(&[]), expr).ok()).map(|value| show::plain(&value))
        };
        let written = text(meta.summary.as_ref()).or_else(|| text(meta.title.as_ref()));
        let written = written.unwrap_or_else(|| "a module written in QPlan".to_owned());
        let mut lines = written.lines().map(str::trim).filter(|line| !line.is_empty());
        let summary = lines.next().unwrap_or_default().to_owned();
        let of = |line: &str| {
            let (name, doc) = line.split_once(':')?;
            Some((name.trim().to_owned(), doc.trim().to_owned()))
        };
        Self { summary, params: lines.filter_map(of).collect() }
    }

    fn param(&self, at: usize, param: &ParamDecl) -> Param {
        let name = leaked(&param.name.text);
        let doc = self.params.get(name).map_or("a parameter of the module", |doc| leaked(doc));
        let default = param.default.as_ref();
        let value = default.and_then(|expr| eval(&Constants(&[]), expr).ok());
        let kind = match (default.map(|expr| &expr.kind), &value) {
            (Some(ExprKind::Duration(_)), _) => Kind::Duration,
            (_, Some(value)) => kind_of(value),
            (_, None) => Kind::Free,
        };
        let presence = match (default, value) {
            (None, _) => Presence::Required,
            (Some(_), Some(value)) if !matches!(value, Value::Null) => {
                Presence::Default(leaked(&show::plain(&value)))
            }
            (Some(_), _) => Presence::Optional,
        };
        Param { name, kind, presence, primary: at == 0, doc, validate: None }
    }
}

/// The kind of argument whose default is that value.
fn kind_of(value: &Value) -> Kind {
    match value {
        Value::Bool(_) => Kind::Bool,
        Value::Int(_) => Kind::Int(i64::MIN, i64::MAX),
        Value::Float(_) => Kind::Number,
        Value::Str(_) => Kind::Symbol,
        Value::List(_) => Kind::List,
        Value::Object(_) | Value::Table(_) => Kind::Object,
        Value::Null => Kind::Any,
    }
}
