//! Attributes of values, and what calls give.

use std::sync::Arc;

use super::classes::Of;
use super::eval::{Eval, In, builtin, instance_of};
use super::memo::Key;
use super::tables;
use super::types::decorator_names;
use super::value::{Class, Gap, Val, Vals, Whose};
use crate::facts::body::{ArgKind, Call, ConstKind};
use crate::facts::{DefId, ExprId, Facts, Shape};
use crate::project::{DefRef, Evidence};

/// Most classes below that are asked for an attribute which the class itself lacks.
const MOST_ASKED: usize = 200;

impl<'p> Eval<'p> {
    /// What an attribute is: of a property what it gives.
    pub(super) fn attribute(&mut self, vals: Vals, name: &str) -> Vals {
        vals.flat_map(|val, evidence| {
            let found = self.attribute_of(&val, evidence, name);
            let found = found.flat_map(|member, how| match member {
                Val::Def(def) if self.is_property(def) => self.returned(def, Some(&val)),
                Val::Instance(Class::Def(class), _) if self.is_descriptor(class) => {
                    self.called_method(&member, "__get__")
                }
                member => Vals::one(member, how),
            });
            found.at_most(evidence)
        })
    }

    /// Whether reading an attribute that is an object of the class calls a method of it.
    fn is_descriptor(&mut self, class: DefRef) -> bool {
        let found = self.member(class, "__get__", Of::Class, None);
        found.items.iter().any(|(val, _)| matches!(val, Val::Def(_)))
    }

    /// What an attribute means: of a property its definition.
    pub(super) fn attribute_raw(&mut self, vals: &Vals, name: &str) -> Vals {
        let vals = vals.clone();
        vals.flat_map(|val, evidence| self.attribute_of(&val, evidence, name).at_most(evidence))
    }

    /// What a value holds under a name. What an object or class outside holds may be anything, one of the project too.
    fn attribute_of(&mut self, val: &Val, evidence: Evidence, name: &str) -> Vals {
        match val {
            Val::External(_) if evidence != Evidence::Exact => Vals::unknown(),
            val => self.deeper(|eval| eval.member_of(val, name)),
        }
    }

    fn member_of(&mut self, val: &Val, name: &str) -> Vals {
        match val {
            Val::Def(def) if self.is_class(*def) => {
                let found = self.member(*def, name, Of::Class, None);
                self.enumerated(*def, name, found)
            }
            Val::Own(def) => {
                let found = self.member_of_receiver(*def, name, Of::Class);
                self.enumerated(*def, name, found)
            }
            Val::Instance(Class::Def(def), Whose::Receiver) => {
                self.member_of_receiver(*def, name, Of::Object)
            }
            Val::Instance(Class::Def(def), Whose::Stated) => match name {
                "__class__" => Vals::typed(Val::Def(*def)),
                _ => self.member(*def, name, Of::Object, None).at_most(Evidence::Typed),
            },
            Val::Instance(Class::External(outer), _) => {
                Vals::typed(Val::External(format!("{outer}.{name}").into()))
            }
            Val::Instance(Class::Builtin(outer), _) => {
                Vals::typed(Val::Builtin(format!("{outer}.{name}").into()))
            }
            Val::Builtin(outer) => Vals::exact(Val::Builtin(format!("{outer}.{name}").into())),
            Val::Module(_) | Val::Package(_) | Val::External(_) => self.held(val, name),
            Val::Super { after, .. } => self.behind(*after, name),
            // Collections, coroutines and `None` are no classes of the project, so nothing of it is among their
            // attributes.
            Val::Many(_) | Val::Coroutine(_) | Val::None => Vals::nothing(),
            Val::Def(_) => Vals::unknown(),
        }
    }

    /// An attribute of `self` or `cls`; what the class lacks, classes below it may have.
    fn member_of_receiver(&mut self, class: DefRef, name: &str, of: Of) -> Vals {
        if name == "__class__" && of == Of::Object {
            return Vals::exact(Val::Own(class));
        }
        let found = self.member(class, name, of, None);
        if !found.items.is_empty() {
            return found;
        }
        let mut all = Vals::nothing();
        let below = self.below(class);
        for &heir in below.iter().take(MOST_ASKED) {
            all.merge(self.member(heir, name, of, None).at_most(Evidence::Candidates));
        }
        if all.items.is_empty() { found } else { all.with_gap(Gap::Partial) }
    }

