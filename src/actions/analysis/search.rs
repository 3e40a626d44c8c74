//! `search`: ripgrep's hits over the sources of the scope, one row a hit.

use std::sync::Arc;

use super::cover::{self, Answer};
use super::rows::{self, Place, Rows, field};
use super::workspace::Workspace;
use crate::action::{
    Action, Args, Cx, Example, Field, Form, Forms, Group, Kind, Param, Presence, Problem,
};
use crate::diagnostic::Fault;
use crate::facts::Needs;
use crate::facts::needs::{Case, Lang, Mode, Scope, Search};
use crate::query::ir::Flaw;
use crate::scan::search::{Finder, mode_of};
use crate::scan::session::{SearchAnswer, Source};
use crate::value::Value;

/// A line longer than this is shown around its hit only, in characters.
const LONGEST_LINE: usize = 1_000;
/// So much of a longer line is shown before and behind the hit, in characters.
const AROUND: usize = 200;

/// The action.
pub static ACTION: Action = Action {
    name: "search",
    group: Group::Analysis,
    summary: "finds a text, a whole word or a regular expression in the sources",
    forms: Forms::One(Form { params: PARAMS, open: false, needs, run }),
    fields: cover::FIELDS,
    rows: ROWS,
    examples: &[Example {
        title: "a whole word",
        plan: "search get_queryset -> hits\nprint hits.count",
    }],
    counts: true,
};

static PARAMS: &[Param] = &[
    Param {
        name: "query",
        kind: Kind::Symbol,
        presence: Presence::Required,
        primary: true,
        doc: "what to search for; a bare word is the text itself",
        validate: Some(validate),
    },
    Param {
        name: "mode",
        kind: Kind::Enum(&["auto", "identifier", "regex", "literal"]),
        presence: Presence::Default("auto"),
        primary: false,
        doc: "how the text is read; `auto`: a dotted name as a whole word, what holds signs of expressions as one",
        validate: None,
    },
    Param {
        name: "ignore_case",
        kind: Kind::Bool,
        presence: Presence::Default("false"),
        primary: false,
        doc: "whether letters may differ in case",
        validate: None,
    },
];

static ROWS: &[Field] = &[
    field("kind", "text", "`hit`"),
    field("file", "text", "relative to the root"),
    field("line", "integer", "from 1"),
    field("col", "integer", "from 1, in characters"),
    field("end_line", "integer", "the same line"),
    field("end_col", "integer", "behind the last character of the hit"),
    field("language", "text", "`python` or `rust`"),
    field("text", "text", "the line; around the hit only where the line is very long"),
    field("match", "text", "the hit itself"),
    field("evidence", "text", "`text`"),
    field("confidence", "number", "0.3: a text says nothing of its meaning"),
];

/// A search as it is asked, and whether it may be widened.
pub(super) struct Asked {
    wanted: Search,
    /// What is searched where an identifier that nobody asked for by name has no hit.
    fallback: Option<Search>,
    limit: Option<i64>,
}

/// Who asks a search.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asker {
    /// The action `search`.
    Search,
    /// The query language, of a text that is no query.
    Query,
}

impl Asked {
    /// A search for `text`; no `mode`: as the text suggests.
    pub(super) fn new(
        text: &str,
        mode: Option<Mode>,
        case: Case,
        scope: Scope,
        limit: Option<i64>,
    ) -> Self {
        let wanted =
            Search { text: text.into(), mode: mode.unwrap_or_else(|| mode_of(text)), case, scope };
        let widens = mode.is_none() && wanted.mode == Mode::Identifier;
        let fallback = widens.then(|| Search { mode: Mode::Literal, ..wanted.clone() });
        Self { wanted, fallback, limit }
    }

    /// Both are asked at once, so that the fallback costs no second scan.
    pub(super) fn needs(&self) -> Needs {
        let mut needs = Needs::search(self.wanted.clone());
        if let Some(fallback) = &self.fallback {
            needs.merge(Needs::search(fallback.clone()));
        }
        needs
    }

    /// What is wrong with it.
    pub(super) fn flaw(&self) -> Option<Flaw> {
        Finder::new(&self.wanted).err()
    }

    /// The answer.
    pub(super) fn answer(&self, cx: &Cx<'_>, asker: Asker) -> Result<Value, Fault> {
        let from = (asker == Asker::Query).then_some("search");
        let warnings =
            if asker == Asker::Query { self.meant().into_iter().collect() } else { Vec::new() };
        let workspace = Workspace::of(cx)?;
        let found = workspace.hits(&self.wanted, cx.cancel)?;
        match &self.fallback {
            Some(fallback) if found.total() == 0 => {
                let wider = workspace.hits(fallback, cx.cancel)?;
                let fell = if wider.total() > 0 { Some("literal") } else { from };
                Ok(table(&wider, fallback, self.limit, fell, warnings, workspace))
            }
            _ => Ok(table(&found, &self.wanted, self.limit, from, warnings, workspace)),
        }
    }
}

