//! The files of a run: walked once, pinned by their hashes, and visited on all cores for whatever is asked together.

mod answer;
mod compile;
mod distant;
mod fresh;
mod job;
mod pass;
mod pin;
mod recall;
mod seen;
mod settle;
mod sum;
mod visiting;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use rayon::ThreadPool;

pub use answer::{
    Answers, Broken, Cover, FactsAnswer, FileFacts, FileHits, FileMatches, Found, PatternAnswer,
    RuleView, SearchAnswer, Skipped, Source,
};
pub use fresh::Fresh;
pub use pin::Pin;
pub use seen::{Differences, Seen};

use super::extract::STACK;
use super::room::MOST_STORED;
use super::scope::{self, Area};
use super::visit::Parses;
use super::walk::{self, Bounds, File, Manifest, Walked};
use super::{read, ruled};
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{Fault, Kind};
use crate::facts::needs::{Around, Lang, Planes, Scope};
use crate::facts::{Facts, Needs};
use crate::languages::text::Text;
use crate::system::control::{Cancel, Progress};

/// The files of one run.
pub struct Session {
    bounds: Bounds,
    max_file_size: u64,
    pool: ThreadPool,
    files: Vec<File>,
    manifests: Vec<Manifest>,
    /// Files of other kinds in the run-wide scope.
    others: usize,
    states: Vec<State>,
    scans: usize,
    /// How much more is stored of what is found.
    room: usize,
    /// What the file system says of the files, where that is asked again.
    stamps: Option<fresh::Stamps>,
    /// The cache, where there is one.
    kept: Option<settle::Kept>,
    /// Bytes of bodies that are held decoded.
    decoded: AtomicUsize,
    /// Bytes of files read from the disk.
    bytes_read: Arc<AtomicU64>,
    /// Whether tables that were counted on could not be had any more.
    lost: Arc<AtomicBool>,
}

/// What is known of a file.
#[derive(Default)]
struct State {
    /// Of the bytes that were read first, or that the answers of the cache are of.
    hash: Option<blake3::Hash>,
    /// Of its bytes, as its stamp says.
    known: Option<blake3::Hash>,
    /// Whether it bore that stamp when it was read, too.
    is_steady: bool,
    /// Why it has no text.
    reason: Option<Arc<str>>,
    /// Kept where something was found.
    text: Option<Arc<Text>>,
    /// Its facts, and how much of them.
    facts: Option<(Arc<Facts>, Planes)>,
    /// Whether they were read from its source and are to be kept.
    is_new: bool,
    /// Whether the cache answered anything of it.
    is_recalled: bool,
    /// How often it was parsed.
    parses: Parses,
    /// Whether its tree or its facts have errors.
    is_broken: bool,
}

impl State {
    /// The hash of the bytes that were there when the file was looked at.
    fn looked_at(&self) -> Option<blake3::Hash> {
        self.hash.filter(|_| self.is_steady).or(self.known)
    }

    /// Whether the cache answered something of it, and it was not parsed.
    fn is_cached(&self) -> bool {
        self.is_recalled && self.parses.most() == 0
    }

    /// Of a file that was not read yet.
    fn of(file: &File) -> Self {
        Self { reason: file.barred.as_deref().map(Arc::from), ..Self::default() }
    }
}

/// What was scanned so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Passes over the files.
    pub scans: usize,
    /// The most any one file was parsed by any one parser.
    pub parses_per_file: usize,
    /// Files of the run-wide scope.
    pub in_scope: usize,
    /// Files read.
    pub scanned: usize,
    /// Files that were parsed.
    pub parsed: usize,
    /// Files of which the cache answered something, and that were not parsed.
    pub cached: usize,
    /// Files whose tree or facts have errors.
    pub unparsable: usize,
    /// Files left out.
    pub skipped: usize,
    /// Bytes of files read from the disk.
    pub bytes_read: u64,
}

impl Session {
    /// Walks the run-wide scope.
    ///
    /// # Errors
    /// As [`walk::walk`]; of kind `scan` when no threads can be started.
    pub fn open(bounds: Bounds, max_file_size: u64, cancel: &Cancel) -> Result<Self, Fault> {
        Self::over(walk::walk(&bounds, cancel)?, bounds, max_file_size)
    }

