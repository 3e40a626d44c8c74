//! ast-grep patterns, compiled and checked: what does not parse is refused with the place, which ast-grep itself only
//! answers with silence.

mod alike;
mod around;
mod check;
mod conditions;
mod entity;
mod leaves;
pub mod need;
mod operator;
mod reading;
mod statement;
mod tolerant;

use std::collections::BTreeSet;
use std::sync::Arc;

use ast_grep_core::matcher::PatternNode;
use ast_grep_core::meta_var::{MetaVarEnv, MetaVariable};
use ast_grep_core::tree_sitter::StrDoc;
use ast_grep_core::{MatchStrictness, Matcher, Node, NodeMatch, Pattern};

use crate::diagnostic::code::scan as codes;
use crate::facts::Language;
use crate::facts::needs::{self, Code, Lang, Strictness, Target, Tolerance};
use crate::languages::grammars;
use crate::query::ir::Flaw;
use crate::scan::prefilter::Leaf;
use alike::{Alike, Env, Leaves};
use conditions::Conditions;
use tolerant::Tolerant;

pub use conditions::MOST_STEPS;
pub use entity::{is_declaration, tie};

/// Longest text of a pattern, in bytes.
pub const MAX_BYTES: usize = 1 << 16;
/// Deepest tree of a pattern; ast-grep recurses over it.
pub const MAX_DEPTH: usize = 250;

/// A question about nodes in one language.
pub struct Rule {
    /// The language its tree is of.
    pub language: Language,
    /// What the nodes are like: one of these. None: only their kind counts.
    base: Vec<Alike>,
    /// What else is asked of them.
    conditions: Conditions,
    /// The same question without tolerance, which tells what is found only so.
    strict: Option<Box<Self>>,
    /// Whether it overlooks more than ast-grep does.
    is_tolerant: bool,
    /// Its metavariables in the order they are written.
    pub variables: Vec<Variable>,
    /// Leaves that every match holds, in order.
    pub leaves: Vec<Leaf>,
    /// Leaves that every match holds by what it has and is, in order for each condition.
    pub inner: Vec<Leaves>,
    /// Of each group every match holds the leaves of one, in order.
    pub either: Vec<Vec<Leaves>>,
    /// Leaves that lie around every match, in order for each relation.
    pub around: Vec<Leaves>,
    /// A text that every match holds, where the source is ASCII.
    pub word: Option<Arc<str>>,
    /// The kinds of nodes it matches; none: any.
    pub kinds: Option<Vec<u16>>,
    /// Whether ast-grep recurses over the tree: a metavariable is written twice, or nodes inside are looked for up to
    /// others.
    pub recurses: bool,
    /// Where all that decides about a match lies.
    pub reach: Reach,
    /// Whether its matches are to be told as an entity.
    pub is_entity: bool,
    /// Whether what stands between the brackets of macros is looked at as code.
    pub reads_macros: bool,
    /// Whether a metavariable is written twice.
    compares: bool,
}

/// Texts that a file must hold for a rule to match in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Required {
    /// All of these, each part in its order.
    pub all: Vec<Vec<String>>,
    /// Of each group those of one part.
    pub either: Vec<Vec<Vec<String>>>,
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
    /// Whether more is asked of nodes than what they are.
    has_conditions: bool,
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
    /// A pattern of a composite, by the indices of both.
    Composite(usize, usize),
    /// `nthChild.ofRule`.
    OfRule,
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
        let message = if self.has_conditions {
            "nothing can match: no node is of a kind that all of this asks for"
        } else {
            "the pattern can match nothing: no tree holds a node of its kind"
        };
        let flaw = || (Part::Base, Flaw::warning(codes::MATCHES_NOTHING, 0..0, message));
        empty.then(flaw).into_iter().collect()
    }
}

/// The kinds of nodes that a rule may name.
pub fn kinds(language: Language) -> impl Iterator<Item = &'static str> {
    grammars::kinds(language)
}

