//! The files of a run: walked once, pinned by their hashes, and visited on all cores for whatever is asked together.

mod answer;
mod pass;

use std::sync::Arc;

use rayon::ThreadPool;

pub use answer::{
    Answers, Cover, FileHits, FileMatches, Found, PatternAnswer, RuleView, SearchAnswer, Skipped,
    Source,
};

use super::room::MOST_STORED;
use super::ruled;
use super::scope::{self, Area};
use super::walk::{self, Bounds, File, Walked};
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{Fault, Kind};
use crate::facts::Needs;
use crate::facts::needs::{Lang, Scope};
use crate::languages::text::Text;
use crate::system::control::{Cancel, Progress};

/// Stack of a scanning thread: ast-grep recurses over what it compares.
const STACK: usize = 32 << 20;

/// The files of one run.
pub struct Session {
    bounds: Bounds,
    max_file_size: u64,
    pool: ThreadPool,
    files: Vec<File>,
    /// Files of other kinds in the run-wide scope.
    others: usize,
    states: Vec<State>,
    scans: usize,
    /// How much more is stored of what is found.
    room: usize,
}

/// What is known of a file.
#[derive(Default)]
struct State {
    /// Of the bytes that were read first.
    hash: Option<blake3::Hash>,
    /// Why it has no text.
    reason: Option<Arc<str>>,
    /// Kept where something was found.
    text: Option<Arc<Text>>,
    /// Trees built.
    parses: usize,
    /// Whether its tree has errors.
    broken: bool,
}

/// What was scanned so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Passes over the files.
    pub scans: usize,
    /// The most trees that were built of one file.
    pub parses_per_file: usize,
    /// Files of the run-wide scope.
    pub in_scope: usize,
    /// Files read.
    pub scanned: usize,
    /// Files a tree was built of.
    pub parsed: usize,
    /// Files whose tree has errors.
    pub unparsable: usize,
    /// Files left out.
    pub skipped: usize,
}

impl Session {
    /// Walks the run-wide scope.
    ///
    /// # Errors
    /// As [`walk::walk`]; of kind `scan` when no threads can be started.
    pub fn open(bounds: Bounds, max_file_size: u64, cancel: &Cancel) -> Result<Self, Fault> {
        let Walked { files, others } = walk::walk(&bounds, cancel)?;
        let pool =
            rayon::ThreadPoolBuilder::new().num_threads(bounds.jobs).stack_size(STACK).build();
        let pool = pool.map_err(|e| {
            Fault::new(Kind::Scan, codes::ROOT, format!("no threads to scan with: {e}"))
        })?;
        let states = files.iter().map(|file| State {
            reason: file.barred.as_deref().map(Arc::from),
            ..State::default()
        });
        Ok(Self {
            max_file_size,
            pool,
            states: states.collect(),
            files,
            others,
            bounds,
            scans: 0,
            room: MOST_STORED,
        })
    }

    /// Answers everything asked in one pass over the files.
    ///
    /// # Errors
    /// When the work was stopped. What is wrong with one question is that question's answer.
    pub fn scan(
        &mut self,
        needs: &Needs,
        cancel: &Cancel,
        progress: &dyn Progress,
    ) -> Result<Answers, Fault> {
        pass::run(self, needs, cancel, progress)
    }

    /// What was scanned so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let count =
            |holds: fn(&State) -> bool| self.states.iter().filter(|state| holds(state)).count();
        Tally {
            scans: self.scans,
            parses_per_file: self.states.iter().map(|state| state.parses).max().unwrap_or(0),
            in_scope: self.files.iter().filter(|file| file.language.is_some()).count(),
            scanned: count(|state| state.hash.is_some() && state.reason.is_none()),
            parsed: count(|state| state.parses > 0),
            unparsable: count(|state| state.broken),
            skipped: count(|state| state.reason.as_deref().is_some_and(|r| !ruled::is_rule(r))),
        }
    }

    /// Compiles the scope of a question.
    fn area(&self, scope: &Scope) -> Result<Area, Fault> {
        let area = Area::new(&self.bounds.root, scope)?;
        if let Some(written) = &scope.within {
            self.check_within(written)?;
        }
        match (self.bounds.lang, scope.lang) {
            (Lang::Auto, _) | (_, Lang::Auto) => Ok(area),
            (whole, asked) if whole == asked => Ok(area),
            (whole, asked) => {
                let (whole, asked) = (whole.name(), asked.name());
                let message =
                    format!("`lang={asked}` lies outside the run-wide language `{whole}`");
                Err(Fault::new(Kind::Argument, codes::OUTSIDE_SCOPE, message)
                    .help("leave `lang` out, or widen `@lang`"))
            }
        }
    }

    fn check_within(&self, written: &str) -> Result<(), Fault> {
        let path = scope::below(&self.bounds.root, written)?;
        let within = &self.bounds.within;
        let meets = |base: &String| scope::is_below(&path, base) || scope::is_below(base, &path);
        if !within.is_empty() && !within.iter().any(meets) {
            let whole: Vec<String> = within.iter().map(|base| format!("`{base}`")).collect();
            let message =
                format!("`in={written}` lies outside the run-wide scope {}", whole.join(", "));
            return Err(Fault::new(Kind::Argument, codes::OUTSIDE_SCOPE, message)
                .help("name a path inside that scope, or widen `@in` (`--in`)"));
        }
        if std::fs::symlink_metadata(self.bounds.root.join(&path)).is_err() {
            let message = format!(
                "nothing lies at `{written}` below the root `{}`",
                self.bounds.root.display()
            );
            return Err(
                Fault::new(Kind::Argument, codes::MISSING, message).help(self.near_paths(&path))
            );
        }
        Ok(())
    }

    fn near_paths(&self, path: &str) -> String {
        let mut known: Vec<&str> = self.files.iter().flat_map(|file| parents(&file.path)).collect();
        known.sort_unstable();
        known.dedup();
        match crate::diagnostic::near(path, known).as_slice() {
            [] => "paths are relative to the root".to_owned(),
            names => format!("did you mean {}?", crate::diagnostic::either(names)),
        }
    }
}

/// The path itself and the directories it lies in.
fn parents(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.rsplit_once('/').map(|(above, _)| above))
}

#[cfg(test)]
mod tests;
