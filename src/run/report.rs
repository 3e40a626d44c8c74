//! From what a run left behind to the report.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::findings::{self, Made};
use super::reference::References;
use super::{Findings, Loaded, Options, Settings, object, summary};
use crate::action::{Engine, Group, Registry, Stats};
use crate::diagnostic::Fault;
use crate::exec::Ended;
use crate::exec::journal::{ActionRecord, Journal, StepRecord};
use crate::report::finding::Section;
use crate::report::{
    ActionReport, Called, ErrorInfo, FileCounts, Report, RunInfo, SCHEMA, StepCounts, StepReport,
    Summary,
};
use crate::source::{Sources, Span};
use crate::step::event::StepStatus;
use crate::step::{Resolved, StepNode};
use crate::value::{Value, ops};

/// What a report is told of beside what the run came to.
pub struct Told<'a> {
    /// The plan.
    pub loaded: &'a Loaded,
    /// Where it looked.
    pub settings: &'a Settings,
    /// Its parameters.
    pub params: &'a [(Arc<str>, Value)],
    /// What was asked for.
    pub options: &'a Options,
    /// The repository.
    pub engine: &'a dyn Engine,
    /// The wall clock and the steady one at the start.
    pub began: (jiff::Timestamp, Instant),
}

/// Builds the report.
#[must_use]
pub fn build(told: &Told<'_>, mut ended: Ended) -> Report {
    ended.journal.sort();
    let sources = &told.loaded.sources;
    let steps = &told.loaded.steps;
    let made = match told.options.findings {
        Findings::Made => findings::make(&ended.journal.actions, steps, &told.loaded.registry),
        Findings::LeftOut => Made::default(),
    };
    let summary = summarised(told, &ended, &made);
    let references = References::new(&ended.journal.actions);
    let sections = made.sections.into_iter().chain(std::iter::repeat_with(Vec::new));
    let Ended { state, fault, mut journal, scope } = ended;
    let mut asked: HashMap<u32, Vec<Arc<str>>> = HashMap::new();
    for record in &journal.actions {
        asked.entry(record.step).or_default().push(Arc::clone(&record.id));
    }
    let nodes = steps.steps.iter().map(|node| {
        let mut record = journal.steps.remove(&node.number).unwrap_or_default();
        record.result = references.apply(record.result);
        let actions = asked.remove(&node.number).unwrap_or_default();
        step(node, record, actions, steps, sources)
    });
    let callers = callers(&journal.actions, &told.loaded.registry);
    let actions = journal.actions.into_iter().zip(sections).zip(callers);
    Report {
        schema: SCHEMA,
        run: info(told),
        status: state.name(),
        error: fault.as_ref().map(|fault| error(fault, sources)),
        fault,
        summary,
        steps: nodes.collect(),
        actions: actions
            .map(|((mut record, sections), called_by)| {
                record.args = references.apply(record.args);
                record.outcome = record.outcome.map(|value| references.own(&record.id, value));
                // The sections of an answer stand where its rows do.
                let has_rows = matches!(record.outcome, Ok(Value::Table(_)));
                let sections = if has_rows { sections } else { Vec::new() };
                ActionReport { called_by, ..action(record, sections, steps, sources) }
            })
            .collect(),
        findings: made.findings,
        output: Vec::new(),
        context: told.options.with_context.then(|| references.apply(scope.snapshot())),
    }
}

fn info(told: &Told<'_>) -> RunInfo {
    RunInfo {
        id: told.options.id.clone(),
        plan: told.loaded.name().to_owned(),
        root: told.settings.root.display().to_string(),
        title: told.settings.title.clone(),
        params: object(told.params),
        version: env!("CARGO_PKG_VERSION"),
        started: told.began.0.to_string(),
        elapsed_ms: millis(told.began.1.elapsed()),
    }
}

fn summarised(told: &Told<'_>, ended: &Ended, made: &Made) -> Summary {
    let (journal, stats) = (&ended.journal, told.engine.stats());
    let registry = &told.loaded.registry;
    let asked = summary::asked(&journal.actions, told.loaded.steps.steps.len(), registry);
    let (mode, query) = asked.unzip();
    Summary {
        mode,
        query,
        lang_scope: told.settings.lang.name(),
        languages: summary::languages(&made.findings),
        steps: counts(told.loaded, journal),
        findings: made.findings.len(),
        findings_dropped: made.dropped,
        files: files(stats),
        scans: stats.scans,
        parses_per_file: stats.parses_per_file,
        bytes_read: stats.bytes_read,
        complete: journal.actions.iter().all(is_complete) && ended.fault.is_none(),
        actions_dropped: journal.dropped,
        rows_dropped: journal.cut,
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
    let call =
        |&(module, span): &(&'static str, Span)| Called { module, span: sources.place(span) };
    ErrorInfo {
        trace: fault.trace.iter().map(call).collect(),
        code: fault.code.0,
        kind: fault.kind.name(),
        message: fault.message.clone(),
        step: fault.step.clone(),
        action: fault.action,
        span: fault.span.map_or(Value::Null, |span| sources.place(span)),
        help: fault.help.clone(),
    }
}

fn counts(loaded: &Loaded, journal: &Journal) -> StepCounts {
    let status = |node: &StepNode| {
        journal.steps.get(&node.number).map_or(StepStatus::NotRun, |record| record.status)
    };
    let nodes = &loaded.steps.steps;
    let of = |wanted: StepStatus| nodes.iter().filter(|node| status(node) == wanted).count();
    StepCounts {
        total: nodes.len(),
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

fn step(
    node: &StepNode,
    record: StepRecord,
    actions: Vec<Arc<str>>,
    steps: &Resolved,
    sources: &Sources,
) -> StepReport {
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
        actions,
    }
}

fn action(
    record: ActionRecord,
    sections: Vec<Section>,
    steps: &Resolved,
    sources: &Sources,
) -> ActionReport {
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
        called_by: None,
        sections,
    }
}

/// For each action the call of a module that it ran for; its id comes before the action's own.
fn callers(records: &[ActionRecord], registry: &Registry) -> Vec<Option<Arc<str>>> {
    let is_module = |name| registry.find(name).is_some_and(|action| action.group == Group::Module);
    let modules = records.iter().filter(|record| is_module(record.name));
    let modules: HashSet<Arc<str>> = modules.map(|record| Arc::clone(&record.id)).collect();
    let caller = |record: &ActionRecord| {
        let mut dots = record.id.rmatch_indices('.').map(|(at, _)| at);
        dots.find_map(|at| modules.get(&record.id[..at])).cloned()
    };
    records.iter().map(caller).collect()
}
