//! ast-grep patterns, compiled and checked: what does not parse is refused with the place, which ast-grep itself only
//! answers with silence.

mod check;
mod leaves;

use std::sync::Arc;

use ast_grep_core::matcher::PatternNode;
use ast_grep_core::meta_var::MetaVariable;
use ast_grep_core::{MatchStrictness, Matcher, Pattern};

use crate::diagnostic::code::scan as codes;
use crate::facts::Language;
use crate::facts::needs::{Code, Lang, Strictness};
use crate::languages::grammars;
use crate::query::ir::Flaw;
use crate::scan::prefilter::Leaf;

/// Longest text of a pattern, in bytes.
pub const MAX_BYTES: usize = 1 << 16;
/// Deepest tree of a pattern; ast-grep recurses over it.
pub const MAX_DEPTH: usize = 250;

/// A pattern in one language.
pub struct Rule {
    /// The language its tree is of.
    pub language: Language,
    /// ast-grep's matcher.
    pub pattern: Pattern,
    /// Its metavariables in the order they are written.
    pub variables: Vec<Variable>,
    /// Leaves that every match holds, in order.
    pub leaves: Vec<Leaf>,
    /// The kind of node it matches; none: any.
    pub kind: Option<u16>,
    /// Whether a metavariable is written twice, so that subtrees are compared.
    pub compares: bool,
}

/// A metavariable that captures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Without `$`.
    pub name: Arc<str>,
    /// How many nodes it takes.
    pub takes: Takes,
}

/// How many nodes a metavariable takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// `$X`.
    One,
    /// `$$$X`.
    Many,
}

/// A pattern in every language it was asked for.
pub struct Compiled {
    /// One a language in which it parses, in the languages' order.
    pub rules: Vec<Rule>,
    /// The languages in which it does not, with the reason.
    pub refused: Vec<(Language, Flaw)>,
}

impl Compiled {
    /// What stands against the pattern as a whole: a fault where it parses in no language, else what each rule warns of.
    #[must_use]
    pub fn flaws(&self, code: &Code) -> Vec<Flaw> {
        if self.rules.is_empty() {
            // The language whose parser came furthest is most likely the one that was meant.
            let best = self.refused.iter().rev().max_by_key(|(_, flaw)| flaw.range.start);
            return best.map(|(_, flaw)| flaw.clone()).into_iter().collect();
        }
        let empty = self.rules.iter().all(|rule| !rule.can_match());
        let message =
            || "the pattern can match nothing: no tree holds a node of its kind".to_owned();
        empty
            .then(|| Flaw::warning(codes::MATCHES_NOTHING, 0..code.text.len(), message()))
            .into_iter()
            .collect()
    }
}

/// Compiles a pattern in every language of the choice.
#[must_use]
pub fn compile(code: &Code, lang: Lang) -> Compiled {
    let mut compiled = Compiled { rules: Vec::new(), refused: Vec::new() };
    for language in Language::ALL.into_iter().filter(|language| language.is_in(lang)) {
        match Rule::new(code, language) {
            Ok(rule) => compiled.rules.push(rule),
            Err(flaw) => compiled.refused.push((language, flaw)),
        }
    }
    compiled
}

impl Rule {
    /// Compiles a pattern in one language.
    ///
    /// # Errors
    /// The place and the reason where ast-grep would take it and find nothing, or refuse it.
    pub fn new(code: &Code, language: Language) -> Result<Self, Flaw> {
        check::tree(&code.text, language)?;
        let pattern = match &code.selector {
            Some(selector) => Pattern::contextual(&code.text, selector, language),
            None => Pattern::try_new(&code.text, language),
        };
        let pattern = pattern.map_err(|e| check::refusal(code, language, &e))?;
        let pattern = pattern.with_strictness(strictness(code.strictness));
        let mut variables = Variables::default();
        variables.collect(&pattern.node);
        Ok(Self {
            language,
            leaves: leaves::required(&pattern, language),
            kind: pattern
                .potential_kinds()
                .and_then(|kinds| kinds.iter().next())
                .and_then(|k| u16::try_from(k).ok()),
            variables: variables.found,
            compares: variables.repeats,
            pattern,
        })
    }

    fn can_match(&self) -> bool {
        self.kind.is_none_or(|kind| grammars::grammar(self.language).node_kind_is_visible(kind))
    }
}

const fn strictness(level: Strictness) -> MatchStrictness {
    match level {
        Strictness::Cst => MatchStrictness::Cst,
        Strictness::Smart => MatchStrictness::Smart,
        Strictness::Ast => MatchStrictness::Ast,
        Strictness::Relaxed => MatchStrictness::Relaxed,
        Strictness::Signature => MatchStrictness::Signature,
    }
}

#[derive(Default)]
struct Variables {
    found: Vec<Variable>,
    repeats: bool,
}

impl Variables {
    /// Recursion is bounded by [`MAX_DEPTH`].
    fn collect(&mut self, node: &PatternNode) {
        match node {
            PatternNode::MetaVar { meta_var: MetaVariable::Capture(name, _) } => {
                self.add(name, Takes::One)
            }
            PatternNode::MetaVar { meta_var: MetaVariable::MultiCapture(name) } => {
                self.add(name, Takes::Many)
            }
            PatternNode::MetaVar { .. } | PatternNode::Terminal { .. } => {}
            PatternNode::Internal { children, .. } => {
                children.iter().for_each(|child| self.collect(child))
            }
        }
    }

    fn add(&mut self, name: &str, takes: Takes) {
        let variable = Variable { name: name.into(), takes };
        if self.found.contains(&variable) {
            self.repeats = true;
        } else {
            self.found.push(variable);
        }
    }
}
