//! Diagnostics for people; the only user of ariadne.

use std::collections::HashMap;
use std::ops::Range;

use ariadne::{Config, IndexType, Label, Report, ReportKind};

use super::{Diagnostic, Severity, fix};
use crate::source::{Source, SourceId, Sources, Span};

/// Whether the text carries escape sequences for colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// With colours.
    On,
    /// Plain text.
    Off,
}

/// So many are drawn; how many more there are is said.
const DRAWN: usize = 100;
/// Lines that are not over after so many bytes are not drawn.
const LONG: usize = 600;
/// Spans over more lines show their first.
const TALL: usize = 8;

/// The diagnostics with their sources, labels, help and the text that mends each; the first hundred of them.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, color: Color) -> String {
    let mut cache = Cache { sources, lines: HashMap::new() };
    let mut out = Vec::new();
    for diagnostic in diagnostics.iter().take(DRAWN) {
        let source = sources.find(diagnostic.span.source);
        match source.filter(|_| can_be_drawn(diagnostic, sources)) {
            // Writing to memory cannot fail; what a failure left is still text.
            Some(source) => {
                let report = report(diagnostic, source, sources, color);
                drop(report.write(&mut cache, &mut out));
            }
            None => out.extend_from_slice(plain(diagnostic, source).as_bytes()),
        }
    }
    if let Some(more) = diagnostics.len().checked_sub(DRAWN).filter(|more| *more > 0) {
        out.extend_from_slice(format!("and {more} more\n").as_bytes());
    }
    let text = String::from_utf8_lossy(&out);
    text.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

/// Whether the lines it would show are of a length that can be read.
fn can_be_drawn(diagnostic: &Diagnostic, sources: &Sources) -> bool {
    let spans = diagnostic.related.iter().map(|label| label.span).chain([diagnostic.span]);
    spans.flat_map(|span| [(span, span.lo), (span, span.hi)]).all(|(span, offset)| {
        let bytes = sources.find(span.source).map_or(&[][..], |source| source.text.as_bytes());
        let offset = (offset as usize).min(bytes.len());
        let before = &bytes[offset.saturating_sub(LONG)..offset];
        let after = &bytes[offset..bytes.len().min(offset + LONG)];
        let begins = before.len() < LONG || before.contains(&b'\n');
        begins && (after.len() < LONG || after.contains(&b'\n'))
    })
}

type Place = (SourceId, Range<usize>);

fn report<'d>(
    diagnostic: &'d Diagnostic,
    source: &Source,
    sources: &Sources,
    color: Color,
) -> Report<'d, Place> {
    let (kind, main) = match diagnostic.severity {
        Severity::Error => (ReportKind::Error, ariadne::Color::Red),
        Severity::Warning => (ReportKind::Warning, ariadne::Color::Yellow),
    };
    let config = Config::default().with_color(color == Color::On).with_index_type(IndexType::Byte);
    let words = diagnostic.label.as_deref().unwrap_or("here");
    let mut report = Report::build(kind, place(diagnostic.span, source))
        .with_config(config)
        .with_code(diagnostic.code)
        .with_message(&diagnostic.message)
        .with_label(
            Label::new(place(diagnostic.span, source)).with_message(words).with_color(main),
        );
    for label in &diagnostic.related {
        let Some(source) = sources.find(label.span.source) else { continue };
        let shown = Label::new(place(label.span, source))
            .with_message(&label.text)
            .with_color(ariadne::Color::Blue);
        report = report.with_label(shown);
    }
    let help: Vec<String> =
        diagnostic.help.iter().cloned().chain(mended(diagnostic, source)).collect();
    if !help.is_empty() {
        report = report.with_help(help.join("\n"));
    }
    report.finish()
}

/// The span as ariadne likes it: inside the text, at least one character wide where there is one, and not too tall.
fn place(span: Span, source: &Source) -> Place {
    let text = &*source.text;
    let lo = text.floor_char_boundary((span.lo as usize).min(text.len()));
    let mut hi = text.ceil_char_boundary((span.hi as usize).clamp(lo, text.len()));
    let mut lines = memchr::memchr_iter(b'\n', &text.as_bytes()[lo..hi]);
    if let Some(first) = lines.next().filter(|_| lines.count() >= TALL) {
        hi = lo + first;
    }
    let next = text[lo..].chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8);
    (span.source, lo..hi.max(lo + next))
}

/// The line as it should be, where all suggestions lie on it; else each suggestion by itself.
fn mended(diagnostic: &Diagnostic, source: &Source) -> Vec<String> {
    let Some(first) = diagnostic.suggestions.first() else { return Vec::new() };
    let (line, start) = line_of(source, first.span.lo);
    let end = start + line.len();
    let inside = |s: &super::Suggestion| {
        start <= s.span.lo as usize && s.span.hi as usize <= end && !s.text.contains('\n')
    };
    let certain = diagnostic.suggestions.iter().all(|s| s.applicable);
    if certain && line.len() <= LONG_LINE && diagnostic.suggestions.iter().all(inside) {
        let shift =
            |span: Span| Span { lo: span.lo - small(start), hi: span.hi - small(start), ..span };
        let mut moved = diagnostic.clone();
        moved.suggestions.iter_mut().for_each(|s| s.span = shift(s.span));
        let new = fix::apply(line, diagnostic.span.source, &[moved]);
        let new = new.trim();
        return vec![if new.is_empty() {
            "remove the line".to_owned()
        } else {
            format!("mended: `{new}`")
        }];
    }
    diagnostic.suggestions.iter().map(|s| by_itself(s, source)).collect()
}

