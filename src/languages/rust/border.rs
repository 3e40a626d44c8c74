//! Where the text of a Rust file may be cut: nowhere yet, since its items do not end with their lines.

pub(super) fn behind(_: &str, _: usize, _: &str) -> Option<usize> {
    None
}
