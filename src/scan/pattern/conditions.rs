//! What is asked of a node beside what it is: composites, its place among its siblings, and relations to what stands around
//! it, by ast-grep's own rules. Every part is checked as a pattern of its own first, since ast-grep takes broken ones and
//! misspelt keys in silence.

use std::collections::BTreeSet;
use std::num::NonZero;

use ast_grep_config::{DeserializeEnv, Rule as GrepRule, SerializableRule};
use ast_grep_core::tree_sitter::StrDoc;
use ast_grep_core::{Matcher, Node};
use serde_json::{Map, Value as Json, json};

use super::alike::{Alike, Env, Leaves};
use super::around::{self, Around, Place};
use super::reading::{Reader, Refused};
use super::{Found, Part, Piece, Refusal, entity};
use crate::facts::Language;
use crate::facts::needs::{
    Composite, End, NthChild, Op, Pattern, Relation, Side, Stop, Target, Tolerance,
};
use crate::languages::grammars;

/// So many steps are spent on one rule in one file.
pub const MOST_STEPS: usize = 5_000_000;

/// What is asked beside what a node is.
#[derive(Default)]
pub(super) struct Conditions {
    composites: Vec<(Op, Vec<Alike>)>,
    /// Of the node: its place and its relations.
    around: Option<GrepRule>,
    /// Of the statement that an entity is, with its decorators: its place.
    position: Option<GrepRule>,
    /// Of the statement that the node is or stands in: its siblings, and the kinds of the nodes whose children are
    /// statements.
    beside: Option<(GrepRule, Vec<u16>)>,
    /// Tolerant declarations around the node and in it.
    tolerant: Vec<Around>,
    /// How far all that looks.
    steps: Steps,
}

/// How many steps judging a node takes, about: tree-sitter finds a parent by a walk down from the root.
#[derive(Clone, Copy, Debug, Default)]
struct Steps {
    /// Walks from the root.
    climbs: usize,
    /// Whether all nodes inside are looked at.
    whole: bool,
    /// Whether all siblings are looked at.
    siblings: bool,
    /// Whether all around is compared, with what it holds.
    outer: bool,
    /// Whether ast-grep recurses from child to child.
    recurses: bool,
}

/// What conditions add to a rule.
pub(super) struct Built {
    pub(super) conditions: Conditions,
    /// Texts that the node holds, for each part that wants them.
    pub(super) inner: Vec<Leaves>,
    /// Texts of which the node holds those of one, for each part that wants that.
    pub(super) either: Vec<Vec<Leaves>>,
    /// Texts that stand around the node, for each relation.
    pub(super) around: Vec<Leaves>,
    /// The only kinds that count; none: any.
    pub(super) kinds: Option<BTreeSet<u16>>,
    pub(super) variables: Found,
}

impl Conditions {
    /// Steps that judging a node takes, about; none where it looks at the node alone.
    pub(super) fn steps(&self, node: &Node<'_, StrDoc<Language>>, depth: usize) -> usize {
        if self.look_inside_only() {
            return 0;
        }
        let around: usize = if self.steps.outer {
            node.ancestors().map(|outer| outer.get_inner_node().child_count() as usize).sum()
        } else {
            0
        };
        let node = node.get_inner_node();
        let inner =
            if self.steps.whole { node.descendant_count() } else { node.child_count() as usize };
        let siblings = if self.steps.siblings {
            node.parent().map_or(0, |parent| parent.child_count() as usize)
        } else {
            0
        };
        1 + self.steps.climbs * depth + inner + siblings + around
    }

