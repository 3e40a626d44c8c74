//! Definitions by what a person calls them, in Python's dotted form.

use super::eval::Eval;
use super::tables;
use crate::facts::head::DefKind;
use crate::facts::{DefId, Language};
use crate::project::{DefRef, FileId, Project, Target};

/// Everything of Python that a name names: what has the name, else what the dotted name leads to through imports, else
/// a builtin or something of the standard library.
pub(in crate::project) fn find(project: &Project, name: &str) -> Vec<Target> {
    if name.is_empty() || name.contains("::") {
        return Vec::new();
    }
    let named = named(project, name);
    if !named.is_empty() {
        return named;
    }
    let led: Vec<Target> = match name.contains('.') {
        true => Eval::new(project).dotted(name).resolution().targets,
        false => Vec::new(),
    };
    if !led.is_empty() {
        return led;
    }
    let module = python_files(project).find(|file| *project.module_name(*file) == *name);
    module.map(Target::Module).or_else(|| outside(project, name)).into_iter().collect()
}

fn python_files(project: &Project) -> impl Iterator<Item = FileId> {
    project.ids().filter(|file| project.facts(*file).language == Language::Python)
}

/// Definitions whose qualified name ends with the name; those whose whole name it is, if there are any.
fn named(project: &Project, name: &str) -> Vec<Target> {
    let last = name.rsplit('.').next().unwrap_or(name);
    let plain = last.split('#').next().unwrap_or(last);
    // `C.p.setter` ends with a word that no definition has as its name.
    let plain = match plain {
        "setter" | "deleter" | "getter" if name.contains('.') => {
            let mut parts = name.rsplit('.');
            let _ = parts.next();
            parts.next().unwrap_or(plain)
        }
        plain => plain,
    };
    let mut found = Vec::new();
    for file in python_files(project) {
        let facts = project.facts(file);
        let Some(id) = facts.strings.find(plain) else { continue };
        for (index, def) in facts.head.defs.iter().enumerate() {
            if def.name != id
                || !matches!(def.kind, DefKind::Function | DefKind::Class | DefKind::Type)
            {
                continue;
            }
            let def = DefRef { file, def: DefId::at(index) };
            if name == plain {
                found.push((Target::Def(def), false));
                continue;
            }
            let qualname = project.qualname(def);
            let rest = qualname.strip_suffix(name);
            if let Some(rest) = rest.filter(|rest| rest.is_empty() || rest.ends_with('.')) {
                found.push((Target::Def(def), rest.is_empty()));
            }
        }
    }
    let has_whole = found.iter().any(|(_, is_whole)| *is_whole);
    found
        .into_iter()
        .filter(|(_, is_whole)| *is_whole || !has_whole)
        .map(|(target, _)| target)
        .collect()
}

/// A builtin, or a name of a module that the project does not hold and some file imports.
fn outside(project: &Project, name: &str) -> Option<Target> {
    let name = name.strip_prefix("<builtin>.").or(name.strip_prefix("<external>.")).unwrap_or(name);
    let versions = &project.python.versions;
    if versions.any(|version| tables::is_builtin(name, version)) {
        return Some(Target::Builtin(name.into()));
    }
    let (top, _) = name.split_once('.')?;
    let is_imported = |file: FileId| {
        let facts = project.facts(file);
        facts.head.imports.iter().any(|import| {
            let module = facts.text(import.module);
            import.level == 0
                && (module == top
                    || module.starts_with(top) && module[top.len()..].starts_with('.'))
        })
    };
    let is_standard = versions.any(|version| tables::is_standard(top, version));
    let is_known = is_standard || python_files(project).any(is_imported);
    let is_inside = matches!(
        project.python.modules.absolute(project, "", top),
        Some(super::value::Val::Module(_) | super::value::Val::Package(_))
    );
    (is_known && !is_inside).then(|| Target::External(name.into()))
}
