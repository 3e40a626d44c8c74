//! What language models write by mistake: each slip is mended by its suggestions alone, into the text a careful author
//! would have written; and each explained code of the lexer and the grammar is shown by its own example.

use qplan::diagnostic::{Diagnostic, code, fix};
use qplan::source::SourceId;
use qplan::syntax::parse;

const SOURCE: SourceId = SourceId(0);

fn faults(text: &str) -> Vec<Diagnostic> {
    parse(SOURCE, text).diagnostics
}

/// Applies the suggestions until none is left, five times at most.
fn mended(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..5 {
        text = fix::apply(&text, SOURCE, &faults(&text));
    }
    text
}

/// Slips and what was meant, each inside a step.
const SLIPS: &[(&str, &str)] = &[
    // Calls and arguments.
    ("print(\"a\", b)", "print \"a\", b"),
    ("calls(function=\"f\", in=\"src\") -> sites", "calls function=\"f\", in=\"src\" -> sites"),
    ("calls(function: \"f\") -> sites", "calls function=\"f\" -> sites"),
    ("calls function: \"f\" -> sites", "calls function=\"f\" -> sites"),
    ("calls \"f\" => sites", "calls \"f\" -> sites"),
    ("calls \"f\" as sites", "calls \"f\" -> sites"),
    ("calls \"f\" \u{2192} sites", "calls \"f\" -> sites"),
    ("calls \"f\" -> \"sites\"", "calls \"f\" -> sites"),
    ("var sites = calls \"f\" in=\"src\"", "calls \"f\" in=\"src\" -> sites"),
    ("sites = sig-impact f to=\"f(a)\"", "sig-impact f to=\"f(a)\" -> sites"),
    ("let sites = await calls \"f\"", "calls \"f\" -> sites"),
    ("var sites = calls(function=\"f\")", "calls function=\"f\" -> sites"),
    ("q name=~\"^get_\" -> rows", "q name=\"~^get_\" -> rows"),
    ("file read path=./src/a.txt -> text", "file read path=\"./src/a.txt\" -> text"),
    (
        "search foo in=src/app exclude=tests/** -> hits",
        "search foo in=\"src/app\" exclude=\"tests/**\" -> hits",
    ),
    ("calls crate::m::f -> sites", "calls \"crate::m::f\" -> sites"),
    ("print \"a\" b", "print \"a\", b"),
    ("print a,", "print a"),
    ("file.read path=\"a.txt\" -> text", "file read path=\"a.txt\" -> text"),
    ("file.read(\"a.txt\") -> text", "file read \"a.txt\" -> text"),
    // Loops and conditions.
    ("for x in xs { print x }", "each x in xs { print x }"),
    ("for x in xs:\n    print x\n  print 1", "each x in xs {\n    print x\n  }\n  print 1"),
    ("for (const x of xs) { print x }", "each x in xs { print x }"),
    ("foreach (x in xs) { print x }", "each x in xs { print x }"),
    ("for i, x in enumerate(xs) { print i, x }", "each (x, i) in xs { print i, x }"),
    ("for k, v in obj.items() { print k, v }", "each (k, v) in obj { print k, v }"),
    ("each k, v in obj { print k, v }", "each (k, v) in obj { print k, v }"),
    ("each x of xs { print x }", "each x in xs { print x }"),
    ("if a && !b || c { stop }", "if a and not b or c { stop }"),
    ("if x = 5 { stop }", "if x == 5 { stop }"),
    ("if x === 5 { stop }", "if x == 5 { stop }"),
    ("if x is not None { stop }", "if x != null { stop }"),
    ("if exists x { stop }", "if x exists { stop }"),
    ("if not exists(x.y) { stop }", "if not x.y exists { stop }"),
    ("if name contains \"get\" { stop }", "if contains(name, \"get\") { stop }"),
    ("if x not_in [1, 2] { stop }", "if x not in [1, 2] { stop }"),
    ("if x then { stop }", "if x { stop }"),
    ("if x { print 1 } elif y { print 2 }", "if x { print 1 } else if y { print 2 }"),
    ("if x { print 1 }\n  elsif y { print 2 }", "if x { print 1 }\n  else if y { print 2 }"),
    (
        "if x:\n    print 1\n  else:\n    print 2",
        "if x {\n    print 1\n  }\n  else {\n    print 2\n  }",
    ),
    ("if x: { print 1 }", "if x { print 1 }"),
    ("unless x and y { stop }", "if not (x and y) { stop }"),
    ("loop { break }", "while true { break }"),
    ("If x { stop }", "if x { stop }"),
    // Variables.
    ("let x = 5", "var x = 5"),
    ("const x: int = 5", "var x = 5"),
    ("x = 5", "var x = 5"),
    ("x := 5", "var x = 5"),
    ("var x: list[int] = [5]", "var x = [5]"),
    ("x.y = 5", "set x.y = 5"),
    ("x[0] = 5", "set x[0] = 5"),
    ("var x.y = 5", "set x.y = 5"),
    ("var x 5", "var x = 5"),
    ("set x == 5", "set x = 5"),
    ("set x to 5", "set x = 5"),
    ("set x: 5", "set x = 5"),
    ("i += 1", "set i = i + 1"),
    ("total -= a - b", "set total = total - (a - b)"),
    ("i++", "set i = i + 1"),
    ("xs.append(x)", "set xs = xs + [x]"),
    ("print $name, ${other.x}", "print name, other.x"),
    // Values.
    ("print True, False, None", "print true, false, null"),
    ("print f\"{a} of {len(b)}\"", "print \"${a} of ${len(b)}\""),
    ("print `${a} of b`", "print \"${a} of b\""),
    ("print '''a'''", "print \"\"\"a\"\"\""),
    ("print \u{201c}a\u{201d}", "print \"a\""),
    ("print matches(x, \"\\d+\\.\\w\")", "print matches(x, r\"\\d+\\.\\w\")"),
    ("print \"a ${b\"", "print \"a ${b}\""),
    ("print \"a", "print \"a\""),
    (
        "q \"entity=function\n    name=f\" -> rows",
        "q \"\"\"entity=function\n    name=f\"\"\" -> rows",
    ),
    ("var y = x.lower()", "string lower x -> y"),
    (
        "print xs.length(), name.startswith(\"a\"), text.split(\",\")",
        "print len(xs), starts_with(name, \"a\"), split(text, \",\")",
    ),
    ("print user?.name", "print user.name"),
    ("var o = {a = 1, b => 2}", "var o = {a: 1, b: 2}"),
    ("var l = [1 2 3]", "var l = [1, 2, 3]"),
    ("var names = [x.name for x in rows]", "var names = map(rows, \"name\")"),
    ("var n = len(xs", "var n = len(xs)"),
    ("var n = len(xs))", "var n = len(xs)"),
    ("print rows.0, rows.\"k\"", "print rows[0], rows[\"k\"]"),
    ("sleep 5sec", "sleep 5s"),
    ("var mask = 0xFF", "var mask = 255"),
    // Control.
    ("jump to report", "jump report"),
    ("jump step=\"report\"", "jump to=\"report\""),
    ("goto report", "jump report"),
    ("throw \"bad\"", "assert false message=\"bad\""),
    ("exit(1)", "stop"),
    ("print 1;\n  ...", "print 1;\n  "),
    ("return True;", "return true;"),
    // Two statements on a line.
    ("print \"a\" print \"b\"", "print \"a\"; print \"b\""),
    ("print \"t\" sleep 10s", "print \"t\"; sleep 10s"),
    ("print \"y\" step \"Z\" { print 1 }", "print \"y\"; step \"Z\" { print 1 }"),
    ("var n = 1 print n", "var n = 1; print n"),
    ("set n = 1 print n", "set n = 1; print n"),
    ("jump report print 1", "jump report; print 1"),
    ("echo 1 -> x print x", "echo 1 -> x; print x"),
    ("assert n == 1, \"msg\"", "assert n == 1 message=\"msg\""),
    ("assert n == 1, \"${n}\"", "assert n == 1 message=\"${n}\""),
    ("assert n == 1 \"msg\"", "assert n == 1 message=\"msg\""),
    ("step id=my-own-step \"Mine\" { stop }", "step id=my_own_step \"Mine\" { stop }"),
    // Code patterns.
    ("q pattern=getattr($X) -> r", "q pattern=\"getattr($X)\" -> r"),
    ("q pattern=$F($$$ARGS) -> r", "q pattern=\"$F($$$ARGS)\" -> r"),
    ("q pattern=getattr($X, \"a\") in=\"src\"", "q pattern='getattr($X, \"a\")' in=\"src\""),
];

