//! Qualified names of Python: `pkg.mod.Class.method`, `f.<lambda1>`, `f#2` of a redefinition, `C.p.setter` of a property.

use rustc_hash::FxHashMap;

use crate::facts::head::{DefKind, ScopeKind};
use crate::facts::{DefId, Facts, ScopeId, Shape, Str};
use crate::project::{DefRef, Project};

/// The qualified name of a definition.
pub(in crate::project) fn qualname(project: &Project, def: DefRef) -> String {
    let facts = project.facts(def.file);
    let ordinals = project.python.ordinals[def.file.0 as usize].get_or_init(|| ordinals(facts));
    let mut parts: Vec<String> = Vec::new();
    let mut next = def.def;
    while let Some(record) = facts.def(next) {
        let ordinal = next.index().and_then(|index| ordinals.get(index)).copied().unwrap_or(1);
        parts.push(own_name(facts, next, ordinal));
        next = around(facts, record.scope);
    }
    parts.push(project.module_name(def.file).to_string());
    parts.reverse();
    parts.join(".")
}

fn own_name(facts: &Facts, id: DefId, ordinal: u32) -> String {
    let Some(def) = facts.def(id) else { return String::new() };
    if def.kind == DefKind::Lambda {
        return format!("<lambda{ordinal}>");
    }
    let name = facts.text(def.name);
    match accessor(facts, id) {
        Some(word) => format!("{name}.{word}"),
        None if ordinal > 1 => format!("{name}#{ordinal}"),
        None => name.to_owned(),
    }
}

/// The definition that a scope is inside of.
fn around(facts: &Facts, mut scope: ScopeId) -> DefId {
    while let Some(record) = facts.scope(scope) {
        if record.def.is_some() && record.kind != ScopeKind::TypeParams {
            return record.def;
        }
        scope = record.parent;
    }
    DefId::NONE
}

/// `setter` of `@p.setter`, where the function is called `p`.
fn accessor(facts: &Facts, id: DefId) -> Option<&str> {
    let def = facts.def(id)?;
    def.decorators.of(&facts.body.kids).iter().find_map(|decorator| {
        let Shape::Attr(base, word) = facts.shape(*decorator) else { return None };
        let Shape::Name(base) = facts.shape(base) else { return None };
        let word = facts.text(word);
        (base == def.name && matches!(word, "setter" | "deleter" | "getter")).then_some(word)
    })
}

/// Which one of its name each definition is in what it is inside of, from 1.
fn ordinals(facts: &Facts) -> Box<[u32]> {
    let mut seen: FxHashMap<(DefId, Str, bool), u32> = FxHashMap::default();
    let number = |(index, def): (usize, &crate::facts::head::Def)| {
        if accessor(facts, DefId::at(index)).is_some() {
            return 1;
        }
        let is_lambda = def.kind == DefKind::Lambda;
        let count = seen.entry((around(facts, def.scope), def.name, is_lambda)).or_default();
        *count += 1;
        *count
    };
    facts.head.defs.iter().enumerate().map(number).collect()
}
