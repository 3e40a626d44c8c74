//! The one visit of a file: searches over its bytes, its facts if they are wanted, then its tree, if a pattern's texts all
//! occur in it, and all patterns in one traversal of that tree.

use std::ops::Range;

use ast_grep_core::tree_sitter::StrDoc;
use ast_grep_core::{Node, NodeMatch};
use bitcode::{Decode, Encode};
use memchr::memmem;

use super::extract::{self, Demand};
use super::pattern::{MOST_STEPS, Rule, Takes, Tie};
use super::prefilter::{Prefilter, Sequence, Texts};
use super::room::Room;
use super::search::{Finder, Hits};
use crate::facts::{Facts, Language};
use crate::languages::tree::{LazyTree, Tree};

/// Deepest tree whose subtrees are compared; ast-grep recurses there.
const MAX_COMPARED_DEPTH: usize = 4_000;
/// Why a rule is not applied there.
const TOO_DEEP: &str = "nested too deep to compare the nodes of a metavariable that is written twice, or to look inside up to a node";
/// Why a rule is not applied to the end.
const TOO_FAR: &str = "nested too deep or too wide to look around every node for relations";
/// So many nodes are visited between two questions whether to stop.
const NODES_A_BREATH: usize = 4_096;

/// All rules and searches of one pass, compiled.
pub(super) struct Plan {
    pub(super) rules: Vec<Asked>,
    pub(super) searches: Vec<AskedSearch>,
    prefilter: Prefilter,
}

/// A rule of a pattern that is asked.
pub(super) struct Asked {
    /// The rule.
    pub(super) rule: Rule,
    /// The index of its scope.
    pub(super) scope: usize,
    sequence: Sequence,
    /// Those of what stands around its matches.
    around: Vec<Sequence>,
    /// What its word is found by.
    word: Option<memmem::Finder<'static>>,
    /// Indices of the texts of its leaves.
    texts: Vec<usize>,
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

/// What a file gave.
#[derive(Default)]
pub(super) struct Visit {
    /// For each rule with matches or a broken tree, by index.
    pub(super) matches: Vec<(usize, Matches)>,
    /// For each search with hits, by index.
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

/// The matches of one rule in one file, in reading order, an outer one before those inside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Matches {
    /// The matches, as far as there was room.
    pub stored: Vec<Match>,
    /// Captured nodes of those stored.
    pub captures: Vec<Capture>,
    /// All matches there are.
    pub count: usize,
    /// All of them and their captures.
    units: usize,
    /// What judging relations took so far.
    steps: usize,
    /// Set where the rule could not be applied, or not to every node.
    pub refused: Option<Refusal>,
    /// The first error of the tree, as a byte offset.
    pub(super) error: Option<u32>,
}

/// Why a rule is not applied, or not to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Refusal {
    /// The tree is too deep for nodes to be compared.
    TooDeep,
    /// Relations look around for too long.
    TooFar,
}

impl Refusal {
    /// In a few words.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::TooDeep => TOO_DEEP,
            Self::TooFar => TOO_FAR,
        }
    }
}

/// A matching node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Match {
    /// First byte.
    pub lo: u32,
    /// One past the last byte.
    pub hi: u32,
    /// Its kind.
    pub kind: u16,
    /// Its captures are those up to here, from where the last match's end.
    pub captures_end: u32,
}

/// A captured node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Capture {
    /// The index of the metavariable, or [`NAME`].
    pub variable: u32,
    /// First byte.
    pub lo: u32,
    /// One past the last byte.
    pub hi: u32,
}

/// Marks the capture that is the matching node's own name; of an entity what ties it to the facts.
pub const NAME: u32 = u32::MAX;

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
    /// Whether a match can hold the rule's word. Names of other letters may be equal although they are written otherwise.
    fn holds_word(&self, text: &str) -> bool {
        let holds = |word: &memmem::Finder<'_>| word.find(text.as_bytes()).is_some();
        self.word.as_ref().is_none_or(|word| holds(word) || !text.is_ascii())
    }

    /// Places of which every match holds one; none if it may be anywhere.
    fn anchors(&self, source: &[u8]) -> Option<Vec<u32>> {
        let word = || {
            let word = self.word.as_ref().filter(|_| source.is_ascii())?;
            Some(word.find_iter(source).map(number_of).collect())
        };
        self.sequence.anchors(source).or_else(word)
    }
}

