//! Rust: what is particular to its files and its grammar.

mod encoding;

use super::{Dialect, LineEnds};

pub(super) static DIALECT: Dialect = Dialect {
    name: "rust",
    extensions: &["rs"],
    declared_encoding: encoding::declared,
    line_ends: LineEnds::LineFeed,
    grammar: || tree_sitter_rust::LANGUAGE.into(),
};
