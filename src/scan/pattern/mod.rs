//! ast-grep patterns, compiled and checked: what does not parse is refused with the place, which ast-grep itself only
//! answers with silence.

mod check;
mod entity;
mod leaves;
mod relation;
mod statement;

use std::sync::Arc;

use ast_grep_core::matcher::{MatcherExt, PatternNode};
use ast_grep_core::meta_var::MetaVariable;
use ast_grep_core::tree_sitter::StrDoc;
use ast_grep_core::{MatchStrictness, Matcher, Node, NodeMatch, Pattern};

use crate::diagnostic::code::scan as codes;
use crate::facts::Language;
use crate::facts::needs::{self, Code, Lang, Side, Strictness, Target};
use crate::languages::grammars;
use crate::query::ir::Flaw;
use crate::scan::prefilter::Leaf;

pub use entity::{Tie, is_declaration};
pub use relation::{MOST_STEPS, Related};

/// Longest text of a pattern, in bytes.
pub const MAX_BYTES: usize = 1 << 16;
/// Deepest tree of a pattern; ast-grep recurses over it.
pub const MAX_DEPTH: usize = 250;

/// A question about nodes in one language.
pub struct Rule {
    /// The language its tree is of.
    pub language: Language,
    /// The pattern of the nodes; none of an entity.
    pattern: Option<Pattern>,
    /// What must stand around them.
    related: Option<Related>,
    /// Its metavariables in the order they are written.
    pub variables: Vec<Variable>,
    /// Leaves that every match holds, in order.
    pub leaves: Vec<Leaf>,
    /// Leaves that every match holds by what it has, in order for each relation.
    pub inner: Vec<Vec<Leaf>>,
    /// Leaves that lie around every match, in order for each relation.
    pub around: Vec<Vec<Leaf>>,
    /// A text that every match holds, where the source is ASCII.
    pub word: Option<Arc<str>>,
    /// The kinds of nodes it matches; none: any.
    pub kinds: Option<Vec<u16>>,
    /// Whether ast-grep recurses over the tree: a metavariable is written twice, or nodes inside are looked for up to
    /// others.
    pub recurses: bool,
    /// Where all that decides about a match lies.
    pub reach: Reach,
    /// What ties its matches to the facts.
    pub tie: Tie,
    /// Whether a metavariable is written twice.
    compares: bool,
}

/// Where all that decides about a match lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// In the innermost statement around any place of it.
    Statement,
    /// Anywhere in the file.
    File,
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

/// A question in every language it was asked for.
pub struct Compiled {
    /// One a language in which it parses, in the languages' order.
    pub rules: Vec<Rule>,
    /// The languages in which it does not, with the reason.
    pub refused: Vec<Refusal>,
}

/// Why a question cannot be asked in a language.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The language.
    pub language: Language,
    /// Which text is at fault.
    pub part: Part,
    /// What is wrong with it; places are in that text.
    pub flaw: Flaw,
}

/// A text of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The pattern itself.
    Base,
    /// That of a relation, by its index.
    Relation(usize, Piece),
}

/// A text of a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// Its pattern.
    Pattern,
    /// Its `stopBy`.
    Stop,
    /// Its `field`.
    Field,
}

impl Compiled {
    /// What stands against the question as a whole: a fault where it parses in no language, else what the rules warn of.
    #[must_use]
    pub fn flaws(&self) -> Vec<(Part, Flaw)> {
        if self.rules.is_empty() {
            // The language whose parser came furthest is most likely the one that was meant.
            let far = |refusal: &&Refusal| (refusal.part, refusal.flaw.range.start);
            let best = self.refused.iter().rev().max_by_key(far);
            return best.map(|best| (best.part, best.flaw.clone())).into_iter().collect();
        }
        let empty = self.rules.iter().all(|rule| !rule.can_match());
        let message = "the pattern can match nothing: no tree holds a node of its kind";
        let flaw = || (Part::Base, Flaw::warning(codes::MATCHES_NOTHING, 0..0, message));
        empty.then(flaw).into_iter().collect()
    }
}

