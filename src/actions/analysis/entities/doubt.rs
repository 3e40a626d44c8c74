//! Files seen only in part that may hold more of what is asked for: those in which its name stands. Knows no rows.

use super::super::asked::Entities;
use super::super::cover::Answer;
use super::super::workspace::Workspace;
use crate::diagnostic::Fault;
use crate::query::ir::Name;
use crate::system::control::Cancel;

/// How many files of an answer are broken and hold the name that is asked for.
pub(super) fn unseen(
    asked: &Entities,
    answer: &Answer<'_>,
    workspace: &Workspace,
    cancel: &Cancel,
) -> Result<usize, Fault> {
    let mut unseen = 0;
    for broken in answer.broken() {
        let may_hold = match &asked.entity.name {
            None => true,
            Some(name) => may_stand(name, workspace.source(&broken.path, cancel)?.text()),
        };
        unseen += usize::from(may_hold);
    }
    Ok(unseen)
}

/// Whether a text may hold the name; one of several parts may be written with blanks between them.
fn may_stand(name: &Name, text: &str) -> bool {
    let is_word = |word: &str| words(text).any(|known| known == word);
    match name {
        Name::Exact(exact) => words(exact).all(is_word),
        _ if name.written().contains(['.', ':']) => true,
        _ => words(text).any(|word| name.matches(word)),
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}