    /// Whether they hold of a node; what metavariables take is added.
    pub(super) fn hold<'t>(
        &self,
        node: &Node<'t, StrDoc<Language>>,
        env: &mut Env<'_, 't>,
    ) -> bool {
        let holds = |rule: &GrepRule, node: Node<'t, StrDoc<Language>>, env: &mut Env<'_, 't>| {
            rule.match_node_with_env(node, env).is_some()
        };
        self.position.as_ref().is_none_or(|rule| holds(rule, wrapper(node), env))
            && self.composites.iter().all(|(op, patterns)| op.holds(patterns, node, env))
            && self.around.as_ref().is_none_or(|rule| holds(rule, node.clone(), env))
            && self.tolerant.iter().all(|around| around.holds(node, env))
            && self.beside.as_ref().is_none_or(|(rule, blocks)| {
                statement(node, blocks).is_some_and(|statement| holds(rule, statement, env))
            })
    }

    /// Whether ast-grep recurses over the tree.
    pub(super) const fn recurses(&self) -> bool {
        self.steps.recurses
    }

    /// Whether only the node itself and what it holds are looked at.
    pub(super) fn look_inside_only(&self) -> bool {
        self.around.is_none()
            && self.position.is_none()
            && self.beside.is_none()
            && self.tolerant.is_empty()
    }
}

impl Op {
    fn holds<'t>(
        self,
        patterns: &[Alike],
        node: &Node<'t, StrDoc<Language>>,
        env: &mut Env<'_, 't>,
    ) -> bool {
        match self {
            Self::All => patterns.iter().all(|pattern| pattern.matches(node, env)),
            Self::Any => patterns.iter().any(|pattern| pattern.matches(node, env)),
            // What it would take is nobody's.
            Self::Not => {
                let mut apart = Env::Borrowed(env.as_ref());
                !patterns.iter().any(|pattern| pattern.matches(node, &mut apart))
            }
        }
    }
}

/// A definition together with its decorators.
fn wrapper<'t>(node: &Node<'t, StrDoc<Language>>) -> Node<'t, StrDoc<Language>> {
    let parent = node.parent().filter(|parent| parent.kind() == "decorated_definition");
    parent.unwrap_or_else(|| node.clone())
}

/// The statement that a node is or stands in. One walk down from the root gives all that is around it; as a rule of
/// ast-grep's the same would take one walk a level.
fn statement<'t>(
    node: &Node<'t, StrDoc<Language>>,
    blocks: &[u16],
) -> Option<Node<'t, StrDoc<Language>>> {
    let mut inner = node.clone();
    for outer in node.ancestors() {
        if blocks.contains(&outer.kind_id()) {
            return Some(inner);
        }
        inner = outer;
    }
    None
}

/// Compiles what is asked beside what a node is.
pub(super) fn build(
    asked: &Pattern,
    variables: Found,
    language: Language,
) -> Result<Built, Box<Refusal>> {
    let is_entity = matches!(asked.target, Target::Entity(_));
    let is_tolerant = asked.tolerance == Tolerance::Tolerant;
    let mut builder = Builder {
        reader: Reader { language, heads: is_entity || is_tolerant, tolerance: asked.tolerance },
        is_entity,
        lifts: is_entity || is_tolerant,
        around: Map::new(),
        statement: Vec::new(),
        built: Built {
            conditions: Conditions::default(),
            inner: Vec::new(),
            either: Vec::new(),
            around: Vec::new(),
            kinds: None,
            variables,
        },
    };
    let refusal = |(part, flaw)| Box::new(Refusal { language, part, flaw });
    if let Some(nth_child) = &asked.nth_child {
        builder.nth_child(nth_child).map_err(|flaw| refusal((Part::OfRule, flaw)))?;
    }
    for (index, composite) in asked.composites.iter().enumerate() {
        builder
            .composite(composite)
            .map_err(|(item, flaw)| refusal((Part::Composite(index, item), flaw)))?;
    }
    for (index, relation) in asked.relations.iter().enumerate() {
        builder
            .relation(relation)
            .map_err(|(piece, flaw)| refusal((Part::Relation(index, piece), flaw)))?;
    }
    builder.finish().map_err(|flaw| refusal((Part::Base, flaw)))
}

