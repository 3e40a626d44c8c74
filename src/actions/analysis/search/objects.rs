//! Objects: hits that mean the same definition, module, or name from elsewhere are one. Asks the project, knows no rows.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::facts::head::Import;
use crate::facts::{ImportId, Language, ScopeId};
use crate::project::role::{Found, Role, Subject};
use crate::project::{DefRef, Evidence, FileId, Project, Resolution, Target};
use crate::scan::session::FileHits;
use crate::source::Position;
use crate::value::Value;

/// What a hit means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Not known, or not asked.
    Unknown,
    /// An object, by index.
    One(u32),
    /// One of several, by the index of their list.
    OneOf(u32),
}

/// What hits mean.
pub(super) struct Object {
    /// Qualified.
    pub(super) name: Arc<str>,
    /// `class`, `function`, `module`, `external`…
    pub(super) kind: &'static str,
    /// Where it is defined, if inside the project.
    pub(super) place: Option<(Arc<str>, u32)>,
    /// The name its definition has there.
    pub(super) own_name: Option<Arc<str>>,
    /// Hits by role, in the order of [`Role::ALL`].
    pub(super) by_role: [usize; Role::ALL.len()],
    /// Files with such hits.
    pub(super) files: usize,
    last_file: Option<u32>,
}

impl Object {
    /// Hits that mean it.
    pub(super) fn count(&self) -> usize {
        self.by_role.iter().sum()
    }
}

/// All objects, in the order they were first met.
#[derive(Default)]
pub(super) struct Objects {
    all: Vec<Object>,
    known: HashMap<Target, u32>,
    /// Lists of candidates.
    lists: Vec<Arc<[u32]>>,
    known_lists: HashMap<Arc<[u32]>, u32>,
    /// Names that mean nothing known, by role.
    pub(super) unresolved: [usize; Role::ALL.len()],
    /// Names that mean one of several, by role.
    pub(super) ambiguous: [usize; Role::ALL.len()],
    modules: HashMap<String, Option<Target>>,
}

impl Objects {
    /// What a name means, and what that rests on; `None` where nothing is known.
    pub(super) fn meaning(
        &mut self,
        project: &Project,
        file: FileId,
        found: &Found,
        hit: &Range<u32>,
        hits: &FileHits,
    ) -> Option<(Meaning, Evidence)> {
        let resolution = match found.subject {
            Subject::Nothing => return None,
            Subject::Def(def) => {
                Resolution::one(Target::Def(DefRef { file, def }), Evidence::Exact)
            }
            Subject::Expr(expr) => project.resolve(file, expr),
            Subject::Import(import) => self.imported(project, file, import, hit, hits)?,
            Subject::Export => exported(project, file, hits.facts.text(found.name))?,
        };
        let targets: Vec<u32> =
            resolution.targets.iter().map(|target| self.object(project, target)).collect();
        let meaning = match targets.as_slice() {
            [] => return None,
            &[one] => Meaning::One(one),
            _ => Meaning::OneOf(self.list(targets.into())),
        };
        Some((meaning, resolution.evidence))
    }

    /// Counts a hit.
    pub(super) fn count(&mut self, meaning: Meaning, role: Role, file: u32) {
        match meaning {
            Meaning::One(index) => {
                if let Some(object) = self.all.get_mut(index as usize) {
                    object.by_role[role as usize] += 1;
                    object.files += usize::from(object.last_file.replace(file) != Some(file));
                }
            }
            Meaning::OneOf(_) => self.ambiguous[role as usize] += 1,
            Meaning::Unknown if role.is_name() => self.unresolved[role as usize] += 1,
            Meaning::Unknown => {}
        }
    }

    /// The qualified name of an object.
    pub(super) fn name(&self, index: u32) -> Option<&Arc<str>> {
        self.all.get(index as usize).map(|object| &object.name)
    }

    /// The names of candidates.
    pub(super) fn names(&self, list: u32) -> Value {
        let list = self.lists.get(list as usize).map_or(&[][..], |list| list);
        Value::list(list.iter().filter_map(|&at| Some(Value::Str(Arc::clone(self.name(at)?)))))
    }

    /// Those with hits, most hits first.
    pub(super) fn sorted(&self) -> Vec<&Object> {
        let mut objects: Vec<&Object> = self.all.iter().filter(|o| o.count() > 0).collect();
        objects.sort_by(|a, b| b.count().cmp(&a.count()).then_with(|| a.name.cmp(&b.name)));
        objects
    }

    fn object(&mut self, project: &Project, target: &Target) -> u32 {
        if let Some(&known) = self.known.get(target) {
            return known;
        }
        let index = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let (kind, place) = described(project, target);
        self.all.push(Object {
            name: project.describe(target).into(),
            kind,
            place,
            own_name: own_name(project, target),
            by_role: [0; Role::ALL.len()],
            files: 0,
            last_file: None,
        });
        self.known.insert(target.clone(), index);
        index
    }

