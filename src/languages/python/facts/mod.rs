//! The facts of a Python source: ruff parses it, a visitor over ruff's tree fills the tables. Nothing of ruff leaves this
//! folder.

mod arguments;
mod blocks;
mod comprehensions;
mod deep;
mod definitions;
mod depth;
mod errors;
mod exports;
mod expressions;
pub(super) mod extents;
mod imports;
mod literals;
mod parameters;
mod patterns;
mod reader;
mod scopes;
#[cfg(test)]
mod sound;
mod statements;
#[cfg(test)]
mod tests;
mod trivia;

use ruff_python_ast::{Mod, PythonVersion};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};

use crate::facts::Facts;
use crate::facts::build::Builder;
use crate::languages::tree::LazyTree;
use depth::Cut;
use reader::Reader;

/// Reads all facts of a source; `None` if `stop` ended that.
pub(super) fn read(
    source: &mut LazyTree,
    builder: Builder,
    stop: &dyn Fn() -> bool,
) -> Option<Facts> {
    let text = source.text();
    if stop() {
        return None;
    }
    if source.wants_statements() && !deep::is_deep(text) {
        let parsed = parse(text);
        if stop() {
            return None;
        }
        source.note_statements(extents::of(&parsed));
        return Some(tables(text, builder, &[], &parsed));
    }
    Some(deep::extract(text, builder))
}

/// Reads a source that fits the stack; `cuts` are blanks in it.
fn extract(text: &str, builder: Builder, cuts: &[Cut]) -> Facts {
    tables(text, builder, cuts, &parse(text))
}

fn tables(text: &str, builder: Builder, cuts: &[Cut], parsed: &Parsed<Mod>) -> Facts {
    let mut reader = Reader::new(builder, text, parsed.tokens());
    if let Mod::Module(module) = parsed.syntax() {
        reader.module(&module.body);
    }
    trivia::read(&mut reader);
    errors::read(&mut reader, parsed, cuts);
    reader.finish()
}

fn parse(text: &str) -> Parsed<Mod> {
    let newest = PythonVersion::PY315;
    parse_unchecked(text, ParseOptions::from(Mode::Module).with_target_version(newest))
}
