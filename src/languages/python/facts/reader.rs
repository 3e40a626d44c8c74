//! The state of the visitor and how records are appended. Knows no kind of node.

use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::{Ranged, TextRange};

use super::scopes::Frames;
use crate::facts::body::{Arg, Clause, Expr, ExprKind, expr};
use crate::facts::build::Builder;
use crate::facts::head::{Param, TypeParam, symbol};
use crate::facts::{BlockId, ExprId, Facts, Place, Run, Str};

/// Reads one file.
pub(super) struct Reader<'s> {
    pub(super) builder: Builder,
    pub(super) text: &'s str,
    /// All tokens, comments too.
    pub(super) tokens: &'s [Token],
    /// Flags that every expression gets now.
    pub(super) flags: u16,
    /// Whether a string is an annotation now.
    pub(super) strings_are_types: bool,
    /// How a name that is stored to is bound now, as flags of [`symbol`].
    pub(super) binds: u16,
    /// The block that statements stand in now.
    pub(super) block: BlockId,
    pub(super) frames: Frames,
    /// Where the bracket of the innermost call opens: it does not stand around its argument.
    pub(super) call_open: u32,
    /// Docstrings so far, in source order.
    pub(super) docs: Vec<Place>,
    /// Records whose owner is not complete yet.
    pub(super) pending: Pending,
    /// The end of the last expression, and whether a `)` follows it.
    followed: (u32, bool),
}

/// Records that must stand together once their owner is complete, as stacks: what an inner owner pushes it also takes.
#[derive(Default)]
pub(super) struct Pending {
    pub(super) kids: Vec<ExprId>,
    pub(super) args: Vec<Arg>,
    pub(super) clauses: Vec<Clause>,
    pub(super) params: Vec<Param>,
    pub(super) type_params: Vec<TypeParam>,
}

/// Where a node of ruff stands.
pub(super) fn place(range: TextRange) -> Place {
    Place::between(range.start().to_u32(), range.end().to_u32())
}

/// Moves what lies above `base` to the end of a table.
pub(super) fn settle<T>(pending: &mut Vec<T>, base: usize, table: &mut Vec<T>) -> Run {
    let lo = table.len();
    table.extend(pending.drain(base..));
    Run::between(lo, table.len())
}

impl<'s> Reader<'s> {
    pub(super) fn new(builder: Builder, text: &'s str, tokens: &'s [Token]) -> Self {
        Self {
            builder,
            text,
            tokens,
            flags: 0,
            strings_are_types: false,
            binds: symbol::ASSIGNED,
            block: BlockId::NONE,
            frames: Frames::default(),
            call_open: u32::MAX,
            docs: Vec::new(),
            pending: Pending::default(),
            followed: (u32::MAX, false),
        }
    }

    pub(super) fn finish(self) -> Facts {
        self.builder.finish()
    }

    pub(super) fn facts(&mut self) -> &mut Facts {
        &mut self.builder.facts
    }

    pub(super) fn intern(&mut self, text: &str) -> Str {
        self.builder.intern(text)
    }

    /// How many expressions there are: where a run of them begins or ends.
    pub(super) fn here(&self) -> usize {
        self.builder.facts.body.exprs.len()
    }

    /// The expressions since `lo`.
    pub(super) fn since(&self, lo: usize) -> Run {
        Run::between(lo, self.here())
    }

    /// Appends an expression.
    pub(super) fn push(&mut self, kind: ExprKind, a: u32, b: u32, range: TextRange) -> ExprId {
        self.push_flagged(kind, 0, [a, b], range)
    }

    /// Appends an expression with flags of its own.
    pub(super) fn push_flagged(
        &mut self,
        kind: ExprKind,
        flags: u16,
        [a, b]: [u32; 2],
        range: TextRange,
    ) -> ExprId {
        let place = place(range);
        let brackets = if self.is_bracketed(place) { expr::PARENTHESISED } else { 0 };
        let exprs = &mut self.builder.facts.body.exprs;
        exprs.push(Expr { kind, flags: flags | self.flags | brackets, a, b, place });
        ExprId::at(exprs.len() - 1)
    }

    /// Appends an expression whose kids lie above `base`.
    pub(super) fn push_many(
        &mut self,
        kind: ExprKind,
        flags: u16,
        base: usize,
        range: TextRange,
    ) -> ExprId {
        let kids = self.take_kids(base);
        self.push_flagged(kind, flags, [kids.lo, kids.n], range)
    }

    pub(super) fn take_kids(&mut self, base: usize) -> Run {
        settle(&mut self.pending.kids, base, &mut self.builder.facts.body.kids)
    }

    pub(super) fn take_args(&mut self, base: usize) -> Run {
        settle(&mut self.pending.args, base, &mut self.builder.facts.body.args)
    }

    /// Adds flags to an expression that is there already.
    pub(super) fn mark(&mut self, id: ExprId, flags: u16) {
        let expr = id.index().and_then(|index| self.builder.facts.body.exprs.get_mut(index));
        expr.into_iter().for_each(|expr| expr.flags |= flags);
    }

    /// Reads something whose expressions all get these flags.
    pub(super) fn under<T>(&mut self, flags: u16, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.flags;
        self.flags |= flags;
        let result = read(self);
        self.flags = before;
        result
    }

    /// Whether round brackets that are not those of a call stand around a place.
    fn is_bracketed(&mut self, place: Place) -> bool {
        if self.followed.0 != place.end() {
            let rest = self.text.as_bytes().get(place.end() as usize..).unwrap_or(&[]);
            self.followed = (place.end(), rest[blank(rest)..].first() == Some(&b')'));
        }
        self.followed.1 && self.bracket_before(place.at).is_some_and(|at| at != self.call_open)
    }

    /// The `(` that is the last token before a byte.
    fn bracket_before(&self, at: u32) -> Option<u32> {
        let before = self.text.as_bytes().get(..at as usize)?;
        let last = before.iter().rposition(|byte| !is_space(*byte))?;
        if before[last] == b'(' {
            return Some(last as u32);
        }
        // A comment may stand between, but only on a line before.
        before[last..].iter().find(|byte| matches!(byte, b'\n' | b'\r'))?;
        let end = self.tokens.partition_point(|token| token.start().to_u32() < at);
        let token = self.tokens.get(..end)?.iter().rfind(|token| !is_trivia(token.kind()))?;
        (token.kind() == TokenKind::Lpar).then(|| token.start().to_u32())
    }

    /// The first byte from `at` on that is neither blank nor in a comment.
    pub(super) fn next_code(&self, at: u32) -> u32 {
        let rest = self.text.as_bytes().get(at as usize..).unwrap_or(&[]);
        at + blank(rest) as u32
    }

    /// Where the first `wanted` from `at` on stands, before `end` and outside of comments; else `end`.
    pub(super) fn find(&self, wanted: u8, at: u32, end: u32) -> u32 {
        let mut at = self.next_code(at);
        while at < end {
            match self.text.as_bytes().get(at as usize) {
                Some(&byte) if byte == wanted => return at,
                Some(_) => at = self.next_code(at + 1),
                None => return end,
            }
        }
        end
    }
}

const fn is_trivia(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Comment | TokenKind::NonLogicalNewline)
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c')
}

/// How many bytes of blanks, comments and continued lines a text begins with.
fn blank(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match bytes.get(at) {
            Some(b'#') => {
                let rest = &bytes[at..];
                at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            }
            Some(b'\\') => at += 1,
            Some(&byte) if is_space(byte) => at += 1,
            _ => return at,
        }
    }
}
