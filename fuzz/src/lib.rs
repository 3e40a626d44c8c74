//! What the fuzzers try, as functions of bytes. `tests/it/fuzz.rs` includes the same files for its short run, so they use
//! nothing but `qplan` and the standard library.

pub mod dice;
pub mod targets;
pub mod value;
pub mod writer;
