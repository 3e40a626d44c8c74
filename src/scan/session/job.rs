//! What a pass does with each file: which scopes hold it, and whether its facts are to be read.

use super::compile::Asked;
use super::{Session, State};
use crate::facts::needs::Planes;
use crate::scan::extract::Demand;

/// One file's share of a pass.
pub(super) struct Job {
    /// Its index.
    pub(super) index: usize,
    /// Which scopes it lies in.
    pub(super) holds: Vec<bool>,
    /// What is done about its facts.
    pub(super) demand: Demand,
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
        (is_looked_at || matches!(demand, Demand::Now(_))).then_some(Self { index, holds, demand })
    }

    /// The same file once more, for what was not stored.
    pub(super) fn again(session: &Session, asked: &Asked, index: usize) -> Self {
        Self { index, holds: holds(session, asked, index), demand: Demand::Nothing }
    }
}

fn holds(session: &Session, asked: &Asked, index: usize) -> Vec<bool> {
    asked.areas.iter().map(|asked| asked.area.holds(&session.files[index])).collect()
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
