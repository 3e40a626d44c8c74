//! What a node itself must be like: one of ast-grep's patterns, a tolerant one, or the head of a declaration.

use std::borrow::Cow;
use std::collections::BTreeSet;

use ast_grep_config::Rule as GrepRule;
use ast_grep_core::meta_var::MetaVarEnv;
use ast_grep_core::tree_sitter::StrDoc;
use ast_grep_core::{Matcher, Node, Pattern};

use super::tolerant::Tolerant;
use crate::facts::Language;
use crate::scan::prefilter::Leaf;

/// What metavariables took so far.
pub(super) type Env<'e, 't> = Cow<'e, MetaVarEnv<'t, StrDoc<Language>>>;

/// A way to say what a node is like.
pub(super) enum Alike {
    /// As ast-grep has it.
    Pattern(Pattern),
    /// The same, but modifiers and types are overlooked.
    Tolerant(Tolerant),
    /// `class C`.
    Head(Box<GrepRule>),
}

impl Alike {
    /// Whether a node is so; what metavariables take is added, if it is.
    pub(super) fn matches<'t>(
        &self,
        node: &Node<'t, StrDoc<Language>>,
        env: &mut Env<'_, 't>,
    ) -> bool {
        let found = match self {
            Self::Pattern(pattern) => pattern.match_node_with_env(node.clone(), env),
            Self::Tolerant(tolerant) => tolerant.at(node).match_node_with_env(node.clone(), env),
            Self::Head(rule) => rule.match_node_with_env(node.clone(), env),
        };
        found.is_some()
    }

    /// The kinds of nodes that may be so; none: any.
    pub(super) fn kinds(&self) -> Option<BTreeSet<u16>> {
        let kinds = match self {
            Self::Pattern(pattern) => pattern.potential_kinds(),
            Self::Tolerant(tolerant) => tolerant.strict().potential_kinds(),
            Self::Head(rule) => rule.potential_kinds(),
        };
        kinds.map(|kinds| kinds.iter().filter_map(|kind| u16::try_from(kind).ok()).collect())
    }
}

/// Texts that a node which is so holds, in order.
pub(super) type Leaves = Vec<Leaf>;
