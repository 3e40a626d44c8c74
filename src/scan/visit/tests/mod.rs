//! The visit finds what ast-grep finds that looks at every node of every file: leaves and anchors rule out nothing.

mod corpora;
pub(in crate::scan) mod generated;

use std::ops::Range;

use proptest::prelude::*;

use super::matches::{Ground, Spot};
use super::*;
use crate::facts::needs::{
    Code, Entity, EntityKind, Pattern, Relation, Scope, Side, Stop, Strictness, Target,
};
use crate::languages::tree::Tree;

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
type Shown = (Range<u32>, bool, Vec<(u32, Range<u32>)>);

fn shown(matches: &Matches) -> Vec<Shown> {
    let places = |captures: &[Capture]| captures.iter().map(|c| (c.variable, c.lo..c.hi)).collect();
    let shown = |(found, captures): (Match, &[Capture])| {
        (found.lo..found.hi, found.is_tolerant, places(captures))
    };
    matches.iter().map(shown).collect()
}

fn code(text: &str, level: Strictness) -> Code {
    Code { text: text.into(), selector: None, strictness: level }
}

fn check(patterns: &[&str], source: &str, language: Language) {
    let all = patterns.iter().flat_map(|p| LEVELS.iter().map(move |&level| code(p, level)));
    check_all(all.map(|code| Pattern::new(code, Scope::default())), source, language);
}

fn check_all(asked: impl Iterator<Item = Pattern>, source: &str, language: Language) {
    held_to_all(&asked.collect::<Vec<_>>(), source, language);
}

/// Holds a plan of all questions, one of each alone, and single statements alone, to what each question finds when every
/// node of the tree is tried; returns how many matches there are. Where the tree has errors that are not in the
/// statements of a match, it is no measure: then the answer must not depend on what else is asked.
fn held_to_all(asked: &[Pattern], source: &str, language: Language) -> usize {
    let rule =
        |asked: &Pattern| Rule::of(asked, language).unwrap_or_else(|e| panic!("{asked:?}: {e:?}"));
    let mut lazy = LazyTree::new(source.to_owned(), language);
    let tree = lazy.tree(&|| false).unwrap();
    let is_broken = walk::first_error(tree).is_some();
    let wanted: Vec<_> = asked
        .iter()
        .map(|asked| {
            let mut found = unfiltered(&rule(asked), tree);
            found.merge(unfiltered_in_macros(rule(asked), tree));
            found
        })
        .collect();
    let mut together = Vec::new();
    for (asked, wanted) in asked.iter().zip(&wanted) {
        let mut wanted = counted(asked, wanted, source);
        let of_parts = in_parts(rule(asked), source).map(|found| counted(asked, &found, source));
        if let Some(of_parts) = of_parts {
            if is_broken {
                wanted = of_parts;
            } else {
                assert_eq!(of_parts, wanted, "in statements: {asked:?} in {source:?}");
            }
        }
        let alone = visit_with(vec![rule(asked)], source, language);
        let alone = alone.matches.first().map(|(_, matches)| counted(asked, matches, source));
        assert_eq!(alone.unwrap_or_default(), wanted, "alone: {asked:?} in {source:?}");
        together.push(wanted);
    }
    let visit = visit_with(asked.iter().map(rule).collect(), source, language);
    for (index, (asked, wanted)) in asked.iter().zip(&together).enumerate() {
        let found = visit.matches.iter().find(|(rule, _)| *rule == index);
        let found = found.map(|(_, matches)| counted(asked, matches, source)).unwrap_or_default();
        assert_eq!(&found, wanted, "together: {asked:?} in {source:?}");
    }
    together.iter().map(Vec::len).sum()
}

/// What a rule finds in single statements; none if it needs the tree, or cannot match.
fn in_parts(rule: Rule, source: &str) -> Option<Matches> {
    let language = rule.language;
    let plan = Plan::new(vec![(rule, 0)], Vec::new());
    let lazy = LazyTree::new(source.to_owned(), language);
    let look = plan.literals.look(source.as_bytes());
    let candidates = plan.candidates(&look, &wanted(&plan));
    let (mut visit, room) = (Visit::default(), Room::new(usize::MAX));
    if candidates.is_empty() {
        return None;
    }
    let left = plan.match_parts(&lazy, &look, candidates, &mut visit, &room, &|| false);
    let mut found = visit.matches.into_iter().map(|(_, matches)| matches);
    left.is_empty().then(|| found.next().unwrap_or_default())
}

