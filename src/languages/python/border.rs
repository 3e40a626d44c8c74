//! Where the text of a Python file may be cut, so that the part before has the nodes it has in the whole.
//!
//! A definition or decorator at the start of a line continues no statement, unless the line lies in a bracket or string
//! or behind a `\`. tree-sitter parses from left to right, and to its scanner such a line ends what the end of the file
//! ends: a statement, and every block that is indented deeper. So if the part before parses without an error, the parser
//! of the whole stands at the border with the same statements complete, and what follows, right or wrong, can only wrap
//! them. A border in a bracket or string leaves that open, which is an error of the part. What may hold statements can
//! go on behind a border that is indented, so it is cut at the top level only; the module never.

use memchr::memmem;

const BEGINNINGS: [&str; 4] = ["def ", "class ", "@", "async def "];

/// Kinds of nodes that hold no statement.
const SIMPLE: [&str; 34] = [
    "argument_list",
    "assert_statement",
    "assignment",
    "attribute",
    "augmented_assignment",
    "await",
    "binary_operator",
    "boolean_operator",
    "call",
    "comparison_operator",
    "conditional_expression",
    "decorator",
    "delete_statement",
    "dictionary",
    "dictionary_comprehension",
    "expression_statement",
    "generator_expression",
    "identifier",
    "import_from_statement",
    "import_statement",
    "keyword_argument",
    "lambda",
    "list",
    "list_comprehension",
    "not_operator",
    "pair",
    "raise_statement",
    "return_statement",
    "set",
    "string",
    "subscript",
    "tuple",
    "unary_operator",
    "yield",
];

/// The first border behind `offset` for a node of that kind.
pub(super) fn behind(text: &str, offset: usize, kind: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_simple = SIMPLE.contains(&kind);
    if matches!(kind, "module" | "ERROR") {
        return None;
    }
    let is_border = |at: usize| {
        let line = &bytes[at..];
        let indent = line.iter().take_while(|b| is_simple && matches!(b, b' ' | b'\t')).count();
        BEGINNINGS.iter().any(|word| line[indent..].starts_with(word.as_bytes()))
    };
    let mut lines = memchr::memchr_iter(b'\n', bytes.get(offset..)?).map(|n| offset + n + 1);
    let border = lines.find(|&at| is_border(at))?;
    let before = &bytes[..border - 1];
    let before = before.strip_suffix(b"\r").unwrap_or(before);
    (before.last() != Some(&b'\\') && is_outside_strings(before)).then_some(border)
}

/// Whether long strings are closed, as far as counting quotes tells: a wrong guess costs a second parse.
fn is_outside_strings(bytes: &[u8]) -> bool {
    let closed = |quotes: &[u8]| memmem::find_iter(bytes, quotes).count().is_multiple_of(2);
    closed(b"\"\"\"") && closed(b"'''")
}

#[cfg(test)]
mod tests {
    use super::behind;

    #[test]
    fn a_border_is_a_definition_at_the_start_of_a_line() {
        let text = "get()\nx = 1\n\n@a\ndef f():\n    def g(): pass\n";
        assert_eq!(behind(text, 2, "call"), text.find('@'));
        let inner = text.find("def f").unwrap();
        assert_eq!(behind(text, inner, "call"), text.find("    def g"));
        assert_eq!(behind(text, inner, "function_definition"), None);
        assert_eq!(behind(text, 2, "module"), None);
        assert_eq!(behind("x = \\\ndef f(): pass", 0, "call"), None);
        assert_eq!(behind("x = '''\ndef f(): pass\n'''", 0, "call"), None);
    }
}
