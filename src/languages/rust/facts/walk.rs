//! The walk over one statement or header: down into a node, up again with what it is. Knows the order of things and
//! who is asked, not what a node means.

use tree_sitter::Node;

use super::kinds::{Field, Rule};
use super::reader::{Frame, Mode, Reader, Value};
use crate::facts::body::expr;
use crate::facts::head::DefKind;
use crate::facts::{DefId, ExprId, Run};

impl<'t> Reader<'t> {
    /// Reads a node and all inside it, but blocks, which wait.
    pub(super) fn walk(&mut self, node: Node<'t>, field: Field) -> Value {
        self.cursor.reset(node);
        let floor = self.frames.len();
        let nothing = Value {
            rule: Rule::Skip,
            field,
            lo: node.start_byte() as u32,
            hi: node.end_byte() as u32,
            expr: ExprId::NONE,
            run: Run::default(),
        };
        let values = self.values.len();
        self.enter(Some(field));
        if self.frames.len() > floor {
            self.descend(floor);
        }
        let read = self.values.get(values).copied().unwrap_or(nothing);
        self.values.truncate(values);
        read
    }

    /// Goes on from a node just entered until it is left.
    fn descend(&mut self, floor: usize) {
        let mut is_inside = self.cursor.goto_first_child();
        loop {
            if is_inside {
                let depth = self.frames.len();
                self.enter(None);
                if self.frames.len() > depth {
                    is_inside = self.cursor.goto_first_child();
                    continue;
                }
                is_inside = self.cursor.goto_next_sibling();
                if !is_inside {
                    let _ = self.cursor.goto_parent();
                }
                continue;
            }
            self.leave();
            if self.frames.len() == floor {
                return;
            }
            is_inside = self.cursor.goto_next_sibling();
            if !is_inside {
                let _ = self.cursor.goto_parent();
            }
        }
    }

    /// Reads a leaf, or opens a frame; the field is the cursor's unless one is given.
    fn enter(&mut self, field: Option<Field>) {
        let node = self.cursor.node();
        let rule = self.kinds.rule(node.kind_id());
        if rule == Rule::Skip {
            return;
        }
        let field = field.unwrap_or_else(|| self.field());
        let value = Value {
            rule,
            field,
            lo: node.start_byte() as u32,
            hi: node.end_byte() as u32,
            expr: ExprId::NONE,
            run: Run::default(),
        };
        match rule {
            Rule::Name | Rule::TypeName => self.name(value),
            Rule::Sign | Rule::Label | Rule::Visibility => self.values.push(value),
            Rule::FieldName => self.field_name(value),
            Rule::Underscore | Rule::Never | Rule::RestPattern | Rule::Unit | Rule::Lifetime => {
                self.mark(value)
            }
            Rule::Comment => self.comment(value.place()),
            Rule::Int | Rule::Float | Rule::Bool | Rule::Char | Rule::Str | Rule::RawStr => {
                self.literal(value)
            }
            Rule::Block | Rule::Wrapped(_) | Rule::If | Rule::While | Rule::Loop | Rule::For => {
                self.block_value(node, value)
            }
            Rule::MatchBlock | Rule::Members => self.inner_block(node, value),
            Rule::TokenTree => self.token_tree(node, value),
            Rule::MacroBody => self.macro_body(node),
            Rule::Use | Rule::ExternCrate => {}
            _ => self.open(value),
        }
    }

    /// The field of the node at the cursor. That of a part of a chain of `let`s is none, and to ask for it would take
    /// as long as the chain: the grammar nests it in nodes it does not show.
    fn field(&self) -> Field {
        match self.parent_rule() {
            Rule::LetChain => Field::None,
            _ => self.kinds.field(self.cursor.field_id()),
        }
    }

    /// Opens the frame of a node.
    fn open(&mut self, value: Value) {
        let Value { rule, field, lo, hi, .. } = value;
        let outer = self.context;
        let mut frame = Frame {
            rule,
            field,
            lo,
            hi,
            base: self.values.len(),
            exprs: self.builder.facts.body.exprs.len(),
            params: self.params.len(),
            def: DefId::NONE,
            outer,
        };
        self.set_mode(rule, field);
        match rule {
            Rule::Item(kind) => frame.def = self.open_item(kind, value),
            Rule::Closure => frame.def = self.open_closure(value),
            Rule::TypeParams => frame.params = self.type_params.len(),
            _ => {}
        }
        self.frames.push(frame);
    }

