//! The words of a statement: its action and what that takes, names of the session, fields of their values.

use super::{Known, starting};
use crate::action::{Action, Forms, Kind, Param, args};
use crate::source::SourceId;
use crate::step::resolve::resolve;
use crate::syntax;
use crate::value::function::FUNCTIONS;
use crate::value::{Value, access};

/// Attributes of a step.
const ATTRIBUTES: [&str; 5] = ["desc=", "id=", "onError=", "timeout=", "type="];
/// Keys of meta.
const META: [&str; 9] =
    ["@exclude", "@in", "@lang", "@params", "@root", "@since", "@summary", "@title", "@version"];

/// What may follow in a statement; `text` is what is typed of it, `before` everything.
pub(super) fn statement(known: &Known<'_>, before: &str, text: &str) -> (usize, Vec<String>) {
    let text = text.trim_start();
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    if first.len() == text.len() {
        return opening(known, before, text);
    }
    let part = part(before);
    let from = before.len() - part.len();
    if rest.trim_end().ends_with("->") || rest.contains("-> ") {
        return (from, Vec::new());
    }
    match first {
        "jump" => (from, steps(before, part)),
        "step" | "STEP" => (from, starting(ATTRIBUTES, part)),
        "future" => of_action(known, before, rest.trim_start()),
        _ if known.actions.find(first).is_some() => of_action(known, before, text),
        _ => value(known, before, before),
    }
}

/// The first word of a statement.
fn opening(known: &Known<'_>, before: &str, text: &str) -> (usize, Vec<String>) {
    let from = before.len() - text.len();
    if text.starts_with('@') {
        return (from, starting(META, text));
    }
    if text.contains(['.', '[', '(']) {
        return value(known, before, before);
    }
    let names = known.session.names();
    let mut words: Vec<&str> = syntax::keywords().chain(known.actions.names()).collect();
    words.extend(names.iter().map(|outer| &*outer.name));
    (from, starting(words, text))
}

/// An action's operation, keys and words, and the values it may be given.
fn of_action(known: &Known<'_>, before: &str, text: &str) -> (usize, Vec<String>) {
    let mut words = text.split_whitespace();
    let Some(action) = words.next().and_then(|name| known.actions.find(name)) else {
        return opening(known, before, text);
    };
    let part = part(before);
    let from = before.len() - part.len();
    let typed = &text[..text.len() - part.len()];
    if let Some(key) = typed.strip_suffix('=').and_then(|before| before.split_whitespace().last()) {
        return of_key(known, action, key, before);
    }
    let (_, mut found) = value(known, before, before);
    if part.contains(['.', '[']) {
        return (from, found);
    }
    let is_second = typed.split_whitespace().count() == 1;
    if is_second {
        found.extend(starting(options(action), part));
    }
    let given = |param: &&Param| !text.contains(&format!(" {}=", param.name));
    let keys: Vec<String> = params(action, text)
        .into_iter()
        .filter(|param| !param.primary)
        .filter(given)
        .map(|param| format!("{}=", param.name))
        .collect();
    found.extend(starting(keys.iter().map(String::as_str), part));
    (from, found)
}

/// The value of an argument.
fn of_key(
    known: &Known<'_>,
    action: &'static Action,
    key: &str,
    before: &str,
) -> (usize, Vec<String>) {
    let (from, mut found) = value(known, before, before);
    let part = part(before);
    if key == "op" {
        found.extend(starting(options(action), part));
    }
    match params(action, "").into_iter().find(|param| param.name == key).map(|param| param.kind) {
        Some(Kind::Enum(words)) => (from, starting(words.iter().copied(), part)),
        Some(Kind::Bool) => {
            found.extend(starting(["true", "false"], part));
            (from, found)
        }
        _ => (from, found),
    }
}

/// Operations, or the words of the primary argument.
fn options(action: &Action) -> Vec<&'static str> {
    match &action.forms {
        Forms::Ops(ops) => ops.iter().map(|op| op.name).collect(),
        Forms::One(form) => {
            let primary = form.params.iter().find(|param| param.primary);
            match primary.map(|param| param.kind) {
                Some(Kind::Enum(words)) => words.to_vec(),
                _ => Vec::new(),
            }
        }
    }
}

