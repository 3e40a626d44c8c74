//! What a session takes over from a fragment that ran: names, results, settings, and what is shown of it.

use std::collections::HashMap;
use std::sync::Arc;

use super::fragment::{self, Form};
use super::{Given, Kept, Session};
use crate::action::Action;
use crate::exec::context::Scope;
use crate::report::Report;
use crate::run::{Loaded, Options, Settings};
use crate::step::meta::Meta;
use crate::syntax::ast::{StatementKind, visit};
use crate::system::System;
use crate::value::Value;

/// So many bare statements have their results kept under `step_1`, `step_2`, …
const HELD: usize = 100;

impl Session {
    /// Takes over what a fragment left.
    pub(super) fn keep(&mut self, plan: &Loaded, form: Form, report: &Report, scope: Scope) {
        if form == Form::Value {
            return;
        }
        self.outer.variables = scope.variables().into_iter().collect();
        self.outer.results = scope.results().clone();
        let outputs = plan.steps.steps.iter().flat_map(|step| &step.outputs);
        for name in outputs {
            self.outer.steps.remove(name);
            self.params.remove(name);
        }
        let steps = plan.steps.steps.iter().flat_map(|step| [&step.id, &step.namespace]);
        for name in steps.filter(|name| self.outer.variables.contains_key(*name)) {
            self.params.remove(name);
            self.outer.steps.insert(Arc::clone(name));
        }
        self.note_answers(plan, report);
        self.params.extend(plan.meta.params.iter().map(|param| Arc::clone(&param.name.text)));
        for step in report.steps.iter().filter(|step| step.status != "not_run") {
            self.steps.shift_remove(&step.id);
            self.steps.insert(Arc::clone(&step.id), step.clone());
        }
        self.hold(fragment::wrapped(plan));
        let top = plan.steps.steps.iter().filter(|step| step.parent.is_none());
        let ids = top.map(|step| Arc::clone(&step.id)).collect();
        self.kept.push(Kept { file: plan.file.clone(), form, status: report.status, ids });
    }

    /// Notes which variables hold the whole answer of an action: its fields are known, so a wrong one can be told.
    fn note_answers(&mut self, plan: &Loaded, report: &Report) {
        let mut written: Vec<(&Arc<str>, Option<&'static Action>)> = Vec::new();
        visit::statements(&plan.file.body, &mut |statement| match &statement.kind {
            StatementKind::Action(action) | StatementKind::Future(action) => {
                let found = plan.registry.find(&action.name.text);
                written.extend(action.output.iter().map(|word| (&word.text, found)));
            }
            StatementKind::Var(var) => written.push((&var.name.text, None)),
            StatementKind::Set(set) => written.push((&set.name.text, None)),
            _ => {}
        });
        for (name, _) in &written {
            self.answers.remove(*name);
        }
        if !matches!(report.status, "completed" | "stopped") {
            return;
        }
        for (at, (name, action)) in written.iter().enumerate() {
            let is_only =
                written.iter().enumerate().all(|(i, (other, _))| i == at || other != name);
            if let (Some(action), true, Some(Value::Table(_) | Value::Object(_))) =
                (action, is_only, self.outer.variables.get(*name))
            {
                self.answers.insert(Arc::clone(name), action);
            }
        }
    }

    /// Keeps the results of bare statements, but only of the last ones: nobody asks for `step_7` after hours, and its
    /// rows would stay for ever.
    fn hold(&mut self, ids: Vec<Arc<str>>) {
        self.wrapped += ids.len();
        self.held.extend(ids);
        let old = self.held.len().saturating_sub(HELD);
        for id in self.held.drain(..old) {
            // A variable may have taken the name.
            if self.outer.steps.remove(&id) {
                self.outer.variables.remove(&id);
                self.outer.results.shift_remove(&id);
                self.steps.shift_remove(&id);
            }
        }
    }

    /// What typed meta sets holds from then on.
    pub(super) fn settle(
        &mut self,
        meta: &Meta,
        form: Form,
        options: Options,
        system: &dyn System,
    ) {
        let says = meta.root.is_some() || meta.lang.is_some();
        if form == Form::File || !says && meta.within.is_empty() && meta.exclude.is_empty() {
            return;
        }
        let params: Vec<(Arc<str>, Value)> = self
            .params
            .iter()
            .filter_map(|name| Some((Arc::clone(name), self.value(name)?)))
            .collect();
        // The fragment ran with the same settings, so they can be had.
        let Ok(settings) = Settings::of(meta, &options, &params, system) else { return };
        if meta.root.is_some() {
            self.options.root = Some(settings.root);
        }
        if meta.lang.is_some() {
            self.options.lang = Some(settings.lang.name().to_owned());
        }
        self.options.within = settings.within;
        self.options.exclude = settings.exclude;
    }
}

/// What the last of a plan's own steps gave: its variables by name where it was wrapped, else its result.
pub(super) fn given(plan: &Loaded, form: Form, scope: &Scope) -> Vec<Given> {
    let Some(last) = plan.steps.steps.iter().rev().find(|step| step.parent.is_none()) else {
        return Vec::new();
    };
    let variables: HashMap<Arc<str>, Value> = scope.variables().into_iter().collect();
    let of = |name: &Arc<str>, shown: Option<Arc<str>>| {
        let value = variables.get(name).filter(|value| **value != Value::Null)?.clone();
        Some(Given { name: shown, value })
    };
    match form {
        Form::Value => {
            let value = variables.get(&last.id).cloned().unwrap_or_default();
            vec![Given { name: None, value }]
        }
        Form::Bare if last.outputs.is_empty() => of(&last.id, None).into_iter().collect(),
        Form::Bare => {
            let outputs = last.outputs.iter();
            outputs.filter_map(|name| of(name, Some(Arc::clone(name)))).collect()
        }
        Form::Steps | Form::File => of(&last.id, Some(Arc::clone(&last.id))).into_iter().collect(),
    }
}
