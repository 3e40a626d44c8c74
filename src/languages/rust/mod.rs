//! Rust: what is particular to its files and its grammar.

mod encoding;
mod facts;

use super::Dialect;
use crate::facts::lines::LineEnds;

pub(super) static DIALECT: Dialect = Dialect {
    extensions: &["rs"],
    declared_encoding: encoding::declared,
    line_ends: LineEnds::LineFeed,
    facts: facts::read,
    has_own_parser: false,
    statements: |_| None,
    grammar: || tree_sitter_rust::LANGUAGE.into(),
};
