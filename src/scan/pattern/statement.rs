//! Which nodes lie in one statement and hold none, so that a statement parsed alone shows them as the whole file does.

use super::Reach;
use crate::facts::Language;
use crate::languages::grammars;

/// The kinds of Python's nodes that may hold a statement, or lie outside of all; a test holds them to the grammar.
const WIDE: &[&str] = &[
    "ERROR",
    "block",
    "case_clause",
    "class_definition",
    "comment",
    "decorated_definition",
    "elif_clause",
    "else_clause",
    "except_clause",
    "finally_clause",
    "for_statement",
    "function_definition",
    "if_statement",
    "line_continuation",
    "match_statement",
    "module",
    "try_statement",
    "while_statement",
    "with_statement",
];

/// Where matches of these kinds lie. Rust has statements in its expressions, and its facts need the whole tree anyway.
pub(super) fn reach(kinds: Option<&[u16]>, language: Language) -> Reach {
    let grammar = grammars::grammar(language);
    let is_narrow = |&kind: &u16| {
        grammar.node_kind_is_named(kind)
            && grammar.node_kind_for_id(kind).is_some_and(|name| !WIDE.contains(&name))
    };
    match kinds {
        Some(kinds) if language == Language::Python && kinds.iter().all(is_narrow) => {
            Reach::Statement
        }
        _ => Reach::File,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value as Json;

    use super::*;

    /// The kinds that a rule of the grammar may have below it.
    fn below<'j>(node: &'j Json, kinds: &mut Vec<&'j str>) {
        let parts = node["fields"].as_object().into_iter().flat_map(|fields| fields.values());
        for part in parts.chain(node.get("children")) {
            let types = part["types"].as_array().into_iter().flatten();
            kinds.extend(types.filter_map(|kind| kind["type"].as_str()));
        }
    }

    #[test]
    fn wide_kinds_are_those_that_can_hold_a_statement_or_stand_between() {
        let nodes: Json = serde_json::from_str(tree_sitter_python::NODE_TYPES).unwrap();
        let nodes = nodes.as_array().unwrap();
        // Extras stand anywhere; what failed to parse may hold anything.
        let mut wide = BTreeSet::from(["ERROR", "comment", "line_continuation"]);
        let mut statements = BTreeSet::from(["_compound_statement", "_simple_statement"]);
        loop {
            let before = wide.len() + statements.len();
            for node in nodes {
                let name = node["type"].as_str().unwrap();
                let mut kinds = Vec::new();
                below(node, &mut kinds);
                if kinds.iter().any(|kind| statements.contains(kind)) {
                    wide.insert(name);
                    statements.insert(name);
                }
            }
            if wide.len() + statements.len() == before {
                break;
            }
        }
        assert_eq!(wide.into_iter().collect::<Vec<_>>(), WIDE);
    }
}
