//! Holds the grammars for editors to the parser: what they make of the plans of this repository, of plans that the
//! grammar derives and of broken ones. `shape` has the trees side by side, `colour` the highlights, `textmate` the
//! other grammar.

mod colour;
mod shape;
mod textmate;

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use qplan::diagnostic::Severity;
use qplan::source::SourceId;
use qplan::syntax::ast::File;
use qplan::syntax::class::{Class, classes, words};
use qplan::syntax::{parse, print};
use tree_sitter::{Node, Parser, Tree};

use crate::grammar::derived;
use crate::harness::package;

/// Every plan of the examples and the specification, with its place.
pub(crate) fn plans() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for dir in ["examples", "tests", "std-modules"] {
        below(&package().join(dir), &mut files);
    }
    files.sort();
    let mut plans = Vec::new();
    for path in files {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let name = path.strip_prefix(package()).unwrap_or(&path).display().to_string();
        match path.extension().and_then(|ext| ext.to_str()) {
            Some("qp") => plans.push((name, text)),
            Some("md") => plans.extend(fenced(&name, &text)),
            _ => {}
        }
    }
    plans
}

fn below(dir: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries {
        let path = entry.expect("the directory can be read").path();
        if path.is_dir() { below(&path, files) } else { files.push(path) }
    }
}

/// The blocks of a page that hold plans, and those that hold the standard input of one.
fn fenced(name: &str, text: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut plans = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let fence = line.len() - line.trim_start_matches('`').len();
        at += 1;
        if fence < 3 {
            continue;
        }
        let end = lines[at..].iter().position(|other| *other == &line[..fence]);
        let end = at + end.unwrap_or(lines.len() - at);
        if line[fence..].split_whitespace().next() == Some("qp") {
            let text = lines[at..end].iter().map(|line| format!("{line}\n")).collect();
            plans.push((format!("{name}:{at}"), text));
        }
        at = end + 1;
    }
    plans
}

/// The tree of a plan, if the parser has nothing against it.
pub(crate) fn accepted(text: &str) -> Option<File> {
    let parsed = parse(SourceId(0), text);
    let faults = parsed.diagnostics.iter().filter(|fault| fault.severity == Severity::Error);
    (faults.count() == 0).then_some(parsed.file)
}

/// The plans that the parser accepts.
pub(crate) fn good_plans() -> impl Iterator<Item = (String, String, File)> {
    plans().into_iter().filter_map(|(name, text)| {
        let file = accepted(&text)?;
        Some((name, text, file))
    })
}

pub(crate) fn tree(text: &str) -> Tree {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_qplan::LANGUAGE.into()).expect("the versions fit");
    parser.parse(text, None).expect("neither cancelled nor without a language")
}

/// Every node from the root on, parents first.
pub(crate) fn nodes(tree: &Tree) -> Vec<Node<'_>> {
    let mut cursor = tree.walk();
    let mut all = Vec::new();
    loop {
        all.push(cursor.node());
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return all;
            }
        }
    }
}

/// What is wrong with the tree of a plan that is right.
fn complaint(text: &str, file: &File) -> Option<String> {
    let tree = tree(text);
    if tree.root_node().has_error() {
        return Some(format!("does not read it: {}", tree.root_node()));
    }
    shape::difference(text, file, &tree)
}

#[test]
fn every_plan_is_read_as_the_parser_reads_it() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (name, text, file) in good_plans() {
        count += 1;
        wrong.extend(complaint(&text, &file).map(|complaint| format!("{name} {complaint}")));
        let printed = print(&file);
        if printed == text {
            continue;
        }
        let again = parse(SourceId(0), &printed).file;
        let complaint = complaint(&printed, &again);
        wrong.extend(complaint.map(|complaint| format!("{name}, printed, {complaint}\n{printed}")));
    }
    assert!(count > 400, "only {count} plans were found");
    assert!(wrong.is_empty(), "{} of {count}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn plans_of_windows_and_with_a_mark_of_order_are_read_as_the_parser_reads_them() {
    for (name, text, _) in good_plans() {
        for text in [text.replace('\n', "\r\n"), format!("\u{feff}{text}")] {
            let file = parse(SourceId(0), &text).file;
            assert_eq!(complaint(&text, &file), None, "{name}");
        }
    }
}

/// Newlines, comments and `;` put behind every 17th token, wherever the parser has nothing against it.
#[test]
fn a_gap_between_tokens_means_what_it_means_to_the_parser() {
    let gaps = ["\n", "\n      ", " // c\n", " # c\n      /* c\n */ ", "/* c */", ";", " "];
    let (mut count, mut turn) = (0, 0);
    for (name, text, _) in good_plans() {
        for at in classes(SourceId(0), &text) {
            turn += 1;
            if turn % 17 > 0 {
                continue;
            }
            let gap = gaps[turn / 17 % gaps.len()];
            let at = at.1.hi as usize;
            let text = format!("{}{gap}{}", &text[..at], &text[at..]);
            if let Some(file) = accepted(&text) {
                count += 1;
                assert_eq!(complaint(&text, &file), None, "{name}\n{text}");
            }
        }
    }
    assert!(count > 100, "only {count} plans were accepted");
}

