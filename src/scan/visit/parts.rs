//! Statements instead of files: a rule whose matches lie in one statement is looked for in the trees of those statements
//! alone that hold its leaves. A parser that only tells where statements stand is ten times as fast as one that makes
//! trees, and few statements hold the leaves of a rule.

use std::cmp::Reverse;
use std::ops::Range;

use super::walk::{Depth, Walk};
use super::{Candidate, Plan, Visit};
use crate::languages::statements::Statements;
use crate::languages::tree::LazyTree;
use crate::scan::pattern::Reach;
use crate::scan::prefilter::Look;
use crate::scan::room::Room;

// Why the answer is that of the whole tree: the language's own parser took the source without an error, so statements
// begin and end where it says. A grammar's statements know nothing of what stands around them (those of Python may stand
// in any block), and a statement that parses without an error has one tree. The kinds a rule starts at lie in the innermost
// statement around any of their bytes, so around each place of the leaf that every match holds. What parses with an error
// alone is looked at in the whole tree, whose errors are then the rule's. So an answer depends on the source and the rule,
// not on what else is asked: where a whole tree without errors is there anyway, it is used, and shows the same.

/// So many bytes there must be for each place of a leaf, or most of the source lies in statements that hold one.
const SPARSE: usize = 160;

/// A statement and its tree.
struct Part {
    start: u32,
    tree: LazyTree,
}

impl Plan {
    /// Whether statements are worth finding: all candidates can be looked for in them, and they are a small part of the
    /// source. To make a tree of it takes eight times as long as to find them.
    pub(super) fn are_parts_worth_it(
        &self,
        lazy: &LazyTree,
        look: &Look<'_>,
        candidates: &[Candidate],
    ) -> bool {
        let length = lazy.text().len();
        let places = candidates.iter().filter_map(|candidate| candidate.anchors.as_ref());
        let places: usize = places.map(Vec::len).sum();
        let is_sparse = lazy.knows_statements() || places.saturating_mul(SPARSE) < length;
        if candidates.is_empty()
            || !is_sparse
            || candidates.iter().any(|candidate| candidate.reach == Reach::File)
        {
            return false;
        }
        let Some(statements) = lazy.statements() else { return false };
        let ranges = self.ranges(statements, look, candidates);
        let covered: usize = ranges.iter().map(ExactSizeIterator::len).sum();
        covered < length / 4 * 3
    }

    /// Looks for candidates in single statements; returns those that need the whole tree.
    pub(super) fn match_parts(
        &self,
        lazy: &LazyTree,
        look: &Look<'_>,
        candidates: Vec<Candidate>,
        visit: &mut Visit,
        room: &Room,
        stop: &dyn Fn() -> bool,
    ) -> Vec<Candidate> {
        let is_narrow = |candidate: &Candidate| candidate.reach == Reach::Statement;
        let (narrow, mut whole): (Vec<_>, Vec<_>) = candidates.into_iter().partition(is_narrow);
        if narrow.is_empty() || stop() {
            return whole;
        }
        let Some(statements) = lazy.statements() else {
            whole.extend(narrow);
            return whole;
        };
        let mut groups = vec![narrow];
        while let Some(mut group) = groups.pop() {
            let ranges = self.ranges(statements, look, &group);
            match self.parse(lazy, &ranges, &group, stop) {
                Parsed::Stopped => return Vec::new(),
                Parsed::Clean(parts) => {
                    visit.parses.trees = visit.parses.trees.max(usize::from(!parts.is_empty()));
                    self.walk_parts(parts, group, visit, room, stop);
                }
                // Whose statement it is that does not parse must not matter to the others.
                Parsed::Faulty if group.len() > 1 => {
                    groups.extend(group.into_iter().map(|candidate| vec![candidate]));
                }
                Parsed::Faulty => {
                    visit.parses.trees = 1;
                    group.iter_mut().for_each(|candidate| candidate.reach = Reach::File);
                    whole.extend(group);
                }
            }
        }
        whole
    }

    /// The outermost statements that any of the candidates is to be looked for in, in order.
    fn ranges(
        &self,
        statements: &Statements,
        look: &Look<'_>,
        candidates: &[Candidate],
    ) -> Vec<Range<u32>> {
        let mut all: Vec<Range<u32>> = Vec::new();
        for candidate in candidates {
            let asked = &self.rules[candidate.rule];
            let mut last = None;
            for range in candidate.anchors.iter().flatten().filter_map(|&at| statements.around(at))
            {
                if last.as_ref() != Some(&range) && asked.occurs_in(look, &range) {
                    all.push(range.clone());
                }
                last = Some(range);
            }
        }
        all.sort_unstable_by_key(|range| (range.start, Reverse(range.end)));
        let mut end = 0;
        all.retain(|range| {
            let is_outer = range.end > end;
            end = end.max(range.end);
            is_outer
        });
        all
    }

    fn parse(
        &self,
        lazy: &LazyTree,
        ranges: &[Range<u32>],
        candidates: &[Candidate],
        stop: &dyn Fn() -> bool,
    ) -> Parsed {
        let mut parts = Vec::with_capacity(ranges.len());
        for range in ranges {
            let text = lazy.text().get(range.start as usize..range.end as usize).unwrap_or("");
            let mut tree = LazyTree::new(text.to_owned(), lazy.language());
            let Some(whole) = tree.tree(stop) else { return Parsed::Stopped };
            let depth = Depth::of(whole, &self.rules, candidates);
            if whole.root().get_inner_node().has_error() || depth == Depth::Beyond {
                return Parsed::Faulty;
            }
            parts.push(Part { start: range.start, tree });
        }
        Parsed::Clean(parts)
    }

    fn walk_parts(
        &self,
        parts: Vec<Part>,
        candidates: Vec<Candidate>,
        visit: &mut Visit,
        room: &Room,
        stop: &dyn Fn() -> bool,
    ) {
        let mut walk = Walk::new(&self.rules, candidates, Depth::Bounded);
        for mut part in parts {
            // It is built, so that nothing is to be stopped here.
            let Some(tree) = part.tree.tree(stop) else { return };
            if walk.over(tree, part.start, room, stop).is_none() {
                return;
            }
        }
        visit.add(walk, None);
    }
}

/// What came of parsing statements.
enum Parsed {
    Clean(Vec<Part>),
    /// One of them is not what its own language's parser takes it for, or is nested too deep.
    Faulty,
    Stopped,
}
