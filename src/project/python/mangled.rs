//! The names of a file as the scopes of CPython know them: private names of a class carry its name (reference 6.2.1), and
//! some are written nowhere.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::private::is_private;
use crate::facts::{Facts, Str};

/// Names by number: those that are written have the number of their text, others follow.
pub(super) struct Names<'f> {
    facts: &'f Facts,
    /// Names that scopes mention, once one is looked for by its text, and those that were added.
    numbers: FxHashMap<Cow<'f, str>, Str>,
    added: Vec<String>,
    /// `__class__`, which `super()` reads.
    pub(super) class: Str,
}

impl<'f> Names<'f> {
    pub(super) fn new(facts: &'f Facts) -> Self {
        let mut names =
            Self { facts, numbers: FxHashMap::default(), added: Vec::new(), class: Str::NONE };
        let written = facts.strings.find("__class__");
        names.class = written.unwrap_or_else(|| names.add("__class__"));
        names
    }

    pub(super) fn text(&self, name: Str) -> &str {
        let added = name.index().and_then(|index| index.checked_sub(self.facts.strings.len()));
        match added.and_then(|index| self.added.get(index)) {
            Some(text) => text,
            None => self.facts.text(name),
        }
    }

    /// A name as its scope knows it, in a class that adds `private` to private names.
    pub(super) fn mangled(&mut self, name: Str, private: Option<&str>) -> Str {
        let text = self.facts.text(name);
        match private {
            Some(private) if is_private(text) => self.known(&format!("{private}{text}")),
            _ => name,
        }
    }

    /// The number of a name.
    fn known(&mut self, text: &str) -> Str {
        if self.numbers.is_empty() {
            let mentioned = self.facts.head.symbols.iter().map(|symbol| symbol.name);
            self.numbers.extend(mentioned.map(|name| (self.facts.text(name).into(), name)));
        }
        if let Some(&known) = self.numbers.get(text) {
            return known;
        }
        let number = self.add(text);
        let _ = self.numbers.insert(text.to_owned().into(), number);
        number
    }

    fn add(&mut self, text: &str) -> Str {
        self.added.push(text.to_owned());
        Str::at(self.facts.strings.len() + self.added.len() - 1)
    }
}
