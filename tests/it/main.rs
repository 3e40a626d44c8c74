//! The one integration binary: whole-program cases (`spec`), what `check` says and mends (`check`), what steps become
//! (`steps`), what the documentation shows (`docs`), and the rules of the house (`tidy`).

mod check;
mod docs;
mod harness;
mod spec;
mod steps;
mod tidy;