    fn list(&mut self, targets: Arc<[u32]>) -> u32 {
        let next = u32::try_from(self.lists.len()).unwrap_or(u32::MAX);
        let index = *self.known_lists.entry(Arc::clone(&targets)).or_insert(next);
        if index == next {
            self.lists.push(targets);
        }
        index
    }

    /// What a part of an import means: the name that is bound, or a module on the way to it.
    fn imported(
        &mut self,
        project: &Project,
        file: FileId,
        id: ImportId,
        hit: &Range<u32>,
        hits: &FileHits,
    ) -> Option<Resolution> {
        let import = hits.facts.import(id)?;
        let bound = project.resolve_import(file, id);
        let path = path_to(import, hit, hits);
        let last = path.rsplit(['.', ':']).next().unwrap_or(path);
        let is = |text| !last.is_empty() && hits.facts.text(text) == last;
        let is_inside = import.place.holds(hit.end.saturating_sub(1));
        // `a` of `import a.b` is both the name that is bound and the way to `b`.
        if is_inside && (is(import.name) || is(import.binds)) {
            return Some(bound);
        }
        let path = absolute(project, file, path)?;
        let known = self.modules.entry(path);
        let module = known.or_insert_with_key(|path| {
            project.find(path).into_iter().find(|found| matches!(found, Target::Module(_)))
        });
        let outside = |target: &Target| matches!(target, Target::External(_));
        match (module, bound.targets.as_slice()) {
            (Some(module), _) => Some(Resolution::one(module.clone(), Evidence::Exact)),
            (None, [target]) if outside(target) => {
                let name = path_to(import, hit, hits).into();
                Some(Resolution::one(Target::External(name), Evidence::Exact))
            }
            _ => None,
        }
    }
}

/// The dotted name that ends with the hit, as the import writes it.
fn path_to<'h>(import: &Import, hit: &Range<u32>, hits: &'h FileHits) -> &'h str {
    let start = hits.facts.stmt(import.stmt).map_or(import.place.at, |stmt| stmt.place.at);
    let before = hits.source.slice(start.min(hit.start), hit.end);
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':');
    before
        .rfind(|c| !is_part(c))
        .map_or(before, |at| before[at..].trim_start_matches(|c| !is_part(c)))
}

/// A module's name from the root of its package on; `None` where the path alone does not tell.
fn absolute(project: &Project, file: FileId, path: &str) -> Option<String> {
    let inner = path.trim_start_matches('.');
    let level = path.len() - inner.len();
    match project.facts(file).language {
        Language::Rust => path.starts_with("crate::").then(|| path.to_owned()),
        Language::Python if level == 0 => Some(path.to_owned()),
        Language::Python => {
            let name = project.module_name(file);
            let is_package = project.file(file).path.rsplit('/').next()?.starts_with("__init__.");
            let up = level - usize::from(is_package);
            let mut base = &*name;
            for _ in 0..up {
                base = base.rsplit_once('.').map_or("", |(above, _)| above);
            }
            Some(if base.is_empty() { inner.to_owned() } else { format!("{base}.{inner}") })
        }
    }
}

/// What a name in `__all__` means: what the module binds to it.
fn exported(project: &Project, file: FileId, name: &str) -> Option<Resolution> {
    let facts = project.facts(file);
    let module = ScopeId::at(0);
    let mut imports = (0..facts.head.imports.len()).map(ImportId::at).rev();
    let def = facts.head.defs.iter().rposition(|d| d.scope == module && facts.text(d.name) == name);
    if let Some(index) = def {
        let def = crate::facts::DefId::at(index);
        return Some(Resolution::one(Target::Def(DefRef { file, def }), Evidence::Exact));
    }
    let binds = |&id: &ImportId| {
        facts.import(id).is_some_and(|i| i.scope == module && facts.text(i.binds) == name)
    };
    Some(project.resolve_import(file, imports.find(binds)?))
}

fn own_name(project: &Project, target: &Target) -> Option<Arc<str>> {
    let Target::Def(def) = target else { return None };
    let name = project.facts(def.file).text(project.def(*def)?.name);
    (!name.is_empty()).then(|| name.into())
}

fn described(project: &Project, target: &Target) -> (&'static str, Option<(Arc<str>, u32)>) {
    let path = |file: FileId| Arc::clone(&project.file(file).path);
    match target {
        Target::Def(def) => {
            let facts = project.facts(def.file);
            let Some(record) = facts.def(def.def) else { return ("unknown", None) };
            let Position { line, .. } = facts.lines.position(record.name_at.at);
            (facts.kind_of(record), Some((path(def.file), line)))
        }
        Target::Module(file) => ("module", Some((path(*file), 1))),
        Target::External(_) => ("external", None),
        Target::Builtin(_) => ("builtin", None),
    }
}
