//! Entities to rows: records of the facts that have the name, and where relations are asked for, that a node stands for
//! which stands so.

mod doubt;
mod head;
mod more;
mod near;
mod records;
mod row;
mod sift;

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::asked::{Entities, Why};
use super::cover::{self, Answer, Doubts};
use super::matches;
use super::q::scope_text;
use super::why;
use super::workspace::Workspace;
use crate::diagnostic::Fault;
use crate::facts::Facts;
use crate::facts::needs::Planes;
use crate::project::Project;
use crate::query::ir::Sifts;
use crate::scan::pattern::need;
use crate::scan::session::{FactsAnswer, FileMatches, PatternAnswer};
use crate::scan::visit::{Capture, NAME};
use crate::system::control::Cancel;
use crate::value::Value;
use more::Sections;
use records::{Closures, In, Record};
use row::Table;
use sift::{Exporters, Sieve};

/// The entities that are asked for.
pub(super) fn answer(
    asked: &Entities,
    workspace: &Workspace,
    cancel: &Cancel,
) -> Result<Value, Fault> {
    let facts = workspace.facts(&asked.facts, cancel)?;
    let project = workspace.project(cancel)?;
    let related = match &asked.related {
        Some(need) => Some(workspace.matches(need, cancel)?),
        None => None,
    };
    let exporters = Exporters::of(asked, &project);
    let mut found = Found {
        asked,
        exporters: &exporters,
        workspace,
        cancel,
        project: &project,
        nodes: related.as_deref().map(Nodes::of),
        table: Table::new(asked, related.as_deref()),
        tally: Tally::default(),
        sections: Sections::new(&asked.entity.more),
    };
    workspace.install(cancel, || unpack(asked, &facts))?;
    for file in &facts.files {
        cancel.check()?;
        found.file(&file.path, &file.facts)?;
    }
    found.finish(&facts, related.as_deref())
}

/// Decodes on all threads what will be looked at.
fn unpack(asked: &Entities, facts: &FactsAnswer) {
    let heads =
        matches!(asked.word(), "function" | "method" | "class" | "import" | "impl" | "macro");
    let is_plain = asked.entity.facts == Sifts::default();
    let planes = if heads && is_plain { Planes::Head } else { Planes::Body };
    let is_meant = |facts: &Facts| {
        let name = asked.entity.name.as_ref();
        name.is_none_or(|name| records::may_be_called(facts, asked.word(), name))
    };
    let files = facts.files.par_iter().filter(|file| is_meant(&file.facts));
    files.for_each(|file| file.facts.unpack(planes));
}

/// What was found so far.
struct Found<'a> {
    asked: &'a Entities,
    exporters: &'a Exporters,
    workspace: &'a Workspace,
    cancel: &'a Cancel,
    project: &'a Project,
    nodes: Option<Nodes<'a>>,
    table: Table,
    tally: Tally,
    sections: Sections,
}

/// How many there are.
#[derive(Default)]
struct Tally {
    count: usize,
    files: usize,
    languages: Vec<(&'static str, usize)>,
    /// Records of the name that are not as facts are wanted.
    sifted: usize,
    /// Records of the name that patterns beside the entity ruled out.
    unrelated: usize,
    /// Records of the name of which that is not known: their files were not looked through to the end.
    given_up: usize,
    /// Calls of the name that no tree shows as nodes.
    unseen: usize,
}

impl Found<'_> {
    fn file(&mut self, path: &Arc<str>, facts: &Facts) -> Result<(), Fault> {
        let (word, name) = (self.asked.word(), self.asked.entity.name.as_ref());
        if name.is_some_and(|name| !records::may_be_called(facts, word, name)) {
            return Ok(());
        }
        let of = In { facts, project: self.project, file: self.project.at_path(path) };
        let nodes = self.nodes.as_ref().map(|nodes| nodes.of_file(path));
        let is_foreign = self.nodes.as_ref().is_some_and(|nodes| !nodes.know(facts));
        let (sieve, mut source) = (Sieve::new(self.asked, of, self.exporters), None);
        let before = self.tally.count;
        for record in records::records(of, word, closures(self.asked)) {
            if !name.is_none_or(|name| record.is_called(of, name)) {
                continue;
            }
            if !sieve.passes(record) {
                self.tally.sifted += 1;
                continue;
            }
            let captures = match &nodes {
                None => None,
                Some(_) if is_foreign => {
                    self.tally.unrelated += 1;
                    continue;
                }
                Some(nodes) => match self.tally.node(nodes.as_ref(), record, facts) {
                    Some(node) if self.passes(node) => Some(node),
                    Some(_) | None => continue,
                },
            };
            self.tally.count += 1;
            if self.table.is_full() {
                continue;
            }
            let source = match &source {
                Some(source) => source,
                None => source.insert(self.workspace.source(path, self.cancel)?),
            };
            self.table.push(&row::Place { of, source, record }, &sieve, captures);
        }
        if self.tally.count > before && self.sections.are_wanted() {
            let source = match source {
                Some(source) => source,
                None => self.workspace.source(path, self.cancel)?,
            };
            self.sections.file(of, &source);
        }
        self.tally.end_of_file(facts, before);
        Ok(())
    }

