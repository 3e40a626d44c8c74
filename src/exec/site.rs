//! The ids of actions in a result: made from the plan's text, so that they are the same however threads take turns.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::journal::Journal;
use crate::action::{Group, Registry};
use crate::source::Span;
use crate::syntax::ast::visit;
use crate::syntax::ast::{Action, ExprKind, File, StatementKind};

/// The id of each call of a plan, by the place of its name.
#[derive(Debug, Default)]
pub(super) struct Sites {
    ids: HashMap<Span, Arc<str>>,
    taken: HashSet<Arc<str>>,
    /// The least number that may be free, by base.
    next: HashMap<String, usize>,
}

impl Sites {
    /// Names every call: as its constant `id=` says, else by the action and how many calls of analyses come before.
    pub(super) fn of(file: &File, registry: &Registry) -> Self {
        let mut calls: Vec<&Action> = Vec::new();
        visit::statements(&file.body, &mut |statement| match &statement.kind {
            StatementKind::Action(action) | StatementKind::Future(action) => calls.push(action),
            _ => {}
        });
        let mut sites = Self::default();
        for call in &calls {
            if let Some(id) = written(call) {
                sites.add(call, id, 2);
            }
        }
        let mut before = 0;
        for call in &calls {
            let action = registry.find(&call.name.text);
            if written(call).is_none() {
                sites.add_numbered(
                    call,
                    action.map_or(&*call.name.text, |action| action.name),
                    before,
                );
            }
            before += usize::from(action.is_some_and(|action| action.group != Group::Basic));
        }
        sites
    }

    /// The id of the turn of a call that begins now; `wanted` is a computed `id=`.
    pub(super) fn id(&self, journal: &mut Journal, call: Span, wanted: Option<&str>) -> Arc<str> {
        let turn = journal.turn(call);
        let id = match (self.ids.get(&call), wanted) {
            (Some(id), wanted) if wanted.is_none_or(|wanted| *wanted == **id) => Arc::clone(id),
            (_, Some(wanted)) => return self.computed(journal, wanted),
            (_, None) => "action".into(),
        };
        if turn == 1 {
            return id;
        }
        // A written id of that form is taken: further turns step aside, each call in its own way.
        let free = (turn..).map(|n| format!("{id}_{n}")).find(|id| !self.taken.contains(&**id));
        free.map_or(id, Arc::from)
    }

    fn computed(&self, journal: &mut Journal, wanted: &str) -> Arc<str> {
        let id: Arc<str> = wanted.into();
        if !self.taken.contains(&id) && journal.ask(&id) {
            return id;
        }
        loop {
            let next: Arc<str> = format!("{id}_{}", journal.again(&id)).into();
            if !self.taken.contains(&next) && journal.ask(&next) {
                return next;
            }
        }
    }

    fn add_numbered(&mut self, call: &Action, name: &str, least: usize) {
        let mut n = self.next.get(name).map_or(least, |&next| next.max(least));
        // Each turn meets another written id, and none is met again.
        while self.taken.contains(&*format!("{name}_{n}")) {
            n += 1;
        }
        self.next.insert(name.to_owned(), n + 1);
        self.insert(call, format!("{name}_{n}").into());
    }

    fn add(&mut self, call: &Action, id: &Arc<str>, least: usize) {
        if self.taken.contains(id) {
            self.add_numbered(call, id, least);
        } else {
            self.insert(call, Arc::clone(id));
        }
    }

    fn insert(&mut self, call: &Action, id: Arc<str>) {
        self.taken.insert(Arc::clone(&id));
        self.ids.insert(call.name.span, id);
    }
}

fn written(call: &Action) -> Option<&Arc<str>> {
    let id = call.arguments.iter().find(|argument| &*argument.key.text == "id")?;
    match &id.value.kind {
        ExprKind::Text(text) => Some(&text.value),
        _ => None,
    }
}
