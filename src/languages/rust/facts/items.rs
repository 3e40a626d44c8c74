//! Definitions: opened before what is inside them, so that an outer one stands before an inner one, and completed after.

use tree_sitter::Node;

use super::attributes::{Lead, Marks, place};
use super::blocks::List;
use super::kinds::{Field, Rule};
use super::reader::{Frame, Reader, Value};
use crate::facts::body::{Arg, ArgKind, StmtKind};
use crate::facts::head::{Def, DefKind, Import, ImportForm, ScopeKind, Visibility, def, scope};
use crate::facts::{BlockId, DefId, ExprId, Place, Run, ScopeId, Str};

/// A definition of which nothing is known.
fn blank(kind: DefKind, full: Place) -> Def {
    Def {
        kind,
        flags: 0,
        visibility: Visibility::Private,
        name: Str::NONE,
        name_at: Place::default(),
        full,
        head: full,
        body: BlockId::NONE,
        scope: ScopeId::NONE,
        own: ScopeId::NONE,
        block: BlockId::NONE,
        params: Run::default(),
        type_params: Run::default(),
        decorators: Run::default(),
        bases: Run::default(),
        ty: ExprId::NONE,
        value: ExprId::NONE,
        self_ty: ExprId::NONE,
        trait_ty: ExprId::NONE,
        doc: Place::default(),
    }
}

impl<'t> Reader<'t> {
    fn add_def(&mut self, kind: DefKind, full: Place) -> DefId {
        let (scope, block) = (self.context.scope, self.block);
        let defs = &mut self.head().defs;
        defs.push(Def { scope, block, ..blank(kind, full) });
        DefId::at(defs.len() - 1)
    }

    /// A definition as a statement.
    pub(super) fn item(&mut self, node: Node<'t>, kind: DefKind, lead: &Lead<'t>, list: &List) {
        let marks = self.attributes(lead);
        // The node itself opens the definition.
        let id = DefId::at(self.head().defs.len());
        let _ = self.walk(node, Field::None);
        self.decorate(id, &marks, lead, place(node));
        self.set_stmt(StmtKind::Def, id.0, 0);
        let flags = self.flags_by_place(id, list);
        let Some(def) = self.def_mut(id) else { return };
        def.flags |= flags;
        let (name, name_at, visibility) = (def.name, def.name_at, def.visibility);
        let is_field_of_variant = kind == DefKind::Field
            && self.builder.facts.def(list.def).is_some_and(|def| def.kind == DefKind::Variant);
        if !is_field_of_variant {
            self.note_definition(name, name_at.at);
        }
        let ends = self.slice(0, place(node).end()).ends_with(';');
        if kind == DefKind::Module && ends {
            let import = Import {
                form: ImportForm::Mod,
                level: 0,
                visibility,
                macro_use: marks.macro_use,
                module: Str::NONE,
                name,
                binds: name,
                stmt: self.stmt,
                scope: self.context.scope,
                path: marks.path,
                place: name_at,
            };
            self.head().imports.push(import);
        }
    }

    /// What attributes and comments before a definition say of it.
    fn decorate(&mut self, id: DefId, marks: &Marks, lead: &Lead<'t>, node: Place) {
        let Some(def) = self.def_mut(id) else { return };
        def.flags |= marks.flags;
        def.decorators = marks.decorators;
        def.full = Place::between(lead.at.unwrap_or(node.at), node.end());
        if let Some(doc) = lead.doc {
            def.doc = doc;
        }
    }

    /// What follows from where a definition stands.
    fn flags_by_place(&self, id: DefId, list: &List) -> u32 {
        let facts = &self.builder.facts;
        let Some(def) = facts.def(id) else { return 0 };
        let block = facts.block(list.block);
        let around = facts.def(list.def).filter(|around| Some(around.body) == Some(list.block));
        let is_member = around.is_some_and(|around| around.kind == DefKind::Trait);
        let is_class =
            block.is_some_and(|block| block.kind == crate::facts::body::BlockKind::Class);
        match def.kind {
            DefKind::Function if is_member => {
                let has_body = self.pending.iter().any(|pending| pending.def == id);
                if has_body { def::DEFAULT } else { def::ABSTRACT }
            }
            DefKind::Const if is_member && def.value.is_some() => def::DEFAULT,
            DefKind::Type if is_member && def.ty.is_some() => def::DEFAULT,
            DefKind::Function | DefKind::Static if is_class && around.is_none() => def::EXTERN,
            _ => 0,
        }
    }

