//! What a hit of a search is in its file: a definition, a call, a comment. Decided by the token that holds the hit's last
//! name, from facts alone; what the name means elsewhere is none of its business.

mod token;

use std::ops::Range;

use crate::facts::body::ExprKind;
use crate::facts::head::{Import, ImportForm};
use crate::facts::trivia::{Token as Piece, TokenKind};
use crate::facts::{DefId, ExprId, Facts, ImportId, Place, Str};
use token::Token;

/// What a hit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// The name of a definition, a method's or a field's too.
    Definition,
    /// The last name of what is called, a macro's too.
    Callsite,
    /// In an `import`, `use`, `extern crate` or `mod x;`.
    Import,
    /// In a `from … import`.
    FromImport,
    /// A name that is read.
    Reference,
    /// A name or attribute that is bound, assigned to or deleted.
    Assignment,
    /// The name of a parameter, a type parameter's too.
    Parameter,
    /// The name of an attribute or field that is read.
    Attribute,
    /// In an annotation or a type.
    Annotation,
    /// What a decorator is called, or in an attribute of Rust.
    Decorator,
    /// A name in `__all__`.
    Export,
    /// The name of an argument, or of a field in a literal or pattern.
    KeywordArgument,
    /// In a string, or the text of an f-string.
    StringMatch,
    /// In a docstring or doc comment.
    DocstringMatch,
    /// In a comment.
    CommentMatch,
    /// Anything else: keywords, signs, more than one expression.
    TextMatch,
}

impl Role {
    /// Every role, the most telling first.
    pub const ALL: [Self; 16] = [
        Self::Definition,
        Self::Callsite,
        Self::Import,
        Self::FromImport,
        Self::Reference,
        Self::Assignment,
        Self::Parameter,
        Self::Attribute,
        Self::Annotation,
        Self::Decorator,
        Self::Export,
        Self::KeywordArgument,
        Self::StringMatch,
        Self::DocstringMatch,
        Self::CommentMatch,
        Self::TextMatch,
    ];

    /// As rows show it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Definition => "definition",
            Self::Callsite => "callsite",
            Self::Import => "import",
            Self::FromImport => "from_import",
            Self::Reference => "reference",
            Self::Assignment => "assignment",
            Self::Parameter => "parameter",
            Self::Attribute => "attribute",
            Self::Annotation => "annotation",
            Self::Decorator => "decorator",
            Self::Export => "export",
            Self::KeywordArgument => "keyword_argument",
            Self::StringMatch => "string_match",
            Self::DocstringMatch => "docstring_match",
            Self::CommentMatch => "comment_match",
            Self::TextMatch => "text_match",
        }
    }

    /// Whether the hit is part of the code, not of a string or comment.
    #[must_use]
    pub const fn is_code(self) -> bool {
        !matches!(self, Self::StringMatch | Self::DocstringMatch | Self::CommentMatch)
    }

    /// Whether the hit is a name, whose meaning can be asked for.
    #[must_use]
    pub const fn is_name(self) -> bool {
        self.is_code() && !matches!(self, Self::TextMatch)
    }
}

/// The record that a hit's name belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// None that means anything elsewhere.
    Nothing,
    /// The name of a definition.
    Def(DefId),
    /// A name, attribute or path.
    Expr(ExprId),
    /// In an import; the bytes of the hit's last name tell which part.
    Import(ImportId),
    /// A name in `__all__`.
    Export,
}

/// What a hit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub role: Role,
    /// The whole name that holds the end of the hit; none in texts and imports.
    pub name: Str,
    /// What the name belongs to.
    pub subject: Subject,
}

const TEXT: Found = Found { role: Role::TextMatch, name: Str::NONE, subject: Subject::Nothing };

/// What each hit is. Hits are in order and do not overlap; an empty one is the byte behind it.
#[must_use]
pub fn roles(facts: &Facts, hits: &[Range<u32>]) -> Vec<Found> {
    let hits = Hits(hits);
    let tokens = token::tokens(facts, &hits);
    let imports = imports(facts, &hits);
    let view = View { facts, tokens, imports };
    hits.0.iter().map(|hit| view.role(wide(hit))).collect()
}

/// Hits in order.
struct Hits<'h>(&'h [Range<u32>]);

impl Hits<'_> {
    /// Whether a place has a byte in common with any.
    fn meet(&self, place: Place) -> bool {
        let first = self.0.partition_point(|hit| wide(hit).end() <= place.at);
        self.0.get(first).is_some_and(|hit| hit.start < place.end())
    }
}

fn wide(hit: &Range<u32>) -> Place {
    Place::between(hit.start, hit.end.max(hit.start.saturating_add(1)))
}