    /// A session over what a walk met.
    fn over(walked: Walked, bounds: Bounds, max_file_size: u64) -> Result<Self, Fault> {
        let Walked { files, manifests, others } = walked;
        let pool =
            rayon::ThreadPoolBuilder::new().num_threads(bounds.jobs).stack_size(STACK).build();
        let pool = pool.map_err(|e| {
            Fault::new(Kind::Scan, codes::ROOT, format!("no threads to scan with: {e}"))
        })?;
        Ok(Self {
            max_file_size,
            pool,
            states: files.iter().map(State::of).collect(),
            files,
            manifests,
            others,
            bounds,
            scans: 0,
            room: MOST_STORED,
            stamps: None,
            kept: None,
            decoded: AtomicUsize::new(0),
            bytes_read: Arc::default(),
            lost: Arc::default(),
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

    /// A file of the run, to read its text without holding the session.
    ///
    /// # Errors
    /// When the run knows no such file, or could not read it.
    pub fn pin(&self, path: &str) -> Result<Pin, Fault> {
        let found = self.files.binary_search_by(|file| (*file.path).cmp(path));
        found.map_or_else(|_| Err(pin::unknown(path)), |at| self.pin_at(at))
    }

    /// The text of any file of the run: kept, or read again and held to its hash.
    ///
    /// # Errors
    /// As [`Session::pin`] and [`Pin::source`].
    pub fn source(&self, path: &str) -> Result<Source, Fault> {
        self.pin(path)?.source()
    }

    /// The texts of the files that say what the project is, by path; those that cannot be read are left out.
    #[must_use]
    pub fn manifests(&self) -> Vec<(Arc<str>, Arc<str>)> {
        let text = |manifest: &Manifest| {
            let bytes = read::bytes(&manifest.full, self.max_file_size).ok()?;
            let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
            Some((Arc::clone(&manifest.path), String::from_utf8_lossy(text).into()))
        };
        self.manifests.iter().filter_map(text).collect()
    }

    /// Does work on the threads of the scan.
    pub fn install<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        self.pool.install(work)
    }

    /// What was scanned so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let count =
            |holds: fn(&State) -> bool| self.states.iter().filter(|state| holds(state)).count();
        Tally {
            scans: self.scans,
            parses_per_file: self.states.iter().map(|state| state.parses.most()).max().unwrap_or(0),
            in_scope: self.files.iter().filter(|file| file.language.is_some()).count(),
            scanned: count(|state| state.hash.is_some() && state.reason.is_none()),
            parsed: count(|state| state.parses.most() > 0),
            cached: count(State::is_cached),
            bytes_read: self.bytes_read.load(Ordering::Relaxed),
            unparsable: count(|state| state.is_broken),
            skipped: count(|state| state.reason.as_deref().is_some_and(|r| !ruled::is_rule(r))),
        }
    }

    /// Compiles the scope of a question.
    fn area(&self, scope: &Scope) -> Result<Area, Fault> {
        let area = Area::new(&self.bounds.root, scope)?;
        let paths = scope.around.iter().flat_map(|around| &around.within).chain(&scope.within);
        paths.map(String::as_str).try_for_each(|written| self.check_within(written))?;
        if let Some(written) = &scope.within {
            scope.around.iter().try_for_each(|around| self.check_around(written, around))?;
        }
        match (self.bounds.lang, scope.language()) {
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

    /// A path of an action meets what its module may see.
    fn check_around(&self, written: &str, around: &Around) -> Result<(), Fault> {
        let root = &self.bounds.root;
        let path = scope::below(root, written)?;
        let within = around.within.iter().map(|base| scope::below(root, base));
        let within = within.collect::<Result<Vec<_>, _>>()?;
        if meets(&path, &within) {
            return Ok(());
        }
        let message =
            format!("`in={written}` lies outside {}, where the module may look", listed(&within));
        Err(Fault::new(Kind::Argument, codes::OUTSIDE_SCOPE, message)
            .help("call the module with a wider `in`, or leave it out"))
    }

    fn check_within(&self, written: &str) -> Result<(), Fault> {
        let path = scope::below(&self.bounds.root, written)?;
        if !meets(&path, &self.bounds.within) {
            let whole = listed(&self.bounds.within);
            let message = format!("`in={written}` lies outside the run-wide scope {whole}");
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

/// Whether a path and a scope have something in common.
fn meets(path: &str, within: &[String]) -> bool {
    let both = |base: &String| scope::is_below(path, base) || scope::is_below(base, path);
    within.is_empty() || within.iter().any(both)
}

fn listed(paths: &[String]) -> String {
    paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
