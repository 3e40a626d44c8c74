//! What the reading of one file keeps at hand, and the small steps that every part of it takes.

use tree_sitter::{Node, TreeCursor};

use super::blocks::{Pending, Work};
use super::kinds::{Field, Kinds, Rule};
use super::order;
use super::scopes::Symbols;
use crate::facts::body::{Arg, Expr, ExprKind, expr};
use crate::facts::build::Builder;
use crate::facts::head::{self, Param, TypeParam};
use crate::facts::{
    BlockId, Body, DefId, ExprId, Facts, Head, Place, Run, ScopeId, StmtId, Str, Trivia,
};

/// Where the reader is: what a nested node takes over from the one around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    /// The scope names belong to.
    pub scope: ScopeId,
    /// Whether names are bound or read.
    pub mode: Mode,
    /// How names of patterns are bound, of [`head::symbol`].
    pub bind: u16,
    /// Flags of every expression, of [`expr`].
    pub flags: u16,
}

/// What a name is where the reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// It is read.
    Value,
    /// It is bound.
    Pattern,
}

impl Mode {
    /// What names in a field of a node of this mode are.
    pub(super) fn within(self, field: Field) -> Self {
        match field {
            Field::Pattern => Self::Pattern,
            Field::Type | Field::ReturnType | Field::Trait => Self::Value,
            _ => self,
        }
    }
}

/// A node whose children are being read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub rule: Rule,
    pub field: Field,
    pub lo: u32,
    pub hi: u32,
    /// Where the values of its children begin.
    pub base: usize,
    /// Where its expressions begin.
    pub exprs: usize,
    /// Where its parameters begin, while they wait.
    pub params: usize,
    /// What it defines.
    pub def: DefId,
    /// The context around it.
    pub outer: Context,
}

/// What a node that was read is to the node around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    pub rule: Rule,
    pub field: Field,
    pub lo: u32,
    pub hi: u32,
    /// The expression, if it is one.
    pub expr: ExprId,
    /// What else there is to say: its records, a text and so on.
    pub run: Run,
}

impl Value {
    pub(super) fn place(&self) -> Place {
        Place::between(self.lo, self.hi)
    }
}

/// A `let` of a condition.
#[derive(Clone, Copy, Debug)]
pub(super) struct Binding {
    pub target: ExprId,
    pub value: ExprId,
}

