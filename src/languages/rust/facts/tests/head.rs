//! Definitions, parameters, imports, scopes.

use super::facts;
use super::show::{arguments, at, block, def, def_id, names, shown};
use crate::facts::head::{DefKind, ImportForm, ParamKind, TypeParamKind, Visibility, def as flag};
use crate::facts::head::{ScopeKind, scope};
use crate::facts::trivia::TokenKind;
use crate::facts::{ExprId, Facts, Place, ScopeId};

#[test]
fn every_item_is_a_definition() {
    let source = "
        fn a() {} struct B; struct C { d: u8 } struct E(u8, pub u16); enum F { G, H(u8), I { j: u8 } }
        union K { l: u8 } trait M { fn n(); type O; const P: u8; } impl M for B {} mod q {} mod r;
        const S: u8 = 1; static T: u8 = 2; type U = u8; macro_rules! v { () => {} }
        extern \"C\" { fn w(); static X: u8; }";
    let facts = facts(source);
    let all: Vec<String> = facts
        .head
        .defs
        .iter()
        .map(|def| format!("{:?} {}", def.kind, facts.text(def.name)))
        .collect();
    assert_eq!(
        all,
        [
            "Function a",
            "Struct B",
            "Struct C",
            "Field d",
            "Struct E",
            "Field 0",
            "Field 1",
            "Enum F",
            "Variant G",
            "Variant H",
            "Field 0",
            "Variant I",
            "Field j",
            "Union K",
            "Field l",
            "Trait M",
            "Function n",
            "Type O",
            "Const P",
            "Impl ",
            "Module q",
            "Module r",
            "Const S",
            "Static T",
            "Type U",
            "Macro v",
            "Function w",
            "Static X",
        ]
    );
    assert_eq!(facts.head.errors, []);
}

#[test]
fn a_function_says_where_its_parts_stand() {
    let source = "/// doc\n#[inline]\npub(crate) async fn f<T>(a: T) -> u8 { 1 }";
    let facts = facts(source);
    let f = def(&facts, "f");
    assert_eq!(at(source, f.full), source);
    assert_eq!(at(source, f.head), "pub(crate) async fn f<T>(a: T) -> u8");
    assert_eq!(at(source, f.name_at), "f");
    assert_eq!(at(source, f.doc), "/// doc");
    assert_eq!(f.visibility, Visibility::Crate);
    assert_eq!(f.flags, flag::ASYNC);
    assert_eq!(shown(&facts, f.ty), "u8");
    assert_eq!(at(source, facts.scope(f.own).unwrap().place), "<T>(a: T) -> u8 { 1 }");
    assert_eq!(facts.scope(f.own).unwrap().flags, scope::ASYNC);
    assert_eq!(facts.block(f.body).unwrap().scope, f.own);
    assert_eq!(names(&facts, f.own), ["T read+type", "a param", "u8 read"]);
    assert_eq!(names(&facts, ScopeId(1)), ["inline read", "f def"]);
}

#[test]
fn visibilities_and_modifiers_are_flags() {
    let source = "pub fn a() {} pub(super) unsafe fn b() {} const fn c() {} extern \"C\" fn d() {}
        static mut E: u8 = 1; trait F { fn g(); fn h() {} const I: u8; const J: u8 = 1; }
        unsafe extern \"C\" { fn k(); } pub(in crate::x) const L: u8 = 1; pub(self) fn m() {}";
    let facts = facts(source);
    let flags = |name: &str| def(&facts, name).flags;
    let visibility = |name: &str| def(&facts, name).visibility;
    assert_eq!(visibility("a"), Visibility::Public);
    assert_eq!((visibility("b"), flags("b")), (Visibility::Restricted, flag::UNSAFE));
    assert_eq!((visibility("c"), flags("c")), (Visibility::Private, flag::CONST));
    assert_eq!((flags("d"), flags("k")), (flag::EXTERN, flag::EXTERN));
    assert_eq!(flags("E"), flag::MUT);
    assert_eq!((flags("g"), flags("h")), (flag::ABSTRACT, flag::DEFAULT));
    assert_eq!((flags("I"), flags("J")), (0, flag::DEFAULT));
    assert_eq!(visibility("L"), Visibility::Restricted);
    assert_eq!(visibility("m"), Visibility::Private);
}

