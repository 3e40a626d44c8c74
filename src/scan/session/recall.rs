//! What the cache has of the bytes of files, and what is to be kept of those that were visited. An answer is kept by the
//! digest of its question and that of the bytes, so nothing here can be out of date: only missing.

use std::sync::Arc;

use bitcode::{Decode, Encode};
use rayon::prelude::*;

use super::Session;
use super::compile::Asked;
use super::distant::Origin;
use super::job::Job;
use super::settle::Kept;
use crate::facts::codec::{self, Encoded};
use crate::facts::late::{Late, Packed};
use crate::facts::needs::Planes;
use crate::facts::{Facts, Language};
use crate::scan::cache::{Bytes, Key, Slot, Store};
use crate::scan::extract::Demand;
use crate::scan::search::Hits;
use crate::scan::visit::{Matches, Visit, Wanted};

/// The entries of the planes, in their order: the texts of the body are apart, since they are asked of every file.
const PLANES: [&[u8]; 4] = [b"head", b"names", b"body", b"trivia"];
/// As many of them are read at once, the others when they are looked at.
const NEAR: usize = 2;

/// The key of a plane of a file's facts.
fn plane(number: usize, language: Language, content: &blake3::Hash) -> Key {
    Key::of(&[PLANES[number], language.name().as_bytes(), content.as_bytes()])
}

/// The key of a question's answer in a file.
fn answer(kind: &[u8], digest: &[u8], language: Language, content: &blake3::Hash) -> Key {
    Key::of(&[kind, digest, language.name().as_bytes(), content.as_bytes()])
}

const RULE: &[u8] = b"rule";
const SEARCH: &[u8] = b"search";

/// What the cache has of one file.
#[derive(Default)]
pub(super) struct Recalled {
    /// As a visit would have found it.
    pub(super) visit: Visit,
    /// How much of the facts.
    pub(super) planes: Option<Planes>,
    /// Which rules and searches are answered.
    answered: Answered,
}

#[derive(Default)]
struct Answered {
    rules: Vec<usize>,
    searches: Vec<usize>,
}

impl Recalled {
    /// Whether there is nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.planes.is_none() && self.answered.rules.is_empty() && self.answered.searches.is_empty()
    }

    /// Whether rows will point into the text.
    pub(super) fn shows_text(&self) -> bool {
        self.visit.shows_text()
    }

    /// What is still to be done of a job.
    pub(super) fn rest(&self, job: &Job) -> (Wanted, Demand) {
        let mut wanted = job.wanted.clone();
        self.answered.rules.iter().for_each(|&index| wanted.rules[index] = false);
        self.answered.searches.iter().for_each(|&index| wanted.searches[index] = false);
        let demand = match (job.demand, self.planes) {
            (Demand::Nothing, _) | (_, Some(Planes::Trivia)) => Demand::Nothing,
            (_, _) if !self.visit.hits.is_empty() => Demand::Now(Planes::Trivia),
            (Demand::Now(planes), Some(held)) if planes <= held => Demand::OnHit,
            (demand, _) => demand,
        };
        (wanted, demand)
    }
}

/// The questions of a job as keys, with the slots where they are answered.
struct Found {
    planes: [Option<Slot>; 4],
    rules: Vec<(usize, Slot)>,
    searches: Vec<(usize, Slot)>,
}

impl Found {
    fn of(store: &Store, asked: &Asked, job: &Job, origin: &Arc<Origin>) -> Self {
        let (language, content) = (origin.language, &origin.content);
        let answers = |kind: &[u8], digests: &[[u8; 32]], wanted: &[bool]| {
            let wanted = wanted.iter().zip(digests).enumerate().filter(|(_, (wanted, _))| **wanted);
            let slots = wanted.filter_map(|(index, (_, digest))| {
                Some((index, store.find(answer(kind, digest, language, content))?))
            });
            slots.collect::<Vec<_>>()
        };
        let rules = answers(RULE, &asked.digests.rules, &job.wanted.rules);
        let searches = answers(SEARCH, &asked.digests.searches, &job.wanted.searches);
        let is_hit = searches.iter().any(|(_, slot)| slot.length() > 0);
        let count = match job.demand.planes(is_hit) {
            None => 0,
            Some(Planes::Head) => 1,
            Some(Planes::Body) => 3,
            Some(Planes::Trivia) => 4,
        };
        let mut planes = [None; 4];
        for (number, slot) in planes.iter_mut().enumerate().take(count) {
            *slot = store.find(plane(number, language, content));
        }
        if planes.iter().take(count).any(Option::is_none) {
            planes = [None; 4];
        }
        Self { planes, rules, searches }
    }

