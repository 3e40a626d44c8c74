//! What to say where nothing was found: the nearest names, what else has the name, where else it is.

use std::collections::{BTreeSet, HashSet};

use super::super::asked::Entities;
use super::super::cover;
use super::nouns;
use super::records::{self, Closures, In};
use super::{Tally, closures};
use crate::diagnostic::{either, near};
use crate::facts::Language;
use crate::project::Project;
use crate::query::ENTITIES;
use crate::query::ir::{Name, Relation, Sifts, Stop};
use crate::scan::pattern::need;
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
    tally: &Tally,
) -> String {
    let (one, many) = nouns(asked.word());
    let beside = [given_up(asked, tally.given_up), unrelated_text(asked, tally.unrelated)];
    let beside: Vec<String> = beside.into_iter().flatten().collect();
    if !beside.is_empty() {
        return beside.join("; ");
    }
    if tally.sifted > 0 {
        let is = if tally.sifted == 1 { "is" } else { "are" };
        let what = count(tally.sifted, one, many);
        return format!("{what} {is} there, but not as {} wants", wanted(asked));
    }
    let Some(name) = &asked.entity.name else {
        let text = format!("there is no {one} in {}", cover::files(facts.cover.scanned));
        return match asked.word() {
            "impl" | "macro" => text + "; only rust has them",
            _ => text,
        };
    };
    let files = || facts.files.iter().map(|file| of(project, &file.path, &file.facts));
    let mut text = match name {
        Name::Exact(name) => format!("no {one} is called `{name}`"),
        _ => format!("no {one}'s name matches `{}`", name.written()),
    };
    match others(asked.word(), name, files) {
        Some(others) => text += &format!("; {others}"),
        None => text += &in_macros(asked.word(), name, files()),
    }
    let here: HashSet<&str> = facts.files.iter().map(|file| &*file.path).collect();
    let outside = project.files().iter().filter(|file| !here.contains(&*file.path));
    let outside = outside.map(|file| of(project, &file.path, &file.facts));
    let outside = outside.map(|of| number(of, asked.word(), name, closures(asked))).sum();
    if outside > 0 {
        // Only names are compared there.
        let of = if asks_more(asked) { " of the name alone" } else { "" };
        text += &format!("; {}{of} outside of what was asked for", count(outside, one, many));
    }
    if let Name::Exact(name) = name {
        text += &similar(asked, name, files());
        text += &last_part(asked, name, files);
    }
    text
}

/// That macros inside of functions, into which the facts do not look for definitions, may define what has the name.
fn in_macros<'f>(word: &str, name: &Name, files: impl Iterator<Item = In<'f>>) -> String {
    let Name::Exact(name) = name else { return String::new() };
    if matches!(word, "callsite" | "import" | "decorator" | "module" | "impl") {
        return String::new();
    }
    let may_define =
        |of: &In<'_>| of.facts.language == Language::Rust && of.facts.strings.may_hold(name);
    match files.filter(may_define).count() {
        0 => String::new(),
        number => format!(
            "; the word stands in {} of rust, and what a macro inside of a function defines is not looked at",
            count(number, "file", "files")
        ),
    }
}

/// Whether more is asked than a name.
fn asks_more(asked: &Entities) -> bool {
    asked.entity.facts != Sifts::default() || asked.entity.conditions.needs_nodes()
}

/// That the last part of a dotted name is the name of some, and how the class before it is asked for.
fn last_part<'f, I: Iterator<Item = In<'f>>>(
    asked: &Entities,
    name: &str,
    files: impl Fn() -> I,
) -> String {
    // Of these a name may have parts.
    let is_dotted = matches!(asked.word(), "callsite" | "import" | "decorator" | "module" | "impl");
    let Some(at) = name.rfind(['.', ':']).filter(|_| !is_dotted) else { return String::new() };
    let (outer, last) = (name[..at].trim_end_matches(':'), &name[at + 1..]);
    let numbered = |entity: &str, name: &str| -> usize {
        let name = Name::Exact(name.into());
        files().map(|of| number(of, entity, &name, closures(asked))).sum()
    };
    if last.is_empty() || numbered(asked.word(), last) == 0 {
        return String::new();
    }
    let class = outer.rsplit(['.', ':']).next().unwrap_or(outer);
    let inside = match numbered("class", class) {
        0 => String::new(),
        _ => format!(" inside='class {class}'"),
    };
    format!("; a name is the last part alone: `name={last}{inside}`")
}

