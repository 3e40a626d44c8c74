//! Classes: their bases, the order in which attributes are looked up (C3, <https://docs.python.org/3/howto/mro.html>), and
//! which classes come below them.

use std::collections::HashMap;
use std::sync::Arc;

use super::bindings::Binding;
use super::eval::{Eval, In};
use super::memo::Key;
use super::reach;
use super::value::{Class, Gap, Val, Vals, Whose};
use crate::facts::body::{ArgKind, ExprKind};
use crate::facts::head::{DefKind, ScopeKind};
use crate::facts::{DefId, Facts, ScopeId, Shape};
use crate::project::{DefRef, Evidence, File, Project};

/// Most classes that are looked at below one.
const MOST_BELOW: usize = 4_000;

/// The classes in which an attribute is looked up, in order.
#[derive(Debug, Default)]
pub(super) struct Order {
    pub(super) classes: Vec<Class>,
    /// Whether a base is unknown.
    pub(super) is_open: bool,
}

/// Classes by the last segment of what they name as a base, and how imports rename.
#[derive(Debug, Default)]
pub(super) struct Heirs {
    by_base: HashMap<Box<str>, Vec<DefRef>>,
    renamed: HashMap<Box<str>, Vec<Box<str>>>,
}

impl Heirs {
    pub(super) fn of(project: &Project) -> Self {
        let mut heirs = Self::default();
        for (file, id) in project.files().iter().zip(project.ids()) {
            heirs.add(file, id);
        }
        heirs
    }

    fn add(&mut self, file: &File, id: crate::project::FileId) {
        let facts = &file.facts;
        for base in &facts.outline.bases {
            let heir = DefRef { file: id, def: base.class };
            self.by_base.entry(facts.text(base.name).into()).or_default().push(heir);
        }
        for import in &facts.outline.renames {
            let names = self.renamed.entry(facts.text(import.name).into()).or_default();
            let binds = facts.text(import.binds);
            if !names.iter().any(|known| **known == *binds) {
                names.push(binds.into());
            }
        }
    }
}

/// The class that the innermost method around a scope belongs to, or the class whose body it is.
pub(super) fn class_around(facts: &Facts, mut scope: ScopeId) -> Option<DefId> {
    while let Some(record) = facts.scope(scope) {
        if record.kind == ScopeKind::Class {
            return Some(record.def);
        }
        scope = record.parent;
    }
    None
}

/// The class that a definition is a member of.
pub(super) fn class_of(facts: &Facts, def: DefId) -> Option<DefId> {
    let mut scope = facts.scope(facts.def(def)?.scope)?;
    if scope.kind == ScopeKind::TypeParams {
        scope = facts.scope(scope.parent)?;
    }
    (scope.kind == ScopeKind::Class).then_some(scope.def)
}

impl<'p> Eval<'p> {
    /// The order in which attributes of a class are looked up.
    pub(super) fn order(&mut self, class: DefRef) -> Arc<Order> {
        if let Some(known) = self.model().orders.find(&class) {
            return known;
        }
        let before = self.bounds();
        let Some(order) = self.guarded(Key::Order(class), |eval| eval.linearise(class)) else {
            return Arc::new(Order { classes: vec![Class::Def(class)], is_open: true });
        };
        let order = Arc::new(order);
        if self.bounds() == before {
            self.model().orders.keep(class, Arc::clone(&order));
        }
        order
    }

    fn linearise(&mut self, class: DefRef) -> Order {
        let (bases, mut is_open) = self.bases(class);
        let mut sequences: Vec<Vec<Class>> = Vec::new();
        for base in &bases {
            match base {
                Class::Def(def) => {
                    let order = self.order(*def);
                    is_open |= order.is_open;
                    sequences.push(order.classes.clone());
                }
                outside => sequences.push(vec![outside.clone()]),
            }
        }
        sequences.push(bases);
        let mut classes = vec![Class::Def(class)];
        is_open |= !merge(sequences, &mut classes);
        Order { classes, is_open }
    }

    /// The bases that are known, and whether others are not.
    fn bases(&mut self, class: DefRef) -> (Vec<Class>, bool) {
        let file = self.file(class.file);
        let Some(def) = file.facts.def(class.def) else { return (Vec::new(), true) };
        let (mut bases, mut is_open) = (Vec::new(), false);
        for arg in def.bases.of(&file.facts.body.args) {
            match arg.kind {
                ArgKind::Positional => {
                    let vals = self.expr(file, arg.value);
                    is_open |= vals.gap != Gap::Closed || vals.items.len() != 1;
                    for (val, _) in vals.items {
                        match self.as_class(val) {
                            Some(base) if is_marker(&base) => {}
                            Some(base) if base != Class::Def(class) && !bases.contains(&base) => {
                                bases.push(base)
                            }
                            _ => is_open = true,
                        }
                    }
                }
                ArgKind::Star => is_open = true,
                ArgKind::Keyword | ArgKind::DoubleStar => {}
            }
        }
        (bases, is_open)
    }

