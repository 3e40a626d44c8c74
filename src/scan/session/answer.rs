//! What a pass found, ready to be shown without the session: each answer holds the texts its rows point into.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::Fault;
use crate::facts::needs::{Pattern, Search};
use crate::languages::Language;
use crate::languages::text::Text;
use crate::query::ir::Flaw;
pub use crate::scan::pattern::Variable;
use crate::scan::visit::Matches;

/// An answer, or what is wrong with the question.
pub type Found<T> = Result<Arc<T>, Fault>;

/// All answers of a pass.
#[derive(Default)]
pub struct Answers {
    /// By question.
    pub patterns: HashMap<Pattern, Found<PatternAnswer>>,
    /// By question.
    pub searches: HashMap<Search, Found<SearchAnswer>>,
}

/// The matches of a pattern.
pub struct PatternAnswer {
    /// What its captures are called, one a language in which the pattern parses.
    pub rules: Vec<RuleView>,
    /// The languages in which it does not, with the reason.
    pub refused: Vec<(Language, Flaw)>,
    /// Files with matches, by path.
    pub files: Vec<FileMatches>,
    /// Files that hold the pattern's texts and whose tree has errors: path and line of the first.
    pub broken: Vec<(Arc<str>, u32)>,
    /// What was looked at.
    pub cover: Arc<Cover>,
}

/// A pattern in one language.
pub struct RuleView {
    /// The language.
    pub language: Language,
    /// Its metavariables in the order they are written.
    pub variables: Vec<Variable>,
}

/// The matches of a pattern in one file.
pub struct FileMatches {
    /// Relative to the root.
    pub path: Arc<str>,
    /// Its source.
    pub text: Arc<Text>,
    /// The index of the rule, whose language is the file's.
    pub rule: usize,
    /// The matches.
    pub matches: Matches,
}

/// The hits of a search.
pub struct SearchAnswer {
    /// Files with hits, by path.
    pub files: Vec<FileHits>,
    /// What was looked at.
    pub cover: Arc<Cover>,
}

impl SearchAnswer {
    /// Number of hits.
    #[must_use]
    pub fn total(&self) -> usize {
        self.files.iter().map(|file| file.hits.len()).sum()
    }
}

/// The hits of a search in one file.
pub struct FileHits {
    /// Relative to the root.
    pub path: Arc<str>,
    /// The file's language.
    pub language: Language,
    /// Its source.
    pub text: Arc<Text>,
    /// Byte ranges, in order.
    pub hits: Vec<Range<u32>>,
}

/// What was looked at for a question.
#[derive(Debug, Default)]
pub struct Cover {
    /// Files of the scope.
    pub in_scope: usize,
    /// Files read.
    pub scanned: usize,
    /// Files read, by language.
    pub languages: Vec<(Language, usize)>,
    /// Files left out.
    pub skipped: Vec<Skipped>,
}

/// A file that was left out.
#[derive(Clone, Debug)]
pub struct Skipped {
    /// Relative to the root.
    pub path: Arc<str>,
    /// Why.
    pub reason: Arc<str>,
    /// Whether it is only another name of what lies elsewhere, so that nothing is missed.
    pub is_link: bool,
}
