//! The text language of `q`, up to what it asks: `key=value` separated by blanks, or a plain text that is searched.

pub mod ir;
mod keys;
pub mod lexer;
pub mod list;
pub mod parser;
pub use ir::{Flaw, Query};
pub use keys::{ENTITIES, KEYS};
pub use parser::{flaws_of, of_arguments, parse};
