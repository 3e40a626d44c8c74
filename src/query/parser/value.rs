//! The values of keys: each is read as its key wants it, or what is wrong with it is noted.

use super::super::ir::{Filter, Flaw, Join, More, Name, Value, Verb, Wanted};
use super::super::keys::{self, ENTITIES, EXPORTED};
use super::super::lexer::{Sign, Word};
use super::Draft;
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{either, is_slip, near};
use crate::value::embedded;

/// What languages call the entities.
const MEANT: &[(&str, &str)] = &[
    ("def", "function"),
    ("fn", "function"),
    ("struct", "class"),
    ("enum", "class"),
    ("trait", "class"),
    ("union", "class"),
    ("file", "module"),
    ("package", "module"),
    ("mod", "module"),
    ("call", "callsite"),
    ("use", "import"),
    ("attribute", "decorator"),
    ("argument", "parameter"),
    ("let", "variable"),
    ("const", "constant"),
    ("static", "constant"),
    ("alias", "type"),
    ("macro_rules", "macro"),
];

/// What `expand` and `fields` take; those without a meaning here are told of every row anyway, or ask what calls mean.
const FIELDS: &[&str] = &[
    "def",
    "loc",
    "callers",
    "callees",
    "evidence",
    "imports",
    "decorators",
    "decorated_functions",
];
const EXPANDERS: &[&str] =
    &["callers", "callees", "imports", "raises", "scope", "bytecode_surface"];
const LATER: &[&str] = &["callers", "callees", "raises", "bytecode_surface"];

impl Draft {
    fn wrong(&mut self, word: &Word, message: String) -> &mut Flaw {
        self.flaws.push(Flaw::error(codes::QUERY_VALUE, word.value.range.clone(), message));
        let last = self.flaws.len() - 1;
        &mut self.flaws[last]
    }

    /// A word of a list, or what it may be meant as.
    pub(super) fn choice(&mut self, word: &Word, words: &[&str]) -> Option<String> {
        let given = &*word.value.text;
        self.choice_of(&word.value, &word.key, given, words)
    }

    fn choice_of(&mut self, at: &Value, key: &str, given: &str, words: &[&str]) -> Option<String> {
        if words.contains(&given) {
            return Some(given.to_owned());
        }
        let message = format!("`{key}` takes {}, found `{given}`", either(words));
        let flaw = Flaw::error(codes::QUERY_VALUE, at.range.clone(), message);
        self.flaws.push(match near(given, words.iter().copied()).first() {
            Some(name) if is_slip(given, name) => {
                flaw.help(format!("did you mean `{name}`?")).fix(*name)
            }
            Some(name) => flaw.help(format!("did you mean `{name}`?")),
            None => flaw,
        });
        None
    }