    fn as_class(&self, val: Val) -> Option<Class> {
        match val {
            Val::Def(def) if self.is_class(def) => Some(Class::Def(def)),
            Val::External(name) => Some(Class::External(name)),
            Val::Builtin(name) => Some(Class::Builtin(name)),
            _ => None,
        }
    }

    pub(super) fn is_class(&self, def: DefRef) -> bool {
        self.project.def(def).is_some_and(|def| def.kind == DefKind::Class)
    }

    /// What a class, or an object of it, holds under a name; behind `after` in its order, if that is given. Functions
    /// are given as they are, properties too.
    pub(super) fn member(
        &mut self,
        class: DefRef,
        name: &str,
        of: Of,
        after: Option<DefRef>,
    ) -> Vals {
        let order = self.order(class);
        let mut rest = order.classes.iter();
        if let Some(after) = after {
            let _ = rest.find(|class| **class == Class::Def(after));
        }
        let mut outside: Option<&Class> = None;
        for member in rest {
            let Class::Def(def) = member else {
                outside = outside.or(Some(member));
                continue;
            };
            let Some(found) = self.own(*def, name, of) else { continue };
            let is_own = *def == class;
            let found = if is_own { found } else { found.at_most(Evidence::Inherited) };
            let is_shadowed = outside.is_some_and(may_hide(name)) || order.is_open && !is_own;
            return found.with_gap(if is_shadowed { Gap::Shadowed } else { Gap::Closed });
        }
        if order.is_open {
            return Vals::unknown();
        }
        let beyond = match outside {
            Some(Class::External(outer)) => Val::External(format!("{outer}.{name}").into()),
            Some(Class::Builtin(outer)) => Val::Builtin(format!("{outer}.{name}").into()),
            _ if name.starts_with("__") && name.ends_with("__") => {
                Val::Builtin(format!("object.{name}").into())
            }
            _ => return Vals::unknown(),
        };
        Vals::one(beyond, Evidence::Inherited)
    }

    /// Whether its members are its own objects: `enum` is among its bases.
    pub(super) fn is_enum(&mut self, class: DefRef) -> bool {
        let is_base = |class: &Class| match class {
            Class::External(name) => matches!(
                &**name,
                "enum.Enum" | "enum.IntEnum" | "enum.StrEnum" | "enum.Flag" | "enum.IntFlag"
            ),
            _ => false,
        };
        self.order(class).classes.iter().any(is_base)
    }

    /// What a class holds under a name: of an enumeration its member, where that is bound to a value.
    pub(super) fn enumerated(&mut self, class: DefRef, name: &str, found: Vals) -> Vals {
        let is_value =
            |(val, _): &(Val, _)| matches!(val, Val::Instance(..) | Val::Many(_) | Val::None);
        let is_member = !name.starts_with('_')
            && (found.items.iter().any(is_value) || found.is_unknown())
            && self.is_enum(class)
            && self.own(class, name, Of::Class).is_some();
        match is_member {
            true => Vals::typed(Val::Instance(Class::Def(class), Whose::Stated)),
            false => found,
        }
    }

    /// What the class itself holds under a name.
    fn own(&mut self, class: DefRef, name: &str, of: Of) -> Option<Vals> {
        let file = self.file(class.file);
        let written = super::private::written(file.facts, class.def, name)?;
        let known = file.bindings.known(file.facts, written)?;
        let scope = file.facts.def(class.def)?.own;
        let bound = file.bindings.of_name(scope, known);
        let readers: Vec<Binding> =
            bound.iter().filter(|binding| !is_setter(file, binding)).copied().collect();
        let mut bindings =
            if readers.is_empty() { Vec::new() } else { reach::at_end(file.facts, &readers) };
        if of == Of::Object {
            bindings.extend(file.bindings.of_attr(scope, known));
        }
        if bindings.is_empty() {
            return None;
        }
        Some(self.union(file, &bindings))
    }

