//! Where definitions are called and used: names that can mean them, closed over imports and assignments that rename, and
//! then every expression with such a name resolved. Nothing is told apart by its name alone.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{DefRef, Evidence, FileId, Project, Resolution, Target, python, rust};
use crate::facts::body::{ConstKind, ExprKind, StmtKind, expr};
use crate::facts::head::DefKind;
use crate::facts::{ExprId, Facts, ImportId, Language, Shape, Str};

/// How a struct of Rust calls itself: its constructor has this name too.
const SELF: &str = "Self";

/// Most names that a target goes by.
const MOST_NAMES: usize = 256;

/// What a site does with what it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SiteKind {
    /// Calls it.
    Call,
    /// Calls it as a decorator without arguments.
    Decorator,
    /// Uses it without a call.
    Reference,
}

/// A place that names a target.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its file.
    pub file: FileId,
    /// The name, attribute or path.
    pub named: ExprId,
    /// The call, or the same as `named`.
    pub whole: ExprId,
    /// What it does with it.
    pub kind: SiteKind,
    /// What the name means there.
    pub resolution: Resolution,
    /// Which of the asked targets it is, or could be.
    pub hits: Vec<Target>,
}

/// Where targets are called and used.
#[derive(Clone, Debug, Default)]
pub struct Uses {
    /// Sites by file and position.
    pub sites: Vec<Site>,
    /// Calls by a target's own name of which nobody knows what they call; by file and position.
    pub unknown: Vec<Site>,
    /// Calls such as `getattr(x, "name")` with a target's own name; by file and position.
    pub fetched: Vec<(FileId, ExprId)>,
    /// The names that the targets go by, their own first.
    pub names: Vec<String>,
    /// Whether they go by more names than were followed.
    pub is_cut: bool,
}

/// What is looked for.
struct Question<'p> {
    project: &'p Project,
    /// Definitions that stand for an asked one: a class for its `__init__`.
    asked: FxHashMap<Target, Vec<Target>>,
    /// What may run an asked one where the type is not known: the method of a trait for that of an `impl`.
    dynamic: FxHashMap<Target, Vec<Target>>,
}

/// What one file adds.
#[derive(Default)]
struct Found {
    sites: Vec<Site>,
    unknown: Vec<Site>,
    fetched: Vec<ExprId>,
    names: Vec<String>,
}

/// A name to look for, and whether calls by it count although nobody knows what they call.
struct Name {
    text: String,
    is_own: bool,
}

