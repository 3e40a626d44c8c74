//! What `check` says: each code on the plan that its explanation shows, one diagnostic, its words, its place; slips that
//! the suggestions alone repair; any text without a panic.

use proptest::prelude::*;

use qplan::action::Registry;
use qplan::actions;
use qplan::check;
use qplan::diagnostic::code::{self, Explanation};
use qplan::diagnostic::{Diagnostic, Suggestion};
use qplan::source::{SourceId, Span};
use qplan::step::{meta, resolve};
use qplan::syntax;

/// Everything that is said of a plan, in order.
pub(crate) fn said(plan: &str) -> Vec<Diagnostic> {
    let parsed = syntax::parse(SourceId(0), plan);
    let mut file = parsed.file;
    let mut all = parsed.diagnostics;
    let (steps, wrong) = resolve::resolve(&mut file, &|_| "computed".into());
    all.extend(wrong);
    let (meta, wrong) = meta::collect(&file);
    all.extend(wrong);
    all.extend(check::check(&file, &steps, &meta, &Registry::new(actions::ALL)));
    all.sort_by_key(|diagnostic| diagnostic.span);
    all
}

fn text(plan: &str, span: Span) -> &str {
    plan.get(span.range()).unwrap_or("outside")
}

/// The plan with every applicable suggestion carried out.
fn mended(plan: &str) -> String {
    let mut edits: Vec<Suggestion> =
        said(plan).into_iter().flat_map(|diagnostic| diagnostic.suggestions).collect();
    edits.retain(|edit| edit.applicable);
    edits.sort_by_key(|edit| std::cmp::Reverse((edit.span.lo, edit.span.hi)));
    let mut plan = plan.to_owned();
    for edit in edits {
        plan.replace_range(edit.span.range(), &edit.text);
    }
    plan
}

fn explained() -> impl Iterator<Item = &'static Explanation> {
    // What depends on how or where the plan is run, the run says.
    let stage = code::all().filter(|e| ("QP0300".."QP0500").contains(&e.code.0));
    stage.filter(|e| !e.wrong.is_empty() && !e.wrong.starts_with("// "))
}

#[test]
fn every_wrong_plan_shows_its_code_alone_and_every_right_one_none() {
    for e in explained() {
        let codes: Vec<String> =
            said(e.wrong).iter().map(|d| format!("{} {}", d.code, d.message)).collect();
        assert!(
            matches!(codes.as_slice(), [one] if one.starts_with(e.code.0)),
            "{}: {codes:#?}",
            e.code
        );
        let left = said(e.right);
        assert!(left.is_empty(), "{}: {left:#?}", e.code);
    }
}

/// Code, message, text at the span, of the plans in the explanations.
const SAID: &[(&str, &str, &str)] = &[
    ("QP0301", "a statement outside a step", "print \"hello\""),
    ("QP0302", "a second `plan`", "plan"),
    ("QP0303", "`@title` stands behind a step", "@title \"Late\""),
    ("QP0304", "there is no meta `@excludes`", "@excludes"),
    ("QP0305", "an entry of `@exclude` is empty", "\"\""),
    ("QP0306", "`@exclude` is given twice", "@exclude \"build/**\""),
    ("QP0307", "the parameter `depth` is declared twice", "depth"),
    ("QP0308", "a step has no attribute `name`", "name"),
    ("QP0309", "`desc` is given twice", "desc=\"More work\""),
    ("QP0310", "expected a duration for `timeout`", "30"),
    ("QP0311", "the id `read file` is no word", "\"read file\""),
    ("QP0312", "the id `read-file` is read as `read_file`", "\"read-file\""),
    ("QP0313", "`run` is reserved", "run"),
    ("QP0314", "another step has the id `a`", "a"),
    ("QP0315", "`retry` needs a value", "retry"),
    ("QP0316", "`total` is already the id of a step", "total"),
    ("QP0317", "nothing declares `coutn`", "coutn"),
    ("QP0318", "`count` is read before anything is written to it", "count"),
    ("QP0319", "`set` changes a variable, and there is none called `count`", "count"),
    ("QP0320", "`depth` is a parameter and does not change", "depth"),
    ("QP0321", "`spare` is never read", "spare"),
    ("QP0322", "`\"target\"` is text; the variable is written `target`", "\"target\""),
    ("QP0323", "the result of step `read` has no field `cuont`", "cuont"),
    ("QP0324", "there is no step `reveiw`", "\"reveiw\""),
    ("QP0325", "step `inner` lies inside a body that the jump is not in", "inner"),
    ("QP0326", "`break` outside a loop", "break"),
    ("QP0327", "nothing runs behind `return`", "print 2"),
    ("QP0328", "`sum` is no parameter", "sum.n"),
    ("QP0331", "`n` is given twice", "n"),
    ("QP0332", "expected a whole number from 1 to 256 for `concurrency`", "0"),
    ("QP0333", "two branches write `x`", "x"),
    ("QP0334", "`x` is written by another branch", "x"),
    ("QP0335", "`return` leaves a branch of `parallel`", "return"),
    ("QP0401", "there is no action `asert`", "asert"),
    ("QP0402", "`impact` is not available in this version", "impact"),
    ("QP0403", "`string` has no operation `uper`", "uper"),
    ("QP0404", "`string` needs an operation", "string"),
    ("QP0405", "`assert` has no argument `mesage`", "mesage"),
    ("QP0406", "`sleep` needs `time`", "sleep"),
    ("QP0407", "`time` is given twice", "time=2ms"),
    ("QP0408", "expected a number for `a`, found the string \"1\"", "\"1\""),
    ("QP0409", "expected `debug`, `info`, `warn` or `error` for `level`, found `wran`", "wran"),
    ("QP0410", "expected a duration for `time`, found the number 1", "1"),
    ("QP0411", "expected a whole number from 0 to 15 for `digits`, found 99", "99"),
    ("QP0412", "the regular expression cannot be read: unclosed group", "("),
    (
        "QP0413",
        "the glob `tests/[**` cannot be read: unclosed character class; missing ']'",
        "tests/[**",
    ),
    ("QP0414", "there is no function `lenght`", "lenght"),
    ("QP0415", "`len` takes 1 value, found 2", "len([1], [2])"),
    ("QP0416", "`math add` takes no value without a key", "1"),
    ("QP0421", "unknown language `pyhton`", "pyhton"),
];

