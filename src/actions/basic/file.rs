//! `file`: files and directories, every path through the gate.

use std::path::Path;

use super::{refuse, value};
use crate::action::{Action, Args, Cx, Example, Forms, Group, Kind, Op, Param};
use crate::diagnostic::{self, Fault, code::execution, code::system as codes};
use crate::system::permission::reason;
use crate::system::{Entry, FileKind, System};
use crate::value::function::text;
use crate::value::{Value, ops, show};

/// Entries looked at before a listing gives up.
const MOST_ENTRIES: usize = 1_000_000;
/// Levels of directories a glob goes down.
const MOST_LEVELS: usize = 128;

const PATH: Param = Param::required("path", Kind::Path, "the file, relative to the root").primary();
const CONTENT: Param =
    Param::required("content", Kind::Any, "what is written: text as it is, other values as JSON");

/// The action `file`.
pub static ACTION: Action = Action {
    name: "file",
    group: Group::Basic,
    summary: "reads, writes and lists files; writing needs `--allow-write`",
    forms: Forms::Ops(&[
        Op::basic(
            "append",
            "writes behind the end of a file, which need not exist; a crash may leave a part of the text; yields `{path, bytes}`",
            &[PATH, CONTENT],
            |cx, args| store(cx, args, |system, path, bytes| system.append(path, bytes)),
        ),
        Op::basic("exists", "whether there is a file or directory", &[PATH], exists),
        Op::basic(
            "glob",
            "the files that match a glob, sorted; names with a leading dot only where the glob has one; links to directories are not followed",
            &[
                Param::required(
                    "pattern",
                    Kind::Text,
                    "the glob; without `/` it matches at any depth",
                )
                .primary(),
                Param::default(
                    "in",
                    Kind::Path,
                    ".",
                    "the directory looked in, relative to the root",
                ),
            ],
            |cx, args| {
                let (above, pattern) = above(args.text("pattern"))?;
                let within = args.text("in");
                let within = if above.is_empty() { within.to_owned() } else { join(within, above) };
                Walk { cx, pattern, looked: 0, found: Vec::new() }.run(&within)
            },
        ),
        Op::basic(
            "list",
            "the entries of a directory as `{name, path, kind, size}`, sorted; `kind` is `file`, `directory` or `other`; a link is what it leads to, where the plan may read that, else `other`",
            &[Param::default("path", Kind::Path, ".", "the directory, relative to the root")
                .primary()],
            list,
        ),
        Op::basic(
            "read",
            "the text of a file, which must be UTF-8; a byte-order mark is dropped",
            &[PATH],
            read,
        ),
        Op::basic(
            "write",
            "replaces a file, all of it or nothing; makes its directories; yields `{path, bytes}`",
            &[PATH, CONTENT],
            |cx, args| store(cx, args, |system, path, bytes| system.write(path, bytes)),
        ),
    ]),
    fields: &[],
    rows: &[],
    examples: &[
        Example {
            title: "a file, if it is there",
            plan: "file exists \"a.txt\" -> there\nif there {\n  file read path=\"./a.txt\" -> raw\n  print len(lines(raw)), \"lines\"\n}",
        },
        Example {
            title: "the files of a directory",
            plan: "file list \".\" -> entries\nprint map(entries, \"name\")",
        },
        Example {
            title: "files by name",
            plan: "file glob \"*.py\" -> files\neach path in files { print path }",
        },
        Example {
            title: "writing; needs `--allow-write=out`",
            plan: "file write \"out/rows.json\" content=[1, 2] -> done\nfile append \"out/log.txt\" content=\"one line\\n\"\nfile read \"out/rows.json\" -> text\nassert done.bytes == 5 and text == \"[1,2]\"",
        },
    ],
    counts: true,
    finding: None,
};

fn read(cx: &Cx<'_>, args: &Args) -> Result<Value, Fault> {
    let written = args.text("path");
    let bytes = cx
        .system
        .read(&cx.gate.read(cx.system, written)?)
        .map_err(|error| unreadable(written, &error))?;
    ops::room_for(bytes.len() as u64)?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text).into()),
        Err(error) => {
            let message =
                format!("`{written}` is not UTF-8 text from byte {} on", error.valid_up_to());
            Err(Fault::new(diagnostic::Kind::Io, codes::NOT_UTF8, message))
        }
    }
}

fn exists(cx: &Cx<'_>, args: &Args) -> Result<Value, Fault> {
    let path = match cx.gate.read(cx.system, args.text("path")) {
        Err(fault) if fault.code == codes::CANNOT_RESOLVE => return Ok(Value::Bool(false)),
        resolved => resolved?,
    };
    Ok(Value::Bool(cx.system.kind(&path).is_ok()))
}

fn store(
    cx: &Cx<'_>,
    args: &Args,
    put: fn(&dyn System, &Path, &[u8]) -> std::io::Result<()>,
) -> Result<Value, Fault> {
    let written = args.text("path");
    let path = cx.gate.write(cx.system, written)?;
    let content = show::plain(value(args, "content"));
    put(cx.system, &path, content.as_bytes()).map_err(|error| {
        let message = format!("`{written}` cannot be written: {}", reason(&error));
        Fault::new(diagnostic::Kind::Io, codes::CANNOT_WRITE, message)
    })?;
    Ok(Value::object([("path", written.into()), ("bytes", Value::count(content.len()))]))
}

