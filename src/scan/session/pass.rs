//! One pass: compile what is asked, visit each file once, sort what was found into answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use indexmap::IndexMap;
use rayon::prelude::*;

use super::answer::{
    Answers, Cover, FileHits, FileMatches, Found, PatternAnswer, RuleView, SearchAnswer, Skipped,
    Source,
};
use super::{Session, State};
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{Fault, Kind};
use crate::facts::Language;
use crate::facts::Needs;
use crate::facts::needs::{Lang, Pattern, Scope, Search};
use crate::languages::text::Text;
use crate::query::ir::Flaw;
use crate::scan::pattern::{self, Rule};
use crate::scan::read;
use crate::scan::room::Room;
use crate::scan::ruled;
use crate::scan::scope::Area;
use crate::scan::search::Finder;
use crate::scan::visit::{AskedSearch, Plan, Visit};
use crate::system::control::{Cancel, Progress};

/// Files between two reports of progress.
const FILES_A_REPORT: usize = 64;

/// Files a thread takes at once; rayon alone would hand out quarters of all, whose weights differ.
const FILES_A_TASK: usize = 4;

/// What is asked, compiled; answers are filled in behind the visits.
struct Asked {
    areas: Vec<Area>,
    plan: Plan,
    /// For each rule of the plan, its pattern's index.
    owners: Vec<(usize, usize)>,
    patterns: Vec<(Pattern, Result<PatternAnswer, Fault>, usize)>,
    searches: Vec<(Search, Result<SearchAnswer, Fault>, usize)>,
}

/// What reading and visiting a file gave.
enum Outcome {
    Skipped(String),
    Changed,
    Visited { hash: blake3::Hash, visit: Visit, text: Option<Arc<Text>> },
}

pub(super) fn run(
    session: &mut Session,
    needs: &Needs,
    cancel: &Cancel,
    progress: &dyn Progress,
) -> Result<Answers, Fault> {
    let mut asked = compile(session, needs);
    let all = (0..session.files.len()).filter(|&index| session.states[index].reason.is_none());
    let watch = Watch { cancel, progress };
    let room = Room::new(session.room);
    let mut outcomes = visit_all(session, &asked, all.collect(), &room, &watch);
    cancel.check()?;
    session.room -= fit(session, &asked, &mut outcomes, &watch);
    cancel.check()?;
    session.scans += 1;
    let mut changed = None;
    for (index, outcome) in outcomes {
        let file = &session.files[index];
        let Some(language) = file.language else { continue };
        let state = &mut session.states[index];
        match outcome {
            Outcome::Skipped(reason) => state.reason = Some(reason.into()),
            Outcome::Changed => {
                changed.get_or_insert_with(|| Arc::clone(&file.path));
            }
            Outcome::Visited { hash, visit, text } => {
                state.note(hash, &visit, text.as_ref());
                if let Some(text) = text {
                    asked.sort_in(&file.path, language, visit, &text);
                }
            }
        }
    }
    let covers: Vec<Arc<Cover>> =
        asked.areas.iter().map(|area| Arc::new(cover(session, area))).collect();
    Ok(asked.finish(&covers, changed.as_deref()))
}

impl State {
    fn note(&mut self, hash: blake3::Hash, visit: &Visit, text: Option<&Arc<Text>>) {
        self.hash = Some(hash);
        self.parses += usize::from(visit.parsed);
        self.broken |= visit.error.is_some();
        if self.text.is_none() {
            self.text = text.cloned();
        }
    }
}

fn compile(session: &Session, needs: &Needs) -> Asked {
    let mut scopes: IndexMap<&Scope, Result<usize, Fault>> = IndexMap::new();
    let mut areas = Vec::new();
    let all =
        needs.patterns.iter().map(|p| &p.scope).chain(needs.searches.iter().map(|s| &s.scope));
    for scope in all {
        scopes.entry(scope).or_insert_with(|| {
            session.area(scope).map(|area| {
                areas.push(area);
                areas.len() - 1
            })
        });
    }
    let (mut rules, mut owners, mut finders) = (Vec::new(), Vec::new(), Vec::new());
    let mut patterns = Vec::new();
    for asked in &needs.patterns {
        let ready = scopes[&asked.scope]
            .clone()
            .and_then(|area| Ok((area, compile_pattern(session, asked)?)));
        let area = ready.as_ref().map_or(0, |(area, _)| *area);
        let answer = ready.map(|(area, (answer, compiled))| {
            for (number, rule) in compiled.into_iter().enumerate() {
                rules.push((rule, area));
                owners.push((patterns.len(), number));
            }
            answer
        });
        patterns.push((asked.clone(), answer, area));
    }
    let mut searches = Vec::new();
    for asked in &needs.searches {
        let ready = scopes[&asked.scope]
            .clone()
            .and_then(|area| Ok((area, Finder::new(asked).map_err(Flaw::fault)?)));
        let area = ready.as_ref().map_or(0, |(area, _)| *area);
        let answer = ready.map(|(area, finder)| {
            finders.push(AskedSearch { finder, scope: area, owner: searches.len() });
            SearchAnswer { files: Vec::new(), cover: Arc::default() }
        });
        searches.push((asked.clone(), answer, area));
    }
    Asked { areas, plan: Plan::new(rules, finders), owners, patterns, searches }
}

