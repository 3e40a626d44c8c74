//! The way to the statement at hand, and the way back to it: what a checkpoint says of where a plan stands.

use std::time::Duration;

use super::context::Frame;
use crate::value::Value;

/// A block that is being run.
#[derive(Clone, Debug)]
pub struct Place {
    /// The statement at hand.
    pub at: usize,
    /// How the block was entered.
    pub turn: Turn,
}

/// How a block was entered.
#[derive(Clone, Debug)]
pub enum Turn {
    /// As the body of the plan, of a `plan` block, or of a `while`.
    Plain,
    /// As that body of an `if`, from 0.
    Branch(usize),
    /// As the turn of an `each`, from 0, over that value.
    Each(Value, usize),
    /// As the body of a step.
    Step(Attempt),
}

/// An attempt of a step.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    /// What it had taken when it was taken up again.
    pub before: Duration,
    /// When it began or was taken up, on the run's clock.
    pub began: Duration,
}

/// The blocks that are being run, from the outside in.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    /// Where execution stands.
    pub(super) places: Vec<Place>,
    /// What the entries of the steps around have done, from the outside in.
    pub(super) frames: Vec<Frame>,
    /// Where it has to go first, from the inside out: what a checkpoint said.
    pub(super) ahead: Vec<Place>,
    /// What the entries of those steps had done, from the inside out.
    pub(super) frames_ahead: Vec<Frame>,
    /// The step that a jump is on its way to from there.
    pub(super) entry: Option<u32>,
    /// Actions of the journal that were kept already.
    pub(super) actions: usize,
}

impl Trail {
    /// Enters a block; gives the statement to begin with.
    pub(super) fn enter(&mut self, turn: Turn) -> usize {
        let at = self.ahead.pop().map_or(0, |place| place.at);
        self.places.push(Place { at, turn });
        at
    }

    /// The statement at hand.
    pub(super) fn at(&mut self, at: usize) {
        if let Some(place) = self.places.last_mut() {
            place.at = at;
        }
    }

    /// The step that a jump is on its way to, once the way back is gone.
    pub(super) fn take_entry(&mut self) -> Option<u32> {
        if self.ahead.is_empty() { self.entry.take() } else { None }
    }

    /// How the next block was entered, on the way back to where a checkpoint stands.
    pub(super) fn next(&self) -> Option<&Turn> {
        self.ahead.last().map(|place| &place.turn)
    }
}
