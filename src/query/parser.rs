//! From words to what is asked: each key once, each value of its kind, unknown keys named with those they resemble.

use std::ops::Range;

use super::ir::{Body, Filter, Flaw, Pattern, Query, Scope, Value, Wanted};
use super::lexer::{self, Sign, Word};
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{either, is_slip, near};
use crate::value::embedded;

/// Keys a query may have beside metavariables.
pub const KEYS: &[&str] = &[
    "pattern",
    "pattern.context",
    "pattern.selector",
    "pattern.strictness",
    "in",
    "exclude",
    "globs",
    "lang",
    "limit",
];
/// Keys of the language that this version does not answer.
const LATER: &[&str] = &[
    "entity",
    "name",
    "inside",
    "has",
    "precedes",
    "follows",
    "all",
    "any",
    "not",
    "nthChild",
    "scope",
    "captures",
    "has_cells",
    "decorated_by",
    "decorator_count_min",
    "decorator_count_max",
    "used_by",
    "defines",
    "raises",
    "exports",
    "expand",
    "fields",
    "why",
    "explain",
    "pattern.tolerant",
    "stopBy",
    "field",
];
/// Short forms that say too little of what they belong to.
const RENAMED: &[(&str, &str)] = &[
    ("context", "pattern.context"),
    ("selector", "pattern.selector"),
    ("strictness", "pattern.strictness"),
];
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
    let words = lexer::words(text)?;
    let mut draft = Draft::default();
    for word in words {
        draft.take(word);
    }
    draft.finish(text.len())
}

/// `entity = function`: a key of the language whose blanks make it a plain text.
fn loose_key(text: &str) -> Option<Flaw> {
    let trimmed = text.trim_start();
    let end = trimmed.find(char::is_whitespace)?;
    let is_key = KEYS.contains(&&trimmed[..end]) || LATER.contains(&&trimmed[..end]);
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
    filters: Vec<Filter>,
}

impl Draft {
    fn take(&mut self, word: Word) {
        if word.key.starts_with('$') {
            return self.filter(&word);
        }
        if !self.is_known(&word) {
            return;
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
        if word.sign != Sign::Is {
            let message = format!(
                "`{}` takes a value, not an expression: `~` is for metavariables",
                word.key
            );
            self.flaws.push(Flaw::error(
                codes::QUERY_VALUE,
                word.range.end..word.value.range.end,
                message,
            ));
        } else if word.value.text.trim().is_empty() {
            let message = format!("`{}` has no value", word.key);
            self.flaws.push(Flaw::error(
                codes::QUERY_VALUE,
                word.range.start..word.value.range.end,
                message,
            ));
        } else {
            self.set(word);
        }
    }

    fn set(&mut self, word: Word) {
        let text = word.value.text.to_string();
        match word.key.as_str() {
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

    fn is_known(&mut self, word: &Word) -> bool {
        let key = word.key.as_str();
        if KEYS.contains(&key) {
            return true;
        }
        let relation = ["inside", "has", "precedes", "follows", "nthChild"];
        let is_part = key.split_once(['.', '_']).is_some_and(|(base, _)| relation.contains(&base));
        let flaw = if LATER.contains(&key) || is_part {
            let what = if key == "entity" {
                "`entity` queries are".to_owned()
            } else {
                format!("`{key}` is")
            };
            Flaw::error(
                codes::NOT_YET,
                word.range.clone(),
                format!("{what} not available yet in this version"),
            )
            .help("this version answers patterns: `pattern='f($X)'`, and plain texts by searching")
        } else if let Some((_, now)) = RENAMED.iter().find(|(old, _)| *old == key) {
            Flaw::error(codes::QUERY_KEY, word.range.clone(), format!("unknown key `{key}`"))
                .help(format!("it is called `{now}`"))
                .fix(*now)
        } else {
            unknown(word)
        };
        self.flaws.push(flaw);
        false
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
        match embedded::regex(&word.value.text) {
            Ok(regex) => {
                self.filters.push(Filter { variable, range: word.range.clone(), regex, wanted })
            }
            Err(error) => {
                let text = error.to_string();
                let last = text.lines().last().unwrap_or("").trim();
                let reason = last.strip_prefix("error: ").unwrap_or(last);
                let message =
                    format!("the regular expression of `{}` is wrong: {reason}", word.key);
                self.flaws.push(Flaw::error(
                    codes::SEARCH_REGEX,
                    word.value.range.clone(),
                    message,
                ));
            }
        }
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
        if let (Some(pattern), Some(context)) = (&self.pattern, &self.context) {
            let message = "`pattern.context` takes the place of `pattern`: the selector picks the pattern out of it";
            let at = pattern.range.start.min(context.range.start)
                ..pattern.range.end.max(context.range.end);
            self.flaws.push(Flaw::error(codes::TWO_WAYS, at, message).help("give one of them"));
        }
        let code = self.pattern.or(self.context);
        if code.is_none() && self.flaws.is_empty() {
            let message = "the query asks for nothing: it has no `pattern`";
            self.flaws.push(Flaw::error(codes::QUERY_EMPTY, 0..length, message));
        }
        match code {
            Some(code) if self.flaws.is_empty() => {
                let Self { selector, strictness, filters, scope, limit, .. } = self;
                Ok(Query {
                    body: Body::Pattern(Pattern { code, selector, strictness, filters }),
                    scope,
                    limit,
                })
            }
            _ => Err(self.flaws),
        }
    }
}

fn unknown(word: &Word) -> Flaw {
    let flaw =
        Flaw::error(codes::QUERY_KEY, word.range.clone(), format!("unknown key `{}`", word.key));
    match near(&word.key, KEYS.iter().chain(LATER).copied()).as_slice() {
        [] => flaw.help(format!("the keys are {}", either(KEYS))),
        [one] if is_slip(&word.key, one) => flaw.help(format!("did you mean `{one}`?")).fix(*one),
        names => flaw.help(format!("did you mean {}?", either(names))),
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
        let text = "patern=x entity=function lang=pyton limit=-1 in=a in=b $X=y $Y=~[";
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
