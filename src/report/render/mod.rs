//! One file a format, each a pure function of the report.

pub mod json;
pub mod summary;
pub mod text;
