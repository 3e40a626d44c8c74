//! The facts of a source as the scan keeps them, and how much of them a visit is to bring. Knows no question.

use std::sync::Arc;

use crate::facts::needs::Planes;
use crate::facts::{Facts, Language, Lines};
use crate::languages::tree::LazyTree;

/// What a visit is to do about a file's facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    /// Nothing: they are there, or the file was visited before.
    Nothing,
    /// Read all of them if a search hits.
    OnHit,
    /// Read these; all of them if a search hits.
    Now(Planes),
}

impl Demand {
    /// What to read of a file in which searches hit or not.
    pub(super) const fn planes(self, is_hit: bool) -> Option<Planes> {
        match (self, is_hit) {
            (Self::Nothing, _) | (Self::OnHit, false) => None,
            (Self::OnHit | Self::Now(_), true) => Some(Planes::Trivia),
            (Self::Now(planes), false) => Some(planes),
        }
    }
}

/// Reads the facts of a source; `None` if `stop` ended that.
pub(super) fn facts(
    source: &mut LazyTree,
    language: Language,
    planes: Planes,
    stop: &dyn Fn() -> bool,
) -> Option<Facts> {
    let lines = Arc::new(Lines::of(source.text(), language.line_ends()));
    let mut facts = language.facts(source, lines, stop)?;
    facts.keep(planes);
    Some(facts)
}
