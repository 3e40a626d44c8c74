//! The languages: how their files are called and decoded, where their lines end, and their trees. One folder a language,
//! the same file names in each. Nothing of a parser leaves this layer but the tree a pattern asks for.

mod allocator;
pub mod encoding;
pub mod grammars;
mod python;
mod rust;
pub mod text;
pub mod tree;

use crate::facts::needs::Lang;

/// A language whose sources are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// Python 3.
    Python,
    /// Rust.
    Rust,
}

/// What is particular to a language.
#[derive(Debug)]
struct Dialect {
    /// As rows and arguments call it.
    name: &'static str,
    /// Of its files, without the dot.
    extensions: &'static [&'static str],
    /// Finds the encoding that the file itself declares.
    declared_encoding: fn(&[u8]) -> Option<String>,
    /// Where its lines end.
    line_ends: LineEnds,
    /// Its tree-sitter grammar.
    grammar: fn() -> tree_sitter::Language,
}

/// Where lines end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnds {
    /// At LF and CRLF.
    LineFeed,
    /// At a lone CR too.
    CarriageReturnToo,
}

impl Language {
    /// Every language, in the order answers show them.
    pub const ALL: [Self; 2] = [Self::Python, Self::Rust];

    fn dialect(self) -> &'static Dialect {
        match self {
            Self::Python => &python::DIALECT,
            Self::Rust => &rust::DIALECT,
        }
    }

    /// As rows and arguments call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.dialect().name
    }

    /// Where its lines end.
    #[must_use]
    pub fn line_ends(self) -> LineEnds {
        self.dialect().line_ends
    }

    /// The language of a file by the extension of its name.
    #[must_use]
    pub fn of_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.dialect().extensions.contains(&extension))
    }

    /// Whether a choice takes it in.
    #[must_use]
    pub const fn is_in(self, lang: Lang) -> bool {
        match lang {
            Lang::Auto => true,
            Lang::Python => matches!(self, Self::Python),
            Lang::Rust => matches!(self, Self::Rust),
        }
    }
}
