//! What stands between the records: comments and the texts of literals, so that a hit there needs no tree.

use bitcode::{Decode, Encode};

use super::Place;

/// The records of the trivia plane.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Trivia {
    /// In source order; none lies in another: a string in a hole of an f-string stands between two pieces of its text.
    pub tokens: Vec<Token>,
}

/// A piece of text that is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// All of it, quotes and signs included.
    pub place: Place,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum TokenKind {
    /// `# …`, `// …`, `/* … */`.
    Comment,
    /// `/// …`, `//! …`, `/** … */`.
    DocComment,
    /// A string or bytes; raw ones too.
    String,
    /// Literal text of an f-string or t-string, between its holes.
    FStringText,
    /// The string that documents a module, class or function.
    Docstring,
    /// `'c'`, `b'c'`.
    Char,
    /// Between the brackets of a macro's call or `macro_rules!`, where it was not read as expressions.
    TokenTree,
    /// `#[…]`, `#![…]`.
    Attribute,
}
