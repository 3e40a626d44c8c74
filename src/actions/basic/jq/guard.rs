//! What holds a jq program on a leash: every term and every step of a value's work passes here, so that it ends when the
//! run does and stays within its stack and memory. An end unwinds the thread of the evaluation, past every `try`.

use std::cell::{Cell, RefCell};
use std::panic;

use crate::diagnostic::{Fault, Kind, code::execution as codes};
use crate::system::control::Cancel;
use crate::value::{Value, ops};

/// The stack of the thread a program is read and evaluated on; only what is touched takes memory.
pub(super) const STACK: usize = 512 << 20;
/// What terms may take of it; the rest is for what runs without terms, such as dropping what they built.
const DEEPEST: usize = STACK / 8;
/// Ticks between two looks at the cancel handle.
const LOOK: u32 = 256;
/// Terms between two looks at the memory.
const WEIGH: u64 = 1 << 14;
/// How much the process may grow while a program runs.
const MOST_MEMORY: u64 = 1 << 30;
/// Terms of a program whose calls nest closures, which are dropped one inside the other.
const MOST_NESTED: u64 = 2_000_000;

/// An end of the evaluation that no `try` sees.
pub(super) struct Ended(pub(super) Fault);

thread_local! {
    static CANCEL: RefCell<Option<Cancel>> = const { RefCell::new(None) };
    static TICKS: Cell<u32> = const { Cell::new(0) };
    static TERMS: Cell<u64> = const { Cell::new(0) };
    static BOTTOM: Cell<usize> = const { Cell::new(0) };
    static LIMIT: Cell<u64> = const { Cell::new(u64::MAX) };
    static STRANGE: Cell<bool> = const { Cell::new(false) };
    static GROWN: Cell<u64> = const { Cell::new(u64::MAX) };
}

/// How the calls of a program hold their filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nesting {
    /// No deeper than they are written.
    Written,
    /// Deeper with each turn of a recursion.
    Growing,
}

/// Begins to watch this thread, which is a new one.
pub(super) fn watch(cancel: &Cancel, nesting: Nesting, held: Option<u64>) {
    let marker = 0_u8;
    BOTTOM.set(std::ptr::from_ref(&marker).addr());
    CANCEL.with_borrow_mut(|slot| *slot = Some(cancel.clone()));
    GROWN.set(held.map_or(u64::MAX, |held| held.saturating_add(MOST_MEMORY)));
    if nesting == Nesting::Growing {
        LIMIT.set(MOST_NESTED);
    }
}

/// Ends the evaluation.
pub(super) fn end(fault: Fault) -> ! {
    panic::resume_unwind(Box::new(Ended(fault)))
}

/// A step of work on a value.
pub(super) fn tick() {
    let ticks = TICKS.get().wrapping_add(1);
    TICKS.set(ticks);
    if ticks.is_multiple_of(LOOK) {
        let stopped = CANCEL.with_borrow(|cancel| cancel.as_ref().map(Cancel::check));
        if let Some(Err(fault)) = stopped {
            end(fault);
        }
    }
}

/// A term is about to be evaluated; `held` tells the memory of the process.
pub(super) fn enter(held: impl FnOnce() -> Option<u64>) {
    tick();
    let marker = 0_u8;
    if std::ptr::from_ref(&marker).addr().abs_diff(BOTTOM.get()) > DEEPEST {
        end(limit("recurses too deeply"));
    }
    let terms = TERMS.get() + 1;
    TERMS.set(terms);
    if terms > LIMIT.get() {
        end(limit("recurses too often with filters as arguments")
            .help("pass values, as in `def f($x): …`, or use `recurse`, `until` or `reduce`"));
    }
    if terms.is_multiple_of(WEIGH) && held().is_some_and(|held| held > GROWN.get()) {
        end(limit("takes more memory than it may"));
    }
}

/// The value, if it is one that a plan may hold.
pub(super) fn bounded(value: Value) -> Value {
    match ops::check_size(&value) {
        Ok(()) => value,
        Err(fault) => end(fault),
    }
}

/// Asks for a value of `weight` before it is built.
pub(super) fn room(weight: u64) {
    if let Err(fault) = ops::room_for(weight) {
        end(fault);
    }
}

fn limit(what: &str) -> Fault {
    Fault::new(Kind::Limit, codes::TOO_BIG, format!("the jq program {what}"))
}

/// Notes a float that JSON cannot write.
pub(super) fn note(x: f64) -> f64 {
    if !x.is_finite() {
        STRANGE.set(true);
    }
    x
}

/// The value as a plan may hold it: NaN is `null`, an infinite number the greatest, as jq prints them.
pub(super) fn writable(value: Value) -> Value {
    if STRANGE.get() { finite(&value) } else { value }
}

fn finite(value: &Value) -> Value {
    match value {
        Value::Float(x) if x.is_nan() => Value::Null,
        Value::Float(x) => Value::Float(x.clamp(f64::MIN, f64::MAX)),
        Value::List(list) => Value::list(list.items().iter().map(finite)),
        Value::Object(object) => {
            Value::object(object.iter().map(|(key, value)| (key.clone(), finite(value))))
        }
        other => other.clone(),
    }
}
