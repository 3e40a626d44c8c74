//! Where the program keeps what it remembers for its user: the state directory of the platform.

use std::path::PathBuf;

/// `$XDG_STATE_HOME/qplan`, which must be absolute to count, else the platform's place for it.
pub(super) fn directory() -> Option<PathBuf> {
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