/// As deep as the parser lets.
#[test]
fn plans_of_120_levels_are_read_as_the_parser_reads_them() {
    const N: usize = 120;
    let nested = |open: &str, inner: &str, close: &str| {
        format!("{}{inner}{}\n", open.repeat(N), close.repeat(N))
    };
    let values = [
        ("(", "1", ")"),
        ("[", "", "]"),
        ("{a: ", "1", "}"),
        ("f(", "1", ")"),
        ("not ", "1", ""),
        ("\"${", "1", "}\""),
        ("\"\"\"${", "1", "}\"\"\""),
    ];
    let values = values.map(|(open, inner, close)| format!("print {}", nested(open, inner, close)));
    let blocks =
        [nested("if a {\n", "foo b\n  c=1", "\n}"), nested("parallel:\n", "foo\n", "end\n")];
    for text in values.into_iter().chain(blocks) {
        let file = accepted(&text).expect("the parser takes as much");
        assert_eq!(complaint(&text, &file), None);
    }
}

#[test]
fn plans_that_are_wrong_are_read_to_their_end() {
    for (name, text) in plans() {
        let end = tree(&text).root_node().end_byte();
        assert!(text[end..].trim().is_empty(), "{name} is read up to {end}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_the_grammar_derives_is_read_as_the_parser_reads_it(
        dice in prop::collection::vec(any::<u32>(), 0..400),
    ) {
        let text = derived(dice);
        if let Some(file) = accepted(&text) {
            prop_assert_eq!(complaint(&text, &file), None, "{}", text);
        }
    }

    #[test]
    fn any_text_is_read_to_its_end(text in any::<String>()) {
        let end = tree(&text).root_node().end_byte();
        prop_assert!(text[end..].trim().is_empty(), "{} is read up to {}", text, end);
    }
}

#[test]
fn a_brace_behind_if_and_while_is_what_it_is_to_the_parser() {
    let heads = ["if", "IF", "while", "if a {} else if", "if not"];
    let tails = [
        "{a: 1} == o { foo }",
        "{ /* c */ a /* c */ : 1 } == o { foo }",
        "{\n // c\n a: 1,\n b: 2\n} == o {\n foo\n}",
        "\n{a: 1} == o\n{ foo }",
        "{\"a\": 1}.a == 1 { foo }",
        "{'a': 1}[\"a\"] exists { foo }",
        "{r\"a\": 1} == {} { foo }",
        "{parallel: 1} == {parallel: 1} { foo }",
        "{if: {a: {}}} == o { parallel:\n foo\n end }",
        "{true: 1} exists { foo { a: 1 } }",
        "[{a: 1}] == o { foo }",
        "({a: 1}) { foo }",
        "f({}) { foo a=1 }",
    ];
    for (head, tail) in heads.iter().flat_map(|head| tails.map(|tail| (head, tail))) {
        let text = format!("{head} {tail}\n");
        let file = accepted(&text).unwrap_or_else(|| panic!("the parser refuses {text}"));
        assert_eq!(complaint(&text, &file), None, "{text}");
    }
}

#[test]
fn semicolons_and_newlines_alone_are_read_to_their_end() {
    for text in
        [";", "\n", " ;; ;\n;", "foo;;", "{;}", "if a {;; foo;}\n;", "parallel: ; foo\n;end;"]
    {
        let tree = tree(text);
        assert_eq!(text[tree.root_node().end_byte()..].trim(), "", "{text:?}");
        if let Some(file) = accepted(text) {
            assert_eq!(complaint(text, &file), None, "{text:?}");
        }
    }
}

/// Cuts and changes of plans: no crash, and an edited tree is the one that is read anew.
#[test]
fn an_edit_gives_the_tree_of_the_new_text() {
    for (name, text, _) in good_plans().step_by(9) {
        for (at, _) in text.char_indices().step_by(37) {
            for put in ["", "\n", "\"", "{", "}", "(", "x = ", "/*", "end"] {
                let new = format!("{}{put}{}", &text[..at], &text[at..]);
                let mut old = tree(&text);
                old.edit(&edit(&text, &new, at, put.len()));
                let mut parser = Parser::new();
                parser.set_language(&tree_sitter_qplan::LANGUAGE.into()).expect("the versions fit");
                let edited = parser.parse(&new, Some(&old)).expect("not cancelled");
                let fresh = tree(&new);
                if !fresh.root_node().has_error() {
                    let (edited, fresh) = (edited.root_node(), fresh.root_node());
                    assert_eq!(edited.to_string(), fresh.to_string(), "{name} {at} {put:?}");
                }
            }
        }
    }
}

fn edit(old: &str, new: &str, at: usize, len: usize) -> tree_sitter::InputEdit {
    let point = |text: &str, at: usize| {
        let before = &text[..at];
        let column = before.len() - before.rfind('\n').map_or(0, |n| n + 1);
        tree_sitter::Point { row: before.matches('\n').count(), column }
    };
    tree_sitter::InputEdit {
        start_byte: at,
        old_end_byte: at,
        new_end_byte: at + len,
        start_position: point(old, at),
        old_end_position: point(old, at),
        new_end_position: point(new, at + len),
    }
}

/// Texts that nest, repeat or never end; a square of the length in the scanner would show. (Where a fault goes on over
/// many comments tree-sitter itself takes a square: such texts are shorter.)
#[test]
fn long_and_deep_texts_are_read_in_time() {
    let many = [
        "(",
        "[",
        "{a: ",
        "-",
        "not ",
        "\"${",
        "f(",
        "a[",
        "1 + ",
        "if a {\n",
        "}\n",
        ")",
        "\"\n",
        "\"\"\"\n",
        "/* x\n",
        "print(\n",
        "x[0] = calls f\n",
        ";",
        "\"${ ",
        "\"\"\"${\n",
        "a.",
        "a-",
        "foo\n// c\n",
        "parallel:\n",
        "x, // c\n",
        "[ // c\n",
        "@a ",
        "'",
        "r\"",
        "\u{e9}",
        "\\",
        "foo a b c;",
        "step \"a\"\n",
    ];
    let few = ["foo a /* c */", "= ,\n"];
    for (text, count) in
        many.map(|text| (text, 10_000)).into_iter().chain(few.map(|text| (text, 1000)))
    {
        let start = std::time::Instant::now();
        let _ = tree(&text.repeat(count));
        let _ = tree(&format!("print {}", text.repeat(count)));
        assert!(start.elapsed().as_secs() < 10, "{text:?} takes {:?}", start.elapsed());
    }
}

/// The words that the grammar has a token of their own for.
#[test]
fn the_keywords_are_those_of_the_lexer() {
    let kinds: serde_json::Value =
        serde_json::from_str(tree_sitter_qplan::NODE_TYPES).expect("the file is JSON");
    let mut found: Vec<&str> = kinds
        .as_array()
        .into_iter()
        .flatten()
        .filter(|kind| kind["named"] == false)
        .filter_map(|kind| kind["type"].as_str())
        .filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()))
        .collect();
    let mut expected = [words(Class::Keyword), words(Class::Operator)].concat();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

