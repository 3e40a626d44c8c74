//! `--events jsonl`: every event as a line of JSON, written as soon as it is known.

use std::borrow::Cow;
use std::fs::File;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::args::EventSink;
use crate::diagnostic::Fault;
use crate::step::event::{ActionInfo, Events, State, StepInfo, StepStatus};
use crate::step::{Last, Policy};
use crate::value::Value;

/// One line: what every event carries, and the event.
#[derive(Debug, Serialize)]
pub struct Line<'a> {
    run_id: &'a str,
    time: String,
    #[serde(flatten)]
    event: Event<'a>,
}

impl JsonSchema for Line<'_> {
    fn schema_name() -> Cow<'static, str> {
        "Line".into()
    }

    /// One of the events, each with what every line carries.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Event::json_schema(generator);
        let kinds = schema.get_mut("oneOf").and_then(Json::as_array_mut).into_iter().flatten();
        for kind in kinds {
            kind["properties"]["run_id"] =
                json!({"type": "string", "description": "Unique for the run."});
            kind["properties"]["time"] =
                json!({"type": "string", "format": "date-time", "description": "RFC 3339."});
            if let Some(required) = kind["required"].as_array_mut() {
                required.extend(["run_id".into(), "time".into()]);
            }
        }
        schema
    }
}

/// What happened, by the name in `event`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event<'a> {
    /// The plan begins.
    PlanStart {},
    /// The plan ended.
    PlanEnd {
        /// How it ended.
        #[schemars(schema_with = "states")]
        status: &'static str,
    },
    /// A step is entered; one pair of start and end an entry.
    StepStart {
        /// The step.
        step: Step<'a>,
    },
    /// An entry of a step ended.
    StepEnd {
        /// The step.
        step: Step<'a>,
        /// How it ended; `partial` by an error that its policy handled.
        #[schemars(schema_with = "statuses")]
        status: &'static str,
        /// What the step is read as from now on.
        result: Json,
    },
    /// An attempt failed.
    StepError {
        /// The step.
        step: Step<'a>,
        /// Which attempt, from 1.
        attempt: u32,
        /// Why.
        error: Wrong<'a>,
    },
    /// An attempt follows a failed one.
    StepRetry {
        /// The step.
        step: Step<'a>,
        /// Which attempt begins, from 2.
        attempt: u32,
        /// Why the one before failed.
        error: Wrong<'a>,
    },
    /// The step is left for another one.
    StepJump {
        /// The step that is left.
        step: Step<'a>,
        /// The id of the other one.
        target: &'a str,
    },
    /// An action begins.
    ActionStart {
        /// The step it stands in.
        step: Step<'a>,
        /// Its name.
        action: &'a str,
        /// Its id in the result.
        id: &'a str,
    },
    /// An action ended.
    ActionEnd {
        /// The step it stands in.
        step: Step<'a>,
        /// Its name.
        action: &'a str,
        /// Its id in the result.
        id: &'a str,
        /// Milliseconds.
        elapsed_ms: u64,
        /// The rows there are, where its value counts any.
        #[serde(skip_serializing_if = "Option::is_none")]
        count: Option<i64>,
        /// Why it failed, if it did.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<Wrong<'a>>,
    },
    /// Files of the running scan.
    Progress {
        /// Files done.
        done: usize,
        /// Files there are.
        total: usize,
    },
    /// A line of the plan's output.
    Print {
        /// Without its end.
        line: &'a str,
    },
    /// The run was aborted.
    Abort {},
    /// The run is held.
    Pause {},
    /// The run goes on.
    Resume {},
    /// A step, or the plan where there is none, took too long.
    Timeout {
        /// The step.
        #[serde(skip_serializing_if = "Option::is_none")]
        step: Option<Step<'a>>,
    },
    /// The run's state changed.
    StateChange {
        /// What it is.
        #[schemars(schema_with = "states")]
        new: &'static str,
        /// What it was.
        #[schemars(schema_with = "states")]
        old: &'static str,
    },
}

