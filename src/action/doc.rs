//! What people read of an action, from its table alone: usage, help; and the words of a command line as its arguments.

use std::fmt::Write as _;

use super::args::{from_text, params};
use super::{Action, Field, Form, Forms, Kind, Op, Param, Presence};
use crate::diagnostic::code::arguments as codes;
use crate::diagnostic::{Diagnostic, either, near};
use crate::source::Span;
use crate::value::Value;

/// The action's name with its operation: `file read`.
#[must_use]
pub fn title(action: &Action, op: Option<&str>) -> String {
    op.map_or_else(|| action.name.to_owned(), |op| format!("{} {op}", action.name))
}

/// How a plan calls it, on one line: required arguments plain, the others in brackets, defaults behind `=`.
#[must_use]
pub fn usage(action: &Action, op: Option<&str>) -> String {
    let mut line = title(action, op);
    let form = match &action.forms {
        Forms::One(form) => form,
        Forms::Ops(ops) => match ops.iter().find(|o| Some(o.name) == op) {
            Some(op) => &op.form,
            None => return format!("{line} OPERATION …"),
        },
    };
    for param in form.params {
        line.push(' ');
        line.push_str(&argument(param));
    }
    if form.open {
        line.push_str(" [key=…]");
    }
    line
}

fn argument(param: &Param) -> String {
    let key = if param.primary { String::new() } else { format!("{}=", param.name) };
    match param.presence {
        Presence::Required if param.primary => param.name.to_uppercase(),
        Presence::Required => format!("{key}…"),
        Presence::Optional if param.primary => format!("[{}]", param.name.to_uppercase()),
        Presence::Optional => format!("[{key}…]"),
        Presence::Default(text) if param.primary => {
            format!("[{}={text}]", param.name.to_uppercase())
        }
        Presence::Default(text) => format!("[{key}{text}]"),
    }
}

/// The help of an action: summary, usage, parameters, operations, fields, examples.
#[must_use]
pub fn help(action: &'static Action) -> String {
    let mut text = format!("{} — {}\n", action.name, action.summary);
    match &action.forms {
        Forms::One(form) => {
            let _ = write!(text, "\nUsage: {}\n", usage(action, None));
            push_params(&mut text, action, form);
        }
        Forms::Ops(ops) => {
            for op in *ops {
                let _ = write!(text, "\n{} — {}\n", usage(action, Some(op.name)), op.summary);
                push_params(&mut text, action, &op.form);
            }
        }
    }
    push_fields(&mut text, "Value", action.fields);
    push_fields(&mut text, "Each row", action.rows);
    for example in action.examples {
        let _ = write!(text, "\nExample: {}\n", example.title);
        for line in example.plan.trim_end().lines() {
            let _ = writeln!(text, "  {line}");
        }
    }
    text
}

fn push_params(text: &mut String, action: &Action, form: &'static Form) {
    let lines: Vec<(String, String)> =
        params(action, form).map(|param| (param.name.to_owned(), description(param))).collect();
    push_columns(text, &lines);
}

fn description(param: &Param) -> String {
    let kind = match param.kind {
        Kind::Enum(words) => words.join("|"),
        kind => kind.name().to_owned(),
    };
    let presence = match param.presence {
        Presence::Required => ", required".to_owned(),
        Presence::Optional => String::new(),
        Presence::Default(text) => format!(", default {text}"),
    };
    format!("{} ({kind}{presence})", param.doc)
}

fn push_fields(text: &mut String, what: &str, fields: &[Field]) {
    if fields.is_empty() {
        return;
    }
    let _ = write!(text, "\n{what}:\n");
    let lines: Vec<(String, String)> = fields
        .iter()
        .map(|field| (field.name.to_owned(), format!("{} ({})", field.doc, field.kind)))
        .collect();
    push_columns(text, &lines);
}

fn push_columns(text: &mut String, lines: &[(String, String)]) {
    let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    for (name, rest) in lines {
        let _ = writeln!(text, "  {name:width$}  {rest}");
    }
}

/// A call as the words of a command line spell it; values have the kinds of their parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    /// The operation, of an action that has several.
    pub op: Option<&'static str>,
    /// Values by parameter name, in the order given; each once.
    pub arguments: Vec<(String, Value)>,
}

/// Reads the words behind an action's name: its operation first where it has several, the primary argument without
/// key, the others as `--name value` or `--name=value`, a flag as `--name` alone; behind `--` all words are plain.
///
/// # Errors
/// Everything wrong with the words. The diagnostics have no place in a source.
pub fn from_argv(action: &'static Action, words: &[String]) -> Result<Words, Vec<Diagnostic>> {
    let mut words = words;
    let (op, form) = match &action.forms {
        Forms::One(form) => (None, form),
        Forms::Ops(ops) => {
            let op = operation(action, ops, words.first()).map_err(|wrong| vec![*wrong])?;
            words = &words[1..];
            (Some(op.name), &op.form)
        }
    };
    let mut reader = Reader { action, form, op, arguments: Vec::new(), wrong: Vec::new() };
    reader.read(words);
    reader.require();
    if reader.wrong.is_empty() {
        Ok(Words { op, arguments: reader.arguments })
    } else {
        Err(reader.wrong)
    }
}

