//! The one integration binary: whole-program cases (`spec`), what `check` says and mends (`check`, `slips`), the grammar
//! and the printer (`grammar`, `roundtrip`), checkpoints, steps, results beside their schemas (`schema`), what the
//! documentation shows (`docs`), sessions on a terminal (`repl`), every way to run a plan (`ways`), the rules of the
//! house (`tidy`).

mod check;
mod checkpoint;
mod docs;
mod editors;
mod grammar;
mod harness;
mod repl;
mod robust;
mod roundtrip;
mod schema;
mod slips;
mod spec;
mod steps;
mod tidy;
mod ways;
