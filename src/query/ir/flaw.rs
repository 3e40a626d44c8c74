//! What can be wrong with an embedded text, and the values of one with their places.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Code, Fault, Kind, Severity};
use crate::source::{OffsetMap, SourceId};

/// Something wrong in an embedded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Error or warning.
    pub severity: Severity,
    /// The stable code.
    pub code: Code,
    /// Lower case, names in backticks.
    pub message: String,
    /// The remedy.
    pub help: Option<String>,
    /// New text for `range`, where the meaning is certain.
    pub fix: Option<String>,
}

impl Flaw {
    /// An error.
    #[must_use]
    pub fn error(code: Code, range: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            range,
            severity: Severity::Error,
            code,
            message: message.into(),
            help: None,
            fix: None,
        }
    }

    /// A warning.
    #[must_use]
    pub fn warning(code: Code, range: Range<usize>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, range, message) }
    }

    /// Adds the remedy.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Adds the new text for the range.
    #[must_use]
    pub fn fix(mut self, text: impl Into<String>) -> Self {
        self.fix = Some(text.into());
        self
    }

    /// The fault it is where the text was only known when the plan ran.
    #[must_use]
    pub fn fault(self) -> Fault {
        let fault = Fault::new(Kind::Argument, self.code, self.message);
        match self.help {
            Some(help) => fault.help(help),
            None => fault,
        }
    }

    /// The same flaw of a text that lies inside another one.
    #[must_use]
    pub fn inside(mut self, value: &Value) -> Self {
        self.range = value.outer(self.range);
        self
    }
}

/// A decoded value and where it stands in the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// What it says.
    pub text: Arc<str>,
    /// Bytes of the query, quotes included.
    pub range: Range<usize>,
    /// From the decoded text to the query.
    pub map: OffsetMap,
}

impl Value {
    /// A value that is a whole text of its own.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self { text: text.into(), range: 0..text.len(), map: OffsetMap::at(0) }
    }

    /// A part of the value as a value of its own.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Self {
        let from = u32::try_from(range.start).unwrap_or(u32::MAX);
        Self {
            text: self.text.get(range.clone()).unwrap_or("").into(),
            range: self.outer(range),
            map: self.map.part(from),
        }
    }

    /// The range of the query that a range of the decoded text comes from.
    #[must_use]
    pub fn outer(&self, range: Range<usize>) -> Range<usize> {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let span = self.map.span(SourceId::default(), number(range.start)..number(range.end));
        span.range()
    }
}
