//! What each kind of record holds for small sources.

use std::sync::Arc;

use super::*;
use crate::facts::body::{ArgKind, BindOp, BlockKind, ConstKind, ExprKind, Op, StmtKind, expr};
use crate::facts::head::{
    DeclaredKind, DefKind, ErrorKind, ExportOp, ImportForm, ParamKind, ScopeKind, TypeParamKind,
    def, scope, symbol,
};
use crate::facts::trivia::TokenKind;
use crate::facts::{CallId, ExprId, Language, Lines, Place, Run, ScopeId, Str};

pub(super) fn facts(text: &str) -> Facts {
    let lines = Arc::new(Lines::of(text, Language::Python.line_ends()));
    let mut source = LazyTree::new(text.to_owned(), Language::Python);
    Language::Python.facts(&mut source, lines, &|| false).expect("nothing stops it")
}

fn at(text: &str, place: Place) -> &str {
    &text[place.at as usize..place.end() as usize]
}

/// The expressions of a kind as they are written.
fn written<'t>(text: &'t str, facts: &Facts, kind: ExprKind) -> Vec<&'t str> {
    let found = facts.body.exprs.iter().filter(|expr| expr.kind == kind);
    found.map(|expr| at(text, expr.place)).collect()
}

/// Names of a scope with their flags.
fn names(facts: &Facts, index: usize) -> Vec<(&str, u16)> {
    let scope = facts.head.scopes[index];
    let symbols = scope.symbols.of(&facts.head.symbols);
    symbols.iter().map(|symbol| (facts.text(symbol.name), symbol.flags)).collect()
}

fn kids(facts: &Facts, index: usize) -> &[ExprId] {
    let expr = facts.body.exprs[index];
    Run { lo: expr.a, n: expr.b }.of(&facts.body.kids)
}

#[test]
fn a_function_has_head_parameters_body_and_docstring() {
    let text = "@a.overload\n@b(1)\nasync def f(p, /, q: int = 2, *r, s, **t) -> str:  # c\n    'doc'\n    yield p\n";
    let facts = facts(text);
    let f = facts.head.defs[0];
    assert_eq!((f.kind, facts.text(f.name), f.decorators.n), (DefKind::Function, "f", 2));
    assert_eq!(f.flags, def::ASYNC | def::GENERATOR | def::OVERLOAD);
    assert_eq!(at(text, f.name_at), "f");
    assert_eq!(at(text, f.head), "async def f(p, /, q: int = 2, *r, s, **t) -> str");
    assert_eq!(at(text, f.full), text.trim_end());
    assert_eq!(at(text, f.doc), "'doc'");
    let params = f.params.of(&facts.head.params);
    let shown: Vec<_> = params.iter().map(|p| (p.kind, facts.text(p.name))).collect();
    use ParamKind::{DoubleStar, KeywordOnly, Positional, PositionalOnly, Star};
    assert_eq!(
        shown,
        [
            (PositionalOnly, "p"),
            (Positional, "q"),
            (Star, "r"),
            (KeywordOnly, "s"),
            (DoubleStar, "t")
        ]
    );
    let (ty, default) = (facts.expr(params[1].ty).unwrap(), facts.expr(params[1].default).unwrap());
    assert_eq!((at(text, ty.place), at(text, default.place)), ("int", "2"));
    assert!(ty.has(expr::ANNOTATION) && !default.has(expr::ANNOTATION));
    assert_eq!(at(text, facts.expr(f.ty).unwrap().place), "str");
    let body = facts.block(f.body).unwrap();
    assert_eq!((body.kind, body.stmts.n, body.scope), (BlockKind::Function, 2, f.own));
    assert_eq!(at(text, body.place), "'doc'\n    yield p");
}

