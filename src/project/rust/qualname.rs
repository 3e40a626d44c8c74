//! Qualified names, and definitions by such names. A crate is `crate` where it is the only one, else it has its own
//! name; both are understood. The second of several things of one name is `f#2`.

use std::sync::Arc;

use super::modules::ModuleId;
use super::names::{Item, Space, is_in, plain};
use super::types::Ty;
use super::{Cx, SCOPES, Thing};
use crate::facts::head::{Def, DefKind};
use crate::facts::{DefId, ExprId, Facts, Language, Shape};
use crate::project::{DefRef, FileId, Project, Target};

/// Definitions deeper inside one another are named by so many of them: names as long as a file is deep would take the
/// square of its length.
const PARTS: usize = 128;

/// The name of the module that a file is.
pub(in crate::project) fn module_name(project: &Project, file: FileId) -> Arc<str> {
    let cx = Cx::new(project);
    match cx.modules().of_file(file) {
        Some(module) => cx.module_path(module).into(),
        None => Arc::clone(&project.file(file).path),
    }
}

/// The qualified name of a definition.
pub(in crate::project) fn qualname(project: &Project, def: DefRef) -> String {
    let cx = Cx::new(project);
    let mut parts = Vec::new();
    let mut at = Some(def);
    let mut before = None;
    // An outer definition stands before those inside it, so this ends.
    while let Some(def) = at {
        let Some(record) = project.def(def) else { break };
        // A `mod` whose file is not there leads to no module.
        if let Some(module) = cx.modules().of_def(def) {
            before = Some(module);
            break;
        }
        if parts.len() == PARTS {
            parts.push("…".to_owned());
            before = cx.modules().of_file(def.file);
            break;
        }
        parts.push(cx.own_name(def, record));
        if record.kind == DefKind::Impl {
            before = cx.home_of(def, record);
            break;
        }
        at = cx.around(def);
        if at.is_none() {
            before = cx.module_of(def);
        }
    }
    parts.extend(before.map(|module| cx.module_path(module)));
    parts.reverse();
    parts.join("::")
}

