//! `--events jsonl`: every event as a line of JSON, written as soon as it is known.

use std::fs::File;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use schemars::JsonSchema;
use serde::Serialize;

use super::args::EventSink;
use crate::diagnostic::Fault;
use crate::step::event::{ActionInfo, Events, State, StepInfo, StepStatus};
use crate::step::{Last, Policy};
use crate::value::Value;

/// One line.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Line<'a> {
    /// `plan_start`, `step_end`, …
    pub event: &'static str,
    /// Unique for the run.
    #[serde(rename = "run_id")]
    pub run_id: &'a str,
    /// RFC 3339.
    pub time: String,
    /// The step it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<Step<'a>>,
    /// What else there is to say.
    #[serde(flatten)]
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub more: serde_json::Map<String, serde_json::Value>,
}

/// A step in a line.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Step<'a> {
    /// The id.
    pub step_id: &'a str,
    /// The description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desc: Option<&'a str>,
    /// The `type` attribute.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'a str>,
    /// 1-based, depth first.
    pub order: u32,
    /// The enclosing step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_step_id: Option<&'a str>,
    /// Descriptions from the root.
    pub path: Vec<&'a str>,
    /// 1 at the top.
    pub depth: u32,
    /// As written in `onError`.
    pub error_policy: String,
}

impl<'a> Step<'a> {
    fn of(info: &'a StepInfo) -> Self {
        Self {
            step_id: &info.id,
            desc: info.desc.as_deref(),
            kind: info.kind.as_deref(),
            order: info.order,
            parent_step_id: info.parent.as_deref(),
            path: info.path.iter().map(|part| &**part).collect(),
            depth: info.depth,
            error_policy: policy(&info.policy),
        }
    }
}

/// A policy as `onError` spells it.
fn policy(policy: &Policy) -> String {
    let last = match &policy.last {
        Last::Fail => "fail".to_owned(),
        Last::Continue => "continue".to_owned(),
        Last::Jump(id) => format!("jump='{id}'"),
    };
    let mut text = String::new();
    if policy.retries > 0 {
        text = format!("retry={}, ", policy.retries);
        if !policy.delay.is_zero() {
            text += &format!("delay={}ms, ", policy.delay.as_millis());
        }
        if policy.backoff > 1.0 {
            text += &format!("backoff={}, ", policy.backoff);
        }
    }
    text + &last
}

/// Writes lines.
pub struct Sink {
    out: Mutex<Box<dyn Write + Send>>,
    run_id: String,
}

impl Sink {
    /// Opens it.
    ///
    /// # Errors
    /// A message that names the file.
    pub fn open(sink: &EventSink, run_id: &str) -> Result<Self, String> {
        let out: Box<dyn Write + Send> = match sink {
            EventSink::StandardError => Box::new(std::io::stderr()),
            EventSink::File(path) => {
                let file = File::create(path)
                    .map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
                Box::new(file)
            }
        };
        Ok(Self { out: Mutex::new(out), run_id: run_id.to_owned() })
    }

    fn write(&self, event: &'static str, step: Option<&StepInfo>, more: serde_json::Value) {
        let more = match more {
            serde_json::Value::Object(fields) => fields,
            _ => serde_json::Map::new(),
        };
        let time = jiff::Timestamp::now().to_string();
        let line = Line { event, run_id: &self.run_id, time, step: step.map(Step::of), more };
        let mut text = serde_json::to_vec(&line).unwrap_or_default();
        text.push(b'\n');
        // Whoever reads the events may have gone; the plan goes on.
        let _ = self.out.lock().unwrap_or_else(PoisonError::into_inner).write_all(&text);
    }
}

fn fault(fault: &Fault) -> serde_json::Value {
    serde_json::json!({"kind": fault.kind.name(), "code": fault.code.0, "message": fault.message})
}

impl Events for Sink {
    fn plan_start(&self) {
        self.write("plan_start", None, serde_json::Value::Null);
    }

    fn plan_end(&self, state: State) {
        self.write("plan_end", None, serde_json::json!({"status": state.name()}));
    }

    fn step_start(&self, step: &StepInfo) {
        self.write("step_start", Some(step), serde_json::Value::Null);
    }

    fn step_end(&self, step: &StepInfo, status: StepStatus, result: &Value) {
        let result = serde_json::to_value(result).unwrap_or_default();
        self.write(
            "step_end",
            Some(step),
            serde_json::json!({"status": status.name(), "result": result}),
        );
    }

    fn step_error(&self, step: &StepInfo, attempt: u32, error: &Fault) {
        self.write(
            "step_error",
            Some(step),
            serde_json::json!({"attempt": attempt, "error": fault(error)}),
        );
    }

    fn step_retry(&self, step: &StepInfo, attempt: u32, error: &Fault) {
        self.write(
            "step_retry",
            Some(step),
            serde_json::json!({"attempt": attempt, "error": fault(error)}),
        );
    }

    fn step_jump(&self, step: &StepInfo, target: &str) {
        self.write("step_jump", Some(step), serde_json::json!({"target": target}));
    }

    fn action_start(&self, action: &ActionInfo<'_>) {
        self.write(
            "action_start",
            Some(action.step),
            serde_json::json!({"action": action.name, "id": action.id}),
        );
    }

    fn action_end(
        &self,
        action: &ActionInfo<'_>,
        elapsed_ms: u64,
        count: Option<i64>,
        error: Option<&Fault>,
    ) {
        let mut more =
            serde_json::json!({"action": action.name, "id": action.id, "elapsed_ms": elapsed_ms});
        if let Some(count) = count {
            more["count"] = count.into();
        }
        if let Some(error) = error {
            more["error"] = fault(error);
        }
        self.write("action_end", Some(action.step), more);
    }

    fn progress(&self, done: usize, total: usize) {
        self.write("progress", None, serde_json::json!({"done": done, "total": total}));
    }

    fn print(&self, line: &str) {
        self.write("print", None, serde_json::json!({"line": line}));
    }

    fn abort(&self) {
        self.write("abort", None, serde_json::Value::Null);
    }

    fn pause(&self) {
        self.write("pause", None, serde_json::Value::Null);
    }

    fn resume(&self) {
        self.write("resume", None, serde_json::Value::Null);
    }

    fn timeout(&self, step: Option<&StepInfo>) {
        self.write("timeout", step, serde_json::Value::Null);
    }

    fn state_change(&self, new: State, old: State) {
        self.write("state_change", None, serde_json::json!({"new": new.name(), "old": old.name()}));
    }
}
