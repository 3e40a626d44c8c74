//! The brackets of macros, read as if they held expressions.

use super::facts;
use super::show::{calls, def, expression, shown};
use crate::facts::ExprId;
use crate::facts::body::{ExprKind, expr};
use crate::facts::trivia::TokenKind;

#[test]
fn calls_inside_a_macro_are_calls() {
    let within = |source: &str| calls(&format!("fn f() {{ {source}; }}"));
    assert_eq!(within("assert_eq!(helper(1), 2)"), ["assert_eq!", "helper"]);
    assert_eq!(
        within("format!(\"{}\", compile_target(x).y())"),
        ["format!", "compile_target", "Call(compile_target x).y"]
    );
    assert_eq!(within("vec![Foo::new(1); n]"), ["vec!", "Foo::new"]);
    assert_eq!(within("a!(b!(c(d)))"), ["a!", "b!", "c"]);
    assert_eq!(within("a!(fn not_called(x: T) { called(x) })"), ["a!", "called"]);
    assert_eq!(within("tokio::pin!(x.f::<A<B>>(1)?.g().await)").len(), 3);
}

#[test]
fn what_stands_in_a_macro_is_read_as_operands() {
    assert_eq!(expression("m!(a + b)"), "Macro(m a b)");
    assert_eq!(expression("m!(a.b[0].c)"), "Macro(m Index(a.b Int:0).c)");
    assert_eq!(expression("m!(x = y, 'a', \"s\")"), "Macro(m x:y Char:a Str:s)");
    assert_eq!(expression("m!((a, b), [c], (d))"), "Macro(m Tuple(a b) List(c) d)");
    assert_eq!(expression("m!(Vec::<u8>::new())"), "Macro(m Call(Type(Vec u8)::new))");
    assert_eq!(expression("m!(f::<u8, u16>(1))"), "Macro(m Call(f <u8 u16> Int:1))");
    assert_eq!(expression("m!(::a::b(1), crate::c)"), "Macro(m Call(::a::b Int:1) crate::c)");
    assert_eq!(expression("m!(x.await?)"), "Macro(m Try(Await(x)))");
    assert_eq!(expression("m!(a < b, c >> d)"), "Macro(m a b c d)");
    assert_eq!(expression("m!(let y = z; 'l)"), "Macro(m =y z)");
    assert_eq!(expression("m! { A { b: c } }"), "Macro(m A Other(c))");
    assert_eq!(expression("m!(t.0.1)"), "Macro(m t.0.1)");
    assert_eq!(expression("m![]"), "Macro(m)");
}

#[test]
fn everything_in_a_macro_is_flagged() {
    let facts = facts("fn f() { m!(a.b(c)); d }");
    let flagged: Vec<String> = (0..facts.body.exprs.len())
        .map(ExprId::at)
        .filter(|&id| facts.expr(id).unwrap().has(expr::MACRO))
        .map(|id| shown(&facts, id))
        .collect();
    assert_eq!(flagged, ["a", "a.b", "c", "Method(a.b c)"]);
}

#[test]
fn a_format_takes_names() {
    assert_eq!(expression("println!(\"{x} {y:>w$} {{z}} {} {0}\")"), "Macro(println FString(x y))");
    assert_eq!(expression("write!(f, r\"{a}\")"), "Macro(write f FString(a))");
    assert_eq!(expression("assert!(a == \"{b}\", \"{c}\")"), "Macro(assert a Str:{b} FString(c))");
    assert_eq!(expression("other!(\"{x}\")"), "Macro(other Str:{x})");
    assert_eq!(expression("print!(\"\\u{61}{b:?}\\\"{{\")"), "Macro(print FString(b))");
}

#[test]
fn the_rules_of_a_macro_are_trivia() {
    let source = "macro_rules! m { ($x:expr) => { f($x, \"s\") /* c */ }; }";
    let facts = facts(source);
    assert_eq!(facts.body.exprs, []);
    assert_eq!(def(&facts, "m").kind, crate::facts::head::DefKind::Macro);
    let tokens = facts.trivia.tokens.iter();
    let found: Vec<_> =
        tokens.map(|token| (token.kind, super::show::at(source, token.place))).collect();
    assert_eq!(
        found,
        [
            (TokenKind::TokenTree, "($x:expr) => { f($x,"),
            (TokenKind::String, "\"s\""),
            (TokenKind::TokenTree, ")"),
            (TokenKind::Comment, "/* c */"),
            (TokenKind::TokenTree, "}"),
        ]
    );
}

#[test]
fn a_macro_is_a_statement_a_tail_or_an_expression() {
    use super::show::function;
    let all = function("fn f() { a!(); b! {} let x = c![1]; d!() }");
    assert_eq!(all, ["Macro Macro(a)", "Macro Macro(b)", "Let =x Macro(c Int:1)", "Tail Macro(d)"]);
    let facts = facts("m!{ x }");
    assert_eq!(facts.body.stmts.len(), 1);
    assert_eq!(facts.body.exprs.last().unwrap().kind, ExprKind::Macro);
}