/// The matches that count: of an entity with a word those that hold it, where the source is ASCII.
fn counted(asked: &Pattern, matches: &Matches, source: &str) -> Vec<Shown> {
    let mut all = shown(matches);
    if let Target::Entity(Entity { word: Some(word), .. }) = &asked.target
        && source.is_ascii()
    {
        all.retain(|(range, ..)| {
            source[range.start as usize..range.end as usize].contains(&**word)
        });
    }
    all
}

/// What a rule finds when every node is tried.
fn unfiltered(rule: &Rule, tree: &Tree) -> Matches {
    let (mut matches, room) = (Matches::default(), Room::new(usize::MAX));
    let spot = Spot { ground: Ground::Source, base: 0, depth: 0 };
    for node in tree.root().dfs() {
        if let Some(found) = rule.match_node(node, 0, &mut 0) {
            let kinds = rule.kinds.as_ref();
            if kinds.is_none_or(|kinds| kinds.contains(&found.kind_id())) {
                matches.add(rule, &found, spot, &room);
            }
        }
    }
    matches
}

/// What a rule finds in the macros of a tree when every macro is looked into.
fn unfiltered_in_macros(rule: Rule, tree: &Tree) -> Matches {
    if !rule.reads_macros {
        return Matches::default();
    }
    let plan = Plan::new(vec![(rule, 0)], Vec::new());
    let all = vec![Candidate { rule: 0, anchors: None, reach: Reach::File }];
    let mut visit = Visit::default();
    plan.match_macros(tree, all, &mut visit, &Room::new(usize::MAX), &|| false);
    visit.matches.pop().map(|(_, matches)| matches).unwrap_or_default()
}

fn visit_with(rules: Vec<Rule>, source: &str, language: Language) -> Visit {
    let plan = Plan::new(rules.into_iter().map(|rule| (rule, 0)).collect(), Vec::new());
    let room = Room::new(usize::MAX);
    plan.visit(source.to_owned(), language, errand(&wanted(&plan)), &room, &|| false).0
}

fn relation(side: Side, pattern: &str, stop: Stop) -> Relation {
    Relation { side, pattern: pattern.into(), stop, field: None }
}

fn beside(target: Target, relations: Vec<Relation>) -> Pattern {
    Pattern { relations, ..Pattern::of(target, Scope::default()) }
}

/// Each target beside each pattern on each side, as near and as far as it goes.
fn related(targets: &[Target], patterns: &[&str]) -> Vec<Pattern> {
    let stop = |at: &str| [Stop::Neighbor, Stop::End, Stop::At(at.into())];
    let sides = [Side::Inside, Side::Has, Side::Precedes, Side::Follows];
    let mut all = Vec::new();
    for (number, target) in targets.iter().enumerate() {
        for (index, pattern) in patterns.iter().enumerate() {
            let side = sides[(number + index) % 4];
            for stop in stop(patterns[(index + 1) % patterns.len()]) {
                all.push(beside(target.clone(), vec![relation(side, pattern, stop)]));
            }
        }
        let both = vec![
            relation(Side::Inside, patterns[number % patterns.len()], Stop::End),
            relation(Side::Has, patterns[(number + 3) % patterns.len()], Stop::End),
        ];
        all.push(beside(target.clone(), both));
    }
    all
}

fn targets(patterns: &[&str], word: &str) -> Vec<Target> {
    let codes = patterns.iter().map(|text| Target::Code(code(text, Strictness::Smart)));
    let entities =
        EntityKind::ALL.into_iter().map(|kind| Target::Entity(Entity { kind, word: None }));
    let word = Entity { kind: EntityKind::Function, word: Some(word.into()) };
    codes.chain(entities).chain([Target::Entity(word)]).collect()
}

fn visit(pattern: &str, source: &str) -> Visit {
    let code = Code { text: pattern.into(), selector: None, strictness: Strictness::Smart };
    let plan = Plan::new(vec![(Rule::new(&code, Language::Python).unwrap(), 0)], Vec::new());
    plan.visit(
        source.to_owned(),
        Language::Python,
        errand(&wanted(&plan)),
        &Room::new(usize::MAX),
        &|| false,
    )
    .0
}

fn errand(wanted: &Wanted) -> Errand<'_> {
    Errand { wanted, demand: Demand::Nothing, known: &|| None }
}

