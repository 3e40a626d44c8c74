//! What a plan asks of the scan, merged over all its actions before the first one runs. Plain data: nothing here is
//! checked or compiled, and equal questions are asked once.

use std::sync::Arc;

use indexmap::IndexSet;

/// What the next scan must find.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// Patterns, in the order they were first asked.
    pub patterns: IndexSet<Pattern>,
    /// Searches, in the order they were first asked.
    pub searches: IndexSet<Search>,
    /// Facts, in the order they were first asked.
    pub facts: IndexSet<Facts>,
    /// Words; the texts of files that hold one are kept for rows.
    pub words: IndexSet<Arc<str>>,
}

impl Needs {
    /// Needs of one pattern.
    #[must_use]
    pub fn pattern(pattern: Pattern) -> Self {
        Self { patterns: IndexSet::from([pattern]), ..Self::default() }
    }

    /// Needs of one search.
    #[must_use]
    pub fn search(search: Search) -> Self {
        Self { searches: IndexSet::from([search]), ..Self::default() }
    }

    /// Needs of facts.
    #[must_use]
    pub fn facts(facts: Facts) -> Self {
        Self { facts: IndexSet::from([facts]), ..Self::default() }
    }

    /// Adds what `other` asks.
    pub fn merge(&mut self, other: Self) {
        let Self { patterns, searches, facts, words } = other;
        self.patterns.extend(patterns);
        self.searches.extend(searches);
        self.facts.extend(facts);
        self.words.extend(words);
    }

    /// Whether nothing is asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty() && self.searches.is_empty() && self.facts.is_empty()
    }
}

/// The facts of files.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Facts {
    /// The files.
    pub scope: Scope,
    /// How much of them.
    pub planes: Planes,
}

/// How much of a file's facts is needed; what comes before is needed too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Planes {
    /// Definitions, imports, scopes.
    #[default]
    Head,
    /// Statements and expressions too.
    Body,
    /// Comments and texts of literals too.
    Trivia,
}

/// Where nodes of trees are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    /// The nodes.
    pub target: Target,
    /// What a pattern may overlook beyond ast-grep.
    pub tolerance: Tolerance,
    /// Other patterns of the same nodes; all of it.
    pub composites: Vec<Composite>,
    /// Where they stand among their siblings.
    pub nth_child: Option<NthChild>,
    /// What must stand around them; all of it.
    pub relations: Vec<Relation>,
    /// The files.
    pub scope: Scope,
}

impl Pattern {
    /// Nodes alone.
    #[must_use]
    pub const fn of(target: Target, scope: Scope) -> Self {
        Self {
            target,
            tolerance: Tolerance::AstGrep,
            composites: Vec::new(),
            nth_child: None,
            relations: Vec::new(),
            scope,
        }
    }

    /// A pattern alone.
    #[must_use]
    pub const fn new(code: Code, scope: Scope) -> Self {
        Self::of(Target::Code(code), scope)
    }

    /// Whether anything is asked of the nodes beside what they are.
    #[must_use]
    pub fn has_conditions(&self) -> bool {
        !self.composites.is_empty() || self.nth_child.is_some() || !self.relations.is_empty()
    }
}

/// Which nodes are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// Those that match a pattern.
    Code(Code),
    /// Those of an entity.
    Entity(Entity),
    /// Any that the composites match.
    Any,
}

/// What a pattern may overlook.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tolerance {
    /// What ast-grep overlooks.
    #[default]
    AstGrep,
    /// Modifiers, types and decorators of declarations too; and what is between the brackets of macros is code.
    Tolerant,
}

/// Patterns that are wanted of one node together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Composite {
    /// How many of them must match.
    pub op: Op,
    /// The patterns.
    pub patterns: Vec<Arc<str>>,
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

/// A position among named siblings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NthChild {
    /// A number from 1, or `An+B`.
    pub position: Arc<str>,
    /// From where it is counted.
    pub from: End,
    /// The kind or the pattern of the only siblings that count.
    pub of: Option<Arc<str>>,
}

/// An end of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum End {
    /// The first.
    #[default]
    Front,
    /// The last.
    Back,
}

/// The nodes of an entity.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Entity {
    /// Which.
    pub kind: EntityKind,
    /// A text that each node which counts holds, where its source is ASCII.
    pub word: Option<Arc<str>>,
}

/// What an entity is, as far as trees tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntityKind {
    /// A function or method.
    Function,
    /// A function of Python, or closure of Rust: what takes names from functions around it.
    Closure,
    /// A class, struct, enum, trait or union.
    Class,
    /// A file, or a `mod` of Rust.
    Module,
    /// A call.
    Callsite,
    /// A statement that imports.
    Import,
    /// Anything that decorators or attributes may stand before.
    Decorated,
    /// A name that is bound.
    Variable,
    /// A name of a parameter.
    Parameter,
    /// An `impl` of Rust.
    Impl,
    /// A `macro_rules!` of Rust.
    Macro,
    /// Another name of a type.
    Type,
    /// A constant or static.
    Constant,
}

