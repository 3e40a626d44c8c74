//! `search`: ripgrep's hits over the sources of the scope, one row a hit, ranked by what they are; hits that mean the same
//! are one object.

mod follow;
mod hit;
mod line;
mod objects;
mod rank;
mod sections;
mod table;

use super::asked::Why;
use super::cover::{self, Answer};
use super::rows::{self, field};
use super::workspace::Workspace;
use crate::action::{
    Action, Args, Cx, Example, Field, Form, Forms, Group, Kind, Param, Presence, Problem,
};
use crate::diagnostic::Fault;
use crate::facts::Needs;
use crate::facts::needs::{Case, Lang, Mode, Scope, Search};
use crate::query::ir::Flaw;
use crate::scan::search::{Finder, mode_of};
use crate::scan::session::SearchAnswer;
use crate::system::control::Cancel;
use crate::value::Value;
use hit::Hits;
use table::Wish;

/// The action.
pub static ACTION: Action = Action {
    name: "search",
    group: Group::Analysis,
    summary: "finds a name, text or regular expression, and tells what each hit is",
    forms: Forms::One(Form { params: PARAMS, open: false, needs, run }),
    fields: FIELDS,
    rows: ROWS,
    examples: &[
        Example { title: "a whole word", plan: "search get_queryset -> hits\nprint hits.count" },
        Example {
            title: "what the hits are",
            plan: "search get_queryset -> hits\nprint hits.summary.by_kind\neach object in hits.objects { print object.object, object.count }",
        },
    ],
    counts: true,
    finding: Some(super::finding::of_search),
};

/// Most lines before and behind a hit that may be asked for.
const MOST_CONTEXT: i64 = 100;

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
        name: "include_strings",
        kind: Kind::Bool,
        presence: Presence::Default("false"),
        primary: false,
        doc: "whether hits in strings and comments are rows too, behind all others; else they are counted and told apart",
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
    Param::default(
        "context_lines",
        Kind::Int(0, MOST_CONTEXT),
        "0",
        "how many lines are shown before and behind the line of each hit",
    ),
];

static FIELDS: &[Field] = &[
    field(
        "count",
        "integer",
        "all hits there are, as ripgrep counts them: those that are no rows too",
    ),
    field("complete", "boolean", "whether nothing was cut, left out or seen only in part"),
    field(
        "rows",
        "list",
        "hits in code, the most relevant first; with `include_strings` the others behind them",
    ),
    field(
        "summary",
        "object",
        "`text`, one line, and the figures in it: `code` and `non_code` hits, `by_kind`, `objects`, `ambiguous` and `unresolved` names",
    ),
    field("coverage", "object", "the files looked at and left out, and bounds that were hit"),
    field(
        "objects",
        "list",
        "what the hits of a name mean: `object kind file line count files by_kind`, most hits first",
    ),
    field("sections", "list", "what a report shows beside the rows, each with `title` and `rows`"),
    field(
        "warnings",
        "list",
        "what is probably not meant, such as an empty scope; absent if nothing",
    ),
];

static ROWS: &[Field] = &[
    field("name", "text", "the whole name that holds the end of the hit; absent in texts"),
    field(
        "kind",
        "text",
        "what the hit is: `definition`, `callsite`, `import`, `from_import`, `reference`, `assignment`, `parameter`, `attribute`, `annotation`, `decorator`, `export`, `keyword_argument`, `string_match`, `docstring_match`, `comment_match`, `text_match`",
    ),
    field("file", "text", "relative to the root"),
    field("line", "integer", "from 1"),
    field("col", "integer", "from 1, in characters"),
    field("end_line", "integer", "the same line"),
    field("end_col", "integer", "behind the last character of the hit"),
    field("language", "text", "`python` or `rust`"),
    field("text", "text", "the line; around the hit only where the line is very long"),
    field("match", "text", "the hit itself"),
    field(
        "enclosing",
        "text",
        "the innermost definition around it: qualified where a name was searched, else as its file says",
    ),
    field("object", "text", "the qualified name of what it means, where that is known"),
    field("candidates", "list", "qualified names, where it is one of several"),
    field(
        "evidence",
        "text",
        "what `object` rests on; `name` where only the kind is known, `text` where nothing is",
    ),
    field("confidence", "number", "from 0 to 1"),
    field("score", "number", "the relevance, by kind, path and confidence"),
    field("before", "list", "the lines before it, where `context_lines` asks for them"),
    field("after", "list", "the lines behind it, likewise"),
];

/// A search as it is asked, and whether it may be widened.
pub(super) struct Asked {
    wanted: Search,
    texts: Texts,
    /// What is searched where an identifier that nobody asked for by name has no hit.
    fallback: Option<Search>,
    wish: Wish,
}

/// Who asks a search.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asker {
    /// The action `search`.
    Search,
    /// The query language, of a text that is no query; and whether it was to say how its answer comes about.
    Query(Why),
}

/// How hits in strings and comments are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Texts {
    /// Apart from the rows.
    Apart,
    /// As rows behind those of code.
    Rows,
}

