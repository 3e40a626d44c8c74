//! Holds the grammar in `grammar/qplan.ebnf` to the parser: each production is a function of its name, and whatever the
//! productions derive is read without a fault. And whatever comes in, an answer comes out.

use std::collections::BTreeMap;
use std::fmt::Write;

use proptest::prelude::*;
use qplan::source::SourceId;
use qplan::syntax::parse;

const EBNF: &str = include_str!("../../grammar/qplan.ebnf");

/// The right side of a production.
#[derive(Clone, Debug)]
enum Term {
    Token(String),
    Sign(String),
    Rule(String),
    Sequence(Vec<Term>),
    Choice(Vec<Term>),
    Optional(Box<Term>),
    Repeated(Box<Term>),
}

/// The productions of part 2, by name.
fn productions() -> BTreeMap<String, Term> {
    let part = EBNF
        .split("2. Syntax")
        .nth(1)
        .and_then(|rest| rest.split("3. Text inside").next())
        .expect("part 2");
    let mut text = String::new();
    let mut depth = 0;
    for (i, c) in part.char_indices() {
        depth += usize::from(part[i..].starts_with("(*"));
        if depth == 0 {
            text.push(c);
        }
        depth = depth.saturating_sub(usize::from(part[..=i].ends_with("*)")));
    }
    let words = words(&text);
    let mut all = BTreeMap::new();
    for rule in words.split(|word| word == ";").filter(|rule| rule.len() > 2) {
        let mut at = 2;
        all.insert(rule[0].clone(), choice(rule, &mut at));
    }
    all
}

/// Names, quoted signs (with their quote before them) and the signs of the notation.
fn words(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut rest = text.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    while let Some(c) = rest.chars().next() {
        let len = match c {
            '"' => rest[1..].find('"').map_or(rest.len(), |n| n + 2),
            c if c.is_alphabetic() => {
                rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len())
            }
            _ => c.len_utf8(),
        };
        if !c.is_whitespace() {
            all.push(rest[..len].to_owned());
        }
        rest = &rest[len..];
    }
    all
}

fn choice(words: &[String], at: &mut usize) -> Term {
    let mut all = vec![sequence(words, at)];
    while words.get(*at).is_some_and(|word| word == "|") {
        *at += 1;
        all.push(sequence(words, at));
    }
    if all.len() == 1 { all.remove(0) } else { Term::Choice(all) }
}

fn sequence(words: &[String], at: &mut usize) -> Term {
    let mut all = Vec::new();
    while let Some(word) = words.get(*at) {
        *at += 1;
        let term = match word.as_str() {
            "|" | ")" | "]" | "}" => {
                *at -= 1;
                break;
            }
            "(" => choice(words, at),
            "[" => Term::Optional(Box::new(choice(words, at))),
            "{" => Term::Repeated(Box::new(choice(words, at))),
            word if word.starts_with('"') => Term::Sign(word.trim_matches('"').to_owned()),
            word if word.starts_with(char::is_uppercase) => Term::Token(word.to_owned()),
            word => Term::Rule(word.to_owned()),
        };
        *at += usize::from(matches!(word.as_str(), "(" | "[" | "{"));
        all.push(term);
    }
    Term::Sequence(all)
}

/// Writes a random text of the grammar.
struct Writer<'g> {
    rules: &'g BTreeMap<String, Term>,
    /// Random numbers, used up one after the other; when they are over, the shortest way is taken.
    dice: std::vec::IntoIter<u32>,
    out: String,
    /// The productions being written.
    inside: Vec<String>,
}

