//! Names with two leading underscores, which inside a class mean one of that class (reference 6.2.1).

use std::borrow::Cow;

use super::classes::class_around;
use super::eval::{Eval, In};
use crate::facts::{DefId, ExprId, Facts, Str};

/// What a class adds to its private names; none if its name is all underscores.
pub(super) fn prefix(facts: &Facts, class: DefId) -> Option<String> {
    let name = facts.text(facts.def(class)?.name).trim_start_matches('_');
    (!name.is_empty()).then(|| format!("_{name}"))
}

pub(super) fn is_private(name: &str) -> bool {
    name.starts_with("__") && !name.ends_with("__")
}

impl<'p> Eval<'p> {
    /// The name of an attribute as its object knows it.
    pub(super) fn attribute_name(&self, file: In<'p>, attr: ExprId, name: Str) -> Cow<'p, str> {
        let text = file.facts.text(name);
        if !is_private(text) {
            return Cow::Borrowed(text);
        }
        let at = file.facts.expr(attr).map_or(0, |attr| attr.place.at);
        let class = class_around(file.facts, file.use_at(at).scope);
        match class.and_then(|class| prefix(file.facts, class)) {
            Some(prefix) => Cow::Owned(prefix + text),
            None => Cow::Borrowed(text),
        }
    }
}

/// The name as the body of a class writes it, from the one that its objects know; none if no member can be called so.
pub(super) fn written<'n>(facts: &Facts, class: DefId, name: &'n str) -> Option<&'n str> {
    if is_private(name) {
        return prefix(facts, class).is_none().then_some(name);
    }
    if !name.starts_with('_') {
        return Some(name);
    }
    let own = prefix(facts, class).and_then(|prefix| name.strip_prefix(&*prefix));
    Some(own.filter(|rest| is_private(rest)).unwrap_or(name))
}