impl EntityKind {
    /// Every one.
    pub const ALL: [Self; 13] = [
        Self::Function,
        Self::Closure,
        Self::Class,
        Self::Module,
        Self::Callsite,
        Self::Import,
        Self::Decorated,
        Self::Variable,
        Self::Parameter,
        Self::Impl,
        Self::Macro,
        Self::Type,
        Self::Constant,
    ];
}

/// What must stand around a node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Relation {
    /// Where.
    pub side: Side,
    /// The pattern of what stands there.
    pub pattern: Arc<str>,
    /// How far is looked.
    pub stop: Stop,
    /// The field of the outer node that the inner one is.
    pub field: Option<Arc<str>>,
}

/// Where the other node of a relation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Around the node.
    Inside,
    /// In it.
    Has,
    /// Behind it, among its siblings.
    Precedes,
    /// In front of it, among its siblings.
    Follows,
}

/// How far a relation looks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Stop {
    /// At the next node.
    Neighbor,
    /// As far as there are nodes.
    End,
    /// As far as there are nodes where the question is tolerant, else at the next node.
    Widened,
    /// Up to a node of this pattern, which is looked at too.
    At(Arc<str>),
}

/// An ast-grep pattern as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Code {
    /// The pattern, or the context that `selector` picks a node of.
    pub text: Arc<str>,
    /// The node kind to pick.
    pub selector: Option<Arc<str>>,
    /// What a match may overlook.
    pub strictness: Strictness,
}

/// What a match of a pattern may overlook; ast-grep's own levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Strictness {
    /// Nothing.
    Cst,
    /// Unnamed nodes of the source.
    #[default]
    Smart,
    /// Unnamed nodes of both.
    Ast,
    /// Comments too.
    Relaxed,
    /// The texts of leaves too.
    Signature,
}

impl Strictness {
    /// The words plans write, in order.
    pub const WORDS: &'static [&'static str] = &["cst", "smart", "ast", "relaxed", "signature"];

    /// The level a word names.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "cst" => Self::Cst,
            "smart" => Self::Smart,
            "ast" => Self::Ast,
            "relaxed" => Self::Relaxed,
            "signature" => Self::Signature,
            _ => return None,
        })
    }
}

/// Where a text is searched.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Search {
    /// What is searched.
    pub text: Arc<str>,
    /// How it is read.
    pub mode: Mode,
    /// Whether letters must agree in case.
    pub case: Case,
    /// The files.
    pub scope: Scope,
}

/// How a searched text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// As it stands, between borders of words.
    Identifier,
    /// As a regular expression.
    Regex,
    /// As it stands.
    Literal,
}

/// Whether letters must agree in case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Case {
    /// They must.
    Exact,
    /// They need not.
    Ignored,
}

/// Which files a question is about, inside the run-wide scope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scope {
    /// A file or directory, relative to the root.
    pub within: Option<String>,
    /// Gitignore globs of files that are left out.
    pub exclude: Vec<String>,
    /// Gitignore globs of the only files that count; none: all.
    pub globs: Vec<String>,
    /// The languages.
    pub lang: Lang,
    /// What narrows it further: all of it must hold too.
    pub around: Vec<Arc<Around>>,
}

impl Scope {
    /// The one language that all of it asks for, if any does.
    #[must_use]
    pub fn language(&self) -> Lang {
        let around = self.around.iter().map(|around| around.lang);
        std::iter::once(self.lang)
            .chain(around)
            .find(|lang| *lang != Lang::Auto)
            .unwrap_or_default()
    }
}

/// What a call of a module lets its actions see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Around {
    /// Files and directories, relative to the root; none: all.
    pub within: Vec<String>,
    /// Gitignore globs of files that are left out.
    pub exclude: Vec<String>,
    /// The languages.
    pub lang: Lang,
}

/// A choice of languages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// Every language there is.
    #[default]
    Auto,
    /// Python only.
    Python,
    /// Rust only.
    Rust,
}

impl Lang {
    /// The words plans write, in order.
    pub const WORDS: &'static [&'static str] = &["auto", "python", "rust"];

    /// The choice a word names.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "auto" => Self::Auto,
            "python" => Self::Python,
            "rust" => Self::Rust,
            _ => return None,
        })
    }

    /// The word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Python => "python",
            Self::Rust => "rust",
        }
    }
}