fn compile_pattern(
    session: &Session,
    asked: &Pattern,
) -> Result<(PatternAnswer, Vec<Rule>), Fault> {
    let lang =
        if session.bounds.lang == Lang::Auto { asked.scope.lang } else { session.bounds.lang };
    let compiled = pattern::compile(asked, lang);
    let mut flaws = compiled.flaws().into_iter().map(|(_, flaw)| flaw);
    if compiled.rules.is_empty() {
        let empty = || Fault::new(Kind::Argument, codes::PATTERN_EMPTY, "the pattern is empty");
        return Err(flaws.next().map_or_else(empty, Flaw::fault));
    }
    let view =
        |rule: &Rule| RuleView { language: rule.language, variables: rule.variables.clone() };
    let answer = PatternAnswer {
        rules: compiled.rules.iter().map(view).collect(),
        flaws: flaws.collect(),
        refused: compiled.refused.iter().map(|refusal| refusal.language.name()).collect(),
        files: Vec::new(),
        broken: Vec::new(),
        cover: Arc::default(),
    };
    Ok((answer, compiled.rules))
}

/// Who may stop a pass and who hears of it.
struct Watch<'w> {
    cancel: &'w Cancel,
    progress: &'w dyn Progress,
}

/// Which thread was faster must not show: files in front of the bound are stored whole, the one on it as far as there is
/// room, those behind it not at all. Returns what the stored ones take.
fn fit(
    session: &Session,
    asked: &Asked,
    outcomes: &mut [(usize, Outcome)],
    watch: &Watch<'_>,
) -> usize {
    let mut stored = 0_usize;
    let (mut again, mut edge) = (Vec::new(), None);
    for (index, outcome) in outcomes.iter_mut() {
        let Outcome::Visited { visit, .. } = outcome else { continue };
        if edge.is_some() {
            visit.strip();
        } else if visit.units() > session.room - stored {
            edge = Some((*index, session.room - stored));
            visit.strip();
        } else {
            stored += visit.units();
            if !visit.is_whole() {
                again.push(*index);
            }
        }
    }
    revisit(session, asked, outcomes, again, &Room::new(usize::MAX), watch);
    let Some((index, left)) = edge else { return stored };
    revisit(session, asked, outcomes, vec![index], &Room::new(left), watch);
    session.room
}

/// Visits files once more, for what was not stored.
fn revisit(
    session: &Session,
    asked: &Asked,
    outcomes: &mut [(usize, Outcome)],
    files: Vec<usize>,
    room: &Room,
    watch: &Watch<'_>,
) {
    for (index, new) in visit_all(session, asked, files, room, watch) {
        let Ok(at) = outcomes.binary_search_by_key(&index, |(index, _)| *index) else { continue };
        let old = &mut outcomes[at].1;
        let is_same = match (&*old, &new) {
            (Outcome::Visited { hash: old, .. }, Outcome::Visited { hash: new, .. }) => old == new,
            _ => false,
        };
        *old = if is_same { new } else { Outcome::Changed };
    }
}

fn visit_all(
    session: &Session,
    asked: &Asked,
    files: Vec<usize>,
    room: &Room,
    watch: &Watch<'_>,
) -> Vec<(usize, Outcome)> {
    let wanted: Vec<(usize, Vec<bool>)> = files
        .into_iter()
        .map(|index| {
            (
                index,
                asked
                    .areas
                    .iter()
                    .map(|area| area.holds(&session.files[index]))
                    .collect::<Vec<_>>(),
            )
        })
        .filter(|(_, holds)| holds.contains(&true))
        .collect();
    let (done, total) = (AtomicUsize::new(0), wanted.len());
    let stop = || watch.cancel.stopped().is_some();
    session.pool.install(|| {
        wanted
            .into_par_iter()
            .with_max_len(FILES_A_TASK)
            .filter_map(|(index, holds)| {
                if stop() {
                    return None;
                }
                let outcome = visit_file(session, index, asked, &holds, room, &stop);
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                if done.is_multiple_of(FILES_A_REPORT) || done == total {
                    watch.progress.files(done, total);
                }
                Some((index, outcome?))
            })
            .collect()
    })
}

