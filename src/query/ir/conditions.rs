//! What a query asks of nodes beside what they are.

use std::ops::Range;
use std::sync::Arc;

use super::flaw::Value;

/// What is asked of nodes beside what they are; all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// `all`, `any`, `not`: other patterns of the same nodes.
    pub composites: Vec<Composite>,
    /// `nthChild`.
    pub nth_child: Option<NthChild>,
    /// `inside`, `has`, `precedes`, `follows`.
    pub relations: Vec<Relation>,
    /// On captured text.
    pub filters: Vec<Filter>,
}

impl Conditions {
    /// Whether a tree is needed to judge them.
    #[must_use]
    pub const fn needs_nodes(&self) -> bool {
        !self.composites.is_empty() || self.nth_child.is_some() || !self.relations.is_empty()
    }
}

/// Patterns that are wanted of one node together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composite {
    /// How many of them must match.
    pub op: Op,
    /// The patterns, at least one; of `not` one.
    pub patterns: Vec<Value>,
}

/// How many patterns of a composite must match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// Each.
    All,
    /// At least one.
    Any,
    /// None.
    Not,
}

impl Op {
    /// Every one, in the order they are judged.
    pub const ALL: [Self; 3] = [Self::All, Self::Any, Self::Not];

    /// The key that asks for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Any => "any",
            Self::Not => "not",
        }
    }

    /// The one a key asks for.
    #[must_use]
    pub fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|op| op.name() == key)
    }
}

/// A position among named siblings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NthChild {
    /// A number from 1, or `An+B`.
    pub position: Value,
    /// Whether it is counted from the last.
    pub is_reverse: bool,
    /// `.ofRule`: the kind or the pattern of the only siblings that count.
    pub of: Option<Value>,
}

/// What must stand around a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// Where it must stand.
    pub side: Side,
    /// The pattern of what stands there.
    pub code: Value,
    /// `.stopBy`.
    pub stop: Stop,
    /// `.field`, of `inside` and `has` only.
    pub field: Option<Value>,
}

/// Where the other node of a relation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// `inside`: around it.
    Inside,
    /// `has`: in it.
    Has,
    /// `precedes`: behind it, among its siblings.
    Precedes,
    /// `follows`: in front of it, among its siblings.
    Follows,
}

impl Side {
    /// Every side, in the order they are judged.
    pub const ALL: [Self; 4] = [Self::Inside, Self::Has, Self::Precedes, Self::Follows];

    /// The key that asks for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Has => "has",
            Self::Precedes => "precedes",
            Self::Follows => "follows",
        }
    }

    /// The side a key asks for.
    #[must_use]
    pub fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|side| side.name() == key)
    }

    /// Whether the other node is a sibling.
    #[must_use]
    pub const fn is_sibling(self) -> bool {
        matches!(self, Self::Precedes | Self::Follows)
    }
}

/// How far a relation looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Nothing is said.
    Unsaid,
    /// At the next node.
    Neighbor,
    /// As far as there are nodes.
    End,
    /// Up to a node of this pattern, which is looked at too.
    At(Value),
}

/// `$X=~re` and its negations.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The metavariable without `$`.
    pub variable: Arc<str>,
    /// Where the variable stands.
    pub range: Range<usize>,
    /// Found anywhere in the captured text.
    pub regex: regex::Regex,
    /// Whether a match is wanted.
    pub wanted: Wanted,
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.variable == other.variable
            && self.wanted == other.wanted
            && self.regex.as_str() == other.regex.as_str()
    }
}

impl Eq for Filter {}

/// What a filter wants of its expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// That it is found.
    Match,
    /// That it is not found.
    NoMatch,
}
