//! One screen: how the run ended, its steps, its actions' counts, what was looked at.

use std::io::Write;

use super::escape::visible;
use super::text::count;
use crate::report::{Report, StepReport};

/// Writes the summary.
///
/// # Errors
/// When the output cannot be written.
pub fn write(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    let title = report.run.title.as_deref().unwrap_or(&report.run.plan);
    writeln!(out, "{}: {} in {} ms", visible(title), report.status, report.run.elapsed_ms)?;
    for step in &report.steps {
        step_line(step, out)?;
        for action in report.actions.iter().filter(|action| step.actions.contains(&action.id)) {
            let indent = "  ".repeat(step.path.len() + 1);
            let what = match &action.error {
                Some(error) => format!("{} [{}]", error.message, error.code),
                None => count(&action.value),
            };
            writeln!(out, "{indent}{}: {}", visible(&action.id), visible(&what))?;
        }
    }
    if let Some(files) = &report.summary.files {
        let (scans, parses) = (report.summary.scans, report.summary.parses_per_file);
        writeln!(
            out,
            "files: {} in scope, {} scanned, {} parsed, {} cached, {} skipped; scans {scans}, parses per file {parses}, bytes read {}",
            files.in_scope,
            files.scanned,
            files.parsed,
            files.cached,
            files.skipped,
            report.summary.bytes_read
        )?;
    }
    Ok(())
}

fn step_line(step: &StepReport, out: &mut dyn Write) -> std::io::Result<()> {
    let indent = "  ".repeat(step.path.len());
    let name = step.desc.as_ref().unwrap_or(&step.id);
    writeln!(out, "{indent}{}: {}", visible(name), ended(step))
}

/// `ok, 3 runs, 2 attempts, 5 ms`.
pub(super) fn ended(step: &StepReport) -> String {
    let runs = if step.runs > 1 { format!(", {} runs", step.runs) } else { String::new() };
    let attempts =
        if step.attempts > 1 { format!(", {} attempts", step.attempts) } else { String::new() };
    format!("{}{runs}{attempts}, {} ms", step.status, step.elapsed_ms)
}