impl Project {
    /// Where any of the targets is called or used, in files that `within` lets pass. Once `stop` says so, no further
    /// file is looked at, and what is found is of no use.
    #[must_use]
    pub fn uses(
        &self,
        targets: &[Target],
        within: &(dyn Fn(FileId) -> bool + Sync),
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Uses {
        let mut names: Vec<Name> = Vec::new();
        let asked = self.stand_ins(targets, &mut names);
        let question = Question { project: self, asked, dynamic: self.dynamic(targets) };
        let mut uses = Uses::default();
        let mut done = 0;
        while done < names.len() && !stop() {
            let round = done..names.len();
            done = names.len();
            let fresh = &names[round];
            let files: Vec<FileId> = self.ids().collect();
            let found: Vec<(FileId, Found)> = files
                .into_par_iter()
                .filter(|_| !stop())
                .filter_map(|file| Some((file, question.file(file, fresh)?)))
                .collect();
            for (file, found) in found {
                if within(file) {
                    uses.sites.extend(found.sites);
                    uses.unknown.extend(found.unknown);
                    uses.fetched.extend(found.fetched.into_iter().map(|expr| (file, expr)));
                }
                for text in found.names {
                    if names.iter().any(|name| name.text == text) {
                        continue;
                    }
                    if names.len() < MOST_NAMES {
                        names.push(Name { text, is_own: false });
                    } else {
                        uses.is_cut = true;
                    }
                }
            }
        }
        let place = |site: &Site| {
            let at = self.facts(site.file).expr(site.named).map_or(0, |expr| expr.place.end());
            (site.file, at, site.named)
        };
        uses.sites.sort_by_key(place);
        uses.unknown.sort_by_key(place);
        uses.fetched.sort();
        uses.names = names.into_iter().map(|name| name.text).collect();
        uses
    }

    /// What stands for each target, and the names to begin with.
    fn stand_ins(
        &self,
        targets: &[Target],
        names: &mut Vec<Name>,
    ) -> FxHashMap<Target, Vec<Target>> {
        let mut asked: FxHashMap<Target, Vec<Target>> = FxHashMap::default();
        let mut add = |text: &str, is_own: bool| {
            if !text.is_empty() && !names.iter().any(|name| name.text == text) {
                names.push(Name { text: text.to_owned(), is_own });
            }
        };
        for target in targets {
            asked.entry(target.clone()).or_default().push(target.clone());
            let text = self.last_name(target);
            add(&text, true);
            let Target::Def(def) = target else { continue };
            let made = self.made_by(*def);
            if self.def(*def).is_some_and(|def| def.kind == DefKind::Struct) {
                add(SELF, false);
            }
            let is_class = self.def(*def).is_some_and(|def| def.kind == DefKind::Class);
            if is_class || !made.is_empty() {
                add("cls", false);
                add("__class__", false);
            }
            for class in made {
                asked.entry(Target::Def(class)).or_default().push(target.clone());
                add(&self.last_name(&Target::Def(class)), false);
            }
        }
        asked
    }

    /// What each target implements.
    fn dynamic(&self, targets: &[Target]) -> FxHashMap<Target, Vec<Target>> {
        let mut dynamic: FxHashMap<Target, Vec<Target>> = FxHashMap::default();
        for target in targets {
            let Target::Def(def) = target else { continue };
            if self.facts(def.file).language == Language::Rust {
                for declared in rust::overridden(self, *def) {
                    dynamic.entry(Target::Def(declared)).or_default().push(target.clone());
                }
            }
        }
        dynamic
    }

    /// The classes whose making calls a method: its own and those below that have no other.
    fn made_by(&self, def: DefRef) -> Vec<DefRef> {
        let facts = self.facts(def.file);
        let name = self.def(def).map_or("", |def| facts.text(def.name));
        if facts.language != Language::Python || !matches!(name, "__init__" | "__new__") {
            return Vec::new();
        }
        let Some(class) = python::class_of(self, def) else { return Vec::new() };
        let below = python::below(self, class);
        let all = std::iter::once(class).chain(below.iter().copied());
        all.filter(|class| python::constructor(self, *class) == Some(def)).collect()
    }

    /// What classes below define in place of a method, in path order.
    #[must_use]
    pub fn overriders(&self, method: DefRef) -> Vec<DefRef> {
        match self.facts(method.file).language {
            Language::Python => python::overriders(self, method),
            Language::Rust => rust::overriders(self, method),
        }
    }

    /// Whether a file is a module by its path alone, because no `mod` leads to it.
    #[must_use]
    pub fn is_by_path(&self, file: FileId) -> bool {
        self.facts(file).language == Language::Rust && rust::is_by_path(self, file)
    }

    /// Whether reading the attribute calls the method.
    #[must_use]
    pub fn is_property(&self, method: DefRef) -> bool {
        let facts = self.facts(method.file);
        facts.language == Language::Python && python::is_property(facts, method.def)
    }

    /// The last segment of what a target is called.
    #[must_use]
    pub fn last_name(&self, target: &Target) -> String {
        match target {
            Target::Def(def) => self
                .def(*def)
                .map_or("", |record| self.facts(def.file).text(record.name))
                .to_owned(),
            Target::Module(file) => last_segment(&self.module_name(*file)),
            Target::External(name) | Target::Builtin(name) => last_segment(name),
        }
    }
}

fn last_segment(name: &str) -> String {
    name.rsplit(['.', ':']).next().unwrap_or(name).to_owned()
}

impl Question<'_> {
    /// What a file adds; `None` if it holds none of the names.
    fn file(&self, file: FileId, names: &[Name]) -> Option<Found> {
        let facts = self.project.facts(file);
        let known: FxHashMap<Str, bool> = names
            .iter()
            .filter_map(|name| Some((facts.strings.find(&name.text)?, name.is_own)))
            .collect();
        if known.is_empty() {
            return None;
        }
        let mut found = Found::default();
        self.sites(file, facts, &known, &mut found);
        fetched(facts, &known, &mut found);
        self.imports(file, facts, &known, &mut found);
        self.renamed(file, facts, &mut found);
        Some(found)
    }

    fn sites(&self, file: FileId, facts: &Facts, known: &FxHashMap<Str, bool>, found: &mut Found) {
        let named: Vec<(ExprId, bool)> = facts
            .body
            .exprs
            .iter()
            .enumerate()
            .filter_map(|(index, expr)| {
                let name = match expr.kind {
                    ExprKind::Name => Str(expr.a),
                    ExprKind::Attr | ExprKind::Path => Str(expr.b),
                    _ => return None,
                };
                let is_own = *known.get(&name)?;
                expr.is_load().then_some((ExprId::at(index), is_own))
            })
            .collect();
        if named.is_empty() {
            return;
        }
        let calls: FxHashMap<ExprId, ExprId> =
            facts.call_sites().map(|call| (call.callee, call.expr)).collect();
        let decorators: FxHashSet<ExprId> = facts
            .head
            .defs
            .iter()
            .flat_map(|def| def.decorators.of(&facts.body.kids).iter().copied())
            .collect();
        for (named, is_own) in named {
            let (kind, whole) = match calls.get(&named) {
                Some(&call) => (SiteKind::Call, call),
                None if decorators.contains(&named) => (SiteKind::Decorator, named),
                None => (SiteKind::Reference, named),
            };
            let is_type = facts.expr(named).is_some_and(|e| e.has(expr::ANNOTATION | expr::TYPE));
            if kind == SiteKind::Reference && (is_type || is_own_type(facts, named)) {
                continue;
            }
            let mut resolution = self.project.resolve(file, named);
            let mut hits = self.hits(&resolution, kind);
            if hits.is_empty() && resolution.is_open {
                hits = self.possible(&mut resolution);
            }
            let is_unknown = resolution.targets.is_empty() && resolution.is_open;
            let site = Site { file, named, whole, kind, resolution, hits };
            if !site.hits.is_empty() {
                found.sites.push(site);
            } else if is_unknown && is_own && kind != SiteKind::Reference {
                found.unknown.push(site);
            }
        }
    }

