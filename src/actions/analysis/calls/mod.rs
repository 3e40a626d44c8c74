//! `calls`: every place that calls or uses a function, method or class, each resolved to what it means there; what only
//! has the same name is told apart.

mod arguments;
mod sections;
mod table;
mod targets;

use std::collections::BTreeSet;

use super::asked;
use super::cover::{self, Answer, Doubts};
use super::rows::{self, field};
use super::workspace::Workspace;
use crate::action::{
    Action, Args, Cx, Example, Field, Form, Forms, Group, Kind, Param, Presence, Problem,
};
use crate::diagnostic::Fault;
use crate::diagnostic::code::scan as codes;
use crate::facts::Needs;
use crate::facts::needs::{Facts, Planes, Scope};
use crate::project::{FileId, Project, SiteKind, Uses};
use crate::query::ir::Flaw;
use crate::system::control::Cancel;
use crate::value::Value;
use targets::Targets;

/// The action.
pub static ACTION: Action = Action {
    name: "calls",
    group: Group::Analysis,
    summary: "finds who calls a function, method or class, by what names mean",
    forms: Forms::One(Form { params: PARAMS, open: false, needs, run }),
    fields: FIELDS,
    rows: ROWS,
    examples: &[Example {
        title: "who calls a function",
        plan: "calls load -> sites\neach site in sites { print site.caller, site.args.positional }",
    }],
    counts: true,
    finding: Some(super::finding::of_call),
};

static PARAMS: &[Param] = &[
    Param {
        name: "function",
        kind: Kind::Symbol,
        presence: Presence::Required,
        primary: true,
        doc: "`name`, `Class.name`, `pkg.mod.name`, `crate::mod::name`, or a line of it: `file.py:12`",
        validate: Some(validate),
    },
    Param::optional(
        "uses_in",
        Kind::Path,
        "the file or directory that rows come from; `in` says where the function is looked for",
    ),
];

static FIELDS: &[Field] = &[
    field("count", "integer", "calls and references there are, before `limit`"),
    field("complete", "boolean", "whether every use of the name is known to be one or none"),
    field("rows", "list", "calls and references, by path and position"),
    field(
        "summary",
        "object",
        "`text`, one line, and the figures in it: `calls`, `references`, `name_only` calls whose target is unknown, `targets`",
    ),
    field(
        "coverage",
        "object",
        "the files looked at and left out, how many names stayed unresolved, and bounds that were hit",
    ),
    field("sections", "list", "what a report shows beside the rows, each with `title` and `rows`"),
    field(
        "warnings",
        "list",
        "what is probably not meant, such as a name of several; absent if nothing",
    ),
];

static ROWS: &[Field] = &[
    field("name", "text", "the target's own name"),
    field("kind", "text", "`call`, or `reference` for a use without a call"),
    field("file", "text", "relative to the root"),
    field("line", "integer", "of the name that is called, from 1"),
    field("col", "integer", "from 1, in characters"),
    field("end_line", "integer", "of the end of the call"),
    field("end_col", "integer", "behind the last character"),
    field("language", "text", "`python` or `rust`"),
    field("text", "text", "the call as it is written"),
    field("caller", "text", "the innermost definition around it, else the module"),
    field("callee", "text", "what is called, as it is written"),
    field("receiver", "text", "what stands before the last `.` or `::`; absent if nothing"),
    field("target", "text", "the qualified name of what it means"),
    field("args", "object", "`positional`, `keywords`, `star`, `star_star`; absent without a call"),
    field(
        "note",
        "text",
        "`decorator`, `partial`, `constructor`, `base`, `property`; absent if nothing",
    ),
    field(
        "in_closure",
        "boolean",
        "whether the caller is a lambda, a closure or a function inside another",
    ),
    field("in_test", "boolean", "whether it lies among tests"),
    field("snippet", "text", "the line"),
    field(
        "candidates",
        "list",
        "what the name can mean, where that is more than one; absent otherwise",
    ),
    field("evidence", "text", "`exact`, `typed`, `inherited` or `candidates`"),
    field("confidence", "number", "from 0 to 1"),
];

fn validate(text: &str, _: &Args) -> Vec<Problem> {
    let is_empty = text.trim().is_empty();
    let flaw = || Flaw::error(codes::UNKNOWN_TARGET, 0..text.len(), "`function` names nothing");
    is_empty.then(|| asked::problem(flaw())).into_iter().collect()
}

/// The scopes of targets and of their uses.
struct Scopes {
    targets: Scope,
    uses: Scope,
}

fn scopes(args: &Args) -> Scopes {
    let targets = rows::scope(args);
    let within = args.maybe_text("uses_in").map(str::to_owned);
    let uses = Scope { within, ..targets.clone() };
    Scopes { targets, uses }
}

fn heads(scope: &Scope) -> Facts {
    Facts { scope: scope.clone(), planes: Planes::Head }
}

fn needs(args: &Args) -> Result<Needs, Fault> {
    let mut needs = Workspace::project_needs();
    let name = args.text("function");
    let last = name.rsplit(['.', ':', '#']).next().unwrap_or(name);
    needs.words.insert(last.into());
    let Scopes { targets, uses } = scopes(args);
    for scope in [targets, uses] {
        if scope != Scope::default() {
            needs.merge(Needs::facts(heads(&scope)));
        }
    }
    Ok(needs)
}

