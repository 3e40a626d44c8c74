//! Relations: one rule of ast-grep's for a node and what must stand around it. Every part is checked as a pattern of its
//! own first, since ast-grep takes broken ones and misspelt keys in silence.

use std::borrow::Cow;

use ast_grep_config::{DeserializeEnv, RuleCore, SerializableRuleCore};
use ast_grep_core::meta_var::MetaVarEnv;
use ast_grep_core::tree_sitter::StrDoc;
use ast_grep_core::{Language as _, Matcher, Node, NodeMatch};
use serde_json::{Value as Json, json};

use super::entity;
use super::{Found, Part, Piece, Refusal, Rule, Takes};
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{either, near};
use crate::facts::Language;
use crate::facts::needs::{Code, EntityKind, Pattern, Relation, Side, Stop, Strictness, Target};
use crate::languages::grammars;
use crate::query::ir::Flaw;
use crate::scan::prefilter::Leaf;

/// So many steps are spent on one rule in one file.
pub const MOST_STEPS: usize = 5_000_000;

/// A rule with relations.
pub struct Related {
    /// ast-grep's matcher of the node, what is around it and what is in it.
    core: RuleCore,
    /// Of an entity's siblings: ast-grep's matcher of the statement that the entity is or stands in, and the kinds of the
    /// nodes whose children are statements.
    beside: Option<(RuleCore, Vec<u16>)>,
    /// How far it looks around.
    reach: Reach,
}

/// How many steps a rule takes at a node, about: tree-sitter finds a parent by a walk down from the root.
#[derive(Clone, Copy, Debug, Default)]
struct Reach {
    /// Walks from the root.
    climbs: usize,
    /// Whether all nodes inside are looked at.
    whole: bool,
    /// Whether all siblings are looked at.
    siblings: bool,
    /// Whether ast-grep recurses from child to child.
    recurses: bool,
}

/// What the relations add to a rule.
pub(super) struct Built {
    pub(super) related: Related,
    /// Texts that each relation's node holds.
    pub(super) leaves: Vec<Vec<Leaf>>,
    pub(super) variables: Found,
}

impl Related {
    /// Steps that judging a node takes, about.
    pub(super) fn steps(&self, node: tree_sitter::Node<'_>, depth: usize) -> usize {
        let inner =
            if self.reach.whole { node.descendant_count() } else { node.child_count() as usize };
        let siblings = if self.reach.siblings {
            node.parent().map_or(0, |parent| parent.child_count() as usize)
        } else {
            0
        };
        1 + self.reach.climbs * depth + inner + siblings
    }

    /// The match at a node.
    pub(super) fn match_node<'t>(
        &self,
        node: Node<'t, StrDoc<Language>>,
    ) -> Option<NodeMatch<'t, StrDoc<Language>>> {
        let mut env = Cow::Owned(MetaVarEnv::new());
        let node = self.core.match_node_with_env(node, &mut env)?;
        if let Some((beside, blocks)) = &self.beside {
            beside.match_node_with_env(statement(&node, blocks)?, &mut env)?;
        }
        Some(NodeMatch::new(node, env.into_owned()))
    }

    /// Whether ast-grep recurses over the tree.
    pub(super) const fn recurses(&self) -> bool {
        self.reach.recurses
    }
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

/// Compiles a node's relations, of which there is at least one.
pub(super) fn build(
    asked: &Pattern,
    variables: Found,
    language: Language,
) -> Result<Built, Box<Refusal>> {
    let mut builder = Builder {
        entity: match &asked.target {
            Target::Entity(entity) => Some(entity.kind),
            Target::Code(_) => None,
        },
        language,
        rule: base(&asked.target, language),
        statement: Vec::new(),
        reach: Reach::default(),
        leaves: Vec::new(),
        variables,
    };
    for (index, relation) in asked.relations.iter().enumerate() {
        builder.add(relation).map_err(|(piece, flaw)| {
            Box::new(Refusal { language, part: Part::Relation(index, piece), flaw })
        })?;
    }
    let Builder { rule, statement, reach, leaves, variables, .. } = builder;
    let refusal =
        |flaw| Box::new(Refusal { language, part: Part::Relation(0, Piece::Pattern), flaw });
    let beside = match statement.as_slice() {
        [] => None,
        all => {
            let grammar = grammars::grammar(language);
            let blocks = entity::blocks(language).iter();
            let blocks = blocks.map(|kind| grammar.id_for_node_kind(kind, true)).collect();
            Some((core(&json!({ "all": all }), language).map_err(refusal)?, blocks))
        }
    };
    let core = core(&rule, language).map_err(refusal)?;
    Ok(Built { related: Related { core, beside, reach }, leaves, variables })
}

fn core(rule: &Json, language: Language) -> Result<RuleCore, Flaw> {
    let refused = |reason: String| {
        Flaw::error(codes::PATTERN_SYNTAX, 0..0, format!("the relations cannot be read: {reason}"))
    };
    let rule: SerializableRuleCore =
        serde_json::from_value(json!({ "rule": rule })).map_err(|e| refused(e.to_string()))?;
    rule.get_matcher(DeserializeEnv::new(language)).map_err(|e| refused(e.to_string()))
}

