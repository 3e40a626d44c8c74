//! The one integration binary: whole-program cases (`spec`), what the documentation shows (`docs`), and the rules of
//! the house (`tidy`).

mod docs;
mod harness;
mod spec;
mod tidy;
