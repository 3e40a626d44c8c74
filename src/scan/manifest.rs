//! What a checkout held when it was last looked at: for each file what the file system said of it and the digest of its
//! bytes, so that a file which is still as it was need not be read. Knows nothing of what is kept of the bytes.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use bitcode::{Decode, Encode};

use super::stamp::{Look, Stamp};

/// The files of a checkout by path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest {
    files: BTreeMap<Arc<str>, Known>,
    /// The segments that held what was asked of them.
    pub(super) segments: Vec<String>,
}

/// A file as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    stamp: Stamp,
    hash: blake3::Hash,
}

impl Known {
    /// A file whose bytes had this hash after the look; none where its next change could bear the same times.
    pub(super) fn new(look: &Look, hash: blake3::Hash) -> Option<Self> {
        (!look.is_young).then_some(Self { stamp: look.stamp, hash })
    }
}

#[derive(Encode, Decode)]
struct Written {
    /// Its canonical path, so that two that are called alike are told apart.
    root: String,
    segments: Vec<String>,
    paths: Vec<String>,
    stamps: Vec<Stamp>,
    hashes: Vec<[u8; 32]>,
}

impl Manifest {
    /// What a record is called.
    pub(super) fn name(root: &Path) -> String {
        blake3::hash(root.as_os_str().as_encoded_bytes()).to_hex()[..32].to_owned()
    }

    /// Reads the record of a checkout; that of another, or none, is empty.
    pub(super) fn read(record: &[u8], root: &Path) -> Self {
        let written = bitcode::decode::<Written>(record).ok();
        let Some(written) = written.filter(|w| Some(w.root.as_str()) == root.to_str()) else {
            return Self::default();
        };
        let Written { segments, paths, stamps, hashes, .. } = written;
        let known = stamps.into_iter().zip(hashes);
        let known = known.map(|(stamp, hash)| Known { stamp, hash: hash.into() });
        Self { segments, files: paths.into_iter().map(Arc::from).zip(known).collect() }
    }

    /// The record of a checkout; `None` where its path is not text.
    pub(super) fn written(&self, root: &Path) -> Option<Vec<u8>> {
        Some(bitcode::encode(&Written {
            root: root.to_str()?.to_owned(),
            segments: self.segments.clone(),
            paths: self.files.keys().map(ToString::to_string).collect(),
            stamps: self.files.values().map(|known| known.stamp).collect(),
            hashes: self.files.values().map(|known| known.hash.into()).collect(),
        }))
    }

    /// The digest of a file's bytes, if it surely is as it was.
    pub(super) fn hash(&self, path: &str, look: &Look) -> Option<blake3::Hash> {
        let known = self.files.get(path)?;
        (known.stamp == look.stamp).then_some(known.hash)
    }

    /// Notes a file.
    pub(super) fn note(&mut self, path: &Arc<str>, known: Known) {
        self.files.insert(Arc::clone(path), known);
    }

    /// The files outside of what was looked at.
    pub(super) fn outside(&self, is_outside: impl Fn(&str) -> bool) -> Self {
        let files = self.files.iter().filter(|(path, _)| is_outside(path));
        let files = files.map(|(path, known)| (Arc::clone(path), *known)).collect();
        Self { files, segments: Vec::new() }
    }
}
