//! Error policies as text: `retry=3, delay=200ms, jump='cleanup'`. What they do is `control`.

use std::ops::Range;

use super::{Last, Policy};
use crate::diagnostic::{Diagnostic, code::names::POLICY, near};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, Text};
use crate::value::duration::{self, Certainty};

const FORM: &str = "write `fail`, `continue`, `jump='id'`, or `retry=3`, `retry=3, delay=200ms, backoff=2` \
                    with one of these behind it";

/// The policy that the value of `onError` spells.
///
/// # Errors
/// Everything that is wrong with it, at its place inside the string.
pub fn parse(value: &Expr) -> Result<Policy, Vec<Diagnostic>> {
    match &value.kind {
        ExprKind::Text(text) => Reader::new(text, value.span).read(),
        ExprKind::Name(word) if &**word == "fail" => {
            Ok(Policy { backoff: 1.0, ..Policy::default() })
        }
        ExprKind::Name(word) if &**word == "continue" => {
            Ok(Policy { backoff: 1.0, last: Last::Continue, ..Policy::default() })
        }
        ExprKind::Error => Ok(Policy::default()),
        ExprKind::Template(_) => Err(vec![
            Diagnostic::error(POLICY, value.span, "`onError` cannot be computed").help(FORM),
        ]),
        _ => Err(vec![
            Diagnostic::error(POLICY, value.span, "expected an error policy in quotes").help(FORM),
        ]),
    }
}

/// One part of a policy: `word` or `word=value`, as ranges of the decoded text.
struct Part {
    word: Range<usize>,
    value: Option<Range<usize>>,
    whole: Range<usize>,
}