    /// A type among the fields of a tuple.
    pub(super) fn tuple_field(&mut self, node: Node<'t>, lead: &Lead<'t>, list: &List) {
        let marks = self.attributes(lead);
        let whole = place(node);
        let id = self.add_def(DefKind::Field, whole);
        let ty = self.walk(node, Field::Type).expr;
        let name = self.builder.intern(&(list.fields - 1).to_string());
        let (visibility, at) = lead.visibility.unwrap_or((Visibility::Private, whole.at));
        if let Some(def) = self.def_mut(id) {
            (def.name, def.name_at, def.ty, def.visibility) = (name, whole, ty, visibility);
            def.head = Place::between(at, whole.end());
        }
        self.decorate(id, &marks, lead, whole);
        self.set_stmt(StmtKind::Def, id.0, 0);
    }

    /// Opens the definition of a node, and its scope.
    pub(super) fn open_item(&mut self, kind: DefKind, value: Value) -> DefId {
        let id = self.add_def(kind, value.place());
        let scope_kind = match kind {
            DefKind::Function => ScopeKind::Function,
            DefKind::Struct | DefKind::Enum | DefKind::Union | DefKind::Trait | DefKind::Impl => {
                ScopeKind::Class
            }
            DefKind::Module => ScopeKind::Module,
            DefKind::Type => ScopeKind::TypeParams,
            _ => return id,
        };
        let needs = match kind {
            DefKind::Module => !self.slice(0, value.hi).ends_with(';'),
            DefKind::Type => self.is_generic(),
            _ => true,
        };
        if needs {
            let own = self.add_scope(scope_kind, id, value.place());
            if let Some(def) = self.def_mut(id) {
                def.own = own;
            }
            self.context.scope = own;
        }
        id
    }

    /// Whether the node at the cursor has type parameters.
    fn is_generic(&self) -> bool {
        self.cursor.node().child_by_field_name("type_parameters").is_some()
    }

    /// Completes a definition.
    pub(super) fn close_item(&mut self, kind: DefKind, frame: &Frame, value: &mut Value) {
        let own = self.context.scope;
        let name = self.part(frame, Field::Name);
        let name_at = name.map_or_else(|| Place { at: frame.lo, len: 0 }, |name| name.place());
        let text = match name {
            Some(name) => self.intern(name.lo, name.hi),
            None => Str::NONE,
        };
        let ty = match kind {
            DefKind::Function => self.expr_in(frame, Field::ReturnType),
            _ => self.expr_in(frame, Field::Type),
        };
        let head = self.head_of(frame);
        let visibility =
            self.part_rule(frame, Rule::Visibility).map(|v| self.visibility(v.place()));
        let flags = self.item_flags(kind, frame);
        let given = self.expr_in(frame, Field::Value);
        let bases = self.args(frame, Field::Bounds);
        let params = self.part(frame, Field::Parameters).map_or(Run::default(), |p| p.run);
        let type_params = self.part(frame, Field::TypeParameters).map_or(Run::default(), |p| p.run);
        let Some(def) = self.def_mut(frame.def) else { return };
        def.name = text;
        def.name_at = name_at;
        def.head = head;
        def.ty = ty;
        def.value = given;
        def.flags |= flags;
        def.visibility = visibility.unwrap_or_default();
        def.bases = bases;
        def.params = params;
        def.type_params = type_params;
        let is_own = def.own == own && def.own.is_some();
        if is_own {
            let at = match kind {
                DefKind::Module => self.part(frame, Field::Body).map_or(frame.lo, |body| body.lo),
                _ => name_at.end(),
            };
            self.begin_scope(own, at);
            self.set_scope_flags(own, flags);
        }
        value.run.lo = frame.def.0;
    }

    fn set_scope_flags(&mut self, own: ScopeId, flags: u32) {
        if let Some(scope) = self.scope_mut(own).filter(|_| flags & def::ASYNC != 0) {
            scope.flags |= scope::ASYNC;
        }
    }

    pub(super) fn part_rule(&self, frame: &Frame, rule: Rule) -> Option<Value> {
        self.children(frame).iter().find(|value| value.rule == rule).copied()
    }

    /// From the first word up to the body or the `;`.
    fn head_of(&self, frame: &Frame) -> Place {
        let body = self.part(frame, Field::Body);
        let body = body.filter(|body| self.text.as_bytes().get(body.lo as usize) == Some(&b'{'));
        let whole = self.slice(frame.lo, frame.hi);
        let end = match body {
            Some(body) => body.lo,
            None => frame.hi - u32::from(whole.ends_with(';')),
        };
        self.trimmed(frame.lo, end)
    }

