//! The engine of analysis actions: collects what they need, meets it in one scan, and keeps the answers for the run.

use std::any::Any;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::action::{Cx, Engine, Stats};
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{Fault, Kind};
use crate::facts::Needs;
use crate::facts::needs::{self, Lang, Pattern, Planes, Scope, Search};
use crate::project::{self, Project};
use crate::scan::scope;
use crate::scan::session::{
    Answers, Cover, Differences, FactsAnswer, Found, Fresh, PatternAnswer, SearchAnswer, Seen,
    Session, Source, Tally,
};
use crate::scan::walk::Bounds;
use crate::system::control::{Cancel, Progress};

/// How often a thread that waits for another's scan asks whether to stop.
const BREATH: Duration = Duration::from_millis(20);

/// What bounds everything a run reads.
pub struct Options {
    /// The root of the repository.
    pub root: PathBuf,
    /// Files and directories below the root; none: all.
    pub within: Vec<String>,
    /// Gitignore globs of files that are left out.
    pub exclude: Vec<String>,
    /// The languages.
    pub lang: Lang,
    /// Threads; none: one a core.
    pub jobs: Option<usize>,
    /// Larger files are listed, not read; in bytes.
    pub max_file_size: u64,
    /// The version of Python, such as `(3, 12)`; none: what the project says.
    pub python: Option<(u8, u8)>,
    /// Where what files say is kept between runs; nowhere where absent.
    pub cache: Option<Cache>,
    /// Told how far a scan is.
    pub progress: Arc<dyn Progress>,
}

/// Where what files say is kept between runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    /// The directory; it need not be there yet.
    pub directory: PathBuf,
    /// Bytes it may hold before what was not used for longest is dropped.
    pub cap: u64,
}

impl Cache {
    /// Bytes a cache may hold where nothing else is said.
    pub const CAP: u64 = 2 << 30;

    /// A cache of the usual size in `directory`.
    #[must_use]
    pub const fn at(directory: PathBuf) -> Self {
        Self { directory, cap: Self::CAP }
    }
}

/// The repository as a run sees it. Errors of the options surface when the first needs are met.
pub struct Workspace {
    options: Options,
    stay: Stay,
    state: Mutex<State>,
    idle: Condvar,
    /// Set where tables that were counted on could not be had any more.
    lost: Arc<AtomicBool>,
    /// What each stage took so far, in the order they began.
    stages: Mutex<Vec<(&'static str, Duration)>>,
}

/// How long a workspace is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stay {
    /// For one plan, whose files are to stay as they are.
    OneRun,
    /// For a session of plans, between which files may change.
    Warm,
}

#[derive(Default)]
struct State {
    /// Taken out while a scan runs, so that no lock is held meanwhile.
    session: Option<Session>,
    is_scanning: bool,
    pending: Needs,
    tally: Tally,
    patterns: HashMap<Pattern, Found<PatternAnswer>>,
    searches: HashMap<Search, Found<SearchAnswer>>,
    facts: HashMap<needs::Facts, Found<FactsAnswer>>,
    project: Option<Arc<Project>>,
    /// Patterns that were asked to explain empty answers, not by plans.
    probes: HashSet<Pattern>,
    /// Patterns with empty answers that were explained.
    explained: HashSet<Pattern>,
    /// Whether files may have changed since they were looked at.
    is_stale: bool,
}

