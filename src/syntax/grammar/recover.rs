//! How the grammar goes on behind a fault: it skips to the next place where something can begin, never past a bracket or
//! a statement. Each fault is recorded once.

use chumsky::error::{Error, LabelError};
use chumsky::input::InputRef;
use chumsky::prelude::*;
use chumsky::util::MaybeRef;

use super::{Extra, Input, Rule};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind};
use crate::syntax::token::{Kind, Kinds, Token};

/// Where a statement ends.
pub(super) const LINE_END: Kinds =
    Kinds::all(&[Kind::Newline, Kind::BlockClose, Kind::End, Kind::Eof]);
/// Where the head of a statement ends.
pub(super) const HEAD_END: Kinds = LINE_END.with(Kinds::of(Kind::BlockOpen));
/// Where an argument of an action ends.
pub(super) const ARGUMENT_END: Kinds = HEAD_END.with(Kinds::all(&[Kind::Key, Kind::Arrow]));
/// Where a value among others ends.
pub(super) const VALUE_END: Kinds = ARGUMENT_END.with(Kinds::of(Kind::Comma));
/// Where an entry inside brackets ends; every closing bracket does too.
pub(super) const ENTRY_END: Kinds = HEAD_END.with(Kinds::of(Kind::Comma));
/// Where the next entry may begin, be it without a comma.
pub(super) const NEXT_ENTRY: Kinds = ENTRY_END.with(super::expected::EXPR);

/// Why a rule did not match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Something else was expected.
    Expected,
    /// Two values stand side by side where a comma separates them.
    Comma,
    /// An entry of `return` has no name.
    Unnamed,
    /// The key of `jump` is not `to`.
    JumpKey,
    /// A dotted name behind `var`.
    DottedVar,
}

/// A fault of the grammar: at the token `at`, one of `kinds` was wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// What would have fitted.
    pub(super) kinds: Kinds,
    /// The index of the token that did not.
    pub(super) at: usize,
    /// Why.
    pub(super) reason: Reason,
}

impl Wanted {
    pub(super) const fn of(kinds: Kinds, at: usize) -> Self {
        Self { kinds, at, reason: Reason::Expected }
    }
}

impl<'t> Error<'t, Input<'t>> for Wanted {
    fn merge(self, other: Self) -> Self {
        Self { kinds: self.kinds.with(other.kinds), ..self }
    }
}

impl<'t, L> LabelError<'t, Input<'t>, L> for Wanted {
    fn expected_found<E: IntoIterator<Item = L>>(
        _: E,
        _: Option<MaybeRef<'t, Token>>,
        span: SimpleSpan,
    ) -> Self {
        Self::of(Kinds::default(), span.start)
    }
}

type Reader<'t, 'p> = InputRef<'t, 'p, Input<'t>, Extra<'t>>;

/// Matches without reading, if the next token is one of the kinds or, inside brackets, closes one.
pub(super) fn at<'t>(kinds: Kinds) -> Rule<'t, ()> {
    custom(move |input: &mut Reader<'t, '_>| match input.peek_ref() {
        Some(token) if kinds.holds(token.kind) || token.kind.closes() => Ok(()),
        _ => Err(Wanted::of(kinds, *input.cursor().inner())),
    })
    .boxed()
}

/// Matches without reading, if the next token is none of the kinds and closes nothing.
pub(super) fn not_at<'t>(kinds: Kinds) -> Rule<'t, ()> {
    custom(move |input: &mut Reader<'t, '_>| match input.peek_ref() {
        Some(token) if !kinds.holds(token.kind) && !token.kind.closes() => Ok(()),
        _ => Err(Wanted::of(Kinds::default(), *input.cursor().inner())),
    })
    .boxed()
}

/// Skips to the next token of the kinds, over whole brackets, never out of one; gives the place where it began.
pub(super) fn skip_to<'t>(kinds: Kinds) -> Rule<'t, Span> {
    custom(move |input: &mut Reader<'t, '_>| {
        let mut depth = 0_usize;
        let start = input.peek_ref().map_or_else(Span::default, |token: &Token| token.span.start());
        while let Some(token) = input.peek_ref() {
            if depth == 0 && (kinds.holds(token.kind) || token.kind.closes())
                || token.kind == Kind::Eof
            {
                break;
            }
            if token.kind.opens() {
                depth += 1;
            } else if token.kind.closes() {
                depth -= 1;
            }
            input.next_ref();
        }
        Ok(start)
    })
    .boxed()
}

/// The expression, or what stands in its place up to one of the kinds.
pub(super) fn required<'t>(expr: &Rule<'t, Expr>, end: Kinds) -> Rule<'t, Expr> {
    let missing = skip_to(end).map(|span| Expr { kind: ExprKind::Error, span });
    expr.clone().recover_with(via_parser(missing)).boxed()
}

/// One of the kinds must follow; what stands before it is skipped.
pub(super) fn clear<'t>(end: Kinds) -> Rule<'t, ()> {
    at(end).recover_with(via_parser(skip_to(end).ignored())).boxed()
}

/// A comma, or its place before the next value, which is a fault.
pub(super) fn comma<'t>() -> Rule<'t, ()> {
    comma_before(super::expected::EXPR)
}

/// A comma, or its place before one of the kinds, which is a fault.
pub(super) fn comma_before<'t>(next: Kinds) -> Rule<'t, ()> {
    custom(move |input: &mut Reader<'t, '_>| {
        let at = *input.cursor().inner();
        match input.peek_ref().map(|token: &Token| token.kind) {
            Some(Kind::Comma) => drop(input.next_ref()),
            Some(kind) if next.holds(kind) => {
                input.emit(Wanted {
                    reason: Reason::Comma,
                    ..Wanted::of(Kinds::of(Kind::Comma), at)
                });
            }
            _ => return Err(Wanted::of(Kinds::of(Kind::Comma), at)),
        }
        Ok(())
    })
    .boxed()
}

/// The token must follow; where it does not, nothing is skipped.
pub(super) fn expect<'t>(kind: Kind) -> Rule<'t, Option<&'t Token>> {
    super::just(kind).map(Some).recover_with(via_parser(empty().to(None))).boxed()
}
