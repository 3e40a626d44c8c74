//! Modules written in QPlan: a call runs the module's steps with variables of their own, and gives what the last
//! top-level step that ran gave.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Exec;
use super::call::Ready;
use super::context::{Constants, Context, Scope, World};
use super::expression::{eval, render};
use super::gather::{self, Place};
use super::names::Known;
use super::site::Sites;
use crate::action::{Action, Args};
use crate::diagnostic::{Fault, Kind, code};
use crate::facts::Needs;
use crate::facts::needs::{Around, Lang};
use crate::step::Resolved;
use crate::step::control::{Flow, Outer};
use crate::step::meta::Meta;
use crate::step::resolve::resolve;
use crate::syntax::ast::{Expr, File};
use crate::value::{Table, Value, show};

/// Modules may call each other so deep.
pub const MAX_CALLS: u32 = 32;
/// What is left of the stack when a call takes a new piece of it, and how much that is; in bytes.
const PIECE: [usize; 2] = [4 << 20, 16 << 20];

/// A module that was read and checked.
#[derive(Debug)]
pub struct Module {
    /// What it looks like from outside.
    pub action: &'static Action,
    /// Its tree, the steps numbered.
    pub file: File,
    /// Its steps.
    pub steps: Resolved,
    /// What stands at its top.
    pub meta: Meta,
}

/// The modules a plan may call.
#[derive(Debug, Default)]
pub struct Modules {
    by_name: BTreeMap<&'static str, Module>,
}

impl Modules {
    /// Adds a module.
    pub fn add(&mut self, module: Module) {
        self.by_name.insert(module.action.name, module);
    }

    /// The module that an action is.
    #[must_use]
    pub fn find(&self, action: &str) -> Option<&Module> {
        self.by_name.get(action)
    }
}

/// The call that a module runs for.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    /// Its id, which comes before those of the module's actions.
    id: Arc<str>,
    /// The step of the plan it stands in.
    step: u32,
    /// How many calls of modules are around, this one too.
    depth: u32,
}

impl Exec<'_> {
    /// The id of an action in the result: behind the id of the call that its module runs for.
    pub(super) fn qualified(&self, id: Arc<str>) -> Arc<str> {
        match &self.caller {
            Some(caller) => format!("{}.{id}", caller.id).into(),
            None => id,
        }
    }

    /// The step of the plan that all of a module's actions belong to.
    pub(super) fn outer_step(&self) -> Option<u32> {
        self.caller.as_ref().map(|caller| caller.step)
    }

    /// Runs a module.
    ///
    /// # Errors
    /// The fault that ended it, with the call in its trace.
    pub(super) fn call_module(
        &self,
        cx: &mut Context,
        ready: &Ready,
        module: &Module,
    ) -> Result<Value, Fault> {
        let depth = self.caller.as_ref().map_or(0, |caller| caller.depth) + 1;
        if depth > MAX_CALLS {
            return Err(too_deep(ready.action.name));
        }
        let params = arguments(module, &ready.bound.args)?;
        let steps = module.rendered(&params);
        let step = self.outer_step().unwrap_or(cx.frame.step);
        let caller = Caller { id: Arc::clone(&ready.id), step, depth };
        let outer =
            Outer { id: Arc::clone(&ready.id), step: self.control.outer_info(cx.frame.step) };
        let inner = Exec {
            known: Known::of(&module.file, &steps, &params),
            sites: Sites::of(&module.file, self.world.registry),
            steps: &steps,
            sources: self.sources,
            world: self.world,
            control: self.control.called(&steps, self.world.events(), outer),
            budget: self.budget,
            guard: self.guard,
            crew: self.crew,
            slots: Arc::clone(&self.slots),
            around: module.around(&ready.bound.args, &params)?,
            caller: Some(caller),
        };
        let value = stacker::maybe_grow(PIECE[0], PIECE[1], || inner.module(cx, module, &params));
        value.map(answer).map_err(|fault| fault.through(ready.action.name, ready.place))
    }

    fn module(
        &self,
        outer: &mut Context,
        module: &Module,
        params: &[(Arc<str>, Value)],
    ) -> Result<Value, Fault> {
        let mut scope = Scope::default();
        for (name, value) in params {
            scope.write(name, value.clone());
        }
        let (ended, cx) = self.beside_futures(|jobs| {
            let fresh = self.context(scope, outer.cancel.clone());
            let journal = outer.journal.inside();
            let mut cx = Context { lane: outer.lane.clone(), jobs, journal, ..fresh };
            (self.block(&mut cx, &module.file.body, None), Context { jobs: None, ..cx })
        });
        outer.journal.absorb(cx.journal);
        match ended? {
            Flow::Next | Flow::Stop => Ok(cx.frame.last.unwrap_or_default()),
            _ => Ok(Value::Null),
        }
    }
}