impl Workspace {
    /// A workspace that reads nothing until something is asked.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            stay: Stay::OneRun,
            state: Mutex::default(),
            idle: Condvar::new(),
            lost: Arc::default(),
            stages: Mutex::default(),
        }
    }

    /// A workspace for several plans, one after the other; see [`Workspace::renew`].
    #[must_use]
    pub fn warm(options: Options) -> Self {
        Self { stay: Stay::Warm, ..Self::new(options) }
    }

    /// Before the next plan: files that changed by then are read anew when an action asks, all others are not.
    pub fn renew(&self) {
        let mut state = self.lock();
        state.is_stale = true;
        state.pending = Needs::default();
    }

    /// The workspace behind the engine of a running action.
    ///
    /// # Errors
    /// Where a run is given another engine.
    pub fn of<'c>(cx: &Cx<'c>) -> Result<&'c Self, Fault> {
        let engine: &'c dyn Any = cx.engine;
        engine.downcast_ref().ok_or_else(|| {
            Fault::new(
                Kind::Analysis,
                codes::ROOT,
                "analysis actions need a repository, and this run has none",
            )
        })
    }

    /// The matches of a pattern, scanned now if nobody declared it.
    ///
    /// # Errors
    /// What is wrong with the question, or why it could not be answered.
    pub fn matches(&self, pattern: &Pattern, cancel: &Cancel) -> Found<PatternAnswer> {
        if let Some(found) = self.lock().patterns.get(pattern) {
            return found.clone();
        }
        self.declare(Needs::pattern(pattern.clone()));
        self.meet(cancel)?;
        self.lock().patterns.get(pattern).cloned().unwrap_or_else(|| Err(unanswered()))
    }

    /// Patterns that plans have asked and that have no match, none of which was explained yet: they are now.
    pub fn take_unexplained(&self) -> Vec<Pattern> {
        let mut state = self.lock();
        let is_empty = |found: &Found<PatternAnswer>| {
            found.as_ref().is_ok_and(|answer| answer.files.iter().all(|f| f.matches.count == 0))
        };
        let open = state.patterns.iter().filter(|(asked, found)| {
            is_empty(found) && !state.probes.contains(asked) && !state.explained.contains(asked)
        });
        let open: Vec<Pattern> = open.map(|(asked, _)| asked.clone()).collect();
        state.explained.extend(open.iter().cloned());
        open
    }

    /// Asks patterns to explain empty answers, all in one scan.
    ///
    /// # Errors
    /// When the files could not be read, or the work was stopped.
    pub fn probe(&self, patterns: Vec<Pattern>, cancel: &Cancel) -> Result<(), Fault> {
        let mut state = self.lock();
        for pattern in patterns {
            if !state.patterns.contains_key(&pattern) {
                let _ = state.probes.insert(pattern.clone());
                state.pending.merge(Needs::pattern(pattern));
            }
        }
        drop(state);
        self.meet(cancel)
    }

    /// The hits of a search, scanned now if nobody declared it.
    ///
    /// # Errors
    /// What is wrong with the question, or why it could not be answered.
    pub fn hits(&self, search: &Search, cancel: &Cancel) -> Found<SearchAnswer> {
        if let Some(found) = self.lock().searches.get(search) {
            return found.clone();
        }
        self.declare(Needs::search(search.clone()));
        self.meet(cancel)?;
        self.lock().searches.get(search).cloned().unwrap_or_else(|| Err(unanswered()))
    }

    /// The facts of a scope, read now if nobody declared them.
    ///
    /// # Errors
    /// What is wrong with the question, or why it could not be answered.
    pub fn facts(&self, facts: &needs::Facts, cancel: &Cancel) -> Found<FactsAnswer> {
        if let Some(found) = self.lock().facts.get(facts) {
            return found.clone();
        }
        self.declare(Needs::facts(facts.clone()));
        self.meet(cancel)?;
        self.lock().facts.get(facts).cloned().unwrap_or_else(|| Err(unanswered()))
    }

    /// The text of a file of the run: kept, or read again and held to its hash.
    ///
    /// # Errors
    /// When the run does not know the file, or its bytes are not what they were.
    pub fn source(&self, path: &str, cancel: &Cancel) -> Result<Source, Fault> {
        let pin = match &self.wait(cancel)?.session {
            Some(session) => session.pin(path),
            None => Err(unanswered()),
        };
        pin?.source()
    }

    /// What was read so far.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.lock().session.as_ref().map(Session::seen).unwrap_or_default()
    }

    /// How the files differ from what another run has seen; walks the run-wide scope if nothing was scanned yet.
    ///
    /// # Errors
    /// When the scope cannot be walked, or the work was stopped.
    pub fn differences(&self, seen: &Seen, cancel: &Cancel) -> Result<Differences, Fault> {
        let mut state = self.wait(cancel)?;
        let session = match state.session.take() {
            Some(session) => session,
            None => self.open(cancel)?,
        };
        Ok(state.session.insert(session).differences(seen))
    }

    /// What the model of the project needs; actions that use it declare this.
    #[must_use]
    pub fn project_needs() -> Needs {
        Needs::facts(universe())
    }

    /// The model over the run-wide scope, built once.
    ///
    /// # Errors
    /// When the files could not be read, or the work was stopped.
    pub fn project(&self, cancel: &Cancel) -> Found<Project> {
        let found = self.facts(&universe(), cancel)?;
        let mut state = self.wait(cancel)?;
        if let Some(project) = &state.project {
            return Ok(Arc::clone(project));
        }
        state.is_scanning = true;
        let turn = Turn { workspace: self, session: state.session.take() };
        drop(state);
        let project = match &turn.session {
            Some(session) => Arc::new(self.model(session, &found)),
            None => return Err(unanswered()),
        };
        self.lock().project = Some(Arc::clone(&project));
        drop(turn);
        Ok(project)
    }

    /// Does work on the threads of the scan, once no scan runs.
    ///
    /// # Errors
    /// When nothing was scanned yet, or the work was stopped before it began.
    pub fn install<T: Send>(
        &self,
        cancel: &Cancel,
        work: impl FnOnce() -> T + Send,
    ) -> Result<T, Fault> {
        let mut state = self.wait(cancel)?;
        state.is_scanning = true;
        let turn = Turn { workspace: self, session: state.session.take() };
        drop(state);
        turn.session.as_ref().map(|session| session.install(work)).ok_or_else(unanswered)
    }

    /// What was looked at in the run-wide scope, for answers that rest on the model.
    ///
    /// # Errors
    /// When the files could not be read, or the work was stopped.
    pub fn cover(&self, cancel: &Cancel) -> Found<Cover> {
        Ok(Arc::clone(&self.facts(&universe(), cancel)?.cover))
    }

    fn model(&self, session: &Session, found: &FactsAnswer) -> Project {
        let files = found.files.iter().map(|file| project::File {
            path: Arc::clone(&file.path),
            facts: Arc::clone(&file.facts),
        });
        let input = project::Input {
            files: files.collect(),
            manifests: session.manifests(),
            python: self.options.python,
        };
        self.timed("model", || session.install(|| Project::new(input)))
    }

    /// The run-wide scope in words.
    #[must_use]
    pub fn scope_text(&self) -> String {
        match self.options.within.as_slice() {
            [] => "the root".to_owned(),
            paths => paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", "),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bounds(&self) -> Result<Bounds, Fault> {
        let root =
            std::path::absolute(&self.options.root).unwrap_or_else(|_| self.options.root.clone());
        let within: Vec<String> = self
            .options
            .within
            .iter()
            .map(|path| scope::below(&root, path))
            .collect::<Result<_, _>>()?;
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Ok(Bounds {
            within: if within.iter().any(String::is_empty) { Vec::new() } else { within },
            exclude: self.options.exclude.clone(),
            lang: self.options.lang,
            jobs: self.options.jobs.unwrap_or_else(cores).max(1),
            root,
        })
    }

    /// Waits until no other thread scans.
    fn wait(&self, cancel: &Cancel) -> Result<MutexGuard<'_, State>, Fault> {
        let mut state = self.lock();
        while state.is_scanning {
            cancel.check()?;
            state = self.idle.wait_timeout(state, BREATH).unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(state)
    }

    fn scan(&self, turn: &mut Turn<'_>, needs: &Needs, cancel: &Cancel) -> Result<Answers, Fault> {
        let session = match &mut turn.session {
            Some(session) => session,
            none => none.insert(self.open(cancel)?),
        };
        self.timed("facts", || session.scan(needs, cancel, &*self.options.progress))
    }

    /// Does a part of the work, and tells how long it took.
    fn timed<T>(&self, stage: &'static str, work: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let done = work();
        let took = began.elapsed();
        self.options.progress.stage(stage, took);
        let mut stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        match stages.iter_mut().find(|(known, _)| *known == stage) {
            Some((_, sum)) => *sum += took,
            None => stages.push((stage, took)),
        }
        drop(stages);
        done
    }

    /// What each stage of the scan and the model took so far.
    #[must_use]
    pub fn stages(&self) -> Vec<(&'static str, Duration)> {
        self.stages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn open(&self, cancel: &Cancel) -> Result<Session, Fault> {
        let (bounds, largest) = (self.bounds()?, self.options.max_file_size);
        let session = self.timed("walk", || match self.stay {
            Stay::OneRun => Session::open(bounds, largest, cancel),
            Stay::Warm => Session::open_warm(bounds, largest, cancel),
        })?;
        let Some(cache) = &self.options.cache else { return Ok(session) };
        let session = session.telling(Arc::clone(&self.lost));
        Ok(self.timed("manifest", || session.with_cache(&cache.directory)))
    }

    /// Keeps what was found for later runs, in the cache, if there is one. To be called when the results are out.
    ///
    /// # Errors
    /// As the operating system says; the results are right all the same.
    pub fn settle(&self) -> std::io::Result<()> {
        let mut state = self.lock();
        let (Some(cache), false) = (&self.options.cache, state.is_scanning) else { return Ok(()) };
        match &mut state.session {
            Some(session) => self.timed("cache", || session.settle(cache.cap)),
            None => Ok(()),
        }
    }

    /// Forgets the answers that no longer hold, once for each plan.
    fn refresh(&self, cancel: &Cancel) -> Result<(), Fault> {
        let mut state = self.wait(cancel)?;
        if !std::mem::take(&mut state.is_stale) || state.session.is_none() {
            return Ok(());
        }
        if self.lost.swap(false, Ordering::Relaxed) {
            // Tables that could not be had stay empty for whoever holds them.
            let (tally, pending) = (state.tally, std::mem::take(&mut state.pending));
            *state = State { tally, pending, ..State::default() };
            return Ok(());
        }
        state.is_scanning = true;
        let mut turn = Turn { workspace: self, session: state.session.take() };
        drop(state);
        let fresh = match &mut turn.session {
            Some(session) => session.refresh(cancel),
            None => Ok(Fresh::Same),
        };
        let mut state = self.lock();
        match fresh {
            Ok(Fresh::Same) => {}
            Ok(Fresh::Changed) => {
                state.patterns.clear();
                state.searches.clear();
                state.facts.clear();
                state.project = None;
                state.probes.clear();
                state.explained.clear();
            }
            Err(_) => state.is_stale = true,
        }
        drop(state);
        fresh.map(drop)
    }
}

/// The facts of everything the run looks at.
fn universe() -> needs::Facts {
    needs::Facts { scope: Scope::default(), planes: Planes::Body }
}

fn altered() -> Fault {
    let message =
        "an entry of the cache was altered while the plan ran, and its file has changed too";
    Fault::new(Kind::ChangedDuringRun, codes::CHANGED, message).help("run the plan again")
}

fn unanswered() -> Fault {
    Fault::new(Kind::Scan, codes::ROOT, "the scan gave no answer")
}

/// One thread's turn to scan; it ends however the scan ends.
struct Turn<'w> {
    workspace: &'w Workspace,
    session: Option<Session>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.workspace.lock();
        state.tally = self.session.as_ref().map_or(state.tally, Session::tally);
        state.session = self.session.take();
        state.is_scanning = false;
        self.workspace.idle.notify_all();
    }
}

