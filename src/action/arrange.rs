//! Which value of a call belongs to which parameter: the option word, the value without key, the keys. Used by `check`
//! on expressions and by `args::bind` on values, so that both say the same.

use std::collections::HashMap;

use super::args::{Arranged, Given, Named, Slot, params};
use super::{Action, Form, Forms, Op, Param, Presence, doc};
use crate::diagnostic::code::arguments as codes;
use crate::diagnostic::{Diagnostic, either, near};
use crate::source::Span;

/// Puts each value at its parameter. `word` gives the text of a value that is a known word or string, for `op=`.
pub fn arrange<'a, V>(
    action: &'static Action,
    given: Given<'a, V>,
    word: impl Fn(&V) -> Option<String>,
) -> (Arranged<V>, Vec<Diagnostic>) {
    let mut arranger =
        Arranger { action, op: None, slots: Vec::new(), seen: HashMap::new(), wrong: Vec::new() };
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
}

/// What chooses the operation.
enum Choice {
    Known(&'static Op),
    /// Only the run knows.
    Computed,
    Wrong,
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
            Forms::Ops(ops) => match self.choose(ops, &mut given, word) {
                Choice::Known(op) => {
                    self.op = Some(op.name);
                    Some(&op.form)
                }
                Choice::Computed | Choice::Wrong => None,
            },
        };
        let Some(form) = form else {
            self.loose(given);
            return None;
        };
        if let Some((_, value, span)) = given.option.take() {
            self.primary(form, value, span);
        }
        if let Some((value, span)) = given.primary.take() {
            self.primary(form, value, span);
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
    ) -> Choice {
        let keyed =
            given.named.iter().position(|named| named.key == "op").map(|at| given.named.remove(at));
        match (given.option.take(), keyed) {
            (Some((name, _, span)), None) => self.operation(ops, name, span, ""),
            (Some((name, _, first)), Some(keyed)) => {
                self.twice("op", keyed.key_span.to(keyed.span), first);
                self.operation(ops, name, first, "")
            }
            (None, Some(keyed)) => match word(&keyed.value) {
                Some(name) => self.operation(ops, &name, keyed.span, "\""),
                None => {
                    let Named { key, value, span, .. } = keyed;
                    self.slots.push(Slot { param: None, name: key.to_owned(), value, span });
                    Choice::Computed
                }
            },
            (None, None) => {
                let mut missing = missing_operation(self.action, given.name);
                if let Some((value, span)) = &given.primary {
                    let quoted = word(value).and_then(|text| ops.iter().find(|op| op.name == text));
                    missing = match quoted {
                        Some(op) => missing.fix(*span, op.name),
                        None => missing,
                    };
                }
                self.wrong.push(missing);
                Choice::Wrong
            }
        }
    }

    fn operation(&mut self, ops: &'static [Op], name: &str, span: Span, quote: &str) -> Choice {
        if let Some(op) = ops.iter().find(|op| op.name == name) {
            return Choice::Known(op);
        }
        let names = operations(self.action);
        let text = format!("`{}` has no operation `{name}`", self.action.name);
        let diagnostic = Diagnostic::error(codes::UNKNOWN_OPERATION, span, text);
        self.wrong.push(match near(name, names.iter().copied()).as_slice() {
            [] => diagnostic.help(format!("it has {}", either(&names).replace(" or `", " and `"))),
            [one] => diagnostic
                .help(format!("did you mean `{one}`?"))
                .fix(span, format!("{quote}{one}{quote}")),
            many => diagnostic.help(format!("did you mean {}?", either(many))),
        });
        Choice::Wrong
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

    fn primary(&mut self, form: &'static Form, value: V, span: Span) {
        let Some(param) = params(self.action, form).find(|param| param.primary) else {
            let text = format!("`{}` takes no value without a key", self.title());
            self.wrong.push(Diagnostic::error(codes::EXTRA_VALUE, span, text).help(self.usage()));
            return;
        };
        if self.seen.contains_key(param.name) {
            let text = format!("`{}` takes one value without a key", self.title());
            self.wrong.push(Diagnostic::error(codes::EXTRA_VALUE, span, text).help(self.usage()));
            return;
        }
        self.fill(param, value, span);
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
        if !missing.is_empty() {
            let names = either(&missing).replace(" or `", " and `");
            let text = format!("`{}` needs {names}", self.title());
            self.wrong
                .push(Diagnostic::error(codes::MISSING_ARGUMENT, place, text).help(self.usage()));
        }
    }

    fn unknown(&self, form: &'static Form, key: &str, span: Span, meant: &[&str]) -> Diagnostic {
        let text = format!("`{}` has no argument `{key}`", self.title());
        let diagnostic = Diagnostic::error(codes::UNKNOWN_ARGUMENT, span, text);
        match meant {
            [one] => diagnostic.help(format!("did you mean `{one}`?")).fix(span, *one),
            [] => {
                let names: Vec<&str> = params(self.action, form).map(|param| param.name).collect();
                diagnostic.help(match names.as_slice() {
                    [] => "it takes none".to_owned(),
                    names => format!("it takes {}", either(names).replace(" or `", " and `")),
                })
            }
            many => diagnostic.help(format!("did you mean {}?", either(many))),
        }
    }
}
