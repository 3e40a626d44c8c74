//! Blocks, statements, expressions, patterns, types.

use super::facts;
use super::show::{at, block, def, expression, function, pattern, shown, turbofish, ty};
use crate::facts::body::{BlockKind, ExprKind, Op, StmtKind, expr};
use crate::facts::{BlockId, ExprId};

#[test]
fn names_paths_and_fields() {
    assert_eq!(expression("a"), "a");
    assert_eq!(expression("a::b::c"), "a::b::c");
    assert_eq!(expression("::a::b"), "::a::b");
    assert_eq!(expression("crate::a"), "crate::a");
    assert_eq!(expression("Self::A"), "Self::A");
    assert_eq!(expression("<T as A>::b"), "Cast(T A)::b");
    assert_eq!(expression("Vec::<u8>::new"), "Type(Vec u8)::new");
    assert_eq!(expression("self.a.0"), "self.a.0");
}

#[test]
fn calls_methods_and_literals() {
    assert_eq!(expression("f(1, 2.5)"), "Call(f Int:1 Float:2.5)");
    assert_eq!(expression("a.f(b)?"), "Try(Method(a.f b))");
    assert_eq!(expression("(a.f)(b)"), "Call(a.f b)");
    assert_eq!(expression("f(#[x] 1)"), "Call(f Int:1)");
    assert_eq!(expression("S { a: 1, b, ..c }"), "Struct(S a:Int:1 b:b c)");
    assert_eq!(expression("m::S { 0: 1 }"), "Struct(m::S 0:Int:1)");
    assert_eq!(
        expression("[a, \"b\\n\", 'c', b\"\\xff\", r#\"d\"#, true]"),
        "List(a Str:b\n Char:c Bytes:\\xff Str:d True:true)"
    );
    assert_eq!(expression("[0; 3]"), "List(Int:0 Int:3)");
    assert_eq!(expression("((), (a,), (b))"), "Tuple(Tuple() Tuple(a) b)");
    let long = format!("\"{}\"", "x".repeat(257));
    assert!(expression(&long).starts_with("Long:"));
}

#[test]
fn operators() {
    assert_eq!(expression("a + b * c"), "Binary(a Binary(b c))");
    assert_eq!(expression("a && b || c"), "Either(Either(a b) c)");
    assert_eq!(expression("a < b"), "Compare(a b)");
    assert_eq!(expression("-a"), "Unary(a)");
    assert_eq!(expression("!*&mut a"), "Unary(Deref(Ref(a)))");
    assert_eq!(expression("a as u8"), "Cast(a u8)");
    assert_eq!(expression("a[1..]"), "Index(a Range(Int:1 -))");
    assert_eq!(expression("f(..b, a..=b, ..)"), "Call(f Range(- b) Range(a b) Range(- -))");
    assert_eq!(expression("a.await"), "Await(a)");
    assert_eq!(expression("(a = b)"), "Assign(=a b)");
    assert_eq!(expression("x || return"), "Either(x Leave(-))");
    let facts = facts("fn f() { a << 1; b -= 2; -c; &mut d; (e) }");
    let ops: Vec<Op> = facts.body.exprs.iter().map(|expr| expr.op()).collect();
    assert!(ops.contains(&Op::Shl));
    let flagged = |flag| facts.body.exprs.iter().filter(|expr| expr.has(flag)).count();
    assert_eq!(flagged(expr::PARENTHESISED), 1);
    assert_eq!(flagged(expr::STORE), 1);
}

#[test]
fn a_turbofish_is_of_the_call() {
    let found = facts("fn f() { a::<u8, B<C>>(1); x.collect::<Vec<_>>(); }");
    assert_eq!(turbofish(&found), ["u8 Type(B C)", "Type(Vec _)"]);
    assert_eq!(expression("x.f::<u8>(1)"), "Method(x.f <u8> Int:1)");
    assert_eq!(expression("g(f::<u8>)"), "Call(g Type(f u8))");
    let source = "fn f() { g ( 1 ); h::<u8>(2); }";
    let found = facts(source);
    let opens: Vec<u32> = found.body.calls.iter().map(|call| call.open_at).collect();
    let brackets: Vec<u32> = source.match_indices('(').map(|(at, _)| at as u32).collect();
    assert_eq!(opens, brackets[1..]);
}