/// An import that hits may meet.
#[derive(Clone, Copy)]
struct Binding {
    /// Its statement.
    around: Place,
    /// The binding alone.
    own: Place,
    id: ImportId,
}

/// The imports whose statements hits meet, in order.
fn imports(facts: &Facts, hits: &Hits<'_>) -> Vec<Binding> {
    let all = facts.head.imports.iter().enumerate();
    let binding = |(index, import): (usize, &Import)| Binding {
        around: import_place(facts, import),
        own: import.place,
        id: ImportId::at(index),
    };
    all.map(binding).filter(|binding| hits.meet(binding.around)).collect()
}

/// The statement of an import; of `mod x;`, which is a definition too, the name.
fn import_place(facts: &Facts, import: &Import) -> Place {
    match facts.stmt(import.stmt) {
        Some(stmt) if import.form != ImportForm::Mod => stmt.place,
        _ => import.place,
    }
}

/// A file's tokens that hits meet.
struct View<'f> {
    facts: &'f Facts,
    tokens: Vec<Token>,
    imports: Vec<Binding>,
}

impl View<'_> {
    fn role(&self, hit: Place) -> Found {
        let lo = self.tokens.partition_point(|token| token.place.end() <= hit.at);
        let hi = self.tokens.partition_point(|token| token.place.at < hit.end());
        let tokens = self.tokens.get(lo..hi).unwrap_or(&[]);
        let pieces = self.pieces(hit);
        let attribute = pieces.iter().find(|piece| piece.kind == TokenKind::Attribute);
        match tokens {
            _ if attribute.is_some_and(|piece| piece.place.covers(hit)) => decorator(tokens),
            [] if pieces.is_empty() => self.import(hit),
            [] => text(pieces),
            _ if !is_quoted(tokens, pieces) => TEXT,
            [token] => token.found,
            [.., last] if self.is_one(tokens) => last.found,
            _ => TEXT,
        }
    }

    /// Comments, strings and the like that the hit meets.
    fn pieces(&self, hit: Place) -> &[Piece] {
        let all = &self.facts.trivia.tokens;
        let lo = all.partition_point(|piece| piece.place.end() <= hit.at);
        let hi = all.partition_point(|piece| piece.place.at < hit.end());
        all.get(lo..hi.max(lo)).unwrap_or(&[])
    }

    /// Whether tokens are consecutive segments of one dotted name.
    fn is_one(&self, tokens: &[Token]) -> bool {
        tokens.windows(2).all(|pair| {
            let [base, token] = pair else { return false };
            let (Subject::Expr(base), Subject::Expr(expr)) =
                (base.found.subject, token.found.subject)
            else {
                return false;
            };
            let Some(expr) = self.facts.expr(expr) else { return false };
            matches!(expr.kind, ExprKind::Attr | ExprKind::Path) && ExprId(expr.a) == base
        })
    }

    fn import(&self, hit: Place) -> Found {
        let lo = self.imports.partition_point(|binding| binding.around.end() <= hit.at);
        let hi = self.imports.partition_point(|binding| binding.around.at <= hit.at);
        let around = self.imports.get(lo..hi).unwrap_or(&[]);
        let Some(first) = around.first().filter(|first| first.around.covers(hit)) else {
            return TEXT;
        };
        let last = hit.end().saturating_sub(1);
        let own = around.get(around.partition_point(|binding| binding.own.end() <= last));
        let id = own.filter(|binding| binding.own.holds(last)).unwrap_or(first).id;
        let form = self.facts.import(id).map(|import| import.form);
        let role = match form {
            Some(ImportForm::From | ImportForm::Star | ImportForm::Future) => Role::FromImport,
            _ => Role::Import,
        };
        Found { role, name: Str::NONE, subject: Subject::Import(id) }
    }
}

/// Whether names that lie between comments and strings lie inside one, as in an annotation that is quoted.
fn is_quoted(tokens: &[Token], pieces: &[Piece]) -> bool {
    match pieces {
        [] => true,
        [piece] => tokens.iter().all(|token| piece.place.covers(token.place)),
        _ => false,
    }
}

/// In an attribute everything is one; a name in it keeps its meaning.
fn decorator(tokens: &[Token]) -> Found {
    let found = tokens.last().map_or(TEXT, |token| token.found);
    Found { role: Role::Decorator, ..found }
}

