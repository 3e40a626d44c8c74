//! What may follow what was typed: commands, actions, their arguments, words, names, paths of values, files. A guess
//! from the text before the cursor; nothing is run.

mod files;
mod place;
mod words;

use std::path::{Path, PathBuf};

use place::Place;

use super::command::{self, Word};
use crate::action::Registry;
use crate::diagnostic::code;
use crate::run::session::Session;
use crate::system::os::Os;

/// Where the part at hand begins, and what it may become, sorted.
pub(super) fn complete(session: &Session, before: &str) -> (usize, Vec<String>) {
    let known = Known { session, actions: session.actions(&Os) };
    let (from, mut words) = match before.trim_start().starts_with(':') {
        true => of_command(&known, before),
        false => of_statement(&known, before),
    };
    words.sort();
    words.dedup();
    (from, words)
}

/// What there is to offer.
struct Known<'s> {
    session: &'s Session,
    /// The modules among them.
    actions: Registry,
}

fn of_command(known: &Known<'_>, before: &str) -> (usize, Vec<String>) {
    let start = before.len() - before.trim_start().len();
    let line = &before[start..];
    let Some((name, rest)) = line.split_once(char::is_whitespace) else {
        let names = command::ALL.iter().map(|command| command.name);
        return (start, starting(names, line));
    };
    let word = rest.trim_start();
    let from = before.len() - word.len();
    let takes = command::ALL.iter().find(|command| command.name == name).map(|c| c.word);
    match takes {
        Some(Word::Command) => {
            let commands = command::ALL.iter().map(|command| command.name);
            (from, starting(commands.chain(known.actions.names()), word))
        }
        Some(Word::Code) => {
            (from, starting(code::all().map(|known| known.code.0), &word.to_uppercase()))
        }
        Some(Word::Switch) => (from, starting(["on", "off"], word)),
        Some(Word::File) => (from, files::below(Path::new("."), word, files::Kind::Any)),
        Some(Word::Directory) => (from, files::below(Path::new("."), word, files::Kind::Directory)),
        Some(Word::Value) => words::value(known, before, before),
        Some(Word::Nothing) | None => (before.len(), Vec::new()),
    }
}

fn of_statement(known: &Known<'_>, before: &str) -> (usize, Vec<String>) {
    match place::of(before) {
        Place::Text { statement, content } => {
            let text = &before[content..];
            let is_path = words::takes_path(known, &before[statement..content]);
            let found = if is_path { in_root(known, text) } else { Vec::new() };
            (content, found)
        }
        Place::Hole => words::value(known, before, before),
        Place::Comment => (before.len(), Vec::new()),
        Place::Statement { start } => words::statement(known, before, &before[start..]),
    }
}

fn in_root(known: &Known<'_>, text: &str) -> Vec<String> {
    let root = known.session.root(&Os).unwrap_or_else(|_| PathBuf::from("."));
    files::below(&root, text, files::Kind::Any)
}

/// The words that begin so.
fn starting<'w>(words: impl IntoIterator<Item = &'w str>, begin: &str) -> Vec<String> {
    words.into_iter().filter(|word| word.starts_with(begin)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
