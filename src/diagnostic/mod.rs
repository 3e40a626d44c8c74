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

    /// Adds `text` at `span` for the name that was probably meant: applicable only where the written one is a slip of it.
    #[must_use]
    pub fn mend(self, span: Span, written: &str, meant: &str, text: impl Into<String>) -> Self {
        if is_slip(written, meant) { self.fix(span, text) } else { self.propose(span, text) }
    }

    /// Asks whether one of the [`near`] names was meant, and mends a lone one, between `quote`s. Says nothing of none.
    #[must_use]
    pub fn did_you_mean(self, span: Span, written: &str, near: &[&str], quote: &str) -> Self {
        match near {
            [] => self,
            [one] => self.help(format!("did you mean `{one}`?")).mend(
                span,
                written,
                one,
                format!("{quote}{one}{quote}"),
            ),
            many => self.help(format!("did you mean {}?", either(many))),
        }
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

/// Up to three names near to `wanted`, nearest first, ties in the order given. Names of one or two letters are all near
/// to each other, so they are near to longer ones only.
#[must_use]
pub fn near<'n>(wanted: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    if wanted.len() > LONG {
        return Vec::new();
    }
    let folded = fold(wanted);
    let mut ranked: Vec<(usize, &str)> = names
        .into_iter()
        .filter(|name| *name != wanted && name.len() <= LONG)
        .filter_map(|name| Some((distance(&folded, name)?, name)))
        .collect();
    ranked.sort_by_key(|&(distance, _)| distance);
    ranked.dedup_by_key(|&mut (_, name)| name);
    ranked.into_iter().map(|(_, name)| name).take(3).collect()
}

/// Whether `written` is `meant` but for a slip of the hand, so that it can be mended unasked. A name that only begins
/// like another is often a name of its own, and one or two letters say too little.
#[must_use]
pub fn is_slip(written: &str, meant: &str) -> bool {
    if written.len() > LONG || meant.len() > LONG {
        return false;
    }
    let (written, meant) = (fold(written), fold(meant));
    let (letters, others) = (written.chars().count(), meant.chars().count());
    letters.min(others) >= 3
        && letters.abs_diff(others) <= reach(letters)
        && strsim::damerau_levenshtein(&written, &meant) <= reach(letters)
}

/// Bytes of a name, above which nothing is compared.
const LONG: usize = 200;

/// How far apart two names may be, one of which has so many letters.
fn reach(letters: usize) -> usize {
    (letters / 3).max(1)
}

fn fold(name: &str) -> String {
    name.to_lowercase().replace('-', "_")
}

/// How far a name is from a folded one; `None` where it is not near.
fn distance(folded: &str, name: &str) -> Option<usize> {
    let letters = folded.chars().count();
    let others = name.chars().count();
    let close = letters.abs_diff(others) <= reach(letters);
    if !close && letters.min(others) < 3 {
        return None;
    }
    let other = fold(name);
    let begins =
        letters.min(others) >= 3 && (other.starts_with(folded) || folded.starts_with(&other));
    if !close && !begins {
        return None;
    }
    let distance = strsim::damerau_levenshtein(folded, &other);
    let tiny = letters.max(others) < 3 && distance > 0;
    (!tiny && distance <= reach(letters) || begins).then_some(distance)
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

    #[test]
    fn a_letter_or_two_say_nothing() {
        assert_eq!(near("n", ["q", "x", "xs"]), Vec::<&str>::new());
        assert_eq!(near("fo", ["go", "foo"]), ["foo"]);
        assert!(!is_slip("fo", "foo") && !is_slip("n", "q"));
    }

    #[test]
    fn a_beginning_is_near_and_no_slip() {
        assert_eq!(near("max", ["maximum_depth"]), ["maximum_depth"]);
        assert!(!is_slip("max", "maximum_depth"));
        assert!(is_slip("serach", "search") && is_slip("Sig-Impct", "sig_impact"));
    }

    #[test]
    fn long_names_are_not_compared() {
        let long = "a".repeat(100_000);
        assert_eq!(near(&long, [long.as_str(), "a"]), Vec::<&str>::new());
        assert_eq!(near("aaaaaa", [long.as_str()]), Vec::<&str>::new());
    }
}
