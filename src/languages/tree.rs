//! A tree that is built when it is first asked for, and only as far as it is asked for.

use std::borrow::Cow;

use ast_grep_core::AstGrep;
use ast_grep_core::tree_sitter::StrDoc;

use super::{Language, LineEnds, grammars};

/// A tree together with its source, as ast-grep walks it.
pub type Tree = AstGrep<StrDoc<Language>>;

/// The text to parse: grammars know only LF as the end of a line, so a lone CR that ends one becomes LF. Every offset
/// stays what it was.
fn with_line_feeds(text: &str, language: Language) -> Cow<'_, str> {
    let is_lone = |at: usize| text.as_bytes().get(at + 1) != Some(&b'\n');
    let mut returns = memchr::memchr_iter(b'\r', text.as_bytes());
    if language.line_ends() == LineEnds::LineFeed || !returns.any(is_lone) {
        return Cow::Borrowed(text);
    }
    let mend = |(at, c): (usize, char)| if c == '\r' && is_lone(at) { '\n' } else { c };
    Cow::Owned(text.char_indices().map(mend).collect())
}

/// A source whose tree is built on demand.
pub struct LazyTree {
    language: Language,
    state: State,
    parses: usize,
}

enum State {
    Text(String),
    Tree(Tree),
}

impl LazyTree {
    /// A source without a tree yet.
    #[must_use]
    pub const fn new(text: String, language: Language) -> Self {
        Self { language, state: State::Text(text), parses: 0 }
    }

    /// The source.
    #[must_use]
    pub fn text(&self) -> &str {
        match &self.state {
            State::Text(text) => text,
            State::Tree(tree) => tree.source(),
        }
    }

    /// The tree, built now if it is not there; `None` if `stop` ended that. With a `border` the part behind it is left
    /// out of the tree, unless the part before has an error.
    pub fn tree(&mut self, border: Option<usize>, stop: &dyn Fn() -> bool) -> Option<&Tree> {
        if let State::Text(text) = &mut self.state {
            let whole = with_line_feeds(text, self.language);
            let part = border.and_then(|border| whole.get(..border));
            let mut tree = match part {
                Some(part) => {
                    self.parses += 1;
                    Some(grammars::parse(part, self.language, stop)?)
                        .filter(|tree| !tree.root_node().has_error())
                }
                None => None,
            };
            if tree.is_none() {
                self.parses += 1;
                tree = grammars::parse(&whole, self.language, stop);
            }
            let tree = tree?;
            drop(whole);
            let src = std::mem::take(text);
            self.state = State::Tree(AstGrep::doc(StrDoc { src, lang: self.language, tree }));
        }
        match &self.state {
            State::Tree(tree) => Some(tree),
            State::Text(_) => None,
        }
    }

    /// How often the source was parsed: twice at most, where an error stands before a border.
    #[must_use]
    pub const fn parses(&self) -> usize {
        self.parses
    }

    /// The source; the tree is dropped.
    #[must_use]
    pub fn into_text(self) -> String {
        match self.state {
            State::Text(text) => text,
            State::Tree(tree) => tree.generate(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_python_file_of_carriage_returns_has_a_tree_without_errors() {
        let source = "if a:\r    f(1)\r\n    g()\rb = 1\r";
        let mut lazy = LazyTree::new(source.to_owned(), Language::Python);
        let tree = lazy.tree(None, &|| false).unwrap();
        assert!(!tree.root().get_inner_node().has_error());
        assert_eq!(tree.root().get_inner_node().child_count(), 2);
        assert_eq!(tree.source(), source);
    }
}