impl Writer<'_> {
    fn roll(&mut self, sides: usize) -> usize {
        let deep = self.inside.len() > 40;
        if deep { 0 } else { self.dice.next().unwrap_or(0) as usize % sides }
    }

    fn write(&mut self, term: &Term) {
        match term {
            Term::Token(token) => self.token(token),
            Term::Sign(sign) => self.sign(sign),
            Term::Rule(name) => {
                self.inside.push(name.clone());
                let rule = self
                    .rules
                    .get(name)
                    .unwrap_or_else(|| panic!("no production `{name}`"))
                    .clone();
                self.write(&rule);
                self.inside.pop();
                if name == "parallel_body" {
                    // Behind options and `end` only a newline ends the statement.
                    self.put("\n", "");
                }
            }
            Term::Sequence(all) => all.iter().for_each(|term| self.write(term)),
            Term::Choice(all) => {
                let rule = self.inside.last().cloned().unwrap_or_default();
                let ends = |term: &Term| !format!("{term:?}").contains(&format!("Rule({rule:?})"));
                let chosen = match self.roll(all.len()) {
                    0 => all.iter().position(ends).unwrap_or(0),
                    roll => roll,
                };
                // A `{` directly behind `if` and `while` is the block's.
                let block =
                    ["if", "while"].iter().any(|word| self.out.to_lowercase().ends_with(word));
                // Among several values of `return` each has a name.
                let named = rule == "arg"
                    && self
                        .inside
                        .iter()
                        .rev()
                        .nth(1)
                        .is_some_and(|rule| rule.starts_with("return"));
                let chosen = if named || block && rule == "primary" { 0 } else { chosen };
                self.write(&all[chosen]);
            }
            Term::Optional(inner) => {
                let chance =
                    if self.inside.last().is_some_and(|rule| rule == "items" || rule == "body") {
                        8
                    } else {
                        2
                    };
                if self.roll(chance) > 0 {
                    self.write(inner);
                }
            }
            Term::Repeated(inner) => {
                let expression = ["expr", "and_expr", "sum", "product", "postfix"];
                let operators =
                    self.inside.last().is_some_and(|rule| expression.contains(&rule.as_str()));
                for _ in 0..self.roll(if operators { 6 } else { 3 }).saturating_sub(if operators {
                    4
                } else {
                    0
                }) {
                    self.write(inner);
                }
            }
        }
    }

    /// Signs that are glued to what precedes have a token's name in the grammar, but for the dot.
    fn sign(&mut self, sign: &str) {
        let glued = sign == "." || sign == "," || sign == ")" || sign == "]";
        self.put(sign, if glued { "" } else { " " });
    }

    fn put(&mut self, text: &str, gap: &str) {
        // A comma that ends a statement promises more.
        let block = self.inside.last().is_some_and(|rule| rule == "block");
        if self.out.ends_with(',') && (block || text.starts_with(['\n', ';', '}', ':', ' '])) {
            self.out.pop();
        }
        if !self.out.ends_with(['.', '\u{1}', '\n']) {
            self.out.push_str(gap);
        }
        if self.out.ends_with('\u{1}') {
            self.out.pop();
        }
        self.out.push_str(text);
    }

    fn token(&mut self, token: &str) {
        const NAMES: &[&str] = &["alpha", "beta", "gamma_2", "größe"];
        let (last, around) = self.inside.split_last().expect("a token stands in a rule");
        let in_hole = around.iter().any(|rule| rule == "string");
        let jump = last == "jump_target";
        let n = self.roll(4);
        let name = NAMES[n % NAMES.len()];
        match token {
            "WORD" => self.put(name, " "),
            "KEY" if jump => self.put("to", " "),
            "KEY" => self.put(["key", "in", "end", "not"][n % 4], " "),
            "OPTION" => self.put(["read", "sort", "exists"][n % 3], " "),
            "ACTION" => self.put(["calls", "sig-impact", "file"][n % 3], " "),
            "META" => self.put(["@title", "@params"][n % 2], " "),
            "NUMBER" => self.put(["1", "2.5", "1_000", "1e3"][n], " "),
            "DURATION" => self.put(["200ms", "3s", "1.5h"][n % 3], " "),
            "STRING" if in_hole => self.put("'in a hole'", " "),
            "STRING" => {
                self.put(["\"a\\n\"", "'it\"s'", "r\"\\d+\"", "\"\"\"\n  a\n  b\n  \"\"\""][n], " ")
            }
            "T_OPEN" => self.put("\"\u{1}", " "),
            "T_TEXT" => self.put("text $ $x \\u{e9}\u{1}", ""),
            "T_EXPR" => self.put("${\u{1}", ""),
            "T_END" => self.put("}\u{1}", ""),
            "T_CLOSE" => self.put("\"", ""),
            "CALL" => self.put("(\u{1}", ""),
            "INDEX" => self.put("[\u{1}", ""),
            "NL" => self.put(["\n", "\n\n", ";", " # comment\n"][n], ""),
            "EOF" => self.put(" ", ""),
            // It is that word at the start of a statement only.
            "END" => self.put("\nend", ""),
            "NOT_IN" => self.put("not in", " "),
            word if n == 3 => self.put(word, " "),
            word => self.put(&word.to_lowercase(), " "),
        }
    }
}

/// A text of the production `file`.
pub(crate) fn derived(dice: Vec<u32>) -> String {
    let rules = productions();
    let mut writer = Writer {
        rules: &rules,
        dice: dice.into_iter(),
        out: "\u{1}".to_owned(),
        inside: Vec::new(),
    };
    writer.write(&Term::Rule("file".to_owned()));
    writer.out.replace('\u{1}', "")
}

#[test]
fn each_production_is_a_function_of_the_parser() {
    let sources = [
        include_str!("../../src/syntax/grammar/plan.rs"),
        include_str!("../../src/syntax/grammar/step.rs"),
        include_str!("../../src/syntax/grammar/statement.rs"),
        include_str!("../../src/syntax/grammar/expression.rs"),
        include_str!("../../src/syntax/grammar/literal.rs"),
    ]
    .concat();
    for name in productions().keys() {
        let plain =
            sources.contains(&format!("fn {name}<")) || sources.contains(&format!("fn r#{name}<"));
        assert!(plain, "no function for `{name}`");
    }
}

