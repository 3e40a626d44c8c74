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

/// Where a pattern's matches are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    /// The pattern.
    pub code: Code,
    /// The files.
    pub scope: Scope,
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