#[test]
fn attributes_are_decorators_and_flags() {
    let source = "#[cfg(test)] mod a { #![allow(x)] #[test] fn b() {} }
        #[tokio::test(flavor = \"x\")] fn c() {} #[cfg(all(test, unix))] fn d() {}
        #[cfg(unix)] fn e() {} #[macro_export] macro_rules! g { () => {} }
        #[path = \"p.rs\"] #[macro_use] mod h; #[derive(Debug, serde::Serialize)] struct I;";
    let facts = facts(source);
    let flags = |name: &str| def(&facts, name).flags;
    assert_eq!(flags("a"), flag::CFG | flag::TEST);
    assert_eq!((flags("b"), flags("c")), (flag::TEST, flag::TEST));
    assert_eq!((flags("d"), flags("e")), (flag::CFG | flag::TEST, flag::CFG));
    assert_eq!(flags("g"), flag::MACRO_EXPORT);
    let import = facts.head.imports[0];
    assert_eq!((import.form, facts.text(import.path)), (ImportForm::Mod, "p.rs"));
    assert!(import.macro_use);
    let decorators = |name: &str| -> Vec<String> {
        let kids = def(&facts, name).decorators.of(&facts.body.kids);
        kids.iter().map(|&kid| shown(&facts, kid)).collect()
    };
    assert_eq!(decorators("I"), ["Type(derive Debug serde::Serialize)"]);
    assert_eq!(decorators("c"), ["Type(tokio::test flavor:Str:x)"]);
    assert_eq!(decorators("d"), ["Type(cfg Type(all test unix))"]);
    assert_eq!(decorators("h"), ["Type(path Str:p.rs)", "macro_use"]);
    assert_eq!(facts.call_sites().count(), 0);
}

#[test]
fn parameters_have_names_types_and_patterns() {
    let source = "impl A { fn f(&mut self, mut a: u8, (b, c): B, &d: &u8, _: u8) {} }
        fn g(self: Box<Self>, E(e): E) {} extern \"C\" { fn h(x: u8, ...); } trait T { fn i(u8); }";
    let facts = facts(source);
    let params = |name: &str| -> Vec<String> {
        let all = def(&facts, name).params.of(&facts.head.params).iter();
        all.map(|param| {
            let (ty, pattern) = (shown(&facts, param.ty), shown(&facts, param.pattern));
            format!("{:?} {} {ty} {pattern}", param.kind, facts.text(param.name))
        })
        .collect()
    };
    assert_eq!(
        params("f"),
        [
            "SelfValue self - Ref(=self)",
            "Positional a u8 -",
            "Positional  B Tuple(=b =c)",
            "Positional d Type(- &:u8) Ref(=d)",
            "Positional  u8 =_",
        ]
    );
    assert_eq!(params("g"), ["SelfValue self Type(Box Self) -", "Positional e E Pattern(E =e)"]);
    assert_eq!(params("h"), ["Positional x u8 -", "Star  - -"]);
    assert_eq!(params("i"), ["Positional  u8 -"]);
    let f = def(&facts, "f");
    let own = names(&facts, f.own);
    for name in ["self param", "a param", "b param", "c param", "d param"] {
        assert!(own.iter().any(|own| own == name), "{own:?}");
    }
    assert_eq!(facts.head.params[0].kind, ParamKind::SelfValue);
}

#[test]
fn type_parameters_have_kinds_and_bounds() {
    let source = "fn f<'a: 'b, T: A + B<C> = D, const N: usize = 3, U>() where U: E {}";
    let facts = facts(source);
    let all = def(&facts, "f").type_params.of(&facts.head.type_params);
    let shown_param = |param: &crate::facts::head::TypeParam| {
        let (bound, default) = (shown(&facts, param.bound), shown(&facts, param.default));
        format!("{} {bound} {default}", facts.text(param.name))
    };
    let found: Vec<String> = all.iter().map(shown_param).collect();
    assert_eq!(found, ["'a 'b -", "T Bounds(A Type(B C)) D", "N usize Int:3", "U - -"]);
    let kinds: Vec<TypeParamKind> = all.iter().map(|param| param.kind).collect();
    use TypeParamKind::{Const, Lifetime, Type};
    assert_eq!(kinds, [Lifetime, Type, Const, Type]);
    // The `where` clause is read, though nothing names it.
    let stmt = facts.body.stmts[0];
    let last = ExprId(stmt.exprs.lo + stmt.exprs.n);
    assert_eq!(shown(&facts, last), "Other(U E)");
}

