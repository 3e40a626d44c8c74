//! Where the cursor stands: inside a string, a hole of one, a comment, or in a statement. Reads characters, not
//! tokens: what is being typed is seldom right.

/// The surroundings of the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In a string; both are bytes: where its statement begins, and its content.
    Text { statement: usize, content: usize },
    /// In an expression inside a string.
    Hole,
    /// In a comment.
    Comment,
    /// In a statement that begins at this byte.
    Statement { start: usize },
}

/// What is open at a place.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    /// A string that ends with this quote, so long.
    Text { quote: u8, width: usize, content: usize },
    /// `${`.
    Hole,
    /// `(`, `[`, `{` of an object: newlines end nothing.
    Bracket,
    /// `{` of a block.
    Block,
}

/// The place behind a text.
pub(super) fn of(before: &str) -> Place {
    let bytes = before.as_bytes();
    let mut reader = Reader { bytes, at: 0, open: Vec::new(), start: 0, ends_in_comment: false };
    while reader.at < bytes.len() {
        reader.step();
    }
    let last = reader.open.iter().rev().find(|open| !matches!(open, Open::Bracket | Open::Block));
    match last {
        _ if reader.ends_in_comment => Place::Comment,
        Some(Open::Text { content, .. }) => {
            Place::Text { statement: reader.start, content: *content }
        }
        Some(Open::Hole) => Place::Hole,
        _ => Place::Statement { start: reader.start },
    }
}

struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
    open: Vec<Open>,
    /// Where the statement at hand begins.
    start: usize,
    ends_in_comment: bool,
}

impl Reader<'_> {
    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn step(&mut self) {
        if let Some(&Open::Text { quote, width, .. }) = self.open.last() {
            return self.text(quote, width);
        }
        let Some(&byte) = self.rest().first() else { return };
        self.at += 1;
        match byte {
            b'"' | b'\'' => self.string(byte),
            b'(' | b'[' => self.open.push(Open::Bracket),
            b'{' if self.is_object() => self.open.push(Open::Bracket),
            b'{' => {
                self.open.push(Open::Block);
                self.start = self.at;
            }
            b')' | b']' | b'}' => self.close(),
            b'\n' | b';' if !matches!(self.open.last(), Some(Open::Bracket | Open::Hole)) => {
                self.start = self.at;
            }
            b'#' | b'/' => self.comment(),
            _ => {}
        }
    }

    fn string(&mut self, quote: u8) {
        let three = quote == b'"' && self.rest().starts_with(b"\"\"");
        let width = if three { 3 } else { 1 };
        self.at += width - 1;
        self.open.push(Open::Text { quote, width, content: self.at });
    }

    /// One character of a string.
    fn text(&mut self, quote: u8, width: usize) {
        let rest = self.rest();
        let ends = rest.starts_with(&[quote].repeat(width));
        let step = match rest.first() {
            Some(b'\\') => 2,
            Some(b'$') if quote == b'"' && rest.get(1) == Some(&b'{') => {
                self.open.push(Open::Hole);
                2
            }
            _ if ends => {
                self.open.pop();
                width
            }
            Some(b'\n') if width == 1 => {
                self.open.pop();
                0
            }
            _ => 1,
        };
        self.at += step;
    }

    /// `{` behind `=`, `:`, `,` or an open bracket begins an object.
    fn is_object(&self) -> bool {
        let before = self.bytes.get(..self.at - 1).unwrap_or_default().trim_ascii_end();
        matches!(before.last(), Some(b'=' | b':' | b',' | b'(' | b'['))
    }

    fn close(&mut self) {
        if let Some(Open::Block) = self.open.pop() {
            self.start = self.at;
        }
    }

    fn comment(&mut self) {
        let begins = self.at.checked_sub(2).and_then(|at| self.bytes.get(at));
        let is_free =
            begins.is_none_or(|byte| byte.is_ascii_whitespace() || b"{}()[],;".contains(byte));
        let is_line = self.bytes.get(self.at - 1) == Some(&b'#') || self.rest().starts_with(b"/");
        if !is_free || !is_line {
            return;
        }
        match self.rest().iter().position(|byte| *byte == b'\n') {
            Some(end) => self.at += end,
            None => {
                self.at = self.bytes.len();
                self.ends_in_comment = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statement_at_hand_begins_behind_a_line_a_semicolon_or_a_brace() {
        for (text, start) in [
            ("", 0),
            ("q ", 0),
            ("print 1\nca", 8),
            ("print 1; ca", 8),
            ("step \"A\" { ca", 10),
            ("if x { }\n", 9),
            ("var x = [1,\n 2", 0),
            ("var x = { a: 1,\n b", 0),
            ("print \"{\" ", 0),
            ("print 1 // { [\nq", 15),
        ] {
            assert_eq!(of(text), Place::Statement { start }, "{text}");
        }
    }

    #[test]
    fn strings_holes_and_comments_are_places_of_their_own() {
        assert_eq!(of("file read \"src/"), Place::Text { statement: 0, content: 11 });
        assert_eq!(of("x\nq \"\"\"a\nb"), Place::Text { statement: 2, content: 7 });
        assert_eq!(of("print \"a ${x."), Place::Hole);
        assert_eq!(of("print \"a ${x} b"), Place::Text { statement: 0, content: 7 });
        assert_eq!(of("print 1 # no"), Place::Comment);
        assert_eq!(of("print \"a\" "), Place::Statement { start: 0 });
    }
}