impl Engine for Workspace {
    fn declare(&self, needs: Needs) {
        self.lock().pending.merge(needs);
    }

    fn meet(&self, cancel: &Cancel) -> Result<(), Fault> {
        self.refresh(cancel)?;
        let mut state = self.wait(cancel)?;
        let mut needs = std::mem::take(&mut state.pending);
        needs.patterns.retain(|pattern| !state.patterns.contains_key(pattern));
        needs.searches.retain(|search| !state.searches.contains_key(search));
        needs.facts.retain(|facts| !state.facts.contains_key(facts));
        if needs.is_empty() {
            return Ok(());
        }
        state.is_scanning = true;
        let mut turn = Turn { workspace: self, session: state.session.take() };
        drop(state);
        let answers = self.scan(&mut turn, &needs, cancel);
        let mut state = self.lock();
        let result = match answers {
            Ok(answers) => {
                state.patterns.extend(answers.patterns);
                state.searches.extend(answers.searches);
                state.facts.extend(answers.facts);
                Ok(())
            }
            Err(fault) => {
                state.pending.merge(needs);
                Err(fault)
            }
        };
        drop(state);
        drop(turn);
        result
    }

    fn sound(&self) -> Result<(), Fault> {
        if self.lost.load(Ordering::Relaxed) { Err(altered()) } else { Ok(()) }
    }

