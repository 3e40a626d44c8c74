//! Comments: where one may begin, where it ends, and the division that only looks like one.

use std::collections::HashMap;
use std::collections::HashSet;

use super::scan::Scanner;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::lexing;
use crate::source::Span;
use crate::syntax::ast::Comment;
use crate::syntax::token::{Kind, Token};

/// Starts and ends of the block comments that are closed.
pub(super) type Closed = HashMap<usize, usize>;

impl Scanner<'_> {
    /// Reads a comment, if one begins here.
    pub(super) fn comment(&mut self) -> bool {
        let rest = self.rest();
        let block = rest.starts_with("/*");
        if !(block || rest.starts_with("//") || rest.starts_with('#'))
            || !self.comment_may_begin()
            || self.hole_in_line()
        {
            return false;
        }
        let lo = self.at;
        let end = if block { self.block_comment(lo) } else { self.line_end(lo) };
        let text = &self.text[lo..end];
        let own_line =
            self.text[self.line_start.min(lo)..lo].bytes().all(|b| b.is_ascii_whitespace());
        self.out.comments.push(Comment { text: text.into(), span: self.span(lo, end), own_line });
        self.at = end;
        if let Some(newline) = memchr::memrchr(b'\n', text.as_bytes()) {
            self.line_start = lo + newline + 1;
        }
        true
    }

    /// At the start of a line, after a blank, or after one of `{}()[],;`.
    fn comment_may_begin(&self) -> bool {
        let before = self.text.as_bytes()[..self.at].last();
        self.at == self.line_start
            || before.is_none_or(|b| b.is_ascii_whitespace() || b"{}()[],;".contains(b))
    }

    /// The end of the block comment at `lo`; the line's end if it is not closed.
    fn block_comment(&mut self, lo: usize) -> usize {
        if self.closed_comments.is_none() {
            if let Some(end) = block_end(self.text, lo) {
                return end;
            }
            self.closed_comments = Some(closed_from(self.text, lo));
        }
        if let Some(&end) = self.closed_comments.as_ref().and_then(|closed| closed.get(&lo)) {
            return end;
        }
        let end = self.line_end(lo);
        let fault = self.fault(lexing::OPEN_COMMENT, lo, lo + 2, "this comment is never closed");
        self.report(
            fault
                .help("close it with `*/`; each `/*` inside it needs its own")
                .fix(self.span(end, end), " */"),
        );
        end
    }
}

/// The end of the comment at `lo`, nested ones included.
fn block_end(text: &str, lo: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, open) in marks(text, lo) {
        depth = if open { depth + 1 } else { depth - 1 };
        if depth == 0 {
            return Some(at + 2);
        }
    }
    None
}

/// Every closed comment behind `lo`, in one pass.
fn closed_from(text: &str, lo: usize) -> Closed {
    let mut open = Vec::new();
    let mut closed = Closed::new();
    for (at, opens) in marks(text, lo) {
        if opens {
            open.push(at);
        } else if let Some(start) = open.pop() {
            closed.insert(start, at + 2);
        }
    }
    closed
}

/// The marks `/*` (true) and `*/` from `lo` on.
fn marks(text: &str, lo: usize) -> impl Iterator<Item = (usize, bool)> {
    let bytes = text.as_bytes();
    let mut at = lo;
    std::iter::from_fn(move || {
        loop {
            let star = at + memchr::memchr2(b'/', b'*', bytes.get(at..)?)?;
            match bytes.get(star..star + 2)? {
                b"/*" => {
                    at = star + 2;
                    return Some((star, true));
                }
                b"*/" => {
                    at = star + 2;
                    return Some((star, false));
                }
                _ => at = star + 1,
            }
        }
    })
}

/// Warns of `a // b`, where `b` is a number or a name the plan declares: a division was meant.
pub(super) fn warn_of_division(
    tokens: &[Token],
    comments: &[Comment],
    diagnostics: &mut Vec<Diagnostic>,
) {
    let suspects = comments.iter().filter(|c| !c.own_line && c.text.starts_with("//"));
    let mut names: Option<HashSet<_>> = None;
    for comment in suspects {
        let after = comment.text.trim_start_matches('/').trim();
        let word = after.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("");
        if word.is_empty()
            || !after[word.len()..].starts_with(|c: char| ".)]} ".contains(c))
                && word.len() < after.len()
        {
            continue;
        }
        let before = tokens.partition_point(|t| t.span.lo < comment.span.lo);
        let operand = before
            .checked_sub(1)
            .and_then(|i| tokens.get(i))
            .is_some_and(|t| t.kind.ends_operand());
        let number = word.len() == after.len() && word.bytes().all(|b| b.is_ascii_digit());
        let lone = after.split_whitespace().count() == 1;
        if operand
            && (number || lone && names.get_or_insert_with(|| declared(tokens)).contains(word))
        {
            let span = Span { hi: comment.span.lo + 2, ..comment.span };
            diagnostics.push(
                Diagnostic::warning(
                    lexing::COMMENT_NOT_DIVISION,
                    span,
                    "`//` begins a comment, so nothing is divided",
                )
                .help("use `/`: it gives an integer when the division is exact")
                .fix(span, "/"),
            );
        }
    }
}

/// The names that tokens declare.
fn declared(tokens: &[Token]) -> HashSet<std::sync::Arc<str>> {
    let pairs = tokens.iter().zip(tokens.iter().skip(1));
    pairs
        .filter(|(before, name)| {
            matches!(
                (before.kind, name.kind),
                (Kind::Var, Kind::Key) | (Kind::Arrow | Kind::Each, Kind::Word)
            )
        })
        .map(|(_, name)| name.word())
        .collect()
}