/// Every fault with its place, one a line.
fn faults(text: &str) -> String {
    let mut out = String::new();
    for fault in parse(SourceId(0), text).diagnostics {
        writeln!(out, "{} {} at {:?}", fault.code, fault.message, text.get(fault.span.range()))
            .expect("memory");
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 700, ..ProptestConfig::default() })]

    #[test]
    fn what_the_grammar_derives_is_read_without_a_fault(dice in prop::collection::vec(any::<u32>(), 0..400)) {
        let text = derived(dice);
        prop_assert_eq!(faults(&text), "", "{}", text);
    }

    #[test]
    fn any_text_has_an_answer(text in any::<String>()) {
        let _ = parse(SourceId(0), &text);
    }

    #[test]
    fn any_words_of_the_language_have_an_answer_whose_places_lie_in_the_text(
        words in prop::collection::vec(prop::sample::select(WORDS), 0..60),
    ) {
        let text = words.join(" ");
        for fault in parse(SourceId(0), &text).diagnostics {
            let spans = fault.suggestions.iter().map(|s| s.span).chain([fault.span]);
            for span in spans {
                prop_assert!(text.get(span.range()).is_some(), "{:?} in {}", span, text);
            }
        }
    }
}

const WORDS: &[&str] = &[
    "plan",
    "step",
    "if",
    "else",
    "elif",
    "while",
    "each",
    "for",
    "in",
    "of",
    "parallel",
    "parallel:",
    "end",
    "future",
    "print",
    "print(",
    "set",
    "var",
    "let",
    "return",
    "jump",
    "to",
    "break",
    "stop",
    "and",
    "or",
    "exists",
    "not",
    "is",
    "true",
    "None",
    "null",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ".",
    ":",
    ";",
    "=",
    "==",
    "=~",
    "->",
    "=>",
    "+",
    "-",
    "*",
    "/",
    "\"a\"",
    "'b'",
    "\"${x}\"",
    "f\"{x}\"",
    "\"${",
    "\"",
    "\"\"\"",
    "`",
    "'''",
    "12",
    "3s",
    "0x1",
    "x",
    "y",
    "x.y",
    "x[0]",
    "a-b",
    "calls",
    "file",
    "key=",
    "\n",
    "\n  ",
    "@title",
    "//",
    "/*",
    "*/",
    "#",
    "+=",
    "++",
    "&&",
    "!",
    "...",
    "$",
    "?",
    ".lower()",
    ".append(",
    "try",
    "catch",
    "def",
    "unless",
    "import",
    "throw",
    "\\",
    "%",
    "é",
    "\0",
    "a::b",
    "./a",
    "**",
];

/// Texts that nest, repeat or never end; each takes well under a second, and a stack or a square of the length would show.
#[test]
fn long_and_deep_texts_have_an_answer() {
    const N: usize = 100_000;
    let nested = |open: &str, inner: &str, close: &str| {
        format!("print {}{inner}{}", open.repeat(N), close.repeat(N))
    };
    let deep = [
        nested("(", "1", ")"),
        nested("[", "", "]"),
        nested("{a: ", "1", "}"),
        nested("-", "1", ""),
        nested("not ", "1", ""),
        nested("\"${", "1", "}\""),
        nested("(", "", ""),
        nested("f(", "", ""),
        nested("a[", "", ""),
        nested("1", " + 1", ""),
        "if a {".repeat(N) + &"}".repeat(N),
        "if a {".repeat(N),
        "{".repeat(N) + &"\n".repeat(N),
        format!("if a {{ }}{}", " else if a { }".repeat(N)),
        format!("print a{}", ".b".repeat(N)),
    ];
    for text in &deep {
        assert!(!faults(text).is_empty() || text.starts_with("print 1"), "{}", &text[..20]);
    }
    let long = [
        "}\n",
        ")",
        "\"\n",
        "\"\"\"\n",
        "/* x\n",
        "print(\n",
        "x[0] = calls f\n",
        "./a ",
        "a/*b ",
        ";",
        "`\n",
        "\"${ ",
        "\"\"\"${\n",
    ];
    for text in long {
        let _ = parse(SourceId(0), &text.repeat(N / 4));
    }
}

/// As deep as the limit lets, on the stack of a test's thread.
#[test]
fn plans_of_120_levels_are_read() {
    const N: usize = 120;
    let nested = |open: &str, inner: &str, close: &str| {
        format!("{}{inner}{}", open.repeat(N), close.repeat(N))
    };
    let values = [
        ("(", "1", ")"),
        ("[", "", "]"),
        ("{a: ", "1", "}"),
        ("f(", "1", ")"),
        ("-", "1", ""),
        ("not ", "1", ""),
    ];
    for (open, inner, close) in values {
        assert_eq!(faults(&format!("print {}", nested(open, inner, close))), "");
    }
    assert_eq!(faults(&format!("print {}", nested("\"${", "1", "}\""))), "");
    assert_eq!(faults(&nested("if a { ", "stop", " }")), "");
    assert_eq!(faults(&format!("if a {{ }}{}", " else if a { }".repeat(N))), "");
    assert_eq!(faults(&format!("print a{}", ".b".repeat(500))), "");
    assert_eq!(faults(&format!("print a{}", " + b".repeat(500))), "");
}

#[test]
fn a_mark_of_order_crlf_and_nul_are_no_trouble() {
    assert_eq!(faults("\u{feff}# c\r\nstep \"a\" {\r\n  print 1,\r\n    2\r\n}\r\n"), "");
    assert!(faults("print \0 1").contains("U+0000"));
}
