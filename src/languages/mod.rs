//! The languages: how their files are called and decoded, where their lines end, and their trees. One folder a language,
//! the same file names in each. Nothing of a parser leaves this layer but the tree a pattern asks for.

mod allocator;
pub mod encoding;
pub mod grammars;
mod python;
mod rust;
pub mod statements;
pub mod text;
pub mod tree;

use std::sync::Arc;

use crate::facts::build::Builder;
use crate::facts::lines::LineEnds;
use crate::facts::{Facts, Language, Lines};
use statements::Statements;
use tree::LazyTree;

/// What is particular to a language.
#[derive(Debug)]
struct Dialect {
    /// Of its files, without the dot.
    extensions: &'static [&'static str],
    /// Finds the encoding that the file itself declares.
    declared_encoding: fn(&[u8]) -> Option<String>,
    /// Where its lines end.
    line_ends: LineEnds,
    /// Reads its facts into the builder; `None` if it was stopped.
    facts: fn(&mut LazyTree, Builder, &dyn Fn() -> bool) -> Option<Facts>,
    /// Whether a parser of its own reads its facts, not the tree.
    has_own_parser: bool,
    /// Where its statements stand; `None` if they cannot be told apart for sure, or one would not be parsed alone as it is
    /// parsed in the whole.
    statements: fn(&str) -> Option<Statements>,
    /// Its tree-sitter grammar.
    grammar: fn() -> tree_sitter::Language,
}

impl Language {
    fn dialect(self) -> &'static Dialect {
        match self {
            Self::Python => &python::DIALECT,
            Self::Rust => &rust::DIALECT,
        }
    }

    /// Where its lines end.
    #[must_use]
    pub fn line_ends(self) -> LineEnds {
        self.dialect().line_ends
    }

    /// Whether its facts are read by a parser of its own, not from the tree.
    #[must_use]
    pub fn has_own_parser(self) -> bool {
        self.dialect().has_own_parser
    }

    /// The facts of a source, read by the parser that is best at it; `None` if `stop` ended that.
    #[must_use]
    pub fn facts(
        self,
        source: &mut LazyTree,
        lines: Arc<Lines>,
        stop: &dyn Fn() -> bool,
    ) -> Option<Facts> {
        (self.dialect().facts)(source, Builder::new(self, lines), stop)
    }

    /// The language of a file by the extension of its name.
    #[must_use]
    pub fn of_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.dialect().extensions.contains(&extension))
    }
}
