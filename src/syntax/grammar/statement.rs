//! Conditions, loops, actions and the other statements.

use chumsky::prelude::*;

use super::expression::{accessor, path};
use super::plan::{Rules, at_expr, block_of, item, output};
use super::recover::{
    ARGUMENT_END, HEAD_END, LINE_END, Reason, VALUE_END, Wanted, at, clear, comma, expect, not_at,
    required,
};
use super::{Rule, here, just, key, name, one_of, word_at};
use crate::source::Span;
use crate::syntax::ast::{
    Action, Argument, Each, Else, Expr, ExprKind, If, Item, Jump, Return, Set, StatementKind, Var,
    While, Word,
};
use crate::syntax::token::{Kind, Kinds, Token};

/// `IF expr block [ ELSE else_tail ]`.
pub(super) fn r#if<'t>(rules: &Rules<'t>) -> Rule<'t, If> {
    recursive(|inner| {
        just(Kind::If)
            .ignore_then(required(&rules.expr, HEAD_END))
            .then(block_of(rules))
            .then(just(Kind::Else).ignore_then(else_tail(rules, &inner.boxed())).or_not())
            .map(|((condition, then), otherwise)| If { condition, then, otherwise })
            .boxed()
    })
    .boxed()
}

/// `block | if`.
fn else_tail<'t>(rules: &Rules<'t>, r#if: &Rule<'t, If>) -> Rule<'t, Else> {
    let nested = r#if.clone().map_with(|inner, extra| Else::If(Box::new(inner), here(extra)));
    choice((nested, block_of(rules).map(Else::Block))).boxed()
}

/// `WHILE expr block`.
pub(super) fn r#while<'t>(rules: &Rules<'t>) -> Rule<'t, StatementKind> {
    just(Kind::While)
        .ignore_then(required(&rules.expr, HEAD_END))
        .then(block_of(rules))
        .map(|(condition, body)| StatementKind::While(While { condition, body }))
        .boxed()
}

/// `EACH each_names IN expr block`.
pub(super) fn each<'t>(rules: &Rules<'t>) -> Rule<'t, StatementKind> {
    let head = each_names().then_ignore(expect(Kind::In)).then(required(&rules.expr, HEAD_END));
    let unknown = super::recover::skip_to(HEAD_END).map(|span| {
        let word = Word { text: "".into(), span };
        ((word, None), Expr { kind: ExprKind::Error, span })
    });
    just(Kind::Each)
        .ignore_then(head.recover_with(via_parser(unknown)))
        .then(block_of(rules))
        .map(|(((first, second), over), body)| {
            StatementKind::Each(Each { first, second, over, body })
        })
        .boxed()
}

/// `WORD | "(" WORD "," WORD ")"`.
fn each_names<'t>() -> Rule<'t, (Word, Option<Word>)> {
    let pair = just(Kind::ParenOpen)
        .ignore_then(name())
        .then_ignore(just(Kind::Comma))
        .then(name().map(Some))
        .then_ignore(just(Kind::ParenClose));
    choice((name().map(|name| (name, None)), pair)).boxed()
}

/// `ACTION arguments`.
pub(super) fn action<'t>(rules: &Rules<'t>) -> Rule<'t, StatementKind> {
    call(rules).map(StatementKind::Action).boxed()
}

fn call<'t>(rules: &Rules<'t>) -> Rule<'t, Action> {
    just(Kind::Action)
        .then(arguments(rules))
        .map(|(name, action)| Action { name: word_at(name), ..action })
        .boxed()
}

/// `[ OPTION ] [ expr [ "," ] ] { KEY "=" expr [ "," ] } [ "->" WORD ]`.
fn arguments<'t>(rules: &Rules<'t>) -> Rule<'t, Action> {
    let option = just(Kind::Option).map(word_at).or_not();
    let comma = just(Kind::Comma).or_not();
    let primary =
        at_expr().ignore_then(required(&rules.expr, VALUE_END)).then_ignore(comma).or_not();
    option
        .then(primary)
        .then_ignore(clear(ARGUMENT_END))
        .then(keyed(rules))
        .then(output())
        .map(|(((option, primary), arguments), output)| Action {
            name: nameless(),
            option,
            primary,
            arguments,
            output,
        })
        .boxed()
}