/// An error in a line.
#[derive(Debug, Serialize, JsonSchema)]
struct Wrong<'a> {
    /// What policies and `error.kind` see: `io`, `limit`, `unknown_target`, …
    kind: &'static str,
    /// The stable code.
    code: &'static str,
    /// What is wrong.
    message: &'a str,
}

impl<'a> Wrong<'a> {
    fn of(fault: &'a Fault) -> Self {
        Self { kind: fault.kind.name(), code: fault.code.0, message: &fault.message }
    }
}

fn states(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"enum": State::ALL.map(State::name)})
}

fn statuses(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"enum": StepStatus::ALL.map(StepStatus::name)})
}

/// A step in a line.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Step<'a> {
    /// The id.
    step_id: &'a str,
    /// The description.
    #[serde(skip_serializing_if = "Option::is_none")]
    desc: Option<&'a str>,
    /// The `type` attribute.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    /// 1-based, depth first.
    order: u32,
    /// The enclosing step.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_step_id: Option<&'a str>,
    /// Descriptions from the root.
    path: Vec<&'a str>,
    /// 1 at the top.
    depth: u32,
    /// As written in `onError`.
    error_policy: String,
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

    fn write(&self, event: Event<'_>) {
        let time = jiff::Timestamp::now().to_string();
        let line = Line { run_id: &self.run_id, time, event };
        let mut text = serde_json::to_vec(&line).unwrap_or_default();
        text.push(b'\n');
        // Whoever reads the events may have gone; the plan goes on.
        let _ = self.out.lock().unwrap_or_else(PoisonError::into_inner).write_all(&text);
    }
}

impl Events for Sink {
    fn plan_start(&self) {
        self.write(Event::PlanStart {});
    }

    fn plan_end(&self, state: State) {
        self.write(Event::PlanEnd { status: state.name() });
    }

    fn step_start(&self, step: &StepInfo) {
        self.write(Event::StepStart { step: Step::of(step) });
    }

    fn step_end(&self, step: &StepInfo, status: StepStatus, result: &Value) {
        let result = serde_json::to_value(result).unwrap_or_default();
        self.write(Event::StepEnd { step: Step::of(step), status: status.name(), result });
    }

    fn step_error(&self, step: &StepInfo, attempt: u32, error: &Fault) {
        self.write(Event::StepError { step: Step::of(step), attempt, error: Wrong::of(error) });
    }

    fn step_retry(&self, step: &StepInfo, attempt: u32, error: &Fault) {
        self.write(Event::StepRetry { step: Step::of(step), attempt, error: Wrong::of(error) });
    }

    fn step_jump(&self, step: &StepInfo, target: &str) {
        self.write(Event::StepJump { step: Step::of(step), target });
    }

    fn action_start(&self, action: &ActionInfo<'_>) {
        let step = Step::of(action.step);
        self.write(Event::ActionStart { step, action: action.name, id: action.id });
    }

    fn action_end(
        &self,
        action: &ActionInfo<'_>,
        elapsed_ms: u64,
        count: Option<i64>,
        error: Option<&Fault>,
    ) {
        self.write(Event::ActionEnd {
            step: Step::of(action.step),
            action: action.name,
            id: action.id,
            elapsed_ms,
            count,
            error: error.map(Wrong::of),
        });
    }

    fn progress(&self, done: usize, total: usize) {
        self.write(Event::Progress { done, total });
    }

    fn print(&self, line: &str) {
        self.write(Event::Print { line });
    }

    fn abort(&self) {
        self.write(Event::Abort {});
    }

    fn pause(&self) {
        self.write(Event::Pause {});
    }

    fn resume(&self) {
        self.write(Event::Resume {});
    }

    fn timeout(&self, step: Option<&StepInfo>) {
        self.write(Event::Timeout { step: step.map(Step::of) });
    }

    fn state_change(&self, new: State, old: State) {
        self.write(Event::StateChange { new: new.name(), old: old.name() });
    }
}