fn visit_file(
    session: &Session,
    index: usize,
    asked: &Asked,
    holds: &[bool],
    room: &Room,
    stop: &dyn Fn() -> bool,
) -> Option<Outcome> {
    let (file, state) = (&session.files[index], &session.states[index]);
    let language = file.language?;
    let source = match read::read(&file.full, language, session.max_file_size) {
        Ok(source) => source,
        Err(_) if state.hash.is_some() => return Some(Outcome::Changed),
        Err(reason) => return Some(Outcome::Skipped(reason)),
    };
    if state.hash.is_some_and(|hash| hash != source.hash) {
        return Some(Outcome::Changed);
    }
    let text = match source.text {
        Ok(text) => text,
        Err(reason) => return Some(Outcome::Skipped(reason)),
    };
    let (visit, text) = asked.plan.visit(text, language, holds, room, stop);
    let keep = !visit.matches.is_empty() || !visit.hits.is_empty();
    let text =
        keep.then(|| state.text.clone().unwrap_or_else(|| Arc::new(Text::new(text, language))));
    Some(Outcome::Visited { hash: source.hash, visit, text })
}

impl Asked {
    /// Files come in path order, so answers are in order too.
    fn sort_in(&mut self, path: &Arc<str>, language: Language, visit: Visit, text: &Arc<Text>) {
        for (rule, matches) in visit.matches {
            let (owner, number) = self.owners[rule];
            let Ok(answer) = &mut self.patterns[owner].1 else { continue };
            if let Some(error) = visit.error {
                answer.broken.push((Arc::clone(path), text.position(error).line));
            }
            if matches.count > 0 || matches.refused.is_some() {
                let source = source(path, language, text);
                answer.files.push(FileMatches { source, rule: number, matches });
            }
        }
        for (index, hits) in visit.hits {
            if let Ok(answer) = &mut self.searches[index].1 {
                answer.files.push(FileHits { source: source(path, language, text), hits });
            }
        }
    }

    fn finish(self, covers: &[Arc<Cover>], changed: Option<&str>) -> Answers {
        let check = |fault: Option<&str>| fault.map_or(Ok(()), |path| Err(changed_fault(path)));
        let patterns = self.patterns.into_iter().map(|(question, answer, area)| {
            let found: Found<_> = answer.and_then(|mut answer| {
                check(changed)?;
                answer.cover = Arc::clone(&covers[area]);
                Ok(Arc::new(answer))
            });
            (question, found)
        });
        let searches = self.searches.into_iter().map(|(question, answer, area)| {
            let found: Found<_> = answer.and_then(|mut answer| {
                check(changed)?;
                answer.cover = Arc::clone(&covers[area]);
                Ok(Arc::new(answer))
            });
            (question, found)
        });
        Answers { patterns: patterns.collect(), searches: searches.collect() }
    }
}

fn source(path: &Arc<str>, language: Language, text: &Arc<Text>) -> Source {
    Source { path: Arc::clone(path), language, text: Arc::clone(text) }
}

fn changed_fault(path: &str) -> Fault {
    Fault::new(Kind::ChangedDuringRun, codes::CHANGED, format!("`{path}` changed while the plan ran"))
        .help("run the plan again; arguments that are known before the run need no second look at the files")
}

fn cover(session: &Session, area: &Area) -> Cover {
    let whole = session.bounds.lang;
    let mut cover = Cover {
        lang: if whole == Lang::Auto { area.lang() } else { whole },
        others: if area.is_everything() { session.others } else { 0 },
        ..Cover::default()
    };
    cover.others += session.files.iter().filter(|file| area.holds_other(file)).count();
    for (file, state) in
        session.files.iter().zip(&session.states).filter(|(file, _)| area.holds(file))
    {
        cover.in_scope += usize::from(file.language.is_some());
        match (&state.reason, file.language) {
            (Some(reason), _) => {
                let (path, reason) = (Arc::clone(&file.path), Arc::clone(reason));
                cover.skipped.push(Skipped {
                    path,
                    is_choice: ruled::is_rule(&reason) || reason.starts_with("a symbolic link"),
                    reason,
                });
            }
            (None, Some(_)) => cover.scanned += 1,
            (None, None) => {}
        }
    }
    cover
}
