//! What annotations, parameters and returns say of values.

use super::classes;
use super::eval::{Eval, In, instance_of};
use super::memo::Key;
use super::value::{Class, Gap, Val, Vals, Whose};
use crate::facts::body::{ConstKind, ExprKind, Op, StmtKind};
use crate::facts::head::{Def, DefKind, Param, ParamKind, def as flag};
use crate::facts::{DefId, ExprId, Facts, Shape};
use crate::project::{DefRef, Evidence};

/// Most returns of a function that are looked at.
const MOST_RETURNS: usize = 32;

/// The last segments of a definition's decorators, called or not.
pub(super) fn decorator_names(facts: &Facts, def: DefId) -> impl Iterator<Item = &str> {
    let decorators = facts.def(def).map_or(&[][..], |def| def.decorators.of(&facts.body.kids));
    decorators.iter().filter_map(|&decorator| {
        let named = match facts.shape(decorator) {
            Shape::Call(callee, _) => callee,
            _ => decorator,
        };
        facts.last_segment(named).map(|(name, _)| facts.text(name))
    })
}

/// What a generic type of the standard library does with its arguments.
enum Generic {
    /// Any of them, or `None`.
    Choice,
    /// The first itself.
    Same,
    /// The class itself.
    Class,
    /// A collection of the first.
    Many,
    /// A collection of all.
    All,
    /// What is awaited: the last.
    Awaitable,
    /// Nothing that is modelled.
    Other,
}

fn generic(name: &str) -> Generic {
    match name {
        "Optional" | "Union" => Generic::Choice,
        "Annotated" | "Final" | "ClassVar" | "Required" | "NotRequired" | "ReadOnly"
        | "InitVar" => Generic::Same,
        "type" | "Type" => Generic::Class,
        "tuple" | "Tuple" => Generic::All,
        "list" | "List" | "set" | "Set" | "frozenset" | "FrozenSet" | "deque" | "Deque"
        | "Sequence" | "MutableSequence" | "Iterable" | "Iterator" | "Collection" | "Container"
        | "AbstractSet" | "MutableSet" | "Generator" | "AsyncIterable" | "AsyncIterator"
        | "AsyncGenerator" | "Reversible" => Generic::Many,
        "Awaitable" | "Coroutine" => Generic::Awaitable,
        _ => Generic::Other,
    }
}

impl<'p> Eval<'p> {
    /// What a value of an annotated type can be.
    pub(super) fn annotation(&mut self, file: In<'p>, id: ExprId) -> Vals {
        self.deeper(|eval| eval.annotated(file, id)).at_most(Evidence::Typed)
    }

    fn annotated(&mut self, file: In<'p>, id: ExprId) -> Vals {
        match file.facts.shape(id) {
            Shape::Name(_) | Shape::Attr(..) => {
                let class = self.expr(file, id);
                class.flat_map(|val, _| self.object(file, id, val))
            }
            Shape::Const(_, ConstKind::None) => Vals::exact(Val::None),
            Shape::Index(head, key) => {
                let arguments = match file.facts.shape(key) {
                    Shape::Many(kids) if is_tuple(file.facts, key) => kids.to_vec(),
                    _ => vec![key],
                };
                self.generic(file, head, &arguments)
            }
            Shape::Type(head, call) => {
                let arguments = call.args.of(&file.facts.body.args);
                let arguments: Vec<ExprId> = arguments.iter().map(|arg| arg.value).collect();
                self.generic(file, head, &arguments)
            }
            Shape::Two(left, right, Op::BitOr) => {
                let mut all = self.annotation(file, left);
                all.merge(self.annotation(file, right));
                all
            }
            _ => Vals::unknown(),
        }
    }

    /// An object of what an annotation names.
    fn object(&mut self, file: In<'p>, id: ExprId, class: Val) -> Vals {
        match &class {
            Val::External(name) => match name.rsplit('.').next() {
                Some("Self") => {
                    let at = file.facts.expr(id).map_or(0, |expr| expr.place.at);
                    let around = classes::class_around(file.facts, file.use_at(at).scope);
                    around.map_or(Vals::unknown(), |around| instance_of(Val::Own(file.def(around))))
                }
                Some("Any") => Vals::unknown(),
                _ if name.starts_with("typing.") || name.starts_with("collections.abc.") => {
                    Vals::unknown()
                }
                _ => instance_of(class),
            },
            Val::Builtin(name) if &**name == "object" => Vals::unknown(),
            Val::Def(def) if !self.is_class(*def) => Vals::unknown(),
            _ => instance_of(class),
        }
    }

    fn generic(&mut self, file: In<'p>, head: ExprId, arguments: &[ExprId]) -> Vals {
        let name = file.facts.last_segment(head).map_or("", |(name, _)| file.facts.text(name));
        let first = arguments.first().copied().unwrap_or(ExprId::NONE);
        match generic(name) {
            Generic::Choice => {
                let mut all = Vals::nothing();
                for &argument in arguments {
                    all.merge(self.annotation(file, argument));
                }
                all
            }
            Generic::Same => self.annotation(file, first),
            Generic::Class => self.expr(file, first).at_most(Evidence::Typed),
            Generic::Many => {
                let element = self.annotation(file, first);
                Vals::typed(Val::Many(element.values()))
            }
            Generic::All => {
                let mut all = Vals::nothing();
                for &argument in arguments {
                    all.merge(self.annotation(file, argument));
                }
                Vals::typed(Val::Many(all.values()))
            }
            Generic::Awaitable => {
                let last = arguments.last().copied().unwrap_or(ExprId::NONE);
                let given = self.annotation(file, last);
                Vals::typed(Val::Coroutine(given.values()))
            }
            Generic::Other => {
                let class = self.expr(file, head);
                class.flat_map(|val, _| self.object(file, head, val))
            }
        }
    }

