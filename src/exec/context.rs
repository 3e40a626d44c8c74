//! What a running plan holds: its variables, the step at hand, and the world it may reach.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::mpsc::Sender;

use indexmap::{IndexMap, IndexSet};

use super::checkpoint::Keeper;
use super::future::{Job, Promise, Started};
use super::journal::Journal;
use super::lane::Lane;
use super::module::Modules;
use super::trail::{Trail, Turn};
use crate::action::{Engine, Output, Registry};
use crate::diagnostic::Fault;
use crate::step::event::Events;
use crate::step::handle::Handle;
use crate::system::control::{Cancel, Slots};
use crate::system::{Gate, System};
use crate::value::{Value, ops};

/// Everything outside the plan that a run may touch.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// Files, clock, environment.
    pub system: &'a dyn System,
    /// Decides every effect.
    pub gate: &'a Gate,
    /// The repository.
    pub engine: &'a dyn Engine,
    /// Takes the plan's lines.
    pub output: &'a dyn Output,
    /// Ends and holds the run, and is told of everything.
    pub handle: &'a Handle,
    /// The actions there are.
    pub registry: &'a Registry,
    /// Those of them that are written in QPlan.
    pub modules: &'a Modules,
    /// Keeps checkpoints; none: there are none.
    pub keeper: Option<&'a dyn Keeper>,
}

impl<'a> World<'a> {
    /// Who is told of everything.
    #[must_use]
    pub fn events(&self) -> &'a dyn Events {
        self.handle.events()
    }
}

/// Where an expression finds its names.
pub trait Names {
    /// The value of a name; `None` where it cannot be known.
    ///
    /// # Errors
    /// The fault of the future that the name holds.
    fn read(&self, name: &str) -> Result<Option<Value>, Fault>;
    /// Whether the name has a value of its own now.
    fn holds(&self, name: &str) -> bool;
}

/// Names that keep their values: parameters.
#[derive(Clone, Copy, Debug)]
pub struct Constants<'a>(pub &'a [(Arc<str>, Value)]);

impl Names for Constants<'_> {
    fn read(&self, name: &str) -> Result<Option<Value>, Fault> {
        let found = self.0.iter().find(|(constant, _)| &**constant == name);
        Ok(found.map(|(_, value)| value.clone()))
    }

    fn holds(&self, name: &str) -> bool {
        self.0.iter().any(|(constant, _)| &**constant == name)
    }
}

/// What a variable holds.
#[derive(Clone, Debug)]
enum Held {
    Value(Value),
    Future(Arc<Promise>),
}

/// The one flat scope of a plan run. A name that is declared but not written reads `null`.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    values: HashMap<Arc<str>, Held>,
    results: IndexMap<Arc<str>, Value>,
    /// The names that were written, for those who take the writes over.
    changed: Option<IndexSet<Arc<str>>>,
}

impl Scope {
    /// Writes a variable.
    pub fn write(&mut self, name: &Arc<str>, value: Value) {
        self.hold(name, Held::Value(value));
    }

    /// Puts a future under a name.
    pub(super) fn promise(&mut self, name: &Arc<str>, promise: Arc<Promise>) {
        self.hold(name, Held::Future(promise));
    }

    fn hold(&mut self, name: &Arc<str>, held: Held) {
        if let Some(changed) = &mut self.changed {
            changed.insert(Arc::clone(name));
        }
        match self.values.get_mut(name) {
            Some(old) => *old = held,
            None => {
                self.values.insert(Arc::clone(name), held);
            }
        }
    }

    /// Takes a variable's value out, so that it can be changed in place and written back.
    fn take(&mut self, name: &str) -> Option<Value> {
        match self.values.get_mut(name) {
            Some(Held::Value(value)) => Some(std::mem::take(value)),
            _ => None,
        }
    }

    /// The future under a name.
    pub(super) fn future(&self, name: &str) -> Option<&Arc<Promise>> {
        match self.values.get(name) {
            Some(Held::Future(promise)) => Some(promise),
            _ => None,
        }
    }

    /// Forgets a variable: loop names end with their loop.
    pub fn forget(&mut self, name: &str) {
        self.values.remove(name);
    }

    /// Stores a step's result under its id, its namespace and in `run`.
    pub fn store(&mut self, id: &Arc<str>, namespace: &Arc<str>, result: &Value) {
        self.write(id, result.clone());
        self.write(namespace, result.clone());
        self.results.insert(Arc::clone(id), result.clone());
    }

    /// A copy that remembers what is written to it.
    pub(super) fn branch(&self) -> Self {
        Self { changed: Some(IndexSet::new()), ..self.clone() }
    }

