//! What is asked of entities that facts and the model tell: decorators, names taken from functions around, what modules
//! define and export.

use std::collections::HashSet;
use std::sync::Arc;

use super::super::asked::Entities;
use super::records::{self, Closures, In, Record};
use crate::facts::head::{Def, DefKind};
use crate::facts::{ExprId, Facts, Language, Shape};
use crate::project::exports::{Export, ModuleRef};
use crate::project::{Captures, DefRef, Meant, Project, Target};
use crate::query::ir::{Join, Name, ScopeIs, Verb};

/// Judges records of one file.
pub(super) struct Sieve<'a> {
    asked: &'a Entities,
    of: In<'a>,
    exporters: &'a Exporters,
}

impl<'a> Sieve<'a> {
    pub(super) const fn new(asked: &'a Entities, of: In<'a>, exporters: &'a Exporters) -> Self {
        Self { asked, of, exporters }
    }

    /// Whether a record is as the facts are wanted.
    pub(super) fn passes(&self, record: Record) -> bool {
        let wanted = &self.asked.entity.facts;
        let module = || self.module(record);
        self.is_scope(record)
            && self.are_decorators(record)
            && wanted
                .joins
                .iter()
                .enumerate()
                .all(|(at, join)| module().is_some_and(|module| self.joins(module, at, join)))
    }

    /// What a function takes from those around it, and gives to those inside.
    pub(super) fn captures_of(&self, record: Record) -> Option<&'a Captures> {
        let (Record::Def(def), Some(file)) = (record, self.of.file) else { return None };
        Some(self.of.project.captures(DefRef { file, def }))
    }

    fn is_scope(&self, record: Record) -> bool {
        let wanted = &self.asked.entity.facts;
        if !wanted.asks_scopes() {
            return true;
        }
        let (Record::Def(def), Some(file)) = (record, self.of.file) else { return false };
        let is_nested = || self.of.project.is_nested(DefRef { file, def });
        let Some(Captures { free, cells }) = self.captures_of(record) else { return false };
        let is_it = match wanted.scope {
            None => true,
            Some(ScopeIs::Closure) => !free.is_empty(),
            Some(ScopeIs::Nested) => is_nested(),
            Some(ScopeIs::Toplevel) => !is_nested(),
        };
        let takes = |name: &Arc<str>| free.contains(name);
        is_it
            && wanted.captures.as_ref().is_none_or(takes)
            && wanted.has_cells.is_none_or(|has_some| has_some != cells.is_empty())
    }

    fn are_decorators(&self, record: Record) -> bool {
        let wanted = &self.asked.entity.facts;
        let (fewest, most) = (wanted.fewest_decorators, wanted.most_decorators);
        if wanted.decorated_by.is_none() && fewest.is_none() && most.is_none() {
            return true;
        }
        let Some((of, def)) = self.decorated(record) else {
            return fewest.is_none_or(|least| least == 0) && wanted.decorated_by.is_none();
        };
        let decorators = def.decorators.of(&of.facts.body.kids);
        let count = i64::try_from(decorators.len()).unwrap_or(i64::MAX);
        let is_it = |name| decorators.iter().any(|&at| is_decorator(of, at, name));
        fewest.is_none_or(|least| count >= least)
            && most.is_none_or(|most| count <= most)
            && wanted.decorated_by.as_ref().is_none_or(is_it)
    }

    /// The definition that decorators of a record stand before, and its file: of a module that is a file its `mod`.
    fn decorated(&self, record: Record) -> Option<(In<'a>, &'a Def)> {
        let (project, file) = (self.of.project, self.of.file);
        match record {
            Record::Def(id) => Some((self.of, self.of.facts.def(id)?)),
            Record::File => {
                let declared = project.declaration_of(file?)?;
                let facts = project.facts(declared.file);
                let of = In { facts, project, file: Some(declared.file) };
                Some((of, facts.def(declared.def)?))
            }
            // What assignments make has no decorators.
            _ => None,
        }
    }

    fn module(&self, record: Record) -> Option<ModuleRef> {
        let file = self.of.file?;
        match record {
            Record::File => Some(ModuleRef { file, inline: None }),
            Record::Def(def) => Some(ModuleRef { file, inline: Some(def) }),
            _ => None,
        }
    }

    fn joins(&self, module: ModuleRef, at: usize, join: &Join) -> bool {
        match (join.verb, &join.name) {
            (Verb::Defines, _) => self.defines(module, join),
            (Verb::Exports, Some(Name::Exact(name))) => {
                let project = self.of.project;
                let exported = project.exported(module, name);
                exported.iter().any(|export| is_entity(project, export, join.word))
            }
            (Verb::Exports, _) => self.exporters.0.get(at).is_some_and(|all| all.contains(&module)),
        }
    }

    fn defines(&self, module: ModuleRef, join: &Join) -> bool {
        if join
            .name
            .as_ref()
            .is_some_and(|name| !records::may_be_called(self.of.facts, join.word, name))
        {
            return false;
        }
        let all = match join.word {
            "module" => records::modules_in(self.of.facts),
            word => records::records(self.of, word, Closures::DoNot),
        };
        let mut meant = all
            .into_iter()
            .filter(|record| join.name.as_ref().is_none_or(|name| record.is_called(self.of, name)));
        meant.any(|record| match record {
            // A module is not in itself.
            Record::File => false,
            Record::Def(def) => {
                self.of.project.module_around(DefRef { file: module.file, def }) == module
            }
            record => self.around(record) == Some(module),
        })
    }

    /// The module that a record which is no definition lies in.
    fn around(&self, record: Record) -> Option<ModuleRef> {
        let file = self.of.file?;
        let at = record.tie(self.of.facts).unwrap_or(0);
        match self.of.project.enclosing(file, at) {
            Some(def) => Some(self.of.project.module_around(def)),
            None => Some(ModuleRef { file, inline: None }),
        }
    }
}

