//! The contract between the language and what it can do: an action has a name, parameters, needs and a run.
//! Everything a user sees of an action (check, subcommand, help, prompt, docs) is derived from this table.

pub mod args;
mod arrange;
pub mod bare;
pub mod convert;
pub mod doc;
pub mod embedded;
pub mod finding;
pub mod page;
pub mod registry;

use std::any::Any;

pub use args::Args;
pub use finding::FindingForm;
pub use registry::Registry;

use crate::diagnostic::{Code, Fault, Severity};
use crate::facts::Needs;
use crate::system::control::{Cancel, Slots};
use crate::system::{Gate, System};
use crate::value::Value;

/// An action module.
#[derive(Debug)]
pub struct Action {
    /// As plans call it; words joined by `-`.
    pub name: &'static str,
    /// Whether it looks at the repository.
    pub group: Group,
    /// One sentence, lower case, no full stop.
    pub summary: &'static str,
    /// Its parameters and what it does.
    pub forms: Forms,
    /// Fields of its value that a plan may read; empty: unknown.
    pub fields: &'static [Field],
    /// Fields of each row of its value; empty: it has none.
    pub rows: &'static [Field],
    /// Plans that show it; each is executed by a test.
    pub examples: &'static [Example],
    /// Whether its value can become the result of its step (`print echo log assert sleep` cannot).
    pub counts: bool,
    /// How its rows read as findings; none: as their text says.
    pub finding: Option<FindingForm>,
}

/// Which family an action belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Works on values and, with permission, on the world.
    Basic,
    /// Asks the shared scan; takes the common arguments too.
    Analysis,
    /// Written in QPlan; takes those of the common arguments that narrow what it sees.
    Module,
}

/// One thing an action does, or several chosen by `op`.
#[derive(Debug)]
pub enum Forms {
    /// One.
    One(Form),
    /// Several; the option word or `op=` names one.
    Ops(&'static [Op]),
}

/// One operation of an action.
#[derive(Debug)]
pub struct Op {
    /// The option word.
    pub name: &'static str,
    /// One sentence, lower case, no full stop.
    pub summary: &'static str,
    /// Parameters and function.
    pub form: Form,
}

/// Parameters and function.
#[derive(Debug)]
pub struct Form {
    /// In the order help shows them; the common ones of analysis actions come behind.
    pub params: &'static [Param],
    /// Whether keys beyond `params` are taken, as `echo` and `log` do.
    pub open: bool,
    /// What the scan must find for it.
    pub needs: fn(&Args) -> Result<Needs, Fault>,
    /// Does it.
    pub run: fn(&Cx<'_>, &Args) -> Result<Value, Fault>,
}

/// A parameter.
#[derive(Debug)]
pub struct Param {
    /// As written before `=`.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whether it may be left out.
    pub presence: Presence,
    /// Whether the lone expression behind the name is meant for it.
    pub primary: bool,
    /// One sentence, lower case, no full stop.
    pub doc: &'static str,
    /// Finds what is wrong in a text before the run; beside the kind's own check.
    pub validate: Option<fn(&str, &Args) -> Vec<Problem>>,
}

impl Param {
    /// A parameter that must be given.
    #[must_use]
    pub const fn required(name: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self { name, kind, presence: Presence::Required, primary: false, doc, validate: None }
    }

    /// A parameter that may be absent.
    #[must_use]
    pub const fn optional(name: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self { presence: Presence::Optional, ..Self::required(name, kind, doc) }
    }

    /// A parameter with a value for when it is absent.
    #[must_use]
    pub const fn default(
        name: &'static str,
        kind: Kind,
        value: &'static str,
        doc: &'static str,
    ) -> Self {
        Self { presence: Presence::Default(value), ..Self::required(name, kind, doc) }
    }

    /// The same, meant by the lone expression behind the action's name.
    #[must_use]
    pub const fn primary(self) -> Self {
        Self { primary: true, ..self }
    }

