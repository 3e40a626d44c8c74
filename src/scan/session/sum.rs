//! The end of a pass: answers with what was looked at for them.

use std::sync::Arc;

use super::answer::{Answers, Broken, Cover, FactsAnswer, FileFacts, Found, Skipped};
use super::compile::{Asked, Question};
use super::{Session, pin};
use crate::diagnostic::Fault;
use crate::facts::Facts;
use crate::facts::head::Error;
use crate::facts::needs::Lang;
use crate::scan::ruled;
use crate::scan::scope::Area;

/// The first error for which a file counts as unparsable.
pub(super) fn first_error(facts: &Facts) -> Option<&Error> {
    // The tables of most files are not even decoded for this.
    if facts.outline.has_errors { facts.head.errors.first() } else { None }
}

/// The answers of a pass; where a file changed, each is that.
pub(super) fn up(asked: Asked, session: &Session, changed: Option<&str>) -> Answers {
    let covers = asked.areas.iter().map(|asked| Arc::new(cover(session, &asked.area)));
    let covers: Vec<Arc<Cover>> = covers.collect();
    let areas = &asked.areas;
    let finish = |answer: Result<(), Fault>| {
        answer.and_then(|()| changed.map_or(Ok(()), |path| Err(pin::changed(path))))
    };
    let facts = asked.facts.into_iter().map(|Question { asked, answer, area }| {
        let found: Found<_> =
            finish(answer).map(|()| Arc::new(facts_of(session, &areas[area].area, &covers[area])));
        (asked, found)
    });
    let patterns = asked.patterns.into_iter().map(|Question { asked, answer, area }| {
        let found: Found<_> = answer.and_then(|mut answer| {
            finish(Ok(()))?;
            answer.cover = Arc::clone(&covers[area]);
            Ok(Arc::new(answer))
        });
        (asked, found)
    });
    let searches = asked.searches.into_iter().map(|Question { asked, answer, area }| {
        let found: Found<_> = answer.and_then(|mut answer| {
            finish(Ok(()))?;
            let files = answer.files.iter().map(|file| (&file.source.path, &*file.facts));
            answer.cover = with_broken(&covers[area], files);
            Ok(Arc::new(answer))
        });
        (asked, found)
    });
    Answers { facts: facts.collect(), patterns: patterns.collect(), searches: searches.collect() }
}

/// The facts of all files of an area that were read.
fn facts_of(session: &Session, area: &Area, cover: &Arc<Cover>) -> FactsAnswer {
    let held = session.files.iter().zip(&session.states).filter(|(file, _)| area.holds(file));
    let files = held.filter_map(|(file, state)| {
        let (facts, _) = state.facts.as_ref().filter(|_| state.reason.is_none())?;
        Some(FileFacts { path: Arc::clone(&file.path), facts: Arc::clone(facts) })
    });
    let files: Vec<FileFacts> = files.collect();
    let cover = with_broken(cover, files.iter().map(|file| (&file.path, &*file.facts)));
    FactsAnswer { files, cover }
}

fn with_broken<'f>(
    cover: &Arc<Cover>,
    files: impl Iterator<Item = (&'f Arc<str>, &'f Facts)>,
) -> Arc<Cover> {
    let broken = files.filter_map(|(path, facts)| {
        let error = first_error(facts)?;
        Some(Broken {
            path: Arc::clone(path),
            line: facts.lines.position(error.place.at).line,
            reason: facts.text(error.text).into(),
        })
    });
    let broken: Vec<Broken> = broken.collect();
    if broken.is_empty() {
        return Arc::clone(cover);
    }
    Arc::new(Cover { broken, ..Cover::clone(cover) })
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
        cover.cached += usize::from(state.is_cached());
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
