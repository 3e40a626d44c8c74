//! What to say where nothing was found: the nearest names, what else has the name, where else it is.

use std::collections::BTreeSet;

use super::super::asked::Entities;
use super::super::cover;
use super::nouns;
use super::records;
use crate::diagnostic::{either, near};
use crate::facts::Facts;
use crate::project::Project;
use crate::query::ENTITIES;
use crate::query::ir::{Name, Stop};
use crate::scan::session::FactsAnswer;

/// `1 class is`, `2 classes are`.
pub(super) fn count(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Why nothing was found, as far as the facts know.
pub(super) fn miss(
    asked: &Entities,
    facts: &FactsAnswer,
    project: &Project,
    unrelated: usize,
) -> String {
    let (one, many) = nouns(asked.word);
    if unrelated > 0 {
        return unrelated_text(asked, unrelated);
    }
    let Some(name) = &asked.name else {
        return format!("there is no {one} in {}", cover::files(facts.cover.scanned));
    };
    let here = || facts.files.iter().map(|file| &*file.facts);
    let mut text = match name {
        Name::Exact(name) => format!("no {one} is called `{name}`"),
        _ => format!("no {one}'s name matches `{}`", name.written()),
    };
    if let Some(others) = others(asked.word, name, here) {
        text += &format!("; {others}");
    }
    let elsewhere =
        |file: &&crate::project::File| !facts.files.iter().any(|known| known.path == file.path);
    let outside = project.files().iter().filter(elsewhere);
    let outside = outside.map(|file| number(&file.facts, asked.word, name)).sum();
    if outside > 0 {
        text += &format!("; {} outside of what was asked for", count(outside, one, many));
    }
    if let Name::Exact(name) = name {
        text += &similar(asked.word, name, here());
    }
    text
}

/// That some records stand where no tree shows them.
pub(super) fn unseen(asked: &Entities, unseen: usize) -> String {
    let (one, many) = match asked.name {
        Some(_) => ("call of that name stands", "calls of that name stand"),
        None => ("call stands", "calls stand"),
    };
    let what = count(unseen, one, many);
    format!(
        "{what} inside the brackets of macros or in quoted annotations: no tree shows them as nodes, so no relation holds"
    )
}

fn unrelated_text(asked: &Entities, unrelated: usize) -> String {
    let (one, many) = nouns(asked.word);
    let stands = if unrelated == 1 { "does not stand" } else { "do not stand" };
    let mut text = format!("{} {stands} as the relations want", count(unrelated, one, many));
    let is_near = |r: &&crate::query::ir::Relation| {
        matches!(r.stop, Stop::Unsaid | Stop::Neighbor) && !super::asked::widens(r)
    };
    if let Some(relation) = asked.relations.iter().find(is_near) {
        let side = relation.side.name();
        let what = if relation.side.is_sibling() { "statement" } else { "node" };
        text += &format!("; `{side}` looks at the next {what} only, `{side}.stopBy=end` further");
    }
    text
}

fn number(facts: &Facts, entity: &str, name: &Name) -> usize {
    let records = records::records(facts, entity).into_iter();
    records.filter(|record| record.is_called(facts, name)).count()
}

/// Other entities of the name.
fn others<'f, I: Iterator<Item = &'f Facts>>(
    word: &str,
    name: &Name,
    facts: impl Fn() -> I,
) -> Option<String> {
    let covered = |entity: &str| entity == word || entity == "method" && word == "function";
    let found: Vec<String> = ENTITIES
        .iter()
        .filter(|entity| !covered(entity) && **entity != "method")
        .filter_map(|entity| {
            let (one, many) = nouns(entity);
            let number: usize = facts().map(|facts| number(facts, entity, name)).sum();
            let verb = if number == 1 { "is" } else { "are" };
            (number > 0).then(|| format!("{} {verb}", count(number, one, many)))
        })
        .collect();
    (!found.is_empty()).then(|| found.join(", "))
}

/// `; did you mean …?`
fn similar<'f>(word: &str, name: &str, facts: impl Iterator<Item = &'f Facts>) -> String {
    let mut names = BTreeSet::new();
    for facts in facts {
        let records = records::records(facts, word).into_iter();
        names.extend(records.map(|record| record.name(facts)));
    }
    match near(name, names).as_slice() {
        [] => String::new(),
        names => format!("; did you mean {}?", either(names)),
    }
}
