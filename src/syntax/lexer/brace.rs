//! The second pass: pairs the braces. A missing `}` is put in and one too many left out, where the indentation says so,
//! so that the fault stays in its block. Balanced plans pass untouched, however they are indented.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::lexing;
use crate::source::Span;
use crate::syntax::token::{Kind, Token};

/// What must be done to balance the braces.
#[derive(Debug, Default)]
struct Repair {
    /// Open braces (by index) with the token that a `}` is missing before; in order of that token.
    missing: Vec<(usize, usize)>,
    /// Closing braces that close nothing.
    extra: Vec<usize>,
}

impl Repair {
    fn len(&self) -> usize {
        self.missing.len() + self.extra.len()
    }
}

/// Returns the tokens with balanced braces.
pub(super) fn balance(
    text: &str,
    tokens: Vec<Token>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Token> {
    let plain = by_order(&tokens);
    if plain.len() == 0 {
        return tokens;
    }
    let indented = by_indent(&tokens, &plain);
    let repair = if indented.len() <= plain.len() { indented } else { plain };
    report(text, &tokens, &repair, diagnostics);
    apply(tokens, &repair)
}

/// Pairs by order alone.
fn by_order(tokens: &[Token]) -> Repair {
    let mut repair = Repair::default();
    let mut open = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::ObjectOpen => open.push(i),
            Kind::ObjectClose if open.pop().is_none() => repair.extra.push(i),
            _ => {}
        }
    }
    let end = tokens.len().saturating_sub(1);
    repair.missing = open.into_iter().rev().map(|i| (i, end)).collect();
    repair
}

/// Pairs with the help of the indentation, as far as `plain` says that something is missing or too much.
fn by_indent(tokens: &[Token], plain: &Repair) -> Repair {
    let mut repair = Repair::default();
    let mut open: Vec<(usize, u32)> = Vec::new();
    let mut indent = 0;
    let mut first = true;
    let mut strings = 0_usize;
    for (i, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::TemplateOpen => strings += 1,
            Kind::TemplateClose => strings = strings.saturating_sub(1),
            _ => {}
        }
        if first && token.kind != Kind::Newline {
            indent = token.col;
            // A line that is not inside the innermost open block, although it does not close it.
            while let Some(&(brace, opener)) = open.last()
                && repair.missing.len() < plain.missing.len()
                && is_outside(token, opener)
            {
                repair.missing.push((brace, i));
                open.pop();
            }
        }
        match token.kind {
            Kind::ObjectOpen => open.push((i, indent)),
            Kind::ObjectClose => {
                let deeper = first && open.last().is_none_or(|&(_, opener)| token.col > opener);
                if open.is_empty() || deeper && repair.extra.len() < plain.extra.len() {
                    repair.extra.push(i);
                } else {
                    open.pop();
                }
            }
            _ => {}
        }
        // Lines inside a string's hole say nothing.
        first = token.kind == Kind::Newline && strings == 0;
    }
    let end = tokens.len().saturating_sub(1);
    repair.missing.extend(open.into_iter().rev().map(|(i, _)| (i, end)));
    repair
}

/// Whether the first token of a line stands outside a block whose line begins at column `opener`.
fn is_outside(token: &Token, opener: u32) -> bool {
    match token.kind {
        Kind::ObjectClose => token.col < opener,
        Kind::ParenClose | Kind::ListClose | Kind::Eof => false,
        _ => token.col <= opener,
    }
}

fn report(text: &str, tokens: &[Token], repair: &Repair, diagnostics: &mut Vec<Diagnostic>) {
    let mut last = (usize::MAX, 0);
    for &(brace, before) in &repair.missing {
        let Some(open) = tokens.get(brace) else { continue };
        if last.0 != before {
            last = (before, line_end(text, behind(tokens, before)));
        }
        let place = Span { lo: last.1, hi: last.1, ..open.span };
        let indent = indent_of(text, open.span.lo);
        diagnostics.push(
            Diagnostic::error(lexing::OPEN_BRACKET, open.span, "`{` is never closed")
                .related(place, "a `}` is missing here")
                .help("close it with `}`")
                .fix(place, format!("\n{indent}}}")),
        );
    }
    for token in repair.extra.iter().filter_map(|&i| tokens.get(i)) {
        diagnostics.push(
            Diagnostic::error(lexing::STRAY_BRACKET, token.span, "`}` closes nothing")
                .help("remove it")
                .fix(token.span, ""),
        );
    }
}

/// The end of the last token before `before`.
fn behind(tokens: &[Token], before: usize) -> u32 {
    let earlier = tokens.get(..before).unwrap_or_default();
    earlier.iter().rev().find(|token| token.kind != Kind::Newline).map_or(0, |token| token.span.hi)
}

fn line_end(text: &str, from: u32) -> u32 {
    let rest = text.as_bytes().get(from as usize..).unwrap_or_default();
    let len = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    from + u32::try_from(len).unwrap_or(0)
}

/// The blanks that the line of `offset` begins with; none for lines of more than a few thousand bytes.
fn indent_of(text: &str, offset: u32) -> &str {
    const FAR: usize = 4096;
    let offset = offset as usize;
    let near = text.as_bytes().get(offset.saturating_sub(FAR)..offset).unwrap_or_default();
    let start = match memchr::memrchr(b'\n', near) {
        Some(newline) => offset - near.len() + newline + 1,
        None if near.len() < FAR => 0,
        None => return "",
    };
    let line = text.get(start..offset).unwrap_or("");
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

fn apply(tokens: Vec<Token>, repair: &Repair) -> Vec<Token> {
    let mut out = Vec::with_capacity(tokens.len() + repair.missing.len());
    let mut missing = repair.missing.iter().peekable();
    let mut extra = repair.extra.iter().peekable();
    for (i, token) in tokens.into_iter().enumerate() {
        while missing.next_if(|&&(_, before)| before == i).is_some() {
            let at = out.last().map_or(token.span, |last: &Token| last.span).end();
            out.push(token.put_in(Kind::ObjectClose, at));
        }
        if extra.next_if(|&&stray| stray == i).is_none() {
            out.push(token);
        }
    }
    out
}
