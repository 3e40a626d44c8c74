//! Values as text: plain, as interpolation and `print` show them, and compact JSON.

use std::fmt;

use super::Value;

/// Strings as they are, `null` as `null`, the rest as compact JSON.
#[must_use]
pub fn plain(value: &Value) -> String {
    let mut text = String::new();
    push_plain(&mut text, value);
    text
}

/// Appends what [`plain`] gives.
pub fn push_plain(text: &mut String, value: &Value) {
    write_plain(text, value).expect("writing to a string does not fail");
}

/// Writes what [`plain`] gives, piece by piece.
///
/// # Errors
/// As the writer says.
pub fn write_plain<W: fmt::Write>(out: &mut W, value: &Value) -> fmt::Result {
    match value {
        Value::Str(text) => out.write_str(text),
        _ => write_json(out, value),
    }
}

/// Compact JSON.
#[must_use]
pub fn json(value: &Value) -> String {
    let mut text = String::new();
    write_json(&mut text, value).expect("writing to a string does not fail");
    text
}

/// Writes compact JSON, piece by piece.
///
/// # Errors
/// As the writer says.
pub fn write_json<W: fmt::Write>(out: &mut W, value: &Value) -> fmt::Result {
    serde_json::to_writer(Bytes(out), value).map_err(|_| fmt::Error)
}

/// JSON over several lines, indented by two blanks.
#[must_use]
pub fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value)
        .expect("keys are strings and a string takes all that is written")
}

/// Takes the bytes of a JSON writer, which writes whole characters at a time.
struct Bytes<'w, W>(&'w mut W);

impl<W: fmt::Write> std::io::Write for Bytes<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let text = std::str::from_utf8(bytes).map_err(std::io::Error::other)?;
        self.0.write_str(text).map_err(std::io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
