//! The options every command takes, and what they mean to a run.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Arg, ArgAction, Args, Command, FromArgMatches, ValueEnum};

use super::config::Settled;
use crate::actions::analysis::workspace::Cache;
use crate::exec::budget::{Limits, MEMORY};
use crate::facts::needs::Lang;
use crate::run::checkpoint::{self, MAX_CHECKPOINTS};
use crate::run::params::Given;
use crate::run::resume::{Checkpointing, Way};
use crate::run::settings::{Defaults, likely_root};
use crate::run::{Findings, Library, Options};
use crate::step::meta::Meta;
use crate::system::Gate;
use crate::system::folder::Folder;
use crate::system::os::Os;
use crate::system::url::Host;
use crate::value::{Value, duration, size};

/// How the result is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// What `print` wrote; the rows found, where it wrote nothing.
    Text,
    /// A report in Markdown: steps, answers with their rows and sections, what could not be seen.
    Md,
    /// The whole result, `qplan.result/1`.
    Json,
    /// One screen: steps, counts, files.
    Summary,
}

/// How diagnostics are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Diagnostics {
    /// For people, with the source.
    Human,
    /// An array for programs.
    Json,
}

/// When to do something that only a terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// A plan to run, as the lone argument.
#[derive(Debug, Args)]
pub struct Plan {
    /// The plan; `-` reads standard input
    #[arg(value_name = "SCRIPT.qp")]
    pub script: String,
}

impl Plan {
    /// Adds the argument to a command that has subcommands too.
    #[must_use]
    pub fn augment(command: Command) -> Command {
        let script = clap::Arg::new("script")
            .value_name("SCRIPT.qp")
            .help("The plan to run; `-` reads standard input");
        command.arg(script)
    }
}

/// How diagnostics are shown.
#[derive(Clone, Debug, Args)]
pub struct Shown {
    /// How errors of plans are written
    #[arg(
        long,
        global = true,
        value_name = "FORM",
        default_value = "human",
        help_heading = "Output"
    )]
    pub diagnostics: Diagnostics,
    /// Colours
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Output"
    )]
    pub color: When,
}

impl Shown {
    /// Adds the options to a command.
    #[must_use]
    pub fn augment(command: Command) -> Command {
        options::<Self>(command)
    }
}

/// Options every command that runs something takes.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// How diagnostics are shown.
    #[command(flatten)]
    pub shown: Shown,
    /// The repository [default: the nearest directory upwards with `.git`, `pyproject.toml` or `Cargo.toml`, else `.`]
    #[arg(long, value_name = "DIR", help_heading = "Where to look")]
    pub root: Option<PathBuf>,
    /// Only this file or directory of it; replaces the plan's `@in`
    #[arg(long = "in", value_name = "PATH", help_heading = "Where to look")]
    pub within: Vec<String>,
    /// Leave out what the gitignore globs match; joins the plan's `@exclude`
    #[arg(long, global = true, value_name = "GLOB", help_heading = "Where to look")]
    pub exclude: Vec<String>,
    /// The language looked at; replaces the plan's `@lang`
    #[arg(long, value_name = "LANG", value_parser = clap::builder::PossibleValuesParser::new(Lang::WORDS), help_heading = "Where to look")]
    pub lang: Option<String>,
    /// Leave out larger files, and list them: `500k`, `4m`, bytes
    #[arg(long, value_name = "SIZE", value_parser = size::parse, help_heading = "Where to look")]
    pub max_file_size: Option<u64>,
    /// The version of Python the sources are for, `3.0` to `3.15` [default: what `requires-python` allows]
    #[arg(long, value_name = "X.Y", value_parser = python, help_heading = "Where to look")]
    pub python_version: Option<(u8, u8)>,
    /// A parameter of the plan, as text: `target=build`
    #[arg(long = "param", value_name = "NAME=TEXT", value_parser = pair, help_heading = "What to run with")]
    pub param: Vec<(String, String)>,
    /// Parameters of the plan, typed: a JSON object
    #[arg(long, value_name = "FILE.json", help_heading = "What to run with")]
    pub params: Option<PathBuf>,
    /// Find modules written in QPlan here too, behind those of the repository
    #[arg(long, value_name = "DIR", value_parser = folder, help_heading = "What to run with")]
    pub module_path: Vec<PathBuf>,
    /// How fast, how long.
    #[command(flatten)]
    pub pace: Pace,
    /// Jumps before a plan is taken for endless; 0 lifts it
    #[arg(long, value_name = "N", default_value_t = Limits::default().jumps, hide_default_value = false, help_heading = "Bounds")]
    pub max_jumps: u64,
    /// Statements before a plan is taken for endless; 0 lifts it
    #[arg(long, value_name = "N", default_value_t = Limits::default().statements, help_heading = "Bounds")]
    pub max_statements: u64,
    /// What is kept of files between runs.
    #[command(flatten)]
    pub remembered: Remembered,
    /// Keep a checkpoint before every step in DIR; `qplan resume DIR` goes on from the last one
    #[arg(long, value_name = "DIR", help_heading = "Checkpoints")]
    pub checkpoint: Option<PathBuf>,
    /// Keep so many of them
    #[arg(long, value_name = "N", default_value_t = MAX_CHECKPOINTS, value_parser = at_least_one, help_heading = "Checkpoints")]
    pub max_checkpoints: usize,
    /// What the plan may do.
    #[command(flatten)]
    pub allowed: Allowed,
    /// How it is told.
    #[command(flatten)]
    pub written: Written,
    /// What the file of the repository says of what a plan's meta may say.
    #[arg(skip)]
    pub defaults: Defaults,
    /// Who said what so far.
    #[arg(skip)]
    pub settled: Settled,
    /// The parameters of `--params`, once they were read.
    #[arg(skip)]
    pub typed: Vec<(String, Given)>,
}