    /// Takes over what was written to a [`Scope::branch`] of it.
    pub(super) fn absorb(&mut self, branch: &mut Self) {
        for name in branch.changed.take().unwrap_or_default() {
            match branch.values.remove(&name) {
                Some(held) => self.hold(&name, held),
                None => self.forget(&name),
            }
            if let Some(result) = branch.results.shift_remove(&name) {
                self.results.insert(name, result);
            }
        }
    }

    /// All variables, sorted by name; one that still waits for its value is `null`.
    #[must_use]
    pub fn snapshot(&self) -> Value {
        Value::object(self.variables())
    }

    /// All variables, sorted by name; one that still waits for its value is `null`.
    #[must_use]
    pub fn variables(&self) -> Vec<(Arc<str>, Value)> {
        let mut names: Vec<(&Arc<str>, &Held)> = self.values.iter().collect();
        names.sort_by_key(|(name, _)| *name);
        let value = |held: &Held| match held {
            Held::Value(value) => value.clone(),
            Held::Future(_) => Value::Null,
        };
        names.into_iter().map(|(name, held)| (Arc::clone(name), value(held))).collect()
    }

    /// The results of the steps that have ended, in the order they first did.
    #[must_use]
    pub const fn results(&self) -> &IndexMap<Arc<str>, Value> {
        &self.results
    }

    /// A scope of these variables and results.
    #[must_use]
    pub fn of(
        variables: impl IntoIterator<Item = (Arc<str>, Value)>,
        results: IndexMap<Arc<str>, Value>,
    ) -> Self {
        let values = variables.into_iter().map(|(name, value)| (name, Held::Value(value)));
        Self { values: values.collect(), results, changed: None }
    }
}

/// The entry of a step that is being run.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// Its number; 0 outside every step.
    pub step: u32,
    /// What `return` said.
    pub returned: Option<Value>,
    /// The last action's value.
    pub last: Option<Value>,
    /// The names its own statements have written.
    pub written: HashSet<Arc<str>>,
    /// The futures it started, in that order.
    pub(super) futures: Vec<Started>,
}

/// What one thread of execution holds.
#[derive(Clone, Debug)]
pub struct Context {
    /// The variables.
    pub scope: Scope,
    /// The step at hand.
    pub frame: Frame,
    /// Ends the work at hand.
    pub cancel: Cancel,
    /// What has happened.
    pub journal: Journal,
    /// Where its lines wait for their turn; none: they are written at once.
    pub(super) lane: Option<Arc<Lane>>,
    /// Takes the futures it starts.
    pub(super) jobs: Option<Sender<Box<Job>>>,
    /// The way to the statement at hand, where checkpoints are written.
    pub(super) trail: Option<Box<Trail>>,
    /// Threads that may compute.
    pub(super) slots: Arc<Slots>,
}

impl Names for Context {
    fn read(&self, name: &str) -> Result<Option<Value>, Fault> {
        match self.scope.values.get(name) {
            Some(Held::Value(value)) => return Ok(Some(value.clone())),
            Some(Held::Future(promise)) => {
                return promise.wait(&self.cancel, &self.slots).map(Some);
            }
            None => {}
        }
        if name == "run" {
            let results = self.scope.results.iter();
            return Ok(Some(Value::object(results.map(|(id, r)| (Arc::clone(id), r.clone())))));
        }
        Ok(Some(Value::Null))
    }

    fn holds(&self, name: &str) -> bool {
        self.scope.values.contains_key(name)
    }
}

impl Context {
    /// Writes a variable whose value may have grown too big.
    ///
    /// # Errors
    /// A fault of kind `limit`; what ended the wait for a future under that name.
    pub fn assign(&mut self, name: &Arc<str>, value: Value) -> Result<(), Fault> {
        ops::check_size(&value)?;
        self.free(name)?;
        self.scope.write(name, value);
        self.frame.written.insert(Arc::clone(name));
        Ok(())
    }

    /// Changes a variable in place.
    ///
    /// # Errors
    /// The fault of the change; of kind `limit` when the value has grown too big; that of a future under that name.
    pub fn change(
        &mut self,
        name: &Arc<str>,
        change: impl FnOnce(&mut Value) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut value = match self.scope.take(name) {
            Some(value) => value,
            None => self.read(name)?.unwrap_or_default(),
        };
        let changed = change(&mut value).and_then(|()| ops::check_size(&value));
        self.scope.write(name, value);
        self.frame.written.insert(Arc::clone(name));
        changed
    }

    /// How the next block was entered, on the way back to where a checkpoint stands.
    pub(super) fn ahead(&self) -> Option<&Turn> {
        self.trail.as_ref().and_then(|trail| trail.next())
    }

    /// Waits for the future under a name that is about to be overwritten; its error stays to be raised.
    ///
    /// # Errors
    /// What ended the wait.
    pub(super) fn free(&self, name: &str) -> Result<(), Fault> {
        match self.scope.future(name) {
            Some(promise) => promise.settle(&self.cancel, &self.slots),
            None => Ok(()),
        }
    }
}