    /// The entity a value names.
    pub(super) fn entity_of(&mut self, word: &Word) -> Option<&'static str> {
        self.entity_word(&word.value, &word.key, ENTITIES)
    }

    fn entity_word(
        &mut self,
        value: &Value,
        key: &str,
        words: &'static [&'static str],
    ) -> Option<&'static str> {
        let given = &*value.text;
        if let Some(known) = words.iter().find(|known| **known == given) {
            return Some(known);
        }
        let message = format!("`{key}` takes {}, found `{given}`", either(words));
        if ENTITIES.contains(&given) {
            let flaw = Flaw::error(codes::QUERY_VALUE, value.range.clone(), message);
            let help = format!(
                "no name of a module is such an entity; `defines={given}` asks what stands in it"
            );
            self.flaws.push(flaw.help(help));
            return None;
        }
        let meant = MEANT.iter().find(|(word, meant)| *word == given && words.contains(meant));
        let Some((_, meant)) = meant else {
            let _ = self.choice_of(value, key, given, words);
            return None;
        };
        let flaw = Flaw::error(codes::QUERY_VALUE, value.range.clone(), message);
        self.flaws.push(flaw.help(format!("it is called `{meant}`")).fix(*meant));
        None
    }

    /// `defines=class:Base`, `exports=function`.
    pub(super) fn join(&mut self, verb: Verb, word: &Word) {
        let text = &*word.value.text;
        let (kind, name) = match text.find(':') {
            Some(at) => (0..at, Some(at + 1..text.len())),
            None => (0..text.len(), None),
        };
        let words = match verb {
            Verb::Defines => ENTITIES,
            Verb::Exports => EXPORTED,
        };
        let Some(entity) = self.entity_word(&word.value.part(kind), &word.key, words) else {
            return;
        };
        let name = match name {
            None => None,
            Some(range) if range.is_empty() => {
                let message = format!("`{}` has no name behind `:`", word.key);
                self.wrong(word, message);
                return;
            }
            Some(range) => match self.read_name(&word.value.part(range), &word.key) {
                None => return,
                name => name,
            },
        };
        self.facts.joins.push(Join { verb, word: entity, name });
    }

    /// `expand=imports,scope`, `fields=def,decorators`.
    pub(super) fn more_of(&mut self, word: &Word) {
        let words = if word.key == "fields" { FIELDS } else { EXPANDERS };
        for range in embedded::entries(&word.value.text) {
            let value = word.value.part(range);
            let (name, depth) = match value.text.split_once('(') {
                Some((name, rest)) => (name, Some(rest)),
                None => (&*value.text, None),
            };
            let Some(name) = self.choice_of(&value, &word.key, name, words) else { continue };
            if let Some(depth) = depth
                && !self.has_depth(&value, &word.key, &name, depth)
            {
                continue;
            }
            if LATER.contains(&name.as_str()) {
                let at = Word { range: value.range.clone(), ..word.clone() };
                self.flaws.push(keys::not_yet(&at, &format!("`{}={name}`", word.key)));
                continue;
            }
            let more = match name.as_str() {
                "imports" => More::Imports,
                "scope" => More::Scope,
                "decorators" => More::Decorators,
                "decorated_functions" => More::DecoratedFunctions,
                // Every row has these.
                _ => continue,
            };
            if !self.more.contains(&more) {
                self.more.push(more);
            }
        }
    }

    /// Whether `(depth=N)` may stand behind a word, and is right.
    fn has_depth(&mut self, value: &Value, key: &str, name: &str, written: &str) -> bool {
        let number = written.strip_prefix("depth=").and_then(|rest| rest.strip_suffix(')'));
        let takes = key == "expand" && matches!(name, "callers" | "callees");
        let is_right = number.and_then(|n| n.parse::<u32>().ok()).is_some_and(|depth| depth >= 1);
        if takes && is_right {
            return true;
        }
        let message = if takes {
            format!("expected `{name}(depth=N)` with N from 1, found `{}`", value.text)
        } else {
            format!("`{name}` of `{key}` takes no depth")
        };
        self.flaws.push(Flaw::error(codes::QUERY_VALUE, value.range.clone(), message));
        false
    }

    /// Exact, a glob, or behind `~` an expression.
    pub(super) fn name_of(&mut self, word: &Word) -> Option<Name> {
        if word.sign == Sign::Matches {
            return self.regex(&word.value.text, &word.value, &word.key).map(Name::Regex);
        }
        self.read_name(&word.value, &word.key)
    }

    fn read_name(&mut self, value: &Value, key: &str) -> Option<Name> {
        let text = &*value.text;
        if let Some(regex) = text.strip_prefix('~') {
            return self.regex(regex, value, key).map(Name::Regex);
        }
        if !text.contains(['*', '?', '[', '{']) {
            return Some(Name::Exact(text.into()));
        }
        match embedded::glob(text) {
            Ok(glob) => Some(Name::Glob(glob.compile_matcher())),
            Err(reason) => {
                let message = format!("the glob of `{key}` cannot be read: {reason}");
                let flaw = Flaw::error(codes::GLOB, value.range.clone(), message);
                self.flaws.push(flaw.help(format!("an expression is written `{key}=~…`")));
                None
            }
        }
    }

    /// `$X=~re`, `$X!=~re`.
    pub(super) fn filter(&mut self, word: &Word) {
        let wanted = match word.sign {
            Sign::Matches => Wanted::Match,
            Sign::MatchesNot => Wanted::NoMatch,
            Sign::Is => {
                let message = format!("`{}` is compared with an expression", word.key);
                let range = word.range.start..word.value.range.end;
                let flaw = Flaw::error(codes::QUERY_VALUE, range, message);
                self.flaws.push(flaw.help(format!("write `{0}=~re` or `{0}!=~re`", word.key)));
                return;
            }
        };
        let variable = word.key.trim_start_matches('$').into();
        if let Some(regex) = self.regex(&word.value.text, &word.value, &word.key) {
            self.filters.push(Filter { variable, range: word.range.clone(), regex, wanted });
        }
    }

    fn regex(&mut self, text: &str, value: &Value, key: &str) -> Option<regex::Regex> {
        let error = match embedded::regex(text) {
            Ok(regex) => return Some(regex),
            Err(error) => error.to_string(),
        };
        let last = error.lines().last().unwrap_or("").trim();
        let reason = last.strip_prefix("error: ").unwrap_or(last);
        let message = format!("the regular expression of `{key}` is wrong: {reason}");
        self.flaws.push(Flaw::error(codes::SEARCH_REGEX, value.range.clone(), message));
        None
    }

    /// Read as an argument of the same name is.
    pub(super) fn globs(&mut self, word: &Word) -> Vec<String> {
        let text = &*word.value.text;
        self.flaws.extend(embedded::glob_flaws(text).into_iter().map(|flaw| {
            Flaw::error(codes::GLOB, word.value.outer(flaw.range), flaw.message).help(flaw.help)
        }));
        embedded::entries(text).into_iter().map(|range| text[range].to_owned()).collect()
    }

    pub(super) fn number(&mut self, word: &Word) -> Option<i64> {
        let found = word.value.text.parse::<i64>().ok().filter(|n| *n >= 0);
        if found.is_none() {
            let message =
                format!("`{}` takes a whole number from 0, found `{}`", word.key, word.value.text);
            self.wrong(word, message);
        }
        found
    }

    pub(super) fn truth(&mut self, word: &Word) -> bool {
        self.choice(word, &["true", "false"]).is_some_and(|given| given == "true")
    }

    /// `3`, `2n+1`, `-n + 3`, `odd` and `even` are not.
    pub(super) fn position_of(&mut self, word: &Word) -> Option<Value> {
        if is_position(&word.value.text) {
            return Some(word.value.clone());
        }
        let message =
            format!("`nthChild` takes a number from 1 or `An+B`, found `{}`", word.value.text);
        let help = "`2` is the second child, `2n+1` every odd one, `-n+3` the first three";
        self.wrong(word, message).help = Some(help.to_owned());
        None
    }
}

/// Whether a text is a position as CSS writes it, that any child can have.
fn is_position(text: &str) -> bool {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let is_number = |text: &str| {
        (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let unsigned = |text: &str| text.strip_prefix(['+', '-']).unwrap_or(text).to_owned();
    match text.split_once(['n', 'N']) {
        None => is_number(&text) && text.parse::<u32>().is_ok_and(|n| n > 0),
        Some((step, offset)) => {
            let step = unsigned(step);
            let is_step = step.is_empty() || is_number(&step);
            let has_sign = offset.starts_with(['+', '-']);
            is_step && (offset.is_empty() || has_sign && is_number(&unsigned(offset)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_position;

    #[test]
    fn a_position_is_a_number_or_a_formula() {
        for text in ["1", "12", "2n", "2n+1", "n", "-n+3", "+3n - 2", "N+1"] {
            assert!(is_position(text), "{text}");
        }
        for text in ["0", "", "-1", "x", "2n+", "2+n", "n1", "1.5", "even", "2n++1", "9999999999"] {
            assert!(!is_position(text), "{text}");
        }
    }
}
