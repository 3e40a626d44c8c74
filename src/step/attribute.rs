//! The head of a step: its attributes, each once and of its kind. Knows no other step.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::{Policy, policy};
use crate::diagnostic::code::names as codes;
use crate::diagnostic::{Code, Diagnostic, either, near};
use crate::source::Span;
use crate::syntax::ast::{Attribute, Expr, ExprKind, Numeric, Part, Step, Template};
use crate::value::duration::{self, Certainty};

const KNOWN: [&str; 5] = ["id", "desc", "type", "onError", "timeout"];

/// What the attributes of a step say.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// The written id as a word, and where.
    pub(super) id: Option<(Arc<str>, Span)>,
    pub(super) desc: Option<Arc<str>>,
    /// What of the description is written, its holes as blanks: the same whatever the parameters are.
    pub(super) written_desc: Option<Arc<str>>,
    pub(super) kind: Option<Arc<str>>,
    pub(super) policy: Option<Policy>,
    pub(super) timeout: Option<Duration>,
}

/// The id a step has by its attributes, as a word; for the names that generated ids avoid.
pub(super) fn written_id(step: &Step) -> Option<Arc<str>> {
    let id = step.attributes.iter().find(|attribute| &*attribute.key.text == "id")?;
    match &id.value.kind {
        ExprKind::Name(word) => Some(Arc::clone(word)),
        ExprKind::Text(text) => Some(dashes_to_underscores(&text.value)),
        _ => None,
    }
}

/// Reads the attributes of a step.
pub(super) fn read(
    step: &Step,
    render: &dyn Fn(&Template) -> Arc<str>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Head {
    let mut head = Head::default();
    let mut seen: HashMap<&str, &Attribute> = HashMap::new();
    let keys: HashSet<&str> =
        step.attributes.iter().map(|attribute| &*attribute.key.text).collect();
    for attribute in &step.attributes {
        let key = &*attribute.key.text;
        if let Some(first) = seen.get(key) {
            diagnostics.push(twice(attribute, first));
            continue;
        }
        seen.insert(key, attribute);
        let outcome = match key {
            "id" => id(&attribute.value).map(|(id, warning)| {
                head.id = id;
                diagnostics.extend(warning);
            }),
            "desc" => description(&attribute.value, render).map(|desc| {
                head.desc = desc;
                head.written_desc = literal(&attribute.value);
            }),
            "type" => kind(&attribute.value).map(|kind| head.kind = kind),
            "onError" => policy::parse(&attribute.value).map(|policy| head.policy = Some(policy)),
            "timeout" => timeout(&attribute.value, render).map(|timeout| head.timeout = timeout),
            _ => Err(vec![unknown(&keys, attribute)]),
        };
        diagnostics.extend(outcome.err().into_iter().flatten());
    }
    head
}

type Read<T> = Result<T, Vec<Diagnostic>>;

fn refuse<T>(code: Code, value: &Expr, message: &str, help: &str) -> Read<T> {
    Err(vec![Diagnostic::error(code, value.span, message).help(help)])
}

fn place(attribute: &Attribute) -> Span {
    if attribute.key.span.lo == attribute.key.span.hi {
        attribute.value.span
    } else {
        attribute.key.span.to(attribute.value.span)
    }
}

fn twice(attribute: &Attribute, first: &Attribute) -> Diagnostic {
    let key = &attribute.key.text;
    Diagnostic::error(codes::ATTRIBUTE_TWICE, place(attribute), format!("`{key}` is given twice"))
        .related(place(first), "the first one is here")
        .help(if &**key == "desc" {
            "the string in front is the description; keep one of the two".to_owned()
        } else {
            format!("keep one `{key}=`")
        })
}

fn unknown(keys: &HashSet<&str>, attribute: &Attribute) -> Diagnostic {
    let key = &*attribute.key.text;
    let diagnostic = Diagnostic::error(
        codes::ATTRIBUTE,
        attribute.key.span,
        format!("a step has no attribute `{key}`"),
    );
    let has = |wanted: &str| keys.contains(wanted);
    if let ("retry" | "retries" | "max_retries", ExprKind::Number(number), false) =
        (key, &attribute.value.kind, has("onError"))
    {
        let policy = format!("onError=\"retry={}\"", number.raw);
        return diagnostic
            .help(format!("retries belong to the error policy: `{policy}`"))
            .fix(place(attribute), policy);
    }
    let meant: Vec<&str> = match key {
        "name" => match &attribute.value.kind {
            ExprKind::Text(text) if !is_word(&text.value) => vec!["desc"],
            _ => vec!["id"],
        },
        "title" | "description" | "label" => vec!["desc"],
        "kind" => vec!["type"],
        "error_policy" | "errorPolicy" | "policy" | "catch" => vec!["onError"],
        _ => {
            let near = near(key, KNOWN.into_iter().filter(|known| !has(known)));
            if !near.is_empty() {
                return diagnostic.did_you_mean(attribute.key.span, key, &near, "");
            }
            near
        }
    };
    match meant.as_slice() {
        [one] if !has(one) => {
            diagnostic.help(format!("did you mean `{one}`?")).fix(attribute.key.span, *one)
        }
        _ => diagnostic.help(format!("a step takes {}", either(&KNOWN).replace(" or ", " and "))),
    }
}

/// The id, and a warning if it was written with a dash.
type Id = (Option<(Arc<str>, Span)>, Option<Diagnostic>);

fn id(value: &Expr) -> Read<Id> {
    match &value.kind {
        ExprKind::Name(word) => Ok((Some((Arc::clone(word), value.span)), None)),
        ExprKind::Text(text) if is_word(&text.value) => {
            Ok((Some((Arc::clone(&text.value), value.span)), None))
        }
        ExprKind::Text(text) if is_word(&dashes_to_underscores(&text.value)) => {
            let word = dashes_to_underscores(&text.value);
            let warning = Diagnostic::warning(
                codes::ID_DASH,
                value.span,
                format!("the id `{}` is read as `{word}`", text.value),
            );
            let warning =
                warning.help(format!("write `{word}`")).fix(value.span, format!("\"{word}\""));
            Ok((Some((word, value.span)), Some(warning)))
        }
        ExprKind::Text(text) => Err(vec![no_word(&text.value, value.span)]),
        ExprKind::Error => Ok((None, None)),
        ExprKind::Template(_) => {
            refuse(codes::ID_FORM, value, "an id cannot be computed", "write a word, `id=read`")
        }
        _ => refuse(codes::ID_FORM, value, "an id is a word", "write a word, `id=read`"),
    }
}

fn no_word(text: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(codes::ID_FORM, span, format!("the id `{text}` is no word"));
    let word: String = text
        .trim()
        .chars()
        .map(|c| if unicode_ident::is_xid_continue(c) { c } else { '_' })
        .collect();
    let word = if word.starts_with(|c: char| !unicode_ident::is_xid_start(c) && c != '_') {
        format!("step_{word}")
    } else {
        word
    };
    let help = "an id is made of letters, digits and `_` and does not begin with a digit";
    if word.chars().any(char::is_alphanumeric) {
        diagnostic.help(help).fix(span, format!("\"{word}\""))
    } else {
        diagnostic.help(help)
    }
}

fn dashes_to_underscores(text: &str) -> Arc<str> {
    text.replace('-', "_").into()
}

/// Whether the text is a word of the language.
pub(super) fn is_word(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c))
        && chars.all(unicode_ident::is_xid_continue)
}

