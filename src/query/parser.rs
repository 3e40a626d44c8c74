//! From words to what is asked: each key once, each value of its kind, unknown keys named with those they resemble.

use std::ops::Range;

use super::ir::{
    Body, Entity, Filter, Flaw, Name, Pattern, Query, Relation, Scope, Side, Stop, Value, Wanted,
};
use super::keys;
use super::lexer::{self, Sign, Word};
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{either, is_slip, near};
use crate::value::embedded;

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
    Word { key: key.to_owned(), range: value.range.clone(), sign: Sign::Is, value }
}

/// `entity = function`: a key of the language whose blanks make it a plain text.
fn loose_key(text: &str) -> Option<Flaw> {
    let trimmed = text.trim_start();
    let end = trimmed.find(char::is_whitespace)?;
    let is_key = keys::is_of_language(&trimmed[..end]);
    let is_assignment =
        trimmed[end..].trim_start().strip_prefix('=').is_some_and(|rest| !rest.starts_with('='));
    (is_key && is_assignment).then(|| lexer::words(text).err()?.into_iter().next()).flatten()
}

#[derive(Default)]
struct Draft {
    seen: Vec<(String, Range<usize>)>,
    flaws: Vec<Flaw>,
    scope: Scope,
    limit: Option<i64>,
    pattern: Option<Value>,
    context: Option<Value>,
    selector: Option<Value>,
    strictness: Option<String>,
    entity: Option<(&'static str, Range<usize>)>,
    name: Option<Name>,
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
            self.flaws.push(Flaw::error(
                codes::QUERY_TWICE,
                word.range.start..word.value.range.end,
                message,
            ));
            return;
        }
        self.seen.push((word.key.clone(), word.range.clone()));
        let is_name = word.key == "name" && word.sign == Sign::Matches;
        if word.sign != Sign::Is && !is_name {
            let message = format!(
                "`{}` takes a value, not an expression: `~` is for `name` and metavariables",
                word.key
            );
            self.flaws.push(Flaw::error(
                codes::QUERY_VALUE,
                word.range.end..word.value.range.end,
                message,
            ));
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
        let text = word.value.text.to_string();
        if let Some((side, part)) = keys::part(&word.key) {
            return self.relation(side, part, word.value.clone());
        }
        match word.key.as_str() {
            "entity" => match keys::entity(&word) {
                Ok(entity) => self.entity = Some((entity, word.range)),
                Err(flaw) => self.flaws.push(flaw),
            },
            "name" => self.name = self.name_of(&word),
            "pattern" => self.pattern = Some(word.value),
            "pattern.context" => self.context = Some(word.value),
            "pattern.selector" => self.selector = Some(word.value),
            "pattern.strictness" => self.strictness = self.choice(&word, STRICTNESS),
            "in" => self.scope.within = Some(text),
            "exclude" => self.scope.exclude = self.globs(&word),
            "globs" => self.scope.globs = self.globs(&word),
            "lang" => self.scope.lang = self.choice(&word, LANGUAGES),
            _ => self.limit = self.number(&word),
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

    /// Exact, a glob, or behind `~` an expression.
    fn name_of(&mut self, word: &Word) -> Option<Name> {
        let text = &*word.value.text;
        let regex = match word.sign {
            Sign::Matches => Some(text),
            _ => text.strip_prefix('~'),
        };
        if let Some(regex) = regex {
            return self.regex(regex, word).map(Name::Regex);
        }
        if !text.contains(['*', '?', '[', '{']) {
            return Some(Name::Exact(text.into()));
        }
        match embedded::glob(text) {
            Ok(glob) => Some(Name::Glob(glob.compile_matcher())),
            Err(reason) => {
                let message = format!("the glob of `name` cannot be read: {reason}");
                let flaw = Flaw::error(codes::GLOB, word.value.range.clone(), message);
                self.flaws.push(flaw.help("an expression is written `name=~…`"));
                None
            }
        }
    }

    fn filter(&mut self, word: &Word) {
        let wanted = match word.sign {
            Sign::Matches => Wanted::Match,
            Sign::MatchesNot => Wanted::NoMatch,
            Sign::Is => {
                let message = format!("`{}` is compared with an expression", word.key);
                let flaw = Flaw::error(
                    codes::QUERY_VALUE,
                    word.range.start..word.value.range.end,
                    message,
                );
                self.flaws.push(flaw.help(format!("write `{0}=~re` or `{0}!=~re`", word.key)));
                return;
            }
        };
        let variable = word.key.trim_start_matches('$').into();
        if let Some(regex) = self.regex(&word.value.text, word) {
            self.filters.push(Filter { variable, range: word.range.clone(), regex, wanted });
        }
    }

    fn regex(&mut self, text: &str, word: &Word) -> Option<regex::Regex> {
        let error = match embedded::regex(text) {
            Ok(regex) => return Some(regex),
            Err(error) => error.to_string(),
        };
        let last = error.lines().last().unwrap_or("").trim();
        let reason = last.strip_prefix("error: ").unwrap_or(last);
        let message = format!("the regular expression of `{}` is wrong: {reason}", word.key);
        self.flaws.push(Flaw::error(codes::SEARCH_REGEX, word.value.range.clone(), message));
        None
    }

    fn choice(&mut self, word: &Word, words: &[&str]) -> Option<String> {
        let given = &*word.value.text;
        if words.contains(&given) {
            return Some(given.to_owned());
        }
        let message = format!("`{}` takes {}, found `{given}`", word.key, either(words));
        let flaw = Flaw::error(codes::QUERY_VALUE, word.value.range.clone(), message);
        self.flaws.push(match near(given, words.iter().copied()).first() {
            Some(name) if is_slip(given, name) => {
                flaw.help(format!("did you mean `{name}`?")).fix(*name)
            }
            Some(name) => flaw.help(format!("did you mean `{name}`?")),
            None => flaw,
        });
        None
    }

    /// Read as an argument of the same name is.
    fn globs(&mut self, word: &Word) -> Vec<String> {
        let text = &*word.value.text;
        self.flaws.extend(embedded::glob_flaws(text).into_iter().map(|flaw| {
            Flaw::error(codes::GLOB, word.value.outer(flaw.range), flaw.message).help(flaw.help)
        }));
        embedded::entries(text).into_iter().map(|range| text[range].to_owned()).collect()
    }

    fn number(&mut self, word: &Word) -> Option<i64> {
        let found = word.value.text.parse::<i64>().ok().filter(|n| *n >= 0);
        if found.is_none() {
            let message =
                format!("`{}` takes a whole number from 0, found `{}`", word.key, word.value.text);
            self.flaws.push(Flaw::error(codes::QUERY_VALUE, word.value.range.clone(), message));
        }
        found
    }

    fn finish(mut self, length: usize) -> Result<Query, Vec<Flaw>> {
        self.check_together();
        let relations = self.take_relations();
        let code = self.pattern.take().or(self.context.take());
        let body = match (code, self.entity.take()) {
            (Some(code), _) => Body::Pattern(Pattern {
                code,
                selector: self.selector,
                strictness: self.strictness,
                relations,
                filters: self.filters,
            }),
            (None, Some((word, _))) => {
                Body::Entity(Entity { word, name: self.name, relations, filters: self.filters })
            }
            (None, None) => {
                if self.flaws.is_empty() {
                    let message = "the query asks for nothing: it has no `entity` and no `pattern`";
                    self.flaws.push(Flaw::error(codes::QUERY_EMPTY, 0..length, message));
                }
                return Err(self.flaws);
            }
        };
        if self.flaws.is_empty() {
            Ok(Query { body, scope: self.scope, limit: self.limit })
        } else {
            Err(self.flaws)
        }
    }

    /// What is wrong with keys beside each other.
    fn check_together(&mut self) {
        if let (Some(pattern), Some(context)) = (&self.pattern, &self.context) {
            let message = "`pattern.context` takes the place of `pattern`: the selector picks the pattern out of it";
            let at = pattern.range.start.min(context.range.start)
                ..pattern.range.end.max(context.range.end);
            self.flaws.push(Flaw::error(codes::TWO_WAYS, at, message).help("give one of them"));
        }
        let code = self.pattern.as_ref().or(self.context.as_ref());
        if let (Some(_), Some((_, at))) = (code, &self.entity) {
            let message = "`entity` and `pattern` are two questions";
            let help = "`has` and `inside` say what an entity holds and where it stands; without `entity` the rows are the pattern's matches";
            self.flaws.push(Flaw::error(codes::TWO_WAYS, at.clone(), message).help(help));
        }
        let (is_entity, is_pattern) =
            (self.is_seen("entity"), self.is_seen("pattern") || self.is_seen("pattern.context"));
        for (key, range) in &self.seen {
            let needs = match key.as_str() {
                "name" if !is_entity => "entity",
                "pattern.selector" | "pattern.strictness" if !is_pattern => "pattern",
                _ => match keys::part(key) {
                    Some((side, part)) if !part.is_empty() && !self.is_seen(side.name()) => {
                        side.name()
                    }
                    _ => continue,
                },
            };
            let message = format!("`{key}` says more of `{needs}`, which is not there");
            self.flaws.push(Flaw::error(codes::QUERY_PART, range.clone(), message));
        }
    }

    fn is_seen(&self, key: &str) -> bool {
        self.seen.iter().any(|(seen, _)| seen == key)
    }

    fn take_relations(&mut self) -> Vec<Relation> {
        let parts = std::mem::take(&mut self.relations);
        let whole = Side::ALL.into_iter().zip(parts).filter_map(|(side, part)| {
            let stop = part.stop.unwrap_or(Stop::Unsaid);
            Some(Relation { side, code: part.code?, stop, field: part.field })
        });
        whole.collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn codes_of(text: &str) -> Vec<crate::diagnostic::Code> {
        parse(text).unwrap_err().into_iter().map(|flaw| flaw.code).collect()
    }

    #[test]
    fn a_query_is_read_whole() {
        let query =
            parse("pattern='f($X)' in=src exclude=a/**,b lang=rust limit=3 $X!=~^_").unwrap();
        assert_eq!(query.scope.within.as_deref(), Some("src"));
        assert_eq!(query.scope.exclude, ["a/**", "b"]);
        assert_eq!((query.scope.lang.as_deref(), query.limit), (Some("rust"), Some(3)));
        let Body::Pattern(pattern) = query.body else { panic!("a pattern") };
        assert_eq!(&*pattern.code.text, "f($X)");
        assert_eq!(
            (&*pattern.filters[0].variable, pattern.filters[0].wanted),
            ("X", Wanted::NoMatch)
        );
    }

    #[test]
    fn globs_are_split_and_judged_as_arguments_are() {
        let query = parse("pattern=f globs='src/{a,b}/**, c'").unwrap();
        assert_eq!(query.scope.globs, ["src/{a,b}/**", "c"]);
        let flaws = parse("pattern=f exclude='a, [x'").unwrap_err();
        assert_eq!((flaws[0].code, flaws[0].range.clone()), (codes::GLOB, 22..24));
        assert_eq!(codes_of(r"pattern=f($X) $X=~'\w{1000}{100}'"), [codes::SEARCH_REGEX]);
    }

    #[test]
    fn every_flaw_of_a_query_is_reported() {
        let text = "patern=x entity=decorator lang=pyton limit=-1 in=a in=b $X=y $Y=~[";
        let expected = [
            codes::QUERY_KEY,
            codes::NOT_YET,
            codes::QUERY_VALUE,
            codes::QUERY_VALUE,
            codes::QUERY_TWICE,
            codes::QUERY_VALUE,
            codes::SEARCH_REGEX,
        ];
        assert_eq!(codes_of(text), expected);
    }

    #[test]
    fn an_entity_has_a_name_and_relations() {
        let text = "entity=method name=get_* inside='class A' inside.stopBy=end has=f($X) follows=a \
                    follows.stopBy='b()' has.field=body";
        let Body::Entity(entity) = parse(text).unwrap().body else { panic!("an entity") };
        assert_eq!(entity.word, "method");
        let name = entity.name.unwrap();
        assert!(name.matches("get_x") && !name.matches("xget_"));
        let shown: Vec<_> = entity
            .relations
            .iter()
            .map(|r| (r.side, &*r.code.text, r.field.as_ref().map(|field| &*field.text)))
            .collect();
        let expected = [
            (Side::Inside, "class A", None),
            (Side::Has, "f($X)", Some("body")),
            (Side::Follows, "a", None),
        ];
        assert_eq!(shown, expected);
        assert_eq!(entity.relations[0].stop, Stop::End);
        assert!(matches!(&entity.relations[2].stop, Stop::At(at) if &*at.text == "b()"));
    }

    #[test]
    fn names_are_exact_globs_or_expressions() {
        let name = |text: &str| match parse(text).unwrap().body {
            Body::Entity(entity) => entity.name.unwrap(),
            _ => panic!("an entity"),
        };
        assert_eq!(name("entity=class name=Base"), Name::Exact("Base".into()));
        for text in ["entity=class name=~^Base", "entity=class name='~^Base'"] {
            assert!(name(text).matches("BaseX") && !name(text).matches("XBase"), "{text}");
        }
        assert_eq!(codes_of("entity=class name=~("), [codes::SEARCH_REGEX]);
        assert_eq!(codes_of("entity=class name='[x'"), [codes::GLOB]);
        assert_eq!(codes_of("entity=class name!=~x"), [codes::QUERY_VALUE]);
    }

    #[test]
    fn parts_need_what_they_are_parts_of() {
        let cases = [
            ("name=f", vec![codes::QUERY_PART]),
            ("pattern=f name=f", vec![codes::QUERY_PART]),
            ("pattern=f inside.stopBy=end", vec![codes::QUERY_PART]),
            ("entity=class pattern.strictness=ast", vec![codes::QUERY_PART]),
            ("entity=class pattern=f", vec![codes::TWO_WAYS]),
            ("inside='class A'", vec![codes::QUERY_EMPTY]),
            ("pattern=f precedes=g precedes.field=body", vec![codes::SIBLING_FIELD]),
            ("pattern=f inside=g stopBy=end", vec![codes::QUERY_KEY]),
            ("pattern=f inside=g field=body", vec![codes::QUERY_KEY]),
            ("pattern=f inside=g inside.stop=end", vec![codes::QUERY_KEY]),
            ("entity=clas", vec![codes::QUERY_VALUE]),
            ("entity=variable", vec![codes::NOT_YET]),
            ("entity=class all=f", vec![codes::NOT_YET]),
        ];
        for (text, expected) in cases {
            assert_eq!(codes_of(text), expected, "{text}");
        }
    }

    #[test]
    fn plain_texts_are_searches_and_loose_keys_are_not() {
        assert_eq!(parse(" hello world ").unwrap().body, Body::Search("hello world".into()));
        assert_eq!(codes_of("entity = function"), [codes::QUERY_LEFT_OVER]);
        assert_eq!(codes_of("  "), [codes::QUERY_EMPTY]);
        assert_eq!(codes_of("in=src"), [codes::QUERY_EMPTY]);
        assert_eq!(codes_of("pattern=f pattern.context=g"), [codes::TWO_WAYS]);
    }

    proptest! {
        #[test]
        fn any_text_is_answered_with_places_inside_it(text in "[ a-z$=~!'\"\\\\.µ]{0,40}") {
            if let Err(flaws) = parse(&text) {
                for flaw in flaws {
                    prop_assert!(text.get(flaw.range.clone()).is_some(), "{:?} in {text:?}", flaw);
                }
            }
        }
    }
}
