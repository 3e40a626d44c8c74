//! One walk over a plan in the order of its text: every action and expression is looked at once, and each read and
//! write of a name is logged with its place in that order.

use std::collections::HashMap;

use crate::action::Registry;
use crate::diagnostic::{
    Diagnostic,
    code::names::{KEY_TWICE, SET_FIXED},
};
use crate::source::Span;
use crate::step::meta;
use crate::syntax::ast::{
    Accessor, Block, Each, Else, Expr, ExprKind, File, If, Item, Part, Return, Set, Statement,
    StatementKind, Step, Template, Word,
};

use super::fields::{self, Shape};
use super::scope::Scope;
use super::suggest::Budget;
use crate::action::Kind;

/// A name that is read, or the base of a `set`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Use<'a> {
    pub(super) name: &'a str,
    pub(super) span: Span,
    /// Its place in the order of the walk.
    pub(super) at: u32,
    /// The innermost loop or retried step around.
    pub(super) region: u32,
    /// The innermost step around; 0 outside all.
    pub(super) step: u32,
    pub(super) way: Way,
}

/// How a name is used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Way {
    /// In an expression.
    Read,
    /// As the value of an argument of that kind.
    Argument(Kind),
    /// `set` of the name itself; the span is the word `set`.
    Set(Span),
    /// `set` of a place inside.
    SetInside,
}

/// A write of a variable, or of a step's result at its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Write<'a> {
    pub(super) name: &'a str,
    pub(super) span: Span,
    pub(super) at: u32,
    pub(super) region: u32,
    pub(super) step: u32,
}

/// A way back: a jump, or the jump of a policy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Back {
    /// Where it leaves, in the order of the walk.
    pub(super) from: u32,
    /// The step it goes to.
    pub(super) to: u32,
}

/// A loop's name at work: its uses, for a rename.
#[derive(Clone, Debug)]
pub(super) struct LoopName<'a> {
    pub(super) word: &'a Word,
    pub(super) body: Span,
    pub(super) uses: Vec<Span>,
}

/// What the walk saw.
#[derive(Debug, Default)]
pub(super) struct Log<'a> {
    pub(super) uses: Vec<Use<'a>>,
    pub(super) writes: Vec<Write<'a>>,
    pub(super) backs: Vec<Back>,
    pub(super) loops: Vec<LoopName<'a>>,
    /// The parent of each region; 0 is the plan, its own parent.
    pub(super) regions: Vec<u32>,
    /// When each step begins, by number; index 0 unused.
    pub(super) begins: Vec<u32>,
}

/// The log, and what was found on the way.
pub(super) struct Walked<'a> {
    pub(super) log: Log<'a>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

pub(super) fn walk<'a>(file: &'a File, scope: &'a Scope<'a>, registry: &'a Registry) -> Walked<'a> {
    let begins = vec![0; scope.resolved.steps.len() + 1];
    let mut walker = Walker {
        scope,
        registry,
        log: Log { regions: vec![0], begins, ..Log::default() },
        diagnostics: Vec::new(),
        budget: Budget::default(),
        inside: Vec::new(),
        makes: None,
        clock: 0,
        region: 0,
        step: 0,
    };
    walker.block(&file.body);
    Walked { log: walker.log, diagnostics: walker.diagnostics }
}

pub(super) struct Walker<'a> {
    pub(super) scope: &'a Scope<'a>,
    pub(super) registry: &'a Registry,
    pub(super) log: Log<'a>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) budget: Budget,
    /// The names of the loops around, innermost last: index into `log.loops`, and what each turn gives.
    inside: Vec<(usize, Shape<'a>)>,
    /// The variable that the action at hand makes.
    pub(super) makes: Option<&'a str>,
    clock: u32,
    region: u32,
    step: u32,
}

impl<'a> Walker<'a> {
    fn tick(&mut self) -> u32 {
        self.clock = self.clock.saturating_add(1);
        self.clock
    }

