//! Answers that are remembered, by question; in shards, so that threads seldom wait for each other. No lock is held while
//! an answer is worked out.

use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::value::Vals;
use crate::facts::{ExprId, ImportId, Str};
use crate::project::{DefRef, FileId};

const SHARDS: usize = 16;

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// What a value that is bound is.
    Value(FileId, ExprId),
    /// What an import binds.
    Import(FileId, ImportId),
    /// What a module holds under a name that it binds itself.
    Module(FileId, Str),
    /// What a module holds under a name, through star imports.
    Star(FileId, Arc<str>),
    /// What a call of it gives.
    Returns(DefRef),
    /// What `super()` in a class finds under a name.
    Behind(DefRef, Arc<str>),
    /// The order of a class; it is remembered elsewhere.
    Order(DefRef),
}

/// The answers.
#[derive(Debug)]
pub(super) struct Memo<K, V> {
    shards: [Mutex<FxHashMap<K, V>>; SHARDS],
}

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::default()) }
    }
}

impl<K: std::hash::Hash + Eq, V: Clone> Memo<K, V> {
    pub(super) fn find(&self, key: &K) -> Option<V> {
        self.shard(key).lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    pub(super) fn keep(&self, key: K, value: V) {
        let _ = self.shard(&key).lock().unwrap_or_else(PoisonError::into_inner).insert(key, value);
    }

    fn shard(&self, key: &K) -> &Mutex<FxHashMap<K, V>> {
        // The lowest bits choose the bucket inside the shard.
        &self.shards[(FxBuildHasher.hash_one(key) >> 32) as usize % SHARDS]
    }
}

/// What expressions are.
pub(super) type Answers = Memo<Key, Vals>;
