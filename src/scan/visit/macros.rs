//! What stands between the brackets of macros, looked at as code by rules that ask for it: where it is no source of its own,
//! each part between commas, semicolons and arrows. Macros inside of macros are one level further.

use std::ops::Range;

use super::matches::{Refusal, number_of};
use super::walk::{Depth, Walk};
use super::{Candidate, Plan, Visit};
use crate::facts::Language;
use crate::languages::tree::{LazyTree, Tree};
use crate::scan::room::Room;

/// Macros that lie deeper in one another are not looked into.
const MOST_LEVELS: usize = 64;

/// Code between brackets, and where it begins in the file.
struct Piece {
    base: u32,
    tree: LazyTree,
}

impl Plan {
    /// Looks for candidates in the macros of a tree; what is found joins what was found around them.
    pub(super) fn match_macros(
        &self,
        tree: &Tree,
        candidates: Vec<Candidate>,
        visit: &mut Visit,
        room: &Room,
        stop: &dyn Fn() -> bool,
    ) {
        if candidates.is_empty() {
            return;
        }
        let mut pieces = pieces(tree, 0, &candidates, stop);
        for _ in 0..MOST_LEVELS {
            if pieces.is_empty() || stop() {
                return;
            }
            let mut walk = Walk::new(&self.rules, candidates.clone(), Depth::Bounded).in_macros();
            let mut inner = Vec::new();
            for piece in &mut pieces {
                let base = piece.base;
                let Some(tree) = piece.tree.tree(stop) else { return };
                if Depth::of(tree, &self.rules, &candidates) == Depth::Beyond {
                    walk.refuse(Refusal::TooDeep);
                } else if walk.over(tree, base, room, stop).is_none() {
                    return;
                }
                inner.extend(self::pieces(tree, base, &candidates, stop));
            }
            visit.merge(walk);
            pieces = inner;
        }
        if !pieces.is_empty() {
            let mut unseen = Walk::new(&self.rules, candidates, Depth::Bounded);
            unseen.refuse(Refusal::TooNested);
            visit.merge(unseen);
        }
    }
}

impl Visit {
    /// Adds what was found in macros to what was found around them.
    fn merge(&mut self, walk: Walk<'_>) {
        for (rule, found) in walk.finish() {
            match self.matches.iter_mut().find(|(known, _)| *known == rule) {
                Some((_, matches)) => matches.merge(found),
                None => self.matches.push((rule, found)),
            }
        }
    }
}

/// The pieces in the macros of a tree that may hold a match, in order.
fn pieces(tree: &Tree, base: u32, candidates: &[Candidate], stop: &dyn Fn() -> bool) -> Vec<Piece> {
    let root = tree.root();
    let text = tree.source();
    let mut cursor = root.get_inner_node().walk();
    let mut found = Vec::new();
    loop {
        let node = cursor.node();
        let may_hold = |range: &Range<usize>| {
            let range = base + number_of(range.start)..base + number_of(range.end);
            candidates.iter().any(|candidate| candidate.may_lie_in(&range))
        };
        let is_macro = node.kind() == "macro_invocation";
        let tokens = (is_macro && may_hold(&node.byte_range())).then(|| brackets(node)).flatten();
        if let Some(tokens) = tokens {
            let mut add = |range: Range<usize>, lazy: LazyTree| {
                if may_hold(&range) {
                    found.push(Piece { base: base + number_of(range.start), tree: lazy });
                }
            };
            split(tokens, text, &mut add, stop);
        }
        if !is_macro && may_hold(&node.byte_range()) && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return found;
            }
        }
    }
}

/// The brackets of a macro's call with all that is between them.
fn brackets(call: tree_sitter::Node<'_>) -> Option<tree_sitter::Node<'_>> {
    let mut cursor = call.walk();
    call.children(&mut cursor).find(|child| child.kind() == "token_tree")
}

/// All between the brackets if it is a source of its own, else its parts.
fn split(
    tokens: tree_sitter::Node<'_>,
    text: &str,
    add: &mut dyn FnMut(Range<usize>, LazyTree),
    stop: &dyn Fn() -> bool,
) {
    let inside = tokens.start_byte() + 1..tokens.end_byte().saturating_sub(1);
    let Some(whole) = text.get(inside.clone()) else { return };
    let mut lazy = LazyTree::new(whole.to_owned(), Language::Rust);
    let is_source = lazy.tree(stop).is_some_and(|tree| !tree.root().get_inner_node().has_error());
    if is_source {
        return add(inside, lazy);
    }
    let mut from = inside.start;
    let mut cursor = tokens.walk();
    let mut borders: Vec<Range<usize>> = tokens
        .children(&mut cursor)
        .filter(|token| matches!(token.kind(), "," | ";" | "=>"))
        .map(|token| token.byte_range())
        .collect();
    borders.push(inside.end..inside.end);
    for border in borders {
        if let Some(part) = text.get(from..border.start)
            && !part.trim().is_empty()
        {
            add(from..border.start, LazyTree::new(part.to_owned(), Language::Rust));
        }
        from = border.end;
    }
}

impl Candidate {
    /// Whether a match may lie in a range, as far as its anchors tell.
    fn may_lie_in(&self, range: &Range<u32>) -> bool {
        let Some(places) = &self.anchors else { return true };
        let next = places.partition_point(|&place| place < range.start);
        places.get(next).is_some_and(|&place| place < range.end)
    }
}