    /// The classes below a class, in path order.
    pub(super) fn below(&mut self, class: DefRef) -> Arc<[DefRef]> {
        if let Some(known) = self.model().below.find(&class) {
            return known;
        }
        let heirs = self.model().heirs(self.project);
        let mut found: Vec<DefRef> = Vec::new();
        let mut open = vec![class];
        let mut asked: Vec<Box<str>> = Vec::new();
        while let Some(next) = open.pop() {
            let Some(def) = self.project.def(next) else { continue };
            let own: Box<str> = self.project.facts(next.file).text(def.name).into();
            let renamed = heirs.renamed.get(&own).into_iter().flatten().cloned();
            for name in std::iter::once(own.clone()).chain(renamed) {
                if asked.contains(&name) || found.len() > MOST_BELOW {
                    continue;
                }
                for &heir in heirs.by_base.get(&name).into_iter().flatten() {
                    let is_new = heir != class && !found.contains(&heir);
                    if is_new && self.order(heir).classes.contains(&Class::Def(class)) {
                        found.push(heir);
                        open.push(heir);
                    }
                }
                asked.push(name);
            }
        }
        found.sort();
        let found: Arc<[DefRef]> = found.into();
        self.model().below.keep(class, Arc::clone(&found));
        found
    }
}

/// Whose attributes are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// The class's.
    Class,
    /// An object's, what methods give it among them.
    Object,
}

/// Bases that bring no attributes.
fn is_marker(base: &Class) -> bool {
    match base {
        Class::External(name) => matches!(
            &**name,
            "typing.Generic" | "typing.Protocol" | "typing_extensions.Protocol" | "abc.ABC"
        ),
        Class::Builtin(name) => &**name == "object",
        Class::Def(_) => false,
    }
}

/// Whether a class outside may define the name; of builtins it is known.
fn may_hide(name: &str) -> impl Fn(&Class) -> bool {
    move |class| match class {
        Class::Builtin(builtin) => super::tables::has_member(builtin, name),
        _ => true,
    }
}

/// `@name.setter` and its like.
fn is_setter(file: In<'_>, binding: &Binding) -> bool {
    let super::bindings::Bound::Def(def) = binding.what else { return false };
    let Some(def) = file.facts.def(def) else { return false };
    def.decorators.of(&file.facts.body.kids).iter().any(|decorator| {
        let Shape::Attr(base, word) = file.facts.shape(*decorator) else { return false };
        matches!(file.facts.text(word), "setter" | "deleter" | "getter")
            && file.facts.expr(base).is_some_and(|base| base.kind == ExprKind::Name)
    })
}

/// The merge of C3; false where the orders contradict each other, and then what is left follows as it stands.
fn merge(mut sequences: Vec<Vec<Class>>, classes: &mut Vec<Class>) -> bool {
    let mut heads = vec![0_usize; sequences.len()];
    loop {
        let is_in_tail = |candidate: &Class| {
            sequences.iter().zip(&heads).any(|(sequence, &head)| {
                sequence.get(head + 1..).is_some_and(|tail| tail.contains(candidate))
            })
        };
        let candidates =
            sequences.iter().zip(&heads).filter_map(|(sequence, &head)| sequence.get(head));
        let mut candidates = candidates.peekable();
        if candidates.peek().is_none() {
            return true;
        }
        let Some(next) = candidates.find(|candidate| !is_in_tail(candidate)).cloned() else {
            break;
        };
        for (sequence, head) in sequences.iter().zip(&mut heads) {
            if sequence.get(*head) == Some(&next) {
                *head += 1;
            }
        }
        if !classes.contains(&next) {
            classes.push(next);
        }
    }
    for (sequence, head) in sequences.iter_mut().zip(heads) {
        for class in sequence.drain(head..) {
            if !classes.contains(&class) {
                classes.push(class);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(name: &str) -> Class {
        Class::External(name.into())
    }

    fn classes(names: &str) -> Vec<Class> {
        names.split(' ').map(class).collect()
    }

    #[test]
    fn the_order_is_that_of_the_paper() {
        // class K1(A, B, C), K2(D, B, E), K3(D, A), Z(K1, K2, K3): Barrett et al. 1996, by CPython's `mro()`.
        let sequences =
            vec![classes("K1 A B C"), classes("K2 D B E"), classes("K3 D A"), classes("K1 K2 K3")];
        let mut order = Vec::new();
        assert!(merge(sequences, &mut order));
        assert_eq!(order, classes("K1 K2 K3 D A B C E"));
    }

    #[test]
    fn orders_that_contradict_each_other_are_told_of() {
        let mut order = Vec::new();
        assert!(!merge(vec![classes("A B"), classes("B A")], &mut order));
        assert_eq!(order, classes("A B"));
    }
}
