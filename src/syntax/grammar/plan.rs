//! The file, blocks, the lists of statements in them, and meta keys. One list serves all levels, so that recovery has
//! one rule; `check` says what may stand where.

use chumsky::prelude::*;

use super::expected::{EXPR, STATEMENT};
use super::expression::expr;
use super::recover::{
    HEAD_END, LINE_END, VALUE_END, Wanted, at, clear, comma_before, not_at, required, skip_to,
};
use super::{Extra, Input, Rule, here, just, key, span_of, statement, step, word_at};
use crate::syntax::ast::{Block, Expr, Item, Meta, Statement, StatementKind};
use crate::syntax::token::{Kind, Kinds, Token};

/// The rules that others are made of, built once.
#[derive(Clone)]
pub(super) struct Rules<'t> {
    pub(super) expr: Rule<'t, Expr>,
    pub(super) string: Rule<'t, Expr>,
    pub(super) body: Rule<'t, Block>,
    pub(super) block: Rule<'t, Block>,
}

/// `body EOF`.
pub(super) fn file<'t>() -> Rule<'t, Block> {
    let expr = expr();
    let string = super::literal::string(&expr);
    recursive(|inner| {
        let inner = inner.boxed();
        let rules = Rules { expr, string, block: block(&inner), body: inner };
        body(&rules)
    })
    .then_ignore(just(Kind::Eof))
    .boxed()
}

/// `{ NL } [ items ]`.
fn body<'t>(rules: &Rules<'t>) -> Rule<'t, Block> {
    newlines()
        .ignore_then(items(rules))
        .map_with(|statements, extra| Block { statements, span: here(extra) })
        .boxed()
}

fn newlines<'t>() -> Rule<'t, ()> {
    just(Kind::Newline).ignored().repeated().boxed()
}

/// `block_item { NL } [ items ] | line_item [ NL { NL } [ items ] ]`.
fn items<'t>(rules: &Rules<'t>) -> Rule<'t, Vec<Statement>> {
    let item = choice((statement_of(block_item(rules)), line(rules), other(rules)));
    item.then_ignore(newlines()).repeated().collect().boxed()
}

fn statement_of<'t>(kind: Rule<'t, StatementKind>) -> Rule<'t, Statement> {
    kind.map_with(|kind, extra| Statement { kind, span: here(extra) }).boxed()
}

/// `plan | step | if | while | each | parallel`.
fn block_item<'t>(rules: &Rules<'t>) -> Rule<'t, StatementKind> {
    choice((
        plan(rules),
        step::step(rules),
        statement::r#if(rules).map(StatementKind::If),
        statement::r#while(rules),
        statement::each(rules),
        step::parallel(rules),
    ))
    .boxed()
}

/// `meta | action | future | jump | set | var | print | return | BREAK | CONTINUE | STOP | SKIP`.
fn line_item<'t>(rules: &Rules<'t>) -> Rule<'t, StatementKind> {
    let word = |kind, statement: StatementKind| just(kind).to(statement);
    choice((
        statement::action(rules),
        statement::var(rules),
        statement::print(rules),
        meta(rules),
        statement::r#return(rules),
        statement::set(rules),
        statement::future(rules),
        statement::jump(),
        word(Kind::Break, StatementKind::Break),
        word(Kind::Continue, StatementKind::Continue),
        word(Kind::Stop, StatementKind::Stop),
        word(Kind::Skip, StatementKind::Skip),
    ))
    .boxed()
}

/// A statement of one line up to its end; what is too much is skipped, a block behind it is read for its faults.
fn line<'t>(rules: &Rules<'t>) -> Rule<'t, Statement> {
    statement_of(line_item(rules)).then(line_rest(rules)).map(|(statement, ())| statement).boxed()
}

/// Rules whose value nobody wants are not run to the full, their own faults with them; so nothing is ignored here.
fn line_rest<'t>(rules: &Rules<'t>) -> Rule<'t, ()> {
    let stray = at(LINE_END).recover_with(via_parser(rules.block.clone().map(drop)));
    let end = not_at(LINE_END).then(stray).map(|_| ());
    clear(HEAD_END).then(end.or_not()).map(|_| ()).boxed()
}

