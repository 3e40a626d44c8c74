//! What a query asks, with the places of its words, and what can be wrong with a text.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Code, Fault, Kind, Severity};
use crate::source::{OffsetMap, SourceId};

/// Something wrong in an embedded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Error or warning.
    pub severity: Severity,
    /// The stable code.
    pub code: Code,
    /// Lower case, names in backticks.
    pub message: String,
    /// The remedy.
    pub help: Option<String>,
    /// New text for `range`, where the meaning is certain.
    pub fix: Option<String>,
}

impl Flaw {
    /// An error.
    #[must_use]
    pub fn error(code: Code, range: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            range,
            severity: Severity::Error,
            code,
            message: message.into(),
            help: None,
            fix: None,
        }
    }

    /// A warning.
    #[must_use]
    pub fn warning(code: Code, range: Range<usize>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, range, message) }
    }

    /// Adds the remedy.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Adds the new text for the range.
    #[must_use]
    pub fn fix(mut self, text: impl Into<String>) -> Self {
        self.fix = Some(text.into());
        self
    }

    /// The fault it is where the text was only known when the plan ran.
    #[must_use]
    pub fn fault(self) -> Fault {
        let fault = Fault::new(Kind::Argument, self.code, self.message);
        match self.help {
            Some(help) => fault.help(help),
            None => fault,
        }
    }

    /// The same flaw of a text that lies inside another one.
    #[must_use]
    pub fn inside(mut self, value: &Value) -> Self {
        self.range = value.outer(self.range);
        self
    }
}

/// A decoded value and where it stands in the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// What it says.
    pub text: Arc<str>,
    /// Bytes of the query, quotes included.
    pub range: Range<usize>,
    /// From the decoded text to the query.
    pub map: OffsetMap,
}

impl Value {
    /// A value that is a whole text of its own.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self { text: text.into(), range: 0..text.len(), map: OffsetMap::at(0) }
    }

    /// The range of the query that a range of the decoded text comes from.
    #[must_use]
    pub fn outer(&self, range: Range<usize>) -> Range<usize> {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let span = self.map.span(SourceId::default(), number(range.start)..number(range.end));
        span.range()
    }
}

/// A query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// What is asked.
    pub body: Body,
    /// Where.
    pub scope: Scope,
    /// Most rows shown.
    pub limit: Option<i64>,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A search for a plain text.
    Search(Arc<str>),
    /// A pattern.
    Pattern(Pattern),
    /// Definitions, calls or imports.
    Entity(Entity),
}

impl Body {
    /// The relations asked for.
    #[must_use]
    pub fn relations(&self) -> &[Relation] {
        match self {
            Self::Search(_) => &[],
            Self::Pattern(pattern) => &pattern.relations,
            Self::Entity(entity) => &entity.relations,
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

/// A pattern with its options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// `pattern`, or `pattern.context`.
    pub code: Value,
    /// `pattern.selector`.
    pub selector: Option<Value>,
    /// `pattern.strictness`, one of the words there are.
    pub strictness: Option<String>,
    /// What must stand around it.
    pub relations: Vec<Relation>,
    /// On captured text.
    pub filters: Vec<Filter>,
}

/// Definitions, calls or imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// `entity`, one of the words there are.
    pub word: &'static str,
    /// `name`.
    pub name: Option<Name>,
    /// What must stand around it.
    pub relations: Vec<Relation>,
    /// On text that relations capture.
    pub filters: Vec<Filter>,
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
