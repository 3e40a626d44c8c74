//! Where the text of a Python file may be cut, so that the part before has the tree it has in the whole.

use memchr::memmem;

// A definition or decorator at the start of a line continues no statement, unless the line lies in a bracket or string
// or behind a `\\`. tree-sitter parses from left to right, and to its scanner such a line is the end of the file: both
// close every block. So if the part before parses without an error, the parser of the whole stands at the border with
// these statements complete, and what follows, right or wrong, can only wrap them. A border in a bracket or string
// leaves that open, which is an error of the part.

const BEGINNINGS: [&str; 4] = ["def ", "class ", "@", "async def "];

/// The first border at or behind `offset`.
pub(super) fn behind(text: &str, offset: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_beginning =
        |at: usize| BEGINNINGS.iter().any(|word| bytes[at..].starts_with(word.as_bytes()));
    let border = memchr::memchr_iter(b'\n', bytes.get(offset..)?)
        .map(|n| offset + n + 1)
        .find(|&at| is_beginning(at))?;
    let before = &bytes[..border - 1];
    let before = before.strip_suffix(b"\r").unwrap_or(before);
    (before.last() != Some(&b'\\') && is_outside_strings(before)).then_some(border)
}

/// Whether long strings are closed, as far as counting quotes tells: a wrong guess costs a second parse.
fn is_outside_strings(bytes: &[u8]) -> bool {
    [&b"\"\"\""[..], b"'''"]
        .iter()
        .all(|quotes| memmem::find_iter(bytes, quotes).count().is_multiple_of(2))
}

#[cfg(test)]
mod tests {
    use super::behind;

    #[test]
    fn a_border_is_a_definition_at_the_start_of_a_line() {
        let text = "get()\nx = 1\n\n@a\ndef f():\n    def g(): pass\n";
        assert_eq!(behind(text, 2), text.find('@'));
        assert_eq!(behind(text, text.find("def").unwrap()), None);
        assert_eq!(behind("x = \\\ndef f(): pass", 0), None);
        assert_eq!(behind("x = '''\ndef f(): pass\n'''", 0), None);
    }
}
