//! From what a run left behind to the report.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Loaded, Options, Settings, object};
use crate::action::{Engine, Stats};
use crate::diagnostic::Fault;
use crate::exec::Ended;
use crate::exec::journal::{ActionRecord, StepRecord};
use crate::report::{
    ActionReport, ErrorInfo, FileCounts, Report, RunInfo, SCHEMA, StepCounts, StepReport, Summary,
};
use crate::source::Sources;
use crate::step::event::StepStatus;
use crate::step::{Resolved, StepNode};
use crate::value::{Value, ops};

/// Builds the report; `began` is the wall clock and the steady one at the start.
#[must_use]
pub fn build(
    loaded: &Loaded,
    settings: &Settings,
    params: &[(Arc<str>, Value)],
    ended: Ended,
    engine: &dyn Engine,
    options: &Options,
    began: (jiff::Timestamp, Instant),
) -> Report {
    let steps = &loaded.steps;
    let context = options.with_context.then(|| ended.scope.snapshot());
    let journal = ended.journal;
    let complete = journal.actions.iter().all(is_complete) && ended.fault.is_none();
    Report {
        schema: SCHEMA,
        run: RunInfo {
            id: options.id.clone(),
            plan: loaded.name().to_owned(),
            root: settings.root.display().to_string(),
            title: settings.title.clone(),
            params: object(params),
            version: env!("CARGO_PKG_VERSION"),
            started: began.0.to_string(),
            elapsed_ms: millis(began.1.elapsed()),
        },
        status: ended.state.name(),
        error: ended.fault.as_ref().map(|fault| error(fault, &loaded.sources)),
        fault: ended.fault,
        summary: Summary {
            lang_scope: settings.lang.name(),
            steps: counts(&journal.steps),
            files: files(engine.stats()),
            scans: engine.stats().scans,
            parses_per_file: engine.stats().parses_per_file,
            complete,
            actions_dropped: journal.dropped,
            rows_dropped: journal.cut,
        },
        steps: steps
            .steps
            .iter()
            .zip(journal.steps)
            .map(|(node, record)| step(node, record, steps, &loaded.sources))
            .collect(),
        actions: journal
            .actions
            .into_iter()
            .map(|record| action(record, steps, &loaded.sources))
            .collect(),
        output: Vec::new(),
        context,
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Whether the action answered completely; an answer kept without its rows still says so.
fn is_complete(record: &ActionRecord) -> bool {
    match &record.outcome {
        Ok(value) => !matches!(ops::field(value, "complete"), Ok(Value::Bool(false))),
        Err(_) => false,
    }
}

fn error(fault: &Fault, sources: &Sources) -> ErrorInfo {
    ErrorInfo {
        code: fault.code.0,
        kind: fault.kind.name(),
        message: fault.message.clone(),
        step: fault.step.clone(),
        action: fault.action,
        span: fault.span.map_or(Value::Null, |span| sources.place(span)),
        help: fault.help.clone(),
    }
}

fn counts(records: &[StepRecord]) -> StepCounts {
    let of = |wanted: StepStatus| records.iter().filter(|record| record.status == wanted).count();
    StepCounts {
        total: records.len(),
        ok: of(StepStatus::Ok),
        error: of(StepStatus::Error),
        skipped: of(StepStatus::Skipped) + of(StepStatus::NotRun),
        partial: of(StepStatus::Partial),
    }
}

fn files(stats: Stats) -> Option<FileCounts> {
    (stats.scans > 0).then_some(FileCounts {
        in_scope: stats.in_scope,
        scanned: stats.scanned,
        parsed: stats.parsed,
        cached: stats.cached,
        unparsable: stats.unparsable,
        skipped: stats.skipped,
    })
}

fn step(node: &StepNode, record: StepRecord, steps: &Resolved, sources: &Sources) -> StepReport {
    StepReport {
        id: Arc::clone(&node.id),
        desc: node.desc.clone(),
        kind: node.kind.clone(),
        order: node.number,
        path: node.path.clone(),
        parent: node.parent.map(|parent| Arc::clone(&steps.node(parent).id)),
        status: record.status.name(),
        runs: record.runs,
        attempts: record.attempts,
        elapsed_ms: millis(record.elapsed),
        result: record.result,
        error: record.error.as_ref().map(|fault| error(fault, sources)),
        actions: record.actions,
    }
}

fn action(record: ActionRecord, steps: &Resolved, sources: &Sources) -> ActionReport {
    let (status, fault, value) = match record.outcome {
        Ok(value) => ("ok", None, value),
        Err(fault) => ("error", Some(error(&fault, sources)), Value::Null),
    };
    ActionReport {
        id: record.id,
        step: (record.step > 0).then(|| Arc::clone(&steps.node(record.step).id)),
        name: record.name,
        args: record.args,
        status,
        error: fault,
        elapsed_ms: millis(record.elapsed),
        value,
    }
}
