//! The arguments of one call, bound to parameters: every value has the kind its parameter asks for. Which value
//! belongs to which parameter is `arrange`'s.

use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;

pub use super::arrange::arrange;
pub use super::convert::{Mismatch, convert, from_text};
use super::{Action, Form, Param, Presence, embedded};
use crate::diagnostic::{Diagnostic, Fault, Kind as FaultKind, Severity};
use crate::facts::needs::Around;
use crate::source::Span;
use crate::value::{Value, duration};

/// Values by parameter name, in the order of the parameters; defaults are filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Args {
    values: IndexMap<String, Value>,
    around: Vec<Arc<Around>>,
}

impl Args {
    /// Sets a value.
    pub fn insert(&mut self, name: impl Into<String>, value: Value) {
        self.values.insert(name.into(), value);
    }

    /// Sets a value that may be absent.
    pub fn extend(&mut self, more: Option<(&str, Value)>) {
        if let Some((name, value)) = more {
            self.insert(name, value);
        }
    }

    /// Narrows what the call may see.
    pub fn narrow(&mut self, around: &[Arc<Around>]) {
        self.around.extend(around.iter().cloned());
    }

    /// What narrows the call beside its arguments.
    #[must_use]
    pub fn around(&self) -> &[Arc<Around>] {
        &self.around
    }