#[test]
fn a_class_has_bases_keywords_and_type_parameters_in_a_scope_of_their_own() {
    let text = "class C[T: int = str, *U, **V](B, *x, metaclass=M, **k):\n    pass\n";
    let facts = facts(text);
    let class = facts.head.defs[0];
    let bases = class.bases.of(&facts.body.args);
    let kinds: Vec<_> = bases.iter().map(|arg| (arg.kind, facts.text(arg.name))).collect();
    use ArgKind::{DoubleStar, Keyword, Positional, Star};
    assert_eq!(kinds, [(Positional, ""), (Star, ""), (Keyword, "metaclass"), (DoubleStar, "")]);
    let params = class.type_params.of(&facts.head.type_params);
    let kinds: Vec<_> = params.iter().map(|p| (p.kind, facts.text(p.name))).collect();
    use TypeParamKind::{Spec, Tuple, Type};
    assert_eq!(kinds, [(Type, "T"), (Tuple, "U"), (Spec, "V")]);
    assert_eq!(at(text, facts.expr(params[0].bound).unwrap().place), "int");
    assert_eq!(at(text, facts.expr(params[0].default).unwrap().place), "str");
    let kinds: Vec<_> = facts.head.scopes.iter().map(|s| (s.kind, s.parent.0)).collect();
    use ScopeKind::{Class, Module, TypeParams};
    assert_eq!(kinds, [(Module, 0), (TypeParams, 1), (Class, 2)]);
    assert_eq!(class.own, ScopeId(3));
    assert_eq!(at(text, class.head), "class C[T: int = str, *U, **V](B, *x, metaclass=M, **k)");
}

#[test]
fn a_lambda_is_a_definition_and_a_type_alias_too() {
    let text = "f = lambda a, b=1: a + b\ntype X[T] = list[T]\n";
    let facts = facts(text);
    let [lambda, alias] = facts.head.defs[..] else { panic!("two definitions") };
    assert_eq!((lambda.kind, at(text, lambda.head)), (DefKind::Lambda, "lambda a, b=1"));
    assert_eq!(at(text, lambda.name_at), "lambda");
    assert_eq!(at(text, facts.expr(lambda.value).unwrap().place), "a + b");
    assert_eq!((alias.kind, facts.text(alias.name)), (DefKind::Type, "X"));
    assert_eq!(at(text, facts.expr(alias.ty).unwrap().place), "list[T]");
    assert_eq!(
        names(&facts, 1),
        [("a", symbol::PARAM | symbol::REFERENCED), ("b", symbol::PARAM | symbol::REFERENCED)]
    );
}

#[test]
fn imports_are_one_record_a_name() {
    let text = "import a.b, c as d\nfrom ..e import f as g, h\nfrom . import i\nfrom j import *\nfrom __future__ import annotations\n";
    let facts = facts(text);
    let shown: Vec<_> = facts
        .head
        .imports
        .iter()
        .map(|i| {
            (
                i.form,
                i.level,
                facts.text(i.module),
                facts.text(i.name),
                facts.text(i.binds),
                at(text, i.place),
            )
        })
        .collect();
    use ImportForm::{From, Future, Import, Star};
    assert_eq!(
        shown,
        [
            (Import, 0, "a.b", "", "a", "a.b"),
            (Import, 0, "c", "", "d", "c as d"),
            (From, 2, "e", "f", "g", "f as g"),
            (From, 2, "e", "h", "h", "h"),
            (From, 1, "", "i", "i", "i"),
            (Star, 0, "j", "", "", "*"),
            (Future, 0, "__future__", "annotations", "annotations", "annotations"),
        ]
    );
    let stmts: Vec<_> = facts.body.stmts.iter().map(|s| (s.kind, s.a, s.b)).collect();
    assert_eq!(stmts[..2], [(StmtKind::Import, 1, 2), (StmtKind::Import, 3, 2)]);
    assert_eq!(facts.head.scopes[0].flags, scope::STAR_IMPORT | scope::FUTURE_ANNOTATIONS);
}

