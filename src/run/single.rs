//! One action as a plan of one step, so that a subcommand takes the same road as a script.

use std::sync::Arc;

use super::{Loaded, Surroundings, inspect};
use crate::action::{self, Forms};
use crate::source::{Source, SourceId, Sources, Span};
use crate::syntax::ast::{
    Action, Argument, Attribute, Block, Expr, ExprKind, File, Number, Numeric, Statement,
    StatementKind, Step, Word,
};
use crate::value::{Value, show};

/// A plan that calls `name` with these arguments; its source is the command line they stand for.
#[must_use]
pub fn plan(name: &str, arguments: &[(String, Value)], around: Surroundings<'_>) -> Loaded {
    let mut written = format!("qplan {name}");
    let primary = around.registry.find(name).and_then(primary);
    let arguments: Vec<Argument> =
        arguments.iter().map(|(key, value)| argument(&mut written, primary, key, value)).collect();
    let whole = span(0, written.len());
    let call = Action {
        name: word(name, span(6, 6 + name.len())),
        option: None,
        primary: None,
        arguments,
        output: None,
    };
    let inner = Statement { kind: StatementKind::Action(call), span: whole };
    let id = name.replace('-', "_");
    let step = Step {
        number: 0,
        attributes: vec![Attribute { key: word("id", whole), value: text(&id, 0) }],
        output: None,
        body: Block { statements: vec![inner], span: whole },
        head: whole,
    };
    let outer = Statement { kind: StatementKind::Step(Box::new(step)), span: whole };
    let file = File { body: Block { statements: vec![outer], span: whole }, ..File::default() };
    let (sources, _) = Sources::single(Source::new(crate::report::COMMAND, written));
    inspect(sources, file, Vec::new(), around, &[])
}

/// The parameter that is given without its name.
fn primary(action: &action::Action) -> Option<&'static str> {
    match &action.forms {
        Forms::One(form) => form.params.iter().find(|param| param.primary).map(|param| param.name),
        Forms::Ops(_) => None,
    }
}

/// Writes ` --key value`, of the primary argument the value alone, and gives the argument whose value points there.
fn argument(written: &mut String, primary: Option<&str>, key: &str, value: &Value) -> Argument {
    written.push(' ');
    let named = (primary != Some(key)).then(|| {
        written.push_str("--");
        let from = written.len();
        written.push_str(&key.replace('_', "-"));
        written.push(' ');
        span(from, from + key.len())
    });
    let value = match value {
        Value::Str(content) => {
            let quote = quote(content);
            let at = written.len() + quote.len();
            written.extend([quote, content, quote]);
            text(content, at)
        }
        other => {
            let at = written.len();
            written.push_str(&show::plain(other));
            Expr { kind: literal(other), span: span(at, written.len()) }
        }
    };
    Argument { key: word(key, named.unwrap_or(value.span)), value }
}

/// What a shell needs around a text; nothing where it would change the text.
fn quote(text: &str) -> &'static str {
    let is_plain = |c: char| c.is_alphanumeric() || "_-+=:,./@%".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        ""
    } else if !text.contains('\'') {
        "'"
    } else if !text.contains(['"', '$', '`', '\\', '!']) {
        "\""
    } else {
        ""
    }
}

fn literal(value: &Value) -> ExprKind {
    let raw: Arc<str> = show::plain(value).into();
    match value {
        Value::Bool(value) => ExprKind::Bool(*value),
        Value::Int(value) => ExprKind::Number(Number { raw, value: Numeric::Int(*value) }),
        Value::Float(value) => ExprKind::Number(Number { raw, value: Numeric::Float(*value) }),
        Value::List(list) => ExprKind::List(
            list.items()
                .iter()
                .map(|item| Expr { kind: literal(item), span: Span::default() })
                .collect(),
        ),
        Value::Str(content) => text(content, 0).kind,
        Value::Null | Value::Object(_) | Value::Table(_) => ExprKind::Null,
    }
}

fn text(content: &str, at: usize) -> Expr {
    Expr::text(content, span(at, at + content.len()))
}

fn word(text: &str, span: Span) -> Word {
    Word { text: text.into(), span }
}

fn span(lo: usize, hi: usize) -> Span {
    let offset = |n| u32::try_from(n).unwrap_or(u32::MAX);
    Span::new(SourceId(0), offset(lo), offset(hi))
}
