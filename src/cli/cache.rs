//! `qplan cache stat|gc|clear`: what is kept of files between runs, and where. Files that are not the cache's are left
//! alone and told of.

use std::fmt::Write as _;
use std::io::Result as Done;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::{Arg, ArgMatches, Command};
use serde_json::{Value, json};

use super::args::{Common, Remembered};
use super::{COMPLETED, config, output, state};
use crate::actions::analysis::workspace::Cache;
use crate::scan::cache::{self, Cleared, Gc, Stat};
use crate::value::size;

/// The directory that the options name, else the one in the user's state directory; absolute.
pub(super) fn directory(remembered: &Remembered) -> Option<PathBuf> {
    let chosen = match &remembered.cache_dir {
        Some(directory) => directory.clone(),
        None => state::directory()?.join("cache"),
    };
    Some(std::path::absolute(&chosen).unwrap_or(chosen))
}

/// The subcommand.
#[must_use]
pub fn command() -> Command {
    let directory = Arg::new("cache_dir")
        .long("cache-dir")
        .global(true)
        .value_parser(clap::value_parser!(PathBuf))
        .value_name("DIR")
        .help("The cache [default: QPLAN_CACHE_DIR, else `cache` in the user's state directory]");
    let format = Arg::new("format")
        .long("format")
        .global(true)
        .value_parser(["text", "json"])
        .default_value("text")
        .value_name("FORMAT")
        .help("For people, or for programs");
    Command::new("cache")
        .about("Show, tidy or empty what is kept of files between runs")
        .disable_help_subcommand(true)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .args([directory, format])
        .subcommands([stat(), gc(), clear()])
        .after_help(
            "Runs keep there what they learn of a file, by its bytes: whatever lies there is right, and without it \
             nothing is lost but time. They tidy it themselves.\n\n\
             Examples:\n  qplan cache stat\n  qplan cache gc --max 500m\n  qplan cache clear",
        )
}

fn stat() -> Command {
    Command::new("stat").about("Say how much there is").after_help(
        "Examples:\n  qplan cache stat\n  qplan cache stat --cache-dir /tmp/cache --format json",
    )
}

fn gc() -> Command {
    let most = Arg::new("max").long("max").value_parser(size::parse).value_name("SIZE").help(
        "Drop what was not used for longest until no more is left: `500m`, `2g` [default: 2g]",
    );
    Command::new("gc")
        .about("Merge what belongs together, drop what is no use")
        .arg(most)
        .after_help("Examples:\n  qplan cache gc\n  qplan cache gc --max 500m")
}

fn clear() -> Command {
    Command::new("clear")
        .about("Remove all of it")
        .after_help("Examples:\n  qplan cache clear\n  qplan cache clear --cache-dir /tmp/cache")
}

/// Shows, tidies or empties it.
pub fn main(matches: &ArgMatches) -> u8 {
    let Some((verb, inner)) = matches.subcommand() else { return super::WRONG };
    let given = inner.get_one::<PathBuf>("cache_dir").cloned();
    let bare = Common::bare();
    let remembered = Remembered { cache_dir: given, ..bare.remembered };
    let common = config::with_some(Common { remembered, ..bare }, inner, &["cache-dir"]);
    let Some(directory) = directory(&common.remembered) else {
        return output::complain(
            "there is no place for a cache: neither HOME nor XDG_STATE_HOME is set; name one with `--cache-dir DIR`",
        );
    };
    let form = match inner.get_one::<String>("format").map(String::as_str) {
        Some("json") => Form::Json,
        _ => Form::Text,
    };
    let at = At { directory: &directory, form };
    let most = |inner: &ArgMatches| inner.get_one::<u64>("max").copied().unwrap_or(Cache::CAP);
    match verb {
        "stat" => at.tell("read", cache::stat(&directory), said_of_stat, json_of_stat),
        "gc" => at.tell("tidy", cache::gc(&directory, most(inner)), said_of_gc, json_of_gc),
        _ => at.tell("empty", cache::clear(&directory), said_of_clear, json_of_clear),
    }
}

/// Whom an answer is for.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Json,
}

/// The cache that is asked about, and how.
struct At<'a> {
    directory: &'a Path,
    form: Form,
}

impl At<'_> {
    /// Writes what was done, or what kept it from being done.
    fn tell<T>(
        &self,
        verb: &str,
        done: Done<T>,
        text: fn(&T) -> String,
        json: fn(&T) -> Value,
    ) -> u8 {
        let shown = self.directory.display();
        let done = match done {
            Ok(done) => done,
            Err(error) => return output::complain(&format!("cannot {verb} `{shown}`: {error}")),
        };
        let written = match self.form {
            Form::Text => output::emit(|out| write!(out, "{shown}\n{}", text(&done))),
            Form::Json => output::emit(|out| {
                let mut value = json!({"directory": shown.to_string()});
                if let (Value::Object(whole), Value::Object(more)) = (&mut value, json(&done)) {
                    whole.extend(more);
                }
                serde_json::to_writer_pretty(&mut *out, &value)?;
                out.write_all(b"\n")
            }),
        };
        written.map_or_else(|code| code, |()| COMPLETED)
    }
}