#[test]
fn exports_follow_every_way_to_make_all() {
    let text = "__all__ = ['a', 'b'] + m.__all__\n__all__ += ['c', *n.__all__]\n__all__.extend(('d',))\n__all__.append('e')\n__all__.remove('a')\n__all__: list[str] = []\ndef f():\n    __all__ = ['no']\n";
    let facts = facts(text);
    let shown: Vec<_> = facts
        .head
        .exports
        .iter()
        .map(|e| {
            let expr = facts.expr(e.expr).map_or("", |expr| at(text, expr.place));
            (e.op, facts.text(e.value), expr)
        })
        .collect();
    use ExportOp::{Add, Remove, Set};
    assert_eq!(
        shown,
        [
            (Set, "a", ""),
            (Add, "b", ""),
            (Add, "", "m.__all__"),
            (Add, "c", ""),
            (Add, "", "n.__all__"),
            (Add, "d", ""),
            (Add, "e", ""),
            (Remove, "a", ""),
            (Set, "", ""),
        ]
    );
}

#[test]
fn scopes_say_what_they_do_with_names() {
    let text = "x = 1\nclass C:\n    y: int\n    def m(self):\n        global x\n        x = z\n        del w\n        super().m(locals())\n";
    let facts = facts(text);
    assert_eq!(names(&facts, 0), [("x", symbol::ASSIGNED), ("C", symbol::DEFINED)]);
    assert_eq!(
        names(&facts, 1),
        [
            ("y", symbol::ASSIGNED | symbol::ANNOTATED),
            ("int", symbol::REFERENCED),
            ("m", symbol::DEFINED)
        ]
    );
    assert_eq!(
        names(&facts, 2),
        [
            ("self", symbol::PARAM),
            ("x", symbol::GLOBAL | symbol::ASSIGNED),
            ("z", symbol::REFERENCED),
            ("w", symbol::DELETED),
            ("super", symbol::REFERENCED),
            ("locals", symbol::REFERENCED)
        ]
    );
    assert_eq!(facts.head.scopes[2].flags, scope::USES_CLASS | scope::DYNAMIC);
    let declared = facts.head.declared[0];
    assert_eq!(
        (declared.kind, declared.scope, at(text, declared.place)),
        (DeclaredKind::Global, ScopeId(3), "x")
    );
}

#[test]
fn a_comprehension_has_a_scope_and_its_first_source_stands_outside() {
    let text = "def f(a):\n    return {k: (y := v) for k, v in a if k async for z in k}\n";
    let facts = facts(text);
    let compr = facts.body.comprs[0];
    assert_eq!(compr.scope, ScopeId(3));
    let clauses = compr.clauses.of(&facts.body.clauses);
    assert_eq!((clauses.len(), clauses[0].ifs.n, clauses[1].is_async), (2, 1, true));
    assert_eq!(at(text, facts.expr(clauses[0].iter).unwrap().place), "a");
    assert_eq!(
        names(&facts, 1),
        [("a", symbol::PARAM | symbol::REFERENCED), ("y", symbol::ASSIGNED)]
    );
    let read = symbol::ITERATED | symbol::REFERENCED;
    assert_eq!(
        names(&facts, 2),
        [
            ("k", read),
            ("v", read),
            ("z", symbol::ITERATED),
            ("y", symbol::ASSIGNED | symbol::NONLOCAL)
        ]
    );
    let held = facts.head.scopes[2].exprs.of(&facts.body.exprs);
    assert!(held.iter().all(|e| at(text, e.place) != "a"));
    assert_eq!(facts.head.scopes[2].flags, scope::ASYNC);
}

