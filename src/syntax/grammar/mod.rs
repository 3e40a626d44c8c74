//! The grammar over tokens, each production of `grammar/qplan.ebnf` a function of its name; the only user of chumsky.
//! Every alternative is chosen by its first token, and the lexer has balanced the brackets: so parsing is linear, and
//! what is wrong in one statement ends with it.

mod expected;
mod explain;
mod expression;
mod literal;
mod plan;
mod recover;
mod statement;
mod step;

use chumsky::input::MapExtra;
use chumsky::prelude::*;

use super::ast;
use super::token::{Kind, Kinds, Token};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
pub(crate) use recover::{Reason, Wanted};

/// What the grammar reads.
type Input<'t> = &'t [Token];
/// What it keeps on the way.
type Extra<'t> = extra::Err<Wanted>;
/// A rule.
type Rule<'t, T> = Boxed<'t, 't, Input<'t>, T, Extra<'t>>;
/// What a rule's map sees of the input.
type Here<'t, 'b> = MapExtra<'t, 'b, Input<'t>, Extra<'t>>;

/// The tree of a file; what is wrong with it goes to `diagnostics`.
pub(super) fn parse(text: &str, tokens: &[Token], diagnostics: &mut Vec<Diagnostic>) -> ast::Block {
    let (block, errors) = plan::file().parse(tokens).into_output_errors();
    // What the lexer could not read leaves a gap; that it is one need not be said twice.
    let faults = diagnostics.iter().filter(|fault| fault.is_error());
    let mut gaps: Vec<u32> = faults.map(|fault| fault.span.lo).collect();
    gaps.sort_unstable();
    let mut said = None;
    for wanted in errors {
        let before =
            wanted.at.checked_sub(1).and_then(|i| tokens.get(i)).map_or(0, |token| token.span.hi);
        let after = tokens.get(wanted.at).map_or(u32::MAX, |token| token.span.lo);
        let gap =
            gaps.get(gaps.partition_point(|&gap| gap < before)).is_some_and(|&gap| gap <= after);
        if !gap {
            diagnostics.extend(explain::explain(text, tokens, wanted, said));
        }
        said = Some(wanted.at);
    }
    block.unwrap_or_default()
}

/// The next token, if it is of the kind.
fn just<'t>(kind: Kind) -> Rule<'t, &'t Token> {
    one_of(Kinds::of(kind))
}

/// The next token, if it is of one of the kinds.
fn one_of<'t>(kinds: Kinds) -> Rule<'t, &'t Token> {
    custom(move |input: &mut chumsky::input::InputRef<'t, '_, Input<'t>, Extra<'t>>| {
        let before = input.cursor();
        match input.next_ref() {
            Some(token) if kinds.holds(token.kind) => Ok(token),
            _ => Err(Wanted::of(kinds, *before.inner())),
        }
    })
    .boxed()
}

/// From the first token of a match to its last.
fn span_of(slice: &[Token]) -> Span {
    match slice {
        [] => Span::default(),
        [one] => one.span,
        [first, .., last] => first.span.to(last.span),
    }
}

/// The span of what a rule read.
fn here(extra: &mut Here<'_, '_>) -> Span {
    span_of(extra.slice())
}

/// The word a token carries.
fn word_at(token: &Token) -> ast::Word {
    ast::Word { text: token.word(), span: token.span }
}

/// A word as a name.
fn name<'t>() -> Rule<'t, ast::Word> {
    just(Kind::Word).map(word_at).boxed()
}

/// A key and its `=`.
fn key<'t>() -> Rule<'t, ast::Word> {
    just(Kind::Key).map(word_at).then_ignore(just(Kind::Assign)).boxed()
}