impl Cx<'_> {
    /// `crate::a::b`.
    fn module_path(&self, module: ModuleId) -> String {
        let modules = self.modules();
        let mut names: Vec<&str> = Vec::new();
        let mut at = module;
        while let Some(parent) = modules.module(at).parent {
            names.push(&modules.module(at).name);
            at = parent;
        }
        let krate = self.crate_name(at);
        names.push(&krate);
        names.reverse();
        names.join("::")
    }

    fn crate_name(&self, root: ModuleId) -> String {
        let modules = self.modules();
        let id = modules.module(root).krate;
        if modules.crates.len() == 1 {
            return "crate".to_owned();
        }
        let name = &modules.krate(id).name;
        let before = modules.crates.iter().take(id.0 as usize).filter(|krate| krate.name == *name);
        numbered(name, before.count())
    }

    /// The definition, other than a module, that one stands in.
    fn around(&self, at: DefRef) -> Option<DefRef> {
        let facts = self.project.facts(at.file);
        let mut scope = facts.def(at.def)?.scope;
        for _ in 0..SCOPES {
            if self.modules().of_scope(at.file, scope).is_some() {
                return None;
            }
            let record = facts.scope(scope)?;
            // Definitions stand before what is inside them: anything else is no scope around this one.
            if record.def.is_some() && record.def < at.def {
                return Some(DefRef { file: at.file, def: record.def });
            }
            scope = record.parent;
        }
        None
    }

    /// The last part of a qualified name.
    fn own_name(&self, at: DefRef, record: &Def) -> String {
        let facts = self.project.facts(at.file);
        match record.kind {
            DefKind::Impl => {
                let of = shown(facts, record.self_ty);
                let of = of.split('<').next().unwrap_or("").to_owned();
                if record.trait_ty.is_none() {
                    of
                } else {
                    format!("<{of} as {}>", shown(facts, record.trait_ty))
                }
            }
            DefKind::Closure | DefKind::Lambda => {
                format!("<closure{}>", self.closures_before(at) + 1)
            }
            _ => numbered(plain(facts.text(record.name)), self.twins_before(at, record)),
        }
    }

    /// Closures that begin before one in the same definition.
    fn closures_before(&self, at: DefRef) -> usize {
        let facts = self.project.facts(at.file);
        let around = self.around(at);
        let first = around.map_or(0, |around| around.def.index().unwrap_or(0));
        let last = at.def.index().unwrap_or(0);
        // Far inside a file of closures the number is left out of reach rather than counted without end.
        let between =
            facts.head.defs.get(first..last).unwrap_or(&[]).iter().enumerate().take(10_000);
        let closures = between.filter(|(_, def)| def.kind == DefKind::Closure);
        closures
            .filter(|(index, _)| {
                self.around(DefRef { file: at.file, def: DefId::at(first + index) }) == around
            })
            .count()
    }

    /// Definitions of the same name before one: in its scope, or in other `impl`s of the same type and trait.
    fn twins_before(&self, at: DefRef, record: &Def) -> usize {
        let facts = self.project.facts(at.file);
        let name = plain(facts.text(record.name));
        let mut before =
            self.named_alike(at, record.scope, name).iter().filter(|&&twin| twin < at).count();
        let Some(owner) = self.owner_of(at) else { return before };
        let Some(around) = self.project.def(owner).filter(|owner| owner.kind == DefKind::Impl)
        else {
            return before;
        };
        let of = self.self_type(owner);
        if matches!(of, Ty::Own(..)) {
            let title = self.own_name(owner, around);
            for twin in self.impls_of_same(&of).into_iter().filter(|&twin| twin < owner) {
                let Some(other) = self.project.def(twin) else { continue };
                if self.own_name(twin, other) == title {
                    before += self
                        .named_alike(DefRef { file: twin.file, def: at.def }, other.own, name)
                        .len();
                }
            }
        }
        before
    }

    /// Definitions of a name in a scope that are of the same sort as one.
    fn named_alike(&self, at: DefRef, scope: crate::facts::ScopeId, name: &str) -> Vec<DefRef> {
        let facts = self.project.facts(at.file);
        let kinds = |kind: DefKind| {
            [Space::Type, Space::Value, Space::Macro].map(|space| is_in(kind, space))
        };
        let mut same = Vec::new();
        let mut own = None;
        for item in self.names(at.file).named(facts, scope, name) {
            let Item::Def(def) = item else { continue };
            let Some(record) = facts.def(def) else { continue };
            if def == at.def {
                own = Some(kinds(record.kind));
            }
            same.push((def, kinds(record.kind)));
        }
        same.retain(|(_, kinds)| {
            own.is_none_or(|own| own == *kinds || own.iter().zip(kinds).any(|(a, b)| *a && *b))
        });
        same.into_iter().map(|(def, _)| DefRef { file: at.file, def }).collect()
    }

    fn impls_of_same(&self, ty: &Ty) -> Vec<DefRef> {
        let Ty::Own(def, _) = ty else { return Vec::new() };
        self.impls_of(&Ty::Own(*def, [].into())).into_iter().map(|one| one.at).collect()
    }

    /// The module that the name of an `impl` begins with: its type's, where that is the project's.
    fn home_of(&self, at: DefRef, record: &Def) -> Option<ModuleId> {
        match self.lower(at.file, record.self_ty) {
            Ty::Own(def, _) => self.module_of(def),
            _ => self.module_of(at),
        }
    }

    /// Every definition and module that a path from a crate's root names, re-exports included.
    fn by_path(&self, segments: &[&str]) -> Vec<Thing> {
        let Some((first, rest)) = segments.split_first() else { return Vec::new() };
        let modules = self.modules();
        let mut found = Vec::new();
        for krate in &modules.crates {
            let Some(root) = modules.of_file(krate.root) else { continue };
            if *first != "crate" && *first != &*krate.name && *first != self.crate_name(root) {
                continue;
            }
            for space in [Space::Value, Space::Type, Space::Macro] {
                found.extend(self.along(vec![Thing::Module(root)], rest, space));
            }
            if let Some((last, before)) = rest.split_last() {
                for owner in self.along(vec![Thing::Module(root)], before, Space::Type) {
                    if matches!(owner, Thing::Def(_)) {
                        let ty = self.type_of_thing(FileId(0), &owner, ExprId::NONE);
                        let members = self.assoc(&ty, last, Space::Value);
                        found.extend(
                            members.into_iter().flat_map(|found| found.defs).map(Thing::Def),
                        );
                    }
                }
            }
        }
        found
    }
}

/// The `n`th of its name, from zero.
fn numbered(name: &str, before: usize) -> String {
    if before == 0 { name.to_owned() } else { format!("{name}#{}", before + 1) }
}

/// A type as names show it: last segments and arguments.
fn shown(facts: &Facts, expr: ExprId) -> String {
    shown_within(facts, expr, 4)
}

