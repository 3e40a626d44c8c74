//! The tokens of a plan: what the lexer yields and the grammar reads. All context is settled here, none in the grammar.

use std::sync::Arc;

use super::ast::{Number, Text};
use crate::source::Span;

/// What a token is; `as u8` is its place in a [`Kinds`] set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Word,
    Action,
    Option,
    Key,
    Meta,
    Plan,
    Step,
    If,
    Else,
    While,
    Each,
    Parallel,
    End,
    Future,
    Print,
    Set,
    Var,
    Return,
    Jump,
    Break,
    Continue,
    Stop,
    Skip,
    And,
    Or,
    In,
    NotIn,
    Exists,
    NotExists,
    Not,
    True,
    False,
    Null,
    Number,
    Duration,
    String,
    TemplateOpen,
    TemplateText,
    HoleOpen,
    HoleClose,
    TemplateClose,
    BlockOpen,
    BlockClose,
    ObjectOpen,
    ObjectClose,
    ParenOpen,
    Call,
    ParenClose,
    ListOpen,
    Index,
    ListClose,
    Comma,
    Arrow,
    Assign,
    Colon,
    /// The `:` of `parallel:`.
    BlockColon,
    Dot,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Newline,
    /// `;`, before it becomes a `Newline`.
    Semicolon,
    /// A sign of another language, before `habit` replaces it.
    Foreign,
    Eof,
}

/// The words that begin a statement, all lower or all upper case.
pub(crate) const STATEMENT_WORDS: &[(&str, Kind)] = &[
    ("plan", Kind::Plan),
    ("step", Kind::Step),
    ("if", Kind::If),
    ("else", Kind::Else),
    ("while", Kind::While),
    ("each", Kind::Each),
    ("parallel", Kind::Parallel),
    ("end", Kind::End),
    ("future", Kind::Future),
    ("print", Kind::Print),
    ("set", Kind::Set),
    ("var", Kind::Var),
    ("return", Kind::Return),
    ("jump", Kind::Jump),
    ("break", Kind::Break),
    ("continue", Kind::Continue),
    ("stop", Kind::Stop),
    ("skip", Kind::Skip),
];

/// The words that are operators behind an operand, `not in` apart.
pub(crate) const OPERATOR_WORDS: &[(&str, Kind)] = &[
    ("and", Kind::And),
    ("or", Kind::Or),
    ("in", Kind::In),
    ("exists", Kind::Exists),
    ("not_exists", Kind::NotExists),
];

/// The words that mean something where an operand begins.
pub(crate) const OPERAND_WORDS: &[(&str, Kind)] =
    &[("not", Kind::Not), ("true", Kind::True), ("false", Kind::False), ("null", Kind::Null)];

/// Finds a word of a table, written all lower or all upper case.
pub(crate) fn lookup(table: &[(&'static str, Kind)], word: &str) -> Option<Kind> {
    let upper = |name: &str| {
        word.len() == name.len()
            && word.bytes().zip(name.bytes()).all(|(w, n)| w == n.to_ascii_uppercase())
    };
    table.iter().find(|(name, _)| *name == word || upper(name)).map(|&(_, kind)| kind)
}

impl Kind {
    /// Whether an operand may end with it.
    pub(crate) const fn ends_operand(self) -> bool {
        matches!(
            self,
            Self::Word
                | Self::Option
                | Self::String
                | Self::TemplateClose
                | Self::Number
                | Self::Duration
                | Self::True
                | Self::False
                | Self::Null
                | Self::Exists
                | Self::NotExists
                | Self::ParenClose
                | Self::ListClose
                | Self::ObjectClose
        )
    }

    /// Whether an operator between two operands.
    pub(crate) const fn is_binary(self) -> bool {
        matches!(
            self,
            Self::And
                | Self::Or
                | Self::In
                | Self::NotIn
                | Self::Equal
                | Self::NotEqual
                | Self::Less
                | Self::LessEqual
                | Self::Greater
                | Self::GreaterEqual
                | Self::Plus
                | Self::Minus
                | Self::Star
                | Self::Slash
                | Self::Percent
        )
    }

    /// Whether the next line goes on behind it.
    pub(crate) const fn continues(self) -> bool {
        self.is_binary()
            || matches!(self, Self::Comma | Self::Arrow | Self::Assign | Self::Colon | Self::Not)
    }

    /// Whether the statement that begins with it takes a block.
    pub(crate) const fn takes_block(self) -> bool {
        matches!(
            self,
            Self::Plan
                | Self::Step
                | Self::If
                | Self::Else
                | Self::While
                | Self::Each
                | Self::Parallel
        )
    }

    /// Whether a value made of one token.
    pub(crate) const fn is_literal(self) -> bool {
        matches!(self, Self::Number | Self::Duration | Self::String | Self::TemplateOpen)
    }

    /// Whether it opens what another token closes.
    pub(crate) const fn opens(self) -> bool {
        matches!(
            self,
            Self::BlockOpen
                | Self::ObjectOpen
                | Self::ParenOpen
                | Self::Call
                | Self::ListOpen
                | Self::Index
                | Self::TemplateOpen
                | Self::HoleOpen
        )
    }

    /// Whether it closes what another token opened.
    pub(crate) const fn closes(self) -> bool {
        matches!(
            self,
            Self::BlockClose
                | Self::ObjectClose
                | Self::ParenClose
                | Self::ListClose
                | Self::TemplateClose
                | Self::HoleClose
        )
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kinds(u128);

impl Kinds {
    /// The set of one.
    pub(crate) const fn of(kind: Kind) -> Self {
        Self(1 << kind as u8)
    }

    /// The set of several.
    pub(crate) const fn all(kinds: &[Kind]) -> Self {
        let mut set = Self(0);
        let mut i = 0;
        while i < kinds.len() {
            set = set.with(Self::of(kinds[i]));
            i += 1;
        }
        set
    }

    /// Both sets.
    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the kind is in it.
    pub(crate) const fn holds(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }
}

/// What a token carries beside its kind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Payload {
    /// Nothing; signs and keywords.
    None,
    /// A name, a key with its dots, an action with its dashes, a duration.
    Word(Arc<str>),
    /// A number.
    Number(Box<Number>),
    /// A string, or the text between two holes.
    Text(Box<Text>),
    /// The quote of a string with holes.
    Quote(&'static str),
}

/// A token with its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: Kind,
    /// Where; empty where recovery put it in.
    pub(crate) span: Span,
    /// Bytes from the start of its line.
    pub(crate) col: u32,
    /// Whether nothing stands between it and the token before.
    pub(crate) glued: bool,
    /// What it carries.
    pub(crate) payload: Payload,
}

impl Token {
    /// The characters it carries; empty for signs and keywords.
    pub(crate) fn word(&self) -> Arc<str> {
        match &self.payload {
            Payload::Word(word) => word.clone(),
            Payload::Text(text) => text.value.clone(),
            _ => Arc::from(""),
        }
    }

    /// A token that stands nowhere, put in before this one's end.
    pub(crate) fn put_in(&self, kind: Kind, at: Span) -> Self {
        Self { kind, span: at, col: self.col, glued: false, payload: Payload::None }
    }
}
