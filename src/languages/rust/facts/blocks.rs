//! Blocks: each waits until the statement that opens it is read, then its statements come one by one from a stack of
//! work.

use tree_sitter::Node;

use super::attributes::place;
use super::kinds::{Field, Rule};
use super::reader::{Binding, Mode, Reader, Value};
use crate::facts::body::{BindOp, Block, BlockKind, ExprKind, Stmt, StmtKind};
use crate::facts::head::{DefKind, ScopeKind};
use crate::facts::{BlockId, DefId, ExprId, Place, Run, ScopeId, StmtId, Str};

/// A block that a statement opens.
#[derive(Clone, Copy)]
pub(super) struct Pending<'t> {
    pub node: Node<'t>,
    pub form: Form,
    /// The expression that it is the first block of.
    pub expr: ExprId,
    /// The definition that it is the body of.
    pub def: DefId,
    /// The scope around it.
    pub scope: ScopeId,
    /// The block around it.
    pub block: BlockId,
    pub stmt: StmtId,
    /// The block before it in the same compound.
    pub prev: BlockId,
    /// What is matched.
    pub subject: ExprId,
    /// Where it begins, if not with its node.
    pub at: Option<u32>,
}

/// What kind of node a waiting block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A block, or a node that holds one.
    Body(BlockKind),
    /// Members of a definition.
    Members,
    /// `if`, `else if`.
    If(BlockKind),
    /// A clause after an `if`.
    Else,
    While,
    For,
    /// The arms of a `match`.
    Arms,
    Arm,
}

/// What is still to be done, the last first.
pub(super) enum Work<'t> {
    Open(Pending<'t>),
    Enter(Entry<'t>),
    List(List),
}

/// A block whose header is read.
pub(super) struct Entry<'t> {
    pub node: Node<'t>,
    pub block: BlockId,
    pub scope: ScopeId,
    pub def: DefId,
    pub shape: Shape,
    /// What its header binds.
    pub binds: Vec<Binding>,
    pub op: BindOp,
}

/// How the children of a node are statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// The children are.
    Block,
    /// The children are, in a scope that is there for them.
    Own,
    /// The node itself is the only one.
    Single,
    /// The children are members.
    Members,
    /// The children are the fields of a tuple.
    Tuple,
}

/// A block being read, or the arms of a `match`.
#[derive(Clone, Copy)]
pub(super) struct List {
    pub block: BlockId,
    pub scope: ScopeId,
    pub def: DefId,
    pub shape: Shape,
    /// Its nodes on the stack of nodes, the next, and the end.
    pub base: usize,
    pub at: usize,
    pub end: usize,
    /// How many fields were met.
    pub fields: u32,
}

impl<'t> Reader<'t> {
    /// Reads the whole file; `None` if `stop` ended that.
    pub(super) fn file(&mut self, root: Node<'t>, stop: &dyn Fn() -> bool) -> Option<()> {
        let whole = Place { at: 0, len: self.text.len() as u32 };
        self.context.scope = self.add_scope(ScopeKind::Module, DefId::NONE, whole);
        let scope = self.context.scope;
        let block = self.add_block(BlockKind::Module, whole, scope);
        if let Some(scope) = self.scope_mut(scope) {
            scope.block = block;
        }
        self.work.push(Work::Enter(Entry::new(root, block, scope, Shape::Own)));
        let mut steps = 0_u32;
        while let Some(work) = self.work.pop() {
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(1024) && stop() {
                return None;
            }
            match work {
                Work::Open(pending) => self.open_block(pending),
                Work::Enter(entry) => self.enter_block(entry),
                Work::List(list) => self.step(list),
            }
        }
        Some(())
    }

    /// Adds a block inside the one the reader is in.
    pub(super) fn add_block(&mut self, kind: BlockKind, place: Place, scope: ScopeId) -> BlockId {
        let (parent, stmt) = (self.block, self.stmt);
        let blocks = &mut self.body().blocks;
        blocks.push(Block {
            kind,
            parent,
            scope,
            stmt,
            next: BlockId::NONE,
            test: ExprId::NONE,
            guard: ExprId::NONE,
            label: Str::NONE,
            exprs: Run::default(),
            stmts: Run::default(),
            place,
        });
        BlockId::at(blocks.len() - 1)
    }

    pub(super) fn block_mut(&mut self, id: BlockId) -> Option<&mut Block> {
        self.builder.facts.body.blocks.get_mut(id.index()?)
    }

    /// A block that is a value: an expression now, its contents later.
    pub(super) fn block_value(&mut self, node: Node<'t>, mut value: Value) {
        // Only functions and closures are frames with a body.
        let is_body = value.rule == Rule::Block && value.field == Field::Body;
        let is_else = value.field == Field::Alternative;
        let form = match value.rule {
            _ if is_body => Form::Body(BlockKind::Function),
            _ if is_else => Form::Body(BlockKind::Else),
            Rule::Wrapped(kind) => Form::Body(kind),
            Rule::If => Form::If(BlockKind::If),
            Rule::While => Form::While,
            Rule::For => Form::For,
            Rule::Loop => Form::Body(BlockKind::Loop),
            _ => Form::Body(BlockKind::Plain),
        };
        if !is_body && !is_else {
            value.expr = self.push(ExprKind::Block, 0, 0, value.place());
        }
        let mut pending = self.pending(node, form);
        pending.expr = value.expr;
        if let Some(frame) = self.frames.last().filter(|_| is_body) {
            pending.def = frame.def;
        }
        self.pending.push(pending);
        self.values.push(value);
    }