    /// The same with a check of its text.
    #[must_use]
    pub const fn checked(self, validate: fn(&str, &Args) -> Vec<Problem>) -> Self {
        Self { validate: Some(validate), ..self }
    }
}

impl Form {
    /// A form that asks nothing of the scan.
    #[must_use]
    pub const fn basic(
        params: &'static [Param],
        run: fn(&Cx<'_>, &Args) -> Result<Value, Fault>,
    ) -> Self {
        Self { params, open: false, needs: nothing, run }
    }

    /// The same, taking further keys.
    #[must_use]
    pub const fn open(self) -> Self {
        Self { open: true, ..self }
    }
}

impl Op {
    /// An operation that asks nothing of the scan.
    #[must_use]
    pub const fn basic(
        name: &'static str,
        summary: &'static str,
        params: &'static [Param],
        run: fn(&Cx<'_>, &Args) -> Result<Value, Fault>,
    ) -> Self {
        Self { name, summary, form: Form::basic(params, run) }
    }
}

/// A relative path may not lead above the root; where an absolute one leads is known when the plan runs.
fn stays_inside(path: &str, _: &Args) -> Vec<Problem> {
    let mut depth = 0_usize;
    for part in path.split('/').filter(|part| !path.starts_with('/') && !matches!(*part, "" | "."))
    {
        let above = if part == ".." { depth.checked_sub(1) } else { Some(depth + 1) };
        let Some(now) = above else {
            return vec![Problem {
                range: 0..path.len(),
                severity: Severity::Error,
                code: crate::diagnostic::code::scan::OUTSIDE_ROOT,
                message: format!("`{path}` leads out of the root"),
                help: Some(
                    "paths are relative to the root; `--root` chooses another one".to_owned(),
                ),
                fix: None,
            }];
        };
        depth = now;
    }
    Vec::new()
}

/// Whether a parameter may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It must be given.
    Required,
    /// It may be absent.
    Optional,
    /// It has this value, as text of its kind, when absent.
    Default(&'static str),
}

/// What a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Any value.
    Any,
    /// A string; other plain values become their text.
    Text,
    /// A whole number within bounds.
    Int(i64, i64),
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// `200ms`, `30s`, `5m`, `1h`.
    Duration,
    /// One of these words.
    Enum(&'static [&'static str]),
    /// A list, or a table's rows.
    List,
    /// An object.
    Object,
    /// A file or directory, relative to the root.
    Path,
    /// Gitignore globs, in one string separated by commas or in a list.
    Globs,
    /// The name of something in the code; bare words are taken as written.
    Symbol,
    /// Text of the `q` language.
    Query,
    /// An ast-grep pattern.
    Pattern,
    /// A regular expression of the `regex` crate.
    Regex,
    /// A function signature.
    Signature,
    /// A place or name: `file:line:col`, `function:x`.
    Target,
    /// Names of variables, in one string separated by commas, as the list of their values; or such a list.
    Names,
    /// Any value; bare words are taken as written.
    Free,
}

impl Kind {
    /// Every name there is, in the order of the variants.
    pub const NAMES: [&str; 19] = [
        Self::Any.name(),
        Self::Text.name(),
        Self::Int(0, 0).name(),
        Self::Number.name(),
        Self::Bool.name(),
        Self::Duration.name(),
        Self::Enum(&[]).name(),
        Self::List.name(),
        Self::Object.name(),
        Self::Path.name(),
        Self::Globs.name(),
        Self::Symbol.name(),
        Self::Query.name(),
        Self::Pattern.name(),
        Self::Regex.name(),
        Self::Signature.name(),
        Self::Target.name(),
        Self::Names.name(),
        Self::Free.name(),
    ];

    /// What help and messages call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Any => "value",
            Self::Text => "text",
            Self::Int(..) => "integer",
            Self::Number => "number",
            Self::Bool => "boolean",
            Self::Duration => "duration",
            Self::Enum(_) => "word",
            Self::List => "list",
            Self::Object => "object",
            Self::Path => "path",
            Self::Globs => "globs",
            Self::Symbol => "symbol",
            Self::Query => "query",
            Self::Pattern => "pattern",
            Self::Regex => "regex",
            Self::Signature => "signature",
            Self::Target => "target",
            Self::Names => "names",
            Self::Free => "any",
        }
    }

    /// Whether a bare word is the symbol itself rather than a variable.
    #[must_use]
    pub const fn takes_bare_words(self) -> bool {
        matches!(self, Self::Symbol | Self::Target | Self::Free)
    }
}