#[test]
fn every_code_has_its_words_and_its_place() {
    for (code, message, place) in SAID {
        let e = code::find(code).expect("the code is explained");
        let shown: Vec<(String, &str)> =
            said(e.wrong).into_iter().map(|d| (d.message.clone(), text(e.wrong, d.span))).collect();
        assert_eq!(shown, [((*message).to_owned(), *place)], "{code}");
    }
}

/// Slips that the suggestions alone repair.
const SLIPS: &[&str] = &[
    "print \"hello\"\nprint \"world\"\n",
    "step \"A\" { var count = 1\n print coutn, coutn + 1 }",
    "step \"A\" { set count = 0\n set count = count + 1\n print count }",
    "step \"A\" timeout=30 { print 1 }",
    "step \"A\" retry=3 { print 1 }",
    "step \"A\" onError=\"retry 3\" { print 1 }",
    "step \"A\" onError=\"ignore\" { print 1 }",
    "step \"A\" onerror=\"continue\" { print 1 }",
    "step description=\"A\" { print 1 }",
    "step name=\"read file\" { print 1 }",
    "step id=\"read-file\" { print 1 }\nstep \"B\" { print read_file }",
    "step id=a { jump to=\"reveiw\" }\nstep id=review { print 1 }",
    "step id=total { var total = 1\n print total }",
    "step \"A\" { var xs = [1]\n each xs in [1, 2] { print xs }\n print xs }",
    "step \"A\" { sleep 2 }",
    "step \"A\" { log warn \"careful\" }",
    "step \"A\" { log \"careful\" level=warning }",
    "step \"A\" { println \"a\" }",
    "step \"A\" { exit }",
    "step \"A\" { read \"a.txt\" -> text\n print text }",
    "step \"A\" { file raed \"a.txt\" -> text\n print text }",
    "step \"A\" { file \"read\" path=\"a.txt\" -> text\n print text }",
    "step \"A\" { file read path=notes -> text\n print text }",
    "step \"A\" { math add a=\"1\" b=2 -> n\n print n }",
    "step \"A\" { var d = 3\n math round 1.5 digits=\"${d}\" -> n\n print n }",
    "step \"A\" { math add 1 b=2 -> n\n print n }",
    "step \"A\" { assert 1 == 1 mesage=\"odd\" }",
    "step \"A\" { print length([1]) }\nstep \"B\" { print size([1]) }",
    "step \"A\" { parallel { print 1\n print 2 } }",
    "step \"A\" { future echo 1 -> f\n join [f] -> all\n print all }",
    "@excludes \"docs/**\"\nstep \"A\" { print 1 }",
    "@in src\nstep \"A\" { print 1 }",
    "@params \"target\"\nstep \"A\" { print target }",
    "step id=read { return count=1 }\nstep \"B\" { print read.cuont }",
    "step \"A\" { serach \"foo\" -> r\n print r }",
    "step \"A\" { slep 2s }",
    "step \"A\" { prnt \"a\" }",
    "step \"A\" { seach \"foo\" -> r\n print r }",
    "step \"A\" { var r = search(\"foo\")\n print r }",
    "step \"A\" { var r = q(\"pattern='f()'\")\n print r }",
    "step \"A\" onError=\"retry=3 continue\" { print 1 }",
    "step \"A\" onError=\"retry=3 delay=2s continue\" { print 1 }",
    "@in \"src/**\"\nstep \"A\" { print 1 }",
    "@lang py\nstep \"A\" { print 1 }",
];

