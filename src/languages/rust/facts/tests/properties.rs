//! Whatever the bytes: no panic, no hang, and tables that hold together.

use proptest::prelude::*;

use super::facts;
use crate::facts::body::ExprKind;
use crate::facts::head::{ErrorKind, ScopeKind};
use crate::facts::{ExprId, Facts, Place, Run, Shape};

fn place_is_right(source: &str, place: Place) {
    assert!(source.get(place.at as usize..place.end() as usize).is_some(), "{place:?}");
}

fn run_is_right<T>(run: Run, table: &[T]) {
    assert!(run.n == 0 || table.get(run.range()).is_some(), "{run:?}");
}

/// The parts of an expression.
fn children(facts: &Facts, id: ExprId) -> Vec<ExprId> {
    match facts.shape(id) {
        Shape::Attr(a, _) | Shape::Path(a, _) | Shape::One(a) | Shape::Block(_, a) => vec![a],
        Shape::Index(a, b) | Shape::Two(a, b, _) => vec![a, b],
        Shape::Many(kids) => kids.to_vec(),
        Shape::Call(head, call)
        | Shape::Method(head, call)
        | Shape::Macro(head, call)
        | Shape::Struct(head, call)
        | Shape::Pattern(head, call)
        | Shape::Type(head, call) => {
            run_is_right(call.args, &facts.body.args);
            run_is_right(call.turbofish, &facts.body.kids);
            let args = call.args.of(&facts.body.args).iter().map(|arg| arg.value);
            let turbofish = call.turbofish.of(&facts.body.kids).iter().copied();
            std::iter::once(head).chain(args).chain(turbofish).collect()
        }
        _ => Vec::new(),
    }
}

/// What holds for the facts of every source.
pub(super) fn hold_together(source: &str, facts: &Facts) {
    for index in 0..facts.body.exprs.len() {
        let id = ExprId::at(index);
        place_is_right(source, facts.body.exprs[index].place);
        for child in children(facts, id) {
            assert!(child < id, "{:?} {:?}", facts.body.exprs[index], child);
        }
        assert!(!matches!(facts.shape(id), Shape::Nothing));
    }
    for stmt in &facts.body.stmts {
        place_is_right(source, stmt.place);
        run_is_right(stmt.exprs, &facts.body.exprs);
        assert!(stmt.block.is_some());
    }
    for (index, block) in facts.body.blocks.iter().enumerate() {
        place_is_right(source, block.place);
        run_is_right(block.stmts, &facts.body.stmts);
        run_is_right(block.exprs, &facts.body.exprs);
        assert!(block.parent.index().is_none_or(|parent| parent < index));
        assert!(block.scope.is_some());
    }
    scopes_hold_together(source, facts);
    let tokens = &facts.trivia.tokens;
    assert!(tokens.windows(2).all(|pair| pair[0].place.end() <= pair[1].place.at));
    tokens.iter().for_each(|token| place_is_right(source, token.place));
}

fn scopes_hold_together(source: &str, facts: &Facts) {
    for (index, scope) in facts.head.scopes.iter().enumerate() {
        place_is_right(source, scope.place);
        run_is_right(scope.symbols, &facts.head.symbols);
        run_is_right(scope.exprs, &facts.body.exprs);
        assert!(scope.parent.index().is_none_or(|parent| parent < index));
        assert!(index > 0 || scope.kind == ScopeKind::Module);
    }
    for def in &facts.head.defs {
        for place in [def.full, def.head, def.name_at, def.doc] {
            place_is_right(source, place);
        }
        run_is_right(def.params, &facts.head.params);
        run_is_right(def.type_params, &facts.head.type_params);
        run_is_right(def.decorators, &facts.body.kids);
        run_is_right(def.bases, &facts.body.args);
        assert!(def.block.is_some() && def.scope.is_some());
    }
    for import in &facts.head.imports {
        place_is_right(source, import.place);
        assert!(import.stmt.is_some());
    }
    facts.head.params.iter().for_each(|param| place_is_right(source, param.place));
    facts.head.errors.iter().for_each(|error| place_is_right(source, error.place));
    assert!(facts.head.defs.is_sorted_by_key(|def| def.full.at));
}

/// What sources are made of, `·` for a blank.
const PIECES: &str = r##"fn·f(a:·T,·(b,·c):·&U)·->·V· { } ( ) [ ] struct·S enum·E impl· for· let·x·=·
    if·let·Some(y)·=·x· else· match·x· =>· ,· ;· x .y ::z ! |a|· move· async· use·a::{b,·c·as·d,·*} mod·m
    macro_rules!·m· "s{x}" 'c' 'l:· 1.0 #[cfg(test)] ///·doc\n //·c\n /* */ &mut· < > T where· trait·
    println! = + .. return· break·'l· é self pub(crate)· const· unsafe· r#" "# \\ $ \r\n loop·"##;

fn fragment() -> impl Strategy<Value = String> {
    let mend = |piece: &str| piece.replace('·', " ").replace("\\n", "\n").replace("\\r", "\r");
    let pieces: Vec<String> = PIECES.split_whitespace().map(mend).collect();
    let piece = proptest::sample::select(pieces);
    proptest::collection::vec(piece, 0..60).prop_map(|all| all.concat())
}

proptest! {
    #[test]
    fn any_text_gives_facts_that_hold_together(source in "\\PC{0,200}") {
        hold_together(&source, &facts(&source));
    }

    #[test]
    fn pieces_of_rust_in_any_order_give_facts_that_hold_together(source in fragment()) {
        hold_together(&source, &facts(&source));
    }
}

#[test]
fn depth_is_no_danger() {
    let deep = 20_000;
    let around = |open: &str, inside: &str, close: &str| {
        format!("fn f() {{ {}{inside}{}; }}", open.repeat(deep), close.repeat(deep))
    };
    for source in [
        around("(", "x", ")"),
        around("[", "x", "]"),
        around("{", "x", "}"),
        around("g(", "x", ")"),
        around("if x {", "x", "}"),
        around("|y| {", "x", "}"),
        around("|y| ", "x", ""),
        around("&", "x", ""),
        around("m!(", "x", ")"),
        around("match x { _ => ", "x", "}"),
        around("loop { let x = ", "x", "; }"),
        format!("fn f() {{ x{} }}", ".a".repeat(deep)),
        format!("fn f() {{ x{} }}", ".a()".repeat(deep)),
        format!("fn f() {{ x{} }}", "+x".repeat(deep)),
        format!("fn f() {{ x{} }}", "?".repeat(deep)),
        format!("type X = {}u8{};", "A<".repeat(deep), ">".repeat(deep)),
        format!("use {}x{};", "a::{".repeat(deep), "}".repeat(deep)),
        format!("{}{}", "mod m {".repeat(deep), "}".repeat(deep)),
        format!("fn f() {{ {} }}", "if x {} else ".repeat(deep) + "{}"),
        "(".repeat(deep),
        "fn f() {".repeat(deep),
        "#[a(".repeat(deep),
    ] {
        let found = facts(&source);
        assert!(found.body.exprs.len() < source.len() + 10);
        let is_use = source.starts_with("use");
        let errors = found.head.errors.iter();
        assert!(errors.clone().all(|error| is_use || error.kind == ErrorKind::Syntax));
    }
}

#[test]
fn a_long_chain_is_read_to_its_end() {
    let found = facts(&format!("fn f() {{ x{} }}", ".a()".repeat(10_000)));
    let methods = found.body.exprs.iter().filter(|expr| expr.kind == ExprKind::Method);
    assert_eq!(methods.count(), 10_000);
}
