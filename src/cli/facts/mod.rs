//! `qplan facts FILE…`: the tables of facts as they are, for people who debug them.

mod body;
mod head;
mod row;

use std::io::Write;
use std::path::Path;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use serde_json::{Map, Value, json};

use super::{COMPLETED, output};
use crate::facts::Facts;
use crate::facts::codec::{self, Encoded};
use crate::scan::extract;

/// Files of more bytes are not read.
const MAX_FILE_SIZE: u64 = 1 << 28;

/// The records of a table; the text is that of the file.
type Rows = fn(&Facts, &str) -> Vec<Map<String, Value>>;

/// The tables in the order they are shown.
const TABLES: [(&str, Rows); 17] = [
    ("errors", head::errors),
    ("defs", head::defs),
    ("params", head::params),
    ("type_params", head::type_params),
    ("imports", head::imports),
    ("exports", head::exports),
    ("scopes", head::scopes),
    ("declared", head::declared),
    ("symbols", head::symbols),
    ("blocks", body::blocks),
    ("stmts", body::stmts),
    ("exprs", body::exprs),
    ("calls", body::calls),
    ("args", body::args),
    ("comprs", body::comprs),
    ("clauses", body::clauses),
    ("tokens", head::tokens),
];

const ABOUT: &str = "Print what is known of source files, table by table";

/// The subcommand; the program's help names it apart from what people use every day.
#[must_use]
pub fn command() -> Command {
    Command::new("facts")
        .about(ABOUT)
        .hide(true)
        .arg(Arg::new("files").required(true).num_args(1..).value_name("FILE").help("Sources of Python or Rust"))
        .arg(
            Arg::new("table")
                .long("table")
                .value_name("TABLES")
                .value_delimiter(',')
                .value_parser(PossibleValuesParser::new(TABLES.map(|(name, _)| name)))
                .help("Only these tables"),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .default_value("text")
                .value_parser(["text", "json"])
                .help("One line a record, or an array of files"),
        )
        .after_help("Examples:\n  qplan facts setup.py\n  qplan facts src/lib.rs --table defs,imports\n  qplan facts a.py b.pyi --format json")
}

/// Prints them; goes on behind a file that cannot be read.
pub fn main(matches: &ArgMatches) -> u8 {
    let asked: Vec<&String> = matches.get_many("table").into_iter().flatten().collect();
    let is_asked = |name: &str| asked.is_empty() || asked.iter().any(|asked| *asked == name);
    let tables: Vec<(&str, Rows)> = TABLES.into_iter().filter(|(name, _)| is_asked(name)).collect();
    let is_json = matches.get_one::<String>("format").is_some_and(|format| format == "json");
    let mut code = COMPLETED;
    let mut read = |path: &String| match extract::of_file(Path::new(path), MAX_FILE_SIZE) {
        Ok((facts, text)) => Some(Dump { path: path.clone(), facts, text }),
        Err(reason) => {
            code = output::complain(&format!("cannot read `{path}`: {reason}"));
            None
        }
    };
    let files = matches.get_many::<String>("files").into_iter().flatten();
    let dumps = files.filter_map(&mut read);
    let written = output::emit(|out| {
        if is_json { as_json(dumps, &tables, out) } else { as_text(dumps, &tables, out) }
    });
    written.map_or_else(|code| code, |()| code)
}

/// A file that was read.
struct Dump {
    path: String,
    facts: Facts,
    text: String,
}

impl Dump {
    /// The bytes that each plane takes, encoded.
    fn planes(&self) -> Value {
        let planes = codec::encode(&self.facts).unwrap_or_default();
        let Encoded { head, names, body, trivia } = planes;
        json!({"head": head.len(), "body": names.len() + body.len(), "trivia": trivia.len()})
    }

    fn json(&self, tables: &[(&str, Rows)]) -> Value {
        let rows = |rows: &Rows| rows(&self.facts, &self.text).into();
        let tables: Map<String, Value> =
            tables.iter().map(|(name, table)| ((*name).to_owned(), rows(table))).collect();
        json!({
            "file": self.path,
            "language": self.facts.language.name(),
            "is_stub": self.facts.is_stub,
            "lines": self.facts.lines.count(),
            "planes": self.planes(),
            "tables": tables,
        })
    }

    fn text(&self, tables: &[(&str, Rows)], out: &mut dyn Write) -> std::io::Result<()> {
        let stub = if self.facts.is_stub { ", a stub" } else { "" };
        writeln!(out, "{} ({}{stub})", self.path, self.facts.language.name())?;
        for (name, table) in tables {
            let rows = table(&self.facts, &self.text);
            if !rows.is_empty() {
                writeln!(out, "{name}")?;
            }
            for row in rows {
                writeln!(out, "  {}", line(&row))?;
            }
        }
        if tables.len() < TABLES.len() {
            return Ok(());
        }
        let planes = self.planes();
        let (head, body, trivia) = (&planes["head"], &planes["body"], &planes["trivia"]);
        writeln!(out, "encoded: head {head}, body {body}, trivia {trivia} bytes")
    }
}

/// The name and the kind as they are, the rest as `key=value`.
fn line(row: &Map<String, Value>) -> String {
    let shown = row.iter().map(|(key, value)| match (key.as_str(), value) {
        ("id" | "kind" | "op" | "form", Value::String(word)) => word.clone(),
        (key, Value::Bool(_)) => key.to_owned(),
        (key, Value::Array(words)) => {
            let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
            format!("{key}={}", words.join(","))
        }
        (key, Value::String(text)) if is_plain(text) => format!("{key}={text}"),
        (key, value) => format!("{key}={value}"),
    });
    shown.collect::<Vec<String>>().join(" ")
}

/// Whether a text needs no quotes to be read as one.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '"')
}

fn as_text(
    dumps: impl Iterator<Item = Dump>,
    tables: &[(&str, Rows)],
    out: &mut dyn Write,
) -> std::io::Result<()> {
    for dump in dumps {
        dump.text(tables, out)?;
    }
    Ok(())
}

/// An array, written file by file.
fn as_json(
    dumps: impl Iterator<Item = Dump>,
    tables: &[(&str, Rows)],
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let mut before = "[";
    for dump in dumps {
        out.write_all(before.as_bytes())?;
        serde_json::to_writer(&mut *out, &dump.json(tables))?;
        before = ",\n";
    }
    out.write_all(if before == "[" { b"[]\n" } else { b"]\n" })
}
