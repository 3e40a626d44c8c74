//! From words to what is asked: each key once, each value of its kind, unknown keys named with those they resemble.

mod value;
mod whole;

use std::ops::Range;

use super::ir::{
    Body, Composite, Filter, Flaw, Name, Op, Query, Scope, ScopeIs, Side, Sifts, Stop, Value, Verb,
};
use super::keys;
use super::lexer::{self, Word};
use super::list;
use crate::diagnostic::code::scan as codes;

const LANGUAGES: &[&str] = &["auto", "python", "rust"];
const STRICTNESS: &[&str] = &["cst", "smart", "ast", "relaxed", "signature"];

/// Reads a query; a text without any `key=` is a search.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse(text: &str) -> Result<Query, Vec<Flaw>> {
    if text.trim().is_empty() {
        return Err(vec![Flaw::error(codes::QUERY_EMPTY, 0..text.len(), "the query is empty")]);
    }
    if !lexer::has_key(text) {
        if let Some(flaw) = loose_key(text) {
            return Err(vec![flaw]);
        }
        return Ok(Query {
            body: Body::Search(text.trim().into()),
            scope: Scope::default(),
            limit: None,
            why: false,
        });
    }
    let mut draft = Draft::default();
    lexer::words(text)?.into_iter().for_each(|word| draft.take(word));
    draft.finish(text.len())
}

/// Reads what stands in arguments of the keys' names; places are those of each value in itself.
///
/// # Errors
/// Everything that is wrong with them.
pub fn of_arguments<'t>(
    given: impl Iterator<Item = (&'t str, &'t str)>,
) -> Result<Query, Vec<Flaw>> {
    let mut draft = Draft::default();
    given.for_each(|(key, text)| draft.take(argument(key, text)));
    draft.finish(0)
}

/// What is wrong with one value, whatever stands beside it.
#[must_use]
pub fn flaws_of(key: &str, text: &str) -> Vec<Flaw> {
    let mut draft = Draft::default();
    draft.take(argument(key, text));
    draft.flaws
}

fn argument(key: &str, text: &str) -> Word {
    let value = Value::plain(text);
    Word { key: key.to_owned(), range: value.range.clone(), sign: lexer::Sign::Is, value }
}

/// `entity = function`: a key of the language whose blanks make it a plain text.
fn loose_key(text: &str) -> Option<Flaw> {
    let trimmed = text.trim_start();
    if let Some(flaw) = doubled_sign(text) {
        return Some(flaw);
    }
    let end = trimmed.find(char::is_whitespace)?;
    let is_key = keys::is_of_language(&trimmed[..end]);
    let is_assignment =
        trimmed[end..].trim_start().strip_prefix('=').is_some_and(|rest| !rest.starts_with('='));
    (is_key && is_assignment).then(|| lexer::words(text).err()?.into_iter().next()).flatten()
}

/// `entity==function`: one sign too many makes it a plain text.
fn doubled_sign(text: &str) -> Option<Flaw> {
    let word = text.trim().strip_prefix("entity==")?;
    let at = text.find("==")?;
    keys::ENTITIES.contains(&word).then(|| {
        Flaw::error(codes::QUERY_LEFT_OVER, at..at + 2, "`==` joins no key and value")
            .help(format!("write `entity={word}`"))
            .fix("=")
    })
}

/// A query as it grows.
#[derive(Default)]
struct Draft {
    seen: Vec<(String, Range<usize>)>,
    flaws: Vec<Flaw>,
    scope: Scope,
    limit: Option<i64>,
    why: bool,
    pattern: Option<Value>,
    context: Option<Value>,
    selector: Option<Value>,
    strictness: Option<String>,
    is_tolerant: bool,
    entity: Option<(&'static str, Range<usize>)>,
    name: Option<Name>,
    facts: Sifts,
    more: Vec<super::ir::More>,
    composites: Vec<Composite>,
    position: Option<Value>,
    is_reverse: bool,
    of_rule: Option<Value>,
    relations: [Part; 4],
    filters: Vec<Filter>,
}

/// A relation as it grows.
#[derive(Default)]
struct Part {
    code: Option<Value>,
    stop: Option<Stop>,
    field: Option<Value>,
}

impl Draft {
    fn take(&mut self, word: Word) {
        if word.key.starts_with('$') {
            return self.filter(&word);
        }
        if let Some(flaw) = keys::flaw(&word) {
            return self.flaws.push(flaw);
        }
        if self.seen.iter().any(|(key, _)| *key == word.key) {
            let message = format!("`{}` is given twice", word.key);
            let range = word.range.start..word.value.range.end;
            self.flaws.push(Flaw::error(codes::QUERY_TWICE, range, message));
            return;
        }
        self.seen.push((word.key.clone(), word.range.clone()));
        let takes_expression = matches!(word.key.as_str(), "name" | "decorated_by");
        if word.sign != lexer::Sign::Is && !(takes_expression && word.sign == lexer::Sign::Matches)
        {
            let message = format!(
                "`{}` takes a value, not an expression: `~` is for `name`, `decorated_by` and metavariables",
                word.key
            );
            let range = word.range.end..word.value.range.end;
            self.flaws.push(Flaw::error(codes::QUERY_VALUE, range, message));
        } else if word.value.text.trim().is_empty() {
            let range = word.range.start..word.value.range.end;
            self.flaws.push(match word.key.as_str() {
                "pattern" | "pattern.context" => {
                    Flaw::error(codes::PATTERN_EMPTY, range, "the pattern is empty")
                }
                key => Flaw::error(codes::QUERY_VALUE, range, format!("`{key}` has no value")),
            });
        } else {
            self.set(word);
        }
    }

