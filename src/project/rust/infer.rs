//! The types of expressions: of locals by what gives them their value, of calls by the signature of what is called.
//! Chains are followed a bounded number of steps; beyond, and where nothing is stated, the type is unknown.

use std::sync::Arc;

use super::locals::{Giver, LocalId, parts};
use super::names::{Space, plain};
use super::prelude::{self, Gives};
use super::types::{Subst, Ty};
use super::{Cx, Thing};
use crate::facts::body::{ArgKind, BindOp, BlockKind, Call, ConstKind, ExprKind, StmtKind};
use crate::facts::head::{DefKind, ParamKind, ScopeKind};
use crate::facts::{BlockId, DefId, ExprId, Facts, ParamId, Shape, StmtId};
use crate::project::{DefRef, FileId};

impl Cx<'_> {
    /// The type of an expression.
    pub(super) fn type_of(&self, file: FileId, expr: ExprId) -> Ty {
        let Some(_step) = self.step() else { return Ty::Unknown };
        let facts = self.project.facts(file);
        let Some(record) = facts.expr(expr) else { return Ty::Unknown };
        match facts.shape(expr) {
            Shape::Name(_) | Shape::Path(..) => self.type_of_path(file, expr),
            Shape::Attr(base, name) => {
                let base = self.type_of(file, base);
                self.type_of_field(&base, plain(facts.text(name)))
            }
            Shape::Index(base, _) => self.element(&self.type_of(file, base)),
            Shape::Call(callee, call) => self.type_of_call(file, callee, call),
            Shape::Method(callee, _) => self.type_of_method(file, callee),
            Shape::Macro(path, call) => self.type_of_macro(file, path, call),
            Shape::Struct(path, _) => self.type_of_shape(file, path),
            Shape::Lambda(def) => Ty::Function(DefRef { file, def }),
            Shape::Const(_, kind) => type_of_literal(kind),
            Shape::Many(kids) => match record.kind {
                ExprKind::Tuple => {
                    Ty::Tuple(kids.iter().map(|&kid| self.type_of(file, kid)).collect())
                }
                ExprKind::List => {
                    let first = kids.first().map(|&kid| self.type_of(file, kid));
                    Ty::Slice(Arc::new(first.unwrap_or_default()))
                }
                ExprKind::Compare => Ty::Primitive("bool"),
                ExprKind::FString => Ty::External("std::string::String".into(), [].into()),
                _ => Ty::Unknown,
            },
            Shape::One(inner) => self.type_of_one(file, record.kind, inner),
            Shape::Two(_, ty, _) if record.kind == ExprKind::Cast => self.lower(file, ty),
            Shape::Block(block, _) => self.type_of_block(file, block),
            // `T::<A>` as a value.
            Shape::Type(head, _) => self.type_of(file, head),
            _ => Ty::Unknown,
        }
    }

    fn type_of_one(&self, file: FileId, kind: ExprKind, inner: ExprId) -> Ty {
        let ty = match kind {
            ExprKind::Leave | ExprKind::Yield | ExprKind::YieldFrom | ExprKind::Starred => {
                return Ty::Unknown;
            }
            _ => self.type_of(file, inner),
        };
        match kind {
            ExprKind::Try => self.unwrapped(&ty),
            ExprKind::Await => self.awaited(&ty),
            ExprKind::Deref => self.deref(&ty).unwrap_or(ty),
            ExprKind::Ref | ExprKind::Unary => ty,
            _ => Ty::Unknown,
        }
    }

    /// What `?` gives.
    fn unwrapped(&self, ty: &Ty) -> Ty {
        match ty {
            Ty::External(path, _) if matches!(prelude::last(path), "Option" | "Result") => {
                ty.argument(0)
            }
            _ => Ty::Unknown,
        }
    }

    /// What `.await` gives.
    fn awaited(&self, ty: &Ty) -> Ty {
        match ty {
            Ty::External(path, args) if prelude::is_pointer(path) => {
                args.first().map_or(Ty::Unknown, |inner| self.awaited(inner))
            }
            Ty::External(path, _) if prelude::last(path) == "Future" => ty.argument(0),
            _ => self.projection(ty, "Output"),
        }
    }

    /// What an element of a list is.
    pub(super) fn element(&self, ty: &Ty) -> Ty {
        match ty {
            Ty::Slice(inner) => (**inner).clone(),
            Ty::External(path, _) if prelude::is_std(path) => match prelude::last(path) {
                "HashMap" | "BTreeMap" => Ty::Tuple([ty.argument(0), ty.argument(1)].into()),
                "Vec" | "VecDeque" | "HashSet" | "BTreeSet" | "Option" | "Iterator"
                | "BinaryHeap" => ty.argument(0),
                _ => ty.pointee().map_or(Ty::Unknown, |inner| self.element(inner)),
            },
            Ty::Bounds(_) | Ty::Own(..) | Ty::Param(..) => self.projection(ty, "Item"),
            _ => Ty::Unknown,
        }
    }

    fn type_of_path(&self, file: FileId, expr: ExprId) -> Ty {
        let meaning = self.path(file, expr, Space::Value);
        let [thing] = meaning.things.as_slice() else { return self.type_of_self(file, expr) };
        match thing {
            Thing::Local(local) => self.type_of_local(*local),
            Thing::Def(def) => self.type_of_value(*def),
            Thing::External(path) if prelude::last(path) == "None" => {
                Ty::std("std::option::Option", Ty::Unknown)
            }
            _ => Ty::Unknown,
        }
    }

    /// `self`, where it is no parameter with a name of its own.
    fn type_of_self(&self, file: FileId, expr: ExprId) -> Ty {
        let facts = self.project.facts(file);
        let is_self = matches!(facts.shape(expr), Shape::Name(name) | Shape::Path(_, name) if facts.text(name) == "self");
        let Some(record) = facts.expr(expr).filter(|_| is_self) else { return Ty::Unknown };
        let mut scope = self.project.scope_at(file, record.place.at);
        while let Some(around) = facts.scope(scope) {
            if around.kind == ScopeKind::Class {
                return self.self_type(DefRef { file, def: around.def });
            }
            scope = around.parent;
        }
        Ty::Unknown
    }

    /// The type of a constant, a function as a value, a variant without fields.
    fn type_of_value(&self, at: DefRef) -> Ty {
        match self.project.def(at).map(|def| def.kind) {
            Some(DefKind::Const | DefKind::Static) => self.stated(at),
            Some(DefKind::Function) => Ty::Function(at),
            Some(DefKind::Variant) => {
                self.owner_of(at).map_or(Ty::Unknown, |owner| Ty::Own(owner, [].into()))
            }
            Some(DefKind::Struct) => Ty::Own(at, [].into()),
            _ => Ty::Unknown,
        }
    }

    fn type_of_shape(&self, file: FileId, path: ExprId) -> Ty {
        let things = self.shape_named(file, path);
        let Some(thing) = self.first_twin(&things) else { return Ty::Unknown };
        self.type_of_thing(file, thing, path)
    }

    /// The struct or variant that a literal or pattern names.
    pub(super) fn shape_named(&self, file: FileId, path: ExprId) -> Vec<Thing> {
        let found = self.path(file, path, Space::Type).things;
        if found.is_empty() { self.path(file, path, Space::Value).things } else { found }
    }

    fn type_of_field(&self, base: &Ty, name: &str) -> Ty {
        let mut on = base;
        while let Some(inner) = on.pointee() {
            on = inner;
        }
        if let (Ty::Tuple(types), Ok(index)) = (on, name.parse::<usize>()) {
            return types.get(index).cloned().unwrap_or_default();
        }
        self.field(base, name).map_or(Ty::Unknown, |(_, ty)| ty)
    }

    fn type_of_call(&self, file: FileId, callee: ExprId, call: &Call) -> Ty {
        let facts = self.project.facts(file);
        let is_path =
            matches!(facts.shape(callee), Shape::Name(_) | Shape::Path(..) | Shape::Type(..));
        if !is_path {
            return self.result_of(&self.type_of(file, callee));
        }
        let meaning = self.path(file, callee, Space::Value);
        let defs: Vec<DefRef> = meaning.things.iter().filter_map(Thing::def).collect();
        if defs.len() == meaning.things.len() {
            return self.given_by_all(&defs, meaning.of.as_ref());
        }
        let [thing] = meaning.things.as_slice() else { return Ty::Unknown };
        match thing {
            Thing::Local(local) => self.result_of(&self.type_of_local(*local)),
            Thing::External(path) => self.given_outside(file, callee, path, call),
            // `Self(…)`.
            Thing::SelfType(owner) => self.self_type(*owner),
            _ => Ty::Unknown,
        }
    }

    /// What calling a closure or function as a value gives.
    fn result_of(&self, ty: &Ty) -> Ty {
        match ty {
            Ty::Function(def) => match self.project.def(*def) {
                Some(record) if record.kind == DefKind::Closure && record.ty.is_none() => {
                    self.type_of(def.file, record.value)
                }
                _ => self.stated(*def),
            },
            Ty::Pointer(result) => (**result).clone(),
            Ty::Bounds(_) | Ty::Param(..) => {
                // `impl Fn(A) -> B` is a bound whose argument is the signature.
                let bounds = self.traits_of(ty);
                let mut signatures = bounds.iter().flat_map(|bound| bound.args.first());
                signatures
                    .find_map(|signature| match signature {
                        Ty::Pointer(result) => Some((**result).clone()),
                        _ => None,
                    })
                    .unwrap_or_default()
            }
            _ => ty.pointee().map_or(Ty::Unknown, |inner| self.result_of(inner)),
        }
    }

    /// What calling a definition gives, found on a type.
    fn given(&self, def: DefRef, on: Option<&Ty>) -> Ty {
        let Some(record) = self.project.def(def) else { return Ty::Unknown };
        match record.kind {
            DefKind::Function => {
                let stated = self.stated(def);
                let owner = self.owner_of(def);
                let subst = match (owner, on) {
                    (Some(owner), Some(on)) => self.matched(owner, on).unwrap_or_default(),
                    _ => Subst::default(),
                };
                self.without_own(def, &stated.with(&subst))
            }
            DefKind::Struct | DefKind::Variant => self.type_of_value(def),
            _ => Ty::Unknown,
        }
    }

    /// A function's own type parameters are unknown outside of it.
    fn without_own(&self, def: DefRef, ty: &Ty) -> Ty {
        match self.project.def(def) {
            Some(record) if !record.type_params.is_empty() => {
                ty.with(&Subst::arguments(self.project.facts(def.file), def, &[]))
            }
            _ => ty.clone(),
        }
    }

    /// What a call of something outside of the project gives, as far as it is known in general.
    fn given_outside(&self, file: FileId, callee: ExprId, path: &str, call: &Call) -> Ty {
        let Some((ty, name)) = path.rsplit_once("::") else { return Ty::Unknown };
        let facts = self.project.facts(file);
        let first = || {
            let args = call.args.of(&facts.body.args);
            args.first().map_or(Ty::Unknown, |arg| self.type_of(file, arg.value))
        };
        match name {
            "Some" => Ty::std("std::option::Option", first()),
            "Ok" => Ty::std("std::result::Result", first()),
            "Err" => Ty::External("std::result::Result".into(), [Ty::Unknown, first()].into()),
            "new" | "pin" if prelude::holds_argument(ty) => Ty::std(ty, first()),
            "clone" if prelude::is_pointer(ty) => first(),
            "new" | "default" | "with_capacity" | "from"
                if prelude::last(ty).starts_with(char::is_uppercase) =>
            {
                match facts.shape(callee) {
                    Shape::Path(base, _) => self.lower_if_applied(file, base, ty),
                    _ => Ty::External(ty.into(), [].into()),
                }
            }
            _ => Ty::Unknown,
        }
    }

    fn lower_if_applied(&self, file: FileId, base: ExprId, path: &str) -> Ty {
        match self.project.facts(file).shape(base) {
            Shape::Type(head, _) if head.is_some() => self.lower(file, base),
            _ => Ty::External(path.into(), [].into()),
        }
    }

    /// What any of several gives, if all give the same.
    fn given_by_all(&self, defs: &[DefRef], on: Option<&Ty>) -> Ty {
        let mut given = defs.iter().map(|def| self.given(*def, on));
        let Some(first) = given.next() else { return Ty::Unknown };
        if given.all(|ty| ty == first) { first } else { Ty::Unknown }
    }

    fn type_of_method(&self, file: FileId, callee: ExprId) -> Ty {
        let facts = self.project.facts(file);
        let Shape::Attr(base, name) = facts.shape(callee) else { return Ty::Unknown };
        let receiver = self.type_of(file, base);
        let name = plain(facts.text(name));
        if let Some(method) = self.method(&receiver, name) {
            return self.given_by_all(&method.found.defs, Some(&method.on));
        }
        self.given_by_std(&receiver, name)
    }

    /// What a method of the standard library gives.
    fn given_by_std(&self, receiver: &Ty, name: &str) -> Ty {
        let mut on = receiver.clone();
        if let Ty::Slice(inner) = &on {
            on = Ty::std("std::vec::Vec", (**inner).clone());
        }
        // A pointer gives what it points to gives, but for its own methods.
        while let Some(inner) = on.pointee().filter(|_| prelude::general(name).is_none()) {
            on = inner.clone();
        }
        let gives = match &on {
            Ty::External(path, _) => prelude::gives(path, name),
            Ty::Unknown => None,
            _ => prelude::general(name),
        };
        match gives {
            Some(Gives::Receiver) => on,
            Some(Gives::Inner) => on.argument(0),
            Some(Gives::Second) => on.argument(1),
            Some(Gives::OptionInner) => Ty::std("std::option::Option", on.argument(0)),
            Some(Gives::ResultInner) => Ty::std("std::result::Result", on.argument(0)),
            Some(Gives::Elements) => Ty::std("std::iter::Iterator", self.element(&on)),
            Some(Gives::Text) => Ty::External("std::string::String".into(), [].into()),
            None => Ty::Unknown,
        }
    }

    fn type_of_macro(&self, file: FileId, path: ExprId, call: &Call) -> Ty {
        let meaning = self.path(file, path, Space::Macro);
        let [Thing::External(path)] = meaning.things.as_slice() else { return Ty::Unknown };
        match &**path {
            "std::format" => Ty::External("std::string::String".into(), [].into()),
            "std::vec" => {
                let args = call.args.of(&self.project.facts(file).body.args);
                let first = args.first().map(|arg| self.type_of(file, arg.value));
                Ty::std("std::vec::Vec", first.unwrap_or_default())
            }
            _ => Ty::Unknown,
        }
    }

    /// The type of a block's value: of its first branch that has one.
    fn type_of_block(&self, file: FileId, first: BlockId) -> Ty {
        let facts = self.project.facts(file);
        let mut at = first;
        for _ in 0..16 {
            let Some(block) = facts.block(at) else { break };
            let ty = match block.kind {
                BlockKind::For | BlockKind::While | BlockKind::Loop => return Ty::Unknown,
                BlockKind::Async => {
                    return Ty::std("std::future::Future", self.type_of(file, tail(facts, at)));
                }
                _ => self.type_of(file, tail(facts, at)),
            };
            if ty != Ty::Unknown {
                return ty;
            }
            at = block.next;
        }
        Ty::Unknown
    }

    /// The type of a local name.
    pub(super) fn type_of_local(&self, id: LocalId) -> Ty {
        let Some(_step) = self.step() else { return Ty::Unknown };
        let Some(local) = self.locals(id.file).local(id.index).copied() else { return Ty::Unknown };
        match local.giver {
            Giver::Param(def, param) => self.type_of_param(id.file, def, param, local.name),
            Giver::Bind(stmt) => self.type_of_bound(id.file, stmt, local.name),
        }
    }

    fn type_of_param(&self, file: FileId, owner: DefId, id: ParamId, name: ExprId) -> Ty {
        let facts = self.project.facts(file);
        let Some(param) = id.index().and_then(|index| facts.head.params.get(index)) else {
            return Ty::Unknown;
        };
        let ty = if param.ty.is_some() {
            self.lower(file, param.ty)
        } else if param.kind == ParamKind::SelfValue {
            let at = DefRef { file, def: owner };
            self.owner_of(at).map_or(Ty::Unknown, |owner| self.self_type(owner))
        } else {
            Ty::Unknown
        };
        if name.is_none() || param.pattern.is_none() {
            return ty;
        }
        self.in_pattern(file, param.pattern, &ty, name).unwrap_or_default()
    }

    fn type_of_bound(&self, file: FileId, id: StmtId, name: ExprId) -> Ty {
        let facts = self.project.facts(file);
        let Some(stmt) = facts.stmt(id) else { return Ty::Unknown };
        let mut ty = if stmt.ty.is_some() { self.lower(file, stmt.ty) } else { Ty::Unknown };
        if ty == Ty::Unknown {
            ty = self.type_of(file, ExprId(stmt.b));
            if stmt.op == BindOp::For {
                ty = self.element(&ty);
            }
        }
        self.in_pattern(file, ExprId(stmt.a), &ty, name).unwrap_or_default()
    }

    /// The type of a name that a pattern binds, by the type the pattern matches.
    fn in_pattern(&self, file: FileId, pattern: ExprId, ty: &Ty, name: ExprId) -> Option<Ty> {
        if pattern == name {
            return Some(ty.clone());
        }
        let _step = self.step()?;
        let facts = self.project.facts(file);
        let within = |part: ExprId| {
            let (part, name) = (facts.expr(part)?, facts.expr(name)?);
            part.place.covers(name.place).then_some(())
        };
        let (index, part) = parts(facts, pattern)
            .into_iter()
            .enumerate()
            .find(|(_, part)| within(*part).is_some())?;
        let kind = facts.expr(pattern)?.kind;
        let inner = match facts.shape(pattern) {
            Shape::Pattern(path, call) | Shape::Call(path, call) | Shape::Struct(path, call) => {
                self.part_of(file, path, call, index, ty)
            }
            Shape::Many(_) => match (kind, ty) {
                (ExprKind::Tuple, Ty::Tuple(types)) => {
                    types.get(index).cloned().unwrap_or_default()
                }
                (ExprKind::List, ty) => self.element(ty),
                (ExprKind::Tuple, _) => Ty::Unknown,
                _ => ty.clone(),
            },
            _ => ty.clone(),
        };
        self.in_pattern(file, part, &inner, name)
    }

    /// The type of a part of a pattern `P(…)` or `P { … }`.
    fn part_of(&self, file: FileId, path: ExprId, call: &Call, index: usize, ty: &Ty) -> Ty {
        let facts = self.project.facts(file);
        let Some(arg) = call.args.of(&facts.body.args).get(index) else { return Ty::Unknown };
        let things = self.shape_named(file, path);
        let [thing] = things.as_slice() else { return Ty::Unknown };
        let mut on = ty;
        while let Some(inner) = on.pointee() {
            on = inner;
        }
        match thing {
            Thing::External(path) => match prelude::last(path) {
                "Some" | "Ok" | "Ready" => on.argument(0),
                "Err" => on.argument(1),
                _ => Ty::Unknown,
            },
            Thing::Def(def) => {
                let number = index.to_string();
                let name =
                    if arg.kind == ArgKind::Keyword { facts.text(arg.name) } else { &number };
                let Some(field) = self.field_of(*def, plain(name)) else { return Ty::Unknown };
                let owner = self.owner_of(*def).filter(|_| self.is_variant(*def)).unwrap_or(*def);
                let subst = self.matched(owner, on).unwrap_or_default();
                self.stated(field).with(&subst)
            }
            Thing::SelfType(owner) => match self.self_type(*owner) {
                Ty::Own(def, _) => {
                    let field = self.field_of(def, plain(facts.text(arg.name)));
                    field.map_or(Ty::Unknown, |field| self.stated(field))
                }
                _ => Ty::Unknown,
            },
            _ => Ty::Unknown,
        }
    }

    fn is_variant(&self, def: DefRef) -> bool {
        self.project.def(def).is_some_and(|def| def.kind == DefKind::Variant)
    }
}

/// The expression that is a block's value.
fn tail(facts: &Facts, id: BlockId) -> ExprId {
    let Some(block) = facts.block(id) else { return ExprId::NONE };
    let stmts = block.stmts.of(&facts.body.stmts);
    // What stands inside the last statement comes behind it.
    let own = stmts.iter().rev().take(1_000).find(|stmt| stmt.block == id);
    own.filter(|stmt| stmt.kind == StmtKind::Tail).map_or(ExprId::NONE, |stmt| ExprId(stmt.a))
}

fn type_of_literal(kind: ConstKind) -> Ty {
    match kind {
        ConstKind::Str => Ty::Primitive("str"),
        ConstKind::True | ConstKind::False => Ty::Primitive("bool"),
        ConstKind::Char => Ty::Primitive("char"),
        _ => Ty::Unknown,
    }
}
