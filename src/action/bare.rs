//! Bare words as values of arguments (LANGUAGE 4): a symbol, a word of a fixed set, or an expression.

use super::Kind;

/// What a bare word, or a dotted path, means as the value of an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bare {
    /// The text itself names something in the code.
    Symbol(String),
    /// One word of the set the parameter takes.
    Word(&'static str),
    /// An expression like any other.
    Expression,
}

/// What the first word of a path is in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declared {
    /// A variable, a parameter, or the name of a loop around.
    Variable,
    /// The id or the namespace of a step.
    Step,
    /// Nothing.
    No,
}

/// Reads `path`, a word or words joined by dots, as the value of a parameter of `kind`. `base` says what the first
/// word is; it is asked only where that matters.
pub fn classify(kind: Kind, path: &str, base: impl FnOnce(&str) -> Declared) -> Bare {
    if let Kind::Enum(words) = kind {
        return words
            .iter()
            .find(|word| **word == path)
            .map_or(Bare::Expression, |word| Bare::Word(word));
    }
    if !kind.takes_bare_words() {
        return Bare::Expression;
    }
    let (first, accessors) = path.split_once('.').map_or((path, ""), |(first, rest)| (first, rest));
    match base(first) {
        Declared::Variable => Bare::Expression,
        Declared::Step if !accessors.is_empty() => Bare::Expression,
        _ => Bare::Symbol(path.to_owned()),
    }
}

/// Text of the `q` language with values put into it: each is inserted quoted, or escaped where quotes stand already.
#[derive(Debug, Default)]
pub struct Quoting {
    text: String,
    /// The quote that is open.
    open: Option<char>,
    escaped: bool,
}

impl Quoting {
    /// Appends text as it is.
    pub fn push_text(&mut self, text: &str) {
        for c in text.chars() {
            match (self.open, c) {
                _ if self.escaped => self.escaped = false,
                (Some(_), '\\') => self.escaped = true,
                (Some(open), _) if open == c => self.open = None,
                (None, '"' | '\'') => self.open = Some(c),
                _ => {}
            }
        }
        self.text.push_str(text);
    }

    /// Appends a value, so that it stays one value whatever it holds.
    pub fn push_value(&mut self, value: &str) {
        let quote = self.open.unwrap_or('"');
        if self.open.is_none() {
            self.text.push('"');
        }
        for c in value.chars() {
            if c == '\\' || c == quote {
                self.text.push('\\');
            }
            self.text.push(c);
        }
        if self.open.is_none() {
            self.text.push('"');
        }
    }

    /// How many bytes there are so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether there is nothing yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_symbol_unless_its_first_word_holds_a_value() {
        let symbol = |path, declared| classify(Kind::Symbol, path, |_| declared);
        assert_eq!(symbol("Class.method", Declared::No), Bare::Symbol("Class.method".into()));
        assert_eq!(symbol("target", Declared::Variable), Bare::Expression);
        assert_eq!(symbol("find", Declared::Step), Bare::Symbol("find".into()));
        assert_eq!(symbol("find.qualname", Declared::Step), Bare::Expression);
    }

    #[test]
    fn a_member_word_is_always_that_word() {
        let kind = Kind::Enum(&["auto", "python"]);
        assert_eq!(classify(kind, "python", |_| Declared::Variable), Bare::Word("python"));
        assert_eq!(classify(kind, "chosen", |_| Declared::Variable), Bare::Expression);
        assert_eq!(classify(Kind::Text, "word", |_| Declared::No), Bare::Expression);
    }

    #[test]
    fn a_value_inserted_into_a_query_stays_one_value() {
        let mut query = Quoting::default();
        query.push_text("name=");
        query.push_value("a b=\"c\"");
        query.push_text(" in='");
        query.push_value("it's");
        query.push_text("'");
        assert_eq!(query.finish(), r#"name="a b=\"c\"" in='it\'s'"#);
    }
}
