//! What an expression can be, as far as names, classes and annotations say: a small lattice that knows of its own gaps.

use std::sync::Arc;

use crate::project::{DefRef, Evidence, FileId, Resolution, Target};

/// Most values an expression is known to have; what is beyond that is a gap.
const MAX: usize = 24;

/// A class.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Class {
    /// Of the project.
    Def(DefRef),
    /// Outside.
    External(Arc<str>),
    /// A builtin.
    Builtin(Arc<str>),
}

/// Whether an object is of the class itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Whose {
    /// It is, or of one below it as any value of a type may be.
    Stated,
    /// It is what a method is called on: of the class or of one below it, and the caller knows which.
    Receiver,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Val {
    /// A function, lambda or class itself.
    Def(DefRef),
    /// The class that a `cls` is.
    Own(DefRef),
    /// A module that is a file.
    Module(FileId),
    /// A directory without `__init__.py`, by path.
    Package(Arc<str>),
    /// Something outside, by its dotted name.
    External(Arc<str>),
    /// A builtin.
    Builtin(Arc<str>),
    /// An object of a class.
    Instance(Class, Whose),
    /// `super()` in a method of the class: what comes behind it in the order of its receiver.
    Super { after: DefRef, whose: Whose },
    /// A collection or iterator of these.
    Many(Arc<[Val]>),
    /// What an `async def` gives until it is awaited.
    Coroutine(Arc<[Val]>),
    /// `None`.
    None,
}

/// What is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Nothing: these are all.
    #[default]
    Closed,
    /// A class outside the project may define the name before the one that was found.
    Shadowed,
    /// It may be something else.
    Partial,
}

/// Values with what they rest on.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Vals {
    pub(super) items: Vec<(Val, Evidence)>,
    pub(super) gap: Gap,
}

impl Vals {
    /// Nothing is known.
    pub(super) const fn unknown() -> Self {
        Self { items: Vec::new(), gap: Gap::Partial }
    }

    /// Nothing at all.
    pub(super) const fn nothing() -> Self {
        Self { items: Vec::new(), gap: Gap::Closed }
    }

    pub(super) fn one(val: Val, evidence: Evidence) -> Self {
        Self { items: vec![(val, evidence)], gap: Gap::Closed }
    }

    pub(super) fn exact(val: Val) -> Self {
        Self::one(val, Evidence::Exact)
    }

    pub(super) fn typed(val: Val) -> Self {
        Self::one(val, Evidence::Typed)
    }

    /// Adds a value once.
    pub(super) fn push(&mut self, val: Val, evidence: Evidence) {
        if let Some((_, known)) = self.items.iter_mut().find(|(known, _)| *known == val) {
            *known = (*known).min(evidence);
        } else if self.items.len() < MAX {
            self.items.push((val, evidence));
        } else {
            self.gap = Gap::Partial;
        }
    }

    /// Adds all of another.
    pub(super) fn merge(&mut self, other: Self) {
        self.gap = self.gap.max(other.gap);
        for (val, evidence) in other.items {
            self.push(val, evidence);
        }
    }

    /// The same, resting on no more than this.
    #[must_use]
    pub(super) fn at_most(mut self, evidence: Evidence) -> Self {
        for (_, known) in &mut self.items {
            *known = (*known).max(evidence);
        }
        self
    }

    #[must_use]
    pub(super) fn with_gap(mut self, gap: Gap) -> Self {
        self.gap = self.gap.max(gap);
        self
    }

    /// Whether nothing is known of it.
    pub(super) fn is_unknown(&self) -> bool {
        self.items.is_empty() && self.gap == Gap::Partial
    }

    /// The values alone, without `None`.
    pub(super) fn values(&self) -> Arc<[Val]> {
        self.items.iter().map(|(val, _)| val.clone()).filter(|val| *val != Val::None).collect()
    }

    /// Each value turned into others.
    pub(super) fn flat_map(self, mut f: impl FnMut(Val, Evidence) -> Self) -> Self {
        let mut result = Self { items: Vec::new(), gap: self.gap };
        for (val, evidence) in self.items {
            result.merge(f(val, evidence));
        }
        result
    }

    /// Of values that hold others, those.
    pub(super) fn of(values: &[Val], evidence: Evidence) -> Self {
        let gap = if values.is_empty() { Gap::Partial } else { Gap::Closed };
        Self { items: values.iter().map(|val| (val.clone(), evidence)).collect(), gap }
    }

    /// What is shown of it: definitions, modules and names outside. Objects have no name, so they are left out and
    /// leave no gap.
    pub(super) fn resolution(&self) -> Resolution {
        let named = self.items.iter().filter_map(|(val, evidence)| Some((target(val)?, *evidence)));
        let (targets, evidence): (Vec<Target>, Vec<Evidence>) = named.unzip();
        let worst = evidence.into_iter().max().unwrap_or(Evidence::Name);
        let is_open = self.gap != Gap::Closed;
        let worst = if self.gap == Gap::Partial { worst.max(Evidence::Candidates) } else { worst };
        if targets.is_empty() {
            return Resolution { targets, evidence: Evidence::Name, is_open };
        }
        Resolution { is_open, ..Resolution::of(targets, worst) }
    }
}

fn target(val: &Val) -> Option<Target> {
    Some(match val {
        Val::Def(def) | Val::Own(def) => Target::Def(*def),
        Val::Module(file) => Target::Module(*file),
        Val::External(name) => Target::External(Arc::clone(name)),
        Val::Builtin(name) => Target::Builtin(Arc::clone(name)),
        _ => return None,
    })
}
