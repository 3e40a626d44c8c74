//! What fits where, in words: sets of token kinds and their names in messages.

use crate::syntax::token::{Kind, Kinds, Token};

/// The comparisons.
pub(super) const COMPARE: Kinds = Kinds::all(&[
    Kind::Equal,
    Kind::NotEqual,
    Kind::Less,
    Kind::LessEqual,
    Kind::Greater,
    Kind::GreaterEqual,
    Kind::In,
    Kind::NotIn,
]);
/// What an expression begins with.
pub(super) const EXPR: Kinds = Kinds::all(&[
    Kind::Word,
    Kind::String,
    Kind::TemplateOpen,
    Kind::Number,
    Kind::Duration,
    Kind::True,
    Kind::False,
    Kind::Null,
    Kind::Not,
    Kind::Minus,
    Kind::ParenOpen,
    Kind::ListOpen,
    Kind::ObjectOpen,
]);
/// What a statement begins with.
pub(super) const STATEMENT: Kinds = Kinds::all(&[
    Kind::Plan,
    Kind::Step,
    Kind::If,
    Kind::While,
    Kind::Each,
    Kind::Parallel,
    Kind::Meta,
    Kind::Action,
    Kind::Future,
    Kind::Jump,
    Kind::Set,
    Kind::Var,
    Kind::Print,
    Kind::Return,
    Kind::Break,
    Kind::Continue,
    Kind::Stop,
    Kind::Skip,
]);

/// What a message may say was expected, the most telling first.
const NAMES: &[(Kind, &str)] = &[
    (Kind::Action, "a statement"),
    (Kind::String, "a value"),
    (Kind::BlockOpen, "`{`"),
    (Kind::Assign, "`=`"),
    (Kind::In, "`in`"),
    (Kind::Colon, "`:`"),
    (Kind::Word, "a name"),
    (Kind::Key, "`key=value`"),
    (Kind::ParenClose, "`)`"),
    (Kind::ListClose, "`]`"),
    (Kind::HoleClose, "`}`"),
    (Kind::Comma, "`,`"),
    (Kind::Arrow, "`->`"),
    (Kind::Newline, "the end of the statement"),
];

/// What was expected, in words: the names of what is in the set, operators left out.
pub(super) fn in_words(kinds: Kinds) -> String {
    if kinds.holds(Kind::Number) && !kinds.holds(Kind::ParenOpen) {
        return "a constant".to_owned();
    }
    let value = kinds.holds(Kind::String) && kinds.holds(Kind::ParenOpen);
    let names: Vec<&str> = NAMES
        .iter()
        .filter(|(kind, _)| kinds.holds(*kind))
        .filter(|(kind, _)| match kind {
            Kind::String => value || !kinds.holds(Kind::Word),
            Kind::Word => !value,
            Kind::In => !kinds.holds(Kind::Equal),
            Kind::BlockOpen => !kinds.holds(Kind::Newline),
            _ => true,
        })
        .map(|(_, name)| *name)
        .take(3)
        .collect();
    match names.as_slice() {
        [] => "something else".to_owned(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}

/// What was found, in words.
pub(super) fn found(text: &str, token: &Token) -> String {
    let written = short(text.get(token.span.range()).unwrap_or(""));
    match token.kind {
        Kind::Eof => "the end of the text".to_owned(),
        Kind::Newline if written == ";" => "`;`".to_owned(),
        Kind::Newline => "the end of the line".to_owned(),
        Kind::String | Kind::TemplateOpen => "a string".to_owned(),
        Kind::Number => format!("the number `{written}`"),
        Kind::Duration => format!("the duration `{written}`"),
        Kind::Word | Kind::Action | Kind::Option => format!("the word `{}`", short(&token.word())),
        Kind::Key => format!("the key `{}`", short(&token.word())),
        Kind::Meta => format!("`@{}`", short(&token.word())),
        kind if written.is_empty() && kind.closes() => "the end of the brackets".to_owned(),
        _ => format!("`{written}`"),
    }
}

/// The first characters of a long word.
fn short(word: &str) -> String {
    const LONG: usize = 60;
    match word.char_indices().nth(LONG) {
        Some((end, _)) => format!("{}…", &word[..end]),
        None => word.to_owned(),
    }
}
