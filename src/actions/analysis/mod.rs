//! Actions that ask the shared scan: gather what it answered, shape rows.

mod asked;
pub mod calls;
mod cover;
mod entities;
mod finding;
mod matches;
mod nearest;
pub mod q;
mod rows;
pub mod search;
mod why;
pub mod workspace;

pub use workspace::{Options, Workspace};