    /// What is to be read.
    fn slots(&self) -> impl Iterator<Item = Slot> {
        let answers = self.rules.iter().chain(&self.searches).map(|(_, slot)| *slot);
        self.planes.iter().take(NEAR).flatten().copied().chain(answers)
    }

    /// Makes answers of what was read; what cannot be read is as if it were not there.
    fn recalled(
        self,
        origin: &Arc<Origin>,
        mut read: impl Iterator<Item = Option<Bytes>>,
    ) -> Recalled {
        let mut recalled = Recalled::default();
        let near = self.planes.iter().take(NEAR).flatten().count();
        // All of them are taken, whatever one of them is: others' entries follow.
        let near: Vec<Option<Bytes>> = read.by_ref().take(near).collect();
        let near: Option<Vec<Bytes>> = near.into_iter().collect();
        if let Some((facts, planes)) = near.and_then(|near| facts(origin, &self.planes, &near)) {
            recalled.visit.facts = Some(Box::new(facts));
            recalled.planes = Some(planes);
        }
        for ((index, _), bytes) in self.rules.into_iter().zip(read.by_ref()) {
            let Some(matches) = bytes.and_then(|bytes| matches(&bytes)) else { continue };
            recalled.answered.rules.push(index);
            recalled.visit.matches.extend(matches.map(|matches| (index, matches)));
        }
        for ((index, _), bytes) in self.searches.into_iter().zip(read) {
            let Some(hits) = bytes.and_then(|bytes| hits(&bytes)) else { continue };
            recalled.answered.searches.push(index);
            recalled.visit.hits.extend(hits.map(|hits| (index, hits)));
        }
        recalled
    }
}

/// The facts of planes, and which those are.
fn facts(
    origin: &Arc<Origin>,
    slots: &[Option<Slot>; 4],
    near: &[Bytes],
) -> Option<(Facts, Planes)> {
    let mut facts = codec::decode(origin.language, &Packed::new(near.first()?.clone()))?;
    let mut planes = Planes::Head;
    if let (Some(names), Some(body)) = (near.get(1), slots[2]) {
        codec::add_body(&mut facts, names, origin.plane(2, body))?;
        planes = Planes::Body;
    }
    if let Some(trivia) = slots[3] {
        facts.trivia = Late::packed(origin.plane(3, trivia));
        planes = Planes::Trivia;
    }
    Some((facts, planes))
}

/// An entry without bytes says that there is nothing.
fn matches(bytes: &[u8]) -> Option<Option<Matches>> {
    if bytes.is_empty() { Some(None) } else { bitcode::decode(bytes).ok().map(Some) }
}

#[derive(Encode, Decode)]
struct WrittenHits {
    count: usize,
    starts: Vec<u32>,
    ends: Vec<u32>,
    given_up: Option<u32>,
}

fn hits(bytes: &[u8]) -> Option<Option<Hits>> {
    if bytes.is_empty() {
        return Some(None);
    }
    let WrittenHits { count, starts, ends, given_up } = bitcode::decode(bytes).ok()?;
    let stored = starts.into_iter().zip(ends).map(|(lo, hi)| lo..hi).collect();
    Some(Some(Hits { stored, count, given_up }))
}

