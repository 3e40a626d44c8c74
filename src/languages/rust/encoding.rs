//! The encoding a Rust file declares: none, the language has only UTF-8.

pub(super) fn declared(_: &[u8]) -> Option<String> {
    None
}
