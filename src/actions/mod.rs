//! What plans can do: one file an action.

pub mod analysis;
