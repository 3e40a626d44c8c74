//! The facts of a source as the scan keeps them, and how much of them a visit is to bring. Knows no question.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use crate::facts::head::{Error, ErrorKind};
use crate::facts::needs::Planes;
use crate::facts::{Facts, Language, Lines, Place};
use crate::languages::tree::LazyTree;

use super::read;

/// Stack of a thread that scans: ast-grep recurses over what it compares.
pub(super) const STACK: usize = 32 << 20;

/// What is said of a file on which the reader of its language broke down.
const FAILED: &str = "reading it failed, which is a fault of this program: please report it";

/// What a visit is to do about a file's facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Demand {
    /// Nothing: they are there, or the file was visited before.
    Nothing,
    /// Read all of them if a search hits.
    OnHit,
    /// Read these; all of them if a search hits.
    Now(Planes),
}

impl Demand {
    /// What to read of a file in which searches hit or not.
    pub(super) const fn planes(self, is_hit: bool) -> Option<Planes> {
        match (self, is_hit) {
            (Self::Nothing, _) | (Self::OnHit, false) => None,
            (Self::OnHit | Self::Now(_), true) => Some(Planes::Trivia),
            (Self::Now(planes), false) => Some(planes),
        }
    }
}

/// Reads the facts of a source; `None` if `stop` ended that.
pub(super) fn facts(
    source: &mut LazyTree,
    language: Language,
    planes: Planes,
    stop: &dyn Fn() -> bool,
) -> Option<Facts> {
    let lines = Arc::new(Lines::of(source.text(), language.line_ends()));
    let read = || language.facts(source, Arc::clone(&lines), stop);
    let mut facts = guarded(read, || nothing(language, Arc::clone(&lines)))?;
    facts.keep(planes);
    Some(facts)
}

/// What `read` gives; `failed` says what stands for it if it panics, so that one file never ends a whole run.
fn guarded<T>(read: impl FnOnce() -> T, failed: impl FnOnce() -> T) -> T {
    // A panic leaves at most a source whose tree is not built, which is then built again.
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| failed())
}

/// The facts of a file of which nothing could be read, and that it is so: those of an empty one.
fn nothing(language: Language, lines: Arc<Lines>) -> Option<Facts> {
    let mut empty = LazyTree::new(String::new(), language);
    let mut facts = language.facts(&mut empty, lines, &|| false)?;
    let text = facts.strings.push(FAILED);
    let place = Place { at: 0, len: 0 };
    facts.head.errors.push(Error { place, text, kind: ErrorKind::Unread });
    facts.outline.has_errors = true;
    Some(facts)
}

/// All facts of one file that no run looks at, and its text.
///
/// # Errors
/// In a few words, why it could not be read.
pub fn of_file(path: &Path, limit: u64) -> Result<(Facts, String), String> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let language = extension.and_then(Language::of_extension);
    let language = language.ok_or("expected a name that ends with `.py`, `.pyi` or `.rs`")?;
    // What is named may be a link: here nothing is walked that it could lead out of.
    let full = path.canonicalize().map_err(|error| super::walk::reason(&error))?;
    let text = read::read(&full, language, limit)?.text?;
    let (mut facts, text) = aside(text, language)?;
    facts.is_stub = extension == Some("pyi");
    Ok((facts, text))
}

/// All facts of a text, read on a thread that has the stack for it, and the text.
///
/// # Errors
/// In a few words, why there are none.
pub(super) fn aside(text: String, language: Language) -> Result<(Facts, String), String> {
    let read = move || {
        let mut source = LazyTree::new(text, language);
        let facts = facts(&mut source, language, Planes::Trivia, &|| false);
        facts.map(|facts| (facts, source.into_text()))
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(read);
    let found = thread.map_err(|error| format!("no thread to read it with: {error}"))?.join();
    found.ok().flatten().ok_or_else(|| "reading it was stopped".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_panics_leaves_a_file_without_facts_that_says_so() {
        for language in Language::ALL {
            let lines = Arc::new(Lines::of("a\nb\n", language.line_ends()));
            let failed = || nothing(language, Arc::clone(&lines));
            let mut facts = guarded(|| panic!("a fault of a reader"), failed).unwrap();
            facts.keep(Planes::Head);
            let [error] = facts.head.errors[..] else { panic!("{:?}", facts.head.errors) };
            assert_eq!((facts.text(error.text), error.kind), (FAILED, ErrorKind::Unread));
            assert_eq!((facts.lines.position(2).line, facts.head.scopes.len()), (2, 1));
        }
    }
}
