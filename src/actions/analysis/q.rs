//! `q`: entities from facts, ast-grep patterns over trees, relations of both; a plain text is searched.

use super::asked::{self, Asked};
use super::cover;
use super::finding;
use super::rows::field;
use super::search::Asker;
use super::workspace::Workspace;
use super::{entities, matches};
use crate::action::{
    Action, Args, Cx, Example, Field, Form, Forms, Group, Kind, Param, Presence, Problem,
};
use crate::diagnostic::Fault;
use crate::facts::Needs;
use crate::facts::needs::{Scope, Strictness};
use crate::value::Value;

/// The action.
pub static ACTION: Action = Action {
    name: "q",
    group: Group::Analysis,
    summary: "lists functions and other entities, or finds code by ast-grep patterns",
    forms: Forms::One(Form { params: PARAMS, open: false, needs, run }),
    fields: FIELDS,
    rows: ROWS,
    examples: &[
        Example {
            title: "functions by name",
            plan: "q entity=function name=\"get_*\" -> found\nprint found.count",
        },
        Example {
            title: "calls of one shape",
            plan: "q pattern=\"getattr($X, $Y, $Z)\" -> found\nprint found.count",
        },
        Example {
            title: "either of two shapes",
            plan: "q any=\"print($$$A), pprint($$$A)\" -> found\nprint found.count",
        },
        Example {
            title: "functions that are decorated",
            plan: "q entity=function decorated_by=\"functools.lru_cache\" -> found\nprint found.count",
        },
        Example {
            title: "calls in the functions of one class",
            plan: "q entity=callsite name=append inside=\"class $C\" -> found\nprint found.count",
        },
    ],
    counts: true,
    finding: Some(finding::of_query),
};

const fn param(name: &'static str, kind: Kind, doc: &'static str) -> Param {
    Param { name, kind, presence: Presence::Optional, primary: false, doc, validate: None }
}

const fn relation(
    name: &'static str,
    doc: &'static str,
    validate: fn(&str, &Args) -> Vec<Problem>,
) -> Param {
    param(name, Kind::Pattern, doc).checked(validate)
}

const fn composite(name: &'static str, doc: &'static str) -> Param {
    param(name, Kind::Free, doc)
}

const fn far(name: &'static str, validate: fn(&str, &Args) -> Vec<Problem>) -> Param {
    param(name, Kind::Symbol, "how far it looks: `neighbor`, `end`, or up to a pattern")
        .checked(validate)
}

