//! Where the history of a session lies: in the user's state directory, readable by nobody else.

use std::fs::{DirBuilder, OpenOptions};
use std::path::{Path, PathBuf};

use crate::cli::state;

/// Its file, made if it is not there; or why there is none, in a sentence.
pub(super) fn file() -> Result<PathBuf, String> {
    let directory = state::directory()
        .ok_or("the history is not kept: neither HOME nor XDG_STATE_HOME is set")?;
    let path = directory.join("history");
    let made = private_directory(&directory).and_then(|()| private_file(&path));
    match made {
        Ok(()) => Ok(path),
        Err(error) => {
            Err(format!("the history is not kept: cannot write `{}`: {error}", path.display()))
        }
    }
}

fn private_directory(path: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn private_file(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}