/// How many threads may compute.
pub const JOBS: std::ops::RangeInclusive<u16> = 1..=512;

/// How fast, how long.
#[derive(Clone, Debug, Args)]
pub struct Pace {
    /// Threads that compute at once [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(i64::from(*JOBS.start())..=i64::from(*JOBS.end())), help_heading = "Bounds")]
    pub jobs: Option<u16>,
    /// For the whole plan: `30s`, `5m`
    #[arg(long, value_name = "TIME", value_parser = time, help_heading = "Bounds")]
    pub timeout: Option<Duration>,
    /// End the run when the program holds more memory: `512m`, `2g`, bytes; 0 lifts it; on Linux [default: 8g]
    #[arg(long, value_name = "SIZE", value_parser = size::parse, help_heading = "Bounds")]
    pub max_memory: Option<u64>,
}

impl Pace {
    /// Bytes the process may hold.
    #[must_use]
    pub fn memory(&self) -> u64 {
        self.max_memory.unwrap_or(MEMORY)
    }
}

/// What is kept of files between runs.
#[derive(Clone, Debug, Args)]
pub struct Remembered {
    /// Keep what files say in DIR, for every run and checkout [default: `cache` in the user's state directory]
    #[arg(long, value_name = "DIR", help_heading = "Cache")]
    pub cache_dir: Option<PathBuf>,
    /// Read every file anew, and keep nothing
    #[arg(long, conflicts_with = "cache_dir", help_heading = "Cache")]
    pub no_cache: bool,
}

/// What a plan may do to the world.
#[derive(Clone, Debug, Args)]
pub struct Allowed {
    /// Let the plan read below PATH, which is relative to the root; below the root it always may
    #[arg(
        long,
        global = true,
        value_name = "PATH",
        value_delimiter = ',',
        help_heading = "Permissions"
    )]
    allow_read: Vec<PathBuf>,
    /// Let the plan write below PATH, which is relative to the root
    #[arg(
        long,
        global = true,
        value_name = "PATH",
        value_delimiter = ',',
        help_heading = "Permissions"
    )]
    allow_write: Vec<PathBuf>,
    /// Let the plan reach HOST, at every port or at the one that is written
    #[arg(
        long,
        global = true,
        value_name = "HOST[:PORT]",
        value_delimiter = ',',
        value_parser = host,
        help_heading = "Permissions"
    )]
    allow_net: Vec<Host>,
    /// Let the plan read environment variables
    #[arg(long, help_heading = "Permissions")]
    allow_env: bool,
}

impl Allowed {
    /// What decides every effect; its root is set by the run.
    #[must_use]
    pub fn gate(&self) -> Gate {
        Gate {
            read: self.allow_read.clone(),
            write: self.allow_write.clone(),
            net: self.allow_net.clone(),
            env: self.allow_env,
            ..Gate::default()
        }
    }
}

