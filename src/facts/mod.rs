//! What the scan finds of a file, and what is asked of it.

pub mod needs;

pub use needs::Needs;
