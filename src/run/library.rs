//! Modules written in QPlan: where they are found by name, how they are read, and what they look like to plans.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::params::unrendered;
use crate::action::{Action, Args, Cx, Form, Forms, Group, Kind, Param, Presence, Registry};
use crate::check;
use crate::diagnostic::{Code, Diagnostic, Fault, Kind as FaultKind, code::names as codes};
use crate::exec::context::Constants;
use crate::exec::expression::eval;
use crate::exec::module::{Module, Modules};
use crate::facts::Needs;
use crate::source::{Source, Sources, Span};
use crate::step::meta::{self, Meta, ParamDecl};
use crate::step::resolve::resolve;
use crate::syntax;
use crate::syntax::ast::visit;
use crate::syntax::ast::{ExprKind, File, StatementKind, Word};
use crate::system::{FileKind, System};
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
        let own = std::iter::once(root.join(OF_REPOSITORY));
        let directories = own.chain(further.iter().cloned()).collect();
        Self { system, root: root.to_owned(), directories }
    }

    /// The names of all modules, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let standard = STANDARD.iter().map(|(name, _)| (*name).to_owned());
        let found = self.directories.iter().flat_map(|directory| {
            self.system.entries(directory).unwrap_or_default().into_iter().filter_map(|entry| {
                let name = entry.name.strip_suffix(".qp")?.replace('_', "-");
                (entry.kind == FileKind::File && is_name(&name)).then_some(name)
            })
        });
        let mut names: Vec<String> = standard.chain(found).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The text of a module, and what errors call it.
    fn find(&self, name: &str) -> Option<Result<(String, String), String>> {
        if let Some((_, text)) = STANDARD.iter().find(|(standard, _)| *standard == name) {
            return Some(Ok((format!("std-modules/{name}.qp"), (*text).to_owned())));
        }
        if !is_name(name) {
            return None;
        }
        let spellings = [name.to_owned(), name.replace('-', "_")];
        let files = self.directories.iter().flat_map(|directory| {
            spellings.iter().map(move |spelling| directory.join(format!("{spelling}.qp")))
        });
        let path = files.into_iter().find(|path| self.system.kind(path).is_ok())?;
        Some(self.read(&path))
    }

    fn read(&self, path: &Path) -> Result<(String, String), String> {
        let shown = path.strip_prefix(&self.root).unwrap_or(path).display().to_string();
        let bytes = self.system.read(path).map_err(|e| format!("`{shown}` cannot be read: {e}"))?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok((shown, text)),
            Err(_) => Err(format!("`{shown}` is not UTF-8")),
        }
    }
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
    let mut reader = Reader {
        registry: registry.clone(),
        library,
        sources,
        read: Vec::new(),
        diagnostics: Vec::new(),
    };
    reader.follow(file);
    reader.finish()
}

/// Reads the modules of these names, for lists and help.
#[must_use]
pub fn all(registry: &Registry, library: &Library<'_>, sources: &mut Sources) -> Callable {
    let mut reader = Reader {
        registry: registry.clone(),
        library,
        sources,
        read: Vec::new(),
        diagnostics: Vec::new(),
    };
    for name in library.names() {
        reader.one(&name, Span::NOWHERE);
    }
    reader.finish()
}

struct Reader<'r, 's> {
    registry: Registry,
    library: &'r Library<'s>,
    sources: &'r mut Sources,
    read: Vec<Module>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_, '_> {
    /// Reads what a file calls; a file that calls something unknown gets all modules, for their near names.
    fn follow(&mut self, file: &File) {
        let mut called: Vec<&Word> = Vec::new();
        visit::statements(&file.body, &mut |statement| match &statement.kind {
            StatementKind::Action(action) | StatementKind::Future(action) => {
                called.push(&action.name)
            }
            _ => {}
        });
        let mut is_unknown = false;
        for word in called {
            is_unknown |= !self.one(&word.text.replace('_', "-"), word.span);
        }
        if is_unknown {
            for name in self.library.names() {
                self.one(&name, Span::NOWHERE);
            }
        }
    }

    /// Whether there is an action of that name, now that its module is read if it is one.
    fn one(&mut self, name: &str, call: Span) -> bool {
        if self.registry.find(name).is_some() {
            return true;
        }
        let (shown, text) = match self.library.find(name) {
            None => return false,
            Some(Ok(found)) => found,
            Some(Err(message)) => {
                let diagnostic = Diagnostic::error(codes::MODULE_UNREADABLE, call, message);
                self.diagnostics.push(diagnostic);
                return true;
            }
        };
        let id = self.sources.add(Source::new(shown, text.as_str()));
        let mut parsed = syntax::parse(id, &text);
        self.diagnostics.append(&mut parsed.diagnostics);
        let (steps, wrong) = resolve(&mut parsed.file, &unrendered);
        self.diagnostics.extend(wrong);
        let (meta, wrong) = meta::collect(&parsed.file);
        self.diagnostics.extend(wrong);
        let action = declared(name, &text, &meta);
        self.registry.add(action);
        self.follow(&parsed.file);
        self.read.push(Module { action, file: parsed.file, steps, meta });
        true
    }

    fn finish(self) -> Callable {
        let Self { registry, read, mut diagnostics, .. } = self;
        let mut modules = Modules::default();
        for module in read {
            diagnostics.extend(check::check(&module.file, &module.steps, &module.meta, &registry));
            diagnostics.extend(module.meta.root.as_ref().map(|root| {
                Diagnostic::error(codes::MODULE_ROOT, root.span, "`@root` in a module")
                    .help("a module looks where its caller does; narrow it with `@in`")
            }));
            modules.add(module);
        }
        // A module is not the place to hear of names that nothing reads.
        diagnostics.retain(Diagnostic::is_error);
        Callable { registry, modules, diagnostics }
    }
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

fn nothing(_: &Args) -> Result<Needs, Fault> {
    Ok(Needs::default())
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
        Value::Null => Kind::Free,
    }
}

/// The name of a module as a shared text.
#[must_use]
pub fn name_of(module: &Module) -> Arc<str> {
    module.action.name.into()
}
