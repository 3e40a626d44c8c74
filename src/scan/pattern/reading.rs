//! The texts of a question's conditions, each read and checked as a pattern of its own.

use ast_grep_config::Rule as GrepRule;
use ast_grep_core::Pattern;
use serde_json::{Value as Json, json};

use super::alike::{Alike, Leaves};
use super::conditions::grep_rule;
use super::tolerant::Tolerant;
use super::{Rule, Takes, entity};
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{either, near};
use crate::facts::Language;
use crate::facts::needs::{Code, Strictness, Tolerance};
use crate::languages::grammars;
use crate::query::ir::Flaw;

/// What is wrong with a text; its place is in that text.
pub(super) type Refused = Flaw;

/// Reads texts of one question.
pub(super) struct Reader {
    pub(super) language: Language,
    /// Whether a declaration may be a head.
    pub(super) heads: bool,
    pub(super) tolerance: Tolerance,
}

/// A text as ast-grep's rule.
pub(super) struct Read {
    pub(super) rule: Json,
    pub(super) leaves: Leaves,
    /// Metavariables; one that is written twice is there twice.
    pub(super) variables: Vec<(String, Takes)>,
}

/// A text as what a node itself is like.
pub(super) struct ReadAlike {
    pub(super) alike: Alike,
    pub(super) leaves: Leaves,
    pub(super) variables: Vec<(String, Takes)>,
}

/// A pattern that parses.
struct Checked {
    pattern: Pattern,
    leaves: Leaves,
    variables: Vec<(String, Takes)>,
}

impl Reader {
    /// A pattern of another node.
    pub(super) fn rule_of(&self, text: &str) -> Result<Read, Refused> {
        if let Some(head) = self.head(text) {
            return Ok(head);
        }
        let Checked { leaves, variables, .. } = self.pattern(text)?;
        Ok(Read { rule: json!({ "pattern": text }), leaves, variables })
    }

    /// A pattern of the node itself.
    pub(super) fn alike(&self, text: &str) -> Result<ReadAlike, Refused> {
        if let Some(head) = self.head(text) {
            let alike = Alike::Head(Box::new(self.rule(&head.rule)?));
            return Ok(ReadAlike { alike, leaves: head.leaves, variables: head.variables });
        }
        let Checked { pattern, leaves, variables } = self.pattern(text)?;
        let tolerant = match self.tolerance {
            Tolerance::AstGrep => None,
            Tolerance::Tolerant => Tolerant::of(text, None, &pattern, self.language),
        };
        let alike = tolerant.map_or(Alike::Pattern(pattern), Alike::Tolerant);
        Ok(ReadAlike { alike, leaves, variables })
    }

    /// The name of a node kind, or a pattern.
    pub(super) fn kind_or_pattern(&self, text: &str) -> Result<Read, Refused> {
        let grammar = grammars::grammar(self.language);
        let is_word = text.chars().all(|c| c.is_alphanumeric() || c == '_');
        if is_word && grammar.id_for_node_kind(text, true) != 0 {
            return Ok(Read {
                rule: json!({ "kind": text }),
                leaves: Vec::new(),
                variables: Vec::new(),
            });
        }
        self.rule_of(text)
    }

    fn head(&self, text: &str) -> Option<Read> {
        let head = entity::head(text, self.language).filter(|_| self.heads)?;
        let variables = head.variables.into_iter().map(|name| (name, Takes::One)).collect();
        Some(Read { rule: head.rule, leaves: head.leaves, variables })
    }

    fn pattern(&self, text: &str) -> Result<Checked, Refused> {
        let code = Code { text: text.into(), selector: None, strictness: Strictness::Smart };
        let (pattern, rule) = Rule::of_code(&code, self.language)?;
        let twice = if rule.compares { 2 } else { 1 };
        let variables = std::iter::repeat_n(&rule.variables, twice).flatten();
        let variables = variables.map(|v| (v.name.to_string(), v.takes)).collect();
        Ok(Checked { pattern, leaves: rule.leaves, variables })
    }

    /// ast-grep's own reading of a rule whose parts are checked.
    pub(super) fn rule(&self, rule: &Json) -> Result<GrepRule, Refused> {
        grep_rule(rule, self.language).map_err(|reason| {
            let message = format!("the conditions cannot be read: {reason}");
            Flaw::error(codes::PATTERN_SYNTAX, 0..0, message)
        })
    }

    pub(super) fn check_field(&self, field: &str) -> Result<(), Refused> {
        let grammar = grammars::grammar(self.language);
        if grammar.field_id_for_name(field).is_some() {
            return Ok(());
        }
        let known = (1..=u16::try_from(grammar.field_count()).unwrap_or(u16::MAX))
            .filter_map(|id| grammar.field_name_for_id(id));
        let message = format!("{} has no field `{field}`", self.language.name());
        let flaw = Flaw::error(codes::FIELD_UNKNOWN, 0..field.len(), message);
        Err(match near(field, known).as_slice() {
            [] => flaw.help("fields are called as in the language's grammar: `body`, `condition`"),
            names => flaw.help(format!("did you mean {}?", either(names))),
        })
    }
}
