//! The questions of a pass, compiled; each with the answer that is filled in behind the visits, or what is wrong with it.

use std::sync::Arc;

use aho_corasick::AhoCorasick;
use indexmap::IndexMap;

use super::Session;
use super::answer::{PatternAnswer, RuleView, SearchAnswer};
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{Fault, Kind};
use crate::facts::needs::{self, Lang, Pattern, Planes, Scope, Search};
use crate::facts::{Language, Needs};
use crate::query::ir::Flaw;
use crate::scan::digest::{self, Digest};
use crate::scan::pattern::{self, Rule};
use crate::scan::scope::Area;
use crate::scan::search::Finder;
use crate::scan::visit::{AskedSearch, Plan};

/// What is asked, compiled.
pub(super) struct Asked {
    pub(super) areas: Vec<AskedArea>,
    pub(super) plan: Plan,
    /// For each rule of the plan, its pattern's index and its number there.
    pub(super) owners: Vec<(usize, usize)>,
    pub(super) digests: Digests,
    pub(super) patterns: Vec<Question<Pattern, PatternAnswer>>,
    pub(super) searches: Vec<Question<Search, SearchAnswer>>,
    pub(super) facts: Vec<Question<needs::Facts, ()>>,
    words: Option<AhoCorasick>,
}

/// What the answers of the plan's rules and searches are kept by.
#[derive(Default)]
pub(super) struct Digests {
    pub(super) rules: Vec<Digest>,
    pub(super) searches: Vec<Digest>,
}

/// A scope that is asked about.
pub(super) struct AskedArea {
    pub(super) area: Area,
    /// Whether a pattern or search asks about it.
    pub(super) looks: bool,
}

/// A question with its answer so far.
pub(super) struct Question<Q, A> {
    pub(super) asked: Q,
    pub(super) answer: Result<A, Fault>,
    /// The index of its scope.
    pub(super) area: usize,
}

impl Asked {
    /// Compiles what is asked.
    pub(super) fn new(session: &Session, needs: &Needs) -> Self {
        let mut areas = Areas { session, known: IndexMap::new(), all: Vec::new() };
        let (mut rules, mut owners, mut finders) = (Vec::new(), Vec::new(), Vec::new());
        let mut digests = Digests::default();
        let mut patterns = Vec::new();
        for asked in &needs.patterns {
            let ready = areas.looked_at(&asked.scope).and_then(|area| {
                let (answer, compiled) = pattern(session, asked)?;
                for (number, rule) in compiled.into_iter().enumerate() {
                    let digest = of_rule(rule.language, asked);
                    rules.push((rule, area));
                    owners.push((patterns.len(), number));
                    digests.rules.push(digest);
                }
                Ok((area, answer))
            });
            patterns.push(Question::new(asked.clone(), ready));
        }
        let mut searches = Vec::new();
        for asked in &needs.searches {
            let ready = areas.looked_at(&asked.scope).and_then(|area| {
                let finder = Finder::new(asked).map_err(Flaw::fault)?;
                let digest = digest::of(&(&asked.text, asked.mode, asked.case));
                finders.push(AskedSearch { finder, scope: area, owner: searches.len() });
                digests.searches.push(digest);
                Ok((
                    area,
                    SearchAnswer { files: Vec::new(), broken: Vec::new(), cover: Arc::default() },
                ))
            });
            searches.push(Question::new(asked.clone(), ready));
        }
        let facts = needs.facts.iter().map(|asked| {
            Question::new(asked.clone(), areas.index(&asked.scope).map(|area| (area, ())))
        });
        let facts = facts.collect();
        let plan = Plan::new(rules, finders);
        Self {
            areas: areas.all,
            plan,
            owners,
            digests,
            patterns,
            searches,
            facts,
            words: words(needs),
        }
    }

    /// The scopes facts are asked of, with the planes.
    pub(super) fn facts_areas(&self) -> impl Iterator<Item = (usize, Planes)> {
        let ready = self.facts.iter().filter(|question| question.answer.is_ok());
        ready.map(|question| (question.area, question.asked.planes))
    }

    /// Whether a word occurs whose files' texts are kept.
    pub(super) fn has_word(&self, text: &str) -> bool {
        self.words.as_ref().is_some_and(|words| words.is_match(text))
    }
}

impl<Q, A> Question<Q, A> {
    fn new(asked: Q, ready: Result<(usize, A), Fault>) -> Self {
        let area = ready.as_ref().map_or(0, |(area, _)| *area);
        Self { asked, answer: ready.map(|(_, answer)| answer), area }
    }
}

/// Scopes, each compiled once.
struct Areas<'s, 'n> {
    session: &'s Session,
    known: IndexMap<&'n Scope, Result<usize, Fault>>,
    all: Vec<AskedArea>,
}

impl<'n> Areas<'_, 'n> {
    fn index(&mut self, scope: &'n Scope) -> Result<usize, Fault> {
        let (session, all) = (self.session, &mut self.all);
        let known = self.known.entry(scope).or_insert_with(|| {
            let area = session.area(scope)?;
            all.push(AskedArea { area, looks: false });
            Ok(all.len() - 1)
        });
        known.clone()
    }

    fn looked_at(&mut self, scope: &'n Scope) -> Result<usize, Fault> {
        let index = self.index(scope)?;
        self.all[index].looks = true;
        Ok(index)
    }
}

/// A matcher of the words; none where there are none. Too many to compile are as none: a text is then read again.
fn words(needs: &Needs) -> Option<AhoCorasick> {
    let words = needs.words.iter().filter(|word| !word.is_empty());
    let words: Vec<&str> = words.map(|word| &**word).collect();
    (!words.is_empty()).then(|| AhoCorasick::new(words).ok()).flatten()
}

/// All that decides what a rule finds in given bytes.
fn of_rule(language: Language, asked: &Pattern) -> Digest {
    let Pattern { target, tolerance, composites, nth_child, relations, scope: _ } = asked;
    digest::of(&(language, target, tolerance, composites, nth_child, relations))
}

fn pattern(session: &Session, asked: &Pattern) -> Result<(PatternAnswer, Vec<Rule>), Fault> {
    let lang = if session.bounds.lang == Lang::Auto {
        asked.scope.language()
    } else {
        session.bounds.lang
    };
    let compiled = pattern::compile(asked, lang);
    let mut flaws = compiled.flaws().into_iter().map(|(_, flaw)| flaw);
    if compiled.rules.is_empty() {
        let empty = || Fault::new(Kind::Argument, codes::PATTERN_EMPTY, "the pattern is empty");
        return Err(flaws.next().map_or_else(empty, Flaw::fault));
    }
    let view = |rule: &Rule| RuleView {
        language: rule.language,
        variables: rule.variables.clone(),
        literals: rule.literals(),
        kinds: rule.kinds.clone(),
        looked_at: 0,
    };
    let answer = PatternAnswer {
        rules: compiled.rules.iter().map(view).collect(),
        flaws: flaws.collect(),
        refused: compiled.refused.iter().map(|refusal| refusal.language.name()).collect(),
        files: Vec::new(),
        broken: Vec::new(),
        cover: Arc::default(),
    };
    Ok((answer, compiled.rules))
}
