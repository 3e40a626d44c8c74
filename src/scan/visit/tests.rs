//! The visit finds what ast-grep finds that looks at every node of every file: leaves and anchors rule out nothing.

use ast_grep_core::AstGrep;
use proptest::prelude::*;

use super::*;
use crate::facts::needs::{Code, Strictness};

const PYTHON: &[&str] = &[
    "getattr($X, $Y, $Z)",
    "super().__init__($$$A)",
    "raise $E from $X",
    "raise $E",
    "$X is not None",
    "not $X in $Y",
    "for $I in $L: $$$B",
    "if $C: $$$A",
    "def $F($$$P): $$$B",
    "async def $F(): $$$B",
    "class $C: $$$B",
    "$A = $A",
    "lambda $$$A: $B",
    "f($$$A, b, $$$C)",
    "import $M",
    "from $M import $N",
    "'get'",
    "return",
    "$F",
    "try: $$$A",
    "x if $C else y",
];
const PYTHON_PIECES: &[&str] = &[
    "getattr(a, b, c)",
    "xgetattr(a, b, c)",
    "0xfgetattr(a, b, c)",
    "getattr(a, # c\n b, c,)",
    "super().__init__(1)",
    "super(\n).__init__()",
    "raise A from b",
    "raise A",
    "raise",
    "a is not None",
    "not a in b",
    "for a in b: pass",
    "for a b:",
    "if a: b",
    "if a",
    "def f(a): pass",
    "async def f(): pass",
    "class A:\n    x = x\n",
    "lambda: get",
    "f(a, b, c)",
    "f(b)",
    "f(a,b",
    "import get",
    "from a import get",
    "'get'",
    "return",
    "try: pass",
    "x if a else y",
    "1if a else y",
    "(",
    ")",
    ":",
    "\n",
    "\n    ",
    " ",
    "{a!rget}",
    "f'{a!rget}'",
    "else",
    "from",
    "# getattr\n",
    "\"\"\"",
    "\ndef f(a): pass\n",
    "\nclass A:\n    x = x\n",
    "\n@a\n",
    "\n\"\"\"\n",
    "\\\n",
    "\n    # c\n",
    "\n# c\n",
    "\nasync def f(): pass\n",
    "\nelse: b\n",
    "\nif a:\n    raise A from b\n",
    "\n  getattr(a, b, c)\n",
    "\ndef f():\n    super().__init__()\n    # c\n",
    "\n    def f(a): pass\n",
    "\n    @a\n",
    "\n    x = [\n",
    "\nclass A:\n    def f(a):\n        raise A from b\n        # c\n",
    "\n        getattr(a, b, c)\n",
];
const RUST: &[&str] = &[
    "$X.unwrap()",
    "let $X = $Y;",
    "let mut $X = $Y",
    "fn $F() { $$$B }",
    "struct $S { $$$F }",
    "if let Some($X) = $Y { $$$B }",
    "match $X { $$$A }",
    "$M!($$$A)",
    "unsafe { $$$B }",
    "use $P;",
    "return $X;",
    "return",
    "|$X| $Y",
    "$X as usize",
    "loop { $$$B }",
];
const RUST_PIECES: &[&str] = &[
    "a.unwrap()",
    "a.unwrap ( )",
    "let a = b;",
    "let mut a = b",
    "fn f() { g() }",
    "struct S { a: u8 }",
    "if let Some(a) = b { c }",
    "match a { b => c }",
    "m!(a)",
    "unsafe { a }",
    "use a::b;",
    "return a;",
    "return",
    "|a| b",
    "a as usize",
    "1as usize",
    "loop { a }",
    "{",
    "}",
    ";",
    "\n",
    " ",
    "r#\"a\"#unwrap",
    "'a'",
    "// let\n",
    "fn",
    "let",
    "=",
];
const LEVELS: &[Strictness] = &[
    Strictness::Cst,
    Strictness::Smart,
    Strictness::Ast,
    Strictness::Relaxed,
    Strictness::Signature,
];

/// Each match with the places of its captures.
type Shown = (Range<u32>, Vec<(u32, Range<u32>)>);

fn shown(matches: &Matches) -> Vec<Shown> {
    let places = |captures: &[Capture]| captures.iter().map(|c| (c.variable, c.lo..c.hi)).collect();
    matches.iter().map(|(found, captures)| (found.lo..found.hi, places(captures))).collect()
}

