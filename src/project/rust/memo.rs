//! What was found out once: a map in parts, so that threads seldom meet. Nothing is computed while a part is held.

use std::hash::{BuildHasher, Hash};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustc_hash::{FxBuildHasher, FxHashMap};

const PARTS: usize = 32;

/// Answers by question.
#[derive(Debug)]
pub(super) struct Memo<K, V> {
    parts: Vec<Mutex<FxHashMap<K, V>>>,
}

impl<K: Hash + Eq, V: Clone> Memo<K, V> {
    pub(super) fn new() -> Self {
        Self { parts: std::iter::repeat_with(Mutex::default).take(PARTS).collect() }
    }

    fn part(&self, key: &K) -> MutexGuard<'_, FxHashMap<K, V>> {
        let hash = FxBuildHasher.hash_one(key) as usize;
        // A map is never left half changed: nothing in here panics while it is held.
        self.parts[(hash >> 7) % PARTS].lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.part(key).get(key).cloned()
    }

    pub(super) fn put(&self, key: K, value: V) {
        let _ = self.part(&key).insert(key, value);
    }
}
