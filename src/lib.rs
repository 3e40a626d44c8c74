#![doc = include_str!("ARCHITECTURE.md")]

pub mod action;
pub mod actions;
pub mod diagnostic;
pub mod facts;
pub mod languages;
pub mod query;
pub mod scan;
pub mod source;
pub mod step;
pub mod syntax;
pub mod system;
pub mod value;