/// What a module gives like an analysis is a table like an analysis' own.
fn answer(value: Value) -> Value {
    match &value {
        Value::Object(object) => {
            Table::of(object).map_or(value, |table| Value::Table(Arc::new(table)))
        }
        _ => value,
    }
}

impl Module {
    /// The steps with descriptions and timeouts that name the arguments.
    fn rendered(&self, params: &[(Arc<str>, Value)]) -> Resolved {
        let text = |template: &_| render(&Constants(params), template).unwrap_or_default().into();
        resolve(&mut self.file.clone(), &text).0
    }

    /// What the module's actions may see: as the caller's, as the call says, and as the module says.
    fn around(&self, args: &Args, params: &[(Arc<str>, Value)]) -> Result<Vec<Arc<Around>>, Fault> {
        let lang = |text: &str| Lang::parse(text).unwrap_or_default();
        let called = Around {
            within: args.maybe_text("in").map(str::to_owned).into_iter().collect(),
            exclude: args.texts("exclude"),
            lang: args.maybe_text("lang").map(lang).unwrap_or_default(),
        };
        let texts = |exprs: &[Expr]| -> Result<Vec<String>, Fault> {
            exprs.iter().map(|expr| constant(expr, params)).collect()
        };
        let exclude: Vec<String> = texts(&self.meta.exclude)?;
        let own = Around {
            within: texts(&self.meta.within)?,
            exclude: exclude.iter().flat_map(|text| globs(text)).collect(),
            lang: match &self.meta.lang {
                Some(expr) => lang(&constant(expr, params)?),
                None => Lang::Auto,
            },
        };
        let new = [called, own].into_iter().filter(|around| *around != Around::default());
        Ok(args.around().iter().cloned().chain(new.map(Arc::new)).collect())
    }
}

fn globs(text: &str) -> Vec<String> {
    let entries = crate::value::embedded::entries(text).into_iter();
    entries.map(|range| text[range].to_owned()).collect()
}

fn constant(expr: &Expr, params: &[(Arc<str>, Value)]) -> Result<String, Fault> {
    Ok(show::plain(&eval(&Constants(params), expr)?))
}

/// The values of a module's parameters: as given, else their defaults.
pub(super) fn arguments(module: &Module, args: &Args) -> Result<Vec<(Arc<str>, Value)>, Fault> {
    let mut params: Vec<(Arc<str>, Value)> = Vec::with_capacity(module.meta.params.len());
    for param in &module.meta.params {
        let value = match (args.value(&param.name.text), &param.default) {
            (Some(value), _) => value.clone(),
            (None, Some(default)) => eval(&Constants(&params), default)?,
            (None, None) => Value::Null,
        };
        params.push((Arc::clone(&param.name.text), value));
    }
    Ok(params)
}

fn too_deep(name: &str) -> Fault {
    let message = format!("`{name}` is called {MAX_CALLS} modules deep");
    Fault::new(Kind::Limit, code::execution::TOO_DEEP, message)
        .help("give the modules that call each other a condition that ends it")
}

/// What the module's actions are known to need for a call whose arguments are known.
pub(super) fn needs(module: &Module, args: &Args, world: World<'_>, place: Place<'_>) -> Needs {
    let Some(left) = place.left.get().checked_sub(1) else { return Needs::default() };
    let (Ok(params), true) = (arguments(module, args), place.depth < MAX_CALLS) else {
        return Needs::default();
    };
    place.left.set(left);
    let known = Known::of(&module.file, &module.steps, &params);
    let around = module.around(args, &params).unwrap_or_default();
    let inside = Place { around: &around, depth: place.depth + 1, ..place };
    gather::within(&module.file, world, &known, inside)
}