struct Builder {
    reader: Reader,
    is_entity: bool,
    /// Whether siblings are those of the statement.
    lifts: bool,
    /// Rules of the node, by ast-grep's keys.
    around: Map<String, Json>,
    /// Rules of the statement that the node is or stands in.
    statement: Vec<Json>,
    built: Built,
}

impl Builder {
    fn nth_child(&mut self, asked: &NthChild) -> Result<(), Refused> {
        let mut rule = json!({ "position": &*asked.position, "reverse": asked.from == End::Back });
        if let Some(of) = &asked.of {
            let read = self.reader.kind_or_pattern(of)?;
            for (name, takes) in read.variables {
                self.built.variables.add(&name, takes);
            }
            let language = self.reader.language;
            rule["ofRule"] =
                if self.is_entity { entity::as_statement(&read.rule, language) } else { read.rule };
        }
        self.built.conditions.steps.climbs += 2;
        self.built.conditions.steps.siblings = true;
        if self.is_entity {
            self.built.conditions.position = Some(self.reader.rule(&json!({ "nthChild": rule }))?);
        } else {
            self.around.insert("nthChild".to_owned(), rule);
        }
        Ok(())
    }

    fn composite(&mut self, asked: &Composite) -> Result<(), (usize, Refused)> {
        let (mut patterns, mut leaves) = (Vec::new(), Vec::new());
        for (index, text) in asked.patterns.iter().enumerate() {
            let read = self.reader.alike(text).map_err(|flaw| (index, flaw))?;
            for (name, takes) in read.variables {
                if asked.op == Op::Not {
                    self.built.variables.compare(&name, takes);
                } else {
                    self.built.variables.add(&name, takes);
                }
            }
            patterns.push(read.alike);
            leaves.push(read.leaves);
        }
        match asked.op {
            Op::All => {
                self.built.inner.extend(leaves);
                for pattern in &patterns {
                    self.narrow(pattern.kinds());
                }
            }
            Op::Any => {
                self.built.either.push(leaves);
                let kinds: Option<Vec<_>> = patterns.iter().map(Alike::kinds).collect();
                self.narrow(kinds.map(|kinds| kinds.into_iter().flatten().collect()));
            }
            Op::Not => {}
        }
        self.built.conditions.composites.push((asked.op, patterns));
        Ok(())
    }

    /// Only these kinds count, too.
    fn narrow(&mut self, kinds: Option<BTreeSet<u16>>) {
        let Some(kinds) = kinds else { return };
        let known = &mut self.built.kinds;
        *known = Some(match known.take() {
            Some(known) => known.intersection(&kinds).copied().collect(),
            None => kinds,
        });
    }

    /// A relation to a tolerant declaration; none where it is to something else.
    fn to_declaration(
        &self,
        asked: &Relation,
        stop: Option<&Json>,
    ) -> Result<Option<Around>, Refused> {
        let place = match asked.side {
            Side::Inside => Place::Outside,
            Side::Has => Place::Inside,
            Side::Precedes | Side::Follows => return Ok(None),
        };
        if self.reader.tolerance == Tolerance::AstGrep {
            return Ok(None);
        }
        let Alike::Tolerant(declaration) = self.reader.alike(&asked.pattern)?.alike else {
            return Ok(None);
        };
        let stop = match stop {
            None => around::Stop::Neighbor,
            Some(stop) if stop.is_string() => around::Stop::End,
            Some(stop) => around::Stop::At(self.reader.rule(stop)?),
        };
        let grammar = grammars::grammar(self.reader.language);
        let field = asked.field.as_deref();
        let field = field.and_then(|field| grammar.field_id_for_name(field)).map(NonZero::get);
        Ok(Some(Around { place, declaration, stop, field }))
    }