/// The reading of one file.
pub(super) struct Reader<'t> {
    pub text: &'t str,
    pub builder: Builder,
    pub kinds: &'static Kinds,
    pub cursor: TreeCursor<'t>,
    pub spare: TreeCursor<'t>,
    pub context: Context,
    /// The block and statement being read.
    pub block: BlockId,
    pub stmt: StmtId,
    /// What the members being read belong to.
    pub owner: DefId,
    pub frames: Vec<Frame>,
    pub values: Vec<Value>,
    /// Parameters whose list is not at its end.
    pub params: Vec<Param>,
    pub type_params: Vec<TypeParam>,
    /// Blocks that the statement being read opens.
    pub pending: Vec<Pending<'t>>,
    pub work: Vec<Work<'t>>,
    /// The children of nodes being worked on.
    pub nodes: Vec<Node<'t>>,
    pub lead: super::attributes::Lead<'t>,
    /// The scope that the patterns of a block's header bind in, once there is one; `Some` while a header is read.
    pub header: Option<super::scopes::Header>,
    /// The `let`s of the condition being read.
    pub lets: Vec<Binding>,
    /// How many names were bound so far, and the last of them.
    pub bound: usize,
    pub last_bound: Str,
    /// The label of the last `break` or `continue`.
    pub label: Str,
    pub symbols: Symbols,
    pub tokens: super::tokens::Scratch,
    /// A text being put together.
    pub buffer: String,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, root: Node<'t>, builder: Builder) -> Self {
        let context = Context { scope: ScopeId::NONE, mode: Mode::Value, bind: 0, flags: 0 };
        Self {
            text,
            builder,
            kinds: Kinds::get(),
            cursor: root.walk(),
            spare: root.walk(),
            context,
            block: BlockId::NONE,
            stmt: StmtId::NONE,
            owner: DefId::NONE,
            frames: Vec::new(),
            values: Vec::new(),
            params: Vec::new(),
            type_params: Vec::new(),
            pending: Vec::new(),
            work: Vec::new(),
            nodes: Vec::new(),
            lead: super::attributes::Lead::default(),
            header: None,
            lets: Vec::new(),
            bound: 0,
            last_bound: Str::NONE,
            label: Str::NONE,
            symbols: Symbols::default(),
            tokens: super::tokens::Scratch::default(),
            buffer: String::new(),
        }
    }

    /// The facts, every table in its order.
    pub(super) fn finish(self) -> Facts {
        let mut builder = self.builder;
        self.symbols.store(&mut builder.facts.head);
        order::sort(&mut builder.facts);
        builder.finish()
    }

    pub(super) fn head(&mut self) -> &mut Head {
        &mut self.builder.facts.head
    }

    pub(super) fn body(&mut self) -> &mut Body {
        &mut self.builder.facts.body
    }

    pub(super) fn trivia(&mut self) -> &mut Trivia {
        &mut self.builder.facts.trivia
    }

    /// The text between two offsets.
    pub(super) fn slice(&self, lo: u32, hi: u32) -> &'t str {
        self.text.get(lo as usize..hi as usize).unwrap_or("")
    }

    pub(super) fn intern(&mut self, lo: u32, hi: u32) -> Str {
        let text = self.slice(lo, hi);
        self.builder.intern(text)
    }

    /// Adds an expression, with the flags of where the reader is.
    pub(super) fn push(&mut self, kind: ExprKind, a: u32, b: u32, place: Place) -> ExprId {
        let flags = self.context.flags;
        self.body().exprs.push(Expr { kind, flags, a, b, place });
        ExprId::at(self.body().exprs.len() - 1)
    }

    /// Adds flags to an expression.
    pub(super) fn flag(&mut self, id: ExprId, flags: u16) {
        if let Some(expr) = self.expr_mut(id) {
            expr.flags |= flags;
        }
    }

    pub(super) fn expr(&self, id: ExprId) -> Option<&Expr> {
        self.builder.facts.expr(id)
    }

    pub(super) fn expr_mut(&mut self, id: ExprId) -> Option<&mut Expr> {
        self.builder.facts.body.exprs.get_mut(id.index()?)
    }

    pub(super) fn def_mut(&mut self, id: DefId) -> Option<&mut head::Def> {
        self.builder.facts.head.defs.get_mut(id.index()?)
    }

    pub(super) fn exprs_since(&self, lo: usize) -> Run {
        Run::between(lo, self.builder.facts.body.exprs.len())
    }

    /// The values of a frame's children.
    pub(super) fn children(&self, frame: &Frame) -> &[Value] {
        self.values.get(frame.base..).unwrap_or(&[])
    }

    /// The first child in a field.
    pub(super) fn part(&self, frame: &Frame, field: Field) -> Option<Value> {
        self.children(frame).iter().find(|value| value.field == field).copied()
    }

    /// The expression of the first child in a field.
    pub(super) fn expr_in(&self, frame: &Frame, field: Field) -> ExprId {
        self.part(frame, field).map_or(ExprId::NONE, |value| value.expr)
    }

    /// The first child that is an expression.
    pub(super) fn first(&self, frame: &Frame) -> ExprId {
        let mut all = self.children(frame).iter().map(|value| value.expr);
        all.find(|expr| expr.is_some()).unwrap_or_default()
    }

    /// The last child that is an expression.
    pub(super) fn last(&self, frame: &Frame) -> ExprId {
        let mut all = self.children(frame).iter().rev().map(|value| value.expr);
        all.find(|expr| expr.is_some()).unwrap_or_default()
    }

    /// Whether a sign stands among the children.
    pub(super) fn has_sign(&self, frame: &Frame, sign: &str) -> bool {
        let mut signs = self.children(frame).iter().filter(|value| value.rule == Rule::Sign);
        signs.any(|value| self.slice(value.lo, value.hi) == sign)
    }

    /// Stores the children of a frame that are expressions, in a field if one is given.
    pub(super) fn kids(&mut self, frame: &Frame, field: Option<Field>) -> Run {
        let kids = &mut self.builder.facts.body.kids;
        let lo = kids.len();
        let values = self.values.get(frame.base..).unwrap_or(&[]);
        let wanted = values.iter().filter(|value| field.is_none_or(|field| value.field == field));
        kids.extend(wanted.map(|value| value.expr).filter(|expr| expr.is_some()));
        Run::between(lo, kids.len())
    }

    /// Stores the arguments that a frame's children in a field are.
    pub(super) fn args(&mut self, frame: &Frame, field: Field) -> Run {
        let args = &mut self.builder.facts.body.args;
        let lo = args.len();
        let values = self.values.get(frame.base..).unwrap_or(&[]);
        for value in values.iter().filter(|value| value.field == field) {
            args.extend(super::expressions::argument(value));
        }
        Run::between(lo, args.len())
    }

    /// Stores arguments.
    pub(super) fn store_args(&mut self, new: impl IntoIterator<Item = Arg>) -> Run {
        let args = &mut self.body().args;
        let lo = args.len();
        args.extend(new);
        Run::between(lo, args.len())
    }

    /// A place without blanks at its end.
    pub(super) fn trimmed(&self, lo: u32, hi: u32) -> Place {
        Place { at: lo, len: self.slice(lo, hi).trim_end().len() as u32 }
    }

    /// The expression is bound or assigned to, and so are its elements.
    pub(super) fn store(&mut self, target: ExprId) {
        let mut open = vec![target];
        while let Some(id) = open.pop() {
            let Some(target) = self.expr_mut(id) else { continue };
            target.flags |= expr::STORE;
            let (kind, run) = (target.kind, Run { lo: target.a, n: target.b });
            if matches!(kind, ExprKind::Tuple | ExprKind::List) {
                open.extend(run.of(&self.builder.facts.body.kids));
            }
        }
    }
}
