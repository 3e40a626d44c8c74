//! A finding: one fact, or one thing wrong, with its place, its weight and who found it. Knows no action.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::value::Value;

/// How bad it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A fact.
    #[default]
    Info,
    /// Something to look at.
    Warning,
    /// Something that is wrong, or would be.
    Error,
}

impl Severity {
    /// The severity of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "info" => Some(Self::Info),
            "warning" => Some(Self::Warning),
            "error" => Some(Self::Error),
            _ => None,
        }
    }
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Finding {
    /// 16 hexadecimal digits that depend on the fact alone: they survive edits elsewhere, and are equal in every run.
    pub id: String,
    /// `definition`, `call`, `pattern_match`, …; of a section's row the section's title as a word.
    pub category: String,
    /// `info`, `warning` or `error`.
    pub severity: Severity,
    /// One line.
    pub message: String,
    /// Where it is; absent for what speaks of no one place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Anchor>,
    /// How much it weighs and how sure it is.
    pub score: Score,
    /// `python` or `rust`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Arc<str>>,
    /// What else is known of it; code and long texts stand in the action's rows.
    #[serde(skip_serializing_if = "is_empty")]
    #[schemars(with = "Option<std::collections::BTreeMap<String, serde_json::Value>>")]
    pub data: Value,
    /// Who found it.
    pub sources: Vec<FoundBy>,
}

/// A place; lines from 1, columns from 1 in characters, the end exclusive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Anchor {
    /// Relative to the root.
    pub file: Arc<str>,
    /// From 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<i64>,
    /// From 1, in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub col: Option<i64>,
    /// The last line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_line: Option<i64>,
    /// Behind the last character.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_col: Option<i64>,
}

/// How much a finding weighs and how sure it is.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Score {
    /// From 0 to 1, from the finding's own numbers.
    pub impact: f64,
    /// From 0 to 1; absent for sums over other findings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// `exact`, `typed`, `inherited`, `candidates`, `name`, `text`, `lsp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Arc<str>>,
}

/// The action that found something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FoundBy {
    /// The id of its step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<Arc<str>>,
    /// Its id.
    pub action: Arc<str>,
}

/// A part of an action's answer beside its rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// Ids of its findings, in order.
    pub findings: Vec<String>,
}

fn is_empty(data: &Value) -> bool {
    match data {
        Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}