static PARAMS: &[Param] = &[
    param(
        "query",
        Kind::Query,
        "a query such as `entity=function name=get_*` or `pattern='f($X)' in=src`, or a text to search for",
    )
    .primary()
    .checked(asked::query_problems),
    param(
        "entity",
        Kind::Symbol,
        "what to list: `function` (any), `method`, `class` (struct, enum, trait and union too), `module`, `callsite`, `import`, `decorator` (what is decorated, or has attributes), `variable`, `parameter`, `impl`, `macro`, `type`, `constant`",
    )
    .checked(|text, args| asked::value_problems("entity", text, args)),
    param(
        "name",
        Kind::Symbol,
        "which of them: a name, a glob such as `get_*`, or `~` and a regular expression; of a call its callee, of an import what it binds, imports, or its module",
    )
    .checked(|text, args| asked::value_problems("name", text, args)),
    param("pattern", Kind::Pattern, "an ast-grep pattern")
        .checked(|text, args| asked::pattern_problems("pattern", text, args)),
    param("pattern.context", Kind::Pattern, "code that the pattern is a part of")
        .checked(|text, args| asked::pattern_problems("pattern.context", text, args)),
    param(
        "pattern.selector",
        Kind::Symbol,
        "the kind of node to pick out of the pattern or its context",
    ),
    param(
        "pattern.strictness",
        Kind::Enum(Strictness::WORDS),
        "what a match may overlook; `smart` if not given",
    ),
    param(
        "pattern.tolerant",
        Kind::Bool,
        "whether declarations match whatever visibility, modifiers, decorators and return type they have, siblings are statements, and what macros take is code",
    ),
    composite("all", "patterns that a node must match too, all of them; a list, or a text with commas"),
    composite("any", "patterns of which a node must match one; a list, or a text with commas"),
    param("not", Kind::Pattern, "a pattern that a node must not match")
        .checked(|text, args| asked::composite_problems("not", text, args)),
    param("nthChild", Kind::Free, "its place among named siblings: a number from 1, or `An+B`")
        .checked(|text, args| asked::value_problems("nthChild", text, args)),
    param("nthChild.reverse", Kind::Bool, "whether places are counted from the last"),
    param("nthChild.ofRule", Kind::Symbol, "a node kind, or a pattern, of the only siblings that count")
        .checked(|text, args| asked::composite_problems("nthChild.ofRule", text, args)),
    relation("inside", "a pattern of what must stand around; of an entity also a head such as `class C`", |text, args| {
        asked::relation_problems("inside", text, args)
    }),
    far("inside.stopBy", |text, args| asked::relation_problems("inside.stopBy", text, args)),
    param("inside.field", Kind::Symbol, "the field of the outer node that it must stand in")
        .checked(|text, args| asked::relation_problems("inside.field", text, args)),
    relation("has", "a pattern of what must stand inside", |text, args| {
        asked::relation_problems("has", text, args)
    }),
    far("has.stopBy", |text, args| asked::relation_problems("has.stopBy", text, args)),
    param("has.field", Kind::Symbol, "the field in which it must stand")
        .checked(|text, args| asked::relation_problems("has.field", text, args)),
    relation("precedes", "a pattern of the sibling that must stand behind", |text, args| {
        asked::relation_problems("precedes", text, args)
    }),
    far("precedes.stopBy", |text, args| asked::relation_problems("precedes.stopBy", text, args)),
    relation("follows", "a pattern of the sibling that must stand in front", |text, args| {
        asked::relation_problems("follows", text, args)
    }),
    far("follows.stopBy", |text, args| asked::relation_problems("follows.stopBy", text, args)),
    param(
        "scope",
        Kind::Enum(&["closure", "nested", "toplevel"]),
        "functions that take a name from a function around them, that stand in one, or in none",
    ),
    param("captures", Kind::Symbol, "a name that a function takes from a function around it"),
    param("has_cells", Kind::Bool, "whether functions inside take a local of the function"),
    param(
        "decorated_by",
        Kind::Symbol,
        "a decorator or attribute, by its full name, as it is written, or its last part; a glob, or `~` and a regular expression",
    )
    .checked(|text, args| asked::value_problems("decorated_by", text, args)),
    param("decorator_count_min", Kind::Int(0, 1_000), "decorators that there are at least"),
    param("decorator_count_max", Kind::Int(0, 1_000), "decorators that there are at most"),
    param("defines", Kind::Symbol, "what a module defines: an entity, or `entity:name`")
        .checked(|text, args| asked::value_problems("defines", text, args)),
    param("exports", Kind::Symbol, "what others may take from a module: an entity, or `entity:name`")
        .checked(|text, args| asked::value_problems("exports", text, args)),
    param("expand", Kind::Symbol, "what to tell beside the rows: `imports`, `scope`")
        .checked(|text, args| asked::value_problems("expand", text, args)),
    param(
        "fields",
        Kind::Symbol,
        "what to tell of the rows: `def`, `loc`, `evidence` (always there), `imports`, `decorators`, `decorated_functions`",
    )
    .checked(|text, args| asked::value_problems("fields", text, args)),
    param("globs", Kind::Globs, "gitignore globs of the only files that count"),
    param("why", Kind::Bool, "whether the answer says how it came about: rules, texts, files ruled out, times"),
];