/// Compiles a question in every language of the choice.
#[must_use]
pub fn compile(asked: &needs::Pattern, lang: Lang) -> Compiled {
    let has_conditions = asked.has_conditions();
    let mut compiled = Compiled { has_conditions, rules: Vec::new(), refused: Vec::new() };
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
    #[cfg(test)]
    pub fn new(code: &Code, language: Language) -> Result<Self, Flaw> {
        Self::of_code(code, language)
            .map(|(pattern, rule)| Self { base: vec![Alike::Pattern(pattern)], ..rule })
    }

    /// A pattern and all that follows from it, but for how nodes are compared with it.
    fn of_code(code: &Code, language: Language) -> Result<(Pattern, Self), Flaw> {
        check::tree(&code.text, language)?;
        let pattern = match &code.selector {
            Some(selector) => Pattern::contextual(&code.text, selector, language),
            None => Pattern::try_new(&code.text, language),
        };
        let pattern = pattern.map_err(|e| check::refusal(code, language, &e))?;
        let pattern = pattern.with_strictness(strictness(code.strictness));
        let rule = Self::of_pattern(&pattern, language);
        Ok((pattern, rule))
    }

    fn of_pattern(pattern: &Pattern, language: Language) -> Self {
        let mut variables = Found::default();
        variables.collect(&pattern.node);
        let kinds = pattern.potential_kinds();
        let kinds: Option<Vec<u16>> =
            kinds.map(|kinds| kinds.iter().filter_map(|kind| u16::try_from(kind).ok()).collect());
        Self {
            leaves: leaves::required(pattern, language),
            variables: variables.found,
            recurses: variables.repeats,
            compares: variables.repeats,
            ..Self::of_kinds(kinds, language)
        }
    }

    /// Any node of these kinds.
    fn of_kinds(kinds: Option<Vec<u16>>, language: Language) -> Self {
        Self {
            language,
            base: Vec::new(),
            conditions: Conditions::default(),
            strict: None,
            is_tolerant: false,
            variables: Vec::new(),
            leaves: Vec::new(),
            inner: Vec::new(),
            either: Vec::new(),
            around: Vec::new(),
            word: None,
            reach: statement::reach(kinds.as_deref(), language),
            kinds,
            recurses: false,
            is_entity: false,
            reads_macros: false,
            compares: false,
        }
    }

    /// Compiles a question in one language.
    ///
    /// # Errors
    /// The text that is at fault, with the place and the reason.
    pub fn of(asked: &needs::Pattern, language: Language) -> Result<Self, Box<Refusal>> {
        let is_tolerant = asked.tolerance == Tolerance::Tolerant;
        let mut rule = match &asked.target {
            Target::Code(code) => {
                let base = Self::of_base(code, asked.tolerance, language);
                base.map_err(|flaw| Refusal { language, part: Part::Base, flaw })?
            }
            Target::Entity(entity) => Self::of_entity(entity, language),
            Target::Any => Self::of_kinds(None, language),
        };
        rule.is_tolerant = is_tolerant;
        rule.reads_macros = is_tolerant && language == Language::Rust;
        if asked.has_conditions() {
            rule = rule.with_conditions(asked)?;
        }
        if is_tolerant {
            let strict = needs::Pattern { tolerance: Tolerance::AstGrep, ..asked.clone() };
            // What is no pattern without tolerance, such as the head of a declaration, finds nothing so.
            rule.strict = Self::of(&strict, language).ok().map(Box::new);
            // Macros are looked for in the whole tree.
            rule.reach = if rule.reads_macros { Reach::File } else { rule.reach };
        }
        Ok(rule)
    }

    /// A pattern, or where a metavariable stands for an operator one for each kind of operator.
    fn of_base(code: &Code, tolerance: Tolerance, language: Language) -> Result<Self, Flaw> {
        let (pattern, mut rule) = match Self::of_code(code, language) {
            Ok(found) => found,
            Err(flaw) if code.selector.is_none() => {
                return Self::of_operators(code, language).ok_or(flaw);
            }
            Err(flaw) => return Err(flaw),
        };
        let tolerant = match tolerance {
            Tolerance::AstGrep => None,
            Tolerance::Tolerant => {
                Tolerant::of(&code.text, code.selector.as_deref(), &pattern, language)
            }
        };
        rule.base = vec![tolerant.map_or(Alike::Pattern(pattern), Alike::Tolerant)];
        Ok(rule)
    }

    fn of_operators(code: &Code, language: Language) -> Option<Self> {
        let patterns = operator::patterns(&code.text, language).into_iter();
        let patterns: Vec<Pattern> =
            patterns.map(|pattern| pattern.with_strictness(strictness(code.strictness))).collect();
        let each: Vec<Self> =
            patterns.iter().map(|pattern| Self::of_pattern(pattern, language)).collect();
        let kinds: BTreeSet<u16> =
            each.iter().flat_map(|rule| rule.kinds.clone().unwrap_or_default()).collect();
        let mut whole = Self::of_kinds(Some(kinds.into_iter().collect()), language);
        let first = each.first()?;
        whole.variables.clone_from(&first.variables);
        (whole.recurses, whole.compares) = (first.recurses, first.compares);
        whole.either.push(each.into_iter().map(|rule| rule.leaves).collect());
        whole.base = patterns.into_iter().map(Alike::Pattern).collect();
        Some(whole)
    }

    fn of_entity(entity: &needs::Entity, language: Language) -> Self {
        let grammar = grammars::grammar(language);
        let kinds = entity::kinds(entity.kind, language).iter();
        let kinds: Vec<u16> = kinds.map(|kind| grammar.id_for_node_kind(kind, true)).collect();
        let word = entity.word.clone();
        Self { word, is_entity: true, ..Self::of_kinds(Some(kinds), language) }
    }

    fn with_conditions(mut self, asked: &needs::Pattern) -> Result<Self, Box<Refusal>> {
        let variables = Found { found: self.variables, repeats: self.compares };
        let built = conditions::build(asked, variables, self.language)?;
        self.compares = built.variables.repeats;
        self.recurses = self.compares || built.conditions.recurses();
        self.variables = built.variables.found;
        self.inner.extend(built.inner);
        self.around.extend(built.around);
        self.either.extend(built.either);
        if let Some(only) = built.kinds {
            let counts = |kind: &u16| only.contains(kind);
            self.kinds = Some(match self.kinds {
                Some(kinds) => kinds.into_iter().filter(counts).collect(),
                None => only.into_iter().collect::<BTreeSet<u16>>().into_iter().collect(),
            });
        }
        // How long relations are followed is counted over the file, and bounded.
        self.reach = if built.conditions.look_inside_only() {
            statement::reach(self.kinds.as_deref(), self.language)
        } else {
            Reach::File
        };
        self.conditions = built.conditions;
        Ok(self)
    }

    /// The texts that a file must hold.
    pub fn literals(&self) -> Required {
        let texts = |leaves: &Leaves| -> Vec<String> {
            leaves.iter().map(|leaf| leaf.text.clone()).collect()
        };
        let word = self.word.iter().map(|word| vec![word.to_string()]);
        let parts = std::iter::once(&self.leaves).chain(&self.inner).chain(&self.around);
        let all = parts.map(texts).filter(|texts| !texts.is_empty()).chain(word).collect();
        let either = self.either.iter().map(|group| group.iter().map(texts).collect());
        Required { all, either: either.collect() }
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
        let mut env = Env::Owned(MetaVarEnv::new());
        if !self.is_alike(&node, &mut env) {
            return None;
        }
        *steps = steps.saturating_add(self.conditions.steps(&node, depth));
        let holds = self.conditions.hold(&node, &mut env);
        holds.then(|| NodeMatch::new(node, env.into_owned()))
    }

    fn is_alike<'t>(&self, node: &Node<'t, StrDoc<Language>>, env: &mut Env<'_, 't>) -> bool {
        self.base.is_empty() || self.base.iter().any(|alike| alike.matches(node, env))
    }

    /// Whether a node that is no match might be one if what lies around its tree were known.
    pub fn wants_to_see_more(&self, node: &Node<'_, StrDoc<Language>>) -> bool {
        !self.conditions.look_inside_only()
            && self.is_alike(node, &mut Env::Owned(MetaVarEnv::new()))
    }

    /// Whether a match is found only because the question is tolerant.
    pub fn is_found_by_tolerance(&self, node: &Node<'_, StrDoc<Language>>) -> bool {
        let strict = self.strict.as_ref();
        let finds = |strict: &Self| strict.match_node(node.clone(), 0, &mut 0).is_some();
        self.is_tolerant && !strict.is_some_and(|strict| finds(strict))
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

    /// Takes note that a variable which captures nothing is compared with one that does.
    fn compare(&mut self, name: &str, takes: Takes) {
        self.repeats |= self.found.contains(&Variable { name: name.into(), takes });
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