    /// What names inside a node are.
    fn set_mode(&mut self, rule: Rule, field: Field) {
        let context = &mut self.context;
        context.mode = context.mode.within(field);
        if field == Field::Length {
            context.flags &= !expr::TYPE;
        }
        match rule {
            Rule::Scoped
            | Rule::Range
            | Rule::Closure
            | Rule::MacroCall
            | Rule::Negative
            | Rule::Attribute => context.mode = Mode::Value,
            Rule::GenericType
            | Rule::ScopedType
            | Rule::RefType
            | Rule::PointerType
            | Rule::TupleType
            | Rule::ArrayType
            | Rule::FnType
            | Rule::Bounds
            | Rule::Bounded
            | Rule::Qualified
            | Rule::TypeBinding
            | Rule::SpliceTypes(_)
            | Rule::TypeParams => {
                context.mode = Mode::Value;
                context.flags |= expr::TYPE;
            }
            Rule::ClosureParams => {
                context.mode = Mode::Pattern;
                context.bind = crate::facts::head::symbol::PARAM;
            }
            Rule::Parameter => context.bind = crate::facts::head::symbol::PARAM,
            _ => {}
        }
    }

    /// Makes of a frame what its node is.
    fn leave(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        match frame.rule {
            Rule::Splice(field) | Rule::SpliceTypes(field) => {
                self.context = frame.outer;
                self.splice(&frame, field);
                return;
            }
            Rule::GenericFunction if self.is_callee(&frame) => {
                self.context = frame.outer;
                return;
            }
            Rule::Parameters if self.parent_rule() == Rule::FnType => {
                self.context = frame.outer;
                self.params.truncate(frame.params);
                self.splice(&frame, Field::Argument);
                return;
            }
            _ => {}
        }
        let mut value = Value {
            rule: frame.rule,
            field: frame.field,
            lo: frame.lo,
            hi: frame.hi,
            expr: ExprId::NONE,
            run: Run::default(),
        };
        self.reduce(&frame, &mut value);
        self.values.truncate(frame.base);
        self.context = frame.outer;
        if frame.rule == Rule::LetCondition {
            self.enter_header();
        }
        self.values.push(value);
    }

    /// Leaves the values of a node's children to the node around it.
    fn splice(&mut self, frame: &Frame, field: Field) {
        for value in self.values.iter_mut().skip(frame.base) {
            if value.rule != Rule::Sign && value.field != Field::Bounds {
                value.field = field;
            }
        }
        if field == Field::Where {
            self.values.truncate(frame.base);
        }
        if field == Field::Argument {
            self.values.push(Value {
                rule: Rule::Skip,
                field: Field::Open,
                lo: frame.lo,
                hi: frame.hi,
                expr: ExprId::NONE,
                run: Run::default(),
            });
        }
    }

    fn is_callee(&self, frame: &Frame) -> bool {
        frame.field == Field::Function
            && self.frames.last().is_some_and(|parent| parent.rule == Rule::Call)
    }

    /// The rule of the node around the one being entered.
    pub(super) fn parent_rule(&self) -> Rule {
        self.frames.last().map_or(Rule::Skip, |frame| frame.rule)
    }

    fn reduce(&mut self, frame: &Frame, value: &mut Value) {
        match frame.rule {
            Rule::Item(DefKind::Impl) => self.close_impl(frame, value),
            Rule::Item(kind) => self.close_item(kind, frame, value),
            Rule::Modifiers => value.run = Run { lo: self.modifiers(frame), n: 0 },
            Rule::Attribute => value.expr = self.attribute(frame),
            Rule::AttributeItem | Rule::InnerAttribute => self.close_attribute(frame, value),
            Rule::Foreign | Rule::MatchArm => {}
            Rule::Let => self.close_let(frame, value),
            Rule::TypeParams => value.run = self.close_type_params(frame),
            Rule::TypeParam | Rule::LifetimeParam | Rule::ConstParam => self.type_param(frame),
            Rule::Parameters | Rule::ClosureParams => value.run = self.close_params(frame),
            Rule::Parameter | Rule::SelfParam | Rule::Variadic => {
                value.expr = self.param(frame);
            }
            Rule::GenericType
            | Rule::RefType
            | Rule::PointerType
            | Rule::TupleType
            | Rule::ArrayType
            | Rule::FnType
            | Rule::Bounds
            | Rule::Bounded
            | Rule::Qualified
            | Rule::TypeBinding
            | Rule::GenericFunction
            | Rule::WherePredicate => self.type_node(frame, value),
            Rule::StructPattern
            | Rule::FieldPattern
            | Rule::Alternatives
            | Rule::Captured
            | Rule::LetCondition
            | Rule::LetChain => self.pattern_node(frame, value),
            Rule::Pass | Rule::ExprStmt => self.pass(frame, value),
            _ => self.expression(frame, value),
        }
    }
}