impl Plan {
    pub(super) fn new(rules: Vec<(Rule, usize)>, searches: Vec<AskedSearch>) -> Self {
        let mut texts = Texts::default();
        let rules = rules
            .into_iter()
            .map(|(rule, scope)| {
                let leaves = rule.leaves.iter().chain(rule.around.iter().flatten());
                Asked {
                    texts: leaves.map(|leaf| texts.add(&leaf.text)).collect(),
                    sequence: Sequence::new(&rule.leaves),
                    around: rule.around.iter().map(|leaves| Sequence::new(leaves)).collect(),
                    word: rule.word.as_deref().map(|word| memmem::Finder::new(word).into_owned()),
                    rule,
                    scope,
                }
            })
            .collect();
        Self { rules, searches, prefilter: texts.build() }
    }

    /// Visits a source for what is wanted of it.
    pub(super) fn visit(
        &self,
        text: String,
        language: Language,
        wanted: &Wanted,
        demand: Demand,
        room: &Room,
        stop: &dyn Fn() -> bool,
    ) -> (Visit, String) {
        let mut visit = Visit::default();
        for (index, asked) in
            self.searches.iter().enumerate().filter(|(at, _)| wanted.searches[*at])
        {
            let hits = asked.finder.hits(text.as_bytes(), room, stop);
            if hits.count > 0 {
                visit.hits.push((index, hits));
            }
        }
        let mut lazy = LazyTree::new(text, language);
        if let Some(planes) = demand.planes(!visit.hits.is_empty()) {
            visit.facts = extract::facts(&mut lazy, language, planes, stop).map(Box::new);
            visit.parses.own = usize::from(language.has_own_parser());
        }
        let candidates = self.candidates(lazy.text(), wanted);
        if !candidates.is_empty()
            && let Some(tree) = lazy.tree(stop)
        {
            self.match_all(tree, &candidates, &mut visit, room, stop);
        }
        visit.parses.trees = usize::from(lazy.is_built());
        (visit, lazy.into_text())
    }

    /// Wanted rules whose leaves all occur.
    fn candidates(&self, text: &str, wanted: &Wanted) -> Vec<usize> {
        if !wanted.rules.contains(&true) {
            return Vec::new();
        }
        let present = self.prefilter.present(text.as_bytes());
        let may_match = |asked: &Asked| {
            asked.texts.iter().all(|&text| present[text])
                && asked.sequence.occurs(text.as_bytes())
                && asked.around.iter().all(|around| around.occurs(text.as_bytes()))
                && asked.holds_word(text)
        };
        let rules = self.rules.iter().zip(&wanted.rules).enumerate();
        let found = rules.filter(|(_, (asked, wanted))| **wanted && may_match(asked));
        found.map(|(index, _)| index).collect()
    }

    /// One traversal for all rules: a node meets only those of its kind.
    fn match_all(
        &self,
        tree: &Tree,
        candidates: &[usize],
        visit: &mut Visit,
        room: &Room,
        stop: &dyn Fn() -> bool,
    ) {
        let root = tree.root();
        let mut table = self.table(candidates, &root);
        let error = if root.get_inner_node().has_error() { first_error(&root) } else { None };
        table.found.iter_mut().for_each(|(_, matches)| matches.error = error);
        let mut anchors = self.anchors(tree.source().as_bytes(), candidates);
        let mut cursor = root.get_inner_node().walk();
        let (mut count, mut depth) = (0_usize, 0_usize);
        loop {
            let node = cursor.node();
            count += 1;
            if count.is_multiple_of(NODES_A_BREATH) && stop() {
                return;
            }
            let may_match =
                anchors.as_mut().is_none_or(|anchors| anchors.any_in(&node.byte_range()));
            if may_match {
                for &slot in table
                    .by_kind
                    .get(node.kind_id() as usize)
                    .into_iter()
                    .flatten()
                    .chain(&table.any)
                {
                    let (index, matches) = &mut table.found[slot];
                    matches.judge(&self.rules[*index].rule, tree.adopt(node), depth, room);
                }
            }
            if may_match && cursor.goto_first_child() {
                depth += 1;
                continue;
            }
            while !cursor.goto_next_sibling() {
                depth = depth.saturating_sub(1);
                if !cursor.goto_parent() {
                    let telling = table.found.into_iter().filter(|(_, found)| found.is_telling());
                    visit.matches = telling.collect();
                    return;
                }
            }
        }
    }

    /// Places of which every match of a candidate holds one; none if a candidate may match anywhere.
    fn anchors(&self, source: &[u8], candidates: &[usize]) -> Option<Anchors> {
        let mut places = Vec::new();
        for &index in candidates {
            places.extend(self.rules[index].anchors(source)?);
        }
        places.sort_unstable();
        Some(Anchors { places, next: 0 })
    }