    /// What a parameter can be.
    pub(super) fn parameter(&mut self, file: In<'p>, id: DefId, at: usize) -> Vals {
        let Some((def, param)) = file.facts.def(id).zip(file.facts.head.params.get(at)) else {
            return Vals::unknown();
        };
        if at == def.params.lo as usize
            && let Some(receiver) = self.receiver(file, id, def, param)
        {
            return receiver;
        }
        if param.ty.is_none() {
            return Vals::unknown();
        }
        let stated = self.annotation(file, param.ty);
        match param.kind {
            ParamKind::Star => Vals::typed(Val::Many(stated.values())),
            ParamKind::DoubleStar => super::eval::builtin("dict"),
            _ => stated,
        }
    }

    /// `self` or `cls` of a method.
    fn receiver(&mut self, file: In<'p>, id: DefId, def: &Def, param: &Param) -> Option<Vals> {
        let is_positional = matches!(param.kind, ParamKind::Positional | ParamKind::PositionalOnly);
        if def.kind != DefKind::Function || !is_positional {
            return None;
        }
        let class = file.def(classes::class_of(file.facts, id)?);
        let mut is_class = matches!(
            file.facts.text(def.name),
            "__new__" | "__init_subclass__" | "__class_getitem__"
        );
        for name in decorator_names(file.facts, id) {
            match name {
                "staticmethod" if !is_class => return None,
                "classmethod" | "classproperty" => is_class = true,
                _ => {}
            }
        }
        if is_class {
            return Some(Vals::exact(Val::Own(class)));
        }
        let is_meta = self.order(class).classes.contains(&Class::Builtin("type".into()));
        if is_meta {
            return Some(Vals::unknown());
        }
        Some(Vals::exact(Val::Instance(Class::Def(class), Whose::Receiver)))
    }

    /// What a call of a function gives.
    pub(super) fn returns(&mut self, def: DefRef) -> Vals {
        self.once(Key::Returns(def), |eval| eval.given(def))
    }

    fn given(&mut self, id: DefRef) -> Vals {
        let file = self.file(id.file);
        let Some(def) = file.facts.def(id.def) else { return Vals::unknown() };
        if def.kind != DefKind::Function {
            return self.expr(file, def.value).at_most(Evidence::Typed);
        }
        let is_generator = def.flags & flag::GENERATOR != 0;
        let stated = if def.ty.is_some() { self.annotation(file, def.ty) } else { Vals::unknown() };
        let given = match stated {
            stated if !stated.is_unknown() => stated,
            _ if is_generator => self.yielded(file, def),
            _ => self.returned_by(file, def),
        };
        let is_awaited = def.flags & flag::ASYNC != 0 && !is_generator;
        let given = if is_awaited { Vals::typed(Val::Coroutine(given.values())) } else { given };
        given.at_most(Evidence::Typed)
    }

    /// What any `return` of the function itself gives.
    fn returned_by(&mut self, file: In<'p>, def: &Def) -> Vals {
        let Some(body) = file.facts.block(def.body) else { return Vals::unknown() };
        let own = body.stmts.of(&file.facts.body.stmts).iter().filter(|stmt| {
            stmt.kind == StmtKind::Return
                && file.facts.block(stmt.block).is_some_and(|block| block.scope == def.own)
        });
        let mut all = Vals::nothing();
        for (seen, stmt) in own.enumerate() {
            if seen == MOST_RETURNS {
                return all.with_gap(Gap::Partial);
            }
            let value = ExprId(stmt.a);
            if value.is_some() {
                all.merge(self.expr(file, value));
            }
        }
        // A function without any `return` is often one that others override.
        if all.items.is_empty() { Vals::unknown() } else { all }
    }

    /// What a generator yields, as a collection.
    fn yielded(&mut self, file: In<'p>, def: &Def) -> Vals {
        let Some(body) = file.facts.block(def.body) else { return Vals::unknown() };
        let mut all = Vals::nothing();
        let own = body.stmts.of(&file.facts.body.stmts).iter().filter(|stmt| {
            file.facts.block(stmt.block).is_some_and(|block| block.scope == def.own)
        });
        let exprs = own.flat_map(|stmt| stmt.exprs.of(&file.facts.body.exprs));
        let values = exprs.filter(|expr| expr.kind == ExprKind::Yield && expr.a != 0);
        for value in values.take(MOST_RETURNS) {
            all.merge(self.expr(file, ExprId(value.a)));
        }
        Vals::typed(Val::Many(if all.gap == Gap::Closed { all.values() } else { [].into() }))
    }
}

fn is_tuple(facts: &Facts, id: ExprId) -> bool {
    facts.expr(id).is_some_and(|expr| expr.kind == ExprKind::Tuple)
}