/// The files of a scope; `None`: all.
fn files(
    workspace: &Workspace,
    project: &Project,
    scope: &Scope,
    cancel: &Cancel,
) -> Result<Option<BTreeSet<FileId>>, Fault> {
    if *scope == Scope::default() {
        return Ok(None);
    }
    let found = workspace.facts(&heads(scope), cancel)?;
    Ok(Some(found.files.iter().filter_map(|file| project.at_path(&file.path)).collect()))
}

fn run(cx: &Cx<'_>, args: &Args) -> Result<Value, Fault> {
    let workspace = Workspace::of(cx)?;
    let project = workspace.project(cx.cancel)?;
    let scopes = scopes(args);
    let from = files(workspace, &project, &scopes.targets, cx.cancel)?;
    let within = files(workspace, &project, &scopes.uses, cx.cancel)?;
    let targets = Targets::find(&project, args.text("function"), from.as_ref())?;
    cx.cancel.check()?;
    let is_within = |file: FileId| within.as_ref().is_none_or(|files| files.contains(&file));
    let stop = || cx.cancel.stopped().is_some();
    let uses = workspace.install(cx.cancel, || project.uses(&targets.all, &is_within, &stop))?;
    cx.cancel.check()?;
    let found = Found { project: &project, targets: &targets, uses: &uses };
    let mut sources = table::Sources::new(workspace, cx.cancel);
    let rows = table::rows(&found, &mut sources, args.int("limit"))?;
    let (columns, mut limits) = rows;
    if uses.is_cut {
        limits.push("names");
    }
    let cover = workspace.cover(cx.cancel)?;
    let doubts = found.doubts(&cover);
    let scope = super::q::scope_text(&scopes.uses, workspace);
    let mut warnings = found.warnings();
    if within.as_ref().is_some_and(BTreeSet::is_empty) {
        warnings.push(format!("no source file lies in {scope}, where uses are looked for"));
    }
    let answer = Answer {
        cover: &cover,
        count: uses.sites.len(),
        broken: &[],
        refused: Vec::new(),
        scope,
        summary: found.summary(&mut sources)?,
        warnings,
        more: vec![("sections", sections::all(&found, &mut sources)?)],
    };
    Ok(answer.doubted(&found.text(), columns, &limits, &doubts))
}

/// What was found.
struct Found<'p> {
    project: &'p Project,
    targets: &'p Targets,
    uses: &'p Uses,
}

impl Found<'_> {
    fn calls(&self) -> usize {
        self.uses.sites.iter().filter(|site| site.kind != SiteKind::Reference).count()
    }

    fn files(&self) -> usize {
        self.uses.sites.iter().map(|site| site.file).collect::<BTreeSet<_>>().len()
    }

    /// What is probably not meant: names of several meanings, and files that no `mod` leads to.
    fn warnings(&self) -> Vec<String> {
        let mut warnings = self.targets.warnings(self.project);
        let targets = self.targets.all.iter().filter_map(|target| target.def().map(|def| def.file));
        let sites = self.uses.sites.iter().map(|site| site.file);
        let files: BTreeSet<FileId> = targets.chain(sites).collect();
        let mut loose = files.into_iter().filter(|&file| self.project.is_by_path(file));
        if let Some(first) = loose.next() {
            let more = loose.count();
            let path = &self.project.file(first).path;
            let others = if more > 0 { format!(" and {more} more") } else { String::new() };
            let module = if more > 0 { "their modules are" } else { "its module is" };
            warnings
                .push(format!("no `mod` leads to `{path}`{others}: {module} taken from the path"));
        }
        warnings
    }

    fn text(&self) -> String {
        let calls = self.calls();
        let references = self.uses.sites.len() - calls;
        let mut text =
            cover::tally(calls, "call", "calls", if calls == 0 { 0 } else { self.files() });
        if references > 0 {
            text += &format!(", {references} reference{}", if references == 1 { "" } else { "s" });
        }
        if !self.uses.unknown.is_empty() {
            text += &format!("; {} by name only", self.uses.unknown.len());
        }
        text
    }

    /// Sites of unknown meaning, and files that hold a name but were seen only in part.
    fn doubts(&self, cover: &crate::scan::session::Cover) -> Doubts {
        let doubtful = self
            .uses
            .sites
            .iter()
            .filter(|site| site.resolution.is_open || site.resolution.targets.len() > 1);
        let holds = |path: &str| {
            self.project.at_path(path).is_some_and(|file| {
                let strings = &self.project.facts(file).strings;
                self.uses.names.iter().any(|name| strings.find(name).is_some())
            })
        };
        Doubts {
            unresolved: self.uses.unknown.len() + doubtful.count(),
            unseen: cover.broken.iter().filter(|broken| holds(&broken.path)).count(),
        }
    }

    fn summary(
        &self,
        sources: &mut table::Sources<'_>,
    ) -> Result<Vec<(&'static str, Value)>, Fault> {
        let calls = self.calls();
        Ok(vec![
            ("calls", Value::count(calls)),
            ("references", Value::count(self.uses.sites.len() - calls)),
            ("name_only", Value::count(self.uses.unknown.len())),
            ("files", Value::count(self.files())),
            ("targets", self.targets.shown(self, sources)?),
        ])
    }
}
