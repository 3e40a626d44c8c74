//! Diagnostics for programs: the array that `--diagnostics json` prints.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Diagnostic, Suggestion};
use crate::source::{Sources, Span};

/// One diagnostic; what there is not is left out.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Row {
    /// The stable code.
    pub code: &'static str,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// What is wrong.
    pub message: String,
    /// The plan's file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The exact place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Place>,
    /// The remedy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Replacements.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<Replacement>,
}

/// A place in a plan.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Place {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// 1-based.
    pub line: u32,
    /// 1-based, in characters.
    pub col: u32,
    /// 1-based.
    pub end_line: u32,
    /// One past the last character, 1-based.
    pub end_col: u32,
}

/// A replacement of text that mends the fault.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Replacement {
    /// What is replaced; empty for an insertion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Place>,
    /// The new text; empty for a deletion.
    pub text: String,
    /// Whether the meaning is certain, so that a program may apply it unasked.
    pub applicable: bool,
}

/// One row a diagnostic.
#[must_use]
pub fn rows(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<Row> {
    diagnostics.iter().map(|diagnostic| row(diagnostic, sources)).collect()
}

fn row(diagnostic: &Diagnostic, sources: &Sources) -> Row {
    let file = sources.find(diagnostic.span.source).map(|source| source.name.to_string());
    Row {
        code: diagnostic.code.0,
        severity: diagnostic.severity.name(),
        message: diagnostic.message.clone(),
        file,
        span: place(diagnostic.span, sources),
        help: diagnostic.help.clone(),
        suggestions: diagnostic.suggestions.iter().map(|one| replacement(one, sources)).collect(),
    }
}

fn replacement(suggestion: &Suggestion, sources: &Sources) -> Replacement {
    let span = place(suggestion.span, sources);
    Replacement { span, text: suggestion.text.clone(), applicable: suggestion.applicable }
}

fn place(span: Span, sources: &Sources) -> Option<Place> {
    let source = sources.find(span.source)?;
    let (from, to) = (source.position(span.lo), source.position(span.hi));
    Some(Place {
        start: span.lo,
        end: span.hi,
        line: from.line,
        col: from.col,
        end_line: to.line,
        end_col: to.col,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::diagnostic::code::Code;
    use crate::source::{Source, SourceId};

    #[test]
    fn what_there_is_not_is_left_out() {
        let (sources, id) = Sources::single(Source::new("a.qp", "é = 1\n"));
        let fault = Diagnostic::error(Code("QP0000"), Span::new(id, 3, 4), "no");
        assert_eq!(
            serde_json::json!(rows(&[fault], &sources)),
            json!([{
                "code": "QP0000", "severity": "error", "message": "no", "file": "a.qp",
                "span": { "start": 3, "end": 4, "line": 1, "col": 3, "end_line": 1, "end_col": 4 },
            }])
        );
        let nowhere =
            Diagnostic::warning(Code("QP0000"), Span::new(SourceId(9), 0, 0), "no").help("yes");
        assert_eq!(
            serde_json::json!(rows(&[nowhere], &sources)),
            json!([{ "code": "QP0000", "severity": "warning", "message": "no", "help": "yes" }])
        );
    }
}
