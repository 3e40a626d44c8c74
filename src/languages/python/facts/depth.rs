//! How deep a source nests, by a look at its bytes before anything is parsed: brackets, chains of operators, attributes,
//! calls and prefixes, indentation. What is found is never less than the depth of ruff's tree but for a small factor.

use crate::facts::Place;

/// What a look at a source found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Depth {
    /// The deepest nesting outside of what is cut.
    pub(super) deepest: u32,
    /// What lies deeper than the limit, in order.
    pub(super) cuts: Vec<Cut>,
}

/// A part of the source that is nested too deep.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) place: Place,
    /// How deep its deepest part is.
    pub(super) depth: u32,
}

/// Looks at a source; what nests deeper than `limit` is to be cut.
pub(super) fn look(text: &str, limit: u32) -> Depth {
    let bytes = text.as_bytes();
    let mut scanner = Scanner {
        bytes,
        at: 0,
        limit,
        levels: vec![Level::new(0)],
        strings: Vec::new(),
        nesting: 0,
        chained: 0,
        widest: 0,
        open: None,
        found: Depth::default(),
    };
    scanner.run();
    scanner.end_cut(bytes.len());
    // Each block is indented by more than the one around it: so many can be nested in a text of this length.
    let blocks = scanner.widest.min((2 * bytes.len()).isqrt());
    scanner.found.deepest += blocks as u32;
    scanner.found
}

/// A bracket that is open.
struct Level {
    /// The byte that closes it; of the first level there is none.
    close: u8,
    /// What chains or prefixes the operand that is read now.
    chain: u32,
    /// Lambdas whose `:` has not come, and `yield`s: their operands go on behind a comma.
    holds: u32,
}

impl Level {
    const fn new(close: u8) -> Self {
        Self { close, chain: 0, holds: 0 }
    }
}

/// An f-string or t-string that is open. Where its text ends and a hole begins is told as ruff's lexer tells it, by
/// counts of brackets of any kind.
#[derive(Clone, Copy)]
struct Interpolated {
    quote: u8,
    is_triple: bool,
    is_raw: bool,
    /// How many brackets were open around it.
    nesting: u32,
    /// How many formats of its holes are open.
    formats: u32,
    /// How many levels were open around it.
    height: usize,
}

/// A cut whose end has not come.
struct Open {
    start: usize,
    end: End,
    depth: u32,
}

/// Where a cut ends, by how many levels are open.
#[derive(Clone, Copy)]
enum End {
    /// Where the operand that is read at this level ends.
    Operand(usize),
    /// Where this level is closed.
    Level(usize),
}

struct Scanner<'s> {
    bytes: &'s [u8],
    at: usize,
    limit: u32,
    levels: Vec<Level>,
    strings: Vec<Interpolated>,
    /// Opening brackets less closing ones, of any kind.
    nesting: u32,
    /// The sum of all chains.
    chained: u32,
    /// The width of the widest indentation.
    widest: usize,
    open: Option<Open>,
    found: Depth,
}

