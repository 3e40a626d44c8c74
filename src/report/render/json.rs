//! The report as it is, `qplan.result/1`.

use std::io::Write;

use crate::report::Report;

/// Writes the report as indented JSON with a line's end.
///
/// # Errors
/// When the output cannot be written.
pub fn write(report: &Report, out: &mut dyn Write) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    out.write_all(b"\n")
}