#[test]
fn statements() {
    assert_eq!(
        function("fn f() { let a: u8 = 1; b = 2; c += 3; d(); ; return e; }"),
        ["Let =a Int:1", "Assign =b Int:2", "Augment =c Int:3", "Expr Call(d)", "Pass", "Return e"]
    );
    assert_eq!(function("fn f() { a; b }"), ["Expr a", "Tail b"]);
    assert_eq!(function("fn f() { if a {} }"), ["Tail Block(3 -)"]);
    assert_eq!(function("fn f() { if a {} /* c */ }"), ["Tail Block(3 -)"]);
    assert_eq!(function("fn f() { if a {} b }"), ["Expr Block(3 -)", "Tail b"]);
    assert_eq!(function("fn f() { (a, b.c) = d; }"), ["Assign =Tuple(=a =b.c) d"]);
    let found = facts("fn f() { 'a: loop { break 'a 1; continue 'a; break; } }");
    assert_eq!(block(&found, BlockId(3)), ["Break 'a Int:1", "Continue 'a", "Break  -"]);
    assert_eq!(found.text(found.body.blocks[2].label), "'a");
    let found = facts("fn f() { let (a, b): T = c; }");
    assert_eq!(shown(&found, found.body.stmts[1].ty), "T");
}

fn blocks(source: &str) -> Vec<String> {
    let facts = facts(source);
    assert_eq!(facts.head.errors, [], "{source}");
    let all = facts.body.blocks.iter().enumerate().skip(2);
    all.map(|(index, found)| {
        let (test, guard) = (shown(&facts, found.test), shown(&facts, found.guard));
        let inside = block(&facts, BlockId::at(index)).join("; ");
        format!("{:?} {} {test} {guard} {inside}", found.kind, found.next.0)
    })
    .collect()
}

#[test]
fn compounds_are_chains_of_blocks() {
    assert_eq!(
        blocks("fn f() { if a { b } else if c { d } else { e } }"),
        ["If 4 a - Tail b", "Elif 5 c - Tail d", "Else 0 - - Tail e"]
    );
    assert_eq!(
        blocks("fn f() { match a { B(c) if d => e, _ => { f; } } }"),
        ["Arm 4 Pattern(B =c) d Match Pattern(B =c) a; Tail e", "Arm 0 =_ - Expr f"]
    );
    assert_eq!(blocks("fn f() { for a in b { c } }"), ["For 0 b - For =a b; Tail c"]);
    assert_eq!(blocks("fn f() { while a { b; } }"), ["While 0 a - Expr b"]);
    assert_eq!(
        blocks("fn f() { while let Some(a) = b {} }"),
        ["While 0 Assign(Pattern(Some =a) b) - Match Pattern(Some =a) b"]
    );
    assert_eq!(blocks("fn f() { let A(a) = b else { return };  }"), ["Else 0 - - Return -"]);
    assert_eq!(
        blocks("fn f() { unsafe { a } async { b } const { c } { d } }"),
        ["Unsafe 0 - - Tail a", "Async 0 - - Tail b", "Const 0 - - Tail c", "Plain 0 - - Tail d"]
    );
    assert_eq!(
        blocks("fn f() { if { a } { b } }"),
        ["If 0 Block(4 -) - Tail b", "Plain 0 - - Tail a"]
    );
}

#[test]
fn blocks_hold_consecutive_statements() {
    let source = "fn f() { if a { b; c; } else { d; } e; } fn g() { h; }";
    let facts = facts(source);
    let inside = |id: BlockId| -> Vec<&str> {
        let run = facts.block(id).unwrap().stmts;
        run.of(&facts.body.stmts).iter().map(|stmt| at(source, stmt.place)).collect()
    };
    assert_eq!(inside(def(&facts, "f").body).len(), 5);
    assert_eq!(inside(def(&facts, "f").body)[1..4], ["b;", "c;", "d;"]);
    assert_eq!(inside(def(&facts, "g").body), ["h;"]);
    assert_eq!(inside(BlockId(1)).len(), 8);
    let kinds: Vec<BlockKind> = facts.body.blocks.iter().map(|block| block.kind).collect();
    use BlockKind::{Else, Function, If, Module};
    assert_eq!(kinds, [Module, Function, If, Else, Function]);
    let test = facts.body.blocks[2].test;
    assert_eq!((shown(&facts, test), facts.body.blocks[2].exprs.n), ("a".to_owned(), 1));
}

