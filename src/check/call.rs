//! Calls of functions: the function exists and gets as many values as it takes.

use super::suggest::Budget;
use crate::action::{Forms, Registry};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::arguments as codes;
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, Var, Word};
use crate::value::function::{self, FUNCTIONS, Function};

/// What is wrong with a call.
pub(super) fn check(
    name: &Word,
    arguments: &[Expr],
    span: Span,
    registry: &Registry,
    budget: &mut Budget,
) -> Option<Diagnostic> {
    let Some(function) = function::find(&name.text) else {
        return Some(unknown(name, registry, budget));
    };
    let count = arguments.len();
    if (function.least..=function.most).contains(&count) {
        return None;
    }
    let text = format!("`{}` takes {}, found {count}", function.name, amount(function));
    Some(
        Diagnostic::error(codes::FUNCTION_ARGUMENTS, span, text)
            .help(format!("write `{}`", usage(function))),
    )
}

fn amount(function: &Function) -> String {
    let values = |n: usize| if n == 1 { "1 value".to_owned() } else { format!("{n} values") };
    match (function.least, function.most) {
        (least, most) if least == most => values(least),
        (least, usize::MAX) => format!("at least {}", values(least)),
        (least, most) => format!("{least} to {}", values(most)),
    }
}

fn usage(function: &Function) -> String {
    let mut params: Vec<String> = function.params.iter().map(|param| (*param).to_owned()).collect();
    for param in params.iter_mut().skip(function.least) {
        *param = format!("[{param}]");
    }
    let more = if function.most == usize::MAX { ", …" } else { "" };
    format!("{}({}{more})", function.name, params.join(", "))
}

/// `var x = search("a")`: an action as the value of a variable, which is a statement of its own.
pub(super) fn action_as_value(var: &Var, whole: Span, registry: &Registry) -> Option<Diagnostic> {
    let ExprKind::Call(name, arguments) = &var.value.kind else { return None };
    let action = registry.find(&name.text).filter(|_| function::find(&name.text).is_none())?;
    let text = format!("`{}` is an action, not a function", name.text);
    let diagnostic = Diagnostic::error(codes::UNKNOWN_FUNCTION, name.span, text);
    let one = match arguments.as_slice() {
        [Expr { kind: ExprKind::Text(text), .. }] => Some(text),
        _ => None,
    };
    Some(match (one, &action.forms) {
        (Some(text), Forms::One(_)) => {
            let right = format!("{} {} -> {}", action.name, text.raw, var.name.text);
            diagnostic.help(format!("write `{right}`")).fix(whole, right)
        }
        _ => diagnostic.help(format!(
            "an action is a statement of its own: `{} … -> {}`",
            action.name, var.name.text
        )),
    })
}

fn unknown(name: &Word, registry: &Registry, budget: &mut Budget) -> Diagnostic {
    let word = &*name.text;
    let diagnostic = Diagnostic::error(
        codes::UNKNOWN_FUNCTION,
        name.span,
        format!("there is no function `{word}`"),
    );
    let same = match word {
        "length" | "size" | "count" => Some("len"),
        "int" | "float" | "number" | "parseInt" | "parseFloat" => Some("num"),
        "string" | "to_string" | "toString" | "String" => Some("str"),
        "has" | "includes" => Some("contains"),
        "uniq" | "distinct" | "set" | "dedup" => Some("unique"),
        "group_by" | "groupby" | "groupBy" => Some("group"),
        "startswith" | "startsWith" => Some("starts_with"),
        "endswith" | "endsWith" => Some("ends_with"),
        "sorted" | "sort_by" => Some("sort"),
        "join" => Some("join_text"),
        _ => None,
    };
    if let Some(same) = same {
        return diagnostic.help(format!("it is called `{same}` here")).fix(name.span, same);
    }
    let near = budget.near(word, FUNCTIONS.iter().map(|function| function.name));
    if !near.is_empty() {
        return diagnostic.did_you_mean(name.span, word, &near, "");
    }
    diagnostic.help(match elsewhere(word, registry) {
        Some(help) => help,
        None => format!(
            "the functions are {}",
            FUNCTIONS.iter().map(|f| f.name).collect::<Vec<_>>().join(" ")
        ),
    })
}

/// Where an action does what the function's name says.
fn elsewhere(word: &str, registry: &Registry) -> Option<String> {
    match word {
        "append" | "push" => return Some("a list grows by `xs + [x]`".to_owned()),
        "print" => return Some("`print a, b` is a statement, without parentheses".to_owned()),
        "range" => return Some("write the list, or count with `while`".to_owned()),
        "format" => return Some("a string holds expressions: `\"${x}\"`".to_owned()),
        _ => {}
    }
    let statement =
        |call: String| format!("`{call}` is an action, a statement of its own: `{call} … -> name`");
    registry.iter().find_map(|action| match &action.forms {
        _ if action.name == word => Some(statement(action.name.to_owned())),
        Forms::Ops(ops) => {
            let op = ops.iter().find(|op| op.name == word)?;
            Some(statement(format!("{} {}", action.name, op.name)))
        }
        Forms::One(_) => None,
    })
}