impl Scanner<'_> {
    fn run(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            if let Some(&string) = self.strings.last()
                && self.nesting.saturating_sub(string.nesting) <= string.formats
            {
                self.text(string);
                continue;
            }
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | 0x80.. => self.word(),
                b' ' => self.at += 1,
                b'(' => self.bracket(b')'),
                b'[' => self.bracket(b']'),
                b'{' => self.bracket(b'}'),
                b')' | b']' | b'}' => self.closing(byte),
                b'"' | b'\'' => self.string(byte),
                b'#' => self.skip_line(),
                b'\n' | b'\r' => self.newline(),
                b',' => self.comma(),
                b':' => self.colon(),
                b';' => self.statement_end(),
                b'=' => self.equals(),
                b'.' => self.dot(),
                b'+' | b'-' | b'*' | b'/' | b'%' | b'@' | b'&' | b'|' | b'^' | b'~' | b'<'
                | b'>' => self.operator(),
                b'\\' => self.continued(),
                _ => self.at += 1,
            }
        }
    }

    fn top(&mut self) -> &mut Level {
        // The first level is never closed.
        self.levels.last_mut().expect("the first level is never closed")
    }

    /// One more step down at the innermost level, by what stands here.
    fn deepen(&mut self) {
        self.step(self.at, End::Operand(self.levels.len()));
    }

    /// One more step down; what lies deeper begins at `start`.
    fn step(&mut self, start: usize, end: End) {
        self.top().chain += 1;
        self.chained += 1;
        let depth = self.chained;
        match &mut self.open {
            Some(open) => open.depth = open.depth.max(depth),
            None if depth > self.limit => self.open = Some(Open { start, end, depth }),
            None => self.found.deepest = self.found.deepest.max(depth),
        }
    }

    /// The operand of the innermost level ends.
    fn end_operand(&mut self) {
        let height = self.levels.len();
        if let Some(Open { end: End::Operand(at), .. }) = self.open
            && at >= height
        {
            self.end_cut(self.at);
        }
    }

    /// The innermost level is closed.
    fn end_level(&mut self) {
        let height = self.levels.len();
        if let Some(Open { end: End::Operand(at) | End::Level(at), .. }) = self.open
            && at >= height
        {
            self.end_cut(self.at);
        }
    }

    fn end_cut(&mut self, end: usize) {
        let Some(open) = self.open.take() else { return };
        let place = Place::between(open.start as u32, end as u32);
        self.found.cuts.push(Cut { place, depth: open.depth });
    }

    /// The operand ends: what follows stands beside it.
    fn reset(&mut self) {
        self.end_operand();
        self.chained -= std::mem::take(&mut self.top().chain);
    }

    fn bracket(&mut self, close: u8) {
        if self.top().chain == 0 {
            self.step(self.at + 1, End::Level(self.levels.len() + 1));
        } else {
            // A call or key of what the chain made so far.
            self.deepen();
        }
        self.levels.push(Level::new(close));
        self.nesting += 1;
        self.at += 1;
    }

    fn closing(&mut self, byte: u8) {
        if let Some(string) = self.strings.last_mut()
            && byte == b'}'
        {
            let open = self.nesting.saturating_sub(string.nesting);
            if open == 0 {
                self.at += 1;
                return;
            }
            if open <= string.formats {
                string.formats -= 1;
            }
        }
        self.nesting = self.nesting.saturating_sub(1);
        let floor = self.strings.last().map_or(1, |string| string.height);
        // A bracket that closes none of its kind may close none for the parser.
        if self.levels.len() > floor && self.top().close == byte {
            self.pop();
        }
        self.at += 1;
    }

    fn pop(&mut self) {
        self.end_level();
        if self.levels.len() > 1
            && let Some(level) = self.levels.pop()
        {
            self.chained -= level.chain;
        }
    }

    fn comma(&mut self) {
        if self.top().holds == 0 {
            self.reset();
        }
        self.at += 1;
    }

    fn colon(&mut self) {
        if self.starts_format() {
            self.reset();
        } else if self.bytes.get(self.at + 1) == Some(&b'=') {
            self.deepen();
            self.at += 1;
        } else if self.top().holds > 0 {
            self.top().holds -= 1;
        } else {
            self.reset();
        }
        self.at += 1;
    }

    /// Whether a `:` stands directly in a hole of an f-string; its format begins then.
    fn starts_format(&mut self) -> bool {
        let Some(string) = self.strings.last_mut() else { return false };
        let open = self.nesting.saturating_sub(string.nesting);
        let starts = open.saturating_sub(string.formats) == 1;
        string.formats += u32::from(starts);
        starts
    }

    fn equals(&mut self) {
        let is_double = self.bytes.get(self.at + 1) == Some(&b'=');
        if !is_double && self.open.is_some() && self.top().holds == 0 {
            self.end_operand();
        }
        self.at += if is_double { 2 } else { 1 };
    }

    fn dot(&mut self) {
        self.deepen();
        self.at += 1;
    }

    fn operator(&mut self) {
        let rest = &self.bytes[self.at..];
        let length = if rest.get(1) == Some(&rest[0]) { 2 } else { 1 };
        if rest.get(length) == Some(&b'=') {
            // `+=` ends what stands before it; `<=` compares.
            self.equals();
            self.at += length;
        } else {
            self.deepen();
            self.at += length;
        }
    }

    fn word(&mut self) {
        let rest = &self.bytes[self.at..];
        let is_part = |byte: &u8| WORDS[usize::from(*byte)];
        let length = rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len());
        let word = &rest[..length];
        if let Some(&quote @ (b'"' | b'\'')) = rest.get(length)
            && is_interpolated(word)
        {
            return self.interpolated(word, quote);
        }
        match word {
            b"if" | b"not" | b"await" => self.deepen(),
            b"lambda" | b"yield" => {
                self.deepen();
                self.top().holds += 1;
            }
            b"for" | b"in" | b"as" | b"import" if self.open.is_some() => {
                self.end_operand();
            }
            _ => {}
        }
        self.at += length;
    }

    fn interpolated(&mut self, prefix: &[u8], quote: u8) {
        self.at += prefix.len();
        let is_triple = self.bytes[self.at..].starts_with(&[quote; 3]);
        self.at += if is_triple { 3 } else { 1 };
        let is_raw = prefix.iter().any(|byte| byte.eq_ignore_ascii_case(&b'r'));
        let (nesting, height) = (self.nesting, self.levels.len());
        let string = Interpolated { quote, is_triple, is_raw, nesting, formats: 0, height };
        self.strings.push(string);
    }

    /// A string without holes.
    fn string(&mut self, quote: u8) {
        let is_triple = self.bytes[self.at..].starts_with(&[quote; 3]);
        let start = self.at + if is_triple { 3 } else { 1 };
        self.at = start;
        let is_closed = if is_triple { self.triple(quote) } else { self.single(quote) };
        // The quote may be that of the f-string around it, as the parser finds out.
        let is_outer = |outer: &Interpolated| outer.quote == quote && outer.is_triple == is_triple;
        let rest = self.bytes[start..].iter().find(|byte| !is_blank(byte));
        let is_alone = matches!(rest, None | Some(b'\n' | b'\r' | b'#'));
        if !is_closed && is_alone && self.strings.last().is_some_and(is_outer) {
            self.at = start;
            self.text_end();
        }
    }

    /// Goes behind the end of a string; says whether it has one.
    fn triple(&mut self, quote: u8) -> bool {
        while let Some(found) = memchr::memchr2(quote, b'\\', &self.bytes[self.at..]) {
            self.at += found;
            if self.bytes[self.at] == b'\\' {
                self.escaped();
            } else if self.bytes[self.at..].starts_with(&[quote; 3]) {
                self.at += 3;
                return true;
            } else {
                self.at += 1;
            }
        }
        self.at = self.bytes.len();
        false
    }

    /// The same on one line.
    fn single(&mut self, quote: u8) -> bool {
        while let Some(found) = self.bytes[self.at..].iter().position(ends_text) {
            self.at += found;
            match self.bytes[self.at] {
                b'\\' => self.escaped(),
                b'\n' | b'\r' => return false,
                byte => {
                    self.at += 1;
                    if byte == quote {
                        return true;
                    }
                }
            }
        }
        self.at = self.bytes.len();
        false
    }

    /// Goes behind a `\` and what it escapes.
    fn escaped(&mut self) {
        let length = if self.bytes[self.at..].starts_with(b"\\\r\n") { 3 } else { 2 };
        self.at = (self.at + length).min(self.bytes.len());
    }

    /// A piece of the text of an f-string, up to a hole or its end.
    fn text(&mut self, string: Interpolated) {
        let in_format = string.formats > 0;
        let mut is_named = false;
        while let Some(rest) = self.bytes.get(self.at..).filter(|rest| !rest.is_empty()) {
            match rest {
                [b'\\', b'{' | b'}', ..] => self.at += 1,
                [b'\\', b'N', b'{', ..] if !string.is_raw => {
                    is_named = true;
                    self.at += 3;
                }
                [b'\\', ..] => self.escaped(),
                [b'\n' | b'\r', ..] if !string.is_triple => return self.text_end(),
                [byte, ..] if *byte == string.quote => {
                    let length = if string.is_triple { 3 } else { 1 };
                    if length == 1 || rest.starts_with(&[string.quote; 3]) {
                        self.at += length;
                        return self.text_end();
                    }
                    self.at += 1;
                }
                [b'{', b'{', ..] if !in_format => self.at += 2,
                [b'{', ..] => return self.bracket(b'}'),
                [b'}', ..] if is_named => {
                    is_named = false;
                    self.at += 1;
                }
                [b'}', b'}', ..] if !in_format => self.at += 2,
                [b'}', ..] => return self.closing(b'}'),
                _ => self.at += 1,
            }
        }
    }

    /// The f-string ends, and with it the brackets that are open in it.
    fn text_end(&mut self) {
        let Some(string) = self.strings.pop() else { return };
        while self.levels.len() > string.height {
            self.pop();
        }
        self.nesting = string.nesting;
    }

    fn skip_line(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    }

    fn continued(&mut self) {
        self.at += 1;
        if matches!(self.bytes.get(self.at), Some(b'\n' | b'\r')) {
            self.line();
        }
    }

    fn statement_end(&mut self) {
        if self.levels.len() == 1 {
            self.reset();
            self.top().holds = 0;
        }
        self.at += 1;
    }

    fn newline(&mut self) {
        if self.levels.len() == 1 {
            self.reset();
            self.top().holds = 0;
        }
        self.line();
    }

    /// Goes behind the end of a line and what the next one is indented by.
    fn line(&mut self) {
        self.at += 1;
        let rest = &self.bytes[self.at..];
        let (fours, _) = rest.as_chunks::<4>();
        let fours = 4 * fours.iter().take_while(|four| *four == b"    ").count();
        let more = rest[fours..].iter().position(|byte| !is_blank(byte));
        let width = more.map_or(rest.len(), |more| fours + more);
        self.widest = self.widest.max(width);
        self.at += width;
    }
}

/// Whether a byte ends a text on one line, or what comes before an escape in it.
const fn ends_text(byte: &u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'\\' | b'\n' | b'\r')
}

/// By byte, whether it is a part of a word.
static WORDS: [bool; 256] = {
    let mut words = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        words[byte] = byte >= 0x80 || (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'_';
        byte += 1;
    }
    words
};

const fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\x0c')
}

/// Whether a word before a quote makes it an f-string or t-string.
fn is_interpolated(word: &[u8]) -> bool {
    let is = |byte: &u8, letters: &[u8]| letters.contains(&byte.to_ascii_lowercase());
    match word {
        [one] => is(one, b"ft"),
        [one, two] => is(one, b"ft") && is(two, b"r") || is(one, b"r") && is(two, b"ft"),
        _ => false,
    }
}
