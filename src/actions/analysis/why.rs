//! How an answer came about: the rules that were asked, the texts that a file must hold, files ruled out and why, the time of
//! each stage. All but the times follows from the files alone.

use std::collections::BTreeMap;

use super::asked::{Entities, Matches};
use super::workspace::Workspace;
use crate::facts::{Language, needs};
use crate::query::ir::{Filter, Wanted};
use crate::scan::session::{Cover, FactsAnswer, PatternAnswer, RuleView};
use crate::value::Value;

/// Files named for a reason.
const MOST_FILES: usize = 20;

/// Of the matches of a pattern, in so many files.
pub(super) fn of_pattern(
    found: &PatternAnswer,
    asked: &Matches,
    matched: usize,
    workspace: &Workspace,
) -> Value {
    let rules = found.rules.iter().map(|rule| {
        let asks = asks(Vec::new(), &asked.need, &asked.filters);
        self::rule(rule, asks)
    });
    Value::object([
        ("rules", Value::list(rules)),
        ("files", files(&found.cover, Some(found), matched)),
        ("stages", stages(workspace)),
    ])
}

/// Of entities, in so many files.
pub(super) fn of_entity(
    asked: &Entities,
    facts: &FactsAnswer,
    related: Option<&PatternAnswer>,
    matched: usize,
    workspace: &Workspace,
) -> Value {
    let rules = match (related, &asked.related) {
        (Some(found), Some(need)) => {
            let asks = || asks(head(asked), need, &asked.entity.conditions.filters);
            found.rules.iter().map(|rule| self::rule(rule, asks())).collect()
        }
        _ => Vec::new(),
    };
    Value::object([
        ("rules", Value::list(rules)),
        ("facts", Value::str(asked.word())),
        ("files", files(&facts.cover, related, matched)),
        ("stages", stages(workspace)),
    ])
}

/// One rule: what is asked of nodes, their kinds, and the texts that a file must hold to be looked at.
fn rule(rule: &RuleView, asks: Value) -> Value {
    let texts = |part: &Vec<String>| Value::list(part.iter().map(|text| Value::str(text.as_str())));
    let kinds =
        rule.kinds().map_or(Value::Null, |kinds| Value::list(kinds.into_iter().map(Value::str)));
    let groups = rule.literals.either.iter();
    let groups = groups.map(|group| Value::list(group.iter().map(texts)));
    Value::object([
        ("language", Value::str(rule.language())),
        ("asks", asks),
        ("kinds", kinds),
        ("literals", Value::list(rule.literals.all.iter().map(texts))),
        ("one_of", Value::list(groups)),
        ("files_looked_at", Value::count(rule.looked_at)),
    ])
}

