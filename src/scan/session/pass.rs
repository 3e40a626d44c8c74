//! One pass: visit each file once for all that is asked, sort what was found into answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::answer::{Answers, Broken, FileHits, FileMatches, Source};
use super::compile::Asked;
use super::job::Job;
use super::recall::Recalled;
use super::visiting::{Outcome, Visited, Visiting};
use super::{Session, State, recall, sum};
use crate::diagnostic::Fault;
use crate::facts::build::Builder;
use crate::facts::{Facts, Language, Needs};
use crate::languages::text::Text;
use crate::scan::room::Room;
use crate::scan::visit::Visit;
use crate::scan::walk::File;
use crate::system::control::{Cancel, Progress};

/// Files between two reports of progress.
const FILES_A_REPORT: usize = 64;

/// Why a search does not tell all of a file.
const GIVEN_UP: &str = "too many steps to match here: not searched from here on";

/// Files a thread takes at once; rayon alone would hand out quarters of all, whose weights differ.
const FILES_A_TASK: usize = 4;

pub(super) fn run(
    session: &mut Session,
    needs: &Needs,
    cancel: &Cancel,
    progress: &dyn Progress,
) -> Result<Answers, Fault> {
    let mut asked = Asked::new(session, needs);
    let jobs = Job::all(session, &asked);
    let is_answered = jobs.is_empty() && session.scans > 0;
    let watch = Watch { cancel, progress };
    let room = Room::new(session.room);
    let mut outcomes = visit_all(session, &asked, jobs, &room, &watch);
    cancel.check()?;
    session.room -= fit(session, &asked, &mut outcomes, &watch);
    cancel.check()?;
    session.scans += usize::from(!is_answered);
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
            Outcome::Visited(mut visited) => {
                state.note(&mut visited);
                asked.count_looks(&visited.visit);
                if let Some(kept) = &mut session.kept {
                    kept.fresh.append(&mut visited.fresh);
                }
                if let Some(text) = visited.text {
                    asked.sort_in(file, language, state, visited.visit, &text);
                }
            }
        }
    }
    Ok(sum::up(asked, session, changed.as_deref()))
}

impl State {
    fn note(&mut self, visited: &mut Visited) {
        let visit = &mut visited.visit;
        self.hash = Some(visited.hash);
        self.is_steady |= visited.is_steady;
        self.parses.add(visit.parses);
        self.is_recalled |= visited.is_recalled;
        self.is_broken |= visit.matches.iter().any(|(_, found)| found.error.is_some());
        if let (Some(facts), Some(planes)) = (visit.facts.take(), visited.planes) {
            self.is_broken |= sum::first_error(&facts).is_some();
            self.facts = Some((Arc::from(facts), planes));
            self.is_new = visited.is_new;
        }
        if self.text.is_none() {
            self.text.clone_from(&visited.text);
        }
    }

    /// The facts of a file with hits; those of a reading that was stopped are empty, and so is then the whole answer.
    fn facts(&self, language: Language, text: &Text) -> Arc<Facts> {
        match &self.facts {
            Some((facts, _)) => Arc::clone(facts),
            None => Arc::new(Builder::new(language, Arc::clone(text.lines())).finish()),
        }
    }
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
        let Outcome::Visited(visited) = outcome else { continue };
        let visit = &mut visited.visit;
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
    revisit(session, asked, outcomes, &again, &Room::new(usize::MAX), watch);
    let Some((index, left)) = edge else { return stored };
    revisit(session, asked, outcomes, &[index], &Room::new(left), watch);
    session.room
}

/// Visits files once more, for what was not stored; all else they gave stays.
fn revisit(
    session: &Session,
    asked: &Asked,
    outcomes: &mut [(usize, Outcome)],
    files: &[usize],
    room: &Room,
    watch: &Watch<'_>,
) {
    let jobs = files.iter().map(|&index| Job::again(session, asked, index)).collect();
    for (index, new) in visit_all(session, asked, jobs, room, watch) {
        let Ok(at) = outcomes.binary_search_by_key(&index, |(index, _)| *index) else { continue };
        let old = &mut outcomes[at].1;
        match (&mut *old, new) {
            (Outcome::Visited(old), Outcome::Visited(new)) if old.hash == new.hash => {
                old.visit.matches = new.visit.matches;
                old.visit.hits = new.visit.hits;
                if old.fresh.is_empty() {
                    old.fresh = new.fresh;
                }
            }
            _ => *old = Outcome::Changed,
        }
    }
}

fn visit_all(
    session: &Session,
    asked: &Asked,
    jobs: Vec<Job>,
    room: &Room,
    watch: &Watch<'_>,
) -> Vec<(usize, Outcome)> {
    let (done, total) = (AtomicUsize::new(0), jobs.len());
    let stop = || watch.cancel.stopped().is_some();
    let recalled = recall::all(session, asked, &jobs);
    let recalled = recalled.into_iter().chain(std::iter::repeat_with(Recalled::default));
    let jobs: Vec<(Job, Recalled)> = jobs.into_iter().zip(recalled).collect();
    session.pool.install(|| {
        jobs.into_par_iter()
            .with_max_len(FILES_A_TASK)
            .filter_map(|(job, recalled)| {
                if stop() {
                    return None;
                }
                let visiting = Visiting { session, asked, room, stop: &stop, job: &job };
                let outcome = visiting.file(recalled);
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                if done.is_multiple_of(FILES_A_REPORT) || done == total {
                    watch.progress.files(done, total);
                }
                Some((job.index, outcome?))
            })
            .collect()
    })
}

impl Asked {
    /// Takes note of which rules a file was looked at for.
    fn count_looks(&mut self, visit: &Visit) {
        for (rule, _) in &visit.matches {
            let (owner, number) = self.owners[*rule];
            if let Ok(answer) = &mut self.patterns[owner].answer {
                answer.rules[number].looked_at += 1;
            }
        }
    }

    /// Files come in path order, so answers are in order too.
    fn sort_in(
        &mut self,
        file: &File,
        language: Language,
        state: &State,
        visit: Visit,
        text: &Arc<Text>,
    ) {
        let source = || Source { path: Arc::clone(&file.path), language, text: Arc::clone(text) };
        for (rule, matches) in visit.matches {
            let (owner, number) = self.owners[rule];
            let Ok(answer) = &mut self.patterns[owner].answer else { continue };
            if let Some(error) = matches.error {
                let (path, line) = (Arc::clone(&file.path), text.position(error).line);
                answer.broken.push(Broken { path, line, reason: "syntax error".into() });
            }
            if matches.count > 0 || matches.refused.is_some() {
                answer.files.push(FileMatches { source: source(), rule: number, matches });
            }
        }
        for (index, hits) in visit.hits {
            let index = self.plan.searches[index].owner;
            if let Ok(answer) = &mut self.searches[index].answer {
                if let Some(at) = hits.given_up {
                    let (path, line) = (Arc::clone(&file.path), text.position(at).line);
                    answer.broken.push(Broken { path, line, reason: GIVEN_UP.into() });
                }
                if hits.count == 0 {
                    continue;
                }
                let facts = state.facts(language, text);
                answer.files.push(FileHits { source: source(), facts, hits });
            }
        }
    }
}
