//! What is wrong with a plan and how to mend it: one plain struct, built where the fault is found.
//! Rendering is `render` (people) and `json` (programs); the codes' explanations are `code`.

pub mod code;
pub mod fault;
pub mod fix;
pub mod json;
pub mod render;

use crate::source::Span;
pub use code::Code;
pub use fault::{Fault, Kind};

/// How grave a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The plan does not run.
    Error,
    /// The plan runs; something is probably not meant.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A replacement of text that mends the fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// The new text; empty for a deletion.
    pub text: String,
    /// Whether the meaning is certain, so that a program may apply it unasked.
    pub applicable: bool,
}

/// Another place that belongs to the fault, with a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What it shows.
    pub text: String,
}

/// One error or warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// Lower case, no full stop, names in backticks.
    pub message: String,
    /// The exact source.
    pub span: Span,
    /// Words at the span; the message says enough where there are none.
    pub label: Option<String>,
    /// Further places.
    pub related: Vec<Label>,
    /// The remedy.
    pub help: Option<String>,
    /// Replacements.
    pub suggestions: Vec<Suggestion>,
}

impl Diagnostic {
    /// An error at `span`.
    #[must_use]
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            span,
            label: None,
            related: Vec::new(),
            help: None,
            suggestions: Vec::new(),
        }
    }

    /// A warning at `span`.
    #[must_use]
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message) }
    }

    /// Adds words at the span.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = Some(text.into());
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push(Label { span, text: text.into() });
        self
    }

    /// Adds the remedy.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Adds a replacement whose meaning is certain.
    #[must_use]
    pub fn fix(mut self, span: Span, text: impl Into<String>) -> Self {
        self.suggestions.push(Suggestion { span, text: text.into(), applicable: true });
        self
    }

    /// Adds a replacement that a person should look at first.
    #[must_use]
    pub fn propose(mut self, span: Span, text: impl Into<String>) -> Self {
        self.suggestions.push(Suggestion { span, text: text.into(), applicable: false });
        self
    }

    /// Whether it keeps the plan from running.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The name of `names` nearest to `wanted`, if one is near enough to be a slip of the hand.
#[must_use]
pub fn nearest<'n>(wanted: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    near(wanted, names).into_iter().next()
}

/// Up to three names near to `wanted`, nearest first, ties in the order given.
#[must_use]
pub fn near<'n>(wanted: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let folded = wanted.to_lowercase().replace('-', "_");
    let limit = (folded.chars().count() / 3).max(1);
    let mut ranked: Vec<(usize, &str)> = names
        .into_iter()
        .filter(|name| *name != wanted)
        .filter_map(|name| {
            let other = name.to_lowercase().replace('-', "_");
            let distance = strsim::damerau_levenshtein(&folded, &other);
            let begins =
                folded.len() >= 3 && (other.starts_with(&folded) || folded.starts_with(&other));
            (distance <= limit || begins && other.len() >= 3).then_some((distance, name))
        })
        .collect();
    ranked.sort_by_key(|&(distance, _)| distance);
    ranked.dedup_by_key(|&mut (_, name)| name);
    ranked.into_iter().map(|(_, name)| name).take(3).collect()
}

/// `a`, `b` or `c`, each in backticks; for messages.
#[must_use]
pub fn either(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => format!("`{one}`"),
        [rest @ .., last] => {
            let rest: Vec<String> = rest.iter().map(|n| format!("`{n}`")).collect();
            format!("{} or `{last}`", rest.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_slips_not_guesses() {
        assert_eq!(near("serach", ["calls", "search", "q"]), ["search"]);
        assert_eq!(near("banana", ["calls", "search", "q"]), Vec::<&str>::new());
    }
}