#[test]
fn an_impl_names_type_and_trait() {
    let source = "impl<T> A<T> for b::C<T> where T: D { fn f(&self) {} } impl !Send for E {}";
    let facts = facts(source);
    let [first, _, second] = &facts.head.defs[..] else { panic!() };
    assert_eq!((first.kind, at(source, first.name_at)), (DefKind::Impl, "impl"));
    assert_eq!(shown(&facts, first.self_ty), "Type(b::C T)");
    assert_eq!(shown(&facts, first.trait_ty), "Type(A T)");
    assert_eq!(shown(&facts, second.self_ty), "E");
    assert_eq!(at(source, first.head), "impl<T> A<T> for b::C<T> where T: D");
    assert_eq!(block(&facts, first.body), ["Def 2"]);
    assert_eq!(facts.scope(first.own).unwrap().kind, ScopeKind::Class);
    let f = def(&facts, "f");
    assert_eq!((f.scope, f.block), (first.own, first.body));
}

#[test]
fn traits_structs_and_enums_hold_members() {
    let source =
        "trait A: B + C<D> { type E: F; } struct G<T> { pub h: T } enum I { J = 1, K(u8) }";
    let facts = facts(source);
    assert_eq!(arguments(&facts, def(&facts, "A").bases), ["B", "Type(C D)"]);
    assert_eq!(arguments(&facts, def(&facts, "E").bases), ["F"]);
    let h = def(&facts, "h");
    assert_eq!((shown(&facts, h.ty).as_str(), h.visibility), ("T", Visibility::Public));
    assert_eq!(shown(&facts, def(&facts, "J").value), "Int:1");
    let first = def(&facts, "0");
    assert_eq!(at(source, first.head), "u8");
    let k = def(&facts, "K");
    assert_eq!(at(source, k.head), "K(u8)");
    assert_eq!(block(&facts, k.body), [format!("Def {}", def_id(&facts, "0").0)]);
    assert_eq!(names(&facts, def(&facts, "I").own), ["J def", "K def", "u8 read"]);
    assert_eq!(names(&facts, def(&facts, "G").own), ["T read+type", "h def"]);
}

fn imports(source: &str) -> Vec<String> {
    let facts = facts(source);
    let all = facts.head.imports.iter();
    all.map(|import| {
        let [module, name, binds] =
            [import.module, import.name, import.binds].map(|text| facts.text(text));
        format!("{:?} {module} {name} {binds} {}", import.form, at(source, import.place))
    })
    .collect()
}

#[test]
fn a_use_tree_is_one_record_a_leaf() {
    assert_eq!(
        imports("use a::{self, b::{c, d as e}, f::*};"),
        ["Use a self a self", "Use a::b c c c", "Use a::b d e d as e", "UseGlob a::f   f::*",]
    );
    assert_eq!(imports("use a;"), ["Use  a a a"]);
    assert_eq!(imports("pub use ::a::b as _;"), ["Use ::a b _ ::a::b as _"]);
    assert_eq!(imports("use ::{a, b::c};"), ["Use :: a a a", "Use ::b c c b::c"]);
    assert_eq!(imports("use ::a;"), ["Use :: a a ::a"]);
    assert_eq!(imports("use {a, b};"), ["Use  a a a", "Use  b b b"]);
    assert_eq!(imports("use super::*;"), ["UseGlob super   super::*"]);
    assert_eq!(
        imports("use crate :: a /* c */ :: b;"),
        ["Use crate::a b b crate :: a /* c */ :: b"]
    );
    assert_eq!(imports("use a::{self as b};"), ["Use a self b self as b"]);
    assert_eq!(imports("extern crate a as b;"), ["ExternCrate  a b a as b"]);
    assert_eq!(imports("pub mod m;"), ["Mod  m m m"]);
}

#[test]
fn imports_bind_in_their_scope() {
    let facts = facts("pub use a::b; fn f() { use c::{d, e::*}; }");
    assert_eq!(names(&facts, ScopeId(1)), ["b use", "f def"]);
    let f = def(&facts, "f");
    assert_eq!(names(&facts, f.own), ["d use"]);
    assert_eq!(facts.scope(f.own).unwrap().flags, scope::STAR_IMPORT);
    assert_eq!(facts.head.imports[0].visibility, Visibility::Public);
    assert_eq!(block(&facts, f.body), ["Import 2 2"]);
}

fn scope_kinds(facts: &Facts) -> Vec<ScopeKind> {
    facts.head.scopes.iter().map(|scope| scope.kind).collect()
}

