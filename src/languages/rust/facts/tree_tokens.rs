//! The tokens between a macro's brackets, one after the other.

use tree_sitter::Node;

use super::attributes::place;
use super::kinds::Rule;
use super::reader::Reader;
use crate::facts::Place;

/// A token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tok {
    pub class: Class,
    pub place: Place,
}

/// What a token is to who reads expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Name,
    Literal(Rule),
    Open(u8),
    Close,
    Dot,
    Colons,
    Not,
    Question,
    Comma,
    Equals,
    Colon,
    Less,
    Greater,
    GreaterTwice,
    Quote,
    Await,
    /// A name follows that is bound: `let`.
    Binds,
    Mut,
    /// A name follows that is defined: `fn`, `struct`.
    Defines,
    /// An operator, a keyword: it ends an operand.
    Other,
}

impl<'t> Reader<'t> {
    /// Adds the tokens of a tree, brackets among them.
    pub(super) fn tokens_of(&mut self, tree: Node<'t>, found: &mut Vec<Tok>) {
        self.spare.reset(tree);
        let mut depth = 0_usize;
        let mut is_inside = self.spare.goto_first_child();
        depth += usize::from(is_inside);
        while depth > 0 {
            if !is_inside {
                let _ = self.spare.goto_parent();
                depth -= 1;
                is_inside = depth > 0 && self.spare.goto_next_sibling();
                continue;
            }
            let node = self.spare.node();
            let rule = self.kinds.rule(node.kind_id());
            if matches!(rule, Rule::TokenTree | Rule::Error) && self.spare.goto_first_child() {
                depth += 1;
                continue;
            }
            let place = place(node);
            if rule == Rule::Comment {
                self.comment(place);
            } else {
                found.push(Tok { class: self.class(rule, place), place });
            }
            is_inside = self.spare.goto_next_sibling();
        }
    }

    fn class(&self, rule: Rule, place: Place) -> Class {
        match rule {
            Rule::Name | Rule::TypeName => return Class::Name,
            Rule::Int | Rule::Float | Rule::Bool | Rule::Char | Rule::Str | Rule::RawStr => {
                return Class::Literal(rule);
            }
            _ => {}
        }
        match self.slice(place.at, place.end()) {
            "(" => Class::Open(b'('),
            "[" => Class::Open(b'['),
            "{" => Class::Open(b'{'),
            ")" | "]" | "}" => Class::Close,
            "." => Class::Dot,
            "::" => Class::Colons,
            "!" => Class::Not,
            "?" => Class::Question,
            "," => Class::Comma,
            "=" => Class::Equals,
            ":" => Class::Colon,
            "<" => Class::Less,
            ">" => Class::Greater,
            ">>" => Class::GreaterTwice,
            "'" => Class::Quote,
            "await" => Class::Await,
            "let" => Class::Binds,
            "mut" => Class::Mut,
            "fn" | "struct" | "enum" | "trait" | "mod" | "union" | "type" => Class::Defines,
            _ => Class::Other,
        }
    }
}