    fn stats(&self) -> Stats {
        let state = self.lock();
        // Texts that are read again after a scan count too.
        let tally = state.session.as_ref().map_or(state.tally, Session::tally);
        drop(state);
        Stats {
            scans: tally.scans,
            parses_per_file: tally.parses_per_file,
            in_scope: tally.in_scope,
            scanned: tally.scanned,
            parsed: tally.parsed,
            cached: tally.cached,
            unparsable: tally.unparsable,
            skipped: tally.skipped,
            bytes_read: tally.bytes_read,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::needs::{Case, Code, Mode, Strictness};
    use crate::system::control::Quiet;

    fn workspace(root: &std::path::Path) -> Workspace {
        std::fs::write(root.join("a.py"), "f(1)\ng(2)\n").unwrap();
        Workspace::new(Options {
            root: root.to_owned(),
            within: Vec::new(),
            exclude: Vec::new(),
            lang: Lang::Auto,
            jobs: Some(2),
            max_file_size: 1 << 20,
            python: None,
            cache: None,
            progress: Arc::new(Quiet),
        })
    }

    fn pattern(text: &str) -> Pattern {
        let code = Code { text: text.into(), selector: None, strictness: Strictness::Smart };
        Pattern::new(code, Scope::default())
    }

    #[test]
    fn needs_declared_before_the_first_question_are_met_in_one_scan() {
        let root = tempfile::tempdir().unwrap();
        let workspace = workspace(root.path());
        let search = Search {
            text: "g".into(),
            mode: Mode::Identifier,
            case: Case::Exact,
            scope: Scope::default(),
        };
        for needs in [
            Needs::pattern(pattern("f($X)")),
            Needs::pattern(pattern("g($X)")),
            Needs::search(search.clone()),
        ] {
            workspace.declare(needs);
        }
        let cancel = Cancel::new();
        workspace.meet(&cancel).unwrap();
        assert_eq!(workspace.matches(&pattern("f($X)"), &cancel).unwrap().files.len(), 1);
        assert_eq!(workspace.hits(&search, &cancel).unwrap().total(), 1);
        assert_eq!((workspace.stats().scans, workspace.stats().parses_per_file), (1, 1));
        workspace.matches(&pattern("h($X)"), &cancel).unwrap();
        assert_eq!((workspace.stats().scans, workspace.stats().parses_per_file), (2, 1));
    }

    #[test]
    fn threads_that_ask_at_once_wait_for_each_other() {
        let root = tempfile::tempdir().unwrap();
        let workspace = workspace(root.path());
        std::thread::scope(|scope| {
            for n in 0..8 {
                let workspace = &workspace;
                scope.spawn(move || {
                    let found = workspace
                        .matches(&pattern(&format!("f({})", n % 3)), &Cancel::new())
                        .unwrap();
                    assert_eq!(found.files.len(), usize::from(n % 3 == 1));
                });
            }
        });
    }

    #[test]
    fn needs_stay_declared_when_a_scan_is_stopped() {
        let root = tempfile::tempdir().unwrap();
        let workspace = workspace(root.path());
        let stopped = Cancel::new();
        stopped.abort();
        workspace.declare(Needs::pattern(pattern("f($X)")));
        assert_eq!(workspace.meet(&stopped).unwrap_err().kind, Kind::Abort);
        workspace.meet(&Cancel::new()).unwrap();
        assert_eq!(workspace.stats().scans, 1);
    }

    #[test]
    fn the_model_is_built_once_and_texts_are_had_by_many_threads() {
        let root = tempfile::tempdir().unwrap();
        let workspace = workspace(root.path());
        let cancel = Cancel::new();
        workspace.declare(Workspace::project_needs());
        workspace.declare(Needs::pattern(pattern("f($X)")));
        let models: Vec<Arc<Project>> = std::thread::scope(|scope| {
            let ask = || {
                let source = workspace.source("a.py", &cancel);
                assert!(source.is_err() || source.is_ok_and(|s| s.slice(0, 4) == "f(1)"));
                workspace.project(&cancel).unwrap()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(models.iter().all(|model| Arc::ptr_eq(model, &models[0])));
        assert_eq!(&*models[0].files()[0].path, "a.py");
        assert_eq!(workspace.cover(&cancel).unwrap().in_scope, 1);
        assert_eq!(workspace.matches(&pattern("f($X)"), &cancel).unwrap().files.len(), 1);
        assert_eq!((workspace.stats().scans, workspace.stats().parses_per_file), (1, 1));
    }
}
