//! What goes wrong while a plan runs. A fault meets the error policies of its steps; flow (`return`, `jump`, …) is none.

use std::num::NonZeroU32;

use super::Code;
use crate::source::Span;

/// The kind of a fault, as plans read it in `error.kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A value that an operator, function or action cannot take.
    Argument,
    /// A name that nothing in the repository carries.
    UnknownTarget,
    /// A file or stream that could not be read or written.
    Io,
    /// An effect that no flag allows.
    Permission,
    /// A peer that could not be reached.
    Network,
    /// A step or the plan took longer than it may.
    Timeout,
    /// A bound of the run: statements, jumps, memory, depth, recursion.
    Limit,
    /// Files that could not be scanned.
    Scan,
    /// An analysis that could not be carried out.
    Analysis,
    /// A failed `assert`.
    Assertion,
    /// A module of plans that failed.
    Module,
    /// A file that changed while the plan ran.
    ChangedDuringRun,
    /// The run was aborted from outside.
    Abort,
}

impl Kind {
    /// The kind a word names.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == word)
    }

    const ALL: [Self; 13] = [
        Self::Argument,
        Self::UnknownTarget,
        Self::Io,
        Self::Permission,
        Self::Network,
        Self::Timeout,
        Self::Limit,
        Self::Scan,
        Self::Analysis,
        Self::Assertion,
        Self::Module,
        Self::ChangedDuringRun,
        Self::Abort,
    ];

    /// The word plans compare with.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Argument => "argument",
            Self::UnknownTarget => "unknown_target",
            Self::Io => "io",
            Self::Permission => "permission",
            Self::Network => "network",
            Self::Timeout => "timeout",
            Self::Limit => "limit",
            Self::Scan => "scan",
            Self::Analysis => "analysis",
            Self::Assertion => "assertion",
            Self::Module => "module",
            Self::ChangedDuringRun => "changed_during_run",
            Self::Abort => "abort",
        }
    }
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its kind.
    pub kind: Kind,
    /// Its stable code.
    pub code: Code,
    /// Lower case, names in backticks.
    pub message: String,
    /// The remedy.
    pub help: Option<String>,
    /// The place in the plan; the statement's where the fault was raised without one.
    pub span: Option<Span>,
    /// The action that raised it.
    pub action: Option<&'static str>,
    /// The id of the innermost step it was raised in.
    pub step: Option<std::sync::Arc<str>>,
    /// The attempt of that step it was raised in, from 1.
    pub attempt: Option<NonZeroU32>,
    /// The calls of modules it has passed, innermost first: the module and the place of the call.
    pub trace: Vec<(&'static str, Span)>,
}

impl Fault {
    /// A fault without a place; the executor adds the statement's. A message that quotes a long text is cut: a plan may
    /// put an error into the next one for ever.
    #[must_use]
    pub fn new(kind: Kind, code: Code, message: impl Into<String>) -> Self {
        Self {
            kind,
            code,
            message: cut(message.into()),
            help: None,
            span: None,
            action: None,
            step: None,
            attempt: None,
            trace: Vec::new(),
        }
    }

    /// Adds the remedy.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(cut(text.into()));
        self
    }

    /// Gives it a place unless it has one.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }

    /// Names the action unless one is named.
    #[must_use]
    pub fn of(mut self, action: &'static str) -> Self {
        self.action.get_or_insert(action);
        self
    }

    /// It leaves a module: from here on it is the calling action's, and its trace tells where it came from.
    #[must_use]
    pub fn through(mut self, module: &'static str, call: Span) -> Self {
        self.trace.push((module, call));
        Self { action: Some(module), step: None, attempt: None, ..self }
    }

    /// Whether error policies and `ignoreErrors` see it: aborts and limits pass them all.
    #[must_use]
    pub fn meets_policy(&self) -> bool {
        !matches!(self.kind, Kind::Abort | Kind::Limit)
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} [{}]", self.message, self.code)
    }
}

impl std::error::Error for Fault {}

/// Bytes of a message that are kept.
const LONGEST: usize = 1 << 14;

fn cut(mut text: String) -> String {
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let fault = |text: String| Fault::new(Kind::Argument, Code("QP0000"), text).message;
        let long = fault("é".repeat(LONGEST));
        assert_eq!(long.len(), LONGEST + '…'.len_utf8());
        assert!(long.ends_with("é…"));
        assert_eq!(fault("é".to_owned()), "é");
    }
}
