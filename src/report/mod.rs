//! The result of a run as data, `qplan.result/1`, and its renderings. Knows values, not how they came about.

mod answer;
pub mod finding;
pub mod merge;
pub mod render;
pub mod score;

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::diagnostic::Fault;
use crate::value::Value;
use finding::{Finding, Section};

/// The name of the schema results follow.
pub const SCHEMA: &str = "qplan.result/1";

/// What stands for the plan's file where one action was asked for without a plan.
pub const COMMAND: &str = "<command line>";
/// The field of an answer that holds `[{title, rows: [{text, count?, file?, line?, col?, kind?, severity?}]}]`.
pub const SECTIONS: &str = "sections";

/// A finished run. Keys that have nothing to say are left out.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Report {
    /// `qplan.result/1`.
    pub schema: &'static str,
    /// What was run.
    pub run: RunInfo,
    /// `completed`, `stopped`, `aborted` or `error`.
    pub status: &'static str,
    /// Why, for the latter two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorInfo>,
    /// The same, with its place in the plan.
    #[serde(skip)]
    pub fault: Option<Fault>,
    /// Counts over all steps.
    pub summary: Summary,
    /// Every step of the plan, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepReport>,
    /// Actions that looked at the repository or failed, in the order they ended.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<ActionReport>,
    /// What the actions found, each fact once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Lines that `print` wrote.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub output: Vec<String>,
    /// Variables at the end, with `--with-context`; whole answers read as in a step's result.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub context: Option<Value>,
}

/// What was run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RunInfo {
    /// Unique for the run.
    pub id: String,
    /// The plan's file, or `<stdin>`.
    pub plan: String,
    /// The directory that was looked at.
    pub root: String,
    /// The plan's `@title`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The plan's parameters.
    #[serde(skip_serializing_if = "is_null")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub params: Value,
    /// Of the program.
    pub version: &'static str,
    /// RFC 3339.
    pub started: String,
    /// Milliseconds.
    pub elapsed_ms: u64,
}

/// The error that ended a run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ErrorInfo {
    /// Its code, for `qplan explain`.
    pub code: &'static str,
    /// Its kind, as `error.kind` in plans.
    pub kind: &'static str,
    /// What happened.
    pub message: String,
    /// The innermost step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<Arc<str>>,
    /// The action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<&'static str>,
    /// `{file, line, col, end_line, end_col}`.
    #[serde(skip_serializing_if = "is_null")]
    #[schemars(with = "Option<serde_json::Value>")]
    pub span: Value,
    /// The remedy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The calls of modules it came through, innermost first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trace: Vec<Called>,
}

/// A call of a module that an error came through.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Called {
    /// The module's name.
    pub module: &'static str,
    /// Where it is called: `{file, line, col, end_line, end_col}`.
    #[schemars(with = "serde_json::Value")]
    pub span: Value,
}

/// Counts over a run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Summary {
    /// What was asked: the mode of the only action, or of all if they agree, else `run`; absent if none looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// The questions, joined by ` | `; of actions that disagree their number of steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// `auto`, `python` or `rust`.
    pub lang_scope: &'static str,
    /// What was found, by language.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub languages: BTreeMap<Arc<str>, LanguageCounts>,
    /// Steps by how they ended.
    pub steps: StepCounts,
    /// Findings listed.
    #[serde(skip_serializing_if = "is_zero")]
    pub findings: usize,
    /// Rows that became no findings, because there were too many.
    #[serde(skip_serializing_if = "is_zero")]
    pub findings_dropped: usize,
    /// Files by what was done with them; absent if no action looked at the repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<FileCounts>,
    /// Walks over the repository.
    pub scans: usize,
    /// The most often any one file was parsed by any one parser.
    pub parses_per_file: usize,
    /// Bytes of source files read from the disk.
    pub bytes_read: u64,
    /// Whether every action answered completely.
    pub complete: bool,
    /// Actions left out of `actions` because there were too many.
    #[serde(skip_serializing_if = "is_zero")]
    pub actions_dropped: usize,
    /// Actions kept without their rows, because all answers together weigh too much.
    #[serde(skip_serializing_if = "is_zero")]
    pub rows_dropped: usize,
}