    fn passes(&self, node: Node<'_>) -> bool {
        let rule = self.nodes.as_ref().and_then(|nodes| nodes.answer.rules.get(node.file.rule));
        let passes = |rule| {
            let mut filters = self.asked.entity.conditions.filters.iter();
            filters.all(|filter| matches::passes(filter, rule, node.file, node.captures))
        };
        rule.is_some_and(passes)
    }

    fn finish(self, facts: &FactsAnswer, related: Option<&PatternAnswer>) -> Result<Value, Fault> {
        let Self { asked, workspace, cancel, project, table, tally, sections, .. } = self;
        let (one, many) = nouns(asked.word());
        let mut text = cover::tally(tally.count, one, many, tally.files);
        let mut warnings = Vec::new();
        let widened = widened(asked);
        if let Some(related) = related {
            if let [language] = related.refused.as_slice() {
                let conditions = &asked.entity.conditions;
                let whose = if conditions.composites.is_empty() { "relations" } else { "patterns" };
                text += &format!("; the {whose} do not parse as {language}");
            }
            warnings.extend(related.flaws.iter().map(|flaw| flaw.message.clone()));
        }
        for side in &widened {
            text += &format!("; `{side}` names a declaration and looks to the end");
        }
        if tally.unseen > 0 {
            warnings.push(near::unseen(asked, tally.unseen));
        }
        if tally.count == 0 && facts.cover.scanned > 0 {
            warnings.push(near::miss(asked, facts, project, &tally));
        }
        let counts =
            tally.languages.iter().map(|&(language, count)| (language, Value::count(count)));
        let mut summary = vec![
            ("mode", "entity".into()),
            ("entity", asked.word().into()),
            ("files", Value::count(tally.files)),
            ("languages", Value::object(counts)),
        ];
        if !widened.is_empty() {
            summary.push(("widened", Value::list(widened.into_iter().map(Value::from))));
        }
        let partial = related.is_some_and(|related| related.files.iter().any(is_partial));
        let (columns, mut limits) = table.finish();
        if partial && limits.is_empty() {
            limits.push("stored");
        }
        let mut more = sections.finish();
        if asked.why == Why::Told {
            more.push(("why", why::of_entity(asked, facts, related, tally.files, workspace)));
        }
        let answer = Answer {
            cover: &facts.cover,
            count: tally.count,
            broken: related.map_or(&[], |related| &related.broken),
            refused: related.map_or_else(Vec::new, refused),
            scope: scope_text(&asked.facts.scope, workspace),
            summary,
            warnings,
            more,
        };
        let unseen = doubt::unseen(asked, &answer, workspace, cancel)?;
        Ok(answer.doubted(&text, columns, &limits, &Doubts { unresolved: 0, unseen }))
    }
}

