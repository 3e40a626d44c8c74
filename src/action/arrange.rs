//! Which value of a call belongs to which parameter: the option word, the value without key, the keys. Used by `check`
//! on expressions and by `args::bind` on values, so that both say the same.

use std::collections::HashMap;

use super::args::{Args, Arranged, Given, Named, Slot, params};
use super::{Action, Form, Forms, Kind, Op, Param, Presence, Problem, doc};
use crate::diagnostic::code::{arguments as codes, scan::NOT_YET};
use crate::diagnostic::{Diagnostic, either, near};
use crate::source::Span;

/// Puts each value at its parameter. `word` gives the text of a value that is a known word or string, for `op=`.
pub fn arrange<'a, V>(
    action: &'static Action,
    given: Given<'a, V>,
    word: impl Fn(&V) -> Option<String>,
) -> (Arranged<V>, Vec<Diagnostic>) {
    let mut arranger = Arranger {
        action,
        op: None,
        slots: Vec::new(),
        seen: HashMap::new(),
        wrong: Vec::new(),
        stray: None,
    };
    let form = arranger.place(given, &word);
    (Arranged { form, op: arranger.op, slots: arranger.slots }, arranger.wrong)
}

/// What is said of a call that chooses no operation.
pub(super) fn missing_operation(action: &Action, place: Span) -> Diagnostic {
    let names = operations(action);
    Diagnostic::error(
        codes::MISSING_OPERATION,
        place,
        format!("`{}` needs an operation", action.name),
    )
    .help(format!("write {} behind it", either(&names)))
}

fn operations(action: &Action) -> Vec<&'static str> {
    match &action.forms {
        Forms::One(_) => Vec::new(),
        Forms::Ops(ops) => ops.iter().map(|op| op.name).collect(),
    }
}

struct Arranger<V> {
    action: &'static Action,
    op: Option<&'static str>,
    slots: Vec<Slot<V>>,
    /// Names that have a value, and where.
    seen: HashMap<String, Span>,
    wrong: Vec<Diagnostic>,
    /// A value without key that no parameter takes, and its place in `wrong`.
    stray: Option<(V, Span, usize)>,
}

