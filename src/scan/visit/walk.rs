//! One traversal of a tree for all rules: a node meets only those of its kind that it can hold, and a subtree that holds
//! no place of any is not entered.

use std::ops::Range;

use ast_grep_core::Node;
use ast_grep_core::tree_sitter::StrDoc;

use super::matches::{Ground, Matches, Refusal, Spot, number_of};
use super::{Asked, Candidate};
use crate::facts::Language;
use crate::languages::tree::Tree;
use crate::scan::room::Room;

/// Deepest tree whose subtrees are compared; ast-grep recurses there.
const MAX_COMPARED_DEPTH: usize = 4_000;
/// So many nodes are visited between two questions whether to stop.
const NODES_A_BREATH: usize = 4_096;

/// A traversal of a tree, or of several that lie one behind the other in a source.
pub(super) struct Walk<'p> {
    rules: &'p [Asked],
    by_kind: Vec<Vec<usize>>,
    /// Those that may match a node of any kind.
    any: Vec<usize>,
    found: Vec<Found>,
    /// Those of all rules; none if one of them may match anywhere.
    anchors: Option<Anchors>,
    count: usize,
    ground: Ground,
}

/// What a rule found so far.
struct Found {
    rule: usize,
    anchors: Option<Anchors>,
    matches: Matches,
}

/// What may be done to a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// Whatever a rule asks for.
    Bounded,
    /// Nothing that recurses.
    Beyond,
}

impl Depth {
    /// That of a tree, if it matters to any of the candidates.
    pub(super) fn of(tree: &Tree, rules: &[Asked], candidates: &[Candidate]) -> Self {
        let recurses = candidates.iter().any(|candidate| rules[candidate.rule].rule.recurses);
        if recurses && is_deeper(&tree.root(), MAX_COMPARED_DEPTH) {
            Self::Beyond
        } else {
            Self::Bounded
        }
    }
}

impl<'p> Walk<'p> {
    /// Begins a traversal for candidates, of which there is at least one.
    pub(super) fn new(rules: &'p [Asked], candidates: Vec<Candidate>, depth: Depth) -> Self {
        let anchors = Anchors::of_all(&candidates);
        let (by_kind, any, found) = (Vec::new(), Vec::new(), Vec::with_capacity(candidates.len()));
        let ground = Ground::Source;
        let mut walk = Self { rules, by_kind, any, found, anchors, count: 0, ground };
        for candidate in candidates {
            walk.add(candidate, depth);
        }
        walk
    }

    /// The same over what stands in macros.
    pub(super) fn in_macros(self) -> Self {
        Self { ground: Ground::Macro, ..self }
    }

    fn add(&mut self, candidate: Candidate, depth: Depth) {
        let Candidate { rule, anchors, .. } = candidate;
        let slot = self.found.len();
        let mut matches = Matches::default();
        let asked = &self.rules[rule].rule;
        if asked.recurses && depth == Depth::Beyond {
            matches.refused = Some(Refusal::TooDeep);
        } else if let Some(kinds) = &asked.kinds {
            for kind in kinds.iter().map(|&kind| usize::from(kind)) {
                if self.by_kind.len() <= kind {
                    self.by_kind.resize_with(kind + 1, Vec::new);
                }
                self.by_kind[kind].push(slot);
            }
        } else {
            self.any.push(slot);
        }
        self.found.push(Found { rule, anchors: anchors.map(Anchors::new), matches });
    }

    /// Takes note that some of what the rules ask about was not looked at.
    pub(super) fn refuse(&mut self, refusal: Refusal) {
        for found in &mut self.found {
            found.matches.refused.get_or_insert(refusal);
        }
    }

    /// Goes over a tree whose text begins at `base`; `None` if `stop` ended that.
    pub(super) fn over(
        &mut self,
        tree: &Tree,
        base: u32,
        room: &Room,
        stop: &dyn Fn() -> bool,
    ) -> Option<()> {
        let root = tree.root();
        let mut cursor = root.get_inner_node().walk();
        let mut depth = 0_usize;
        loop {
            let node = cursor.node();
            self.count += 1;
            if self.count.is_multiple_of(NODES_A_BREATH) && stop() {
                return None;
            }
            let bytes = node.byte_range();
            let range = base + number_of(bytes.start)..base + number_of(bytes.end);
            let may_match = self.anchors.as_mut().is_none_or(|anchors| anchors.any_in(&range));
            if may_match {
                let of_kind = self.by_kind.get(usize::from(node.kind_id()));
                for &slot in of_kind.into_iter().flatten().chain(&self.any) {
                    let Found { rule, anchors, matches } = &mut self.found[slot];
                    // What another rule may match is none of this one's, or its answer would depend on company.
                    if anchors.as_mut().is_none_or(|anchors| anchors.any_in(&range)) {
                        let spot = Spot { ground: self.ground, base, depth };
                        matches.judge(&self.rules[*rule].rule, tree.adopt(node), spot, room);
                    }
                }
            }
            if may_match && cursor.goto_first_child() {
                depth += 1;
                continue;
            }
            while !cursor.goto_next_sibling() {
                depth = depth.saturating_sub(1);
                if !cursor.goto_parent() {
                    return Some(());
                }
            }
        }
    }

    /// What each rule found, by its index.
    pub(super) fn finish(self) -> impl Iterator<Item = (usize, Matches)> {
        self.found.into_iter().map(|found| (found.rule, found.matches))
    }
}

/// Sorted places, asked for ranges whose starts never go back.
struct Anchors {
    places: Vec<u32>,
    next: usize,
}

impl Anchors {
    const fn new(places: Vec<u32>) -> Self {
        Self { places, next: 0 }
    }

    fn of_all(candidates: &[Candidate]) -> Option<Self> {
        let mut places = Vec::new();
        for candidate in candidates {
            places.extend_from_slice(candidate.anchors.as_ref()?);
        }
        places.sort_unstable();
        Some(Self::new(places))
    }

    fn any_in(&mut self, range: &Range<u32>) -> bool {
        while self.places.get(self.next).is_some_and(|&place| place < range.start) {
            self.next += 1;
        }
        self.places.get(self.next).is_some_and(|&place| place < range.end)
    }
}

/// The first error of a tree, as a byte offset.
pub(super) fn first_error(tree: &Tree) -> Option<u32> {
    let root = tree.root();
    if !root.get_inner_node().has_error() {
        return None;
    }
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