/// What lies in comments and strings of one sort only.
fn text(pieces: &[Piece]) -> Found {
    let role = |piece: &Piece| match piece.kind {
        TokenKind::Comment => Role::CommentMatch,
        TokenKind::DocComment | TokenKind::Docstring => Role::DocstringMatch,
        TokenKind::String | TokenKind::FStringText | TokenKind::Char => Role::StringMatch,
        TokenKind::TokenTree => Role::TextMatch,
        TokenKind::Attribute => Role::Decorator,
    };
    match pieces {
        [first, rest @ ..] if rest.iter().all(|piece| role(piece) == role(first)) => {
            Found { role: role(first), ..TEXT }
        }
        _ => TEXT,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::facts::{Language, Lines};
    use crate::languages::tree::LazyTree;

    fn facts(source: &str, language: Language) -> Facts {
        let lines = Arc::new(Lines::of(source, language.line_ends()));
        language.facts(&mut LazyTree::new(source.to_owned(), language), lines, &|| false).unwrap()
    }

    /// The role of each place of `wanted`.
    fn python(source: &str, wanted: &str) -> Vec<Role> {
        let place = |(at, text): (usize, &str)| at as u32..(at + text.len()) as u32;
        let hits: Vec<Range<u32>> = source.match_indices(wanted).map(place).collect();
        roles(&facts(source, Language::Python), &hits).iter().map(|found| found.role).collect()
    }

    #[test]
    fn what_a_hit_covers_beside_names_does_not_change_its_role() {
        assert_eq!(python("async def f(): pass", "async def f("), [Role::Definition]);
        assert_eq!(python("a.b.c(1)", "a.b.c(1"), [Role::Callsite]);
        assert_eq!(python("x = [a]", "= [a]"), [Role::Reference]);
        assert_eq!(python("x: 'A'", "'A'"), [Role::Annotation]);
        assert_eq!(python("x = 1  # x", "  # x"), [Role::CommentMatch]);
    }

    #[test]
    fn more_than_one_expression_is_text() {
        for (source, hit) in [
            ("a.b(c)", "b(c"),
            ("x = y", "x = y"),
            ("f(a)('a')", "a)('a"),
            ("f('a', 'b')  # c", "'b')  # c"),
            ("f().g", "f().g"),
        ] {
            assert_eq!(python(source, hit), [Role::TextMatch], "{hit}");
        }
    }

    #[test]
    fn names_of_an_import_belong_to_their_bindings() {
        let source = "from m import (a,\n  b as c, d)\n";
        let facts = facts(source, Language::Python);
        let at = |name: &str| {
            let at = source.find(name).unwrap() as u32;
            let hits = [Range { start: at, end: at + name.len() as u32 }];
            roles(&facts, &hits)[0].subject
        };
        let names =
            ["a,", "b as", "c,", "d)"].map(|name| at(&name[..1 + usize::from(name == "b as") * 3]));
        let ids = [1, 2, 2, 3].map(|id| Subject::Import(ImportId(id)));
        assert_eq!(names, ids);
    }

    #[test]
    fn many_hits_in_one_statement_take_no_time() {
        let many = |text: &str| text.repeat(50_000);
        let imports = python(&format!("from m import ({})", many("aa, ")), "aa");
        assert_eq!((imports.len(), imports[49_999]), (50_000, Role::FromImport));
        let calls = python(&format!("f({})", many("aa(), ")), "aa");
        assert_eq!((calls.len(), calls[49_999]), (50_000, Role::Callsite));
        let line = many("aa, 'b', ");
        assert_eq!(python(&line, &line), [Role::TextMatch]);
    }

    proptest! {
        #[test]
        fn any_hits_in_any_source_have_a_role(
            pieces in proptest::collection::vec(
                prop_oneof![
                    Just("def f(a, *, b: int = 1):\n    "), Just("@x.y(z=1)\n"), Just("class A(B):\n  "), Just("import a.b as c\n"),
                    Just("from . import d\n"), Just("'s'"), Just("f'{a!r} b'"), Just("# c\n"), Just("a.b"), Just("("), Just(")"),
                    Just(" = "), Just("é"), Just("\n"), Just("fn g() {"), Just("}"), Just("#[a(b = \"c\")]"), Just("use x::{y, z};"),
                    Just("m!(a, \"b\")"), Just("/* d */"),
                ],
                0..12,
            ),
            cuts in proptest::collection::btree_set(0_u32..160, 0..20),
            language in prop_oneof![Just(Language::Python), Just(Language::Rust)],
        ) {
            let cuts: Vec<u32> = cuts.into_iter().collect();
            let hits: Vec<Range<u32>> = cuts.chunks_exact(2).map(|pair| pair[0]..pair[1]).collect();
            let facts = facts(&pieces.concat(), language);
            prop_assert_eq!(roles(&facts, &hits).len(), hits.len());
        }
    }
}
