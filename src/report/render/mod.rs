//! One file a format, each a pure function of the report; beside them how a row reads and what is escaped.

mod context;
pub mod escape;
pub mod json;
pub mod md;
mod row;
pub mod summary;
pub mod text;
