//! A compiled program over a value, on a thread of its own that can be ended and whose stack is known.

use std::cell::OnceCell;
use std::panic::{self, AssertUnwindSafe};
use std::thread;

use jaq_core::{Ctx, Error, Exn, Vars};

use super::guard::{self, Ended};
use super::library::{self, Data, Environment, Jq};
use super::program::{self, Flaw};
use super::tree;
use super::value::V;
use crate::action::Cx;
use crate::diagnostic::{Fault, Kind, code::system as codes};
use crate::value::Value;

/// What is asked of a program.
pub(super) struct Question<'a> {
    pub(super) code: &'a str,
    pub(super) input: Value,
    /// Variables by name, without the `$`.
    pub(super) args: Vec<(String, Value)>,
    pub(super) wanted: Wanted,
}

/// Which outputs are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The only one; `null` where there is none.
    One,
    /// All of them, as a list.
    All,
}

/// What is wrong with a program, before it runs.
pub(super) fn check(code: &str, names: &[String]) -> Vec<Flaw> {
    if code.len() > program::LONGEST {
        let message = format!("the jq program is longer than {} KiB", program::LONGEST >> 10);
        return vec![Flaw { range: 0..code.len(), message, help: None }];
    }
    let looked = on_a_thread(|| match program::compile(code, names) {
        Ok(_) => Ok(Vec::new()),
        Err(flaws) => Ok(flaws),
    });
    looked.unwrap_or_default()
}

/// The value of a program.
pub(super) fn run(cx: &Cx<'_>, question: Question<'_>) -> Result<Value, Fault> {
    if question.code.len() > program::LONGEST {
        let flaws = check(question.code, &[]);
        return Err(refused(&flaws));
    }
    on_a_thread(|| evaluate(cx, question))
}

fn refused(flaws: &[Flaw]) -> Fault {
    let first = flaws.first();
    let message = first.map_or_else(String::new, |flaw| flaw.message.clone());
    let fault = Fault::new(Kind::Argument, codes::BAD_JQ, message);
    match first.and_then(|flaw| flaw.help) {
        Some(help) => fault.help(help),
        None => fault,
    }
}

/// Works on a thread with [`guard::STACK`]; an end of the evaluation comes back as its fault.
fn on_a_thread<T: Send>(work: impl FnOnce() -> Result<T, Fault> + Send) -> Result<T, Fault> {
    let watched = || match panic::catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => done,
        Err(payload) => Err(match payload.downcast::<Ended>() {
            Ok(ended) => ended.0,
            Err(_) => failed("the program met a fault of the jq engine"),
        }),
    };
    thread::scope(|scope| {
        let builder = thread::Builder::new().name("jq".into()).stack_size(guard::STACK);
        let started = builder.spawn_scoped(scope, watched);
        let done = started.map(thread::ScopedJoinHandle::join);
        match done {
            Ok(Ok(done)) => done,
            Ok(Err(_)) => Err(failed("the program met a fault of the jq engine")),
            Err(error) => Err(failed(&format!("no thread for the jq program: {error}"))),
        }
    })
}

fn failed(text: &str) -> Fault {
    Fault::new(Kind::Argument, codes::JQ_FAILED, text)
}

fn evaluate(cx: &Cx<'_>, question: Question<'_>) -> Result<Value, Fault> {
    guard::watch(cx.cancel, tree::nesting(question.code), cx.system.held());
    let environment = Variables { cx, known: OnceCell::new() };
    let mut names: Vec<String> = question.args.iter().map(|(name, _)| format!("${name}")).collect();
    let mut values: Vec<V> = question.args.into_iter().map(|(_, value)| V::new(value)).collect();
    if question.code.contains("$ENV") && !names.iter().any(|name| name == "$ENV") {
        names.push("$ENV".to_owned());
        values.push(environment.all());
    }
    let filter = program::compile(question.code, &names).map_err(|flaws| refused(&flaws))?;
    let data = Data { lut: &filter.lut, cx, environment: &environment };
    let context = Ctx::<Jq>::new(data, Vars::new(values));
    let outputs = filter.id.run((context, V::new(question.input)));
    collect(outputs.map(|output| output.map(V::into_value)), question.wanted)
}

/// The outputs as one value.
fn collect<'a>(
    outputs: impl Iterator<Item = Result<Value, Exn<'a, V>>>,
    wanted: Wanted,
) -> Result<Value, Fault> {
    let mut weight = 0_u64;
    let mut found = Vec::new();
    for output in outputs {
        guard::tick();
        match output {
            Ok(_) if wanted == Wanted::One && !found.is_empty() => return Err(several()),
            Ok(value) => {
                weight = weight.saturating_add(value.size().weight);
                guard::room(weight);
                found.push(guard::writable(value));
            }
            Err(exception) => match ended(exception) {
                Some(fault) => return Err(fault),
                None => break,
            },
        }
    }
    Ok(match wanted {
        Wanted::All => guard::bounded(Value::list(found)),
        Wanted::One => found.pop().unwrap_or_default(),
    })
}

/// The fault of a program that failed; none for one that ended itself.
fn ended(exception: Exn<'_, V>) -> Option<Fault> {
    match exception.get_err() {
        Ok(error) => Some(failed(&format!("the jq program failed: {}", said(error)))),
        Err(other) => match other.get_halt() {
            Ok(0) | Err(_) => None,
            Ok(code) => Some(failed(&format!("the jq program halted with code {code}"))),
        },
    }
}

/// What an error says: a text as it is, another value as JSON.
fn said(error: Error<V>) -> String {
    match error.into_val().value() {
        Value::Str(text) => library::short(text),
        value => library::short(&V::new(value.clone())),
    }
}

fn several() -> Fault {
    let message = "the jq program yields several values where one is expected";
    Fault::new(Kind::Argument, codes::JQ_SEVERAL, message)
        .help("write `all=true` for the list of them, `[ … ]` around the program, or `first(…)`")
}

/// The environment through the gate, read once.
struct Variables<'a> {
    cx: &'a Cx<'a>,
    known: OnceCell<V>,
}

impl Environment for Variables<'_> {
    fn all(&self) -> V {
        let read = || match self.cx.gate.environment() {
            Err(fault) => guard::end(fault),
            Ok(()) => {
                let variables = self.cx.system.variables().into_iter();
                V::made(Value::object(variables.map(|(name, value)| (name, value.into()))))
            }
        };
        self.known.get_or_init(read).clone()
    }
}