struct Reader<'a> {
    text: &'a Text,
    span: Span,
    policy: Policy,
    /// What has been read, in words for messages.
    seen: Vec<&'static str>,
    wrong: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a Text, span: Span) -> Self {
        let policy = Policy { backoff: 1.0, ..Policy::default() };
        Self { text, span, policy, seen: Vec::new(), wrong: Vec::new() }
    }

    fn read(mut self) -> Result<Policy, Vec<Diagnostic>> {
        if self.text.value.trim().is_empty() {
            return Err(vec![
                Diagnostic::error(POLICY, self.span, "the error policy is empty").help(FORM),
            ]);
        }
        for range in split(&self.text.value) {
            match self.part(range) {
                Ok(part) => self.take(&part),
                Err(diagnostic) => self.wrong.push(*diagnostic),
            }
        }
        if self.wrong.is_empty() { Ok(self.policy) } else { Err(self.wrong) }
    }

    fn slice(&self, range: &Range<usize>) -> &'a str {
        self.text.value.get(range.clone()).unwrap_or("")
    }

    fn place(&self, range: &Range<usize>) -> Span {
        let ends = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.text.map.span(self.span.source, ends(range.start)..ends(range.end))
    }

    fn error(&self, range: &Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(POLICY, self.place(range), message)
    }

    fn part(&self, whole: Range<usize>) -> Result<Part, Box<Diagnostic>> {
        let text = self.slice(&whole);
        if text.is_empty() {
            return Err(Box::new(
                self.error(&whole, "a comma without anything behind it").help(FORM),
            ));
        }
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        let word = whole.start..whole.start + end;
        let rest = text[end..].trim_start();
        if rest.is_empty() {
            return Ok(Part { word, value: None, whole });
        }
        if let Some(value) = rest.strip_prefix('=') {
            let value = value.trim_start();
            return Ok(Part { word, value: Some(whole.end - value.len()..whole.end), whole });
        }
        let value =
            rest.trim_matches(|c: char| c == ':' || c == '(' || c == ')' || c.is_whitespace());
        let mut diagnostic =
            self.error(&whole, format!("expected `=` behind `{}`", &text[..end])).help(FORM);
        if matches!(&text[..end], "retry" | "delay" | "backoff" | "jump") && !value.is_empty() {
            diagnostic = diagnostic.fix(self.place(&whole), format!("{}={value}", &text[..end]));
        }
        Err(Box::new(diagnostic))
    }

    fn take(&mut self, part: &Part) {
        let word = self.slice(&part.word);
        let known = ["retry", "delay", "backoff", "fail", "continue", "jump"]
            .into_iter()
            .find(|k| *k == word);
        let Some(word) = known else {
            let diagnostic = self.unknown(part, word);
            self.wrong.push(diagnostic);
            return;
        };
        let outcome = self.order(part, word).and_then(|()| match word {
            "fail" => self.bare(part, Last::Fail),
            "continue" => self.bare(part, Last::Continue),
            "jump" => self.jump(part),
            _ => self.number(part, word),
        });
        self.seen.push(word);
        self.wrong.extend(outcome.err().map(|diagnostic| *diagnostic));
    }

    /// `retry` comes first, `delay` and `backoff` behind it, one end last.
    fn order(&self, part: &Part, word: &str) -> Result<(), Box<Diagnostic>> {
        let message = if self.seen.contains(&word) {
            format!("`{word}` is given twice")
        } else if let Some(end) =
            self.seen.iter().find(|seen| matches!(**seen, "fail" | "continue" | "jump"))
        {
            format!("nothing can follow `{end}`, found `{word}`")
        } else if matches!(word, "delay" | "backoff") && !self.seen.contains(&"retry") {
            format!("`{word}` needs `retry` before it")
        } else {
            return Ok(());
        };
        Err(Box::new(self.error(&part.whole, message).help(FORM)))
    }

    fn bare(&mut self, part: &Part, last: Last) -> Result<(), Box<Diagnostic>> {
        if part.value.is_some() {
            let word = self.slice(&part.word);
            let message = format!("`{word}` takes no value");
            return Err(Box::new(
                self.error(&part.whole, message).fix(self.place(&part.whole), word),
            ));
        }
        self.policy.last = last;
        Ok(())
    }

    fn jump(&mut self, part: &Part) -> Result<(), Box<Diagnostic>> {
        let id = part.value.as_ref().map_or("", |value| unquoted(self.slice(value)));
        let fits = |c: char| c == '-' || unicode_ident::is_xid_continue(c);
        if id.is_empty() || !id.chars().all(fits) {
            let diagnostic = self.error(&part.whole, "`jump` needs the id of a step");
            return Err(Box::new(diagnostic.help("write `jump='id'`")));
        }
        self.policy.last = Last::Jump(id.into());
        Ok(())
    }

    fn number(&mut self, part: &Part, word: &str) -> Result<(), Box<Diagnostic>> {
        let Some(value) = &part.value else {
            let help = format!("write `{word}={}`", example(word));
            return Err(Box::new(
                self.error(&part.whole, format!("`{word}` needs a value")).help(help),
            ));
        };
        let text = self.slice(value);
        let taken = match word {
            "retry" => text.replace('_', "").parse().map(|n| self.policy.retries = n).is_ok(),
            "delay" => duration::parse(text).map(|d| self.policy.delay = d).is_some(),
            _ => factor(text).map(|f| self.policy.backoff = f).is_some(),
        };
        if taken { Ok(()) } else { Err(Box::new(self.bad_value(part, value, word))) }
    }

    fn bad_value(&self, part: &Part, value: &Range<usize>, word: &str) -> Diagnostic {
        let text = self.slice(value);
        let expected = match word {
            "retry" => "a whole number",
            "delay" => "a duration",
            _ => "a number above zero",
        };
        let place = if text.is_empty() { &part.whole } else { value };
        let found = if text.is_empty() { "nothing".to_owned() } else { format!("`{text}`") };
        if let Some(fixed) = with_commas(text) {
            return self
                .error(place, format!("a comma is missing in `{word}={text}`"))
                .help(FORM)
                .fix(self.place(value), fixed);
        }
        let diagnostic = self
            .error(place, format!("expected {expected} for `{word}`, found {found}"))
            .help(format!("write `{word}={}`", example(word)));
        let bare = unquoted(text);
        match duration::guess(bare).filter(|_| word == "delay") {
            Some((guess, Certainty::Certain)) => diagnostic.fix(self.place(value), guess),
            Some((guess, Certainty::Likely)) => diagnostic.propose(self.place(value), guess),
            None => diagnostic,
        }
    }

    fn unknown(&self, part: &Part, word: &str) -> Diagnostic {
        let shown = if word.is_empty() { self.slice(&part.whole) } else { word };
        let diagnostic =
            self.error(&part.whole, format!("`{shown}` is no part of an error policy"));
        let meant = match word {
            "ignore" | "resume" | "skip" => vec!["continue"],
            "abort" | "stop" | "throw" | "raise" => vec!["fail"],
            "goto" | "step" => vec!["jump"],
            _ => {
                let near = near(word, ["fail", "continue", "retry", "jump", "delay", "backoff"]);
                if !near.is_empty() {
                    return diagnostic.did_you_mean(self.place(&part.word), word, &near, "");
                }
                near
            }
        };
        match meant.as_slice() {
            [one] => {
                diagnostic.help(format!("did you mean `{one}`?")).fix(self.place(&part.word), *one)
            }
            _ => diagnostic.help(FORM),
        }
    }
}

