//! What a running plan holds: its variables, the step at hand, and the world it may reach.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;

use crate::action::{Engine, Output, Registry};
use crate::diagnostic::Fault;
use crate::step::event::Events;
use crate::system::control::Cancel;
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
    /// Told of everything.
    pub events: &'a dyn Events,
    /// The actions there are.
    pub registry: &'a Registry,
}

/// Where an expression finds its names.
pub trait Names {
    /// The value of a name; `None` where it cannot be known.
    fn read(&self, name: &str) -> Option<Value>;
    /// Whether the name has a value of its own now.
    fn holds(&self, name: &str) -> bool;
}

/// The one flat scope of a plan run. A name that is declared but not written reads `null`.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    values: HashMap<Arc<str>, Value>,
    results: IndexMap<Arc<str>, Value>,
}

impl Scope {
    /// Writes a variable.
    pub fn write(&mut self, name: &Arc<str>, value: Value) {
        match self.values.get_mut(name) {
            Some(old) => *old = value,
            None => {
                self.values.insert(Arc::clone(name), value);
            }
        }
    }

    /// Takes a variable's value out, so that it can be changed in place and written back.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.values.get_mut(name).map(std::mem::take)
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

    /// The names that have a value, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<Arc<str>> {
        let mut names: Vec<Arc<str>> = self.values.keys().cloned().collect();
        names.sort();
        names
    }

    /// All variables, sorted by name.
    #[must_use]
    pub fn snapshot(&self) -> Value {
        let mut names: Vec<&Arc<str>> = self.values.keys().collect();
        names.sort();
        Value::object(names.into_iter().map(|name| (Arc::clone(name), self.values[name].clone())))
    }
}

impl Names for Scope {
    fn read(&self, name: &str) -> Option<Value> {
        if let Some(value) = self.values.get(name) {
            return Some(value.clone());
        }
        if name == "run" {
            return Some(Value::object(
                self.results.iter().map(|(id, result)| (Arc::clone(id), result.clone())),
            ));
        }
        Some(Value::Null)
    }

    fn holds(&self, name: &str) -> bool {
        self.values.contains_key(name)
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
}

/// What one thread of execution holds.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The variables.
    pub scope: Scope,
    /// The step at hand.
    pub frame: Frame,
    /// Ends the work at hand.
    pub cancel: Cancel,
}

impl Context {
    /// Writes a variable whose value may have grown too big.
    ///
    /// # Errors
    /// A fault of kind `limit`.
    pub fn assign(&mut self, name: &Arc<str>, value: Value) -> Result<(), Fault> {
        ops::check_size(&value)?;
        self.scope.write(name, value);
        self.frame.written.insert(Arc::clone(name));
        Ok(())
    }

    /// Changes a variable in place.
    ///
    /// # Errors
    /// The fault of the change; of kind `limit` when the value has grown too big.
    pub fn change(
        &mut self,
        name: &Arc<str>,
        change: impl FnOnce(&mut Value) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut value = self.scope.take(name).unwrap_or_default();
        let changed = change(&mut value).and_then(|()| ops::check_size(&value));
        self.scope.write(name, value);
        self.frame.written.insert(Arc::clone(name));
        changed
    }
}
