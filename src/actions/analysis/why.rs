//! How an answer came about: the rules that were asked, the texts that a file must hold, files ruled out and why, the time of
//! each stage. All but the times follows from the files alone.

use std::collections::BTreeMap;

use super::asked::Entities;
use super::workspace::Workspace;
use crate::facts::needs;
use crate::scan::session::{Cover, FactsAnswer, PatternAnswer, RuleView};
use crate::value::Value;

/// Files named for a reason.
const MOST_FILES: usize = 20;

/// Of the matches of a pattern, in so many files.
pub(super) fn of_pattern(
    found: &PatternAnswer,
    need: &needs::Pattern,
    matched: usize,
    workspace: &Workspace,
) -> Value {
    let rules = found.rules.iter().map(|rule| self::rule(rule, need, None));
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
            found.rules.iter().map(|rule| self::rule(rule, need, Some(asked.word()))).collect()
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
fn rule(rule: &RuleView, need: &needs::Pattern, entity: Option<&'static str>) -> Value {
    let texts = |part: &Vec<String>| Value::list(part.iter().map(|text| Value::str(text.as_str())));
    let kinds =
        rule.kinds().map_or(Value::Null, |kinds| Value::list(kinds.into_iter().map(Value::str)));
    let groups = rule.literals.either.iter();
    let groups = groups.map(|group| Value::list(group.iter().map(texts)));
    Value::object([
        ("language", Value::str(rule.language())),
        ("asks", asks(need, entity)),
        ("kinds", kinds),
        ("literals", Value::list(rule.literals.all.iter().map(texts))),
        ("one_of", Value::list(groups)),
        ("files_looked_at", Value::count(rule.looked_at)),
    ])
}

/// What is asked of nodes, in the keys of a query.
fn asks(need: &needs::Pattern, entity: Option<&'static str>) -> Value {
    let mut fields: Vec<(&'static str, Value)> = Vec::new();
    if let needs::Target::Code(code) = &need.target {
        fields.push(("pattern", Value::Str(code.text.clone())));
    }
    fields.extend(entity.map(|word| ("entity", Value::str(word))));
    for composite in &need.composites {
        let key = match composite.op {
            needs::Op::All => "all",
            needs::Op::Any => "any",
            needs::Op::Not => "not",
        };
        fields.push((key, Value::list(composite.patterns.iter().cloned().map(Value::Str))));
    }
    if let Some(nth) = &need.nth_child {
        fields.push(("nthChild", Value::Str(nth.position.clone())));
    }
    for relation in &need.relations {
        let key = match relation.side {
            needs::Side::Inside => "inside",
            needs::Side::Has => "has",
            needs::Side::Precedes => "precedes",
            needs::Side::Follows => "follows",
        };
        let stop = match &relation.stop {
            needs::Stop::Widened if need.tolerance == needs::Tolerance::AstGrep => {
                Value::str("neighbor")
            }
            needs::Stop::Neighbor => Value::str("neighbor"),
            needs::Stop::End | needs::Stop::Widened => Value::str("end"),
            needs::Stop::At(pattern) => Value::Str(pattern.clone()),
        };
        let pattern = Value::Str(relation.pattern.clone());
        fields.push((key, Value::object([("pattern", pattern), ("stopBy", stop)])));
    }
    Value::object(fields)
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
            ("reason", Value::str("the texts of no rule of the file's language occur in order")),
            ("count", Value::count(without)),
        ]));
    }
    Value::object([
        ("in_scope", Value::count(cover.in_scope)),
        ("scanned", Value::count(cover.scanned)),
        ("looked_at", Value::count(looked_at)),
        ("matched", Value::count(matched)),
        ("ruled_out", Value::list(ruled_out)),
    ])
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