/// A name that the rule around it puts in.
fn nameless() -> Word {
    Word { text: "".into(), span: Span::default() }
}

/// `{ KEY "=" expr [ "," ] }`.
fn keyed<'t>(rules: &Rules<'t>) -> Rule<'t, Vec<Argument>> {
    let comma = just(Kind::Comma).or_not();
    key()
        .then(required(&rules.expr, VALUE_END))
        .then_ignore(comma)
        .then_ignore(clear(ARGUMENT_END))
        .map(|(key, value)| Argument { key, value })
        .repeated()
        .collect()
        .boxed()
}

/// `FUTURE future_tail`.
pub(super) fn future<'t>(rules: &Rules<'t>) -> Rule<'t, StatementKind> {
    just(Kind::Future)
        .then(future_tail(rules))
        .map(|(word, tail)| match tail {
            StatementKind::Action(action) => {
                let name = Word { text: "future".into(), span: word.span };
                StatementKind::Future(Action { name, ..action })
            }
            other => other,
        })
        .boxed()
}

/// `ACTION arguments | KEY "=" expr [ "," ] { KEY "=" expr [ "," ] } [ "->" WORD ]`; the second is the action `future`.
fn future_tail<'t>(rules: &Rules<'t>) -> Rule<'t, StatementKind> {
    let itself = at(Kinds::of(Kind::Key)).ignore_then(keyed(rules)).then(output()).map(
        |(arguments, output)| {
            StatementKind::Action(Action {
                name: nameless(),
                option: None,
                primary: None,
                arguments,
                output,
            })
        },
    );
    let wrong = super::recover::skip_to(HEAD_END).to(StatementKind::Error);
    choice((call(rules).map(StatementKind::Future), itself)).recover_with(via_parser(wrong)).boxed()
}

/// `JUMP jump_target`.
pub(super) fn jump<'t>() -> Rule<'t, StatementKind> {
    let wrong = super::recover::skip_to(HEAD_END).to(StatementKind::Error);
    just(Kind::Jump).ignore_then(jump_target().recover_with(via_parser(wrong))).boxed()
}

/// `KEY "=" step_name | step_name`.
fn jump_target<'t>() -> Rule<'t, StatementKind> {
    let to = just(Kind::Key).then_ignore(just(Kind::Assign)).map_with(|key, extra| {
        if &*key.word() != "to" {
            let at = extra.span().start;
            extra.emit(Wanted { reason: Reason::JumpKey, ..Wanted::of(Kinds::default(), at) });
        }
    });
    let keyed = to.then(step_name()).map(|((), name)| (name, true));
    choice((keyed, step_name().map(|name| (name, false))))
        .map(|((target, quoted), keyed)| StatementKind::Jump(Jump { target, keyed, quoted }))
        .boxed()
}

/// `STRING | WORD`, and whether it is quoted.
fn step_name<'t>() -> Rule<'t, (Word, bool)> {
    one_of(Kinds::all(&[Kind::String, Kind::Word]))
        .map(|token| (word_at(token), token.kind == Kind::String))
        .boxed()
}

/// `SET WORD { accessor } "=" expr`.
pub(super) fn set<'t>(rules: &Rules<'t>) -> Rule<'t, StatementKind> {
    let path = accessor(&rules.expr).map(|(accessor, _)| accessor).repeated().collect::<Vec<_>>();
    let place = name().then(path).then_ignore(just(Kind::Assign));
    let good = place
        .then(required(&rules.expr, LINE_END))
        .map(|((name, path), value)| StatementKind::Set(Set { name, path, value }));
    let wrong = super::recover::skip_to(HEAD_END).to(StatementKind::Error);
    just(Kind::Set).ignore_then(good.recover_with(via_parser(wrong))).boxed()
}

/// `VAR var_tail`.
pub(super) fn var<'t>(rules: &Rules<'t>) -> Rule<'t, StatementKind> {
    let wrong = super::recover::skip_to(HEAD_END).to(StatementKind::Error);
    just(Kind::Var).ignore_then(var_tail(rules).recover_with(via_parser(wrong))).boxed()
}

