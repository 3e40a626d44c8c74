//! What entities and heads of declarations are in the trees of each language, as ast-grep's rules say it.

use std::ops::Range;

use ast_grep_core::Node;
use ast_grep_core::tree_sitter::StrDoc;
use serde_json::{Value as Json, json};

use crate::facts::Language;
use crate::facts::needs::EntityKind;
use crate::scan::prefilter::{Leaf, Shape};

/// The kinds of the nodes that are an entity.
pub(super) const fn kinds(kind: EntityKind, language: Language) -> &'static [&'static str] {
    match language {
        Language::Python => python(kind),
        Language::Rust => rust(kind),
    }
}

const fn python(kind: EntityKind) -> &'static [&'static str] {
    match kind {
        EntityKind::Function | EntityKind::Closure => &["function_definition"],
        EntityKind::Class => &["class_definition"],
        EntityKind::Module => &["module"],
        EntityKind::Callsite => &["call"],
        EntityKind::Import => {
            &["import_statement", "import_from_statement", "future_import_statement"]
        }
        EntityKind::Decorated => &["function_definition", "class_definition"],
        EntityKind::Variable | EntityKind::Parameter | EntityKind::Constant => &["identifier"],
        EntityKind::Type => &["type_alias_statement", "identifier"],
        EntityKind::Impl | EntityKind::Macro => &[],
    }
}

const fn rust(kind: EntityKind) -> &'static [&'static str] {
    match kind {
        EntityKind::Function => &["function_item", "function_signature_item"],
        EntityKind::Closure => &["closure_expression"],
        EntityKind::Class => &["struct_item", "enum_item", "trait_item", "union_item"],
        EntityKind::Module => &["source_file", "mod_item"],
        EntityKind::Callsite => &["call_expression", "macro_invocation"],
        EntityKind::Import => &["use_declaration", "extern_crate_declaration", "mod_item"],
        EntityKind::Decorated => &[
            "function_item",
            "function_signature_item",
            "struct_item",
            "enum_item",
            "trait_item",
            "union_item",
            "mod_item",
            "impl_item",
            "macro_definition",
            "type_item",
            "associated_type",
            "const_item",
            "static_item",
            "field_declaration",
            "enum_variant",
        ],
        EntityKind::Variable => &["identifier", "shorthand_field_identifier"],
        EntityKind::Parameter => &["identifier", "shorthand_field_identifier", "self"],
        EntityKind::Impl => &["impl_item"],
        EntityKind::Macro => &["macro_definition"],
        EntityKind::Type => &["type_item", "associated_type"],
        EntityKind::Constant => &["const_item", "static_item"],
    }
}

/// The bytes by which a node of an entity is the same as a record of the facts: those of its name, of the brackets of its
/// arguments, or of all of it, which then holds the record.
pub fn tie(node: &Node<'_, StrDoc<Language>>) -> Option<Range<usize>> {
    let child = |kind: &str| node.children().find(|child| child.kind() == kind);
    let found = match &*node.kind() {
        // What begins with blanks or comments is the file all the same.
        "module" | "source_file" => return Some(0..0),
        "call" | "call_expression" => node.field("arguments"),
        "macro_invocation" => child("token_tree"),
        "impl_item" => child("impl"),
        "closure_expression" => node.field("parameters"),
        "type_alias_statement" => node.field("left"),
        "identifier"
        | "shorthand_field_identifier"
        | "self"
        | "import_statement"
        | "import_from_statement"
        | "future_import_statement"
        | "use_declaration"
        | "extern_crate_declaration" => return Some(node.range()),
        _ => node.field("name"),
    };
    found.map(|node| node.range())
}

/// Any node of these kinds.
pub(super) fn any_kind(kinds: &[&str]) -> Json {
    json!({ "any": kinds.iter().map(|kind| json!({ "kind": kind })).collect::<Vec<_>>() })
}

/// The kinds of the nodes whose children are statements.
pub(super) const fn blocks(language: Language) -> &'static [&'static str] {
    match language {
        Language::Python => &["block", "module"],
        Language::Rust => &["block", "source_file", "declaration_list"],
    }
}

/// The nodes that stand between statements and count as none.
pub(super) fn between(language: Language) -> Json {
    let kinds: &[&str] = match language {
        Language::Python => &["comment"],
        Language::Rust => {
            &["line_comment", "block_comment", "attribute_item", "inner_attribute_item"]
        }
    };
    json!({ "any": [any_kind(kinds), { "regex": "^;$" }] })
}

/// A rule for a statement: the statement that a node is all of counts as that node.
pub(super) fn as_statement(rule: &Json, language: Language) -> Json {
    let mut ways = vec![rule.clone(), json!({ "kind": "expression_statement", "has": rule })];
    if language == Language::Python {
        let mut definition = rule.clone();
        definition["field"] = "definition".into();
        ways.push(json!({ "kind": "decorated_definition", "has": definition }));
    }
    json!({ "any": ways })
}

