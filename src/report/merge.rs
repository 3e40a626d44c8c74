//! Facts to findings: each gets an id that does not depend on its line, and the same fact from two actions becomes one
//! finding with two sources. Knows facts, not rows.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use indexmap::IndexMap;
use indexmap::map::Entry;

use super::finding::Finding;

/// What makes a fact the one it is, but for its number among its equals.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// What kind of fact.
    pub kind: String,
    /// Where; empty for what speaks of no one file.
    pub file: Arc<str>,
    /// The qualified name it is a fact of, or lies in.
    pub owner: String,
    /// Its own text with one blank where there were several, or the digest of a long one.
    text: String,
}

/// Bytes of a text beyond which its digest stands for it.
const LONG: usize = 256;

impl Key {
    /// A key; how blanks part the text does not count.
    #[must_use]
    pub fn new(kind: &str, file: Arc<str>, owner: &str, text: &str) -> Self {
        let text = if text.len() > LONG { digest(text) } else { normal(text) };
        Self { kind: kind.to_owned(), file, owner: owner.to_owned(), text }
    }
}

/// A fact as one action found it.
#[derive(Clone, Debug)]
pub struct Fact {
    /// What makes it the one it is.
    pub key: Key,
    /// Line and column, by which equals are numbered.
    pub at: (i64, i64),
    /// The finding but for its id, with its one source.
    pub finding: Finding,
}

/// Findings in the order of their first facts.
#[derive(Clone, Debug, Default)]
pub struct Merged {
    /// Each fact once.
    pub findings: Vec<Finding>,
    /// The place in `findings` of each fact that was given.
    pub places: Vec<usize>,
}

/// Numbers equal facts by their place in the file, names all of them, and unites those that are the same.
#[must_use]
pub fn merge(facts: Vec<Fact>) -> Merged {
    let mut equals: HashMap<&Key, BTreeSet<(i64, i64)>> = HashMap::new();
    for fact in &facts {
        equals.entry(&fact.key).or_default().insert(fact.at);
    }
    let numbers: HashMap<&Key, HashMap<(i64, i64), usize>> = equals
        .into_iter()
        .map(|(key, places)| (key, places.into_iter().zip(0..).collect()))
        .collect();
    let ids: Vec<String> =
        facts.iter().map(|fact| id(&fact.key, numbers[&fact.key][&fact.at])).collect();
    let mut merged: IndexMap<String, Finding> = IndexMap::new();
    let mut places = Vec::with_capacity(facts.len());
    for (fact, id) in facts.into_iter().zip(ids) {
        match merged.entry(id) {
            Entry::Occupied(mut same) => {
                places.push(same.index());
                unite(same.get_mut(), fact.finding);
            }
            Entry::Vacant(new) => {
                places.push(new.index());
                let id = new.key().clone();
                new.insert(Finding { id, ..fact.finding });
            }
        }
    }
    Merged { findings: merged.into_values().collect(), places }
}

/// The text with one blank where there were several.
fn normal(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What [`normal`] gives, as a digest.
fn digest(text: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    for word in text.split_whitespace() {
        hasher.update(word.as_bytes());
        hasher.update(b" ");
    }
    hasher.finalize().to_hex().to_string()
}

fn id(key: &Key, number: usize) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [key.kind.as_str(), &key.file, &key.owner, &key.text] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.update(&(number as u64).to_le_bytes());
    hasher.finalize().to_hex()[..16].to_owned()
}

/// Adds who else found it; the surer of two says how sure, the graver how grave.
fn unite(known: &mut Finding, other: Finding) {
    for source in other.sources {
        if !known.sources.contains(&source) {
            known.sources.push(source);
        }
    }
    known.severity = known.severity.max(other.severity);
    known.score.impact = known.score.impact.max(other.score.impact);
    if other.score.confidence > known.score.confidence {
        known.score.confidence = other.score.confidence;
        known.score.evidence = other.score.evidence;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::finding::{FoundBy, Score, Severity};
    use crate::value::Value;

    fn fact(owner: &str, text: &str, at: (i64, i64), action: &str, confidence: f64) -> Fact {
        let finding = Finding {
            id: String::new(),
            category: "call".into(),
            severity: Severity::Info,
            message: text.into(),
            anchor: None,
            score: Score { impact: 0.01, confidence: Some(confidence), evidence: None },
            language: None,
            data: Value::Null,
            sources: vec![FoundBy { step: None, action: action.into() }],
        };
        Fact { key: Key::new("call", "a.py".into(), owner, text), at, finding }
    }

    #[test]
    fn the_same_fact_of_two_actions_is_one_finding_with_two_sources() {
        let merged = merge(vec![
            fact("f", "g(1)", (3, 5), "q_0", 0.4),
            fact("f", "h(1)", (4, 5), "q_0", 0.4),
            fact("f", " g(1)", (3, 5), "calls_0", 0.95),
        ]);
        assert_eq!(merged.places, [0, 1, 0]);
        let actions: Vec<&str> =
            merged.findings[0].sources.iter().map(|source| &*source.action).collect();
        assert_eq!(actions, ["q_0", "calls_0"]);
        assert_eq!(merged.findings[0].score.confidence, Some(0.95));
    }

    #[test]
    fn ids_do_not_depend_on_lines_but_on_the_number_among_equals() {
        let before = merge(vec![
            fact("f", "g(1)", (3, 5), "q_0", 0.9),
            fact("f", "g(1)", (9, 5), "q_0", 0.9),
        ]);
        let moved = merge(vec![
            // Ranked the other way round, forty lines further down, parted otherwise.
            fact("f", "g(1)\n", (49, 5), "q_0", 0.9),
            fact("f", "g(1)", (43, 5), "q_0", 0.9),
        ]);
        assert_ne!(before.findings[0].id, before.findings[1].id);
        assert_eq!(before.findings[0].id, moved.findings[1].id);
        assert_eq!(before.findings[1].id, moved.findings[0].id);
        assert_eq!(before.findings[0].id.len(), 16);
    }

    #[test]
    fn an_action_that_sees_only_the_second_of_two_equals_tells_the_second() {
        let merged = merge(vec![
            fact("f", "g()", (9, 1), "narrow", 0.9),
            fact("f", "g()", (3, 1), "wide", 0.9),
            fact("f", "g()", (9, 1), "wide", 0.9),
        ]);
        assert_eq!(merged.places, [0, 1, 0]);
    }

    #[test]
    fn blanks_do_not_count_in_long_texts_either() {
        let long = "word ".repeat(100);
        let merged = merge(vec![
            fact("f", &long, (3, 1), "a", 0.9),
            fact("f", &long.replace(' ', "\n  "), (3, 1), "b", 0.9),
            fact("f", &format!("{long}!"), (3, 1), "b", 0.9),
        ]);
        assert_eq!(merged.places, [0, 0, 1]);
    }

    #[test]
    fn another_owner_or_text_is_another_fact() {
        let facts = vec![
            fact("f", "g()", (1, 1), "q", 0.9),
            fact("f.g", "()", (1, 1), "q", 0.9),
            fact("h", "g()", (1, 1), "q", 0.9),
        ];
        assert_eq!(merge(facts).findings.len(), 3);
    }
}