/// `KEY "=" expr | expr "->" WORD`.
fn var_tail<'t>(rules: &Rules<'t>) -> Rule<'t, StatementKind> {
    let dotted = |key: &'t Token| key.word().contains('.');
    let key = just(Kind::Key).then_ignore(just(Kind::Assign)).map_with(move |key, extra| {
        if dotted(key) {
            let at = extra.span().start;
            extra.emit(Wanted { reason: Reason::DottedVar, ..Wanted::of(Kinds::default(), at) });
        }
        word_at(key)
    });
    let first = key.then(required(&rules.expr, LINE_END)).map(|(name, value)| Var { name, value });
    let behind = rules
        .expr
        .clone()
        .then_ignore(just(Kind::Arrow))
        .then(name())
        .map(|(value, name)| Var { name, value });
    choice((first, behind)).map(StatementKind::Var).boxed()
}

/// `PRINT [ arg { print_more } ]`.
pub(super) fn print<'t>(rules: &Rules<'t>) -> Rule<'t, StatementKind> {
    let all = arg(rules).then(print_more(rules).repeated().collect::<Vec<_>>());
    just(Kind::Print)
        .ignore_then(not_at(HEAD_END).ignore_then(all).or_not())
        .map(|all| StatementKind::Print(list_of(all)))
        .boxed()
}

/// `"," arg | KEY "=" expr`.
fn print_more<'t>(rules: &Rules<'t>) -> Rule<'t, Item> {
    choice((keyed_item(rules), comma().ignore_then(arg(rules)))).boxed()
}

/// `KEY "=" expr | expr`.
fn arg<'t>(rules: &Rules<'t>) -> Rule<'t, Item> {
    item(rules, VALUE_END)
}

fn keyed_item<'t>(rules: &Rules<'t>) -> Rule<'t, Item> {
    key()
        .then(required(&rules.expr, VALUE_END))
        .map(|(key, value)| Item { key: Some(key), value })
        .boxed()
}

fn list_of(all: Option<(Item, Vec<Item>)>) -> Vec<Item> {
    all.map_or_else(Vec::new, |(first, more)| std::iter::once(first).chain(more).collect())
}

/// `RETURN [ "=" expr | arg { return_more } ]`.
pub(super) fn r#return<'t>(rules: &Rules<'t>) -> Rule<'t, StatementKind> {
    let bare = just(Kind::Assign)
        .ignore_then(required(&rules.expr, LINE_END))
        .map(|value| Return::Value { value, equals: true });
    let first = at_item().ignore_then(arg(rules));
    let all =
        first.then(return_more(rules).repeated().collect::<Vec<_>>()).map_with(|all, extra| {
            let items = list_of(Some(all));
            let unnamed = items.len() > 1
                && items.iter().any(|item| item.key.is_none() && !is_path(&item.value));
            if unnamed {
                let at = extra.span().start;
                extra.emit(Wanted { reason: Reason::Unnamed, ..Wanted::of(Kinds::default(), at) });
            }
            fields_or_value(items)
        });
    just(Kind::Return)
        .ignore_then(choice((bare, all)).or_not())
        .map(|form| StatementKind::Return(form.unwrap_or(Return::Default)))
        .boxed()
}

/// `"," arg | KEY "=" expr | WORD { accessor }`.
fn return_more<'t>(rules: &Rules<'t>) -> Rule<'t, Item> {
    let bare = path(&rules.expr).map(|value| Item { key: None, value });
    choice((just(Kind::Comma).ignore_then(arg(rules)), keyed_item(rules), bare)).boxed()
}

/// Whether an item may begin here.
fn at_item<'t>() -> Rule<'t, ()> {
    not_at(HEAD_END)
}

/// One lone expression that is no name is the value itself.
fn fields_or_value(mut items: Vec<Item>) -> Return {
    let lone = items.len() == 1
        && items.first().is_some_and(|item| {
            item.key.is_none() && !matches!(item.value.kind, ExprKind::Name(_))
        });
    match items.pop() {
        Some(item) if lone => Return::Value { value: item.value, equals: false },
        last => Return::Fields(items.into_iter().chain(last).collect()),
    }
}

/// Whether the value is a name with accessors.
pub(super) fn is_path(value: &Expr) -> bool {
    value.base_name().is_some() || matches!(value.kind, ExprKind::Error)
}
