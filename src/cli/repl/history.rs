//! Where the history of a session lies: in the user's state directory, readable by nobody else.

use std::fs::{DirBuilder, OpenOptions};
use std::path::{Path, PathBuf};

/// Its file, made if it is not there; or why there is none, in a sentence.
pub(super) fn file() -> Result<PathBuf, String> {
    let directory =
        directory().ok_or("the history is not kept: neither HOME nor XDG_STATE_HOME is set")?;
    let path = directory.join("history");
    let made = private_directory(&directory).and_then(|()| private_file(&path));
    match made {
        Ok(()) => Ok(path),
        Err(error) => {
            Err(format!("the history is not kept: cannot write `{}`: {error}", path.display()))
        }
    }
}

/// `$XDG_STATE_HOME/qplan`, which must be absolute to count, else the platform's place for it.
fn directory() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    if let Some(state) = variable("XDG_STATE_HOME").filter(|path| path.is_absolute()) {
        return Some(state.join("qplan"));
    }
    if cfg!(windows) {
        return variable("LOCALAPPDATA").map(|local| local.join("qplan"));
    }
    let home = std::env::home_dir().filter(|home| home.is_absolute())?;
    Some(home.join(".local").join("state").join("qplan"))
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
