//! One file in a pass: answered by the cache as far as that knows its bytes, else read and visited.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Session;
use super::compile::Asked;
use super::distant::Origin;
use super::job::Job;
use super::recall::{self, Recalled};
use crate::facts::needs::Planes;
use crate::facts::{Facts, Language};
use crate::languages::text::Text;
use crate::scan::cache::Key;
use crate::scan::extract::Demand;
use crate::scan::read;
use crate::scan::room::Room;
use crate::scan::visit::{Errand, Visit};

/// So many bytes of bodies are held decoded; those of further files are packed until they are looked at.
const MOST_DECODED: usize = 128 << 20;

/// What a file gave.
pub(super) enum Outcome {
    Skipped(String),
    Changed,
    Visited(Box<Visited>),
}

/// What was found in a file, or recalled.
pub(super) struct Visited {
    pub(super) hash: blake3::Hash,
    /// Whether it was read as it was looked at.
    pub(super) is_steady: bool,
    pub(super) visit: Visit,
    /// How much of the facts.
    pub(super) planes: Option<Planes>,
    pub(super) text: Option<Arc<Text>>,
    /// Whether the facts were read from the source, and are to be kept.
    pub(super) is_new: bool,
    /// Whether the cache answered anything.
    pub(super) is_recalled: bool,
    /// Answers to be kept.
    pub(super) fresh: Vec<(Key, Vec<u8>)>,
}

/// A file, what is asked of it, and for whom.
pub(super) struct Visiting<'v> {
    pub(super) session: &'v Session,
    pub(super) asked: &'v Asked,
    pub(super) job: &'v Job,
    pub(super) room: &'v Room,
    pub(super) stop: &'v dyn Fn() -> bool,
}

impl Visiting<'_> {
    /// Answers with what the cache has of the bytes the file is known to hold, and looks into it for the rest.
    pub(super) fn file(&self, recalled: Recalled) -> Option<Outcome> {
        let (file, state) =
            (&self.session.files[self.job.index], &self.session.states[self.job.index]);
        let language = file.language?;
        let known = state.hash.or(state.known);
        if let (Some(hash), true) = (known, self.is_enough(&recalled)) {
            return Some(Outcome::Visited(Box::new(self.without_text(hash, recalled))));
        }
        let source = match read::read(&file.full, language, self.session.max_file_size) {
            Ok(source) => source,
            Err(_) if state.hash.is_some() => return Some(Outcome::Changed),
            Err(reason) => return Some(Outcome::Skipped(reason)),
        };
        self.session.bytes_read.fetch_add(source.size, Ordering::Relaxed);
        if state.hash.is_some_and(|hash| hash != source.hash) {
            return Some(Outcome::Changed);
        }
        let text = match source.text {
            Ok(text) => text,
            Err(reason) => return Some(Outcome::Skipped(reason)),
        };
        let recalled = match &self.session.kept {
            Some(kept) if self.job.recalls && known != Some(source.hash) => {
                let (session, index) = (self.session, self.job.index);
                let origin = Origin::new(session, kept, index, language, source.hash);
                recall::one(kept, self.asked, self.job, &origin)
            }
            _ => recalled,
        };
        let look = self.session.stamps.as_ref().and_then(|stamps| stamps.of_file(self.job.index));
        let is_steady = look.is_some() && look == source.stamp;
        let visited = self.with_text(source.hash, language, text, recalled);
        Some(Outcome::Visited(Box::new(Visited { is_steady, ..visited })))
    }

    /// Whether nothing is left to be done, and no row will point into the text.
    fn is_enough(&self, recalled: &Recalled) -> bool {
        let (wanted, demand) = recalled.rest(self.job);
        let is_asked = wanted.rules.contains(&true) || wanted.searches.contains(&true);
        !is_asked && !matches!(demand, Demand::Now(_)) && !recalled.shows_text()
    }

    fn without_text(&self, hash: blake3::Hash, recalled: Recalled) -> Visited {
        let is_recalled = !recalled.is_empty();
        let Recalled { mut visit, planes, .. } = recalled;
        self.mark(&mut visit);
        let (text, fresh) = (None, Vec::new());
        let (is_new, is_steady) = (false, false);
        Visited { hash, is_steady, visit, planes, text, is_new, is_recalled, fresh }
    }

    fn with_text(
        &self,
        hash: blake3::Hash,
        language: Language,
        text: String,
        recalled: Recalled,
    ) -> Visited {
        let (wanted, demand) = recalled.rest(self.job);
        let keeps = self.session.kept.is_some();
        let demand = match demand {
            Demand::Now(_) if keeps => Demand::Now(Planes::Trivia),
            demand => demand,
        };
        let is_known = Cell::new(false);
        let known = || {
            let facts = self.known(demand, language, hash)?;
            is_known.set(true);
            Some(Box::new(facts))
        };
        let errand = Errand { wanted: &wanted, demand, known: &known };
        let (mut visit, text) = self.asked.plan.visit(text, language, errand, self.room, self.stop);
        let fresh = if keeps && visit.is_whole() && !(self.stop)() {
            recall::answers(self.asked, &wanted, &visit, language, &hash)
        } else {
            Vec::new()
        };
        let planes = demand.planes(!visit.hits.is_empty()).filter(|_| visit.facts.is_some());
        let is_new = planes.is_some() && !is_known.get();
        let is_recalled = !recalled.is_empty() || is_known.get();
        let planes = planes.or(recalled.planes);
        visit.join(recalled.visit);
        self.mark(&mut visit);
        if let (Some(facts), false) = (&visit.facts, visit.hits.is_empty()) {
            // The roles of hits will be asked of all tables.
            facts.unpack(Planes::Trivia);
        }
        let keep = visit.shows_text() || self.asked.has_word(&text);
        let known = || self.session.states[self.job.index].text.clone();
        let text = keep.then(|| known().unwrap_or_else(|| indexed(text, &visit, language)));
        Visited { hash, is_steady: false, visit, planes, text, is_new, is_recalled, fresh }
    }

    /// The facts of a file of which nobody knew that they would be wanted.
    fn known(&self, demand: Demand, language: Language, hash: blake3::Hash) -> Option<Facts> {
        let kept = self.session.kept.as_ref()?;
        let origin = Origin::new(self.session, kept, self.job.index, language, hash);
        (demand == Demand::OnHit && self.job.recalls).then(|| recall::whole(kept, &origin))?
    }

    /// Says of the facts what only the path tells, and packs them where enough are held decoded.
    fn mark(&self, visit: &mut Visit) {
        let Some(facts) = &mut visit.facts else { return };
        facts.is_stub = self.session.files[self.job.index].path.ends_with(".pyi");
        let weight = facts.weight();
        let before = self.session.decoded.fetch_add(weight, Ordering::Relaxed);
        if weight > 0 && before.saturating_add(weight) > MOST_DECODED {
            facts.pack();
        }
    }
}

/// A text with its lines, which its facts may know.
fn indexed(text: String, visit: &Visit, language: Language) -> Arc<Text> {
    Arc::new(match &visit.facts {
        Some(facts) => Text::with(text, Arc::clone(&facts.lines)),
        None => Text::new(text, language),
    })
}