/// Compiles a question in every language of the choice.
#[must_use]
pub fn compile(asked: &needs::Pattern, lang: Lang) -> Compiled {
    let mut compiled = Compiled { rules: Vec::new(), refused: Vec::new() };
    for language in Language::ALL.into_iter().filter(|language| language.is_in(lang)) {
        match Rule::of(asked, language) {
            Ok(rule) => compiled.rules.push(rule),
            Err(refusal) => compiled.refused.push(*refusal),
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
        let mut variables = Found::default();
        variables.collect(&pattern.node);
        let kinds: Option<Vec<u16>> = pattern
            .potential_kinds()
            .map(|kinds| kinds.iter().filter_map(|kind| u16::try_from(kind).ok()).collect());
        Ok(Self {
            language,
            leaves: leaves::required(&pattern, language),
            variables: variables.found,
            recurses: variables.repeats,
            compares: variables.repeats,
            pattern: Some(pattern),
            related: None,
            inner: Vec::new(),
            around: Vec::new(),
            word: None,
            reach: statement::reach(kinds.as_deref(), language),
            kinds,
            tie: Tie::Name,
        })
    }

    /// Compiles a question in one language.
    ///
    /// # Errors
    /// The text that is at fault, with the place and the reason.
    pub fn of(asked: &needs::Pattern, language: Language) -> Result<Self, Box<Refusal>> {
        let mut rule = match &asked.target {
            Target::Code(code) => Self::new(code, language).map_err(|flaw| Refusal {
                language,
                part: Part::Base,
                flaw,
            })?,
            Target::Entity(entity) => Self::of_entity(entity, language),
        };
        if !asked.relations.is_empty() {
            let variables = Found { found: rule.variables, repeats: rule.compares };
            let built = relation::build(asked, variables, language)?;
            rule.compares = built.variables.repeats;
            rule.recurses = rule.compares || built.related.recurses();
            rule.variables = built.variables.found;
            // How long relations are followed is counted over the file, and bounded.
            rule.reach = Reach::File;
            for (relation, leaves) in asked.relations.iter().zip(built.leaves) {
                let part =
                    if relation.side == Side::Has { &mut rule.inner } else { &mut rule.around };
                part.push(leaves);
            }
            rule.related = Some(built.related);
        }
        Ok(rule)
    }

    fn of_entity(entity: &needs::Entity, language: Language) -> Self {
        let grammar = grammars::grammar(language);
        let kinds = entity::kinds(entity.kind, language).iter();
        let kinds: Vec<u16> = kinds.map(|kind| grammar.id_for_node_kind(kind, true)).collect();
        Self {
            language,
            pattern: None,
            related: None,
            variables: Vec::new(),
            leaves: Vec::new(),
            inner: Vec::new(),
            around: Vec::new(),
            word: entity.word.clone(),
            reach: statement::reach(Some(&kinds), language),
            kinds: Some(kinds),
            recurses: false,
            compares: false,
            tie: entity::tie(entity.kind),
        }
    }

    fn can_match(&self) -> bool {
        let visible = |&kind: &u16| grammars::grammar(self.language).node_kind_is_visible(kind);
        self.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(visible))
    }

    /// The match at a node, if it is one. `depth` is the node's; what judging takes is added to `steps`.
    pub fn match_node<'t>(
        &self,
        node: Node<'t, StrDoc<Language>>,
        depth: usize,
        steps: &mut usize,
    ) -> Option<NodeMatch<'t, StrDoc<Language>>> {
        let Some(related) = &self.related else {
            return match &self.pattern {
                Some(pattern) => pattern.match_node(node),
                None => Some(NodeMatch::from(node)),
            };
        };
        if let Some(pattern) = &self.pattern {
            pattern.match_node(node.clone())?;
        }
        *steps = steps.saturating_add(related.steps(node.get_inner_node(), depth));
        related.match_node(node)
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

/// Metavariables as they are met.
#[derive(Default)]
struct Found {
    found: Vec<Variable>,
    repeats: bool,
}

impl Found {
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