/// What was found in one language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LanguageCounts {
    /// Files that hold findings.
    pub files: usize,
    /// Findings listed.
    pub findings: usize,
}

/// Steps by how they ended.
#[derive(Clone, Copy, Debug, Default, Serialize, JsonSchema)]
pub struct StepCounts {
    /// All steps of the plan.
    pub total: usize,
    /// Left by their end, `return` or flow.
    pub ok: usize,
    /// Ended by an error.
    pub error: usize,
    /// Ended by `skip`, or never entered.
    pub skipped: usize,
    /// Failed and went on by policy.
    pub partial: usize,
}

/// Files by what was done with them.
#[derive(Clone, Copy, Debug, Default, Serialize, JsonSchema)]
pub struct FileCounts {
    /// In the run-wide scope.
    pub in_scope: usize,
    /// Read.
    pub scanned: usize,
    /// A tree was built.
    pub parsed: usize,
    /// Answered from the cache.
    pub cached: usize,
    /// Their tree has errors.
    pub unparsable: usize,
    /// Left out, with a reason in `coverage`.
    pub skipped: usize,
}

/// A step.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StepReport {
    /// Its id.
    pub id: Arc<str>,
    /// Its description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desc: Option<Arc<str>>,
    /// Its `type` attribute.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Arc<str>>,
    /// 1-based, depth first.
    pub order: u32,
    /// Descriptions from the root.
    pub path: Vec<Arc<str>>,
    /// The enclosing step's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Arc<str>>,
    /// `ok`, `error`, `skipped`, `partial` or `not_run`.
    pub status: &'static str,
    /// Entries; the other figures are the last one's.
    pub runs: u32,
    /// Attempts.
    pub attempts: u32,
    /// Milliseconds.
    pub elapsed_ms: u64,
    /// The step's result; `{action, count, complete}` stands for the whole answer of that action, wherever it occurs.
    #[schemars(with = "serde_json::Value")]
    pub result: Value,
    /// What ended it, be it handled by its policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorInfo>,
    /// Ids of its actions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Arc<str>>,
}

/// An action.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ActionReport {
    /// Its id: the `id` argument, else name and number.
    pub id: Arc<str>,
    /// The step it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<Arc<str>>,
    /// The action's name.
    pub name: &'static str,
    /// Its arguments.
    #[schemars(with = "serde_json::Value")]
    pub args: Value,
    /// `ok` or `error`.
    pub status: &'static str,
    /// Its error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorInfo>,
    /// Milliseconds.
    pub elapsed_ms: u64,
    /// `count`, `complete`, `rows`, `summary`, `coverage` of what it found.
    #[serde(flatten, serialize_with = "flat")]
    #[schemars(with = "answer::Answer")]
    pub value: Value,
    /// The id of the call of a module that it ran for.
    #[serde(skip)]
    pub called_by: Option<Arc<str>>,
    /// What stands beside the rows, as findings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Section>,
}

fn is_null(value: &Value) -> bool {
    matches!(value, Value::Null)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(n: &usize) -> bool {
    *n == 0
}

/// Writes a table's own fields in place, but for its sections, which stand beside it as findings; another value under
/// `value`.
fn flat<S: serde::Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap;
    let mut map = serializer.serialize_map(None)?;
    match value {
        Value::Null => {}
        Value::Table(table) => {
            for (name, field) in table.head().iter().filter(|(name, _)| &***name != SECTIONS) {
                map.serialize_entry(name, field)?;
            }
            map.serialize_entry("rows", &crate::value::convert::Rows(table))?;
        }
        other => map.serialize_entry("value", other)?,
    }
    map.end()
}