/// How a run is told.
#[derive(Clone, Debug, Args)]
pub struct Written {
    /// How the result is written
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        default_value = "text",
        help_heading = "Output"
    )]
    pub format: Format,
    /// Put the variables at the end into the result
    #[arg(long, help_heading = "Output")]
    pub with_context: bool,
    /// Write every event as a line of JSON, to standard error or to FILE
    #[arg(long, value_name = "jsonl[:FILE]", value_parser = events, help_heading = "Output")]
    pub events: Option<EventSink>,
    /// A progress bar on standard error
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Output"
    )]
    pub progress: When,
    /// Only data and errors: no counts, no log lines
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
    /// Say which options are not left to their default, and by whom; `-vv` also how long each part of the run took
    #[arg(short, long, action = ArgAction::Count, conflicts_with = "quiet", help_heading = "Output")]
    pub verbose: u8,
}

impl Written {
    /// Whether findings are made: for formats that show them.
    #[must_use]
    pub const fn findings(&self) -> Findings {
        match self.format {
            Format::Json => Findings::Made,
            Format::Text | Format::Md | Format::Summary => Findings::LeftOut,
        }
    }
}

/// Where events go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventSink {
    /// Standard error.
    StandardError,
    /// A file, replaced.
    File(PathBuf),
}

impl Common {
    /// Adds the options to a command.
    #[must_use]
    pub fn augment(command: Command) -> Command {
        options::<Self>(command)
    }

    /// The options as they are where none is given.
    #[must_use]
    pub fn bare() -> Self {
        let command = Self::augment(Command::new("qplan"));
        let matches = command.get_matches_from(["qplan"]);
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }

    /// The language a plan is read for whose meta says that: nothing where the meta is to decide.
    #[must_use]
    pub fn lang_for(&self, meta: &Meta) -> Option<&str> {
        let default = self.defaults.lang.as_deref().filter(|_| meta.lang.is_none());
        self.lang.as_deref().or(default)
    }

    /// The parameters that are given. A `--params` file is read once: it may be a pipe.
    ///
    /// # Errors
    /// One that cannot be read; the message names it.
    pub fn hold_params(&mut self) -> Result<Vec<(String, Given)>, String> {
        if let Some(path) = self.params.take() {
            self.typed = typed(&path)?;
        }
        Ok(self.given(self.typed.clone()))
    }

    /// With those of `--param`, which come behind.
    fn given(&self, mut params: Vec<(String, Given)>) -> Vec<(String, Given)> {
        let texts = self.param.iter();
        params.extend(texts.map(|(name, text)| (name.clone(), Given::Text(text.clone()))));
        params
    }

    /// The modules a plan may call.
    #[must_use]
    pub fn library(&self) -> Library<'static> {
        Library::new(&Os, &likely_root(self.root.as_deref(), &Os), &self.module_path)
    }

    /// Where what files say is kept between runs; a directory that is named by flag outweighs a `no-cache` said elsewhere.
    #[must_use]
    pub fn cache(&self) -> Option<Cache> {
        let is_named = self.settled.is_flag("cache-dir");
        if self.remembered.no_cache && !is_named {
            return None;
        }
        super::cache::directory(&self.remembered).map(Cache::at)
    }

    /// Where checkpoints are kept; a folder with a run that is not over is not written over.
    fn checkpoints(&self) -> Result<Option<Checkpointing>, String> {
        let Some(path) = &self.checkpoint else { return Ok(None) };
        let shown = path.display();
        let folder = held(path)?;
        match checkpoint::plan(&folder) {
            Ok(Some(plan)) if !plan.is_over => Err(format!(
                "`{shown}` holds the checkpoints of `{}`, which is not over; `qplan resume {shown}` goes on with it, or remove the folder",
                plan.name
            )),
            Ok(_) => Ok(Some(Checkpointing {
                folder: Arc::new(folder),
                most: self.max_checkpoints,
                way: Way::Anew,
            })),
            Err(error) => Err(format!("cannot read `{shown}`: {error}")),
        }
    }

    /// What they mean to a run.
    ///
    /// # Errors
    /// A `--params` file that cannot be read; the message names it.
    pub fn options(&self) -> Result<Options, String> {
        let params = self.given(match &self.params {
            Some(path) => typed(path)?,
            None => self.typed.clone(),
        });
        Ok(Options {
            id: crate::run::id(&Os),
            root: self.root.clone(),
            within: self.within.clone(),
            exclude: self.exclude.clone(),
            lang: self.lang.clone(),
            defaults: self.defaults.clone(),
            jobs: self.pace.jobs.map(usize::from),
            max_file_size: self.max_file_size,
            python: self.python_version,
            params,
            gate: self.allowed.gate(),
            limits: Limits {
                statements: self.max_statements,
                jumps: self.max_jumps,
                memory: self.pace.memory(),
            },
            timeout: self.pace.timeout,
            module_path: self.module_path.clone(),
            checkpoints: self.checkpoints()?,
            cache: self.cache(),
            with_context: self.written.with_context,
            findings: self.written.findings(),
        })
    }
}

