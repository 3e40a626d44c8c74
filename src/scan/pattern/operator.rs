//! `$$OP` where an operator stands: no grammar takes a name there, so the pattern is read with an operator of each kind, in
//! whose place the metavariable then captures whatever operator there is.

use ast_grep_core::Pattern;
use ast_grep_core::matcher::PatternNode;
use ast_grep_core::meta_var::MetaVariable;

use super::check;
use crate::facts::Language;
use crate::languages::grammars;

/// Operators by the kind of the node they make; one stands for all.
const fn operators(language: Language) -> &'static [(&'static str, &'static str)] {
    match language {
        Language::Python => &[
            ("binary_operator", "@"),
            ("comparison_operator", "!="),
            ("boolean_operator", "and"),
            ("augmented_assignment", "@="),
        ],
        Language::Rust => &[("binary_expression", "^"), ("compound_assignment_expr", "^=")],
    }
}

/// The patterns that a text with one `$$NAME` between operands stands for; none where it stands for nothing.
pub(super) fn patterns(text: &str, language: Language) -> Vec<Pattern> {
    let Some((at, name)) = variable(text) else { return Vec::new() };
    let behind = at + 2 + name.len();
    let read = |&(kind, sign): &(&str, &str)| {
        let whole = format!("{}{sign}{}", &text[..at], &text[behind..]);
        check::tree(&whole, language).ok()?;
        let mut pattern = Pattern::try_new(&whole, language).ok()?;
        let kind = grammars::grammar(language).id_for_node_kind(kind, true);
        let mut wanted =
            Wanted { kind, sign, name, skip: same_before(&whole, at, kind, language)? };
        wanted.replace_in(&mut pattern.node).then_some(pattern)
    };
    operators(language).iter().filter_map(read).collect()
}

/// Whether a pattern holds such a variable.
pub(super) fn is_written(text: &str) -> bool {
    variable(text).is_some()
}

/// How many operators of the kind and sign of the one at a place stand in front of it; none where there is none.
fn same_before(text: &str, at: usize, kind: u16, language: Language) -> Option<usize> {
    let expanded = grammars::expand(text);
    let tree = grammars::parse(&expanded, language, &|| false)?;
    let at = grammars::expand(&text[..at]).len();
    let here = tree.root_node().descendant_for_byte_range(at, at + 1)?;
    let is_same = |node: tree_sitter::Node<'_>| {
        node.kind_id() == here.kind_id() && node.parent().is_some_and(|p| p.kind_id() == kind)
    };
    let mut cursor = tree.walk();
    let mut before = 0;
    loop {
        let node = cursor.node();
        if node == here {
            return is_same(node).then_some(before);
        }
        before += usize::from(is_same(node));
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return None;
            }
        }
    }
}

/// The first metavariable that is written with two signs, and where.
fn variable(text: &str) -> Option<(usize, &str)> {
    let mut at = 0;
    while let Some(next) = text[at..].find('$') {
        let start = at + next;
        let rest = &text[start..];
        let signs = rest.len() - rest.trim_start_matches('$').len();
        let name = &rest[signs..];
        let is_letter = |c: char| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit();
        let name = &name[..name.find(|c| !is_letter(c)).unwrap_or(name.len())];
        if signs == 2 && name.starts_with(|c: char| c.is_ascii_uppercase()) {
            return Some((start, name));
        }
        at = start + signs;
    }
    None
}

/// An operator in whose place a variable is to stand.
struct Wanted<'a> {
    kind: u16,
    sign: &'a str,
    name: &'a str,
    /// How many such come first.
    skip: usize,
}

impl Wanted<'_> {
    /// Puts the variable there; recursion is bounded by the depth a pattern may have.
    fn replace_in(&mut self, node: &mut PatternNode) -> bool {
        let PatternNode::Internal { kind_id, children } = node else { return false };
        let is_kind = *kind_id == self.kind;
        children.iter_mut().any(|child| {
            let is_it = is_kind
                && matches!(child, PatternNode::Terminal { text, is_named: false, .. } if text == self.sign);
            if !is_it {
                return self.replace_in(child);
            }
            if self.skip > 0 {
                self.skip -= 1;
                return false;
            }
            let meta_var = MetaVariable::Capture(self.name.to_owned(), false);
            *child = PatternNode::MetaVar { meta_var };
            true
        })
    }
}