    fn set(&mut self, word: Word) {
        if let Some((side, part)) = keys::part(&word.key) {
            return self.relation(side, part, word.value);
        }
        if let Some(op) = Op::of(&word.key) {
            return self.composite(op, &word);
        }
        match word.key.as_str() {
            "pattern" => self.pattern = Some(word.value),
            "pattern.context" => self.context = Some(word.value),
            "pattern.selector" => self.selector = Some(word.value),
            "pattern.strictness" => self.strictness = self.choice(&word, STRICTNESS),
            "pattern.tolerant" => self.is_tolerant = self.truth(&word),
            "nthChild" => self.position = self.position_of(&word),
            "nthChild.reverse" => self.is_reverse = self.truth(&word),
            "nthChild.ofRule" => self.of_rule = Some(word.value),
            "in" => self.scope.within = Some(word.value.text.to_string()),
            "exclude" => self.scope.exclude = self.globs(&word),
            "globs" => self.scope.globs = self.globs(&word),
            "lang" => self.scope.lang = self.choice(&word, LANGUAGES),
            "limit" => self.limit = self.number(&word),
            "why" => self.why = self.truth(&word),
            _ => self.of_entity(&word),
        }
    }

    fn of_entity(&mut self, word: &Word) {
        match word.key.as_str() {
            "entity" => self.entity = self.entity_of(word).map(|is| (is, word.range.clone())),
            "name" => self.name = self.name_of(word),
            "scope" => {
                let words = ScopeIs::ALL.map(ScopeIs::name);
                let given = self.choice(word, &words);
                self.facts.scope =
                    ScopeIs::ALL.into_iter().find(|s| Some(s.name()) == given.as_deref());
            }
            "captures" => self.facts.captures = Some(word.value.text.as_ref().into()),
            "has_cells" => self.facts.has_cells = Some(self.truth(word)),
            "decorated_by" => self.facts.decorated_by = self.name_of(word),
            "decorator_count_min" => self.facts.fewest_decorators = self.number(word),
            "decorator_count_max" => self.facts.most_decorators = self.number(word),
            "expand" | "fields" => self.more_of(word),
            key => {
                if let Some(verb) = Verb::ALL.into_iter().find(|verb| verb.name() == key) {
                    self.join(verb, word);
                }
            }
        }
    }

    fn relation(&mut self, side: Side, part: &str, value: Value) {
        let relation = &mut self.relations[side as usize];
        match part {
            "stopBy" => {
                relation.stop = Some(match &*value.text {
                    "neighbor" => Stop::Neighbor,
                    "end" => Stop::End,
                    _ => Stop::At(value),
                })
            }
            "field" => relation.field = Some(value),
            _ => relation.code = Some(value),
        }
    }

    fn composite(&mut self, op: Op, word: &Word) {
        let patterns = list::items(&word.value);
        if op == Op::Not && patterns.len() > 1 {
            let message = format!("`not` takes one pattern, found {}", patterns.len());
            self.flaws.push(
                Flaw::error(codes::QUERY_VALUE, word.value.range.clone(), message)
                    .help("put a pattern that holds commas into quotes of its own"),
            );
        }
        for empty in patterns.iter().filter(|pattern| pattern.text.trim().is_empty()) {
            let message = format!("a pattern of `{}` is empty", op.name());
            self.flaws.push(Flaw::error(codes::PATTERN_EMPTY, empty.range.clone(), message));
        }
        self.composites.push(Composite { op, patterns });
    }
}

#[cfg(test)]
mod tests;