    /// Which of the asked targets what is resolved may run; they are added to it.
    fn possible(&self, resolution: &mut Resolution) -> Vec<Target> {
        let hits: Vec<Target> = resolution
            .targets
            .iter()
            .flat_map(|target| self.dynamic.get(target).into_iter().flatten().cloned())
            .collect();
        if !hits.is_empty() {
            resolution.targets.extend(hits.iter().cloned());
            resolution.evidence = Evidence::Candidates;
        }
        hits
    }

    /// Which of the asked targets a name can mean. A class stands for its `__init__` only where it is called.
    fn hits(&self, resolution: &Resolution, kind: SiteKind) -> Vec<Target> {
        let mut hits: Vec<Target> = Vec::new();
        for target in &resolution.targets {
            for asked in self.asked.get(target).into_iter().flatten() {
                let counts = asked == target || kind != SiteKind::Reference;
                if counts && !hits.contains(asked) {
                    hits.push(asked.clone());
                }
            }
        }
        hits
    }

    /// Names that imports give a target.
    fn imports(
        &self,
        file: FileId,
        facts: &Facts,
        known: &FxHashMap<Str, bool>,
        found: &mut Found,
    ) {
        for (index, import) in facts.head.imports.iter().enumerate() {
            let is_renamed = import.binds.is_some() && import.binds != import.name;
            if is_renamed && known.contains_key(&import.name) {
                let resolution = self.project.resolve_import(file, ImportId::at(index));
                if !self.hits(&resolution, SiteKind::Call).is_empty() {
                    found.names.push(facts.text(import.binds).to_owned());
                }
            }
        }
    }

    /// Names that assignments give a target: `g = f`, `self.g = partial(f, 1)`.
    fn renamed(&self, file: FileId, facts: &Facts, found: &mut Found) {
        let used: Vec<usize> = found
            .sites
            .iter()
            .filter(|site| site.kind == SiteKind::Reference)
            .filter_map(|site| site.named.index())
            .collect();
        if used.is_empty() {
            return;
        }
        for stmt in &facts.body.stmts {
            let holds = stmt.exprs.range();
            let next = used.partition_point(|&index| index < holds.start);
            if stmt.kind != StmtKind::Bind || !used.get(next).is_some_and(|at| holds.contains(at)) {
                continue;
            }
            let Some((name, _)) = facts.last_segment(ExprId(stmt.a)) else { continue };
            let resolution = self.project.resolve(file, ExprId(stmt.b));
            if !self.hits(&resolution, SiteKind::Reference).is_empty() {
                found.names.push(facts.text(name).to_owned());
            }
        }
    }
}

/// Whether a name is the `Self` of `Self::f`, which is no use of the constructor. A path follows what it begins with.
fn is_own_type(facts: &Facts, named: ExprId) -> bool {
    let is_self = matches!(facts.shape(named), Shape::Name(name) if facts.text(name) == SELF);
    let next = named.index().and_then(|index| facts.body.exprs.get(index + 1));
    is_self && next.is_some_and(|next| next.kind == ExprKind::Path && ExprId(next.a) == named)
}

/// Calls that take an attribute by a text that is one of the names.
fn fetched(facts: &Facts, known: &FxHashMap<Str, bool>, found: &mut Found) {
    if facts.language != Language::Python {
        return;
    }
    for call in facts.call_sites() {
        let callee = facts.last_segment(call.callee).map_or("", |(name, _)| facts.text(name));
        if !matches!(callee, "getattr" | "setattr" | "delattr" | "methodcaller" | "attrgetter") {
            continue;
        }
        let is_name = |value: ExprId| match facts.shape(value) {
            Shape::Const(text, ConstKind::Str) => known.get(&text) == Some(&true),
            _ => false,
        };
        if call.args.iter().any(|arg| is_name(arg.value)) {
            found.fetched.push(call.expr);
        }
    }
}
