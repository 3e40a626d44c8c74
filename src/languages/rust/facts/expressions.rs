//! Expressions: what a node is, given what its children are.

use super::kinds::{Field, Rule, operator};
use super::reader::{Frame, Mode, Reader, Value};
use crate::facts::body::{Arg, ArgKind, Call, ExprKind, Op, StmtKind, expr};
use crate::facts::{CallId, ExprId, Place, Run, Str};

impl Reader<'_> {
    /// A name: bound, read, or only the name of something.
    pub(super) fn name(&mut self, mut value: Value) {
        let parent = self.parent_rule();
        let name = self.intern(value.lo, value.hi);
        value.run.lo = name.0;
        let is_name_of = value.field == Field::Name
            && !matches!(parent, Rule::StructLiteral | Rule::FieldPattern);
        if is_name_of || (value.field == Field::Alias && parent != Rule::Qualified) {
            return self.values.push(value);
        }
        let text = self.slice(value.lo, value.hi);
        if text == "self" && parent == Rule::Parameter {
            return self.values.push(value);
        }
        let is_bound = self.context.mode.within(value.field) == Mode::Pattern && is_binding(text);
        if is_bound || (parent == Rule::Captured && value.field == Field::None && text != "_") {
            return self.bound_name(value, name, parent);
        }
        if !matches!(text, "crate" | "super" | "_") && parent != Rule::SelfParam {
            self.note_read(name, value.lo);
        }
        value.expr = self.push(ExprKind::Name, name.0, 0, value.place());
        if value.rule == Rule::TypeName {
            self.flag(value.expr, expr::TYPE);
        }
        self.values.push(value);
    }

    fn bound_name(&mut self, mut value: Value, name: Str, parent: Rule) {
        self.bind(name, value.lo);
        if !matches!(parent, Rule::Parameter | Rule::ClosureParams) {
            value.expr = self.push(ExprKind::Name, name.0, 0, value.place());
            self.flag(value.expr, expr::STORE);
        }
        self.values.push(value);
    }

    /// The name of a field.
    pub(super) fn field_name(&mut self, mut value: Value) {
        value.run.lo = self.intern(value.lo, value.hi).0;
        self.values.push(value);
    }

    /// Makes an expression of a node.
    pub(super) fn expression(&mut self, frame: &Frame, value: &mut Value) {
        let place = value.place();
        value.expr = match frame.rule {
            Rule::Paren => self.parenthesised(frame, value),
            Rule::Unary => self.unary(frame, place),
            Rule::Negative => {
                let operand = self.first(frame);
                self.push(ExprKind::Unary, operand.0, Op::Neg as u32, place)
            }
            Rule::Reference => {
                let is_mut = u32::from(self.has_sign(frame, "mut"));
                let operand = self.last(frame);
                self.push(ExprKind::Ref, operand.0, is_mut, place)
            }
            Rule::Binary => self.binary(frame, place),
            Rule::Assign | Rule::Augment => self.assignment(frame, place),
            Rule::Cast => {
                let (left, right) = (self.expr_in(frame, Field::Value), self.last(frame));
                self.push(ExprKind::Cast, left.0, right.0, place)
            }
            Rule::Call => self.call(frame, place),
            Rule::MacroCall => self.macro_call(frame, place),
            Rule::Try => self.one(frame, ExprKind::Try, place),
            Rule::Yield => self.one(frame, ExprKind::Yield, place),
            Rule::Await => {
                let operand = self.first(frame);
                self.flag(operand, expr::AWAITED);
                self.push(ExprKind::Await, operand.0, 0, place)
            }
            Rule::Return | Rule::Break | Rule::Continue => self.leaving(frame, place),
            Rule::Scoped | Rule::ScopedType => self.path(frame, place),
            Rule::Field => self.attribute_of(frame, place),
            Rule::Index => {
                let (base, key) = (self.first(frame), self.last(frame));
                self.push(ExprKind::Index, base.0, key.0, place)
            }
            Rule::Range => self.range(frame, place),
            Rule::Match => self.matching(frame, place),
            Rule::Closure => self.close_closure(frame, place),
            Rule::StructLiteral => self.struct_literal(frame, place),
            Rule::FieldInit => {
                let name = self.part(frame, Field::Name);
                value.run.lo = name.map_or(0, |name| name.run.lo);
                self.expr_in(frame, Field::Value)
            }
            Rule::Shorthand | Rule::BaseInit => {
                value.run.lo = self.children(frame).last().map_or(0, |name| name.run.lo);
                self.last(frame)
            }
            rule => self.many(frame, rule, place),
        };
    }

    fn many(&mut self, frame: &Frame, rule: Rule, place: Place) -> ExprId {
        let kind = match rule {
            Rule::Tuple => ExprKind::Tuple,
            Rule::Array => ExprKind::List,
            _ => ExprKind::Other,
        };
        let kids = self.kids(frame, None);
        self.push(kind, kids.lo, kids.n, place)
    }

    fn one(&mut self, frame: &Frame, kind: ExprKind, place: Place) -> ExprId {
        let operand = self.first(frame);
        self.push(kind, operand.0, 0, place)
    }

    fn parenthesised(&mut self, frame: &Frame, value: &mut Value) -> ExprId {
        let Some(inner) = self.children(frame).iter().rev().find(|inner| inner.expr.is_some())
        else {
            return ExprId::NONE;
        };
        value.rule = inner.rule;
        let expr = inner.expr;
        self.flag(expr, expr::PARENTHESISED);
        expr
    }

    fn sign_of(&self, frame: &Frame) -> &str {
        let mut children = self.children(frame).iter();
        let sign = children.find(|value| value.rule == Rule::Sign);
        sign.map_or("", |sign| self.slice(sign.lo, sign.hi))
    }

    fn unary(&mut self, frame: &Frame, place: Place) -> ExprId {
        let operand = self.last(frame).0;
        match self.sign_of(frame) {
            "*" => self.push(ExprKind::Deref, operand, 0, place),
            "-" => self.push(ExprKind::Unary, operand, Op::Neg as u32, place),
            _ => self.push(ExprKind::Unary, operand, Op::Not as u32, place),
        }
    }

    fn binary(&mut self, frame: &Frame, place: Place) -> ExprId {
        let sign = self.sign_of(frame);
        let kind = match sign {
            "&&" | "||" => ExprKind::Either,
            "==" | "!=" | "<" | ">" | "<=" | ">=" => ExprKind::Compare,
            _ => ExprKind::Binary,
        };
        if kind != ExprKind::Binary {
            let kids = self.kids(frame, None);
            return self.push(kind, kids.lo, kids.n, place);
        }
        let op = operator(sign);
        let (left, right) = (self.expr_in(frame, Field::Left), self.expr_in(frame, Field::Right));
        let id = self.push(kind, left.0, right.0, place);
        self.flag(id, (op as u16) << expr::OP_SHIFT);
        id
    }

    fn assignment(&mut self, frame: &Frame, place: Place) -> ExprId {
        let op = match frame.rule {
            Rule::Augment => operator(self.sign_of(frame)),
            _ => Op::None,
        };
        let (left, right) = (self.expr_in(frame, Field::Left), self.expr_in(frame, Field::Right));
        self.store(left);
        let id = self.push(ExprKind::Assign, left.0, right.0, place);
        self.flag(id, (op as u16) << expr::OP_SHIFT);
        id
    }

    /// Adds the record of a call's arguments.
    pub(super) fn add_call(&mut self, args: Run, open_at: u32, turbofish: Run) -> CallId {
        let calls = &mut self.body().calls;
        calls.push(Call { args, open_at, turbofish });
        CallId::at(calls.len() - 1)
    }

    fn call(&mut self, frame: &Frame, place: Place) -> ExprId {
        let callee = self.expr_in(frame, Field::Function);
        let turbofish = self.kids(frame, Some(Field::TypeArgument));
        let args = self.args(frame, Field::Argument);
        let open_at = self.part(frame, Field::Open).map_or(place.end(), |open| open.lo);
        let call = self.add_call(args, open_at, turbofish);
        // `(x.f)(…)` calls what the field holds.
        let is_method = self.expr(callee).is_some_and(|callee| {
            callee.kind == ExprKind::Attr && !callee.has(expr::PARENTHESISED)
        });
        let kind = if is_method { ExprKind::Method } else { ExprKind::Call };
        self.push(kind, callee.0, call.0, place)
    }

    fn macro_call(&mut self, frame: &Frame, place: Place) -> ExprId {
        let callee = self.expr_in(frame, Field::Macro);
        let tree = self.children(frame).iter().find(|value| value.rule == Rule::TokenTree).copied();
        let (args, open_at) = tree.map_or((Run::default(), place.end()), |t| (t.run, t.lo));
        let call = self.add_call(args, open_at, Run::default());
        self.push(ExprKind::Macro, callee.0, call.0, place)
    }

    fn leaving(&mut self, frame: &Frame, place: Place) -> ExprId {
        let label = self.children(frame).iter().find(|value| value.rule == Rule::Label).copied();
        self.label = label.map_or(Str::NONE, |label| self.intern(label.lo, label.hi));
        let kind = match frame.rule {
            Rule::Break => StmtKind::Break,
            Rule::Continue => StmtKind::Continue,
            _ => StmtKind::Return,
        };
        let operand = self.last(frame);
        self.push(ExprKind::Leave, operand.0, kind as u32, place)
    }

    /// `a::b`.
    fn path(&mut self, frame: &Frame, place: Place) -> ExprId {
        let name = self.part(frame, Field::Name).map_or(0, |name| name.run.lo);
        let mut base = self.expr_in(frame, Field::Path);
        if base.is_none() {
            base = self.push(ExprKind::Name, 0, 0, Place { at: place.at, len: 0 });
        }
        self.push(ExprKind::Path, base.0, name, place)
    }

    /// `x.name`, `x.0`.
    fn attribute_of(&mut self, frame: &Frame, place: Place) -> ExprId {
        let base = self.expr_in(frame, Field::Value);
        let name = self.part(frame, Field::Name).map_or(0, |name| name.run.lo);
        self.push(ExprKind::Attr, base.0, name, place)
    }

    /// `a..b`, as an expression or a pattern.
    fn range(&mut self, frame: &Frame, place: Place) -> ExprId {
        let mut ends = [ExprId::NONE; 2];
        let mut side = 0;
        for value in self.values.get(frame.base..).unwrap_or(&[]) {
            match value.rule {
                Rule::Sign => side = 1,
                _ if value.expr.is_some() => ends[side] = value.expr,
                _ => {}
            }
        }
        self.push(ExprKind::Range, ends[0].0, ends[1].0, place)
    }

    fn matching(&mut self, frame: &Frame, place: Place) -> ExprId {
        let subject = self.expr_in(frame, Field::Value);
        let id = self.push(ExprKind::Block, 0, subject.0, place);
        let arms = self.part(frame, Field::Body);
        let mut pending = self.pending.iter_mut().rev();
        if let Some(body) = arms
            .and_then(|arms| pending.find(|pending| pending.node.start_byte() as u32 == arms.lo))
        {
            body.expr = id;
            body.subject = subject;
        }
        id
    }

    fn struct_literal(&mut self, frame: &Frame, place: Place) -> ExprId {
        let path = self.expr_in(frame, Field::Name);
        self.not_a_type(path);
        let args = self.args(frame, Field::Argument);
        let open_at = self.part(frame, Field::Open).map_or(place.end(), |open| open.lo);
        let call = self.add_call(args, open_at, Run::default());
        self.push(ExprKind::Struct, path.0, call.0, place)
    }

    /// A path that only looks like one of types.
    pub(super) fn not_a_type(&mut self, mut path: ExprId) {
        while let Some(found) = self.expr_mut(path) {
            let is_path = matches!(found.kind, ExprKind::Path | ExprKind::Name);
            if !is_path || !found.has(expr::TYPE) {
                return;
            }
            found.flags &= !expr::TYPE;
            path = match found.kind {
                ExprKind::Path => ExprId(found.a),
                _ => ExprId::NONE,
            };
        }
    }
}

/// Whether a name in a pattern is bound, not that of a constant or variant.
pub(super) fn is_binding(text: &str) -> bool {
    let first = text.strip_prefix("r#").unwrap_or(text).chars().next();
    first.is_some_and(|c| !c.is_uppercase()) && !matches!(text, "self" | "crate" | "super" | "_")
}

/// The argument that a value is.
pub(super) fn argument(value: &Value) -> Option<Arg> {
    let name = Str(value.run.lo);
    let (kind, name) = match value.rule {
        Rule::FieldInit | Rule::Shorthand | Rule::TypeBinding | Rule::FieldPattern => {
            (ArgKind::Keyword, name)
        }
        Rule::BaseInit => (ArgKind::DoubleStar, Str::NONE),
        Rule::AttributeItem | Rule::InnerAttribute => return None,
        _ => (ArgKind::Positional, Str::NONE),
    };
    let is_given = value.expr.is_some() || kind == ArgKind::Keyword;
    is_given.then_some(Arg { kind, name, at: value.lo, value: value.expr })
}
