//! What holds for any source: the tables are sound, and no depth is too much.

use proptest::prelude::*;

use super::tests::facts;
use super::*;
use crate::facts::head::ErrorKind;
use crate::facts::{ExprId, Place, Shape};

#[test]
fn what_is_nested_too_deep_is_left_out_and_told() {
    let deep = 100_000;
    let (open, close) = ("[".repeat(deep), "]".repeat(deep));
    let sources = [
        format!("x = {open}{close}"),
        format!("x = a{}", ".a".repeat(deep)),
        format!("x = 1{}", "+1".repeat(deep)),
        format!("x = f{}", "()".repeat(deep)),
        format!("x = a{}", "[0]".repeat(deep)),
        format!("x = {}a", "not ".repeat(deep)),
        format!("x = {}1", "lambda: ".repeat(deep)),
        format!("x = {}1", "a if b else ".repeat(deep)),
        format!("x = {}1{}", "f'{(".repeat(deep), ")}'".repeat(deep)),
        format!("x = {}1{}", "{a: ".repeat(deep), "}".repeat(deep)),
        format!("x = {}b{}", "[a for a in ".repeat(deep), "]".repeat(deep)),
        format!("{open}y{close} = 1"),
    ];
    for source in sources {
        let text = format!("def before(): pass\n{source}\ndef after(): pass\n");
        let facts = facts(&text);
        let errors: Vec<_> =
            facts.head.errors.iter().map(|e| (e.kind, facts.text(e.text))).collect();
        let [(ErrorKind::Unread, message)] = errors[..] else { panic!("{errors:?}") };
        assert!(
            message
                .ends_with("levels deep, over the limit of 10000: what lies deeper was not read")
        );
        let names: Vec<_> =
            facts.head.defs.iter().map(|d| facts.text(d.name)).filter(|n| !n.is_empty()).collect();
        assert_eq!(names, ["before", "after"]);
    }
}

#[test]
fn a_deep_annotation_in_a_string_stays_a_string() {
    let text = format!("x: '{}{}'\n", "[".repeat(100_000), "]".repeat(100_000));
    let facts = facts(&text);
    assert_eq!((facts.body.exprs.len(), facts.head.errors.len()), (2, 0));
}

#[test]
fn statements_may_nest_as_deep_as_a_file_has_room() {
    for word in ["if x:", "def f():", "class C:", "with a:", "try:"] {
        let mut text: String = (0..1_000).map(|n| format!("{}{word}\n", " ".repeat(n))).collect();
        text += &" ".repeat(1_000);
        text += "pass\n";
        assert!(facts(&text).body.blocks.len() > 1_000);
    }
}

/// What a reader of the tables may rely on, whatever the source.
fn assert_sound(text: &str, facts: &Facts) {
    let body = &facts.body;
    let inside = |place: Place| text.get(place.at as usize..place.end() as usize).is_some();
    for (index, expr) in body.exprs.iter().enumerate() {
        assert!(inside(expr.place), "{expr:?}");
        let before = |id: ExprId| assert!(id.0 as usize <= index, "{expr:?} at {index}");
        match facts.shape(ExprId::at(index)) {
            Shape::Attr(base, _) => before(base),
            Shape::Many(kids) => kids.iter().copied().for_each(before),
            Shape::Call(callee, call) | Shape::Pattern(callee, call) => {
                before(callee);
                assert!(call.args.range().end <= body.args.len());
                call.args.of(&body.args).iter().for_each(|arg| before(arg.value));
            }
            Shape::One(one) => before(one),
            Shape::Two(one, two, _) | Shape::Index(one, two) => {
                before(one);
                before(two);
            }
            Shape::Compr(compr) => {
                before(compr.element);
                before(compr.value);
                assert!(compr.clauses.range().end <= body.clauses.len());
            }
            _ => {}
        }
    }
    let mut end = 0;
    for run in body.stmts.iter().map(|stmt| stmt.exprs).filter(|run| !run.is_empty()) {
        assert!(run.range().start >= end && run.range().end <= body.exprs.len());
        end = run.range().end;
    }
    assert!(body.stmts.iter().all(|stmt| inside(stmt.place)));
    assert!(
        body.blocks
            .iter()
            .all(|block| inside(block.place) && block.stmts.range().end <= body.stmts.len())
    );
    let head = &facts.head;
    assert!(
        head.defs
            .iter()
            .all(|d| inside(d.full) && inside(d.head) && inside(d.name_at) && inside(d.doc))
    );
    assert!(
        head.scopes.iter().all(|s| s.symbols.range().end <= head.symbols.len() && inside(s.place))
    );
    assert!(head.errors.iter().all(|e| inside(e.place)));
    assert!(facts.trivia.tokens.iter().all(|token| inside(token.place)));
    assert!(facts.trivia.tokens.windows(2).all(|pair| pair[0].place.end() <= pair[1].place.at));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_gives_sound_facts(text in any::<String>()) {
        assert_sound(&text, &facts(&text));
    }

    #[test]
    fn any_row_of_pieces_gives_sound_facts(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..60)) {
        let text = pieces.concat();
        assert_sound(&text, &facts(&text));
    }
}

const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    ".",
    "=",
    ":=",
    "*",
    "**",
    "-",
    "not ",
    "lambda ",
    "x",
    " y ",
    "1",
    "'",
    "\"",
    "'''",
    "f'",
    "f\"{",
    "t'",
    "}'",
    "!r",
    "\n",
    "\n    ",
    "\n        ",
    "\r",
    "\\\n",
    "# c\n",
    "if ",
    " else ",
    "def f",
    "class C",
    "@d\n",
    "async ",
    "await ",
    "yield ",
    " for x in y",
    "match x:\n  case ",
    "import a.b",
    "from . import ",
    "try:\n ",
    "except A as e:",
    "finally:",
    "with a as b:",
    "global x",
    "type X = ",
    "return ",
    "del ",
    "é",
    "__all__",
    " += ",
    ";",
    "->",
    "x: 'a.b'",
    "\u{feff}",
];