fn of<'a>(project: &'a Project, path: &str, facts: &'a crate::facts::Facts) -> In<'a> {
    In { facts, project, file: project.at_path(path) }
}

/// The keys that ask for more than a name.
fn wanted(asked: &Entities) -> String {
    let facts = &asked.entity.facts;
    let keys = [
        ("scope", facts.scope.is_some()),
        ("captures", facts.captures.is_some()),
        ("has_cells", facts.has_cells.is_some()),
        ("decorated_by", facts.decorated_by.is_some()),
        ("decorator_count_min", facts.fewest_decorators.is_some()),
        ("decorator_count_max", facts.most_decorators.is_some()),
    ];
    let keys = keys.into_iter().filter(|(_, is_given)| *is_given).map(|(key, _)| key);
    let all: Vec<&str> = keys.chain(facts.joins.iter().map(|join| join.verb.name())).collect();
    all.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}

/// That some records stand where no tree shows them.
pub(super) fn unseen(asked: &Entities, unseen: usize) -> String {
    let (one, many) = match asked.entity.name {
        Some(_) => ("call of that name stands", "calls of that name stand"),
        None => ("call stands", "calls stand"),
    };
    let what = count(unseen, one, many);
    format!(
        "{what} inside the brackets of macros or in quoted annotations: no tree shows them as nodes, so no relation holds"
    )
}

/// That nothing is known of some records, if so.
fn given_up(asked: &Entities, number: usize) -> Option<String> {
    let (one, many) = nouns(asked.word());
    let (lie, them) = match number {
        0 => return None,
        1 => ("lies in a file that was", "it"),
        _ => ("lie in files that were", "them"),
    };
    let what = count(number, one, many);
    Some(format!("{what} {lie} not looked through to the end: nothing is known of {them}"))
}

fn unrelated_text(asked: &Entities, unrelated: usize) -> Option<String> {
    if unrelated == 0 {
        return None;
    }
    let (one, many) = nouns(asked.word());
    let conditions = &asked.entity.conditions;
    let (stand, want) = match conditions.relations.is_empty() {
        false => ("stand as the relations want", ""),
        true => ("match as is asked for beside the entity", ""),
    };
    let does = if unrelated == 1 { "does" } else { "do" };
    let mut text = format!("{} {does} not {stand}{want}", count(unrelated, one, many));
    let is_near =
        |r: &&Relation| matches!(r.stop, Stop::Unsaid | Stop::Neighbor) && !need::widens(r);
    if let Some(relation) = conditions.relations.iter().find(is_near) {
        let side = relation.side.name();
        let what = if relation.side.is_sibling() { "statement" } else { "node" };
        text += &format!("; `{side}` looks at the next {what} only, `{side}.stopBy=end` further");
    }
    Some(text)
}

fn number(of: In<'_>, entity: &str, name: &Name, closures: Closures) -> usize {
    if !records::may_be_called(of.facts, entity, name) {
        return 0;
    }
    let records = records::records(of, entity, closures).into_iter();
    records.filter(|record| record.is_called(of, name)).count()
}

/// Other entities of the name.
fn others<'f, I: Iterator<Item = In<'f>>>(
    word: &str,
    name: &Name,
    files: impl Fn() -> I,
) -> Option<String> {
    let covered = |entity: &str| {
        entity == word
            || entity == "method" && word == "function"
            || matches!(entity, "method" | "decorator" | "constant")
    };
    let found: Vec<String> = ENTITIES
        .iter()
        .filter(|entity| !covered(entity))
        .filter_map(|entity| {
            let (one, many) = nouns(entity);
            let number: usize = files().map(|of| number(of, entity, name, Closures::DoNot)).sum();
            let verb = if number == 1 { "is" } else { "are" };
            (number > 0).then(|| format!("{} {verb}", count(number, one, many)))
        })
        .collect();
    (!found.is_empty()).then(|| found.join(", "))
}

/// `; did you mean …?`
fn similar<'f>(asked: &Entities, name: &str, files: impl Iterator<Item = In<'f>>) -> String {
    let mut names = BTreeSet::new();
    for of in files {
        let records = records::records(of, asked.word(), closures(asked)).into_iter();
        names.extend(records.map(|record| record.name(of)));
    }
    match near(name, names.iter().map(AsRef::as_ref)).as_slice() {
        [] => String::new(),
        names => format!("; did you mean {}?", either(names)),
    }
}
