//! Actions that ask the shared scan: gather what it answered, shape rows.

pub mod workspace;