fn check(patterns: &[&str], source: &str, language: Language) {
    let rule = |text: &str, level: Strictness| {
        let code = Code { text: text.into(), selector: None, strictness: level };
        Rule::new(&code, language).unwrap_or_else(|flaw| panic!("{text}: {flaw:?}"))
    };
    let all: Vec<(&str, Strictness)> =
        patterns.iter().flat_map(|p| LEVELS.iter().map(|&level| (*p, level))).collect();
    let tree = AstGrep::str(source, language);
    for &(text, level) in &all {
        let asked = rule(text, level);
        let root = tree.root();
        let places = |found: NodeMatch<'_, StrDoc<Language>>| {
            let mut matches = Matches::default();
            matches.add(&asked, &found, &Room::new(usize::MAX));
            matches
        };
        let expected: Vec<_> =
            root.find_all(&asked.pattern).flat_map(|found| shown(&places(found))).collect();
        let plan = Plan::new(vec![(rule(text, level), 0)], Vec::new());
        let (visit, _) = plan.visit(
            source.to_owned(),
            language,
            &[true],
            Demand::Nothing,
            &Room::new(usize::MAX),
            &|| false,
        );
        let found: Vec<_> = visit.matches.iter().flat_map(|(_, matches)| shown(matches)).collect();
        assert_eq!(found, expected, "pattern {text:?} {level:?} in {source:?}");
    }
}

fn visit(pattern: &str, source: &str) -> Visit {
    let code = Code { text: pattern.into(), selector: None, strictness: Strictness::Smart };
    let plan = Plan::new(vec![(Rule::new(&code, Language::Python).unwrap(), 0)], Vec::new());
    plan.visit(
        source.to_owned(),
        Language::Python,
        &[true],
        Demand::Nothing,
        &Room::new(usize::MAX),
        &|| false,
    )
    .0
}

#[test]
fn a_deep_tree_is_walked_and_matched_without_recursion() {
    let source = "get(".repeat(20_000) + &")".repeat(20_000);
    assert_eq!(visit("get($$$A)", &source).matches[0].1.stored.len(), 20_000);
    let brackets = "[".repeat(100_000);
    assert_eq!(visit("get($A)", &brackets).matches.len(), 0);
    let twice = format!("get({0}, {0})", "[".repeat(20_000) + &"]".repeat(20_000));
    assert!(visit("get($A, $A)", &twice).matches[0].1.refused.is_some());
}

#[test]
fn one_traversal_serves_all_rules_and_captures_stay_apart() {
    let rule = |text: &str| {
        let code = Code { text: text.into(), selector: None, strictness: Strictness::Smart };
        (Rule::new(&code, Language::Python).unwrap(), 0)
    };
    let plan = Plan::new(vec![rule("f($X)"), rule("f($X, $$$Y)"), rule("g($X)")], Vec::new());
    let source = "f(f(1), 2)\n";
    let (visit, text) = plan.visit(
        source.to_owned(),
        Language::Python,
        &[true],
        Demand::Nothing,
        &Room::new(usize::MAX),
        &|| false,
    );
    let texts = |captures: &[Capture]| -> Vec<(u32, String)> {
        captures
            .iter()
            .map(|c| (c.variable, text[c.lo as usize..c.hi as usize].to_owned()))
            .collect()
    };
    let shown: Vec<Vec<_>> = visit
        .matches
        .iter()
        .map(|(_, matches)| matches.iter().map(|(_, c)| texts(c)).collect())
        .collect();
    let text = |variable: u32, text: &str| (variable, text.to_owned());
    assert_eq!(shown[0], [vec![text(0, "1")]]);
    assert_eq!(shown[1][0], [text(0, "f(1)"), text(1, "2")]);
    assert_eq!(visit.matches.len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn python_matches_are_those_of_a_full_search(
        pieces in prop::collection::vec(prop::sample::select(PYTHON_PIECES), 0..12)
    ) {
        check(PYTHON, &pieces.join(" "), Language::Python);
        check(PYTHON, &pieces.concat(), Language::Python);
    }

    #[test]
    fn rust_matches_are_those_of_a_full_search(
        pieces in prop::collection::vec(prop::sample::select(RUST_PIECES), 0..9)
    ) {
        check(RUST, &pieces.join(" "), Language::Rust);
        check(RUST, &pieces.concat(), Language::Rust);
    }
}
