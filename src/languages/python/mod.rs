//! Python: what is particular to its files and its grammar.

mod encoding;

use super::{Dialect, LineEnds};

pub(super) static DIALECT: Dialect = Dialect {
    name: "python",
    extensions: &["py", "pyi"],
    declared_encoding: encoding::declared,
    line_ends: LineEnds::CarriageReturnToo,
    grammar: || tree_sitter_python::LANGUAGE.into(),
};
