//! What is asked for: definitions by name, within a scope.

use std::collections::BTreeSet;

use super::Found;
use super::table::Sources;
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{Fault, Kind, either};
use crate::facts::Language;
use crate::project::{DefRef, FileId, Project, SiteKind, Target};
use crate::value::Value;

/// Most targets that a message names.
const MOST_NAMED: usize = 5;

/// The targets of a name, by file.
pub(super) struct Targets {
    asked: String,
    pub(super) all: Vec<Target>,
}

impl Targets {
    /// Everything that has the name in the files of the scope.
    ///
    /// # Errors
    /// When nothing has.
    pub(super) fn find(
        project: &Project,
        name: &str,
        from: Option<&BTreeSet<FileId>>,
    ) -> Result<Self, Fault> {
        let known = project.find(name);
        let is_inside = |target: &&Target| match (target, from) {
            (Target::Def(def), Some(files)) => files.contains(&def.file),
            (Target::Module(file), Some(files)) => files.contains(file),
            _ => true,
        };
        let all: Vec<Target> = known.iter().filter(is_inside).cloned().collect();
        if all.is_empty() {
            return Err(unknown(project, name, known.first()));
        }
        Ok(Self { asked: name.to_owned(), all })
    }

    /// That the name has several meanings.
    pub(super) fn warnings(&self, project: &Project) -> Vec<String> {
        if self.all.len() < 2 {
            return Vec::new();
        }
        let named = self.all.iter().take(MOST_NAMED).map(|target| project.describe(target));
        let more = self.all.len().saturating_sub(MOST_NAMED);
        let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
        vec![format!(
            "`{}` names {} definitions, all of which are answered: {}{tail}",
            self.asked,
            self.all.len(),
            named.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        )]
    }

    /// Each target with its uses.
    pub(super) fn shown(
        &self,
        found: &Found<'_>,
        sources: &mut Sources<'_>,
    ) -> Result<Value, Fault> {
        let mut shown = Vec::new();
        for target in &self.all {
            let hits = |kind: fn(SiteKind) -> bool| {
                let sites = found.uses.sites.iter().filter(|site| kind(site.kind));
                Value::count(sites.filter(|site| site.hits.contains(target)).count())
            };
            let mut fields = vec![("target", Value::str(found.project.describe(target)))];
            if let Target::Def(def) = target {
                fields.extend(definition(found.project, *def, sources)?);
            }
            fields.push(("calls", hits(|kind| kind != SiteKind::Reference)));
            fields.push(("references", hits(|kind| kind == SiteKind::Reference)));
            shown.push(Value::object(fields));
        }
        Ok(Value::list(shown))
    }
}

/// Where a definition stands and how it begins.
fn definition(
    project: &Project,
    id: DefRef,
    sources: &mut Sources<'_>,
) -> Result<Vec<(&'static str, Value)>, Fault> {
    let Some(def) = project.def(id) else { return Ok(Vec::new()) };
    let source = sources.of(project, id.file)?;
    let head = source.slice(def.head.at, def.head.end());
    let line = source.position(def.name_at.at).line;
    let signature: Vec<&str> = head.split_whitespace().collect();
    Ok(vec![
        ("kind", Value::str(project.facts(id.file).kind_of(def))),
        ("file", Value::Str(source.path.clone())),
        ("line", Value::Int(i64::from(line))),
        ("signature", Value::str(signature.join(" ").trim_end_matches(':'))),
    ])
}

fn unknown(project: &Project, name: &str, elsewhere: Option<&Target>) -> Fault {
    let message = match elsewhere {
        Some(_) => format!("`{name}` is not defined in the scope of this action"),
        None => format!("nothing in the repository is called `{name}`"),
    };
    let fault = Fault::new(Kind::UnknownTarget, codes::UNKNOWN_TARGET, message);
    if let Some(target) = elsewhere {
        return fault.help(format!("there is `{}` outside of it", project.describe(target)));
    }
    if let Some((path, line)) = place(project, name) {
        let message = format!("no definition lies on line {line} of `{path}`");
        return Fault::new(Kind::UnknownTarget, codes::UNKNOWN_TARGET, message)
            .help("name a line of the definition, such as that of its head");
    }
    let near = project.near(name);
    let near: Vec<&str> = near.iter().map(String::as_str).collect();
    match near.as_slice() {
        [] => fault.help(forms(project)),
        near => fault.help(format!("did you mean {}?", either(near))),
    }
}

/// The file and the line of `file.py:12`, where there is such a file.
fn place<'n>(project: &Project, name: &'n str) -> Option<(&'n str, u32)> {
    let (path, line) = name.rsplit_once(':')?;
    let _ = project.at_path(path)?;
    Some((path, line.parse().ok()?))
}

fn forms(project: &Project) -> &'static str {
    let is_rust = project.files().iter().any(|file| file.facts.language == Language::Rust);
    if is_rust {
        "names are written `name`, `Type::name`, `crate::mod::name` or `file.rs:12`"
    } else {
        "names are written `name`, `Class.name`, `pkg.mod.name` or `file.py:12`"
    }
}