impl Tally {
    /// The node of a record, if it stands as the relations want.
    fn node<'a>(
        &mut self,
        nodes: Option<&OfFile<'a>>,
        record: Record,
        facts: &Facts,
    ) -> Option<Node<'a>> {
        let Some(tie) = record.tie(facts) else {
            self.unseen += 1;
            return None;
        };
        let node = nodes.and_then(|nodes| nodes.at(tie, record));
        match nodes {
            _ if node.is_some() => {}
            Some(nodes) if nodes.is_cut() => self.given_up += 1,
            _ => self.unrelated += 1,
        }
        node
    }

    fn end_of_file(&mut self, facts: &Facts, before: usize) {
        let more = self.count - before;
        if more == 0 {
            return;
        }
        self.files += 1;
        let language = facts.language.name();
        match self.languages.iter_mut().find(|(known, _)| *known == language) {
            Some((_, count)) => *count += more,
            None => self.languages.push((language, more)),
        }
        self.languages.sort_unstable();
    }
}

/// The nodes that stand as the relations want, by file.
struct Nodes<'a> {
    answer: &'a PatternAnswer,
    files: HashMap<&'a str, &'a FileMatches>,
}

/// Those of one file.
struct OfFile<'a> {
    file: &'a FileMatches,
    /// By the byte that ties them to the facts: one past the last byte of what is tied, and the captures.
    ties: Vec<(u32, u32, &'a [Capture])>,
}

/// One of them.
#[derive(Clone, Copy)]
struct Node<'a> {
    file: &'a FileMatches,
    captures: &'a [Capture],
}

impl<'a> Nodes<'a> {
    fn of(answer: &'a PatternAnswer) -> Self {
        let files = answer.files.iter().map(|file| (&*file.source.path, file)).collect();
        Self { answer, files }
    }

    /// Whether the relations are code of the language.
    fn know(&self, facts: &Facts) -> bool {
        self.answer.rules.iter().any(|rule| rule.language() == facts.language.name())
    }

    fn of_file(&self, path: &str) -> Option<OfFile<'a>> {
        let file = *self.files.get(path)?;
        let tie = |captures: &'a [Capture]| {
            let tie = captures.iter().find(|capture| capture.variable == NAME)?;
            Some((tie.lo, tie.hi, captures))
        };
        let mut ties: Vec<_> = file.matches.iter().filter_map(|(_, found)| tie(found)).collect();
        ties.sort_unstable_by_key(|(lo, ..)| *lo);
        Some(OfFile { file, ties })
    }
}

impl<'a> OfFile<'a> {
    /// The node that a record's byte ties to; an import's lies inside its statement.
    fn at(&self, byte: u32, record: Record) -> Option<Node<'a>> {
        let behind = self.ties.partition_point(|(lo, ..)| *lo <= byte);
        let &(lo, hi, captures) = self.ties.get(behind.checked_sub(1)?)?;
        let is_it = match record {
            Record::Import(_) => byte < hi,
            _ => byte == lo,
        };
        is_it.then_some(Node { file: self.file, captures })
    }

    /// Whether some of its nodes may be missing.
    fn is_cut(&self) -> bool {
        self.file.matches.refused.is_some() || is_partial(self.file)
    }
}

fn is_partial(file: &FileMatches) -> bool {
    file.matches.stored.len() < file.matches.count
}

fn refused(related: &PatternAnswer) -> Vec<(Arc<str>, &'static str)> {
    let files = related.files.iter();
    files.filter_map(|f| Some((Arc::clone(&f.source.path), f.matches.refused?.reason()))).collect()
}

/// The relations that look to the end without being told.
fn widened(asked: &Entities) -> Vec<&'static str> {
    let relations = asked.entity.conditions.relations.iter();
    relations.filter(|r| need::widens(r)).map(|r| r.side.name()).collect()
}

fn closures(asked: &Entities) -> Closures {
    if asked.counts_closures() { Closures::Count } else { Closures::DoNot }
}

/// What entities are called in sentences.
pub(super) fn nouns(word: &str) -> (&'static str, &'static str) {
    match word {
        "method" => ("method", "methods"),
        "class" => ("class", "classes"),
        "module" => ("module", "modules"),
        "callsite" => ("call", "calls"),
        "import" => ("import", "imports"),
        "decorator" => ("decorated definition", "decorated definitions"),
        "variable" => ("variable", "variables"),
        "parameter" => ("parameter", "parameters"),
        "impl" => ("impl block", "impl blocks"),
        "macro" => ("macro", "macros"),
        "type" => ("type alias", "type aliases"),
        "constant" => ("constant", "constants"),
        _ => ("function", "functions"),
    }
}
