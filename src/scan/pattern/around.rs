//! Tolerant declarations around a node and in it: the same walks as ast-grep's `inside` and `has`, which take no pattern but
//! their own.

use ast_grep_config::Rule as GrepRule;
use ast_grep_core::tree_sitter::StrDoc;
use ast_grep_core::{Matcher, Node};

use super::alike::Env;
use super::tolerant::Tolerant;
use crate::facts::Language;

type Grep<'t> = Node<'t, StrDoc<Language>>;

/// A declaration that must stand around a node, or in it.
pub(super) struct Around {
    pub(super) place: Place,
    pub(super) declaration: Tolerant,
    pub(super) stop: Stop,
    /// The field of the outer node that leads to the inner one.
    pub(super) field: Option<u16>,
}

/// Where the declaration must stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Outside,
    Inside,
}

/// How far it is looked for.
pub(super) enum Stop {
    Neighbor,
    End,
    /// Up to such a node, which is looked at too.
    At(GrepRule),
}

impl Around {
    /// Whether it stands there; what its metavariables take is added.
    pub(super) fn holds<'t>(&self, node: &Grep<'t>, env: &mut Env<'_, 't>) -> bool {
        match self.place {
            Place::Outside => self.is_outside(node, env),
            Place::Inside => self.is_inside(node, env),
        }
    }

    fn is_it<'t>(&self, node: &Grep<'t>, env: &mut Env<'_, 't>) -> bool {
        self.declaration.at(node).match_node_with_env(node.clone(), env).is_some()
    }

    /// Whether nothing behind a node is looked at.
    fn ends_at(&self, node: &Grep<'_>) -> bool {
        match &self.stop {
            Stop::Neighbor => true,
            Stop::End => false,
            Stop::At(rule) => {
                let mut apart = Env::Owned(ast_grep_core::meta_var::MetaVarEnv::new());
                rule.match_node_with_env(node.clone(), &mut apart).is_some()
            }
        }
    }

    fn leads(&self, outer: &Grep<'_>, inner: &Grep<'_>) -> bool {
        self.field.is_none_or(|field| {
            let child = outer.get_inner_node().child_by_field_id(field);
            child.is_some_and(|child| child.id() == inner.get_inner_node().id())
        })
    }

    fn is_outside<'t>(&self, node: &Grep<'t>, env: &mut Env<'_, 't>) -> bool {
        let mut last = node.clone();
        for outer in node.ancestors() {
            if self.leads(&outer, &last) && self.is_it(&outer, env) {
                return true;
            }
            if self.ends_at(&outer) {
                return false;
            }
            last = outer;
        }
        false
    }

    fn is_inside<'t>(&self, node: &Grep<'t>, env: &mut Env<'_, 't>) -> bool {
        let mut open: Vec<Grep<'t>> =
            node.children().filter(|child| self.leads(node, child)).collect();
        open.reverse();
        while let Some(inner) = open.pop() {
            if self.is_it(&inner, env) {
                return true;
            }
            if !self.ends_at(&inner) {
                let behind = open.len();
                open.extend(inner.children());
                open[behind..].reverse();
            }
        }
        false
    }
}
