//! Fields that are known before the run: of a step that returns by key, of what an action documents.

use super::scope::{Entry, Origin, Role, Scope};
use super::suggest::Budget;
use crate::action::{Action, Field, Group, Registry};
use crate::diagnostic::{Diagnostic, code::names::UNKNOWN_FIELD, either, is_slip};
use crate::source::Span;
use crate::syntax::ast::{self, Accessor, Expr, ExprKind};

/// How many names are followed from one value to the next.
const FUEL: u32 = 8;
/// Fields that lists, tables and texts have beside their own.
const COUNTS: [&str; 2] = ["count", "length"];
const TABLE: [&str; 5] = ["count", "complete", "rows", "summary", "coverage"];
const ERROR: [&str; 7] = ["kind", "code", "message", "step", "action", "attempt", "span"];

/// What is known of a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape<'a> {
    Unknown,
    /// The result of a step.
    Step(u32, &'a str),
    /// The table an action gives.
    Table(&'static Action),
    /// Rows of such a table.
    Rows(&'static Action),
    /// One of these rows.
    Row(&'static Action),
    /// The value of an action without rows.
    Value(&'static Action),
    /// `run`.
    Run,
    /// `error`.
    Error,
}

impl Shape<'_> {
    /// What a turn over the value gives.
    pub(super) fn item(self) -> Self {
        match self {
            Self::Table(action) | Self::Rows(action) => Self::Row(action),
            _ => Self::Unknown,
        }
    }
}

/// What the names of loops around give.
pub(super) type Turn<'f, 'a> = &'f dyn Fn(&str) -> Option<Shape<'a>>;

/// What is known of the value of an expression.
pub(super) fn shape<'a>(
    expr: &'a Expr,
    scope: &'a Scope<'a>,
    registry: &Registry,
    turn: Turn<'_, 'a>,
) -> Shape<'a> {
    Shapes { scope, registry, turn }.of(expr, FUEL)
}

#[derive(Clone, Copy)]
struct Shapes<'f, 'a> {
    scope: &'a Scope<'a>,
    registry: &'f Registry,
    turn: Turn<'f, 'a>,
}

impl<'a> Shapes<'_, 'a> {
    fn of(self, expr: &'a Expr, fuel: u32) -> Shape<'a> {
        let Some(fuel) = fuel.checked_sub(1) else { return Shape::Unknown };
        match &expr.kind {
            ExprKind::Paren(inner) => self.of(inner, fuel),
            ExprKind::Name(name) => (self.turn)(name).unwrap_or_else(|| self.name(name, fuel)),
            ExprKind::Access(base, accessor) => self.access(self.of(base, fuel), accessor, fuel),
            ExprKind::Call(function, arguments) => match (&*function.text, arguments.first()) {
                ("first" | "last", Some(rows)) => self.of(rows, fuel).item(),
                ("filter" | "sort" | "unique", Some(rows)) => match self.of(rows, fuel) {
                    Shape::Table(action) | Shape::Rows(action) => Shape::Rows(action),
                    _ => Shape::Unknown,
                },
                _ => Shape::Unknown,
            },
            _ => Shape::Unknown,
        }
    }

    fn name(self, name: &'a str, fuel: u32) -> Shape<'a> {
        match name {
            "run" => return Shape::Run,
            "error" => return Shape::Error,
            _ => {}
        }
        let Some(entry) = self.scope.names.get(name) else { return Shape::Unknown };
        match entry.role {
            Role::Id(number) | Role::Namespace(number) => Shape::Step(number, name),
            Role::Variable => self.variable(entry, fuel),
            Role::Parameter | Role::Wished => Shape::Unknown,
        }
    }

    fn variable(self, entry: &'a Entry<'a>, fuel: u32) -> Shape<'a> {
        match entry.origins.as_slice() {
            [Origin::Action(action)] if !entry.changed => self.action(action),
            [Origin::Answer(action)] if !entry.changed => Self::answer(action),
            [Origin::Value(value)] if !entry.changed => {
                Shapes { turn: &|_| None, ..self }.of(value, fuel)
            }
            _ => Shape::Unknown,
        }
    }

    fn action(self, action: &ast::Action) -> Shape<'a> {
        self.registry.find(&action.name.text).map_or(Shape::Unknown, Self::answer)
    }

    fn answer(action: &'static Action) -> Shape<'a> {
        match action {
            action if !action.rows.is_empty() => Shape::Table(action),
            action if !action.fields.is_empty() => Shape::Value(action),
            _ => Shape::Unknown,
        }
    }

    fn access(self, base: Shape<'a>, accessor: &'a Accessor, fuel: u32) -> Shape<'a> {
        match (base, field_of(accessor)) {
            (Shape::Table(action), Some(("rows", _))) => Shape::Rows(action),
            (Shape::Table(_) | Shape::Rows(_), None) => match accessor {
                Accessor::Index(index) if is_text(index) => Shape::Unknown,
                _ => base.item(),
            },
            (Shape::Step(number, _), Some((field, _))) => self.returned(number, field, fuel),
            (Shape::Run, Some((field, _))) => match self.scope.resolved.find(field) {
                Some(node) => Shape::Step(node.number, &node.id),
                None => Shape::Unknown,
            },
            _ => Shape::Unknown,
        }
    }

    /// The shape of a field of a step's result, where one thing gives it.
    fn returned(self, step: u32, field: &str, fuel: u32) -> Shape<'a> {
        let Some(returned) = self.scope.returned.get(step as usize) else { return Shape::Unknown };
        let by_default = self.scope.may_default(step);
        match returned.items.get(field) {
            Some(Some(value)) if !by_default => Shapes { turn: &|_| None, ..self }.of(value, fuel),
            None if by_default && returned.outputs.contains(field) => {
                match self.scope.names.get(field) {
                    Some(entry) if entry.role == Role::Variable => self.variable(entry, fuel),
                    _ => Shape::Unknown,
                }
            }
            _ => Shape::Unknown,
        }
    }
}

