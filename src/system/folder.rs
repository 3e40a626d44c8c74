//! A folder that one process at a time writes: files replaced as a whole or grown at their end, and what is torn is
//! known by its checksum.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::path::{Path, PathBuf};

/// What every file begins with; another version's files are not read.
const MAGIC: &[u8; 8] = b"qplan\0\x00\x01";
/// Bytes of a checksum.
const SUM: usize = 32;
/// What the names of files begin with that are being written.
const UNFINISHED: &str = ".qplan-new-";
/// Greatest file that is read.
const MOST: u64 = 2 << 30;

/// A folder, held while it lives.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes the folder where it is missing, and holds it.
    ///
    /// # Errors
    /// `WouldBlock` where another process holds it; else as the operating system says.
    pub fn open(path: &Path) -> Result<Self> {
        fs::create_dir_all(path)?;
        let mut options = OpenOptions::new();
        let lock = options.create(true).truncate(false).write(true).open(path.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => {
                let folder = Self { path: path.to_owned(), _lock: lock };
                folder.sweep()?;
                Ok(folder)
            }
            Err(TryLockError::WouldBlock) => {
                Err(Error::new(ErrorKind::WouldBlock, "another process writes it"))
            }
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Removes what a process left half written.
    fn sweep(&self) -> Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Replaces a file, all of it or nothing.
    ///
    /// # Errors
    /// As the operating system says.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(&self.path)?;
        for part in [&MAGIC[..], blake3::hash(bytes).as_bytes(), bytes] {
            file.write_all(part)?;
        }
        file.as_file().sync_all()?;
        file.persist(self.path.join(name))?;
        // The name is safe once the directory is.
        File::open(&self.path)?.sync_all()
    }

    /// The bytes of a file; none where it is missing, torn, or another version's.
    ///
    /// # Errors
    /// As the operating system says.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let Some(mut bytes) = self.whole(name)? else { return Ok(None) };
        let head = MAGIC.len() + SUM;
        if bytes.len() < head || bytes[..MAGIC.len()] != MAGIC[..] {
            return Ok(None);
        }
        let body = bytes.split_off(head);
        Ok((bytes[MAGIC.len()..] == *blake3::hash(&body).as_bytes()).then_some(body))
    }

    /// Adds an entry to the end of a file of entries.
    ///
    /// # Errors
    /// As the operating system says.
    pub fn append(&self, name: &str, entry: &[u8]) -> Result<()> {
        let mut file = OpenOptions::new().append(true).create(true).open(self.path.join(name))?;
        let length =
            u32::try_from(entry.len()).map_err(|_| Error::from(ErrorKind::FileTooLarge))?;
        let mut whole = Vec::with_capacity(entry.len() + SUM + 4);
        whole.extend_from_slice(&length.to_le_bytes());
        whole.extend_from_slice(blake3::hash(entry).as_bytes());
        whole.extend_from_slice(entry);
        file.write_all(&whole)?;
        file.sync_data()
    }

    /// The entries of a file of entries, up to the first torn one.
    ///
    /// # Errors
    /// As the operating system says.
    pub fn entries(&self, name: &str) -> Result<Vec<Vec<u8>>> {
        let bytes = self.whole(name)?.unwrap_or_default();
        let (mut rest, mut entries) = (bytes.as_slice(), Vec::new());
        while let Some((entry, after)) = entry(rest) {
            entries.push(entry.to_vec());
            rest = after;
        }
        Ok(entries)
    }

    /// Cuts a file of entries behind the first `count`.
    ///
    /// # Errors
    /// As the operating system says.
    pub fn keep_entries(&self, name: &str, count: usize) -> Result<()> {
        let bytes = self.whole(name)?.unwrap_or_default();
        let mut rest = bytes.as_slice();
        for _ in 0..count {
            let Some((_, after)) = entry(rest) else { break };
            rest = after;
        }
        let kept = bytes.len() - rest.len();
        if rest.is_empty() {
            return Ok(());
        }
        let file = OpenOptions::new().write(true).open(self.path.join(name))?;
        file.set_len(kept as u64)?;
        file.sync_all()
    }

    /// The names of its files, sorted; not those that are being written.
    ///
    /// # Errors
    /// As the operating system says.
    pub fn names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name != "lock" && !name.starts_with(UNFINISHED) {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// Removes a file; one that is missing is no error.
    ///
    /// # Errors
    /// As the operating system says.
    pub fn remove(&self, name: &str) -> Result<()> {
        match fs::remove_file(self.path.join(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn whole(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let file = match File::open(self.path.join(name)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        let mut bytes = Vec::new();
        file.take(MOST).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }
}

/// The first entry and what follows; none where it is torn.
fn entry(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (sum, rest) = rest.split_at_checked(SUM)?;
    let (entry, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    (blake3::hash(entry).as_bytes() == sum).then_some((entry, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_any_byte_flipped_or_cut_is_none() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path()).unwrap();
        folder.write("x", b"some bytes").unwrap();
        assert_eq!(folder.read("x").unwrap().as_deref(), Some(&b"some bytes"[..]));
        let path = place.path().join("x");
        let good = fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            fs::write(&path, &bad).unwrap();
            assert_eq!(folder.read("x").unwrap(), None, "byte {at}");
            fs::write(&path, &good[..at]).unwrap();
            assert_eq!(folder.read("x").unwrap(), None, "cut at {at}");
        }
    }

    #[test]
    fn entries_end_at_the_first_torn_one_and_can_be_cut() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path()).unwrap();
        for entry in [&b"one"[..], b"", b"three"] {
            folder.append("log", entry).unwrap();
        }
        assert_eq!(folder.entries("log").unwrap(), [&b"one"[..], b"", b"three"]);
        let path = place.path().join("log");
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        assert_eq!(folder.entries("log").unwrap().len(), 2);
        folder.keep_entries("log", 1).unwrap();
        folder.append("log", b"new").unwrap();
        assert_eq!(folder.entries("log").unwrap(), [&b"one"[..], b"new"]);
    }

    #[test]
    fn what_was_left_half_written_is_swept_away_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        for name in [".qplan-new-x", ".mine", "new"] {
            fs::write(place.path().join(name), b"x").unwrap();
        }
        let folder = Folder::open(place.path()).unwrap();
        assert_eq!(folder.names().unwrap(), [".mine", "new"]);
        assert!(!place.path().join(".qplan-new-x").exists());
    }

    #[test]
    fn two_cannot_hold_one_folder() {
        let place = tempfile::tempdir().unwrap();
        let first = Folder::open(place.path()).unwrap();
        assert_eq!(Folder::open(place.path()).unwrap_err().kind(), ErrorKind::WouldBlock);
        drop(first);
        assert!(Folder::open(place.path()).is_ok());
    }
}