/// Something wrong inside a text argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Bytes of the decoded text.
    pub range: std::ops::Range<usize>,
    /// Error or warning.
    pub severity: Severity,
    /// The stable code.
    pub code: Code,
    /// Lower case, names in backticks.
    pub message: String,
    /// The remedy.
    pub help: Option<String>,
    /// New text for `range`, where the meaning is certain.
    pub fix: Option<String>,
}

/// A documented field.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its kind: `text`, `integer`, `boolean`, `list`, `object`.
    pub kind: &'static str,
    /// A few words.
    pub doc: &'static str,
}

/// A plan that shows an action.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// A few words.
    pub title: &'static str,
    /// Statements of a step.
    pub plan: &'static str,
}

/// What an action may use while it runs.
pub struct Cx<'a> {
    /// Files, clock, environment.
    pub system: &'a dyn System,
    /// Decides every effect.
    pub gate: &'a Gate,
    /// The repository.
    pub engine: &'a dyn Engine,
    /// Ends the work.
    pub cancel: &'a Cancel,
    /// Where threads compute: what waits for the world does it [`Slots::aside`].
    pub slots: &'a Slots,
    /// Takes lines.
    pub output: &'a dyn Output,
}

/// Where lines go.
pub trait Output: Send + Sync {
    /// A line of the plan's output.
    ///
    /// # Errors
    /// When the line cannot be written, or too many are held.
    fn line(&self, text: &str) -> Result<(), Fault>;
    /// A line beside the output, with a level: `debug`, `info`, `warn`, `error`.
    fn log(&self, level: &str, text: &str);
}

/// What exec knows of the repository: that it can be told of needs, and asked to meet them in one scan.
pub trait Engine: Any + Send + Sync {
    /// Adds needs that the next scan meets.
    fn declare(&self, needs: Needs);
    /// Meets what is declared and not met yet; scans at most once.
    ///
    /// # Errors
    /// When the scan was stopped or the root cannot be read.
    fn meet(&self, cancel: &Cancel) -> Result<(), Fault>;
    /// Whether what answers rest on was there to the end; asked when an action has answered.
    ///
    /// # Errors
    /// When files changed in a way that makes its answer worthless.
    fn sound(&self) -> Result<(), Fault> {
        Ok(())
    }
    /// What has been scanned so far.
    fn stats(&self) -> Stats;
}

/// What has been scanned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Walks over the repository.
    pub scans: usize,
    /// The most often any one file was parsed by any one parser.
    pub parses_per_file: usize,
    /// Files of the run-wide scope.
    pub in_scope: usize,
    /// Files read.
    pub scanned: usize,
    /// Files a tree was built for.
    pub parsed: usize,
    /// Files answered from the cache.
    pub cached: usize,
    /// Files whose tree has errors.
    pub unparsable: usize,
    /// Files left out, each with a reason in `coverage`.
    pub skipped: usize,
    /// Bytes of source files read from the disk.
    pub bytes_read: u64,
}

/// Takes `needs` of actions that ask nothing of the scan.
///
/// # Errors
/// Never.
pub fn nothing(_: &Args) -> Result<Needs, Fault> {
    Ok(Needs::default())
}

/// What every action of a group takes behind its own.
#[must_use]
pub const fn common(group: Group) -> &'static [Param] {
    match group {
        Group::Basic => &[],
        Group::Analysis => COMMON,
        Group::Module => OF_MODULES,
    }
}

const IN: Param =
    Param::optional("in", Kind::Path, "the file or directory that targets and rows come from")
        .checked(stays_inside);
const EXCLUDE: Param =
    Param::optional("exclude", Kind::Globs, "gitignore globs of files that are left out");
const LANG: Param = Param::optional(
    "lang",
    Kind::Enum(&["auto", "python", "rust"]),
    "the language of the files, `auto` for all",
);
const ID: Param = Param::optional("id", Kind::Text, "what the result calls this action");

/// The arguments that every module takes: they narrow what its actions see.
static OF_MODULES: &[Param] = &[IN, EXCLUDE, LANG, ID];

/// The arguments that every action of [`Group::Analysis`] takes behind its own.
pub static COMMON: &[Param] = &[
    IN,
    EXCLUDE,
    LANG,
    Param::optional(
        "limit",
        Kind::Int(0, i64::MAX),
        "the most rows to show; `count` stays the total",
    ),
    ID,
];
