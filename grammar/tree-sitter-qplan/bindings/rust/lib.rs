//! The grammar of QPlan for tree-sitter, and its queries.

use tree_sitter_language::LanguageFn;

unsafe extern "C" {
    fn tree_sitter_qplan() -> *const ();
}

/// The grammar.
// SAFETY: the function is the one that the command line of tree-sitter generated.
pub const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(tree_sitter_qplan) };

/// The kinds of nodes, as JSON.
pub const NODE_TYPES: &str = include_str!("../../src/node-types.json");

/// The grammar as JSON.
pub const GRAMMAR: &str = include_str!("../../src/grammar.json");

/// What is which class of text.
pub const HIGHLIGHTS_QUERY: &str = include_str!("../../queries/highlights.scm");

/// What holds text of other languages.
pub const INJECTIONS_QUERY: &str = include_str!("../../queries/injections.scm");

/// What may be folded.
pub const FOLDS_QUERY: &str = include_str!("../../queries/folds.scm");

/// What is indented.
pub const INDENTS_QUERY: &str = include_str!("../../queries/indents.scm");
