//! `qplan resume DIR`: goes on with a run from its last checkpoint. What the plan may do is asked for again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use super::args::{Allowed, Common, Pace, Remembered, Shown, Written, held};
use super::run::{Told, execute};
use super::{WRONG, config, output};
use crate::action::Registry;
use crate::exec::budget::Limits;
use crate::run::checkpoint::{self, Plan};
use crate::run::params::Given;
use crate::run::resume::{Checkpointing, Way};
use crate::run::settings::Defaults;
use crate::run::{Library, Options, Surroundings, id, load};
use crate::system::folder::Folder;
use crate::system::os::Os;
use crate::value::Value;

/// The subcommand.
#[must_use]
pub fn command() -> Command {
    let command = Command::new("resume")
        .arg(
            Arg::new("folder")
                .required(true)
                .value_name("DIR")
                .value_parser(clap::value_parser!(PathBuf))
                .help("The folder that `--checkpoint` named"),
        )
        .arg(
            Arg::new("rescan")
                .long("rescan")
                .action(ArgAction::SetTrue)
                .help("Go on though files have changed, with the files as they are"),
        )
        .after_help(
            "Examples:\n  qplan review.qp --checkpoint .review\n  qplan resume .review\n  qplan resume .review --rescan --format json",
        );
    let command = Remembered::augment_args(Written::augment_args(command));
    let command = Shown::augment_args(Pace::augment_args(command));
    Allowed::augment_args(command)
        .about("Go on with a run from its last checkpoint")
        .long_about(None::<&str>)
}

/// Goes on.
pub fn main(matches: &ArgMatches, registry: &Registry) -> u8 {
    let path = matches.get_one::<PathBuf>("folder").map_or(Path::new(""), PathBuf::as_path);
    let way = if matches.get_flag("rescan") { Way::Rescan } else { Way::Unchanged };
    match begun(path) {
        Ok((folder, plan)) => go_on(matches, Begun { folder, plan, way }, registry),
        Err(message) => output::complain(&message),
    }
}

struct Begun {
    folder: Folder,
    plan: Plan,
    way: Way,
}

/// The folder and what it says is run.
fn begun(path: &Path) -> Result<(Folder, Plan), String> {
    let shown = path.display();
    if !path.is_dir() {
        return Err(format!("there is no folder `{shown}`; `--checkpoint {shown}` makes one"));
    }
    // A folder of somebody else's is not even locked, since that would leave a file in it.
    if !checkpoint::is_kept(path) {
        return Err(format!("`{shown}` holds no checkpoints"));
    }
    let folder = held(path)?;
    match checkpoint::plan(&folder) {
        Err(error) => Err(format!("cannot read `{shown}`: {error}")),
        Ok(None) => Err(format!("`{shown}` holds no checkpoints that this version can read")),
        Ok(Some(plan)) if plan.is_over => Err(format!(
            "the run of `{}` in `{shown}` came to its end; nothing is left to do",
            plan.name
        )),
        Ok(Some(plan)) => Ok((folder, plan)),
    }
}

fn go_on(matches: &ArgMatches, begun: Begun, registry: &Registry) -> u8 {
    let Begun { folder, plan, way } = begun;
    let allowed = read::<Allowed>(matches);
    let common = match told(matches, &plan) {
        Ok(common) => common,
        Err(code) => return code,
    };
    let cache = common.cache();
    let Common { shown, written, pace, .. } = common;
    let text = match text_of(&plan) {
        Ok(text) => text,
        Err(message) => return output::complain(&message),
    };
    let module_path: Vec<PathBuf> = plan.module_path.iter().map(PathBuf::from).collect();
    let library = Library::new(&Os, Path::new(&plan.root), &module_path);
    let around = Surroundings { registry, library: &library, lang: plan.lang.as_deref() };
    let loaded = load(&plan.name, &text, around);
    if !loaded.runs() {
        output::show(&loaded.diagnostics, &loaded.sources, &shown);
        return WRONG;
    }
    let gate = allowed.gate();
    let flags = gate.flags();
    let missing: Vec<&String> = plan.allowed.iter().filter(|flag| !flags.contains(flag)).collect();
    if !missing.is_empty() && !written.quiet {
        let missing: Vec<String> = missing.iter().map(|flag| format!("`{flag}`")).collect();
        output::note(&format!(
            "the run was begun with {}; give it again if it is needed",
            missing.join(" ")
        ));
    }
    let options = Options {
        id: id(&Os),
        root: Some(PathBuf::from(&plan.root)),
        within: plan.within,
        exclude: plan.exclude,
        defaults: Defaults::default(),
        lang: plan.lang,
        jobs: pace.jobs.map(usize::from),
        max_file_size: plan.max_file_size,
        python: plan.python,
        params: plan.params.iter().filter_map(parameter).collect(),
        gate,
        limits: Limits { statements: plan.limits.0, jumps: plan.limits.1, memory: pace.memory() },
        timeout: pace.timeout,
        module_path,
        checkpoints: Some(Checkpointing {
            folder: Arc::new(folder),
            most: plan.most as usize,
            way,
        }),
        cache,
        with_context: written.with_context,
        findings: written.findings(),
    };
    execute(loaded, &options, Told { shown: &shown, written: &written })
}

/// The settings that are asked for anew when a run goes on.
const ASKED: [&str; 9] = [
    "cache-dir",
    "color",
    "diagnostics",
    "format",
    "jobs",
    "max-memory",
    "no-cache",
    "progress",
    "timeout",
];

/// How it is told, and how fast: where it looks was settled when the run began.
fn told(matches: &ArgMatches, plan: &Plan) -> Result<Common, u8> {
    let (shown, written, pace) = (read(matches), read(matches), read(matches));
    let given = Common { shown, written, pace, remembered: read(matches), ..Common::bare() };
    let mut common = config::with_some(given, matches, &ASKED);
    config::of_directory(&mut common, Path::new(&plan.root), &ASKED)?;
    Ok(common)
}

/// The plan as its file holds it now; as it was where there is no file.
fn text_of(plan: &Plan) -> Result<String, String> {
    match std::fs::read_to_string(Path::new(&plan.here).join(&plan.name)) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(plan.text.clone()),
        Err(error) => Err(format!("cannot read `{}`: {error}", plan.name)),
    }
}

fn parameter((name, json): &(String, String)) -> Option<(String, Given)> {
    let value: serde_json::Value = serde_json::from_str(json).ok()?;
    Some((name.clone(), Given::Typed(Value::from(value))))
}

fn read<T: FromArgMatches>(matches: &ArgMatches) -> T {
    T::from_arg_matches(matches).unwrap_or_else(|error| error.exit())
}