/// A declaration by its head alone: `class C`, `async def $F`, `fn f`, `impl T`, `impl Trait for T`.
pub(super) struct Head {
    /// The declarations that are meant.
    pub(super) rule: Json,
    /// The names they hold.
    pub(super) leaves: Vec<Leaf>,
    /// Metavariables in the order they are written, without `$`.
    pub(super) variables: Vec<String>,
}

/// Reads a head; what has more than a head is a pattern.
pub(super) fn head(text: &str, language: Language) -> Option<Head> {
    let words: Vec<&str> =
        text.split_whitespace().filter(|word| !is_visibility(word, language)).collect();
    let is_async = words.first() == Some(&"async");
    let words = if is_async { words.get(1..)? } else { &words };
    let (kinds, names): (&[&str], Vec<(&str, &str)>) = match (language, words) {
        (Language::Python, ["def", name]) => (&["function_definition"], vec![("name", *name)]),
        (Language::Python, ["class", name]) => (&["class_definition"], vec![("name", *name)]),
        (Language::Rust, ["fn", name]) => {
            (&["function_item", "function_signature_item"], vec![("name", *name)])
        }
        (Language::Rust, ["struct", name]) => (&["struct_item"], vec![("name", *name)]),
        (Language::Rust, ["enum", name]) => (&["enum_item"], vec![("name", *name)]),
        (Language::Rust, ["union", name]) => (&["union_item"], vec![("name", *name)]),
        (Language::Rust, ["trait", name]) => (&["trait_item"], vec![("name", *name)]),
        (Language::Rust, ["mod", name]) => (&["mod_item"], vec![("name", *name)]),
        (Language::Rust, ["impl", name]) => (&["impl_item"], vec![("type", *name)]),
        (Language::Rust, ["impl", of, "for", name]) => {
            (&["impl_item"], vec![("trait", *of), ("type", *name)])
        }
        _ => return None,
    };
    let is_function = words.first().is_some_and(|word| matches!(*word, "def" | "fn"));
    if is_async && !is_function {
        return None;
    }
    let mut head = Head { rule: Json::Null, leaves: Vec::new(), variables: Vec::new() };
    let mut all = vec![any_kind(kinds)];
    for (field, name) in names {
        all.push(head.named(field, name)?);
    }
    if is_async {
        all.push(match language {
            Language::Python => json!({ "has": { "regex": "^async$" } }),
            Language::Rust => {
                json!({ "has": { "kind": "function_modifiers", "regex": r"\basync\b" } })
            }
        });
    }
    head.rule = json!({ "all": all });
    Some(head)
}

fn is_visibility(word: &str, language: Language) -> bool {
    language == Language::Rust && (word == "pub" || word.starts_with("pub("))
}

impl Head {
    /// The field's text is the name; type arguments behind it are passed over.
    fn named(&mut self, field: &str, name: &str) -> Option<Json> {
        let is_word = |text: &str| text.chars().all(|c| c.is_alphanumeric() || c == '_');
        if let Some(variable) = name.strip_prefix('$') {
            let is_variable = variable.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
            if !is_variable || !is_word(variable) {
                return None;
            }
            if !variable.starts_with('_') {
                self.variables.push(variable.to_owned());
            }
            return Some(json!({ "has": { "field": field, "pattern": name } }));
        }
        if name.starts_with(|c: char| c.is_ascii_digit()) || !is_word(name) {
            return None;
        }
        self.leaves.push(Leaf { text: name.to_owned(), shape: Shape::Word });
        Some(json!({ "has": { "field": field, "regex": format!(r"^{name}(?:\s*<|$)") } }))
    }
}

/// Whether a pattern is of a declaration, which stands around what it holds at a distance of at least two nodes.
#[must_use]
pub fn is_declaration(pattern: &str) -> bool {
    let before = ["pub", "async", "unsafe", "const", "extern", "default"];
    let mut words = pattern.split_whitespace();
    let first = words
        .find(|word| !before.contains(word) && !word.starts_with("pub(") && !word.starts_with('"'));
    first.is_some_and(|word| {
        matches!(
            word.split('<').next(),
            Some("class" | "def" | "fn" | "impl" | "struct" | "trait" | "mod" | "enum" | "union")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_a_keyword_and_a_name() {
        for text in ["class A", "def f", "async def $F", "class $C"] {
            assert!(head(text, Language::Python).is_some(), "{text}");
        }
        for text in ["fn f", "pub(crate) async fn f", "impl T", "impl A for $T", "mod tests"] {
            assert!(head(text, Language::Rust).is_some(), "{text}");
        }
        for text in ["class A: $$$B", "class A(B)", "async class A", "class", "def $f", "fn f"] {
            assert!(head(text, Language::Python).is_none(), "{text}");
        }
    }

    #[test]
    fn declarations_are_told_by_their_keyword() {
        for text in ["class A", "async def f(): $$$B", "pub fn f() { $$$B }", "impl<T> A for T"] {
            assert!(is_declaration(text), "{text}");
        }
        for text in ["if $C: $$$B", "f($X)", "classify($X)", "for $I in $L: $$$B", ""] {
            assert!(!is_declaration(text), "{text}");
        }
    }
}
