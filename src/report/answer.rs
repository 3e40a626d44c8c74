//! What an action answers, for the schema alone: values carry no types of their own.

use std::collections::BTreeMap;

use schemars::JsonSchema;

/// What an action answered, for the schema: a table's fields, or another value.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "read by its schema only")]
pub(super) struct Answer {
    /// How many there are, whatever `limit` says.
    #[schemars(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    /// Whether `count` is exact.
    #[schemars(skip_serializing_if = "Option::is_none")]
    complete: Option<bool>,
    /// Its numbers, and `text`, which says them in words.
    #[schemars(skip_serializing_if = "Option::is_none")]
    summary: Option<Fields>,
    /// What was looked at and what could not be seen.
    #[schemars(skip_serializing_if = "Option::is_none")]
    coverage: Option<Coverage>,
    /// What is probably not meant.
    #[schemars(skip_serializing_if = "Option::is_none")]
    warnings: Option<Vec<String>>,
    /// What was found, a row each.
    #[schemars(skip_serializing_if = "Option::is_none")]
    rows: Option<Vec<Row>>,
    /// The value of an action that answers with no table.
    #[schemars(skip_serializing_if = "Option::is_none")]
    value: Option<serde_json::Value>,
    /// What else the action's documentation names.
    #[serde(flatten)]
    more: Fields,
}

/// Fields of any name.
type Fields = BTreeMap<String, serde_json::Value>;

/// What an action looked at.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "read by its schema only")]
struct Coverage {
    /// Files of its scope.
    files_in_scope: u64,
    /// Files read.
    files_scanned: u64,
    /// Files answered from the cache.
    files_cached: u64,
    /// Files whose tree has errors.
    unparsable: Vec<Unseen>,
    /// Files that were left out.
    skipped: Vec<Unseen>,
    /// Names that need what lies outside of the run-wide scope.
    unresolved: u64,
    /// Whether rows were cut.
    truncated: bool,
    /// Which bounds cut them.
    limits_hit: Vec<String>,
}

/// A file that was not seen, or only in part.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "read by its schema only")]
struct Unseen {
    /// Relative to the root.
    file: String,
    /// Of the first error.
    #[schemars(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    /// Why.
    reason: String,
}

/// A row; what else it holds is its action's.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "read by its schema only")]
struct Row {
    /// Its own name.
    #[schemars(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What it is.
    #[schemars(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// Relative to the root.
    #[schemars(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    /// From 1; of a definition its `def` or `fn` line.
    #[schemars(skip_serializing_if = "Option::is_none")]
    line: Option<u32>,
    /// From 1, in characters.
    #[schemars(skip_serializing_if = "Option::is_none")]
    col: Option<u32>,
    /// From 1.
    #[schemars(skip_serializing_if = "Option::is_none")]
    end_line: Option<u32>,
    /// Behind the last character.
    #[schemars(skip_serializing_if = "Option::is_none")]
    end_col: Option<u32>,
    /// `python` or `rust`.
    #[schemars(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    /// How it is known.
    #[schemars(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    /// From 0 to 1.
    #[schemars(skip_serializing_if = "Option::is_none")]
    confidence: Option<f64>,
    /// The rest.
    #[serde(flatten)]
    more: Fields,
}