/// A key of a query with what it is given.
type Asks = Vec<(&'static str, Value)>;

/// Which entity is asked for, and of which name.
fn head(asked: &Entities) -> Asks {
    let name = asked.entity.name.as_ref().map(|name| ("name", Value::str(name.written())));
    std::iter::once(("entity", Value::str(asked.word()))).chain(name).collect()
}

/// What is asked of nodes, in the keys of a query; what is not given is not told.
fn asks(mut fields: Asks, need: &needs::Pattern, filters: &[Filter]) -> Value {
    if let needs::Target::Code(code) = &need.target {
        fields.extend(code_asks(code));
    }
    if need.tolerance == needs::Tolerance::Tolerant {
        fields.push(("pattern.tolerant", Value::Bool(true)));
    }
    for composite in &need.composites {
        let key = match composite.op {
            needs::Op::All => "all",
            needs::Op::Any => "any",
            needs::Op::Not => "not",
        };
        fields.push((key, Value::list(composite.patterns.iter().cloned().map(Value::Str))));
    }
    fields.extend(need.nth_child.iter().flat_map(nth_asks));
    fields.extend(need.relations.iter().map(|relation| relation_asks(relation, need.tolerance)));
    if !filters.is_empty() {
        fields.push(("filters", Value::list(filters.iter().map(|f| Value::str(written(f))))));
    }
    Value::object(fields)
}

fn code_asks(code: &needs::Code) -> Asks {
    let mut fields = vec![("pattern", Value::Str(code.text.clone()))];
    fields.extend(code.selector.iter().map(|kind| ("pattern.selector", Value::Str(kind.clone()))));
    if code.strictness != needs::Strictness::default() {
        let word = needs::Strictness::WORDS[code.strictness as usize];
        fields.push(("pattern.strictness", Value::str(word)));
    }
    fields
}

fn nth_asks(nth: &needs::NthChild) -> Asks {
    let mut fields = vec![("nthChild", Value::Str(nth.position.clone()))];
    if nth.from == needs::End::Back {
        fields.push(("nthChild.reverse", Value::Bool(true)));
    }
    fields.extend(nth.of.iter().map(|of| ("nthChild.ofRule", Value::Str(of.clone()))));
    fields
}

fn relation_asks(relation: &needs::Relation, tolerance: needs::Tolerance) -> (&'static str, Value) {
    let key = match relation.side {
        needs::Side::Inside => "inside",
        needs::Side::Has => "has",
        needs::Side::Precedes => "precedes",
        needs::Side::Follows => "follows",
    };
    let stop = match &relation.stop {
        needs::Stop::Widened if tolerance == needs::Tolerance::AstGrep => Value::str("neighbor"),
        needs::Stop::Neighbor => Value::str("neighbor"),
        needs::Stop::End | needs::Stop::Widened => Value::str("end"),
        needs::Stop::At(pattern) => Value::Str(pattern.clone()),
    };
    let mut fields = vec![("pattern", Value::Str(relation.pattern.clone())), ("stopBy", stop)];
    fields.extend(relation.field.iter().map(|field| ("field", Value::Str(field.clone()))));
    (key, Value::object(fields))
}

/// A filter as a query has it.
fn written(filter: &Filter) -> String {
    let sign = match filter.wanted {
        Wanted::Match => "=~",
        Wanted::NoMatch => "!=~",
    };
    format!("${}{sign}{}", filter.variable, filter.regex.as_str())
}

/// How many files there are, and why which of them were not looked at.
fn files(cover: &Cover, found: Option<&PatternAnswer>, matched: usize) -> Value {
    let mut reasons: BTreeMap<&str, (usize, Vec<Value>)> = BTreeMap::new();
    for skipped in &cover.skipped {
        let (count, files) = reasons.entry(&skipped.reason).or_default();
        *count += 1;
        if files.len() < MOST_FILES {
            files.push(Value::Str(skipped.path.clone()));
        }
    }
    let mut ruled_out: Vec<Value> = reasons
        .into_iter()
        .map(|(reason, (count, files))| {
            Value::object([
                ("reason", Value::str(reason)),
                ("count", Value::count(count)),
                ("files", Value::list(files)),
            ])
        })
        .collect();
    let looked_at =
        found.map_or(cover.scanned, |found| found.rules.iter().map(|rule| rule.looked_at).sum());
    let without = cover.scanned.saturating_sub(looked_at);
    if without > 0 {
        ruled_out.push(Value::object([
            (
                "reason",
                Value::str(found.map_or(WITHOUT_TEXTS, |found| not_looked_at(cover, found))),
            ),
            ("count", Value::count(without)),
        ]));
    }
    let mut fields = vec![
        ("in_scope", Value::count(cover.in_scope)),
        ("scanned", Value::count(cover.scanned)),
        ("looked_at", Value::count(looked_at)),
        ("matched", Value::count(matched)),
        ("ruled_out", Value::list(ruled_out)),
    ];
    // What is no source file, such as a hidden directory, is ruled out and was never in the scope.
    let beside = (cover.scanned + cover.skipped.len()).saturating_sub(cover.in_scope);
    if beside > 0 {
        fields.push(("ruled_out_beside_scope", Value::count(beside)));
    }
    Value::object(fields)
}

const WITHOUT_TEXTS: &str = "the texts of no rule of the file's language occur in order";

/// Why files that were scanned were not looked at by their trees.
fn not_looked_at(cover: &Cover, found: &PatternAnswer) -> &'static str {
    let has_rule =
        |language: Language| found.rules.iter().any(|rule| rule.language() == language.name());
    let mut languages = Language::ALL.into_iter().filter(|language| language.is_in(cover.lang));
    if languages.all(has_rule) {
        WITHOUT_TEXTS
    } else {
        "no rule is of the file's language, or the texts of none that is occur in order"
    }
}

/// The stages of a run that every run has, whatever it keeps.
const STAGES: &[&str] = &["walk", "facts", "model"];

/// What each stage of the run took so far, in the order of the stages.
fn stages(workspace: &Workspace) -> Value {
    let stages = workspace.stages().into_iter().filter(|(stage, _)| STAGES.contains(stage));
    Value::list(stages.map(|(stage, time)| {
        let ms = (time.as_secs_f64() * 1e6).round() / 1e3;
        Value::object([("stage", Value::str(stage)), ("elapsed_ms", Value::Float(ms))])
    }))
}
