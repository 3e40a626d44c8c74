//! `$$OP` where an operator stands: no grammar takes a name there, so the pattern is read with an operator of each kind, in
//! whose place the metavariable then captures whatever operator there is.

use ast_grep_core::Pattern;
use ast_grep_core::matcher::PatternNode;
use ast_grep_core::meta_var::MetaVariable;

use super::check;
use crate::facts::Language;
use crate::languages::grammars;

/// Operators by the kind of the node they make; the first that the pattern does not hold itself stands for all.
const fn operators(language: Language) -> &'static [(&'static str, &'static [&'static str])] {
    match language {
        Language::Python => &[
            ("binary_operator", &["@", "//", "^"]),
            ("comparison_operator", &["!=", ">="]),
            ("boolean_operator", &["and", "or"]),
            ("augmented_assignment", &["@=", "//="]),
        ],
        Language::Rust => {
            &[("binary_expression", &["^", "%"]), ("compound_assignment_expr", &["^=", "%="])]
        }
    }
}

/// The patterns that a text with one `$$NAME` between operands stands for; none where it stands for nothing.
pub(super) fn patterns(text: &str, language: Language) -> Vec<Pattern> {
    let Some((at, name)) = variable(text) else { return Vec::new() };
    let behind = at + 2 + name.len();
    let read = |&(kind, signs): &(&str, &[&str])| {
        let sign = signs.iter().find(|sign| !text.contains(**sign))?;
        let whole = format!("{}{sign}{}", &text[..at], &text[behind..]);
        check::tree(&whole, language).ok()?;
        let mut pattern = Pattern::try_new(&whole, language).ok()?;
        let kind = grammars::grammar(language).id_for_node_kind(kind, true);
        replace(&mut pattern.node, kind, sign, name).then_some(pattern)
    };
    operators(language).iter().filter_map(read).collect()
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

/// Puts the variable in the place of the first such operator; recursion is bounded by the depth a pattern may have.
fn replace(node: &mut PatternNode, kind: u16, sign: &str, name: &str) -> bool {
    let PatternNode::Internal { kind_id, children } = node else { return false };
    if *kind_id == kind {
        let is_it = |child: &PatternNode| matches!(child, PatternNode::Terminal { text, is_named: false, .. } if text == sign);
        if let Some(child) = children.iter_mut().find(|child| is_it(child)) {
            let meta_var = MetaVariable::Capture(name.to_owned(), false);
            *child = PatternNode::MetaVar { meta_var };
            return true;
        }
    }
    children.iter_mut().any(|child| replace(child, kind, sign, name))
}
