//! The queries: they compile, name what every editor knows, and give each word of a sample its colour.

use std::collections::BTreeMap;

use tree_sitter::{Query, QueryCursor, StreamingIterator};

use super::tree;

/// The names of the command line of tree-sitter that are used, and those that Neovim and Helix add.
const STANDARD: &[&str] = &[
    "attribute",
    "comment",
    "constant",
    "constant.builtin",
    "function",
    "function.builtin",
    "keyword",
    "label",
    "module",
    "number",
    "operator",
    "property",
    "punctuation.bracket",
    "punctuation.delimiter",
    "punctuation.special",
    "string",
    "string.escape",
    "variable",
    "variable.parameter",
];

fn query(text: &str) -> Query {
    Query::new(&tree_sitter_qplan::LANGUAGE.into(), text).expect("the query compiles")
}

/// The colour of each byte that has one; later patterns win, and inner nodes over outer ones.
fn colours(text: &str) -> BTreeMap<usize, String> {
    let query = query(tree_sitter_qplan::HIGHLIGHTS_QUERY);
    let tree = tree(text);
    let mut cursor = QueryCursor::new();
    let mut captures = cursor.captures(&query, tree.root_node(), text.as_bytes());
    let mut found = Vec::new();
    while let Some((matched, at)) = captures.next() {
        let capture = matched.captures()[*at];
        let range = capture.node.byte_range();
        if query.capture_names()[capture.index as usize].starts_with('_') {
            continue;
        }
        found.push((std::cmp::Reverse(range.len()), matched.pattern_index, range, capture.index));
    }
    found.sort_by_key(|(len, pattern, range, _)| (*len, range.start, *pattern));
    let names = query.capture_names();
    let mut colours = BTreeMap::new();
    for (_, _, range, index) in found {
        colours.extend(range.map(|byte| (byte, names[index as usize].to_owned())));
    }
    colours
}

/// Each word and sign of a text behind its colour.
fn coloured(text: &str) -> Vec<String> {
    let mut out: Vec<(String, String)> = Vec::new();
    let mut last = None;
    let colours = colours(text);
    for (at, c) in text.char_indices() {
        let colour = colours.get(&at).filter(|_| !c.is_whitespace()).cloned();
        match (&colour, out.last_mut()) {
            (Some(name), Some(piece)) if last == colour && *name == piece.0 => piece.1.push(c),
            (Some(name), _) => out.push((name.clone(), c.to_string())),
            (None, _) => {}
        }
        last = colour;
    }
    out.into_iter().map(|(name, text)| format!("{name} {text}")).collect()
}

#[test]
fn the_queries_compile_and_use_standard_names() {
    for name in query(tree_sitter_qplan::HIGHLIGHTS_QUERY).capture_names() {
        assert!(
            name.starts_with('_') || STANDARD.contains(name),
            "@{name} is not known to editors"
        );
    }
    query(tree_sitter_qplan::INJECTIONS_QUERY);
    query(tree_sitter_qplan::FOLDS_QUERY);
    query(tree_sitter_qplan::INDENTS_QUERY);
}

#[test]
fn the_options_of_every_action_with_several_operations_are_coloured() {
    for action in qplan::actions::ALL {
        if matches!(action.forms, qplan::action::Forms::Ops(_)) {
            let found = coloured(&format!("{} some \"a\"", action.name));
            assert_eq!(found[1], "function some", "{} is not in highlights.scm", action.name);
        }
    }
}

/// A text, and each word of it behind its colour.
const SAMPLES: &[(&str, &str)] = &[
    ("file exists \"a\"", "function file | function exists | string \"a\""),
    (
        "calls exists in=a",
        "function calls | variable exists | property in | operator = | variable a",
    ),
    ("print exists", "keyword print | variable exists"),
    ("print a.exists exists", "keyword print | variable a | . | property exists | keyword exists"),
    (
        "if a.step not in b { stop }",
        "keyword if | variable a | . | property step | keyword not | keyword in | variable b | { | keyword stop | }",
    ),
    (
        "stop-now x.y n.k=1 -> out",
        "function stop-now | variable x | . | property y | property n.k | operator = | number 1 | operator -> | variable out",
    ),
    (
        "@params name, n=2s",
        "attribute @params | variable.parameter name | , | variable.parameter n | operator = | number 2s",
    ),
    ("@in src", "attribute @in | variable src"),
    (
        "var a = \"x${len(b)}\\n\" // c",
        "keyword var | variable a | operator = | string \"x | punctuation.special ${ | function.builtin len | ( | variable b | ) | punctuation.special } | string.escape \\n | string \" | comment // | comment c",
    ),
    (
        "step \"A\" id=s -> ns { jump s }",
        "keyword step | string \"A\" | attribute id | operator = | label s | operator -> | module ns | { | keyword jump | label s | }",
    ),
    (
        "print {true: true, k: null}",
        "keyword print | { | property true | : | constant.builtin true | , | property k | : | constant.builtin null | }",
    ),
    (
        "PARALLEL:\n calls f\nEND",
        "keyword PARALLEL | : | function calls | variable f | keyword END",
    ),
    ("return set step", "keyword return | variable set | variable step"),
];

#[test]
fn a_word_has_the_colour_of_what_it_is_where_it_stands() {
    for (text, expected) in SAMPLES {
        let found = coloured(text).join(" | ");
        let found = found.replace("punctuation.bracket ", "").replace("punctuation.delimiter ", "");
        assert_eq!(found, *expected, "{text}");
    }
}
