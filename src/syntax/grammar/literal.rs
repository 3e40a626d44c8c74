//! Values made of one token, strings with holes, lists and objects.

use chumsky::prelude::*;

use super::recover::{ENTRY_END, NEXT_ENTRY, clear, comma, expect, not_at, required};
use super::{Rule, here, just, one_of};
use crate::syntax::ast::{Entry, Expr, ExprKind, Part, Template, Text, Word};
use crate::syntax::token::{Kind, Kinds, Payload, Token};

/// A value made of one token; `string` has those with holes.
pub(super) fn constant_kind(token: &Token) -> ExprKind {
    match (token.kind, &token.payload) {
        (Kind::True, _) => ExprKind::Bool(true),
        (Kind::False, _) => ExprKind::Bool(false),
        (Kind::Number, Payload::Number(number)) => ExprKind::Number((**number).clone()),
        (Kind::Number, _) => ExprKind::Error,
        (Kind::Duration, Payload::Word(text)) => ExprKind::Duration(text.clone()),
        (Kind::Word, Payload::Word(name)) => ExprKind::Name(name.clone()),
        (Kind::String, Payload::Text(text)) => ExprKind::Text((**text).clone()),
        _ => ExprKind::Null,
    }
}

/// `constant`, strings with holes apart.
pub(super) const CONSTANTS: Kinds =
    Kinds::all(&[Kind::Number, Kind::Duration, Kind::True, Kind::False, Kind::Null]);

/// `number`, `duration`, `true`, `false`, `null`.
pub(super) fn simple<'t>() -> Rule<'t, Expr> {
    one_of(CONSTANTS).map(|token| Expr { kind: constant_kind(token), span: token.span }).boxed()
}

/// `string | WORD | NUMBER | DURATION | TRUE | FALSE | NULL`.
pub(super) fn constant<'t>(string: &Rule<'t, Expr>) -> Rule<'t, Expr> {
    let word = just(Kind::Word).map(|token| Expr { kind: constant_kind(token), span: token.span });
    choice((string.clone(), word, simple())).boxed()
}

/// `STRING | T_OPEN { T_TEXT | T_EXPR expr T_END } T_CLOSE`.
pub(super) fn string<'t>(expr: &Rule<'t, Expr>) -> Rule<'t, Expr> {
    let plain =
        just(Kind::String).map(|token| Expr { kind: constant_kind(token), span: token.span });
    let text = just(Kind::TemplateText).map(|token| Part::Text(text_of(token)));
    let hole = just(Kind::HoleOpen)
        .ignore_then(required(expr, ENTRY_END).then_ignore(clear(Kinds::of(Kind::HoleClose))))
        .then_ignore(just(Kind::HoleClose))
        .map(Part::Hole);
    let template = just(Kind::TemplateOpen)
        .then(choice((text, hole)).repeated().collect::<Vec<_>>())
        .then_ignore(just(Kind::TemplateClose))
        .map_with(|(open, parts), extra| Expr {
            kind: ExprKind::Template(Template { quote: quote_of(open), parts }),
            span: here(extra),
        });
    choice((plain, template)).boxed()
}

fn text_of(token: &Token) -> Text {
    match &token.payload {
        Payload::Text(text) => (**text).clone(),
        _ => Text { raw: "".into(), value: "".into(), map: crate::source::OffsetMap::default() },
    }
}

const fn quote_of(token: &Token) -> &'static str {
    match token.payload {
        Payload::Quote(quote) => quote,
        _ => "\"",
    }
}

/// `expr [ "," [ elements ] ]`.
pub(super) fn elements<'t>(expr: &Rule<'t, Expr>) -> Rule<'t, Vec<Expr>> {
    let element = not_at(Kinds::default())
        .ignore_then(required(expr, ENTRY_END))
        .then_ignore(clear(NEXT_ENTRY));
    element.separated_by(comma()).allow_trailing().collect().boxed()
}

/// `"[" [ elements ] "]"`.
pub(super) fn list<'t>(expr: &Rule<'t, Expr>) -> Rule<'t, Expr> {
    just(Kind::ListOpen)
        .ignore_then(elements(expr))
        .then_ignore(just(Kind::ListClose))
        .map_with(|values, extra| Expr { kind: ExprKind::List(values), span: here(extra) })
        .boxed()
}

/// `"{" [ entries ] "}"`.
pub(super) fn object<'t>(expr: &Rule<'t, Expr>) -> Rule<'t, Expr> {
    just(Kind::ObjectOpen)
        .ignore_then(entries(expr))
        .then_ignore(just(Kind::ObjectClose))
        .map_with(|entries, extra| Expr { kind: ExprKind::Object(entries), span: here(extra) })
        .boxed()
}

/// `entry [ "," [ entries ] ]`.
fn entries<'t>(expr: &Rule<'t, Expr>) -> Rule<'t, Vec<Entry>> {
    let entry = not_at(Kinds::default()).ignore_then(entry(expr)).then_ignore(clear(NEXT_ENTRY));
    let all = entry.separated_by(comma()).allow_trailing().collect::<Vec<_>>();
    all.map(|all| all.into_iter().flatten().collect()).boxed()
}

/// `entry_key ":" expr`; nothing where the key is wrong.
fn entry<'t>(expr: &Rule<'t, Expr>) -> Rule<'t, Option<Entry>> {
    let pair = entry_key()
        .then_ignore(just(Kind::Colon))
        .then(required(expr, ENTRY_END))
        .map(|((key, raw), value)| Some(Entry { key, raw, value }));
    let wrong = super::recover::skip_to(ENTRY_END).to(None);
    pair.recover_with(via_parser(wrong)).boxed()
}

/// `WORD | STRING`.
fn entry_key<'t>() -> Rule<'t, (Word, Option<std::sync::Arc<str>>)> {
    one_of(Kinds::all(&[Kind::Word, Kind::String]))
        .map(|token| {
            let raw = match &token.payload {
                Payload::Text(text) => Some(text.raw.clone()),
                _ => None,
            };
            (super::word_at(token), raw)
        })
        .boxed()
}

/// `"(" expr ")"`.
pub(super) fn paren<'t>(expr: &Rule<'t, Expr>) -> Rule<'t, Expr> {
    just(Kind::ParenOpen)
        .ignore_then(required(expr, ENTRY_END).then_ignore(clear(Kinds::of(Kind::ParenClose))))
        .then_ignore(expect(Kind::ParenClose))
        .map_with(|inner, extra| Expr { kind: ExprKind::Paren(Box::new(inner)), span: here(extra) })
        .boxed()
}