/// `print 1ms` for every unit of up to two letters, `"\n"` for every character.
#[test]
fn units_and_escapes_are_those_of_the_lexer() {
    let letters: Vec<String> = ('a'..='z').chain('A'..='Z').map(String::from).collect();
    let pairs = letters.iter().flat_map(|a| letters.iter().map(move |b| format!("{a}{b}")));
    let units = letters.iter().cloned().chain(pairs);
    let units = units.map(|unit| (format!("print 1{unit}\n"), "duration"));
    let escapes = (' '..'\u{17f}').map(|c| (format!("print \"\\{c} \"\n"), "escape_sequence"));
    let unicode = ["0041", "{1F600}", "{}", "{1234567}", "12", "{e9}", "d83d\\ude00"];
    let unicode = unicode.map(|code| (format!("print \"\\u{code}\"\n"), "escape_sequence"));
    for (text, kind) in units.chain(escapes).chain(unicode) {
        let tree = tree(&text);
        let found = nodes(&tree).iter().any(|node| node.kind() == kind);
        assert_eq!(found, accepted(&text).is_some(), "{text}");
    }
}

/// The tables of `src/xid.h`; `UPDATE=1` writes them.
#[test]
fn words_have_the_characters_of_the_lexer() {
    let path = package().join("grammar/tree-sitter-qplan/src/xid.h");
    let start = runs("XID_START", unicode_ident::is_xid_start);
    let more = runs("XID_CONTINUE", unicode_ident::is_xid_continue);
    let expected = format!(
        "// Characters beyond ASCII that begin and continue a word, as first and last of each run (XID_Start, XID_Continue).\n\
         // Written by the test `words_have_the_characters_of_the_lexer` with UPDATE=1.\n\n#include <stdint.h>\n\n{start}\n{more}"
    );
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &expected).expect("the file can be written");
    }
    let found = fs::read_to_string(&path).expect("the file is there");
    assert!(found == expected, "run the test with UPDATE=1");
}

fn runs(name: &str, holds: fn(char) -> bool) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for c in ('\u{80}'..=char::MAX).filter(|&c| holds(c)).map(u32::from) {
        match runs.last_mut() {
            Some(last) if last.1 + 1 == c => last.1 = c,
            _ => runs.push((c, c)),
        }
    }
    let mut text = format!("static const uint32_t {name}[][2] = {{\n");
    for line in runs.chunks(6) {
        let line: Vec<String> =
            line.iter().map(|(lo, hi)| format!("{{0x{lo:x}, 0x{hi:x}}},")).collect();
        text.push_str(&format!("  {}\n", line.join(" ")));
    }
    text + "};\n"
}
