//! Actions a plan calls that are not there: of a later version, misspelt, or known from elsewhere under another name.

use super::suggest::Budget;
use crate::action::{Forms, Registry};
use crate::diagnostic::code::arguments as codes;
use crate::diagnostic::{Diagnostic, either};
use crate::syntax::ast::{Action, Binary, ExprKind};
use crate::value::function;

/// Actions of the language that this version does not have, sorted.
const LATER: [&str; 13] = [
    "bytecode-surface",
    "change-propagation",
    "dependency-health",
    "exceptions",
    "graph",
    "impact",
    "imports",
    "neighborhood",
    "refactor-impact",
    "safety-reliability",
    "scopes",
    "side-effects",
    "sig-impact",
];

/// Names of elsewhere, and what to write for them.
const SAME: &[(&str, &str)] = &[
    ("ast-grep", "q"),
    ("console", "print"),
    ("delay", "sleep"),
    ("exit", "stop"),
    ("expect", "assert"),
    ("goto", "jump"),
    ("grep", "search"),
    ("println", "print"),
    ("query", "q"),
    ("quit", "stop"),
    ("rg", "search"),
    ("ripgrep", "search"),
    ("sg", "q"),
    ("wait", "sleep"),
];

/// What is said of an action that does not exist.
pub(super) fn unknown_action(
    action: &Action,
    registry: &Registry,
    budget: &mut Budget,
) -> Diagnostic {
    let written = &*action.name.text;
    let name = written.replace('_', "-");
    if let Some(later) = LATER.iter().find(|later| **later == name) {
        return unavailable(later, action);
    }
    let span = action.name.span;
    let diagnostic =
        Diagnostic::error(codes::UNKNOWN_ACTION, span, format!("there is no action `{written}`"));
    let known = |same: &str| registry.find(same).is_some() || STATEMENTS.contains(&same);
    if let Some((_, same)) = SAME.iter().find(|(foreign, same)| *foreign == name && known(same)) {
        return diagnostic.help(format!("it is called `{same}` here")).fix(span, *same);
    }
    if let Some((help, fix)) = operation(&name, action, registry) {
        let diagnostic = diagnostic.help(help);
        return match fix {
            Some(fix) => diagnostic.fix(span, fix),
            None => diagnostic,
        };
    }
    if let Some(help) = elsewhere(&name) {
        return diagnostic.help(help);
    }
    let near = meant(&name, action, registry, budget);
    if near.is_empty() {
        return diagnostic.help("`qplan modules` lists the actions");
    }
    diagnostic.did_you_mean(span, &name, &near, "")
}

/// Near names of actions, and of statements where none of an action is nearer.
fn meant<'r>(
    name: &str,
    action: &Action,
    registry: &'r Registry,
    budget: &mut Budget,
) -> Vec<&'r str> {
    let primary = action.primary.as_ref().map(|value| &value.kind);
    let fits = |word: &&str| match *word {
        "each" => matches!(primary, Some(ExprKind::Binary(Binary::In, ..))),
        "step" => matches!(primary, None | Some(ExprKind::Text(_) | ExprKind::Template(_))),
        _ => true,
    };
    let statements = STATEMENTS.into_iter().filter(fits);
    let near = budget.near(name, registry.names().chain(statements).chain(LATER));
    let Some(first) = near.first().copied().filter(|first| !STATEMENTS.contains(first)) else {
        return near;
    };
    let distance = |word| strsim::damerau_levenshtein(name, word);
    near.into_iter()
        .filter(|word| !STATEMENTS.contains(word) || distance(word) <= distance(first))
        .collect()
}

/// Words of statements: a misspelt one looks like an action.
const STATEMENTS: [&str; 14] = [
    "break", "continue", "each", "future", "if", "jump", "parallel", "print", "return", "set",
    "skip", "step", "stop", "while",
];

/// An operation called as if it were an action: `read "a.txt"` for `file read "a.txt"`.
fn operation(name: &str, action: &Action, registry: &Registry) -> Option<(String, Option<String>)> {
    let has = |name: &str| {
        let of = move |candidate: &&'static crate::action::Action| match &candidate.forms {
            Forms::Ops(ops) => ops.iter().any(|op| op.name == name),
            Forms::One(_) => false,
        };
        registry.iter().filter(of).map(|candidate| candidate.name).collect::<Vec<_>>()
    };
    let op = match name {
        "cat" | "readfile" | "read-file" | "open" => "read",
        "ls" | "dir" => "list",
        "write-file" | "writefile" => "write",
        other => other,
    };
    let owners = has(op);
    let full: Vec<String> = owners.iter().map(|owner| format!("{owner} {op}")).collect();
    let shown: Vec<&str> = full.iter().map(String::as_str).collect();
    match shown.as_slice() {
        [] => None,
        [one] => Some((
            format!("`{op}` is an operation: `{one}`"),
            action.option.is_none().then(|| (*one).to_owned()),
        )),
        many => Some((format!("did you mean {}?", either(many)), None)),
    }
}

fn elsewhere(name: &str) -> Option<String> {
    if function::find(name).is_some() {
        return Some(format!("`{name}` is a function: `var x = {name}(…)`"));
    }
    Some(
        match name {
            "raise" | "throw" | "fail" | "error" | "panic" => {
                "fail with `assert false message=\"…\"`"
            }
            "fetch" | "curl" | "wget" | "request" => "`http get \"https://…\"` asks a server",
            "exec" | "shell" | "bash" | "sh" | "run" | "system" | "cmd" => {
                "plans do not run programs"
            }
            "call" | "invoke" => {
                "an action is called by its name alone; a step is reached by `jump to=\"id\"`"
            }
            "find" => "`q` finds definitions, `search` finds text, `file glob` finds files",
            "pass" | "noop" => "leave it out: a block may be empty",
            "goto-step" => "`jump to=\"id\"`",
            _ => return None,
        }
        .to_owned(),
    )
}

fn unavailable(name: &str, action: &Action) -> Diagnostic {
    let span = action.name.span;
    let text = format!("`{name}` is not available in this version");
    let diagnostic = Diagnostic::error(codes::UNAVAILABLE, span, text);
    match name {
        "impact" | "sig-impact" | "graph" => {
            diagnostic.help("`search` finds the name, `calls` who calls it")
        }
        _ => diagnostic.help("`qplan modules` lists what there is"),
    }
}
