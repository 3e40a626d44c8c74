//! The one integration binary: whole-program cases (`spec`), what `check` says and mends (`check`), what steps become
//! (`steps`), what the documentation shows (`docs`), and the rules of the house (`tidy`).
//! Every test that sees the program from outside, in one binary.

mod check;
mod docs;
mod grammar;
mod harness;
mod roundtrip;
mod slips;
mod spec;
mod steps;
mod tidy;
