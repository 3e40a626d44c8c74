//! The facts of a Rust source, read from its tree by cursor walks that keep their own stacks: blocks wait until the
//! statement that opens them is read, so that no depth of a source is a depth of calls.

mod attributes;
mod blocks;
mod chains;
mod errors;
mod expressions;
mod format;
mod held;
mod imports;
mod items;
mod kinds;
mod literals;
mod order;
mod params;
mod patterns;
mod reader;
mod scopes;
mod statements;
#[cfg(test)]
mod tests;
mod tokens;
mod tree_tokens;
mod trivia;
mod types;
mod walk;

use crate::facts::Facts;
use crate::facts::build::Builder;
use crate::languages::tree::LazyTree;
use reader::Reader;

/// Reads all facts of a source; `None` if `stop` ended that.
pub(super) fn read(
    source: &mut LazyTree,
    builder: Builder,
    stop: &dyn Fn() -> bool,
) -> Option<Facts> {
    let tree = source.tree(stop)?;
    let root = tree.root();
    let held = held::Held::of(root.get_inner_node(), tree.source(), stop)?;
    let mut reader = Reader::new(tree.source(), root.get_inner_node(), &held, builder);
    errors::read(&mut reader, root.get_inner_node());
    reader.file(root.get_inner_node(), stop)?;
    Some(reader.finish())
}