/// Holds a folder of checkpoints.
///
/// # Errors
/// A message that names it.
pub fn held(path: &std::path::Path) -> Result<Folder, String> {
    Folder::open(path).map_err(|error| format!("cannot use `{}`: {error}", path.display()))
}

pub(super) fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| *n > 0).ok_or_else(|| "write a number from 1".to_owned())
}

/// A command that runs nothing refuses the options that stand before any command, but for its own, and keeps them out
/// of its help.
#[must_use]
pub fn without_others(command: Command) -> Command {
    let everywhere = Common::augment(Command::new("qplan"));
    let others = everywhere.get_arguments().filter(|arg| arg.is_global_set());
    others.fold(command, |command, other| {
        let is_own = command.get_arguments().any(|own| own.get_id() == other.get_id());
        match other.get_long().filter(|_| !is_own) {
            None => command,
            Some(long) => {
                let refused = Arg::new(other.get_id().clone()).long(long.to_owned());
                command.arg(refused.hide(true).value_parser(meaningless))
            }
        }
    })
}

fn meaningless(_: &str) -> Result<String, String> {
    Err("the option means nothing here".to_owned())
}

/// Adds options; what their struct says of itself is not what the command is about.
fn options<A: Args>(command: Command) -> Command {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    A::augment_args(command).about(about).long_about(None::<&'static str>)
}

fn typed(path: &std::path::Path) -> Result<Vec<(String, Given)>, String> {
    let shown = path.display();
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("cannot read `{shown}`: {error}"))?;
    match serde_json::from_str(&text) {
        Ok(serde_json::Value::Object(fields)) => Ok(fields
            .into_iter()
            .map(|(name, value)| (name, Given::Typed(Value::from(value))))
            .collect()),
        Ok(_) => Err(format!("expected an object of parameters in `{shown}`")),
        Err(error) => Err(format!("`{shown}` is not JSON: {error}")),
    }
}

/// A directory that is there.
pub(super) fn folder(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    if path.is_dir() { Ok(path) } else { Err("there is no such directory".to_owned()) }
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=TEXT".to_owned()),
    }
}

pub(super) fn time(text: &str) -> Result<Duration, String> {
    match duration::parse(text) {
        Some(time) if time.is_zero() => Err("a timeout of zero leaves no time".to_owned()),
        Some(time) => Ok(time),
        None => Err("write a number with `ms`, `s`, `m` or `h`, such as `30s`".to_owned()),
    }
}

/// The newest minor version of Python 3 that is known.
const NEWEST_PYTHON: u8 = 15;

pub(super) fn python(text: &str) -> Result<(u8, u8), String> {
    let wrong = || format!("write a version from `3.0` to `3.{NEWEST_PYTHON}`, such as `3.12`");
    match text.split_once('.') {
        Some(("3", written)) => {
            let known = (0..=NEWEST_PYTHON).find(|minor| minor.to_string() == written);
            known.map(|minor| (3, minor)).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

fn host(text: &str) -> Result<Host, String> {
    Host::parse(text).map_err(|reason| {
        format!("{reason}; write a host as in `example.com`, `localhost:8000` or `[::1]`")
    })
}

fn events(text: &str) -> Result<EventSink, String> {
    match text.split_once(':') {
        None if text == "jsonl" => Ok(EventSink::StandardError),
        Some(("jsonl", file)) if !file.is_empty() => Ok(EventSink::File(PathBuf::from(file))),
        _ => Err("write `jsonl` or `jsonl:FILE`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_python_are_those_there_are() {
        assert_eq!(python("3.0"), Ok((3, 0)));
        assert_eq!(python("3.12"), Ok((3, 12)));
        assert_eq!(python("3.15"), Ok((3, 15)));
        for wrong in ["", "3", "3.", "3.16", "2.7", "3.012", "3.12.1", "py3.9", "3.-1", "４.1"] {
            assert!(python(wrong).is_err(), "{wrong}");
        }
    }
}
