//! From the files of a repository to what was asked of them: one walk, each file read once, one visit a file for all
//! patterns, searches and facts. The only user of ast-grep; knows nothing of plans.

pub mod cache;
pub mod digest;
pub mod extract;
mod look_around;
mod manifest;
pub mod pattern;
pub mod prefilter;
pub mod read;
mod room;
pub mod ruled;
pub mod scope;
pub mod search;
pub mod session;
pub mod stamp;
pub mod visit;
pub mod walk;