fn list(cx: &Cx<'_>, args: &Args) -> Result<Value, Fault> {
    let written = args.text("path");
    let path = cx.gate.read(cx.system, written)?;
    let entries = cx.system.entries(&path).map_err(|error| unreadable(written, &error))?;
    if entries.len() > MOST_ENTRIES {
        return Err(too_many(written));
    }
    Ok(Value::list(entries.into_iter().map(|entry| {
        let path = join(written, &entry.name);
        let entry = followed(cx, &path, entry);
        let kind = match entry.kind {
            FileKind::File => "file",
            FileKind::Directory => "directory",
            FileKind::Link | FileKind::Other => "other",
        };
        Value::object([
            ("path", path.into()),
            ("name", entry.name.into()),
            ("kind", kind.into()),
            ("size", Value::Int(i64::try_from(entry.size).unwrap_or(i64::MAX))),
        ])
    })))
}

/// What a link leads to, where the plan may look; nothing is told of what lies elsewhere.
fn followed(cx: &Cx<'_>, path: &str, entry: Entry) -> Entry {
    if entry.kind != FileKind::Link {
        return entry;
    }
    let found = cx.gate.read(cx.system, path).ok().and_then(|real| cx.system.entry(&real).ok());
    match found {
        Some(found) => Entry { name: entry.name, ..found },
        None => entry,
    }
}

/// A glob cut behind its last `..`, which is a path to start from and no name that an entry has.
fn above(pattern: &str) -> Result<(&str, &str), Fault> {
    let mut cut = 0;
    let mut from = 0;
    for part in pattern.split('/') {
        from += part.len() + 1;
        if part == ".." {
            cut = from;
        }
    }
    let (above, rest) = pattern.split_at_checked(cut).unwrap_or((pattern, ""));
    if above.contains(['*', '?', '[', '{', '\\']) {
        let message =
            format!("`{pattern}` is no glob: `..` stands behind what is not a plain name");
        return Err(refuse(execution::BAD_GLOB, message).help("name the directory with `in=`"));
    }
    Ok((above.trim_end_matches('/'), rest))
}

/// The files below a directory that match a glob.
struct Walk<'a> {
    cx: &'a Cx<'a>,
    pattern: &'a str,
    looked: usize,
    found: Vec<String>,
}

impl Walk<'_> {
    fn run(mut self, within: &str) -> Result<Value, Fault> {
        let glob = text::globber(self.pattern)?;
        // What is to be read next: a directory as the glob sees it, and how many levels lie above it.
        let mut waiting = vec![(String::new(), 0)];
        while let Some((directory, level)) = waiting.pop() {
            self.cx.cancel.check()?;
            for (path, kind) in self.entries(within, &directory)? {
                match kind {
                    FileKind::Directory if level >= MOST_LEVELS => return Err(too_many(&path)),
                    FileKind::Directory => waiting.push((path, level + 1)),
                    FileKind::File if glob.is_match(&path) => self.found.push(join(within, &path)),
                    _ => {}
                }
            }
        }
        self.found.sort();
        Ok(Value::list(self.found.into_iter().map(Value::from)))
    }

    fn entries(&mut self, within: &str, directory: &str) -> Result<Vec<(String, FileKind)>, Fault> {
        let written =
            if directory.is_empty() { within.to_owned() } else { join(within, directory) };
        let real = self.cx.gate.read(self.cx.system, &written)?;
        let entries =
            self.cx.system.entries(&real).map_err(|error| unreadable(&written, &error))?;
        self.looked += entries.len();
        if self.looked > MOST_ENTRIES {
            return Err(too_many(&written));
        }
        let hidden = self.pattern.starts_with('.') || self.pattern.contains("/.");
        let kept = entries.into_iter().filter(|entry| hidden || !entry.name.starts_with('.'));
        let kinds = kept.filter_map(|entry| {
            let path = join(directory, &entry.name);
            match entry.kind {
                FileKind::Link => {
                    let found = followed(self.cx, &join(&written, &entry.name), entry);
                    (found.kind == FileKind::File).then_some((path, FileKind::File))
                }
                kind => Some((path, kind)),
            }
        });
        Ok(kinds.collect())
    }
}

/// `name` in `directory`, with `/` and without a leading `./`.
fn join(directory: &str, name: &str) -> String {
    match directory.trim_end_matches('/').trim_start_matches("./") {
        "" if directory.starts_with('/') => format!("/{name}"),
        "" | "." => name.to_owned(),
        directory => format!("{directory}/{name}"),
    }
}

fn unreadable(written: &str, error: &std::io::Error) -> Fault {
    let message = format!("`{written}` cannot be read: {}", reason(error));
    Fault::new(diagnostic::Kind::Io, codes::CANNOT_READ, message)
}

fn too_many(written: &str) -> Fault {
    let message = format!("`{written}` holds too many entries or levels to list");
    Fault::new(diagnostic::Kind::Io, codes::TOO_MANY, message)
        .help("name a narrower directory with `in=`")
}
