//! Comments, and what of a macro's definition is not read.

use tree_sitter::Node;

use super::kinds::Rule;
use super::reader::Reader;
use crate::facts::Place;
use crate::facts::trivia::{Token, TokenKind};

impl<'t> Reader<'t> {
    /// A comment between other things.
    pub(super) fn comment(&mut self, place: Place) {
        let _ = self.comment_place(place);
    }

    /// A comment; its place if it documents something.
    pub(super) fn comment_place(&mut self, place: Place) -> Option<Place> {
        let text = self.slice(place.at, place.end());
        let place = Place { at: place.at, len: text.trim_end_matches(['\n', '\r']).len() as u32 };
        let is_doc = is_doc(text);
        let kind = if is_doc { TokenKind::DocComment } else { TokenKind::Comment };
        self.trivia().tokens.push(Token { kind, place });
        is_doc.then_some(place)
    }

    /// A rule of `macro_rules!`: comments and strings, and all between them.
    pub(super) fn macro_body(&mut self, node: Node<'t>) {
        let mut lo = node.start_byte() as u32;
        self.spare.reset(node);
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
            let inner = self.spare.node();
            let place = super::attributes::place(inner);
            let rule = self.kinds.rule(inner.kind_id());
            if matches!(rule, Rule::Comment | Rule::Str | Rule::RawStr | Rule::Char) {
                self.unread(lo, place.at);
                self.piece(rule, place);
                lo = place.end();
            } else if self.spare.goto_first_child() {
                depth += 1;
                continue;
            }
            is_inside = self.spare.goto_next_sibling();
        }
        self.unread(lo, node.end_byte() as u32);
    }

    fn unread(&mut self, lo: u32, hi: u32) {
        let text = self.slice(lo, hi);
        let blanks = text.len() - text.trim_start().len();
        let place = self.trimmed(lo + blanks as u32, hi);
        if place.len > 0 {
            self.trivia().tokens.push(Token { kind: TokenKind::TokenTree, place });
        }
    }

    /// A comment, string or character.
    pub(super) fn piece(&mut self, rule: Rule, place: Place) {
        let kind = match rule {
            Rule::Comment => return self.comment(place),
            Rule::Char => TokenKind::Char,
            _ => TokenKind::String,
        };
        self.trivia().tokens.push(Token { kind, place });
    }
}

/// Whether a comment documents something.
fn is_doc(text: &str) -> bool {
    let line = (text.starts_with("///") && !text.starts_with("////")) || text.starts_with("//!");
    let starred = text.starts_with("/**") && !text.starts_with("/***") && text.len() > 4;
    line || starred || text.starts_with("/*!")
}