/// The modules that export what a query asks for, by the place of what is asked.
pub(super) struct Exporters(Vec<HashSet<ModuleRef>>);

impl Exporters {
    /// Those of everything that is asked of exports; a name that is written whole is looked up in each module instead.
    pub(super) fn of(asked: &Entities, project: &Project) -> Self {
        let joins = asked.entity.facts.joins.iter();
        Self(joins.map(|join| exporters(project, join)).collect())
    }
}

fn exporters(project: &Project, join: &Join) -> HashSet<ModuleRef> {
    if join.verb != Verb::Exports || matches!(join.name, Some(Name::Exact(_))) {
        return HashSet::new();
    }
    let is_named = |written: &str| join.name.as_ref().is_none_or(|name| name.matches(written));
    let is_it = |export: &Export| is_entity(project, export, join.word);
    project.exporters(&Meant { name: &is_named, export: &is_it })
}

/// Whether what a name means is such an entity of the project.
fn is_entity(project: &Project, export: &Export, word: &str) -> bool {
    match export {
        Export::Target(Target::Module(_)) => word == "module",
        Export::Target(Target::Def(def)) => {
            let facts = project.facts(def.file);
            facts.def(def.def).is_some_and(|def| match word {
                "module" => def.kind == DefKind::Module,
                word => records::is(facts, def, word, Closures::DoNot),
            })
        }
        Export::Target(Target::External(_) | Target::Builtin(_)) => false,
        Export::Variable(file, variable) => {
            word == "variable" || records::stands_for(project.facts(*file), variable, word)
        }
    }
}

/// Whether a decorator is meant by a name: as it is written, by its last part, or by what it is.
fn is_decorator(of: In<'_>, decorator: ExprId, name: &Name) -> bool {
    let written = decorator_names(of.facts, decorator);
    written.iter().any(|written| is_named(name, written)) || means(of, decorator, name)
}

/// Whether what a decorator is called leads to the name through imports.
fn means(of: In<'_>, decorator: ExprId, name: &Name) -> bool {
    let Some(file) = of.file else { return false };
    let callee = of.facts.as_call(decorator).map_or(decorator, |call| call.callee);
    let resolution = of.project.resolve(file, callee);
    resolution.targets.iter().any(|target| match target {
        Target::External(full) | Target::Builtin(full) => is_named(name, full),
        Target::Def(_) | Target::Module(_) => is_named(name, &of.project.describe(target)),
    })
}

/// Whether a dotted name is meant, whole or by its last part.
fn is_named(name: &Name, dotted: &str) -> bool {
    let last = dotted.rsplit(['.', ':']).next().unwrap_or(dotted);
    name.matches(dotted) || name.matches(last)
}

/// What a decorator or attribute is called, as it is written; of `derive` what it derives, too.
fn decorator_names(facts: &Facts, decorator: ExprId) -> Vec<String> {
    let callee = match facts.shape(decorator) {
        Shape::Call(callee, _) => callee,
        // An attribute of Rust with arguments.
        Shape::Type(head, _) => head,
        _ => decorator,
    };
    let mut names: Vec<String> = records::dotted(facts, callee).into_iter().collect();
    if facts.language == Language::Rust
        && names.first().is_some_and(|name| name == "derive")
        && let Shape::Type(_, call) = facts.shape(decorator)
    {
        let args = call.args.of(&facts.body.args).iter();
        names.extend(args.filter_map(|arg| records::dotted(facts, arg.value)));
    }
    names
}