/// Longer lines are not shown again.
const LONG_LINE: usize = 160;

fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// The line of an offset without its end, and where it begins.
fn line_of(source: &Source, offset: u32) -> (&str, usize) {
    let text = &*source.text;
    let offset = text.floor_char_boundary((offset as usize).min(text.len()));
    let start = text[..offset].rfind('\n').map_or(0, |n| n + 1);
    let line = text[start..].split('\n').next().unwrap_or("");
    (line.trim_end_matches('\r'), start)
}

fn by_itself(suggestion: &super::Suggestion, source: &Source) -> String {
    let old = source.slice(suggestion.span);
    let new = suggestion.text.trim();
    let line = source.position(suggestion.span.lo).line;
    let verb = if suggestion.applicable { "" } else { "perhaps " };
    match (old.is_empty(), new.is_empty()) {
        (true, _) => format!("{verb}insert `{new}` in line {line}"),
        (_, true) => format!("{verb}remove `{old}` in line {line}"),
        _ => format!("{verb}replace `{old}` with `{new}` in line {line}"),
    }
}

/// A diagnostic without a source, or in a line that is too long to be drawn.
fn plain(diagnostic: &Diagnostic, source: Option<&Source>) -> String {
    let help = diagnostic.help.as_ref().map_or(String::new(), |help| format!("  Help: {help}\n"));
    let severity = match diagnostic.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
    };
    let place = source.map_or(String::new(), |source| {
        let at = source.position(diagnostic.span.lo);
        format!("  at {}:{}:{}\n", source.name, at.line, at.col)
    });
    format!("[{}] {severity}: {}\n{place}{help}", diagnostic.code, diagnostic.message)
}

/// The texts as ariadne wants them, split into lines once.
struct Cache<'s> {
    sources: &'s Sources,
    lines: HashMap<SourceId, ariadne::Source<&'s str>>,
}

impl<'s> ariadne::Cache<SourceId> for Cache<'s> {
    type Storage = &'s str;

    fn fetch(&mut self, id: &SourceId) -> Result<&ariadne::Source<&'s str>, impl std::fmt::Debug> {
        let text: &'s str = self.sources.find(*id).map_or("", |source| &source.text);
        Ok::<_, std::convert::Infallible>(
            self.lines.entry(*id).or_insert_with(|| ariadne::Source::from(text)),
        )
    }

    fn display<'a>(&self, id: &'a SourceId) -> Option<impl std::fmt::Display + 'a> {
        self.sources.find(*id).map(|source| source.name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::code::Code;

    #[test]
    fn a_report_shows_the_source_the_help_and_the_mended_line() {
        let (sources, id) =
            Sources::single(Source::new("a.qp", "step \"é\" {\n  print a && b\n}\n"));
        let fault = Diagnostic::error(Code("QP0000"), Span::new(id, 22, 24), "unknown `&&`")
            .help("write `and`");
        let text = render(&[fault.fix(Span::new(id, 22, 24), "and")], &sources, Color::Off);
        assert_eq!(
            text,
            "\
[QP0000] Error: unknown `&&`
   ╭─[ a.qp:2:11 ]
   │
 2 │   print a && b
   │           ─┬
   │            ╰── here
   │
   │ Help: write `and`
   │       mended: `print a and b`
───╯
"
        );
    }

    #[test]
    fn places_outside_the_text_are_drawn_at_its_end() {
        let (sources, id) = Sources::single(Source::new("a.qp", "ab\n"));
        let fault = Diagnostic::error(Code("QP0000"), Span::new(id, 90, 99), "no");
        assert!(render(std::slice::from_ref(&fault), &sources, Color::On).contains("a.qp"));
        let nowhere = Diagnostic { span: Span::new(SourceId(7), 0, 0), ..fault };
        assert_eq!(render(&[nowhere], &sources, Color::Off), "[QP0000] Error: no\n");
    }

    #[test]
    fn long_lines_are_named_not_drawn_and_a_flood_is_cut_short() {
        let (sources, id) = Sources::single(Source::new("a.qp", "x ".repeat(1000)));
        let fault = Diagnostic::error(Code("QP0000"), Span::new(id, 1000, 1001), "no").help("yes");
        let text = render(std::slice::from_ref(&fault), &sources, Color::Off);
        assert_eq!(text, "[QP0000] Error: no\n  at a.qp:1:1001\n  Help: yes\n");
        assert!(render(&vec![fault; 150], &sources, Color::Off).ends_with("and 50 more\n"));
    }
}