    fn table(&self, candidates: &[usize], root: &Node<'_, StrDoc<Language>>) -> Table {
        let recurses = candidates.iter().any(|&index| self.rules[index].rule.recurses);
        let too_deep = recurses && is_deeper(root, MAX_COMPARED_DEPTH);
        let mut table = Table::default();
        for &index in candidates {
            let rule = &self.rules[index].rule;
            let mut matches = Matches::default();
            if rule.recurses && too_deep {
                matches.refused = Some(Refusal::TooDeep);
            } else if let Some(kinds) = &rule.kinds {
                for kind in kinds.iter().map(|&kind| usize::from(kind)) {
                    if table.by_kind.len() <= kind {
                        table.by_kind.resize_with(kind + 1, Vec::new);
                    }
                    table.by_kind[kind].push(table.found.len());
                }
            } else {
                table.any.push(table.found.len());
            }
            table.found.push((index, matches));
        }
        table
    }
}

/// Rules by the kind of node they match.
#[derive(Default)]
struct Table {
    by_kind: Vec<Vec<usize>>,
    any: Vec<usize>,
    found: Vec<(usize, Matches)>,
}

/// Sorted places, asked for ranges whose starts never go back.
struct Anchors {
    places: Vec<u32>,
    next: usize,
}

impl Anchors {
    fn any_in(&mut self, range: &Range<usize>) -> bool {
        while self.places.get(self.next).is_some_and(|&place| (place as usize) < range.start) {
            self.next += 1;
        }
        self.places.get(self.next).is_some_and(|&place| (place as usize) < range.end)
    }
}

impl Matches {
    /// Whether there is more to say than that nothing matches.
    fn is_telling(&self) -> bool {
        self.error.is_some() || self.count > 0 || self.refused.is_some()
    }

    fn judge(&mut self, rule: &Rule, node: Node<'_, StrDoc<Language>>, depth: usize, room: &Room) {
        if self.steps > MOST_STEPS {
            self.refused = Some(Refusal::TooFar);
        } else if let Some(found) = rule.match_node(node, depth, &mut self.steps) {
            self.add(rule, &found, room);
        }
    }

    fn add(&mut self, rule: &Rule, found: &NodeMatch<'_, StrDoc<Language>>, room: &Room) {
        let range = found.range();
        let start = self.captures.len();
        let tie = match rule.tie {
            Tie::Name => found.field("name").map(|name| name.range()),
            Tie::Arguments => arguments(found).map(|arguments| arguments.range()),
            Tie::Whole => Some(range.clone()),
        };
        if let Some(tie) = tie {
            self.capture(NAME, tie);
        }
        let env = found.get_env();
        for (variable, number) in rule.variables.iter().zip(0..) {
            match variable.takes {
                Takes::One => {
                    if let Some(node) = env.get_match(&variable.name) {
                        self.capture(number, node.range());
                    }
                }
                Takes::Many => {
                    for node in env.get_multiple_matches(&variable.name) {
                        self.capture(number, node.range());
                    }
                }
            }
        }
        let units = self.captures.len() - start + 1;
        self.count += 1;
        self.units += units;
        if !room.take(units) {
            self.captures.truncate(start);
            return;
        }
        let captures_end = number_of(self.captures.len());
        self.stored.push(Match {
            lo: number_of(range.start),
            hi: number_of(range.end),
            kind: found.kind_id(),
            captures_end,
        });
    }

    fn capture(&mut self, variable: u32, range: Range<usize>) {
        self.captures.push(Capture {
            variable,
            lo: number_of(range.start),
            hi: number_of(range.end),
        });
    }

    /// Each stored match with its captures.
    pub fn iter(&self) -> impl Iterator<Item = (Match, &[Capture])> {
        let mut start = 0;
        self.stored.iter().map(move |&found| {
            let end = found.captures_end as usize;
            let captures = &self.captures[start..end];
            start = end;
            (found, captures)
        })
    }
}

fn number_of(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The brackets of a call's arguments; those of a macro have no field.
fn arguments<'t>(call: &Node<'t, StrDoc<Language>>) -> Option<Node<'t, StrDoc<Language>>> {
    let tokens = || call.children().find(|child| child.kind() == "token_tree");
    call.field("arguments").or_else(tokens)
}

fn first_error(root: &Node<'_, StrDoc<Language>>) -> Option<u32> {
    let node = root.dfs().find(|node| node.is_error() || node.is_missing())?;
    Some(number_of(node.range().start))
}

fn is_deeper(root: &Node<'_, StrDoc<Language>>, limit: usize) -> bool {
    let mut cursor = root.get_inner_node().walk();
    let mut depth = 0_usize;
    loop {
        if cursor.goto_first_child() {
            depth += 1;
            if depth > limit {
                return true;
            }
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return false;
            }
            depth -= 1;
        }
    }
}

#[cfg(test)]
mod tests;