/// All that a plan asks.
fn wanted(plan: &Plan) -> Wanted {
    Wanted { rules: vec![true; plan.rules.len()], searches: vec![true; plan.searches.len()] }
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
fn relations_of_a_deep_tree_are_judged_as_far_as_steps_last() {
    let ask = |target: Target, side: Side, stop: Stop, source: &str| {
        let asked = beside(target, vec![relation(side, "h($Y)", stop)]);
        let plan = Plan::new(vec![(Rule::of(&asked, Language::Python).unwrap(), 0)], Vec::new());
        let room = Room::new(usize::MAX);
        let (visit, _) =
            plan.visit(source.to_owned(), Language::Python, errand(&wanted(&plan)), &room, &|| {
                false
            });
        visit.matches.iter().any(|(_, matches)| matches.refused.is_some())
    };
    let deep = "h(1)\n".to_owned() + &"f(".repeat(20_000) + &")".repeat(20_000);
    let flat = "h(1)\n".to_owned() + &"f(1)\n".repeat(2_000);
    let call = || Target::Code(code("f($$$A)", Strictness::Smart));
    let entity = || Target::Entity(Entity { kind: EntityKind::Callsite, word: None });
    for stop in [Stop::Neighbor, Stop::End, Stop::At("k()".into())] {
        assert!(ask(call(), Side::Inside, stop.clone(), &deep), "{stop:?}");
        assert!(ask(entity(), Side::Follows, stop.clone(), &deep), "{stop:?}");
        assert!(!ask(call(), Side::Inside, stop.clone(), &flat), "{stop:?}");
        assert!(!ask(entity(), Side::Follows, stop, &flat));
    }
    let around = "f(".repeat(20_000) + "h(1)" + &")".repeat(20_000);
    assert!(ask(call(), Side::Has, Stop::End, &around));
    assert!(ask(call(), Side::Has, Stop::At("k()".into()), &around));
    assert!(!ask(call(), Side::Has, Stop::End, &deep), "no call holds another that could be meant");
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
        errand(&wanted(&plan)),
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

/// Python takes it, the grammar does not.
const UNKNOWN: &str = "def h[T: int = f(3)](): e(4)\n";

#[test]
fn errors_outside_of_a_rules_statements_are_none_of_its_business() {
    let filler = "x = 1\n".repeat(200);
    let source = format!("f(1)\n{filler}{UNKNOWN}g(2)\n");
    let rule = |text: &str| Rule::new(&code(text, Strictness::Smart), Language::Python).unwrap();
    let told = |rules: &[&str]| {
        let visit =
            visit_with(rules.iter().map(|text| rule(text)).collect(), &source, Language::Python);
        let told = visit.matches.iter().map(|(rule, m)| (*rule, m.count, m.error.is_some()));
        (told.collect::<Vec<_>>(), visit.parses)
    };
    let parses = |trees, own| Parses { trees, own };
    // One of the statements around `f` does not parse, those of the others do.
    assert_eq!(told(&["g($X)"]), (vec![(0, 1, false)], parses(1, 1)));
    assert_eq!(told(&["e($X)"]), (vec![(0, 1, false)], parses(1, 1)));
    let (of_f, parsed) = told(&["f($X)"]);
    assert_eq!((of_f[0].2, parsed), (true, parses(2, 1)));
    let all = [of_f[0], (1, 1, false), (2, 1, false)];
    assert_eq!(told(&["f($X)", "g($X)", "e($X)"]).0, all);
    // A rule that looks at all of the file is told of its errors, and no other for its sake.
    assert_eq!(told(&["def $F(): $$$B"]), (vec![(0, 0, true)], parses(1, 0)));
    assert_eq!(told(&["def $F(): $$$B", "g($X)"]).0, [(0, 0, true), (1, 1, false)]);
}

#[test]
fn a_source_that_its_own_language_refuses_is_looked_at_as_a_whole() {
    let source = format!("print 'a'\n{}g(2)\n", "x = 1\n".repeat(200));
    let visit = visit("g($X)", &source);
    let found = &visit.matches[0].1;
    assert_eq!((found.count, found.error, visit.parses.trees), (1, None, 1));
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

proptest! {
    // Some sixty questions a source.
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn relations_of_python_rule_out_no_file_that_holds_them(
        pieces in prop::collection::vec(prop::sample::select(PYTHON_PIECES), 0..12)
    ) {
        let targets = targets(&PYTHON[..8], "f");
        let around = &["getattr($X, $Y, $Z)", "for $I in $L: $$$B", "if $C: $$$A", "raise $E", "class $C: $$$B", "$F", "def $F($$$P): $$$B"];
        check_all(related(&targets, around).into_iter(), &pieces.concat(), Language::Python);
    }

    #[test]
    fn relations_of_rust_rule_out_no_file_that_holds_them(
        pieces in prop::collection::vec(prop::sample::select(RUST_PIECES), 0..9)
    ) {
        let targets = targets(&RUST[..6], "f");
        let around = &["$X.unwrap()", "let $X = $Y;", "fn $F() { $$$B }", "loop { $$$B }", "$F", "$M!($$$A)", "return"];
        check_all(related(&targets, around).into_iter(), &pieces.join(" "), Language::Rust);
    }
}
