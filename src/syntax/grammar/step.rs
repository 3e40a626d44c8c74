//! Steps and `parallel`, with their attributes.

use chumsky::prelude::*;

use super::literal::constant;
use super::plan::{Rules, block_of, head, output};
use super::recover::{ARGUMENT_END, skip_to};
use super::{Rule, just, key};
use crate::syntax::ast::{Attribute, Block, ExprKind, Parallel, StatementKind, Step, Word};
use crate::syntax::token::Kind;

/// `STEP { attribute [ "," ] } [ "->" WORD ] block`.
pub(super) fn step<'t>(rules: &Rules<'t>) -> Rule<'t, StatementKind> {
    let attributes = attribute(rules).then_ignore(just(Kind::Comma).or_not()).repeated().collect();
    let top = just(Kind::Step).ignore_then(attributes).then(output()).boxed();
    head(top)
        .then(block_of(rules))
        .map(|(((attributes, output), head), body)| {
            StatementKind::Step(Box::new(Step { number: 0, attributes, output, body, head }))
        })
        .boxed()
}

/// `string | KEY "=" constant`.
fn attribute<'t>(rules: &Rules<'t>) -> Rule<'t, Attribute> {
    let lone = rules.string.clone().map(|value| {
        let key = Word { text: "desc".into(), span: value.span.start() };
        Attribute { key, value }
    });
    choice((lone, keyed(rules))).boxed()
}

/// `KEY "=" constant`.
fn keyed<'t>(rules: &Rules<'t>) -> Rule<'t, Attribute> {
    let wrong =
        skip_to(ARGUMENT_END).map(|span| crate::syntax::ast::Expr { kind: ExprKind::Error, span });
    let value = constant(&rules.string).recover_with(via_parser(wrong));
    key().then(value).map(|(key, value)| Attribute { key, value }).boxed()
}

/// `{ KEY "=" constant [ "," ] }`.
fn options<'t>(rules: &Rules<'t>) -> Rule<'t, Vec<Attribute>> {
    keyed(rules).then_ignore(just(Kind::Comma).or_not()).repeated().collect().boxed()
}

/// `PARALLEL options parallel_body`.
pub(super) fn parallel<'t>(rules: &Rules<'t>) -> Rule<'t, StatementKind> {
    just(Kind::Parallel)
        .ignore_then(options(rules))
        .then(parallel_body(rules))
        .map(|(mut options, (body, colon, more))| {
            options.extend(more);
            StatementKind::Parallel(Parallel { options, body, colon })
        })
        .boxed()
}

/// `block options | ":" body END options`.
fn parallel_body<'t>(rules: &Rules<'t>) -> Rule<'t, (Block, bool, Vec<Attribute>)> {
    let colon = just(Kind::BlockColon)
        .then(rules.body.clone())
        .then(just(Kind::End))
        .map(|((open, body), end)| (Block { span: open.span.to(end.span), ..body }, true));
    let braces = block_of(rules).map(|body| (body, false));
    choice((colon, braces))
        .then(options(rules))
        .map(|((body, colon), options)| (body, colon, options))
        .boxed()
}