/// Why a slip is not mended into what was meant, if so.
fn unmended(slip: &str, meant: &str) -> Option<String> {
    if faults(slip).is_empty() {
        return Some(format!("no fault in {slip}"));
    }
    let mended = mended(slip);
    let left = faults(&mended);
    (mended != meant || !left.is_empty())
        .then(|| format!("{slip}\nbecame {mended}\nwith {left:#?}"))
}

#[test]
fn slips_are_mended_by_their_suggestions() {
    let wrap = |body: &str| format!("step \"s\" {{\n  {body}\n}}\n");
    let wrong: Vec<String> =
        SLIPS.iter().filter_map(|(slip, meant)| unmended(&wrap(slip), &wrap(meant))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Slips of whole plans.
const PLANS: &[(&str, &str)] = &[
    ("step \"a\" {\n  print 1\n", "step \"a\" {\n  print 1\n}\n"),
    (
        "step \"a\" {\n  if x {\n    print 1\n\nstep \"b\" {\n  print 2\n}\n",
        "step \"a\" {\n  if x {\n    print 1\n  }\n}\n\nstep \"b\" {\n  print 2\n}\n",
    ),
    ("step \"a\" {\n  print 1\n  }\n}\n", "step \"a\" {\n  print 1\n  \n}\n"),
    ("step read \"Read\" {\n}\n", "step id=read \"Read\" {\n}\n"),
    ("step \"Read\" id: read {\n}\n", "step \"Read\" id=read {\n}\n"),
    ("step \"Read {\n  print 1\n}\n", "step \"Read\" {\n  print 1\n}\n"),
    ("Step \"Read\" {\n}\n", "step \"Read\" {\n}\n"),
    ("import os\nstep \"a\" {\n}\n", "\nstep \"a\" {\n}\n"),
    ("@exclude tests/**, docs/*.md\n", "@exclude \"tests/**\", \"docs/*.md\"\n"),
    ("@in \"src\",\nstep \"a\" {\n}\n", "@in \"src\"\nstep \"a\" {\n}\n"),
    (
        "@title: \"A\"\n@root = \".\"\n@params(a, b=1)\n",
        "@title \"A\"\n@root \".\"\n@params a, b=1\n",
    ),
    (
        "plan \"A\" {\n  step \"a\" { <statements> }\n}\n",
        "plan {\n  @title \"A\"\n  step \"a\" {  }\n}\n",
    ),
    ("stage \"a\" id=a {\n}\n", "step \"a\" id=a {\n}\n"),
];

#[test]
fn slips_of_whole_plans_are_mended_too() {
    let wrong: Vec<String> =
        PLANS.iter().filter_map(|(slip, meant)| unmended(slip, meant)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What has no one meaning gets one fault, and nothing that a program would apply unasked.
#[test]
fn guesses_are_never_applied() {
    let guesses = [
        "print a mod b",
        "print a if b else c",
        "try { print 1 } catch (e) { print e }",
        "print xs.reverse()",
        "print a ? b : c",
        "print 'it''s'",
        "search /foo.*/ -> r",
        "var = 3",
        "var m = map(xs, x => x.name)",
        "var m = map(xs, (x, i) => [x.name, i])",
    ];
    for guess in guesses {
        let text = format!("step \"s\" {{\n  {guess}\n}}\n");
        let faults = faults(&text);
        assert_eq!(mended(&text), text);
        assert!(faults.len() == 1 || guess.contains("mod"), "{faults:#?}");
    }
}

#[test]
fn six_mistakes_give_six_faults_with_a_fix_each() {
    let plan = "\
@in \"src\",
step \"Find\" {
  let rows = [1, 2]
  for row in rows { print row }
  if rows && true { stop }
  print len(rows
  print \"done
}
";
    let faults = faults(plan);
    let lines: Vec<u32> = faults
        .iter()
        .map(|f| plan[..f.span.lo as usize].matches('\n').count() as u32 + 1)
        .collect();
    assert_eq!(lines, [1, 3, 4, 5, 6, 7], "{faults:#?}");
    assert!(faults.iter().all(|f| f.help.is_some() && f.suggestions.iter().any(|s| s.applicable)));
    assert_eq!(
        mended(plan),
        "\
@in \"src\"
step \"Find\" {
  var rows = [1, 2]
  each row in rows { print row }
  if rows and true { stop }
  print len(rows)
  print \"done\"
}
"
    );
}

#[test]
fn each_code_is_shown_by_its_own_example() {
    for explanation in code::all().filter(|e| e.code.0 < "QP0300" && !e.wrong.is_empty()) {
        let codes: Vec<_> = faults(explanation.wrong).iter().map(|fault| fault.code).collect();
        assert_eq!(codes, [explanation.code], "{}", explanation.wrong);
        assert!(
            faults(explanation.right).is_empty(),
            "{} {:?}",
            explanation.right,
            faults(explanation.right)
        );
    }
}
