//! Actions and what they are given: the action exists, each value has a parameter and its kind.

use super::constant::constant;
use super::walk::{Walker, Way};
use super::{embedded, fields, foreign};
use crate::action::args::{Arranged, Given, Mismatch, Named, Slot, arrange, convert};
use crate::action::bare::{Bare, Declared, classify};
use crate::action::convert::not_a_member;
use crate::action::embedded::entries;
use crate::action::{Action, Args, Group, Kind, Param, Presence, args};
use crate::diagnostic::{Code, Diagnostic, code::arguments as codes, code::names};
use crate::source::Span;
use crate::step::resolve::RESERVED;
use crate::syntax::ast::{self, Expr, ExprKind, Part, Template, Text, Word};
use crate::value::duration::Certainty;
use crate::value::{Value, function};

use super::scope::Role;

/// A value as written: the bare word behind the action's name, or an expression.
#[derive(Clone, Copy, Debug)]
enum Written<'a> {
    Word(&'a Word),
    Expr(&'a Expr),
}

impl<'a> Walker<'a> {
    /// Looks at a call, then logs what it writes.
    pub(super) fn action(&mut self, action: &'a ast::Action) {
        self.makes = action.output.as_ref().map(|word| &*word.text);
        match self.registry.find(&action.name.text) {
            Some(known) => self.known(known, action),
            None => {
                let diagnostic = foreign::unknown_action(action, self.registry, &mut self.budget);
                self.diagnostics.push(diagnostic);
                self.loose(action);
            }
        }
        if let Some(output) = &action.output {
            self.write(&output.text, output.span);
        }
    }

    /// The arguments of an action that is not known.
    fn loose(&mut self, action: &'a ast::Action) {
        for value in
            action.primary.iter().chain(action.arguments.iter().map(|argument| &argument.value))
        {
            self.lenient(Written::Expr(value));
        }
        if let Some(option) = &action.option {
            self.lenient(Written::Word(option));
        }
    }

    /// A value whose parameter is not known: a bare word may be a symbol, so only what is declared is a name.
    fn lenient(&mut self, value: Written<'a>) {
        match value {
            Written::Word(word) if self.holds_a_value(&word.text) => {
                self.name(&word.text, word.span, Way::Read)
            }
            Written::Word(_) => {}
            Written::Expr(Expr { kind: ExprKind::Name(name), .. }) if !self.holds_a_value(name) => {
            }
            Written::Expr(expr)
                if expr.base_name().is_none_or(|(name, _)| self.is_declared(name)) =>
            {
                self.expr(expr)
            }
            Written::Expr(_) => {}
        }
    }

    /// Whether a lone word would be read as a value; the id of a step is as likely to be meant as itself.
    fn holds_a_value(&self, name: &str) -> bool {
        self.declared(name) == Declared::Variable
    }

    fn is_declared(&self, name: &str) -> bool {
        self.scope.names.contains_key(name) || RESERVED.contains(&name) || self.is_loop_name(name)
    }

    fn known(&mut self, action: &'static Action, written: &'a ast::Action) {
        let (arranged, wrong) = arrange(action, given(written), |value| match value {
            Written::Word(word) => Some(word.text.to_string()),
            Written::Expr(expr) => match &expr.kind {
                ExprKind::Name(word) => Some(word.to_string()),
                ExprKind::Text(text) => Some(text.value.to_string()),
                _ => None,
            },
        });
        let said = self.diagnostics.len();
        self.diagnostics.extend(wrong);
        let mut args = constants(action, &arranged);
        if action.group == Group::Analysis && args.value("lang").is_none() {
            args.extend(
                self.scope.meta.lang.as_ref().and_then(constant).map(|lang| ("lang", lang)),
            );
        }
        let fixed = self.fixed(&arranged);
        for slot in arranged.slots {
            match (slot.param, arranged.form) {
                (None, Some(form)) if !form.open => self.lenient(slot.value),
                (_, None) => self.lenient(slot.value),
                _ => self.slot(slot, &args),
            }
        }
        let sound = !self.diagnostics.iter().skip(said).any(Diagnostic::is_error);
        if let Some(fixed) = fixed.filter(|_| sound) {
            self.diagnostics.extend(impossible(action, fixed, written.name.span));
        }
    }

    /// The arguments with their values, if all are known before the run.
    fn fixed(&self, arranged: &Arranged<Written<'a>>) -> Option<Arranged<Value>> {
        let slots = arranged.slots.iter().map(|slot| {
            let value = self.fixed_value(slot.param?, slot.value)?;
            Some(Slot { param: slot.param, name: slot.name.clone(), value, span: slot.span })
        });
        Some(Arranged {
            form: arranged.form,
            op: arranged.op,
            slots: slots.collect::<Option<_>>()?,
        })
    }

    fn fixed_value(&self, param: &Param, value: Written<'_>) -> Option<Value> {
        let path = match value {
            Written::Word(word) => word.text.to_string(),
            Written::Expr(expr) => match (expr.dotted(), constant(expr)) {
                (Some(path), _) => path,
                (None, known) => return known,
            },
        };
        match classify(param.kind, &path, |name| self.declared(name)) {
            Bare::Symbol(text) => Some(text.into()),
            Bare::Word(text) => Some(text.into()),
            Bare::Expression => None,
        }
    }

    fn slot(&mut self, slot: Slot<Written<'a>>, args: &Args) {
        match (slot.param, slot.value) {
            (Some(param), Written::Word(word)) => {
                self.path(param, &word.text, &word.text, word.span, None, args)
            }
            (Some(param), Written::Expr(expr)) => match (expr.dotted(), expr.base_name()) {
                (Some(path), Some((base, _))) => {
                    self.path(param, &path, base, expr.span, Some(expr), args)
                }
                _ => self.argument(param, expr, args),
            },
            (None, Written::Word(word)) => self.name(&word.text, word.span, Way::Read),
            (None, Written::Expr(expr)) => self.expr(expr),
        }
    }

    /// A bare word or dotted path: a symbol, a member of a set, or an expression.
    fn path(
        &mut self,
        param: &'static Param,
        path: &str,
        base: &'a str,
        span: Span,
        expr: Option<&'a Expr>,
        args: &Args,
    ) {
        match classify(param.kind, path, |name| self.declared(name)) {
            Bare::Symbol(text) => self.diagnostics.extend(embedded::word(param, &text, span, args)),
            Bare::Word(_) => {}
            Bare::Expression => match (param.kind, expr) {
                (Kind::Enum(words), _) if !self.is_declared(base) => {
                    let mismatch = not_a_member(path, words);
                    self.mismatch(param, mismatch, span);
                }
                (kind, None) => self.name(base, span, Way::Argument(kind)),
                (kind, Some(expr)) => {
                    self.value(expr, Way::Argument(kind));
                    if path == base {
                        self.parameter(param, base, expr.span);
                    }
                }
            },
        }
    }

    /// A parameter of the plan whose default fixes a type that the argument does not take.
    fn parameter(&mut self, param: &Param, name: &str, span: Span) {
        let typed = matches!(
            param.kind,
            Kind::Int(..) | Kind::Number | Kind::Bool | Kind::List | Kind::Object
        );
        let declared = self.scope.meta.param(name).filter(|_| typed && !self.is_loop_name(name));
        let Some(default) = declared.and_then(|declared| declared.default.as_ref()) else { return };
        let Some(value) = constant(default).filter(|value| *value != Value::Null) else { return };
        let found = value.kind();
        if let Err(mismatch) = convert(param.kind, value)
            && mismatch.code == codes::ARGUMENT_TYPE
        {
            let text =
                format!("expected {} for `{}`, found {found}", mismatch.expected, param.name);
            self.diagnostics.push(
                Diagnostic::error(codes::ARGUMENT_TYPE, span, text)
                    .related(default.span, format!("the default of `{name}` fixes its type")),
            );
        }
    }

    fn declared(&self, name: &str) -> Declared {
        if self.is_loop_name(name) {
            return Declared::Variable;
        }
        match self.scope.names.get(name).map(|entry| entry.role) {
            Some(Role::Variable | Role::Parameter | Role::Wished) => Declared::Variable,
            Some(Role::Id(_) | Role::Namespace(_)) => Declared::Step,
            None if RESERVED.contains(&name) => Declared::Step,
            None => Declared::No,
        }
    }

    /// A text that lists names reads each of them.
    fn listed(&mut self, param: &Param, text: &'a Text, expr: &Expr) {
        let source = expr.span.source;
        let (names, empty): (Vec<_>, Vec<_>) =
            entries(&text.value).into_iter().partition(|range| !range.is_empty());
        if !empty.is_empty() {
            let text = format!("an entry of `{}` is empty", param.name);
            self.diagnostics.push(
                Diagnostic::error(codes::ARGUMENT_TYPE, expr.span, text)
                    .help("the string holds names of variables with commas between them"),
            );
        }
        for range in names {
            let ends = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            let span = text.map.span(source, ends(range.start)..ends(range.end));
            self.name(&text.value[range], span, Way::Read);
        }
    }

    fn argument(&mut self, param: &'static Param, expr: &'a Expr, args: &Args) {
        if let Some(fault) = called_symbol(param, expr) {
            return self.diagnostics.push(fault);
        }
        if let (Kind::Names, ExprKind::Text(text)) = (param.kind, &expr.kind) {
            return self.listed(param, text, expr);
        }
        self.value(expr, Way::Argument(param.kind));
        if let ExprKind::Template(template) = &expr.kind {
            self.computed_text(param, template, expr);
        }
        if let Some(Err(mismatch)) = constant(expr).map(|value| convert(param.kind, value)) {
            self.mismatch(param, mismatch, expr.span);
            return;
        }
        self.like_a_name(param, expr);
        self.diagnostics.extend(embedded::problems(param, expr, args));
    }

    fn mismatch(&mut self, param: &Param, mismatch: Mismatch, span: Span) {
        let diagnostic = Diagnostic::error(mismatch.code, span, mismatch.message(param.name));
        let diagnostic = match (mismatch.help, &mismatch.fix) {
            (Some(help), _) => diagnostic.help(help),
            (None, Some(fix)) => diagnostic.help(format!("write `{}`", fix.text)),
            (None, None) => diagnostic,
        };
        self.diagnostics.push(match mismatch.fix {
            Some(fix) if fix.certainty == Certainty::Certain => diagnostic.fix(span, fix.text),
            Some(fix) => diagnostic.propose(span, fix.text),
            None => diagnostic,
        });
    }

    /// A string with holes is text, whatever its holes hold.
    fn computed_text(&mut self, param: &Param, template: &Template, expr: &Expr) {
        let (code, expected): (Code, &str) = match param.kind {
            Kind::Int(..) => (codes::ARGUMENT_TYPE, "a whole number"),
            Kind::Number => (codes::ARGUMENT_TYPE, "a number"),
            Kind::Bool => (codes::ARGUMENT_TYPE, "`true` or `false`"),
            Kind::List => (codes::ARGUMENT_TYPE, "a list"),
            Kind::Object => (codes::ARGUMENT_TYPE, "an object"),
            _ => return,
        };
        let text = format!("expected {expected} for `{}`, found a string", param.name);
        let diagnostic = Diagnostic::error(code, expr.span, text);
        let alone = match template.parts.as_slice() {
            [Part::Hole(hole)] => hole.dotted(),
            _ => None,
        };
        self.diagnostics.push(match alone {
            Some(path) => {
                diagnostic.help(format!("write `{path}` without the string")).fix(expr.span, path)
            }
            None => diagnostic.help("a string with `${…}` in it is text"),
        });
    }

    /// A quoted string that spells a variable, where the variable itself could stand.
    fn like_a_name(&mut self, param: &Param, expr: &Expr) {
        let ExprKind::Text(text) = &expr.kind else { return };
        let takes_both = matches!(param.kind, Kind::Any | Kind::Symbol | Kind::Target);
        let made = self.makes == Some(&*text.value);
        if !takes_both || made || self.declared(&text.value) != Declared::Variable {
            return;
        }
        let message = format!("`\"{0}\"` is text; the variable is written `{0}`", text.value);
        self.diagnostics.push(
            Diagnostic::warning(names::TEXT_LIKE_NAME, expr.span, message)
                .help("leave the quotes out if the variable is meant")
                .propose(expr.span, &*text.value),
        );
    }

    /// Looks at a call of a function.
    pub(super) fn call(&mut self, name: &'a Word, arguments: &'a [Expr], span: Span) {
        let wrong = super::call::check(name, arguments, span, self.registry, &mut self.budget);
        self.diagnostics.extend(wrong);
        self.diagnostics.extend(embedded::of_call(&name.text, arguments));
        let ("map" | "filter" | "group" | "sort" | "unique", [rows, path, ..]) =
            (&*name.text, arguments)
        else {
            return;
        };
        let ExprKind::Text(text) = &path.kind else { return };
        let first = text.value.split(['.', '[']).next().unwrap_or("");
        let row = self.shape(rows).item();
        let place =
            text.map.span(path.span.source, 0..u32::try_from(first.len()).unwrap_or(u32::MAX));
        let wrong = fields::missing(row, first, place, "", self.scope, &mut self.budget);
        self.diagnostics.extend(wrong);
    }
}

/// `calls f()`, where the name alone is asked for.
fn called_symbol(param: &Param, expr: &Expr) -> Option<Diagnostic> {
    let ExprKind::Call(name, arguments) = &expr.kind else { return None };
    let symbol = matches!(param.kind, Kind::Symbol | Kind::Target) && arguments.is_empty();
    if !symbol || function::find(&name.text).is_some() {
        return None;
    }
    let text = format!("expected a name for `{}`, found a call", param.name);
    let fault = Diagnostic::error(codes::ARGUMENT_TYPE, expr.span, text);
    Some(fault.help(format!("write `{}`", name.text)).fix(expr.span, &*name.text))
}

/// Why a call whose arguments are known can give no answer: what the arguments ask for together is no question.
fn impossible(action: &'static Action, fixed: Arranged<Value>, place: Span) -> Option<Diagnostic> {
    let bound = args::fill(action, fixed, place, |_, value| Ok(value)).ok()?;
    let fault = (bound.form.needs)(&bound.args).err()?;
    let diagnostic = Diagnostic::error(fault.code, fault.span.unwrap_or(place), fault.message);
    Some(match fault.help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    })
}

