//! Expressions, loosest operator first.

use chumsky::prelude::*;

use super::literal::{elements, list, object, paren, simple, string};
use super::recover::{ENTRY_END, clear, required};
use super::{Rule, here, just, name, one_of, word_at};
use crate::syntax::ast::{Accessor, Binary, Expr, ExprKind, Unary};
use crate::syntax::token::{Kind, Kinds, Token};

/// `and_expr { OR and_expr }`.
pub(super) fn expr<'t>() -> Rule<'t, Expr> {
    recursive(|expr| left(&and_expr(&expr.boxed()), Kinds::of(Kind::Or))).boxed()
}

/// `not_expr { AND not_expr }`.
fn and_expr<'t>(expr: &Rule<'t, Expr>) -> Rule<'t, Expr> {
    left(&not_expr(expr), Kinds::of(Kind::And))
}

/// `NOT not_expr | comparison`.
fn not_expr<'t>(expr: &Rule<'t, Expr>) -> Rule<'t, Expr> {
    prefix(Kind::Not, Unary::Not, comparison(expr))
}

/// `sum [ compare_op sum | EXISTS | NOT_EXISTS ]`.
fn comparison<'t>(expr: &Rule<'t, Expr>) -> Rule<'t, Expr> {
    enum Tail<'t> {
        Compare(&'t Token, Expr),
        Exists(&'t Token),
    }
    let sum = sum(expr);
    let exists = one_of(Kinds::all(&[Kind::Exists, Kind::NotExists]));
    let tail = choice((
        compare_op().then(sum.clone()).map(|(op, right)| Tail::Compare(op, right)),
        exists.map(Tail::Exists),
    ));
    sum.then(tail.or_not())
        .map(|(value, tail)| match tail {
            None => value,
            Some(Tail::Compare(op, right)) => join(value, op, right),
            Some(Tail::Exists(op)) => {
                let span = value.span.to(op.span);
                Expr { kind: ExprKind::Exists(Box::new(value), op.kind == Kind::Exists), span }
            }
        })
        .boxed()
}

/// `"==" | "!=" | "<" | "<=" | ">" | ">=" | IN | NOT_IN`.
fn compare_op<'t>() -> Rule<'t, &'t Token> {
    one_of(super::expected::COMPARE)
}

/// `product { ( "+" | "-" ) product }`.
fn sum<'t>(expr: &Rule<'t, Expr>) -> Rule<'t, Expr> {
    left(&product(expr), Kinds::all(&[Kind::Plus, Kind::Minus]))
}

/// `unary { ( "*" | "/" | "%" ) unary }`.
fn product<'t>(expr: &Rule<'t, Expr>) -> Rule<'t, Expr> {
    left(&unary(expr), Kinds::all(&[Kind::Star, Kind::Slash, Kind::Percent]))
}

/// `"-" unary | postfix`.
fn unary<'t>(expr: &Rule<'t, Expr>) -> Rule<'t, Expr> {
    prefix(Kind::Minus, Unary::Minus, postfix(expr))
}

/// `primary { accessor }`.
fn postfix<'t>(expr: &Rule<'t, Expr>) -> Rule<'t, Expr> {
    primary(expr)
        .foldl(accessor(expr).repeated(), |base, (accessor, token)| {
            let span = base.span.to(token.span);
            Expr { kind: ExprKind::Access(Box::new(base), accessor), span }
        })
        .boxed()
}

/// `"." WORD | INDEX expr "]"`, with its last token.
pub(super) fn accessor<'t>(expr: &Rule<'t, Expr>) -> Rule<'t, (Accessor, &'t Token)> {
    let field = just(Kind::Dot)
        .ignore_then(just(Kind::Word))
        .map(|word| (Accessor::Field(word_at(word)), word));
    let index = just(Kind::Index)
        .ignore_then(required(expr, ENTRY_END).then_ignore(clear(Kinds::of(Kind::ListClose))))
        .then(just(Kind::ListClose))
        .map(|(index, close)| (Accessor::Index(Box::new(index)), close));
    choice((field, index)).boxed()
}

/// A word or call, a literal, or an expression in brackets.
fn primary<'t>(expr: &Rule<'t, Expr>) -> Rule<'t, Expr> {
    let call = just(Kind::Call).ignore_then(elements(expr)).then_ignore(just(Kind::ParenClose));
    let word = name().then(call.or_not()).map_with(|(name, arguments), extra| Expr {
        kind: match arguments {
            Some(arguments) => ExprKind::Call(name, arguments),
            None => ExprKind::Name(name.text),
        },
        span: here(extra),
    });
    choice((word, string(expr), simple(), paren(expr), list(expr), object(expr))).boxed()
}

/// A base and accessors: `WORD { accessor }`.
pub(super) fn path<'t>(expr: &Rule<'t, Expr>) -> Rule<'t, Expr> {
    let base = name().map(|name| Expr { kind: ExprKind::Name(name.text), span: name.span });
    base.foldl(accessor(expr).repeated(), |base, (accessor, token)| {
        let span = base.span.to(token.span);
        Expr { kind: ExprKind::Access(Box::new(base), accessor), span }
    })
    .boxed()
}

/// Operands joined by operators of one strength, from the left.
fn left<'t>(operand: &Rule<'t, Expr>, operators: Kinds) -> Rule<'t, Expr> {
    operand
        .clone()
        .foldl(one_of(operators).then(operand.clone()).repeated(), |left, (op, right)| {
            join(left, op, right)
        })
        .boxed()
}

/// Any number of one prefix before an operand.
fn prefix<'t>(kind: Kind, operator: Unary, operand: Rule<'t, Expr>) -> Rule<'t, Expr> {
    just(kind)
        .repeated()
        .foldr(operand, move |sign, inner| {
            let span = sign.span.to(inner.span);
            Expr { kind: ExprKind::Unary(operator, Box::new(inner)), span }
        })
        .boxed()
}

fn join(left: Expr, op: &Token, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    Expr { kind: ExprKind::Binary(binary(op.kind), Box::new(left), Box::new(right)), span }
}

/// The operator a token stands for; only operators come here.
const fn binary(kind: Kind) -> Binary {
    match kind {
        Kind::Or => Binary::Or,
        Kind::And => Binary::And,
        Kind::NotEqual => Binary::NotEqual,
        Kind::Less => Binary::Less,
        Kind::LessEqual => Binary::LessEqual,
        Kind::Greater => Binary::Greater,
        Kind::GreaterEqual => Binary::GreaterEqual,
        Kind::In => Binary::In,
        Kind::NotIn => Binary::NotIn,
        Kind::Plus => Binary::Add,
        Kind::Minus => Binary::Sub,
        Kind::Star => Binary::Mul,
        Kind::Slash => Binary::Div,
        Kind::Percent => Binary::Rem,
        _ => Binary::Equal,
    }
}