fn shown_within(facts: &Facts, expr: ExprId, depth: u8) -> String {
    let Some(depth) = depth.checked_sub(1) else { return "…".to_owned() };
    let list = |kids: &[ExprId], between: &str| {
        let kids: Vec<String> = kids.iter().map(|&kid| shown_within(facts, kid, depth)).collect();
        kids.join(between)
    };
    match facts.shape(expr) {
        Shape::Name(name) | Shape::Path(_, name) => plain(facts.text(name)).to_owned(),
        Shape::Type(head, call) => {
            let args =
                call.args.of(&facts.body.args).iter().map(|arg| arg.value).collect::<Vec<_>>();
            if head.is_none() {
                return list(&args, ", ");
            }
            let shown = shown_within(facts, head, depth);
            if args.is_empty() { shown } else { format!("{shown}<{}>", list(&args, ", ")) }
        }
        Shape::Many(kids) => match facts.expr(expr).map(|expr| expr.kind) {
            Some(crate::facts::body::ExprKind::Tuple) => format!("({})", list(kids, ", ")),
            Some(crate::facts::body::ExprKind::Bounds) => list(kids, " + "),
            Some(crate::facts::body::ExprKind::List) => format!("[{}]", list(kids, "; ")),
            _ => "_".to_owned(),
        },
        Shape::One(inner) => shown_within(facts, inner, depth),
        _ => "_".to_owned(),
    }
}

/// Everything of the language that a name names: `name`, `Type::method`, `m::f`, `crate::m::f`, `krate::m::f`,
/// `<Type as Trait>::method`, also with `.` for `::`.
pub(in crate::project) fn find(project: &Project, name: &str) -> Vec<Target> {
    if !project.files().iter().any(|file| file.facts.language == Language::Rust) {
        return Vec::new();
    }
    let cx = Cx::new(project);
    let spelled = if name.contains("::") { name.to_owned() } else { name.replace('.', "::") };
    let segments = split(spelled.trim().trim_end_matches('!'));
    let Some(last) = segments.last() else { return Vec::new() };
    let plain_name = plain(last.split('#').next().unwrap_or(last));
    let mut found = Vec::new();
    for file in project.ids() {
        let facts = project.facts(file);
        if facts.language != Language::Rust {
            continue;
        }
        let Some(text) = facts.strings.find(plain_name) else { continue };
        for (index, def) in facts.head.defs.iter().enumerate() {
            let counts = match def.kind {
                DefKind::Module | DefKind::Impl | DefKind::Closure => false,
                DefKind::Field => segments.len() > 1,
                _ => true,
            };
            let at = DefRef { file, def: DefId::at(index) };
            if counts && def.name == text && ends_with(&qualname(project, at), &segments) {
                found.push(Target::Def(at));
            }
        }
    }
    if segments.len() > 1 {
        found.extend(cx.by_path(&segments).iter().filter_map(|thing| cx.target(thing)));
    }
    if found.is_empty() {
        found.extend(modules_named(&cx, &segments));
    }
    found.retain(|target| matches!(target, Target::Def(_) | Target::Module(_)));
    found.sort();
    found.dedup();
    found
}

fn modules_named(cx: &Cx<'_>, segments: &[&str]) -> Vec<Target> {
    let modules = (0..).map(ModuleId).zip(&cx.modules().modules);
    let named = modules.filter(|(id, _)| ends_with(&cx.module_path(*id), segments));
    named.filter_map(|(id, _)| cx.target(&Thing::Module(id))).collect()
}

/// The segments of a path; `<T as a::B>` is one.
fn split(path: &str) -> Vec<&str> {
    let mut segments = Vec::new();
    let (mut depth, mut lo) = (0_usize, 0);
    let bytes = path.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'<' => depth += 1,
            b'>' => depth = depth.saturating_sub(1),
            b':' if depth == 0 && bytes.get(at + 1) == Some(&b':') => {
                segments.push(&path[lo..at]);
                lo = at + 2;
            }
            _ => {}
        }
    }
    segments.push(&path[lo..]);
    segments.retain(|segment| !segment.is_empty());
    segments
}

/// Whether a qualified name ends with the segments a person wrote: `Type` stands for `<Type as Trait>` too, and `crate`
/// for any crate's name.
fn ends_with(qualname: &str, wanted: &[&str]) -> bool {
    let own = split(qualname);
    let Some(skipped) = own.len().checked_sub(wanted.len()) else { return false };
    own[skipped..].iter().zip(wanted).enumerate().all(|(index, (own, wanted))| {
        let is_first = skipped == 0 && index == 0;
        own == wanted
            || (is_first && *wanted == "crate")
            || own.split('#').next() == Some(wanted)
            || own.strip_prefix('<').and_then(|own| own.split(" as ").next()) == Some(wanted)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_be_written_by_its_end() {
        let name = "tokio::task::<JoinHandle as Future<T>>::poll#2";
        assert!(ends_with(name, &["JoinHandle", "poll"]));
        assert!(ends_with(name, &["<JoinHandle as Future<T>>", "poll#2"]));
        assert!(ends_with(name, &["crate", "task", "JoinHandle", "poll"]));
        assert!(!ends_with(name, &["task", "poll"]));
        assert_eq!(split("a::<B as c::D>::e"), ["a", "<B as c::D>", "e"]);
    }
}
