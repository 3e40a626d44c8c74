//! Matches of a pattern to rows: filters on what was captured, names, captures.

use std::collections::HashMap;
use std::sync::Arc;

use super::asked::{Matches, Why};
use super::cover::{self, Answer};
use super::nearest;
use super::q::scope_text;
use super::rows::{self, Place, Rows};
use super::why;
use super::workspace::Workspace;
use crate::diagnostic::Fault;
use crate::query::ir::{Filter, Wanted};
use crate::scan::pattern::Takes;
use crate::scan::session::{FileMatches, PatternAnswer, RuleView};
use crate::scan::visit::{Capture, NAME};
use crate::system::control::Cancel;
use crate::value::table::Cells;
use crate::value::{Column, Value};

/// What a captured text takes beside its bytes, about.
const CAPTURE_BYTES: usize = 60;
/// What a metavariable takes in each row, about.
const VARIABLE_BYTES: usize = 130;

/// The matches of a pattern.
pub(super) fn answer(
    asked: &Matches,
    workspace: &Workspace,
    cancel: &Cancel,
) -> Result<Value, Fault> {
    let found = workspace.matches(&asked.need, cancel)?;
    let mut shaper = Shaper::new(&found, &asked.filters, asked.limit);
    for file in &found.files {
        cancel.check()?;
        shaper.file(file);
    }
    let mut text = cover::tally(shaper.count, "match", "matches", shaper.files);
    if let [language] = found.refused.as_slice() {
        text += &format!("; the pattern does not parse as {language}");
    }
    let counts = found.rules.iter().zip(&shaper.counts).filter(|(_, count)| **count > 0);
    let languages =
        Value::object(counts.map(|(rule, &count)| (rule.language(), Value::count(count))));
    let mut warnings: Vec<String> = found.flaws.iter().map(|flaw| flaw.message.clone()).collect();
    if shaper.is_partial && !asked.filters.is_empty() {
        warnings.push("the filters saw only some of the matches: there may be more".to_owned());
    }
    if shaper.count == 0 && found.cover.in_scope > 0 && warnings.is_empty() {
        warnings.push(nearest::miss(asked, &found, workspace, cancel)?);
    }
    let mut more = Vec::new();
    if asked.why == Why::Told {
        more.push(("why", why::of_pattern(&found, asked, shaper.files, workspace)));
    }
    let answer = Answer {
        cover: &found.cover,
        count: shaper.count,
        broken: &found.broken,
        refused: found
            .files
            .iter()
            .filter_map(|f| Some((Arc::clone(&f.source.path), f.matches.refused?.reason())))
            .collect(),
        scope: scope_text(&asked.need.scope, workspace),
        summary: vec![
            ("mode", "pattern".into()),
            ("files", Value::count(shaper.files)),
            ("languages", languages),
            ("parses_in", Value::list(found.rules.iter().map(|rule| rule.language().into()))),
        ],
        warnings,
        more,
    };
    let (columns, limits) = shaper.finish();
    Ok(answer.table(&text, columns, &limits))
}

/// Makes rows of matches that pass the filters.
pub(super) struct Shaper<'a> {
    rules: &'a [RuleView],
    filters: &'a [Filter],
    rows: Rows,
    names: Vec<Value>,
    captures: Vec<Value>,
    /// Of rows that only a tolerant pattern finds `true`.
    tolerant: Vec<Value>,
    kinds: HashMap<(usize, u16), Arc<str>>,
    /// Matches that pass; of those that are not stored none is known to, unless there is no filter.
    pub(super) count: usize,
    /// Whether some matches were not stored.
    pub(super) is_partial: bool,
    /// The same by rule.
    pub(super) counts: Vec<usize>,
    /// Files with such matches.
    pub(super) files: usize,
}

impl<'a> Shaper<'a> {
    /// Rows of the matches in `found` that pass all filters.
    pub(super) fn new(found: &'a PatternAnswer, filters: &'a [Filter], limit: Option<i64>) -> Self {
        Self {
            rules: &found.rules,
            filters,
            rows: Rows::new(limit),
            names: Vec::new(),
            captures: Vec::new(),
            tolerant: Vec::new(),
            kinds: HashMap::new(),
            count: 0,
            is_partial: false,
            counts: vec![0; found.rules.len()],
            files: 0,
        }
    }

