//! How each statement is written.

use super::expression::{accessor, flat, quoted, value};
use super::{Printer, WIDTH};
use crate::syntax::ast::{
    Action, Attribute, Block, Each, Else, ExprKind, If, Item, Jump, Parallel, Return, Set,
    Statement, StatementKind, Step,
};

impl Printer<'_> {
    pub(super) fn statement(&mut self, statement: &Statement, level: usize) {
        match &statement.kind {
            StatementKind::Plan(block) => {
                self.out.push_str("plan");
                self.block(block, level);
            }
            StatementKind::Meta(meta) => {
                self.out.push('@');
                self.out.push_str(&meta.key.text);
                self.items(&meta.items, level);
            }
            StatementKind::Step(step) => self.step(step, level),
            StatementKind::If(inner) => self.branches(inner, level),
            StatementKind::While(inner) => {
                self.out.push_str("while ");
                self.out.push_str(&flat(&inner.condition));
                self.block(&inner.body, level);
            }
            StatementKind::Each(each) => self.each(each, level),
            StatementKind::Parallel(parallel) => self.parallel(parallel, level),
            StatementKind::Action(action) => self.action(action, level),
            StatementKind::Future(action) => {
                // `future delay=1s` is the action `future`, which needs no further word.
                if &*action.name.text != "future" {
                    self.out.push_str("future ");
                }
                self.action(action, level);
            }
            StatementKind::Jump(jump) => self.jump(jump),
            StatementKind::Set(set) => self.set(set, level),
            StatementKind::Var(var) => {
                self.out.push_str(&format!("var {} = ", var.name.text));
                self.value(&var.value, level);
            }
            StatementKind::Print(items) => {
                self.out.push_str("print");
                self.items(items, level);
            }
            StatementKind::Return(form) => self.r#return(form, level),
            StatementKind::Break => self.out.push_str("break"),
            StatementKind::Continue => self.out.push_str("continue"),
            StatementKind::Stop => self.out.push_str("stop"),
            StatementKind::Skip => self.out.push_str("skip"),
            StatementKind::Error => {}
        }
    }

    fn value(&mut self, expr: &crate::syntax::ast::Expr, level: usize) {
        let text = value(expr, level, self.used());
        self.out.push_str(&text);
    }

    fn items(&mut self, items: &[Item], level: usize) {
        for (i, item) in items.iter().enumerate() {
            self.out.push_str(if i == 0 { " " } else { ", " });
            if let Some(key) = &item.key {
                self.out.push_str(&key.text);
                self.out.push('=');
            }
            self.value(&item.value, level);
        }
    }

    fn attributes(&mut self, attributes: &[Attribute]) {
        for attribute in attributes {
            self.out.push(' ');
            let lone =
                &*attribute.key.text == "desc" && attribute.key.span.lo == attribute.key.span.hi;
            let text = matches!(attribute.value.kind, ExprKind::Text(_) | ExprKind::Template(_));
            if !(lone && text) {
                self.out.push_str(&attribute.key.text);
                self.out.push('=');
            }
            self.out.push_str(&flat(&attribute.value));
        }
    }

    fn step(&mut self, step: &Step, level: usize) {
        self.out.push_str("step");
        self.attributes(&step.attributes);
        if let Some(output) = &step.output {
            self.out.push_str(" -> ");
            self.out.push_str(&output.text);
        }
        self.block(&step.body, level);
    }

    fn branches(&mut self, branch: &If, level: usize) {
        let mut branch = branch;
        loop {
            self.out.push_str("if ");
            self.out.push_str(&flat(&branch.condition));
            self.block(&branch.then, level);
            match &branch.otherwise {
                None => return,
                Some(Else::Block(block)) => {
                    self.out.push_str(" else");
                    return self.block(block, level);
                }
                Some(Else::If(next, _)) => {
                    self.out.push_str(" else ");
                    branch = next;
                }
            }
        }
    }

    fn each(&mut self, each: &Each, level: usize) {
        match &each.second {
            Some(second) => {
                self.out.push_str(&format!("each ({}, {}) in ", each.first.text, second.text))
            }
            None => self.out.push_str(&format!("each {} in ", each.first.text)),
        }
        self.out.push_str(&flat(&each.over));
        self.block(&each.body, level);
    }

    fn parallel(&mut self, parallel: &Parallel, level: usize) {
        self.out.push_str("parallel");
        self.attributes(&parallel.options);
        if parallel.colon {
            self.out.push(':');
            self.body(&parallel.body, level);
            self.out.push_str("end");
        } else {
            self.block(&parallel.body, level);
        }
    }

    fn action(&mut self, action: &Action, level: usize) {
        self.out.push_str(&action.name.text);
        if let Some(option) = &action.option {
            self.out.push(' ');
            self.out.push_str(&option.text);
        }
        let line = self.used() + arguments(action).chars().count();
        let broken = line > WIDTH && action.arguments.len() > 1;
        if let Some(primary) = &action.primary {
            self.out.push(' ');
            self.value(primary, level);
            self.out.push_str(if is_option_like(action) { "," } else { "" });
        }
        for argument in &action.arguments {
            self.next_argument(level, broken);
            self.out.push_str(&argument.key.text);
            self.out.push('=');
            self.value(&argument.value, level + usize::from(broken));
        }
        if let Some(output) = &action.output {
            self.next_argument(level, broken);
            self.out.push_str("-> ");
            self.out.push_str(&output.text);
        }
    }

    fn next_argument(&mut self, level: usize, broken: bool) {
        if broken {
            self.out.push('\n');
            self.indent(level + 1);
        } else {
            self.out.push(' ');
        }
    }

    fn jump(&mut self, jump: &Jump) {
        self.out.push_str(if jump.keyed { "jump to=" } else { "jump " });
        if jump.quoted {
            self.out.push_str(&quoted(&jump.target.text));
        } else {
            self.out.push_str(&jump.target.text);
        }
    }

    fn set(&mut self, set: &Set, level: usize) {
        self.out.push_str("set ");
        self.out.push_str(&set.name.text);
        for step in &set.path {
            self.out.push_str(&accessor(step));
        }
        self.out.push_str(" = ");
        self.value(&set.value, level);
    }

    fn r#return(&mut self, form: &Return, level: usize) {
        self.out.push_str("return");
        match form {
            Return::Default => {}
            Return::Value { value, equals } => {
                let equals = *equals || matches!(value.kind, ExprKind::Name(_));
                self.out.push_str(if equals { " = " } else { " " });
                self.value(value, level);
            }
            Return::Fields(items) => self.items(items, level),
        }
    }
}

/// The arguments and the output in one line.
fn arguments(action: &Action) -> String {
    let primary = action.primary.iter().map(|value| format!(" {}", flat(value)));
    let keyed = action
        .arguments
        .iter()
        .map(|argument| format!(" {}={}", argument.key.text, flat(&argument.value)));
    let output = action.output.iter().map(|output| format!(" -> {}", output.text));
    primary.chain(keyed).chain(output).collect()
}

/// Whether the primary argument would be read as the option without a comma behind it.
fn is_option_like(action: &Action) -> bool {
    action.option.is_none()
        && action.primary.as_ref().is_some_and(|primary| matches!(primary.kind, ExprKind::Name(_)))
}

/// The first block of a statement.
pub(super) fn first_block(statement: &Statement) -> Option<&Block> {
    match &statement.kind {
        StatementKind::Plan(block) => Some(block),
        StatementKind::Step(step) => Some(&step.body),
        StatementKind::If(branch) => Some(&branch.then),
        StatementKind::While(inner) => Some(&inner.body),
        StatementKind::Each(each) => Some(&each.body),
        StatementKind::Parallel(parallel) => Some(&parallel.body),
        _ => None,
    }
}