/// Said of a cache without bytes.
const NOTHING: &str = "nothing is kept here\n";

fn said_of_stat(stat: &Stat) -> String {
    let mut text = match stat.bytes {
        0 => NOTHING.to_owned(),
        bytes => format!(
            "{}; runs keep at most {}\n{} in {}, and {}\n",
            size::rough(bytes),
            size::text(Cache::CAP),
            counted(stat.entries, "entry", "entries"),
            counted(stat.segments, "segment", "segments"),
            counted(stat.records, "record", "records"),
        ),
    };
    if let (Some(newest), Some(oldest)) = (time(stat.newest), time(stat.oldest)) {
        let used = match newest == oldest {
            true => format!("used last: {newest}"),
            false => format!("used last: {newest}; the oldest: {oldest}"),
        };
        line(&mut text, &used);
    }
    let unfit = [
        (stat.torn, "torn"),
        (stat.outdated, "of other versions"),
        (stat.unfinished, "unfinished"),
    ];
    listed(&mut text, "of no use", &unfit, "; `qplan cache gc` removes what is left over");
    foreign(&mut text, stat.foreign, "not the cache's");
    text
}

fn json_of_stat(stat: &Stat) -> Value {
    let mut value = json!({
        "bytes": stat.bytes,
        "cap": Cache::CAP,
        "segments": stat.segments,
        "entries": stat.entries,
        "records": stat.records,
        "torn": stat.torn,
        "outdated": stat.outdated,
        "unfinished": stat.unfinished,
        "foreign": stat.foreign,
    });
    for (name, at) in [("oldest", stat.oldest), ("newest", stat.newest)] {
        if let Some(at) = time(at) {
            value[name] = at.into();
        }
    }
    value
}

fn said_of_gc(gc: &Gc) -> String {
    let held = |bytes, segments| {
        format!("{} in {}", size::rough(bytes), counted(segments, "segment", "segments"))
    };
    let mut text = match gc.bytes_before {
        0 => NOTHING.to_owned(),
        bytes => format!(
            "{}, before {}\n",
            held(gc.bytes_after, gc.segments_after),
            held(bytes, gc.segments_before)
        ),
    };
    let dropped = usize::try_from(gc.dropped).unwrap_or(usize::MAX);
    let gone = [
        (dropped, "entries kept twice or altered"),
        (gc.evicted, "not used for longest"),
        (gc.torn, "torn"),
        (gc.outdated, "of other versions"),
        (gc.leftovers, "unfinished"),
    ];
    listed(&mut text, "removed", &gone, "");
    foreign(&mut text, gc.foreign, "left alone, as not the cache's");
    text
}

fn json_of_gc(gc: &Gc) -> Value {
    json!({
        "bytes": {"before": gc.bytes_before, "after": gc.bytes_after},
        "segments": {"before": gc.segments_before, "after": gc.segments_after},
        "dropped": gc.dropped,
        "evicted": gc.evicted,
        "torn": gc.torn,
        "outdated": gc.outdated,
        "leftovers": gc.leftovers,
        "foreign": gc.foreign,
    })
}

fn said_of_clear(cleared: &Cleared) -> String {
    let mut text = match cleared.files {
        0 => NOTHING.to_owned(),
        files => {
            format!("removed {}, {}\n", counted(files, "file", "files"), size::rough(cleared.bytes))
        }
    };
    foreign(&mut text, cleared.foreign, "left alone, as not the cache's");
    text
}

fn json_of_clear(cleared: &Cleared) -> Value {
    json!({"files": cleared.files, "bytes": cleared.bytes, "foreign": cleared.foreign})
}

/// RFC 3339, to the second.
fn time(at: Option<SystemTime>) -> Option<String> {
    let at = jiff::Timestamp::try_from(at?).ok()?;
    jiff::Timestamp::from_second(at.as_second()).ok().map(|at| at.to_string())
}

/// `1 entry`, `2 entries`.
fn counted<N: std::fmt::Display + PartialEq + From<u8>>(n: N, one: &str, many: &str) -> String {
    let what = if n == N::from(1) { one } else { many };
    format!("{n} {what}")
}

/// A line of what there is any of.
fn listed(text: &mut String, what: &str, counts: &[(usize, &str)], end: &str) {
    let some = counts.iter().filter(|(count, _)| *count > 0);
    let some: Vec<String> = some.map(|(count, what)| format!("{count} {what}")).collect();
    if !some.is_empty() {
        line(text, &format!("{what}: {}{end}", some.join(", ")));
    }
}

fn foreign(text: &mut String, count: usize, what: &str) {
    if count > 0 {
        line(text, &format!("{what}: {}", counted(count, "file", "files")));
    }
}

fn line(text: &mut String, line: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{line}");
}