/// Faults whose remedy is not certain: nothing is applied unasked.
const GUESSES: &[&str] = &[
    "step \"A\" { n }",
    "step \"A\" { file re \"a.txt\" -> text\n print text }",
    "step \"A\" { assert 1 == 1 mess=\"odd\" }",
    "step \"A\" { print le([1]) }",
    "step \"A\" { log \"careful\" level=w }",
    "step \"A\" ty=task { print 1 }",
    "step \"A\" onError=\"cont\" { print 1 }",
    "@ex \"docs/**\"\nstep \"A\" { print 1 }",
    "step \"A\" { sleep \"inf\" }",
    "step \"A\" onError=\"retry=1, delay=-5\" { print 1 }",
];

#[test]
fn guesses_are_proposed_at_most() {
    for guess in GUESSES {
        assert!(!said(guess).is_empty(), "{guess}");
        assert_eq!(mended(guess), *guess);
    }
}

#[test]
fn suggestions_alone_repair_slips() {
    for slip in SLIPS {
        let better = mended(slip);
        let left: Vec<String> =
            said(&better).into_iter().map(|d| format!("{} {}", d.code, d.message)).collect();
        assert!(left.is_empty(), "{slip}\n---\n{better}\n---\n{left:#?}");
    }
}

#[test]
fn one_mistake_is_said_once_whatever_follows_from_it() {
    for (plan, codes) in [
        ("step \"A\" { print nothing1, nothing1\n print \"${nothing1}\" }", vec!["QP0317"]),
        ("step \"A\" { nosuch foo.bar name=baz -> x\n print x.y }", vec!["QP0401"]),
        ("step \"A\" { file raed foo -> x\n print x }", vec!["QP0403"]),
        ("step \"A\" { math add a=1 c=2 -> x\n print x }", vec!["QP0405"]),
        ("step id=a { jump to=b1\n }\nstep id=c { jump to=b1\n }", vec!["QP0324"]),
    ] {
        let shown: Vec<&str> = said(plan).iter().map(|d| d.code.0).collect();
        assert_eq!(shown, codes, "{plan}");
    }
}

/// Pieces that plans are made of, and some that they are not.
const PIECES: &[&str] = &[
    "step",
    "id=a",
    "\"A\"",
    "{",
    "}",
    "\n",
    "->",
    "x",
    "y",
    "a",
    "a.b",
    "x[0]",
    "=",
    "+",
    "(",
    ")",
    "[",
    "]",
    ",",
    "var",
    "set",
    "each",
    "in",
    "if",
    "else",
    "while",
    "return",
    "jump",
    "break",
    "skip",
    "stop",
    "print",
    "plan",
    "@params",
    "@in",
    "@exclude",
    "@title",
    "onError=\"retry=2, jump='a'\"",
    "onError=\"é, jump=ü\"",
    "timeout=3",
    "file read",
    "math",
    "op=\"add\"",
    "a=1",
    "b=\"2\"",
    "string match",
    "pattern=\"é(\"",
    "q",
    "\"pattern='f(${x}'\"",
    "calls",
    "join",
    "future",
    "parallel",
    "log",
    "level=warn",
    "len(x)",
    "filter(x, \"é\")",
    "\"${y}é\"",
    "error",
    "run",
    "1",
    "null",
    "not",
    "exists",
    "{k: 1}",
    "[1]",
    "é",
    "\u{0}",
    "#",
    ";",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_pieces_are_checked_and_every_place_lies_in_the_text(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60),
        statements in any::<bool>(),
    ) {
        let body = pieces.join(" ");
        let plan = if statements { format!("step \"A\" {{ {body} }}") } else { body };
        for diagnostic in said(&plan) {
            prop_assert!(plan.get(diagnostic.span.range()).is_some(), "{diagnostic:?}");
            for place in diagnostic.related.iter().map(|l| l.span).chain(diagnostic.suggestions.iter().map(|s| s.span)) {
                prop_assert!(plan.get(place.range()).is_some(), "{diagnostic:?}");
            }
        }
    }
}

#[test]
fn many_wrong_names_among_many_names_are_found_at_once() {
    let mut plan = String::from("step \"A\" {\n");
    for n in 0..20_000 {
        plan.push_str(&format!("var value{n} = {n}\nprint valeu{n}, step_{n}.x\n"));
    }
    plan.push('}');
    let began = std::time::Instant::now();
    assert!(said(&plan).len() >= 40_000);
    assert!(began.elapsed().as_secs() < 30, "took {:?}", began.elapsed());
}
