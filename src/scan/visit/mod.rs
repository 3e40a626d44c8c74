//! The one visit of a file: searches over its bytes, its facts if they are wanted, then its tree, or those of single
//! statements, if a pattern's leaves all occur in it, and all patterns in one traversal.

mod macros;
mod matches;
mod parts;
mod walk;

use std::ops::Range;

use super::extract::{self, Demand};
use super::pattern::{Reach, Rule};
use super::prefilter::{Leaf, Leaves, Literals, Look, Sequence, Shape};
use super::room::Room;
use super::search::{Finder, Hits};
use crate::facts::{Facts, Language};
use crate::languages::tree::LazyTree;
pub use matches::{Capture, Match, Matches, NAME, Refusal};
use walk::{Depth, Walk};

/// All rules and searches of one pass, compiled.
pub(super) struct Plan {
    pub(super) rules: Vec<Asked>,
    pub(super) searches: Vec<AskedSearch>,
    literals: Literals,
}

/// A rule of a pattern that is asked.
pub(super) struct Asked {
    /// The rule.
    pub(super) rule: Rule,
    /// The index of its scope.
    pub(super) scope: usize,
    /// The leaves that each of its matches holds.
    inner: Vec<Sequence>,
    /// Groups of leaves, of each of which a match holds those of one.
    either: Vec<Vec<Sequence>>,
    /// Those that stand around each.
    around: Vec<Sequence>,
    /// Its word, as a leaf.
    word: Option<usize>,
}

/// A rule that may match in a file.
#[derive(Clone)]
struct Candidate {
    /// Its index.
    rule: usize,
    /// Places of which every match holds one; none if it may be anywhere.
    anchors: Option<Vec<u32>>,
    /// Where all that decides about a match lies.
    reach: Reach,
}

/// A search that is asked.
pub(super) struct AskedSearch {
    /// The search.
    pub(super) finder: Finder,
    /// The index of its scope.
    pub(super) scope: usize,
    /// The index of its question.
    pub(super) owner: usize,
}

/// What is asked of a file, by index.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// The rules, all of the file's language.
    pub(super) rules: Vec<bool>,
    /// The searches.
    pub(super) searches: Vec<bool>,
}

/// What a visit is to do.
#[derive(Clone, Copy)]
pub(super) struct Errand<'e> {
    pub(super) wanted: &'e Wanted,
    /// What is done about its facts.
    pub(super) demand: Demand,
    /// All of its facts, from whoever has them.
    pub(super) known: &'e dyn Fn() -> Option<Box<Facts>>,
}

/// What a file gave.
#[derive(Default)]
pub(super) struct Visit {
    /// For each rule that was looked for, because its leaves occur, by index.
    pub(super) matches: Vec<(usize, Matches)>,
    /// For each search with hits or that gave up, by index.
    pub(super) hits: Vec<(usize, Hits)>,
    /// Its facts, if they were wanted.
    pub(super) facts: Option<Box<Facts>>,
    /// How often it was parsed.
    pub(super) parses: Parses,
}

/// How often a file was parsed, by parser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Parses {
    /// Trees of tree-sitter.
    pub(super) trees: usize,
    /// Readings by the language's own parser.
    pub(super) own: usize,
}

impl Parses {
    /// The most by any one parser.
    pub(super) fn most(self) -> usize {
        self.trees.max(self.own)
    }

    /// Adds those of another visit.
    pub(super) fn add(&mut self, other: Self) {
        self.trees += other.trees;
        self.own += other.own;
    }
}

impl Visit {
    /// What storing all of it takes.
    pub(super) fn units(&self) -> usize {
        let matches: usize = self.matches.iter().map(|(_, matches)| matches.units).sum();
        matches + self.hits.iter().map(|(_, hits)| hits.count).sum::<usize>()
    }

    /// Whether all of it is stored.
    pub(super) fn is_whole(&self) -> bool {
        self.matches.iter().all(|(_, matches)| matches.stored.len() == matches.count)
            && self.hits.iter().all(|(_, hits)| hits.stored.len() == hits.count)
    }

    /// Whether rows, or what is said of the file, will point into its text.
    pub(super) fn shows_text(&self) -> bool {
        !self.hits.is_empty() || self.matches.iter().any(|(_, matches)| matches.says_anything())
    }

