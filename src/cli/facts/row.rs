//! One record as keys and values: names and places resolved, other records by letter and number. What a record does not
//! have has no key.

use std::fmt::Debug;

use serde_json::{Map, Value};

use crate::facts::{Facts, Place, Run, Str};

/// What is shown of a text, in characters.
const SHOWN: usize = 48;

/// Most characters that are looked at for them; the others may be blanks.
const LOOKED_AT: usize = 1_000;

/// A record as it grows.
pub(super) struct Row<'f> {
    facts: &'f Facts,
    text: &'f str,
    fields: Map<String, Value>,
}

impl<'f> Row<'f> {
    /// A record that is called `letter` and its number, from 1.
    pub(super) fn new(facts: &'f Facts, text: &'f str, letter: char, index: usize) -> Self {
        Self { facts, text, fields: Map::new() }.field("id", format!("{letter}{}", index + 1))
    }

    /// A record without a name of its own.
    pub(super) fn unnamed(facts: &'f Facts, text: &'f str) -> Self {
        Self { facts, text, fields: Map::new() }
    }

    fn field(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(key.to_owned(), value.into());
        self
    }

    /// A word of an enum.
    pub(super) fn word(self, key: &str, word: impl Debug) -> Self {
        self.field(key, snake(&format!("{word:?}")))
    }

    /// A text of the tables.
    pub(super) fn str(self, key: &str, id: Str) -> Self {
        if id.is_none() {
            return self;
        }
        let text = self.facts.text(id).to_owned();
        self.field(key, text)
    }

    /// Another record by its raw name.
    pub(super) fn id(self, key: &str, letter: char, raw: u32) -> Self {
        if raw == 0 { self } else { self.field(key, format!("{letter}{raw}")) }
    }

    /// Consecutive records of another table.
    pub(super) fn run(self, key: &str, letter: char, run: Run) -> Self {
        match run.n {
            0 => self,
            1 => self.field(key, format!("{letter}{}", run.lo + 1)),
            n => self.field(key, format!("{letter}{}-{letter}{}", run.lo + 1, run.lo + n)),
        }
    }

    /// Records by their raw names, `-` for none.
    pub(super) fn list(self, key: &str, letter: char, raw: impl Iterator<Item = u32>) -> Self {
        let name = |raw| if raw == 0 { "-".to_owned() } else { format!("{letter}{raw}") };
        let names: Vec<Value> = raw.map(|raw| name(raw).into()).collect();
        if names.is_empty() { self } else { self.field(key, names) }
    }

    /// Line and column of the first byte and of one past the last.
    pub(super) fn place(self, key: &str, place: Place) -> Self {
        if place == Place::default() {
            return self;
        }
        let (start, end) = (self.position(place.at), self.position(place.end()));
        self.field(key, format!("{start}-{end}"))
    }

    /// Line and column of a byte.
    pub(super) fn point(self, key: &str, at: u32) -> Self {
        let point = self.position(at);
        self.field(key, point)
    }

    fn position(&self, at: u32) -> String {
        let position = self.facts.lines.position(at);
        format!("{}:{}", position.line, position.col)
    }

    /// The names of the bits that are set.
    pub(super) fn flags(self, flags: u32, names: &[(u32, &str)]) -> Self {
        let set = names.iter().filter(|(bit, _)| flags & bit != 0);
        let set: Vec<Value> = set.map(|(_, name)| (*name).into()).collect();
        if set.is_empty() { self } else { self.field("flags", set) }
    }

    /// A number that is not zero.
    pub(super) fn number(self, key: &str, number: u32) -> Self {
        if number == 0 { self } else { self.field(key, number) }
    }

    /// What is true.
    pub(super) fn truth(self, key: &str, truth: bool) -> Self {
        if truth { self.field(key, true) } else { self }
    }

    /// The beginning of what stands at a place, on one line. No more is looked at than is shown: texts lie inside one
    /// another.
    pub(super) fn code(self, place: Place) -> Self {
        let text = self.text.get(place.at as usize..place.end() as usize).unwrap_or("");
        let mut shown = String::new();
        let mut length = 0;
        let mut rest = text.trim_start().chars().take(LOOKED_AT).peekable();
        while let Some(c) = rest.next_if(|_| length < SHOWN) {
            if !c.is_whitespace() {
                shown.push(c);
                length += 1;
            } else if rest.peek().is_some_and(|next| !next.is_whitespace()) {
                shown.push(' ');
                length += 1;
            }
        }
        if rest.any(|c| !c.is_whitespace()) {
            shown.push('…');
        }
        self.field("code", shown)
    }

    /// The record.
    pub(super) fn done(self) -> Map<String, Value> {
        self.fields
    }
}

/// `PositionalOnly` as `positional_only`.
fn snake(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(c.to_ascii_lowercase());
    }
    text
}
