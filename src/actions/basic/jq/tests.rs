//! Programs that are tried with values: what must never happen, and what the values must stay.

use std::path::Path;

use proptest::prelude::*;

use super::ACTION;
use crate::action::Forms;
use crate::actions::basic::tests::run;
use crate::diagnostic::{Fault, Kind};
use crate::system::memory::Memory;
use crate::value::{Value, show};

fn jq(program: &str, input: Value) -> Result<Value, Fault> {
    let Forms::One(form) = &ACTION.forms else { panic!("jq has one form") };
    let args = [("program", program.into()), ("input", input), ("all", Value::Bool(true))];
    run(&Memory::new(), Path::new("/"), form, &args)
}

/// The only value of a program, as JSON.
fn one(program: &str, input: Value) -> String {
    match jq(program, input) {
        Ok(Value::List(list)) if list.items().len() == 1 => show::json(&list.items()[0]),
        other => panic!("{program}: {other:?}"),
    }
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        prop_oneof![any::<i64>(), -3..3_i64].prop_map(Value::Int),
        any::<f64>().prop_filter("finite", |x| x.is_finite()).prop_map(Value::Float),
        "[a-c\"\\\\é\u{0}]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::list),
            prop::collection::vec(("[a-c]", inner), 0..4).prop_map(Value::object),
        ]
    })
}

/// Pieces that programs are made of, most of them whole.
const PIECES: &[&str] = &[
    ".",
    ".a",
    ".[0]",
    ".[]",
    ".[]?",
    "..",
    ".[1:]",
    ".[-1]",
    "1",
    "-1",
    "1.5",
    "\"a\"",
    "null",
    "[.]",
    "{a: .}",
    "$__loc__",
    "map(.)",
    "add",
    "length",
    "keys",
    "sort",
    "unique",
    "group_by(.)",
    "tojson",
    "fromjson",
    "tostring",
    "tonumber",
    "to_entries",
    "from_entries",
    "with_entries(.)",
    "reverse",
    "flatten",
    "range(3)",
    "floor",
    "sqrt",
    "pow(2; 3)",
    "test(\"a\")",
    "sub(\"a\"; \"b\")",
    "split(\"a\")",
    "join(\",\")",
    "ascii_downcase",
    "explode",
    "implode",
    "ltrimstr(\"a\")",
    "indices(\"a\")",
    "index(\"a\")",
    "del(.[0])",
    "del(.a)",
    "delpaths([[0]])",
    "paths",
    "getpath([\"a\", 0])",
    "setpath([0]; 1)",
    "path(..)",
    "min",
    "max",
    "first",
    "last",
    "any",
    "all",
    "type",
    "todate",
    "fromdate",
    "mktime",
    "gmtime",
    "strftime(\"%Y\")",
    "strptime(\"%Y\")",
    "@csv",
    "@html",
    "@base64d",
    "@uri",
    "limit(2; .[]?)",
    "isempty(.)",
    "error",
    "not",
    "abs",
    "transpose",
    "walk(.)",
    "env",
    "input",
    "halt",
    "tojson | fromjson",
    "nan",
    "infinite",
    "ltrimstr(1)",
    "splits(\"a\")",
    "ascii",
    "toarray",
    "combinations",
    "contains(\"a\")",
    "inside(.)",
    "has(\"a\")",
    "bsearch(1)",
];