impl Asked {
    /// That a text with metavariables is probably a pattern.
    fn meant(&self) -> Option<String> {
        let text = &*self.wanted.text;
        let is_variable = |(at, _): (usize, &str)| {
            text[at + 1..].starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        };
        text.match_indices('$').any(is_variable).then(|| {
            let quote = ['"', '\''].into_iter().find(|&quote| !text.contains(quote));
            let shown = quote.map(|quote| format!("{quote}{text}{quote}")).unwrap_or_default();
            format!("searched as text; write `pattern={shown}` for a pattern")
        })
    }
}

fn asked(args: &Args) -> Asked {
    let mode = match args.text("mode") {
        "identifier" => Some(Mode::Identifier),
        "regex" => Some(Mode::Regex),
        "literal" => Some(Mode::Literal),
        _ => None,
    };
    let case = if args.flag("ignore_case") { Case::Ignored } else { Case::Exact };
    Asked::new(args.text("query"), mode, case, rows::scope(args), args.int("limit"))
}

fn validate(text: &str, args: &Args) -> Vec<Problem> {
    let mut args = args.clone();
    args.insert("query", Value::str(text));
    asked(&args).flaw().map(super::asked::problem).into_iter().collect()
}

fn needs(args: &Args) -> Result<Needs, Fault> {
    let asked = asked(args);
    match asked.flaw() {
        Some(flaw) => Err(flaw.fault()),
        None => Ok(asked.needs()),
    }
}

fn run(cx: &Cx<'_>, args: &Args) -> Result<Value, Fault> {
    let asked = asked(args);
    match asked.flaw() {
        Some(flaw) => Err(flaw.fault()),
        None => asked.answer(cx, Asker::Search),
    }
}

const fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Identifier => "identifier",
        Mode::Regex => "regex",
        Mode::Literal => "literal",
    }
}

fn table(
    found: &SearchAnswer,
    search: &Search,
    limit: Option<i64>,
    fallback: Option<&'static str>,
    warnings: Vec<String>,
    workspace: &Workspace,
) -> Value {
    let (count, files) = (found.total(), found.files.len());
    let mut text = cover::tally(count, "hit", "hits", files);
    let mut summary =
        vec![("mode", Value::str(mode_name(search.mode))), ("files", Value::count(files))];
    summary.push(("languages", languages(found)));
    if let Some(to) = fallback {
        summary.push(("fallback", Value::str(to)));
        text += if to == "literal" {
            ", none of a whole word: searched as a literal"
        } else {
            ", searched as a text"
        };
    }
    let (columns, limits) = columns(found, limit);
    let scope = super::q::scope_text(&search.scope, workspace);
    let answer = Answer {
        cover: &found.cover,
        count,
        broken: &[],
        refused: Vec::new(),
        scope,
        summary,
        warnings,
    };
    answer.table(&text, columns, &limits)
}

fn languages(found: &SearchAnswer) -> Value {
    let counts = Lang::WORDS.iter().filter_map(|&language| {
        let files = found.files.iter().filter(|file| file.source.language() == language);
        let hits: usize = files.map(|file| file.hits.count).sum();
        (hits > 0).then(|| (language, Value::count(hits)))
    });
    Value::object(counts)
}

fn columns(
    found: &SearchAnswer,
    limit: Option<i64>,
) -> (Vec<crate::value::Column>, Vec<&'static str>) {
    let mut rows = Rows::new(limit);
    let mut matches: Vec<Arc<str>> = Vec::new();
    let kind: Arc<str> = "hit".into();
    'files: for file in &found.files {
        let mut line: Option<((u32, u32), Arc<str>)> = None;
        for hit in &file.hits.stored {
            let at = file.source.line_at(hit.start);
            let shown = match &line {
                Some((last, shown)) if *last == at && !is_long(at) => Arc::clone(shown),
                _ => shown(&file.source, at, (hit.start, hit.end)),
            };
            let itself = file.source.slice(hit.start, hit.end);
            if !rows.has_room(shown.len() + itself.len()) {
                break 'files;
            }
            line = Some((at, Arc::clone(&shown)));
            matches.push(itself.into());
            let place = Place { source: &file.source, lo: hit.start, hi: hit.end };
            rows.push(place, Arc::clone(&kind), shown);
        }
        if file.hits.stored.len() < file.hits.count {
            rows.note_unstored();
            break;
        }
    }
    let matches = rows::column("match", crate::value::table::Cells::Text(matches));
    rows.finish(Vec::new(), vec![matches], ("text", 0.3))
}

const fn is_long((lo, hi): (u32, u32)) -> bool {
    (hi - lo) as usize > LONGEST_LINE
}

fn shown(source: &Source, line: (u32, u32), hit: (u32, u32)) -> Arc<str> {
    if !is_long(line) {
        return source.slice(line.0, line.1).into();
    }
    let before = source.slice(line.0, hit.0.clamp(line.0, line.1));
    let behind = source.slice(hit.0.clamp(line.0, line.1), line.1);
    let start = before.char_indices().rev().nth(AROUND - 1).map_or(0, |(at, _)| at);
    let end = behind.char_indices().nth(AROUND).map_or(behind.len(), |(at, _)| at);
    let dots = |is_cut: bool| if is_cut { "…" } else { "" };
    format!("{}{}{}{}", dots(start > 0), &before[start..], &behind[..end], dots(end < behind.len()))
        .into()
}
