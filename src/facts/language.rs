//! The languages that facts are of. What is particular to one (grammar, encoding, extraction) lies in `languages`.

use bitcode::{Decode, Encode};

use super::needs::Lang;

/// A language whose sources are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
pub enum Language {
    /// Python 3.
    Python,
    /// Rust.
    Rust,
}

impl Language {
    /// Every language, in the order answers show them.
    pub const ALL: [Self; 2] = [Self::Python, Self::Rust];

    /// As rows and arguments call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Rust => "rust",
        }
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
