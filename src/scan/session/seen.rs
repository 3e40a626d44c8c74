//! What a session has read, and how the files differ from what another one had.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Session;
use crate::scan::read;

/// The files of a scope by path, with the hashes of those that were read.
pub type Seen = BTreeMap<String, Option<[u8; 32]>>;

/// How files differ, by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Files that were not there.
    pub added: Vec<String>,
    /// Files that are gone.
    pub removed: Vec<String>,
    /// Files of other bytes.
    pub changed: Vec<String>,
}

impl Differences {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

impl Session {
    /// What was read so far.
    #[must_use]
    pub fn seen(&self) -> Seen {
        let files = self.files.iter().zip(&self.states).filter(|(file, _)| file.language.is_some());
        files.map(|(file, state)| (file.path.to_string(), state.hash.map(Into::into))).collect()
    }

    /// How the files of this session differ from those another one has seen; reads those that it had read.
    #[must_use]
    pub fn differences(&self, seen: &Seen) -> Differences {
        let mut found = Differences::default();
        let mut missing: BTreeMap<&str, &Option<[u8; 32]>> =
            seen.iter().map(|(path, hash)| (path.as_str(), hash)).collect();
        for file in self.files.iter().filter(|file| file.language.is_some()) {
            let path: Arc<str> = Arc::clone(&file.path);
            match missing.remove(&*path) {
                None => found.added.push(path.to_string()),
                Some(None) => {}
                Some(Some(hash)) => {
                    let now = read::bytes(&file.full, self.max_file_size);
                    if !now.is_ok_and(|bytes| blake3::hash(&bytes).as_bytes() == hash) {
                        found.changed.push(path.to_string());
                    }
                }
            }
        }
        found.removed = missing.into_keys().map(str::to_owned).collect();
        found
    }
}