impl<V> Arranger<V> {
    fn place<'a>(
        &mut self,
        mut given: Given<'a, V>,
        word: &dyn Fn(&V) -> Option<String>,
    ) -> Option<&'static Form> {
        let place = given.name;
        let form = match &self.action.forms {
            Forms::One(form) => Some(form),
            Forms::Ops(ops) => self.choose(ops, &mut given, word).map(|op| {
                self.op = Some(op.name);
                &op.form
            }),
        };
        let Some(form) = form else {
            self.loose(given);
            return None;
        };
        match (given.option.take(), given.primary.take()) {
            (Some((word, _, span)), Some((value, place))) => {
                self.beside(form, word, span, &given.named, place);
                self.primary(form, value, place);
            }
            (Some((_, value, span)), None) | (None, Some((value, span))) => {
                self.primary(form, value, span)
            }
            (None, None) => {}
        }
        let unknown = self.named(form, given.named);
        self.finish(form, unknown, place);
        Some(form)
    }

    /// The operation by the option word or by `op=`, taken out of what is given.
    fn choose(
        &mut self,
        ops: &'static [Op],
        given: &mut Given<'_, V>,
        word: &dyn Fn(&V) -> Option<String>,
    ) -> Option<&'static Op> {
        let keyed = given.named.iter().position(|named| named.key == "op");
        let keyed = keyed.map(|at| given.named.remove(at));
        match (given.option.take(), keyed) {
            (Some((name, _, span)), None) => self.operation(ops, name, span, ""),
            (Some((name, _, first)), Some(keyed)) => {
                self.twice("op", keyed.key_span.to(keyed.span), first);
                self.operation(ops, name, first, "")
            }
            (None, Some(keyed)) => match word(&keyed.value) {
                Some(name) => self.operation(ops, &name, keyed.span, "\""),
                None => {
                    let text =
                        format!("the operation of `{}` cannot be computed", self.action.name);
                    let names = operations(self.action);
                    self.wrong.push(
                        Diagnostic::error(codes::UNKNOWN_OPERATION, keyed.span, text)
                            .help(format!("write {}", either(&names))),
                    );
                    None
                }
            },
            (None, None) => {
                let missing = missing_operation(self.action, given.name);
                let quoted = given.primary.as_ref().and_then(|(value, span)| {
                    let text = word(value)?;
                    ops.iter().find(|op| op.name == text).map(|op| (op.name, *span))
                });
                self.wrong.push(match quoted {
                    Some((name, span)) => missing.fix(span, name),
                    None => missing,
                });
                None
            }
        }
    }

    fn operation(
        &mut self,
        ops: &'static [Op],
        name: &str,
        span: Span,
        quote: &str,
    ) -> Option<&'static Op> {
        if let Some(op) = ops.iter().find(|op| op.name == name) {
            return Some(op);
        }
        let names = operations(self.action);
        let text = format!("`{}` has no operation `{name}`", self.action.name);
        let diagnostic = Diagnostic::error(codes::UNKNOWN_OPERATION, span, text);
        let near = near(name, names.iter().copied());
        self.wrong.push(if near.is_empty() {
            diagnostic.help(format!("it has {}", either(&names).replace(" or `", " and `")))
        } else {
            diagnostic.did_you_mean(span, name, &near, quote)
        });
        None
    }

    /// Keeps values whose parameter cannot be known.
    fn loose(&mut self, given: Given<'_, V>) {
        if let Some((value, span)) = given.primary {
            self.slots.push(Slot { param: None, name: String::new(), value, span });
        }
        for Named { key, value, span, .. } in given.named {
            self.slots.push(Slot { param: None, name: key.to_owned(), value, span });
        }
    }

    fn title(&self) -> String {
        doc::title(self.action, self.op)
    }

    fn usage(&self) -> String {
        format!("write `{}`", doc::usage(self.action, self.op))
    }

    fn twice(&mut self, name: &str, span: Span, first: Span) {
        self.wrong.push(
            Diagnostic::error(codes::ARGUMENT_TWICE, span, format!("`{name}` is given twice"))
                .related(first, "the first one is here")
                .help("keep one of the two"),
        );
    }

    /// A bare word beside the value without key: often a word of a set that another parameter takes.
    fn beside(
        &mut self,
        form: &'static Form,
        word: &str,
        span: Span,
        named: &[Named<'_, V>],
        value: Span,
    ) {
        let text = format!("`{}` takes one value without a key", self.title());
        let diagnostic = Diagnostic::error(codes::EXTRA_VALUE, span, text);
        let meant = params(self.action, form).find(|param| match param.kind {
            Kind::Enum(words) => {
                words.contains(&word) && !named.iter().any(|named| named.key == param.name)
            }
            _ => false,
        });
        self.wrong.push(match meant {
            Some(param) => diagnostic
                .help(format!("write `{}={word}` behind the value", param.name))
                .fix(Span { hi: value.lo, ..span }, "")
                .fix(value.end(), format!(" {}={word}", param.name)),
            None => diagnostic.help(self.usage()),
        });
        self.seen.extend(meant.map(|param| (param.name.to_owned(), span)));
    }

    fn primary(&mut self, form: &'static Form, value: V, span: Span) {
        if let Some(param) = params(self.action, form).find(|param| param.primary) {
            return self.fill(param, value, span);
        }
        let text = format!("`{}` takes no value without a key", self.title());
        let diagnostic = Diagnostic::error(codes::EXTRA_VALUE, span, text).help(self.usage());
        self.wrong.push(diagnostic);
        self.stray = Some((value, span, self.wrong.len() - 1));
    }

    fn fill(&mut self, param: &'static Param, value: V, span: Span) {
        self.seen.insert(param.name.to_owned(), span);
        self.slots.push(Slot { param: Some(param), name: param.name.to_owned(), value, span });
    }

    /// Places values with keys; gives back the keys that no parameter has.
    fn named<'a>(&mut self, form: &'static Form, named: Vec<Named<'a, V>>) -> Vec<(&'a str, Span)> {
        let mut unknown = Vec::new();
        for Named { key, key_span, value, span } in named {
            if let Some(&first) = self.seen.get(key) {
                self.twice(key, key_span.to(span), first);
                continue;
            }
            match params(self.action, form).find(|param| param.name == key) {
                Some(param) => self.fill(param, value, span),
                None => {
                    if form.open {
                        self.seen.insert(key.to_owned(), span);
                    } else {
                        unknown.push((key, key_span));
                    }
                    self.slots.push(Slot { param: None, name: key.to_owned(), value, span });
                }
            }
        }
        unknown
    }

    /// Unknown keys and missing arguments; a key that was meant for a missing argument is one mistake, not two.
    fn finish(&mut self, form: &'static Form, unknown: Vec<(&str, Span)>, place: Span) {
        let mut missing: Vec<&'static str> = params(self.action, form)
            .filter(|param| {
                param.presence == Presence::Required && !self.seen.contains_key(param.name)
            })
            .map(|param| param.name)
            .collect();
        let alone = unknown.len() == 1 && missing.len() == 1;
        for (key, span) in unknown {
            let free = params(self.action, form)
                .map(|param| param.name)
                .filter(|name| !self.seen.contains_key(*name));
            let meant = match near(key, free) {
                meant if meant.is_empty() && alone => missing.clone(),
                meant => meant,
            };
            missing.retain(|name| !meant.contains(name));
            let diagnostic = self.unknown(form, key, span, &meant);
            self.wrong.push(diagnostic);
        }
        if let Some((value, span, at)) = self.stray.take() {
            let alone = if let [one] = missing.as_slice() { Some(*one) } else { None };
            if let (Some(one), Some(wrong)) = (alone, self.wrong.get_mut(at)) {
                *wrong = wrong.clone().fix(span.start(), format!("{one}="));
            }
            missing.clear();
            self.slots.push(Slot { param: None, name: String::new(), value, span });
        }
        if !missing.is_empty() {
            let names = either(&missing).replace(" or `", " and `");
            let text = format!("`{}` needs {names}", self.title());
            self.wrong
                .push(Diagnostic::error(codes::MISSING_ARGUMENT, place, text).help(self.usage()));
        }
    }

    fn unknown(&self, form: &'static Form, key: &str, span: Span, meant: &[&str]) -> Diagnostic {
        let text = format!("`{}` has no argument `{key}`", self.title());
        if let Some(later) = self.later(form, key) {
            let diagnostic = Diagnostic::error(later.code, span, later.message);
            return match later.help {
                Some(help) => diagnostic.help(help),
                None => diagnostic,
            };
        }
        let diagnostic = Diagnostic::error(codes::UNKNOWN_ARGUMENT, span, text);
        if !meant.is_empty() {
            return diagnostic.did_you_mean(span, key, meant, "");
        }
        let names: Vec<&str> = params(self.action, form).map(|param| param.name).collect();
        diagnostic.help(match names.as_slice() {
            [] => "it takes none".to_owned(),
            names => format!("it takes {}", either(names).replace(" or `", " and `")),
        })
    }

    /// What the language of the action's query says of a key that is only to come.
    fn later(&self, form: &'static Form, key: &str) -> Option<Problem> {
        let query = params(self.action, form).find(|param| param.kind == Kind::Query)?;
        let problems = query.validate?(&format!("{key}=x"), &Args::default());
        problems.into_iter().find(|problem| problem.code == NOT_YET)
    }
}