/// What the cache has of one file whose bytes are known.
pub(super) fn one(kept: &Kept, asked: &Asked, job: &Job, origin: &Arc<Origin>) -> Recalled {
    let found = Found::of(&kept.store, asked, job, origin);
    let read = found.slots().map(|slot| kept.store.read_one(&slot)).collect::<Vec<_>>();
    found.recalled(origin, read.into_iter())
}

/// All facts of a file, if the cache has them.
pub(super) fn whole(kept: &Kept, origin: &Arc<Origin>) -> Option<Facts> {
    let slot = |number| kept.store.find(plane(number, origin.language, &origin.content));
    let slots = [slot(0), slot(1), slot(2), slot(3)];
    if slots.iter().any(Option::is_none) {
        return None;
    }
    let near = slots.iter().take(NEAR).flatten().map(|slot| kept.store.read_one(slot));
    let near: Vec<Bytes> = near.collect::<Option<_>>()?;
    facts(origin, &slots, &near).map(|(facts, _)| facts)
}

/// What the cache has of each file whose bytes are known without reading them; all of it is read together.
pub(super) fn all(session: &Session, asked: &Asked, jobs: &[Job]) -> Vec<Recalled> {
    let Some(kept) = &session.kept else { return Vec::new() };
    let store = &kept.store;
    session.pool.install(|| {
        let known = |job: &Job| {
            if !job.recalls {
                return None;
            }
            let state = &session.states[job.index];
            let language = session.files[job.index].language?;
            let content = state.hash.or(state.known)?;
            let origin = Origin::new(session, kept, job.index, language, content);
            let found = Found::of(store, asked, job, &origin);
            Some((origin, found))
        };
        let found: Vec<_> = jobs.par_iter().map(known).collect();
        let slots: Vec<Slot> = found.iter().flatten().flat_map(|(_, f)| f.slots()).collect();
        let mut read = store.read(&slots).into_iter();
        let shares: Vec<_> = found
            .into_iter()
            .map(|found| {
                let (origin, found) = found?;
                let count = found.slots().count();
                Some((origin, found, read.by_ref().take(count).collect::<Vec<_>>()))
            })
            .collect();
        let recalled = shares.into_par_iter().map(|share| {
            share.map_or_else(Recalled::default, |(origin, found, read)| {
                found.recalled(&origin, read.into_iter())
            })
        });
        recalled.collect()
    })
}

/// What is kept of a visit: the answers of what was wanted, also that there is none.
pub(super) fn answers(
    asked: &Asked,
    wanted: &Wanted,
    visit: &Visit,
    language: Language,
    content: &blake3::Hash,
) -> Vec<(Key, Vec<u8>)> {
    let mut entries = Vec::new();
    for (index, digest) in
        asked.digests.rules.iter().enumerate().filter(|(at, _)| wanted.rules[*at])
    {
        let found = visit.matches.iter().find(|(rule, _)| *rule == index);
        let bytes = found.map_or_else(Vec::new, |(_, matches)| bitcode::encode(matches));
        entries.push((answer(RULE, digest, language, content), bytes));
    }
    for (index, digest) in
        asked.digests.searches.iter().enumerate().filter(|(at, _)| wanted.searches[*at])
    {
        let found = visit.hits.iter().find(|(search, _)| *search == index);
        let bytes = found.map_or_else(Vec::new, |(_, hits)| {
            let (starts, ends) = hits.stored.iter().map(|hit| (hit.start, hit.end)).unzip();
            let Hits { count, given_up, .. } = *hits;
            bitcode::encode(&WrittenHits { count, starts, ends, given_up })
        });
        entries.push((answer(SEARCH, digest, language, content), bytes));
    }
    entries
}

/// What is kept of facts that have all planes.
pub(super) fn planes(facts: &Facts, content: &blake3::Hash) -> Option<[(Key, Vec<u8>); 4]> {
    let Encoded { head, names, body, trivia } = codec::encode(facts)?;
    let key = |number| plane(number, facts.language, content);
    Some([(key(0), head), (key(1), names), (key(2), body), (key(3), trivia)])
}