fn description(value: &Expr, render: &dyn Fn(&Template) -> Arc<str>) -> Read<Option<Arc<str>>> {
    match &value.kind {
        ExprKind::Text(text) => Ok(Some(Arc::clone(&text.value))),
        ExprKind::Template(template) => Ok(Some(render(template))),
        ExprKind::Error => Ok(None),
        ExprKind::Name(word) => Err(vec![
            Diagnostic::error(codes::ATTRIBUTE_VALUE, value.span, "a description stands in quotes")
                .help(format!("write `\"{word}\"`"))
                .fix(value.span, format!("\"{word}\"")),
        ]),
        _ => refuse(codes::ATTRIBUTE_VALUE, value, "a description is a string", "put it in quotes"),
    }
}

/// The text of a description without what is computed.
fn literal(value: &Expr) -> Option<Arc<str>> {
    match &value.kind {
        ExprKind::Text(text) => Some(Arc::clone(&text.value)),
        ExprKind::Template(template) => {
            let part = |part: &Part| match part {
                Part::Text(text) => text.value.to_string(),
                Part::Hole(_) => " ".to_owned(),
            };
            Some(template.parts.iter().map(part).collect::<String>().into())
        }
        _ => None,
    }
}

fn kind(value: &Expr) -> Read<Option<Arc<str>>> {
    match &value.kind {
        ExprKind::Name(word) => Ok(Some(Arc::clone(word))),
        ExprKind::Text(text) => Ok(Some(Arc::clone(&text.value))),
        ExprKind::Error => Ok(None),
        _ => refuse(codes::ATTRIBUTE_VALUE, value, "a type is a word", "write a word, `type=task`"),
    }
}

/// A timeout with holes is known once they are filled; until then `render` leaves the holes as they are written.
fn timeout(value: &Expr, render: &dyn Fn(&Template) -> Arc<str>) -> Read<Option<Duration>> {
    const HELP: &str = "write a number glued to `ms`, `s`, `m` or `h`, such as `30s`";
    let text = match &value.kind {
        ExprKind::Duration(text) => Some(Arc::clone(text)),
        ExprKind::Text(text) => Some(Arc::clone(&text.value)),
        ExprKind::Template(template) => Some(render(template)),
        ExprKind::Error => return Ok(None),
        _ => None,
    };
    let computed = matches!(value.kind, ExprKind::Template(_));
    if let Some(text) = text.as_ref().filter(|_| computed)
        && text.contains("${")
    {
        return Ok(None);
    }
    match text.as_deref().and_then(duration::parse) {
        Some(timeout) if timeout > Duration::ZERO => return Ok(Some(timeout)),
        Some(_) => {
            return refuse(codes::ATTRIBUTE_VALUE, value, "a timeout of zero leaves no time", HELP);
        }
        None => {}
    }
    let found =
        text.filter(|_| computed).map_or_else(String::new, |text| format!(", found `{text}`"));
    let message = format!("expected a duration for `timeout`{found}");
    let diagnostic = Diagnostic::error(codes::ATTRIBUTE_VALUE, value.span, message).help(HELP);
    let number = match &value.kind {
        ExprKind::Number(number) if !matches!(number.value, Numeric::Int(0)) => &number.raw,
        ExprKind::Text(text) => &text.value,
        _ => return Err(vec![diagnostic]),
    };
    Err(vec![match duration::guess(number) {
        Some((guess, Certainty::Certain)) => diagnostic.fix(value.span, guess),
        Some((guess, Certainty::Likely)) => diagnostic.propose(value.span, guess),
        None => diagnostic,
    }])
}
