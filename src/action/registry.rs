//! All actions by name.

use super::Action;

/// The actions a run knows.
#[derive(Clone, Debug)]
pub struct Registry {
    actions: Vec<&'static Action>,
}

impl Registry {
    /// A registry of these actions.
    #[must_use]
    pub fn new(actions: &[&'static Action]) -> Self {
        Self { actions: actions.to_vec() }
    }

    /// Adds an action behind the others.
    pub fn add(&mut self, action: &'static Action) {
        self.actions.push(action);
    }

    /// The action of that name; `_` and `-` are the same letter.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&'static Action> {
        let same = |a: &str| a.bytes().map(dash).eq(name.bytes().map(dash));
        self.actions.iter().copied().find(|action| same(action.name))
    }

    /// All actions in order.
    pub fn iter(&self) -> impl Iterator<Item = &'static Action> + '_ {
        self.actions.iter().copied()
    }

    /// All names in order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.iter().map(|action| action.name)
    }
}

fn dash(byte: u8) -> u8 {
    if byte == b'_' { b'-' } else { byte }
}
