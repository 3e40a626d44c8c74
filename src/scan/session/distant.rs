//! A plane of the cache that is read when its tables are first looked at: of most files nobody looks at more than the
//! texts. Should it then not be as it was, it is made of the source again; should that have changed too, nothing that was
//! answered meanwhile counts.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::settle::Kept;
use super::{Session, recall};
use crate::facts::Language;
use crate::facts::late::Packed;
use crate::scan::cache::{Bytes, Slot, Store};
use crate::scan::{extract, read};

/// A file whose facts are in the cache.
pub(super) struct Origin {
    store: Arc<Store>,
    full: PathBuf,
    pub(super) language: Language,
    limit: u64,
    pub(super) content: blake3::Hash,
    lost: Arc<AtomicBool>,
}

impl Origin {
    /// A file of a session, whose bytes have this hash.
    pub(super) fn new(
        session: &Session,
        kept: &Kept,
        index: usize,
        language: Language,
        content: blake3::Hash,
    ) -> Arc<Self> {
        Arc::new(Self {
            store: Arc::clone(&kept.store),
            full: session.files[index].full.clone(),
            language,
            limit: session.max_file_size,
            content,
            lost: Arc::clone(&session.lost),
        })
    }

    /// A plane of it, which is not read yet.
    pub(super) fn plane(self: &Arc<Self>, number: usize, slot: Slot) -> Packed {
        Packed::new(Distant { origin: Arc::clone(self), number, slot, read: OnceLock::new() })
    }

    /// The plane made of the source, if that is still the same.
    fn again(&self, number: usize) -> Option<Bytes> {
        let reading = read::read(&self.full, self.language, self.limit).ok()?;
        let text = reading.text.ok().filter(|_| reading.hash == self.content)?;
        let (facts, _) = extract::aside(text, self.language).ok()?;
        let planes = recall::planes(&facts, &self.content)?;
        planes.into_iter().nth(number).map(|(_, bytes)| bytes.into())
    }
}

/// A plane that is read when it is looked at.
struct Distant {
    origin: Arc<Origin>,
    number: usize,
    slot: Slot,
    read: OnceLock<Bytes>,
}

impl AsRef<[u8]> for Distant {
    fn as_ref(&self) -> &[u8] {
        let origin = &self.origin;
        self.read.get_or_init(|| {
            let found = origin.store.read_one(&self.slot).or_else(|| origin.again(self.number));
            found.unwrap_or_else(|| {
                origin.lost.store(true, Ordering::Relaxed);
                Bytes::from(Vec::new())
            })
        })
    }
}
