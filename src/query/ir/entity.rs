//! What a query asks of entities: which they are, and what facts tell of them.

use std::sync::Arc;

use super::conditions::Conditions;

/// Definitions, calls or imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// `entity`, one of the words there are.
    pub word: &'static str,
    /// `name`.
    pub name: Option<Name>,
    /// What is asked of its scope and its decorators, of what it defines and exports.
    pub facts: Sifts,
    /// `fields` and `expand`.
    pub more: Vec<More>,
    /// What is asked of its nodes.
    pub conditions: Conditions,
}

/// What is asked of an entity that facts tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sifts {
    /// `scope`.
    pub scope: Option<ScopeIs>,
    /// `captures`: a name it takes from a function around it.
    pub captures: Option<Arc<str>>,
    /// `has_cells`: whether functions inside take a local of its.
    pub has_cells: Option<bool>,
    /// `decorated_by`.
    pub decorated_by: Option<Name>,
    /// `decorator_count_min`.
    pub fewest_decorators: Option<i64>,
    /// `decorator_count_max`.
    pub most_decorators: Option<i64>,
    /// `defines` and `exports`.
    pub joins: Vec<Join>,
}

impl Sifts {
    /// Whether anything is asked of what a function takes from others, or gives them.
    #[must_use]
    pub const fn asks_scopes(&self) -> bool {
        self.scope.is_some() || self.captures.is_some() || self.has_cells.is_some()
    }
}

/// How a function stands to functions around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeIs {
    /// It takes a name from one.
    Closure,
    /// There is one.
    Nested,
    /// There is none.
    Toplevel,
}

impl ScopeIs {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Closure, Self::Nested, Self::Toplevel];

    /// As it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closure => "closure",
            Self::Nested => "nested",
            Self::Toplevel => "toplevel",
        }
    }
}

/// What an entity has to do with another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Join {
    /// What.
    pub verb: Verb,
    /// The other's `entity`, one of the words there are.
    pub word: &'static str,
    /// Its name; any where absent.
    pub name: Option<Name>,
}

/// What a module does with an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// `defines`: it stands in it.
    Defines,
    /// `exports`: others may take it from it.
    Exports,
}

impl Verb {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Defines, Self::Exports];

    /// The key that asks for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Defines => "defines",
            Self::Exports => "exports",
        }
    }
}

/// What else is to be told of entities: fields that are told anyway are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum More {
    /// `fields=imports`, `expand=imports`: the imports of their files.
    Imports,
    /// `expand=scope`: names they take from functions around them, and give to those inside.
    Scope,
    /// `fields=decorators`: how many decorators there are.
    Decorators,
    /// `fields=decorated_functions`: what is decorated in their files.
    DecoratedFunctions,
}

/// Which names are meant.
#[derive(Clone, Debug)]
pub enum Name {
    /// This one.
    Exact(Arc<str>),
    /// As a glob: `*`, `?`, `[ab]`, `{a,b}`.
    Glob(globset::GlobMatcher),
    /// In which an expression is found.
    Regex(regex::Regex),
}

impl Name {
    /// Whether a name is meant.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        match self {
            Self::Exact(exact) => **exact == *name,
            Self::Glob(glob) => glob.is_match(name),
            Self::Regex(regex) => regex.is_match(name),
        }
    }

    /// As it was written.
    #[must_use]
    pub fn written(&self) -> String {
        match self {
            Self::Exact(exact) => exact.to_string(),
            Self::Glob(glob) => glob.glob().glob().to_owned(),
            Self::Regex(regex) => format!("~{}", regex.as_str()),
        }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
            && self.written() == other.written()
    }
}

impl Eq for Name {}