fn given(action: &ast::Action) -> Given<'_, Written<'_>> {
    Given {
        name: action.name.span,
        option: action.option.as_ref().map(|word| (&*word.text, Written::Word(word), word.span)),
        primary: action.primary.as_ref().map(|expr| (Written::Expr(expr), expr.span)),
        named: action
            .arguments
            .iter()
            .map(|argument| Named {
                key: &argument.key.text,
                key_span: argument.key.span,
                value: Written::Expr(&argument.value),
                span: argument.value.span,
            })
            .collect(),
    }
}

/// The arguments that are constants of the right kind, with defaults where nothing is given.
fn constants(action: &'static Action, arranged: &Arranged<Written<'_>>) -> Args {
    let mut known = Args::default();
    for slot in &arranged.slots {
        let value = match slot.value {
            Written::Word(word) => Some(Value::Str(word.text.clone())),
            Written::Expr(expr) => constant(expr).or_else(|| expr.dotted().map(Value::from)),
        };
        let Some(param) = slot.param else { continue };
        if let Some(Ok(value)) = value.map(|value| convert(param.kind, value)) {
            known.insert(param.name, value);
        }
    }
    let Some(form) = arranged.form else { return known };
    for param in args::params(action, form) {
        let is_given = arranged.slots.iter().any(|slot| slot.name == param.name);
        if let (Presence::Default(text), false) = (param.presence, is_given) {
            known.insert(param.name, args::default(param, text));
        }
    }
    known
}
