//! A session that outlives a plan: which files changed since they were read is told by what the file system says of
//! them. Knows nothing of what the files hold.

use std::fs::Metadata;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::{Session, State};
use crate::diagnostic::Fault;
use crate::facts::Language;
use crate::scan::read;
use crate::scan::room::MOST_STORED;
use crate::scan::walk::{self, File, Walked};
use crate::system::control::Cancel;

/// What a file system says of a file, and whether it may say the same of the next change.
#[derive(Clone, Debug)]
struct Stamp {
    size: u64,
    /// When it was written last.
    modified: Option<SystemTime>,
    node: Node,
    /// It changed so shortly before it was looked at that another change could bear the same times; git calls such an
    /// entry racy.
    is_young: bool,
}

/// Where it lies and when anything of it changed, as far as the system tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Node {
    device: u64,
    inode: u64,
    changed: Option<SystemTime>,
}

/// The coarsest clock of a file system in use (FAT) ticks every two seconds.
const TICK: Duration = Duration::from_secs(2);

impl Stamp {
    /// Of the path itself, links not followed; none where nothing is.
    fn of(path: &Path) -> Option<Self> {
        let now = SystemTime::now();
        let meta = std::fs::symlink_metadata(path).ok()?;
        let (modified, node) = (meta.modified().ok(), node(&meta));
        let is_old = |at: SystemTime| at.checked_add(TICK).is_some_and(|settled| settled < now);
        let is_young = !modified.into_iter().chain(node.changed).all(is_old);
        Some(Self { size: meta.len(), modified, node, is_young })
    }

    /// Whether both looks saw the same file, as far as the system tells.
    fn is_like(&self, other: &Self) -> bool {
        let told = |stamp: &Self| (stamp.size, stamp.modified, stamp.node);
        told(self) == told(other)
    }
}

#[cfg(unix)]
fn node(meta: &Metadata) -> Node {
    use std::os::unix::fs::MetadataExt;
    let since = |secs| Some(Duration::new(secs, u32::try_from(meta.ctime_nsec()).ok()?));
    let since = u64::try_from(meta.ctime()).ok().and_then(since);
    let changed = since.and_then(|since| SystemTime::UNIX_EPOCH.checked_add(since));
    Node { device: meta.dev(), inode: meta.ino(), changed }
}

#[cfg(not(unix))]
fn node(_meta: &Metadata) -> Node {
    Node::default()
}

/// The stamps of a session's files and manifests, in their order.
#[derive(Debug)]
pub(super) struct Stamps {
    files: Vec<Option<Stamp>>,
    manifests: Vec<Option<Stamp>>,
}

impl Stamps {
    fn of(walked: &Walked) -> Self {
        let files = walked.files.iter().map(|file| Stamp::of(&file.full));
        let manifests = walked.manifests.iter().map(|manifest| Stamp::of(&manifest.full));
        Self { files: files.collect(), manifests: manifests.collect() }
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
        let stamps = Stamps::of(&walked);
        Ok(Self { stamps: Some(stamps), ..Self::over(walked, bounds, max_file_size)? })
    }

    /// Walks again and forgets what is not as it was.
    ///
    /// # Errors
    /// As [`walk::walk`]; the session is then as before.
    pub fn refresh(&mut self, cancel: &Cancel) -> Result<Fresh, Fault> {
        let walked = walk::walk(&self.bounds, cancel)?;
        let stamps = Stamps::of(&walked);
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
    fn unchanged(&self, file: &File, now: Option<&Stamp>, old: &Stamps) -> Option<usize> {
        let at = self.files.binary_search_by(|known| known.path.cmp(&file.path)).ok()?;
        let known = self.files.get(at)?;
        let then = old.files.get(at)?.as_ref()?;
        let is_same = (&known.full, known.language, &known.barred)
            == (&file.full, file.language, &file.barred);
        let state = self.states.get(at)?;
        let holds = is_same
            && now.is_some_and(|now| now.is_like(then))
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
fn is_settled(then: &Option<Stamp>, now: &Option<Stamp>) -> bool {
    match (then, now) {
        (Some(then), Some(now)) => !then.is_young && then.is_like(now),
        (then, now) => then.is_none() && now.is_none(),
    }
}
