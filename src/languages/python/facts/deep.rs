//! Reads a source on a stack that is as large as its depth asks for, and without what is nested too deep: ruff's parser
//! grows its own stack, but walking and dropping its tree does not.

use std::sync::Mutex;
use std::thread;

use super::depth::{self, Cut};
use crate::facts::Facts;
use crate::facts::build::Builder;

/// How deep a source may nest; CPython refuses to compile anything near it.
const LIMIT: u32 = 10_000;
/// How deep a source may nest that is read on the caller's stack.
const SHALLOW: u32 = 150;
/// Of stack that a level takes at most, in a build without optimisation.
const LEVEL: usize = 8 * 1024;
/// Of stack that is there before the first level.
const BASE: usize = 16 * 1024 * 1024;

/// Reads a source, however deep it nests.
pub(super) fn extract(text: &str, builder: Builder) -> Facts {
    let found = depth::look(text, LIMIT);
    if found.deepest <= SHALLOW {
        return super::extract(text, builder, &[]);
    }
    let builder = Mutex::new(Some(builder));
    let size = BASE + found.deepest as usize * LEVEL;
    if let Some(facts) = aside(text, &found.cuts, &builder, size) {
        return facts;
    }
    // No thread could be started: what fits the stack that is there is read.
    let found = depth::look(text, SHALLOW);
    let builder =
        builder.into_inner().ok().flatten().expect("a thread that never ran took nothing");
    let rest = without(text, &found.cuts);
    super::extract(rest.as_deref().unwrap_or(text), builder, &found.cuts)
}

/// Whether a source nests too deep for the caller's stack.
pub(super) fn is_deep(text: &str) -> bool {
    depth::look(text, SHALLOW).deepest >= SHALLOW
}

/// Reads a source on a stack of a size; `None` if there is no such stack.
fn aside(text: &str, cuts: &[Cut], builder: &Mutex<Option<Builder>>, size: usize) -> Option<Facts> {
    let rest = without(text, cuts);
    let text = rest.as_deref().unwrap_or(text);
    let read = || Some(super::extract(text, builder.lock().ok()?.take()?, cuts));
    thread::scope(|scope| {
        let started = thread::Builder::new().stack_size(size).spawn_scoped(scope, read);
        started.ok()?.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// The text with blanks for what is cut, lines kept.
fn without(text: &str, cuts: &[Cut]) -> Option<String> {
    if cuts.is_empty() {
        return None;
    }
    let mut bytes = text.as_bytes().to_vec();
    for cut in cuts {
        let range = cut.place.at as usize..cut.place.end() as usize;
        for byte in bytes.get_mut(range).unwrap_or_default() {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }
    // A cut begins and ends at an ASCII character, so nothing is torn.
    String::from_utf8(bytes).ok()
}

/// What is said of a cut.
pub(super) fn message(cut: &Cut) -> String {
    format!(
        "nested {} levels deep, over the limit of {LIMIT}: what lies deeper was not read",
        cut.depth
    )
}