/// The constant field that an accessor asks for.
fn field_of(accessor: &Accessor) -> Option<(&str, Span)> {
    match accessor {
        Accessor::Field(word) => Some((&word.text, word.span)),
        Accessor::Index(index) => match &index.kind {
            ExprKind::Text(text) => Some((&text.value, index.span)),
            _ => None,
        },
    }
}

fn is_text(index: &Expr) -> bool {
    matches!(index.kind, ExprKind::Text(_) | ExprKind::Template(_))
}

/// What is wrong with a field that a known value does not have.
pub(super) fn unknown(
    base: Shape<'_>,
    accessor: &Accessor,
    scope: &Scope<'_>,
    budget: &mut Budget,
) -> Option<Diagnostic> {
    let (field, span) = field_of(accessor)?;
    let quote = if matches!(accessor, Accessor::Index(_)) { "\"" } else { "" };
    missing(base, field, span, quote, scope, budget)
}

/// As [`unknown`], for the first word of a path written in a string.
pub(super) fn missing(
    base: Shape<'_>,
    field: &str,
    span: Span,
    quote: &str,
    scope: &Scope<'_>,
    budget: &mut Budget,
) -> Option<Diagnostic> {
    let counts = COUNTS.contains(&field);
    if counts && !matches!(base, Shape::Step(..)) || has(base, field, scope)? {
        return None;
    }
    let names = if budget.is_spent() { Vec::new() } else { known(base, scope) };
    let whose = match base {
        Shape::Step(_, name) => format!("the result of step `{name}`"),
        Shape::Table(action) | Shape::Value(action) => format!("the value of `{}`", action.name),
        Shape::Rows(action) | Shape::Row(action) => format!("a row of `{}`", action.name),
        Shape::Run => "`run`".to_owned(),
        Shape::Error => "`error`".to_owned(),
        Shape::Unknown => return None,
    };
    let diagnostic =
        Diagnostic::error(UNKNOWN_FIELD, span, format!("{whose} has no field `{field}`"));
    if let (true, Shape::Step(_, name), Some(one)) = (counts, base, names.first()) {
        let text = format!(
            "lists and tables have it: take one of the result's fields, as in `{name}.{one}.{field}`"
        );
        return Some(diagnostic.help(text));
    }
    let rows = match base {
        Shape::Table(action) if action.rows.iter().any(|row| row.name == field) => {
            Some("its rows have it")
        }
        _ => None,
    };
    Some(match (rows, budget.near(field, names.iter().copied()).as_slice()) {
        (Some(_), _) => diagnostic.help(format!(
            "its rows have `{field}`: take one by `[0]`, or go through them by `each`"
        )),
        (None, [one]) if is_slip(field, one) => diagnostic
            .help(format!("did you mean `{one}`?"))
            .fix(span, format!("{quote}{one}{quote}")),
        (None, []) if names.is_empty() || names.len() > 20 => diagnostic,
        (None, []) => {
            diagnostic.help(format!("it has {}", either(&names).replace(" or `", " and `")))
        }
        (None, many) => diagnostic.help(format!("did you mean {}?", either(many))),
    })
}

/// Whether a value has a field; `None` where that is not known.
fn has(base: Shape<'_>, field: &str, scope: &Scope<'_>) -> Option<bool> {
    match base {
        Shape::Unknown | Shape::Rows(_) => None,
        Shape::Run => Some(scope.resolved.find(field).is_some() || scope.outer.contains(field)),
        Shape::Step(number, _) => {
            let returned = scope.returned.get(number as usize)?;
            let by_default = gives_outputs(number, scope);
            let known = !(returned.open || by_default && returned.outputs.is_empty());
            known.then(|| returned.has(field, by_default))
        }
        Shape::Table(action) | Shape::Value(action)
            if action.group == Group::Basic && action.fields.is_empty() =>
        {
            None
        }
        _ => Some(known(base, scope).contains(&field)),
    }
}

/// Whether the outputs of a step may be its result.
fn gives_outputs(step: u32, scope: &Scope<'_>) -> bool {
    let returned = scope.returned.get(step as usize);
    scope.may_default(step)
        || scope.ways.may_break_off(step)
        || returned.is_some_and(|returned| returned.items.is_empty() && !returned.open)
}

/// The fields a known value has.
fn known<'s>(base: Shape<'_>, scope: &'s Scope<'_>) -> Vec<&'s str> {
    let names = |fields: &'static [Field]| fields.iter().map(|field| field.name);
    match base {
        Shape::Unknown | Shape::Rows(_) => Vec::new(),
        Shape::Row(action) => names(action.rows).collect(),
        Shape::Table(action) => TABLE.into_iter().chain(names(action.fields)).collect(),
        Shape::Value(action) => names(action.fields).collect(),
        Shape::Run => scope.resolved.steps.iter().map(|node| &*node.id).collect(),
        Shape::Error => ERROR.to_vec(),
        Shape::Step(number, _) => of_step(number, scope),
    }
}

/// The fields of a step's result, sorted.
fn of_step<'s>(number: u32, scope: &'s Scope<'_>) -> Vec<&'s str> {
    let Some(returned) = scope.returned.get(number as usize) else { return Vec::new() };
    let mut names: Vec<&str> = returned.items.keys().copied().collect();
    if gives_outputs(number, scope) {
        names.extend(
            returned.outputs.iter().copied().filter(|output| !returned.items.contains_key(output)),
        );
    }
    names.sort_unstable();
    names
}
