//! What a rule finds in one file: matches with the places of their captures, as far as there is room.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::ops::Range;

use ast_grep_core::tree_sitter::StrDoc;
use ast_grep_core::{Node, NodeMatch};
use bitcode::{Decode, Encode};

use crate::facts::Language;
use crate::scan::pattern::{self, MOST_STEPS, Rule, Takes};
use crate::scan::room::Room;

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
    pub(super) units: usize,
    /// What judging relations took so far.
    steps: usize,
    /// The first error of the tree they were looked for in, as a byte offset.
    pub error: Option<u32>,
    /// Set where the rule could not be applied, or not to every node.
    pub refused: Option<Refusal>,
}

/// Why a rule is not applied, or not to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Refusal {
    /// The tree is too deep.
    TooDeep,
    /// Relations look around for too long.
    TooFar,
    /// Macros lie too deep in one another.
    TooNested,
    /// Relations or places want to know what lies around a macro.
    Enclosed,
}

impl Refusal {
    /// In a few words.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::TooDeep => {
                "nested too deep to compare the nodes of a metavariable that is written twice, or to look inside up to a node"
            }
            Self::TooFar => "nested too deep or too wide to look around every node for relations",
            Self::TooNested => "macros are nested too deep in one another to look into all of them",
            Self::Enclosed => {
                "relations and places do not reach out of the brackets of macros: what is alike in there may match"
            }
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
    /// Whether it is found only because the question is tolerant.
    pub is_tolerant: bool,
}

/// What a tree that is walked is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ground {
    /// A file, or statements of one.
    Source,
    /// What stands between the brackets of a macro.
    Macro,
}

/// A node that is judged: where its tree begins and what that is of, and how deep it lies.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub(super) ground: Ground,
    pub(super) base: u32,
    pub(super) depth: usize,
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

impl Matches {
    /// Whether anything was found, or is to be said of the file.
    #[must_use]
    pub const fn says_anything(&self) -> bool {
        self.count > 0 || self.refused.is_some() || self.error.is_some()
    }

    /// Adds what a rule matches at a node, if it does.
    pub(super) fn judge(
        &mut self,
        rule: &Rule,
        node: Node<'_, StrDoc<Language>>,
        spot: Spot,
        room: &Room,
    ) {
        if self.steps > MOST_STEPS {
            self.refused = Some(Refusal::TooFar);
        } else if let Some(found) = rule.match_node(node.clone(), spot.depth, &mut self.steps) {
            self.add(rule, &found, spot, room);
        } else if spot.ground == Ground::Macro && rule.wants_to_see_more(&node) {
            self.refused.get_or_insert(Refusal::Enclosed);
        }
    }

    /// Adds a match.
    pub(super) fn add(
        &mut self,
        rule: &Rule,
        found: &NodeMatch<'_, StrDoc<Language>>,
        spot: Spot,
        room: &Room,
    ) {
        let (base, range) = (spot.base, found.range());
        let start = self.captures.len();
        let tie = if rule.is_entity {
            pattern::tie(found)
        } else {
            found.field("name").map(|name| name.range())
        };
        if let Some(tie) = tie {
            self.capture(NAME, base, tie);
        }
        let env = found.get_env();
        for (variable, number) in rule.variables.iter().zip(0..) {
            match variable.takes {
                Takes::One => {
                    if let Some(node) = env.get_match(&variable.name) {
                        self.capture(number, base, node.range());
                    }
                }
                Takes::Many => {
                    for node in env.get_multiple_matches(&variable.name) {
                        self.capture(number, base, node.range());
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
            lo: base + number_of(range.start),
            hi: base + number_of(range.end),
            kind: found.kind_id(),
            captures_end,
            is_tolerant: spot.ground == Ground::Macro || rule.is_found_by_tolerance(found),
        });
    }

    /// Adds what was found elsewhere in the same file, so that all are in reading order. A token of a macro is a node of
    /// two trees, and counts once.
    pub(super) fn merge(&mut self, other: Self) {
        self.refused = self.refused.or(other.refused);
        if other.count == 0 {
            return;
        }
        let node = |found: &Match| (found.lo, found.hi, found.kind);
        let known: HashSet<_> = self.stored.iter().map(node).collect();
        let is_new = |(found, _): &(Match, &[Capture])| !known.contains(&node(found));
        let mut all: Vec<(Match, Vec<Capture>)> = self
            .iter()
            .chain(other.iter().filter(is_new))
            .map(|(found, captures)| (found, captures.to_vec()))
            .collect();
        let twice = self.stored.len() + other.stored.len() - all.len();
        all.sort_by_key(|(found, _)| (found.lo, Reverse(found.hi)));
        self.stored.clear();
        self.captures.clear();
        for (found, captures) in all {
            self.captures.extend(captures);
            let captures_end = number_of(self.captures.len());
            self.stored.push(Match { captures_end, ..found });
        }
        self.count += other.count - twice;
        self.units += other.units;
    }

    fn capture(&mut self, variable: u32, base: u32, range: Range<usize>) {
        let (lo, hi) = (base + number_of(range.start), base + number_of(range.end));
        self.captures.push(Capture { variable, lo, hi });
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

pub(super) fn number_of(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