    /// Adds what was found in a tree with this first error.
    fn add(&mut self, walk: Walk<'_>, error: Option<u32>) {
        self.matches.extend(walk.finish().map(|(rule, mut matches)| {
            matches.error = error;
            (rule, matches)
        }));
    }

    /// Adds what another visit of the same bytes found of other questions; its own facts stand.
    pub(super) fn join(&mut self, other: Self) {
        self.matches.extend(other.matches);
        self.matches.sort_by_key(|(rule, _)| *rule);
        self.hits.extend(other.hits);
        self.hits.sort_by_key(|(search, _)| *search);
        self.facts = self.facts.take().or(other.facts);
    }

    /// Leaves only the counts.
    pub(super) fn strip(&mut self) {
        for (_, matches) in &mut self.matches {
            (matches.stored, matches.captures) = Default::default();
        }
        for (_, hits) in &mut self.hits {
            hits.stored = Vec::new();
        }
    }
}

impl Asked {
    fn new(rule: Rule, scope: usize, leaves: &mut Leaves) -> Self {
        let inner = std::iter::once(&rule.leaves).chain(&rule.inner);
        let inner = inner.map(|part| leaves.sequence(part)).collect();
        let mut group = |group: &Vec<Vec<Leaf>>| -> Vec<Sequence> {
            group.iter().map(|part| leaves.sequence(part)).collect()
        };
        let either = rule.either.iter().map(&mut group).collect();
        let around = group(&rule.around);
        let word = rule.word.as_deref();
        let word = word.map(|text| leaves.add(&Leaf { text: text.to_owned(), shape: Shape::Free }));
        Self { rule, scope, inner, either, around, word }
    }

    /// Whether all that a match holds, and what stands around it, occurs.
    fn occurs(&self, look: &Look<'_>) -> bool {
        self.inner.iter().chain(&self.around).all(|leaves| leaves.occurs(look))
            && self.either.iter().all(|group| group.iter().any(|leaves| leaves.occurs(look)))
            && self.word(look).is_none_or(|word| !look.places(word).is_empty())
    }

    /// Whether all that a match holds occurs in a range.
    fn occurs_in(&self, look: &Look<'_>, range: &Range<u32>) -> bool {
        let occurs = |leaves: &Sequence| leaves.occurs_in(look, range.clone());
        self.inner.iter().all(occurs) && self.either.iter().all(|group| group.iter().any(occurs))
    }

    /// Its word, where a match must hold it: names of other letters may be equal although they are written otherwise.
    fn word(&self, look: &Look<'_>) -> Option<usize> {
        self.word.filter(|_| look.is_ascii())
    }

    /// Places of which every match holds one: those of the leaf that has the fewest, or of one leaf for each of a group.
    fn anchors(&self, look: &Look<'_>) -> Option<Vec<u32>> {
        let rarest = self.inner.iter().filter_map(|leaves| leaves.rarest(look));
        let alone = rarest.chain(self.word(look)).map(|leaf| vec![leaf]);
        let group = |group: &Vec<Sequence>| {
            group.iter().map(|leaves| leaves.rarest(look)).collect::<Option<Vec<usize>>>()
        };
        let all = alone.chain(self.either.iter().filter_map(group));
        let count = |leaves: &Vec<usize>| -> usize {
            leaves.iter().map(|&leaf| look.places(leaf).len()).sum()
        };
        let leaves = all.min_by_key(count)?;
        let mut places: Vec<u32> =
            leaves.iter().flat_map(|&leaf| look.places(leaf)).copied().collect();
        if leaves.len() > 1 {
            places.sort_unstable();
            places.dedup();
        }
        Some(places)
    }
}

impl Plan {
    pub(super) fn new(rules: Vec<(Rule, usize)>, searches: Vec<AskedSearch>) -> Self {
        let mut leaves = Leaves::default();
        let rules = rules.into_iter().map(|(rule, scope)| Asked::new(rule, scope, &mut leaves));
        Self { rules: rules.collect(), searches, literals: leaves.build() }
    }

