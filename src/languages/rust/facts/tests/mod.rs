//! What is read of small sources, reasoned by hand; and that nothing breaks whatever the bytes.

mod body;
mod counts;
mod head;
mod macros;
mod properties;
mod show;

use std::sync::Arc;

use crate::facts::lines::LineEnds;
use crate::facts::{Facts, Language, Lines};
use crate::languages::tree::LazyTree;

/// The facts of a source.
fn facts(source: &str) -> Facts {
    let lines = Arc::new(Lines::of(source, LineEnds::LineFeed));
    let mut tree = LazyTree::new(source.to_owned(), Language::Rust);
    Language::Rust.facts(&mut tree, lines, &|| false).unwrap()
}
