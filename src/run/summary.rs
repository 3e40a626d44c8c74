//! What a run asked and found, in a few words and numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexSet;

use crate::action::{Forms, Group, Registry};
use crate::exec::journal::ActionRecord;
use crate::report::LanguageCounts;
use crate::report::finding::Finding;
use crate::value::{Value, ops, show};

/// Characters of the questions that are shown.
const LONGEST: usize = 1_000;

/// Mode and question of the only analysis, or of all if their modes agree; else `run` and how many steps there were.
pub(super) fn asked(
    actions: &[ActionRecord],
    steps: usize,
    registry: &Registry,
) -> Option<(String, String)> {
    let analyses = actions.iter().filter(|record| {
        registry.find(record.name).is_some_and(|action| action.group == Group::Analysis)
    });
    let mut modes = IndexSet::new();
    let mut queries = IndexSet::new();
    for record in analyses {
        modes.insert(mode(record));
        queries.insert(query(record, registry));
    }
    match modes.len() {
        0 => None,
        1 => Some((modes.swap_remove_index(0)?, joined(&queries))),
        _ => {
            let plural = if steps == 1 { "" } else { "s" };
            Some(("run".to_owned(), format!("multi-step plan ({steps} step{plural})")))
        }
    }
}

/// What the answer calls itself, else the action's name.
fn mode(record: &ActionRecord) -> String {
    let own = record.outcome.as_ref().ok().and_then(|value| ops::field(value, "summary").ok());
    match own.and_then(|summary| ops::field(&summary, "mode").ok()) {
        Some(Value::Str(mode)) => mode.to_string(),
        _ => record.name.to_owned(),
    }
}

/// The primary argument, else all of them as written in a query.
fn query(record: &ActionRecord, registry: &Registry) -> String {
    let primary = registry.find(record.name).and_then(|action| match &action.forms {
        Forms::One(form) => form.params.iter().find(|param| param.primary),
        Forms::Ops(_) => None,
    });
    if let Some(Ok(value)) = primary.map(|param| ops::field(&record.args, param.name))
        && !matches!(value, Value::Null)
    {
        return show::plain(&value);
    }
    let Value::Object(args) = &record.args else { return record.name.to_owned() };
    let given = args.iter().filter(|(_, value)| !matches!(value, Value::Null));
    let pairs: Vec<String> =
        given.map(|(name, value)| format!("{name}={}", show::json(value))).collect();
    pairs.join(" ")
}

fn joined(queries: &IndexSet<String>) -> String {
    let mut text = String::new();
    for (at, query) in queries.iter().enumerate() {
        if at > 0 {
            text.push_str(" | ");
        }
        text.push_str(query);
        if let Some((end, _)) = text.char_indices().nth(LONGEST) {
            text.truncate(end);
            text.push('…');
            break;
        }
    }
    text
}

/// Findings and the files that hold them, by language.
pub(super) fn languages(findings: &[Finding]) -> BTreeMap<Arc<str>, LanguageCounts> {
    let mut counts: BTreeMap<Arc<str>, LanguageCounts> = BTreeMap::new();
    let mut files = BTreeSet::new();
    for finding in findings {
        let Some(language) = &finding.language else { continue };
        let count = counts.entry(Arc::clone(language)).or_default();
        count.findings += 1;
        let file = finding.anchor.as_ref().map(|anchor| &anchor.file);
        if let Some(file) = file
            && files.insert(file)
        {
            count.files += 1;
        }
    }
    counts
}
