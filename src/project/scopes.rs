//! placeholder
use super::{DefRef, Project};
impl Project {
    /// x
    #[must_use]
    pub fn is_nested(&self, _: DefRef) -> bool {
        false
    }
}