    fn item_flags(&self, kind: DefKind, frame: &Frame) -> u32 {
        let mut flags = self.part_rule(frame, Rule::Modifiers).map_or(0, |value| value.run.lo);
        if kind == DefKind::Static && self.has_sign(frame, "mut") {
            flags |= def::MUT;
        }
        if self.has_sign(frame, "unsafe") {
            flags |= def::UNSAFE;
        }
        flags
    }

    /// `async`, `unsafe`, `const`, `extern` before `fn`.
    pub(super) fn modifiers(&self, frame: &Frame) -> u32 {
        let flag = |value: &Value| match (value.rule, self.slice(value.lo, value.hi)) {
            (Rule::Modifiers, _) => value.run.lo,
            (_, "async") => def::ASYNC,
            (_, "unsafe") => def::UNSAFE,
            (_, "const") => def::CONST,
            (_, "extern") => def::EXTERN,
            _ => 0,
        };
        self.children(frame).iter().map(flag).fold(0, |all, flag| all | flag)
    }

    /// What `pub`, `pub(crate)` and the like say.
    pub(super) fn visibility(&self, place: Place) -> Visibility {
        let text = self.slice(place.at, place.end());
        let inside = text.split_once('(').map(|(_, inside)| inside.trim_end_matches(')').trim());
        match inside {
            _ if text == "crate" => Visibility::Crate,
            None => Visibility::Public,
            Some("crate") => Visibility::Crate,
            Some("self") => Visibility::Private,
            Some(_) => Visibility::Restricted,
        }
    }

    /// `impl Trait for Type`.
    pub(super) fn close_impl(&mut self, frame: &Frame, value: &mut Value) {
        self.close_item(DefKind::Impl, frame, value);
        let trait_ty = self.expr_in(frame, Field::Trait);
        let text = self.slice(frame.lo, frame.hi);
        let word = text.find("impl").unwrap_or(0) as u32;
        let Some(def) = self.def_mut(frame.def) else { return };
        def.self_ty = std::mem::take(&mut def.ty);
        def.trait_ty = trait_ty;
        def.name_at = Place { at: frame.lo + word, len: 4 };
    }

    /// A closure: a definition and a scope.
    pub(super) fn open_closure(&mut self, value: Value) -> DefId {
        let id = self.add_def(DefKind::Closure, value.place());
        let own = self.add_scope(ScopeKind::Closure, id, value.place());
        if let Some(def) = self.def_mut(id) {
            def.own = own;
        }
        self.context.scope = own;
        self.context.mode = super::reader::Mode::Value;
        id
    }

    pub(super) fn close_closure(&mut self, frame: &Frame, place: Place) -> ExprId {
        let own = self.context.scope;
        let params = self.part(frame, Field::Parameters);
        let ty = self.part(frame, Field::ReturnType);
        let body = self.part(frame, Field::Body);
        let (at, end) = params.map_or((frame.lo, frame.lo), |params| (params.lo, params.hi));
        let (is_async, is_move) = (self.has_sign(frame, "async"), self.has_sign(frame, "move"));
        let exprs = self.exprs_since(frame.exprs);
        let given = body.map_or(ExprId::NONE, |body| body.expr);
        if let Some(def) = self.def_mut(frame.def) {
            def.name_at = Place { at, len: 1 };
            def.head = Place::between(frame.lo, ty.map_or(end, |ty| ty.hi));
            def.params = params.map_or(Run::default(), |params| params.run);
            def.ty = ty.map_or(ExprId::NONE, |ty| ty.expr);
            def.value = given;
            def.flags = if is_async { def::ASYNC } else { 0 };
        }
        if let Some(scope) = self.scope_mut(own) {
            scope.flags |= if is_move { scope::MOVE } else { 0 };
            scope.flags |= if is_async { scope::ASYNC } else { 0 };
            if given.is_some() {
                scope.exprs = exprs;
            }
        }
        self.context = frame.outer;
        self.push(crate::facts::body::ExprKind::Lambda, frame.def.0, 0, place)
    }

    /// The parts of a bound or base as arguments.
    pub(super) fn positional(value: ExprId, at: u32) -> Arg {
        Arg { kind: ArgKind::Positional, name: Str::NONE, at, value }
    }
}
