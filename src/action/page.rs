//! An action for programs: everything its table says, as data with a schema. Built from the table alone.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Action, Form, Forms, Group, Kind, Op, Param, Presence, Registry, args, common, doc};

/// An action.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Page {
    /// As plans call it.
    pub name: &'static str,
    /// `analysis` asks about the repository, `basic` works on values and, with permission, on the world, a `module` is
    /// written in QPlan.
    #[schemars(extend("enum" = ["analysis", "basic", "module"]))]
    pub group: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// What it does, one entry an operation; one without `op` where it has none.
    pub forms: Vec<Way>,
    /// Fields of its value; absent where they are not fixed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// Fields of each row of its value; absent where it has no rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Field>,
    /// Whether its value can be the result of a step that names nothing else.
    pub yields: bool,
    /// Statements of a step that show it.
    pub examples: Vec<Example>,
}

/// One thing an action does.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Way {
    /// The operation, written behind the action's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub op: Option<&'static str>,
    /// What the operation does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<&'static str>,
    /// How a plan calls it, on one line, without the common arguments.
    pub usage: String,
    /// Its arguments, the common ones last.
    pub arguments: Vec<Argument>,
    /// Whether it takes any other `key=value` too.
    pub open: bool,
}

/// An argument.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Argument {
    /// As written before `=`.
    pub name: &'static str,
    /// What it takes.
    #[schemars(extend("enum" = Kind::NAMES))]
    pub kind: &'static str,
    /// Whether it must be given.
    pub required: bool,
    /// Whether the value without a key is meant for it.
    pub primary: bool,
    /// Whether every action of the group takes it.
    pub common: bool,
    /// Whether a bare word is taken as written, and not as a variable.
    pub bare: bool,
    /// Its value where it is absent, as a plan or a command line writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<&'static str>,
    /// The words there are, of kind `word`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<&'static [&'static str]>,
    /// The least number it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least: Option<i64>,
    /// The greatest number it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<i64>,
    /// What it means.
    pub doc: &'static str,
}

/// A field of a value or row.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: &'static str,
    /// What it means.
    pub doc: &'static str,
}

/// Statements that show an action.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Example {
    /// What they show.
    pub title: &'static str,
    /// The statements of a step.
    pub plan: &'static str,
}

/// All actions.
#[must_use]
pub fn all(registry: &Registry) -> Vec<Page> {
    registry.iter().map(page).collect()
}

/// One action.
#[must_use]
pub fn page(action: &'static Action) -> Page {
    Page {
        name: action.name,
        group: match action.group {
            Group::Analysis => "analysis",
            Group::Basic => "basic",
            Group::Module => "module",
        },
        summary: action.summary,
        forms: match &action.forms {
            Forms::One(form) => vec![way(action, form, None)],
            Forms::Ops(ops) => ops.iter().map(|op| way(action, &op.form, Some(op))).collect(),
        },
        fields: fields(action.fields),
        rows: fields(action.rows),
        yields: action.counts,
        examples: action
            .examples
            .iter()
            .map(|example| Example { title: example.title, plan: example.plan })
            .collect(),
    }
}

fn way(action: &'static Action, form: &'static Form, op: Option<&Op>) -> Way {
    Way {
        op: op.map(|op| op.name),
        summary: op.map(|op| op.summary),
        usage: doc::usage(action, op.map(|op| op.name)),
        arguments: args::params(action, form).map(|param| argument(param, action.group)).collect(),
        open: form.open,
    }
}

fn argument(param: &'static Param, group: Group) -> Argument {
    let bounds = match param.kind {
        Kind::Int(least, most) => Some((least, most)),
        _ => None,
    };
    Argument {
        name: param.name,
        kind: param.kind.name(),
        required: param.presence == Presence::Required,
        primary: param.primary,
        common: common(group).iter().any(|common| std::ptr::eq(common, param)),
        bare: param.kind.takes_bare_words(),
        default: match param.presence {
            Presence::Default(text) => Some(text),
            Presence::Required | Presence::Optional => None,
        },
        words: match param.kind {
            Kind::Enum(words) => Some(words),
            _ => None,
        },
        least: bounds.map(|(least, _)| least).filter(|least| *least != i64::MIN),
        most: bounds.map(|(_, most)| most).filter(|most| *most != i64::MAX),
        doc: param.doc,
    }
}

fn fields(fields: &'static [super::Field]) -> Vec<Field> {
    fields
        .iter()
        .map(|field| Field { name: field.name, kind: field.kind, doc: field.doc })
        .collect()
}