    fn block(&mut self, block: &'a Block) {
        for statement in &block.statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &'a Statement) {
        match &statement.kind {
            StatementKind::Plan(body) => self.block(body),
            StatementKind::Meta(entry) => self.meta(entry),
            StatementKind::Step(step) => self.step(step),
            StatementKind::If(branch) => self.branch(branch),
            StatementKind::While(turn) => self.looped(|walker| {
                walker.expr(&turn.condition);
                walker.block(&turn.body);
            }),
            StatementKind::Each(each) => self.each(each),
            StatementKind::Parallel(parallel) => self.block(&parallel.body),
            StatementKind::Action(action) | StatementKind::Future(action) => self.action(action),
            StatementKind::Jump(jump) => {
                let from = self.tick();
                let to = self.scope.resolved.find(&jump.target.text).map(|node| node.number);
                self.log.backs.extend(to.map(|to| Back { from, to }));
            }
            StatementKind::Set(set) => self.set(set, statement.span),
            StatementKind::Var(var) => {
                match super::call::action_as_value(var, statement.span, self.registry) {
                    Some(diagnostic) => self.diagnostics.push(diagnostic),
                    None => self.expr(&var.value),
                }
                self.write(&var.name.text, var.name.span);
            }
            StatementKind::Print(items) => self.items(items),
            StatementKind::Return(Return::Fields(items)) => {
                self.items(items);
                let keys = items.iter().map(|item| {
                    (
                        item.name().map(|name| &**name),
                        item.key.as_ref().map_or(item.value.span, |k| k.span),
                    )
                });
                self.keys(keys);
            }
            StatementKind::Return(Return::Value { value, .. }) => self.expr(value),
            StatementKind::Return(Return::Default)
            | StatementKind::Break
            | StatementKind::Continue
            | StatementKind::Stop
            | StatementKind::Skip
            | StatementKind::Error => {}
        }
    }

    fn items(&mut self, items: &'a [Item]) {
        for item in items {
            self.expr(&item.value);
        }
    }

