//! The shape of a call's arguments.

use crate::facts::Facts;
use crate::facts::body::{Arg, ArgKind};
use crate::value::Value;

/// How many arguments of which kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shape {
    pub(super) positional: usize,
    pub(super) keywords: Vec<String>,
    pub(super) star: bool,
    pub(super) star_star: bool,
}

impl Shape {
    pub(super) fn of(facts: &Facts, args: &[Arg]) -> Self {
        let mut shape = Self::default();
        for arg in args {
            match arg.kind {
                ArgKind::Positional => shape.positional += 1,
                ArgKind::Keyword => shape.keywords.push(facts.text(arg.name).to_owned()),
                ArgKind::Star => shape.star = true,
                ArgKind::DoubleStar => shape.star_star = true,
            }
        }
        shape
    }

    /// As rows hold it.
    pub(super) fn value(&self) -> Value {
        Value::object([
            ("positional", Value::count(self.positional)),
            ("keywords", Value::list(self.keywords.iter().map(|name| Value::str(name.as_str())))),
            ("star", Value::Bool(self.star)),
            ("star_star", Value::Bool(self.star_star)),
        ])
    }

    /// `2 positional, 1 keyword, *, **`.
    pub(super) fn words(&self) -> String {
        let mut parts = Vec::new();
        if self.positional > 0 {
            parts.push(format!("{} positional", self.positional));
        }
        match self.keywords.len() {
            0 => {}
            1 => parts.push("1 keyword".to_owned()),
            n => parts.push(format!("{n} keywords")),
        }
        parts.extend(self.star.then(|| "`*`".to_owned()));
        parts.extend(self.star_star.then(|| "`**`".to_owned()));
        if parts.is_empty() { "no arguments".to_owned() } else { parts.join(", ") }
    }
}