/// The parameters of the operation that a text names, else of all operations.
fn params(action: &'static Action, text: &str) -> Vec<&'static Param> {
    match &action.forms {
        Forms::One(form) => args::params(action, form).collect(),
        Forms::Ops(ops) => {
            let named = ops.iter().find(|op| text.split_whitespace().nth(1) == Some(op.name));
            let chosen = named.map_or(*ops, std::slice::from_ref);
            chosen.iter().flat_map(|op| args::params(action, &op.form)).collect()
        }
    }
}

/// Whether the string that opens behind `text` is the path of a file.
pub(super) fn takes_path(known: &Known<'_>, text: &str) -> bool {
    let typed = text.trim_end_matches(['"', '\'']).trim();
    let name = typed.split_whitespace().next().unwrap_or("");
    if matches!(name, "@in" | "@root") {
        return true;
    }
    let Some(action) = known.actions.find(name) else { return false };
    let key = typed.strip_suffix('=').and_then(|before| before.split_whitespace().last());
    let is_path = |param: &&Param| param.kind == Kind::Path;
    match key {
        Some(key) => params(action, typed).into_iter().any(|p| p.name == key && is_path(&p)),
        None => params(action, typed).into_iter().any(|p| p.primary && is_path(&p)),
    }
}

/// Names, functions and words of an expression; behind a dot the fields of the value before it.
pub(super) fn value(known: &Known<'_>, before: &str, whole: &str) -> (usize, Vec<String>) {
    let path = part(before);
    if let Some((base, field)) = path.rsplit_once('.') {
        let from = before.len() - field.len();
        let fields = fields(known, base, whole);
        return (from, starting(fields.iter().map(String::as_str), field));
    }
    let from = before.len() - path.len();
    let names = known.session.names();
    let mut words: Vec<&str> = syntax::expression_words().chain(["error", "run"]).collect();
    words.extend(names.iter().map(|outer| &*outer.name));
    let functions: Vec<String> =
        FUNCTIONS.iter().map(|function| format!("{}(", function.name)).collect();
    let mut found = starting(words, path);
    found.extend(starting(functions.iter().map(String::as_str), path));
    (from, found)
}

/// The end of the text that is one word or path: `affected.rows[0].na`.
fn part(before: &str) -> &str {
    let mut depth = 0_usize;
    let mut from = before.len();
    for (at, c) in before.char_indices().rev() {
        match c {
            ']' => depth += 1,
            '[' if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            c if c == '_' || c == '.' || c.is_alphanumeric() => {}
            _ => break,
        }
        from = at;
    }
    if depth > 0 { "" } else { &before[from..] }
}

/// The fields of a value: of what it holds, else of what the text says will be in it.
fn fields(known: &Known<'_>, base: &str, whole: &str) -> Vec<String> {
    let value = known.session.peek(base).unwrap_or_default();
    match &value {
        Value::Object(object) => object.iter().map(|(name, _)| name.to_string()).collect(),
        Value::Table(table) => {
            let own = table.head().iter().map(|(name, _)| name.to_string());
            own.chain(["rows".to_owned(), "count".to_owned()]).collect()
        }
        Value::Null => documented(known, base, whole),
        value if access::rows(value).is_some() => vec!["count".to_owned()],
        _ => Vec::new(),
    }
}

/// The documented fields of what an action will give to the first name of a path.
fn documented(known: &Known<'_>, base: &str, whole: &str) -> Vec<String> {
    let name = base.split(['.', '[']).next().unwrap_or("");
    let made = |line: &&str| {
        line.rsplit_once("->")
            .is_some_and(|(_, out)| out.trim().trim_end_matches('}').trim() == name)
    };
    let Some(line) = whole.split(['\n', ';', '{']).rfind(made) else { return Vec::new() };
    let first = line.split_whitespace().find(|word| *word != "future").unwrap_or("");
    let Some(action) = known.actions.find(first) else { return Vec::new() };
    let is_row = base.ends_with(']');
    let fields = if is_row { action.rows } else { action.fields };
    let own = fields.iter().map(|field| field.name.to_owned());
    let table = ["rows", "count", "complete", "summary", "coverage"].map(str::to_owned);
    let is_table = !is_row && !action.rows.is_empty();
    own.chain(table.into_iter().filter(|_| is_table)).collect()
}

/// The ids of the steps that are typed: a jump leads nowhere else.
fn steps(before: &str, part: &str) -> Vec<String> {
    let mut file = syntax::parse(SourceId(0), before).file;
    let (resolved, _) = resolve(&mut file, &crate::run::params::unrendered);
    let ids: Vec<&str> = resolved.steps.iter().map(|step| &*step.id).collect();
    starting(ids, part)
}