impl Asked {
    /// A search for `text` that shows every hit; no `mode`: as the text suggests.
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
        Self { wanted, texts: Texts::Rows, fallback, wish: Wish { limit, context: 0 } }
    }

    /// Both are asked at once, so that the fallback costs no second scan.
    pub(super) fn needs(&self) -> Needs {
        let mut needs = Needs::search(self.wanted.clone());
        if let Some(fallback) = &self.fallback {
            needs.merge(Needs::search(fallback.clone()));
        }
        if self.wanted.mode == Mode::Identifier {
            needs.merge(Workspace::project_needs());
        }
        needs
    }

    /// What is wrong with it.
    pub(super) fn flaw(&self) -> Option<Flaw> {
        Finder::new(&self.wanted).err()
    }

    /// The answer.
    pub(super) fn answer(&self, cx: &Cx<'_>, asker: Asker) -> Result<Value, Fault> {
        let (from, mut warnings) = match asker {
            Asker::Search => (None, Vec::new()),
            Asker::Query(_) => (Some("search"), self.meant().into_iter().collect()),
        };
        if asker == Asker::Query(Why::Told) {
            warnings
                .push("`why` says nothing of a search: it is for patterns and entities".to_owned());
        }
        let workspace = Workspace::of(cx)?;
        let found = workspace.hits(&self.wanted, cx.cancel)?;
        let (found, search, fallback) = match &self.fallback {
            Some(wider) if found.total() == 0 => {
                let found = workspace.hits(wider, cx.cancel)?;
                let fell = if found.total() > 0 { Some("literal") } else { from };
                (found, wider, fell)
            }
            _ => (found, &self.wanted, from),
        };
        let (wish, texts) = (self.wish, self.texts);
        let answered = Answered { found: &found, search, wish, texts, fallback, warnings };
        answered.value(workspace, cx.cancel)
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
    let texts = if args.flag("include_strings") { Texts::Rows } else { Texts::Apart };
    let limit = args.int("limit");
    let context = args.int("context_lines").map_or(0, |lines| lines.clamp(0, MOST_CONTEXT));
    let context = u32::try_from(context).unwrap_or(0);
    let asked = Asked::new(args.text("query"), mode, case, rows::scope(args), limit);
    Asked { texts, wish: Wish { limit, context }, ..asked }
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

/// A search that was answered.
struct Answered<'a> {
    found: &'a SearchAnswer,
    search: &'a Search,
    wish: Wish,
    /// How hits in strings and comments are shown.
    texts: Texts,
    /// What was searched instead of what was asked.
    fallback: Option<&'static str>,
    warnings: Vec<String>,
}

impl Answered<'_> {
    fn value(self, workspace: &Workspace, cancel: &Cancel) -> Result<Value, Fault> {
        let is_name = self.search.mode == Mode::Identifier && self.found.total() > 0;
        let project = if is_name { Some(workspace.project(cancel)?) } else { None };
        let project = project.as_deref();
        let hits = Hits::of(self.found, project, cancel)?;
        let shown = match self.texts {
            Texts::Rows => hits.all.len(),
            Texts::Apart => hits.code,
        };
        let (shown, apart) = hits.all.split_at_checked(shown).unwrap_or((&hits.all, &[]));
        let (columns, limits) = table::columns(self.found, &hits, shown, project, self.wish);
        let (text, summary) = self.summary(&hits);
        let answer = Answer {
            cover: &self.found.cover,
            count: self.found.total(),
            broken: &self.found.broken,
            refused: Vec::new(),
            scope: super::q::scope_text(&self.search.scope, workspace),
            summary,
            warnings: self.warnings,
            more: vec![
                ("objects", sections::objects(&hits)),
                ("sections", sections::sections(self.found, &hits, self.search, apart)),
            ],
        };
        Ok(answer.table(&text, columns, &limits))
    }

    /// One line, and the figures in it.
    fn summary(&self, hits: &Hits) -> (String, Vec<(&'static str, Value)>) {
        let (count, files) = (self.found.total(), self.found.files.len());
        let mut text = cover::tally(count, "hit", "hits", files);
        if hits.non_code() > 0 {
            text += &match hits.code {
                0 => ", all in strings and comments".to_owned(),
                code => format!(": {code} in code, {} in strings and comments", hits.non_code()),
            };
        }
        let mut summary = vec![
            ("mode", Value::str(mode_name(self.search.mode))),
            ("order", Value::str("relevance")),
            ("files", Value::count(files)),
            ("languages", languages(self.found)),
            ("code", Value::count(hits.code)),
            ("non_code", Value::count(hits.non_code())),
            ("by_kind", sections::by_kind(&hits.by_role)),
        ];
        if hits.all.len() < count {
            summary.push(("ranked", Value::count(hits.all.len())));
            text += &format!(", ranked among the first {}", hits.all.len());
        }
        if self.search.mode == Mode::Identifier {
            summary.push(("objects", Value::count(hits.objects.sorted().len())));
            summary.push(("ambiguous", Value::count(hits.objects.ambiguous.iter().sum())));
            summary.push(("unresolved", Value::count(hits.objects.unresolved.iter().sum())));
        }
        if let Some(to) = self.fallback {
            summary.push(("fallback", Value::str(to)));
            text += if to == "literal" {
                ", none of a whole word: searched as a literal"
            } else {
                ", searched as a text"
            };
        }
        (text, summary)
    }
}

fn languages(found: &SearchAnswer) -> Value {
    let counts = Lang::WORDS.iter().filter_map(|&language| {
        let files = found.files.iter().filter(|file| file.source.language() == language);
        let hits: usize = files.map(|file| file.hits.count).sum();
        (hits > 0).then(|| (language, Value::count(hits)))
    });
    Value::object(counts)
}
