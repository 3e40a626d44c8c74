//! Diagnostics for programs: the array that `--diagnostics json` prints.

use serde_json::{Map, Value, json};

use super::{Diagnostic, Suggestion};
use crate::source::{Sources, Span};

/// One object a diagnostic: `{code, severity, message, file, span, help, suggestions}`; what there is not is left out.
#[must_use]
pub fn json(diagnostics: &[Diagnostic], sources: &Sources) -> Value {
    diagnostics.iter().map(|diagnostic| one(diagnostic, sources)).collect()
}

fn one(diagnostic: &Diagnostic, sources: &Sources) -> Value {
    let mut object = Map::new();
    object.insert("code".into(), diagnostic.code.0.into());
    object.insert("severity".into(), diagnostic.severity.name().into());
    object.insert("message".into(), diagnostic.message.clone().into());
    if let Some(source) = sources.find(diagnostic.span.source) {
        object.insert("file".into(), (*source.name).into());
        object.insert("span".into(), span(diagnostic.span, sources));
    }
    if let Some(help) = &diagnostic.help {
        object.insert("help".into(), help.clone().into());
    }
    if !diagnostic.suggestions.is_empty() {
        let all = diagnostic
            .suggestions
            .iter()
            .map(|suggestion| replacement(suggestion, sources))
            .collect();
        object.insert("suggestions".into(), all);
    }
    Value::Object(object)
}

fn replacement(suggestion: &Suggestion, sources: &Sources) -> Value {
    json!({
        "span": span(suggestion.span, sources),
        "text": suggestion.text,
        "applicable": suggestion.applicable,
    })
}

/// Byte offsets, and lines and columns from 1, columns in characters; `end` and `end_col` are one past the last.
fn span(span: Span, sources: &Sources) -> Value {
    let mut object = Map::new();
    object.insert("start".into(), span.lo.into());
    object.insert("end".into(), span.hi.into());
    if let Some(source) = sources.find(span.source) {
        let (from, to) = (source.position(span.lo), source.position(span.hi));
        object.insert("line".into(), from.line.into());
        object.insert("col".into(), from.col.into());
        object.insert("end_line".into(), to.line.into());
        object.insert("end_col".into(), to.col.into());
    }
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::code::Code;
    use crate::source::{Source, SourceId};

    #[test]
    fn what_there_is_not_is_left_out() {
        let (sources, id) = Sources::single(Source::new("a.qp", "é = 1\n"));
        let fault = Diagnostic::error(Code("QP0000"), Span::new(id, 3, 4), "no");
        assert_eq!(
            json(&[fault], &sources),
            json!([{
                "code": "QP0000", "severity": "error", "message": "no", "file": "a.qp",
                "span": { "start": 3, "end": 4, "line": 1, "col": 3, "end_line": 1, "end_col": 4 },
            }])
        );
        let nowhere =
            Diagnostic::warning(Code("QP0000"), Span::new(SourceId(9), 0, 0), "no").help("yes");
        assert_eq!(
            json(&[nowhere], &sources),
            json!([{ "code": "QP0000", "severity": "warning", "message": "no", "help": "yes" }])
        );
    }
}
