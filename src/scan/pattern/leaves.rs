//! Texts that a source must hold for a pattern to match in it, so that most files need no tree.

use ast_grep_core::matcher::PatternNode;
use ast_grep_core::meta_var::MetaVariable;
use ast_grep_core::{MatchStrictness, Pattern};

use crate::facts::Language;
use crate::languages::grammars;
use crate::scan::prefilter::{Leaf, Shape};

// Only what ast-grep's matching cannot overlook counts. A *named* leaf must agree in kind and text with a leaf of the
// source in every strictness but `signature`, which compares no texts. An *unnamed* leaf (a keyword) is compared by kind
// alone, so its text must follow from its kind; it may be skipped behind an ellipsis, and anywhere in `ast` and
// `relaxed`; and tree-sitter may have inserted it as a MISSING node without text. It inserts one only where a rule ends
// behind it (the look-ahead must reduce), so a keyword counts only if a named node must follow it in its parent, and not
// in `cst`, where that node could be a comment.

/// Shorter texts are in every file, unless they must be words.
const SHORTEST: usize = 2;
/// More than these rule out no more files; any part of the sequence is as true as the whole.
const MOST: usize = 16;

/// The leaves in the order of the pattern, which is that of the nodes they match: no two can be the same place.
pub(super) fn required(pattern: &Pattern, language: Language) -> Vec<Leaf> {
    let keywords = match pattern.strictness {
        MatchStrictness::Signature | MatchStrictness::Template => return Vec::new(),
        MatchStrictness::Smart => Keywords::Count,
        MatchStrictness::Cst | MatchStrictness::Ast | MatchStrictness::Relaxed => {
            Keywords::MayBeAbsent
        }
    };
    let mut collector = Collector { language, keywords, found: Vec::new() };
    collector.node(&pattern.node);
    collector.found.truncate(MOST);
    collector.found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Keywords {
    Count,
    MayBeAbsent,
}

struct Collector {
    language: Language,
    keywords: Keywords,
    found: Vec<Leaf>,
}

impl Collector {
    /// Recursion is bounded by the depth a pattern may have.
    fn node(&mut self, node: &PatternNode) {
        match node {
            PatternNode::Terminal { text, is_named: true, kind_id } => {
                let kind = grammars::grammar(self.language).node_kind_for_id(*kind_id);
                let is_word =
                    kind.is_some_and(|kind| kind.ends_with("identifier")) && is_word(text);
                self.add(text, if is_word { Shape::Word } else { Shape::Free });
            }
            PatternNode::Internal { children, .. } => self.children(children),
            PatternNode::Terminal { .. } | PatternNode::MetaVar { .. } => {}
        }
    }

    fn children(&mut self, children: &[PatternNode]) {
        let last_required = children.iter().rposition(is_required).unwrap_or(0);
        let mut behind_ellipsis = false;
        for (index, child) in children.iter().enumerate() {
            match child {
                PatternNode::Terminal { text, is_named: false, kind_id } => {
                    let counts = self.keywords == Keywords::Count
                        && !behind_ellipsis
                        && index < last_required;
                    if counts && self.is_keyword(*kind_id, text) {
                        self.add(text, Shape::Word);
                    }
                }
                _ => {
                    behind_ellipsis = is_ellipsis(child);
                    self.node(child);
                }
            }
        }
    }

    fn is_keyword(&self, kind: u16, text: &str) -> bool {
        text.bytes().all(|b| b.is_ascii_alphabetic())
            && grammars::grammar(self.language).node_kind_for_id(kind) == Some(text)
    }

    fn add(&mut self, text: &str, shape: Shape) {
        if shape == Shape::Word || text.len() >= SHORTEST {
            self.found.push(Leaf { text: text.to_owned(), shape });
        }
    }
}

/// Letters of other alphabets are left to the lexer.
fn is_word(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !text.starts_with(|c: char| c.is_ascii_digit())
}

const fn is_ellipsis(node: &PatternNode) -> bool {
    matches!(
        node,
        PatternNode::MetaVar { meta_var: MetaVariable::Multiple | MetaVariable::MultiCapture(_) }
    )
}

const fn is_required(node: &PatternNode) -> bool {
    !is_ellipsis(node) && !matches!(node, PatternNode::Terminal { is_named: false, .. })
}