static FIELDS: &[Field] = &[
    cover::FIELDS[0],
    cover::FIELDS[1],
    cover::FIELDS[2],
    cover::FIELDS[3],
    cover::FIELDS[4],
    field(
        "sections",
        "list",
        "what `expand` and `fields` ask for beside the rows, each with `title` and `rows`",
    ),
    field(
        "why",
        "object",
        "how the answer came about, where that is asked for: `rules`, `files`, `stages`",
    ),
    cover::FIELDS[5],
];

static ROWS: &[Field] = &[
    field(
        "name",
        "text",
        "of a definition, an import's binding, a callee's last part; of a match its own name",
    ),
    field(
        "kind",
        "text",
        "`function`, `method`, `class`, `struct`, `module`, `package`, `crate`, `call`, `macro`, `import`, `variable`, `parameter`, `const`…; of a match the kind in the grammar",
    ),
    field("file", "text", "relative to the root"),
    field("line", "integer", "from 1; of a definition that of its `def`, `class`, `fn`…"),
    field("col", "integer", "from 1, in characters"),
    field("end_line", "integer", "from 1"),
    field("end_col", "integer", "behind the last character"),
    field("language", "text", "`python` or `rust`"),
    field(
        "text",
        "text",
        "the matching code; of a definition its head, of a call its first line; of a searched text its line",
    ),
    field("qualname", "text", "the qualified name of a definition"),
    field("signature", "text", "the head of a definition in one line"),
    field("full", "list", "first and last line of a definition with its decorators"),
    field("enclosing", "text", "the qualified name of the definition around it"),
    field("decorators", "list", "the texts of a definition's decorators or attributes"),
    field("decorator_count", "integer", "how many of them, where that is asked for"),
    field(
        "free",
        "list",
        "names a function takes from functions around it, where that is asked for",
    ),
    field("cells", "list", "its locals that functions inside it take, where that is asked for"),
    field(
        "how",
        "text",
        "how arguments reach a parameter: `positional`, `positional_only`, `keyword_only`, `star`, `double_star`, `self`",
    ),
    field("type", "text", "the type that a parameter or variable states"),
    field("default", "text", "the default of a parameter"),
    field("declared", "text", "file and line of the `mod` that leads to a module's file"),
    field("callee", "text", "what a call calls, as written"),
    field("receiver", "text", "what stands before the last part of the callee"),
    field("module", "text", "the module of an import, dots in front included"),
    field("imported", "text", "the name that an import takes out of its module"),
    field("alias", "text", "the other name an import gives"),
    field(
        "captures",
        "object",
        "texts by metavariable: of `$X` one, of `$$$X` a list with the separators",
    ),
    field("tolerant", "boolean", "`true` of a match that only `pattern.tolerant` finds"),
    field("match", "text", "the hit itself, where a text was searched"),
    field("evidence", "text", "`exact`; `text` where a text was searched"),
    field("confidence", "number", "from 0 to 1"),
];

fn needs(args: &Args) -> Result<Needs, Fault> {
    Ok(asked::asked(args)?.needs())
}

fn run(cx: &Cx<'_>, args: &Args) -> Result<Value, Fault> {
    match asked::asked(args)? {
        Asked::Search(search, why) => search.answer(cx, Asker::Query(why)),
        Asked::Pattern(asked) => matches::answer(&asked, Workspace::of(cx)?, cx.cancel),
        Asked::Entities(asked) => entities::answer(&asked, Workspace::of(cx)?, cx.cancel),
    }
}

/// A scope in words, for warnings.
pub(super) fn scope_text(scope: &Scope, workspace: &Workspace) -> String {
    let place =
        scope.within.as_ref().map_or_else(|| workspace.scope_text(), |path| format!("`{path}`"));
    let globs = |name: &str, list: &[String]| {
        if list.is_empty() { String::new() } else { format!(", {name} `{}`", list.join(", ")) }
    };
    format!("{place}{}{}", globs("globs", &scope.globs), globs("exclude", &scope.exclude))
}