    /// The members of a definition, or the arms of a `match`.
    pub(super) fn inner_block(&mut self, node: Node<'t>, value: Value) {
        let form = if value.rule == Rule::Members { Form::Members } else { Form::Arms };
        let mut pending = self.pending(node, form);
        if let Some(frame) = self.frames.last() {
            pending.def = frame.def;
        }
        self.pending.push(pending);
        self.values.push(value);
    }

    pub(super) fn pending(&self, node: Node<'t>, form: Form) -> Pending<'t> {
        Pending {
            node,
            form,
            expr: ExprId::NONE,
            def: DefId::NONE,
            scope: self.context.scope,
            block: self.block,
            stmt: self.stmt,
            prev: BlockId::NONE,
            subject: ExprId::NONE,
            at: None,
        }
    }

    /// Lets the blocks that were met wait, the first on top.
    pub(super) fn defer(&mut self) {
        let pending = self.pending.drain(..).rev();
        self.work.extend(pending.map(Work::Open));
    }

    /// Puts the reader where a waiting block stands.
    pub(super) fn go_to(&mut self, scope: ScopeId, block: BlockId, stmt: StmtId) {
        self.context.scope = scope;
        self.context.mode = Mode::Value;
        self.context.flags = 0;
        self.context.bind = 0;
        self.block = block;
        self.stmt = stmt;
    }

    /// Whoever waited for a block learns of it.
    pub(super) fn announce(&mut self, pending: &Pending<'t>, block: BlockId) {
        if let Some(expr) = self.expr_mut(pending.expr).filter(|expr| expr.a == 0) {
            expr.a = block.0;
        }
        if let Some(before) = self.block_mut(pending.prev) {
            before.next = block;
        }
        if pending.def.is_none() {
            return;
        }
        let Some(def) = self.def_mut(pending.def) else { return };
        def.body = block;
        let own = def.own;
        if let Some(scope) = self.scope_mut(own) {
            scope.block = block;
        }
    }

    fn open_block(&mut self, pending: Pending<'t>) {
        self.go_to(pending.scope, pending.block, pending.stmt);
        match pending.form {
            Form::Body(kind) => self.open_body(pending, kind),
            Form::Members => self.open_members(pending),
            Form::If(kind) => self.open_if(pending, kind),
            Form::Else => self.open_else(pending),
            Form::While => self.open_while(pending),
            Form::For => self.open_for(pending),
            Form::Arms => self.open_arms(pending),
            Form::Arm => self.open_arm(pending),
        }
    }

    fn open_body(&mut self, pending: Pending<'t>, kind: BlockKind) {
        let block = self.add_block(kind, place(pending.node), pending.scope);
        self.announce(&pending, block);
        let node = self.inner(pending.node, block);
        let shape = if pending.def.is_some() { Shape::Own } else { Shape::Block };
        let entry = Entry { def: pending.def, ..Entry::new(node, block, pending.scope, shape) };
        self.work.push(Work::Enter(entry));
    }

    /// The block that a node is or holds; a label of either is the block's.
    pub(super) fn inner(&mut self, node: Node<'t>, block: BlockId) -> Node<'t> {
        self.cursor.reset(node);
        let is_block = self.kinds.rule(node.kind_id()) == Rule::Block;
        let mut found = node;
        let mut is_child = self.cursor.goto_first_child();
        while is_child {
            let child = self.cursor.node();
            match self.kinds.rule(child.kind_id()) {
                Rule::Label => self.set_label(block, child),
                Rule::Block if !is_block => found = child,
                Rule::Comment if !is_block => self.comment(place(child)),
                _ => {}
            }
            is_child = !is_block && self.cursor.goto_next_sibling();
        }
        found
    }

    pub(super) fn set_label(&mut self, block: BlockId, label: Node<'t>) {
        let label = self.intern(label.start_byte() as u32, label.end_byte() as u32);
        if let Some(block) = self.block_mut(block) {
            block.label = label;
        }
    }

    fn open_members(&mut self, pending: Pending<'t>) {
        let kind = self.builder.facts.def(pending.def).map(|def| def.kind);
        let block_kind = match kind {
            Some(DefKind::Module) => BlockKind::Module,
            _ => BlockKind::Class,
        };
        let block = self.add_block(block_kind, place(pending.node), pending.scope);
        self.announce(&pending, block);
        if pending.def.is_none() {
            // An `extern` block is nobody's body: its statement names it.
            let stmt = pending.stmt.index();
            if let Some(stmt) = stmt.and_then(|at| self.body().stmts.get_mut(at)) {
                stmt.a = block.0;
            }
        }
        let is_tuple = self.text.as_bytes().get(pending.node.start_byte()) == Some(&b'(');
        let shape = match kind {
            Some(DefKind::Module) => Shape::Own,
            _ if is_tuple => Shape::Tuple,
            _ => Shape::Members,
        };
        let entry = Entry::new(pending.node, block, pending.scope, shape);
        self.work.push(Work::Enter(Entry { def: pending.def, ..entry }));
    }

    /// Takes the children of a block as what is to be read.
    fn enter_block(&mut self, entry: Entry<'t>) {
        let base = self.nodes.len();
        match entry.shape {
            Shape::Single => self.nodes.push(entry.node),
            _ => self.collect(entry.node),
        }
        let mut scope = entry.scope;
        if entry.shape == Shape::Block && self.binds_names(base) {
            let block = self.builder.facts.block(entry.block).copied();
            let (parent, stmt) = block.map_or_else(Default::default, |b| (b.parent, b.stmt));
            self.go_to(entry.scope, parent, stmt);
            scope = self.add_scope(ScopeKind::Block, DefId::NONE, place(entry.node));
        }
        let block = entry.block;
        if let Some(own) = self.scope_mut(scope).filter(|own| own.kind == ScopeKind::Block) {
            let _ = own.block.is_none().then(|| own.block = block);
        }
        let stmts = self.body().stmts.len();
        if let Some(block) = self.block_mut(entry.block) {
            block.scope = scope;
            block.stmts.lo = stmts as u32;
        }
        for bind in &entry.binds {
            self.bind_in_header(entry.block, *bind, entry.op);
        }
        let end = self.nodes.len();
        let Entry { block, def, shape, .. } = entry;
        self.work.push(Work::List(List {
            block,
            scope,
            def,
            shape,
            base,
            at: base,
            end,
            fields: 0,
        }));
    }

    /// What a header binds, at the start of its block.
    fn bind_in_header(&mut self, block: BlockId, bind: Binding, op: BindOp) {
        let place = self.expr(bind.target).map_or(Place::default(), |target| target.place);
        let exprs = Run { lo: self.body().exprs.len() as u32, n: 0 };
        let (a, b) = (bind.target.0, bind.value.0);
        let ty = ExprId::NONE;
        self.body().stmts.push(Stmt { kind: StmtKind::Bind, op, block, exprs, a, b, ty, place });
    }

    /// Puts the named children of a node on the stack of nodes; those of an error in its place.
    pub(super) fn collect(&mut self, node: Node<'t>) {
        self.cursor.reset(node);
        if !self.cursor.goto_first_child() {
            return;
        }
        let mut depth = 1_u32;
        loop {
            let child = self.cursor.node();
            let is_error = child.is_error();
            if is_error && self.cursor.goto_first_child() {
                depth += 1;
                continue;
            }
            if child.is_named() && !is_error {
                self.nodes.push(child);
                self.collect_held(child);
            }
            while !self.cursor.goto_next_sibling() {
                depth -= 1;
                if depth == 0 || !self.cursor.goto_parent() {
                    return;
                }
            }
        }
    }

    /// Puts the items that a macro holds behind it. Macros inside one another are few: [`Held`](super::held::Held)
    /// bounds them.
    fn collect_held(&mut self, node: Node<'t>) {
        let Some(root) = self.held.items(node) else { return };
        let mut cursor = root.walk();
        let items: Vec<Node<'t>> = root.named_children(&mut cursor).collect();
        for item in items {
            self.nodes.push(item);
            self.collect_held(item);
        }
    }

    /// Whether one of the nodes from an index on binds a name in its block.
    fn binds_names(&self, base: usize) -> bool {
        let nodes = self.nodes.get(base..).unwrap_or(&[]);
        nodes.iter().any(|node| {
            let rule = self.kinds.rule(node.kind_id());
            matches!(
                rule,
                Rule::Let | Rule::Item(_) | Rule::Use | Rule::ExternCrate | Rule::Foreign
            )
        })
    }

    /// Reads the next statement of a block, or ends it.
    fn step(&mut self, mut list: List) {
        self.owner = list.def;
        while let Some(&node) = self.nodes.get(list.at).filter(|_| list.at < list.end) {
            list.at += 1;
            let rule = self.kinds.rule(node.kind_id());
            if rule == Rule::Label || rule == Rule::Skip || self.is_lead(node, rule) {
                continue;
            }
            list.fields += 1;
            self.work.push(Work::List(list));
            self.go_to(list.scope, list.block, StmtId::NONE);
            self.statement(node, rule, &list);
            self.defer();
            return;
        }
        self.left_over(&list);
        let stmts = self.body().stmts.len();
        if let Some(block) = self.block_mut(list.block) {
            block.stmts = Run::between(block.stmts.lo as usize, stmts);
        }
        self.nodes.truncate(list.base);
        self.defer();
    }
}

impl<'t> Entry<'t> {
    /// A block of which a header binds nothing.
    pub(super) fn new(node: Node<'t>, block: BlockId, scope: ScopeId, shape: Shape) -> Self {
        let (binds, op) = (Vec::new(), BindOp::Match);
        Self { node, block, scope, def: DefId::NONE, shape, binds, op }
    }
}