fn example(word: &str) -> &'static str {
    match word {
        "retry" => "3",
        "delay" => "200ms",
        _ => "2",
    }
}

/// `3 continue` as `3, continue`: with a comma before each word that begins a part of its own.
fn with_commas(text: &str) -> Option<String> {
    let parts = ["retry=", "delay=", "backoff=", "jump="];
    let mut pieces = text.split_whitespace();
    let mut fixed = pieces.next()?.to_owned();
    for piece in pieces {
        let begins = matches!(piece, "fail" | "continue")
            || parts.iter().any(|part| piece.len() > part.len() && piece.starts_with(part));
        if !begins {
            return None;
        }
        fixed += ", ";
        fixed += piece;
    }
    (fixed != text).then_some(fixed)
}

fn factor(text: &str) -> Option<f64> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    text.replace('_', "").parse().ok().filter(|f: &f64| f.is_finite() && *f > 0.0)
}

fn unquoted(text: &str) -> &str {
    let inside = |quote| text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inside('\'').or_else(|| inside('"')).unwrap_or(text).trim()
}

/// The trimmed ranges between commas.
fn split(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut from = 0;
    for piece in text.split(',') {
        let lead = piece.len() - piece.trim_start().len();
        let body = piece.trim();
        parts.push(from + lead..from + lead + body.len());
        from += piece.len() + 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::source::{OffsetMap, SourceId};

    fn text(value: &str) -> Expr {
        let hi = u32::try_from(value.len()).expect("short") + 2;
        let text =
            Text { raw: format!("\"{value}\"").into(), value: value.into(), map: OffsetMap::at(1) };
        Expr { kind: ExprKind::Text(text), span: Span::new(SourceId(0), 0, hi) }
    }

    fn wrong(value: &str) -> (String, String) {
        let diagnostics = parse(&text(value)).expect_err("the policy is wrong");
        assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
        let quoted = format!("\"{value}\"");
        (diagnostics[0].message.clone(), quoted[diagnostics[0].span.range()].to_owned())
    }

    #[test]
    fn every_part_of_a_policy_is_read() {
        let policy =
            parse(&text("retry=3, delay=200ms, backoff=2, jump='cleanup'")).expect("right");
        assert_eq!(policy.retries, 3);
        assert_eq!(policy.delay, Duration::from_millis(200));
        assert!((policy.backoff - 2.0).abs() < f64::EPSILON);
        assert_eq!(policy.last, Last::Jump("cleanup".into()));
    }

    #[test]
    fn the_id_of_a_jump_may_be_bare_or_quoted() {
        for written in ["jump=a", "jump = 'a'", "jump=\"a\""] {
            assert_eq!(
                parse(&text(written)).expect("right").last,
                Last::Jump("a".into()),
                "{written}"
            );
        }
    }

    #[test]
    fn a_fault_is_shown_where_it_is_inside_the_string() {
        assert_eq!(wrong("retry=three").1, "three");
        assert_eq!(wrong("retry=2, dely=1s").1, "dely=1s");
        assert_eq!(
            wrong("fail, continue"),
            ("nothing can follow `fail`, found `continue`".into(), "continue".into())
        );
        assert_eq!(wrong("retry=1, retry=2"), ("`retry` is given twice".into(), "retry=2".into()));
        assert_eq!(
            wrong("delay=1s"),
            ("`delay` needs `retry` before it".into(), "delay=1s".into())
        );
        assert_eq!(wrong("jump="), ("`jump` needs the id of a step".into(), "jump=".into()));
        assert_eq!(wrong("retry 3").0, "expected `=` behind `retry`");
        assert_eq!(wrong("").0, "the error policy is empty");
    }

    #[test]
    fn any_text_is_read_without_a_panic() {
        for odd in [",", "=", "é=ü, ,", "retry=99999999999", "jump='", "backoff=nan", "((("] {
            assert!(parse(&text(odd)).is_err(), "{odd}");
        }
    }
}