#[test]
fn blocks_of_a_compound_follow_each_other() {
    let text = "try:\n    pass\nexcept A as e:\n    pass\nelse:\n    pass\nfinally:\n    pass\nif a:\n    pass\nelif b:\n    pass\nelse:\n    pass\nfor x in y:\n    pass\nelse:\n    pass\nwith m as n, o:\n    pass\n";
    let facts = facts(text);
    let chains: Vec<Vec<_>> = facts
        .body
        .stmts
        .iter()
        .filter(|s| s.kind == StmtKind::Open)
        .map(|s| {
            let mut next = crate::facts::BlockId(s.a);
            let mut kinds = Vec::new();
            while let Some(block) = facts.block(next) {
                kinds.push((block.kind, at(text, block.place).split_whitespace().next().unwrap()));
                next = block.next;
            }
            kinds
        })
        .collect();
    use BlockKind::{Elif, Else, Except, Finally, For, If, LoopElse, Try, TryElse, With};
    assert_eq!(
        chains[0],
        [(Try, "try:"), (Except, "except"), (TryElse, "else:"), (Finally, "finally:")]
    );
    assert_eq!(chains[1], [(If, "if"), (Elif, "elif"), (Else, "else:")]);
    assert_eq!(chains[2], [(For, "for"), (LoopElse, "else:")]);
    assert_eq!(chains[3], [(With, "with")]);
    let binds: Vec<_> = facts
        .body
        .stmts
        .iter()
        .filter(|s| s.kind == StmtKind::Bind)
        .map(|s| (s.op, at(text, s.place), s.exprs.n))
        .collect();
    assert_eq!(binds, [(BindOp::Except, "e", 0), (BindOp::For, "x", 0), (BindOp::With, "n", 0)]);
    let with = facts.body.blocks.iter().find(|b| b.kind == With).unwrap();
    assert_eq!(at(text, facts.expr(with.test).unwrap().place), "m as n, o");
}

#[test]
fn patterns_are_expressions_that_store() {
    let text = "match s:\n    case P(1, k=[a, *_]) | {'x': b, **r} as w if g:\n        pass\n    case _:\n        pass\n";
    let facts = facts(text);
    let stored: Vec<_> =
        facts.body.exprs.iter().filter(|e| e.has(expr::STORE)).map(|e| at(text, e.place)).collect();
    assert_eq!(stored, ["a", "b", "r", "w"]);
    let case = facts.body.blocks.iter().find(|b| b.kind == BlockKind::Case).unwrap();
    assert_eq!(facts.expr(case.test).unwrap().kind, ExprKind::Assign);
    assert_eq!(at(text, facts.expr(case.guard).unwrap().place), "g");
    let class = facts.body.exprs.iter().find(|e| e.kind == ExprKind::Pattern).unwrap();
    assert_eq!(facts.call(CallId(class.b)).unwrap().args.n, 2);
    assert_eq!(facts.body.stmts.iter().filter(|s| s.op == BindOp::Match).count(), 1);
}

#[test]
fn calls_keep_how_arguments_are_given() {
    let text = "f(a, *b, k=c, **d)((e))\n";
    let facts = facts(text);
    let calls: Vec<_> = facts.call_sites().collect();
    let args: Vec<_> = calls[0].args.iter().map(|a| (a.kind, facts.text(a.name), a.at)).collect();
    use ArgKind::{DoubleStar, Keyword, Positional, Star};
    assert_eq!(args, [(Positional, "", 2), (Star, "", 5), (Keyword, "k", 9), (DoubleStar, "", 14)]);
    assert_eq!(facts.body.calls[1].open_at, 18);
    let bracketed: Vec<_> = facts
        .body
        .exprs
        .iter()
        .filter(|e| e.has(expr::PARENTHESISED))
        .map(|e| at(text, e.place))
        .collect();
    assert_eq!(bracketed, ["e"]);
}

#[test]
fn brackets_are_told_from_those_of_calls_even_behind_comments() {
    let text = "x = ( # (\n    a )\nf(b)\n(c, d)\n(e for f in (g))\n";
    let facts = facts(text);
    let bracketed: Vec<_> = facts
        .body
        .exprs
        .iter()
        .filter(|e| e.has(expr::PARENTHESISED))
        .map(|e| at(text, e.place))
        .collect();
    assert_eq!(bracketed, ["a", "(c, d)", "g", "(e for f in (g))"]);
}

#[test]
fn literals_keep_their_text_up_to_a_length() {
    let long = "a".repeat(257);
    let text = format!("('x' 'y', b'\\xffz', 0x1F, 1.5, 2j, True, None, ..., '{long}')\n");
    let facts = facts(&text);
    let shown: Vec<_> = facts
        .body
        .exprs
        .iter()
        .filter(|e| e.kind == ExprKind::Const)
        .map(|e| (facts.text(Str(e.a)), ConstKind::ALL[e.b as usize]))
        .collect();
    use ConstKind::{Bytes, Complex, Ellipsis, Float, Int, Long, None, True};
    let hash = blake3::hash(long.as_bytes()).to_hex();
    let expected = [
        ("xy", ConstKind::Str),
        ("\\xffz", Bytes),
        ("0x1F", Int),
        ("1.5", Float),
        ("2j", Complex),
        ("True", True),
        ("None", None),
        ("...", Ellipsis),
        (hash.as_str(), Long),
    ];
    assert_eq!(shown, expected);
}