#[test]
fn blocks_that_bind_names_are_scopes() {
    use ScopeKind::{Block, Closure, Function, Module};
    let source = "fn f() { { g(); } { let a = 1; } if let Some(b) = h { b } for c in d {} }";
    let found = facts(source);
    assert_eq!(scope_kinds(&found), [Module, Function, Block, Block, Block]);
    assert_eq!(names(&found, ScopeId(3)), ["a let"]);
    assert_eq!(names(&found, ScopeId(4)), ["b let+read"]);
    assert_eq!(names(&found, ScopeId(5)), ["c let"]);
    assert_eq!(names(&found, ScopeId(2)), ["g read", "Some read", "h read", "d read"]);
    let found = facts("fn f() { match x { Some(y) if y > 1 => y, A => b, _ => { let c = 1; } } }");
    assert_eq!(scope_kinds(&found), [Module, Function, Block, Block]);
    assert_eq!(names(&found, ScopeId(3)), ["y let+read"]);
    let found = facts("fn f() { let g = move |a, (b, _)| a + c; }");
    assert_eq!(scope_kinds(&found), [Module, Function, Closure]);
    assert_eq!(names(&found, ScopeId(3)), ["a param+read", "b param", "c read"]);
    assert_eq!(found.head.scopes[2].flags, scope::MOVE);
}

#[test]
fn a_condition_sees_what_it_has_bound() {
    let source = "fn f() { if let Some(x) = x && let Some(y) = x.z && y.w() { y } else { y } }";
    let facts = facts(source);
    let f = def(&facts, "f");
    assert_eq!(names(&facts, f.own), ["Some read", "x read", "y read"]);
    assert_eq!(names(&facts, ScopeId(3)), ["x let+read", "Some read", "y let+read"]);
    let place = facts.head.scopes[2].place;
    assert_eq!(at(source, place), " && let Some(y) = x.z && y.w() { y }");
}

#[test]
fn closures_are_definitions() {
    let source = "fn f() { g(async move |a: u8| -> u8 { a }, |b| b) }";
    let facts = facts(source);
    let [_, first, second] = &facts.head.defs[..] else { panic!() };
    assert_eq!((first.kind, at(source, first.name_at)), (DefKind::Closure, "|"));
    assert_eq!(at(source, first.head), "async move |a: u8| -> u8");
    assert_eq!(block(&facts, first.body), ["Tail a"]);
    assert_eq!(first.flags, flag::ASYNC);
    assert!(first.value.is_none() && second.body.is_none());
    assert_eq!(shown(&facts, second.value), "b");
    assert_eq!(second.params.n, 1);
    assert!(facts.scope(second.own).unwrap().exprs.n > 0);
}

#[test]
fn definitions_and_scopes_stand_in_source_order() {
    let source = "fn f() { g(|| { fn a() {} || 1 }, |x| { fn b() {} }); fn c() {} }";
    let facts = facts(source);
    let kinds: Vec<String> = facts
        .head
        .defs
        .iter()
        .map(|def| format!("{}{}", facts.text(def.name), if def.name.is_none() { "|" } else { "" }))
        .collect();
    assert_eq!(kinds, ["f", "|", "a", "|", "|", "b", "c"]);
    for (index, def) in facts.head.defs.iter().enumerate() {
        assert_eq!(facts.scope(def.own).unwrap().def.index(), Some(index));
    }
    assert!(facts.head.scopes.is_sorted_by_key(|scope| scope.place.at));
}

#[test]
fn doc_comments_belong_to_what_they_document() {
    let source =
        "//! file\n/// a\n/// b\n#[x]\n/// c\nstruct A; // no\n/** d */ mod b {\n//! e\n}\n";
    let facts = facts(source);
    assert_eq!(at(source, def(&facts, "A").doc), "/// a\n/// b\n#[x]\n/// c");
    assert_eq!(at(source, def(&facts, "b").full), "/** d */ mod b {\n//! e\n}");
    let tokens: Vec<(TokenKind, &str)> =
        facts.trivia.tokens.iter().map(|token| (token.kind, at(source, token.place))).collect();
    use TokenKind::{Attribute, Comment, DocComment};
    assert_eq!(
        tokens,
        [
            (DocComment, "//! file"),
            (DocComment, "/// a"),
            (DocComment, "/// b"),
            (Attribute, "#[x]"),
            (DocComment, "/// c"),
            (Comment, "// no"),
            (DocComment, "/** d */"),
            (DocComment, "//! e"),
        ]
    );
}

#[test]
fn errors_are_the_outermost() {
    let found = facts("fn f( { g(1); }\nstruct S { a b }\nfn ok() { h() }");
    assert!(!found.head.errors.is_empty());
    assert!(found.head.defs.iter().any(|def| found.text(def.name) == "ok"));
    let found = facts("fn f() { let x = 1 }");
    let texts: Vec<&str> = found.head.errors.iter().map(|error| found.text(error.text)).collect();
    assert_eq!(texts, ["missing `;`"]);
    assert_eq!(found.head.errors[0].place, Place { at: 18, len: 0 });
}