/// What begins no statement: one fault, then up to the statement's end.
fn other<'t>(rules: &Rules<'t>) -> Rule<'t, Statement> {
    let wrong = custom(|input: &mut chumsky::input::InputRef<'t, '_, Input<'t>, Extra<'t>>| {
        Err::<(), _>(Wanted::of(STATEMENT, *input.cursor().inner()))
    });
    let skipped =
        skip_to(HEAD_END).then(rules.block.clone().or_not()).then(skip_to(LINE_END)).ignored();
    let skipped = wrong.recover_with(via_parser(skipped)).to(StatementKind::Error);
    not_at(LINE_END).ignore_then(statement_of(skipped.boxed())).boxed()
}

/// `"{" body "}"`.
fn block<'t>(body: &Rule<'t, Block>) -> Rule<'t, Block> {
    just(Kind::BlockOpen)
        .then(body.clone())
        .then(just(Kind::BlockClose))
        .map(|((open, body), close)| Block { span: open.span.to(close.span), ..body })
        .boxed()
}

/// The block of a statement's head; where none follows, one fault and an empty block.
pub(super) fn block_of<'t>(rules: &Rules<'t>) -> Rule<'t, Block> {
    let none = custom(|input: &mut chumsky::input::InputRef<'t, '_, Input<'t>, Extra<'t>>| {
        let span = input
            .peek_ref()
            .map_or_else(crate::source::Span::default, |token: &Token| token.span.start());
        Ok(Block { statements: Vec::new(), span })
    });
    let missing = skip_to(HEAD_END).ignore_then(choice((rules.block.clone(), none)));
    rules.block.clone().recover_with(via_parser(missing)).boxed()
}

/// `PLAN block`.
fn plan<'t>(rules: &Rules<'t>) -> Rule<'t, StatementKind> {
    just(Kind::Plan).ignore_then(block_of(rules)).map(StatementKind::Plan).boxed()
}

/// `META [ meta_item { "," meta_item } ]`.
fn meta<'t>(rules: &Rules<'t>) -> Rule<'t, StatementKind> {
    let first = not_at(HEAD_END).ignore_then(meta_item(rules));
    let next = EXPR.with(Kinds::of(Kind::Key));
    let more = comma_before(next).ignore_then(meta_item(rules)).repeated().collect::<Vec<_>>();
    just(Kind::Meta)
        .map(word_at)
        .then(first.then(more).or_not())
        .map(|(key, items)| {
            let items = items.map_or_else(Vec::new, |(first, more)| {
                std::iter::once(first).chain(more).collect()
            });
            StatementKind::Meta(Meta { key, items })
        })
        .boxed()
}

/// `KEY "=" expr | expr`.
fn meta_item<'t>(rules: &Rules<'t>) -> Rule<'t, Item> {
    item(rules, VALUE_END)
}

/// `KEY "=" expr | expr`, the expression up to one of the kinds where it is wrong.
pub(super) fn item<'t>(rules: &Rules<'t>, end: Kinds) -> Rule<'t, Item> {
    let keyed = key().map(Some).then(required(&rules.expr, end));
    let plain = empty().to(None).then(required(&rules.expr, end));
    choice((keyed, plain)).map(|(key, value)| Item { key, value }).boxed()
}

/// `"->" WORD`.
pub(super) fn output<'t>() -> Rule<'t, Option<crate::syntax::ast::Word>> {
    let name = just(Kind::Word).map(|word| Some(word_at(word)));
    let wrong = skip_to(HEAD_END).map(|_| None);
    just(Kind::Arrow)
        .ignore_then(name.recover_with(via_parser(wrong)))
        .or_not()
        .map(Option::flatten)
        .boxed()
}

/// The span of a head: what was read so far.
pub(super) fn head<'t, T: 't>(rule: Rule<'t, T>) -> Rule<'t, (T, crate::source::Span)> {
    rule.map_with(|value, extra| (value, span_of(extra.slice()))).boxed()
}

/// Whether an expression may begin here.
pub(super) fn at_expr<'t>() -> Rule<'t, ()> {
    custom(|input: &mut chumsky::input::InputRef<'t, '_, Input<'t>, Extra<'t>>| {
        match input.peek_ref() {
            Some(token) if EXPR.holds(token.kind) => Ok(()),
            _ => Err(Wanted::of(EXPR, *input.cursor().inner())),
        }
    })
    .boxed()
}
