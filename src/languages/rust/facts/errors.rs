//! What the grammar could not read: the outermost errors, and what it took to be missing.

use tree_sitter::Node;

use super::reader::Reader;
use crate::facts::Place;
use crate::facts::head::{Error, ErrorKind};

/// Notes every error that lies in no other.
pub(super) fn read(reader: &mut Reader<'_>, root: Node<'_>) {
    if !root.has_error() {
        return;
    }
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        let is_error = node.is_error() || node.is_missing();
        if is_error {
            note(reader, node);
        }
        if !is_error && node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}

fn note(reader: &mut Reader<'_>, node: Node<'_>) {
    let text = match node.is_missing() {
        true => format!("missing `{}`", node.kind()),
        false => "syntax error".to_owned(),
    };
    let text = reader.builder.intern(&text);
    let place = Place::between(node.start_byte() as u32, node.end_byte() as u32);
    reader.head().errors.push(Error { place, text, kind: ErrorKind::Syntax });
}
