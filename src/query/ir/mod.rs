//! What a query asks, with the places of its words.

mod conditions;
mod entity;
mod flaw;

use std::sync::Arc;

pub use conditions::{Composite, Conditions, Filter, NthChild, Op, Relation, Side, Stop, Wanted};
pub use entity::{Entity, Join, More, Name, ScopeIs, Sifts, Verb};
pub use flaw::{Flaw, Value};

/// A query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// What is asked.
    pub body: Body,
    /// Where.
    pub scope: Scope,
    /// Most rows shown.
    pub limit: Option<i64>,
    /// Whether the answer is to say how it came about.
    pub why: bool,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A search for a plain text.
    Search(Arc<str>),
    /// Nodes that match a pattern.
    Pattern(Pattern),
    /// Definitions, calls or imports.
    Entity(Entity),
}

impl Body {
    /// What is asked of the nodes beside what they are; nothing of a search.
    #[must_use]
    pub const fn conditions(&self) -> Option<&Conditions> {
        match self {
            Self::Search(_) => None,
            Self::Pattern(pattern) => Some(&pattern.conditions),
            Self::Entity(entity) => Some(&entity.conditions),
        }
    }
}

/// Where is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// `in`.
    pub within: Option<String>,
    /// `exclude`.
    pub exclude: Vec<String>,
    /// `globs`.
    pub globs: Vec<String>,
    /// `lang`.
    pub lang: Option<String>,
}

/// Nodes that match a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The pattern; any node where composites alone are asked for.
    pub code: Option<Code>,
    /// `pattern.tolerant`.
    pub is_tolerant: bool,
    /// What else is asked of the nodes.
    pub conditions: Conditions,
}

/// A pattern with its options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// `pattern`, or `pattern.context`.
    pub text: Value,
    /// `pattern.selector`.
    pub selector: Option<Value>,
    /// `pattern.strictness`, one of the words there are.
    pub strictness: Option<String>,
}
