//! What is wrong with a pattern, and where. ast-grep looks for errors at a pattern's root only, so the expanded pattern is
//! parsed here once more and every ERROR and MISSING node of what ast-grep makes of it counts.

use std::ops::Range;

use ast_grep_core::{Language as _, PatternError};
use tree_sitter::{Node, TreeCursor};

use super::{MAX_BYTES, MAX_DEPTH, operator};
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{either, near};
use crate::facts::Language;
use crate::facts::needs::Code;
use crate::languages::grammars;
use crate::query::ir::Flaw;

/// Refuses a pattern that is too large or does not parse.
pub(super) fn tree(text: &str, language: Language) -> Result<(), Flaw> {
    if text.len() > MAX_BYTES {
        let message = format!(
            "the pattern has {} bytes, more than the {MAX_BYTES} a pattern may have",
            text.len()
        );
        return Err(Flaw::error(codes::PATTERN_LIMIT, 0..text.len(), message));
    }
    let expanded = grammars::expand(text);
    let Some(tree) = grammars::parse(&expanded, language, &|| false) else { return Ok(()) };
    let back = |node: Node<'_>| {
        let place = |offset| grammars::unexpand(text, &expanded, offset);
        place(node.start_byte())..place(node.end_byte())
    };
    match first_fault(core(tree.root_node()).walk(), &|node| is_variable(node, &expanded, language))
    {
        None => Ok(()),
        Some(Fault::Deep(node)) => {
            let message = format!("the pattern is nested more than {MAX_DEPTH} levels deep");
            Err(Flaw::error(codes::PATTERN_LIMIT, back(node), message))
        }
        Some(Fault::Missing(node)) => Err(missing(text, node, back(node), language)),
        Some(Fault::Error(node)) => Err(unexpected(text, back(node), language)),
    }
}

/// What ast-grep makes the pattern of: it strips nodes with one child, and takes no notice of a missing second one, so a
/// Rust expression needs no `;` and may stand where only items may.
pub(super) fn core(mut node: Node<'_>) -> Node<'_> {
    loop {
        let is_lone = match node.child_count() {
            1 => true,
            2 => {
                node.child(1).is_some_and(|second| second.is_missing() || second.kind().is_empty())
            }
            _ => false,
        };
        match node.child(0) {
            Some(only) if is_lone => node = only,
            _ => return node,
        }
    }
}

enum Fault<'t> {
    Deep(Node<'t>),
    Missing(Node<'t>),
    Error(Node<'t>),
}

/// The first node in reading order that is at fault; of nested errors the innermost. A missing `;` ends a Rust statement
/// that is meant, and ast-grep drops it; a metavariable is one wherever it stands, as in `struct $S { $$$F }`.
fn first_fault<'t>(
    mut cursor: TreeCursor<'t>,
    is_variable: &dyn Fn(Node<'t>) -> bool,
) -> Option<Fault<'t>> {
    let mut error = None;
    loop {
        let node = cursor.node();
        if cursor.depth() as usize > MAX_DEPTH {
            return Some(Fault::Deep(node));
        }
        if error.is_none_or(|outer: Node<'_>| outer.end_byte() >= node.end_byte()) {
            if node.is_missing() && node.kind() != ";" {
                return Some(Fault::Missing(node));
            }
            if node.is_error() && !is_variable(node) {
                error = Some(node);
            }
        }
        if !(node.is_error() && is_variable(node)) && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return error.map(Fault::Error);
            }
        }
    }
}

fn is_variable(node: Node<'_>, expanded: &str, language: Language) -> bool {
    expanded.get(node.byte_range()).is_some_and(|text| language.extract_meta_var(text).is_some())
}

fn missing(text: &str, node: Node<'_>, range: Range<usize>, language: Language) -> Flaw {
    let message =
        format!("the pattern is not complete {} code: expected `{}`", language.name(), node.kind());
    let flaw =
        hint(Flaw::error(codes::PATTERN_SYNTAX, range.start..range.start, message), text, language);
    if node.is_named() || flaw.help.is_some() { flaw } else { flaw.fix(node.kind()) }
}

fn unexpected(text: &str, range: Range<usize>, language: Language) -> Flaw {
    let shown: String = text.get(range.clone()).unwrap_or("").chars().take(40).collect();
    let whole = range.start == 0 && range.end >= text.trim_end().len();
    let name = language.name();
    let (range, message) = match (open_bracket(text), shown.trim()) {
        (Some((at, bracket)), _) => (
            at..at + 1,
            format!("the pattern is not complete {name} code: `{bracket}` is not closed"),
        ),
        (None, "") => (range, format!("the pattern does not parse as {name}")),
        (None, _) if whole => (range, format!("the pattern is not complete {name} code")),
        (None, shown) => {
            (range, format!("the pattern does not parse as {name}: unexpected `{shown}`"))
        }
    };
    let flaw = hint(Flaw::error(codes::PATTERN_SYNTAX, range, message), text, language);
    match (&flaw.help, open_bracket(text)) {
        (Some(_), _) => flaw,
        (None, Some((_, bracket))) => {
            let closing = match bracket {
                '(' => ')',
                '[' => ']',
                _ => '}',
            };
            let whole = format!("{bracket}$$$X{closing}");
            flaw.help(format!("close it with `{closing}`; `{whole}` takes whatever stands inside"))
        }
        (None, None) => {
            flaw.help("give the whole statement, or `pattern.context` with `pattern.selector`")
        }
    }
}