    /// What `super()` in a class finds: what comes behind it in its own order, or in that of a class below it.
    fn behind(&mut self, after: DefRef, name: &str) -> Vals {
        self.once(Key::Behind(after, Arc::from(name)), |eval| {
            let own = eval.member(after, name, Of::Object, Some(after));
            let is_alone = own.items.is_empty();
            let mut all = if is_alone { Vals::nothing() } else { own.clone() };
            let below = eval.below(after);
            for &heir in below.iter().take(MOST_ASKED) {
                let found = eval.member(heir, name, Of::Object, Some(after));
                // What an unknown base of a class below may bring is not this class's gap.
                for (val, _) in found.items {
                    all.push(val, Evidence::Inherited);
                }
            }
            let all = if is_alone && all.items.is_empty() { own } else { all };
            let all = all.at_most(Evidence::Inherited);
            if is_alone { all.with_gap(Gap::Partial) } else { all }
        })
    }

    fn is_property(&self, def: DefRef) -> bool {
        is_property(self.project.facts(def.file), def.def)
    }

    /// What a call gives.
    pub(super) fn call(&mut self, file: In<'p>, callee: ExprId, call: &Call) -> Vals {
        if let Shape::Attr(base, name) = file.facts.shape(callee) {
            let base = self.expr(file, base);
            let name = self.attribute_name(file, callee, name);
            return base.flat_map(|val, evidence| {
                let methods = self.attribute_of(&val, evidence, &name);
                let given =
                    methods.flat_map(|method, _| self.called(file, method, Some(&val), call));
                given.at_most(evidence)
            });
        }
        let callee = self.expr(file, callee);
        callee.flat_map(|val, evidence| self.called(file, val, None, call).at_most(evidence))
    }

    fn called(&mut self, file: In<'p>, val: Val, receiver: Option<&Val>, call: &Call) -> Vals {
        match val {
            Val::Def(def) if !self.is_class(def) => {
                if self.is_property(def) {
                    return Vals::unknown();
                }
                self.returned(def, receiver)
            }
            Val::Def(_) | Val::Own(_) => instance_of(val),
            Val::Instance(Class::Def(_), _) => self.called_method(&val, "__call__"),
            Val::External(name) => self.called_outside(file, &name, call),
            Val::Builtin(name) => self.called_builtin(file, &name, call),
            _ => Vals::unknown(),
        }
    }

    /// What a method without further arguments gives.
    pub(super) fn called_method(&mut self, val: &Val, name: &str) -> Vals {
        let methods = self.deeper(|eval| eval.member_of(val, name));
        methods.flat_map(|method, _| match method {
            Val::Def(def) if !self.is_class(def) => self.returned(def, Some(val)),
            _ => Vals::unknown(),
        })
    }

    /// What a function gives, where it gives its own receiver that of this call.
    fn returned(&mut self, def: DefRef, receiver: Option<&Val>) -> Vals {
        let given = self.returns(def);
        let Some(receiver) = receiver else { return given };
        given.flat_map(|val, evidence| Vals::one(on_receiver(val, receiver), evidence))
    }

    fn called_outside(&mut self, file: In<'p>, name: &str, call: &Call) -> Vals {
        let first = argument(file, call, 0);
        match name {
            "functools.partial" | "copy.copy" | "copy.deepcopy" => self.expr(file, first),
            "typing.cast" => self.annotation(file, first),
            _ => {
                let last = name.rsplit('.').next().unwrap_or(name);
                // What begins with a capital is a class, PEP 8 says; of anything else nothing is known.
                let is_class = last.starts_with(|c: char| c.is_uppercase());
                if is_class { instance_of(Val::External(name.into())) } else { Vals::unknown() }
            }
        }
    }