fn base(target: &Target, language: Language) -> Json {
    match target {
        Target::Entity(entity) => entity::any_kind(entity::kinds(entity.kind, language)),
        Target::Code(code) => {
            let mut style = json!({ "context": code.text, "strictness": level(code.strictness) });
            if let Some(selector) = &code.selector {
                style["selector"] = (**selector).into();
            }
            json!({ "pattern": style })
        }
    }
}

const fn level(strictness: Strictness) -> &'static str {
    match strictness {
        Strictness::Cst => "cst",
        Strictness::Smart => "smart",
        Strictness::Ast => "ast",
        Strictness::Relaxed => "relaxed",
        Strictness::Signature => "signature",
    }
}

struct Builder {
    entity: Option<EntityKind>,
    language: Language,
    rule: Json,
    /// Rules of the statement that an entity is or stands in.
    statement: Vec<Json>,
    reach: Reach,
    leaves: Vec<Vec<Leaf>>,
    variables: Found,
}

impl Builder {
    fn add(&mut self, relation: &Relation) -> Result<(), (Piece, Flaw)> {
        let pattern = self.pattern(&relation.pattern).map_err(|flaw| (Piece::Pattern, flaw))?;
        self.leaves.push(pattern.leaves);
        for (name, takes) in pattern.variables {
            self.variables.add(&name, takes);
        }
        let stop = match &relation.stop {
            Stop::Neighbor => None,
            Stop::End => Some("end".into()),
            Stop::At(text) => Some(self.pattern(text).map_err(|flaw| (Piece::Stop, flaw))?.rule),
        };
        if let Some(field) = &relation.field {
            self.check_field(field).map_err(|flaw| (Piece::Field, flaw))?;
        }
        self.reach(relation);
        if self.entity.is_some() && relation.side.is_sibling() {
            self.sibling(relation.side, &pattern.rule, stop);
            return Ok(());
        }
        let mut rule = pattern.rule;
        if let Some(stop) = stop {
            rule["stopBy"] = stop;
        }
        if let Some(field) = &relation.field {
            rule["field"] = (**field).into();
        }
        self.rule[relation.side.key()] = rule;
        Ok(())
    }

    /// A sibling of the statement that the entity is or stands in; comments and attributes are passed over, and what
    /// is all of a statement counts as one.
    fn sibling(&mut self, side: Side, pattern: &Json, stop: Option<Json>) {
        let mut sibling = entity::as_statement(pattern, self.language);
        sibling["stopBy"] = match stop {
            None => json!({ "not": entity::between(self.language) }),
            Some(stop) if stop.is_string() => stop,
            Some(stop) => entity::as_statement(&stop, self.language),
        };
        self.statement.push(json!({ side.key(): sibling }));
    }

    fn pattern(&self, text: &str) -> Result<Read, Flaw> {
        if self.entity.is_some()
            && let Some(head) = entity::head(text, self.language)
        {
            let variables = head.variables.into_iter().map(|name| (name, Takes::One)).collect();
            return Ok(Read { rule: head.rule, leaves: head.leaves, variables });
        }
        let code = Code { text: text.into(), selector: None, strictness: Strictness::Smart };
        let rule = Rule::new(&code, self.language)?;
        // A variable that is written twice is noted twice.
        let twice = if rule.compares { 2 } else { 1 };
        let variables = std::iter::repeat_n(&rule.variables, twice).flatten();
        let variables = variables.map(|v| (v.name.to_string(), v.takes)).collect();
        Ok(Read { rule: json!({ "pattern": text }), leaves: rule.leaves, variables })
    }

    fn check_field(&self, field: &str) -> Result<(), Flaw> {
        if self.language.field_to_id(field).is_some() {
            return Ok(());
        }
        let grammar = grammars::grammar(self.language);
        let known = (1..=u16::try_from(grammar.field_count()).unwrap_or(u16::MAX))
            .filter_map(|id| grammar.field_name_for_id(id));
        let message = format!("{} has no field `{field}`", self.language.name());
        let flaw = Flaw::error(codes::FIELD_UNKNOWN, 0..field.len(), message);
        Err(match near(field, known).as_slice() {
            [] => flaw.help("fields are called as in the language's grammar: `body`, `condition`"),
            names => flaw.help(format!("did you mean {}?", either(names))),
        })
    }

    fn reach(&mut self, relation: &Relation) {
        let is_far = relation.stop != Stop::Neighbor;
        let lifted = if self.entity.is_some() { 4 } else { 2 };
        match relation.side {
            Side::Inside => self.reach.climbs += 1,
            Side::Has => {
                self.reach.whole |= is_far;
                self.reach.recurses |= matches!(relation.stop, Stop::At(_));
            }
            Side::Precedes | Side::Follows => {
                self.reach.climbs += lifted;
                self.reach.siblings |= is_far;
            }
        }
    }
}

/// A part that was checked.
struct Read {
    rule: Json,
    leaves: Vec<Leaf>,
    variables: Vec<(String, Takes)>,
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