    fn relation(&mut self, asked: &Relation) -> Result<(), (Piece, Refused)> {
        let pattern = self.reader.rule_of(&asked.pattern).map_err(|flaw| (Piece::Pattern, flaw))?;
        let leaves =
            if asked.side == Side::Has { &mut self.built.inner } else { &mut self.built.around };
        leaves.push(pattern.leaves);
        for (name, takes) in pattern.variables {
            self.built.variables.add(&name, takes);
        }
        let stop = match &asked.stop {
            Stop::Widened if self.reader.tolerance == Tolerance::AstGrep => None,
            Stop::Neighbor => None,
            Stop::End | Stop::Widened => Some("end".into()),
            Stop::At(text) => {
                Some(self.reader.rule_of(text).map_err(|flaw| (Piece::Stop, flaw))?.rule)
            }
        };
        if let Some(field) = &asked.field {
            self.reader.check_field(field).map_err(|flaw| (Piece::Field, flaw))?;
        }
        self.reach(asked);
        if self.lifts && asked.side.is_sibling() {
            self.sibling(asked.side, &pattern.rule, stop);
            return Ok(());
        }
        let tolerant = self.to_declaration(asked, stop.as_ref());
        if let Some(around) = tolerant.map_err(|flaw| (Piece::Pattern, flaw))? {
            self.built.conditions.tolerant.push(around);
            return Ok(());
        }
        let mut rule = pattern.rule;
        if let Some(stop) = stop {
            rule["stopBy"] = stop;
        }
        if let Some(field) = &asked.field {
            rule["field"] = (**field).into();
        }
        self.around.insert(asked.side.key().to_owned(), rule);
        Ok(())
    }

    /// A sibling of the statement that the node is or stands in; comments and attributes are passed over, and what
    /// is all of a statement counts as one.
    fn sibling(&mut self, side: Side, pattern: &Json, stop: Option<Json>) {
        let language = self.reader.language;
        let mut sibling = entity::as_statement(pattern, language);
        sibling["stopBy"] = match stop {
            None => json!({ "not": entity::between(language) }),
            Some(stop) if stop.is_string() => stop,
            Some(stop) => entity::as_statement(&stop, language),
        };
        self.statement.push(json!({ side.key(): sibling }));
    }

    fn reach(&mut self, relation: &Relation) {
        let steps = &mut self.built.conditions.steps;
        let is_far = relation.stop != Stop::Neighbor;
        let lifted = if self.lifts { 4 } else { 2 };
        match relation.side {
            Side::Inside => {
                steps.climbs += 1;
                steps.outer |= is_far;
            }
            Side::Has => {
                steps.whole |= is_far;
                steps.recurses |= matches!(relation.stop, Stop::At(_));
            }
            Side::Precedes | Side::Follows => {
                steps.climbs += lifted;
                steps.siblings |= is_far;
            }
        }
    }

    fn finish(self) -> Result<Built, Refused> {
        let Self { reader, around, statement, mut built, .. } = self;
        if !around.is_empty() {
            built.conditions.around = Some(reader.rule(&Json::Object(around))?);
        }
        if !statement.is_empty() {
            let grammar = grammars::grammar(reader.language);
            let blocks = entity::blocks(reader.language).iter();
            let blocks = blocks.map(|kind| grammar.id_for_node_kind(kind, true)).collect();
            built.conditions.beside = Some((reader.rule(&json!({ "all": statement }))?, blocks));
        }
        Ok(built)
    }
}

impl Side {
    const fn key(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Has => "has",
            Self::Precedes => "precedes",
            Self::Follows => "follows",
        }
    }

    const fn is_sibling(self) -> bool {
        matches!(self, Self::Precedes | Self::Follows)
    }
}

/// A rule as ast-grep reads it.
pub(super) fn grep_rule(rule: &Json, language: Language) -> Result<GrepRule, String> {
    let rule: SerializableRule =
        serde_json::from_value(rule.clone()).map_err(|error| error.to_string())?;
    DeserializeEnv::new(language).deserialize_rule(rule).map_err(|error| error.to_string())
}