    fn called_builtin(&mut self, file: In<'p>, name: &str, call: &Call) -> Vals {
        match name {
            "super" => self.super_of(file, call),
            "type" if call.args.n == 1 => {
                let vals = self.expr(file, argument(file, call, 0));
                vals.flat_map(class_of)
            }
            "list" | "tuple" | "set" | "frozenset" | "sorted" | "reversed" | "iter"
                if call.args.n > 0 =>
            {
                let vals = self.expr(file, argument(file, call, 0));
                Vals::typed(Val::Many(self.iterated(vals).values()))
            }
            "next" => {
                let vals = self.expr(file, argument(file, call, 0));
                self.iterated(vals)
            }
            "getattr" => self.fetched(file, call),
            "staticmethod" | "classmethod" => self.expr(file, argument(file, call, 0)),
            // What reading it gives is what its function gives, of which the object is not known here.
            "property" => Vals::unknown(),
            _ if tables::is_builtin_class(name) => builtin(name),
            _ => Vals::unknown(),
        }
    }

    /// `getattr(x, "name")`.
    fn fetched(&mut self, file: In<'p>, call: &Call) -> Vals {
        match file.facts.shape(argument(file, call, 1)) {
            Shape::Const(name, ConstKind::Str) => {
                let object = self.expr(file, argument(file, call, 0));
                self.attribute(object, file.facts.text(name)).at_most(Evidence::Typed)
            }
            _ => Vals::unknown(),
        }
    }

    /// `super()` and `super(C, self)`.
    fn super_of(&mut self, file: In<'p>, call: &Call) -> Vals {
        let whose = Whose::Receiver;
        if call.args.n == 0 {
            let scope = file.use_at(call.open_at).scope;
            let class = super::classes::class_around(file.facts, scope);
            return class.map_or(Vals::unknown(), |class| {
                Vals::exact(Val::Super { after: file.def(class), whose })
            });
        }
        let class = self.expr(file, argument(file, call, 0));
        class.flat_map(|val, evidence| match val {
            Val::Def(after) | Val::Own(after) => Vals::one(Val::Super { after, whose }, evidence),
            _ => Vals::unknown(),
        })
    }
}

/// Whether reading the attribute calls the method.
pub(in crate::project) fn is_property(facts: &Facts, def: DefId) -> bool {
    decorator_names(facts, def).any(|name| {
        matches!(
            name,
            "property" | "cached_property" | "classproperty" | "abstractproperty" | "lazy_property"
        )
    })
}

/// An argument by position.
pub(super) fn argument(file: In<'_>, call: &Call, at: usize) -> ExprId {
    let args = call.args.of(&file.facts.body.args);
    let positional = args.iter().take_while(|arg| arg.kind == ArgKind::Positional);
    positional.map(|arg| arg.value).nth(at).unwrap_or(ExprId::NONE)
}

fn class_of(val: Val, evidence: Evidence) -> Vals {
    match val {
        Val::Instance(Class::Def(def), Whose::Receiver) => Vals::one(Val::Own(def), evidence),
        Val::Instance(Class::Def(def), Whose::Stated) => Vals::one(Val::Def(def), evidence),
        Val::Instance(Class::External(name), _) => Vals::one(Val::External(name), evidence),
        Val::Instance(Class::Builtin(name), _) => Vals::one(Val::Builtin(name), evidence),
        _ => Vals::unknown(),
    }
}

/// What a method gives that is its own receiver, seen from a call on `receiver`.
fn on_receiver(val: Val, receiver: &Val) -> Val {
    match val {
        Val::Instance(Class::Def(_), Whose::Receiver) => match receiver {
            Val::Instance(..) => receiver.clone(),
            Val::Def(class) => Val::Instance(Class::Def(*class), Whose::Stated),
            Val::Own(class) => Val::Instance(Class::Def(*class), Whose::Receiver),
            Val::Super { after, whose } => Val::Instance(Class::Def(*after), *whose),
            _ => val,
        },
        Val::Own(_) => match receiver {
            Val::Def(class) | Val::Instance(Class::Def(class), Whose::Stated) => Val::Def(*class),
            Val::Own(class) | Val::Instance(Class::Def(class), Whose::Receiver) => Val::Own(*class),
            _ => val,
        },
        Val::Many(items) => Val::Many(all_on(&items, receiver)),
        Val::Coroutine(items) => Val::Coroutine(all_on(&items, receiver)),
        val => val,
    }
}

fn all_on(items: &[Val], receiver: &Val) -> Arc<[Val]> {
    items.iter().map(|item| on_receiver(item.clone(), receiver)).collect()
}
