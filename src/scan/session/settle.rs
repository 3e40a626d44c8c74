//! The cache of a session: what is known of its files before they are read, and what is kept of them in the end.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rayon::prelude::*;

use super::fresh::Stamps;
use super::{Session, State, recall};
use crate::facts::head::{Error, ErrorKind};
use crate::facts::needs::Lang;
use crate::scan::cache::{Key, Store};
use crate::scan::manifest::{Known, Manifest};

/// So many files are encoded before they are written: more of them would double what a large repository takes.
const FILES_AT_ONCE: usize = 4_096;

/// The cache as a session uses it.
pub(super) struct Kept {
    pub(super) store: Arc<Store>,
    /// Canonical.
    root: PathBuf,
    /// The files as they were when the session began.
    manifest: Manifest,
    /// Answers to be kept.
    pub(super) fresh: Vec<(Key, Vec<u8>)>,
}

impl Session {
    /// Answers from the cache in this directory what it can, and keeps there what it cannot; see [`Session::settle`].
    /// Whatever the directory holds, answers are the same.
    #[must_use]
    pub fn with_cache(mut self, directory: &Path) -> Self {
        let Ok(root) = self.bounds.root.canonicalize() else { return self };
        let record = Store::open(directory, &[]).record(&Manifest::name(&root));
        let manifest = record.map_or_else(Manifest::default, |r| Manifest::read(&r, &root));
        let stamps = self.stamps.take();
        let stamps = stamps.unwrap_or_else(|| Stamps::of(&self.pool, &self.files, &self.manifests));
        for ((file, look), state) in self.files.iter().zip(&stamps.files).zip(&mut self.states) {
            // What is too large now is to be left out, whatever was known of it when it was not.
            let look = look.as_ref().filter(|look| look.stamp.size() <= self.max_file_size);
            state.known = look.and_then(|look| manifest.hash(&file.path, look));
        }
        let store = Arc::new(Store::open(directory, &manifest.segments));
        self.stamps = Some(stamps);
        self.kept = Some(Kept { store, root, manifest, fresh: Vec::new() });
        self
    }

    /// Sets `lost` when an entry of the cache was altered while it was in use and its file has changed too: what rests on
    /// it is then worth nothing.
    #[must_use]
    pub fn telling(self, lost: Arc<AtomicBool>) -> Self {
        Self { lost, ..self }
    }

    /// Keeps what was found since the last time in the cache, for the next run; `cap` bounds the bytes of the whole cache.
    ///
    /// # Errors
    /// As the operating system says; what was answered stays right.
    pub fn settle(&mut self, cap: u64) -> std::io::Result<()> {
        let Some(kept) = &mut self.kept else { return Ok(()) };
        let mut fresh = std::mem::take(&mut kept.fresh);
        for states in self.states.chunks_mut(FILES_AT_ONCE) {
            let answers = std::mem::take(&mut fresh);
            self.pool.install(|| kept.store.publish(entries(states, answers)))?;
        }
        let mut manifest = self.manifest();
        let Some(kept) = &mut self.kept else { return Ok(()) };
        self.pool.install(|| kept.store.tend(cap))?;
        manifest.segments = kept.store.used();
        if manifest != kept.manifest {
            if let Some(record) = manifest.written(&kept.root) {
                kept.store.keep_record(&Manifest::name(&kept.root), &record)?;
            }
            kept.manifest = manifest;
        }
        Ok(())
    }

    /// The files as they are known now, and those outside of what this session walked as they were known.
    fn manifest(&self) -> Manifest {
        let (Some(kept), Some(stamps)) = (&self.kept, &self.stamps) else {
            return Manifest::default();
        };
        let bounds = &self.bounds;
        let is_whole =
            bounds.within.is_empty() && bounds.exclude.is_empty() && bounds.lang == Lang::Auto;
        let is_walked =
            |path: &str| self.files.binary_search_by(|file| (*file.path).cmp(path)).is_ok();
        let mut manifest = kept.manifest.outside(|path| !is_whole && !is_walked(path));
        for ((file, look), state) in self.files.iter().zip(&stamps.files).zip(&self.states) {
            let hash = state.looked_at().filter(|_| state.reason.is_none());
            if let (Some(look), Some(hash)) = (look, hash)
                && let Some(known) = Known::new(look, hash)
            {
                manifest.note(&file.path, known);
            }
        }
        manifest
    }
}

/// What is to be published, in the order it is likely read: heads and texts of all files, answers, then bodies and
/// comments.
fn entries(states: &mut [State], fresh: Vec<(Key, Vec<u8>)>) -> Vec<(Key, Vec<u8>)> {
    let planes: Vec<[(Key, Vec<u8>); 4]> = states
        .par_iter_mut()
        .filter_map(|state| {
            let is_new = std::mem::take(&mut state.is_new);
            let (facts, _) = state.facts.as_ref().filter(|_| is_new)?;
            // What could not be read for want of threads or memory can be another time.
            let is_unread = |error: &Error| error.kind == ErrorKind::Unread;
            if facts.outline.has_errors && facts.head.errors.iter().any(is_unread) {
                return None;
            }
            recall::planes(facts, &state.hash?)
        })
        .collect();
    let mut sorted: [Vec<(Key, Vec<u8>)>; 4] = Default::default();
    for file in planes {
        for (plane, entry) in sorted.iter_mut().zip(file) {
            plane.push(entry);
        }
    }
    let [heads, names, bodies, trivia] = sorted;
    [heads, names, fresh, bodies, trivia].into_iter().flatten().collect()
}
