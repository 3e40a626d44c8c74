//! Blocks with headers: `if` with its `else`s, `while`, `for`, the arms of a `match`.

use tree_sitter::Node;

use super::attributes::place;
use super::blocks::{Entry, Form, Pending, Shape, Work};
use super::kinds::{Field, Rule};
use super::reader::{Binding, Mode, Reader};
use super::scopes::Header;
use crate::facts::body::{BindOp, BlockKind};
use crate::facts::{BlockId, ExprId, Place, ScopeId};

/// The parts of a compound.
#[derive(Clone, Copy, Default)]
struct Parts<'t> {
    label: Option<Node<'t>>,
    pattern: Option<Node<'t>>,
    condition: Option<Node<'t>>,
    value: Option<Node<'t>>,
    body: Option<Node<'t>>,
    alternative: Option<Node<'t>>,
}

impl<'t> Reader<'t> {
    fn parts(&mut self, node: Node<'t>) -> Parts<'t> {
        let mut parts = Parts::default();
        self.cursor.reset(node);
        let mut is_child = self.cursor.goto_first_child();
        while is_child {
            let child = self.cursor.node();
            match (self.kinds.field(self.cursor.field_id()), self.kinds.rule(child.kind_id())) {
                (_, Rule::Comment) => self.comment(place(child)),
                (_, Rule::Label) => parts.label = Some(child),
                (_, Rule::AttributeItem) => self.lead.attributes.push(child),
                (Field::Pattern, _) => parts.pattern = Some(child),
                (Field::Condition, _) => parts.condition = Some(child),
                (Field::Value, _) => parts.value = Some(child),
                (Field::Body | Field::Consequence, _) => parts.body = Some(child),
                (Field::Alternative, _) => parts.alternative = Some(child),
                _ => {}
            }
            is_child = self.cursor.goto_next_sibling();
        }
        parts
    }

    /// Begins the header of a block: what it binds gets a scope of the block's own.
    fn begin_header(&mut self, hi: u32) -> usize {
        let outer = self.context.scope;
        self.header = Some(Header { outer, own: ScopeId::NONE, hi });
        self.lets.clear();
        self.builder.facts.body.exprs.len()
    }

    /// Ends it; the scope of the block, if the header made one.
    fn end_header(&mut self, block: BlockId, exprs: usize) -> Option<ScopeId> {
        let exprs = self.exprs_since(exprs);
        if let Some(block) = self.block_mut(block) {
            block.exprs = exprs;
        }
        let header = self.header.take()?;
        self.context.scope = header.outer;
        Some(header.own).filter(|own| own.is_some())
    }

    /// A pattern and the names it binds.
    fn header_pattern(&mut self, node: Node<'t>) -> (ExprId, bool) {
        let before = self.bound;
        self.context.mode = Mode::Pattern;
        let pattern = self.walk(node, Field::None).expr;
        self.context.mode = Mode::Value;
        (pattern, self.bound_since(before, pattern))
    }

    fn begin_compound(&mut self, pending: &Pending<'t>, kind: BlockKind, end: u32) -> BlockId {
        let at = pending.at.unwrap_or(pending.node.start_byte() as u32);
        let block = self.add_block(kind, Place::between(at, end), pending.scope);
        self.announce(pending, block);
        block
    }

    /// Goes on to the body, after the blocks of the header.
    fn enter_compound(
        &mut self,
        body: Option<Node<'t>>,
        block: BlockId,
        own: Option<ScopeId>,
        (binds, op): (Vec<Binding>, BindOp),
    ) {
        if let Some(body) = body {
            let is_block = self.kinds.rule(body.kind_id()) == Rule::Block
                && self.text.as_bytes().get(body.start_byte()) == Some(&b'{');
            let shape = match own {
                _ if !is_block => Shape::Single,
                Some(_) => Shape::Own,
                None => Shape::Block,
            };
            let scope = own.unwrap_or(self.context.scope);
            let entry = Entry { binds, op, ..Entry::new(body, block, scope, shape) };
            self.work.push(Work::Enter(entry));
        }
        self.defer();
    }

    pub(super) fn open_if(&mut self, pending: Pending<'t>, kind: BlockKind) {
        let parts = self.parts(pending.node);
        let end = parts.body.map_or(pending.node.end_byte(), |body| body.end_byte()) as u32;
        let block = self.begin_compound(&pending, kind, end);
        if let Some(alternative) = parts.alternative {
            let mut next = self.pending(alternative, Form::Else);
            next.prev = block;
            self.work.push(Work::Open(next));
        }
        self.conditional(&parts, block, end);
    }

    /// Reads a condition and goes on to what it decides on.
    fn conditional(&mut self, parts: &Parts<'t>, block: BlockId, end: u32) {
        let exprs = self.begin_header(end);
        let test = parts.condition.map(|condition| self.walk(condition, Field::None).expr);
        let own = self.end_header(block, exprs);
        if let Some(block) = self.block_mut(block) {
            block.test = test.unwrap_or_default();
        }
        let binds = std::mem::take(&mut self.lets);
        if let (Some(own), Some(first)) = (own, binds.first()) {
            let after = self.expr(first.value).map_or(0, |value| value.place.end());
            self.begin_scope(own, after);
        }
        self.enter_compound(parts.body, block, own, (binds, BindOp::Match));
    }

    /// `else { … }` or `else if …`.
    pub(super) fn open_else(&mut self, pending: Pending<'t>) {
        let at = pending.node.start_byte() as u32;
        self.cursor.reset(pending.node);
        let mut found = None;
        let mut is_child = self.cursor.goto_first_child();
        while is_child {
            let child = self.cursor.node();
            match self.kinds.rule(child.kind_id()) {
                Rule::Comment => self.comment(place(child)),
                rule @ (Rule::If | Rule::Block) => found = Some((child, rule)),
                _ => {}
            }
            is_child = self.cursor.goto_next_sibling();
        }
        let Some((node, rule)) = found else { return };
        if rule == Rule::If {
            let next = Pending { node, form: Form::If(BlockKind::Elif), at: Some(at), ..pending };
            return self.work.push(Work::Open(next));
        }
        let end = node.end_byte() as u32;
        let block = self.begin_compound(&Pending { at: Some(at), ..pending }, BlockKind::Else, end);
        self.work.push(Work::Enter(Entry::new(node, block, pending.scope, Shape::Block)));
    }

    pub(super) fn open_while(&mut self, pending: Pending<'t>) {
        let parts = self.parts(pending.node);
        let end = pending.node.end_byte() as u32;
        let block = self.begin_compound(&pending, BlockKind::While, end);
        self.label_of(&parts, block);
        self.conditional(&parts, block, end);
    }

    fn label_of(&mut self, parts: &Parts<'t>, block: BlockId) {
        if let Some(label) = parts.label {
            self.set_label(block, label);
        }
    }

    pub(super) fn open_for(&mut self, pending: Pending<'t>) {
        let parts = self.parts(pending.node);
        let end = pending.node.end_byte() as u32;
        let block = self.begin_compound(&pending, BlockKind::For, end);
        self.label_of(&parts, block);
        let exprs = self.begin_header(end);
        let target = parts.pattern.map(|pattern| self.header_pattern(pattern));
        let value = parts.value.map(|value| self.walk(value, Field::None).expr).unwrap_or_default();
        let own = self.end_header(block, exprs);
        if let Some(own) = own {
            self.begin_scope(own, parts.value.map_or(0, |value| value.end_byte() as u32));
        }
        if let Some(block) = self.block_mut(block) {
            block.test = value;
        }
        // A `for` binds even where its pattern names nothing.
        let binds = target.map(|(target, _)| Binding { target, value });
        self.enter_compound(parts.body, block, own, (binds.into_iter().collect(), BindOp::For));
    }

    /// Lets the arms wait, the first on top; each knows the one before it by the order they are opened in.
    pub(super) fn open_arms(&mut self, pending: Pending<'t>) {
        let base = self.nodes.len();
        self.collect(pending.node);
        let arms = self.nodes.split_off(base);
        let mut comments = Vec::new();
        for arm in arms.into_iter().rev() {
            match self.kinds.rule(arm.kind_id()) {
                Rule::MatchArm => {
                    self.work.push(Work::Open(Pending { node: arm, form: Form::Arm, ..pending }));
                }
                Rule::Comment => comments.push(place(arm)),
                _ => {}
            }
        }
        comments.into_iter().rev().for_each(|comment| self.comment(comment));
    }

    /// An arm: its pattern and guard, then its value as a block.
    pub(super) fn open_arm(&mut self, pending: Pending<'t>) {
        let parts = self.parts(pending.node);
        let end = parts.value.map_or(pending.node.end_byte(), |value| value.end_byte()) as u32;
        let at = parts.pattern.map(|pattern| pattern.start_byte() as u32);
        let block = self.begin_compound(&Pending { at, ..pending }, BlockKind::Arm, end);
        if let Some(Work::Open(next)) = self.work.last_mut()
            && (next.form, next.expr) == (Form::Arm, pending.expr)
        {
            next.prev = block;
        }
        let exprs = self.begin_header(end);
        let lead = std::mem::take(&mut self.lead);
        let _ = self.attributes(&lead);
        let (pattern, guard) = parts.pattern.map(|node| self.arm_pattern(node)).unwrap_or_default();
        let pattern = pattern.map(|pattern| self.header_pattern(pattern));
        let (target, is_bound) = pattern.unwrap_or_default();
        self.enter_header();
        let guard = guard.map(|guard| self.walk(guard, Field::None).expr);
        let own = self.end_header(block, exprs);
        if let Some(block) = self.block_mut(block) {
            (block.test, block.guard) = (target, guard.unwrap_or_default());
        }
        let bind = is_bound.then_some(Binding { target, value: pending.subject });
        let binds = bind.into_iter().chain(self.lets.drain(..)).collect();
        self.enter_compound(parts.value, block, own, (binds, BindOp::Match));
    }

    /// The pattern and the guard of an arm.
    fn arm_pattern(&mut self, node: Node<'t>) -> (Option<Node<'t>>, Option<Node<'t>>) {
        let mut found = (None, None);
        self.cursor.reset(node);
        let mut is_child = self.cursor.goto_first_child();
        while is_child {
            let child = self.cursor.node();
            let field = self.kinds.field(self.cursor.field_id());
            match self.kinds.rule(child.kind_id()) {
                Rule::Comment => self.comment(place(child)),
                Rule::Skip | Rule::Sign => {}
                _ if field == Field::Condition => found.1 = Some(child),
                _ => found.0 = found.0.or(Some(child)),
            }
            is_child = self.cursor.goto_next_sibling();
        }
        found
    }
}