    /// The value, if the parameter was given or has a default.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// The text of a parameter; empty if absent.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.value(name).and_then(Value::as_str).unwrap_or("")
    }

    /// The text of a parameter that may be absent.
    #[must_use]
    pub fn maybe_text(&self, name: &str) -> Option<&str> {
        self.value(name).and_then(Value::as_str)
    }

    /// A whole number.
    #[must_use]
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.value(name) {
            Some(Value::Int(n)) => Some(*n),
            _ => None,
        }
    }

    /// Whether a flag is set.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.value(name), Some(Value::Bool(true)))
    }

    /// The words of a parameter of kind `globs`, or of any list of texts.
    #[must_use]
    pub fn texts(&self, name: &str) -> Vec<String> {
        match self.value(name) {
            Some(Value::Str(text)) => {
                let words = embedded::entries(text).into_iter().map(|range| text[range].to_owned());
                words.filter(|word| !word.is_empty()).collect()
            }
            Some(Value::List(list)) => {
                list.items().iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// A duration.
    #[must_use]
    pub fn duration(&self, name: &str) -> Option<Duration> {
        self.maybe_text(name).and_then(duration::parse)
    }

    /// All values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }
}

/// The arguments of a call as they are written. `V` stands for a value: an expression, or the value itself.
#[derive(Clone, Debug)]
pub struct Given<'a, V> {
    /// Where the action is named.
    pub name: Span,
    /// The bare word behind the name.
    pub option: Option<(&'a str, V, Span)>,
    /// The value without key.
    pub primary: Option<(V, Span)>,
    /// Values with keys.
    pub named: Vec<Named<'a, V>>,
}

/// A value with its key.
#[derive(Clone, Debug)]
pub struct Named<'a, V> {
    /// The key; dots are part of it.
    pub key: &'a str,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: V,
    /// Where the value stands.
    pub span: Span,
}

/// A value at its parameter.
#[derive(Clone, Debug)]
pub struct Slot<V> {
    /// The parameter; none for a further key of an action that takes any.
    pub param: Option<&'static Param>,
    /// The parameter's name, or the further key.
    pub name: String,
    /// The value.
    pub value: V,
    /// Where the value stands.
    pub span: Span,
}

/// The arguments of a call, each at its parameter.
#[derive(Clone, Debug)]
pub struct Arranged<V> {
    /// What the call asks for; unknown where the operation is computed.
    pub form: Option<&'static Form>,
    /// The operation, of an action that has several.
    pub op: Option<&'static str>,
    /// The values in the order written.
    pub slots: Vec<Slot<V>>,
}

/// A call ready to run.
#[derive(Clone, Debug)]
pub struct Bound {
    /// What it asks for.
    pub form: &'static Form,
    /// The operation, of an action that has several.
    pub op: Option<&'static str>,
    /// The arguments, of their kinds, with defaults.
    pub args: Args,
}

/// The parameters of a form, the common ones of analysis actions behind its own.
pub fn params(action: &Action, form: &'static Form) -> impl Iterator<Item = &'static Param> {
    let common = super::common(action.group);
    form.params.iter().chain(common)
}

/// Binds values to the parameters of an action.
///
/// # Errors
/// The first thing wrong with them, with the place of the argument.
pub fn bind(action: &'static Action, given: Given<'_, Value>) -> Result<Bound, Fault> {
    let place = given.name;
    let (arranged, wrong) = arrange(action, given, |value| value.as_str().map(str::to_owned));
    match wrong.into_iter().next() {
        Some(diagnostic) => Err(fault(action, diagnostic)),
        None => fill(action, arranged, place, |_, value| Ok(value)),
    }
}

pub(crate) fn fault(action: &Action, diagnostic: Diagnostic) -> Fault {
    let fault = Fault::new(FaultKind::Argument, diagnostic.code, diagnostic.message)
        .at(diagnostic.span)
        .of(action.name);
    match diagnostic.help {
        Some(help) => fault.help(help),
        None => fault,
    }
}

/// Computes the values of arranged arguments, converts each to its parameter's kind, fills in the defaults and checks
/// texts of embedded languages.
///
/// # Errors
/// What `eval` says, or the first value that does not fit.
pub fn fill<V>(
    action: &'static Action,
    arranged: Arranged<V>,
    place: Span,
    mut eval: impl FnMut(Option<&'static Param>, V) -> Result<Value, Fault>,
) -> Result<Bound, Fault> {
    let Some(form) = arranged.form else {
        return Err(fault(action, super::arrange::missing_operation(action, place)));
    };
    let mut given: Vec<(Option<&'static Param>, String, Value, Span)> =
        Vec::with_capacity(arranged.slots.len());
    for slot in arranged.slots {
        let value = eval(slot.param, slot.value).map_err(|fault| fault.at(slot.span))?;
        let value = match slot.param {
            Some(param) => convert(param.kind, value)
                .map_err(|mismatch| unfit(action, param, mismatch, slot.span))?,
            None => value,
        };
        given.push((slot.param, slot.name, value, slot.span));
    }
    let mut args = Args::default();
    for param in params(action, form) {
        let value = given.iter().find(|(of, ..)| of.is_some_and(|of| std::ptr::eq(of, param)));
        match (value, param.presence) {
            (Some((_, _, value, _)), _) => args.insert(param.name, value.clone()),
            (None, Presence::Default(text)) => args.insert(param.name, default(param, text)),
            (None, Presence::Required | Presence::Optional) => {}
        }
    }
    for (_, name, value, _) in given.iter().filter(|(param, ..)| param.is_none()) {
        args.insert(name.as_str(), value.clone());
    }
    for (param, _, value, span) in &given {
        if let (Some(param), Some(text)) = (param, value.as_str()) {
            inspect(action, param, text, &args).map_err(|fault| fault.at(*span))?;
        }
    }
    Ok(Bound { form, op: arranged.op, args })
}

/// The value of a default; a default that does not fit its own kind stays text.
#[must_use]
pub fn default(param: &Param, text: &str) -> Value {
    from_text(param.kind, text).unwrap_or_else(|_| Value::from(text))
}

fn unfit(action: &Action, param: &Param, mismatch: Mismatch, span: Span) -> Fault {
    let fault = Fault::new(FaultKind::Argument, mismatch.code, mismatch.message(param.name))
        .at(span)
        .of(action.name);
    match mismatch.help {
        Some(help) => fault.help(help),
        None => fault,
    }
}

fn inspect(action: &Action, param: &Param, text: &str, args: &Args) -> Result<(), Fault> {
    let problems = embedded::problems(param, text, args);
    let Some(problem) = problems.into_iter().find(|problem| problem.severity == Severity::Error)
    else {
        return Ok(());
    };
    let fault = Fault::new(FaultKind::Argument, problem.code, problem.message).of(action.name);
    Err(match problem.help {
        Some(help) => fault.help(help),
        None => fault,
    })
}