/// The last bracket that nothing closes; brackets in strings and comments count too, since only a hint follows from it.
fn open_bracket(text: &str) -> Option<(usize, char)> {
    let mut open = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => open.push((at, c)),
            ')' | ']' | '}' => {
                open.pop();
            }
            _ => {}
        }
    }
    open.pop()
}

/// Known slips: a metavariable in lower case, a block without its body.
fn hint(flaw: Flaw, text: &str, language: Language) -> Flaw {
    if let Some(name) = lower_case_variable(text) {
        let upper = name.to_uppercase();
        return flaw
            .help(format!("metavariables are written in upper case: `${upper}` for `${name}`"));
    }
    if operator::is_written(text) {
        return flaw.help(
            "`$$NAME` stands for an operator between operands, once in a pattern, and in `pattern` alone",
        );
    }
    if let Some([left, middle, right]) = side_by_side(text) {
        return flaw
            .help(format!("an operator between operands is `$$NAME`: `{left} ${middle} {right}`"));
    }
    let opens = ["def ", "async def ", "class ", "if ", "for ", "while ", "with ", "try", "match "];
    if language == Language::Python && opens.iter().any(|word| text.trim_start().starts_with(word))
    {
        return flaw.help("give the block a body: end the pattern with `: $$$BODY`");
    }
    if language == Language::Rust
        && !text.contains('{')
        && ["fn ", "impl "].iter().any(|word| text.contains(word))
    {
        return flaw.help("give the item a body: end the pattern with `{ $$$BODY }`");
    }
    flaw
}

fn lower_case_variable(text: &str) -> Option<&str> {
    text.match_indices('$').find_map(|(at, _)| {
        let rest = &text[at + 1..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        rest.starts_with(|c: char| c.is_ascii_lowercase()).then(|| &rest[..end])
    })
}

/// Three metavariables that nothing but blanks parts: the middle one is most likely meant for an operator.
fn side_by_side(text: &str) -> Option<[&str; 3]> {
    let is_variable = |word: &&str| {
        word.strip_prefix('$')
            .is_some_and(|name| name.starts_with(|c: char| c.is_ascii_uppercase()))
    };
    let is_sign = |c: char| c.is_ascii_punctuation() && c != '_';
    let words: Vec<&str> =
        text.split_whitespace().map(|word| word.trim_end_matches(is_sign)).collect();
    let three = words.windows(3).find(|three| three.iter().all(is_variable))?;
    three.try_into().ok()
}

/// What ast-grep itself refuses.
pub(super) fn refusal(code: &Code, language: Language, error: &PatternError) -> Flaw {
    let all = 0..code.text.len();
    match error {
        PatternError::Parse(reason) => {
            Flaw::error(codes::PATTERN_SYNTAX, all, format!("the pattern does not parse: {reason}"))
        }
        PatternError::NoContent(_) => {
            Flaw::error(codes::PATTERN_EMPTY, all, "the pattern is empty")
        }
        PatternError::MultipleNode(_) => {
            let message =
                "the pattern is several statements or expressions, which no one node can match";
            Flaw::error(codes::PATTERN_MANY, second_root(&code.text, language), message)
                .help("ask for one of them, or put them into the block they stand in, with a selector where needed")
        }
        PatternError::RootMultiMetaVar(_) => {
            let message = format!(
                "`{}` alone stands for a list of nodes, but a match is one node",
                code.text.trim()
            );
            Flaw::error(codes::PATTERN_MANY, all, message)
                .help("write `$NAME`, or put it into a larger pattern")
        }
        PatternError::InvalidKind(_) => unknown_kind(code, language),
        PatternError::NoSelectorInContext { selector, .. } => {
            let message = format!("the context holds no node of kind `{selector}`");
            Flaw::error(codes::SELECTOR_ABSENT, all, message)
                .help(format!("its nodes are {}", kinds_in(code, language)))
        }
    }
}

fn unknown_kind(code: &Code, language: Language) -> Flaw {
    let selector = code.selector.as_deref().unwrap_or("");
    let message = format!("{} has no node kind `{selector}`", language.name());
    let flaw = Flaw::error(codes::SELECTOR_UNKNOWN, 0..code.text.len(), message);
    match near(selector, grammars::kinds(language)).as_slice() {
        [] => flaw.help(format!("the nodes of this context are {}", kinds_in(code, language))),
        names => flaw.help(format!("did you mean {}?", either(names))),
    }
}

/// The named kinds of the context, in reading order.
fn kinds_in(code: &Code, language: Language) -> String {
    let expanded = grammars::expand(&code.text);
    let Some(tree) = grammars::parse(&expanded, language, &|| false) else { return String::new() };
    let mut cursor = tree.walk();
    let mut kinds: Vec<&str> = Vec::new();
    loop {
        let node = cursor.node();
        if node.is_named() && !kinds.contains(&node.kind()) && kinds.len() < 12 {
            kinds.push(node.kind());
        }
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return kinds.iter().map(|kind| format!("`{kind}`")).collect::<Vec<_>>().join(", ");
            }
        }
    }
}