#[test]
fn operators_and_choices_keep_their_parts() {
    let text = "a @ -b\nx if t else y\np < q in r\n";
    let facts = facts(text);
    let binary = facts.body.exprs.iter().find(|e| e.kind == ExprKind::Binary).unwrap();
    assert_eq!(binary.op(), Op::MatMul);
    let unary = facts.body.exprs.iter().find(|e| e.kind == ExprKind::Unary).unwrap();
    assert_eq!(Op::ALL[unary.b as usize], Op::Neg);
    let either = facts.body.exprs.iter().position(|e| e.kind == ExprKind::Either).unwrap();
    let parts: Vec<_> =
        kids(&facts, either).iter().map(|&id| at(text, facts.expr(id).unwrap().place)).collect();
    assert_eq!(parts, ["t", "x", "y"]);
    let compare = facts.body.exprs.iter().position(|e| e.kind == ExprKind::Compare).unwrap();
    assert_eq!(kids(&facts, compare).len(), 3);
}

#[test]
fn a_string_that_is_an_annotation_is_read() {
    let text = "x: 'a.B' = 'c'\ny: List['D', Literal['e'], Annotated['F', 'g']]\nz: 'h\\x41'\n";
    let facts = facts(text);
    let quoted: Vec<_> = facts
        .body
        .exprs
        .iter()
        .filter(|e| e.has(expr::QUOTED))
        .map(|e| at(text, e.place))
        .collect();
    assert_eq!(quoted, ["a", "a.B", "D", "F"]);
    assert_eq!(written(text, &facts, ExprKind::Const), ["'c'", "'e'", "'g'", "'h\\x41'"]);
    assert!(names(&facts, 0).iter().all(|(name, _)| *name != "a" && *name != "D"));
}

#[test]
fn holes_of_f_strings_are_kids_and_their_texts_tokens() {
    let text = "f'a{b!r:>{c}} d' 'e'\n";
    let facts = facts(text);
    assert_eq!(written(text, &facts, ExprKind::Name), ["b", "c"]);
    let tokens: Vec<_> = facts.trivia.tokens.iter().map(|t| (t.kind, at(text, t.place))).collect();
    use TokenKind::{FStringText, String};
    assert_eq!(
        tokens,
        [(FStringText, "a"), (FStringText, ">"), (FStringText, " d"), (String, "'e'")]
    );
}

#[test]
fn comments_strings_and_docstrings_are_tokens() {
    let text = "'m'\n# c\nclass C:\n    'd' 'e'\n    x = 'f'\n    def g(self): 'h'\n";
    let facts = facts(text);
    let tokens: Vec<_> = facts.trivia.tokens.iter().map(|t| (t.kind, at(text, t.place))).collect();
    use TokenKind::{Comment, Docstring, String};
    assert_eq!(
        tokens,
        [
            (Docstring, "'m'"),
            (Comment, "# c"),
            (Docstring, "'d'"),
            (Docstring, "'e'"),
            (String, "'f'"),
            (Docstring, "'h'")
        ]
    );
}

#[test]
fn a_file_with_an_error_gives_what_can_be_read() {
    let facts = facts("def f(:\n    pass\nclass C:\n    x = \nimport a\n");
    assert!(facts.head.errors.iter().all(|e| e.kind == ErrorKind::Syntax));
    let texts: Vec<_> = facts.head.errors.iter().map(|e| facts.text(e.text)).collect();
    assert!(texts.contains(&"expected an expression"), "{texts:?}");
    let names: Vec<_> = facts.head.defs.iter().map(|d| facts.text(d.name)).collect();
    assert_eq!((names, facts.head.imports.len()), (vec!["f", "C"], 1));
}
