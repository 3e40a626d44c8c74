//! A file of the run whose text can be had at any time: what was kept of it, or its bytes again if they are still the same.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{Session, Source};
use crate::diagnostic::code::scan as codes;
use crate::diagnostic::{Fault, Kind};
use crate::facts::{Language, Lines};
use crate::languages::text::Text;
use crate::scan::read;

/// A file as the run first saw it.
pub struct Pin {
    path: Arc<str>,
    full: PathBuf,
    language: Language,
    limit: u64,
    hash: Option<blake3::Hash>,
    text: Option<Arc<Text>>,
    lines: Option<Arc<Lines>>,
    bytes_read: Arc<AtomicU64>,
}

impl Session {
    pub(super) fn pin_at(&self, index: usize) -> Result<Pin, Fault> {
        let (file, state) = (&self.files[index], &self.states[index]);
        if let Some(reason) = &state.reason {
            return Err(unread(&file.path, reason));
        }
        let language = file.language.ok_or_else(|| unknown(&file.path))?;
        let lines = state.facts.as_ref().map(|(facts, _)| Arc::clone(&facts.lines));
        Ok(Pin {
            path: Arc::clone(&file.path),
            full: file.full.clone(),
            language,
            limit: self.max_file_size,
            hash: state.hash,
            text: state.text.clone(),
            lines,
            bytes_read: Arc::clone(&self.bytes_read),
        })
    }
}

impl Pin {
    /// Its text.
    ///
    /// # Errors
    /// Of kind `changed_during_run` when it is not what was read first.
    pub fn source(self) -> Result<Source, Fault> {
        let Self { path, full, language, limit, hash, text, lines, bytes_read } = self;
        if let Some(text) = text {
            return Ok(Source { path, language, text });
        }
        let reading = match read::read(&full, language, limit) {
            Ok(reading) if hash.is_none_or(|hash| hash == reading.hash) => reading,
            Err(reason) if hash.is_none() => return Err(unread(&path, &reason)),
            _ => return Err(changed(&path)),
        };
        bytes_read.fetch_add(reading.size, Ordering::Relaxed);
        let text = reading.text.map_err(|reason| unread(&path, &reason))?;
        let text = match lines {
            Some(lines) => Text::with(text, lines),
            None => Text::new(text, language),
        };
        Ok(Source { path, language, text: Arc::new(text) })
    }
}

pub(super) fn changed(path: &str) -> Fault {
    Fault::new(Kind::ChangedDuringRun, codes::CHANGED, format!("`{path}` changed while the plan ran"))
        .help("run the plan again; arguments that are known before the run need no second look at the files")
}

pub(super) fn unknown(path: &str) -> Fault {
    Fault::new(Kind::Scan, codes::MISSING, format!("`{path}` is no source file of this run"))
}

fn unread(path: &str, reason: &str) -> Fault {
    Fault::new(Kind::Scan, codes::MISSING, format!("`{path}` was not read: {reason}"))
}
