//! Python: what is particular to its files and its grammar.

mod encoding;
mod facts;

use super::Dialect;
use crate::facts::lines::LineEnds;

pub(super) static DIALECT: Dialect = Dialect {
    extensions: &["py", "pyi"],
    declared_encoding: encoding::declared,
    line_ends: LineEnds::CarriageReturnToo,
    facts: facts::read,
    has_own_parser: true,
    statements: facts::extents::read,
    grammar: || tree_sitter_python::LANGUAGE.into(),
};