    /// Keys that stand for two values: one of them would be lost.
    fn keys(&mut self, keys: impl Iterator<Item = (Option<&'a str>, Span)>) {
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for (key, span) in keys {
            let Some(key) = key else { continue };
            match seen.get(key) {
                Some(first) => self.diagnostics.push(
                    Diagnostic::error(KEY_TWICE, span, format!("`{key}` is given twice"))
                        .related(*first, "the first one is here")
                        .help(format!(
                            "give one of the two a key of its own: `other=…`, not `{key}`"
                        )),
                ),
                None => {
                    seen.insert(key, span);
                }
            }
        }
    }

    /// Parameters that meta strings hold are read there; whether they are parameters is `meta`'s.
    fn meta(&mut self, entry: &'a crate::syntax::ast::Meta) {
        for item in &entry.items {
            if let ExprKind::Template(template) = &item.value.kind {
                self.parameters(template);
            }
        }
    }

    fn parameters(&mut self, template: &'a Template) {
        for part in &template.parts {
            let Part::Hole(hole) = part else { continue };
            if let Some((name, span)) =
                hole.base_name().filter(|(name, _)| self.scope.meta.param(name).is_some())
            {
                self.name(name, span, Way::Read);
            }
        }
    }

    fn step(&mut self, step: &'a Step) {
        for attribute in &step.attributes {
            if let ("desc" | "timeout", ExprKind::Template(template)) =
                (&*attribute.key.text, &attribute.value.kind)
            {
                self.diagnostics.extend(meta::parameters_only(&attribute.value, self.scope.meta));
                self.parameters(template);
            }
        }
        let Some(node) = self.scope.resolved.steps.get((step.number as usize).wrapping_sub(1))
        else {
            return self.block(&step.body);
        };
        let begin = self.tick();
        if let Some(slot) = self.log.begins.get_mut(node.number as usize) {
            *slot = begin;
        }
        let outer = (self.step, self.region);
        self.step = node.number;
        if node.policy.retries > 0 {
            self.region = self.new_region();
        }
        self.block(&step.body);
        (self.step, self.region) = outer;
        if let crate::step::Last::Jump(target) = &node.policy.last {
            let from = self.tick();
            let to = self.scope.resolved.find(target).map(|node| node.number);
            self.log.backs.extend(to.map(|to| Back { from, to }));
        }
        self.write(&node.id, node.span);
        if node.namespace != node.id {
            self.write(&node.namespace, step.output.as_ref().map_or(node.span, |word| word.span));
        }
    }

    fn new_region(&mut self) -> u32 {
        self.log.regions.push(self.region);
        u32::try_from(self.log.regions.len() - 1).unwrap_or(u32::MAX)
    }

    fn looped(&mut self, body: impl FnOnce(&mut Self)) {
        let outer = self.region;
        self.region = self.new_region();
        body(self);
        self.region = outer;
    }

    fn branch(&mut self, branch: &'a If) {
        let mut next = Some(branch);
        while let Some(branch) = next.take() {
            self.expr(&branch.condition);
            self.block(&branch.then);
            match &branch.otherwise {
                Some(Else::Block(block)) => self.block(block),
                Some(Else::If(other, _)) => next = Some(other),
                None => {}
            }
        }
    }

    fn each(&mut self, each: &'a Each) {
        self.expr(&each.over);
        let over = self.shape(&each.over);
        let depth = self.inside.len();
        let rows = over.item();
        for (word, shape) in std::iter::once((&each.first, rows))
            .chain(each.second.iter().map(|w| (w, Shape::Unknown)))
        {
            self.log.loops.push(LoopName { word, body: each.body.span, uses: Vec::new() });
            self.inside.push((self.log.loops.len() - 1, shape));
        }
        self.looped(|walker| walker.block(&each.body));
        self.inside.truncate(depth);
    }

    fn set(&mut self, set: &'a Set, whole: Span) {
        self.expr(&set.value);
        for accessor in &set.path {
            if let Accessor::Index(index) = accessor {
                self.expr(index);
            }
        }
        let keyword = Span { hi: whole.lo.saturating_add(3), ..whole };
        let way = if set.path.is_empty() { Way::Set(keyword) } else { Way::SetInside };
        if set.path.is_empty() && self.is_loop_name(&set.name.text) {
            let name = &set.name.text;
            let text = format!("`{name}` is the name of a loop and does not change");
            let help = format!("copy it: `var other = {name}`, then change `other`");
            self.diagnostics.push(Diagnostic::error(SET_FIXED, set.name.span, text).help(help));
        }
        self.name(&set.name.text, set.name.span, way);
        self.tick();
    }

    /// Logs a write that takes effect now.
    pub(super) fn write(&mut self, name: &'a str, span: Span) {
        let at = self.tick();
        self.log.writes.push(Write { name, span, at, region: self.region, step: self.step });
    }

    /// Logs a use; the name of a loop around belongs to the loop alone.
    pub(super) fn name(&mut self, name: &'a str, span: Span, way: Way) {
        let loops = &self.log.loops;
        let around = self.inside.iter().rev().find(|(index, _)| &*loops[*index].word.text == name);
        if let Some(&(index, _)) = around {
            self.log.loops[index].uses.push(span);
            return;
        }
        let at = self.tick();
        self.log.uses.push(Use { name, span, at, region: self.region, step: self.step, way });
    }

    /// Whether a loop around gives the name.
    pub(super) fn is_loop_name(&self, name: &str) -> bool {
        self.inside.iter().any(|(index, _)| &*self.log.loops[*index].word.text == name)
    }

    /// What is known of the value of an expression here.
    pub(super) fn shape(&self, expr: &'a Expr) -> Shape<'a> {
        let turn = |name: &str| {
            let found = self
                .inside
                .iter()
                .rev()
                .find(|(index, _)| &*self.log.loops[*index].word.text == name);
            found.map(|(_, shape)| *shape)
        };
        fields::shape(expr, self.scope, self.registry, &turn)
    }

    pub(super) fn expr(&mut self, expr: &'a Expr) {
        self.value(expr, Way::Read);
    }

    /// Looks at an expression; `way` is how a lone name or path is used.
    pub(super) fn value(&mut self, expr: &'a Expr, way: Way) {
        match &expr.kind {
            ExprKind::Name(name) => self.name(name, expr.span, way),
            ExprKind::Template(template) => self.template(template),
            ExprKind::List(items) => items.iter().for_each(|item| self.expr(item)),
            ExprKind::Object(entries) => {
                entries.iter().for_each(|entry| self.expr(&entry.value));
                self.keys(entries.iter().map(|entry| (Some(&*entry.key.text), entry.key.span)));
            }
            ExprKind::Call(name, arguments) => {
                arguments.iter().for_each(|argument| self.expr(argument));
                self.call(name, arguments, expr.span);
            }
            ExprKind::Access(base, accessor) => {
                self.value(base, way);
                if let Accessor::Index(index) = accessor {
                    self.expr(index);
                }
                let shape = self.shape(base);
                let wrong = fields::unknown(shape, accessor, self.scope, &mut self.budget);
                self.diagnostics.extend(wrong);
            }
            ExprKind::Unary(_, inner) | ExprKind::Exists(inner, _) => self.expr(inner),
            ExprKind::Paren(inner) => self.value(inner, way),
            ExprKind::Binary(_, left, right) => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Duration(_)
            | ExprKind::Text(_)
            | ExprKind::Error => {}
        }
    }

    pub(super) fn template(&mut self, template: &'a Template) {
        for part in &template.parts {
            if let Part::Hole(hole) = part {
                self.expr(hole);
            }
        }
    }
}
