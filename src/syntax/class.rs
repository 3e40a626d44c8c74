//! What each token of a text is, for whatever colours text: classes, no grammar. Editors' grammars are held to it.

use super::lexer;
use super::token::{Kind, OPERAND_WORDS, OPERATOR_WORDS, STATEMENT_WORDS, Token};
use crate::source::{SourceId, Span};

/// The class of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// A word that begins a statement, where it does.
    Keyword,
    /// `and`, `or`, `in`, `not in`, `exists`, `not_exists`, `not`.
    Operator,
    /// `true`, `false`, `null`.
    Constant,
    /// The name of an action.
    Action,
    /// The option of an action.
    Option,
    /// What stands before `=`, its dots included.
    Key,
    /// `@key`.
    Meta,
    /// Any other word.
    Name,
    /// A number.
    Number,
    /// A number with its unit.
    Duration,
    /// A string, or a part of one that has holes: its quotes and its text.
    Text,
    /// `${` and its `}`.
    Hole,
    /// A bracket, an operator or another sign.
    Sign,
}

/// The tokens of a text that are written, in order, without newlines and comments; its length must fit 32 bits.
#[must_use]
pub fn classes(source: SourceId, text: &str) -> Vec<(Class, Span)> {
    let tokens = lexer::lex(source, text).tokens;
    let written = tokens.iter().filter(|token| !token.span.range().is_empty());
    written.filter_map(|token: &Token| Some((class(token.kind)?, token.span))).collect()
}

/// The words of a class, in lower case: keywords, operators and constants have some.
#[must_use]
pub fn words(wanted: Class) -> Vec<&'static str> {
    let tables = [STATEMENT_WORDS, OPERATOR_WORDS, OPERAND_WORDS];
    let all = tables.into_iter().flatten();
    all.filter(|(_, kind)| class(*kind) == Some(wanted)).map(|(word, _)| *word).collect()
}

fn class(kind: Kind) -> Option<Class> {
    let named = |table: &[(&str, Kind)]| table.iter().any(|(_, other)| *other == kind);
    Some(match kind {
        Kind::Newline | Kind::Semicolon | Kind::Eof => return None,
        Kind::Word => Class::Name,
        Kind::Action => Class::Action,
        Kind::Option => Class::Option,
        Kind::Key => Class::Key,
        Kind::Meta => Class::Meta,
        Kind::True | Kind::False | Kind::Null => Class::Constant,
        Kind::Number => Class::Number,
        Kind::Duration => Class::Duration,
        Kind::String | Kind::TemplateOpen | Kind::TemplateText | Kind::TemplateClose => Class::Text,
        Kind::HoleOpen | Kind::HoleClose => Class::Hole,
        Kind::Not | Kind::NotIn => Class::Operator,
        _ if named(STATEMENT_WORDS) => Class::Keyword,
        _ if named(OPERATOR_WORDS) => Class::Operator,
        _ => Class::Sign,
    })
}