    /// Visits a source for what is wanted of it.
    pub(super) fn visit(
        &self,
        text: String,
        language: Language,
        errand: Errand<'_>,
        room: &Room,
        stop: &dyn Fn() -> bool,
    ) -> (Visit, String) {
        let Errand { wanted, demand, known } = errand;
        let mut visit = Visit::default();
        let searches = self.searches.iter().zip(&wanted.searches).enumerate();
        for (index, (asked, _)) in searches.filter(|(_, (_, wanted))| **wanted) {
            let hits = asked.finder.hits(text.as_bytes(), room, stop);
            if !hits.is_empty() {
                visit.hits.push((index, hits));
            }
        }
        let mut lazy = LazyTree::new(text, language);
        let mut rules = self.rules.iter().zip(&wanted.rules);
        if rules.any(|(asked, wanted)| *wanted && asked.rule.reach == Reach::Statement) {
            lazy.expect_statements();
        }
        if let Some(planes) = demand.planes(!visit.hits.is_empty()) {
            visit.facts = known();
            if visit.facts.is_none() {
                visit.facts = extract::facts(&mut lazy, language, planes, stop).map(Box::new);
                visit.parses.own = usize::from(language.has_own_parser());
            }
        }
        if wanted.rules.contains(&true) {
            self.look(&mut lazy, wanted, &mut visit, room, stop);
        }
        visit.matches.sort_unstable_by_key(|(rule, _)| *rule);
        visit.parses.trees += usize::from(lazy.is_built());
        visit.parses.own = visit.parses.own.max(usize::from(lazy.knows_statements()));
        (visit, lazy.into_text())
    }

    /// Looks for the rules that may match in what their leaves ask for: single statements, or the whole tree.
    fn look(
        &self,
        lazy: &mut LazyTree,
        wanted: &Wanted,
        visit: &mut Visit,
        room: &Room,
        stop: &dyn Fn() -> bool,
    ) {
        let look = self.literals.look(lazy.text().as_bytes());
        let mut candidates = self.candidates(&look, wanted);
        if self.are_parts_worth_it(lazy, &look, &candidates) {
            candidates = self.match_parts(lazy, &look, candidates, visit, room, stop);
        }
        if !candidates.is_empty() {
            self.match_tree(lazy, candidates, visit, room, stop);
        }
    }

    /// Wanted rules whose leaves all occur.
    fn candidates(&self, look: &Look<'_>, wanted: &Wanted) -> Vec<Candidate> {
        let wanted = |(index, asked): &(usize, &Asked)| wanted.rules[*index] && asked.occurs(look);
        let candidate = |(rule, asked): (usize, &Asked)| {
            let anchors = asked.anchors(look);
            let reach = if anchors.is_some() { asked.rule.reach } else { Reach::File };
            Candidate { rule, anchors, reach }
        };
        self.rules.iter().enumerate().filter(wanted).map(candidate).collect()
    }

    /// Looks for candidates in the whole tree. Where it has errors or is deep, those that one statement decides about are
    /// looked for in single statements all the same: what stands beside is none of their business, whatever else is asked.
    fn match_tree(
        &self,
        lazy: &mut LazyTree,
        mut candidates: Vec<Candidate>,
        visit: &mut Visit,
        room: &Room,
        stop: &dyn Fn() -> bool,
    ) {
        let Some(tree) = lazy.tree(stop) else { return };
        let error = walk::first_error(tree);
        let depth = Depth::of(tree, &self.rules, &candidates);
        if error.is_some() || depth == Depth::Beyond {
            let look = self.literals.look(lazy.text().as_bytes());
            candidates = self.match_parts(lazy, &look, candidates, visit, room, stop);
        }
        let Some(tree) = lazy.tree(stop).filter(|_| !candidates.is_empty()) else { return };
        let in_macros: Vec<Candidate> = candidates
            .iter()
            .filter(|candidate| self.rules[candidate.rule].rule.reads_macros)
            .cloned()
            .collect();
        let mut walk = Walk::new(&self.rules, candidates, depth);
        if walk.over(tree, 0, room, stop).is_none() {
            return;
        }
        visit.add(walk, error);
        self.match_macros(tree, in_macros, visit, room, stop);
    }
}

#[cfg(test)]
pub(super) mod tests;
