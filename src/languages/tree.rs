//! A tree that is built when it is first asked for, at most once a file, and where the statements of its source stand.

use std::borrow::Cow;
use std::cell::OnceCell;

use ast_grep_core::AstGrep;
use ast_grep_core::tree_sitter::StrDoc;

use super::grammars;
use super::statements::Statements;
use crate::facts::Language;
use crate::facts::lines::LineEnds;

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
    statements: OnceCell<Option<Statements>>,
    wants_statements: bool,
}

enum State {
    Text(String),
    Tree(Tree),
}

impl LazyTree {
    /// A source without a tree yet.
    #[must_use]
    pub const fn new(text: String, language: Language) -> Self {
        let state = State::Text(text);
        Self { language, state, statements: OnceCell::new(), wants_statements: false }
    }

    /// Says that statements are likely to be asked for, so that who parses the source anyway notes them.
    pub const fn expect_statements(&mut self) {
        self.wants_statements = true;
    }

    /// Whether statements are to be noted.
    pub(super) const fn wants_statements(&self) -> bool {
        self.wants_statements
    }

    /// Notes the statements.
    pub(super) fn note_statements(&self, statements: Option<Statements>) {
        // Whoever noted them first parsed the same source.
        let _ = self.statements.set(statements);
    }

    /// Whether it was told already where statements stand, for which the language's own parser read the source.
    #[must_use]
    pub fn knows_statements(&self) -> bool {
        self.statements.get().is_some()
    }

    /// Where the statements of the source stand; `None` if one must not be parsed alone.
    #[must_use]
    pub fn statements(&self) -> Option<&Statements> {
        let read = || (self.language.dialect().statements)(self.text());
        self.statements.get_or_init(read).as_ref()
    }

    /// The language of the source.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
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
            let tree = grammars::parse(&with_line_feeds(text, self.language), self.language, stop)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_python_file_of_carriage_returns_has_a_tree_without_errors() {
        let source = "if a:\r    f(1)\r\n    g()\rb = 1\r";
        let mut lazy = LazyTree::new(source.to_owned(), Language::Python);
        let tree = lazy.tree(&|| false).unwrap();
        assert!(!tree.root().get_inner_node().has_error());
        assert_eq!(tree.root().get_inner_node().child_count(), 2);
        assert_eq!(tree.source(), source);
    }
}
