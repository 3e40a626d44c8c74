//! The head of a definition in one line, as its signature: comments and ends of lines go, texts of literals stay.

/// `def f(a, b=1) -> int`, `pub fn f<T>(x: T)`, `class C(B)`.
pub(super) fn signature(head: &str) -> String {
    let mut line = Line { text: String::with_capacity(head.len()), blank: false };
    let mut at = 0;
    while let Some(c) = head[at..].chars().next() {
        let rest = &head[at..];
        let skip = match c {
            '"' | '\'' => literal(rest),
            '#' if !rest.starts_with("#[") => comment(rest),
            '/' if rest.starts_with("//") => comment(rest),
            '\\' if rest.starts_with("\\\n") || rest.starts_with("\\\r") => 1,
            _ => 0,
        };
        match (skip, c) {
            (0, c) if c.is_whitespace() => line.blank = true,
            (0, c) => line.push(c),
            (_, '"' | '\'') => line.literal(&rest[..skip]),
            _ => line.blank = true,
        }
        at += skip.max(c.len_utf8());
        if !line.blank {
            at += line.run(&head[at..]);
        }
    }
    let end = line.text.trim_end_matches(|c: char| c == ':' || c.is_whitespace()).len();
    line.text.truncate(end);
    line.text
}

struct Line {
    text: String,
    /// Whether a blank stands before what comes next.
    blank: bool,
}

impl Line {
    fn push(&mut self, c: char) {
        if matches!(c, ')' | ']' | '>') && self.blank && self.text.ends_with(',') {
            self.text.pop();
        }
        let is_tight = self.text.ends_with(['(', '[']) || matches!(c, ')' | ']' | ',');
        if self.blank && !is_tight && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.blank = false;
        self.text.push(c);
    }

    /// Adds the letters and signs that a text begins with, right behind the last; says how many bytes those are.
    fn run(&mut self, text: &str) -> usize {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"'#/\\".contains(&byte);
        let length = text.bytes().position(|byte| !is_plain(byte)).unwrap_or(text.len());
        self.text.push_str(&text[..length]);
        length
    }

    fn literal(&mut self, text: &str) {
        if self.blank && !self.text.ends_with(['(', '[']) && !self.text.is_empty() {
            self.text.push(' ');
        }
        self.blank = false;
        self.text.push_str(text);
    }
}

/// The bytes of a comment.
fn comment(text: &str) -> usize {
    text.find(['\n', '\r']).unwrap_or(text.len())
}

/// The bytes of a quoted text; none of a lone quote, as of a lifetime.
fn literal(text: &str) -> usize {
    let bytes = text.as_bytes();
    let quote = bytes[0];
    let is_triple = bytes.starts_with(&[quote; 3]);
    let width = if is_triple { 3 } else { 1 };
    let mut at = width;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' if !is_triple => return 0,
            b if b == quote && (!is_triple || bytes[at..].starts_with(&[quote; 3])) => {
                return at + width;
            }
            _ => {}
        }
        at += 1;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::signature;

    #[test]
    fn a_head_over_lines_is_one_line() {
        assert_eq!(
            signature("def f(\n    a,  # first\n    b='#  x',\n) -> int:"),
            "def f(a, b='#  x') -> int"
        );
        assert_eq!(signature("class A(\n    B\n):"), "class A(B)");
        assert_eq!(signature("class A:"), "class A");
        assert_eq!(
            signature("pub fn f<'a, T>(\n    x: &'a T, // it\n) -> T\nwhere\n    T: 'a,\n"),
            "pub fn f<'a, T>(x: &'a T) -> T where T: 'a,"
        );
        assert_eq!(signature("def f(a=\"\"\"x\ny\"\"\", *, b)"), "def f(a=\"\"\"x\ny\"\"\", *, b)");
        assert_eq!(signature("def f(a='\\'', b=\"é"), "def f(a='\\'', b=\"é");
    }
}
