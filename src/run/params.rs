//! The plan's `@params`: given by flags or a file, else their defaults.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, code, near};
use crate::exec::context::Constants;
use crate::exec::expression::{eval, render};
use crate::source::Span;
use crate::step::meta::{Meta, ParamDecl};
use crate::syntax::ast::{ExprKind, Part, Template};
use crate::value::{Value, duration};

/// A parameter as it was given.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// `--param k=text`: converted to the default's type.
    Text(String),
    /// From `--params FILE.json`: taken as it is.
    Typed(Value),
}

/// Bound parameters, readable by constants.
pub type Bound = Vec<(Arc<str>, Value)>;

/// A template before parameters are known: its holes as they are written.
#[must_use]
pub fn unrendered(template: &Template) -> Arc<str> {
    let part = |part: &Part| match part {
        Part::Text(text) => text.value.to_string(),
        Part::Hole(hole) => match hole.base_name() {
            Some((name, _)) => format!("${{{name}}}"),
            None => "${…}".to_owned(),
        },
    };
    template.parts.iter().map(part).collect::<String>().into()
}

/// A template with its parameters.
#[must_use]
pub fn rendered(template: &Template, params: &[(Arc<str>, Value)]) -> Arc<str> {
    render(&Constants(params), template).map_or_else(|_| unrendered(template), Into::into)
}

/// Gives every declared parameter its value.
///
/// # Errors
/// Unknown, missing and unconvertible parameters, one diagnostic each.
pub fn bind(meta: &Meta, given: &[(String, Given)]) -> Result<Bound, Vec<Diagnostic>> {
    let declared = &meta.params;
    let mut wrong: Vec<Diagnostic> = given
        .iter()
        .filter(|(name, _)| !declared.iter().any(|param| *param.name.text == **name))
        .map(|(name, _)| unknown(name, declared))
        .collect();
    let mut bound: Bound = Vec::with_capacity(declared.len());
    for param in declared {
        match value(param, given.iter().rev().find(|(name, _)| **name == *param.name.text), &bound)
        {
            Ok(value) => bound.push((Arc::clone(&param.name.text), value)),
            Err(diagnostic) => wrong.push(*diagnostic),
        }
    }
    if wrong.is_empty() { Ok(bound) } else { Err(wrong) }
}

fn value(
    param: &ParamDecl,
    given: Option<&(String, Given)>,
    bound: &Bound,
) -> Result<Value, Box<Diagnostic>> {
    let default = param.default.as_ref().map(|expr| eval(&Constants(bound), expr)).transpose();
    let default = default.map_err(|fault| {
        Box::new(Diagnostic::error(
            fault.code,
            fault.span.unwrap_or(param.name.span),
            fault.message.clone(),
        ))
    })?;
    match (given, default) {
        (None, Some(default)) => Ok(default),
        (None, None) => Err(Box::new(missing(param))),
        (Some((_, Given::Text(text))), Some(default)) if is_duration(param) => {
            match duration::parse(text) {
                Some(_) => Ok(Value::from(text.as_str())),
                None => Err(Box::new(unfit(param, text, &default))),
            }
        }
        (Some((_, Given::Text(text))), Some(default)) => {
            convert(text, &default).ok_or_else(|| Box::new(unfit(param, text, &default)))
        }
        (Some((_, Given::Text(text))), None) => Ok(Value::from(text.as_str())),
        (Some((_, Given::Typed(value))), Some(default)) if !fits(value, &default) => {
            Err(Box::new(unfit(param, &crate::value::show::json(value), &default)))
        }
        (Some((_, Given::Typed(value))), _) => Ok(value.clone()),
    }
}

/// Text as a value of the default's type; `None` where it is none.
fn convert(text: &str, default: &Value) -> Option<Value> {
    match default {
        Value::Str(_) | Value::Null => Some(Value::from(text)),
        Value::Bool(_) => text.parse().ok().map(Value::Bool),
        Value::Int(_) => text.parse().ok().map(Value::Int),
        Value::Float(_) => text.parse().ok().filter(|x: &f64| x.is_finite()).map(Value::Float),
        Value::List(_) | Value::Object(_) | Value::Table(_) => {
            serde_json::from_str::<serde_json::Value>(text)
                .ok()
                .map(Value::from)
                .filter(|value| fits(value, default))
        }
    }
}

fn fits(value: &Value, default: &Value) -> bool {
    match (default, value) {
        (Value::Null, _) => true,
        (Value::Int(_), Value::Float(_)) => false,
        _ => value.kind() == default.kind(),
    }
}

fn unknown(name: &str, declared: &[ParamDecl]) -> Diagnostic {
    let names: Vec<&str> = declared.iter().map(|param| &*param.name.text).collect();
    let message = format!("the plan has no parameter `{name}`");
    let diagnostic = Diagnostic::error(code::arguments::UNKNOWN_PARAMETER, Span::NOWHERE, message);
    match near(name, names.iter().copied()).first() {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None if names.is_empty() => diagnostic.help("it declares none: add `@params` to the plan"),
        None => diagnostic.help(format!("it declares {}", crate::diagnostic::either(&names))),
    }
}

fn missing(param: &ParamDecl) -> Diagnostic {
    let name = &param.name.text;
    Diagnostic::error(
        code::arguments::MISSING_PARAMETER,
        param.name.span,
        format!("the parameter `{name}` has no value"),
    )
    .help(format!("give it with `--param {name}=…`, or a default: `@params {name}=…`"))
}

fn unfit(param: &ParamDecl, text: &str, default: &Value) -> Diagnostic {
    let span: Span = param.default.as_ref().map_or(param.name.span, |expr| expr.span);
    let wanted = if is_duration(param) { "a duration" } else { wanted(default) };
    let message =
        format!("expected {wanted} for the parameter `{}`, found `{text}`", param.name.text);
    let fault = Diagnostic::error(code::arguments::UNFIT_PARAMETER, span, message)
        .label("its default fixes its type");
    if is_duration(param) { fault.help("a duration has a unit: `30s`, `200ms`") } else { fault }
}

fn wanted(default: &Value) -> &'static str {
    match default {
        Value::Int(_) => "a whole number",
        default => default.kind(),
    }
}

fn is_duration(param: &ParamDecl) -> bool {
    param.default.as_ref().is_some_and(|expr| matches!(expr.kind, ExprKind::Duration(_)))
}