    /// Adds the matches of a file.
    pub(super) fn file(&mut self, file: &FileMatches) {
        let before = self.count;
        let rule = &self.rules[file.rule];
        for (found, captures) in file.matches.iter() {
            if !self.filters.iter().all(|filter| passes(filter, rule, file, captures)) {
                continue;
            }
            self.count += 1;
            let texts: usize =
                captures.iter().map(|c| (c.hi - c.lo) as usize + CAPTURE_BYTES).sum();
            let variables = (rule.variables.len() + 1) * VARIABLE_BYTES;
            let bytes = (found.hi - found.lo) as usize + texts + variables;
            if self.rows.has_room(bytes) {
                let place = Place { source: &file.source, lo: found.lo, hi: found.hi };
                let kind = self
                    .kinds
                    .entry((file.rule, found.kind))
                    .or_insert_with(|| rule.kind(found.kind).into());
                self.rows.push(
                    place,
                    Arc::clone(kind),
                    file.source.slice(found.lo, found.hi).into(),
                );
                self.names.push(name(file, captures));
                self.captures.push(captured(rule, file, captures));
                let is_tolerant = found.is_tolerant;
                self.tolerant.push(if is_tolerant { Value::Bool(true) } else { Value::Null });
            }
        }
        let unstored = file.matches.count - file.matches.stored.len();
        if unstored > 0 {
            self.is_partial = true;
            self.rows.note_unstored();
            self.count += if self.filters.is_empty() { unstored } else { 0 };
        }
        self.counts[file.rule] += self.count - before;
        self.files += usize::from(self.count > before);
    }

    /// The columns, and the bounds that were hit.
    pub(super) fn finish(self) -> (Vec<Column>, Vec<&'static str>) {
        let names = rows::column("name", Cells::Any(self.names));
        let mut behind = vec![rows::column("captures", Cells::Any(self.captures))];
        if self.tolerant.iter().any(|value| !matches!(value, Value::Null)) {
            behind.push(rows::column("tolerant", Cells::Any(self.tolerant)));
        }
        self.rows.finish(vec![names], behind, ("exact", 0.95))
    }
}

/// Whether the captured text is as the filter wants it; what was not captured passes no filter.
pub(super) fn passes(
    filter: &Filter,
    rule: &RuleView,
    file: &FileMatches,
    captures: &[Capture],
) -> bool {
    let Some(index) = rule.variables.iter().position(|variable| variable.name == filter.variable)
    else {
        return false;
    };
    let mut nodes = captures.iter().filter(|capture| capture.variable as usize == index);
    let text = match (nodes.next(), rule.variables[index].takes) {
        (Some(first), _) => {
            file.source.slice(first.lo, nodes.next_back().map_or(first.hi, |last| last.hi))
        }
        (None, Takes::Many) => "",
        (None, Takes::One) => return false,
    };
    filter.regex.is_match(text) == (filter.wanted == Wanted::Match)
}

fn name(file: &FileMatches, captures: &[Capture]) -> Value {
    let own = captures.iter().find(|capture| capture.variable == NAME);
    own.map_or(Value::Null, |capture| Value::str(file.source.slice(capture.lo, capture.hi)))
}

/// What the metavariables took.
pub(super) fn captured(rule: &RuleView, file: &FileMatches, captures: &[Capture]) -> Value {
    if rule.variables.is_empty() {
        return Value::Null;
    }
    let fields = rule.variables.iter().zip(0_u32..).filter_map(|(variable, index)| {
        let nodes = captures.iter().filter(|capture| capture.variable == index);
        let mut texts = nodes.map(|capture| Value::str(file.source.slice(capture.lo, capture.hi)));
        let value = match variable.takes {
            Takes::One => texts.next()?,
            Takes::Many => Value::list(texts),
        };
        Some((Arc::clone(&variable.name), value))
    });
    Value::object(fields)
}
