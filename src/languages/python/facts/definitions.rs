//! Definitions: functions, classes, lambdas, type aliases.

use ruff_python_ast::{
    Decorator, Expr, ExprLambda, Stmt, StmtClassDef, StmtFunctionDef, StmtTypeAlias, Suite,
};
use ruff_text_size::{Ranged, TextRange};

use super::blocks::Header;
use super::reader::{Reader, place};
use crate::facts::body::{BlockKind, ExprKind, StmtKind, expr};
use crate::facts::head::{Def, DefKind, ScopeKind, Visibility, def, scope, symbol};
use crate::facts::{BlockId, DefId, ExprId, Place, Run, ScopeId, StmtId, Str};

impl Reader<'_> {
    /// Appends a definition of which only its surroundings are known.
    fn reserve(&mut self, kind: DefKind, range: TextRange) -> DefId {
        let (scope, block) = (self.scope(), self.block);
        let defs = &mut self.facts().head.defs;
        defs.push(Def {
            kind,
            flags: 0,
            visibility: Visibility::Public,
            name: Str::NONE,
            name_at: Place::default(),
            full: place(range),
            head: place(range),
            body: BlockId::NONE,
            scope,
            own: ScopeId::NONE,
            block,
            params: Run::default(),
            type_params: Run::default(),
            decorators: Run::default(),
            bases: Run::default(),
            ty: ExprId::NONE,
            value: ExprId::NONE,
            self_ty: ExprId::NONE,
            trait_ty: ExprId::NONE,
            doc: Place::default(),
        });
        DefId::at(defs.len() - 1)
    }

    fn change_def(&mut self, id: DefId, change: impl FnOnce(&mut Def)) {
        let found = id.index().and_then(|index| self.builder.facts.head.defs.get_mut(index));
        if let Some(found) = found {
            change(found);
        }
    }

    /// `def`, `async def`.
    pub(super) fn function(&mut self, node: &StmtFunctionDef) {
        let id = self.reserve(DefKind::Function, node.range);
        let lo = self.here();
        let (decorators, flags) = self.decorators(&node.decorator_list);
        let defaults = self.defaults(&node.parameters);
        let name = self.intern(&node.name);
        self.mention(name, symbol::DEFINED);
        let end = node.range.end().to_u32();
        let (outer, type_params) = self.type_params(node.type_params.as_deref(), id, end);
        let params = self.parameters(&node.parameters, defaults);
        let ty = self.annotation(node.returns.as_deref());
        let stmt = self.push_stmt(StmtKind::Def, self.since(lo), [id.0, 0], node.range);

        let header_end = node.returns.as_deref().map_or(node.parameters.end(), Ranged::end);
        let head = self.head(&node.decorator_list, node.range, header_end.to_u32(), &node.body);
        let own = self.enter(ScopeKind::Function, id, Place::between(head.end(), end));
        if node.is_async {
            self.flag_scope(scope::ASYNC);
        }
        self.mention_parameters(params);
        let doc = self.doc(&node.body);
        let is_async = if node.is_async { def::ASYNC } else { 0 };
        self.change_def(id, |def| {
            def.flags |= flags | is_async;
            (def.name, def.name_at, def.head) = (name, place(node.name.range), head);
            (def.own, def.params, def.type_params) = (own, params, type_params);
            (def.decorators, def.ty, def.doc) = (decorators, ty, doc);
        });
        self.body(BlockKind::Function, id, own, stmt, &node.body, head.end());
        self.leave_generic(outer);
    }

    /// `class`.
    pub(super) fn class(&mut self, node: &StmtClassDef) {
        let id = self.reserve(DefKind::Class, node.range);
        let lo = self.here();
        let (decorators, flags) = self.decorators(&node.decorator_list);
        let name = self.intern(&node.name);
        self.mention(name, symbol::DEFINED);
        let end = node.range.end().to_u32();
        let (outer, type_params) = self.type_params(node.type_params.as_deref(), id, end);
        let bases = node.arguments.as_deref().map_or(Run::default(), |args| self.arguments(args));
        let stmt = self.push_stmt(StmtKind::Def, self.since(lo), [id.0, 0], node.range);

        let generic_end = node.type_params.as_deref().map_or(node.name.end(), Ranged::end);
        let header_end = node.arguments.as_deref().map_or(generic_end, Ranged::end);
        let head = self.head(&node.decorator_list, node.range, header_end.to_u32(), &node.body);
        let own = self.enter(ScopeKind::Class, id, Place::between(head.end(), end));
        let doc = self.doc(&node.body);
        self.change_def(id, |def| {
            def.flags |= flags;
            (def.name, def.name_at, def.head) = (name, place(node.name.range), head);
            (def.own, def.bases, def.type_params) = (own, bases, type_params);
            (def.decorators, def.doc) = (decorators, doc);
        });
        self.body(BlockKind::Class, id, own, stmt, &node.body, head.end());
        self.leave_generic(outer);
    }

    /// Reads the statements of a definition and closes its scope.
    fn body(
        &mut self,
        kind: BlockKind,
        id: DefId,
        own: ScopeId,
        stmt: StmtId,
        body: &Suite,
        head_end: u32,
    ) {
        let start = body.first().map_or(head_end, |first| first.start().to_u32());
        let block = self.suite(kind, stmt, Header::default(), body, start);
        self.change_def(id, |def| def.body = block);
        self.change_scope(own, |scope| scope.block = block);
        self.leave();
    }

    fn leave_generic(&mut self, scope: ScopeId) {
        if scope.is_some() {
            self.leave();
        }
    }

    /// `lambda`.
    pub(super) fn lambda(&mut self, node: &ExprLambda) -> ExprId {
        let id = self.reserve(DefKind::Lambda, node.range);
        let params = node.parameters.as_deref().map_or(Run::default(), |parameters| {
            let defaults = self.defaults(parameters);
            self.parameters(parameters, defaults)
        });
        let (at, end) = (node.range.start().to_u32(), node.range.end().to_u32());
        let header_end =
            node.parameters.as_deref().map_or(at + WORD, |params| params.end().to_u32());
        let colon = self.find(b':', header_end, node.body.start().to_u32());
        let own = self.enter(ScopeKind::Lambda, id, Place::between(colon, end));
        self.mention_parameters(params);
        let lo = self.here();
        let value = self.expr(&node.body);
        let held = self.since(lo);
        self.change_scope(own, |scope| scope.exprs = held);
        self.leave();
        self.change_def(id, |def| {
            (def.name_at, def.head) = (Place { at, len: WORD }, Place::between(at, colon));
            (def.own, def.params, def.value) = (own, params, value);
        });
        self.push(ExprKind::Lambda, id.0, 0, node.range)
    }

    /// `type X = …`.
    pub(super) fn type_alias(&mut self, node: &StmtTypeAlias) {
        let id = self.reserve(DefKind::Type, node.range);
        let lo = self.here();
        let (name, name_at) = match &*node.name {
            Expr::Name(name) => (self.intern(&name.id), place(name.range)),
            other => (Str::NONE, place(other.range())),
        };
        self.mention(name, symbol::DEFINED);
        let end = node.range.end().to_u32();
        let (own, type_params) = self.type_params(node.type_params.as_deref(), id, end);
        let ty = self.typed(0, Some(&node.value));
        self.leave_generic(own);
        self.push_stmt(StmtKind::Def, self.since(lo), [id.0, 0], node.range);
        self.change_def(id, |def| {
            (def.name, def.name_at, def.ty) = (name, name_at, ty);
            (def.own, def.type_params) = (own, type_params);
        });
    }

    /// Reads decorators; gives the flags that they mean.
    fn decorators(&mut self, decorators: &[Decorator]) -> (Run, u32) {
        let base = self.pending.kids.len();
        let mut flags = 0;
        for decorator in decorators {
            let id = self.expr(&decorator.expression);
            self.mark(id, expr::DECORATOR);
            self.pending.kids.push(id);
            flags |= match last_segment(&decorator.expression) {
                Some("overload") => def::OVERLOAD,
                Some("abstractmethod") => def::ABSTRACT,
                _ => 0,
            };
        }
        (self.take_kids(base), flags)
    }

    /// From `def`, `class` or `async` up to the `:`.
    fn head(
        &self,
        decorators: &[Decorator],
        range: TextRange,
        header_end: u32,
        body: &Suite,
    ) -> Place {
        let start = match decorators.last() {
            Some(last) => self.after_decorator(last, header_end),
            None => range.start().to_u32(),
        };
        let end = body.first().map_or(range.end(), Ranged::start).to_u32();
        Place::between(start, self.find(b':', header_end, end.max(header_end)))
    }

    /// The first byte behind a decorator and the brackets around it.
    fn after_decorator(&self, last: &Decorator, end: u32) -> u32 {
        let mut at = self.next_code(last.range.end().to_u32());
        while at < end && self.text.as_bytes().get(at as usize) == Some(&b')') {
            at = self.next_code(at + 1);
        }
        at.min(end)
    }

    /// The docstring of a body.
    pub(super) fn doc(&mut self, body: &Suite) -> Place {
        let Some(Stmt::Expr(first)) = body.first() else { return Place::default() };
        let Expr::StringLiteral(string) = &*first.value else { return Place::default() };
        let doc = place(string.range);
        self.docs.push(doc);
        doc
    }
}

/// The length of `lambda`.
const WORD: u32 = 6;

fn last_segment(node: &Expr) -> Option<&str> {
    match node {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(&attribute.attr),
        _ => None,
    }
}
