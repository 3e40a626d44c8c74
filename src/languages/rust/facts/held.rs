//! Macros that hold items, such as `cfg_rt! { mod a; pub fn f() {} }`: what stands in the braces of a macro called in an
//! item's place is read as items too if it is items and nothing else.

use rustc_hash::{FxHashMap, FxHashSet};
use tree_sitter::{Node, Range, Tree};

use crate::facts::Language;
use crate::languages::grammars;

/// How deep such macros are followed inside one another: each level is parsed again.
const DEPTH: u32 = 8;

/// The trees of what such macros hold.
#[derive(Default)]
pub(super) struct Held {
    trees: Vec<Tree>,
    /// By the bytes of the macro's statement.
    by_macro: FxHashMap<(usize, usize), usize>,
    /// Where the brackets begin that are read so.
    brackets: FxHashSet<usize>,
}

/// A macro that may hold items.
struct Candidate {
    /// The bytes of its statement.
    whole: (usize, usize),
    bracket: usize,
    inside: Range,
}

impl Held {
    /// Of all macros of a file; `None` if `stop` ended that.
    pub(super) fn of(root: Node<'_>, text: &str, stop: &dyn Fn() -> bool) -> Option<Self> {
        let mut held = Self::default();
        let mut open = candidates(root, text);
        for _ in 0..DEPTH {
            let mut next = Vec::new();
            for candidate in open {
                let tree = grammars::parse_part(text, Language::Rust, candidate.inside, stop)?;
                if !is_items(tree.root_node()) {
                    continue;
                }
                next.extend(candidates(tree.root_node(), text));
                let _ = held.by_macro.insert(candidate.whole, held.trees.len());
                let _ = held.brackets.insert(candidate.bracket);
                held.trees.push(tree);
            }
            open = next;
        }
        Some(held)
    }

    /// What holds the items of a macro.
    pub(super) fn items(&self, node: Node<'_>) -> Option<Node<'_>> {
        let index = *self.by_macro.get(&(node.start_byte(), node.end_byte()))?;
        self.trees.get(index).map(Tree::root_node)
    }

    /// Whether brackets are read as items, so that they are not read as expressions.
    pub(super) fn is_read(&self, bracket: Node<'_>) -> bool {
        self.brackets.contains(&bracket.start_byte())
    }
}

/// The macros in the place of items of a tree.
fn candidates(root: Node<'_>, text: &str) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut cursor = root.walk();
    let mut open = vec![root];
    while let Some(list) = open.pop() {
        for child in list.named_children(&mut cursor) {
            match child.kind() {
                "mod_item" | "impl_item" | "trait_item" => {
                    open.extend(child.child_by_field_name("body"))
                }
                "macro_invocation" => found.extend(candidate(child, child, text)),
                "expression_statement" => {
                    let inner =
                        child.named_child(0).filter(|inner| inner.kind() == "macro_invocation");
                    found.extend(inner.and_then(|inner| candidate(child, inner, text)));
                }
                _ => {}
            }
        }
    }
    found
}

fn candidate(whole: Node<'_>, call: Node<'_>, text: &str) -> Option<Candidate> {
    let last = u32::try_from(call.named_child_count()).ok()?.checked_sub(1)?;
    let bracket = call.named_child(last).filter(|bracket| bracket.kind() == "token_tree")?;
    let count = bracket.child_count();
    let (first, last) = (bracket.child(0)?, bracket.child(count.checked_sub(1)?)?);
    let is_braced = text.as_bytes().get(bracket.start_byte()) == Some(&b'{') && count > 2;
    is_braced.then(|| Candidate {
        whole: (whole.start_byte(), whole.end_byte()),
        bracket: bracket.start_byte(),
        inside: Range {
            start_byte: first.end_byte(),
            end_byte: last.start_byte(),
            start_point: first.end_position(),
            end_point: last.start_position(),
        },
    })
}

/// Whether a tree is items and nothing else.
fn is_items(root: Node<'_>) -> bool {
    if root.has_error() {
        return false;
    }
    let is_macro = |node: Node<'_>| {
        node.named_child(0).is_some_and(|inner| inner.kind() == "macro_invocation")
    };
    let mut cursor = root.walk();
    let mut items = 0;
    for child in root.named_children(&mut cursor) {
        match child.kind() {
            "line_comment"
            | "block_comment"
            | "attribute_item"
            | "inner_attribute_item"
            | "empty_statement" => {}
            "macro_invocation" => items += 1,
            "expression_statement" if is_macro(child) => items += 1,
            "use_declaration" | "extern_crate_declaration" | "macro_definition" => items += 1,
            "function_signature_item" | "associated_type" => items += 1,
            kind if kind.ends_with("_item") => items += 1,
            _ => return false,
        }
    }
    items > 0
}
