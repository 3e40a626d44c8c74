//! A session that outlives a plan: which files changed since they were read is told by what the file system says of
//! them. Knows nothing of what the files hold.

use rayon::ThreadPool;
use rayon::prelude::*;

use super::{Session, State};
use crate::diagnostic::Fault;
use crate::facts::Language;
use crate::scan::read;
use crate::scan::room::MOST_STORED;
use crate::scan::stamp::{Look, Stamp};
use crate::scan::walk::{self, File, Manifest, Walked};
use crate::system::control::Cancel;

/// What the file system says of a session's files and manifests, in their order.
#[derive(Debug)]
pub(super) struct Stamps {
    pub(super) files: Vec<Option<Look>>,
    manifests: Vec<Option<Look>>,
}

impl Stamps {
    /// Looks at all of them.
    pub(super) fn of(pool: &ThreadPool, files: &[File], manifests: &[Manifest]) -> Self {
        let look = |file: &File| Look::at(&file.full);
        let files = pool.install(|| files.par_iter().map(look).collect());
        let manifests = manifests.iter().map(|manifest| Look::at(&manifest.full));
        Self { files, manifests: manifests.collect() }
    }

    /// That of a file.
    pub(super) fn of_file(&self, index: usize) -> Option<Stamp> {
        self.files.get(index)?.as_ref().map(|look| look.stamp)
    }
}

/// Whether the answers of a session still hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fresh {
    /// Nothing changed.
    Same,
    /// Something did: what was answered is to be asked again. The facts of unchanged files are kept.
    Changed,
}

impl Session {
    /// As [`Session::open`], for more than one run: it can be asked what changed.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub fn open_warm(
        bounds: walk::Bounds,
        max_file_size: u64,
        cancel: &Cancel,
    ) -> Result<Self, Fault> {
        let walked = walk::walk(&bounds, cancel)?;
        let session = Self::over(walked, bounds, max_file_size)?;
        let stamps = Stamps::of(&session.pool, &session.files, &session.manifests);
        Ok(Self { stamps: Some(stamps), ..session })
    }

    /// Walks again and forgets what is not as it was.
    ///
    /// # Errors
    /// As [`walk::walk`]; the session is then as before.
    pub fn refresh(&mut self, cancel: &Cancel) -> Result<Fresh, Fault> {
        let walked = walk::walk(&self.bounds, cancel)?;
        let stamps = Stamps::of(&self.pool, &walked.files, &walked.manifests);
        let Some(old) = self.stamps.take() else {
            self.renew(walked, stamps, Vec::new());
            return Ok(Fresh::Changed);
        };
        let kept: Vec<Option<usize>> = walked
            .files
            .iter()
            .zip(&stamps.files)
            .map(|(file, stamp)| self.unchanged(file, stamp.as_ref(), &old))
            .collect();
        let same_files = kept.len() == self.files.len() && kept.iter().all(Option::is_some);
        let is_same = same_files
            && walked.others == self.others
            && walked.manifests == self.manifests
            && old.manifests.iter().zip(&stamps.manifests).all(|(a, b)| is_settled(a, b));
        if is_same && self.room > MOST_STORED / 2 {
            self.stamps = Some(stamps);
            return Ok(Fresh::Same);
        }
        self.renew(walked, stamps, kept);
        Ok(Fresh::Changed)
    }

    /// The place of the file among those known, if it is as it was.
    fn unchanged(&self, file: &File, now: Option<&Look>, old: &Stamps) -> Option<usize> {
        let at = self.files.binary_search_by(|known| known.path.cmp(&file.path)).ok()?;
        let known = self.files.get(at)?;
        let then = old.files.get(at)?.as_ref()?;
        let is_same = (&known.full, known.language, &known.barred)
            == (&file.full, file.language, &file.barred);
        let state = self.states.get(at)?;
        let holds = is_same
            && (state.hash.is_none() || state.hash == state.looked_at())
            && now.is_some_and(|now| now.stamp == then.stamp)
            && (!then.is_young || self.has_same_bytes(state, file));
        holds.then_some(at)
    }

    /// Whether a file whose times prove nothing holds what was read; one that was not read yet does.
    fn has_same_bytes(&self, state: &State, file: &File) -> bool {
        let Some(hash) = state.hash else {
            return file.barred.is_some() || state.reason.is_none();
        };
        let language = file.language.unwrap_or(Language::Python);
        read::read(&file.full, language, self.max_file_size).is_ok_and(|now| now.hash == hash)
    }

    /// Takes what a new walk found; `kept` says where each of its files stood before, if it did not change.
    fn renew(&mut self, walked: Walked, stamps: Stamps, kept: Vec<Option<usize>>) {
        let mut old = std::mem::take(&mut self.states);
        let mut kept = kept.into_iter().chain(std::iter::repeat(None));
        let states = walked.files.iter().map(|file| {
            let known = kept.next().flatten().and_then(|at| old.get_mut(at)).map(std::mem::take);
            known.unwrap_or_else(|| State::of(file))
        });
        self.states = states.collect();
        self.files = walked.files;
        self.manifests = walked.manifests;
        self.others = walked.others;
        self.stamps = Some(stamps);
        self.room = MOST_STORED;
    }
}

/// Whether a manifest is surely as it was.
fn is_settled(then: &Option<Look>, now: &Option<Look>) -> bool {
    match (then, now) {
        (Some(then), Some(now)) => !then.is_young && then.stamp == now.stamp,
        (then, now) => then.is_none() && now.is_none(),
    }
}