fn program() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES).prop_map(str::to_owned);
    piece.prop_recursive(4, 16, 3, |inner| {
        let op = prop::sample::select(
            ["|", ",", "+", "-", "*", "/", "%", "==", "<", "//", "and", "|=", "+=", "=", "//="]
                .as_slice(),
        );
        prop_oneof![
            (inner.clone(), op, inner.clone()).prop_map(|(a, op, b)| format!("({a}) {op} ({b})")),
            inner.clone().prop_map(|a| format!("[{a}]")),
            inner.clone().prop_map(|a| format!("try ({a}) catch .")),
            inner.clone().prop_map(|a| format!("map({a})")),
            (inner.clone(), inner.clone())
                .prop_map(|(a, b)| format!("reduce ({a}) as $x (.; {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("if {a} then {b} else . end")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("def f: {a}; ({b}) | f")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a}) as [$x, $y] | {b}")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_program_breaks_the_engine(program in program(), input in json()) {
        if let Err(fault) = jq(&program, input) {
            prop_assert!(!fault.message.contains("fault of the jq engine"), "{}", program);
        }
    }

    #[test]
    fn any_text_is_a_program_or_none(program in "[\\PC]{0,40}") {
        if let Err(fault) = jq(&program, Value::Null) {
            prop_assert!(!fault.message.contains("fault of the jq engine"), "{}", program);
        }
    }

    #[test]
    fn a_value_passes_unchanged(value in json()) {
        prop_assert_eq!(one(".", value.clone()), show::json(&value));
        prop_assert_eq!(one("[.][0]", value.clone()), show::json(&value));
        prop_assert_eq!(one("{a: .} | .a", value.clone()), show::json(&value));
    }

    #[test]
    fn sorting_orders_everything(values in prop::collection::vec(json(), 0..8)) {
        let sorted = one("sort | . == (sort | sort) and . == (sort_by(.)) and (unique | length) <= length", Value::list(values));
        prop_assert_eq!(sorted, "true");
    }
}

#[test]
fn numbers_that_are_no_times_are_errors() {
    for program in ["gmtime", "todate", "strftime(\"%Y\")", "[., .] | implode"] {
        for input in [i64::MIN, -9_223_372_036_855, i64::MAX, 1 << 41] {
            let fault = jq(program, Value::Int(input)).expect_err(program);
            assert!(fault.message.starts_with("the jq program failed"), "{program}: {fault}");
        }
    }
    assert!(jq("[2015, 127, 1, 1, 1, 1] | mktime", Value::Null).is_err());
    assert_eq!(
        one("[-62135596800, 253402207200] | map(todate)", Value::Null),
        r#"["0001-01-01T00:00:00Z","9999-12-30T22:00:00Z"]"#
    );
}

#[test]
fn deep_and_long_programs_end() {
    for (open, close, middle) in [
        ("(", ")", "1"),
        ("[", "]", ""),
        ("-", "", "1"),
        ("1+", "", "1"),
        ("def f: ", "; 1", "1"),
        ("\"\\(", ")\"", "1"),
    ] {
        let times = (super::program::LONGEST - 1) / (open.len() + close.len());
        let program = open.repeat(times) + middle + &close.repeat(times);
        if let Err(fault) = jq(&program, Value::Null) {
            assert!(matches!(fault.kind, Kind::Limit | Kind::Argument), "{open}: {fault}");
        }
    }
    assert!(jq(&" ".repeat(super::program::LONGEST + 1), Value::Null).is_err());
}

/// Program, input and first output, as jq's own manual says for versions 1.7 and 1.8; no output where jq has what is not
/// here, or means to fail.
const MANUAL: &[(&str, &str, &str)] = &[
    (".foo", "{\"foo\":42,\"bar\":1}", "42"),
    (".foo?", "{\"notfoo\":1}", "null"),
    ("[.foo?]", "[1,2]", "[]"),
    (".[2:4]", "[\"a\",\"b\",\"c\",\"d\",\"e\"]", "[\"c\",\"d\"]"),
    (".[2:4]", "\"abcdefghi\"", "\"cd\""),
    (".[:3]", "[\"a\",\"b\",\"c\",\"d\",\"e\"]", "[\"a\",\"b\",\"c\"]"),
    (".[-2:]", "[\"a\",\"b\",\"c\",\"d\",\"e\"]", "[\"d\",\"e\"]"),
    (
        "[.user, .projects[]]",
        "{\"user\":\"s\",\"projects\":[\"jq\",\"w\"]}",
        "[\"s\",\"jq\",\"w\"]",
    ),
    (
        "[{user, title: .titles[]}]",
        "{\"user\":\"s\",\"titles\":[\"A\",\"B\"]}",
        "[{\"user\":\"s\",\"title\":\"A\"},{\"user\":\"s\",\"title\":\"B\"}]",
    ),
    ("[.. | .a?]", "[[{\"a\":1}]]", "[1]"),
    ("4 - .a", "{\"a\":3}", "1"),
    (". - [\"xml\",\"yaml\"]", "[\"xml\",\"yaml\",\"json\"]", "[\"json\"]"),
    ("[.[] | (1 / .)?]", "[1,0,-1]", "[1,-1]"),
    (
        "{\"k\":{\"a\":1,\"b\":2}} * {\"k\":{\"a\":0,\"c\":3}}",
        "null",
        "{\"k\":{\"a\":0,\"b\":2,\"c\":3}}",
    ),
    ("[.[] | length]", "[[1,2],\"string\",{\"a\":2},null,-5]", "[2,6,1,0,5]"),
    ("keys", "{\"abc\":1,\"abcd\":2,\"Foo\":3}", "[\"Foo\",\"abc\",\"abcd\"]"),
    ("map(has(\"foo\"))", "[{\"foo\":42},{}]", "[true,false]"),
    ("map(in([0,1]))", "[2,0]", "[false,true]"),
    ("map_values(. + 1)", "{\"a\":1,\"b\":2}", "{\"a\":2,\"b\":3}"),
    ("map_values(empty)", "{\"a\":1}", "{}"),
    (
        "pick(.a, .b.c, .x)",
        "{\"a\":1,\"b\":{\"c\":2,\"d\":3},\"e\":4}",
        "{\"a\":1,\"b\":{\"c\":2},\"x\":null}",
    ),
    ("[path(..)]", "[[{\"a\":1}]]", "[[],[0],[0,0],[0,0,\"a\"]]"),
    ("del(.[1, 2])", "[\"foo\",\"bar\",\"baz\"]", "[\"foo\"]"),
    ("del(.foo)", "{\"foo\":42,\"bar\":9}", "{\"bar\":9}"),
    ("to_entries", "{\"a\":1}", "[{\"key\":\"a\",\"value\":1}]"),
    (
        "from_entries",
        "[{\"key\":\"a\",\"value\":1},{\"k\":\"b\",\"v\":2},{\"name\":1,\"value\":null},{\"name\":\"d\"}]",
        "{\"a\":1,\"b\":2,\"1\":null,\"d\":null}",
    ),
    ("with_entries(.key |= \"K\" + .)", "{\"a\":1}", "{\"Ka\":1}"),
    (
        "[.[] | select(.id == \"second\")]",
        "[{\"id\":\"first\"},{\"id\":\"second\"}]",
        "[{\"id\":\"second\"}]",
    ),
    ("[paths(type == \"number\")]", "[1,[[],{\"a\":2}]]", "[[0],[1,1,\"a\"]]"),
    ("add", "[\"a\",\"b\",\"c\"]", "\"abc\""),
    ("add", "[]", "null"),
    ("add", "[null,1,null]", "1"),
    ("any", "[true,false]", "true"),
    ("all", "[]", "true"),
    ("flatten(1)", "[1,[2],[[3]]]", "[1,2,[3]]"),
    ("flatten", "[1,[2],[[3]]]", "[1,2,3]"),
    ("[range(0; 10; -1)]", "null", "[]"),
    ("[range(0; 1; 0.3)]", "null", "[0,0.3,0.6,0.8999999999999999]"),
    ("[.[] | tonumber]", "[1,\"1\"]", "[1,1]"),
    ("[.[] | tostring]", "[1,\"1\",[1]]", "[\"1\",\"1\",\"[1]\"]"),
    ("sort_by(.foo)", "[{\"foo\":4},{\"foo\":3}]", "[{\"foo\":3},{\"foo\":4}]"),
    (
        "sort",
        "[8,3,null,6,\"a\",[1],{\"a\":1},true,false]",
        "[null,false,true,3,6,8,\"a\",[1],{\"a\":1}]",
    ),
    (
        "group_by(.f)",
        "[{\"f\":1,\"b\":1},{\"f\":3},{\"f\":1}]",
        "[[{\"f\":1,\"b\":1},{\"f\":1}],[{\"f\":3}]]",
    ),
    ("min, max", "[5,4,2,7]", "2"),
    ("unique_by(length)", "[\"chunky\",\"bacon\",\"kitten\"]", "[\"bacon\",\"chunky\"]"),
    ("contains([\"baz\",\"bar\"])", "[\"foobar\",\"foobaz\",\"blarp\"]", "true"),
    ("indices(\", \")", "\"a,b, cd, efg\"", "[3,7]"),
    ("indices([1,2])", "[0,1,2,1,3,1,2]", "[1,5]"),
    ("index(\",\"), rindex(\",\")", "\"a,b,c\"", "1"),
    ("inside(\"foobar\")", "\"bar\"", "true"),
    ("[.[] | ltrimstr(\"foo\")]", "[\"fo\",\"foo\",\"foobar\",1]", "[\"fo\",\"\",\"bar\",1]"),
    ("[combinations]", "[[1,2],[3,4]]", "[[1,3],[1,4],[2,3],[2,4]]"),
    ("split(\", \")", "\"a, b,c\"", "[\"a\",\"b,c\"]"),
    ("join(\"-\")", "[\"a\",1,2.3,true,null]", "\"a-1-2.3-true-\""),
    ("[recurse(if . < 3 then . + 1 else empty end)]", "0", "[0,1,2,3]"),
    ("transpose", "[[1],[2,3]]", "[[1,2],[null,3]]"),
    ("bsearch(0)", "[1]", "-1"),
    ("\"a \\(. + 1) b\"", "41", "\"a 42 b\""),
    ("fromdate", "\"2015-03-05T23:51:47Z\"", "1425599507"),
    ("strptime(\"%Y-%m-%dT%H:%M:%SZ\")", "\"2015-03-05T23:51:47Z\"", "[2015,2,5,23,51,47,4,63]"),
    ("strptime(\"%Y-%m-%dT%H:%M:%SZ\") | mktime", "\"2015-03-05T23:51:47Z\"", "1425599507"),
    ("[limit(3; .[])]", "[0,1,2,3]", "[0,1,2]"),
    ("[first(range(.)), last(range(.)), nth(5; range(.))]", "10", "[0,9,5]"),
    ("[foreach .[] as $i (0; . + $i; [$i, .])]", "[1,2]", "[[1,1],[2,3]]"),
    ("[.[] | {a, b: (.a + 1)}] | map(.b)", "[{\"a\":1}]", "[2]"),
    ("(.. | select(type == \"boolean\")) |= not", "[true,[false]]", "[false,[true]]"),
    (".a //= 5", "{}", "{\"a\":5}"),
    (".[0] += 1", "[1]", "[2]"),
    (".a = (1, 2)", "null", "{\"a\":1}"),
    ("[.[] as {a: $x, b: [$y]} | $x + $y]", "[{\"a\":1,\"b\":[2]}]", "[3]"),
    ("[match(\"(a)(?<n>b)?\").captures[].string]", "\"ab\"", "[\"a\",\"b\"]"),
    ("[scan(\"\\\\d+\")]", "\"a1b22\"", "[\"1\",\"22\"]"),
    ("capture(\"(?<y>\\\\d+)\")", "\"x12\"", "{\"y\":\"12\"}"),
    ("gsub(\"(?<d>\\\\d)\"; \":\\(.d);\")", "\"a1b2\"", "\"a:1;b:2;\""),
    ("[sub(\"a\"; \"b\", \"c\")]", "\"aa\"", "[\"ba\",\"ca\"]"),
    ("gsub(\"\"; \"a\"; \"g\")", "\"a\"", "\"aaa\""),
    ("ascii", "65", "\"A\""),
    ("@text", "[1]", "\"[1]\""),
    ("@sh \"echo \\(.)\"", "\"O'Hara\"", "\"echo 'O'\\\\''Hara'\""),
    ("tojson", "[1,\"é\"]", "\"[1,\\\"é\\\"]\""),
    ("splits(\", *\"; null)", "\"ab,cd\"", "\"ab\""),
    ("ascii_upcase", "\"aé\"", "\"Aé\""),
    ("IN(.[]; 2, 3)", "[1,2]", "true"),
    ("INDEX(.id)", "[{\"id\":1}]", "{\"1\":{\"id\":1}}"),
    ("getpath([\"a\",\"b\"])", "null", "null"),
    ("try error(\"x\") catch .", "null", "\"x\""),
    ("[.[] | try error catch .]", "[1,null]", "[1,null]"),
    ("isvalid(.)", "1", ""),
    ("ltrimstr(\"a\") | trimstr(\"b\")", "\"abcb\"", "\"c\""),
    ("[.[] | trim, ltrim, rtrim]", "[\" a \"]", "[\"a\",\"a \",\" a\"]"),
    ("abs", "-5", "5"),
    ("toarray", "1", "[1]"),
    ("have_literal_numbers", "1", ""),
    ("limit(0; 1)", "1", ""),
    ("error(null)", "1", ""),
    ("walk(if type == \"array\" then sort else . end)", "[[3,1]]", "[[1,3]]"),
    ("@json", "{\"a\":1}", "\"{\\\"a\\\":1}\""),
    ("env.PAGER", "1", ""),
    ("input_line_number", "1", ""),
    ("$__loc__.line", "1", ""),
    ("getpath([\"a\"]) = 1", "null", "{\"a\":1}"),
    ("to_entries | map(.key)", "{\"b\":1,\"a\":2}", "[\"b\",\"a\"]"),
    ("[splits(\"a\")]", "\"bab\"", "[\"b\",\"b\"]"),
    ("significand, logb, gamma, frexp", "8", "1.0"),
    ("[1,2] | tojson", "1", "\"[1,2]\""),
    ("tojson", "1.0", "\"1.0\""),
    ("@base32", "\"a\"", ""),
    ("ltrimstr(\"x\")", "1", "1"),
    ("[getpath([\"a\"], [\"b\"])]", "{\"a\":1}", "[1,null]"),
    ("del(.. | select(. == 1))", "[1,[1,2]]", "[[2]]"),
    ("to_entries", "[]", "[]"),
    ("tostream", "1", ""),
    ("splits", "1", ""),
    ("min_by(.a), max_by(.a)", "[{\"a\":1},{\"a\":2}]", "{\"a\":1}"),
    ("until(. > 100; . * 2)", "1", "128"),
    ("[repeat(. * 2; . > 3)]", "1", ""),
    ("[while(. < 4; . + 1)]", "1", "[1,2,3]"),
    ("label $f | 1, break $f, 2", "1", "1"),
    (
        "[.[] | if . > 1 then \"x\" elif . == 1 then \"y\" else \"z\" end]",
        "[0,1,2]",
        "[\"z\",\"y\",\"x\"]",
    ),
    ("reduce .[] as [$i, $j] (0; . + $i * $j)", "[[1,2],[3,4]]", "14"),
    (". as [$a, {b: $c}] | $a + $c", "[1,{\"b\":2}]", "3"),
    ("[.[] as $x | $x + 1]", "[1]", "[2]"),
    ("ascii_downcase | @html", "\"<A>\"", "\"&lt;a&gt;\""),
    ("@uri", "\"ü \"", "\"%C3%BC%20\""),
    ("@base64d", "\"aGk=\"", "\"hi\""),
    ("implode", "[65,246]", "\"Aö\""),
    ("explode", "\"Aö\"", "[65,246]"),
    ("utf8bytelength", "\"ö\"", "2"),
    ("tojson | fromjson", "[1.5]", "[1.5]"),
    ("now | type", "1", "\"number\""),
];

#[test]
fn examples_of_the_manual_hold() {
    for (program, input, output) in MANUAL {
        let parsed = Value::from(serde_json::from_str::<serde_json::Value>(input).unwrap());
        let found = jq(program, parsed).map(|all| match &all {
            Value::List(list) => list.items().first().map(show::json).unwrap_or_default(),
            _ => String::new(),
        });
        assert_eq!(found.unwrap_or_default(), *output, "{program}");
    }
}
