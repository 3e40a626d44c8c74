//! What a pass does with each file: which scopes hold it, and whether its facts are to be read.

use super::compile::Asked;
use super::{Session, State};
use crate::facts::needs::Planes;
use crate::scan::extract::Demand;
use crate::scan::visit::{self, Wanted};

/// One file's share of a pass.
pub(super) struct Job {
    /// Its index.
    pub(super) index: usize,
    /// What is asked of it.
    pub(super) wanted: Wanted,
    /// What is done about its facts.
    pub(super) demand: Demand,
    /// Whether the cache is asked.
    pub(super) recalls: bool,
}

impl Job {
    /// The jobs of a pass, in the order of files.
    pub(super) fn all(session: &Session, asked: &Asked) -> Vec<Self> {
        let open = |index: &usize| session.states[*index].reason.is_none();
        (0..session.files.len())
            .filter(open)
            .filter_map(|index| Self::first(session, asked, index))
            .collect()
    }

    fn first(session: &Session, asked: &Asked, index: usize) -> Option<Self> {
        let holds = holds(session, asked, index);
        let planes = asked.facts_areas().filter(|(area, _)| holds[*area]).map(|(_, p)| p).max();
        let demand = demand(&session.states[index], planes);
        let is_looked_at = asked.areas.iter().zip(&holds).any(|(area, &held)| held && area.looks);
        let wanted = wanted(session, asked, index, &holds);
        (is_looked_at || matches!(demand, Demand::Now(_))).then_some(Self {
            index,
            wanted,
            demand,
            recalls: true,
        })
    }

    /// The same file once more, for what was not stored. The cache is not asked: it knows no bound.
    pub(super) fn again(session: &Session, asked: &Asked, index: usize) -> Self {
        let wanted = wanted(session, asked, index, &holds(session, asked, index));
        Self { index, wanted, demand: Demand::Nothing, recalls: false }
    }
}

fn holds(session: &Session, asked: &Asked, index: usize) -> Vec<bool> {
    asked.areas.iter().map(|asked| asked.area.holds(&session.files[index])).collect()
}

fn wanted(session: &Session, asked: &Asked, index: usize, holds: &[bool]) -> Wanted {
    let language = session.files[index].language;
    let is_asked = |rule: &visit::Asked| Some(rule.rule.language) == language && holds[rule.scope];
    Wanted {
        rules: asked.plan.rules.iter().map(is_asked).collect(),
        searches: asked.plan.searches.iter().map(|search| holds[search.scope]).collect(),
    }
}

/// What is asked beyond what is there.
fn demand(state: &State, asked: Option<Planes>) -> Demand {
    let held = state.facts.as_ref().map(|(_, planes)| *planes);
    match asked {
        _ if held == Some(Planes::Trivia) => Demand::Nothing,
        Some(planes) if held.is_none_or(|held| held < planes) => Demand::Now(planes),
        _ => Demand::OnHit,
    }
}