fn operation(
    action: &Action,
    ops: &'static [Op],
    word: Option<&String>,
) -> Result<&'static Op, Box<Diagnostic>> {
    let names: Vec<&str> = ops.iter().map(|op| op.name).collect();
    let Some(word) = word else {
        let text = format!("`{}` needs an operation", action.name);
        let help = format!("write {} behind it", either(&names));
        let wrong = Diagnostic::error(codes::MISSING_OPERATION, Span::default(), text);
        return Err(Box::new(wrong.help(help)));
    };
    ops.iter().find(|op| op.name == word).ok_or_else(|| {
        let text = format!("`{}` has no operation `{word}`", action.name);
        let diagnostic = Diagnostic::error(codes::UNKNOWN_OPERATION, Span::default(), text);
        Box::new(match near(word, names.iter().copied()).as_slice() {
            [] => diagnostic.help(format!("it has {}", either(&names).replace(" or `", " and `"))),
            meant => diagnostic.help(format!("did you mean {}?", either(meant))),
        })
    })
}

struct Reader {
    action: &'static Action,
    form: &'static Form,
    op: Option<&'static str>,
    arguments: Vec<(String, Value)>,
    wrong: Vec<Diagnostic>,
}

impl Reader {
    fn read(&mut self, words: &[String]) {
        let mut rest = words.iter().peekable();
        while let Some(word) = rest.next() {
            if word == "--" {
                rest.by_ref().for_each(|word| self.plain(word));
                return;
            }
            let Some(flag) = word.strip_prefix("--") else {
                self.plain(word);
                continue;
            };
            let (name, value) = match flag.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (flag, None),
            };
            let Some(param) = self.find(name) else {
                self.unknown(name, value, &mut rest);
                continue;
            };
            match (value, param.kind) {
                (Some(value), _) => self.take(param, value),
                (None, Kind::Bool) => {
                    match rest.next_if(|next| matches!(next.as_str(), "true" | "false")) {
                        Some(value) => self.take(param, value),
                        None => self.take(param, "true"),
                    }
                }
                (None, _) => match rest.next() {
                    Some(value) => self.take(param, value),
                    None => self.refuse(
                        codes::MISSING_ARGUMENT,
                        format!("`--{name}` needs a value"),
                        None,
                    ),
                },
            }
        }
    }

    fn find(&self, name: &str) -> Option<&'static Param> {
        params(self.action, self.form)
            .find(|param| param.name == name || param.name.replace('_', "-") == name)
    }

    fn refuse(&mut self, code: crate::diagnostic::Code, text: String, help: Option<String>) {
        let diagnostic = Diagnostic::error(code, Span::default(), text);
        self.wrong.push(match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        });
    }

    fn unknown<'w>(
        &mut self,
        name: &str,
        value: Option<&str>,
        rest: &mut std::iter::Peekable<impl Iterator<Item = &'w String>>,
    ) {
        let following =
            if value.is_none() { rest.next_if(|next| !next.starts_with("--")) } else { None };
        if self.form.open {
            let text = value.or(following.map(String::as_str)).unwrap_or("true");
            let value = from_text(Kind::Any, text).unwrap_or_else(|_| Value::from(text));
            self.arguments.push((name.to_owned(), value));
            return;
        }
        let flags: Vec<String> = params(self.action, self.form).map(flag).collect();
        let all: Vec<&str> = flags.iter().map(String::as_str).collect();
        let help = match near(&format!("--{name}"), all.iter().copied()).as_slice() {
            [] => format!("it takes {}", either(&all).replace(" or `", " and `")),
            meant => format!("did you mean {}?", either(meant)),
        };
        let text = format!("`{}` has no argument `--{name}`", title(self.action, self.op));
        self.refuse(codes::UNKNOWN_ARGUMENT, text, Some(help));
    }

    fn plain(&mut self, word: &str) {
        let primary = params(self.action, self.form).find(|param| param.primary);
        match primary.filter(|param| !self.given(param)) {
            Some(param) => self.take(param, word),
            None => {
                let text = format!("`{}` does not take `{word}`", title(self.action, self.op));
                self.refuse(
                    codes::EXTRA_VALUE,
                    text,
                    Some("the other arguments are written `--name value`".to_owned()),
                );
            }
        }
    }

    fn given(&self, param: &Param) -> bool {
        self.arguments.iter().any(|(name, _)| name == param.name)
    }

    fn take(&mut self, param: &'static Param, written: &str) {
        if self.given(param) {
            let text = format!("`{}` is given twice", param.name);
            self.refuse(codes::ARGUMENT_TWICE, text, Some("keep one of the two".to_owned()));
            return;
        }
        match from_text(param.kind, written) {
            Ok(value) => self.arguments.push((param.name.to_owned(), value)),
            Err(mismatch) => {
                self.refuse(mismatch.code, mismatch.message(param.name), mismatch.help)
            }
        }
    }

    fn require(&mut self) {
        let missing: Vec<&str> = params(self.action, self.form)
            .filter(|param| param.presence == Presence::Required && !self.given(param))
            .map(|param| param.name)
            .collect();
        if missing.is_empty() || !self.wrong.is_empty() {
            return;
        }
        let names = either(&missing).replace(" or `", " and `");
        let text = format!("`{}` needs {names}", title(self.action, self.op));
        self.refuse(
            codes::MISSING_ARGUMENT,
            text,
            Some(format!("write `{}`", command(self.action, self.form, self.op))),
        );
    }
}

/// How the command line spells a parameter.
fn flag(param: &Param) -> String {
    format!("--{}", param.name.replace('_', "-"))
}

/// How the command line calls it.
fn command(action: &Action, form: &Form, op: Option<&str>) -> String {
    let mut line = format!("qplan {}", title(action, op));
    for param in form.params.iter().filter(|param| param.presence == Presence::Required) {
        if param.primary {
            let _ = write!(line, " {}", param.name.to_uppercase());
        } else {
            let _ = write!(line, " {} …", flag(param));
        }
    }
    line
}
