//! What the names of a plan are, known from its text.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;

use super::context::Names;
use crate::action::bare::Declared;
use crate::diagnostic::Fault;
use crate::step::Resolved;
use crate::syntax::ast::visit;
use crate::syntax::ast::{File, StatementKind};
use crate::value::Value;

/// What a plan finds when it starts: the variables and results of plans that ran before it in the same session.
#[derive(Clone, Debug, Default)]
pub struct Outer {
    /// The variables; the results of steps under their ids and namespaces among them.
    pub variables: BTreeMap<Arc<str>, Value>,
    /// The results by id, as `run` has them.
    pub results: IndexMap<Arc<str>, Value>,
    /// Ids and namespaces of steps.
    pub steps: BTreeSet<Arc<str>>,
}

impl Names for Outer {
    fn read(&self, name: &str) -> Result<Option<Value>, Fault> {
        let run = || {
            let results = self.results.iter();
            Value::object(results.map(|(id, result)| (Arc::clone(id), result.clone())))
        };
        let found = self.variables.get(name).cloned();
        Ok(Some(found.unwrap_or_else(|| if name == "run" { run() } else { Value::Null })))
    }

    fn holds(&self, name: &str) -> bool {
        self.variables.contains_key(name)
    }
}

/// The names of a plan. Those of loops are known to the running scope only.
pub struct Known<'a> {
    steps: &'a Resolved,
    outer: Option<&'a Outer>,
    params: &'a [(Arc<str>, Value)],
    written: HashSet<Arc<str>>,
    /// Whether the plan starts any.
    pub(super) has_futures: bool,
}

impl<'a> Known<'a> {
    /// Reads the names of a plan.
    #[must_use]
    pub fn of(file: &File, steps: &'a Resolved, params: &'a [(Arc<str>, Value)]) -> Self {
        let (mut written, mut has_futures) = (HashSet::new(), false);
        visit::statements(&file.body, &mut |statement| match &statement.kind {
            StatementKind::Action(action) | StatementKind::Future(action) => {
                has_futures |= matches!(statement.kind, StatementKind::Future(_));
                written.extend(action.output.iter().map(|word| Arc::clone(&word.text)));
            }
            StatementKind::Set(set) => drop(written.insert(Arc::clone(&set.name.text))),
            StatementKind::Var(var) => drop(written.insert(Arc::clone(&var.name.text))),
            _ => {}
        });
        Self { steps, outer: None, params, written, has_futures }
    }

    /// The same, where an earlier plan of the session left names.
    #[must_use]
    pub fn after(self, outer: &'a Outer) -> Self {
        Self { outer: Some(outer), ..self }
    }

    /// What a name is, where `names` are at hand.
    #[must_use]
    pub fn declared(&self, name: &str, names: &dyn Names) -> Declared {
        if self.written.contains(name) || self.constant(name).is_some() {
            Declared::Variable
        } else if matches!(name, "error" | "run")
            || self.steps.named(name)
            || self.outer.is_some_and(|outer| outer.steps.contains(name))
        {
            Declared::Step
        } else if names.holds(name) {
            Declared::Variable
        } else {
            Declared::No
        }
    }

    fn constant(&self, name: &str) -> Option<&Value> {
        self.params.iter().find(|(param, _)| &**param == name).map(|(_, value)| value)
    }
}

/// Only what keeps its value can be read before the run: parameters, and what an earlier plan left.
impl Names for Known<'_> {
    fn read(&self, name: &str) -> Result<Option<Value>, Fault> {
        if self.written.contains(name) || self.steps.named(name) {
            return Ok(None);
        }
        let left = || self.outer.and_then(|outer| outer.variables.get(name));
        Ok(self.constant(name).or_else(left).cloned())
    }

    fn holds(&self, _name: &str) -> bool {
        false
    }
}
