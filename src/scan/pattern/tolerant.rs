//! Tolerant patterns: a declaration is matched whatever visibility, modifiers, type parameters, return type, where clause or
//! further decorators it has that the pattern does not mention. Knows only what a grammar allows beside the children that a
//! pattern has; the matching stays ast-grep's.

use ast_grep_core::matcher::PatternNode;
use ast_grep_core::meta_var::MetaVariable;
use ast_grep_core::tree_sitter::StrDoc;
use ast_grep_core::{Node, Pattern};

use super::check;
use crate::facts::Language;
use crate::languages::grammars;

/// A part of a declaration that may be overlooked, and its place among the children.
#[derive(Clone, Copy)]
struct Part {
    /// Its kind, or the field it stands in.
    name: &'static str,
    /// Of how many nodes it is: a sign in front is one.
    nodes: usize,
    /// In front of which of the declaration's own parts it stands; the first that is there.
    before: &'static [&'static str],
}

const fn part(name: &'static str, before: &'static [&'static str]) -> Part {
    Part { name, nodes: 1, before }
}

const VISIBILITY: Part = part("visibility_modifier", &[]);
const MODIFIERS: Part = part("function_modifiers", &["fn"]);
const MUTABLE: Part = part("mutable_specifier", &["name"]);
const TYPE_PARAMETERS: Part = part(
    "type_parameters",
    &["parameters", "superclasses", "=", "bounds", "where_clause", "body", ":", ";"],
);
const OF_IMPL: Part = part("type_parameters", &["trait", "type"]);
const RETURN_TYPE: Part =
    Part { nodes: 2, ..part("return_type", &["where_clause", ":", "body", ";"]) };
const WHERE: Part = part("where_clause", &["body", ";"]);

/// What may be overlooked of a declaration.
fn parts(kind: &str) -> &'static [Part] {
    match kind {
        "function_definition" => &[TYPE_PARAMETERS, RETURN_TYPE],
        "class_definition" => &[TYPE_PARAMETERS],
        "function_item" | "function_signature_item" => {
            &[VISIBILITY, MODIFIERS, TYPE_PARAMETERS, RETURN_TYPE, WHERE]
        }
        "struct_item" | "enum_item" | "union_item" | "trait_item" | "type_item" => {
            &[VISIBILITY, TYPE_PARAMETERS, WHERE]
        }
        "impl_item" => &[OF_IMPL, WHERE],
        "static_item" => &[VISIBILITY, MUTABLE],
        "mod_item" | "const_item" | "use_declaration" | "extern_crate_declaration" => &[VISIBILITY],
        _ => &[],
    }
}

/// A pattern of a declaration.
pub(super) struct Tolerant {
    /// What its declaration may have beside what the pattern says.
    parts: Vec<Part>,
    /// The pattern for each choice of parts that a node has: bit by bit, the first is the pattern as written.
    variants: Vec<Pattern>,
}

impl Tolerant {
    /// A tolerant reading of a pattern, which is all of a text or the first node of a kind in it; none where it is of no
    /// declaration.
    pub(super) fn of(
        text: &str,
        kind: Option<&str>,
        pattern: &Pattern,
        language: Language,
    ) -> Option<Self> {
        let expanded = grammars::expand(text);
        let tree = grammars::parse(&expanded, language, &|| false)?;
        let root = match kind {
            None => check::core(tree.root_node()),
            Some(kind) => first_of_kind(&tree, kind)?,
        };
        let is_decorated = root.kind() == "decorated_definition";
        let declaration = if is_decorated { root.child_by_field_name("definition")? } else { root };
        let is_mentioned = |part: &Part| index_of(declaration, part.name).is_some();
        let parts = parts(declaration.kind()).iter().copied();
        let parts: Vec<Part> = parts.filter(|part| !is_mentioned(part)).collect();
        if parts.is_empty() && !is_decorated {
            return None;
        }
        let mut variants = Vec::with_capacity(1 << parts.len());
        for choice in 0..1_usize << parts.len() {
            let chosen = parts.iter().enumerate().filter(|(bit, _)| choice >> bit & 1 == 1);
            let chosen = chosen
                .flat_map(|(_, part)| std::iter::repeat_n(place(declaration, part), part.nodes));
            let chosen: Vec<usize> = chosen.collect();
            let mut variant = pattern.clone();
            add(&mut variant.node, &chosen, is_decorated)?;
            variants.push(variant);
        }
        Some(Self { parts, variants })
    }

    /// The pattern for a node that has these parts.
    pub(super) fn at(&self, node: &Node<'_, StrDoc<Language>>) -> &Pattern {
        let node = node.get_inner_node();
        let declaration = node.child_by_field_name("definition").unwrap_or(node);
        let bits = self.parts.iter().enumerate();
        let choice = bits
            .filter(|(_, part)| index_of(declaration, part.name).is_some())
            .fold(0, |choice, (bit, _)| choice | 1 << bit);
        &self.variants[choice]
    }

    /// The pattern as it is written, but for decorators.
    pub(super) fn strict(&self) -> &Pattern {
        &self.variants[0]
    }
}

/// The first node of a kind, an outer one before those inside it.
fn first_of_kind<'t>(tree: &'t tree_sitter::Tree, kind: &str) -> Option<tree_sitter::Node<'t>> {
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        if node.kind() == kind {
            return Some(node);
        }
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return None;
            }
        }
    }
}

/// The index of the child of a kind, or in a field.
fn index_of(node: tree_sitter::Node<'_>, name: &str) -> Option<usize> {
    let found = (0..node.child_count()).find(|&index| {
        node.child(index).is_some_and(|child| child.kind() == name)
            || node.field_name_for_child(index) == Some(name)
    });
    found.map(|index| index as usize)
}

/// In front of which child of the pattern a part stands.
fn place(declaration: tree_sitter::Node<'_>, part: &Part) -> usize {
    if part.before.is_empty() {
        return 0;
    }
    let found = part.before.iter().filter_map(|name| index_of(declaration, name)).min();
    found.unwrap_or(declaration.child_count() as usize)
}

/// Adds one node at each of the places, and any number of decorators around those that are there.
fn add(node: &mut PatternNode, places: &[usize], is_decorated: bool) -> Option<()> {
    let PatternNode::Internal { children, .. } = node else { return None };
    if is_decorated {
        add(children.last_mut()?, places, false)?;
        let ellipsis = || PatternNode::MetaVar { meta_var: MetaVariable::Multiple };
        children.insert(children.len() - 1, ellipsis());
        children.insert(0, ellipsis());
        return Some(());
    }
    // Behind one another from the back, so that places stay what they are; of equal ones all stand there.
    let mut places = places.to_vec();
    places.sort_unstable();
    for place in places.into_iter().rev() {
        let one = PatternNode::MetaVar { meta_var: MetaVariable::Dropped(false) };
        children.insert(place.min(children.len()), one);
    }
    Some(())
}
