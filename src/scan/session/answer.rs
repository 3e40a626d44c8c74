//! What a pass found, ready to be shown without the session: each answer holds the texts its rows point into.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::diagnostic::Fault;
use crate::facts::needs::{self, Lang, Pattern, Search};
use crate::facts::{Facts, Language};
use crate::languages::grammars;
use crate::languages::text::Text;
use crate::query::ir::Flaw;
use crate::scan::pattern::{Required, Variable};
use crate::scan::search::Hits;
use crate::scan::visit::Matches;
use crate::source::Position;

/// An answer, or what is wrong with the question.
pub type Found<T> = Result<Arc<T>, Fault>;

/// All answers of a pass.
#[derive(Default)]
pub struct Answers {
    /// By question.
    pub patterns: HashMap<Pattern, Found<PatternAnswer>>,
    /// By question.
    pub searches: HashMap<Search, Found<SearchAnswer>>,
    /// By question.
    pub facts: HashMap<needs::Facts, Found<FactsAnswer>>,
}

/// The matches of a pattern.
pub struct PatternAnswer {
    /// What its captures are called, one a language in which the pattern parses.
    pub rules: Vec<RuleView>,
    /// The languages in which it does not.
    pub refused: Vec<&'static str>,
    /// What stands against the pattern although it parses.
    pub flaws: Vec<Flaw>,
    /// Files with matches, by path.
    pub files: Vec<FileMatches>,
    /// Files that hold the pattern's texts and whose tree has errors, with the first.
    pub broken: Vec<Broken>,
    /// What was looked at.
    pub cover: Arc<Cover>,
}

/// A pattern in one language.
#[derive(Clone)]
pub struct RuleView {
    pub(super) language: Language,
    /// Its metavariables in the order they are written.
    pub variables: Vec<Variable>,
    /// Texts that a file must hold to be looked at, in order; of each group one part.
    pub literals: Required,
    /// The kinds of nodes that may match; none: any.
    pub(super) kinds: Option<Vec<u16>>,
    /// Files that hold the texts, and so were looked at by their trees.
    pub looked_at: usize,
}

impl RuleView {
    /// The name of the language.
    #[must_use]
    pub fn language(&self) -> &'static str {
        self.language.name()
    }

    /// The names of the kinds of nodes that may match, in order; none: any.
    #[must_use]
    pub fn kinds(&self) -> Option<Vec<&'static str>> {
        let names = self.kinds.as_ref()?.iter().map(|&id| self.kind(id));
        let names: BTreeSet<&str> = names.filter(|name| !name.is_empty()).collect();
        Some(names.into_iter().collect())
    }

    /// The name of a node kind.
    #[must_use]
    pub fn kind(&self, id: u16) -> &'static str {
        grammars::grammar(self.language).node_kind_for_id(id).unwrap_or("")
    }
}

/// A file that rows point into.
pub struct Source {
    /// Relative to the root.
    pub path: Arc<str>,
    pub(super) language: Language,
    pub(super) text: Arc<Text>,
}

impl Source {
    /// The name of its language.
    #[must_use]
    pub fn language(&self) -> &'static str {
        self.language.name()
    }

    /// Line and column of a byte offset.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        self.text.position(offset)
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.text.as_str()
    }

    /// The text between two byte offsets.
    #[must_use]
    pub fn slice(&self, lo: u32, hi: u32) -> &str {
        self.text.slice(lo, hi)
    }

    /// Byte offsets of a line, its end excluded; `line` from 1. None where there is no such line.
    #[must_use]
    pub fn line(&self, line: u32) -> Option<(u32, u32)> {
        self.text.line(line)
    }

    /// Byte offsets of the line that holds the offset, its end excluded.
    #[must_use]
    pub fn line_at(&self, offset: u32) -> (u32, u32) {
        self.text.line_at(offset)
    }
}

/// The matches of a pattern in one file.
pub struct FileMatches {
    /// The file.
    pub source: Source,
    /// The index of the rule, whose language is the file's.
    pub rule: usize,
    /// The matches.
    pub matches: Matches,
}

/// The hits of a search.
pub struct SearchAnswer {
    /// Files with hits, by path.
    pub files: Vec<FileHits>,
    /// Files that were not searched to the end, with where that was.
    pub broken: Vec<Broken>,
    /// What was looked at.
    pub cover: Arc<Cover>,
}

impl SearchAnswer {
    /// Number of hits.
    #[must_use]
    pub fn total(&self) -> usize {
        self.files.iter().map(|file| file.hits.count).sum()
    }
}

/// The hits of a search in one file.
pub struct FileHits {
    /// The file.
    pub source: Source,
    /// All its facts.
    pub facts: Arc<Facts>,
    /// The hits.
    pub hits: Hits,
}

/// The facts of a scope.
pub struct FactsAnswer {
    /// Files that were read, by path.
    pub files: Vec<FileFacts>,
    /// What was looked at.
    pub cover: Arc<Cover>,
}

/// The facts of a file.
#[derive(Clone)]
pub struct FileFacts {
    /// Relative to the root.
    pub path: Arc<str>,
    /// At least the planes asked for.
    pub facts: Arc<Facts>,
}

/// A file that was understood only in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Relative to the root.
    pub path: Arc<str>,
    /// Where the first error lies, from 1.
    pub line: u32,
    /// What is wrong there.
    pub reason: Arc<str>,
}

/// What was looked at for a question.
#[derive(Clone, Debug, Default)]
pub struct Cover {
    /// Files of the scope.
    pub in_scope: usize,
    /// Files of other kinds that lie there too, as far as the walk saw them.
    pub others: usize,
    /// The languages that count.
    pub lang: Lang,
    /// Files read.
    pub scanned: usize,
    /// Files answered from the cache.
    pub cached: usize,
    /// Files left out.
    pub skipped: Vec<Skipped>,
    /// Files whose facts were asked for and hold errors; of a search those with hits.
    pub broken: Vec<Broken>,
}

/// A file that was left out.
#[derive(Clone, Debug)]
pub struct Skipped {
    /// Relative to the root.
    pub path: Arc<str>,
    /// Why.
    pub reason: Arc<str>,
    /// Whether a rule leaves it out, or it is only another name of what lies elsewhere: nothing is missed.
    pub is_choice: bool,
}
