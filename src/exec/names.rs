//! What the names of a plan are, known from its text.

use std::collections::HashSet;
use std::sync::Arc;

use super::context::Names;
use crate::action::bare::Declared;
use crate::diagnostic::Fault;
use crate::step::Resolved;
use crate::syntax::ast::visit;
use crate::syntax::ast::{File, StatementKind};
use crate::value::Value;

/// The names of a plan. Those of loops are known to the running scope only.
pub struct Known<'a> {
    steps: &'a Resolved,
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
        Self { steps, params, written, has_futures }
    }

    /// What a name is, where `names` are at hand.
    #[must_use]
    pub fn declared(&self, name: &str, names: &dyn Names) -> Declared {
        if self.written.contains(name) || self.constant(name).is_some() {
            Declared::Variable
        } else if matches!(name, "error" | "run") || self.steps.named(name) {
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

/// Only parameters that keep their value can be read before the run.
impl Names for Known<'_> {
    fn read(&self, name: &str) -> Result<Option<Value>, Fault> {
        Ok(if self.written.contains(name) { None } else { self.constant(name).cloned() })
    }

    fn holds(&self, _name: &str) -> bool {
        false
    }
}
