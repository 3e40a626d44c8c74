//! A tree that is built when it is first asked for, at most once a file.

use ast_grep_core::AstGrep;
use ast_grep_core::tree_sitter::StrDoc;

use super::{Language, grammars};

/// A tree together with its source, as ast-grep walks it.
pub type Tree = AstGrep<StrDoc<Language>>;

/// A source whose tree is built on demand.
pub struct LazyTree {
    language: Language,
    state: State,
}

enum State {
    Text(String),
    Tree(Tree),
}

impl LazyTree {
    /// A source without a tree yet.
    #[must_use]
    pub const fn new(text: String, language: Language) -> Self {
        Self { language, state: State::Text(text) }
    }

    /// The source.
    #[must_use]
    pub fn text(&self) -> &str {
        match &self.state {
            State::Text(text) => text,
            State::Tree(tree) => tree.source(),
        }
    }

    /// The tree, built now if it is not there; `None` if `stop` ended that.
    pub fn tree(&mut self, stop: &dyn Fn() -> bool) -> Option<&Tree> {
        if let State::Text(text) = &mut self.state {
            let tree = grammars::parse(text, self.language, stop)?;
            let src = std::mem::take(text);
            self.state = State::Tree(AstGrep::doc(StrDoc { src, lang: self.language, tree }));
        }
        match &self.state {
            State::Tree(tree) => Some(tree),
            State::Text(_) => None,
        }
    }

    /// Whether the tree was built.
    #[must_use]
    pub const fn is_built(&self) -> bool {
        matches!(self.state, State::Tree(_))
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