fn second_root(text: &str, language: Language) -> Range<usize> {
    let expanded = grammars::expand(text);
    let tree = grammars::parse(&expanded, language, &|| false);
    let range = tree.and_then(|tree| tree.root_node().child(1).map(|second| second.byte_range()));
    range.map_or(0..text.len(), |range| {
        grammars::unexpand(text, &expanded, range.start)
            ..grammars::unexpand(text, &expanded, range.end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::needs::Strictness;
    use crate::scan::pattern::Rule;

    fn flaw(
        text: &str,
        selector: Option<&str>,
        language: Language,
    ) -> Option<(crate::diagnostic::Code, Range<usize>)> {
        let code = Code {
            text: text.into(),
            selector: selector.map(Into::into),
            strictness: Strictness::Smart,
        };
        Rule::new(&code, language).err().map(|flaw| (flaw.code, flaw.range))
    }

    #[test]
    fn a_name_for_an_operator_is_told_how_to_be_written() {
        let help = |text| tree(text, Language::Python).err().and_then(|flaw| flaw.help);
        assert!(help("if $A $OP $B: $$$C").is_some_and(|help| help.contains("`$A $$OP $B`")));
        assert!(help("f($A $$OP $B)").is_some_and(|help| help.contains("once in a pattern")));
        assert!(help("$A + = $B").is_some_and(|help| !help.contains("$$")));
    }

    #[test]
    fn what_does_not_parse_is_refused_at_its_place() {
        let python = |text| flaw(text, None, Language::Python);
        assert_eq!(python("f($X, "), Some((codes::PATTERN_SYNTAX, 1..2)));
        assert_eq!(python("def $F(: pass"), Some((codes::PATTERN_SYNTAX, 7..7)));
        assert_eq!(python("class $C"), Some((codes::PATTERN_SYNTAX, 0..8)));
        assert_eq!(python("f($x)"), Some((codes::PATTERN_SYNTAX, 2..3)));
        assert_eq!(python(" \n"), Some((codes::PATTERN_EMPTY, 0..2)));
        assert_eq!(python("f(1); g(2)"), Some((codes::PATTERN_MANY, 4..5)));
        assert_eq!(python("$$$A"), Some((codes::PATTERN_MANY, 0..4)));
    }

    #[test]
    fn what_ast_grep_makes_whole_is_taken() {
        for text in [
            "f($X)",
            "$X.unwrap()",
            "let $X = $Y",
            "struct $S { $$$F }",
            "match $X { $$$A }",
            "impl $T { $$$B }",
        ] {
            assert_eq!(flaw(text, None, Language::Rust), None, "{text}");
        }
        for text in ["f($$$A)", "return", "@$D", "# $C", "class $C: $$$B", "x = 'µ'"] {
            assert_eq!(flaw(text, None, Language::Python), None, "{text}");
        }
    }

    #[test]
    fn a_part_of_a_statement_is_sent_to_its_context() {
        for text in ["except: $$$B", "else: $X", "elif $A: $B", "finally: $$$B"] {
            let code = Code { text: text.into(), selector: None, strictness: Strictness::Smart };
            let help = Rule::new(&code, Language::Python).err().and_then(|flaw| flaw.help);
            assert!(help.is_some_and(|help| help.contains("pattern.context")), "{text}");
        }
    }

    #[test]
    fn selectors_name_nodes_of_their_context() {
        let python = |selector| {
            flaw("class A: x = $V", Some(selector), Language::Python).map(|(code, _)| code)
        };
        assert_eq!(python("assignment"), None);
        assert_eq!(python("assinment"), Some(codes::SELECTOR_UNKNOWN));
        assert_eq!(python("while_statement"), Some(codes::SELECTOR_ABSENT));
    }

    #[test]
    fn size_and_depth_of_a_pattern_are_bounded() {
        let deep = "(".repeat(5_000) + "x" + &")".repeat(5_000);
        assert_eq!(
            flaw(&deep, None, Language::Python).map(|(code, _)| code),
            Some(codes::PATTERN_LIMIT)
        );
        let long = "x + ".repeat(20_000) + "x";
        assert_eq!(
            flaw(&long, None, Language::Python).map(|(code, _)| code),
            Some(codes::PATTERN_LIMIT)
        );
    }
}