#[test]
fn a_statement_owns_its_expressions_but_not_those_of_its_blocks() {
    let facts = facts("fn f() { g(a, { b; c }, d); e; }");
    let own: Vec<Vec<String>> = facts
        .body
        .stmts
        .iter()
        .map(|stmt| stmt.exprs.range().map(|at| shown(&facts, ExprId::at(at))).collect())
        .collect();
    let call = "Call(g a Block(3 -) d)";
    assert_eq!(
        own,
        [vec![], vec!["g", "a", "Block(3 -)", "d", call], vec!["b"], vec!["c"], vec!["e"]]
    );
}

#[test]
fn patterns() {
    assert_eq!(pattern("(a, B, _, c::D)"), "Tuple(=a B =_ c::D)");
    assert_eq!(pattern("A(b, ..)"), "Pattern(A =b Starred(-))");
    assert_eq!(pattern("A { b, c: d, ref mut e, .. }"), "Pattern(A b:=b c:=d e:=e Starred(-))");
    assert_eq!(pattern("[a, .., b]"), "List(=a Starred(-) =b)");
    assert_eq!(pattern("a @ B(c)"), "Assign(=a Pattern(B =c))");
    assert_eq!(pattern("ref a"), "=a");
    assert_eq!(pattern("&mut a"), "Ref(=a)");
    assert_eq!(pattern("1..=M"), "Range(Int:1 M)");
    assert_eq!(pattern("-1 | 'b'"), "Either(Unary(Int:1) Char:b)");
    assert_eq!(pattern("mut a"), "=a");
}

#[test]
fn types() {
    assert_eq!(ty("A"), "A");
    assert_eq!(ty("a::B<C, 'd, E = F, 3>"), "Type(a::B C 'd E:F Int:3)");
    assert_eq!(ty("&'a mut T"), "Type(- &mut:T)");
    assert_eq!(ty("*const T"), "Type(- *const:T)");
    assert_eq!(ty("[T]"), "Type(- [:T)");
    assert_eq!(ty("[T; N]"), "Type(- [:T N)");
    assert_eq!(ty("(A, B)"), "Type(- A B)");
    assert_eq!(ty("()"), "Tuple()");
    assert_eq!(ty("!"), "Other()");
    assert_eq!(ty("fn(A, b: B) -> C"), "FnType(A B C)");
    assert_eq!(ty("fn()"), "FnType(-)");
    assert_eq!(ty("Box<dyn Fn(A) -> B>"), "Type(Box Bounds(Type(Fn FnType(A B))))");
    assert_eq!(ty("impl A + B"), "Bounds(Bounds(A) B)");
    assert_eq!(ty("<T as A>::B"), "Cast(T A)::B");
    assert_eq!(ty("dyn for<'a> A<'a>"), "Bounds(Type(A 'a))");
    let facts = facts("fn f(a: B<C>) -> d::E { g::<H>(); I { j: 1 }; }");
    let typed: Vec<String> = (0..facts.body.exprs.len())
        .map(ExprId::at)
        .filter(|&id| facts.expr(id).unwrap().has(expr::TYPE))
        .map(|id| shown(&facts, id))
        .collect();
    assert_eq!(typed, ["B", "C", "Type(B C)", "d", "d::E", "H"]);
}

#[test]
fn extern_blocks_are_opened_by_their_statement() {
    let facts = facts("extern \"C\" { fn f(); }");
    let stmt = facts.body.stmts[0];
    assert_eq!((stmt.kind, stmt.a), (StmtKind::Open, 2));
    assert_eq!(facts.body.blocks[1].kind, BlockKind::Class);
    assert_eq!(facts.body.exprs.last().map(|expr| expr.kind), Some(ExprKind::Const));
}
